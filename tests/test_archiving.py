"""Archiving of old lines of the history: the chain, the digests, undo and verification go on over both files."""

import dataclasses
import datetime as dt
import shutil
import stat

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.raw import edit, row_of
from tests.support.soundness import assert_sound
from workbook_cms import FileError, InputError, Workbook, WorkbookLockedError, seeding
from workbook_cms.archiving import shorten
from workbook_cms.file import platform
from workbook_cms.forms.views import record_view

MEI = {"Type": "Customer", "Given name": "Mei", "Family name": "Lin", "Email": "mei.lin@example.com"}
ARCHIVE = "customers history {}.xlsx"


def _note(book, key, text):
    return book.update("Stakeholders", key, {"Notes": text})


def told(book):
    """(number, action, key) of each line, archives read along."""
    lines = book.history()
    return [
        (int(no), action, key) for no, action, key in zip(lines["No"], lines["Action"], lines["Key"], strict=True)
    ]


def flaws(book):
    """(code, cell) of what is wrong with the history."""
    return [(f.code, f.cell) for f in book.verify_history().findings]


@pytest.fixture(scope="module")
def folder_of_2024(tmp_path_factory):
    """A folder with the workbook of `made_in_2024`, made once."""
    book = Workbook(tmp_path_factory.mktemp("2024") / "customers.xlsx", today=TODAY)
    acceptance = book._door.acceptance
    acceptance.now = lambda: dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    seeding.create(book.path, "world-traveller", False, book._door)
    for year, month, step in (
        (2024, 3, lambda: book.add("Stakeholders", QUENBY)),
        (2024, 5, lambda: book.add("Stakeholders", MEI)),
        (2025, 2, lambda: _note(book, "STK-00001", "first")),
        (2026, 6, lambda: _note(book, "STK-00002", "second")),
    ):
        acceptance.now = lambda at=dt.datetime(year, month, 1, tzinfo=dt.UTC): at
        step()
    return book.path.parent


@pytest.fixture
def made_in_2024(folder_of_2024, tmp_path):
    """A workbook made in 2024, with two records, each changed once in a later year."""
    shutil.copytree(folder_of_2024, tmp_path, dirs_exist_ok=True)
    book = Workbook.open(tmp_path / "customers.xlsx", today=TODAY)
    book._door.acceptance.now = lambda: dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    return book


def test_old_lines_move_to_a_workbook_a_year(made_in_2024):
    """They are told as before, the chain holds over all files, and the records still agree with their digests."""
    book = made_in_2024
    before = told(book)
    book.path.chmod(0o640)
    moved = book.archive_history("2026-06")
    assert (moved.lines, [path.name for path in moved.files]) == (4, [ARCHIVE.format(2024), ARCHIVE.format(2025)])
    assert moved.backup.exists()
    assert [stat.S_IMODE(path.stat().st_mode) for path in moved.files] == [0o640, 0o640]
    assert [row.no for row in book.snapshot().history] == [5, 6]
    assert told(book) == [*before, (6, "archived", "")]
    assert flaws(book) == []
    assert book.verify_history().archives == (ARCHIVE.format(2024), ARCHIVE.format(2025))
    assert book.check(select=["FIL"]) == []
    assert_sound(book.path)
    _note(book, "STK-00001", "third")
    assert flaws(book) == []


def test_the_page_of_a_record_says_where_older_changes_stand(made_in_2024):
    """It shows those of the workbook, and how to see all; `history KEY` does."""
    made_in_2024.archive_history("2026-01")
    page = record_view(made_in_2024, "STK-00001")
    [older] = [row.cells[4] for row in page.rows if row.cells[1] == "archived"]
    assert older.startswith("Older changes stand in customers history 20")
    assert older.endswith("`workbook-cms history customers.xlsx STK-00001` shows all.")
    assert made_in_2024.history("STK-00001")["Action"].iat[0] == "added"


def test_nothing_old_is_said(made_in_2024):
    """No lines from before, and what is no month."""
    with pytest.raises(InputError, match="no lines from before"):
        made_in_2024.archive_history("2023-01")
    with pytest.raises(InputError, match="is no month"):
        made_in_2024.archive_history("June")


def test_a_change_in_an_archive_is_undone(made_in_2024):
    """Its old values come from there."""
    made_in_2024.archive_history("2026-06")
    made_in_2024.undo(4)
    assert made_in_2024.table("Stakeholders").get("STK-00001").get("Notes") is None
    assert flaws(made_in_2024) == []


def test_archiving_again_goes_on(made_in_2024):
    """Later lines go behind those that are there, and the line that told of the first archiving goes along."""
    book = made_in_2024
    book.archive_history("2025-01")
    book._door.acceptance.now = lambda: dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    before = told(book)
    moved = book.archive_history("2027-01")
    assert [path.name for path in moved.files] == [ARCHIVE.format(2025), ARCHIVE.format(2026)]
    assert told(book) == [*before, (7, "archived", "")]
    assert flaws(book) == []
    assert book.check(select=["FIL"]) == []


def test_a_record_edited_outside_is_found_with_its_old_value(made_in_2024):
    """Though its lines are archived; without the archive it is found, and that the old value stands there."""
    book = made_in_2024
    book.archive_history("2026-06")
    row = row_of(book.path, "Stakeholders", "Stakeholder ID", "STK-00001")
    edit(book.path, "Stakeholders", row, {"Phone": "12"})
    [found] = book.verify_history().findings
    assert (found.code, found.field, found.details["old"]) == ("FIL001", "Phone", "+61491570156")
    for year in (2024, 2025):
        (book.path.parent / ARCHIVE.format(year)).unlink()
    codes = [f.code for f in Workbook.open(book.path, today=TODAY).verify_history().findings]
    assert sorted(codes) == ["FIL001", "FIL004", "FIL004"]


def test_an_edited_line_of_an_archive_is_found(made_in_2024):
    """With the name of the archive before its cell."""
    book = made_in_2024
    book.archive_history("2026-06")
    edit(book.path.parent / ARCHIVE.format(2025), "History", 2, {"New": "something else"})
    assert flaws(book) == [("FIL004", "[customers history 2025.xlsx]'Change history'!A2")]


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4, 5])
def test_a_crash_on_the_way_loses_and_doubles_nothing(made_in_2024, monkeypatch, dies_at):
    """Killed at any of the renames: every line is there, and the next run goes on to the same end."""
    book = made_in_2024
    before = told(book)
    count = 0
    real = platform.replace_file

    def dying(new, target, *rest):
        nonlocal count
        if target.suffix == ".xlsx":
            count += 1
            if count == dies_at:
                raise KeyboardInterrupt
        return real(new, target, *rest)

    for module in ("workbook_cms.file.replacement", "workbook_cms.file.beside.durable"):
        monkeypatch.setattr(f"{module}.replace_file", dying)
    died = False
    try:
        book.archive_history("2026-06")
    except KeyboardInterrupt:
        died = True
    monkeypatch.undo()
    again = Workbook.open(book.path, today=TODAY)
    again._door.acceptance.now = lambda: dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    if died:
        assert told(again) == before
        assert flaws(again) == []
        assert again.archive_history("2026-06").lines == 4
    assert told(again) == [*before, (6, "archived", "")]
    assert flaws(again) == []


def test_a_history_with_flaws_is_not_archived(made_in_2024):
    """What happened to it must be seen first."""
    book = made_in_2024
    edit(book.path, "History", 3, {"Why": "something else"})
    before = book.path.read_bytes()
    with pytest.raises(FileError, match="the history has flaws"):
        book.archive_history("2026-06")
    assert book.path.read_bytes() == before
    assert not (book.path.parent / ARCHIVE.format(2024)).exists()


def test_an_archive_of_another_workbook_is_left_alone(made_in_2024):
    """Lines of two histories are never mixed."""
    book = made_in_2024
    book.archive_history("2025-01")
    archive = book.path.parent / ARCHIVE.format(2024)
    shutil.copy(archive, book.path.parent / ARCHIVE.format(2025))
    edit(book.path.parent / ARCHIVE.format(2025), "History", 2, {"No": 4})
    with pytest.raises(FileError, match="not those of this workbook"):
        book.archive_history("2026-06")


def test_what_only_tells_of_archiving_is_not_archived(made_in_2024):
    """The line that an archiving leaves would go and come back at every run."""
    made_in_2024.archive_history("2999-01")
    with pytest.raises(InputError, match="no lines from before"):
        made_in_2024.archive_history("2999-01")
    assert flaws(made_in_2024) == []


def test_only_the_named_computer_archives(made_in_2024):
    """Elsewhere lines of others may be on their way; nothing is moved or made."""
    made_in_2024.change_settings(lambda now: dataclasses.replace(now, writer="ANOTHER-PC"))
    before = made_in_2024.path.read_bytes()
    with pytest.raises(WorkbookLockedError, match="only the computer ANOTHER-PC writes"):
        made_in_2024.archive_history("2026-06")
    assert made_in_2024.path.read_bytes() == before
    assert list(made_in_2024.path.parent.glob("*history*")) == []


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory, made):
    """A folder with the workbook of `long`, made once."""
    folder = tmp_path_factory.mktemp("long")
    shutil.copytree(made["one"], folder, dirs_exist_ok=True)
    book = Workbook.open(folder / "customers.xlsx", today=TODAY)
    book.change_settings(lambda now: dataclasses.replace(now, lines=10))
    for number in range(8):
        _note(book, "STK-00001", f"note {number}")
    assert len(book.snapshot().history) == 10
    return folder


@pytest.fixture
def long(long_folder, tmp_path):
    """A workbook whose history may grow to ten lines, and has grown to them."""
    shutil.copytree(long_folder, tmp_path, dirs_exist_ok=True)
    return Workbook.open(tmp_path / "customers.xlsx", today=TODAY)


def _archives(book):
    return sorted(path.name for path in book.path.parent.glob("customers history *.xlsx"))


def test_a_long_history_moves_to_an_archive_by_itself(long):
    """The older half goes when the next line comes; nothing is told otherwise, and all goes on as before."""
    before = told(long)
    receipt = _note(long, "STK-00001", "the last straw")
    assert receipt.state == "written"
    assert [row.no for row in long.snapshot().history] == [7, 8, 9, 10, 11, 12]
    assert told(long) == [*before, (11, "changed", "STK-00001"), (12, "archived", "")]
    assert len(_archives(long)) == 1
    assert flaws(long) == []
    assert long.check(select=["FIL"]) == []
    assert_sound(long.path)
    again = Workbook.open(long.path, today=TODAY)
    again.undo(11)
    again.undo(3, override="an old one")
    assert flaws(again) == []
    assert again.status().lost == ()


def test_a_history_far_too_long_moves_in_steps(long):
    """So many lines at a time, that nobody waits for all; the next write goes on."""
    before, acceptance = told(long), long._door.acceptance
    long.change_settings(lambda now: dataclasses.replace(now, lines=4))
    for left in (8, 6):
        shorten(long.snapshot, acceptance.actor("archive"), acceptance.now(), 1, at_once=3)
        assert len(long.snapshot().history) == left
    assert [line for line in told(long) if line[1] != "archived"] == before
    assert flaws(long) == []


def test_a_history_that_may_grow_grows(long):
    """Where the setting says 0, nothing moves."""
    long.change_settings(lambda now: dataclasses.replace(now, lines=0))
    _note(long, "STK-00001", "one more")
    assert len(long.snapshot().history) == 11
    assert _archives(long) == []


def test_what_stops_the_archiving_stops_no_entry(long):
    """A history with flaws stays where it is; it is tried again when it is mended, and some lines longer."""
    mended = long.path.read_bytes()
    edit(long.path, "History", 4, {"Why": "something else"})
    assert _note(long, "STK-00001", "one").state == "written"
    assert _note(long, "STK-00001", "two").state == "written"
    assert len(long.snapshot().history) == 12
    assert _archives(long) == []
    long.path.write_bytes(mended)
    for number in range(3):
        assert _note(long, "STK-00001", f"mended {number}").state == "written"
    assert _archives(long) != []


def test_a_second_copy_of_an_archived_entry_does_not_go_in_again(long):
    """A sync program may bring its file back long after its line left the workbook; a warm and a new process know it."""
    _note(long, "STK-00001", "the last straw")
    side = long.path.with_name("customers.xlsx.cms")
    old = next(file for file in sorted((side / "applied").glob("*.json")) if "note 0" in file.read_text("utf-8"))
    for book in (long, Workbook.open(long.path, today=TODAY)):
        shutil.copy(old, side / "journal" / old.name)
        assert book.pending == ()
        _note(book, "STK-00001", "with it" if book is long else "with it again")
        assert [row.entry for row in book.snapshot().whole_history.rows].count(old.stem[-36:]) == 1
        assert list((side / "journal").glob("*.json")) == []


def test_an_entry_of_an_archived_line_is_taken_once(tmp_path):
    """A form that died after its entry was written asks again, and gets the record it made."""
    book = Workbook.create(tmp_path / "customers.xlsx", today=TODAY)
    book.change_settings(lambda now: dataclasses.replace(now, lines=4))
    entry = "0f8fad5b-d9cb-469f-a165-70867728950e"
    first = book.add("Stakeholders", QUENBY, entry_id=entry)
    for number in range(5):
        _note(book, first.key, f"note {number}")
    assert entry not in {row.entry for row in book.snapshot().history}
    assert book.add("Stakeholders", QUENBY, entry_id=entry).key == first.key
    assert len(book.table("Stakeholders")) == 1


def test_entries_in_an_archive_that_is_gone_are_not_lost_ones(long):
    """Nobody could say, and replaying them would double them."""
    _note(long, "STK-00001", "the last straw")
    for name in _archives(long):
        (long.path.parent / name).unlink()
    assert Workbook.open(long.path, today=TODAY).status().lost == ()


def test_a_full_archive_is_followed_by_another(long, monkeypatch):
    """None grows beyond what can be read quickly when lines are added to it."""
    monkeypatch.setattr("workbook_cms.archiving.MOST_LINES", 4)
    for number in range(12):
        _note(long, "STK-00001", f"later {number}")
    year = dt.datetime.now(dt.UTC).year
    names = [f"customers history {year}{part}.xlsx" for part in ("", *(f" part {n}" for n in range(2, 6)))]
    assert _archives(long) == sorted(names)
    assert [no for no, *_ in told(long)] == list(range(1, len(told(long)) + 1))
    assert flaws(long) == []


def test_without_a_head_the_history_tells_of_archives(long):
    """Up to when lines were archived stands in the head too, which may be lost."""
    _note(long, "STK-00001", "the last straw")
    until = long.snapshot().archived_until
    (long.path.with_name("customers.xlsx.cms") / "head.json").unlink()
    assert until
    assert Workbook.open(long.path, today=TODAY).snapshot().archived_until == until

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
from workbook_cms.file import platform

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


@pytest.fixture
def made_in_2024(tmp_path):
    """A workbook made in 2024, with two records, each changed once in a later year."""
    book = Workbook(tmp_path / "customers.xlsx", today=TODAY)
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
    acceptance.now = lambda: dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
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

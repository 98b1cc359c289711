"""One workbook that is forms and records, open in LibreOffice: nothing lost, nothing twice, no key twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.office import running_office
from workbook_cms import Workbook
from workbook_cms.errors import EntryRefusedError
from workbook_cms.forms.open_book import open_reading, open_workbook

OPEN = "in the open workbook, not yet saved"
MIA = {"Type": "Customer", "Given name": "Mia", "Family name": "Stone", "Phone": "0491 570 158"}
ADA = {"Type": "Customer", "Given name": "Ada", "Family name": "Quill", "Phone": "0491 570 159"}
ZED = {"Type": "Customer", "Given name": "Zed", "Family name": "Okoro", "Phone": "0491 570 110"}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A LibreOffice without windows."""
    with running_office(tmp_path_factory.mktemp("office")) as running:
        yield running


@pytest.fixture
def opened(office, book):
    """The workbook with one stakeholder, open in LibreOffice."""
    yield office.app.books.open(str(book.path))
    for left in list(office.app.books):
        left.close()


def on_disk(path: Path) -> Workbook:
    """The workbook as another process sees it."""
    return Workbook.open(path, today=TODAY)


def names(book: Workbook) -> list[tuple[str, str]]:
    """Key and family name of each stakeholder."""
    frame = book.table("Stakeholders").to_pandas()
    return list(zip(frame["Stakeholder ID"], frame["Family name"], strict=True))


def shown(opened) -> list[tuple[object, object]]:
    """Key and family name of each stakeholder in the open workbook."""
    rows = opened.sheets["Stakeholders"].tables["Stakeholders"].data_body_range.options(ndim=2).value
    return [(row[0], row[4]) for row in rows]


def test_an_entry_stands_in_the_open_workbook_and_in_the_journal(book, opened):
    """The receipt says so; the sheet shows it, the file on disk does not yet, and its sheet is protected again."""
    receipt = open_workbook(opened, today=TODAY).add("Stakeholders", MIA)
    assert (receipt.state, receipt.key, receipt.cell) == (OPEN, "STK-00002", "Stakeholders!A3")
    assert shown(opened) == [("STK-00001", "Zafiropoulos"), ("STK-00002", "Stone")]
    assert [(entry.key, entry.action) for entry in on_disk(book.path).pending] == [("STK-00002", "add")]
    assert opened.sheets["Stakeholders"].api.isProtected()
    history = opened.sheets["Change history"].tables["History"].data_body_range.value
    assert [row[3] for row in history][-1] == "STK-00002"


def test_closing_without_saving_loses_nothing(book, opened):
    """The next writer on disk brings the entry in, under the key that was promised."""
    open_workbook(opened, today=TODAY).add("Stakeholders", MIA)
    opened.close()
    assert on_disk(book.path).sync() == 1
    assert names(on_disk(book.path)) == [("STK-00001", "Zafiropoulos"), ("STK-00002", "Stone")]
    assert not on_disk(book.path).pending
    assert [f.code for f in on_disk(book.path).check() if f.code.startswith("FIL")] == []


def test_the_next_open_offers_what_was_not_saved(book, opened, office):
    """Opened again, the workbook lacks the entry; bringing in puts it where it was, once."""
    open_workbook(opened, today=TODAY).add("Stakeholders", MIA)
    opened.close()
    again = office.app.books.open(str(book.path))
    mine = open_workbook(again, today=TODAY)
    assert shown(again) == [("STK-00001", "Zafiropoulos")]
    assert len(mine.pending) == 1
    mine.sync()
    mine.sync()
    assert shown(again) == [("STK-00001", "Zafiropoulos"), ("STK-00002", "Stone")]
    again.close()


def test_a_killed_program_loses_nothing(book, tmp_path):
    """The program dies with two entries in it; both are in the file after the next commit, once each."""
    with running_office(tmp_path / "killed") as office:
        mine = open_workbook(office.app.books.open(str(book.path)), today=TODAY)
        keys = [mine.add("Stakeholders", person).key for person in (MIA, ADA)]
        office.kill()
    for lock in book.path.parent.glob(".~lock.*"):
        lock.unlink()  # the computer was started again since
    on_disk(book.path).add("Stakeholders", ZED)
    assert keys == ["STK-00002", "STK-00003"]
    assert [key for key, _ in names(on_disk(book.path))] == ["STK-00001", *keys, "STK-00004"]
    assert [f.code for f in on_disk(book.path).check() if f.code.startswith("FIL")] == []


def test_entries_here_and_on_the_command_line_share_no_key(book, opened):
    """While it is open here, what is added there waits and gets the next free key; nothing comes in twice."""
    mine = open_workbook(opened, today=TODAY)
    assert mine.add("Stakeholders", MIA).key == "STK-00002"
    there = on_disk(book.path).add("Stakeholders", ADA)
    assert (there.state, there.key) == ("queued", "")
    assert mine.add("Stakeholders", ZED).key == "STK-00004"  # Ada came in on the way
    assert [name for _, name in shown(opened)] == ["Zafiropoulos", "Stone", "Quill", "Okoro"]
    opened.close()
    on_disk(book.path).sync()
    assert names(on_disk(book.path)) == [
        ("STK-00001", "Zafiropoulos"),
        ("STK-00002", "Stone"),
        ("STK-00003", "Quill"),
        ("STK-00004", "Okoro"),
    ]


def test_what_was_saved_leaves_the_journal(book, opened):
    """Once the file holds the entry, it is not written again. LibreOffice saves here; nobody should let it."""
    open_workbook(opened, today=TODAY).add("Stakeholders", MIA)
    opened.save()
    opened.close()
    assert not on_disk(book.path).pending
    on_disk(book.path).sync()
    on_disk(book.path).add("Stakeholders", ADA)
    assert names(on_disk(book.path))[1:] == [("STK-00002", "Stone"), ("STK-00003", "Quill")]


def test_a_record_of_today_can_be_changed_before_it_is_saved(book, opened):
    """A change of a record that only the open workbook has goes in there, and survives closing without saving."""
    mine = open_workbook(opened, today=TODAY)
    key = mine.add("Stakeholders", MIA).key
    assert mine.update("Stakeholders", key, {"Notes": "Prefers trains."}).state == OPEN
    opened.close()
    on_disk(book.path).sync()
    assert on_disk(book.path).table("Stakeholders").get(key)["Notes"] == "Prefers trains."
    assert list(on_disk(book.path).history(key)["Action"]) == ["added", "changed"]


def test_the_same_entry_is_taken_once(book, opened):
    """A form that asks again after a crash gets no second row."""
    number = "6f1c2f4e-8d3b-4a55-9c1e-1f2a3b4c5d6e"
    mine = open_workbook(opened, today=TODAY)
    first = mine.add("Stakeholders", MIA, entry_id=number)
    assert mine.add("Stakeholders", MIA, entry_id=number).key == first.key
    assert len(shown(opened)) == 2


def test_rules_hold_in_the_open_workbook(book, opened):
    """A duplicate of an entry that is not saved yet is found."""
    mine = open_workbook(opened, today=TODAY)
    mine.add("Stakeholders", MIA | {"Date of birth": "3/4/1990"})
    with pytest.raises(EntryRefusedError) as refused:
        mine.add("Stakeholders", MIA | {"Date of birth": "3/4/1990"})
    assert [f.code for f in refused.value.findings] == ["DUP002"]
    assert refused.value.findings[0].related == ("STK-00002",)


@pytest.mark.parametrize("text", ["=1+1", "'quoted", "0412", "1/2", "x" * 9000, "two\nlines", "Zoë 🦘 日本"])
def test_texts_stay_what_they_are(book, opened, text):
    """No formula, no date, no number comes of a text, and a long one is whole."""
    notes = text if len(text) < 4000 else text[:3999]
    mine = open_workbook(opened, today=TODAY)
    mine.add("Stakeholders", MIA | {"Notes": notes})
    found = open_reading(opened, today=TODAY)
    assert found.table("Stakeholders").get("STK-00002")["Notes"] == notes


def test_a_filter_does_not_hide_an_entry_from_the_next(book, opened):
    """Rows hidden by a filter are counted: the next entry does not overwrite them."""
    mine = open_workbook(opened, today=TODAY)
    mine.add("Stakeholders", MIA)
    sheet = opened.sheets["Stakeholders"]
    sheet.api.unprotect("")
    sheet.api.Rows.getByIndex(2).IsVisible = False
    mine.add("Stakeholders", ADA)
    assert [name for _, name in shown(opened)] == ["Zafiropoulos", "Stone", "Quill"]


def test_something_below_the_table_makes_the_entry_wait(book, opened):
    """Nothing is overwritten: the entry is queued, and the other one is not half in."""
    sheet = opened.sheets["Stakeholders"]
    sheet.api.unprotect("")
    sheet["C3"].value = "my own list"
    receipt = open_workbook(opened, today=TODAY).add("Stakeholders", MIA)
    assert receipt.state == "queued"
    assert sheet["C3"].value == "my own list"
    assert sheet["A3"].value is None
    assert [row[3] for row in opened.sheets["Change history"].tables["History"].data_body_range.value].count(
        "STK-00002"
    ) == 0


def test_a_program_that_is_gone_makes_the_entry_wait(book, tmp_path):
    """The workbook was closed behind our back: the entry is accepted and goes in when somebody can write."""
    with running_office(tmp_path / "gone") as office:
        mine = open_workbook(office.app.books.open(str(book.path)), today=TODAY)
        office.kill()
        receipt = mine.add("Stakeholders", MIA)
    assert receipt.state == "queued"
    for lock in book.path.parent.glob(".~lock.*"):
        lock.unlink()
    on_disk(book.path).sync()
    assert names(on_disk(book.path))[1:] == [("STK-00002", "Stone")]


def test_a_check_sees_what_is_not_saved(book, opened):
    """A cell typed over in the open workbook is found with its place and the old value, though the file is clean."""
    sheet = opened.sheets["Stakeholders"]
    sheet.api.unprotect("")
    sheet["I2"].value = "12"
    found = {(f.code, f.cell) for f in open_reading(opened, today=TODAY).check()}
    assert {("ENT010", "Stakeholders!I2"), ("FIL001", "Stakeholders!I2")} <= found
    assert [f.code for f in on_disk(book.path).check() if f.code in ("ENT010", "FIL001")] == []


def test_an_unchanged_workbook_checks_the_same_open_and_closed(book, opened):
    """Reading through the program tells the same as reading the file."""
    assert list(open_reading(opened, today=TODAY).check()) == list(on_disk(book.path).check())
    assert QUENBY["Family name"] in dict(names(on_disk(book.path))).values()

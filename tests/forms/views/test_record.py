"""One view of a stakeholder."""

import pytest

from tests.conftest import TODAY
from tests.forms.views.conftest import CALL, sections
from tests.support import raw
from validation.policy import Policy, Sensitivity
from workbook_cms import Workbook
from workbook_cms.errors import UnknownRecordError
from workbook_cms.forms.views import Link, record_view


def test_everything_on_one_page(busy_book):
    """Details first, then what is open, the contacts, what else refers to it, and its history."""
    page = record_view(busy_book, "STK-00001")
    assert list(sections(page)) == [
        "Stakeholder",
        "Still open (3)",
        "Interactions (1)",
        "FollowUps (1)",
        "Bookings (1)",
        "History (1)",
    ]
    assert page.status.text.startswith("STK-00001 Quenby Zafiropoulos.")
    assert all(len(row.cells) == len(page.columns) for row in page.rows)


def test_details_lead_to_their_cells(busy_book):
    """Values stand as people read them, each with the cell it stands in."""
    rows = {row.cells[1]: row for row in record_view(busy_book, "STK-00001").rows if not row.cells[3]}
    assert rows["Phone"].cells[4] == "0491 570 156"
    assert rows["Date of birth"].cells[4] == "Fri 14 Mar 1986"
    assert rows["Phone"].link == Link("Stakeholders", "I2")


def test_open_the_most_urgent_first(busy_book):
    """What is open comes by its day, what is done is not among it."""
    rows = sections(record_view(busy_book, "STK-00001"))["Still open (3)"]
    assert [(when, key) for when, _, _, key, _ in rows] == [
        ("overdue Thu 12 Nov 2026", "FUP-00001"),
        ("overdue Sat 21 Nov 2026", "INT-000002"),
        ("due Mon 30 Nov 2026", "FUP-00002"),
    ]
    assert [who for _, _, who, _, _ in rows] == ["Daniel Ng", "Ben Okafor", "Ben Okafor"]


def test_when_the_caller_was_identified(busy_book):
    """The last time a detail that was given agreed with the record is told, with the detail's name, not its value."""
    status = record_view(busy_book, "STK-00001").status.text
    assert "confirmed by date of birth on Thu 5 Nov 2026 (INT-000001)" in status
    assert "1986" not in status


def test_never_identified(book):
    """Somebody of whom no detail was ever confirmed is shown so."""
    assert "No detail was confirmed" in record_view(book, "STK-00001").status.text


def test_history_tells_old_and_new(book):
    """A change is there with its old and new value, why, and who made it."""
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"}, why="moved")
    newest = sections(record_view(book, "STK-00001"))["History (2)"][0]
    assert newest[1] == "Phone changed"
    assert newest[4] == "+61491570156 becomes +61491570157 why: moved"


def test_doubts_are_shown(book):
    """A possible duplicate is told on the page; once somebody went on with a reason it is told as a note."""
    twin = {"Type": "Customer", "Given name": "Quenby", "Family name": "Zafiropoulos", "Phone": "0491 570 156"}
    book.add("Stakeholders", twin | {"Date of birth": "14/3/1986"}, override="told so on the phone")
    found = [row for row in record_view(book, "STK-00002").rows if row.cells[3].startswith("DUP")]
    assert [row.look for row in found] == ["quiet"]
    assert "STK-00001" in found[0].cells[4]


def test_retired_value_is_no_doubt(book):
    """A value that can no longer be chosen stays valid on a record that has it."""
    raw.edit(book.path, "Stakeholders", 2, {"Preferred channel": "Fax", "Email": "nobody"})
    codes = [row.cells[3] for row in record_view(book, "STK-00001").rows if row.look == "alert"]
    assert codes == ["ENT009"]


def test_what_waits(book, opened_elsewhere):
    """A change that is queued is on the page, and a queued record that refers to it is called so."""
    with opened_elsewhere(book.path):
        book.update("Stakeholders", "STK-00001", {"Notes": "Travels with a cello."})
        book.add("Interactions", CALL | {"Date": "20 Nov 2026"})
        page = sections(record_view(book, "STK-00001"))
    assert page["Waiting to be written (1)"][0][4] == "Notes: Travels with a cello."
    assert [row[3] for row in page["Still open (1)"]] == ["queued"]


def test_any_table(busy_book):
    """The view of an interaction says whose it is and what follows from it."""
    page = sections(record_view(busy_book, "INT-000002"))
    assert page["Belongs to"][0] == ("", "Stakeholder", "", "STK-00001", "Quenby Zafiropoulos")
    assert len(page["Still open (2)"]) == 2


@pytest.mark.parametrize("asked", ["stk-00001", " STK-00001 ", "1", "00001"])
def test_key_is_taken_loosely(book, asked):
    """Letter case, spaces and the letters of the key do not matter."""
    assert record_view(book, asked).status.text.startswith("STK-00001 ")


@pytest.mark.parametrize("asked", ["STK-99999", "", "nobody"])
def test_no_such_record(book, asked):
    """A key that nobody has is told in one line."""
    with pytest.raises(UnknownRecordError, match="there is no record"):
        record_view(book, asked)


def test_long_sections_are_cut(busy_book):
    """A section that is cut says how much more there is."""
    rows = sections(record_view(busy_book, "STK-00001", longest=3))["Stakeholder"]
    assert len(rows) == 3
    assert rows[-1][4].startswith("... and ")


def test_sensitive_values_are_masked(tmp_path, fresh_book):
    """The value of a sensitive field is on the page nowhere, in the history neither."""
    tables = [
        table.model_copy(
            update={
                "fields": tuple(
                    f.model_copy(update={"sensitivity": Sensitivity.SENSITIVE}) if f.id == "notes" else f
                    for f in table.fields
                )
            }
        )
        for table in fresh_book.policy.tables
    ]
    policy = Policy.model_validate(fresh_book.policy.model_dump() | {"tables": [t.model_dump() for t in tables]})
    book = Workbook.create(tmp_path / "careful.xlsx", policy, today=TODAY)
    book.add(
        "Stakeholders",
        {"Type": "Organisation", "Organisation": "Rossi", "Phone": "0491 570 156", "Notes": "Zebra"},
    )
    book.update("Stakeholders", "STK-00001", {"Notes": "Giraffe"})
    page = record_view(book, "STK-00001")
    text = " ".join(cell for row in page.rows for cell in row.cells)
    assert "•••" in text
    assert "Zebra" not in text
    assert "Giraffe" not in text

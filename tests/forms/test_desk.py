"""A front-end at which things go wrong: one clear sentence on the sheet, and nothing lost. With a real LibreOffice."""

from __future__ import annotations

import openpyxl
import pytest

from tests.conftest import TODAY
from tests.support.calls import count_calls
from tests.support.front_end import INTERACTION, OpenFrontEnd, interaction_keys
from workbook_cms.forms import desk as desks
from workbook_cms.forms.answers import Request
from workbook_cms.forms.backing import Backing
from workbook_cms.forms.desk import Desk
from workbook_cms.workbook import Workbook


@pytest.fixture
def desk(front_end) -> Desk:
    """The desk of the team's front-end, which has greeted."""
    served = Desk(front_end.book, today=TODAY)
    served.tick()
    return served


@pytest.fixture
def filled(front_end, desk) -> OpenFrontEnd:
    """The form with Quenby picked and a whole enquiry typed."""
    front_end.type_enquiry(desk.tick)
    return front_end


def unlocked(front_end: OpenFrontEnd) -> None:
    """Take the protection off, as somebody who knows the menu would."""
    front_end.sheet.api.unprotect("")


def test_record_moved_away(filled, desk, team) -> None:
    """Without its record workbook a submit says where that should be, and the inputs stay; put back, it works."""
    hidden = team.rename(team.with_name("elsewhere.xlsx"))
    filled.ask("Submit")
    desk.tick()
    assert "customers.xlsx" in filled.status
    assert filled.mark == "wrong"
    assert filled.text("details") == INTERACTION["details"]
    assert filled.text("@do") == ""
    hidden.rename(team)
    filled.ask("Submit")
    desk.tick()
    assert filled.status.startswith("Saved as INT-000001.")


def test_record_missing_from_the_start(front_end, team) -> None:
    """A front-end whose record workbook is gone says so on the form before anything is asked, and comes alive after."""
    hidden = team.rename(team.with_name("elsewhere.xlsx"))
    served = Desk(front_end.book, today=TODAY)
    assert served.tick() is False
    assert "the record workbook is not in" in front_end.status
    hidden.rename(team)
    assert served.tick() is True
    assert front_end.mark != "wrong"


def test_record_damaged(filled, desk, team) -> None:
    """A record workbook that is no workbook any more is named; what was typed stays."""
    team.write_bytes(b"not a workbook")
    filled.ask("Submit")
    desk.tick()
    assert filled.status.startswith("customers.xlsx")
    assert filled.mark == "wrong"
    assert filled.text("details") == INTERACTION["details"]


def test_record_without_a_policy(filled, desk, team) -> None:
    """A workbook of somebody else in its place is told as such."""
    openpyxl.Workbook().save(team)
    filled.ask("Submit")
    desk.tick()
    assert "policy" in filled.status.lower()
    assert filled.text("details") == INTERACTION["details"]


def test_ids_overtyped(filled, desk, team) -> None:
    """Column A overtyped on an unprotected sheet: the rows are found by their names, and the entry goes in."""
    unlocked(filled)
    filled.sheet.range("A4").value = "oops"
    filled.sheet.range((filled.cell("details").row, 1)).value = "oops"
    filled.ask("Submit")
    desk.tick()
    assert filled.status.startswith("Saved as INT-000001.")
    assert Workbook.open(team).table("Interactions").get("INT-000001")["Details"] == INTERACTION["details"]
    assert filled.sheet.api.isProtected()


def test_row_deleted(filled, desk, team) -> None:
    """A deleted row of the form is named in the status line; nothing is saved and nothing typed is touched."""
    unlocked(filled)
    row = filled.cell("booking_number").row
    filled.sheet.range(f"{row}:{row}").delete()
    filled.ask("Submit")
    desk.tick()
    assert "has lost its row Booking number" in filled.status
    assert "Nothing was saved" in filled.status
    assert filled.text("details") == INTERACTION["details"]
    assert interaction_keys(team) == []


def test_row_and_name_deleted(filled, desk, team) -> None:
    """Row and name gone: what the rules want is still refused, with the field named in the status line."""
    unlocked(filled)
    row = filled.cell("channel").row
    filled.book.names["input_interactions.channel"].delete()
    filled.sheet.range(f"{row}:{row}").delete()
    filled.ask("Submit")
    desk.tick()
    assert "Channel" in filled.status
    assert filled.mark == "wrong"
    assert filled.text("details") == INTERACTION["details"]
    assert interaction_keys(team) == []


def test_status_name_deleted(filled, desk, team) -> None:
    """Without a status line the entry still goes in, and an error is said beside the request cell."""
    filled.book.names[filled.design.name("status")].delete()
    hidden = team.rename(team.with_name("elsewhere.xlsx"))
    served = Desk(filled.book, today=TODAY)
    served.tick()
    hidden.rename(team)
    served.tick()
    team.rename(hidden)
    filled.ask("Submit")
    served.tick()
    assert "customers.xlsx" in filled.message("@do")[0]
    hidden.rename(team)
    filled.ask("Submit")
    served.tick()
    assert interaction_keys(team) == ["INT-000001"]


def test_pasted_over_a_dropdown(filled, desk, team) -> None:
    """A paste brings a number, a date or a foreign value past the dropdown: judged as if it had been typed."""
    filled.cell("channel").value = 12.0
    filled.ask("Submit")
    desk.tick()
    assert filled.message("channel")[1] == "wrong"
    assert filled.text("channel") == "12"
    assert interaction_keys(team) == []


def test_formula_typed_stays_text(filled, desk, team) -> None:
    """What begins like a formula is text, in the form and in the record."""
    filled.type("outcome", "=1+1")
    filled.ask("Submit")
    desk.tick()
    assert filled.status.startswith("Saved as INT-000001.")
    assert Workbook.open(team).table("Interactions").get("INT-000001")["Outcome"] == "=1+1"


def test_unprotected_sheet_is_protected_again(filled, desk) -> None:
    """A sheet that somebody unprotected is protected after the next answer."""
    unlocked(filled)
    filled.ask("Next")
    desk.tick()
    assert filled.sheet.api.isProtected()


def test_front_end_of_a_newer_program(front_end, team) -> None:
    """A front-end drawn by a newer version is not touched, and says what to update."""
    block = front_end.book.names["cms_settings"].refers_to_range
    rows = [[key, "99" if key == "layout" else value] for key, value in block.value]
    front_end.book.sheets["cms"].api.unprotect("")
    block.value = rows
    served = Desk(front_end.book, today=TODAY)
    served.tick()
    assert front_end.status == (
        "This front-end: was made by a newer workbook-cms than this one. Update workbook-cms here."
    )


def test_typed_while_the_answer_came(filled, desk) -> None:
    """What somebody types while an answer is on its way is not overwritten."""
    form = desks.FormSheet(filled.book, filled.design)
    reading = form.read()
    given = form.given(reading, Request.CLEAR, form.memory())
    answer = desks.answered(Backing(filled.book, TODAY).record(), filled.design, given)
    filled.type("outcome", "just typed")
    form.show(answer, reading, Request.CLEAR)
    assert filled.text("outcome") == "just typed"
    assert filled.text("details") == ""


def test_a_submit_takes_few_calls(filled, desk, monkeypatch) -> None:
    """A submit makes at most 30 calls of xlwings: over COM each costs some 10 ms."""
    counted = count_calls(monkeypatch)
    filled.ask("Submit")
    counted.clear()
    assert desk.tick()
    assert filled.status.startswith("Saved as")
    assert len(counted) <= 30, "\n".join(counted)


def test_the_find_button_picks_too(front_end, desk) -> None:
    """Without a helper there is one button for both: with a number in Pick it takes that one."""
    front_end.type("@find", "quenby")
    assert desk.answer("Find")
    assert front_end.text("stakeholder_id") == ""
    front_end.type("@pick", "1")
    assert desk.answer("Find")
    assert front_end.text("stakeholder_id").startswith("STK-00001")

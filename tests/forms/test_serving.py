"""The resident helper with a real LibreOffice: what is asked in an open front-end is in the record workbook on disk."""

from __future__ import annotations

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.books import members
from tests.support.front_end import INTERACTION, OpenFrontEnd
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.workbook import Workbook


@pytest.fixture
def picked(front_end, helper) -> OpenFrontEnd:
    """The form that records interactions, with Quenby picked, served."""
    helper.step()
    front_end.type("@find", "zafir")
    helper.step()
    front_end.type("@pick", "1")
    helper.step()
    return front_end


@pytest.fixture
def filled(picked, helper) -> OpenFrontEnd:
    """The same with a whole enquiry typed."""
    picked.fill(**INTERACTION)
    helper.step()
    return picked


def interactions(path):
    """The interactions of the record workbook, those that wait too."""
    return Workbook.open(path, today=TODAY).table("Interactions").to_pandas()


def test_request_cell_writes_one_row(filled, helper, team) -> None:
    """Submit in the request cell: exactly one more row on disk, with history; untouched members are byte-identical."""
    before = members(team)
    filled.ask("Submit")
    helper.step()
    rows = interactions(team)
    assert list(rows["Interaction ID"]) == ["INT-000001"]
    assert list(rows["Details"]) == [INTERACTION["details"]]
    assert list(rows["Stakeholder ID"]) == ["STK-00001"]
    history = Workbook.open(team).history("INT-000001")
    assert [(row.Action, row.Source, row.Person) for row in history.itertuples()] == [
        ("added", "form", "Amelia Tran (unverified)")
    ]
    after = members(team)
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert {name.rpartition("/")[0] for name in changed} <= {"xl/worksheets", "xl/tables"}
    assert (
        len(changed) == 3
    )  # the sheet of the interactions, whose table had an empty row; sheet and table of the history
    assert filled.status.startswith("Saved as INT-000001.")
    assert filled.mark == "good"


def test_form_is_clean_after_submit(filled, helper) -> None:
    """After a submit the request cell and the inputs are empty, and the stakeholder is kept."""
    filled.ask("s")
    helper.step()
    assert filled.text("@do") == ""
    assert filled.text("details") == ""
    assert filled.text("stakeholder_id").startswith("STK-00001")
    assert helper.step() is False


@pytest.mark.parametrize("row", ["cost", "@find", "@do"])
def test_full_stop_submits(filled, helper, team, row) -> None:
    """A lone full stop in an empty field submits, is gone afterwards, and is not saved with the record."""
    filled.type(row, ".")
    helper.step()
    assert filled.text(row) == ""
    rows = interactions(team)
    assert len(rows) == 1
    assert rows["Cost"].isna().all()


def test_find_shows_candidates_and_pick_the_readback(front_end, helper) -> None:
    """Typing in Find shows who it may be, typing in Pick the read-back; no request is needed for either."""
    helper.step()
    front_end.type("@find", "zafir")
    helper.step()
    assert "1  STK-00001 Quenby Zafiropoulos" in front_end.panel
    front_end.type("@pick", "1")
    helper.step()
    assert "Zafiropoulos: Zulu Alfa Foxtrot India Romeo" in front_end.panel
    assert front_end.text("stakeholder_id") == "STK-00001 Quenby Zafiropoulos"
    assert front_end.text("@pick") == ""


def test_refused_entry_keeps_what_was_typed(picked, helper, team) -> None:
    """What is wrong is said beside the field, the rest stays as typed, and nothing is written."""
    picked.fill(**{**INTERACTION, "contact_email": "quenby@"})
    picked.ask("Submit")
    helper.step()
    assert picked.mark == "wrong"
    assert picked.message("contact_email")[1] == "wrong"
    assert picked.text("contact_email") == "quenby@"
    assert picked.text("details") == INTERACTION["details"]
    assert picked.text("@do") == ""
    assert len(interactions(team)) == 0


def test_typing_shows_how_it_was_read(picked, helper) -> None:
    """While somebody fills the form, dates are echoed with their weekday and nothing typed is touched."""
    picked.type("follow_up_date", "27/11/26")
    helper.step()
    assert picked.text("follow_up_date") == "27/11/26"
    assert "Fri 27 Nov 2026" in picked.message("follow_up_date")[0]


def test_record_open_elsewhere_queues(filled, helper, team, opened_elsewhere) -> None:
    """While somebody has the record workbook open, the entry is queued, said so, and goes in afterwards."""
    before = team.read_bytes()
    with opened_elsewhere(team):
        filled.ask("Submit")
        helper.step()
        assert "queued" in filled.status
        assert "open by mia" in filled.status
        assert team.read_bytes() == before
    filled.ask("Bring in")
    helper.step()
    assert list(interactions(team)["Interaction ID"]) == ["INT-000001"]


def test_two_front_ends_at_once(filled, helper, team, office, tmp_path) -> None:
    """Two people's front-ends in one program are both served; each entry gets its own key."""
    path = make_frontend(team, tmp_path / "second.xlsx")
    second = OpenFrontEnd(office.app.books.open(str(path)), team)
    try:
        second.say_who("Ben Okafor")
        helper.step()
        second.type("@find", "STK-00001")
        helper.step()
        second.fill(**{**INTERACTION, "details": "Second one asks for a quote of a train tour."})
        second.ask("Submit")
        filled.ask("Submit")
        helper.step()
        rows = interactions(team)
        assert sorted(rows["Interaction ID"]) == ["INT-000001", "INT-000002"]
        assert set(rows["Recorded by"]) == {"Amelia Tran", "Ben Okafor"}
    finally:
        second.book.close()


def test_request_is_seen_when_she_has_left_the_sheet(filled, helper, team) -> None:
    """A request made just before going to another sheet is answered all the same."""
    filled.ask("Submit")
    filled.book.sheets["Home"].activate()
    helper.step()
    assert len(interactions(team)) == 1


def test_closed_front_end_is_left_and_met_again(front_end, helper, office, said) -> None:
    """Closing a front-end ends its service; opening it again starts it."""
    helper.step()
    assert helper.front_ends == ("entry.xlsx",)
    path = front_end.book.fullname
    front_end.book.close()
    helper.step()
    assert helper.front_ends == ()
    again = office.app.books.open(path)
    helper.step()
    assert helper.front_ends == ("entry.xlsx",)
    again.close()
    assert said[:2] == ["Serving entry.xlsx.", "entry.xlsx was closed."]
    assert said[-1] == "Serving entry.xlsx."


def test_other_workbooks_are_left_alone(team, office, helper) -> None:
    """A workbook without forms, such as the record workbook itself, is not touched."""
    book = office.app.books.open(str(team))
    try:
        helper.step()
        assert helper.front_ends == ()
    finally:
        book.close()


def test_person_chosen_on_home_is_greeted(front_end, helper) -> None:
    """Another name chosen on Home counts as soon as she is back on the form."""
    helper.step()
    front_end.book.sheets["Home"].activate()
    front_end.say_who("Ben Okafor")
    helper.step()
    front_end.sheet.activate()
    helper.step()
    assert front_end.text("recorded_by") == "Ben Okafor"


def test_unknown_request_says_what_there_is(filled, helper, team) -> None:
    """A word in the request cell that means nothing is told with the ones that do, and nothing happens."""
    filled.ask("save it please")
    helper.step()
    assert filled.status.startswith("save it please is nothing that can be done here. Choose one of Submit,")
    assert filled.text("details") == INTERACTION["details"]
    assert filled.text("@do") == ""
    assert len(interactions(team)) == 0


def test_second_stakeholder_form(office, team, helper, front_end) -> None:
    """The other forms of a front-end are served as well: a stakeholder is added."""
    form = next(at for at in range(9) if OpenFrontEnd(front_end.book, team, at).design.table.id == "stakeholders")
    add = OpenFrontEnd(front_end.book, team, form)
    helper.step()
    add.fill(type="Customer", given_name="Noor", family_name="Haddad", email="noor@example.com")
    add.ask("Submit")
    helper.step()
    assert add.status.startswith("Saved as STK-00002.")
    names = list(Workbook.open(team).table("Stakeholders").to_pandas()["Family name"])
    assert names == [QUENBY["Family name"], "Haddad"]

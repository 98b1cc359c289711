"""What a form says when it is opened."""

from tests.conftest import TODAY
from tests.support.typist import AMELIA, ENQUIRY, Typist
from workbook_cms import Workbook
from workbook_cms.forms.answers import Mark, Message


def test_a_form_is_greeted_with_who_and_what_first(amelia):
    """Organisation and person on the right, what comes first in the status line, the cursor in Find."""
    assert amelia.sees.info == "World Traveller | Amelia Tran"
    assert amelia.sees.status == Message("Find the right one first, or type its number.", Mark.HINT)
    assert amelia.sees.focus == "@find"
    assert amelia.sees.inputs == {
        "date": "22 Nov 2026",
        "direction": "Inbound",
        "status": "Open",
        "recorded_by": "Amelia Tran",
    }


def test_who_has_the_file_open_is_told(desk, opened_elsewhere):
    """Before anything is typed."""
    with opened_elsewhere(desk.path):
        form = Typist(desk, "Interactions")
        assert form.sees.info.startswith("World Traveller | Amelia Tran | open by mia since ")


def test_accepted_entries_that_wait_are_offered(with_quenby, opened_elsewhere):
    """After the file was closed: bring them in; while it is open: they go in by themselves."""
    with opened_elsewhere(with_quenby.book.path):
        with_quenby.ask("Submit", **ENQUIRY)
        form = Typist(with_quenby.book, "Interactions")
        assert "1 accepted entry waits since" in form.status
        assert "customers.xlsx is open by mia" in form.status
    form.ask("Greet")
    assert form.status.endswith("Choose Bring in to write it now.")
    form.ask("Bring in")
    assert form.status == "1 accepted entry brought in."
    assert len(with_quenby.book.table("Interactions")) == 1


def test_what_had_been_typed_is_still_there(with_quenby):
    """The front-end was saved with half an entry in it, and is opened again."""
    with_quenby.ask("Look", details="Half an entry")
    with_quenby.ask("Greet")
    assert with_quenby.status.endswith("What you had typed is still here.")
    assert with_quenby.sees.inputs["details"] == "Half an entry"
    assert with_quenby.sees.inputs["stakeholder_id"] == "STK-00001 Quenby Zafiropoulos"


def test_a_form_nobody_typed_in_starts_anew(with_quenby):
    """Yesterday's stakeholder is not today's caller."""
    with_quenby.ask("Greet")
    assert "stakeholder_id" not in with_quenby.sees.inputs


def test_a_record_that_was_open_stays_open(adding):
    """The spreadsheet was closed in the middle of a change."""
    adding.ask("Open", find="STK-00001")
    adding.ask("Greet")
    assert adding.sees.state.editing == "STK-00001"


def test_the_memory_of_a_name_is_kept(book):
    """Who she is at a shared login is remembered from answer to answer."""
    form = Typist(Workbook.open(book.path, today=TODAY, account=AMELIA), "Interactions")
    form.forget('{"person":"Mia Tran"}')
    for request in ("Look", "Find", "Clear", "Greet"):
        form.ask(request, find="STK-00001")
        assert form.sees.state.person == "Mia Tran"

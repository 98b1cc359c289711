"""Prepare, create, finalise and review: closing a record and signing it off."""

import pytest

from tests.conftest import TODAY
from tests.support.typist import AMELIA, BEN, ENQUIRY, Typist
from validation.policy import Stage
from workbook_cms import Workbook
from workbook_cms.forms.answers import Request
from workbook_cms.forms.design import form_designs


@pytest.fixture
def closed(with_quenby):
    """An interaction that Amelia recorded and closed, INT-000001."""
    with_quenby.ask("Close", **ENQUIRY, outcome="It was sent.")
    return with_quenby.book


def at(book, account=BEN, person=""):
    """Somebody at the form for interactions."""
    return Typist(Workbook.open(book.path, today=TODAY, account=account, person=person), "Interactions")


def test_forms_offer_what_the_policy_has(desk):
    """Close where a status means closed; Sign off where somebody reviews."""
    offered = {design.table.name: set(design.requests) for design in form_designs(desk.policy)}
    assert {Request.CLOSE, Request.SIGN_OFF} <= offered["Interactions"]
    assert Request.CLOSE in offered["FollowUps"]
    assert Request.SIGN_OFF not in offered["FollowUps"]
    assert not {Request.CLOSE, Request.SIGN_OFF} & offered["Stakeholders"]


def test_a_prepared_interaction_is_completed_later(with_quenby):
    """Prepared before the call, created during it: the same record."""
    with_quenby.ask("Submit", **{**ENQUIRY, "status": "prep"})
    assert "Prepared" in with_quenby.panel
    with_quenby.ask("Open")
    with_quenby.ask("Submit", status="Open", details="Called; wants the brochure by post.")
    assert with_quenby.status.startswith("INT-000001 is changed: Details and Status.")
    assert with_quenby.book.table("Interactions").get("INT-000001")["Status"] == "Open"


def test_close_saves_with_the_closed_status(closed):
    """In one step for a call that is done with."""
    assert closed.table("Interactions").get("INT-000001")["Status"] == "Closed"


def test_the_same_close_twice_is_one_record(with_quenby):
    """The answer was lost: asked again, it is closed already, and nothing else was typed."""
    before = with_quenby.sees
    with_quenby.ask("Close", **ENQUIRY, outcome="It was sent.")
    with_quenby.sees = before
    with_quenby.ask("Close", **ENQUIRY, outcome="It was sent.")
    assert with_quenby.status.startswith("INT-000001 was saved already, at ")
    assert len(with_quenby.book.table("Interactions")) == 1


def test_a_doubt_while_closing_is_closed_with_its_reason(with_quenby):
    """The question says to choose Close again, not Submit."""
    birthday = "5/5/1955"
    with_quenby.ask("Close", **ENQUIRY, outcome="It was sent.", contact_date_of_birth=birthday)
    assert "say why in Reason, then Close again" in with_quenby.status
    with_quenby.ask("Close", why="her husband called")
    assert with_quenby.book.table("Interactions").get("INT-000001")["Status"] == "Closed"


def test_an_incomplete_record_is_not_closed(with_quenby):
    """What closing needs is asked for; the status stays as she typed it."""
    with_quenby.ask("Close", **ENQUIRY)
    assert with_quenby.wrong() == {"outcome": "is needed where Status is Closed. Fill it in."}
    assert with_quenby.sees.inputs["status"] == "Open"
    with_quenby.ask("Submit")
    assert with_quenby.book.table("Interactions").get("INT-000001")["Status"] == "Open"


def test_an_open_record_is_closed(with_quenby):
    """Opened again, the outcome typed, closed."""
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.ask("Open")
    with_quenby.ask("Close", outcome="It was sent.")
    assert with_quenby.status.startswith("INT-000001 is saved and closed.")
    assert with_quenby.book.table("Interactions").get("INT-000001")["Status"] == "Closed"


def asked_of(book, *requests):
    """The form after the interaction INT-000001 was opened for each of the requests."""
    form = at(book)
    for request in requests:
        form.ask("Open", find="1")
        form.ask(request)
    return form


def test_a_closed_record_is_not_closed_twice(closed):
    """Said, not done again."""
    form = asked_of(closed, "Close")
    assert form.status == "INT-000001: this is closed already. Choose Submit to save a change."


def test_a_colleague_signs_off(closed):
    """Reviewed by Ben: status and name are set by the program, the history has both."""
    form = asked_of(closed, "Sign off")
    assert form.status == "INT-000001 is signed off by Ben Okafor."
    record = form.book.table("Interactions").get("INT-000001")
    assert (record["Status"], record["Signed off by"]) == ("Signed off", "Ben Okafor")
    assert form.sees.focus == "@find"


def test_nobody_signs_off_her_own_record(closed):
    """The policy's condition says so, at the field; the record stays closed."""
    form = at(closed, AMELIA)
    form.ask("Open", find="INT-000001")
    form.ask("Sign off")
    assert form.wrong() == {"signed_off_by": "Nobody signs off their own record. Let a colleague review it."}
    assert form.book.table("Interactions").get("INT-000001")["Status"] == "Closed"


def test_only_a_closed_record_is_signed_off(with_quenby):
    """Open ones are closed first, signed ones are done."""
    with_quenby.ask("Sign off", details="x")
    assert (
        with_quenby.status
        == "Do: no interaction is open. Type the number of a closed one in Find and choose Open."
    )
    assert with_quenby.sees.inputs["details"] == "x"
    with_quenby.ask("Submit", **ENQUIRY)
    form = asked_of(with_quenby.book, "Sign off")
    assert form.status == "INT-000001: this is not closed yet. Close it first; then a colleague signs it off."


def test_a_signed_record_is_not_signed_twice(closed):
    """The first signature stands."""
    form = asked_of(closed, "Sign off", "Sign off")
    assert form.status == "INT-000001: this is signed off already. Choose Next for another one."
    form.ask("Close")
    assert form.status.startswith("INT-000001: this is closed already.")


def test_who_signs_off_has_to_be_known(closed):
    """A shared login without a name signs nothing; with a name it does, unverified in the history."""
    form = at(closed, "frontdesk")
    form.ask("Open", find="1")
    form.ask("Sign off")
    assert form.status == "Sign off: it is not known who you are. Choose your name on Home."
    form = at(closed, "frontdesk", "Ben Okafor")
    form.ask("Open", find="1")
    form.ask("Sign off")
    assert form.status == "INT-000001 is signed off by Ben Okafor."
    assert form.book.history("INT-000001").iloc[-1]["Person"] == "Ben Okafor (unverified)"


def test_a_follow_up_is_closed(desk):
    """Any table whose status has a closed value."""
    desk.add("FollowUps", {"Stakeholder ID": "STK-00001", "Due": "24/11/2026", "Action": "Send the tickets"})
    form = Typist(desk, "FollowUps")
    form.ask("Open", find="1")
    form.ask("Close")
    assert form.wrong() == {"done_on": "is needed where Status is Done. Fill it in."}
    form.ask("Close", done_on="today")
    assert form.status.startswith("FUP-00001 is saved and closed.")


def test_a_policy_without_stages_says_so(desk):
    """Asked all the same (an older form): one line, nothing saved."""
    policy = desk.policy
    lists = [
        choice.model_copy(
            update={"items": tuple(item.model_copy(update={"stage": Stage.NONE}) for item in choice.items)}
        )
        for choice in policy.lists
    ]
    roles = {"status": None, "sign_off": None, "due_date": None, "owner": None}
    tables = [table.model_copy(update=roles) for table in policy.tables]
    desk.apply_policy(policy.model_copy(update={"lists": tuple(lists), "tables": tuple(tables)}))
    form = Typist(desk, "Interactions")
    form.ask("Find", find="STK-00001")
    form.ask("Close", **ENQUIRY)
    assert form.status == "Do: the rules do not say what it means that this is closed. Choose Submit."
    form.ask("Sign off")
    assert form.status == "Do: the rules do not say what it means that this is signed off. Choose Submit."
    assert len(desk.table("Interactions")) == 0

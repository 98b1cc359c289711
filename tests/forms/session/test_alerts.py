"""Possible duplicates and doubtful attributions: the other record is shown, and a way on is asked for."""

import pytest

from tests.support.typist import ENQUIRY, Typist
from workbook_cms.forms.answers import Look, Mark

#: Quenby as somebody in a hurry types her a second time.
AGAIN = {
    "type": "cust",
    "given_name": "Quenby",
    "family_name": "Zafiropoulos",
    "date_of_birth": "14/3/1986",
    "phone": "0491 570 157",
}


@pytest.fixture
def with_quincy(desk):
    """The workbook with a second person, who is easily mistaken for the first."""
    desk.add("Stakeholders", {"Type": "Customer", "Given name": "Quincy", "Family name": "Zafiris",
                              "Email": "quincy@example.com", "Date of birth": "1/1/1990"})  # fmt: skip
    return desk


def test_a_possible_duplicate_is_shown_beside_the_entry(adding):
    """Why it is suspected, what differs first, and what each way on does; nothing is saved."""
    answer = adding.ask("Submit", **AGAIN)
    assert (
        adding.status
        == "Is this STK-00001 Quenby Zafiropoulos? If so, choose Open. If not, say why in Reason, then Submit again."
    )
    assert (answer.status.mark, answer.focus, answer.state.other) == (Mark.DOUBT, "@reason", "STK-00001")
    lines = adding.panel.splitlines()
    assert "probably the same as STK-00001 Quenby Zafiropoulos" in lines[1]
    assert lines[2:5] == [
        "STK-00001 Quenby Zafiropoulos",
        "Phone: 0491 570 156 · you typed 0491 570 157",
        "Type: Customer · the same",
    ]
    assert "Open: change STK-00001 Quenby Zafiropoulos instead of adding a second record." in lines
    assert "Clear: forget this entry." in lines
    assert answer.inputs["phone"] == "0491 570 157"
    assert len(adding.book.table("Stakeholders")) == 1


def test_a_reason_goes_on_and_is_recorded(adding):
    """Twins are real: the reason stands in the history."""
    adding.ask("Submit", **AGAIN)
    adding.ask("Submit", why="twin sister, same name on purpose")
    assert adding.status == "Saved as STK-00002."
    assert adding.book.history("STK-00002").iloc[-1]["Why"].startswith("twin sister, same name on purpose")
    assert (adding.sees.reason, adding.sees.state.asked) == ("", "")


def test_a_reason_given_before_it_is_asked_for_does_not_count(adding):
    """A form that is always filled with a reason would never ask anybody."""
    adding.ask("Submit", **AGAIN, why="because")
    assert len(adding.book.table("Stakeholders")) == 1
    assert adding.beside("@reason") == "Does this reason answer what is asked now? Then Submit again."
    assert adding.sees.reason == "because"


def test_a_reason_does_not_count_for_a_changed_entry(adding):
    """Another e-mail is another question; a detail that nobody compared is not."""
    adding.ask("Submit", **AGAIN)
    adding.ask("Submit", why="twin sister", email="quenby@example.net")
    assert len(adding.book.table("Stakeholders")) == 1
    assert adding.status.startswith("Is this STK-00001 Quenby Zafiropoulos?")
    adding.ask("Submit", notes="Likes window seats.")
    assert adding.status == "Saved as STK-00002."


def test_a_blank_reason_is_none(adding):
    """Spaces and a full stop say nothing."""
    adding.ask("Submit", **AGAIN)
    for reason in ("   ", "."):
        adding.ask("Submit", why=reason)
    assert len(adding.book.table("Stakeholders")) == 1


def test_clear_forgets_the_entry(adding):
    """Cancelled: nothing saved, nothing asked any more."""
    adding.ask("Submit", **AGAIN)
    answer = adding.ask("Clear")
    assert answer.inputs == {"country": "Australia", "status": "Active"}
    assert (answer.state.asked, answer.state.other, answer.reason) == ("", "", "")
    assert len(adding.book.table("Stakeholders")) == 1


def test_open_takes_the_other_record_and_shows_what_was_typed(adding):
    """What she typed is beside the fields, to be taken over where it is newer."""
    adding.ask("Submit", **AGAIN)
    answer = adding.ask("Open")
    assert answer.state.editing == "STK-00001"
    assert answer.inputs["phone"] == "0491 570 156"
    assert adding.beside("phone") == 'you typed "0491 570 157"'
    assert answer.focus == "phone"
    adding.ask("Submit", phone="0491 570 157", why="new number")
    assert adding.status == "STK-00001 is changed: Phone."
    last = adding.book.history("STK-00001").iloc[-1]
    assert (last["Old"], last["New"], last["Why"]) == ("+61491570156", "+61491570157", "new number")


def test_a_record_that_is_there_already_is_not_added_by_any_reason(adding):
    """A certain duplicate is blocked: open it, or clear."""
    same = {**AGAIN, "email": "quenby.z@example.com"}
    adding.ask("Submit", **same)
    assert adding.status == (
        "STK-00001 Quenby Zafiropoulos is on record already. Choose Open to change that record, or Clear."
    )
    assert adding.sees.status.mark is Mark.WRONG
    adding.ask("Submit", why="I insist")
    assert len(adding.book.table("Stakeholders")) == 1
    adding.ask("Open")
    assert adding.sees.state.editing == "STK-00001"


def test_faults_come_before_the_question(adding):
    """Faults are mended first; the suspicion is shown beside them already."""
    adding.ask("Submit", **{**AGAIN, "date_of_birth": "31/2/1986", "email": "quenby.z@example"})
    assert adding.status.startswith("2 things to mend")
    assert "probably the same as STK-00001" in adding.panel


def test_a_doubtful_attribution_is_asked_about(with_quincy):
    """The e-mail is Quincy's, the entry Quenby's."""
    form = Typist(with_quincy, "Interactions")
    form.ask("Find", find="STK-00001")
    answer = form.ask("Submit", **ENQUIRY, contact_email="quincy@example.com")
    assert form.status == (
        "Was STK-00002 Quincy Zafiris meant? If so, choose Open. If not, say why in Reason, then Submit again."
    )
    assert answer.messages["contact_email"].mark is Mark.DOUBT
    assert "Open: put this down to STK-00002 Quincy Zafiris." in form.panel
    assert any(
        line.look is Look.ALERT and "quincy@example.com is the e-mail of" in line.text for line in answer.panel
    )


def test_open_puts_the_entry_down_to_the_other(with_quincy):
    """The entry stays as it is, and is about Quincy."""
    form = Typist(with_quincy, "Interactions")
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **ENQUIRY, contact_email="quincy@example.com")
    form.ask("Open")
    assert form.sees.inputs["stakeholder_id"] == "STK-00002 Quincy Zafiris"
    assert form.sees.inputs["details"] == ENQUIRY["details"]
    assert form.beside("stakeholder_id") == "confirmed by e-mail"
    form.ask("Submit")
    assert with_quincy.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00002"


def test_a_reason_keeps_the_attribution(with_quincy):
    """She wrote from a friend's address."""
    form = Typist(with_quincy, "Interactions")
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **ENQUIRY, contact_email="quincy@example.com")
    form.ask("Submit", why="wrote from a friend's address")
    assert with_quincy.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"


def test_a_doubt_that_points_to_nobody_still_asks(with_quincy):
    """The date of birth is nobody's: correct it, or a reason."""
    form = Typist(with_quincy, "Interactions")
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **ENQUIRY, contact_date_of_birth="5/5/1955")
    assert form.status == (
        "This needs a look before it is saved: correct it, or say why in Reason, then Submit again."
    )
    assert form.sees.state.other == ""
    form.ask("Open")
    assert form.status == "Type the number of the interaction in Find, then choose Open."
    form.ask("Submit", contact_date_of_birth="14/3/1986")
    assert form.status.startswith("Saved as INT-000001.")

"""Finding and picking whom an entry is about, and what is then read back."""

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.typist import AMELIA, ENQUIRY, Typist
from workbook_cms import Workbook
from workbook_cms.forms.answers import Look, Mark

BOOKING = {
    "Booking number": "WT1000426",
    "Stakeholder ID": "STK-00001",
    "Product": "Coastal Walks of Tasmania, 7 days",
    "Travel date": "14 Feb 2027",
    "Value": 4380,
}


@pytest.fixture
def two_smiths(desk):
    """Two people of one name who differ in birthday, place and telephone; one of them was called."""
    common = {"Type": "Customer", "Given name": "Ann", "Family name": "Smith", "Segment": "Family"}
    elder = {"Date of birth": "1 Feb 1970", "Email": "ann@example.com", "Phone": "0491 570 157"}
    younger = {"Date of birth": "3 Mar 1985", "Phone": "0491 570 158", "Suburb": "Fitzroy"}
    desk.add("Stakeholders", {**common, **elder})
    desk.add("Stakeholders", {**common, **younger}, override="mother and daughter")
    call = {
        "Channel": "Phone",
        "Contact reason": "Compliment",
        "Purpose": "Feedback",
        "Details": "Thanked for all.",
    }
    desk.add("Interactions", {"Stakeholder ID": "STK-00003", "Date": "5/11/2026", **call})
    return desk


def test_candidates_are_numbered_with_what_tells_them_apart(two_smiths):
    """Only details that differ between them; what all have in common stands below, once."""
    form = Typist(two_smiths, "Interactions")
    form.ask("Find", find="smith")
    assert form.status == "2 fit. Type the right one's number in Pick, or type more of the name."
    assert form.sees.focus == "@pick"
    assert form.panel.splitlines() == [
        "Who is it?",
        "1  STK-00002 Ann Smith",
        "    born 1 Feb 1970 · phone 0491 570 157 · email ann@example.com",
        "2  STK-00003 Ann Smith",
        "    born 3 Mar 1985 · phone 0491 570 158 · suburb Fitzroy · last contact 5 Nov 2026",
    ]


def test_a_number_in_pick_takes_the_candidate(two_smiths):
    """The form is then about her, and the cursor goes to the first field that needs an answer."""
    form = Typist(two_smiths, "Interactions")
    form.ask("Find", find="smith")
    form.ask("Pick", pick="2")
    assert form.sees.inputs["stakeholder_id"] == "STK-00003 Ann Smith"
    assert form.sees.state.subject == "STK-00003"
    assert (form.sees.find, form.sees.pick, form.sees.focus) == ("", "", "channel")


@pytest.mark.parametrize("pick", ["STK-00003", "stk-00003", "00003"])
def test_a_key_in_pick_is_taken_without_a_search(two_smiths, pick):
    """Who knows the key need not look for it."""
    form = Typist(two_smiths, "Interactions")
    form.ask("Pick", pick=pick)
    assert form.sees.state.subject == "STK-00003"


@pytest.mark.parametrize("pick", ["3", "0", "-1", "STK-09999", "²", "9" * 400])
def test_a_number_that_is_not_on_offer_is_refused(two_smiths, pick):
    """Nobody is picked by a slip."""
    form = Typist(two_smiths, "Interactions")
    form.ask("Find", find="smith")
    form.ask("Pick", pick=pick)
    assert form.wrong() == {"@pick": "Type a number from 1 to 2."}
    assert form.sees.state.subject == ""


def test_pick_without_a_search_says_what_comes_first(amelia):
    """An empty Pick with nothing on offer is no error message without a remedy."""
    amelia.ask("Pick")
    assert amelia.wrong() == {"@pick": "Type a few letters in Find first."}
    assert amelia.sees.focus == "@find"


def test_a_single_hit_is_confirmed_by_an_empty_pick(amelia):
    """One person fits: she is shown, and Pick alone confirms."""
    amelia.ask("Find", find="zafirop")
    assert amelia.sees.state.subject == ""
    assert amelia.status.startswith("Is it this one?")
    amelia.ask("Pick")
    assert amelia.sees.state.subject == "STK-00001"


def test_an_exact_key_needs_no_pick(amelia):
    """Nobody else can be meant."""
    amelia.ask("Find", find="stk-00001")
    assert amelia.sees.state.subject == "STK-00001"
    assert amelia.status == "STK-00001 Quenby Zafiropoulos. Confirm two details, then go on."


def test_a_booking_number_finds_its_owner_and_fills_itself_in(desk):
    """The number on the confirmation is the quickest way, and is not typed twice."""
    desk.add("Bookings", BOOKING)
    form = Typist(desk, "Interactions")
    form.ask("Find", find="wt1000426")
    assert form.sees.inputs["stakeholder_id"] == "STK-00001 Quenby Zafiropoulos"
    assert form.sees.inputs["booking_number"] == "WT1000426"
    assert form.beside("booking_number") == "belongs to STK-00001"
    assert "Booking number WT1000426: Whiskey Tango, one zero zero, zero four two, six" in form.panel


def test_nobody_found_names_the_form_that_adds(amelia):
    """The way on is said, and what was typed stays."""
    amelia.ask("Find", find="qqqqq")
    assert amelia.status.startswith('No stakeholder matches "qqqqq".')
    assert '"Add a stakeholder" first' in amelia.status
    assert (amelia.sees.find, amelia.sees.focus) == ("qqqqq", "@find")


@pytest.mark.parametrize("find", ["  ", ".", ""])
def test_an_empty_find_says_what_to_type(amelia, find):
    """No search for nothing."""
    amelia.ask("Find", find=find)
    assert amelia.beside("@find").startswith("Type a few letters")


@pytest.mark.parametrize("find", ["x" * 32_767, "\x00\x07", "[(*", "=1+1", "😀" * 500])
def test_anything_may_be_looked_for(amelia, find):
    """Whatever was pasted into Find, there is an answer."""
    amelia.ask("Find", find=find)
    assert amelia.sees.status.mark in {Mark.DOUBT, Mark.HINT}


def test_what_was_typed_stays_while_somebody_is_found(amelia):
    """The order of work is hers: details first and the name later is no loss."""
    amelia.ask("Look", details="Called about the brochure")
    amelia.ask("Find", find="quenby")
    amelia.ask("Pick", pick="1")
    assert amelia.sees.inputs["details"] == "Called about the brochure"


def test_the_read_back_spells_and_lists_what_to_confirm(with_quenby):
    """Name in the phonetic alphabet, date of birth, telephone as it is said, e-mail; to be spoken."""
    spoken = [line.text for line in with_quenby.sees.panel if line.look is Look.SPOKEN]
    assert spoken == [
        "Quenby: Quebec Uniform Echo November Bravo Yankee",
        "Zafiropoulos: Zulu Alfa Foxtrot India Romeo Oscar Papa Oscar Uniform Lima Oscar Sierra",
        "Date of birth: 14 Mar 1986 · Phone: 0491 570 156",
        "Email: quenby.z@example.com",
    ]
    assert "No earlier contact is on record." in with_quenby.panel


def test_the_read_back_tells_what_is_open_and_what_was_before(desk):
    """Follow-ups by due day, overdue ones said so, then the last contacts."""
    desk.update("Stakeholders", "STK-00001", {"Preferred channel": "Phone", "Notes": "After 5 pm."})
    for due, action in (("20 Nov 2026", "Call about the ticket"), ("24 Nov 2026", "Send the tickets")):
        desk.add("FollowUps", {"Stakeholder ID": "STK-00001", "Due": due, "Action": action, "Owner": "Daniel Ng"})
    form = Typist(desk, "Interactions")
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **ENQUIRY, status="Closed", outcome="It was sent.")
    text = form.panel
    assert "Preferred channel: Phone" in text
    assert "Notes: After 5 pm." in text
    assert "overdue since Fri 20 Nov 2026: Call about the ticket (FUP-00001, Open)" in text
    assert "due Tue 24 Nov 2026: Send the tickets (FUP-00002, Open)" in text
    assert (
        "Sun 22 Nov 2026  Phone, Brochure, Enquiry: Wants the brochure Coastal Walks of Tasmania. (INT-000001, Closed)"
        in text
    )
    assert "In all 1 in Interactions and 2 in FollowUps." in text


def with_new_caller(path):
    """The form on which a caller was picked who waits in the queue, before she has a key."""
    desk = Workbook.open(path, today=TODAY, account=AMELIA)
    desk.add("Stakeholders", QUENBY)
    form = Typist(desk, "Interactions")
    form.ask("Find", find="quenby")
    form.ask("Pick", pick="1")
    return form


def test_a_stakeholder_that_waits_can_be_picked(fresh_book, opened_elsewhere):
    """Somebody else has the file open: a new caller is added and her call recorded, before she has a key."""
    with opened_elsewhere(fresh_book.path):
        form = with_new_caller(fresh_book.path)
        assert form.sees.inputs["stakeholder_id"] == "a queued entry, Quenby Zafiropoulos"
        form.ask("Submit", **ENQUIRY)
        assert form.status.startswith("Accepted, the interaction is queued: customers.xlsx is open by mia")
    assert form.book.sync() == 2
    assert form.book.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"


def test_a_stakeholder_that_waited_has_her_key_at_the_submit(fresh_book, opened_elsewhere):
    """Picked while queued, written meanwhile: the entry names the key, not what stood for it."""
    with opened_elsewhere(fresh_book.path):
        form = with_new_caller(fresh_book.path)
    form.book.sync()
    form.ask("Submit", **ENQUIRY)
    assert form.status.startswith("Saved as INT-000001.")
    assert form.book.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"

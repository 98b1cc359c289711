"""What a form says while it is filled in."""

import pytest

from tests.support.typist import ENQUIRY
from workbook_cms.forms.answers import Look, Mark, Message


def test_blanks_that_were_not_reached_are_not_nagged_about(amelia):
    """A form that was just opened shows no fault."""
    assert amelia.wrong() == {}
    amelia.ask("Look", channel="Phone")
    assert amelia.wrong() == {}


def test_dates_are_echoed_with_their_weekday(amelia):
    """Whoever typed the 12th of May for the 5th of December sees it at once."""
    amelia.ask("Look", follow_up_date="5/12/2026", contact_date_of_birth="14 mar 86")
    assert amelia.sees.messages["date"] == Message("Sun 22 Nov 2026, today", Mark.HINT)
    assert amelia.beside("follow_up_date") == "Sat 5 Dec 2026"
    assert amelia.beside("contact_date_of_birth") == "Fri 14 Mar 1986"
    assert amelia.sees.inputs["follow_up_date"] == "5/12/2026"


def test_beginnings_are_written_out(amelia):
    """The cell shows the value that counts."""
    amelia.ask("Look", channel="ph", contact_reason="broch; pri", purpose="enq", responsible="okafor")
    assert amelia.sees.inputs["channel"] == "Phone"
    assert amelia.sees.inputs["contact_reason"] == "Brochure; Prices and availability"
    assert amelia.sees.inputs["purpose"] == "Enquiry"
    assert amelia.sees.inputs["responsible"] == "Ben Okafor"


def test_a_beginning_of_several_values_lists_them(amelia):
    """At once, not only at the submit."""
    amelia.ask("Look", purpose="c")
    assert amelia.wrong()["purpose"].startswith('"c" could be Change, Cancellation or Complaint.')
    assert amelia.sees.inputs["purpose"] == "c"


def test_what_the_purpose_needs_is_hinted_at(amelia):
    """Grey, since she has not got there yet."""
    amelia.ask("Look", purpose="complaint")
    assert amelia.sees.messages["desired_outcome"] == Message("is needed where Purpose is Complaint.", Mark.HINT)
    assert amelia.sees.messages["responsible"].mark is Mark.HINT
    assert "Fill in Follow-up date" in amelia.beside("follow_up_date")


def test_what_was_filled_wrongly_is_said_beside_it(amelia):
    """Problem and remedy, for what stands there."""
    amelia.ask("Look", contact_email="quenby@gmail", contact_phone="123", cost="-3", follow_up_date="31/2/2026")
    assert set(amelia.wrong()) == {"contact_email", "contact_phone", "cost", "follow_up_date"}
    assert "no dot" in amelia.wrong()["contact_email"]


@pytest.mark.parametrize(("typed", "said"), [("1,234.5", "1,234.50"), ("$2000", "2,000"), ("150", "")])
def test_numbers_are_echoed_where_they_were_typed_otherwise(amelia, typed, said):
    """An amount is read back before it is saved."""
    amelia.ask("Look", cost=typed)
    assert amelia.beside("cost") == said


def test_names_and_telephones_are_echoed_as_they_will_be_saved(adding):
    """What the program mends is seen beforehand."""
    adding.ask("Look", given_name="QUENBY", phone="+61 491 570 156", suburb="Fitzroy")
    assert adding.beside("given_name") == "saved as Quenby"
    assert adding.beside("phone") == "saved as 0491 570 156"
    assert adding.beside("suburb") == ""


def test_details_that_agree_confirm_the_caller(with_quenby):
    """Green beside each of them, and beside the stakeholder which ones they are."""
    with_quenby.ask("Look", contact_date_of_birth="14/3/1986", contact_phone="0491570156")
    assert with_quenby.sees.messages["stakeholder_id"] == Message(
        "confirmed by phone and date of birth", Mark.GOOD
    )
    assert with_quenby.sees.messages["contact_phone"] == Message("agrees with STK-00001", Mark.GOOD)


def test_a_detail_of_somebody_else_is_doubted_at_once(with_quenby):
    """Attribution is looked at while the entry is prepared, not only when it is saved."""
    with_quenby.book.add("Stakeholders", {"Type": "Customer", "Given name": "Quincy", "Family name": "Zafiris",
                                          "Email": "quincy@example.com"})  # fmt: skip
    with_quenby.ask("Look", contact_email="quincy@example.com")
    doubt = with_quenby.sees.messages["contact_email"]
    assert doubt.mark is Mark.DOUBT
    assert "STK-00002 Quincy Zafiris" in doubt.text
    assert with_quenby.beside("stakeholder_id") == ""


def test_a_possible_duplicate_is_told_while_she_is_typed_in(adding):
    """Before the address and the rest are typed for nothing."""
    adding.ask("Look", type="cust", given_name="Quenby", family_name="Zafiropoulos", email="quenby.z@example.com")
    assert "same given name, family name and email as STK-00001 Quenby Zafiropoulos" in adding.status
    adding.ask("Look", email="another@example.com", phone="0491 570 156")
    assert adding.sees.status.mark is Mark.DOUBT
    assert "probably the same as STK-00001 Quenby Zafiropoulos" in adding.status


def test_guidance_of_the_chosen_values_stands_in_the_panel(with_quenby):
    """Everyone gives the same answer."""
    with_quenby.ask("Look", contact_reason="cancell", purpose="complaint")
    assert "Cancellation: Ask for the reason, offer a change of date before a refund" in with_quenby.panel
    assert "Complaint: What happened, what it meant for the customer" in with_quenby.panel


def test_the_entry_is_paraphrased_for_the_customer(with_quenby):
    """What she would like first; nothing that is ours alone."""
    with_quenby.ask("Look", **ENQUIRY, follow_up_date="5/12/2026", responsible="ben", cost="150")
    spoken = "\n".join(line.text for line in with_quenby.sees.panel if line.look is Look.SPOKEN)
    assert "“You would like: The brochure by post.”" in spoken
    assert "Follow-up date: Sat 5 Dec 2026. Is that right?”" in spoken
    assert "Details: Wants the brochure Coastal Walks of Tasmania" in spoken
    assert not any(ours in spoken for ours in ("Ben Okafor", "150", "Inbound", "Recorded by"))


def test_a_name_that_is_typed_in_is_spelt(adding):
    """For a new stakeholder the read-back is of what stands in the form."""
    adding.ask("Look", given_name="Zoë", family_name="O'Neil")
    assert "Zoë: Zulu Oscar Echo diaeresis" in adding.panel
    assert "O'Neil: Oscar apostrophe November Echo India Lima" in adding.panel


def test_looking_saves_nothing(with_quenby):
    """Not a byte of the file changes while she types."""
    before = with_quenby.book.path.read_bytes()
    with_quenby.ask("Look", **ENQUIRY)
    assert with_quenby.book.path.read_bytes() == before
    assert with_quenby.book.pending == ()


def test_the_panel_has_room(with_quenby):
    """The panel never holds more lines than a form has for it."""
    for day in range(1, 6):
        due = {"Due": f"{day} Dec 2026", "Action": "Call about it"}
        with_quenby.book.add("FollowUps", {"Stakeholder ID": "STK-00001", **due})
    text = "; ".join(with_quenby.book.policy.list_by_id["contact_reasons"].active)
    with_quenby.ask("Look", **{**ENQUIRY, "contact_reason": text})
    assert len(with_quenby.sees.panel) == 26


def test_after_a_refusal_what_is_left_stays_marked(with_quenby):
    """Mending one of two wrong fields leaves the other one red and counted, and then says that all is mended."""
    with_quenby.ask("Submit", **{**ENQUIRY, "details": "", "channel": ""})
    assert set(with_quenby.wrong()) == {"channel", "details"}
    with_quenby.ask("Look", channel="ph")
    assert set(with_quenby.wrong()) == {"details"}
    assert with_quenby.sees.status.text == "1 thing left to mend."
    with_quenby.ask("Look", details="Wants the brochure of the coast.")
    assert with_quenby.wrong() == {}
    assert with_quenby.sees.status.text == "All is mended. Submit again."
    with_quenby.ask("Submit")
    assert with_quenby.sees.receipt is not None
    with_quenby.ask("Look", contact_name="Mia")
    assert with_quenby.wrong() == {}

"""Opening a record for change: what is changed, what somebody else changed meanwhile, what could not be applied."""

import datetime as dt

import pytest

from tests.conftest import TODAY
from tests.support.raw import edit
from tests.support.typist import AMELIA, BEN, ENQUIRY, Typist
from workbook_cms import Workbook
from workbook_cms.forms.answers import Mark


@pytest.fixture
def quenby_open(desk):
    """Amelia at the form for stakeholders, Quenby's record open for change."""
    form = Typist(desk, "Stakeholders")
    form.ask("Open", find="STK-00001")
    return form


@pytest.fixture
def ben(desk):
    """The same workbook, Ben Okafor at another keyboard."""
    return Workbook.open(desk.path, today=TODAY, account=BEN)


def test_a_record_is_opened_as_a_person_would_type_it(quenby_open):
    """Dates as 14 Mar 1986, telephones as they are said."""
    inputs = quenby_open.sees.inputs
    assert (inputs["date_of_birth"], inputs["phone"], inputs["type"]) == (
        "14 Mar 1986",
        "0491 570 156",
        "Customer",
    )
    assert quenby_open.status == "STK-00001 Quenby Zafiropoulos is open for change. Submit saves what you change."
    assert "Quenby: Quebec" in quenby_open.panel


@pytest.mark.parametrize("find", ["STK-00001", "stk-00001", "1"])
def test_open_takes_a_key_or_its_number(adding, find):
    """The fewest keys."""
    adding.ask("Open", find=find)
    assert adding.sees.state.editing == "STK-00001"


def test_a_key_in_find_opens_its_record(with_quenby):
    """An interaction's number in Find is no search for a stakeholder."""
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.ask("Find", find="int-000001")
    assert with_quenby.sees.state.editing == "INT-000001"
    assert with_quenby.sees.inputs["stakeholder_id"] == "STK-00001 Quenby Zafiropoulos"
    assert with_quenby.sees.inputs["date"] == "22 Nov 2026"


def test_a_candidate_of_the_own_table_is_opened(adding):
    """On the stakeholders' own form, Find and Pick lead to the record."""
    adding.ask("Find", find="zafirop")
    adding.ask("Pick", pick="1")
    assert adding.sees.state.editing == "STK-00001"


def test_open_without_a_number_opens_what_was_saved_last(with_quenby):
    """A slip seen right after the submit."""
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.ask("Open")
    with_quenby.ask("Submit", details="Wants two brochures of Tasmania.")
    assert with_quenby.status.startswith("INT-000001 is changed: Details.")
    assert len(with_quenby.book.table("Interactions")) == 1


@pytest.mark.parametrize(
    ("find", "said"), [("", "Type the number of the stakeholder"), ("STK-9", 'no stakeholder "STK-9"')]
)
def test_opening_nothing_says_what_to_type(adding, find, said):
    """Place, problem, remedy."""
    adding.ask("Open", find=find)
    assert said in adding.status
    assert adding.sees.focus == "@find"


def test_only_what_was_changed_is_written(quenby_open):
    """One row of history a changed field, the reason beside it."""
    quenby_open.ask("Submit", phone="0491 570 157", why="she called from it")
    assert quenby_open.status == "STK-00001 is changed: Phone."
    rows = quenby_open.book.history("STK-00001")
    assert list(rows["Field"].iloc[1:]) == ["Phone"]
    assert rows.iloc[-1]["Why"] == "she called from it"


def test_a_field_is_emptied(quenby_open):
    """A blank is a change too."""
    quenby_open.sees.inputs.pop("date_of_birth")
    quenby_open.ask("Submit")
    assert "Date of birth" not in quenby_open.book.table("Stakeholders").get("STK-00001")


def test_nothing_changed_is_said(quenby_open):
    """No empty history."""
    quenby_open.ask("Submit")
    assert quenby_open.status == "There is nothing to save: STK-00001 holds these values already."
    assert quenby_open.sees.state.editing == "STK-00001"


def test_a_change_that_breaks_a_rule_is_refused(quenby_open):
    """As for a new entry."""
    quenby_open.ask("Submit", phone="123")
    assert set(quenby_open.wrong()) == {"phone"}
    assert quenby_open.sees.state.editing == "STK-00001"


def test_what_was_typed_is_not_left_unasked(with_quenby):
    """Opening another record would drop a half-typed entry: it is asked about once."""
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.ask("Find", find="INT-000001", details="Half an entry")
    assert with_quenby.status == "What you typed is not saved yet. Choose Find again to leave it, or Submit first."
    assert with_quenby.sees.inputs["details"] == "Half an entry"
    with_quenby.ask("Find")
    assert with_quenby.sees.state.editing == "INT-000001"


def test_the_stakeholder_of_a_record_can_be_changed(with_quenby):
    """Found to be about somebody else: Find and Pick, then Submit."""
    with_quenby.book.add(
        "Stakeholders", {"Type": "Supplier", "Organisation": "Harbour Tours", "Email": "a@example.com"}
    )
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.ask("Open")
    with_quenby.ask("Find", find="STK-00002")
    assert with_quenby.sees.state.editing == "INT-000001"
    with_quenby.ask("Submit")
    assert with_quenby.book.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00002"


def test_a_lost_update_shows_both(quenby_open, ben):
    """Ben was quicker: his value beside hers, hers in the form, and a second submit is a decision."""
    ben.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158", "Notes": "Call after 5 pm."})
    answer = quenby_open.ask("Submit", phone="0491 570 157")
    assert quenby_open.status == (
        "Somebody else changed this record meanwhile: Phone was changed too. Submit again if yours is right."
    )
    assert answer.inputs["phone"] == "0491 570 157"
    assert quenby_open.beside("phone") == 'in the record now: "0491 570 158". Yours stands in the form.'
    assert answer.messages["phone"].mark is Mark.DOUBT
    assert answer.inputs["notes"] == "Call after 5 pm."
    quenby_open.ask("Submit")
    assert quenby_open.status == "STK-00001 is changed: Phone."
    record = quenby_open.book.table("Stakeholders").get("STK-00001")
    assert (record["Phone"], record["Notes"]) == ("+61491570157", "Call after 5 pm.")


def test_changes_of_different_fields_meet_in_one_record(quenby_open, ben):
    """Nobody is asked where nothing collides."""
    ben.update("Stakeholders", "STK-00001", {"Notes": "Call after 5 pm."})
    quenby_open.ask("Submit", phone="0491 570 157")
    assert quenby_open.status == "STK-00001 is changed: Phone."
    assert quenby_open.book.table("Stakeholders").get("STK-00001")["Notes"] == "Call after 5 pm."


@pytest.fixture
def conflict(desk, ben, opened_elsewhere):
    """Amelia's change of Quenby's phone waited, and met a record that Ben had changed."""
    with opened_elsewhere(desk.path):
        form = Typist(desk, "Stakeholders")
        form.ask("Open", find="STK-00001")
        form.ask("Submit", phone="0491 570 157")
        [waiting] = list(desk.snapshot().side.journal_files())
        held = waiting.read_bytes()
        waiting.unlink()  # in a synced folder it arrives after Ben's
    ben.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
    waiting.write_bytes(held)
    ben.sync()
    return desk


def test_a_conflict_is_shown_to_its_author(conflict, ben):
    """She is told when she next opens a form; Ben is not bothered."""
    form = Typist(conflict, "Stakeholders")
    assert form.status == (
        "Your change to STK-00001 (Phone) was not applied: Phone was changed meanwhile by somebody else. "
        "Choose Open to see both."
    )
    assert Typist(ben, "Stakeholders").status == "Fill in the form, or Find a record."


def test_a_conflict_on_another_form_is_told_too(conflict):
    """With the form where it can be looked at."""
    form = Typist(conflict, "Interactions")
    assert form.status.startswith("Your change to STK-00001 (Phone) was not applied")
    assert 'You can look at it on the form "Add a stakeholder".' in form.panel


def test_a_conflict_is_opened_with_both_and_decided(conflict):
    """Hers in the form, Ben's beside it; Submit writes hers and the conflict is off the list."""
    form = Typist(conflict, "Stakeholders")
    answer = form.ask("Open")
    assert answer.inputs["phone"] == "0491 570 157"
    assert form.beside("phone") == 'in the record now: "0491 570 158". Yours stands in the form.'
    assert len(conflict.conflicts()) == 1
    form.ask("Submit")
    assert form.status == "STK-00001 is changed: Phone."
    assert conflict.conflicts() == ()
    assert Typist(conflict, "Stakeholders").status == "Fill in the form, or Find a record."


def test_a_conflict_is_forgotten_by_clear(conflict):
    """Ben's was right: Clear takes hers off the list, but only once she has seen it."""
    form = Typist(conflict, "Stakeholders")
    form.ask("Clear")
    assert len(conflict.conflicts()) == 1
    form.ask("Greet")
    form.ask("Open")
    form.ask("Clear")
    assert conflict.conflicts() == ()
    assert conflict.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570158"


def test_a_conflict_does_not_drop_what_was_typed(conflict):
    """A half-typed entry is asked about before the conflict is opened."""
    form = Typist(conflict, "Stakeholders")
    form.ask("Look", given_name="Half")
    form.ask("Open")
    assert form.status.startswith("What you typed is not saved yet.")
    form.ask("Open")
    assert form.sees.state.editing == "STK-00001"


def test_numbers_and_dates_that_did_not_change_are_no_conflict(with_quenby):
    """A cost of 0, and a date: they are seen as they were loaded."""
    with_quenby.ask("Submit", **ENQUIRY, cost="0", follow_up_date="5/12/2026")
    with_quenby.ask("Open")
    assert (with_quenby.sees.inputs["cost"], with_quenby.sees.inputs["follow_up_date"]) == ("0", "5 Dec 2026")
    with_quenby.ask("Submit", cost="150", approved_by="grace", follow_up_date="6/12/2026")
    assert with_quenby.status.startswith("INT-000001 is changed")
    record = with_quenby.book.table("Interactions").get("INT-000001")
    assert record["Follow-up date"] == dt.date(2026, 12, 6)


def test_the_same_change_twice_is_one_change(quenby_open):
    """The answer was lost: asked again, nothing is written twice, and what was typed since stays."""
    before = quenby_open.sees
    quenby_open.ask("Submit", phone="0491 570 157")
    quenby_open.sees = before
    quenby_open.ask("Submit", phone="0491 570 157")
    assert "nothing" in quenby_open.status
    assert list(quenby_open.book.history("STK-00001")["Field"].iloc[1:]) == ["Phone"]


def test_values_written_without_a_space_are_no_change(with_quenby):
    """A record is not changed by being opened."""
    call = {"Channel": "Phone", "Purpose": "Feedback", "Details": "Thanked for all."}
    both = {"Stakeholder ID": "STK-00001", "Contact reason": "Compliment;Brochure"}
    with_quenby.book.add("Interactions", {**both, **call})
    with_quenby.ask("Open", find="1")
    with_quenby.ask("Submit")
    assert with_quenby.status == "There is nothing to save: INT-000001 holds these values already."


def test_a_record_with_an_old_fault_can_be_opened(book):
    """What was wrong before is shown, and does not keep the change out."""
    edit(book.path, "Stakeholders", 2, {"Phone": "123"})
    form = Typist(Workbook.open(book.path, today=TODAY, account=AMELIA), "Stakeholders")
    form.ask("Open", find="STK-00001")
    assert form.sees.messages["phone"].mark is Mark.DOUBT
    form.ask("Submit", suburb="Fitzroy")
    assert form.status == "STK-00001 is changed: Suburb."

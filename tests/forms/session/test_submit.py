"""Submitting a new entry: refused, written, queued, and the clean form after it."""

import datetime as dt
import json

import pytest

from tests.conftest import TODAY
from tests.support.typist import AMELIA, ENQUIRY, Typist
from workbook_cms import Workbook
from workbook_cms.forms.answers import Look, Mark
from workbook_cms.forms.design import form_design


def retired(policy, list_id, value):
    """The policy with one value of a list retired."""
    lists = [
        choice.model_copy(
            update={
                "items": tuple(
                    i.model_copy(update={"active": i.active and i.value != value}) for i in choice.items
                )
            }
        )
        if choice.id == list_id
        else choice
        for choice in policy.lists
    ]
    return policy.model_copy(update={"lists": tuple(lists)})


def with_field(policy, table_name, field_id, **changes):
    """The policy with a field of a table changed."""
    tables = []
    for table in policy.tables:
        fields = tuple(
            f.model_copy(update=changes) if table.name == table_name and f.id == field_id else f
            for f in table.fields
        )
        tables.append(table.model_copy(update={"fields": fields}))
    return policy.model_copy(update={"tables": tuple(tables)})


def test_a_usual_enquiry_is_written(with_quenby):
    """Beginnings written out, defaults filled, the key told, history with the person."""
    answer = with_quenby.ask("Submit", **ENQUIRY)
    assert with_quenby.status == (
        "Saved as INT-000001. Next one for STK-00001 Quenby Zafiropoulos, or Find somebody else."
    )
    assert (answer.status.mark, answer.receipt.state, answer.receipt.key) == (Mark.GOOD, "written", "INT-000001")
    assert with_quenby.book.table("Interactions").get("INT-000001") == {
        "Interaction ID": "INT-000001",
        "Stakeholder ID": "STK-00001",
        "Date": TODAY,
        "Channel": "Phone",
        "Direction": "Inbound",
        "Contact reason": "Brochure",
        "Purpose": "Enquiry",
        "Details": "Wants the brochure Coastal Walks of Tasmania.",
        "Desired outcome": "The brochure by post",
        "Recorded by": "Amelia Tran",
        "Status": "Open",
    }
    last = with_quenby.book.history().iloc[-1]
    assert (last["Source"], last["Person"], last["Entry"]) == ("form", "Amelia Tran", answer.receipt.entry_id)


def test_the_form_is_clean_for_the_next_one(with_quenby):
    """The stakeholder and what tells about the desk stay; the rest is empty, and the cursor where typing goes on."""
    with_quenby.ask("Submit", **ENQUIRY)
    assert with_quenby.sees.inputs == {
        "stakeholder_id": "STK-00001 Quenby Zafiropoulos",
        "date": "22 Nov 2026",
        "channel": "Phone",
        "direction": "Inbound",
        "status": "Open",
        "recorded_by": "Amelia Tran",
    }
    assert with_quenby.sees.focus == "contact_reason"
    assert with_quenby.wrong() == {}
    with_quenby.ask("Submit", contact_reason="compl", purpose="feed", details="Loved the guide on the trip.")
    assert with_quenby.wrong() == {
        "contact_reason": '"compl" could be Complaint or Compliment. Type one letter more.'
    }
    with_quenby.ask("Submit", contact_reason="compli")
    assert with_quenby.status.startswith("Saved as INT-000002.")
    assert with_quenby.book.table("Interactions").get("INT-000002")["Channel"] == "Phone"


def test_a_wrong_entry_is_refused_field_by_field(with_quenby):
    """Beside each field what is wrong; everything typed still stands; the cursor in the first wrong field."""
    typed = {**ENQUIRY, "details": "ok", "follow_up_date": "1/11/2026", "contact_email": "quenby@gmail,com"}
    with_quenby.ask("Submit", **typed)
    assert with_quenby.status == "3 things to mend before this can be saved. Nothing you typed is lost."
    assert list(with_quenby.wrong()) == ["contact_email", "details", "follow_up_date"] or set(
        with_quenby.wrong()
    ) == {
        "contact_email",
        "details",
        "follow_up_date",
    }
    assert "quenby@gmail.com" in with_quenby.wrong()["contact_email"]
    assert "must be on or after Date (22 Nov 2026)" in with_quenby.wrong()["follow_up_date"]
    assert with_quenby.sees.focus == "contact_email"
    assert with_quenby.sees.inputs["details"] == "ok"
    assert with_quenby.sees.inputs["follow_up_date"] == "1/11/2026"
    assert with_quenby.sees.receipt is None
    assert len(with_quenby.book.table("Interactions")) == 0


def test_a_mended_entry_goes_in(with_quenby):
    """Only what was wrong is typed again."""
    with_quenby.ask("Submit", **{**ENQUIRY, "details": "ok"})
    assert with_quenby.status.startswith("1 thing to mend")
    with_quenby.ask("Submit", details="Wants a brochure.")
    assert with_quenby.status.startswith("Saved as INT-000001.")


def test_an_entry_about_nobody_asks_for_the_stakeholder(amelia):
    """The mend is to find somebody, and the cursor goes there."""
    amelia.ask("Submit", **ENQUIRY)
    assert amelia.wrong() == {"stakeholder_id": "Find the stakeholder first, and Pick."}
    assert amelia.sees.focus == "@find"


def test_an_unchanged_default_is_of_the_day_of_the_submit(book):
    """A form that was left open overnight records the day on which it is submitted."""
    form = Typist(Workbook.open(book.path, today=TODAY, account=AMELIA), "Interactions")
    form.ask("Find", find="STK-00001")
    tomorrow = TODAY + dt.timedelta(days=1)
    form.book = Workbook.open(book.path, today=tomorrow, account=AMELIA)
    form.ask("Submit", **ENQUIRY)
    assert form.book.table("Interactions").get("INT-000001")["Date"] == tomorrow


def test_a_queued_entry_is_said_to_wait(with_quenby, opened_elsewhere):
    """Accepted, where it waits, who has the file open, and how many wait."""
    with opened_elsewhere(with_quenby.book.path):
        answer = with_quenby.ask("Submit", **ENQUIRY)
        assert answer.receipt.state == "queued"
        assert "Accepted, the interaction is queued: customers.xlsx is open by mia" in with_quenby.status
        assert "Nothing is lost; 1 now waits." in with_quenby.status
        assert "1 queued since" in answer.info
        assert "open by mia" in answer.info
        with_quenby.ask("Open")
        assert with_quenby.status == "That one waits to be written, and can be changed once it has its number."
    with_quenby.ask("Bring in")
    assert with_quenby.status == "1 accepted entry brought in."
    with_quenby.ask("Open")
    assert with_quenby.sees.state.editing == "INT-000001"


def test_bringing_in_while_it_is_still_open_says_so(with_quenby, opened_elsewhere):
    """No error: it goes on waiting."""
    with opened_elsewhere(with_quenby.book.path):
        with_quenby.ask("Submit", **ENQUIRY)
        with_quenby.ask("Bring in", details="The next one")
        assert "1 accepted entry waits since" in with_quenby.status
        assert "they go in when it is closed" in with_quenby.status
        assert with_quenby.sees.inputs["details"] == "The next one"


def test_bringing_in_nothing(amelia):
    """Nothing waits, and that is said."""
    amelia.ask("Bring in")
    assert amelia.status == "Nothing waits: all accepted entries are in the workbook."


def test_the_same_submit_twice_is_one_record(with_quenby):
    """The spreadsheet died after the write and shows the form as it was: asked again, nothing is written twice."""
    before = with_quenby.sees
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.sees = before
    answer = with_quenby.ask("Submit", **ENQUIRY)
    assert with_quenby.status.startswith("INT-000001 was saved already, at ")
    assert (answer.receipt.key, len(with_quenby.book.table("Interactions"))) == ("INT-000001", 1)
    assert "details" not in answer.inputs


def test_what_was_typed_after_a_lost_answer_is_not_dropped(with_quenby):
    """The same entry with more typed since: the record is opened, and a second submit changes it."""
    before = with_quenby.sees
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.sees = before
    with_quenby.ask("Submit", **{**ENQUIRY, "details": "Wants two brochures of Tasmania."})
    assert with_quenby.status == "This was saved already as INT-000001. Submit adds what you typed since."
    assert with_quenby.sees.inputs["details"] == "Wants two brochures of Tasmania."
    assert "Coastal Walks" in with_quenby.beside("details")
    with_quenby.ask("Submit")
    assert with_quenby.status.startswith("INT-000001 is changed: Details.")
    assert len(with_quenby.book.table("Interactions")) == 1


def test_the_same_submit_twice_while_it_waits(with_quenby, opened_elsewhere):
    """Queued once, though it was asked twice."""
    before = with_quenby.sees
    with opened_elsewhere(with_quenby.book.path):
        with_quenby.ask("Submit", **ENQUIRY)
        with_quenby.sees = before
        with_quenby.ask("Submit", **ENQUIRY)
        assert with_quenby.status.startswith("Accepted, the interaction is queued")
        with_quenby.sees = before
        with_quenby.ask("Submit", **{**ENQUIRY, "details": "Wants two brochures of Tasmania."})
        assert with_quenby.status.startswith("This was accepted already and waits.")
        assert with_quenby.sees.inputs["details"] == "Wants two brochures of Tasmania."
        assert len(with_quenby.book.pending) == 1


def test_a_value_retired_since_the_form_was_drawn_is_refused(with_quenby):
    """The rules are those of the record workbook, whatever the form still offers."""
    old = with_quenby.design
    with_quenby.book.apply_policy(retired(with_quenby.book.policy, "contact_reasons", "Brochure"))
    assert with_quenby.design is old
    with_quenby.ask("Submit", **{**ENQUIRY, "contact_reason": "Brochure"})
    assert '"Brochure" is no longer used in new records.' in with_quenby.wrong()["contact_reason"]
    with_quenby.ask("Submit", contact_reason="bro")
    assert set(with_quenby.wrong()) == {"contact_reason"}


def test_a_field_that_the_form_does_not_show_yet_is_asked_for(desk):
    """A new required field refuses the entry of an older form, which says what is missing and what to do."""
    policy = desk.policy
    table = next(t for t in policy.tables if t.name == "Interactions")
    older = table.model_copy(update={"fields": tuple(f for f in table.fields if f.id != "desired_outcome")})
    form = Typist(desk, "Interactions", form_design(policy, older))
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **{name: text for name, text in ENQUIRY.items() if name != "desired_outcome"})
    assert form.status.startswith(
        "1 thing to mend before this can be saved. Nothing you typed is lost. Desired outcome:"
    )
    assert "This form is older than the rules: ask for a new front-end." in form.panel


def test_a_field_that_the_rules_dropped_is_not_lost_silently(with_quenby):
    """What stands in a field that the workbook no longer has refuses the entry and is told."""
    policy = with_quenby.book.policy
    table = next(t for t in policy.tables if t.name == "Interactions")
    extra = table.fields[-1].model_copy(update={"id": "mood", "label": "Mood", "enum": None})
    design = form_design(policy, table.model_copy(update={"fields": (*table.fields, extra)}))
    form = Typist(with_quenby.book, "Interactions", design)
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **ENQUIRY, mood="cheerful")
    assert "Interactions has no such field" in form.wrong()["mood"]


def test_a_locked_field_is_filled_whatever_stands_in_it(with_quenby):
    """Who recorded it is not typed."""
    with_quenby.ask("Submit", **ENQUIRY, recorded_by="Ben Okafor")
    assert with_quenby.book.table("Interactions").get("INT-000001")["Recorded by"] == "Amelia Tran"


def test_a_shared_login_has_to_choose_a_name(book):
    """Nobody is guessed; once chosen, the name is shown as unverified."""
    form = Typist(Workbook.open(book.path, today=TODAY, account="frontdesk"), "Interactions")
    assert form.status == "Choose your name on Home: Recorded by is filled with it."
    assert "no name chosen" in form.sees.info
    form.ask("Find", find="STK-00001")
    form.ask("Submit", **ENQUIRY)
    assert form.wrong() == {"recorded_by": "is filled by the form. Choose your name on Home."}
    form.book = Workbook.open(book.path, today=TODAY, account="frontdesk", person="Ben Okafor")
    form.ask("Submit")
    assert form.status.startswith("Saved as INT-000001.")
    assert "Ben Okafor (unverified)" in form.sees.info
    assert form.book.table("Interactions").get("INT-000001")["Recorded by"] == "Ben Okafor"


@pytest.mark.parametrize(
    "state",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"entry":"../../x"}',
        '{"loaded":3}',
        '{"subject":["a"]}',
        '{"editing":"INT-000999"}',
    ],
)
def test_a_damaged_memory_loses_nothing(with_quenby, state):
    """The hidden cell was overwritten: the entry goes in, the stakeholder is read from what the form shows."""
    with_quenby.ask("Look", **ENQUIRY)
    with_quenby.forget(state)
    with_quenby.ask("Submit")
    if "editing" in state:
        assert with_quenby.status.startswith("INT-000999 is no longer in the workbook.")
        assert with_quenby.sees.inputs["details"] == ENQUIRY["details"]
    elif "subject" in state:
        assert with_quenby.sees.inputs["details"] == ENQUIRY["details"]
        assert with_quenby.wrong()
    else:
        assert with_quenby.status.startswith("Saved as INT-000001.")


def test_the_memory_fits_into_a_cell(desk):
    """Even with the longest texts in a record that is open for change."""
    desk.update("Stakeholders", "STK-00001", {"Notes": "n" * 4000})
    form = Typist(desk, "Stakeholders")
    form.ask("Open", find="STK-00001")
    assert len(form.sees.state.to_json()) < 2000
    assert json.loads(form.sees.state.to_json())["loaded"]["notes"].startswith("sha256 ")
    form.ask("Submit")
    assert form.status == "There is nothing to save: STK-00001 holds these values already."


@pytest.mark.parametrize(
    "text", ["x" * 32_768, "y" * 32_767, "a\x00b\x07c", "😀" * 16_384, "\ud800", "=cmd|' /C calc'!A0"]
)
def test_any_text_gets_an_answer(with_quenby, text):
    """Whatever was pasted into whatever field: an answer beside it, no traceback, nothing written that is wrong."""
    clean = with_quenby.sees
    for row in ("details", "desired_outcome", "contact_name", "channel", "date", "cost", "booking_number"):
        with_quenby.sees = clean
        with_quenby.ask("Look", **{**ENQUIRY, row: text})
        assert with_quenby.sees.inputs[row] == text
        with_quenby.ask("Submit")
        if with_quenby.sees.receipt is None:
            assert row in with_quenby.wrong()
            assert with_quenby.sees.inputs[row] == text
        else:
            clean = with_quenby.sees


def test_control_characters_are_taken_out(with_quenby):
    """Nobody sees them, and no cell can hold them."""
    with_quenby.ask("Submit", **{**ENQUIRY, "details": "Wants\x00 the brochure\x07 by post"})
    assert with_quenby.book.table("Interactions").get("INT-000001")["Details"] == "Wants the brochure by post"


def test_what_was_mended_and_what_is_worth_a_look_is_told(adding):
    """After the save, beside it."""
    adding.ask("Submit", type="prosp", given_name="RAJESH", family_name="venkataraman", phone="0491 570 313")
    assert adding.status == "Saved as STK-00002."
    text = adding.panel
    assert 'Given name: "Rajesh", typed "RAJESH"' in text
    assert adding.sees.inputs["type"] == "Prospect"
    assert adding.sees.focus == "title"


def test_a_workbook_that_is_gone_is_one_line(with_quenby):
    """Renamed by somebody: the line says so, and what was typed stays."""
    with_quenby.book.path.rename(with_quenby.book.path.with_name("moved.xlsx"))
    answer = with_quenby.ask("Submit", **ENQUIRY)
    assert "customers.xlsx" in with_quenby.status
    assert "\n" not in with_quenby.status
    assert (answer.status.mark, answer.inputs["details"]) == (Mark.WRONG, ENQUIRY["details"])


def test_a_read_only_workbook_is_one_line(with_quenby, read_only):
    """Nothing is written, nothing is lost."""
    with read_only(with_quenby.book.path):
        answer = with_quenby.ask("Submit", **ENQUIRY)
    assert "read-only" in with_quenby.status
    assert answer.inputs["details"] == ENQUIRY["details"]
    assert with_quenby.book.pending == ()


def test_next_keeps_what_tells_about_the_desk(with_quenby):
    """The channel is that of the entry before, after Submit and after Next; Clear forgets it."""
    with_quenby.ask("Submit", **ENQUIRY)
    with_quenby.ask("Next")
    assert with_quenby.sees.inputs["channel"] == "Phone"
    with_quenby.ask("Clear")
    assert "channel" not in with_quenby.sees.inputs


def test_next_keeps_the_stakeholder_and_clear_forgets(with_quenby):
    """Both give a clean form; what was typed and not saved is asked about before Next."""
    with_quenby.ask("Next", details="Half an entry")
    assert with_quenby.status == "What you typed is not saved yet. Choose Next again to leave it, or Submit first."
    assert with_quenby.sees.inputs["details"] == "Half an entry"
    with_quenby.ask("Next")
    assert "details" not in with_quenby.sees.inputs
    assert with_quenby.sees.inputs["stakeholder_id"] == "STK-00001 Quenby Zafiropoulos"
    with_quenby.ask("Clear", details="Half an entry")
    assert "details" not in with_quenby.sees.inputs
    assert "stakeholder_id" not in with_quenby.sees.inputs
    assert with_quenby.sees.focus == "@find"


def test_going_on_takes_the_question_back(with_quenby):
    """Asked whether to leave, she types on: the next Next asks again."""
    with_quenby.ask("Next", details="Half an entry")
    with_quenby.ask("Look", details="Half an entry and more")
    with_quenby.ask("Next")
    assert with_quenby.sees.inputs["details"] == "Half an entry and more"


def test_a_lone_full_stop_is_no_value(with_quenby):
    """It is how a form without macros is told to submit."""
    with_quenby.ask("Submit", **ENQUIRY, outcome=".")
    assert "Outcome" not in with_quenby.book.table("Interactions").get("INT-000001")


def test_the_saved_entry_stands_first_in_what_was_before(with_quenby):
    """She sees that it is there."""
    with_quenby.ask("Submit", **ENQUIRY)
    lines = [line.text for line in with_quenby.sees.panel if line.look is Look.STRONG]
    assert any("(INT-000001, Open)" in line for line in lines)

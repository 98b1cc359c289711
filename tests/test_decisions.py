"""What somebody has decided on, with a reason, is a note from then on, until the values change."""

import openpyxl
import pandas as pd
import pytest

from tests.conftest import QUENBY
from tests.support.raw import append_row, edit
from tests.test_records import ENQUIRY
from validation.findings import Severity
from workbook_cms.decisions import reason_for
from workbook_cms.reports.cleanup import write_report

TWIN = {**QUENBY, "Given name": "Quenbie", "Email": "quenbie@example.com"}
NGAIRE = {"Type": "Customer", "Given name": "Ngaire", "Family name": "Oyelaran", "Email": "ngaire@example.com"}


def doubts(book):
    """(code, key, severity) of all duplicates and attributions that a check finds."""
    return [(f.code, f.key, f.severity) for f in book.check(select=["DUP", "ATT"])]


@pytest.fixture
def twins(book):
    """A workbook in which STK-00002 was entered in spite of being probably the same as STK-00001."""
    book.add("Stakeholders", TWIN, override="twins, same phone")
    return book


@pytest.fixture
def on_behalf(book):
    """A workbook in which Ngaire's details stand in an interaction of Quenby's, for a reason."""
    book.add("Stakeholders", NGAIRE)
    book.add("Interactions", {**ENQUIRY, "Contact email": NGAIRE["Email"]}, override="calls for her mother")
    return book


def test_the_history_says_which_alert_the_reason_was_given_for(twins):
    """Behind the reason stand the rule and the other record; the chain covers both."""
    assert list(twins.history("STK-00002")["Why"]) == ["twins, same phone [DUP002 STK-00001]"]
    assert twins.check(select=["FIL"]) == []


def test_a_decided_duplicate_is_a_note_with_the_reason(twins):
    """The check says who decided what, when and why, and asks for nothing more."""
    (finding,) = twins.check(select=["DUP"])
    assert (finding.code, finding.key, finding.severity) == ("DUP002", "STK-00002", Severity.INFO)
    row = twins.history("STK-00002").iloc[0]
    assert finding.message.endswith(f" by {row['Account']}: twins, same phone.")
    assert "Compare the two" not in finding.message
    assert finding.details["decided"] == {"when": row["When"], "by": row["Account"], "reason": "twins, same phone"}


def test_a_decided_attribution_is_a_note(on_behalf):
    """The same for a detail that is another's."""
    assert doubts(on_behalf) == [("ATT001", "INT-000001", Severity.INFO)]


@pytest.mark.parametrize("key", ["STK-00001", "STK-00002"])
def test_a_decision_lapses_when_a_compared_value_changes(twins, key):
    """In either record: what was decided was decided on other values."""
    assert doubts(twins) == [("DUP002", "STK-00002", Severity.INFO)]
    twins.update(
        "Stakeholders", key, {"Suburb": "Ultimo", "Street": "1 High Street", "State": "NSW", "Postcode": "2007"}
    )
    assert doubts(twins) == [("DUP002", "STK-00002", Severity.WARNING)]


def test_a_decision_stands_while_other_values_change(twins):
    """Notes on a record are no reason to ask again."""
    twins.update("Stakeholders", "STK-00001", {"Notes": "Prefers to be called in the morning."})
    assert doubts(twins) == [("DUP002", "STK-00002", Severity.INFO)]


def test_an_attribution_lapses_when_the_other_record_changes(on_behalf):
    """The record whose detail it is counts as well as the entry."""
    on_behalf.update("Interactions", "INT-000001", {"Outcome": "Told the price.", "Status": "Closed"})
    assert doubts(on_behalf) == [("ATT001", "INT-000001", Severity.INFO)]
    on_behalf.update("Stakeholders", "STK-00001", {"Email": "quenby.zafiropoulos@example.com"})
    assert doubts(on_behalf) == [("ATT001", "INT-000001", Severity.WARNING)]


def test_an_edit_outside_the_forms_lapses_a_decision(twins):
    """A record that is not as the history left it was not decided on."""
    edit(twins.path, "Stakeholders", 2, {"Date of birth": 31486})
    assert doubts(twins) == [("DUP002", "STK-00002", Severity.WARNING)]


def test_a_decision_taken_at_an_update_counts(book):
    """Also where the record that was changed is the upper one of the pair."""
    book.add("Stakeholders", {**TWIN, "Phone": "0491 570 157", "Date of birth": "1/2/1950", "Family name": "Li"})
    assert doubts(book) == []
    book.update(
        "Stakeholders",
        "STK-00001",
        {"Given name": "Quenbie", "Family name": "Li", "Date of birth": "1/2/1950"},
        override="checked both passports",
        why="married",
    )
    assert doubts(book) == [("DUP002", "STK-00002", Severity.INFO)]
    assert book.history("STK-00001")["Why"].iloc[-1] == "married; checked both passports [DUP002 STK-00002]"


def test_rows_of_one_import_are_decided_on(fresh_book):
    """A row that repeats another of the same file has no key to call it by, and is known all the same."""
    rows = pd.DataFrame([QUENBY, TWIN])
    batch = fresh_book.add_many("Stakeholders", rows, override="twins")
    assert [receipt.key for receipt in batch.receipts] == ["STK-00001", "STK-00002"]
    assert doubts(fresh_book) == [("DUP002", "STK-00002", Severity.INFO)]
    assert list(fresh_book.history("STK-00002")["Why"]) == ["twins [DUP002 STK-00001]"]


def test_a_row_that_is_held_back_is_not_decided_on(fresh_book):
    """A reason for being like a row that did not go in is about no record."""
    rows = pd.DataFrame([{**QUENBY, "Type": "Nobody"}, TWIN])
    batch = fresh_book.add_many("Stakeholders", rows, override="twins")
    assert [receipt.key for receipt in batch.receipts] == ["STK-00001"]
    assert list(fresh_book.history("STK-00001")["Why"]) == ["twins"]


def test_queued_rows_of_one_import_are_decided_on_when_they_go_in(fresh_book, opened_elsewhere):
    """The key of the other row, not known before, stands in the history in the end."""
    with opened_elsewhere(fresh_book.path):
        fresh_book.add_many("Stakeholders", pd.DataFrame([QUENBY, TWIN]), override="twins")
    fresh_book.sync()
    assert doubts(fresh_book) == [("DUP002", "STK-00002", Severity.INFO)]


def test_the_report_does_not_ask_for_a_decision_again(twins, tmp_path):
    """A pair that was decided on is not laid side by side."""
    report = write_report(twins, "2026-11", tmp_path)
    sheet = openpyxl.load_workbook(report.path)["Duplicates"]
    shown = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert not any("STK-00002" in cell for cell in shown)


def test_a_duplicate_that_nobody_decided_on_stays_a_warning(twins):
    """A third one makes other pairs."""
    pasted = {"Stakeholder ID": "STK-00003", **TWIN, "Given name": "Quenbey", "Date of birth": "14 Mar 1986"}
    append_row(twins.path, "Stakeholders", pasted)
    found = {(f.key, *f.related): f.severity for f in twins.check(select=["DUP002"])}
    assert found.pop(("STK-00002", "STK-00001")) is Severity.INFO
    assert set(found.values()) == {Severity.WARNING}


def test_a_persons_own_words_pass_for_no_decision(twins):
    """A reason that ends like what the program adds is kept as words."""
    (finding,) = twins.check(select=["DUP"])
    assert reason_for("see [DUP001 STK-00009]", []) == "see [DUP001 STK-00009]."
    assert reason_for("", [finding]) == ""


def test_a_decision_on_one_of_three_equal_records_hides_no_other(book):
    """The third repeats both others: that it is not the one leaves open whether it is the other."""
    book.add("Stakeholders", NGAIRE)
    talk = {**ENQUIRY, "Date": book.today().isoformat()}
    for reason in ("", "called twice", "called a third time"):
        book.add("Interactions", talk, override=reason)

    def open_pairs():
        return {(f.key, *f.related) for f in book.check(select=["DUP"]) if f.severity is not Severity.INFO}

    # Of the second and the third it was said that they are not the first; of the third not that it is not the second.
    book.keep_apart("Interactions", ["INT-000001", "INT-000002"], "two calls", source="test")
    book.keep_apart("Interactions", ["INT-000001", "INT-000003"], "two calls", source="test")
    assert open_pairs() == {("INT-000003", "INT-000002")}
    (pair,) = book.duplicates("Interactions").clusters
    assert pair.keys == ("INT-000002", "INT-000003")
    book.keep_apart("Interactions", ["INT-000002", "INT-000003"], "called a third time", source="test")
    assert open_pairs() == set()


def test_an_edit_outside_in_another_field_lapses_no_decision(twins):
    """What is not compared tells nothing of whether the two are one."""
    edit(twins.path, "Stakeholders", 3, {"Segment": "Family"})
    assert twins.check(select=["FIL001"])
    assert doubts(twins) == [("DUP002", "STK-00002", Severity.INFO)]


@pytest.mark.parametrize("first", [0, 1])
def test_not_one_is_said_of_records_as_they_stand(book, first):
    """An edit outside the forms in either record is told in the history first, so that what was said holds."""
    book.add("Stakeholders", TWIN, override="twins, same phone")
    for row in (2, 3):
        edit(book.path, "Stakeholders", row, {"Phone": "+61491570158"})
    assert doubts(book) == [("DUP002", "STK-00002", Severity.WARNING)]
    keys = ["STK-00001", "STK-00002"]
    book.keep_apart("Stakeholders", keys[first:] + keys[:first], "twins")
    assert doubts(book) == [("DUP002", "STK-00002", Severity.INFO)]
    assert not book.check(select=["FIL001"])


def test_who_went_on_is_not_asked_for_a_reason_again(book):
    """The receipt says what the alert was, without the advice to give the reason that was given."""
    told = book.add("Stakeholders", TWIN, override="twins, same phone").warnings
    assert [finding.code for finding in told] == ["DUP002"]
    assert "probably the same as STK-00001" in told[0].message
    assert "reason" not in told[0].message

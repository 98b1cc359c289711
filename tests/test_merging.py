"""Records that are one become one; it is taken back as a whole; others are said not to be one."""

from __future__ import annotations

import copy

import pandas as pd
import pytest

from tests.conftest import TODAY
from tests.support.soundness import assert_sound
from tests.test_records import ENQUIRY
from validation.findings import Severity
from workbook_cms import Workbook
from workbook_cms.errors import EntryRefusedError, InputError, UnknownRecordError

#: The same person once more, entered in a hurry: less is known of her, and a later e-mail address.
AGAIN = {"Type": "Customer", "Given name": "Quenbie", "Family name": "Zafiropoulos", "Phone": "0491 570 156"}
EMAIL = "quenbie@example.org"
ALONE = {"Type": "Customer", "Given name": "Ngaire", "Family name": "Oyelaran", "Email": "ngaire@example.com"}


def state(book):
    """All cells of all tables of the policy, in their order."""
    return {table.name: copy.deepcopy(book.snapshot().raw(table.name).cells) for table in book.policy.tables}


def keys(book, table="Stakeholders"):
    """The keys of a table, from the top."""
    return list(book.snapshot().frame(book.snapshot().table(table)).keys)


@pytest.fixture
def twice(book):
    """Quenby stands twice in the table, with Ngaire between; an interaction names her second record, STK-00003."""
    book.add("Stakeholders", ALONE)
    book.add("Stakeholders", {**AGAIN, "Email": EMAIL}, override="not sure")
    book.add("Interactions", {**ENQUIRY, "Stakeholder ID": "STK-00003"}, override="not sure")
    return book


def test_two_records_become_one(twice):
    """One stays with its key, takes what it lacks and what was written later; references follow; no rule complains."""
    done = twice.merge("Stakeholders", ["STK-00003", "STK-00001"], why="same phone")
    assert (done.proposal.survivor, done.proposal.losers) == ("STK-00001", ("STK-00003",))
    assert done.proposal.reason == "the most fields filled: 8, STK-00003 has 7"
    assert keys(twice) == ["STK-00001", "STK-00002"]
    stays = twice.table("Stakeholders").get("STK-00001")
    assert (stays["Given name"], stays["Email"]) == ("Quenby", EMAIL)
    assert twice.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"
    assert [(m.key, m.field, m.old, m.new) for m in done.moved] == [
        ("INT-000001", "Stakeholder ID", "STK-00003", "STK-00001")
    ]
    assert twice.check(select=["FIL", "REF"]) == []
    assert_sound(twice.path)


def test_the_history_tells_of_a_merge_in_one_group(twice):
    """What the record that went held, where it went, and each change, under entry ids that belong together."""
    done = twice.merge("Stakeholders", ["STK-00001", "STK-00003"], why="same phone")
    row = twice.history("STK-00003").iloc[-1]
    assert (row["Action"], row["New"], row["Why"]) == (
        "merged",
        "STK-00001",
        "merge of STK-00003 into STK-00001: same phone",
    )
    assert '"email":"quenbie@example.org"' in row["Values"]
    assert "merged" in list(twice.history("STK-00001")["Action"])
    assert len({receipt.entry_id[:24] for receipt in done.receipts}) == 1
    assert twice.verify_history().findings == ()


def test_a_merge_is_taken_back_by_any_of_its_lines(twice):
    """Every table is as it was, row for row; and what was taken back can be done again."""
    before = state(twice)
    twice.merge("Stakeholders", ["STK-00001", "STK-00002", "STK-00003"], survivor="STK-00003", override="a test")
    merged = state(twice)
    assert keys(twice) == ["STK-00003"]
    lines = twice.history()
    numbers = [int(n) for n in lines[lines["Why"].str.startswith("merge of")]["No"]]
    assert len(numbers) >= 3
    twice.undo(numbers[0])
    assert state(twice) == before
    assert twice.snapshot().merged == {}
    twice.undo(int(twice.history()["No"].iat[-1]))
    assert state(twice) == merged
    assert {old: known.into for (_, old), known in twice.snapshot().merged.items()} == {
        "STK-00001": "STK-00003",
        "STK-00002": "STK-00003",
    }
    assert twice.verify_history().findings == ()
    assert_sound(twice.path)


def test_a_key_is_not_used_again_after_a_merge(twice):
    """The next record gets the next key, also when the last one went."""
    twice.merge("Stakeholders", ["STK-00001", "STK-00003"], survivor="STK-00001")
    new = {**ALONE, "Given name": "Ida", "Family name": "Silva", "Email": "ida@example.com"}
    assert twice.add("Stakeholders", new).key == "STK-00004"


def test_a_merge_waits_while_the_workbook_is_open(twice, opened_elsewhere):
    """Readers see it at once; it goes in once, with what was entered meanwhile."""
    with opened_elsewhere(twice.path):
        done = twice.merge("Stakeholders", ["STK-00001", "STK-00003"])
        assert {receipt.state for receipt in done.receipts} == {"queued"}
        assert list(twice.table("Stakeholders").to_pandas()["Stakeholder ID"]) == ["STK-00001", "STK-00002"]
        assert twice.find("Stakeholders", "STK-00003")[0].key == "STK-00001"
        twice.update("Stakeholders", "STK-00001", {"Notes": "Trains."})
    twice.sync()
    assert not twice.pending
    assert keys(twice) == ["STK-00001", "STK-00002"]
    assert twice.table("Stakeholders").get("STK-00001")["Notes"] == "Trains."
    assert Workbook.open(twice.path, today=TODAY).check(select=["FIL", "REF"]) == []


def aside(book, do, opened_elsewhere):
    """Does something while the workbook is open, and keeps its journal file away; gives what brings it back."""
    with opened_elsewhere(book.path):
        do()
        journal = book.path.parent / "customers.xlsx.cms" / "journal"
        [waiting] = journal.iterdir()
        held = waiting.rename(book.path.parent / waiting.name)
    return lambda: held.rename(journal / held.name)


def test_who_names_the_record_meanwhile_follows_too(twice, opened_elsewhere):
    """An interaction that was entered before the merge reached the file names the one that stayed."""
    bring = aside(twice, lambda: twice.merge("Stakeholders", ["STK-00001", "STK-00003"]), opened_elsewhere)
    twice.add("Interactions", {**ENQUIRY, "Stakeholder ID": "STK-00003", "Details": "Rang again."}, override="x")
    added = state(twice)
    bring()
    twice.sync()
    assert list(twice.table("Interactions").to_pandas()["Stakeholder ID"]) == ["STK-00001", "STK-00001"]
    assert twice.check(select=["FIL", "REF"]) == []
    twice.undo(int(twice.history()["No"].iat[-1]))
    assert state(twice) == added


def test_a_record_changed_meanwhile_is_a_conflict(twice, opened_elsewhere):
    """Nothing of the merge goes in; its author is told which field it is about."""
    bring = aside(twice, lambda: twice.merge("Stakeholders", ["STK-00001", "STK-00003"]), opened_elsewhere)
    twice.update("Stakeholders", "STK-00003", {"Phone": "0491 570 158"})
    before = state(twice)
    bring()
    twice.sync()
    assert state(twice) == before
    [conflict, *_] = [one for one in twice.conflicts() if one.key == "STK-00003"]
    assert conflict.problem == "Phone was changed meanwhile by somebody else."


def test_a_change_that_waited_for_a_merged_record_says_where_it_is_now(twice, opened_elsewhere):
    """A conflict, since nobody can know what it would mean there; the key is told."""
    bring = aside(twice, lambda: twice.update("Stakeholders", "STK-00003", {"Notes": "x"}), opened_elsewhere)
    twice.merge("Stakeholders", ["STK-00001", "STK-00003"])
    bring()
    twice.sync()
    [conflict] = twice.conflicts()
    assert conflict.problem == "the record was merged into STK-00001 meanwhile."


def test_a_value_that_a_person_chose_is_taken(twice):
    """From one of the records by its key, or another one, which is normalised as in an entry; or none."""
    chosen = {"Given name": "STK-00003", "Phone": "0491 570 110", "Email": ""}
    twice.merge("Stakeholders", ["STK-00001", "STK-00003"], survivor="STK-00001", values=chosen)
    stays = twice.table("Stakeholders").get("STK-00001")
    assert (stays["Given name"], stays["Phone"], stays.get("Email")) == ("Quenbie", "+61491570110", None)


def test_a_merge_that_would_break_a_rule_is_refused(twice):
    """The field and the rule are said, and nothing is written."""
    before = twice.path.read_bytes()
    with pytest.raises(EntryRefusedError, match="would break a rule: Type: is required and blank") as refused:
        twice.merge("Stakeholders", ["STK-00001", "STK-00003"], values={"Type": ""}, override="all the same")
    assert [f.code for f in refused.value.findings] == ["ENT001"]
    assert twice.path.read_bytes() == before


def test_an_alert_that_a_merge_brings_about_asks_for_a_reason(twice):
    """The interaction's e-mail address would be that of nobody it names."""
    twice.add("Stakeholders", {**ALONE, "Given name": "Mei", "Email": "mei@example.com"}, override="sisters")
    twice.add("Interactions", {**ENQUIRY, "Stakeholder ID": "STK-00004", "Contact email": "mei@example.com"})
    wish = {"survivor": "STK-00001", "values": {"Email": "STK-00001"}}
    twice.add("Stakeholders", {**ALONE, "Given name": "May", "Email": "may@example.com"}, override="sisters")
    twice.update("Stakeholders", "STK-00005", {"Email": "mei@example.com"}, override="shared")
    with pytest.raises(EntryRefusedError, match="needs a look"):
        twice.merge("Stakeholders", ["STK-00001", "STK-00004"], **wish)
    done = twice.merge("Stakeholders", ["STK-00001", "STK-00004"], **wish, override="they told us")
    assert done.receipts
    assert "they told us" in twice.history("STK-00004")["Why"].iat[-1]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["STK-00001"], "two records or more are needed"),
        (["STK-00001", "STK-00001"], "two records or more are needed"),
        (["STK-00001", "STK-00009"], "there is no record STK-00009"),
    ],
)
def test_what_cannot_be_merged_is_said(twice, asked, message):
    """One record, the same one twice, one that is not there."""
    with pytest.raises(InputError, match=message):
        twice.merge("Stakeholders", asked)


def test_a_survivor_that_is_none_of_the_records_is_refused(twice):
    """A key typed wrong does not make somebody else one with them."""
    before = twice.path.read_bytes()
    with pytest.raises(InputError, match="STK-00002 is none of the records to be merged"):
        twice.merge("Stakeholders", ["STK-00001", "STK-00003"], survivor="STK-00002")
    assert twice.path.read_bytes() == before


def test_a_dry_run_of_a_merge_writes_nothing(twice):
    """It tells all that would be."""
    before = twice.path.read_bytes()
    plan = twice.merge("Stakeholders", ["STK-00001", "STK-00003"], dry_run=True)
    assert (plan.receipts, len(plan.moved)) == ((), 1)
    assert twice.path.read_bytes() == before
    assert not twice.pending


def test_old_keys_and_details_lead_to_the_record_that_stayed(twice):
    """Found by key and by an e-mail address that nobody has any more; changes and references are told where to go."""
    twice.merge("Stakeholders", ["STK-00001", "STK-00003"], values={"Email": "STK-00001"})
    for query in ("STK-00003", "stk-00003", EMAIL):
        hit = twice.find("Stakeholders", query)[0]
        assert (hit.key, "STK-00003 merged into it" in hit.why) == ("STK-00001", True)
    with pytest.raises(UnknownRecordError, match=r"STK-00003 was merged into STK-00001\. Go on with STK-00001"):
        twice.update("Stakeholders", "STK-00003", {"Notes": "x"})
    with pytest.raises(EntryRefusedError) as refused:
        twice.add("Interactions", {**ENQUIRY, "Stakeholder ID": "STK-00003"})
    [finding] = [f for f in refused.value.findings if f.code == "REF001"]
    assert finding.suggestion == "STK-00001"


def test_a_key_leads_through_several_merges(twice):
    """Who looks for the first is led to the last."""
    twice.merge("Stakeholders", ["STK-00001", "STK-00003"], survivor="STK-00001")
    twice.merge("Stakeholders", ["STK-00001", "STK-00002"], survivor="STK-00002", override="a test")
    assert twice.find("Stakeholders", "STK-00003")[0].key == "STK-00002"


def severities(book):
    """How much the check makes of the duplicates."""
    return [f.severity for f in book.check(select=["DUP"])]


@pytest.fixture
def alike(twice):
    """The same, and nobody has said yet whether the two are one: what was said lapsed with a change."""
    twice.update("Stakeholders", "STK-00003", {"Suburb": "Fitzroy"})
    return twice


def test_what_was_said_not_to_be_one_is_not_asked_again(alike):
    """Neither in a check nor among the duplicates; the check keeps a note with the reason."""
    assert severities(alike) == [Severity.WARNING]
    assert len(alike.duplicates("Stakeholders").clusters) == 1
    alike.keep_apart("Stakeholders", ["STK-00001", "STK-00003"], "mother and daughter")
    [note] = alike.check(select=["DUP"])
    assert (note.severity, note.details["decided"]["reason"]) == (Severity.INFO, "mother and daughter")
    found = alike.duplicates("Stakeholders")
    assert (found.clusters, found.pairs) == ((), ())
    assert alike.verify_history().findings == ()
    assert list(alike.history("STK-00003")["New"])[-1] == "not one with STK-00001"


@pytest.mark.parametrize("key", ["STK-00001", "STK-00003"])
def test_it_is_asked_again_once_a_matching_field_changes(alike, key):
    """In either record; a field that is not compared changes nothing."""
    alike.keep_apart("Stakeholders", ["STK-00001", "STK-00003"], "mother and daughter")
    alike.update("Stakeholders", key, {"Notes": "Trains."})
    assert severities(alike) == [Severity.INFO]
    alike.update("Stakeholders", key, {"Suburb": "Carlton"})
    assert severities(alike) == [Severity.WARNING]


def test_that_they_are_not_one_is_taken_back(alike):
    """Undone, it is asked again; done again, it is not."""
    alike.keep_apart("Stakeholders", ["STK-00001", "STK-00003"], "mother and daughter")
    alike.undo(int(alike.history()["No"].iat[-1]))
    assert severities(alike) == [Severity.WARNING]
    with pytest.raises(InputError, match="undone already"):
        alike.undo(int(alike.history()["No"].iat[-2]))
    alike.undo(int(alike.history()["No"].iat[-1]))
    assert severities(alike) == [Severity.INFO]


def test_a_decision_holds_through_all_that_changes_no_matching_field(alike):
    """Rows that come in, other fields, records merged beside them, and the undo of each: nobody is asked again."""
    alike.keep_apart("Stakeholders", ["STK-00001", "STK-00003"], "mother and daughter")
    more = [
        {**ALONE, "Given name": n, "Family name": f, "Email": f"{n}@example.com"}
        for n, f in (("Ida", "Silva"), ("Jo", "Marsh"))
    ]
    alike.add_many("Stakeholders", pd.DataFrame(more))
    assert severities(alike) == [Severity.INFO]
    alike.update("Stakeholders", "STK-00003", {"Notes": "Trains."})
    alike.undo(int(alike.history()["No"].iat[-1]))
    alike.merge("Stakeholders", ["STK-00004", "STK-00005"], survivor="STK-00005", override="a test")
    assert severities(alike) == [Severity.INFO]
    alike.undo(int(alike.history()["No"].iat[-1]))
    assert severities(alike) == [Severity.INFO]
    alike.update("Stakeholders", "STK-00001", {"Suburb": "Carlton"})
    assert severities(alike) == [Severity.WARNING]


def test_a_decision_outlives_a_merge_that_was_taken_back(alike):
    """The records are as they were, and so is what was said of them."""
    alike.keep_apart("Stakeholders", ["STK-00001", "STK-00003"], "mother and daughter")
    alike.merge("Stakeholders", ["STK-00002", "STK-00003"], survivor="STK-00002", override="a test")
    alike.undo(int(alike.history()["No"].iat[-1]))
    assert severities(alike) == [Severity.INFO]


def test_a_reason_is_asked_for(twice):
    """Alerts clicked away without a reason tell nobody anything."""
    with pytest.raises(InputError, match="no reason was given"):
        twice.keep_apart("Stakeholders", ["STK-00001", "STK-00003"], " ")

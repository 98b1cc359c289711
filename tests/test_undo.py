"""`Workbook.undo`: any change of the history taken back by another one, which can be undone too."""

import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import QUENBY, TODAY
from tests.support.raw import append_row, edit, row_of
from tests.support.soundness import assert_sound
from validation.digests import record_digests
from workbook_cms import Workbook
from workbook_cms.errors import ChangedMeanwhileError, EntryRefusedError, InputError

INTERACTION = {
    "Stakeholder ID": "STK-00001",
    "Channel": "Phone",
    "Contact reason": "Compliment",
    "Purpose": "Feedback",
    "Details": "Very happy with the guide on the tour.",
    "Recorded by": "Ben Okafor",
}
MEI = {"Type": "Customer", "Given name": "Mei", "Family name": "Lin", "Email": "mei.lin@example.com"}


def state(book):
    """Every table as it is: values by label and the digests of the records, in the order of their keys."""
    tables = {}
    for table in book.tables:
        frame = table.typed.raw
        digests = record_digests([""] * len(frame), frame.values)
        tables[table.name] = sorted(zip(frame.keys, digests, strict=True))
    return tables


def last_line(book):
    """Number of the last line of the history."""
    return int(book.history()["No"].iat[-1])


def flaws(book):
    """(code, cell) of what is wrong with the history."""
    return [(f.code, f.cell) for f in book.verify_history().findings]


def test_an_update_is_undone(book):
    """The old value is back, the undo has its line, and nothing was changed outside."""
    before = state(book)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157", "Notes": "Trains."}, why="new phone")
    undone = book.undo(last_line(book), why="wrong person")
    assert {(v.key, v.field, v.now, v.then) for v in undone.values} == {
        ("STK-00001", "Phone", "+61491570157", "+61491570156"),
        ("STK-00001", "Notes", "Trains.", None),
    }
    assert state(book) == before
    told = book.history("STK-00001").iloc[-1]
    assert (told["Action"], told["Source"], told["Why"]) == (
        "changed",
        "undo",
        "undo of lines 3 to 4: wrong person",
    )
    assert flaws(book) == []


def test_an_undo_is_undone(book):
    """Which is a redo."""
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    after = state(book)
    book.undo(last_line(book))
    book.undo(last_line(book))
    assert state(book) == after
    assert book.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"


def test_an_added_record_is_taken_out_and_comes_back(book):
    """By line number and by entry id; the key stays its own, the file stays sound, and no rule complains."""
    before = state(book)
    receipt = book.add("Stakeholders", MEI)
    with_mei = state(book)
    taken = book.undo(receipt.entry_id)
    assert [(v.key, v.field) for v in taken.values] == [("STK-00002", "")]
    assert taken.receipts[0].state == "written"
    assert state(book) == before
    assert_sound(book.path)
    assert book.check(select=["FIL"]) == []
    book.undo(taken.receipts[0].entry_id)
    assert state(book) == with_mei
    assert list(book.history("STK-00002")["Action"]) == ["added", "removed", "added"]
    assert book.add("Stakeholders", MEI | {"Given name": "Ida", "Email": "ida@example.com"}).key == "STK-00003"
    assert flaws(book) == []


def test_a_key_is_not_used_again_after_an_undo(book):
    """The next record gets the next key."""
    book.undo(book.add("Stakeholders", MEI).entry_id)
    assert book.add("Stakeholders", MEI).key == "STK-00002"[:-1] + "3"


def test_a_record_that_others_name_does_not_go(book):
    """The refusal says which; nothing is written."""
    book.add("Interactions", INTERACTION)
    before = book.path.read_bytes()
    with pytest.raises(EntryRefusedError, match=r"Interactions INT-000001 names it under Stakeholder ID\."):
        book.undo(2, override="all the same")
    assert book.path.read_bytes() == before


def test_a_record_named_while_the_undo_waits_does_not_go(book, opened_elsewhere):
    """What was accepted while nobody named the record, and meets somebody who does, is a conflict."""
    with opened_elsewhere(book.path):
        book.undo(2)
        journal = book.path.parent / "customers.xlsx.cms" / "journal"
        [waiting] = journal.iterdir()
        aside = waiting.rename(book.path.parent / waiting.name)
    book.add("Interactions", INTERACTION)
    aside.rename(journal / aside.name)
    book.sync()
    assert len(book.table("Stakeholders")) == 1
    [conflict] = book.conflicts()
    assert conflict.problem == "Interactions INT-000001 names it under Stakeholder ID."


def test_a_field_changed_since_is_not_overwritten(book):
    """Both values are told; with a reason the old one comes back all the same."""
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    line = last_line(book)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
    with pytest.raises(ChangedMeanwhileError) as refused:
        book.undo(line)
    assert refused.value.mine == {"Stakeholders STK-00001, Phone": "+61491570156"}
    assert refused.value.theirs == {"Stakeholders STK-00001, Phone": "+61491570158"}
    book.undo(line, override="she rang back")
    assert book.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570156"
    assert book.history("STK-00001")["Why"].iat[-1] == f"undo of line {line}: she rang back"


def test_a_record_changed_since_it_was_added_is_not_taken_out(book):
    """What was entered later would go with it."""
    book.update("Stakeholders", "STK-00001", {"Notes": "Prefers trains."})
    with pytest.raises(ChangedMeanwhileError) as refused:
        book.undo(2)
    assert refused.value.theirs == {"Stakeholders STK-00001, Notes": "Prefers trains."}
    book.undo(2, override="a test record")
    assert len(book.table("Stakeholders")) == 0


def test_an_edit_outside_is_undone_once_it_was_taken_over(book):
    """The value that was pasted over comes back, not what the update did that took it over."""
    row = row_of(book.path, "Stakeholders", "Stakeholder ID", "STK-00001")
    edit(book.path, "Stakeholders", row, {"Phone": "+61491570199"})
    receipt = book.update("Stakeholders", "STK-00001", {"Notes": "Trains."})
    lines = book.history("STK-00001")
    outside = int(lines[lines["Action"] == "edited outside"]["No"].iat[0])
    book.undo(outside)
    record = book.table("Stakeholders").get("STK-00001")
    assert (record["Phone"], record["Notes"]) == ("+61491570156", "Trains.")
    book.undo(receipt.entry_id)
    assert book.table("Stakeholders").get("STK-00001").get("Notes") is None
    assert flaws(book) == []


def test_an_adopted_record_is_taken_out(book):
    """A row pasted in, then written through the door, goes as a whole."""
    append_row(book.path, "Stakeholders", {"Stakeholder ID": "STK-00900", **MEI})
    book.update("Stakeholders", "STK-00900", {"Notes": "x"}, override="as it is")
    lines = book.history("STK-00900")
    book.undo(int(lines["No"].iat[-1]), override="as it was")
    book.undo(int(lines["No"].iat[0]))
    assert list(book.table("Stakeholders").to_pandas()["Stakeholder ID"]) == ["STK-00001"]


def test_an_import_is_undone_at_once(book):
    """One entry of it alone, or all of them in one commit; a reason is not needed."""
    before = state(book)
    people = pd.DataFrame([MEI, MEI | {"Given name": "Bo", "Family name": "Silva", "Email": "bo@example.com"}])
    receipts = book.add_many("Stakeholders", people).receipts
    assert len(receipts) == 2
    plan = book.undo(receipts[1].entry_id, dry_run=True)
    assert (len(plan.values), plan.others, plan.receipts) == (1, 1, ())
    undone = book.undo(receipts[1].entry_id, batch=True)
    assert sorted(v.key for v in undone.values) == ["STK-00002", "STK-00003"]
    assert state(book) == before
    book.undo(last_line(book), batch=True)
    assert len(book.table("Stakeholders")) == 3
    assert flaws(book) == []


def test_two_imports_are_not_one(book):
    """Entries are known to belong together by their ids, not by their time."""
    first = book.add_many("Stakeholders", pd.DataFrame([MEI])).receipts[0]
    book.add_many("Stakeholders", pd.DataFrame([MEI | {"Given name": "Bo", "Email": "bo@example.com"}]))
    book.undo(first.entry_id, batch=True)
    assert list(book.table("Stakeholders").to_pandas()["Given name"]) == ["Quenby", "Bo"]


def test_a_run_of_fixes_is_undone(book):
    """What comes back breaks the rule again, so a reason is asked for."""
    row = row_of(book.path, "Stakeholders", "Stakeholder ID", "STK-00001")
    edit(book.path, "Stakeholders", row, {"Family name": " Zafiropoulos "})
    book.update("Stakeholders", "STK-00001", {"Notes": "x"})
    before = state(book)
    fixed = book.fix()
    assert [cell.after for cell in fixed] == ["Zafiropoulos"]
    book.undo(fixed[0].receipt.entry_id, batch=True, override="it was right")
    assert state(book) == before


def test_a_policy_change_is_undone(book):
    """The old rules are back, as the history kept them; so is the changed policy when that is undone."""
    old, before = book.policy, book.policy.settings.stale_after_days
    settings = old.settings.model_copy(update={"stale_after_days": 99})
    book.apply_policy(old.model_copy(update={"settings": settings}))
    line = last_line(book)
    plan = book.undo(line, dry_run=True)
    assert [str(change) for change in plan.policy] == [f"setting 'Stale after days': 99 becomes {before}"]
    assert book.policy.settings.stale_after_days == 99
    book.undo(line)
    assert book.policy == old
    assert book.check(select=["FIL"]) == []
    book.undo(last_line(book))
    assert book.policy.settings.stale_after_days == 99
    assert flaws(book) == []


def test_a_field_added_since_is_retired_by_the_undo(book):
    """Its data stays; the field is no longer asked for."""
    table = book.policy.tables[0]
    extra = table.fields[-1].model_copy(update={"id": "shoe_size", "label": "Shoe size", "enum": None})
    changed = table.model_copy(update={"fields": (*table.fields, extra)})
    book.apply_policy(book.policy.model_copy(update={"tables": (changed, *book.policy.tables[1:])}))
    book.undo(last_line(book))
    assert book.policy.tables[0].by_id["shoe_size"].retired


def test_a_policy_changed_again_since_is_not_overwritten(book):
    """The later change would be lost with it."""
    for days in (99, 98):
        changed = book.policy.settings.model_copy(update={"stale_after_days": days})
        book.apply_policy(book.policy.model_copy(update={"settings": changed}))
    lines = book.history()
    first = int(lines[lines["Action"] == "policy"]["No"].iat[0])
    with pytest.raises(EntryRefusedError, match="changed again since"):
        book.undo(first)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("77777", "no such line or entry"),
        pytest.param(
            "9" * 5_000,
            f"change {'9' * 60}…: the history has no such line or entry",
            id="digits",
        ),
        ("²³", "no such line or entry"),
        ("", "no such line or entry"),
        ("b7c1f2f0-0000-4000-8000-000000000000", "no such line or entry"),
        ("1", "cannot be undone"),
    ],
)
def test_what_cannot_be_undone_is_said(book, change, message):
    """A number or id that is not there, and the making of the workbook."""
    with pytest.raises(InputError, match=message):
        book.undo(change)


def test_undone_twice_is_said(book):
    """The second time there is nothing left to do."""
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    line = last_line(book)
    book.undo(line)
    with pytest.raises(InputError, match="undone already"):
        book.undo(line)
    receipt = book.add("Stakeholders", MEI)
    book.undo(receipt.entry_id)
    with pytest.raises(InputError, match="undone already"):
        book.undo(receipt.entry_id)


def test_a_dry_run_writes_nothing(book):
    """It tells what would be there."""
    before = book.path.read_bytes()
    plan = book.undo(2, dry_run=True)
    assert [(v.table, v.key, v.then) for v in plan.values] == [("Stakeholders", "STK-00001", None)]
    assert book.path.read_bytes() == before
    assert not book.pending


def test_an_undo_waits_while_the_workbook_is_open(book, opened_elsewhere):
    """Readers see it at once, the file gets it once."""
    receipt = book.add("Stakeholders", MEI)
    with opened_elsewhere(book.path):
        assert book.undo(receipt.entry_id).receipts[0].state == "queued"
        assert len(book.table("Stakeholders")) == 1
        with pytest.raises(InputError, match="undone already"):
            book.undo(receipt.entry_id)
    book.sync()
    assert not book.pending
    assert list(book.history("STK-00002")["Action"]) == ["added", "removed"]
    assert Workbook.open(book.path, today=TODAY).check(select=["FIL"]) == []


def test_a_removal_and_other_changes_of_a_table_go_in_together(book, opened_elsewhere):
    """What waited while the workbook was open is written in one commit: one record out, one changed, one new."""
    receipt = book.add("Stakeholders", MEI)
    with opened_elsewhere(book.path):
        book.undo(receipt.entry_id)
        book.update("Stakeholders", "STK-00001", {"Notes": "Trains."})
        book.add("Stakeholders", MEI | {"Given name": "Ida", "Family name": "Silva", "Email": "ida@example.com"})
    book.sync()
    assert not book.pending
    people = book.table("Stakeholders").to_pandas()
    assert list(people["Stakeholder ID"]) == ["STK-00001", "STK-00003"]
    assert book.table("Stakeholders").get("STK-00001")["Notes"] == "Trains."
    assert book.check(select=["FIL"]) == []
    assert_sound(book.path)


def test_old_values_that_break_a_rule_now_need_a_reason(book):
    """Somebody else has the e-mail address that would come back."""
    book.update("Stakeholders", "STK-00001", {"Email": "other@example.com"})
    line = last_line(book)
    number = book.policy.tables[0]
    unique = tuple(f.model_copy(update={"unique": True}) if f.label == "Email" else f for f in number.fields)
    book.apply_policy(
        book.policy.model_copy(
            update={"tables": (number.model_copy(update={"fields": unique}), *book.policy.tables[1:])}
        )
    )
    book.add("Stakeholders", MEI | {"Email": QUENBY["Email"]}, override="her mother")
    with pytest.raises(EntryRefusedError) as refused:
        book.undo(line)
    assert refused.value.findings
    assert book.table("Stakeholders").get("STK-00001")["Email"] == "other@example.com"


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "update", "empty", "both"]), st.integers(0, 2**32)), min_size=1, max_size=7
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS)
def test_undone_in_reverse_order_everything_is_as_it_was(made, tmp_path_factory, steps):
    """Whatever was added and changed: after the undo of each, latest first, every table is as it was."""
    folder = tmp_path_factory.mktemp("undo")
    shutil.copytree(made["one"], folder, dirs_exist_ok=True)
    book = Workbook.open(folder / "customers.xlsx", today=TODAY)
    seen, entries = [], []
    for place, (kind, number) in enumerate(steps):
        seen.append(state(book))
        entries.append(_step(book, kind, number, place))
    for before, entry in zip(reversed(seen), reversed(entries), strict=True):
        book.undo(entry)
        assert state(book) == before
    assert flaws(book) == []


def _step(book, kind, number, place):
    """Something that somebody does; its entry id."""
    keys = list(book.table("Stakeholders").to_pandas()["Stakeholder ID"])
    key = keys[number % len(keys)]
    if kind == "add":
        name = "Q" + "".join(chr(97 + int(digit)) for digit in f"{number}{place}")
        values = {"Type": "Customer", "Given name": name, "Family name": name, "Email": f"{name}@example.com"}
        return book.add("Stakeholders", values, override="made up").entry_id
    if kind == "empty" and book.table("Stakeholders").get(key).get("Notes"):
        return book.update("Stakeholders", key, {"Notes": None}).entry_id
    values = {"Notes": f"Note {number} {place}"}
    if kind == "both":
        values["Date of birth"] = f"{number % 28 + 1}/{place + 1}/1980"
    return book.update("Stakeholders", key, values, override="made up").entry_id

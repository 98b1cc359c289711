"""The one door: what is accepted is in the workbook with its history, what is refused leaves no trace."""

import datetime as dt
import json
import threading

import pytest

from tests.conftest import QUENBY
from tests.support.raw import append_row, edit, remove_last_row
from workbook_cms.commit import drain
from workbook_cms.errors import EntryRefusedError, InputError, UnknownRecordError
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.history import Actor
from workbook_cms.receipts import QUEUED, WRITTEN
from workbook_cms.submission import UPDATE, Entry, Submission
from workbook_cms.workbook import Workbook

SISTER = {name: QUENBY[name] for name in ("Type", "Date of birth", "Phone")} | {
    "Given name": "Quenbie",
    "Family name": "Zafiropoulos",
}
ENQUIRY = {
    "Stakeholder ID": "STK-00001",
    "Channel": "Phone",
    "Contact reason": "Brochure",
    "Purpose": "Enquiry",
    "Details": "Wants the Dubbo Zoo family tour in January.",
    "Desired outcome": "Knows the price by Friday.",
    "Recorded by": "Amelia Tran",
}


def codes(error):
    """(code, field) of each finding of a refusal."""
    return sorted((f.code, f.field) for f in error.value.findings)


def bytes_of(book):
    """The file as it is."""
    return book.path.read_bytes()


def test_a_clean_entry_is_a_row_with_its_key(fresh_book):
    """The receipt names the key and the cell, and the row stands there."""
    receipt = fresh_book.add("Stakeholders", QUENBY)
    assert (receipt.state, receipt.key, receipt.cell) == (WRITTEN, "STK-00001", "Stakeholders!A2")
    record = fresh_book.table("Stakeholders").get("STK-00001")
    assert record["Family name"] == "Zafiropoulos"
    assert record["Date of birth"] == dt.date(1986, 3, 14)
    assert record["Status"] == "Active"


def test_what_normalisation_mends_is_said(fresh_book):
    """A phone typed as people type it is stored as E.164, and the receipt says so."""
    receipt = fresh_book.add("Stakeholders", QUENBY)
    assert [(m.field, m.before, m.after) for m in receipt.mended if m.field == "Phone"] == [
        ("Phone", "0491 570 156", "+61491570156")
    ]
    raw = read_tables(Package.open(fresh_book.path), ["Stakeholders"])["Stakeholders"]
    assert raw.cells[0][raw.columns.index("Phone")] == "+61491570156"


def test_every_write_has_its_line_in_the_history(book):
    """Who, what, from where, under which policy: the history has it, with the receipt's entry id."""
    receipt = book.add("Interactions", ENQUIRY, source="form")
    row = book.history(receipt.key).iloc[0]
    assert (row["Action"], row["Table"], row["Source"], row["Entry"]) == (
        "added",
        "Interactions",
        "form",
        receipt.entry_id,
    )
    assert row["Policy"] == book.policy.digest
    assert json.loads(row["Values"])["details"] == ENQUIRY["Details"]


def test_a_refused_entry_leaves_no_trace(book):
    """Every wrong field is named at once, and file and journal stay as they were."""
    before = bytes_of(book)
    with pytest.raises(EntryRefusedError) as error:
        book.add(
            "Stakeholders", {"Type": "Customer", "Given name": "asdf", "Family name": "Kelly", "Email": "kelly@"}
        )
    assert ("NAM004", "Given name") in codes(error)
    assert ("ENT009", "Email") in codes(error)
    assert bytes_of(book) == before
    assert book.pending == ()


def test_an_unknown_field_is_named_with_the_one_that_was_meant(book):
    """A mistyped label is no silent loss."""
    with pytest.raises(EntryRefusedError) as error:
        book.add("Stakeholders", {**QUENBY, "Famly name": "Zafiris"})
    assert ("ENT019", "Famly name") in codes(error)
    assert "Did you mean 'Family name'?" in str(error.value.findings[0])


def test_a_duplicate_needs_a_reason_and_the_reason_is_kept(book):
    """A possible duplicate shows the other record; the override goes into the history."""
    with pytest.raises(EntryRefusedError) as error:
        book.add("Stakeholders", SISTER)
    duplicates = [f for f in error.value.findings if f.code.startswith("DUP")]
    assert [f.related for f in duplicates] == [("STK-00001",)]
    receipt = book.add("Stakeholders", SISTER, override="twins, same phone")
    assert receipt.state == WRITTEN
    assert book.history(receipt.key).iloc[0]["Why"] == "twins, same phone [DUP002 STK-00001]"


def test_an_update_keeps_the_old_value_in_the_history(book):
    """One line a changed field, old and new."""
    receipt = book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"}, why="new number")
    row = book.history("STK-00001").iloc[-1]
    assert receipt.cell == "Stakeholders!A2"
    assert (row["Field"], row["Old"], row["New"], row["Why"]) == (
        "Phone",
        "+61491570156",
        "+61491570157",
        "new number",
    )
    assert book.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"


def test_an_update_empties_a_field(book):
    """An empty value clears the cell."""
    book.update("Stakeholders", "STK-00001", {"Phone": ""})
    assert "Phone" not in book.table("Stakeholders").get("STK-00001")


def test_an_update_of_nobody_is_refused(book):
    """An unknown key is one line with what was probably meant."""
    with pytest.raises(UnknownRecordError, match=r"there is no record STK-0001\. Did you mean STK-00001\?"):
        book.update("Stakeholders", "STK-0001", {"Phone": "0491 570 157"})


def test_an_update_is_not_refused_for_what_was_wrong_before(book):
    """Old faults in other fields do not keep a good change out."""
    edit(book.path, "Stakeholders", 2, {"Email": "no address"})
    assert book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"}).state == WRITTEN


def test_the_same_person_again_is_blocked_whatever_the_reason(book):
    """A rule that blocks names the record it collides with and takes no override."""
    with pytest.raises(EntryRefusedError) as error:
        book.add("Stakeholders", QUENBY, override="I want to")
    [finding] = [f for f in error.value.findings if f.code == "DUP001"]
    assert (finding.related, finding.severity) == (("STK-00001",), "error")


def test_a_raw_edit_is_found_and_stays_in_the_history(book):
    """A cell overtyped past the forms is reported with both values, and the next write records it."""
    edit(book.path, "Stakeholders", 2, {"Phone": "491570156"})
    [finding] = book.check(select=["FIL001"])
    assert (finding.cell, finding.details["old"], finding.details["new"]) == (
        "Stakeholders!I2",
        "+61491570156",
        "491570156",
    )
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    assert book.check(select=["FIL"]) == []
    assert list(book.history("STK-00001")["Action"]) == ["added", "edited outside", "changed"]


def test_while_the_workbook_is_open_entries_are_queued_and_then_written_once(book, opened_elsewhere):
    """Accepted entries wait in the journal, count as records, and go in when the workbook is closed."""
    with opened_elsewhere(book.path):
        receipt = book.add("Interactions", ENQUIRY)
        assert (receipt.state, receipt.key) == (QUEUED, "")
        assert len(book.table("Interactions")) == 1
        assert [f.code for f in book.check(select=["FIL"])] == ["FIL009"]
    second = book.add("Interactions", {**ENQUIRY, "Details": "Asked for the culinary tours as well."})
    assert second.key == "INT-000002"
    assert book.pending == ()
    entries = book.history()["Entry"]
    assert list(entries).count(receipt.entry_id) == 1
    assert book.check(select=["FIL"]) == []


def test_an_entry_in_the_file_is_not_written_again(book):
    """A crash between the write and the retiring of the journal doubles nothing."""
    receipt = book.add("Interactions", ENQUIRY)
    applied = book.path.with_name(book.path.name + ".cms") / "applied"
    [file] = applied.glob(f"*{receipt.entry_id}.json")
    file.rename(applied.parent / "journal" / file.name)
    assert book.sync() == 0
    assert len(book.table("Interactions")) == 1
    assert book.pending == ()


def test_an_update_that_met_a_changed_record_becomes_a_conflict(book, opened_elsewhere):
    """The second writer of one record is told; nothing is overwritten unseen."""
    with opened_elsewhere(book.path):
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
        side = book.snapshot().side
        [file] = side.journal()
        late = Submission.from_json(file.data)
    book.sync()
    again = {
        **file.data,
        "entries": [{**file.data["entries"][0], "id": "another", "values": {"phone": "+61491570158"}}],
    }
    assert late.entries[0].old == {"phone": "+61491570156"}
    side.write_journal("later", again)
    book.sync()
    assert book.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"
    assert [f.code for f in book.check(select=["FIL"])] == ["FIL009"]


def test_keys_are_never_used_twice(book):
    """A key whose record was removed outside is not given to somebody else."""
    second = book.add(
        "Stakeholders",
        {"Type": "Customer", "Given name": "Ngaire", "Family name": "Te Kanawa", "Email": "ngaire@example.com"},
    )
    remove_last_row(book.path, "Stakeholders")
    third = book.add(
        "Stakeholders",
        {"Type": "Customer", "Given name": "Bruno", "Family name": "Silva", "Email": "bruno@example.com"},
    )
    assert (second.key, third.key) == ("STK-00002", "STK-00003")
    assert [(f.code, f.key) for f in book.check(select=["FIL"])] == [("FIL002", "STK-00002")]


def test_an_older_version_of_the_file_is_found_even_after_more_writes(book):
    """A stale copy restored over the file cannot hide what it lost."""
    old = bytes_of(book)
    book.add("Interactions", ENQUIRY)
    book.path.write_bytes(old)
    assert "FIL005" in [f.code for f in book.check()]
    book.add("Interactions", {**ENQUIRY, "Details": "Something else."})
    assert "FIL005" in [f.code for f in book.check()]


def test_an_entry_is_refused_when_the_file_cannot_be_written(book, read_only):
    """A read-only file is one clear line, and nothing waits in the journal unknown to its author."""
    with read_only(book.path), pytest.raises(Exception, match=r"^customers\.xlsx") as error:
        book.add("Interactions", ENQUIRY)
    assert error.type.__name__ == "FileError"
    assert book.pending == ()


def test_an_update_that_changes_nothing_is_said(book):
    """The same value again is no change, and the history gets no line."""
    before = bytes_of(book)
    with pytest.raises(InputError, match="nothing to change"):
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 156"})
    assert bytes_of(book) == before


def test_entering_the_value_that_stands_there_accepts_a_raw_edit(book):
    """The steward keeps the new value of an edit outside the forms; the history then tells of it."""
    edit(book.path, "Stakeholders", 2, {"Phone": "+61491570158"})
    assert [f.code for f in book.check(select=["FIL"])] == ["FIL001"]
    book.update("Stakeholders", "STK-00001", {"Phone": "+61491570158"})
    assert book.check(select=["FIL"]) == []
    assert list(book.history("STK-00001")["Action"]) == ["added", "edited outside"]


def test_a_record_pasted_in_is_found_and_adopted(book):
    """A row from outside is reported until it is written once through the door."""
    append_row(book.path, "Stakeholders", {"Stakeholder ID": "STK-00900", "Type": "Prospect", "Given name": "Bo"})
    assert [(f.code, f.cell) for f in book.check(select=["FIL"])] == [("FIL003", "Stakeholders!A3")]
    book.update("Stakeholders", "STK-00900", {"Family name": "Li", "Email": "bo@example.com", "Status": "Active"})
    assert book.check(select=["FIL"]) == []
    assert list(book.history("STK-00900")["Action"]) == ["adopted", "changed", "changed", "changed"]
    assert book.add(
        "Stakeholders", {**QUENBY, "Given name": "Ngaire", "Email": "n@example.com"}, override="sister"
    ).key == ("STK-00901")


def test_a_waiting_entry_can_be_referred_to_by_its_entry_id(fresh_book, opened_elsewhere):
    """Before it has a key, an interaction may name the new stakeholder by the number on the receipt."""
    with opened_elsewhere(fresh_book.path):
        person = fresh_book.add("Stakeholders", QUENBY)
        fresh_book.add("Interactions", {**ENQUIRY, "Stakeholder ID": person.entry_id})
    fresh_book.sync()
    assert fresh_book.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"
    assert fresh_book.check() == []


def test_a_conflict_met_by_another_writer_is_told_to_its_author(book):
    """While one writer waits for the lock, another one takes its update along and finds the record changed."""
    side = book.snapshot().side
    current = Submission(
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        Actor("mia", "PC-7"),
        book.policy.digest,
        (
            Entry(
                "first", UPDATE, "stakeholders", "STK-00001", {"phone": "+61491570157"}, {"phone": "+61491570156"}
            ),
        ),
    )
    told: list[EntryRefusedError] = []

    def second() -> None:
        try:
            Workbook.open(book.path).update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
        except EntryRefusedError as error:
            told.append(error)

    writer = threading.Thread(target=second)
    with side.locked():
        writer.start()
        while not side.journal_files():
            writer.join(0.01)
        # As a sync program brings it from another computer.
        (side.path / "journal" / f"{current.name}.json").write_text(
            json.dumps(current.to_json()), encoding="utf-8"
        )
        drain(book.snapshot())
    writer.join()
    assert [error.problem for error in told] == ["Phone was changed meanwhile by somebody else."]
    assert side.conflicts() == []  # nobody needs to be told again
    assert book.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"

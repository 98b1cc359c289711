"""A synced folder: one named computer writes, the others only drop entries into the journal; all arrive once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import TODAY
from tests.support.soundness import assert_sound
from workbook_cms.file.beside.settings import Settings
from workbook_cms.workbook import Workbook

WRITER = "OFFICE-PC"
OTHERS = ("PC-2", "PC-3", "MAC-4")
VISIT = {
    "Channel": "Phone",
    "Contact reason": "Brochure",
    "Purpose": "Enquiry",
    "Details": "Wants the Dubbo Zoo family tour in January.",
    "Desired outcome": "Knows the price by Friday.",
    "Recorded by": "Amelia Tran",
}


def firm(name: str) -> dict[str, str]:
    """A supplier of that name."""
    return {"Type": "Supplier", "Organisation": name, "Email": f"{name.split(maxsplit=1)[0].lower()}@example.com"}


class Sync:
    """Copies of one folder on several computers, and a sync program that carries files between them on demand."""

    def __init__(self, first: Path, folder: Path) -> None:
        self.folders = {machine: folder / machine for machine in (WRITER, *OTHERS)}
        for place in self.folders.values():
            shutil.copytree(first, place)

    def book(self, machine: str) -> Workbook:
        """The workbook as that computer has it."""
        return Workbook(self.folders[machine] / "customers.xlsx", today=TODAY, machine=machine, account=machine)

    def journal(self, machine: str) -> Path:
        """The journal folder there."""
        return self.folders[machine] / "customers.xlsx.cms" / "journal"

    def carry(self, machine: str, *, late: int = 0, again: bool = False) -> None:
        """Bring journal files to the computer that writes: the newest first, and ``late`` of the oldest not yet.

        With ``again`` each comes a second time, under the name of a conflict copy.
        """
        for file in sorted(self.journal(machine).iterdir(), reverse=True)[: -late or None]:
            shutil.copy(file, self.journal(WRITER) / file.name)
            if again:
                copy = f"{file.stem} ({machine}'s conflicted copy 2026-11-22).json"
                shutil.copy(file, self.journal(WRITER) / copy)


@pytest.fixture
def synced(book: Workbook, tmp_path: Path) -> Sync:
    """A workbook with one stakeholder on four computers; one of them is named to write."""
    side = book.snapshot().side
    side.write_settings(Settings(writer=WRITER))
    first = tmp_path / "first"
    first.mkdir()
    shutil.move(book.path, first / "customers.xlsx")
    shutil.move(side.path, first / "customers.xlsx.cms")
    (first / "customers.xlsx.cms" / "journal").mkdir(exist_ok=True)
    return Sync(first, tmp_path / "computers")


def organisations(book: Workbook) -> list[str]:
    """The organisations in the workbook, sorted; keys are unique and the file is sound."""
    frame = book.table("Stakeholders").to_pandas()
    assert frame["Stakeholder ID"].is_unique
    assert_sound(book.path)
    return sorted(str(name) for name in frame["Organisation"] if name)


def test_entries_of_all_computers_arrive_once(synced: Sync) -> None:
    """Late, in another order, and twice: each is in the workbook once, and nobody but the named computer wrote."""
    names = {machine: [f"{machine} Company {number}" for number in range(3)] for machine in OTHERS}
    before = {machine: synced.book(machine).path.read_bytes() for machine in OTHERS}
    for machine in OTHERS:
        receipts = [
            synced.book(machine).add("Stakeholders", firm(name), override="test") for name in names[machine]
        ]
        assert {receipt.state for receipt in receipts} == {"queued"}
        assert {receipt.waits for receipt in receipts} == {
            f"only the computer {WRITER} writes to this workbook, and this is {machine}."
        }
    own = synced.book(WRITER).add("Stakeholders", firm("Own Company"))
    assert own.state == "written"
    synced.carry("PC-2", late=2, again=True)
    synced.carry("MAC-4", late=1)
    synced.book(WRITER).sync()
    synced.carry("PC-2", again=True)  # what is written already comes back too
    synced.carry("PC-3")
    synced.carry("MAC-4", again=True)
    synced.book(WRITER).sync()
    synced.book(WRITER).sync()
    there = synced.book(WRITER)
    assert organisations(there) == sorted(["Own Company", *(name for some in names.values() for name in some)])
    assert there.pending == ()
    assert [finding.code for finding in there.check(select=["FIL"])] == []
    assert list(synced.journal(WRITER).iterdir()) == []
    assert {machine: synced.book(machine).path.read_bytes() for machine in OTHERS} == before


def test_a_visit_that_arrives_before_its_stakeholder_waits_for_her(synced: Sync) -> None:
    """It refers to a record that has no key yet; once both are there, it refers to the key."""
    there = synced.book("PC-2")
    stakeholder = there.add("Stakeholders", firm("Alpha Company"))
    there.add("Interactions", {"Stakeholder ID": stakeholder.entry_id, **VISIT}, override="test")
    synced.carry("PC-2", late=1)
    assert synced.book(WRITER).sync() == 0
    assert len(synced.book(WRITER).pending) == 1
    synced.carry("PC-2")
    assert synced.book(WRITER).sync() == 2
    written = synced.book(WRITER)
    assert list(written.table("Interactions").to_pandas()["Stakeholder ID"]) == ["STK-00002"]
    assert [finding.code for finding in written.check(select=["FIL", "REF"])] == []


def test_changes_that_build_on_each_other_arrive_in_another_order(synced: Sync) -> None:
    """The second change of a field is made on the first, whichever comes first by the clocks of their computers."""
    there = synced.book("PC-2")
    there.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    there.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
    synced.carry("PC-2")
    _, second = sorted(synced.journal(WRITER).iterdir())
    second.rename(second.with_name(f"2000{second.name[4:]}"))  # a clock that is far behind
    assert synced.book(WRITER).sync() == 2
    assert synced.book(WRITER).table("Stakeholders").get("STK-00001")["Phone"] == "+61491570158"
    assert synced.book(WRITER).conflicts_of_all() == ()


def test_a_file_that_has_come_in_half_goes_in_when_it_is_whole(synced: Sync) -> None:
    """Some sync programs write a file bit by bit under its own name; nothing is lost, and nothing else waits for it."""
    synced.book("PC-2").add("Stakeholders", firm("Alpha Company"))
    [file] = synced.journal("PC-2").iterdir()
    whole = file.read_bytes()
    arrived = synced.journal(WRITER) / file.name
    arrived.write_bytes(whole[:100])
    writer = synced.book(WRITER)
    assert writer.add("Stakeholders", firm("Own Company")).state == "written"
    assert not writer.status().sound
    arrived.write_bytes(whole)
    writer.add("Stakeholders", firm("Next Company"))
    assert organisations(synced.book(WRITER)) == ["Alpha Company", "Next Company", "Own Company"]


def test_two_who_changed_one_field_are_a_conflict(synced: Sync) -> None:
    """The later one to arrive is set aside for its author; nobody's value is lost."""
    synced.book("PC-2").update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    synced.book("PC-3").update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
    synced.carry("PC-2")
    synced.carry("PC-3")
    synced.book(WRITER).sync()
    written = synced.book(WRITER)
    assert written.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"
    [meeting] = written.status().conflicts
    assert (meeting.mine.account, meeting.mine.values["Phone"]) == ("PC-3", "+61491570158")
    assert meeting.theirs["Phone"].row is not None
    assert meeting.theirs["Phone"].row.account == "PC-2"

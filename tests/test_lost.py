"""An older version of a workbook comes back over a newer one: what it lost is known and can be written again, once."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import TODAY
from tests.support.soundness import assert_sound
from workbook_cms import Workbook
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.beside.backup import DAILY, back_up
from workbook_cms.file.beside.settings import Settings

FIRM = {"Type": "Supplier", "Organisation": "Alpha Company", "Email": "alpha@example.com"}
OTHER = {"Type": "Supplier", "Organisation": "Bravo Company", "Email": "bravo@example.com"}
VISIT = {
    "Stakeholder ID": "STK-00002",
    "Channel": "Phone",
    "Contact reason": "Brochure",
    "Purpose": "Enquiry",
    "Details": "Wants the Dubbo Zoo family tour in January.",
    "Desired outcome": "Knows the price by Friday.",
    "Recorded by": "Amelia Tran",
}


@pytest.fixture
def gone_back(book: Workbook) -> Workbook:
    """A workbook of which an older version came back: a firm, a visit of it and a telephone number are lost."""
    old = book.path.read_bytes()
    assert book.add("Stakeholders", FIRM).key == "STK-00002"
    book.add("Interactions", VISIT, override="test")
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    book.path.write_bytes(old)
    return Workbook.open(book.path, today=TODAY)


def organisations(book: Workbook) -> dict[str, str]:
    """Organisation by key."""
    frame = book.table("Stakeholders").to_pandas()
    return {
        str(key): str(name)
        for key, name in zip(frame["Stakeholder ID"], frame["Organisation"], strict=True)
        if name
    }


def test_what_was_lost_is_listed(gone_back: Workbook) -> None:
    """Each entry once, in the order of its acceptance, with the key that its record had."""
    lost = gone_back.lost()
    assert [one.submission.entries[0].action for one in lost] == ["add", "add", "update"]
    assert next(iter(lost[0].keys.values())) == "STK-00002"
    assert [finding.code for finding in gone_back.check(select=["FIL005"])] == ["FIL005"]
    assert not gone_back.status().sound


def test_a_workbook_that_lost_nothing_has_nothing_to_replay(book: Workbook) -> None:
    """Replaying writes nothing then, not even a line of the history."""
    book.add("Stakeholders", FIRM)
    before = book.path.read_bytes()
    assert book.lost() == []
    assert book.replay().places == {}
    assert book.path.read_bytes() == before


def test_replay_writes_each_entry_once_under_its_key(gone_back: Workbook) -> None:
    """Records, references and changes are as they were; the history tells who entered them and that they were replayed."""
    done = gone_back.replay()
    assert (len(done.places), done.moved, done.conflicts) == (3, {}, {})
    assert organisations(gone_back) == {"STK-00002": "Alpha Company"}
    assert list(gone_back.table("Interactions").to_pandas()["Stakeholder ID"]) == ["STK-00002"]
    assert gone_back.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"
    assert list(gone_back.history()["Action"])[-1] == "replayed"
    assert (gone_back.lost(), gone_back.replay().places) == ([], {})
    assert [finding.code for finding in gone_back.check(select=["FIL", "REF"])] == []
    assert_sound(gone_back.path)


def test_a_key_that_another_record_got_meanwhile_is_not_taken_away(gone_back: Workbook) -> None:
    """The lost record gets a new key then, and the lost entries that refer to it follow."""
    (gone_back.snapshot().side.path / "head.json").unlink()  # or no key would be given out twice at all
    assert gone_back.add("Stakeholders", OTHER).key == "STK-00002"
    done = gone_back.replay()
    assert done.moved["STK-00002"] == "STK-00003"
    assert organisations(gone_back) == {"STK-00002": "Bravo Company", "STK-00003": "Alpha Company"}
    assert list(gone_back.table("Interactions").to_pandas()["Stakeholder ID"]) == ["STK-00003"]


def test_a_lost_change_that_met_another_is_a_conflict(gone_back: Workbook) -> None:
    """Nobody's newer value is written over by an old one."""
    gone_back.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
    done = gone_back.replay()
    assert len(done.conflicts) == 1
    assert gone_back.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570158"
    [meeting] = gone_back.status().conflicts
    assert meeting.theirs["Phone"].value == "+61491570158"
    assert gone_back.lost() == []  # it waits for its author now


def test_what_is_gone_from_applied_comes_from_a_copy(book: Workbook) -> None:
    """A newer copy of the workbook tells what was entered, also after the applied files were forgotten."""
    old = book.path.read_bytes()
    book.add("Stakeholders", FIRM)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    side = book.snapshot().side
    back_up(book.path, side.backups, dt.datetime.now(dt.UTC), DAILY)
    book.path.write_bytes(old)
    shutil.rmtree(side.path / "applied")
    again = Workbook.open(book.path, today=TODAY)
    assert [one.source.startswith("customers-") for one in again.lost()] == [True, True]
    assert len(again.replay().places) == 2
    assert organisations(again) == {"STK-00002": "Alpha Company"}
    assert again.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"
    assert again.lost() == []


def test_a_lost_merge_goes_in_again(book: Workbook) -> None:
    """From what was applied, all of it: values, references, and where the old key leads."""
    book.add("Stakeholders", FIRM)
    book.add("Interactions", VISIT, override="test")
    old = book.path.read_bytes()
    book.merge("Stakeholders", ["STK-00001", "STK-00002"], survivor="STK-00001", override="test")
    book.path.write_bytes(old)
    again = Workbook.open(book.path, today=TODAY)
    again.replay()
    assert list(again.table("Stakeholders").to_pandas()["Stakeholder ID"]) == ["STK-00001"]
    assert again.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"
    assert again.find("Stakeholders", "STK-00002")[0].key == "STK-00001"
    assert again.check(select=["FIL", "REF"]) == []


def test_what_came_in_together_goes_in_again_once(book: Workbook) -> None:
    """An import and a merge stand in `applied`, each as one; and in the copy made before the restore, line by line."""
    book.add("Interactions", VISIT | {"Stakeholder ID": "STK-00001"}, override="test")
    frame = pd.DataFrame(
        [FIRM | {"Organisation": name} for name in ("Alpine Tours", "Bay Cruises", "Coral Trips")]
    )
    book.add_many("Stakeholders", frame, override="test")
    keys = list(book.table("Stakeholders").to_pandas()["Stakeholder ID"])
    book.merge("Stakeholders", keys[:2], survivor=keys[1], override="test")
    before = [book.table(name).to_pandas() for name in ("Stakeholders", "Interactions")]
    Workbook.restore(book.path, str(len(Workbook.copies(book.path))))
    again = Workbook.open(book.path, today=TODAY)
    assert len(again.lost()) == 3
    assert again.replay().conflicts == {}
    for table, was in zip(("Stakeholders", "Interactions"), before, strict=True):
        pd.testing.assert_frame_equal(again.table(table).to_pandas(), was)
    assert again.check(select=["FIL", "REF"]) == []


def test_a_settled_conflict_is_not_replayed(book: Workbook, opened_elsewhere) -> None:
    """What its author saw and let go was never in the workbook."""
    with opened_elsewhere(book.path):
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    side = book.snapshot().side
    [file] = side.journal()
    side.set_aside(file, {"problem": "Phone was changed meanwhile by somebody else."})
    side.settle(side.conflicts()[0])
    assert book.lost() == []


# restoring a copy --------------------------------------------------------------------------------------------


def test_a_copy_is_put_back(book: Workbook) -> None:
    """What is there is copied first, the history tells it, and what came after can be replayed under its keys."""
    book.add("Stakeholders", FIRM)  # the first write of a day: the copy is older
    newest = book.path.read_bytes()
    done = Workbook.restore(book.path, "1", account="anna")
    assert done.kept is not None
    assert done.kept.read_bytes() == newest
    again = Workbook.open(book.path, today=TODAY)
    assert organisations(again) == {}
    last = again.history().iloc[-1]
    assert (last["Action"], last["Account"]) == ("restored", "anna")
    assert [finding.code for finding in again.check(select=["FIL"])] == []
    assert_sound(book.path)
    assert again.add("Stakeholders", OTHER).key == "STK-00003"  # 2 was given out, and may stand in a letter
    assert len(again.replay().places) == 1
    assert organisations(again) == {"STK-00002": "Alpha Company", "STK-00003": "Bravo Company"}


def test_what_waits_goes_on_waiting(book: Workbook, opened_elsewhere) -> None:
    """Restoring keeps the queue, and its entries go into what was put back."""
    book.add("Stakeholders", FIRM)
    with opened_elsewhere(book.path):
        book.add("Stakeholders", OTHER)
    Workbook.restore(book.path, "1")
    again = Workbook.open(book.path, today=TODAY)
    assert len(again.pending) == 1
    assert again.sync() == 1
    assert organisations(again) == {"STK-00003": "Bravo Company"}


def test_a_damaged_workbook_can_be_restored(book: Workbook) -> None:
    """What is there need not be readable; it is kept as it is."""
    book.add("Stakeholders", FIRM)
    book.path.write_bytes(b"damaged")
    done = Workbook.restore(book.path, "1")
    assert done.kept is not None
    assert done.kept.read_bytes() == b"damaged"
    again = Workbook.open(book.path, today=TODAY)
    assert len(again.replay().places) == 1
    assert organisations(again) == {"STK-00002": "Alpha Company"}


def test_a_workbook_that_is_gone_can_be_restored(book: Workbook) -> None:
    """A file that was deleted comes back from its newest copy."""
    book.add("Stakeholders", FIRM)
    book.path.unlink()
    assert Workbook.restore(book.path, "1").kept is None
    assert len(Workbook.open(book.path, today=TODAY).table("Stakeholders")) == 1


def test_an_open_workbook_is_not_restored(book: Workbook, opened_elsewhere) -> None:
    """Who has it open would save over it."""
    book.add("Stakeholders", FIRM)
    before = book.path.read_bytes()
    with opened_elsewhere(book.path), pytest.raises(FileError, match="is open by mia"):
        Workbook.restore(book.path, "1")
    assert book.path.read_bytes() == before


@pytest.mark.parametrize("to", ["0", "2", "99", "customers.xlsx", "yesterday", "2020-01-01", "2026-13-01", ""])
def test_a_copy_that_is_not_there(book: Workbook, to: str) -> None:
    """One line says how to find those that are."""
    book.add("Stakeholders", FIRM)
    with pytest.raises(InputError, match="there is no such copy"):
        Workbook.restore(book.path, to)


def test_only_the_named_computer_restores_and_replays(gone_back: Workbook) -> None:
    """Elsewhere the newer file may be on its way."""
    gone_back.change_settings(lambda _: Settings(writer="ANOTHER-PC"))
    with pytest.raises(FileError, match="only the computer ANOTHER-PC writes"):
        gone_back.replay()
    with pytest.raises(FileError, match="only the computer ANOTHER-PC writes"):
        Workbook.restore(gone_back.path, "1")
    assert _folder(gone_back.path) == []


def _folder(path: Path) -> list[str]:
    """What a killed or refused writer left beside the workbook."""
    return [file.name for file in path.parent.iterdir() if file.name.endswith(".cms-tmp")]

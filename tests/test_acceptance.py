"""What a form asks of the door: an entry taken once, a change of what was seen, a person's own word, conflicts."""

import uuid

import pytest

from tests.conftest import QUENBY, TODAY
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


def entry_id() -> str:
    """A fresh entry id, as a form has one from the start."""
    return str(uuid.uuid4())


def test_an_entry_id_is_taken_once(book):
    """A form that died after its entry was written, and asks again, gets the first receipt and no second record."""
    number = entry_id()
    first = book.add("Interactions", INTERACTION, entry_id=number)
    again = Workbook.open(book.path, today=TODAY).add("Interactions", INTERACTION, entry_id=number)
    assert (again.state, again.key, again.cell, again.entry_id) == ("written", first.key, first.cell, number)
    assert len(book.table("Interactions")) == 1


def test_a_queued_entry_id_is_taken_once(book, opened_elsewhere):
    """The same while the workbook is open elsewhere, and after the queue was written."""
    number = entry_id()
    with opened_elsewhere(book.path):
        assert book.add("Interactions", INTERACTION, entry_id=number).state == "queued"
        assert book.add("Interactions", INTERACTION, entry_id=number).state == "queued"
        assert len(book.pending) == 1
    book.sync()
    assert book.add("Interactions", INTERACTION, entry_id=number).key == "INT-000001"
    assert len(book.table("Interactions")) == 1


def test_an_update_is_taken_once(book):
    """A change that is asked for twice makes one line of history."""
    number = entry_id()
    for _ in range(2):
        receipt = book.update("Stakeholders", "STK-00001", {"Notes": "Prefers trains."}, entry_id=number)
        assert (receipt.state, receipt.key) == ("written", "STK-00001")
    assert list(book.history("STK-00001")["Action"]) == ["added", "changed"]


def test_a_change_of_what_somebody_else_changed_is_refused_and_shows_both(book):
    """A record changed since it was loaded is not overwritten; author and record are both quoted."""
    loaded = book.table("Stakeholders").get("STK-00001")
    Workbook.open(book.path, today=TODAY).update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    with pytest.raises(ChangedMeanwhileError) as refused:
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"}, seen=loaded)
    assert "Phone was changed meanwhile by somebody else." in str(refused.value)
    assert refused.value.mine == {"Phone": "+61491570158"}
    assert refused.value.theirs == {"Phone": "+61491570157"}
    assert book.table("Stakeholders").get("STK-00001")["Phone"] == "+61491570157"


def test_a_change_elsewhere_in_the_record_does_not_stand_in_the_way(book):
    """Two people may change different fields of one record."""
    loaded = book.table("Stakeholders").get("STK-00001")
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    book.update("Stakeholders", "STK-00001", {"Notes": "Prefers trains."}, seen=loaded)
    record = book.table("Stakeholders").get("STK-00001")
    assert (record["Phone"], record["Notes"]) == ("+61491570157", "Prefers trains.")


def test_both_wanting_the_same_is_no_conflict(book):
    """When the other person wrote what this one wants, there is nothing to change and nothing is lost."""
    loaded = book.table("Stakeholders").get("STK-00001")
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157", "Notes": "Trains."}, seen=loaded)
    assert book.table("Stakeholders").get("STK-00001")["Notes"] == "Trains."


@pytest.mark.parametrize(
    ("account", "person", "known", "kept"),
    [
        ("bokafor", "", ("Ben Okafor", True), "Ben Okafor"),
        ("desk-2", "Grace Walker", ("Grace Walker", False), "Grace Walker (unverified)"),
        ("bokafor", "Grace Walker", ("Ben Okafor", True), "Ben Okafor"),
        ("desk-2", "", ("", False), ""),
    ],
)
def test_who_is_at_the_keyboard(book, account, person, known, kept):
    """An account of the Staff list is known; at a shared one a person's word counts, and is marked as such."""
    mine = Workbook.open(book.path, today=TODAY, account=account, person=person)
    assert (mine.person, mine.verified) == known
    mine.add("Interactions", INTERACTION)
    assert mine.history("INT-000001")["Person"].iat[0] == kept


def test_me_is_the_person_of_a_shared_account(book):
    """Recorded by is filled with the name she chose."""
    mine = Workbook.open(book.path, today=TODAY, account="desk-2", person="Grace Walker")
    mine.add("Interactions", INTERACTION | {"Recorded by": None})
    assert mine.table("Interactions").get("INT-000001")["Recorded by"] == "Grace Walker"


def test_preparing_tells_and_writes_nothing(book):
    """What would be wrong with an entry, and what it would become, before it is an entry."""
    before = book.path.read_bytes()
    prepared = book.prepare("Stakeholders", {"Type": "cust", "Given name": "mia ", "Phone": "0491 570 159"})
    assert prepared.values[0]["phone"] == "+61491570159"
    assert {(f.code, f.field) for f in prepared.findings[0]} >= {("ENT004", "Type"), ("ENT002", "Family name")}
    assert book.path.read_bytes() == before
    assert not book.pending


def test_a_conflict_is_kept_for_its_author(book, opened_elsewhere):
    """A queued change that met another one is shown to who made it, and to nobody else, until it is settled."""
    mine = Workbook.open(book.path, today=TODAY, account="bokafor")
    other = Workbook.open(book.path, today=TODAY, account="gwalker")
    with opened_elsewhere(book.path):
        receipt = mine.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    journal = [*(book.path.parent / "customers.xlsx.cms" / "journal").iterdir()]
    moved = [path.rename(book.path.parent / path.name) for path in journal]
    other.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
    for path in moved:
        path.rename(book.path.parent / "customers.xlsx.cms" / "journal" / path.name)
    other.sync()
    assert other.conflicts() == ()
    (conflict,) = mine.conflicts()
    assert (conflict.entry_id, conflict.key, conflict.person) == (receipt.entry_id, "STK-00001", "Ben Okafor")
    assert (conflict.values, conflict.seen) == ({"Phone": "+61491570157"}, {"Phone": "+61491570156"})
    assert conflict.problem == "Phone was changed meanwhile by somebody else."
    mine.settle(conflict.entry_id)
    assert mine.conflicts() == ()
    assert [f for f in mine.check() if f.code == "FIL009"] == []


def test_a_refused_change_leaves_nothing_behind(book):
    """A change that is refused at the commit is not kept as a conflict: its author was told."""
    with pytest.raises(EntryRefusedError):
        book.update("Stakeholders", "STK-00001", {"Phone": "12"})
    assert not book.pending
    assert book.conflicts() == ()


def test_an_entry_for_a_record_that_was_queued_finds_its_key(fresh_book, opened_elsewhere):
    """An interaction that names a queued stakeholder by entry id gets the key, though another writer wrote it first."""
    with opened_elsewhere(fresh_book.path):
        stakeholder = fresh_book.add("Stakeholders", QUENBY)
        fresh_book.add("Interactions", INTERACTION | {"Stakeholder ID": stakeholder.entry_id})
    folder = fresh_book.path.parent / "customers.xlsx.cms" / "journal"
    later = sorted(folder.iterdir())[1]
    later = later.rename(fresh_book.path.parent / later.name)
    fresh_book.sync()
    later.rename(folder / later.name)
    fresh_book.sync()
    assert fresh_book.table("Interactions").get("INT-000001")["Stakeholder ID"] == "STK-00001"


def test_a_queued_change_of_a_queued_record_is_seen(book, opened_elsewhere):
    """A booking's key is its own, so it can be changed while it waits; both show before and after the commit."""
    with opened_elsewhere(book.path):
        quoted = {"Booking number": "WT1000426", "Stakeholder ID": "STK-00001", "Status": "Quoted"}
        book.add("Bookings", quoted | {"Product": "Coastal Walks of Tasmania"})
        book.update("Bookings", "WT1000426", {"Party size": 4})
        assert book.table("Bookings").get("WT1000426")["Party size"] == 4
    book.sync()
    assert book.table("Bookings").get("WT1000426")["Party size"] == 4


def test_a_change_that_changes_nothing_is_not_accepted(book):
    """It is said so at once, though a rule has something to say of the record; nothing is left waiting."""
    book.add("Stakeholders", QUENBY | {"Email": None, "Given name": "Quenbie"}, override="twins")
    with pytest.raises(InputError, match="there is nothing to change"):
        book.update("Stakeholders", "STK-00002", {"Given name": "Quenbie"}, override="twins")
    assert not book.pending

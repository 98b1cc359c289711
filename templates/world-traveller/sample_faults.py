"""The faults planted in the sample records of World Traveller, each with the finding it must give."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from make_sample import Row, Sample

OCTOBER = dt.date(2026, 10, 14)


@dataclass(frozen=True)
class Fault:
    """One planted fault: what is overwritten in an otherwise clean record, and what must be found there.

    ``code`` is "report" where no rule breaks and the monthly report lists the record (stale, overdue). In ``values``
    and ``story``, ``{a}`` is the key of the stakeholder that the fault is about, ``{b}`` of another one.
    """

    table: str
    field: str
    code: str
    story: str
    values: tuple[tuple[str, str], ...] = ()
    purpose: str = "Enquiry"
    key: str = ""


def _who(field: str, code: str, value: str, story: str, **others: str) -> Fault:
    more = tuple((name.replace("_", " ").capitalize(), text) for name, text in others.items())
    return Fault("Stakeholders", field, code, story, ((field, value), *more))


def _talk(field: str, code: str, value: str, story: str, purpose: str = "Enquiry", **others: str) -> Fault:
    more = tuple((name.replace("_", " ").capitalize(), text) for name, text in others.items())
    return Fault("Interactions", field, code, story, ((field, value), *more), purpose)


_CLOSED = {"status": "Closed", "outcome": "Answered."}

FAULTS: tuple[Fault, ...] = (
    # naming
    _who("Given name", "NAM004", "Test", "A test entry that nobody removed."),
    _who("Family name", "NAM003", "PEMBERTON-HALE", "Typed with the caps lock on."),
    _who("Given name", "NAM001", "Mary  Jane", "Two spaces in the name."),
    _who("Given name", "NAM005", "Mrs Joan", "The title stands in the name."),
    _who("Family name", "NAM006", "Sm1thers", "A digit in a name."),
    _who("Family name", "NAM002", "Pеtrosyan", "The second letter is a Cyrillic one that looks like e."),
    # entry
    _who("Phone", "ENT010", "0491 57", "A phone number cut short."),
    _who("Email", "ENT009", "lachlan.example.com", "An e-mail address without @."),
    _who("Postcode", "ENT016", "305", "A postcode of three digits."),
    _who("Date of birth", "ENT012", "2062-05-17", "Born in the future: 1962 was meant."),
    _who("Date of birth", "ENT003", "about 1950", "No date."),
    _who("Type", "ENT001", "", "Nobody said what this person is to us."),
    _who("State", "ENT004", "Victoria", "The list has VIC."),
    _who("Family name", "ENT002", "", "A customer without a family name."),
    # "One of them" is asked of three fields; the finding stands at the first.
    Fault(
        "Stakeholders",
        "Email",
        "ENT002",
        "Nobody can be reached without e-mail, phone and street.",
        (("Email", ""), ("Phone", ""), ("Street", ""), ("Preferred channel", "")),
    ),
    _who("Organisation", "ENT002", "", "A supplier without its name.", type="Supplier"),
    # interactions
    _talk(
        "Desired outcome",
        "ENT002",
        "",
        "The wrong brochure: which one was wanted was not recorded, and Coastal Drives was sent for Coastal Walks.",
        "Brochure request",
        details="Asked for the Tasmania brochure by post, for two.",
        outcome="Brochure Coastal Drives of Tasmania sent. Called again: wanted Coastal Walks.",
        status="Closed",
    ),
    _talk(
        "Date", "ENT012", "2027-10-14", "An interaction in the future: 2026 was meant.", status="Open", outcome=""
    ),
    _talk("Purpose", "ENT001", "", "Nobody said what the record is for."),
    _talk("Contact reason", "ENT004", "Brochures", "The list has Brochure."),
    _talk("Outcome", "ENT002", "", "Closed, and nobody knows how it ended.", status="Closed"),
    _talk(
        "Signed off by",
        "ENT013",
        "Hemi Parata",
        "Signed off by the person who recorded it.",
        recorded_by="Hemi Parata",
        status="Signed off",
        outcome="Answered.",
    ),
    _talk("Follow-up date", "ENT011", "2026-10-01", "To be followed up before it took place."),
    _talk("Approved by", "ENT002", "", "A cost that nobody approved.", "Complaint", cost="180"),
    _talk("Cost", "ENT006", "-20", "A cost below nothing.", approved_by="Grace Walker"),
    _talk("Details", "ENT007", "Called", "Details that tell nothing."),
    _talk("Stakeholder ID", "REF001", "STK-00999", "There is no such stakeholder."),
    _talk("Booking number", "REF001", "WT1000426", "There is no such booking."),
)


def planted(sample: Sample, faults: tuple[Fault, ...]) -> list[Fault]:
    """Plant the faults after the clean records; gives them with the keys of their records."""
    found: list[Fault] = []
    for fault in faults:
        person = sample.person()
        if fault.table == "Stakeholders":
            sample.interaction(person, OCTOBER, "Feedback")["Contact name"] = ""
            clear_contact(sample.tables["Interactions"][-1])
            row = person
        else:
            row = sample.interaction(person, OCTOBER, fault.purpose)
            clear_contact(row)
            row |= {"Status": "Open", "Outcome": "", "Signed off by": "", "Cost": "", "Approved by": ""}
        row |= dict(fault.values)
        found.append(at(fault, row))
    found += duplicates(sample) + attributions(sample) + bookings(sample) + follow_ups(sample) + stale(sample)
    order = list(sample.tables)
    return sorted(found, key=lambda f: (order.index(f.table), f.key))


def at(fault: Fault, row: Row) -> Fault:
    """The fault with the key of its record."""
    return Fault(fault.table, fault.field, fault.code, fault.story, key=next(iter(row.values())))


def clear_contact(row: Row) -> None:
    """No details of the caller, so that a fault stands alone."""
    for label in ("Contact name", "Contact email", "Contact phone", "Contact date of birth"):
        row[label] = ""


def _again(sample: Sample, person: Row, **others: str) -> Row:
    """A second record of the same person, with what differs."""
    copy = sample.person(person["Type"])
    copy |= {label: value for label, value in person.items() if label != "Stakeholder ID"}
    copy |= {name.replace("_", " ").capitalize(): value for name, value in others.items()}
    clear_contact(sample.interaction(copy, OCTOBER, "Feedback"))
    return copy


def _original(sample: Sample, **others: str) -> Row:
    person = sample.person()
    person["Street"] = person["Street"] or "18 Wattle Street"
    person |= {name.replace("_", " ").capitalize(): value for name, value in others.items()}
    clear_contact(sample.interaction(person, OCTOBER, "Feedback"))
    return person


def duplicates(sample: Sample) -> list[Fault]:
    """Records that stand twice, in the ways in which it happens."""
    found = []

    def twice(code: str, field: str, story: str, first: Row, second: Row) -> None:
        keys = first["Stakeholder ID"]
        found.append(at(Fault("Stakeholders", field, code, f"{story} The same as {keys}."), second))

    first = _original(sample, given_name="Rosalind", family_name="Quartermaine", email="rosalind.q@example.com")
    second = _again(sample, first, phone="", street="", date_of_birth="", preferred_channel="E-mail")
    twice("DUP001", "", "Entered again with the same name and e-mail.", first, second)

    first = _original(sample, given_name="Siobhan", family_name="McGillicuddy", email="siobhan.mcg@example.org")
    second = _again(sample, first, family_name="MacGillicudy", email="")
    second["Preferred channel"] = "Phone"
    wrong = sample.interaction(second, OCTOBER, "Complaint")
    clear_contact(wrong)
    wrong |= {
        "Contact reason": "Complaint; Ticket or document",
        "Details": "Turned back at check-in: the ticket says MacGillicudy, the passport McGillicuddy.",
        "Desired outcome": "A ticket in the name of the passport today",
    }
    story = "The misspelt ticket: the name was taken down by ear, a second record made, the ticket issued from it."
    twice("DUP002", "", story, first, second)

    first = _original(sample, given_name="Katherine", family_name="Delacroix", email="k.delacroix@example.com")
    twice("DUP002", "", "Catherine for Katherine.", first, _again(sample, first, given_name="Catherine", email=""))
    sample.tables["Stakeholders"][-1]["Preferred channel"] = "Phone"

    first = _original(sample, given_name="Thanh", family_name="Lam", email="thanh.lam@example.net")
    second = _again(sample, first, given_name="Lam", family_name="Thanh", email="")
    second["Preferred channel"] = "Phone"
    twice("DUP002", "", "Given and family name swapped.", first, second)

    first = _original(sample, given_name="Bartholomew", family_name="Ravensdale", date_of_birth="1974-03-08")
    second = _again(sample, first, date_of_birth="1974-08-03", email="")
    second["Preferred channel"] = "Phone"
    twice("DUP002", "", "Day and month of birth swapped.", first, second)

    one = sample.organisation("Wombat Hill Nursery Pty Ltd", "Organisation")
    two = sample.organisation("Wombat Hill Nurseries", "Organisation")
    two |= {label: one[label] for label in ("Phone", "Street", "Suburb", "State", "Postcode")}
    for row in (one, two):
        row["Preferred channel"] = ""
        clear_contact(sample.interaction(row, OCTOBER, "Feedback"))
    twice("DUP002", "", "One nursery under two spellings.", one, two)

    person = sample.person()
    entry = sample.interaction(person, OCTOBER, "Enquiry")
    again = sample.add("Interactions", dict(entry))
    story = f"Submitted twice. The same as {entry['Interaction ID']}."
    found.append(at(Fault("Interactions", "", "DUP001", story), again))
    return found


def attributions(sample: Sample) -> list[Fault]:
    """Interactions recorded under somebody else."""
    found = []
    details = {
        "ATT001": ("Contact email", "Email", "E-mail"),
        "ATT002": ("Contact phone", "Phone", "Phone"),
        "ATT003": ("Contact date of birth", "Date of birth", "Phone"),
        "ATT005": ("Contact name", "", "In person"),
    }
    for code, (label, source, channel) in details.items():
        wrong, right = _original(sample), _original(sample)
        row = sample.interaction(wrong, OCTOBER, "Enquiry")
        clear_contact(row)
        row["Channel"] = channel
        row[label] = right[source] if source else f"{right['Given name']} {right['Family name']}"
        story = (
            f"Recorded under {wrong['Stakeholder ID']}, but {label.lower()} is that of {right['Stakeholder ID']}."
        )
        found.append(at(Fault("Interactions", label, code, story), row))
    wrong = _original(sample, given_name="Daniela", family_name="Castellano", email="daniela.c@example.com")
    right = _original(sample, given_name="Renata", family_name="Castellano", email="renata.c@example.org")
    booking = sample.booking(right, dt.date(2026, 8, 3))
    booking |= {"Status": "Confirmed", "Travel date": "2026-12-12"}
    row = sample.interaction(wrong, OCTOBER, "Change", booking)
    clear_contact(row)
    story = (
        f"The wrong passenger: the booking is Renata Castellano's ({right['Stakeholder ID']}), the change was recorded "
        f"under Daniela Castellano ({wrong['Stakeholder ID']})."
    )
    found.append(at(Fault("Interactions", "Booking number", "ATT004", story), row))
    return found


def bookings(sample: Sample) -> list[Fault]:
    """Bookings with a fault."""
    faults: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
        ("Booking number", "ENT008"): ("A booking number with digits left out.", {"Booking number": "WT10070"}),
        ("Travel date", "ENT011"): ("Travels before it was booked.", {"Travel date": "2026-06-30"}),
        ("Party size", "ENT006"): ("Nobody travels.", {"Party size": "0"}),
        ("Value", "ENT002"): ("Confirmed without a price.", {"Value": ""}),
        ("Stakeholder ID", "REF001"): ("There is no such stakeholder.", {"Stakeholder ID": "STK-00998"}),
    }
    found = []
    for (field, code), (story, values) in faults.items():
        booking = _confirmed(sample)
        booking |= values
        found.append(at(Fault("Bookings", field, code, story), booking))
    booking = _confirmed(sample)
    number = booking["Booking number"]
    booking["Booking number"] = number[:4] + str((int(number[4]) + 1) % 10) + number[5:]
    found.append(
        at(Fault("Bookings", "Booking number", "ENT015", "A digit misread; the check digit shows it."), booking)
    )
    first = _confirmed(sample)
    second = _confirmed(sample)
    second |= {
        label: first[label] for label in ("Stakeholder ID", "Product", "Travel date", "Party size", "Value")
    }
    story = f"Booked twice. The same as {first['Booking number']}."
    found.append(at(Fault("Bookings", "", "DUP001", story), second))
    return found


def _confirmed(sample: Sample) -> Row:
    booking = sample.booking(_original(sample), dt.date(2026, 9, 15))
    booking |= {"Status": "Confirmed", "Travel date": "2027-02-20"}
    return booking


def follow_ups(sample: Sample) -> list[Fault]:
    """Follow-ups with a fault, and two that are overdue."""
    found = []
    faults: tuple[tuple[str, str, str, dict[str, str]], ...] = (
        ("Done on", "ENT002", "Done, but nobody knows when.", {"Done on": ""}),
        ("Done on", "ENT012", "Done in the future.", {"Done on": "2027-10-20"}),
        ("Interaction ID", "REF001", "There is no such interaction.", {"Interaction ID": "INT-009999"}),
        ("", "report", "Open and overdue.", {"Status": "Open", "Done on": ""}),
    )
    for field, code, story, values in faults:
        row = sample.follow_up(sample.interaction(_original(sample), OCTOBER, "Quote"), dt.date(2026, 10, 20))
        row |= values
        found.append(at(Fault("FollowUps", field, code, story), row))
    wrong, talk = _original(sample), sample.interaction(_original(sample), OCTOBER, "Quote")
    row = sample.follow_up(talk, dt.date(2026, 10, 20))
    row["Stakeholder ID"] = wrong["Stakeholder ID"]
    story = f"The interaction is that of {talk['Stakeholder ID']}."
    found.append(at(Fault("FollowUps", "Interaction ID", "ATT004", story), row))
    return found


def stale(sample: Sample) -> list[Fault]:
    """Active, but nobody has had to do with them for more than a year."""
    found = []
    for day in (dt.date(2024, 5, 2), dt.date(2025, 3, 19), dt.date(2025, 8, 7)):
        person = sample.person()
        clear_contact(sample.interaction(person, day, "Feedback"))
        found.append(at(Fault("Stakeholders", "", "report", f"Stale: nothing since {day:%Y-%m-%d}."), person))
    person = sample.person("Prospect")
    story = "Never used: no interaction and no booking."
    found.append(at(Fault("Stakeholders", "", "report", story), person))
    return found

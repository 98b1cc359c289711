"""Make the sample records of the World Traveller template: ``python templates/world-traveller/make_sample.py``.

The same records at every run. Clean records first, then the planted faults of `sample_faults`; the table of faults in
README.md is written too, so that data and description cannot differ.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from stdnum import damm

from workbook_cms.policies import text

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import sample_words as words  # noqa: E402 - it lies beside this program
from sample_faults import FAULTS, Fault, planted  # noqa: E402

#: The day that counts as today in the sample.
TODAY = dt.date(2026, 11, 22)
CLOSED = ("Closed", "Signed off")
Row = dict[str, str]

HEADERS: dict[str, tuple[str, ...]] = {
    table.name: tuple(field.label for field in table.fields)
    for table in text.load((HERE / "policy.yaml").read_text(encoding="utf-8")).tables
}


class Sample:
    """The four tables while they are made; keys are given out in order."""

    def __init__(self) -> None:
        self.random = random.Random(2026)  # noqa: S311 - sample data, nothing secret
        self.tables: dict[str, list[Row]] = {name: [] for name in HEADERS}
        self._names = self._people()
        self._mobiles = iter(words.MOBILES.split())
        self._land_lines = iter(self.random.sample(range(1000, 9999), 400))
        self._births = iter(self.random.sample(range(24000), 400))
        self._numbers = iter(sorted(self.random.sample(range(100_000, 180_000), 300)))

    # people --------------------------------------------------------------------------------------------------

    def _people(self) -> Iterator[tuple[str, str]]:
        """Pairs of given and family name, no pair twice and no name often."""
        pairs = []
        for given, family in words.PEOPLE:
            groups = given.split(), family.split("|")
            together = list(product(*groups))
            self.random.shuffle(together)
            seen: dict[str, int] = {}
            for first, last in together:
                if seen.get(first, 0) < 3 and seen.get(last, 0) < 3:
                    seen[first], seen[last] = seen.get(first, 0) + 1, seen.get(last, 0) + 1
                    pairs.append((first, last))
        self.random.shuffle(pairs)
        return iter(pairs)

    def phone(self, area: str) -> str:
        """A number of the ranges that are kept free for fiction, in international form."""
        mobile = next(self._mobiles, None) if self.random.random() < 0.2 else None
        return f"+61{mobile}" if mobile else f"+61{area}5550{next(self._land_lines)}"

    def person(self, kind: str = "Customer") -> Row:
        """A person with a new key, all details in order."""
        given, family = next(self._names)
        suburb, state, postcode, area = self.random.choice(words.PLACES)
        plain = "".join(c for c in f"{given}.{family}".lower() if c.isalnum() or c == ".")
        row = dict.fromkeys(HEADERS["Stakeholders"], "")
        row |= {
            "Type": kind,
            "Title": self.random.choice(("Mr", "Ms", "Mx", "Dr")) if self.random.random() < 0.3 else "",
            "Given name": given,
            "Family name": family,
            "Date of birth": str(dt.date(1938, 3, 1) + dt.timedelta(days=next(self._births))),
            "Email": f"{plain}@example.{self.random.choice(('com', 'org', 'net'))}",
            "Phone": self.phone(area),
            "Suburb": suburb,
            "State": state,
            "Postcode": postcode,
            "Country": "Australia",
            "Preferred channel": self.random.choice(("Phone", "E-mail", "E-mail", "SMS", "")),
            "Segment": self.random.choice(("Leisure", "Family", "Adventure", "Cruise", "Seniors", "Students")),
            "Status": "Active",
        }
        if self.random.random() < 0.8:
            street, way = self.random.choice(words.STREETS.split()), self.random.choice(words.STREET_KINDS)
            unit = f"{self.random.randint(1, 12)}/" if self.random.random() < 0.25 else ""
            row["Street"] = f"{unit}{self.random.randint(1, 240)} {street} {way}"
        if kind in ("Colleague", "Service user"):
            row["Segment"] = ""
        return self.add("Stakeholders", row)

    def organisation(self, name: str, kind: str) -> Row:
        """An organisation with a new key."""
        row = self.person(kind)
        domain = "".join(c for c in name.lower().replace(" pty ltd", "").replace(" ltd", "") if c.isalnum())
        row |= {
            "Title": "",
            "Given name": "",
            "Family name": "",
            "Date of birth": "",
            "Organisation": name,
            "Email": f"{domain}@example.org",
            "Segment": "Groups" if kind == "Organisation" else "",
        }
        return row

    # what happens with them ----------------------------------------------------------------------------------

    def booking(self, owner: Row, booked_on: dt.date) -> Row:
        """A booking of ``owner``; what has been travelled by today is Travelled."""
        trip, price = self.random.choice(words.TRIPS)
        travel = booked_on + dt.timedelta(days=self.random.randint(20, 200))
        size = self.random.choice((1, 1, 2, 2, 2, 2, 3, 4, 4, 5))
        status = "Travelled" if travel < TODAY else self.random.choice(("Confirmed", "Paid", "Paid", "Quoted"))
        if self.random.random() < 0.08:
            status = "Cancelled"
        row = dict.fromkeys(HEADERS["Bookings"], "")
        row |= {
            "Booking number": self.booking_number(),
            "Stakeholder ID": owner["Stakeholder ID"],
            "Product": trip,
            "Travel date": str(travel),
            "Party size": str(size),
            "Value": str(price * size),
            "Status": status,
            "Booked on": str(booked_on),
        }
        return self.add("Bookings", row)

    def booking_number(self) -> str:
        """``WT``, six digits and their Damm check digit."""
        digits = str(next(self._numbers))
        return f"WT{digits}{damm.calc_check_digit(digits)}"

    def interaction(self, owner: Row, day: dt.date, purpose: str = "", booking: Row | None = None) -> Row:
        """An interaction of ``owner`` in which everything is filled in that its purpose and status ask for."""
        pick = self.random
        if booking:
            purpose = purpose or pick.choice(("Booking", "Change", "Payment", "Complaint", "Feedback"))
        purpose = purpose or pick.choice(
            ("Enquiry", "Enquiry", "Brochure request", "Quote", "Feedback", "Follow-up")
        )
        reason, details, wish, outcome = pick.choice(words.TALKS[purpose])
        trip = booking["Product"] if booking else pick.choice(words.TRIPS)[0]
        facts = {"trip": trip, "month": pick.choice(words.MONTHS), "n": pick.randint(2, 9)}
        recorder, reviewer, responsible = pick.sample(words.STAFF, 3)
        settled = day < dt.date(2026, 10, 20) or (day < dt.date(2026, 11, 10) and pick.random() < 0.7)
        status = pick.choice(("Closed", "Closed", "Signed off")) if settled else pick.choice(("Open", "Waiting"))
        row = dict.fromkeys(HEADERS["Interactions"], "")
        row |= {
            "Stakeholder ID": owner["Stakeholder ID"],
            "Date": str(day),
            "Channel": pick.choice(("Phone", "Phone", "E-mail", "E-mail", "In person", "Web", "Chat", "Video")),
            "Direction": "Outbound" if purpose == "Follow-up" else "Inbound",
            "Contact reason": reason,
            "Purpose": purpose,
            "Details": details.format(**facts),
            "Desired outcome": wish.format(**facts),
            "Recorded by": recorder,
            "Booking number": booking["Booking number"] if booking else "",
            "Outcome": outcome.format(**facts) if status in CLOSED else "",
            "Status": status,
            "Signed off by": reviewer if status == "Signed off" else "",
        }
        if purpose not in ("Enquiry", "Feedback", "Payment", "Follow-up"):
            row["Responsible"] = responsible
        if purpose in ("Quote", "Complaint"):
            row["Follow-up date"] = str(day + dt.timedelta(days=pick.randint(2, 12)))
        if purpose == "Complaint" and pick.random() < 0.5:
            row |= {"Cost": str(pick.choice((50, 80, 120, 250))), "Approved by": reviewer}
        if pick.random() < 0.5:
            self.identify(row, owner)
        return self.add("Interactions", row)

    def identify(self, row: Row, owner: Row) -> None:
        """The details by which the caller or writer was known."""
        if owner["Given name"]:
            row["Contact name"] = f"{owner['Given name']} {owner['Family name']}"
        if row["Channel"] in ("E-mail", "Web"):
            row["Contact email"] = owner["Email"]
        if row["Channel"] == "Phone":
            row |= {"Contact phone": owner["Phone"], "Contact date of birth": owner["Date of birth"]}

    def follow_up(self, interaction: Row, due: dt.date) -> Row:
        """What follows from an interaction; past ones are done."""
        row = dict.fromkeys(HEADERS["FollowUps"], "")
        done = due < dt.date(2026, 11, 20)
        row |= {
            "Interaction ID": interaction["Interaction ID"],
            "Stakeholder ID": interaction["Stakeholder ID"],
            "Due": str(due),
            "Owner": self.random.choice(words.STAFF),
            "Action": self.random.choice(words.ACTIONS),
            "Status": "Done" if done else "Open",
            "Done on": str(due - dt.timedelta(days=self.random.randint(0, 1))) if done else "",
        }
        return self.add("FollowUps", row)

    def add(self, table: str, row: Row) -> Row:
        """Put a record into its table, under the next key where keys are given out."""
        number = len(self.tables[table]) + 1
        formats = {"Stakeholders": "STK-{:05d}", "Interactions": "INT-{:06d}", "FollowUps": "FUP-{:05d}"}
        if table in formats:
            row[HEADERS[table][0]] = formats[table].format(number)
        self.tables[table].append(row)
        return row

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """A day from first to last."""
        return first + dt.timedelta(days=self.random.randint(0, (last - first).days))


def clean(sample: Sample) -> None:
    """The records without a fault; everybody has had something to do with us within the year."""
    kinds = ["Customer"] * 124 + ["Prospect"] * 16 + ["Service user"] * 5 + ["Colleague"] * 5
    sample.random.shuffle(kinds)
    people = [sample.person(kind) for kind in kinds]
    for index, name in enumerate(words.ORGANISATIONS):
        people.append(sample.organisation(name, "Supplier" if index % 3 == 0 else "Organisation"))
    autumn, today = dt.date(2026, 10, 1), dt.date(2026, 11, 20)
    for person in people:
        year = sample.random.random() < 0.35
        first, last = (dt.date(2025, 12, 15), dt.date(2026, 9, 30)) if year else (autumn, dt.date(2026, 10, 31))
        sample.interaction(person, sample.day(first, last))
    customers = [person for person in people if person["Type"] in ("Customer", "Organisation")]
    for person in sample.random.sample(customers, 108):
        booked = sample.day(dt.date(2026, 1, 10), dt.date(2026, 10, 30))
        booking = sample.booking(person, booked)
        if sample.random.random() < 0.75 and booking["Status"] != "Cancelled":
            sample.interaction(person, sample.day(max(booked, autumn), today), booking=booking)
        elif booking["Status"] == "Cancelled":
            sample.interaction(person, sample.day(max(booked, autumn), today), "Cancellation", booking)
    for interaction in sample.tables["Interactions"]:
        due = interaction["Follow-up date"]
        if due and due >= "2026-10-01" and len(sample.tables["FollowUps"]) < 54:
            sample.follow_up(interaction, dt.date.fromisoformat(due))


def describe(faults: list[Fault]) -> str:
    """The planted faults as a Markdown table."""
    lines = ["| table | key | field | finding | what is wrong |", "|---|---|---|---|---|"]
    lines += [f"| {f.table} | {f.key} | {f.field} | {f.code} | {f.story} |" for f in faults]
    return "\n".join(lines)


def main() -> None:
    """Write the four CSV files and the table of faults in README.md."""
    sample = Sample()
    clean(sample)
    faults = planted(sample, FAULTS)
    for name, rows in sample.tables.items():
        with (HERE / f"{name.lower()}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADERS[name], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    readme = HERE / "README.md"
    head, _, rest = readme.read_text(encoding="utf-8").partition("<!-- faults -->\n")
    tail = rest.partition("<!-- end of faults -->")[2]
    readme.write_text(f"{head}<!-- faults -->\n{describe(faults)}\n<!-- end of faults -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()

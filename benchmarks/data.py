"""Data to measure with: believable people and what they wanted, the same at every run."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from validation.policy import (
    FieldFormat,
    FieldType,
    ListItem,
    Policy,
    PolicyField,
    PolicyList,
    PolicyTable,
    Settings,
)

__all__ = ["SEED", "TODAY", "interactions", "policy_of_twelve_rules", "records", "stakeholders", "with_faults"]

SEED = 20261102
TODAY = dt.date(2026, 11, 2)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = _words("""
Olivia Noah Amelia Jack Isla Oliver Mia William Charlotte Henry Ava Leo Grace Thomas Willow Theodore Harper
Lucas Chloe Charlie Ella James Sophie Levi Ruby Hudson Zoe Ethan Ivy Alexander Freya Archie Matilda Lachlan Evie Cooper
Hannah Liam Layla Elijah Aria Max Sienna Samuel Emily Harrison Lucy Oscar Aisha Arjun Priya Wei Mei Hiroshi Yuki Minh
Linh Thu Ravi Anita Sanjay Fatima Omar Leila Yusuf Maria Jose Sofia Diego Elena Marco Giulia Luca Anna Piotr Katarzyna
Ivan Olga Dimitri Eleni Nikos Ingrid Lars Astrid Bjorn Siobhan Declan Niamh Patrick Fiona Hamish Catriona Angus Moana
Tane Aroha Wiremu Kirra Jarrah Bindi Margaret Geoffrey Beverley Kevin Dorothy Raymond Judith Neville Shirley Bruce
Heather Graeme Joan Trevor Patricia Barry Maureen Colin Denise Russell Glenys Warren""")
_FAMILY = _words("""
Smith Jones Williams Brown Wilson Taylor Johnson White Martin Anderson Nguyen Thompson Thomas Walker Lee Ryan
Robinson Kelly King Davis Wright Evans Roberts Green Hall Wood Jackson Clarke Patel Khan Lewis James Scott Chen Young
Wang Li Zhang Liu Singh Kaur Sharma Kumar Gupta Tran Pham Hoang Le Vo Dang Bui Do Huynh Phan Vu Tan Lim Wong Chan Ng
Cheung Lam Ho Kim Park Choi Jung Kang Tanaka Suzuki Sato Watanabe Ito Yamamoto Rossi Russo Ferrari Esposito Bianchi
Romano Ricci Marino Greco Conti Papadopoulos Nikolaidis Georgiou Dimitriou Pappas Novak Kowalski Nowak Wisniewski
Petrov Ivanov Horvat Kovac Jovanovic Schmidt Mueller Weber Fischer Becker Hoffmann Larsen Hansen Nilsson Eriksson
Lindqvist Murphy Byrne Gallagher Doyle Kennedy Fitzgerald Sullivan Campbell Stewart Fraser Macdonald Cameron Sinclair
Drummond Forsyth Abbott Barlow Carver Dalton Eastwood Fairfax Garrett Hartley Ingram Jarvis Kirkwood Langley Mansfield
Norris Oakley Pemberton Quigley Radford Sheldon Thornton Underwood Vickers Wakefield Yardley Ashworth Bancroft Crawford
Dempsey Ellison Farrell Goddard Holloway Irving Jennings Keating Lockwood Merrick Nash Osborne Prescott Rawlings Stanton
Tindall Upton Vaughan Whitlock Abdullah Ahmed Ali Hassan Hussein Ibrahim Karimi Mahmoud Rahman Saleh Garcia Martinez
Lopez Hernandez Gonzalez Perez Sanchez Ramirez Torres Flores Silva Santos Oliveira Pereira Costa Parata Ngata Tamihana
Rangi Okafor Adeyemi Mensah Osei Dlamini Moyo Naidoo Pillay Fernando Perera Silvester Jayawardena Wickrama Bandara""")
_STREETS = _words("""
Wattle Banksia Acacia Station High Church Victoria George Railway Park Beach Hill King Queen Albert William
Elizabeth Bridge Mill Forest Lake Valley Ocean Harbour Garden Orchard Vineyard Cedar Elm Maple""")
_KINDS = ("Street", "Road", "Avenue", "Lane", "Court", "Parade", "Crescent")
_PLACES = (
    ("Brunswick West", "VIC", "3055"), ("Footscray", "VIC", "3011"), ("Geelong", "VIC", "3220"),
    ("Newtown", "NSW", "2042"), ("Parramatta", "NSW", "2150"), ("Wollongong", "NSW", "2500"),
    ("Toowong", "QLD", "4066"), ("Cairns", "QLD", "4870"), ("Southport", "QLD", "4215"),
    ("Fremantle", "WA", "6160"), ("Glenelg", "SA", "5045"), ("Hobart", "TAS", "7000"),
    ("Darwin", "NT", "0800"), ("Belconnen", "ACT", "2617"),
)  # fmt: skip
_DOMAINS = ("example.com", "example.net", "example.org")
_CHANNELS = ("Phone", "E-mail", "In person", "Web", "Chat", "SMS", "Letter")
_STATES = ("ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA")
_STAFF = ("Amelia Tran", "Ben Okafor", "Chloe Papadopoulos", "Daniel Ng", "Farah Haddad", "Grace Walker")
_REASONS = ("New trip", "Prices and availability", "Brochure", "Complaint", "Compliment", "Personal details")
_PURPOSES = ("Enquiry", "Brochure request", "Quote", "Complaint", "Feedback", "Follow-up")
_TRIPS = ("Coastal Walks of Tasmania", "Kimberley by Sea", "Red Centre in Seven Days", "Rail Journeys of Japan")


def _pick(rng: np.random.Generator, choices: tuple[str, ...], rows: int) -> list[str]:
    return [choices[i] for i in rng.integers(0, len(choices), rows)]


def _phones(rng: np.random.Generator, rows: int) -> list[str]:
    """Australian mobile numbers in a range that numbering plans give out, E.164."""
    return [f"+614{n:08d}" for n in rng.integers(0, 40_000_000, rows)]


def _days(rng: np.random.Generator, first: dt.date, last: dt.date, rows: int) -> list[dt.date]:
    return [first + dt.timedelta(days=int(n)) for n in rng.integers(0, (last - first).days, rows)]


def _emails(given: list[str], family: list[str], rng: np.random.Generator) -> list[str]:
    numbers = rng.integers(1, 9_999, len(given))
    domains = _pick(rng, _DOMAINS, len(given))
    parts = zip(given, family, numbers, domains, strict=True)
    return [f"{one.lower()}.{two.lower()}{n}@{domain}" for one, two, n, domain in parts]


def policy_of_twelve_rules() -> Policy:
    """A table of 20 columns with 12 column rules, such as other validators have them too, and no search for duplicates."""
    text = [PolicyField(id=f"note_{n}", label=f"Note {n}", normalise=()) for n in range(1, 10)]
    fields = (
        PolicyField(id="id", label="Record ID", normalise=()),
        PolicyField(id="code", label="Code", required=True, unique=True, pattern=r"[A-Z]{2}-\d{6}", normalise=()),
        PolicyField(id="given_name", label="Given name", required=True, normalise=()),
        PolicyField(id="family_name", label="Family name", max_length=40, normalise=()),
        PolicyField(id="email", label="Email", format=FieldFormat.EMAIL, normalise=()),
        PolicyField(id="phone", label="Phone", pattern=r"\+61\d{9}", normalise=()),
        PolicyField(id="state", label="State", enum="states", normalise=()),
        PolicyField(id="channel", label="Channel", enum="channels", normalise=()),
        PolicyField(id="postcode", label="Postcode", pattern=r"\d{4}", normalise=()),
        PolicyField(id="party_size", label="Party size", type=FieldType.INTEGER, normalise=()),
        PolicyField(id="value", label="Value", type=FieldType.NUMBER, minimum=0, maximum=100_000, normalise=()),
        *text,
    )
    table = PolicyTable(
        id="records", name="Records", title="Record", key="id", key_format="REC-{:06d}", fields=fields
    )
    lists = (
        PolicyList(id="states", title="States", items=tuple(ListItem(value=v) for v in _STATES)),
        PolicyList(id="channels", title="Channels", items=tuple(ListItem(value=v) for v in _CHANNELS)),
    )
    return Policy(settings=Settings(organisation="Benchmark", match_rules_only=True), lists=lists, tables=(table,))


def records(rows: int) -> pd.DataFrame:
    """Rows for `policy_of_twelve_rules`, field ids as columns, dtype object, without a fault."""
    rng = np.random.default_rng(SEED)
    given, family = _pick(rng, _GIVEN, rows), _pick(rng, _FAMILY, rows)
    data: dict[str, list[object]] = {
        "id": [f"REC-{n:06d}" for n in range(1, rows + 1)],
        "code": [f"{_STATES[n % 8][:2]}-{n:06d}" for n in range(rows)],
        "given_name": list(given),
        "family_name": list(family),
        "email": list(_emails(given, family, rng)),
        "phone": list(_phones(rng, rows)),
        "state": list(_pick(rng, _STATES, rows)),
        "channel": list(_pick(rng, _CHANNELS, rows)),
        "postcode": [f"{n:04d}" for n in rng.integers(800, 8000, rows)],
        "party_size": [int(n) for n in rng.integers(1, 12, rows)],
        "value": [float(n) / 4 for n in rng.integers(100, 80_001, rows)],
    }
    for n in range(1, 10):
        words = zip(_pick(rng, _STREETS, rows), _pick(rng, _TRIPS, rows), strict=True)
        data[f"note_{n}"] = [f"{one}, {two}" for one, two in words]
    return pd.DataFrame(data, dtype=object)


def with_faults(frame: pd.DataFrame, share: float = 0.05) -> pd.DataFrame:
    """A copy with that share of the cells of each ruled column broken, the places differing by column."""
    rng = np.random.default_rng(SEED + 1)
    broken = frame.copy()
    count = int(len(frame) * share)
    faults: dict[str, str | float | None] = {
        "given_name": None, "family_name": "x" * 60, "email": "anna.at.example.com", "phone": "0400 12",
        "state": "Vic.", "channel": "Pigeon", "postcode": "30555", "party_size": "two", "value": -5.0,
    }  # fmt: skip
    for column, fault in faults.items():
        broken[column] = broken[column].mask(_some(rng, len(frame), count), fault)
    places = rng.choice(len(frame), count, replace=False)
    third = count // 3
    broken.loc[places[:third], "code"] = None
    broken.loc[places[third : 2 * third], "code"] = "12345"  # ill-formed, and not unique
    broken.loc[places[2 * third :], "code"] = broken.loc[(places[2 * third :] + 1) % len(frame), "code"].to_numpy()
    return broken


def _some(rng: np.random.Generator, size: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    chosen = np.zeros(size, dtype=bool)
    chosen[rng.choice(size, count, replace=False)] = True
    return chosen


def stakeholders(rows: int, duplicates: float = 0.02) -> pd.DataFrame:
    """Rows for the template's Stakeholders, labels as columns; a share of them are people who stand there twice."""
    rng = np.random.default_rng(SEED + 2)
    given, family = _pick(rng, _GIVEN, rows), _pick(rng, _FAMILY, rows)
    places = [_PLACES[i] for i in rng.integers(0, len(_PLACES), rows)]
    numbers = rng.integers(1, 240, rows)
    streets = zip(numbers, _pick(rng, _STREETS, rows), _pick(rng, _KINDS, rows), strict=True)
    frame = pd.DataFrame(
        {
            "Type": "Customer",
            "Given name": given,
            "Family name": family,
            "Date of birth": _days(rng, dt.date(1935, 1, 1), dt.date(2006, 1, 1), rows),
            "Email": _emails(given, family, rng),
            "Phone": _phones(rng, rows),
            "Street": [f"{number} {name} {kind}" for number, name, kind in streets],
            "Suburb": [place[0] for place in places],
            "State": [place[1] for place in places],
            "Postcode": [place[2] for place in places],
            "Country": "Australia",
            "Status": "Active",
        },
        dtype=object,
    )
    frame.loc[rng.random(rows) < 0.3, "Date of birth"] = None
    frame.loc[rng.random(rows) < 0.2, "Phone"] = None
    again = int(rows * duplicates)
    if again:
        # Entered again by somebody else: another e-mail, the family name with two letters swapped.
        copied = frame.iloc[:again].copy()
        copied["Email"] = [f"second{n}@example.com" for n in range(again)]
        copied["Family name"] = [name[:-2] + name[-1] + name[-2] for name in copied["Family name"]]
        frame.iloc[-again:] = copied.to_numpy()
    return frame


def interactions(rows: int, keys: list[str], people: pd.DataFrame) -> pd.DataFrame:
    """Rows for the template's Interactions, labels as columns; every 200th gives somebody else's details."""
    rng = np.random.default_rng(SEED + 3)
    who = rng.integers(0, len(keys), rows)
    caller = np.where(np.arange(rows) % 200 == 0, (who + 1) % len(keys), who)
    purposes = _pick(rng, _PURPOSES, rows)
    dates = _days(rng, dt.date(2023, 11, 1), TODAY, rows)
    wish = {"Feedback": None, "Follow-up": None}
    answer = {"Quote": 7, "Complaint": 3}
    email, phone = people["Email"].tolist(), people["Phone"].tolist()
    given, family = people["Given name"].tolist(), people["Family name"].tolist()
    return pd.DataFrame(
        {
            "Stakeholder ID": [keys[i] for i in who],
            "Date": dates,
            "Channel": _pick(rng, _CHANNELS, rows),
            "Direction": "Inbound",
            "Contact reason": _pick(rng, _REASONS, rows),
            "Purpose": purposes,
            "Details": [f"Asked about {trip}, matter {n}." for n, trip in enumerate(_pick(rng, _TRIPS, rows))],
            "Desired outcome": [wish.get(purpose, "An answer this week") for purpose in purposes],
            "Recorded by": _pick(rng, _STAFF, rows),
            "Contact name": [f"{given[i]} {family[i]}" if n % 3 == 0 else None for n, i in enumerate(caller)],
            "Contact email": [email[i] if n % 2 == 0 else None for n, i in enumerate(caller)],
            "Contact phone": [phone[i] if n % 4 == 0 else None for n, i in enumerate(caller)],
            "Responsible": "Ben Okafor",
            "Follow-up date": [
                day + dt.timedelta(days=answer[purpose]) if purpose in answer else None
                for purpose, day in zip(purposes, dates, strict=True)
            ],
            "Status": "Open",
        },
        dtype=object,
    )

"""Finding a stakeholder by whatever detail is at hand."""

import datetime as dt

import pytest

from tests.support.markdown import table_frame
from validation.policy import Convention, FieldFormat, FieldType, Policy, PolicyField, PolicyTable, Settings
from validation.typing import type_table
from workbook_cms.search import find

PEOPLE = PolicyTable(
    id="people",
    name="People",
    title="Person",
    key="id",
    key_format="STK-{:05d}",
    fields=(
        PolicyField(id="id", label="Person ID"),
        PolicyField(id="given", label="Given name", naming=Convention.PERSON),
        PolicyField(id="family", label="Family name", naming=Convention.PERSON),
        PolicyField(id="organisation", label="Organisation", naming=Convention.ORGANISATION),
        PolicyField(id="born", label="Date of birth", type=FieldType.DATE),
        PolicyField(id="email", label="Email", format=FieldFormat.EMAIL),
        PolicyField(id="phone", label="Phone", format=FieldFormat.PHONE),
        PolicyField(id="notes", label="Notes"),
    ),
)
BOOKINGS = PolicyTable(
    id="bookings",
    name="Bookings",
    title="Booking",
    key="number",
    fields=(
        PolicyField(id="number", label="Booking number"),
        PolicyField(id="person", label="Person ID", foreign_key="people"),
    ),
)
POLICY = Policy(settings=Settings(organisation="World Traveller"), tables=(PEOPLE, BOOKINGS))
ROWS = """
|Person ID|Given name|Family name |Organisation       |Date of birth|Email               |Phone       |Notes      |
|---      |---       |---         |---                |---          |---                 |---         |---        |
|STK-00012|Quenby    |Zafiropoulos|                   |1961-08-19   |quenby@example.com  |+61411111111|           |
|STK-00377|Quincy    |Zafiris     |                   |1984-03-04   |quincy.z@example.com|+61422222222|window seat|
|STK-00500|Zoë       |Brandt      |                   |             |                    |            |           |
|STK-00501|          |            |Wombat Hill Nursery|             |hill@example.com    |+61255502665|           |
|         |Marta     |Oyelaran    |                   |             |marta@example.com   |            |           |
"""
BOOKING_ROWS = "| Booking number | Person ID |\n|---|---|\n| WT1002345 | STK-00377 |"


@pytest.fixture
def people():
    """Four stakeholders and a queued one."""
    return type_table(table_frame(PEOPLE, ROWS), POLICY)


@pytest.mark.parametrize(
    ("query", "key", "why"),
    [
        ("stk-00377", "STK-00377", "key"),
        ("377", "STK-00377", "number of the key"),
        ("quincy zafiris", "STK-00377", "name"),
        ("ZAFIRIS, Quincy", "STK-00377", "name"),
        ("Quinzy Zafiris", "STK-00377", "name close"),
        ("qz", "STK-00012", "initials"),
        ("zoe brandt", "STK-00500", "name"),
        ("wombat nursery", "STK-00501", "organisation"),
        ("QUINCY.Z@example.com", "STK-00377", "email"),
        ("quincyz@example.com", "STK-00377", "email close"),
        ("0422 222 222", "STK-00377", "phone"),
        ("(02) 5550-2665", "STK-00501", "phone"),
        ("4/3/1984", "STK-00377", "date of birth"),
        ("4 Mar 1984", "STK-00377", "date of birth"),
        ("window", "STK-00377", "notes"),
        ("marta", "", "name"),
    ],
)
def test_any_detail_finds_the_record(people, query, key, why):
    """The record that fits best comes first, with what fits."""
    hit = find(people, query, POLICY)[0]
    assert (hit.key, hit.why) == (key, why)


def test_a_booking_number_finds_whose_it_is(people):
    """What refers to a record finds it, where the other tables are given."""
    bookings = type_table(table_frame(BOOKINGS, BOOKING_ROWS), POLICY)
    hit = find(people, "wt1002345", POLICY, tables={"bookings": bookings})[0]
    assert (hit.key, hit.why) == ("STK-00377", "booking WT1002345")


def test_the_nearer_name_comes_first(people):
    """Of two names that begin alike the one asked for comes before the other."""
    assert find(people, "Quincy Zaf", POLICY)[0].key == "STK-00377"
    assert find(people, "Quenby Zaf", POLICY)[0].key == "STK-00012"


def test_a_hit_tells_who_it_is(people):
    """The summary holds what a person needs to be sure, as people read it."""
    hit = find(people, "STK-00377", POLICY)[0]
    assert hit.summary == {
        "Given name": "Quincy",
        "Family name": "Zafiris",
        "Date of birth": "4 Mar 1984",
        "Email": "quincy.z@example.com",
        "Phone": "+61422222222",
    }


def test_no_more_than_asked_for(people):
    """The limit holds."""
    assert len(find(people, "example", POLICY, limit=2)) == 2


@pytest.mark.parametrize(
    "query", ["", "   ", "🙂", "x" * 10_000, "xylograph", "\x1f", "99/99/9999", "+", "@", "محمد"]
)
def test_what_nobody_has_finds_nobody(people, query):
    """A query that fits nothing gives no hit, whatever it is made of."""
    hits = find(people, query, POLICY)
    assert all(hit.why.endswith("close") for hit in hits) or not hits


def test_an_empty_table_has_no_hit():
    """Nothing is found in nothing."""
    empty = type_table(table_frame(PEOPLE, "\n".join(ROWS.strip().splitlines()[:2])), POLICY)
    assert find(empty, "Quincy", POLICY) == []
    assert dt.date(1984, 3, 4) not in empty.values["born"].tolist()

"""What is proposed for records that are one: who stays, and whose value each field takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.duplicates.proposal import OneOf, propose
from validation.policy import PolicyField, PolicyTable

TABLE = PolicyTable(
    id="people",
    name="People",
    title="Person",
    key="id",
    fields=(
        PolicyField(id="id", label="ID"),
        PolicyField(id="name", label="Name"),
        PolicyField(id="email", label="E-mail", format="email"),
        PolicyField(id="street", label="Street", section="Address"),
        PolicyField(id="town", label="Town", naming="place", section="Address"),
        PolicyField(id="postcode", label="Postcode", format="postcode", section="Address"),
        PolicyField(id="notes", label="Notes"),
        PolicyField(id="partner", label="Partner", foreign_key="people"),
    ),
)
EARLY, LATE = "2026-01-01T00:00:00Z", "2026-10-02T00:00:00Z"


def person(key: str, when: str = "", references: int = 0, invalid: tuple[str, ...] = (), **values: str) -> OneOf:
    """A record, all of whose values were written at one time."""
    return OneOf(key, {"id": key, **values}, dict.fromkeys(values, when) if when else {}, references, invalid)


def taken(*records: OneOf, survivor: str = "") -> dict[str, tuple[object, str, str]]:
    """(value, source, reason) of each proposed field."""
    found = propose(TABLE, records, survivor)
    return {value.field: (value.value, value.source, value.reason) for value in found.values}


@pytest.mark.parametrize(
    ("records", "survivor", "reason"),
    [
        (
            [person("A", LATE, 9, name="Mia"), person("B", EARLY, name="Mia", notes="x")],
            "B",
            "the most fields filled: 2, A has 1",
        ),
        (
            [
                person("A", LATE, name="Mia", notes="x", invalid=("notes",)),
                person("B", EARLY, name="M", notes="x"),
            ],
            "B",
            "the most fields filled: 2, A has 1",
        ),
        (
            [person("A", EARLY, 9, name="Mia"), person("B", LATE, name="Mia")],
            "B",
            "as many fields filled as A, and changed later",
        ),
        (
            [person("A", EARLY, 1, name="Mia"), person("B", EARLY, 2, name="Mia")],
            "B",
            "as complete as A, and named by more records: 2",
        ),
        ([person("B", name="Mia"), person("A", name="Mia")], "A", "as complete as B, and the first of them"),
        (
            [person("B", name="Mia"), person("A", EARLY, name="Mia")],
            "A",
            "as many fields filled as B, and changed later",
        ),
    ],
)
def test_who_stays_and_why(records: list[OneOf], survivor: str, reason: str) -> None:
    """The fullest, then the latest, then the most named, then the first; what breaks a rule fills nothing."""
    found = propose(TABLE, records)
    assert (found.survivor, found.reason) == (survivor, reason)


def test_its_own_value_stays_unless_blank_or_wrong() -> None:
    """Then the value that another one has is taken, and it is said why."""
    stays = person("A", LATE, name="Mia", email="x@", invalid=("email",))
    other = person("B", EARLY, name="Mya", email="mia@example.com", notes="Trains.")
    found = taken(stays, other, survivor="A")
    assert found["name"] == ("Mia", "A", "")
    assert found["email"] == ("mia@example.com", "B", "what A has breaks a rule")
    assert found["notes"] == ("Trains.", "B", "blank in A")


def test_what_is_left_behind_is_told() -> None:
    """Values that leave the table with their records, by key."""
    found = propose(TABLE, [person("A", name="Mia"), person("B", name="Mya"), person("C", name="Mia")], "A")
    assert [value.others for value in found.values] == [{"B": "Mya"}]


def test_a_wrong_value_stays_where_no_other_is_right() -> None:
    """Nothing is made up, and nothing is emptied."""
    found = taken(person("A", name="x", invalid=("name",)), person("B", name="y", invalid=("name",)), survivor="A")
    assert found["name"] == ("x", "A", "")


def test_the_later_contact_detail_is_taken() -> None:
    """People change their address; where no time is known its own stays."""
    old, new = person("A", EARLY, email="old@example.com"), person("B", LATE, email="new@example.com")
    assert taken(old, new, survivor="A")["email"] == ("new@example.com", "B", "written later than that of A")
    assert taken(old, new, survivor="B")["email"] == ("new@example.com", "B", "")
    unknown = person("A", email="old@example.com")
    assert taken(unknown, new, survivor="A")["email"] == ("old@example.com", "A", "")


def test_an_address_comes_whole_from_one_record() -> None:
    """The street of one and the town of another would be an address where nobody lives."""
    old = person("A", EARLY, street="1 Elm Street", town="Fitzroy", postcode="3065")
    new = person("B", LATE, street="9 Oak Road", town="Geelong", postcode="3220")
    part = person("C", "2026-11-01T00:00:00Z", town="Ballarat")
    found = taken(old, new, part, survivor="A")
    assert [found[name][:2] for name in ("street", "town", "postcode")] == [
        ("9 Oak Road", "B"),
        ("Geelong", "B"),
        ("3220", "B"),
    ]


def test_an_address_is_taken_where_there_is_none() -> None:
    """The fullest of the others."""
    found = taken(person("A", LATE), person("B", EARLY, street="9 Oak Road", town="Geelong"), survivor="A")
    assert (found["street"], found["town"][0]) == (("9 Oak Road", "B", "A tells no address"), "Geelong")


def test_nobody_names_herself_or_one_that_goes() -> None:
    """A reference within the table leads elsewhere, or is blank."""
    inside = taken(person("A", partner="B"), person("B", partner="A"), survivor="A")
    assert inside["partner"] == (None, "", "it would name itself")
    outside = taken(person("A", partner="B"), person("B", partner="Z"), survivor="A")
    assert outside["partner"] == ("Z", "B", "A names one of the records that are one")


@pytest.mark.parametrize("records", [[person("A")], [person("A"), person("A")]])
def test_one_record_is_no_merge(records: list[OneOf]) -> None:
    """Two different ones are needed."""
    with pytest.raises(ValueError, match="two records or more"):
        propose(TABLE, records)


VALUES = st.dictionaries(st.sampled_from(["name", "email", "street", "town", "notes"]), st.sampled_from("xyz"))
PEOPLE = st.lists(st.tuples(VALUES, st.sampled_from(["", EARLY, LATE]), st.integers(0, 3)), min_size=2, max_size=5)


@given(PEOPLE, st.randoms(use_true_random=False))
def test_nothing_is_made_up_and_order_makes_no_difference(
    people: list[tuple[dict[str, str], str, int]], chance
) -> None:
    """Each value is one of theirs, each field that any of them fills is proposed, in whatever order they come."""
    records = [person(f"P{i}", when, count, **values) for i, (values, when, count) in enumerate(people)]
    found = propose(TABLE, records)
    assert {value.field for value in found.values} == {name for values, _, _ in people for name in values}
    by_key = {one.key: one for one in records}
    for value in found.values:
        if value.value is not None:
            assert by_key[value.source].values[value.field] == value.value
    chance.shuffle(records)
    again = propose(TABLE, records)
    assert (again.survivor, again.values) == (found.survivor, found.values)


def test_an_address_that_both_have_is_not_said_to_be_the_others() -> None:
    """Nothing comes from elsewhere where nothing differs, whichever was written last."""
    address = {"street": "9 Oak Road", "town": "Geelong", "postcode": "3220"}
    found = taken(person("A", EARLY, **address), person("B", LATE, **address), survivor="A")
    assert {found[name][1:] for name in address} == {("A", "")}

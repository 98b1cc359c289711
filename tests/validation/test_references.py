"""References between tables, and keys."""

from tests.validation.conftest import Check, places
from validation.findings import Fix
from validation.references import key_pattern

PEOPLE = """
    | Person ID | Email         |
    |-----------|---------------|
    | PER-00001 | a@example.com |
    | PER-00012 | a@example.com |
    """


def test_unknown_keys_come_with_the_closest(check: Check) -> None:
    """A key that is not there is REF001; a way of writing a key that is there is suggested."""
    found = check(
        people=PEOPLE,
        trips="""
        | Booking number | Person ID | Travel date |
        |----------------|-----------|-------------|
        | WT1234566      | PER-0012  | 2026-12-01  |
        | WT1234574      | Nobody    | 2026-12-01  |
        | WT1234582      | PER-00012 | 2026-12-01  |
        """,
    )
    assert [(f.code, f.cell, f.suggestion) for f in found if f.code == "REF001"] == [
        ("REF001", "Trips!B2", "PER-00012"),
        ("REF001", "Trips!B3", None),
    ]


def test_duplicate_keys_are_found_in_all_their_cells(check: Check) -> None:
    """Every record of a doubled key has a finding that names the other cell."""
    found = check(people=PEOPLE + "| PER-00001 | b@example.com |")
    assert places(found) == [("REF002", "A2"), ("REF002", "A4")]
    assert "People!A4" in found[0].message


def test_blank_and_ill_formed_keys(check: Check) -> None:
    """A record without a key and a key of another shape are REF003, mended only where nobody holds the key."""
    found = check(people=PEOPLE + "| | b@example.com |\n| per 7 | b@example.com |\n| PER-1 | b@example.com |")
    assert [(f.code, f.cell, f.suggestion, f.fix) for f in found] == [
        ("REF003", "People!A4", None, Fix.NONE),
        ("REF003", "People!A5", "PER-00007", Fix.UNSAFE),
        ("REF003", "People!A6", None, Fix.NONE),
    ]


def test_entries_need_no_key_where_keys_are_given_out(enter: Check) -> None:
    """A new person has no key yet; a booking brings its own and is held against those there."""
    assert enter("people", "| Email |\n|---|\n| a@example.com |") == []
    found = enter("trips", "| Person ID | Travel date |\n|---|---|\n| PER-00001 | 2026-12-01 |", people=PEOPLE)
    assert places(found) == [("REF003", "Booking number")]
    trips = "| Booking number | Person ID | Travel date |\n|---|---|---|\n| WT1234566 | PER-00001 | 2026-12-01 |"
    assert places(enter("trips", trips, people=PEOPLE, trips=trips)) == [("REF002", "Booking number")]
    assert places(enter("trips", trips, people=PEOPLE)) == []


def test_entries_refer_to_records_that_are_there(enter: Check) -> None:
    """An entry for an unknown person is REF001."""
    row = "| Booking number | Person ID | Travel date |\n|---|---|---|\n| WT1234566 | PER-00002 | 2026-12-01 |"
    assert places(enter("trips", row, people=PEOPLE)) == [("REF001", "Person ID")]


def test_digits_of_a_key_are_a_minimum() -> None:
    """Record 100,000 works, a key with a zero too many does not."""
    pattern = key_pattern("STK-{:05d}")
    assert pattern.fullmatch("STK-00042")
    assert pattern.fullmatch("STK-100000")
    assert not pattern.fullmatch("STK-000042")
    assert not pattern.fullmatch("STK-42")

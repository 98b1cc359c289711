"""Entry rules of single fields, in a check and at entry."""

import datetime as dt

import pytest

from tests.validation.conftest import Check, places
from validation.contacts import email_fault, is_email, is_uri, phone_fault, postcode_fault
from validation.fields import bound
from validation.findings import Fix, Severity
from validation.patterns import matcher
from validation.policy import FieldType, PolicyField


def test_required_fields(check: Check) -> None:
    """A blank required cell is ENT001; a mistyped one is not called blank."""
    found = check(
        people="| Person ID | Email |\n|---|---|\n| PER-00001 | a@example.com |",
        trips="""
        | Booking number | Person ID | Travel date |
        |----------------|-----------|-------------|
        | WT1234566      |           | soon        |
        """,
    )
    assert places(found) == [("ENT001", "B2"), ("ENT003", "C2")]


def test_lists(check: Check) -> None:
    """A value out of its list is ENT004 with the closest value; capitals alone are mended safely."""
    found = check(
        people="""
        | Person ID | Email         | Status  | Interests         |
        |-----------|---------------|---------|-------------------|
        | PER-00001 | a@example.com | Activ   | Cruise; Rail      |
        | PER-00002 | a@example.com | ACTIVE  | Cruise; Hikking   |
        | PER-00003 | a@example.com | Elf     | Rail;Food & wine  |
        | PER-00004 | a@example.com | Dormant |                   |
        """
    )
    assert [(f.cell, f.suggestion, f.fix) for f in found] == [
        ("People!C2", "Active", Fix.UNSAFE),
        ("People!C3", "Active", Fix.SAFE),
        ("People!D3", "Cruise; Hiking", Fix.UNSAFE),
        ("People!C4", None, Fix.NONE),
    ]
    assert {f.code for f in found} == {"ENT004"}


def test_retired_values_are_refused_at_entry_only(check: Check, enter: Check) -> None:
    """A retired value stands in old records without a finding and is ENT005 in a new one."""
    row = "| Email | Status |\n|---|---|\n| a@example.com | Dormant |"
    assert places(enter("people", row)) == [("ENT005", "Status")]
    assert check(people=f"{row}".replace("| Email", "| Person ID | Email").replace("|---", "|---|---", 1).replace(
        "| a@", "| PER-00001 | a@")) == []  # fmt: skip


def test_ranges(check: Check) -> None:
    """Numbers and dates outside their bounds are ENT006 and ENT012, those on the bound are fine."""
    found = check(
        people="""
        | Person ID | Email         | Date of birth |
        |-----------|---------------|---------------|
        | PER-00001 | a@example.com | 2026-11-22    |
        | PER-00002 | a@example.com | 2026-11-23    |
        | PER-00003 | a@example.com | 1826-02-03    |
        """,
        trips="""
        | Booking number | Person ID | Travel date | Party size | Value |
        |----------------|-----------|-------------|------------|-------|
        | WT1234566      | PER-00001 | 2026-12-01  | 0          | -1    |
        | WT7654324      | PER-00001 | 2026-12-01  | 40         | 0     |
        """,
    )
    assert [(f.code, f.cell) for f in found if f.code != "ENT015"] == [
        ("ENT012", "People!C3"),
        ("ENT012", "People!C4"),
        ("ENT006", "Trips!D2"),
        ("ENT006", "Trips!E2"),
    ]
    assert "lies in the future" in found[0].message


def test_texts(check: Check) -> None:
    """Length, pattern, web address, postcode and check digit each have their code."""
    found = check(
        people="""
        | Person ID | Email         | Postcode | Website     | Loyalty number | Notes                                      |
        |-----------|---------------|----------|-------------|----------------|--------------------------------------------|
        | PER-00001 | a@example.com | "200"    | www here    | qf 884120      | far too long a note for a field of forty   |
        | PER-00002 | a@example.com | "0800"   | example.com | QF884120       | fine                                       |
        | PER-00003 | a@example.com | "800"    |             | QF884121x      |                                            |
        """,
        trips="| Booking number | Person ID | Travel date |\n|---|---|---|\n| WT1243566 | PER-00001 | 2026-12-01 |",
    )
    assert [(f.code, f.cell, f.suggestion) for f in found] == [
        ("ENT016", "People!C2", None),
        ("ENT018", "People!D2", None),
        ("ENT008", "People!E2", "QF884120"),
        ("ENT016", "People!C4", "0800"),
        ("ENT008", "People!E4", None),
        ("ENT015", "Trips!A2", None),
    ]


def test_length_is_counted(check: Check) -> None:
    """A text longer than its field is ENT007."""
    note = "x y " * 15
    found = check(
        people=f"| Person ID | Email | Notes |\n|---|---|---|\n| PER-00001 | a@example.com | {note.strip()} |"
    )
    assert places(found) == [("ENT007", "C2")]


def test_unique_values_name_the_others(check: Check, enter: Check) -> None:
    """Each holder of a shared value has a finding that names the other; an entry is held against the table."""
    there = """
        | Person ID | Email         | Loyalty number |
        |-----------|---------------|----------------|
        | PER-00001 | a@example.com | QF884120       |
        | PER-00002 | a@example.com | QF884120       |
        | PER-00003 | a@example.com | QF884121       |
        """
    assert [(f.code, f.cell, f.related) for f in check(people=there)] == [
        ("ENT014", "People!C2", ("PER-00002",)),
        ("ENT014", "People!C3", ("PER-00001",)),
    ]
    new = "| Email | Loyalty number |\n|---|---|\n| b@example.com | QF884121 |\n| c@example.com | QF884122 |"
    assert [(f.code, f.position, f.related) for f in enter("people", new, people=there)] == [
        ("ENT014", 0, ("PER-00003",))
    ]
    own = "| Person ID | Email | Loyalty number |\n|---|---|---|\n| PER-00003 | b@example.com | QF884121 |"
    assert enter("people", own, replaces=frozenset({"PER-00003"}), people=there) == []


@pytest.mark.parametrize(
    ("text", "reason", "mended"),
    [
        ("mei.chen", "it has no @", None),
        ("mei@@example.com", "more than one @", "mei@example.com"),
        ("mei chen@example.com", "a space in it", "meichen@example.com"),
        ("mei@gmail,com", "has no dot", "mei@gmail.com"),
        ("mei@example", "has no dot", None),
        ("mei@example..com", "two dots", "mei@example.com"),
        ("mei.@example.com", "a dot stands where none can", "mei@example.com"),
        ("a@example.com; b@example.com", "more than one e-mail address", None),
    ],
)
def test_what_is_wrong_with_an_address_is_said_in_plain_english(
    text: str, reason: str, mended: str | None
) -> None:
    """The reason is told in words, and a likely address is suggested."""
    message, suggestion = email_fault(text)
    assert not is_email(text)
    assert reason in message
    assert suggestion == mended


@pytest.mark.parametrize(
    "text", ["mei@example.com", "mei.chen+x@mail.example.com.au", "müller@bücher.de", "o'brien@example.ie"]
)
def test_good_addresses_pass(text: str) -> None:
    """Addresses with tags, apostrophes and letters of other languages are addresses."""
    assert is_email(text)


def test_a_wrong_phone_says_what_is_missing() -> None:
    """The message names the country, the digits there are and the digits a mobile has."""
    assert "Australia: it has 7 digits, a mobile has 10" in phone_fault("0412 345", "AU")
    assert "no country has such a number" in phone_fault("+999 1234", "AU")
    assert "it has no digits" in phone_fault("none", "AU")


def test_a_wrong_postcode_says_its_shape() -> None:
    """The message names the country and the shape; another way of writing is mended."""
    assert "four digits, such as 2000" in postcode_fault("20", "AU")[0]
    assert postcode_fault("sw1a1aa", "GB")[1] == "SW1A 1AA"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://www.example.com.au/a?b=c", True),
        ("example.com", True),
        ("www example", False),
        ("javascript:alert(1)", False),
        ("mei@example.com", False),
        ("localhost", False),
    ],
)
def test_web_addresses(text: str, good: bool) -> None:
    """A web address has a host with a dot, with or without https."""
    assert is_uri(text) is good


def test_bounds_move_with_today() -> None:
    """Bounds of dates are fixed days or days from today; what cannot be read is no bound."""
    today, field = dt.date(2026, 11, 22), PolicyField(id="d", label="D", type=FieldType.DATE)
    assert bound("@today", field, today) == today
    assert bound("@today-10", field, today) == dt.date(2026, 11, 12)
    assert bound("2026-01-31", field, today) == dt.date(2026, 1, 31)
    assert bound("whenever", field, today) is None


def test_a_pattern_that_cannot_be_read_stops_nothing(check: Check) -> None:
    """A pattern of nested repeats is answered at once, since the engine is linear."""
    assert matcher("(") is None
    slow = matcher("(a+)+b")
    assert slow is not None
    assert slow("a" * 5000) is False
    assert slow("ab") is True
    assert slow("\ud800") is False


def test_an_unnormalised_entry_is_not_refused_for_its_shape(enter: Check) -> None:
    """What normalisation mends has no finding at entry."""
    found = enter("people", "| Given name | Phone |\n|---|---|\n| MEI | 0412 345 678 |")
    assert found == []


def test_severities(enter: Check) -> None:
    """An address that cannot be is an error at entry."""
    found = enter("people", "| Email |\n|---|\n| mei@example |")
    assert [(f.code, f.severity) for f in found] == [("ENT009", Severity.ERROR)]

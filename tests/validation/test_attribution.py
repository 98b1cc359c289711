"""Interactions held against the stakeholder they name."""

import datetime as dt

import pytest

from tests.support.markdown import table_frame
from validation import attribution
from validation.findings import Fix, Severity
from validation.frames import Context, Operation
from validation.likeness import alike
from validation.policy import (
    Action,
    Attribution,
    AttributionClue,
    Convention,
    FieldType,
    Kind,
    Policy,
    PolicyField,
    PolicyTable,
    Settings,
)
from validation.typing import type_table

PEOPLE = PolicyTable(
    id="people",
    name="People",
    title="Person",
    key="id",
    fields=(
        PolicyField(id="id", label="Person ID"),
        PolicyField(id="given", label="Given name", naming=Convention.PERSON),
        PolicyField(id="family", label="Family name", naming=Convention.PERSON),
        PolicyField(id="born", label="Date of birth", type=FieldType.DATE),
        PolicyField(id="email", label="Email"),
        PolicyField(id="phone", label="Phone"),
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
TALKS = PolicyTable(
    id="talks",
    name="Talks",
    title="Talk",
    key="id",
    fields=(
        PolicyField(id="id", label="Talk ID"),
        PolicyField(id="person", label="Person ID", foreign_key="people"),
        PolicyField(id="booking", label="Booking number"),
        PolicyField(id="name", label="Contact name"),
        PolicyField(id="email", label="Contact email"),
        PolicyField(id="phone", label="Contact phone"),
        PolicyField(id="born", label="Contact birthday", type=FieldType.DATE),
    ),
)
CLUES = (
    AttributionClue(field="booking", kind=Kind.IDENTIFIER, table="bookings", targets=("number",), owner="person"),
    AttributionClue(field="email", kind=Kind.EMAIL, table="people", targets=("email",)),
    AttributionClue(field="phone", kind=Kind.PHONE, table="people", targets=("phone",)),
    AttributionClue(field="born", kind=Kind.DATE, table="people", targets=("born",)),
    AttributionClue(field="name", kind=Kind.FULL_NAME, table="people", targets=("given", "family")),
)
PEOPLE_ROWS = """
| Person ID | Given name | Family name  | Date of birth | Email                | Phone        |
|-----------|------------|--------------|---------------|----------------------|--------------|
| STK-00214 | Quenby     | Zafiropoulos | 1961-08-19    | quenby@example.com   | +61411111111 |
| STK-00377 | Quincy     | Zafiris      | 1984-03-04    | quenby.z@example.com | +61422222222 |
| STK-00500 | Robert     | Brandt       |               | home@example.com     | +61433333333 |
| STK-00501 | Ines       | Brandt       | 1975-05-05    | home@example.com     | +61433333333 |
| STK-00600 |            |              |               | office@example.com   |              |
"""
BOOKING_ROWS = """
| Booking number | Person ID |
|----------------|-----------|
| WT1002345      | STK-00377 |
| WT1002346      | STK-00214 |
"""


def found(row, on_doubt=Action.ALERT, operation=Operation.CHECK):
    """Findings for one talk, its values by field id."""
    policy = Policy(
        settings=Settings(organisation="World Traveller"),
        tables=(PEOPLE, BOOKINGS, TALKS),
        attributions=(
            Attribution(id="caller", table="talks", reference="person", clues=CLUES, on_doubt=on_doubt),
        ),
    )
    labels = [f.label for f in TALKS.fields]
    values = {"id": "INT-1", "person": "STK-00214"} | row
    cells = [str(values.get(f.id, "")) for f in TALKS.fields]
    markdown = "\n".join("| " + " | ".join(line) + " |" for line in (labels, ["---"] * len(labels), cells))
    tables = {
        t.id: type_table(table_frame(t, rows), policy)
        for t, rows in ((PEOPLE, PEOPLE_ROWS), (BOOKINGS, BOOKING_ROWS), (TALKS, markdown))
    }
    context = Context(policy, tables, dt.date(2026, 11, 22), operation)
    return list(attribution.check(tables["talks"], context))


def told(findings):
    """Findings as (code, field, related, better match)."""
    return [(f.code, f.field, f.related, f.details["suggested"]) for f in findings]


def test_details_of_the_person_named_are_no_finding():
    """An entry whose details are those of the record it names, in other shapes, is right."""
    row = {
        "email": "QUENBY@example.com",
        "phone": '"0411 111 111"',
        "born": "1961-08-19",
        "name": "Zafiropoulos, Q.",
    }
    assert found(row | {"booking": "wt1002346"}) == []


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"email": "quenby.z@example.com"}, "ATT001", "Contact email"),
        ({"phone": '"0422 222 222"'}, "ATT002", "Contact phone"),
        ({"booking": "WT1002345"}, "ATT004", "Booking number"),
        ({"name": "Quincy Zafiris"}, "ATT005", "Contact name"),
    ],
)
def test_a_detail_of_another_stands_beside_that_detail(row, code, field):
    """Each detail that is another's is found where it was typed; no fix decides who was meant."""
    (finding,) = found(row)
    assert told([finding]) == [(code, field, ("STK-00377",), "STK-00377")]
    assert (finding.suggestion, finding.fix, finding.severity) == (None, Fix.NONE, Severity.WARNING)


def test_the_message_names_both_records():
    """Who the detail belongs to, who the entry names, and what to do stand in one line."""
    (finding,) = found({"email": "quenby.z@example.com"}, operation=Operation.ADD)
    assert finding.message == (
        "quenby.z@example.com is the e-mail of STK-00377 Quincy Zafiris, not of STK-00214 Quenby Zafiropoulos. "
        "Correct Person ID if STK-00377 is meant, or go on with a reason."
    )


def test_clues_are_weighed_together():
    """Clues that point to the same record say so of each other, and those that speak for the one named too."""
    findings = found({"email": "quenby.z@example.com", "phone": '"0422222222"', "booking": "WT1002346"})
    assert [f.code for f in findings] == ["ATT001", "ATT002"]
    assert findings[0].details["clues"] == [
        {"field": "Booking number", "says": "this record"},
        {"field": "Contact email", "says": "the other record"},
        {"field": "Contact phone", "says": "the other record"},
        {"field": "Contact birthday", "says": "nothing"},
        {"field": "Contact name", "says": "nothing"},
    ]
    assert findings[0].details["agree"] == ["Contact email", "Contact phone"]
    assert "Contact phone points there too." in findings[0].message
    assert "Booking number agrees with STK-00214." in findings[0].message


def test_the_strongest_clue_tells_the_whole_and_the_others_are_short():
    """One wrong passenger is one paragraph and a few words at each other field, not a paragraph for each."""
    row = {
        "email": "quenby.z@example.com",
        "phone": '"0422222222"',
        "born": "1984-03-04",
        "name": "Quincy Zafiris",
    }
    findings = {f.field: f.message for f in found(row, operation=Operation.ADD)}
    assert findings == {
        "Contact email": "quenby.z@example.com is the e-mail of STK-00377 Quincy Zafiris, not of STK-00214 Quenby "
        "Zafiropoulos. Contact phone, birthday and name point there too. Correct Person ID if STK-00377 is meant, or "
        "go on with a reason.",
        "Contact phone": "is the phone number of STK-00377 Quincy Zafiris too: see Contact email.",
        "Contact birthday": "is the date of birth of STK-00377 Quincy Zafiris too: see Contact email.",
        "Contact name": "fits STK-00377 Quincy Zafiris too: see Contact email.",
    }


def test_a_clue_that_points_to_nobody_leans_on_one_that_does():
    """A birthday that is nobody's is told in a few words beside an e-mail that is somebody's."""
    row = {"email": "quenby.z@example.com", "born": "1961-08-20"}
    findings = {f.field: f.message for f in found(row)}
    assert findings["Contact email"].endswith("Correct Person ID if STK-00377 is meant, else Contact email.")
    assert findings["Contact birthday"] == (
        "does not agree with STK-00214 Quenby Zafiropoulos either: see Contact email."
    )


def test_clues_to_different_records_are_each_told_whole():
    """An e-mail of one and a phone of another are two doubts."""
    row = {"email": "quenby.z@example.com", "phone": '"0433333333"'}
    findings = found(row)
    assert told(findings) == [
        ("ATT001", "Contact email", ("STK-00377",), "STK-00377"),
        ("ATT002", "Contact phone", ("STK-00500", "STK-00501"), ""),
    ]
    assert "see Contact" not in findings[1].message


def test_a_birthday_of_nobody_is_reported_at_the_detail():
    """A date of birth that differs is a finding, with no suggestion where nobody fits."""
    assert told(found({"born": "1961-08-20"})) == [("ATT003", "Contact birthday", (), "")]


def test_a_birthday_suggests_who_another_clue_points_to():
    """A date of birth and an e-mail of one other record together suggest that record."""
    findings = found({"born": "1984-03-04", "email": "quenby.z@example.com"})
    assert told(findings) == [
        ("ATT001", "Contact email", ("STK-00377",), "STK-00377"),
        ("ATT003", "Contact birthday", ("STK-00377",), "STK-00377"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            {"person": "STK-00501", "email": "home@example.com", "phone": '"0433333333"'}, id="a household"
        ),
        pytest.param({"email": "nobody@example.com", "phone": '"0499999999"', "booking": "WT9"}, id="nobody's"),
        pytest.param({"person": "STK-00500", "born": "1975-01-01"}, id="birthday not known"),
        pytest.param({"person": "STK-00500", "name": "Bob Brandt"}, id="short form"),
        pytest.param({"person": "STK-00600", "name": "Ines Brandt"}, id="record without a name"),
        pytest.param({"person": "STK-99999", "email": "quenby.z@example.com"}, id="unknown record"),
        pytest.param({"person": "", "email": "quenby.z@example.com"}, id="no record named"),
        pytest.param({"name": "🙂"}, id="no letters"),
    ],
)
def test_what_tells_nothing_is_no_finding(row):
    """Shared, unknown and missing details raise no doubt."""
    expected = [] if row.get("name") != "🙂" else ["ATT005"]
    assert [f.code for f in found(row)] == expected


def test_a_detail_shared_by_others_suggests_no_single_one():
    """Where two other records share the detail, both are named and none is suggested."""
    assert told(found({"email": "home@example.com"})) == [
        ("ATT001", "Contact email", ("STK-00500", "STK-00501"), "")
    ]


@pytest.mark.parametrize(
    ("action", "severity"),
    [(Action.BLOCK, Severity.ERROR), (Action.ALERT, Severity.WARNING), (Action.ALLOW, Severity.INFO)],
)
def test_the_policy_says_what_a_doubt_does(action, severity):
    """On entry the attribution's action decides; in a check it is a warning."""
    row = {"phone": '"0422222222"'}
    assert [f.severity for f in found(row, action, Operation.ADD)] == [severity]
    assert [f.severity for f in found(row, action)] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("bob smith", "robert smith", True),
        ("smith r", "robert smith", True),
        ("mrs ana maria cruz", "ana cruz", True),
        ("vanderberg jan", "jan van der berg", True),
        ("katherine delacroix", "catherine delacroix", True),
        ("thanh", "lam thanh", True),
        ("quincy zafiris", "quenby zafiropoulos", False),
        ("ana cruz", "ana patel", False),
        ("peter smith", "anna smith", False),
        ("", "anna smith", True),
    ],
)
def test_names_are_alike_when_one_person_could_bear_both(one, other, same):
    """Initials, short forms, order and slips are let pass; another name is not."""
    assert alike(one, other) is same
    assert alike(other, one) is same

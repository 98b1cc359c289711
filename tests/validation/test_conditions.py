"""Rules across fields."""

import datetime as dt

import pytest

from tests.support.markdown import table_frame
from tests.validation.conftest import POLICY, TRIPS, Check, context_of, places
from validation import conditions
from validation.findings import Severity
from validation.policy import Condition, Must, When, WhenIs

PERSON = "| Person ID | Email |\n|---|---|\n| PER-00001 | a@example.com |"
TWO_TRIPS = """
    | Booking number | Travel date | Return date | Party size | Purpose  | Approved by | Sold by |
    |----------------|-------------|-------------|------------|----------|-------------|---------|
    | A              | 2026-12-01  | 2026-12-09  | 2          | Leisure  |             | Ravi    |
    | B              | 2026-12-01  | soon        | 12         | Business | Priya       |         |
    """


def test_one_of_the_fields_is_filled(check: Check) -> None:
    """A person without e-mail and phone cannot be reached: one finding, at the first of the fields."""
    found = check(people="| Person ID | Given name |\n|---|---|\n| PER-00001 | Mei |")
    assert [(f.code, f.field) for f in found] == [("ENT002", "Email")]
    assert found[0].message == "is blank, and so are the others: fill in at least one of Email and Phone."


def test_required_by_purpose_and_date_order(check: Check) -> None:
    """A business trip needs an approval, a return comes after the start, and other eyes approve."""
    found = check(
        people=PERSON,
        trips="""
        | Booking number | Person ID | Travel date | Return date | Purpose  | Approved by | Sold by |
        |----------------|-----------|-------------|-------------|----------|-------------|---------|
        | WT1234566      | PER-00001 | 2026-12-01  | 2026-11-30  | Business |             | Ravi    |
        | WT7654329      | PER-00001 | 2026-12-01  | 2026-12-01  | Leisure  | Ravi        | Ravi    |
        """,
    )
    found = [f for f in found if f.code != "ENT015"]
    assert places(found) == [("ENT011", "D2"), ("ENT002", "F2"), ("ENT013", "F3")]
    assert [f.severity for f in found] == [Severity.ERROR, Severity.ERROR, Severity.WARNING]
    assert found[1].message == "is needed where Purpose is Business. Fill it in."


@pytest.mark.parametrize(
    ("must", "fields", "extra", "broken"),
    [
        (Must.FILLED, ("approved_by",), {}, ["A"]),
        (Must.FILLED, ("return_date",), {}, []),
        (Must.EMPTY, ("approved_by",), {}, ["B"]),
        (Must.ONE_OF, ("purpose",), {"values": ("Leisure",)}, ["B"]),
        (Must.NOT_ONE_OF, ("purpose",), {"values": ("Leisure",)}, ["A"]),
        (Must.AT_LEAST, ("party_size",), {"values": ("3",)}, ["A"]),
        (Must.AT_MOST, ("party_size",), {"values": ("3",)}, ["B"]),
        (Must.AT_MOST, ("party_size",), {"values": ("three",)}, []),
        (Must.ON_OR_BEFORE, ("return_date",), {"other": "travel_date"}, ["A"]),
        (Must.SAME_AS, ("sold_by",), {"other": "approved_by"}, []),
        (Must.DIFFERENT_FROM, ("travel_date",), {"other": "travel_date"}, ["A", "B"]),
    ],
)
def test_each_must(must: Must, fields: tuple[str, ...], extra: dict[str, object], broken: list[str]) -> None:
    """Each thing a condition can ask finds the records that break it; a mistyped cell counts as filled."""
    condition = Condition.model_validate({"id": "c", "table": "trips", "fields": fields, "must": must, **extra})
    policy = POLICY.model_copy(update={"conditions": (condition,)})
    context = context_of(table_frame(TRIPS, TWO_TRIPS), policy=policy)
    assert [f.key for f in conditions.check(context.tables["trips"], context)] == broken


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            {
                "when": [
                    {"field": "purpose", "test": "filled"},
                    {"field": "purpose", "test": "not one of", "values": ["Business"]},
                ],
                "fields": ["approved_by"],
                "must": "filled",
            },
            "is needed where Purpose is Leisure. Fill it in.",
        ),
        (
            {"when": [{"field": "sold_by", "test": "filled"}], "fields": ["purpose"], "must": "one of"}
            | {"values": ["Business", "Group"]},
            "must be one of Business or Group where Sold by is filled. Choose one of these, or correct Sold by.",
        ),
        (
            {"when": [{"field": "return_date", "test": "filled"}], "fields": ["return_date"]}
            | {"must": "on or before", "other": "travel_date"},
            "must be on or before Travel date (1 Dec 2026). Check both, day and month may be turned round.",
        ),
        (
            {"when": [{"field": "purpose", "values": ["Leisure"]}], "fields": ["party_size"], "must": "empty"},
            "must be blank where Purpose is Leisure. Empty it, or correct Purpose.",
        ),
        (
            {"fields": ["party_size"], "must": "at least", "values": ["3"]},
            "must be at least 3. Check the number.",
        ),
    ],
)
def test_messages_say_what_must_be_in_which_case(condition: dict[str, object], message: str) -> None:
    """What is wanted comes first, then the case, told once, then the remedy; the field's own being filled is left out."""
    policy = POLICY.model_copy(
        update={"conditions": (Condition.model_validate({"id": "c", "table": "trips", **condition}),)}
    )
    context = context_of(table_frame(TRIPS, TWO_TRIPS), policy=policy)
    assert [f.message for f in conditions.check(context.tables["trips"], context) if f.key == "A"] == [message]


@pytest.mark.parametrize(
    ("when", "rows"),
    [
        (When(field="purpose", values=("Business",)), [False, True]),
        (When(field="purpose", test=WhenIs.NOT_ONE_OF, values=("Business",)), [True, False]),
        (When(field="sold_by", test=WhenIs.EMPTY), [False, True]),
        (When(field="return_date", test=WhenIs.FILLED), [True, True]),
        (When(field="party_size", values=("12",)), [False, True]),
        (When(field="travel_date", values=("2026-12-01",)), [True, True]),
    ],
)
def test_each_when(when: When, rows: list[bool]) -> None:
    """A case looks at texts, numbers and dates as a steward writes them, and at blanks."""
    condition = Condition(id="c", table="trips", when=(when,), fields=("purpose",), must=Must.FILLED)
    context = context_of(table_frame(TRIPS, TWO_TRIPS))
    assert conditions.applies(context.tables["trips"], condition).tolist() == rows


def test_a_policys_own_message_is_said() -> None:
    """The steward's sentence replaces the generated one."""
    condition = Condition(
        id="c", table="trips", fields=("approved_by",), must=Must.FILLED, message="Ask the manager."
    )
    policy = POLICY.model_copy(update={"conditions": (condition,)})
    context = context_of(table_frame(TRIPS, TWO_TRIPS), policy=policy)
    assert [f.message for f in conditions.check(context.tables["trips"], context)] == ["Ask the manager."]


def test_a_value_that_must_be_the_same_is_suggested() -> None:
    """Where a field must be the same as another, the other's value is the suggestion, a date as a date."""
    condition = Condition(id="c", table="trips", fields=("return_date",), must=Must.SAME_AS, other="travel_date")
    policy = POLICY.model_copy(update={"conditions": (condition,)})
    context = context_of(table_frame(TRIPS, TWO_TRIPS), policy=policy)
    assert [f.suggestion for f in conditions.check(context.tables["trips"], context)] == [dt.date(2026, 12, 1)]

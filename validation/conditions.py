"""Rules across fields: when a field is so, other fields must be so. Rows of the policy, never code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from validation.columns import Explained, Mask, filled, place_findings
from validation.findings import CellValue, Finding, Fix, Rule, Severity
from validation.frames import Context, TypedTable, display
from validation.policy import Condition, FieldType, Must, PolicyField, When, WhenIs

__all__ = ["RULES", "applies", "check", "sentence"]

REQUIRED_WHEN = Rule(
    code="ENT002",
    name="required-by-purpose",
    title="A field is blank that this kind of record needs",
    severity=Severity.ERROR,
    what="Applies the policy's conditions that ask for a field to be filled in some cases: by purpose, type or status.",
    why="A complaint without a desired outcome cannot be closed, an organisation without a name cannot be invoiced.",
    example="Interactions INT-000871, Purpose is Complaint and Desired outcome is blank: `Refund of the transfer` "
    "after asking the customer.",
    mend="Fill the field, or correct the field that makes it needed, which the message names.",
)
DATE_ORDER = Rule(
    code="ENT011",
    name="date-order",
    title="Two dates are in the wrong order",
    severity=Severity.ERROR,
    what="Compares two dates of a record as the policy's conditions ask.",
    why="A follow-up due before the call it follows is overdue the moment it is made; one of the dates is wrong.",
    example="Interactions INT-000310, Follow-up date 3 Nov 2026, Date 5 Nov 2026: the follow-up is on 10 Nov 2026.",
    mend="Check both dates; day and month may be the wrong way round.",
)
CONDITION = Rule(
    code="ENT013",
    name="condition",
    title="A record breaks a condition of the policy",
    severity=Severity.ERROR,
    what="Applies the policy's other conditions: a field that must be blank, have one of some values, or be at least, at "
    "most, the same as or different from another in some cases.",
    why="Each condition is something the business found out the hard way: who signs off must not be who did the work.",
    example="Interactions INT-000512, Signed off by `Priya Nair` and Recorded by `Priya Nair`: another person signs off.",
    mend="Correct one of the fields that the message names. Conditions are rows of the policy and can be changed there.",
)
RULES: tuple[Rule, ...] = (REQUIRED_WHEN, DATE_ORDER, CONDITION)


def check(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the policy's conditions on this table. A condition on a field that is missing is skipped (POL)."""
    for condition in context.policy.conditions:
        if condition.table != typed.table.id:
            continue
        by_id = typed.table.by_id
        named = [
            *condition.fields,
            *(when.field for when in condition.when),
            *([condition.other] * bool(condition.other)),
        ]
        if not all(name in by_id and name in typed.values for name in named):
            continue
        fields = [by_id[name] for name in condition.fields if not by_id[name].retired]
        if fields:
            yield from _breaches(typed, condition, fields, applies(typed, condition))


def applies(typed: TypedTable, condition: Condition) -> Mask:
    """For which records all of the condition's ``when`` is so."""
    rows = np.ones(len(typed), dtype=bool)
    for when in condition.when:
        rows &= _when(typed, when)
    return rows


def _when(typed: TypedTable, when: When) -> Mask:
    there = filled(typed, when.field)
    if when.test is WhenIs.FILLED:
        return there
    if when.test is WhenIs.EMPTY:
        return ~there
    among = _among(typed, when.field, when.values)
    return among if when.test is WhenIs.ONE_OF else ~among


def _among(typed: TypedTable, name: str, values: tuple[str, ...]) -> Mask:
    """Which cells hold one of ``values`` (of a field of several values: one of them does)."""
    field, series = typed.table.by_id[name], typed.values[name]
    if field.type is FieldType.STRING and not field.multiple:
        return series.isin(values).to_numpy(dtype=bool)
    wanted = set(values)

    def hit(value: Any) -> bool:
        text = _text(value)
        parts = {p.strip() for p in text.split(";")} if field.multiple else {text, text.casefold()}
        return not wanted.isdisjoint(parts)

    codes, distinct = pd.factorize(series)
    hits = np.array([*(hit(value) for value in distinct), False], dtype=bool)
    return hits[codes]


def _text(value: Any) -> str:
    """A typed value as a steward would write it in a condition: a date in ISO form, yes or no as TRUE or FALSE."""
    if isinstance(value, (pd.Timestamp, np.datetime64)):
        return pd.Timestamp(value).date().isoformat()
    return display(value.item() if isinstance(value, np.generic) else value)


def _breaches(typed: TypedTable, condition: Condition, fields: list[PolicyField], rows: Mask) -> Iterator[Finding]:
    must = condition.must
    if must is Must.ONE_FILLED:
        there = np.zeros(len(typed), dtype=bool)
        for field in fields:
            there |= filled(typed, field.id)
        yield from _say(typed, condition, fields[0], rows & ~there)
        return
    for field in fields:
        there = filled(typed, field.id)
        if must is Must.FILLED:
            broken = rows & ~there
        elif must is Must.EMPTY:
            broken = rows & there
        elif must in {Must.ONE_OF, Must.NOT_ONE_OF}:
            among = _among(typed, field.id, condition.values)
            known = typed.values[field.id].notna().to_numpy(dtype=bool)
            broken = rows & known & (~among if must is Must.ONE_OF else among)
        else:
            broken = rows & ~_compares(typed, condition, field)
        yield from _say(typed, condition, field, broken)


def _compares(typed: TypedTable, condition: Condition, field: PolicyField) -> Mask:
    """True where the comparison holds or cannot be made, since a value is blank or of the wrong type."""
    own = typed.values[field.id]
    true = np.ones(len(typed), dtype=bool)
    if condition.must in {Must.AT_LEAST, Must.AT_MOST}:
        limit = _number(condition)
        if limit is None or field.type not in {FieldType.INTEGER, FieldType.NUMBER}:
            return true
        numbers = own.to_numpy(dtype=np.float64, na_value=np.nan)
        broken: Mask = numbers < limit if condition.must is Must.AT_LEAST else numbers > limit
        return ~broken
    if condition.other is None or typed.table.by_id[condition.other].type is not field.type:
        return true
    other = typed.values[condition.other]
    both = (own.notna() & other.notna()).to_numpy(dtype=bool)
    left, right = own[both], other[both]
    compare: dict[Must, Callable[[Any, Any], Any]] = {
        Must.ON_OR_AFTER: lambda a, b: a >= b,
        Must.ON_OR_BEFORE: lambda a, b: a <= b,
        Must.SAME_AS: lambda a, b: a == b,
        Must.DIFFERENT_FROM: lambda a, b: a != b,
    }
    true[both] = np.asarray(compare[condition.must](left, right), dtype=bool)
    return true


def _number(condition: Condition) -> float | None:
    try:
        return float(condition.values[0])
    except (IndexError, ValueError):
        return None


def _rule(condition: Condition, field: PolicyField) -> Rule:
    if condition.must in {Must.FILLED, Must.ONE_FILLED}:
        return REQUIRED_WHEN
    if condition.must in {Must.ON_OR_AFTER, Must.ON_OR_BEFORE} and field.type is FieldType.DATE:
        return DATE_ORDER
    return CONDITION


def _say(typed: TypedTable, condition: Condition, field: PolicyField, broken: Mask) -> Iterator[Finding]:
    positions = np.flatnonzero(broken)
    if not len(positions):
        return
    severity = Severity.WARNING if condition.warning else None
    said = []
    for position in positions:
        message = condition.message or sentence(condition, field, typed, int(position))
        suggestion: CellValue = "" if condition.must is Must.EMPTY else None
        if condition.must is Must.SAME_AS and condition.other:
            suggestion = _plain(typed.values[condition.other].iloc[position])
        if condition.must is Must.ONE_OF and len(condition.values) == 1:
            suggestion = condition.values[0]
        fix = Fix.NONE if suggestion is None else Fix.UNSAFE
        said.append(Explained(message, suggestion, fix, severity))
    yield from place_findings(typed.raw, _rule(condition, field), field, positions, said)


def _plain(value: Any) -> CellValue:
    if isinstance(value, pd.Timestamp):
        return value.date()
    plain: CellValue = value.item() if isinstance(value, np.generic) else value
    return plain


def sentence(condition: Condition, field: PolicyField, typed: TypedTable, position: int) -> str:
    """What is said about a breach where the policy gives no message: what must be, in which case, and the remedy."""
    by_id = typed.table.by_id
    # That this field is filled is seen; one that is filled and tested for its value too is told of once, by its value.
    told = {when.field for when in condition.when if when.test is not WhenIs.FILLED} | {field.id}
    cases = [when for when in condition.when if when.test is not WhenIs.FILLED or when.field not in told]
    case = f" where {' and '.join(_case(typed, when, position) for when in cases)}" if cases else ""
    or_case = (
        f", or correct {' or '.join(dict.fromkeys(by_id[when.field].label for when in cases))}" if cases else ""
    )
    other = by_id[condition.other] if condition.other else None
    beside = ""
    if other is not None:
        beside = f"{other.label} ({display(_plain(typed.values[other.id].iloc[position]))})"
    labels = [by_id[name].label for name in condition.fields if not by_id[name].retired]
    choice = _listed(condition.values)
    one_of = f"one of {_listed(condition.values, 'or')}" if len(condition.values) > 1 else choice
    both = f"Check both{', day and month may be turned round' if field.type is FieldType.DATE else ''}."
    return {
        Must.FILLED: f"is needed{case}. Fill it in.",
        Must.EMPTY: f"must be blank{case}. Empty it{or_case}.",
        Must.ONE_FILLED: f"is blank, and so are the others: fill in at least one of {_listed(labels)}{case}.",
        Must.ONE_OF: f"must be {one_of}{case}. Choose {'one of these' if len(condition.values) > 1 else 'it'}{or_case}.",
        Must.NOT_ONE_OF: f"must not be {_listed(condition.values, 'or')}{case}. Choose another value{or_case}.",
        Must.ON_OR_AFTER: f"must be on or after {beside}{case}. {both}",
        Must.ON_OR_BEFORE: f"must be on or before {beside}{case}. {both}",
        Must.AT_LEAST: f"must be at least {choice}{case}. Check the number.",
        Must.AT_MOST: f"must be at most {choice}{case}. Check the number.",
        Must.SAME_AS: f"must be the same as {beside}{case}. Correct one of them.",
        Must.DIFFERENT_FROM: f"must differ from {beside}{case}. Correct one of them.",
    }[condition.must]


def _listed(words: Sequence[str], last: str = "and") -> str:
    """Words in a sentence: ``Email, Phone and Street``."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _case(typed: TypedTable, when: When, position: int) -> str:
    field = typed.table.by_id[when.field]
    if when.test is WhenIs.FILLED:
        return f"{field.label} is filled"
    value = display(_plain(typed.values[field.id].iloc[position]))
    return f"{field.label} is {value}" if value else f"{field.label} is blank"

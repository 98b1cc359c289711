"""The entry rules of one field as column rules: what passes, and what is said about a value that does not."""

from __future__ import annotations

import datetime as dt
import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from validation import contacts, entry
from validation.columns import Column, ColumnRule, Explained, Mask, per_text
from validation.findings import Fix, Severity
from validation.frames import display
from validation.patterns import matcher
from validation.policy import (
    FieldFormat,
    FieldType,
    Normaliser,
    Policy,
    PolicyField,
    PolicyTable,
    Settings,
)

__all__ = ["CHECK_DIGITS", "bound", "entry_rules"]

#: Check digit methods of python-stdnum, and which characters of the value they work on.
CHECK_DIGITS = {
    "luhn": r"[^0-9]",
    "verhoeff": r"[^0-9]",
    "damm": r"[^0-9]",
    "iso7064.mod_11_2": r"[^0-9X]",
    "iso7064.mod_11_10": r"[^0-9]",
    "iso7064.mod_97_10": r"[^0-9A-Z]",
    "iso7064.mod_37_2": r"[^0-9A-Z*]",
    "iso7064.mod_37_36": r"[^0-9A-Z]",
}


def entry_rules(
    field: PolicyField, table: PolicyTable, policy: Policy, today: dt.date, entering: bool
) -> Iterator[ColumnRule]:
    """The entry rules that the policy sets for ``field``, in the order of their codes.

    Args:
        field: The field.
        table: Its table; the key is judged by REF002 and REF003 instead of "required" and "unique".
        policy: The policy, for lists and settings.
        today: What ``@today`` stands for.
        entering: Whether the values are on their way in, so that retired list values are refused.
    """
    if field.retired:
        return
    if field.required and field.id != table.key:
        yield _required(field)
    if field.enum and field.enum in policy.list_by_id:
        yield from _list(field, policy, entering)
    if field.type in {FieldType.INTEGER, FieldType.NUMBER, FieldType.DATE}:
        yield from _range(field, today)
    if field.type is FieldType.STRING:
        yield from _texts(field, policy.settings)


def _texts(field: PolicyField, settings: Settings) -> Iterator[ColumnRule]:
    if field.min_length is not None or field.max_length is not None:
        yield _length(field)
    if field.pattern:
        yield from _pattern(field)
    if field.format is FieldFormat.EMAIL:
        yield _email(field)
    if field.format is FieldFormat.PHONE:
        yield _phone(field, settings.region)
    if field.check_digit in CHECK_DIGITS:
        yield _check_digit(field)
    if field.format is FieldFormat.POSTCODE:
        yield _postcode(field, settings.region)
    if field.format is FieldFormat.URI:
        yield ColumnRule(
            entry.URI, field, per_text(contacts.is_uri), lambda text: Explained(contacts.uri_fault(text))
        )


def _required(field: PolicyField) -> ColumnRule:
    message = "is required and blank. Enter it" + (f", such as {field.example}." if field.example else ".")
    return ColumnRule(entry.REQUIRED, field, lambda column: ~column.blank, lambda _: Explained(message))


# --- lists -------------------------------------------------------------------------------------------------------


def _list(field: PolicyField, policy: Policy, entering: bool) -> Iterator[ColumnRule]:
    choices = policy.list_by_id[field.enum or ""]
    known, active = choices.values, choices.active
    retired = known - set(active)

    def parts(value: Any) -> list[str]:
        text = value if isinstance(value, str) else display(value)
        return [part.strip() for part in text.split(";")] if field.multiple else [text]

    def in_list(value: Any) -> bool:
        return known.issuperset(parts(value))

    def still_active(value: Any) -> bool:
        return retired.isdisjoint(parts(value))

    def explain(value: Any) -> Explained:
        return _not_in_list(parts(value), known, active, choices.title)

    def explain_retired(value: Any) -> Explained:
        gone = next(part for part in parts(value) if part in retired)
        return Explained(f'"{gone}" is no longer used in new records. {_to_choose(active)}')

    yield ColumnRule(entry.IN_LIST, field, per_text(in_list), explain)
    if entering and retired:
        yield ColumnRule(entry.RETIRED, field, per_text(still_active), explain_retired)


def _to_choose(active: tuple[str, ...]) -> str:
    return f"Choose {_some(active)}." if active else "The list has no active value: ask the steward for one."


#: Values of a list up to which a message names all of them.
_NAMED = 12


def _some(values: tuple[str, ...]) -> str:
    if len(values) <= _NAMED:
        return f"one of: {', '.join(values)}"
    return f"one of {len(values)} values, such as {', '.join(values[:6])}"


def _not_in_list(parts: list[str], known: frozenset[str], active: tuple[str, ...], title: str) -> Explained:
    folded = {re.sub(r"[\W_]+", "", value).casefold(): value for value in sorted(known)}
    mended, certain, unknown = [], True, []
    for part in parts:
        if part in known:
            mended.append(part)
            continue
        unknown.append(part)
        same = folded.get(re.sub(r"[\W_]+", "", part).casefold())
        close = same or _closest(part, active)
        certain = certain and same is not None
        if close is None:
            return Explained(f'"{part}" is not in the list {title}. {_to_choose(active)}')
        mended.append(close)
    suggestion = "; ".join(dict.fromkeys(mended))
    words = ", ".join(f'"{part}"' for part in unknown)
    ask = "It is written" if certain else "Did you mean"
    end = "." if certain else f"? Else choose {_some(active)}."
    message = f"{words} is not in the list {title}. {ask} {suggestion}{end}"
    return Explained(message, suggestion, Fix.SAFE if certain else Fix.UNSAFE)


def _closest(text: str, values: tuple[str, ...]) -> str | None:
    from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - only for a value out of its list

    best = process.extractOne(text, values, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=72)
    return str(best[0]) if best else None


# --- ranges ------------------------------------------------------------------------------------------------------


def bound(value: float | str | None, field: PolicyField, today: dt.date) -> float | dt.date | None:
    """A minimum or maximum of the policy as a number or a date; None where there is none or it cannot be read
    (which is a POL finding)."""
    if value is None or value == "":
        return None
    if field.type is not FieldType.DATE:
        try:
            return float(value)
        except ValueError:
            return None
    text = str(value).strip()
    moving = re.fullmatch(r"@today(?:\s*([+-]\s*\d{1,6}))?", text)
    try:
        if moving:
            return today + dt.timedelta(days=int((moving[1] or "0").replace(" ", "")))
        return dt.date.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _range(field: PolicyField, today: dt.date) -> Iterator[ColumnRule]:
    low: Any = bound(field.minimum, field, today)
    high: Any = bound(field.maximum, field, today)
    if low is None and high is None:
        return
    dates = field.type is FieldType.DATE

    def test(column: Column) -> Mask:
        passed = np.ones(len(column), dtype=bool)
        # A blank compares as false both ways.
        if dates:
            days = column.series.to_numpy()
            below = days < np.datetime64(low, "s") if low is not None else ~passed
            above = days > np.datetime64(high, "s") if high is not None else ~passed
        else:
            numbers = column.series.to_numpy(dtype=np.float64, na_value=np.nan)
            below = numbers < low if low is not None else ~passed
            above = numbers > high if high is not None else ~passed
        result: Mask = ~(below | above)
        return result

    def explain(value: Any) -> Explained:
        day = value.date() if isinstance(value, dt.datetime) else value
        if not dates:
            limits = [f"at least {display(low)}"] * (low is not None) + [f"at most {display(high)}"] * (
                high is not None
            )
            return Explained(f"must be {' and '.join(limits)}. Check the number.")
        if high is not None and day > high:
            if high == today:
                return Explained(
                    f"lies in the future (today is {display(today)}). Check the date, the year first."
                )
            return Explained(f"must not be after {display(high)}. Check the date, the year first.")
        return Explained(f"must not be before {display(low)}. Check the date, the year first.")

    yield ColumnRule(entry.DATE_BOUND if dates else entry.RANGE, field, test, explain)


# --- texts -------------------------------------------------------------------------------------------------------


def _length(field: PolicyField) -> ColumnRule:
    low, high = field.min_length or 0, field.max_length or 32767

    def explain(text: str) -> Explained:
        if low == high:
            return Explained(f"has {len(text)} characters; it must have {low}. Check it.")
        if len(text) < low:
            return Explained(f"has {len(text)} characters; at least {low} are needed. Say more.")
        return Explained(
            f"has {len(text)} characters; at most {high} fit. Shorten it, or move a part to another field."
        )

    return ColumnRule(entry.LENGTH, field, per_text(lambda text: low <= len(text) <= high), explain)


def _pattern(field: PolicyField) -> Iterator[ColumnRule]:
    matches = matcher(field.pattern)
    if matches is None:
        return
    example = f", such as {field.example}" if field.example else f" (pattern {field.pattern})"

    def explain(text: str) -> Explained:
        bare = re.sub(r"\s+", "", text)
        for other in (text.upper(), bare, bare.upper(), re.sub(r"[\s\-./]", "", text).upper()):
            if other != text and matches(other):
                return Explained(f"is not written the way this field asks. Write {other}.", other)
        return Explained(f"is not written the way this field asks{example}. Check it.")

    yield ColumnRule(entry.PATTERN, field, per_text(matches, quick=matches), explain)


def _check_digit(field: PolicyField) -> ColumnRule:
    method: Any = importlib.import_module(f"stdnum.{field.check_digit}")
    others = re.compile(CHECK_DIGITS[field.check_digit])

    def fits(text: str) -> bool:
        number = others.sub("", text.upper())
        return bool(number) and bool(method.is_valid(number))

    message = "cannot be right: its check digit does not fit. Read it again from the document, digit by digit."
    return ColumnRule(entry.CHECK_DIGIT, field, per_text(fits), lambda _: Explained(message))


def _standard(test: Callable[[str], bool], standard: Callable[[str], str], wanted: bool) -> Callable[[str], bool]:
    """``test``, and the text already in its standard form where that is ``wanted``."""
    return (lambda text: test(text) and standard(text) == text) if wanted else test


def _email(field: PolicyField) -> ColumnRule:
    wanted = Normaliser.EMAIL in field.normalise
    slow = _standard(contacts.is_email, contacts.email, wanted)

    def explain(text: str) -> Explained:
        mended = contacts.email(text)
        if mended != text and contacts.is_email(mended):
            return Explained(
                f"is not in the standard form. Write it {mended}.", mended, Fix.SAFE, Severity.WARNING
            )
        return Explained(*contacts.email_fault(text))

    return ColumnRule(entry.EMAIL, field, per_text(slow, quick=contacts.is_plain_email), explain)


def _phone(field: PolicyField, region: str) -> ColumnRule:
    if Normaliser.PHONE in field.normalise:
        fits: Callable[[str], bool] = lambda text: contacts.phone(text, region) == text  # noqa: E731 - two variants
    else:
        fits = lambda text: contacts.is_phone(text, region)  # noqa: E731

    def explain(text: str) -> Explained:
        number = contacts.phone(text, region)
        if number:
            return Explained(
                f"is not in the international form. Write it {number}.", number, Fix.SAFE, Severity.WARNING
            )
        return Explained(contacts.phone_fault(text, region))

    return ColumnRule(entry.PHONE, field, per_text(fits), explain)


def _postcode(field: PolicyField, region: str) -> ColumnRule:
    def explain(text: str) -> Explained:
        message, mended = contacts.postcode_fault(text, region)
        if mended and contacts.postcode(text, region) == mended:
            return Explained(message, mended, Fix.SAFE, Severity.WARNING)
        return Explained(message, mended)

    return ColumnRule(entry.POSTCODE, field, per_text(lambda text: contacts.is_postcode(text, region)), explain)

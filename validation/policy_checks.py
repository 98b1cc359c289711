"""Whether a policy holds together: names, references, fields and lists. See also `policy_links` and `policy_procedure`."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterator

from validation.findings import Finding
from validation.policy import Convention, FieldFormat, FieldType, Normaliser, Policy, PolicyField, PolicyTable
from validation.policy_links import check_links
from validation.policy_procedure import check_procedure
from validation.policy_rules import (
    BOUNDS,
    CHECK_DIGIT,
    DEFAULT,
    EMPTY_LIST,
    EXCEL_NAME,
    FITNESS,
    KEY,
    MISSING,
    PATTERN,
    REFERENCE,
    REGION,
    RULES,
    UNKNOWN_PART,
    UNREADABLE,
    VALUE,
    Path,
    at,
    twice,
)

__all__ = ["MISSING", "REFERENCE", "RULES", "UNKNOWN_PART", "UNREADABLE", "VALUE", "check_policy"]

#: Names that the workbook needs for tables of its own, in small letters.
_RESERVED = frozenset({"history", "home", "lists", "listchoices"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TODAY = re.compile(r"@today(?:\s*[+-]\s*\d{1,6})?")
_TEXT_FORMATS = {
    Normaliser.PHONE: FieldFormat.PHONE,
    Normaliser.EMAIL: FieldFormat.EMAIL,
    Normaliser.POSTCODE: FieldFormat.POSTCODE,
}
_TYPE_NAMES = {
    FieldType.STRING: "text",
    FieldType.INTEGER: "a whole number",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "a date",
}
#: A fixed day for comparing limits and reading defaults; what is compared does not depend on which it is.
_SOME_DAY = dt.date(2024, 1, 1)


def check_policy(policy: Policy) -> list[Finding]:
    """Breaches of the rules of a policy; ``details["path"]`` is the way into the policy's data,
    such as ("tables", 0, "fields", 3, "enum")."""
    findings = [*_check_settings(policy), *_check_lists(policy), *_check_tables(policy)]
    for index, table in enumerate(policy.tables):
        findings.extend(_check_table(policy, table, ("tables", index)))
    findings.extend(check_procedure(policy))
    findings.extend(check_links(policy))
    return findings


def _check_settings(policy: Policy) -> Iterator[Finding]:
    import phonenumbers  # noqa: PLC0415 - a second's tenth for whoever needs only the shapes

    if policy.version != 1:
        message = f"The policy is of version {policy.version}; this program knows version 1. Update workbook-cms."
        yield at(VALUE, ("version",), message, str(policy.version))
    region = policy.settings.region
    if region not in phonenumbers.SUPPORTED_REGIONS:
        near = {"UK": "GB", "EN": "GB"}.get(region)
        mend = f"Use {near}." if near else "Use the two letters of ISO 3166-1, such as AU."
        yield at(REGION, ("settings", "region"), f'"{region}" is no region. {mend}', region)


def _check_lists(policy: Policy) -> Iterator[Finding]:
    yield from twice((choice.id for choice in policy.lists), ("lists",), "id", "id")
    yield from twice((choice.title for choice in policy.lists), ("lists",), "title", "title")
    used_with_several = {f.enum for table in policy.tables for f in table.fields if f.multiple}
    for index, choice in enumerate(policy.lists):
        path: Path = ("lists", index)
        values = [item.value for item in choice.items]
        yield from twice(values, (*path, "items"), "value", "value")
        if not choice.active:
            message = f'The list "{choice.title}" has nothing to choose. Add a value, or make one active.'
            yield at(EMPTY_LIST, (*path, "title"), message)
        for position, value in enumerate(values):
            if _CONTROL.search(value):
                message = f"The value {value!r} has a line break in it. Write it on one line."
                yield at(EXCEL_NAME, (*path, "items", position, "value"), message, value)
            if ";" in value and choice.id in used_with_several:
                message = f'"{value}" holds a semicolon, which separates values in a field that takes several. Use a comma.'
                yield at(FITNESS, (*path, "items", position, "value"), message, value)


def _check_tables(policy: Policy) -> Iterator[Finding]:
    yield from twice((table.id for table in policy.tables), ("tables",), "id", "id")
    yield from twice((table.name for table in policy.tables), ("tables",), "name", "table name")
    for index, table in enumerate(policy.tables):
        name = table.name.casefold()
        path: Path = ("tables", index, "name")
        if name in _RESERVED or name.startswith(("policy", "list_")):
            message = f'The workbook needs the name "{table.name}" itself. Choose another.'
            yield at(EXCEL_NAME, path, message, table.name)
        elif looks_like_a_cell(table.name):
            message = f'Excel takes "{table.name}" for a cell. Choose another name.'
            yield at(EXCEL_NAME, path, message, table.name)


def looks_like_a_cell(name: str) -> bool:
    """Whether Excel reads a name as a cell: ``AB12``, ``R1C1``, ``R``, ``C`` (ECMA-376 part 1, 18.2.5)."""
    if re.fullmatch(r"[rR]\d*[cC]\d*|[rRcC]\d*", name):
        return True
    match = re.fullmatch(r"([A-Za-z]{1,3})(\d+)", name)
    if match is None or not 1 <= int(match[2]) <= 1_048_576:
        return False
    letters = match[1].upper()
    return len(letters) < 3 or letters <= "XFD"


def _check_table(policy: Policy, table: PolicyTable, path: Path) -> Iterator[Finding]:
    yield from twice((f.id for f in table.fields), (*path, "fields"), "id", "id")
    yield from twice((f.label for f in table.fields), (*path, "fields"), "label", "label")
    yield from _check_key(table, path)
    if table.activity_date is not None:
        field = table.by_id.get(table.activity_date)
        where = (*path, "activity_date")
        if field is None:
            message = f'{table.name} has no field "{table.activity_date}". Name one of its dates.'
            yield at(REFERENCE, where, message, table.activity_date)
        elif field.type is not FieldType.DATE:
            message = f'"{field.label}" is no date. Name a field of the type date.'
            yield at(FITNESS, where, message, field.label)
    for index, field in enumerate(table.fields):
        yield from _check_field(policy, field, (*path, "fields", index))


def _check_key(table: PolicyTable, path: Path) -> Iterator[Finding]:
    field = table.by_id.get(table.key)
    if field is None:
        message = f'{table.name} has no field "{table.key}" that could be its key. Name one of its fields.'
        yield at(KEY, (*path, "key"), message, table.key)
        return
    if field.type is not FieldType.STRING or field.multiple or field.retired:
        message = (
            f'"{field.label}" cannot be the key: a key is text, one value, and not retired. Name another field.'
        )
        yield at(KEY, (*path, "key"), message, field.label)
    if not table.key_format:
        return
    wrong = _key_format_problem(table.key_format)
    if wrong:
        message = f'The key format "{table.key_format}" {wrong}. Write it like STK-{{:05d}}.'
        yield at(KEY, (*path, "key_format"), message, table.key_format)
    elif field.pattern and not _fits(field.pattern, table.key_format.format(1)):
        message = (
            f'{table.key_format.format(1)} does not match the pattern of "{field.label}". Change one of them.'
        )
        yield at(KEY, (*path, "key_format"), message, table.key_format)


def _key_format_problem(text: str) -> str:
    try:
        parts = [part for part in string.Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return "has a bracket that is not closed"
    if len(parts) != 1:
        return "must hold exactly one number"
    _, name, spec, conversion = parts[0]
    if name not in ("", "0") or conversion or not re.fullmatch(r"(0?[1-9]\d?)?d", spec or ""):
        return "does not say how the number is written"
    return "holds a line break" if _CONTROL.search(text) else ""


def _check_field(policy: Policy, field: PolicyField, path: Path) -> Iterator[Finding]:
    if _CONTROL.search(field.label):
        message = "A label cannot have a line break. Write it on one line."
        yield at(EXCEL_NAME, (*path, "label"), message, field.label)
    if field.enum is not None and field.enum not in policy.list_by_id:
        known = ", ".join(policy.list_by_id) or "none yet"
        message = f'There is no list "{field.enum}". Known are: {known}.'
        yield at(REFERENCE, (*path, "enum"), message, field.enum)
    if field.foreign_key is not None and field.foreign_key not in policy.table_by_id:
        known = ", ".join(policy.table_by_id)
        message = f'There is no table "{field.foreign_key}". Known are: {known}.'
        yield at(REFERENCE, (*path, "foreign_key"), message, field.foreign_key)
    yield from _check_fit(field, path)
    yield from _check_bounds(field, path)
    if field.pattern:
        problem = _pattern_problem(field.pattern)
        if problem:
            yield at(PATTERN, (*path, "pattern"), f'The pattern "{field.pattern}" {problem}', field.pattern)
    yield from _check_default(policy, field, path)


def _check_fit(field: PolicyField, path: Path) -> Iterator[Finding]:
    from validation.fields import CHECK_DIGITS  # noqa: PLC0415 - loads pandas, which the shapes do not need

    if field.type is not FieldType.STRING:
        text_only = {
            "format": field.format is not FieldFormat.DEFAULT,
            "enum": field.enum is not None,
            "foreign_key": field.foreign_key is not None,
            "naming": field.naming is not Convention.NONE,
            "pattern": bool(field.pattern),
            "min_length": field.min_length is not None,
            "max_length": field.max_length is not None,
            "check_digit": bool(field.check_digit),
            "normalise": any(n is not Normaliser.TRIM for n in field.normalise),
        }
        for part, used in text_only.items():
            if used:
                message = f'"{field.label}" is {_TYPE_NAMES[field.type]}; this is for text. Leave it empty.'
                yield at(FITNESS, (*path, part), message)
        return
    if field.multiple and field.enum is None:
        message = f'"{field.label}" takes several values, but of no list. Name the list.'
        yield at(FITNESS, (*path, "multiple"), message)
    for normaliser, wanted in _TEXT_FORMATS.items():
        if normaliser in field.normalise and field.format is not wanted:
            message = f'"{field.label}" is mended as {wanted}, but its format is not {wanted}. Set the format.'
            yield at(FITNESS, (*path, "normalise"), message)
    if Normaliser.CASE in field.normalise and field.naming is Convention.NONE:
        message = f'"{field.label}" is mended by letter case, but has no naming convention. Set one.'
        yield at(FITNESS, (*path, "normalise"), message)
    if Normaliser.LOWER in field.normalise and Normaliser.UPPER in field.normalise:
        message = f'"{field.label}" cannot be both in small and in capital letters. Keep one.'
        yield at(FITNESS, (*path, "normalise"), message)
    if field.check_digit and field.check_digit not in CHECK_DIGITS:
        message = f'There is no check digit "{field.check_digit}". Use one of: {", ".join(sorted(CHECK_DIGITS))}.'
        yield at(CHECK_DIGIT, (*path, "check_digit"), message, field.check_digit)


def _check_bounds(field: PolicyField, path: Path) -> Iterator[Finding]:
    limits = {"minimum": field.minimum, "maximum": field.maximum}
    for part, limit in limits.items():
        if limit is not None and field.type in (FieldType.STRING, FieldType.BOOLEAN):
            message = (
                f'"{field.label}" is {_TYPE_NAMES[field.type]}; limits are for numbers and dates. Leave it empty.'
            )
            yield at(BOUNDS, (*path, part), message, str(limit))
        elif limit is not None and _limit(field, limit) is None:
            kind = "a date such as 2026-11-05, @today or @today-30" if field.type is FieldType.DATE else "a number"
            yield at(
                BOUNDS, (*path, part), f'"{limit}" is no limit for "{field.label}". Write {kind}.', str(limit)
            )
    low, high = (_limit(field, limit) if limit is not None else None for limit in limits.values())
    # A fixed date and a day counted from today can stand in either order, as time goes by.
    moving = [str(limit).startswith("@") for limit in limits.values()]
    if low is not None and high is not None and low > high and moving[0] == moving[1]:
        message = f'No value of "{field.label}" can lie from {field.minimum} to {field.maximum}. Swap the two.'
        yield at(BOUNDS, (*path, "maximum"), message, str(field.maximum))
    if field.min_length is not None and field.max_length is not None and field.min_length > field.max_length:
        message = f"No text can be at least {field.min_length} and at most {field.max_length} long. Swap the two."
        yield at(BOUNDS, (*path, "max_length"), message, str(field.max_length))


def _limit(field: PolicyField, limit: float | str) -> float | None:
    """A limit as a number that can be compared (a date as its ordinal); None where it is none."""
    from validation.fields import bound  # noqa: PLC0415 - loads pandas, which the shapes do not need

    if field.type is not FieldType.DATE:
        return limit if isinstance(limit, float) and abs(limit) != float("inf") and limit == limit else None  # noqa: PLR0124
    if isinstance(limit, float):
        return None
    day = bound(limit, field, _SOME_DAY)
    return float(day.toordinal()) if isinstance(day, dt.date) else None


def _pattern_problem(pattern: str) -> str:
    """Why RE2 cannot compile a pattern, as the end of a sentence and the remedy; "" where it can."""
    import re2  # noqa: PLC0415 - only where a pattern is

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error:
        if re.search(r"\(\?<?[=!]", pattern):
            return "looks ahead or behind, which is not known here. Write it without (?= (?! (?<= (?<!."
        if re.search(r"\\[1-9]|\(\?P=", pattern):
            return "refers back to what it matched, which is not known here. Write that part out."
        return (
            "is no regular expression. Close every bracket, and put \\ before a sign that is meant as it stands."
        )
    return ""


def _fits(pattern: str, text: str) -> bool:
    import re2  # noqa: PLC0415

    return not _pattern_problem(pattern) and re2.fullmatch(pattern, text) is not None


def _check_default(policy: Policy, field: PolicyField, path: Path) -> Iterator[Finding]:
    text = field.default
    if not text or (text == "@me" and field.type is FieldType.STRING):
        return
    if text == "@today" and field.type is FieldType.DATE:
        return
    problem = _default_problem(policy, field, text)
    if problem:
        yield at(
            DEFAULT, (*path, "default"), f'"{text}" cannot be the default of "{field.label}": {problem}.', text
        )


def _default_problem(policy: Policy, field: PolicyField, text: str) -> str:
    from validation.typing import parse_text  # noqa: PLC0415 - loads pandas, which the shapes do not need

    if field.type is not FieldType.STRING:
        value = parse_text(text, field, policy.settings)
        if isinstance(value, str):
            return f"it is not {_TYPE_NAMES[field.type]}"
        number = float(value.toordinal()) if isinstance(value, dt.date) else float(value)
        low = _limit(field, field.minimum) if field.minimum is not None else None
        high = _limit(field, field.maximum) if field.maximum is not None else None
        moving = any(_TODAY.fullmatch(str(limit)) for limit in (field.minimum, field.maximum))
        outside = (low is not None and number < low) or (high is not None and number > high)
        return "it is outside the limits" if outside and not moving else ""
    choice = policy.list_by_id.get(field.enum or "")
    if choice is not None:
        parts = [part.strip() for part in text.split(";")] if field.multiple else [text]
        missing = next((part for part in parts if part not in choice.active), None)
        return f'"{missing}" is no active value of {choice.title}' if missing is not None else ""
    if not (field.min_length or 0) <= len(text) <= (field.max_length or 32767):
        return "it is too short or too long"
    if field.pattern and not _pattern_problem(field.pattern) and not _fits(field.pattern, text):
        return "it does not match the pattern"
    return ""

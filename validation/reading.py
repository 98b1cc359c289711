"""What a person meant by a value of another type: a date typed as text, a number in a text field, yes and no."""

from __future__ import annotations

import datetime as dt
from typing import Any

from validation.columns import Explained
from validation.contacts import phone
from validation.dates import from_serial, read_date, read_number, read_yes_no
from validation.findings import Fix, Severity
from validation.frames import display
from validation.letters import tidy
from validation.policy import FieldFormat, FieldType, PolicyField, Settings

__all__ = ["is_number", "mistyped", "parse_text", "text_of"]

# A number of more digits has lost its last ones in Excel, which keeps fifteen.
_EXCEL_DIGITS = 10**15
_WHAT = {
    FieldType.INTEGER: "a whole number",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "a date",
}


def is_number(value: object) -> bool:
    """Whether it is a finite number, TRUE and FALSE not counted."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def mistyped(value: Any, field: PolicyField, settings: Settings, today: dt.date | None) -> Explained:
    """What is to be said about a value that is not of the field's type, and what was meant where it can be known."""
    if field.type is FieldType.STRING:
        return _not_text(value, field, settings)
    if field.type is FieldType.DATE:
        return _not_date(value, settings, today)
    what = _WHAT[field.type]
    if isinstance(value, str):
        meant = parse_text(value, field, settings, today)
        if isinstance(meant, str):
            return Explained(
                f"must be {what}, and this text cannot be read as one. Enter {what}, or leave it blank."
            )
        return Explained(f"is text that only looks like {what}. Store it as {display(meant)}.", meant)
    if field.type is FieldType.BOOLEAN and is_number(value) and value in (0, 1):
        meant = bool(value)
        return Explained(f"must be {what}. Store it as {display(meant)}.", meant, Fix.UNSAFE)
    if field.type is FieldType.INTEGER and is_number(value):
        if float(value).is_integer():
            return Explained("is too large to be kept exactly. Check the number.")
        return Explained(
            "must be a whole number. Check whether the decimals belong here.", round(value), Fix.UNSAFE
        )
    if isinstance(value, (dt.date, dt.time)):
        return Explained(f"must be {what}, but Excel holds a date or time here. Enter the value again.")
    return Explained(f"must be {what}. Enter the value again.")


def _not_date(value: Any, settings: Settings, today: dt.date | None) -> Explained:
    if isinstance(value, dt.datetime):
        day = value.date()
        return Explained(
            f"holds a time of day as well, which this field does not keep. The date alone is {display(day)}.",
            day,
            Fix.UNSAFE,
            Severity.WARNING,
        )
    if isinstance(value, str):
        read = read_date(value, settings.date_order, today)
        if read is None:
            return Explained("must be a date, and this text cannot be read as one. Write it like 5 Nov 2026.")
        fix = Fix.SAFE if read.certain else Fix.UNSAFE
        check = "" if read.certain else " Check that day, month and year are meant so."
        return Explained(
            f"is a date typed as text. Store it as the date {display(read.day)}.{check}", read.day, fix
        )
    serial = from_serial(value) if is_number(value) else None
    if serial:
        return Explained(
            f"is a number, not a date. As an Excel date it would be {display(serial)}; check that it is.",
            serial,
            Fix.UNSAFE,
        )
    return Explained("must be a date, such as 5 Nov 2026. Enter it again.")


def _not_text(value: Any, field: PolicyField, settings: Settings) -> Explained:
    text, fix = text_of(value, field, settings)
    if isinstance(value, bool):
        return Explained("holds TRUE or FALSE where a text belongs. Enter the text again.", text, fix)
    if isinstance(value, (dt.date, dt.time)):
        return Explained("was turned into a date by Excel. Enter it again as text (type ' before it).")
    if field.format is FieldFormat.PHONE:
        if text is None:
            return Explained(
                "is a telephone number stored as a number, so zeros or a + at its start are lost. Ask for it again."
            )
        return Explained(
            f"is a telephone number stored as a number, so zeros or a + at its start are lost. It must be {text}.",
            text,
            fix,
        )
    if abs(value) >= _EXCEL_DIGITS:
        return Explained(
            "is stored as a number of more than 15 digits; Excel keeps only 15 and puts zeros for the rest. "
            "Enter it again as text from its source."
        )
    return Explained(f'is stored as a number where a text belongs. Store it as the text "{text}".', text, fix)


def text_of(value: Any, field: PolicyField, settings: Settings) -> tuple[str | None, Fix]:
    """The text a non-text value of a string field stands for, and whether it is safe to take; None where lost."""
    if isinstance(value, bool):
        return display(value), Fix.UNSAFE
    if not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 - NaN is what differs from itself
        return None, Fix.NONE
    text = display(value)
    if field.format is FieldFormat.PHONE:
        for start in ("0", "+", ""):
            number = phone(start + text, settings.region)
            if number:
                return number, Fix.SAFE
        return None, Fix.NONE
    if abs(value) >= _EXCEL_DIGITS:
        return None, Fix.NONE
    if field.format is FieldFormat.POSTCODE and isinstance(value, int):
        width = {"AU": 4, "US": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5}.get(settings.region, 0)
        return text.zfill(width), Fix.SAFE
    if field.min_length and field.min_length == field.max_length and len(text) < field.min_length:
        return text.zfill(field.min_length), Fix.UNSAFE
    return text, Fix.SAFE


def parse_text(
    text: str, field: PolicyField, settings: Settings, today: dt.date | None = None
) -> str | int | float | bool | dt.date:
    """What a person typed, as the field's type.

    Dates by the policy's order (``5/11/2026``, ``5 Nov 2026``, with ``today`` also ``today`` and ``5/11/26``), numbers
    with thousands separators and currency sign, yes and no. Text that cannot be read so comes back unchanged, and
    typing reports it.
    """
    if field.type is FieldType.STRING:
        return text
    plain = tidy(text)
    meant: Any = None
    if field.type is FieldType.DATE:
        read = read_date(plain, settings.date_order, today)
        meant = read.day if read else None
    elif field.type is FieldType.BOOLEAN:
        meant = read_yes_no(plain)
    else:
        number = read_number(plain, settings.region)
        whole = number is not None and float(number).is_integer()
        if number is not None and (field.type is FieldType.NUMBER or whole):
            meant = int(number) if whole else number
    return text if meant is None else meant

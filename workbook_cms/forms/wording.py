"""Values as people write and say them, and sentences of the forms that more than one module says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from validation.contacts import phone
from validation.findings import CellValue
from validation.frames import display
from validation.policy import FieldFormat, FieldType, PolicyField
from workbook_cms.unseen import blanked

__all__ = ["day", "listed", "moment", "plain", "quoted", "shortened", "spoken_phone", "things", "typed_text"]

# Not strftime: that follows the machine's locale.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def typed_text(value: object, field: PolicyField, region: str) -> str:
    """A value as a person would type it: ``5 Nov 2026``, ``0491 570 156``, ``yes``; "" for a blank."""
    if field.type is FieldType.BOOLEAN and isinstance(value, bool):
        return "yes" if value else "no"
    text = display(value)
    if field.format is FieldFormat.PHONE:
        return spoken_phone(text, region)
    return text


def plain(text: str) -> str:
    """Text of an input as it counts: line breaks as Excel has them, no spaces at the ends; a lone full stop is how
    a form without macros is told to submit, never a value."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return "" if text == "." else text


def day(value: dt.date, today: dt.date | None = None) -> str:
    """A date that shows which one was meant: ``Thu 5 Nov 2026``; with ``today`` also what day that is from here."""
    text = f"{_WEEKDAYS[value.weekday()]} {display(dt.date(value.year, value.month, value.day))}"
    if today is None:
        return text
    away = (dt.date(value.year, value.month, value.day) - today).days
    near = {0: ", today", -1: ", yesterday", 1: ", tomorrow"}
    return text + near.get(away, "")


def moment(when: dt.datetime, today: dt.date) -> str:
    """A moment in local time: ``09:12``, or ``Fri 20 Nov 09:12`` when it was another day."""
    local = when.astimezone()
    clock = f"{local:%H:%M}"
    return clock if local.date() == today else f"{day(local.date()).rpartition(' ')[0]} {clock}"


def spoken_phone(text: str, region: str) -> str:
    """A telephone number grouped as people say it: ``0491 570 156`` at home, ``+44 20 7946 0958`` abroad."""
    if not text.startswith("+") or phone(text, region) is None:
        return text
    import phonenumbers  # noqa: PLC0415 - 60 ms, only with a phone number

    number = phonenumbers.parse(text, region)
    home = number.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, form.NATIONAL if home else form.INTERNATIONAL))


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words in a sentence: ``Email, Phone and Street``."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def things(count: int) -> str:
    """``1 thing``, ``2 things``."""
    return f"{count} thing{'' if count == 1 else 's'}"


def shortened(text: str, longest: int) -> str:
    """A text in one line of at most so many characters."""
    line = " ".join(blanked(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def quoted(value: CellValue | object, longest: int = 60) -> str:
    """A value within a sentence; ``nothing`` for a blank."""
    text = shortened(display(value), longest)
    return f'"{text}"' if text else "nothing"

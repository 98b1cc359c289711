"""Dates and numbers as people type them."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from validation.policy import DateOrder

__all__ = ["ReadDate", "from_serial", "read_date", "read_number", "read_yes_no"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        str.split(
            "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|"
            "oct october|nov november|dec december",
            "|",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS = {
    d for name in str.split("monday tuesday wednesday thursday friday saturday sunday") for d in (name, name[:3])
}
_DAYS |= {"tues", "weds", "thur", "thurs"}
_NUMERIC = re.compile(r"(\d{1,4})[./\-\s](\d{1,2})[./\-\s](\d{1,4})", re.ASCII)
_COMPACT = re.compile(r"\d{8}", re.ASCII)
_WORDS = re.compile(r"[A-Za-z]+|\d+")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
_TIME = re.compile(
    r"[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap]m)?(Z|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)
_CURRENCY = re.compile(
    r"^(?:[A-Z]{0,3}[$€£¥₹]|AUD|USD|NZD|EUR|GBP|JPY|CAD|SGD|CHF)\s*|\s*(?:[$€£¥₹]|AUD|USD|NZD|EUR|GBP)$"
)
_YES = frozenset({"yes", "y", "true", "t", "on", "x", "✓", "✔", "1"})
_NO = frozenset({"no", "n", "false", "f", "off", "0"})
#: Regions that write a decimal comma (Unicode CLDR, numbers/symbols/decimal).
_COMMA_REGIONS = frozenset(
    str.split(
        "AR AT BE BG BR CL CO CZ DE DK EE ES FI FR GR HR HU ID IS IT LT LV NL NO PL PT RO RS RU SE SI SK TR UA VN"
    )
)


class ReadDate(NamedTuple):
    """A date read from a text.

    Attributes:
        day: The date.
        certain: Whether it could mean no other day (5/11/2026 could, 25/11/2026 and 5 Nov 2026 could not).
    """

    day: dt.date
    certain: bool


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _year(text: str, today: dt.date | None) -> int | None:
    """Four digits as they are; two digits as the year from 80 years ago to 19 years ahead (a person's lifetime)."""
    number = int(text)
    if len(text) == 4:
        return number if number >= 1000 else None
    if len(text) != 2 or today is None:
        return None
    first = today.year - 80
    return first + (number - first) % 100


@lru_cache(maxsize=4096)
def read_date(text: str, order: DateOrder, today: dt.date | None = None) -> ReadDate | None:
    """The date a person meant by ``text``, or None.

    Reads 2026-11-05, 5/11/2026, 5.11.26, 5-11-2026, 20261105, 5 Nov 2026, 5th November 2026, Nov 5 2026,
    Thu 5 Nov 2026, 5-Nov-26, a time of day after it (dropped when it is midnight, else unreadable here), and with
    ``today`` given also years of two digits, today, yesterday, tomorrow, and "5 Nov" or "5/11" of this year.
    """
    text = _ORDINAL.sub("", " ".join(text.split()))
    time = _TIME.search(text)
    if time:
        if any(int(part or 0) for part in time.groups()[:3]):
            return None
        text = text[: time.start()]
    word = text.casefold()
    if today is not None and word in {"today", "yesterday", "tomorrow"}:
        return ReadDate(
            today + dt.timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[word]), certain=True
        )
    if _COMPACT.fullmatch(text):
        day = _date(int(text[:4]), int(text[4:6]), int(text[6:]))
        return ReadDate(day, certain=True) if day and 1900 <= day.year <= 2199 else None
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        return _read_numeric(numeric[1], numeric[2], numeric[3], order, today)
    return _read_words(text, order, today)


def _read_numeric(a: str, b: str, c: str, order: DateOrder, today: dt.date | None) -> ReadDate | None:
    if len(a) == 4 or (order is DateOrder.YMD and len(c) <= 2):
        year = _year(a, today)
        day = _date(year, int(b), int(c)) if year and len(c) <= 2 else None
        return ReadDate(day, certain=len(a) == 4) if day else None
    year = _year(c, today)
    if year is None or len(a) > 2:
        return None
    first, second = int(a), int(b)
    usual = (second, first) if order is not DateOrder.MDY else (first, second)
    day = _date(year, *usual)
    if day:
        return ReadDate(day, certain=len(c) == 4 and (first > 12 or second > 12 or first == second))
    # 11/25/2026 where people write the day first: it can only be the 25th, yet somebody should look.
    day = _date(year, usual[1], usual[0])
    return ReadDate(day, certain=False) if day else None


def _read_words(text: str, order: DateOrder, today: dt.date | None) -> ReadDate | None:
    if not re.fullmatch(r"[\w\s,./\-]+", text):
        return None
    words = [w for w in _WORDS.findall(text.casefold()) if w not in _DAYS and w != "of"]
    months = [w for w in words if w in _MONTHS]
    numbers = [w for w in words if w.isdigit()]
    if len(words) != len(months) + len(numbers):
        return None
    if len(months) == 1 and len(numbers) == 2:
        if len(numbers[0]) == 4:
            numbers.reverse()
        year = _year(numbers[1], today)
        day = _date(year, _MONTHS[months[0]], int(numbers[0])) if year and len(numbers[0]) <= 2 else None
        return ReadDate(day, certain=len(numbers[1]) == 4) if day else None
    if today is None:
        return None
    if len(months) == 1 and len(numbers) == 1 and len(numbers[0]) <= 2:
        day = _date(today.year, _MONTHS[months[0]], int(numbers[0]))
        return ReadDate(day, certain=False) if day else None
    if re.fullmatch(r"\d{1,2}[./]\d{1,2}\.?", text, re.ASCII) and len(numbers) == 2:
        first, second = int(numbers[0]), int(numbers[1])
        day = _date(today.year, *((first, second) if order is not DateOrder.DMY else (second, first)))
        return ReadDate(day, certain=False) if day else None
    return None


def from_serial(number: float) -> dt.date | None:
    """The day of an Excel serial number (1900 system), or None outside 1930 to 2100, where it is no likely date."""
    if not 10959 <= number <= 73415:
        return None
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(number))


def read_number(text: str, region: str) -> int | float | None:
    """The number a person meant: ``$1,234.50``, ``1 234``, ``-5``, ``12.0``; None where it is not plain."""
    text = text.strip().replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    sign = 1
    if text[:1] in "+-" and text[1:]:
        sign, text = (-1 if text[0] == "-" else 1), text[1:].strip()
    text = _CURRENCY.sub("", text).strip()
    if text[:1] == "-" and sign == 1:
        sign, text = -1, text[1:]
    point, thousands = (",", ".") if region in _COMMA_REGIONS else (".", ",")
    grouped = rf"\d{{1,3}}(?:[{re.escape(thousands)} '’]\d{{3}})+|\d+"
    match = re.fullmatch(rf"({grouped})?(?:{re.escape(point)}(\d*))?", text, re.ASCII)
    if not match or not (match[1] or match[2]) or len(text) > 40:
        return None
    whole = re.sub(r"\D", "", match[1] or "0")
    fraction = (match[2] or "").rstrip("0")
    return sign * (float(f"{whole}.{fraction}") if fraction else int(whole))


def read_yes_no(text: str) -> bool | None:
    """True for yes, y, true, x, a tick; False for no, n, false; else None."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None

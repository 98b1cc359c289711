"""Dates and numbers as people type them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.dates import from_serial, read_date, read_number, read_yes_no
from validation.policy import DateOrder

TODAY = dt.date(2026, 11, 22)
FIFTH = dt.date(2026, 11, 5)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("5/11/2026", DateOrder.DMY, FIFTH),
        ("11/5/2026", DateOrder.MDY, FIFTH),
        ("2026/11/5", DateOrder.YMD, FIFTH),
        ("5.11.26", DateOrder.DMY, FIFTH),
        ("26-11-05", DateOrder.YMD, FIFTH),
        ("5-Nov-2026", DateOrder.DMY, FIFTH),
        ("Nov 5, 2026", DateOrder.MDY, FIFTH),
        ("Thursday 5th of November 2026", DateOrder.DMY, FIFTH),
        ("20261105", DateOrder.DMY, FIFTH),
        ("2026-11-05T00:00:00Z", DateOrder.DMY, FIFTH),
        ("5 Nov", DateOrder.DMY, FIFTH),
        ("tomorrow", DateOrder.DMY, dt.date(2026, 11, 23)),
        ("3/2/80", DateOrder.DMY, dt.date(1980, 2, 3)),
        ("2026-11-05 10:30", DateOrder.DMY, None),
        ("31/2/2026", DateOrder.DMY, None),
        ("5/11/026", DateOrder.DMY, None),
        ("12", DateOrder.DMY, None),
        ("may be", DateOrder.DMY, None),
        ("", DateOrder.DMY, None),
    ],
)
def test_dates_in_many_shapes(text: str, order: DateOrder, day: dt.date | None) -> None:
    """People's ways of writing a date are read by the order of their region; what is no date is not."""
    read = read_date(text, order, TODAY)
    assert (read.day if read else None) == day


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)), st.sampled_from(DateOrder))
def test_written_dates_are_read_back(day: dt.date, order: DateOrder) -> None:
    """A date written in ISO form, in words or in the region's order is read as that date."""
    shapes = {
        DateOrder.DMY: f"{day.day}/{day.month}/{day.year}",
        DateOrder.MDY: f"{day.month}/{day.day}/{day.year}",
        DateOrder.YMD: f"{day.year}/{day.month}/{day.day}",
    }
    months = ["January", "February", "March", "April", "May", "June", "July"]
    months += ["August", "September", "October", "November", "December"]
    for text in (day.isoformat(), shapes[order], f"{day.day} {months[day.month - 1]} {day.year}"):
        read = read_date(text, order)
        assert read is not None
        assert read.day == day


@given(st.text(max_size=30))
def test_any_text_is_read_or_not(text: str) -> None:
    """No text stops the readers."""
    read = read_date(text, DateOrder.DMY, TODAY)
    assert read is None or isinstance(read.day, dt.date)
    number = read_number(text, "AU")
    assert number is None or isinstance(number, int | float)
    assert read_yes_no(text) in {None, True, False}


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("$1,234.50", "AU", 1234.5),
        ("1.234,50 €", "DE", 1234.5),
        ("-5", "AU", -5),
        ("12.0", "AU", 12),
        ("AUD 99", "AU", 99),
        ("1,23", "AU", None),
        ("1 2", "AU", None),
        ("five", "AU", None),
    ],
)
def test_numbers_by_the_regions_decimal_sign(text: str, region: str, number: float | None) -> None:
    """Thousands separators and currency signs are read; a comma that may be either is not."""
    assert read_number(text, region) == number


def test_serials_are_likely_dates_only() -> None:
    """A number is taken for an Excel date between 1930 and 2100."""
    assert from_serial(46331) == FIFTH
    assert from_serial(12) is None

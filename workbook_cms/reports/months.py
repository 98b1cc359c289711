"""The month a report is about."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from workbook_cms.errors import InputError

__all__ = ["Month"]

# Not strftime("%B"): that follows the machine's locale.
_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str, today: dt.date) -> Month:
        """The month written as ``2026-10``.

        Raises:
            InputError: It is not written so, or has not begun by ``today``.
        """
        match = re.fullmatch(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
        place = f"month {text}" if text.strip() else "month"
        if not match:
            raise InputError(place, "is not a month.", f"Write year and month, such as {today:%Y-%m}.")
        month = cls(int(match[1]), int(match[2]))
        if month.first > today:
            raise InputError(place, "has not begun yet.", f"The latest month to report on is {today:%Y-%m}.")
        return month

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def end(self) -> dt.date:
        """The day after its last day."""
        return dt.date(self.year + self.number // 12, self.number % 12 + 1, 1)

    @property
    def before(self) -> Month:
        """The month before it."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    @property
    def title(self) -> str:
        """For people: ``October 2026``."""
        return f"{_NAMES[self.number - 1]} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

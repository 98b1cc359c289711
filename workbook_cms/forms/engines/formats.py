"""Number formats of a workbook in LibreOffice: what they make of a number, and their codes as Excel writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import Enum
from functools import cached_property
from typing import Any

from workbook_cms.forms.engines.uno_bridge import struct

__all__ = ["Area", "Formats", "Kind"]

#: First column, first row, last column, last row, counted from 0 at the corner of the range.
Area = tuple[int, int, int, int]

#: com.sun.star.util.NumberFormat
_DATE, _TIME, _LOGICAL, _TEXT = 2, 4, 1024, 256


_STANDARD = {
    "general": "General",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm:ss",
    "logical": "BOOLEAN",
}


class Kind(Enum):
    """What a number in a cell is to be read as. A time without a date is a number, as in Excel."""

    OTHER = "number"
    DATE = "date"
    DATETIME = "date and time"
    LOGICAL = "truth value"
    TEXT = "text"


class Formats:
    """The number formats of one open workbook."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._kinds: dict[int, Kind] = {}
        self._keys: dict[str, int] = {}

    @cached_property
    def _formats(self) -> Any:
        return self._document.getNumberFormats()

    @cached_property
    def _english(self) -> Any:
        return struct("lang.Locale", "en", "US", "")

    @cached_property
    def epoch(self) -> dt.datetime:
        """The day that is 0: 30 December 1899, or 1 January 1904."""
        day = self._document.NullDate
        return dt.datetime(day.Year, day.Month, day.Day)

    def kind(self, key: int) -> Kind:
        """What a number with the format of that key is."""
        if key not in self._kinds:
            flags = self._formats.getByKey(key).Type
            if flags & _DATE:
                kind = Kind.DATETIME if flags & _TIME else Kind.DATE
            else:
                kind = Kind.LOGICAL if flags & _LOGICAL else Kind.TEXT if flags & _TEXT else Kind.OTHER
            self._kinds[key] = kind
        return self._kinds[key]

    def areas(self, cells: Any) -> Iterator[tuple[Kind, Area]]:
        """The areas of a range whose numbers are of one kind each; together they are the whole range."""
        if cells.getPropertyState("NumberFormat").value != "AMBIGUOUS_VALUE":
            box = cells.getRangeAddress()
            yield (
                self.kind(cells.NumberFormat),
                (0, 0, box.EndColumn - box.StartColumn, box.EndRow - box.StartRow),
            )
            return
        corner = cells.getRangeAddress()
        for group in cells.getUniqueCellFormatRanges():
            kind = self.kind(group.NumberFormat)
            for box in group.getRangeAddresses():
                left, top = box.StartColumn - corner.StartColumn, box.StartRow - corner.StartRow
                yield kind, (left, top, left + box.EndColumn - box.StartColumn, top + box.EndRow - box.StartRow)

    def key(self, code: str) -> int:
        """The key of a format given by its code, such as ``yyyy-mm-dd``."""
        if code not in self._keys:
            key: int = self._formats.queryKey(code, self._english, False)
            self._keys[code] = key if key >= 0 else self._formats.addNew(code, self._english)
        return self._keys[code]

    def standard(self, look: str) -> int:
        """The key of the usual format for a ``date``, a ``datetime``, a truth value (``logical``) or ``general``."""
        return self.key(_STANDARD[look])

    def code(self, key: int) -> str:
        """The code of a format, as Excel writes it in English."""
        english = self._formats.getFormatForLocale(key, self._english)
        code: str = self._formats.getByKey(english).FormatString
        return code

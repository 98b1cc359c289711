"""Values of cells on their way between records and a running spreadsheet program."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from workbook_cms.file.layout import CellValue
from workbook_cms.forms.adapter import literal

__all__ = ["ERRORS", "are_blank", "grid", "is_long", "long_ones", "read", "same", "written"]

#: Longer texts go into their cells one by one: in a block, older versions of Excel refuse or cut them.
_LONG_TEXT = 8000
#: A date without a day is a time.
_NO_DAY = dt.date(1899, 12, 31)
#: What an error cell is read as (`err_to_str`).
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def grid(value: Any) -> list[list[Any]]:
    """Rows of cells, whatever the shape xlwings gives a block in."""
    rows = value if isinstance(value, (list, tuple)) else [[value]]
    return [list(row) if isinstance(row, (list, tuple)) else [row] for row in rows]


def read(value: Any) -> CellValue:
    """A value as xlwings gives it, as records have it."""
    if value in ("", None):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.datetime):
        if value.date() <= _NO_DAY:
            return value.time()
        return value if value.time() != dt.time() else value.date()
    result: CellValue = value
    return result


def written(value: CellValue, *, excel: bool) -> Any:
    """A value of a record as the program takes it."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return literal(value) if excel and isinstance(value, str) else value


def same(wanted: CellValue, found: CellValue) -> bool:
    """Whether the program kept what was written."""
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return abs(wanted - found) <= 1e-9 * max(1.0, abs(wanted))
    return (wanted or None) == found if isinstance(wanted, str) else wanted == found


def are_blank(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether nothing stands in these cells."""
    return all(value in (None, "") for row in rows for value in row)


def is_long(value: CellValue) -> bool:
    """Whether a text has to go into its cell alone."""
    return isinstance(value, str) and len(value) > _LONG_TEXT


def long_ones(block: list[list[CellValue]]) -> Iterator[tuple[int, int]]:
    """Row and column of the texts that have to go into their cells alone."""
    return ((i, j) for i, line in enumerate(block) for j, value in enumerate(line) if is_long(value))

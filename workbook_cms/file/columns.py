"""The columns of a table as `RawTable` promises them, made of what the bulk reader gives row by row."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Set
from typing import TYPE_CHECKING, Any

from workbook_cms.file.layout import CellValue
from workbook_cms.file.raw_table import Column

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["Texts", "columns_of", "held"]

#: What cells of a column, by its number from 1, hold as the file writes it, by row; both rows from 1.
Texts = Callable[[int, Set[int]], Mapping[int, str]]

_MIDNIGHT = dt.time()
_LARGEST = 2.0**63  # a larger whole number stays float, since no integer column could hold it


def columns_of(
    body: list[list[Any]], first_row: int, first_column: int, count: int, texts: Texts
) -> tuple[list[Column], npt.NDArray[np.object_]]:
    """Lists of ``count`` columns, and the same as an array of shape (columns, rows).

    Args:
        body: Rows as the bulk reader gives them, blanks as "", numbers as float.
        first_row: Row of the sheet, from 1, of the first of them.
        first_column: Column of the sheet, from 1, of their first cells.
        count: Number of columns.
        texts: Looks into the file where the bulk reader does not tell enough.
    """
    import numpy as np  # noqa: PLC0415 - late for a fast start

    # numpy turns rows into columns twice as fast as zip, and the frame can be made of the array.
    block = np.empty((count, len(body)), dtype=object)
    if body:
        block[: len(body[0])] = np.array(body, dtype=object).T
    columns = []
    for index in range(count):
        given = block[index].tolist()
        column = _column(given, first_row, first_column + index, texts)
        if column is not given:
            block[index] = column
        columns.append(column)
    return columns, block


def held(columns: list[Column], special: Set[int]) -> range | list[int]:
    """Positions of the rows that hold anything; those in ``special`` do, an error or a formula."""
    count = len(columns[0]) if columns else 0
    suspects = [i for i, value in enumerate(columns[0]) if value is None] if columns else []
    blank = {i for i in suspects if i not in special and all(column[i] is None for column in columns)}
    return [i for i in range(count) if i not in blank] if blank else range(count)


def _column(values: list[Any], first_row: int, number: int, texts: Texts) -> Column:
    """Values of one column. Works by the types that occur: most columns have one."""
    types = set(map(type, values))
    column = values
    if str in types and "" in values:
        column = [None if v == "" else v for v in values]
    if float in types:
        column = _whole_numbers(column, only=len(types) == 1)
    if dt.datetime in types:
        column = [v.date() if type(v) is dt.datetime and v.time() == _MIDNIGHT else v for v in column]
    if dt.timedelta in types:
        column = [_number(v / dt.timedelta(days=1)) if type(v) is dt.timedelta else v for v in column]
    if dt.time in types:
        # calamine gives every number below 1 shown as a date as a time, and negative ones as midnight.
        midnight = {i for i, v in enumerate(column) if type(v) is dt.time and v == _MIDNIGHT}
        found = texts(number, {first_row + i for i in midnight}) if midnight else {}
        column = [
            _before_calendar(found.get(first_row + i, "0")) if i in midnight else v for i, v in enumerate(column)
        ]
    return column


def _before_calendar(text: str) -> CellValue:
    try:
        number = float(text or 0)
    except ValueError:
        return _MIDNIGHT
    return _number(number) if number < 0 else _MIDNIGHT


def _whole_numbers(values: list[Any], only: bool) -> list[Any]:
    """Whole floats as int; ``only``: there is nothing but floats, as in most columns of numbers."""
    if only and max(values) < _LARGEST and min(values) > -_LARGEST and math.isfinite(sum(values)):
        return [int(v) if v.is_integer() else v for v in values]
    return [_number(v) if type(v) is float else v for v in values]


def _number(value: float) -> CellValue:
    if not math.isfinite(value):
        return str(value)  # no spreadsheet writes it: text in a cell that calls itself a number
    return int(value) if value.is_integer() and abs(value) < _LARGEST else value

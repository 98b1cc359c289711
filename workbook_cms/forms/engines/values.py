"""Values between Python and the cells of LibreOffice, typed as xlwings documents them for Excel.

LibreOffice gives blocks of numbers and texts only: whether a number is a date or a truth value is told by the format of
its cell. Empty cells and errors are None, dates are datetimes, numbers are floats. A text stays the text it was, but one
that begins with ``=`` is a formula, unless its cell is formatted as text (``@``), as in Excel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from workbook_cms.forms.engines.formats import Formats, Kind
from workbook_cms.forms.engines.formulas import Formulas

__all__ = ["CellError", "cleaned", "prepared", "read", "write"]

Rows = Sequence[Sequence[Any]]

#: Errors that LibreOffice tells by number, as Excel calls them (sc/source/filter/excel/xltools.cxx).
_ERRORS = {503: "#NUM!", 521: "#NULL!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}
#: The day after 31 December 9999.
_LAST_DAY = 2_958_464.0
_OTHER_ERROR = "#VALUE!"


class CellError(str):
    """What a cell with an error holds; its text is the name of the error, where that was asked for."""

    __slots__ = ()


def read(cells: Any, formats: Formats, *, name_errors: bool) -> list[list[Any]]:
    """The values of a range, row by row; blank cells are ``""``, errors a CellError.

    Args:
        cells: The range, as LibreOffice gives it.
        formats: The number formats of its workbook.
        name_errors: Whether errors shall be told apart, which takes a call each.
    """
    data: list[list[Any]] = [list(row) for row in cells.getDataArray()]
    if all(type(value) is str for row in data for value in row):
        return data
    for row_number, row in enumerate(data):
        for column, value in enumerate(row):
            if value is None:
                cell = cells.getCellByPosition(column, row_number) if name_errors else None
                row[column] = CellError(_ERRORS.get(cell.getError(), _OTHER_ERROR) if cell else "")
    for kind, (left, top, right, bottom) in formats.areas(cells):
        if (convert := _converter(kind, formats)) is None:
            continue
        for row in data[top : bottom + 1]:
            for column in range(left, right + 1):
                if type(row[column]) is float:
                    row[column] = convert(row[column])
    return data


def write(cells: Any, rows: Rows, formats: Formats, formulas: Formulas) -> None:
    """Put values, prepared by `prepared`, into a range of the same shape."""
    flat = [value for row in rows for value in row]
    dates = any(isinstance(value, dt.date) for value in flat)
    starts = any(isinstance(value, str) and value[:1] == "=" for value in flat)
    flags = any(value is True or value is False for value in flat)
    numbers = any(type(value) is float for value in flat)
    areas = list(formats.areas(cells)) if dates or starts or numbers or flags else []
    texts = {place for kind, area in areas if kind is Kind.TEXT for place in _places(area)} if starts else set()
    if flags or (starts and len(texts) < len(flat)):
        address = cells.getRangeAddress()

        def written(value: Any, row: int, column: int) -> str:
            if isinstance(value, str):
                if value[:1] == "=" and (row, column) not in texts:
                    return formulas.native(value, address, row, column)
                return value and f"'{value}"
            if isinstance(value, bool):
                return f"={str(value).upper()}()"
            return repr(_number(value, formats))

        cells.setFormulaArray(
            tuple(tuple(written(v, r, c) for c, v in enumerate(row)) for r, row in enumerate(rows))
        )
    elif dates:
        cells.setDataArray(tuple(tuple(_number(value, formats) for value in row) for row in rows))
    else:
        cells.setDataArray(tuple(map(tuple, rows)))
    if dates or flags or any(kind is Kind.LOGICAL for kind, _ in areas):
        _show(cells, rows, areas, formats)


def prepared(value: Any) -> Any:
    """A value as `write` takes it: text, float, bool, date or datetime; what is missing is ``""``."""
    if type(value) is str:
        return value
    if isinstance(value, (str, bool, dt.datetime)) or type(value) is dt.date:
        # NaT of pandas is a datetime that is not even itself.
        return value if value == value else ""  # noqa: PLR0124
    if value is None or type(value).__name__ == "NAType":
        return ""
    if hasattr(value, "item"):  # a scalar of numpy
        return prepared(value.item())
    if isinstance(value, (Integral, Real, Decimal)):
        number = float(value)
        return number if number == number else ""  # noqa: PLR0124 - NaN
    return value


def cleaned(
    rows: Rows, date: Callable[..., Any], empty: Any, number: Callable[[float], Any] | None, errors: bool
) -> list[list[Any]]:
    """Values as xlwings hands them out, by the options ``dates``, ``empty``, ``numbers`` and ``err_to_str``."""

    def clean(value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value and not isinstance(value, CellError)):
            return empty
        if isinstance(value, CellError):
            return str(value) if errors else None
        if isinstance(value, dt.datetime):
            return date(
                year=value.year,
                month=value.month,
                day=value.day,
                hour=value.hour,
                minute=value.minute,
                second=value.second,
                microsecond=value.microsecond,
                tzinfo=None,
            )
        if number is not None and isinstance(value, float):
            return number(value)
        return value

    return [[clean(value) for value in row] for row in rows]


def _converter(kind: Kind, formats: Formats) -> Callable[[float], Any] | None:
    if kind is Kind.LOGICAL:
        return lambda value: bool(value) if value in (0.0, 1.0) else value
    if kind in (Kind.DATE, Kind.DATETIME):
        return lambda value: _moment(value, formats.epoch)
    return None


def _moment(days: float, epoch: dt.datetime) -> dt.datetime | float:
    """A number of days as a date, to the millisecond; one that is no date for Excel stays a number."""
    return epoch + dt.timedelta(milliseconds=round(days * 86_400_000)) if 0 <= days < _LAST_DAY else days


def _number(value: Any, formats: Formats) -> Any:
    """A date as the number of days; anything else as it is."""
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - formats.epoch) / dt.timedelta(days=1)
    if isinstance(value, dt.date):
        return float((dt.datetime(value.year, value.month, value.day) - formats.epoch).days)
    return value


def _show(cells: Any, rows: Rows, areas: list[tuple[Kind, Any]], formats: Formats) -> None:
    """Let dates and truth values be seen as such, and numbers that replace truth values; other formats stay."""
    kinds = {place: kind for kind, area in areas for place in _places(area)} if len(areas) > 1 else {}
    single = areas[0][0] if len(areas) == 1 else Kind.OTHER
    wanted: dict[tuple[int, str], list[int]] = {}
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            kind = kinds.get((number, column), single)
            if isinstance(value, dt.date) and kind not in (Kind.DATE, Kind.DATETIME):
                timed = isinstance(value, dt.datetime) and value.time() != dt.time()
                wanted.setdefault((column, "datetime" if timed else "date"), []).append(number)
            elif type(value) is float and kind is Kind.LOGICAL:
                wanted.setdefault((column, "general"), []).append(number)
            elif isinstance(value, bool) and kind is not Kind.LOGICAL:
                wanted.setdefault((column, "logical"), []).append(number)
    for (column, look), numbers in wanted.items():
        for top, bottom in _runs(numbers):
            cells.getCellRangeByPosition(column, top, column, bottom).NumberFormat = formats.standard(look)


def _places(area: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = area
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of each unbroken run of ascending numbers."""
    start = previous = numbers[0]
    for number in numbers[1:]:
        if number != previous + 1:
            yield start, previous
            start = number
        previous = number
    yield start, previous

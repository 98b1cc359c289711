"""Tables of a workbook that a spreadsheet program holds open: read and written through xlwings, in blocks."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from workbook_cms.file.addresses import column_letters
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package
from workbook_cms.file.raw_table import RawTable
from workbook_cms.forms import adapter
from workbook_cms.forms.adapter import Program
from workbook_cms.forms.engines.errors import SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["OpenTables"]

#: Longer texts go into their cells one by one: in a block, older versions of Excel refuse or cut them.
_LONG_TEXT = 8000
#: A date without a day is a time.
_NO_DAY = dt.date(1899, 12, 31)


class OpenTables:
    """The tables of an open workbook.

    Args:
        book: The workbook.
        package: The file it was opened from; it tells which sheet a table stands on.
    """

    def __init__(self, book: xw.Book, package: Package) -> None:
        self._book, self._package = book, package

    def read(self, name: str, *, formulas: bool = False) -> RawTable:
        """All records of a table as its cells hold them now.

        Args:
            name: Name of the table.
            formulas: Whether to look which cells are formulas; it takes as long again.

        Raises:
            SpreadsheetError: There is no such table, or the program does not answer.
        """
        with adapter.calls(self._book.name):
            sheet, area = self._area(name)
            cells = _grid(area.options(ndim=2, err_to_str=True).value)
            shown = _grid(area.options(ndim=2).formula) if formulas else None
            top, left = area.row, area.column
        header, records = cells[0], cells[1:]
        kept = [i for i, record in enumerate(records) if any(value not in (None, "") for value in record)]
        values, errors, found = [], {}, {}
        for position, i in enumerate(kept):
            values.append([_read(value) for value in records[i]])
            for column, value in enumerate(records[i]):
                if isinstance(value, str) and value in _ERRORS:
                    errors[position, column] = value
                    values[-1][column] = None
                text = str(shown[i + 1][column]) if shown else ""
                if text.startswith("=") and text != value:
                    found[position, column] = text
        return RawTable(
            name,
            sheet.name,
            [str(label) for label in header],
            values,
            [top + 1 + i for i in kept],
            [column_letters(left + i) for i in range(len(header))],
            formulas=found,
            errors=errors,
        )

    def column(self, name: str, label: str) -> list[CellValue]:
        """The values of one column of a table, blank ones too."""
        with adapter.calls(self._book.name):
            sheet, area = self._area(name)
            place = self._labels(area).index(label)
            first, last = area.row + 1, area.row + area.shape[0] - 1
            cells = sheet.range((first, area.column + place), (last, area.column + place))
            return [_read(row[0]) for row in _grid(cells.options(ndim=2).value)]

    def last(self, name: str) -> dict[str, CellValue]:
        """The last record of a table by label, {} when it has none."""
        with adapter.calls(self._book.name):
            sheet, area = self._area(name)
            row = self._last_row(sheet, area)
            if row == area.row:
                return {}
            right = area.column + area.shape[1] - 1
            values = _grid(sheet.range((row, area.column), (row, right)).options(ndim=2).value)[0]
            return dict(zip(self._labels(area), map(_read, values), strict=True))

    def append(self, name: str, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Write records below the last one and let the table grow; the numbers of their rows.

        The table grows by its own bounds, a filter stays as it is, and the sheet is protected again.

        Raises:
            SpreadsheetError: Something stands below the table, or the program did not write what it was told.
        """
        with adapter.calls(self._book.name):
            sheet, area = self._area(name)
            labels = self._labels(area)
            first = self._last_row(sheet, area) + 1
            last, bottom, right = (
                first + len(rows) - 1,
                area.row + area.shape[0] - 1,
                area.column + area.shape[1] - 1,
            )
            block = [[row.get(label) for label in labels] for row in rows]
            with adapter.unprotected(sheet):
                if last > bottom:
                    self._clear_below(sheet, area, (bottom + 1, last))
                    sheet.tables[name].resize(sheet.range((area.row, area.column), (last, right)))
                self._put(sheet, first, area.column, block)
            return list(range(first, last + 1))

    def patch(self, name: str, row: int, values: Mapping[str, CellValue]) -> None:
        """Write values into cells of one record, by its number on the sheet.

        Raises:
            SpreadsheetError: The program did not write what it was told.
        """
        with adapter.calls(self._book.name):
            sheet, area = self._area(name)
            labels = self._labels(area)
            with adapter.unprotected(sheet):
                for label, value in values.items():
                    self._put(sheet, row, area.column + labels.index(label), [[value]])

    def empty(self, name: str, rows: Sequence[int]) -> None:
        """Empty records again, where what belongs to them could not be written."""
        with contextlib.suppress(SpreadsheetError), adapter.calls(self._book.name):
            sheet, area = self._area(name)
            right = area.column + area.shape[1] - 1
            with adapter.unprotected(sheet):
                sheet.range((rows[0], area.column), (rows[-1], right)).clear_contents()

    def _area(self, name: str) -> tuple[xw.Sheet, xw.Range]:
        sheet = self._book.sheets[self._package.table(name).sheet]
        return sheet, sheet.tables[name].range

    def _labels(self, area: xw.Range) -> list[str]:
        return [str(label) for label in _grid(area[0, :].options(ndim=2).value)[0]]

    def _last_row(self, sheet: xw.Sheet, area: xw.Range) -> int:
        """The row of the last record; that of the header when there is none."""
        first, last = area.row + 1, area.row + area.shape[0] - 1
        keys = _grid(sheet.range((first, area.column), (last, area.column)).options(ndim=2).value)
        filled = [number for number, (key,) in enumerate(keys, first) if key not in (None, "")]
        return filled[-1] if filled else area.row

    def _clear_below(self, sheet: xw.Sheet, area: xw.Range, rows: tuple[int, int]) -> None:
        right = area.column + area.shape[1] - 1
        below = _grid(sheet.range((rows[0], area.column), (rows[1], right)).options(ndim=2).value)
        if any(value not in (None, "") for row in below for value in row):
            raise SpreadsheetError(
                f"{self._book.name}, sheet {sheet.name}",
                f"something stands in row {rows[0]}, right below the table, so that it cannot grow.",
                "Move it away; your entry waits.",
            )

    def _put(self, sheet: xw.Sheet, row: int, column: int, block: list[list[CellValue]]) -> None:
        """Write a block and read it back."""
        excel = adapter.program_of(self._book) is not Program.LIBREOFFICE
        cells = sheet.range((row, column), (row + len(block) - 1, column + len(block[0]) - 1))
        cells.value = [["" if _is_long(v) else _written(v, excel) for v in line] for line in block]
        for i, j in _long(block):
            sheet.range((row + i, column + j)).value = _written(block[i][j], excel)
        held = _grid(cells.options(ndim=2).value)
        for wanted, found in zip(block, held, strict=True):
            for value, other in zip(wanted, found, strict=True):
                if not _same(value, _read(other)):
                    raise SpreadsheetError(
                        f"{self._book.name}, sheet {sheet.name}, row {row}",
                        "the program did not keep what was written.",
                        "Your entry waits, and goes in when the workbook is closed.",
                    )


#: What an error cell is read as (`err_to_str`).
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def _grid(value: Any) -> list[list[Any]]:
    """Rows of cells, whatever the shape xlwings gives a block in."""
    rows = value if isinstance(value, (list, tuple)) else [[value]]
    return [list(row) if isinstance(row, (list, tuple)) else [row] for row in rows]


def _read(value: Any) -> CellValue:
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


def _written(value: CellValue, excel: bool) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    if excel and isinstance(value, str) and value.startswith("'"):
        return f"'{value}"  # Excel takes the first one for its mark of a text
    return value


def _same(wanted: CellValue, found: CellValue) -> bool:
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        return abs(wanted - found) <= 1e-9 * max(1.0, abs(wanted))
    return (wanted or None) == found if isinstance(wanted, str) else wanted == found


def _is_long(value: CellValue) -> bool:
    return isinstance(value, str) and len(value) > _LONG_TEXT


def _long(block: list[list[CellValue]]) -> Iterator[tuple[int, int]]:
    return ((i, j) for i, line in enumerate(block) for j, value in enumerate(line) if _is_long(value))

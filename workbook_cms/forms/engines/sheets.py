"""Sheets of a workbook in LibreOffice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from workbook_cms.file.addresses import column_number
from workbook_cms.forms.engines.errors import SheetProtectedError, SpreadsheetError
from workbook_cms.forms.engines.guard import Part, explain, guarded
from workbook_cms.forms.engines.names import Names
from workbook_cms.forms.engines.ranges import Range
from workbook_cms.forms.engines.tables import Tables

if TYPE_CHECKING:
    from workbook_cms.forms.engines.books import Book

__all__ = ["Sheet", "Sheets"]

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})")
_ROW = re.compile(r"\$?(\d{1,7})")


@guarded
class Sheets(Part, base_classes.Sheets):
    """The sheets of a workbook, from left to right."""

    def __init__(self, book: Book) -> None:
        self.book = self.owner = book
        self._known: dict[int, Sheet] = {}

    @cached_property
    def api(self) -> Any:
        """LibreOffice's sheets."""
        return self.book.document.getSheets()

    def at(self, index: int) -> Sheet:
        """The sheet at a place counted from 0."""
        known = self._known.get(index)
        if known is None or not known.stands_at(index):
            known = self._known[index] = Sheet(self.book, self.api.getByIndex(index))
        return known

    @property
    def active(self) -> Sheet:
        """The sheet that is shown."""
        sheet = self.book.controller.getActiveSheet()
        if sheet is None:  # what a closed workbook answers
            raise explain(self)
        return Sheet(self.book, sheet)

    def __call__(self, name_or_index: str | int) -> Sheet:
        if isinstance(name_or_index, int):
            if 1 <= name_or_index <= len(self):
                return self.at(name_or_index - 1)
        else:
            for name in self.api.getElementNames():
                if name.lower() == name_or_index.lower():
                    return Sheet(self.book, self.api.getByName(name))
        raise KeyError(name_or_index)

    def __contains__(self, name: str) -> bool:
        return name.lower() in (found.lower() for found in self.api.getElementNames())

    def __len__(self) -> int:
        count = int(self.api.getCount())
        if not count:  # what a closed workbook answers
            raise explain(self)
        return count

    def __iter__(self) -> Iterator[Sheet]:
        return iter([self.at(index) for index in range(len(self))])

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet, before the active one unless told otherwise; it becomes the active one."""
        place = before.index - 1 if before else after.index if after else self.active.index - 1
        taken = {found.lower() for found in self.api.getElementNames()}
        free = (f"Sheet{number}" for number in range(len(taken) + 1, 2 * len(taken) + 3))
        title = name or next(title for title in free if title.lower() not in taken)
        self.api.insertNewByName(title, place)
        sheet = self.at(place)
        sheet.activate()
        return sheet


@guarded
class Sheet(Part, base_classes.Sheet):
    """A sheet."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book = self.owner = book
        self._sheet = sheet
        self._name = ""

    @property
    def book(self) -> Book:
        """Its workbook."""
        return self._book

    @property
    def sheet(self) -> Any:
        """LibreOffice's sheet.

        LibreOffice 7 moves the corner of a sheet that it has handed out when somebody deletes cells at the top, and
        counts cells from that corner then; and for a sheet that was deleted it gives the first one. So both are looked
        at each time.
        """
        corner, name = self._sheet.getRangeAddress(), self._sheet.getName()
        if name != self._name or not name:
            if self._name or not name:
                raise self._gone()
            self._name = name
        if corner.StartRow or corner.StartColumn:
            self._sheet = self._book.sheets.api.getByName(name)
        return self._sheet

    @property
    def api(self) -> Any:
        """LibreOffice's sheet."""
        return self.sheet

    @property
    def name(self) -> str:
        """What stands on its tab."""
        return self._name if self.sheet else ""

    @name.setter
    def name(self, value: str) -> None:
        self.sheet.setName(value)
        self._name = ""

    @property
    def index(self) -> int:
        """Its place, counted from 1."""
        return int(self.sheet.getRangeAddress().Sheet) + 1

    @cached_property
    def names(self) -> Names:
        """The names that are known in this sheet only."""
        return Names(self.book, self)

    @property
    def tables(self) -> Tables:
        """Its tables."""
        return Tables(self)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Number of its rows and columns."""
        box = self.sheet.getRangeAddress()
        return box.EndRow + 1, box.EndColumn + 1

    def stands_at(self, index: int) -> bool:
        """Whether it is, as far as it is known here, still the sheet at a place counted from 0."""
        place, name = self._sheet.getRangeAddress().Sheet, self._sheet.getName()
        return bool(place == index and name and name == self._name)

    def area(self, box: Any, cells: Any = None) -> Range:
        """The range at an address of LibreOffice; with its own object where there is one, which saves asking for it."""
        shape = box.EndRow - box.StartRow + 1, box.EndColumn - box.StartColumn + 1
        area = Range(self, box.StartRow + 1, box.StartColumn + 1, *shape)
        if cells is not None:
            area.api = cells
        return area

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """Cells by address, name, (row, column), or two corners."""
        first = self._corner(arg1, arg2) if isinstance(arg1, int) else self._corner(arg1)
        if arg2 is None or isinstance(arg1, int):
            return first
        second = self._corner(arg2)
        top, left = min(first.row, second.row), min(first.column, second.column)
        bottom = max(first.row + first.shape[0], second.row + second.shape[0])
        right = max(first.column + first.shape[1], second.column + second.shape[1])
        return Range(self, top, left, bottom - top, right - left)

    def _corner(self, where: Any, column: int | None = None) -> Range:
        if isinstance(where, Range):
            return where
        if isinstance(where, int):
            where = (where, column)
        if isinstance(where, tuple):
            if len(where) == 4:
                return Range(self, *where)
            if 0 in where:
                raise IndexError("Attempted to access 0-based Range. xlwings/Excel Ranges are 1-based.")
            return Range(self, where[0], where[1], 1, 1)
        return self._parsed(where)

    def _parsed(self, text: str) -> Range:
        sheet, _, address = text.rpartition("!")
        if sheet:
            return self.book.sheets(sheet.strip("'").replace("''", "'")).range(address)
        first, _, second = address.partition(":")
        rows, columns = self.size
        ends = [self._end(part, rows, columns) for part in (first, second or first)]
        if None in ends or (not second and not _CELL.fullmatch(first)):
            return self.names.resolve(text).refers_to_range
        (top, left, low, close), (high, far, bottom, right) = ends  # type: ignore[misc]
        top, left, bottom, right = min(top, high), min(left, far), max(low, bottom), max(close, right)
        return Range(self, top, left, bottom - top + 1, right - left + 1)

    @staticmethod
    def _end(part: str, rows: int, columns: int) -> tuple[int, int, int, int] | None:
        """Top, left, bottom and right of ``B3``, ``B`` or ``3``."""
        if (cell := _CELL.fullmatch(part)) and column_number(cell[1]) <= columns and int(cell[2]) <= rows:
            return int(cell[2]), column_number(cell[1]), int(cell[2]), column_number(cell[1])
        if (column := _COLUMN.fullmatch(part)) and column_number(column[1]) <= columns:
            return 1, column_number(column[1]), rows, column_number(column[1])
        if (row := _ROW.fullmatch(part)) and int(row[1]) <= rows:
            return int(row[1]), 1, int(row[1]), columns
        return None

    @property
    def cells(self) -> Range:
        """All its cells."""
        return Range(self, 1, 1, *self.size)

    @property
    def used_range(self) -> Range:
        """The cells in use."""
        cursor = self.sheet.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return self.area(cursor.getRangeAddress())

    def activate(self) -> None:
        """Show it."""
        self.book.controller.setActiveSheet(self.sheet)

    def select(self) -> None:
        """Show it."""
        self.activate()

    def clear(self) -> None:
        """Empty all cells and take away their formats."""
        self.cells.clear()

    def clear_contents(self) -> None:
        """Empty all cells."""
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        """Take away the formats of all cells."""
        self.cells.clear_formats()

    def autofit(self, axis: str | None = None) -> None:
        """Fit rows, columns or both to what they hold."""
        self.used_range.autofit(axis)

    def delete(self) -> None:
        """Delete it."""
        if len(self.book.sheets) == 1:
            raise SpreadsheetError(
                self.name, "The last sheet of a workbook cannot be deleted.", "Add another first."
            )
        self.book.sheets.api.removeByName(self.name)

    @property
    def visible(self) -> bool:
        """Whether its tab is shown."""
        return bool(self.sheet.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.sheet.IsVisible = bool(value)

    def protected(self) -> bool:
        """Whether it is protected; to be asked when its cells were asked for."""
        return bool(self._sheet.isProtected())

    def _gone(self) -> SpreadsheetError:
        if not self.is_open():
            return explain(self)
        problem = f"The sheet {self._name} was deleted or renamed."
        return SpreadsheetError(self.place(), problem, "Undo that, or open it again.")

    def refuse(self, what: str) -> SheetProtectedError:
        """The error for a change that the protection forbids."""
        return SheetProtectedError(
            f"{self.book.name}, sheet {self.name}",
            f"{what}, and the sheet is protected.",
            "Unprotect the sheet first.",
        )

    def refuse_when_protected(self, what: str) -> None:
        """Raise SheetProtectedError for a change that no protected sheet takes."""
        if self.protected():
            raise self.refuse(what)

"""Cells of a sheet in LibreOffice.

A range knows its place; LibreOffice is asked for the cells only when something is done with them, since every object it
hands out takes more than a millisecond.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from workbook_cms.file.addresses import column_letters
from workbook_cms.forms.engines import links, values
from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.engines.guard import guarded
from workbook_cms.forms.engines.range_looks import Looks
from workbook_cms.forms.engines.uno_bridge import struct

if TYPE_CHECKING:
    from workbook_cms.forms.engines.names import Name
    from workbook_cms.forms.engines.sheets import Sheet
    from workbook_cms.forms.engines.tables import Table

__all__ = ["Range"]

#: com.sun.star.sheet.CellFlags: values, dates, texts, notes and formulas; and their formats.
_CONTENTS, _FORMATS = 1 | 2 | 4 | 16, 32 | 64 | 256
#: com.sun.star.sheet.CellInsertMode and CellDeleteMode.
_INSERT = {"down": 1, "right": 2}
_DELETE = {"up": 1, "left": 2}
_STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}


@guarded
class Range(Looks, base_classes.Range):
    """A rectangle of cells."""

    # Plain attributes in the place of the properties that xlwings' base class has only as names.
    row: int = 0
    column: int = 0
    shape: tuple[int, int] = (0, 0)

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        if min(row, column, rows, columns) < 1:
            raise IndexError("A range lies outside its sheet.")
        self.sheet = self.owner = sheet
        self.row = row
        self.column = column
        self.shape = rows, columns
        self.options: dict[str, Any] = {}

    @cached_property
    def api(self) -> Any:
        """LibreOffice's range."""
        rows, columns = self.shape
        top, left = self.row - 1, self.column - 1
        return self.sheet.sheet.getCellRangeByPosition(left, top, left + columns - 1, top + rows - 1)

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        """Sheet, row, column, number of rows and of columns."""
        return self.sheet.sheet, self.row, self.column, *self.shape

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return Range(self.sheet, self.row + row - 1, self.column + column - 1, 1, 1)

    def part(self, first: int, rows: int) -> Range:
        """Some of its rows, from one counted from 0."""
        return Range(self.sheet, self.row + first, self.column, rows, self.shape[1])

    def column_part(self, number: int) -> Range:
        """One of its columns, counted from 0."""
        return Range(self.sheet, self.row, self.column + number, self.shape[0], 1)

    # Values and formulas

    @property
    def raw_value(self) -> Any:
        """Its values: one, or a tuple of rows."""
        rows = values.read(
            self.api, self.sheet.book.formats, name_errors=bool(self.options.get("err_to_str", False))
        )
        return rows[0][0] if self.shape == (1, 1) else tuple(map(tuple, rows))

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._put(data)

    def _put(self, data: Any) -> None:
        rows = self._rows(data)
        target = self if self.shape == (len(rows), len(rows[0])) else self._sized(len(rows), len(rows[0]))
        target.refuse_locked("Nothing was written")
        book = self.sheet.book
        values.write(target.api, rows, book.formats, book.formulas)

    def _rows(self, data: Any) -> list[list[Any]]:
        if not isinstance(data, (list, tuple)):
            # One value fills the range; a formula is moved along, as if it had been filled down and right.
            return self._filled(values.prepared(data))
        rows = data if data and isinstance(data[0], (list, tuple)) else [data]
        return [[values.prepared(value) for value in row] for row in rows]

    def _filled(self, value: Any) -> list[list[Any]]:
        rows, columns = self.shape
        if isinstance(value, str) and value[:1] == "=" and len(self) > 1:
            formulas, corner = self.sheet.book.formulas, self.api.getRangeAddress()
            return [
                [formulas.moved(value, corner, row, column) for column in range(columns)] for row in range(rows)
            ]
        return [[value] * columns for _ in range(rows)]

    def _sized(self, rows: int, columns: int) -> Range:
        return Range(self.sheet, self.row, self.column, rows, columns)

    @property
    def formula(self) -> Any:
        """Its formulas in Excel's notation, constants as text: one, or a tuple of rows."""
        corner, formulas = self.api.getRangeAddress(), self.sheet.book.formulas
        rows = tuple(
            tuple(
                formulas.excel(text, corner, number, column) if text[:1] == "=" else text.removeprefix("'")
                for column, text in enumerate(row)
            )
            for number, row in enumerate(self.api.getFormulaArray())
        )
        return rows[0][0] if self.shape == (1, 1) else rows

    @formula.setter
    def formula(self, data: Any) -> None:
        self._put(data)

    formula2 = formula

    @property
    def has_array(self) -> bool:
        """Whether it is part of an array formula."""
        return bool(self.api.getArrayFormula())

    def clear_contents(self) -> None:
        """Empty the cells."""
        self.refuse_locked("Nothing was cleared")
        self.api.clearContents(_CONTENTS)

    def clear_formats(self) -> None:
        """Take the formats away."""
        self.refuse_formatting()
        self.api.clearContents(_FORMATS)

    def clear(self) -> None:
        """Empty the cells and take their formats away."""
        self.refuse_locked("Nothing was cleared")
        self.refuse_formatting()
        self.api.clearContents(_CONTENTS | _FORMATS)

    # Protection

    def refuse_locked(self, done: str) -> None:
        """Raise SheetProtectedError when one of the cells is locked and the sheet protected.

        LibreOffice itself overwrites a locked cell without a word, or does nothing without a word.
        """
        cells = self.api
        if not self.sheet.protected():
            return
        if cells.getPropertyState("CellProtection").value == "AMBIGUOUS_VALUE":
            locked = any(group.CellProtection.IsLocked for group in cells.getUniqueCellFormatRanges())
        else:
            locked = cells.CellProtection.IsLocked
        if locked:
            raise self.sheet.refuse(f"{done}: {self.get_address(False, False, False)} holds locked cells")

    def refuse_formatting(self) -> None:
        """Raise SheetProtectedError when the sheet is protected: then Excel lets nobody change formats."""
        self.sheet.refuse_when_protected(f"Formats of {self.get_address(False, False, False)} cannot be changed")

    # Places

    @property
    def address(self) -> str:
        """Its address, such as ``$A$1:$B$2``."""
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        """Its address; with the workbook and the sheet on request."""
        rows, columns = self.shape
        row_sign, column_sign = "$" * bool(row_absolute), "$" * bool(col_absolute)

        def cell(row: int, column: int) -> str:
            return f"{column_sign}{column_letters(column)}{row_sign}{row}"

        text = cell(self.row, self.column)
        if len(self) > 1:
            text += ":" + cell(self.row + rows - 1, self.column + columns - 1)
        if not external:
            return text
        where = f"[{self.sheet.book.name}]{self.sheet.name}"
        plain = where.replace("[", "").replace("]", "").replace(".", "").isidentifier()
        return f"{where}!{text}" if plain else "'" + where.replace("'", "''") + f"'!{text}"

    @property
    def current_region(self) -> Range:
        """The filled cells around it, to the next blank row and column."""
        cursor = self.sheet.sheet.createCursorByRange(self.api)
        cursor.collapseToCurrentRegion()
        return self.sheet.area(cursor.getRangeAddress())

    def end(self, direction: str) -> Range:
        """Where Ctrl and an arrow key lead: to the end of the filled cells, or to the next filled one."""
        down, right = _STEPS[direction]
        rows, columns = self.sheet.size
        used = self.sheet.used_range
        last_row, last_column = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
        if down:
            low, high = (self.row, max(last_row, self.row)) if down > 0 else (1, self.row)
            line = Range(self.sheet, low, self.column, high - low + 1, 1)
        else:
            low, high = (self.column, max(last_column, self.column)) if right > 0 else (1, self.column)
            line = Range(self.sheet, self.row, low, 1, high - low + 1)
        # Formulas count as filled, whatever they show.
        filled = [text != "" for row in line.api.getFormulaArray() for text in row]
        edge = (rows if down else columns) if down + right > 0 else 1
        if down + right < 0:
            filled.reverse()
        steps = _jump(filled)
        place = (low + steps if down + right > 0 else high - steps) if steps is not None else edge
        return Range(self.sheet, place, self.column, 1, 1) if down else Range(self.sheet, self.row, place, 1, 1)

    @property
    def merge_area(self) -> Range:
        """The merged cells it lies in, or itself."""
        cursor = self.sheet.sheet.createCursorByRange(self.api)
        cursor.collapseToMergedArea()
        return self.sheet.area(cursor.getRangeAddress())

    @property
    def merge_cells(self) -> bool:
        """Whether it holds merged cells."""
        return bool(self.merge_area.api.getIsMerged())

    def merge(self, across: bool) -> None:
        """Make one cell of it, or one of each row."""
        self.refuse_formatting()
        for part in [self.part(row, 1) for row in range(self.shape[0])] if across else [self]:
            part.api.merge(True)

    def unmerge(self) -> None:
        """Make single cells of it again."""
        self.refuse_formatting()
        self.api.merge(False)

    @property
    def name(self) -> Name | None:
        """The name that stands for just these cells."""
        wanted = (self.sheet.index - 1, self.address)
        for name in self.sheet.book.names.listed():
            if (cells := name.api.getReferredCells()) is not None:
                box = cells.getRangeAddress()
                if (box.Sheet, self.sheet.area(box).address) == wanted:
                    return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        title = "'" + self.sheet.name.replace("'", "''") + "'"
        self.sheet.book.names.add(value, f"={title}!{self.address}")

    @property
    def table(self) -> Table | None:
        """The table it lies in."""
        for table in self.sheet.tables:
            whole = table.range
            rows, columns = self.row - whole.row, self.column - whole.column
            if 0 <= rows < whole.shape[0] and 0 <= columns < whole.shape[1]:
                return table
        return None

    def select(self) -> None:
        """Select it, in its sheet."""
        self.sheet.activate()
        controller, cursor = self.sheet.book.controller, self.sheet.book.selection
        one = self.shape == (1, 1)
        if not one or cursor is None or (cursor.row, cursor.column) != (self.row, self.column):
            controller.select(self.api)  # not where the cursor is: that would end what somebody is typing there
        if one:
            # A cell that is marked keeps the cursor: Tab and Enter would stay in it. The cursor stays, the mark goes.
            controller.select(self.sheet.book.api.createInstance("com.sun.star.sheet.SheetCellRanges"))

    # Changes of place

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Insert cells here; those that were here move down or right."""
        self.sheet.refuse_when_protected(f"Cells at {self.get_address(False, False, False)} cannot be moved")
        way = shift or ("down" if self.shape[1] >= self.shape[0] else "right")
        self.sheet.sheet.insertCells(self.api.getRangeAddress(), _INSERT[way])

    def delete(self, shift: str | None = None) -> None:
        """Take the cells away; those below or to the right move in."""
        self.sheet.refuse_when_protected(f"Cells at {self.get_address(False, False, False)} cannot be moved")
        way = shift or ("up" if self.shape[1] >= self.shape[0] else "left")
        self.sheet.sheet.removeRange(self.api.getRangeAddress(), _DELETE[way])

    def copy(self, destination: Any = None) -> None:
        """Copy it, with its formats, to another place of the same workbook."""
        if destination is None:
            raise NotImplementedError("copy without a destination")
        corner = destination.impl
        corner._sized(*self.shape).refuse_locked("Nothing was copied")
        place = struct("table.CellAddress", corner.sheet.index - 1, corner.column - 1, corner.row - 1)
        corner.sheet.sheet.copyRange(place, self.api.getRangeAddress())

    @property
    def hyperlink(self) -> str:
        """Where its link leads."""
        if (target := links.read(self.api)) is None:
            raise SpreadsheetError(self.place(), f"{self.address} holds no link.", "Add one.")
        return target

    def add_hyperlink(
        self, address: str, text_to_display: str | None = None, screen_tip: str | None = None
    ) -> None:
        """Put a link into the cell; ``#Sheet1!A1`` leads to a place in the workbook. Tips do not exist here."""
        self.refuse_locked("No link was added")
        links.write(self.sheet.book.document, self.api, address, text_to_display or address)


def _jump(filled: list[bool]) -> int | None:
    """Steps from the first cell of a line to where Ctrl and an arrow key lead; None to the edge of the sheet."""
    if len(filled) > 1 and filled[0] and filled[1]:
        return next((i for i, cell in enumerate(filled) if not cell), len(filled)) - 1
    return next((i for i, cell in enumerate(filled) if cell and i), None)

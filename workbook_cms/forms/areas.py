"""Named areas of an open workbook, found once, then read and written as blocks with one call each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from workbook_cms.errors import WorkbookCmsError
from workbook_cms.forms.adapter import Program, calls, literal, program_of
from workbook_cms.forms.engines.errors import BookClosedError, SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["MAX_SHOWN", "Area", "LostNameError", "area_of", "find_area", "safe", "text_of"]

#: What Excel would take as a formula at the beginning of a cell that is not formatted as text; in East Asia it takes the
#: wide signs too, and what stands behind a tab or a line end when a cell is pasted.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

#: The longest text that is shown: whatever its characters, a cell takes it.
MAX_SHOWN = 16_000

#: A blank cell as appscript gives it, and error cells as COM does (#NULL! to #N/A).
_MAC_BLANK, _COM_ERRORS = "k.missing_value", range(-2146826288, -2146826240)
_ERROR_NAMES = {2000: "#NULL!", 2007: "#DIV/0!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A"}
_NO_ERROR = -2146828288  # what COM adds to Excel's number of an error
#: What a name of one rectangle refers to: ='Record an interaction'!$A$3:$F$39
_REFERENCE = re.compile(r"=('(?:[^']|'')+'|[^'!]+)!\$([A-Z]{1,3})\$(\d+)(?::\$([A-Z]{1,3})\$(\d+))?")


class LostNameError(WorkbookCmsError):
    """A defined name of the workbook is gone, or the cells it stood for are."""


@dataclass(frozen=True)
class Area:
    """A rectangle of cells on a sheet; row and column count from 1."""

    sheet: xw.Sheet
    row: int
    column: int
    height: int
    width: int

    def part(self, top: int, left: int, height: int = 1, width: int = 1) -> Area:
        """A rectangle inside, its corner counted from 0."""
        return Area(self.sheet, self.row + top, self.column + left, height, width)

    def read(self) -> list[list[str]]:
        """The texts of all cells, row by row, in one call."""
        with calls():
            found = self._cells.raw_value
        if self.height == self.width == 1:
            return [[text_of(found)]]
        rows = found if isinstance(found[0], (list, tuple)) else [found]  # one row may come without its list
        return [[text_of(value) for value in row] for row in rows]

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Fill all cells in one call; "" empties one. Values reach the program as they are, as text."""
        with calls():
            if program_of(self.sheet) is Program.LIBREOFFICE:
                self._cells.raw_value = tuple(tuple(row) for row in rows)
            else:
                self._cells.raw_value = tuple(tuple(map(literal, row)) for row in rows)

    def find(self) -> None:
        """Ask the program for the cells now, so that they need not be asked for later."""
        with calls():
            _ = self._cells

    def select(self) -> None:
        """Put the cursor there; its sheet has to be in front."""
        with calls():
            self._cells.select()

    @property
    def address(self) -> str:
        """Its address, such as ``$D$7``."""
        with calls():
            return str(self._cells.address)

    @property
    def title(self) -> str:
        """Name of its sheet."""
        with calls():
            return str(self.sheet.name)

    @cached_property
    def _cells(self) -> xw.Range:
        """Kept, since getting it takes as long as a read; the program moves it along when rows are moved."""
        end = (self.row + self.height - 1, self.column + self.width - 1)
        return self.sheet.range((self.row, self.column), end).options(err_to_str=True)


def find_area(book: xw.Book, name: str) -> Area:
    """Where a defined name points.

    Raises:
        LostNameError: There is no such name, or its cells were deleted.
        BookClosedError: The workbook was closed.
        SpreadsheetBusyError: The program takes no calls at the moment.
    """
    try:
        with calls():
            named = book.names[name]
            # The text of the name takes one call; asking the range for its sheet, corner and size takes many.
            if found := _REFERENCE.fullmatch(str(named.refers_to)):
                return _area(book, found)
            cells = named.refers_to_range
            height, width = cells.shape
            return Area(cells.sheet, int(cells.row), int(cells.column), int(height), int(width))
    except (KeyError, SpreadsheetError) as error:
        # A name that is gone and a workbook that is gone look alike on macOS; busy and a dead program do not.
        if not isinstance(error, (KeyError, BookClosedError)) and type(error) is not SpreadsheetError:
            raise
        with calls():
            title = book.name  # says so when it is the workbook that is gone, not only the name
        raise LostNameError(title, f"the named cells {name} are gone.", "Make a new front-end.") from error


def _area(book: xw.Book, reference: re.Match[str]) -> Area:
    title, left, top, right, bottom = reference.groups()
    if title.startswith("'"):
        title = title[1:-1].replace("''", "'")
    column, row = _column(left), int(top)
    height = int(bottom or top) - row + 1
    return Area(book.sheets[title], row, column, height, _column(right or left) - column + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def area_of(areas: Mapping[str, Area], part: str) -> Area:
    """The area of a part.

    Raises:
        LostNameError: It was not found.
    """
    try:
        return areas[part]
    except KeyError:
        raise LostNameError("This form", f"has lost its {part}.", "Make a new front-end.") from None


def text_of(value: object) -> str:
    """The text of a cell, as somebody would type it: a pasted date or number is no text yet; of an error, its name."""
    if value is None or str(value) == _MAC_BLANK:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int) and value in _COM_ERRORS:
        return _ERROR_NAMES.get(value - _NO_ERROR, "#VALUE!")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    return str(value)


def safe(text: str) -> str:
    """A text that no program takes for a formula, in a cell that is not formatted as text, and that fits into one."""
    text = f" {text}" if text.startswith(_FORMULA) else text
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"

"""References inside a formula: found, shifted as a copy of the formula would, or put where their cells went.

Formulas are taken as they stand in a file (ECMA-376 part 1, 18.17): English names, A1 style, no ``=`` in front.
Structured references such as ``Table1[[#This Row],[Cost]]`` and texts in quotes are left alone here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from workbook_cms.file.addresses import column_letters, column_number
from workbook_cms.file.guards import MAX_COLUMNS, MAX_ROWS

__all__ = ["Area", "Corner", "Reference", "Relative", "rewritten", "shifted"]

_LOST = "#REF!"
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_CORNER = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_TOKEN = re.compile(
    # The path and number of another workbook stand in brackets before the sheet, also inside its quotes.
    rf"""(?P<text>"(?:[^"]|"")*"|\#[A-Z][A-Z0-9/]*[!?]?)
    |(?P<sheet>'(?:[^']|'')+'!|(?!{_CORNER}:)(?:\[[0-9]+\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?!|\[[0-9]+\]!)
    |(?P<brackets>{_BRACKETS})
    |(?P<area>{_CORNER}(?::{_CORNER})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}|\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}})
      (?![\w.(\[!?\\])
    |(?P<name>[\w\\?.]+)""",
    re.VERBOSE | re.DOTALL,
)
_PARTS = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]{0,7})")


class Area(NamedTuple):
    """A rectangle of cells, counted from 1, ends included."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Area) -> bool:
        """Whether any cell is in both."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


@dataclass(frozen=True)
class Corner:
    """One end of a reference; 0 stands for a whole column's row and a whole row's column."""

    column: int
    row: int
    column_fixed: bool = False
    row_fixed: bool = False

    @classmethod
    def of(cls, text: str) -> Corner | None:
        """The corner that ``$B$7``, ``B`` or ``7`` names; None where it lies outside any sheet."""
        found = _PARTS.fullmatch(text)
        if found is None:
            return None
        column, row = column_number(found[2]), int(found[4] or 0)
        if column > MAX_COLUMNS or row > MAX_ROWS or not (column or row) or (found[4] and not row):
            return None
        # The first $ of `$7` belongs to the row.
        column_fixed, row_fixed = bool(found[1] and column), bool(found[3] or (found[1] and not column))
        return cls(column, row, column_fixed, row_fixed)

    def moved(self, columns: int, rows: int) -> Corner | None:
        """The corner as in a copy of the formula so far away; None where that leaves the sheet."""
        column = self.column + (columns if self.column and not self.column_fixed else 0)
        row = self.row + (rows if self.row and not self.row_fixed else 0)
        inside = 1 <= (column or 1) <= MAX_COLUMNS and 1 <= (row or 1) <= MAX_ROWS
        kept = bool(column) is bool(self.column) and bool(row) is bool(self.row)
        return replace(self, column=column, row=row) if inside and kept else None

    def __str__(self) -> str:
        column = ("$" if self.column_fixed else "") + column_letters(self.column) if self.column else ""
        return column + (("$" if self.row_fixed else "") + str(self.row) if self.row else "")


@dataclass(frozen=True)
class Reference:
    """A cell or range that a formula names; ``sheet`` is None where it stands on the formula's own sheet."""

    sheet: str | None
    first: Corner
    last: Corner | None = None

    @property
    def area(self) -> Area | None:
        """The cells; None for whole rows and columns, which no row that comes or goes changes."""
        first, last = self.first, self.last or self.first
        if not (first.column and first.row and last.column and last.row):
            return None
        columns, rows = sorted((first.column, last.column)), sorted((first.row, last.row))
        return Area(columns[0], rows[0], columns[1], rows[1])

    @property
    def runs(self) -> bool:
        """Whether it is a range from a fixed row to the record's own, such as that of a running total."""
        return self.last is not None and self.first.row_fixed and not self.last.row_fixed

    def with_rows(self, top: int, bottom: int) -> Reference:
        """The same columns in other rows."""
        if self.last is None:
            return replace(self, first=replace(self.first, row=top))
        first, last = (top, bottom) if self.first.row <= self.last.row else (bottom, top)
        return replace(self, first=replace(self.first, row=first), last=replace(self.last, row=last))

    def with_fixed_row(self, row: int) -> Reference:
        """The same range, its corner with a fixed row in another."""
        if self.first.row_fixed:
            return replace(self, first=replace(self.first, row=row))
        return replace(self, last=self.last and replace(self.last, row=row))

    def __str__(self) -> str:
        return f"{self.first}:{self.last}" if self.last else str(self.first)


def rewritten(
    formula: str, change: Callable[[Reference], Reference | str | None], *, elsewhere: bool = False
) -> str:
    """The formula with each reference that ``change`` answers put in the place of the one it was asked about.

    Args:
        formula: The formula, without ``=``.
        change: Answers None for what is to stay.
        elsewhere: Ask also about references to other workbooks and over several sheets at once (sheet ``""``).
    """
    sheet: str | None = None
    sheet_end = -1

    def token(found: re.Match[str]) -> str:
        nonlocal sheet, sheet_end
        if found["sheet"]:
            sheet, sheet_end = _sheet_name(found["sheet"]), found.end()
        own = sheet if sheet_end == found.start() else None
        if found["area"] is None or (own == "" and not elsewhere):
            return found[0]
        reference = _reference(own, found[0])
        answer = change(reference) if reference else None
        return found[0] if answer is None or answer == reference else str(answer)

    return _TOKEN.sub(token, formula)


def shifted(formula: str, rows: int, columns: int = 0) -> str:
    """The formula as its copy so many rows down and columns to the right; what leaves the sheet is ``#REF!``."""

    def moved(reference: Reference) -> Reference | str:
        first = reference.first.moved(columns, rows)
        last = reference.last and reference.last.moved(columns, rows)
        if first is None or (reference.last is not None and last is None):
            return _LOST
        return replace(reference, first=first, last=last)

    return rewritten(formula, moved, elsewhere=True)


class Relative:
    """A formula written for one row, to be had for any other row of its column, without a search for each."""

    def __init__(self, formula: str, row: int) -> None:
        """Take the formula as it stands in ``row``."""
        self.formula, self.row = formula, row
        #: Texts and row numbers in turn; a number is that of a relative row when the formula stands in row 0.
        self._pieces: list[str | int] = []
        self._fixed = True
        marked = rewritten(formula, self._marked, elsewhere=True)
        for index, piece in enumerate(marked.split("\0")):
            if index % 2:
                self._pieces.append(int(piece) - row)
                self._fixed = False
            else:
                self._pieces.append(piece)

    @property
    def moves(self) -> bool:
        """Whether it names any row by its distance."""
        return not self._fixed

    @staticmethod
    def _marked(reference: Reference) -> str:
        corners = [reference.first, *([reference.last] if reference.last else [])]
        return ":".join(
            str(corner) if corner.row_fixed or not corner.row else f"{replace(corner, row=0)}\0{corner.row}\0"
            for corner in corners
        )

    def at(self, row: int) -> str:
        """The formula for a row."""
        if self._fixed:
            return self.formula
        numbers = [piece + row for piece in self._pieces if isinstance(piece, int)]
        if min(numbers) < 1 or max(numbers) > MAX_ROWS:
            return shifted(self.formula, row - self.row)
        return "".join(piece if isinstance(piece, str) else str(piece + row) for piece in self._pieces)


def _sheet_name(prefix: str) -> str:
    """The sheet that stands before ``!``; "" for another workbook or several sheets, which are left alone."""
    name = prefix[:-1]
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return "" if "[" in name or ":" in name else name


def _reference(sheet: str | None, text: str) -> Reference | None:
    first_text, _, last_text = text.partition(":")
    first, last = Corner.of(first_text), Corner.of(last_text) if last_text else None
    if first is None or (last_text and last is None):
        return None
    return Reference(sheet, first, last)

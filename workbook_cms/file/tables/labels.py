"""The labels of a table while it is being changed: which column is meant, and what a column may be called."""

from __future__ import annotations

from collections.abc import Mapping

from workbook_cms.errors import FileError, RefusedChangeError
from workbook_cms.file.layout import CellValue
from workbook_cms.file.parts import TablePart

__all__ = ["Labels"]


class Labels:
    """The header labels of a table from left to right, as they will be."""

    def __init__(self, table: TablePart, place: str) -> None:
        self._table, self._place = table, place
        self.all = list(table.columns)
        self._numbers = {label: number for number, label in enumerate(self.all, table.first_col)}
        self._calculated = {label for label in table.calculated if label in self._numbers}

    @property
    def entered(self) -> set[int]:
        """The numbers of the columns that people fill, not Excel."""
        return {number for label, number in self._numbers.items() if label not in self._calculated}

    def numbered(self, row: Mapping[str, CellValue], *, new: bool) -> dict[int, CellValue]:
        """A record's values by column number; a ``new`` one may leave calculated columns blank.

        Raises:
            FileError: a column that the table does not have, or a value for a calculated one.
        """
        if unknown := [label for label in row if label not in self._numbers]:
            raise FileError(
                self._place, f"The table has no column {unknown[0]}.", f"Its columns: {', '.join(self.all)}."
            )
        calculated = row.keys() & self._calculated
        for label in calculated:
            if row[label] is not None or not new:
                raise RefusedChangeError(
                    f"{self._place}, column {label}", "Excel calculates this column.", "Leave it out."
                )
        return {self._numbers[label]: value for label, value in row.items() if label not in calculated}

    def rename(self, old: str, new: str) -> int:
        """Call a column something else; returns its place from the left, counted from 0.

        Raises:
            FileError: no such column, or a name that it cannot have.
        """
        self.numbered({old: None}, new=True)
        index = self._numbers[old] - self._table.first_col
        self._check(new, {label for label in self.all if label != old})
        self.all[index] = new
        self._numbers = {label: number for number, label in enumerate(self.all, self._table.first_col)}
        if old in self._calculated:
            self._calculated = self._calculated - {old} | {new}
        return index

    def add(self, label: str) -> int:
        """One more column at the right; returns its number on the sheet.

        Raises:
            FileError: a name that it cannot have.
        """
        self._check(label, set(self.all))
        self.all.append(label)
        self._numbers[label] = self._table.first_col + len(self.all) - 1
        return self._numbers[label]

    def _check(self, label: str, others: set[str]) -> None:
        if not self._table.has_header:
            raise FileError(
                self._place, "It has no header row.", "Change that in Excel first, or make this change there."
            )
        if not label.strip() or len(label) > 255 or label.casefold() in {other.casefold() for other in others}:
            raise FileError(
                self._place, f"A column cannot be called {label!r}.", "Give a name that no other column has."
            )

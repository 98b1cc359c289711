"""Tables of a workbook without a policy: read, appended to and updated by the same writer, under the same lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from validation.findings import CellValue
from workbook_cms.errors import InputError, NoPolicyError, ReplacedMeanwhileError, UnknownTableError
from workbook_cms.file import platform
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.beside.passing import passing_lock
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.file.container.sameness import same_part, state_of
from workbook_cms.file.package import Package, TablePart
from workbook_cms.file.sheets.tail import last_row
from workbook_cms.plain_values import given_values, typed_column
from workbook_cms.receipts import WRITTEN
from workbook_cms.safekeeping import require_writer
from workbook_cms.tables import Table

if TYPE_CHECKING:
    from validation.frames import TypedTable
    from validation.policy import PolicyTable
    from workbook_cms.file.reader import RawTable
    from workbook_cms.file.writer import Change

__all__ = ["PlainTable", "PlainWorkbook", "RowReceipt"]


@dataclass(frozen=True)
class RowReceipt:
    """What became of a row of a table without a policy.

    Attributes:
        state: ``written``.
        table: Table name.
        row: The row, counted from 0 in the table.
        cells: Addresses of the cells that were given a value, or emptied.
    """

    state: str
    table: str
    row: int
    cells: tuple[str, ...]


class PlainWorkbook:
    """A workbook without a policy; the file is read when it is first needed, and again when it has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._package: Package | None = None
        self._state: object = None

    def package(self) -> Package:
        """The file as it is now.

        Raises:
            FileError: It is not a workbook that can be read safely.
        """
        state = state_of(self.path)
        if self._package is not None:
            written = self._package.successor
            if written is not None and written.state == state:
                self._package, self._state = written, state
        if self._package is None or state is None or state != self._state:
            self._package, self._state = Package.open(self.path, before=self._package), state
        return self._package

    @property
    def tables(self) -> tuple[PlainTable, ...]:
        """All tables, in the order of the sheets."""
        return tuple(PlainTable(self, part) for part in self.package().tables.values())

    def table(self, name: str) -> PlainTable:
        """A table by name, whatever the case of its letters, as in Excel.

        Raises:
            UnknownTableError: There is none.
        """
        return PlainTable(self, self.part(name))

    def part(self, name: str) -> TablePart:
        """What the file tells of a table.

        Raises:
            UnknownTableError: There is none.
        """
        tables = self.package().tables
        for part in tables.values():
            if part.name.casefold() == name.casefold():
                return part
        remedy = f"Its tables are {', '.join(tables)}."
        if not tables:
            remedy = "It has no tables: in Excel, mark the rows with their header and press Ctrl+T."
        raise UnknownTableError(self.path.name, f"there is no table {name}.", remedy)

    def write(self, changes: Sequence[Change]) -> list[list[int]]:
        """Make changes, all or none; rows of the sheet that each of them wrote. Call it with the lock held.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere, or another computer is the one that writes.
            FileError: It cannot be written, or the change is refused; the file is as it was.
        """
        require_writer(SideFolder(self.path), platform.machine(), "Do it there. Nothing was written.")
        from workbook_cms.file.writer import write  # noqa: PLC0415 - readers need no writer

        return write(self.package(), changes)


class PlainTable(Table):
    """An Excel table that no policy describes: what its cells hold, without keys and rules."""

    def __init__(self, book: PlainWorkbook, part: TablePart) -> None:
        self._book, self._part = book, part
        self._seen = book.package()

    @property
    def name(self) -> str:
        """Name of the Excel table."""
        return self._part.name

    @property
    def part(self) -> TablePart:
        """Where it stands: sheet, range, columns, which of them Excel calculates."""
        return self._part

    @property
    def columns(self) -> tuple[str, ...]:
        """Header labels from left to right."""
        return self._part.columns

    @property
    def policy(self) -> PolicyTable:
        """There is none.

        Raises:
            NoPolicyError: always.
        """
        raise self._no_policy()

    @property
    def typed(self) -> TypedTable:
        """There are no types without a policy.

        Raises:
            NoPolicyError: always.
        """
        raise self._no_policy()

    def get(self, key: str) -> dict[str, CellValue]:
        """Records have no keys without a policy.

        Raises:
            NoPolicyError: always.
        """
        raise self._no_policy()

    def __len__(self) -> int:
        """Number of rows, blank ones among others included; the one blank row of an empty table is none."""
        part = self._look()
        count = part.last_row - part.has_totals - _first(part) + 1
        return 0 if count == 1 and self._is_blank(part) else max(count, 0)

    def to_pandas(self) -> pd.DataFrame:
        """What the cells hold, labels as columns, rows counted from 0 as `update` counts them.

        A column of texts is of dtype object with None for a blank, whole numbers Int64, numbers float64, yes/no boolean,
        dates datetime64[s]; a column of several kinds is of dtype object. Formulas give the value that Excel kept, errors
        are blank. Changing the frame changes nothing in the workbook.
        """
        raw = self._raw()
        positions = [row - _first(self._part) for row in raw.rows]
        count = self._part.last_row - self._part.has_totals - _first(self._part) + 1
        count = max(count, 0) if positions or count != 1 else 0
        columns = {}
        for label, values in zip(raw.columns, raw.by_column, strict=True):
            cells = np.full(count, None, dtype=object)
            cells[positions] = np.fromiter(values, dtype=object, count=len(values))
            columns[label] = typed_column(pd.Series(cells, dtype=object))
        return pd.DataFrame(columns, columns=pd.Index(raw.columns, dtype=object), index=range(count))

    def append(self, rows: Iterable[Mapping[str, CellValue]], *, override: str = "") -> list[RowReceipt]:
        """Put rows below the last one, in one commit; calculated columns get their formulas.

        Args:
            rows: Values by column label; what is left out is blank, or has the formula that the last rows agree in.
            override: For tables with a policy.

        Raises:
            InputError: There is no such column, or a value is of a type that no cell can hold.
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written, or the table cannot grow; the sentence says why. Nothing was written.
        """
        from workbook_cms.file.writer import Append  # noqa: PLC0415 - readers need no writer

        with passing_lock(self._book.path):
            part = self._look()
            given = [
                given_values(part.columns, row, self._where(part), position) for position, row in enumerate(rows)
            ]
            if not given:
                return []
            numbers = self._book.write([Append(part.name, given, fill=True)])[0]
            self._look()
        return [self._receipt(number, row) for number, row in zip(numbers, given, strict=True)]

    def update(
        self, row: int, values: Mapping[str, CellValue], *, override: str = "", why: str = ""
    ) -> RowReceipt:
        """Give cells of one row new values.

        Args:
            row: Counted from 0 in the table, as `to_pandas` counts.
            values: By column label; "" or None empties a cell.
            override: For tables with a policy.
            why: For tables with a policy.

        Raises:
            InputError: There is no such row or column, or a value is of a type that no cell can hold.
            ReplacedMeanwhileError: Another program changed that row since the table was read.
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written, or the cell holds a formula. Nothing was written.
        """
        from workbook_cms.file.writer import Patch  # noqa: PLC0415 - readers need no writer

        with passing_lock(self._book.path):
            seen, before = self._seen, self._part
            part = self._look()
            given = given_values(part.columns, values, self._where(part))
            if not given:
                raise InputError(self._where(part), "no value was given.", "Give a column and its new value.")
            self._check_row(row, len(self))
            self._check_seen(seen, before, row)
            numbers = self._book.write([Patch(part.name, _first(part) + row, given)])[0]
            self._look()
        return self._receipt(numbers[0], given)

    def archive(self, rows: Iterable[int]) -> pd.DataFrame:
        """Take rows out of the table; those below move up, and what refers to them follows.

        Args:
            rows: Counted from 0 in the table, as `to_pandas` counts.

        Returns:
            The rows that were taken out, as `to_pandas` gives them, to be kept elsewhere.

        Raises:
            InputError: There is no such row.
            ReplacedMeanwhileError: Another program changed one of the rows since the table was read.
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written, or a formula names a row that would go. Nothing was written.
        """
        from workbook_cms.file.writer import Delete  # noqa: PLC0415 - readers need no writer

        with passing_lock(self._book.path):
            seen, before = self._seen, self._part
            frame, chosen = self.to_pandas(), sorted(set(rows))
            for row in chosen:
                self._check_row(row, len(frame))
                self._check_seen(seen, before, row)
            if chosen:
                self._book.write([Delete(self.name, [_first(self._part) + row for row in chosen])])
                self._look()
        return frame.iloc[chosen]

    # -----------------------------------------------------------------------------------------------------------

    def _check_row(self, row: int, count: int) -> None:
        if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < count:
            rows = f"Its rows are 0 to {count - 1:,}." if count else "It has no rows: append one."
            raise InputError(self._where(self._part), f"there is no row {row!r}.", rows)

    def _look(self) -> TablePart:
        """The table as it is now."""
        self._part, self._seen = self._book.part(self._part.name), self._book.package()
        return self._part

    def _raw(self) -> RawTable:
        from workbook_cms.file.reader import read_tables  # noqa: PLC0415 - not needed to append

        part = self._look()
        return read_tables(self._seen, [part.name])[part.name]

    def _is_blank(self, part: TablePart) -> bool:
        return not last_row(self._seen, part.name)

    def _check_seen(self, seen: Package, before: TablePart, row: int) -> None:
        """Refuse to change a row that is not what the table's reader saw at that place."""
        if seen is self._seen or same_part(seen, self._seen, self._part.sheet_part):
            return
        from workbook_cms.file.reader import read_tables  # noqa: PLC0415 - only when the file changed meanwhile

        cells = [
            dict(zip(raw.rows, raw.cells, strict=True)).get(_first(part) + row)
            for package, part in ((seen, before), (self._seen, self._part))
            for raw in read_tables(package, [part.name]).values()
        ]
        if before.columns != self._part.columns or cells[0] != cells[1]:
            raise ReplacedMeanwhileError(
                self._where(self._part),
                f"row {row} was changed by another program since the table was read.",
                "Read it again with `to_pandas`, and update the row that you mean.",
            )

    def _receipt(self, number: int, row: Mapping[str, CellValue]) -> RowReceipt:
        part = self._part
        letters = {label: column_letters(part.first_col + at) for at, label in enumerate(part.columns)}
        cells = tuple(f"{part.sheet}!{letters[label]}{number}" for label in row)
        return RowReceipt(WRITTEN, part.name, number - _first(part), cells)

    def _where(self, part: TablePart) -> str:
        return f"{self._book.path.name}, table {part.name}"

    def _no_policy(self) -> NoPolicyError:
        return NoPolicyError(
            self._where(self._part),
            "the workbook has no policy, so its records have no keys, types and rules.",
            "Use `to_pandas`, `append` and `update`, or import the records into a workbook made with `workbook-cms new`.",
        )


def _first(part: TablePart) -> int:
    """Number on the sheet of a table's first row below the header."""
    return part.first_row + part.has_header

"""What `Workbook` gives out: tables, findings, and what became of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from validation.findings import CellValue, Finding, findings_frame
from validation.frames import Operation, TypedTable
from validation.policy import PolicyTable
from workbook_cms.errors import EntryRefusedError, InputError
from workbook_cms.receipts import Receipt, Refused

if TYPE_CHECKING:
    from workbook_cms.plain_tables import RowReceipt
    from workbook_cms.records import Door

__all__ = ["Batch", "Findings", "Table"]


class Findings(list[Finding]):
    """What a check found: a list, and as a frame where that is handier."""

    def to_pandas(self) -> pd.DataFrame:
        """One row a finding; columns code, severity, message, table, key, field, cell, value, suggestion, ..."""
        return findings_frame(self)


@dataclass(frozen=True)
class Batch:
    """What became of the rows of an import.

    Attributes:
        receipts: Of the rows taken in, in order; empty on a dry run.
        refused: The rows held back, with the reasons.
        accepted: Number of rows that were, or on a dry run would be, taken in.
    """

    receipts: tuple[Receipt, ...]
    refused: tuple[Refused, ...]
    accepted: int

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings on the rows taken in."""
        return tuple(finding for receipt in self.receipts for finding in receipt.warnings)


class Table:
    """The records of one table: those in the file and those that wait in the journal."""

    def __init__(self, typed: Callable[[], TypedTable], door: Door) -> None:
        """Take the records as ``typed`` gives them now; what is written goes through ``door``."""
        self._source, self._door = typed, door
        self._typed = typed()

    @property
    def typed(self) -> TypedTable:
        """The records with their types, as they were when the table was asked for or last wrote."""
        return self._typed

    @property
    def policy(self) -> PolicyTable:
        """Its fields and rules."""
        return self.typed.table

    @property
    def name(self) -> str:
        """Name of the Excel table."""
        return self.policy.name

    @property
    def columns(self) -> tuple[str, ...]:
        """Header labels, in the order of the policy."""
        return tuple(field.label for field in self.policy.fields)

    def __len__(self) -> int:
        return len(self.typed)

    def to_pandas(self) -> pd.DataFrame:
        """Typed values, one row a record, labels as columns.

        Text is object dtype (None = blank), whole numbers Int64, numbers float64, yes/no boolean, dates
        datetime64[s]. A cell that is not of its field's type is blank here and a finding of `Workbook.check`.
        Changing the frame changes nothing in the workbook.
        """
        frame = self.typed.values.rename(columns={f.id: f.label for f in self.policy.fields})
        # The reader's own to write to, in pandas 3 too, where it may stand on read-only arrays.
        return frame.copy()

    def get(self, key: str) -> dict[str, CellValue]:
        """Values of one record by label, blank ones left out.

        Raises:
            KeyError: There is no such record.
        """
        try:
            position = self.typed.raw.keys.index(key)
        except ValueError:
            raise KeyError(key) from None
        row = self.typed.raw.values.iloc[position]
        return {self.policy.by_id[str(name)].label: value for name, value in row.items() if value is not None}

    def append(
        self, rows: Iterable[Mapping[str, CellValue]], *, override: str = ""
    ) -> Sequence[Receipt | RowReceipt]:
        """Add records in one commit, all or none; `workbook_cms.Workbook.add_many` takes those that pass instead.

        Args:
            rows: Values by field label; what is left out is blank or gets its default.
            override: Reason to go on in spite of alerts.

        Raises:
            EntryRefusedError: A row breaks rules, or an alert has no reason; ``findings`` says which.
            FileError: The workbook cannot be written. Nothing was written.
        """
        given = [dict(row) for row in rows]
        prepared = self._door.prepare(self.policy, given, Operation.ADD)
        refused = self._door.held_back(prepared, given, override)
        if refused:
            some = f"{len(refused)} of {len(given)} rows" if len(given) > 1 else "the row"
            raise EntryRefusedError(
                f"{self._place}, row {refused[0].row} of those given",
                f"{some} must be mended before this can be saved: {refused[0].findings[0].message}",
                "Nothing was written.",
                tuple(finding for item in refused for finding in item.findings),
            )
        receipts = self._door.add_many(prepared, refused, override, "api")
        self._typed = self._source()
        return receipts

    def update(
        self, row: int, values: Mapping[str, CellValue], *, override: str = "", why: str = ""
    ) -> Receipt | RowReceipt:
        """Change a record; the old values stay in the history.

        Args:
            row: Counted from 0, as `to_pandas` counts.
            values: The changed fields by label; "" or None empties one.
            override: Reason to go on in spite of an alert.
            why: Reason for the change, for the history.

        Raises:
            InputError: There is no such row.
            ChangedMeanwhileError: Somebody else changed the same field since the table was asked for.
            EntryRefusedError: The change breaks rules; ``findings`` says which.
            FileError: The workbook cannot be written. Nothing was written.
        """
        if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < len(self):
            rows = f"Its rows are 0 to {len(self) - 1:,}." if len(self) else "It has no rows: append one."
            raise InputError(self._place, f"there is no row {row!r}.", rows)
        key = self.typed.raw.keys[row] or ""
        seen: dict[str, CellValue] = dict.fromkeys(values) | (self.get(key) if key else {})
        receipt = self._door.update(self.policy, key, values, override, why, "api", seen=seen)
        self._typed = self._source()
        return receipt

    @property
    def _place(self) -> str:
        return f"table {self.name}"

"""What `Workbook` gives out: tables, findings, and what became of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from validation.findings import CellValue, Finding, findings_frame
from validation.frames import TypedTable
from validation.policy import PolicyTable
from workbook_cms.receipts import Receipt, Refused

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

    def __init__(self, typed: TypedTable) -> None:
        self.typed = typed

    @property
    def policy(self) -> PolicyTable:
        """Its fields and rules."""
        return self.typed.table

    @property
    def name(self) -> str:
        """Name of the Excel table."""
        return self.policy.name

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

"""The records of one table as the cells of its workbook hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from workbook_cms.file.layout import CellValue

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["Column", "Index", "RawTable"]

Column = list[CellValue]
Index = tuple[int, int]
"""Position in `RawTable.cells`: row and column, both from 0."""


class RawTable:
    """The records of a table as the workbook holds them; rows without any content are left out.

    Attributes:
        name, sheet: Names of the table and of the sheet it stands on.
        columns: Header labels.
        rows: Row number on the sheet (from 1) of each record.
        letters: Column letters on the sheet.
        formulas: Formula as Excel shows it (``=A2*2``, ``{=...}`` for an array) by position; the cell holds its value.
        errors: Error such as ``#N/A`` by position; the cell itself is None.
        stray: Addresses of cells with content under or beside the table, in no other table.
        merged: Merged ranges that touch the table.

    A cell holds str, int (a whole number), float, bool, date, datetime (with a time of day), time, or None (blank).
    """

    def __init__(  # noqa: PLR0913 - a table has that many parts
        self,
        name: str,
        sheet: str,
        columns: Sequence[str],
        cells: list[Column] | None = None,
        rows: Sequence[int] = (),
        letters: Sequence[str] = (),
        *,
        formulas: Mapping[Index, str] | None = None,
        errors: Mapping[Index, str] | None = None,
        stray: Sequence[str] = (),
        merged: Sequence[str] = (),
        by_column: list[Column] | None = None,
        block: npt.NDArray[np.object_] | None = None,
    ) -> None:
        """Give either ``cells``, a list a record, or ``by_column``, a list a column (``block``: the same, as array)."""
        self.name, self.sheet, self.columns = name, sheet, tuple(columns)
        self.rows, self.letters = list(rows), list(letters)
        self.formulas, self.errors = dict(formulas or {}), dict(errors or {})
        self.stray, self.merged = list(stray), list(merged)
        if by_column is None:
            records = cells or []
            by_column = [[record[i] for record in records] for i in range(len(self.columns))]
        self.by_column = by_column
        self._block = block

    @classmethod
    def joined(cls, pieces: Sequence[RawTable]) -> RawTable:
        """Pieces of one table, at least one, as one; they hold neither formulas nor errors."""
        first, *others = pieces
        if not others:
            return first
        columns = [
            [value for column in parts for value in column]
            for parts in zip(*(p.by_column for p in pieces), strict=True)
        ]
        rows = [row for piece in pieces for row in piece.rows]
        return cls(first.name, first.sheet, first.columns, rows=rows, letters=first.letters, by_column=columns)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def cells(self) -> list[Column]:
        """The values, a list a record."""
        return [list(record) for record in zip(*self.by_column, strict=True)]

    def frame(self) -> pd.DataFrame:
        """The values as they are: index 0..n-1, columns = labels, dtype object, None where blank."""
        import pandas as pd  # noqa: PLC0415 - most who read one record need no frame

        # pandas takes the transposed array over without a copy, and each column of the frame is contiguous.
        block = _block(self.by_column, len(self.rows)) if self._block is None else self._block.copy()
        return pd.DataFrame(block.T, columns=pd.Index(self.columns, dtype=object), dtype=object, copy=False)


def _block(columns: list[Column], count: int) -> npt.NDArray[np.object_]:
    import numpy as np  # noqa: PLC0415

    block = np.empty((len(columns), count), dtype=object)
    for index, column in enumerate(columns):
        block[index] = column
    return block

"""What every drawn sheet needs: names of its ranges, roomy rows, ranges of neighbouring rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbook_cms.file.builder import must_do

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["Nothing", "joined_rows", "ranged", "roomy_rows", "sheet_range"]

_ROW = 22  # pixels


class Nothing(str):
    """An empty text as the result of a formula: for a plain "" XlsxWriter would write an empty number."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return super().__hash__()


def sheet_range(sheet: Worksheet, first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """A range with its sheet, as a defined name refers to it."""
    from xlsxwriter.utility import quote_sheetname, xl_range_abs  # noqa: PLC0415 - only needed by who builds

    where = xl_range_abs(first_row, first_column, last_row, last_column)
    return f"={quote_sheetname(sheet.get_name())}!{where}"


def ranged(workbook: Workbook, sheet: Worksheet, name: str, box: tuple[int, int, int, int]) -> None:
    """Define ``name`` as the range (first row, first column, last row, last column), 0-based."""
    must_do(workbook.define_name(name, sheet_range(sheet, *box)), name)


def roomy_rows(sheet: Worksheet) -> None:
    """Rows a little higher than the letters need, still of automatic height, so that they grow with a long message.

    `set_default_row` would fix the height of every row. The cells of `FormLooks.spacer` keep the height when a program
    fits it anew.
    """
    sheet.default_row_height = sheet.original_row_height = _ROW


def joined_rows(rows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring rows joined to as few ranges as may be."""
    runs: list[tuple[int, int]] = []
    for first, last in rows:
        if runs and first == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs

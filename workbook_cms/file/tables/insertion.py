"""Records put among those of a table, in rows that were made free for them: they look like the records around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbook_cms.file.layout import CellValue
from workbook_cms.file.parts import TablePart
from workbook_cms.file.sheets.edits import SheetEdit
from workbook_cms.file.sheets.rows import Column
from workbook_cms.file.sheets.sheet import RowXml
from workbook_cms.file.tables.structure import Calculation
from workbook_cms.file.tables.table_rows import columns_like, opening_like, place_rows

__all__ = ["insert_rows"]

#: So many records to either side are asked how a cell looks: one of them that somebody coloured is not copied.
_ASKED = 3


def insert_rows(
    sheet: SheetEdit,
    table: TablePart,
    rows: Mapping[int, Mapping[int, CellValue]],
    calculations: Sequence[Calculation | None],
) -> None:
    """Put records into rows that are free.

    Args:
        sheet: The sheet; the records that were below have moved.
        table: The table as it was.
        rows: The records, in order, by number of the row; values by column number.
        calculations: For each column its formula as it is from now on.
    """
    for place, (number, values) in enumerate(rows.items()):
        above = number - place - 1  # as rows were counted before
        first, last = max(above - _ASKED + 1, table.first_record), min(above + _ASKED, table.last_record)
        around = [RowXml(sheet.xml.text(*at), sheet.place) for _, *at in sheet.xml.rows_between(first, last)]
        numbers = range(table.first_col, table.last_col + 1)
        asked: Sequence[RowXml | None] = around or [None]
        likes = [columns_like(sheet, row, numbers, calculations, table.first_record) for row in asked]
        columns = [_most(column) for column in zip(*likes, strict=True)]
        opening = Counter(map(opening_like, around)).most_common(1)[0][0] if around else ""
        place_rows(sheet, number, [values], columns, opening, cleared=(number,))


def _most(columns: Sequence[Column]) -> Column:
    """The column with the look that most have."""
    (style, blank), _ = Counter((column.style, column.blank) for column in columns).most_common(1)[0]
    return replace(columns[0], style=style, blank=blank)

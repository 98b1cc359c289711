"""Where the rows of a table go on its sheet, and how its new cells look: like those of the record above."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from workbook_cms.file.layout import CellValue
from workbook_cms.file.sheets.edits import Raw, SheetEdit
from workbook_cms.file.sheets.rows import CellWriter, Column
from workbook_cms.file.sheets.sheet import RowXml
from workbook_cms.file.tables.elsewhere import FormulaChange
from workbook_cms.file.tables.formula_cells import FormulaCell, SharedFormulas
from workbook_cms.file.tables.references import Area, Relative
from workbook_cms.file.tables.structure import Calculation

__all__ = ["columns_like", "fill_down", "opening_like", "place_rows"]

#: Excel looks at five rows when it extends a list; all of them must agree here.
_LOOKED_AT = 5
_OWN_ROW = re.compile(r"\[#This Row\]|\[@", re.IGNORECASE)

_META = re.compile(rb'\scm="\d+"')
_ROW_ATTRIBUTES = re.compile(rb'\s(?:s|customFormat|ht|customHeight)="[^"]*"')


def columns_like(
    sheet: SheetEdit,
    above: RowXml | None,
    numbers: range,
    calculations: Sequence[Calculation | None],
    first: int,
) -> list[Column]:
    """Each column with the style its new cells take: that of the row above, else that of the sheet's column.

    Args:
        sheet: The sheet.
        above: The record above the new ones, None where there is none.
        numbers: The columns' numbers.
        calculations: For each column its formula, as for the row ``first``.
        first: The row of the first record.
    """
    columns = []
    for number, calculation in zip(numbers, calculations, strict=True):
        base = sheet.xml.column_style(number)
        style = above.style(number) if above else None
        blank = style if style is not None and style != base else -1
        column = Column(number, base if style is None else style, blank)
        if calculation is not None:
            column.formula, column.array = Relative(calculation.formula, first), calculation.array
            meta = _META.search(above.cells.get(number, b"").partition(b">")[0]) if above else None
            column.meta = meta[0].decode() if meta and calculation.array else ""
        columns.append(column)
    return columns


def fill_down(sheet: SheetEdit, columns: Sequence[Column], records: range, change: FormulaChange) -> None:
    """Give columns a formula that the table does not know as theirs, but that their last records all hold.

    Programs other than Excel write the formulas of a column cell by cell only. A formula that names nothing of its own row
    is a number somebody typed, and stays alone.

    Args:
        sheet: The sheet.
        columns: Those of the table; one that is calculated is left as it is.
        records: The rows of the records that are there.
        change: What becomes of a formula of theirs.
    """
    numbers = records[-_LOOKED_AT:]
    rows = [
        (number, RowXml(sheet.xml.text(start, end), sheet.place))
        for number, start, end in sheet.xml.rows_between(numbers.start, numbers.stop - 1)
        if number in numbers
    ]
    shared: SharedFormulas | None = None
    for column in columns if len(rows) == len(numbers) else ():
        cells = [FormulaCell.of(row.cells.get(column.number, b"")) for _, row in rows]
        if column.formula is not None or not all(cell and cell.kind in ("normal", "shared") for cell in cells):
            continue
        texts = []
        for (number, _), cell in zip(rows, cells, strict=True):
            if cell and cell.kind == "shared" and not cell.text:
                shared = shared or SharedFormulas(sheet.xml)
                place = Area(column.number, number, column.number, number)
                texts.append(shared.text(cell.attributes.get("si", ""), place))
            else:
                texts.append(cell.text if cell else "")
        last = Relative(texts[-1], numbers[-1])
        alike = all(last.at(number) == text for (number, _), text in zip(rows, texts, strict=True))
        if texts[-1] and alike and (last.moves or _OWN_ROW.search(texts[-1])):
            column.formula = Relative(change(texts[-1], column.number, numbers[-1]), numbers[-1])
            column.filled = True


def opening_like(row: RowXml | None) -> str:
    """What a new row takes over from the tag of another: its height, if somebody chose one, and its format."""
    if row is None:
        return ""
    found = b"".join(_ROW_ATTRIBUTES.findall(row.opening))
    if b'customHeight="1"' not in found:
        found = re.sub(rb'\s(?:ht|customHeight)="[^"]*"', b"", found)
    return found.decode()


def place_rows(
    sheet: SheetEdit,
    first: int,
    rows: Sequence[Mapping[int, CellValue]],
    columns: list[Column],
    opening: str = "",
    openings: Mapping[int, str] | None = None,
    cleared: Collection[int] = (),
) -> None:
    """Put rows on the sheet from row ``first`` on: whole stretches of new rows, or cells into rows that are there.

    Args:
        sheet: The sheet.
        first: Number of the first row.
        rows: Values by column number.
        columns: The table's columns, with the look and the formula of their cells.
        opening: What the tag of a new row carries; ``openings`` says so for single rows.
        openings: See ``opening``.
        cleared: Rows whose cells in the table's columns give way whatever they hold; elsewhere only values change.
    """
    if not rows:
        return
    here = range(first, first + len(rows))
    chosen = {} if openings is None else openings
    there = sheet.rows_there(here)
    run: list[Mapping[int, CellValue]] = []
    for number in (*here, here[-1] + 1):
        if number not in there and number in here:
            run.append(rows[number - first])
            continue
        if run:
            start = number - len(run)
            sheet.make_rows(
                range(start, number), partial(_made, sheet.writer, columns, start, run, chosen, opening)
            )
            sheet.note(start, run, columns[-1].number)
            run = []
        if number in here:
            fill = _replace if number in cleared else _fill
            fill(sheet, number, rows[number - first], columns)
    if calculated := [column for column in columns if column.formula]:
        sheet.calculated.append((here, calculated))


def _made(
    writer: CellWriter,
    columns: list[Column],
    first: int,
    rows: Sequence[Mapping[int, CellValue]],
    openings: Mapping[int, str],
    opening: str,
    number: int,
) -> bytes:
    return writer.row(number, rows[number - first], columns, openings.get(number, opening)).encode()


def _fill(sheet: SheetEdit, number: int, values: Mapping[int, CellValue], columns: list[Column]) -> None:
    """Cells of a record in a row that is there already: blank but formatted, or with something beside the table."""
    sheet.show(number)
    for column in columns:
        sheet.hints[number, column.number] = column.style
        if column.formula is not None and column.calculates(values):
            cell = column.formula_cell(number, column.formula)
            sheet.put(number, {column.number: Raw(cell.encode())})
        elif column.number in values:
            sheet.put(number, {column.number: values[column.number]})


def _replace(sheet: SheetEdit, number: int, values: Mapping[int, CellValue], columns: list[Column]) -> None:
    """Cells of a record in the place of others, such as those of a totals row that moved on."""
    sheet.show(number)
    cells: dict[int, CellValue | Raw] = {column.number: Raw(b"") for column in columns}
    made = RowXml(sheet.writer.row(number, values, columns).encode(), sheet.place)
    sheet.put(number, {**cells, **{column: Raw(cell) for column, cell in made.cells.items()}})
    sheet.note(number, [values])

"""Edits past the forms, as a person with an unprotected sheet makes them: bytes of the file, not our writer's door."""

from __future__ import annotations

from pathlib import Path

import openpyxl

__all__ = ["append_row", "edit", "remove_last_row", "rename_column", "row_of", "sort_rows"]


def edit(path: Path, table: str, row: int, values: dict[str, object]) -> None:
    """Overtype cells of a sheet row, by column label; None empties one."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if table in s.tables)
    labels = {cell.value: cell.column for cell in sheet[_header(sheet, table)]}
    for label, value in values.items():
        sheet.cell(row, labels[label]).value = value
    book.save(path)


def row_of(path: Path, table: str, label: str, value: object) -> int:
    """Number of the sheet row that holds a value in a column."""
    sheet = next(s for s in openpyxl.load_workbook(path) if table in s.tables)
    header = _header(sheet, table)
    column = [c.value for c in sheet[header]].index(label) + 1
    return next(r for r in range(header + 1, sheet.max_row + 1) if sheet.cell(r, column).value == value)


def append_row(path: Path, table: str, values: dict[str, object]) -> None:
    """Paste a record below the last one, by column label; the table grows, as Excel lets it."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if table in s.tables)
    first, last = sheet.tables[table].ref.split(":")
    bottom = int("".join(filter(str.isdigit, last))) + 1
    for cell in sheet[_header(sheet, table)]:
        sheet.cell(bottom, cell.column).value = values.get(cell.value)
    ref = f"{first}:{last.rstrip('0123456789')}{bottom}"
    sheet.tables[table].ref = ref
    sheet.tables[table].autoFilter.ref = ref
    book.save(path)


def remove_last_row(path: Path, table: str) -> None:
    """Delete the last row of a table."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if table in s.tables)
    first, last = sheet.tables[table].ref.split(":")
    bottom = int("".join(filter(str.isdigit, last)))
    sheet.delete_rows(bottom)
    ref = f"{first}:{last.rstrip('0123456789')}{bottom - 1}"
    sheet.tables[table].ref = ref
    sheet.tables[table].autoFilter.ref = ref
    book.save(path)


def _header(sheet, table: str) -> int:
    return int("".join(filter(str.isdigit, sheet.tables[table].ref.split(":")[0])))


def rename_column(path: Path, table: str, old: str, new: str) -> None:
    """Overtype a header."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if table in s.tables)
    for cell in sheet[_header(sheet, table)]:
        if cell.value == old:
            cell.value = new
    for column in sheet.tables[table].tableColumns:
        if column.name == old:
            column.name = new
    book.save(path)


def sort_rows(path: Path, table: str, label: str) -> None:
    """Sort the records by a column, as somebody with an unprotected sheet does."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if table in s.tables)
    header = _header(sheet, table)
    place = [cell.value for cell in sheet[header]].index(label)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header + 1)]
    rows.sort(key=lambda values: str(values[place]))
    for number, values in enumerate(rows, start=header + 1):
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column).value = value
    book.save(path)

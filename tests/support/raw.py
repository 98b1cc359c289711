"""Edits past the forms, as a person with an unprotected sheet makes them: bytes of the file, not our writer's door."""

from __future__ import annotations

from pathlib import Path

import openpyxl

__all__ = ["edit", "remove_last_row"]


def edit(path: Path, table: str, row: int, values: dict[str, object]) -> None:
    """Overtype cells of a sheet row, by column label; None empties one."""
    book = openpyxl.load_workbook(path)
    sheet = next(s for s in book if table in s.tables)
    labels = {cell.value: cell.column for cell in sheet[_header(sheet, table)]}
    for label, value in values.items():
        sheet.cell(row, labels[label]).value = value
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

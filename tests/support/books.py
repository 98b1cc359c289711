"""Small workbooks made by the builder, and what independent readers see in them."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from workbook_cms.file.builder import build
from workbook_cms.file.layout import CellStyle, ColumnSpec, HomeSpec, SheetSpec, TableSpec, WorkbookSpec

__all__ = ["COLUMNS", "ROWS", "book", "members", "seen", "seen_by_calamine"]

COLUMNS = (
    ColumnSpec("Key"),
    ColumnSpec("Name", choices="list_names"),
    ColumnSpec("Born", CellStyle.DATE),
    ColumnSpec("Cost", CellStyle.NUMBER),
)
ROWS: tuple[Mapping[str, Any], ...] = (
    {"Key": "STK-1", "Name": "Ada", "Born": dt.date(1990, 5, 1), "Cost": 12.5},
    {"Key": "STK-2", "Name": "Bo"},
)


def book(path: Path, rows: Sequence[Mapping[str, Any]] = ROWS, intro: str = "") -> Path:
    """A workbook with the tables ``People`` (COLUMNS) and ``Notes`` (Text), each on its sheet."""
    build(
        path,
        WorkbookSpec(
            home=HomeSpec("Title"),
            sheets=(
                SheetSpec("People", TableSpec("People", COLUMNS, rows), intro=intro),
                SheetSpec("Notes", TableSpec("Notes", (ColumnSpec("Text", CellStyle.WRAPPED),), [{"Text": "a"}])),
            ),
            names={"list_names": "Notes!$A$2:$A$3"},
        ),
    )
    return path


def members(path: Path) -> dict[str, bytes]:
    """The raw record of every member: its directory entry but for the place, and its packed bytes."""
    found = {}
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.filename.encode())
            start += int.from_bytes(raw[info.header_offset + 28 : info.header_offset + 30], "little")
            facts = (info.date_time, info.flag_bits, info.external_attr, info.create_version, info.CRC, info.extra)
            found[info.filename] = repr(facts).encode() + raw[start : start + info.compress_size]
    return found


def seen(path: Path, sheet: str = "People") -> list[list[Any]]:
    """The values of a sheet as openpyxl sees them."""
    workbook = openpyxl.load_workbook(path)
    try:
        return [[cell.value for cell in row] for row in workbook[sheet].iter_rows()]
    finally:
        workbook.close()


def seen_by_calamine(path: Path, sheet: str = "People") -> list[list[Any]]:
    """The values of a sheet as calamine sees them."""
    with path.open("rb") as file:
        return CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet).to_python()

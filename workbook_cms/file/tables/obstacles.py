"""What stands below a table: how many rows it can still take, and what is in the way of more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from workbook_cms.file.addresses import column_letters, parse_range
from workbook_cms.file.guards import MAX_ROWS
from workbook_cms.file.package import Package
from workbook_cms.file.parts import TablePart
from workbook_cms.file.sheets.sheet import RowXml, SheetXml
from workbook_cms.file.tables.references import Area

__all__ = ["Room", "room", "room_below"]

_MERGE = re.compile(rb'<mergeCell ref="([^"]*)"')
_LOCATION = re.compile(rb'<location\b[^>]*?\sref="([^"]*)"')


@dataclass(frozen=True)
class Room:
    """So many more rows fit under a table, and why no more; "" where only the sheet's end stops it."""

    rows: int
    obstacle: str = ""


def room(package: Package, name: str) -> Room:
    """How many more rows fit under a table before something else is in the way.

    Raises:
        FileError: no such table, or a damaged part.
    """
    table = package.table(name)
    xml = SheetXml.of(package, table.sheet_part, f"{package.place}, sheet {table.sheet}")
    return room_below(package, table, xml, MAX_ROWS)


def room_below(package: Package, table: TablePart, xml: SheetXml, wanted: int) -> Room:
    """How many of ``wanted`` more rows fit; looks no further down the sheet than they reach."""
    bottom = min(table.last_row + wanted, MAX_ROWS)
    free = Area(table.first_col, table.last_row + 1, table.last_col, bottom)
    nearest = Room(MAX_ROWS - table.last_row)
    if bottom == table.last_row:
        return nearest
    for area, what in chain(_standing(package, table, xml), _filled(xml, free)):
        rows = max(area.top - table.last_row - 1, 0)
        if area.meets(free) and rows < nearest.rows:
            nearest = Room(rows, what)
    return nearest


def _standing(package: Package, table: TablePart, xml: SheetXml) -> Iterator[tuple[Area, str]]:
    """What takes its place even where its cells are blank."""
    for other in package.tables.values():
        if other.sheet_part == table.sheet_part and other.name != table.name:
            area = Area(other.first_col, other.first_row, other.last_col, other.last_row)
            yield area, f"the table {other.name} ({other.ref}) is in the way"
    for found in _MERGE.finditer(xml.tail):  # one at a time: of hundreds of thousands a list would take 250 MB
        ref = found[1].decode()
        if box := parse_range(ref):
            yield Area(*box), f"the merged cells {ref} are in the way"
    for _, kind, part in package.relations(table.sheet_part):
        pivot = _LOCATION.search(package.plain(part)) if kind == "pivotTable" else None
        if pivot and (box := parse_range(pivot[1].decode())):
            yield Area(*box), f"the pivot table in {pivot[1].decode()} is in the way"


def _filled(xml: SheetXml, free: Area) -> Iterator[tuple[Area, str]]:
    """The first cell below that holds something."""
    columns = range(free.left, free.right + 1)
    for number, start, end in xml.rows_between(free.top, free.bottom):
        if not xml.has_content(start, end):
            continue
        for column in sorted(RowXml(xml.text(start, end), xml.place).filled().intersection(columns)):
            yield Area(column, number, column, number), f"cell {column_letters(column)}{number} is filled"
            return

"""Rules about the file as a file: what would make Excel repair it. What is wrong is found elsewhere and passed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from validation.findings import Finding, Rule, Severity
from validation.frames import address

__all__ = ["RULES", "FileFlaw", "check_room", "check_soundness"]

_REPAIR = (
    "Excel opens such a file with *We found a problem with some content*, or not at all, and what it throws out in the "
    "repair may be data. Other programs read past it, each in its own way."
)

DAMAGED_PART = Rule(
    code="FIL011",
    name="damaged-part",
    title="A part of the file is damaged or missing",
    severity=Severity.ERROR,
    what="Looks through every part inside the file: whether its XML is well-formed, whether everything that one part "
    "needs of another is there, whether sheets and defined names are listed once and with names that Excel takes, and "
    "whether formats lead somewhere.",
    why=_REPAIR,
    example="The file was mended with a zip tool: `xl/tables/table2.xml` is gone, but a sheet still asks for it.",
    mend="Take the last good copy (`workbook-cms restore customers.xlsx --list`). If there is none, open it in Excel, let "
    "Excel repair it, read what it lists as removed, enter that again, and save.",
    source="ECMA-376, part 1 (18.2, 18.8) and part 2",
)
DAMAGED_CELL = Rule(
    code="FIL012",
    name="damaged-cell",
    title="Cells are written in a way that Excel does not take",
    severity=Severity.ERROR,
    what="Looks at every row and cell of every sheet: in order, there once, inside the sheet; a value that fits its kind; "
    "texts of 32,767 characters at most; formulas with all their brackets; formats and shared texts that are there.",
    why=_REPAIR,
    example="A script wrote the number of `Bookings!F12` as `1.250,00`.",
    mend="Open the file in Excel, let Excel repair it, look at the cells that the findings name, enter what is gone, and "
    "save. Mend the script, too.",
    source="ECMA-376, part 1 (18.3)",
)
DAMAGED_TABLE = Rule(
    code="FIL013",
    name="damaged-table",
    title="A table does not fit its sheet",
    severity=Severity.ERROR,
    what="Holds every Excel table against its sheet: its range, the names of its columns against the header cells, its "
    "filter and totals row, its name and numbers; and whether it overlaps another table or merged cells.",
    why=_REPAIR + " A table that Excel throws out takes its name with it, and nothing finds the records any more.",
    example="A script renamed the header cell `Stakeholders!H1` but not the column of the table.",
    mend="Open the file in Excel, let Excel repair it, look whether the table still reaches over all its rows (Table "
    "Design, Resize Table), and save.",
    source="ECMA-376, part 1 (18.5)",
)
DAMAGED_SETTING = Rule(
    code="FIL014",
    name="damaged-sheet-setting",
    title="A sheet's dropdowns, colours, merged cells or links are damaged",
    severity=Severity.ERROR,
    what="Looks at what stands around the cells of a sheet: dropdowns and input rules, conditional formats, merged "
    "cells, links, comments, views and column widths, and their order in the file.",
    why=_REPAIR,
    example="Another program wrote a dropdown whose list is longer than 255 characters.",
    mend="Open the file in Excel, let Excel repair it, look whether dropdowns and colours are there, and save.",
    source="ECMA-376, part 1 (18.3.1)",
)
STALE_COUNT = Rule(
    code="FIL015",
    name="stale-count",
    title="The file says something untrue about itself",
    severity=Severity.INFO,
    what="Compares what parts of the file say of their own size with what they hold: used range, counts of styles, "
    "shared texts and rules, parts that are listed and gone.",
    why="Excel does not mind, but some programs believe it and leave out rows that are there.",
    example="The sheet Bookings says that its cells end at `A1:H40`; there are 52 rows.",
    mend="Open the file in Excel and save it: Excel writes this anew.",
    source="ECMA-376, part 1 (18.3.1.35)",
)

LITTLE_ROOM = Rule(
    code="FIL016",
    name="little-room",
    title="Only a few more records fit under the table",
    severity=Severity.WARNING,
    what="Looks at what stands below each table on its sheet - another table, merged cells, a pivot table - and counts the "
    "rows that are free until there. A workbook without a policy has no checks: there a row that does not fit is refused, "
    "with what is in the way.",
    why="A table grows downwards. When it meets something, the next record is refused, just when somebody enters it.",
    example="Under Bookings 4 rows are free; then comes the table Prices (A60:D75).",
    mend="In Excel, move what stands below to another sheet or further down.",
)

RULES = (DAMAGED_PART, DAMAGED_CELL, DAMAGED_TABLE, DAMAGED_SETTING, STALE_COUNT, LITTLE_ROOM)

#: With fewer free rows than this under a table it is time to make room.
_FEW_ROWS = 20

#: Family of a flaw -> rule.
_OF: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "parts": DAMAGED_PART,
        "workbook": DAMAGED_PART,
        "styles": DAMAGED_PART,
        "cells": DAMAGED_CELL,
        "table": DAMAGED_TABLE,
        "sheet": DAMAGED_SETTING,
        "stale": STALE_COUNT,
    }
)


class FileFlaw(NamedTuple):
    """One thing that is wrong with the file.

    Attributes:
        family: What it is about: parts, workbook, styles, cells, sheet, table or stale.
        kind: Its kind, a word or two with hyphens.
        part: The part of the file.
        sheet: The sheet it is on, or "".
        table: The table it is about, or "".
        cell: Address or range on the sheet, or "".
        message: The problem, in one sentence.
        remedy: What mends it.
    """

    family: str
    kind: str
    part: str
    sheet: str
    table: str
    cell: str
    message: str
    remedy: str


def check_soundness(flaws: Iterable[FileFlaw]) -> Iterator[Finding]:
    """FIL011 to FIL015 for the flaws of a file."""
    for flaw in flaws:
        found = _OF[flaw.family]
        cell = address(flaw.sheet, flaw.cell) if flaw.sheet and flaw.cell else ""
        place = "" if cell or flaw.table else f"on the sheet {flaw.sheet}, " if flaw.sheet else f"in {flaw.part}, "
        yield Finding(
            found.code,
            found.severity,
            f"{place}{flaw.message} {flaw.remedy}",
            table=flaw.table,
            cell=cell,
            details={"kind": flaw.kind, "part": flaw.part},
        )


def check_room(table: str, rows: int, obstacle: str) -> Iterator[Finding]:
    """FIL016 for a table under which so many rows are free until an obstacle; "" where nothing is in the way."""
    if obstacle and rows < _FEW_ROWS:
        fit = f"{rows or 'no'} more {'record fits' if rows == 1 else 'records fit'}"
        yield Finding(
            LITTLE_ROOM.code,
            LITTLE_ROOM.severity,
            f"{fit} under the table: {obstacle}. Move it to another sheet or further down in Excel.",
            table=table,
            details={"rows": rows},
        )

"""Reads some rows of a sheet as `file.reader` reads a whole one, by way of a small workbook that holds nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook_cms.file.container.excerpt import NAMESPACE, excerpt
from workbook_cms.file.reader import Grid, opened

if TYPE_CHECKING:
    from workbook_cms.file.package import Package, TablePart
    from workbook_cms.file.raw_table import RawTable
    from workbook_cms.file.sheets.stretches import Stretch

__all__ = ["read_rows"]

_SHEET = (f'<worksheet xmlns="{NAMESPACE}"><sheetData>'.encode(), b"</sheetData></worksheet>")
_APART = (b't="s"', b"t='s'")
_NEEDS_MORE = (b"<f", b't="e"', b"t='e'")


def read_rows(package: Package, table: TablePart, stretch: Stretch, *, texts: bool = False) -> RawTable | None:
    """The records of a table that stand on the rows of ``stretch``; None where more than the rows is needed for that:
    texts that are kept apart, unless ``texts`` (all of them are looked through then), formulas and errors, blank rows."""
    apart = any(mark in stretch.xml for mark in _APART)
    if (apart and not texts) or any(mark in stretch.xml for mark in _NEEDS_MORE):
        return None
    if not stretch.rows or stretch.rows != tuple(range(stretch.rows[0], stretch.rows[-1] + 1)):
        return None
    sheet = _SHEET[0] + stretch.xml + _SHEET[1]
    raw = Grid.of_rows(package, opened(package, excerpt(package, sheet, texts=apart)), table, sheet)
    return raw if list(raw.rows) == list(stretch.rows) else None

"""Reads some rows of a sheet as `file.reader` reads a whole one, by way of a small workbook that holds nothing else."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from workbook_cms.file.reader import Grid, opened

if TYPE_CHECKING:
    from workbook_cms.file.package import Package, TablePart
    from workbook_cms.file.raw_table import RawTable
    from workbook_cms.file.stretches import Stretch

__all__ = ["read_rows"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET = (f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode(), b"</sheetData></worksheet>")
_NEEDS_MORE = (b't="s"', b"t='s'", b"<f", b't="e"', b"t='e'")


def read_rows(package: Package, table: TablePart, stretch: Stretch) -> RawTable | None:
    """The records of a table that stand on the rows of ``stretch``; None where more than the rows is needed for that:
    texts that are kept apart, formulas and errors, blank rows."""
    if any(mark in stretch.xml for mark in _NEEDS_MORE):
        return None
    if not stretch.rows or stretch.rows != tuple(range(stretch.rows[0], stretch.rows[-1] + 1)):
        return None
    sheet, memory = _SHEET[0] + stretch.xml + _SHEET[1], io.BytesIO()
    with zipfile.ZipFile(memory, "w") as small:
        for name, data in _parts(package).items():
            small.writestr(name, data)
        small.writestr("xl/worksheets/sheet1.xml", sheet)
    raw = Grid.of_rows(package, opened(package, memory.getvalue()), table, sheet)
    return raw if list(raw.rows) == list(stretch.rows) else None


def _parts(package: Package) -> dict[str, bytes | str]:
    """All parts of the small workbook but its sheet: the styles tell which numbers are dates."""
    styles = next((t for _, kind, t in package.relations(package.workbook_part) if kind == "styles"), "")
    date = ' date1904="1"' if package.date1904 else ""
    parts: dict[str, bytes | str] = {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr{date}/>'
        '<sheets><sheet name="rows" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    return {**parts, "xl/styles.xml": package.read(styles)} if styles else parts

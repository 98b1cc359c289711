"""A small workbook in memory that holds one sheet: the bulk reader is given that where it must not see the whole file."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from workbook_cms.file.plain import utf8

if TYPE_CHECKING:
    from workbook_cms.file.package import Package

__all__ = ["NAMESPACE", "ROWS", "excerpt"]

#: What the sheet of an excerpt is called.
ROWS = "rows"

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def excerpt(package: Package, sheet: bytes, *, texts: bool = True) -> bytes:
    """The bytes of a workbook whose one sheet is called `ROWS`.

    Args:
        package: The workbook that the sheet is from: its styles tell which numbers are dates.
        sheet: The sheet's XML.
        texts: Whether its cells may name texts that the workbook keeps apart.

    Raises:
        FileError: a part of the workbook is damaged.
    """
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as small:
        for name, data in _parts(package, texts).items():
            small.writestr(name, data)
        small.writestr("xl/worksheets/sheet1.xml", sheet)
    return memory.getvalue()


def _parts(package: Package, texts: bool) -> dict[str, bytes | str]:
    """All parts of the small workbook but its sheet."""
    shared = {"styles", "sharedStrings"} if texts else {"styles"}
    related = package.relations(package.workbook_part)
    targets = {kind: target for _, kind, target in related if kind in shared and package.has(target)}
    relations = "".join(
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>' for kind in sorted(targets)
    )
    date = ' date1904="1"' if package.date1904 else ""
    parts: dict[str, bytes | str] = {
        "xl/workbook.xml": f'<workbook xmlns="{NAMESPACE}" xmlns:r="{_OFFICE}"><workbookPr{date}/>'
        f'<sheets><sheet name="{ROWS}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f"{relations}</Relationships>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    for kind, target in targets.items():
        parts[f"xl/{kind}.xml"] = utf8(package.read(target), errors="replace")
    return parts

"""Workbooks written by hand, part by part, to hold what no library writes on request."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["DATE", "HOURS", "TEXT", "TIME", "handmade", "header"]

GENERAL, DATE, TEXT, TIME, HOURS = range(5)  # styles that cells may name

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def handmade(
    path: Path,
    rows: str,
    ref: str = "A1:C3",
    columns: tuple[str, ...] = ("Id", "B", "C"),
    tail: str = "",
    date1904: bool = False,
    strings: str = "",
    totals: int = 0,
    *,
    calculated: Mapping[str, str] | None = None,
    table: str = "",
) -> Path:
    """A workbook with the table ``People`` on the sheet ``People``.

    ``rows`` is what stands in ``<sheetData>`` (the header is yours to write, see `header`), ``tail`` what follows
    it, ``strings`` the ``<si>`` elements of the shared strings; ``calculated`` gives columns their formula, ``table`` is
    put among the attributes of the table.
    """
    formulas = {
        name: f"<calculatedColumnFormula>{text}</calculatedColumnFormula>"
        for name, text in (calculated or {}).items()
    }
    names = "".join(
        f'<tableColumn id="{i}" name="{name}">{formulas.get(name, "")}</tableColumn>'
        for i, name in enumerate(columns, start=1)
    )
    last = ref.rstrip("0123456789") + str(int(ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - totals)
    total = f' totalsRowCount="{totals}"' if totals else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/tables/table1.xml" ContentType="{_TYPE}.table+xml"/></Types>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_REL}"><workbookPr date1904="{int(date1904)}"/>'
        '<sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet {_MAIN} xmlns:r="{_REL}"><sheetData>{rows}</sheetData>{tail}'
        '<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": _relations(("table", "../tables/table1.xml")),
        "xl/tables/table1.xml": f'<table {_MAIN} id="1" name="People" displayName="People" ref="{ref}"{total}{table}>'
        f'<autoFilter ref="{last}"/><tableColumns count="{len(columns)}">{names}</tableColumns></table>',
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {_MAIN}><fonts><font/></fonts><fills><fill><patternFill/></fill></fills>"
        "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>"
        + "".join(f'<xf numFmtId="{number}" xfId="0"/>' for number in (0, 14, 49, 20, 46))
        + '</cellXfs><cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, _HEAD + text)
    return path


def header(*labels: str, row: int = 1) -> str:
    """A header row from column A."""
    cells = "".join(
        f'<c r="{chr(65 + i)}{row}" t="inlineStr"><is><t>{x}</t></is></c>' for i, x in enumerate(labels)
    )
    return f'<row r="{row}">{cells}</row>'


def _relations(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{_REL}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'

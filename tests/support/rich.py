"""A sound workbook that holds a bit of everything, made with XlsxWriter, and copies of it with something planted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

__all__ = ["BOOK", "PEOPLE", "STYLES", "TABLE", "TYPES", "planted", "rich"]

BOOK, STYLES, TYPES = "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"
PEOPLE, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
_CHAIN = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="F2" i="1"/><c r="F3"/></calcChain>'
)


def rich(path: Path) -> Path:
    """Two sheets, two tables, formats, dropdowns, coloured rules, comments, links, a chart, a calculation chain."""
    book = xlsxwriter.Workbook(path)
    bold = book.add_format({"bold": True, "num_format": "0.000"})
    red = book.add_format({"bg_color": "#FFC7CE"})
    people, orders = book.add_worksheet("People"), book.add_worksheet("Orders")
    people.add_table(
        "A1:D4",
        {
            "name": "People",
            "data": [["STK-1", "Ann", 5, 1.5], ["STK-2", "Bob & Co", 6, 2.5]],
            "total_row": True,
            "columns": [
                {"header": "Id", "total_string": "Total"},
                {"header": "Name"},
                {"header": "Two\nlines"},
                {"header": "Sum", "total_function": "sum", "formula": "=[@[Two\nlines]]*2", "format": bold},
            ],
        },
    )
    people.write_formula("F2", '=IF(C2>0,"yes ("&B2,"no")', None, "yes (Ann")
    people.write_formula("F3", "=SUM(C2:C3)", bold, 11)
    people.write_boolean("G2", True)
    people.write("G3", 7.25, bold)
    people.merge_range("H1:I2", "merged", bold)
    people.merge_range("H4:I4", "too", bold)
    people.set_column("A:B", 12)
    people.set_column("H:H", 20, bold)
    people.set_row(5, 30)
    people.data_validation("B2:B3", {"validate": "list", "source": "=list_names", "input_title": "Name"})
    people.data_validation("C2:C3", {"validate": "integer", "criteria": ">", "value": 0})
    people.conditional_format("C2:C3", {"type": "cell", "criteria": ">", "value": 5, "format": red})
    people.conditional_format("G2:G3", {"type": "data_bar", "data_bar_2010": True})
    people.add_sparkline("J2", {"range": "People!C2:D2"})
    people.write_comment("B2", "A remark")
    people.write_url("K1", "https://example.com", string="out")
    people.write_url("K2", "internal:'Orders'!A1", string="in")
    people.freeze_panes(1, 1)
    people.set_h_pagebreaks([20])
    people.ignore_errors({"number_stored_as_text": "A2:A3"})
    orders.add_table(
        "B2:C4", {"name": "Orders", "data": [[1, 2], [3, 4]], "columns": [{"header": "No"}, {"header": "Of"}]}
    )
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Orders!$C$3:$C$4"})
    orders.insert_chart("F2", chart)
    book.define_name("list_names", "=People!$B$2:$B$3")
    book.define_name("Orders!own", "=Orders!$B$2")
    book.close()
    relation = f'<Relationship Id="rId99" Type="{_RELATION}" Target="calcChain.xml"/></Relationships>'
    return _rewritten(
        path,
        path,
        {
            "xl/calcChain.xml": _CHAIN,
            TYPES: ("</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{_TYPE}"/></Types>'),
            "xl/_rels/workbook.xml.rels": ("</Relationships>", relation),
        },
    )


def planted(source: Path, target: Path, part: str, old: str, new: str | None) -> Path:
    """A copy of a workbook with a piece of one part (a pattern) replaced.

    The part is left out when ``new`` is None, and becomes ``new`` when ``old`` is empty.
    """
    return _rewritten(source, target, {part: None if new is None else (old, new) if old else new})


def _rewritten(source: Path, target: Path, changes: Mapping[str, str | tuple[str, str] | None]) -> Path:
    with zipfile.ZipFile(source) as archive:
        parts: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    for part, change in changes.items():
        if isinstance(change, tuple):
            text = (parts[part] or b"").decode()
            assert re.search(change[0], text, re.DOTALL), f"{part} holds no {change[0]}"
            parts[part] = re.sub(change[0], change[1], text, count=1, flags=re.DOTALL).encode()
        else:
            parts[part] = None if change is None else change.encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            if data is not None:
                archive.writestr(name, data)
    return target

"""The sheets of a report: formats, text that stays text, links into the record workbook, lists as Excel tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

__all__ = ["LINE_HEIGHT", "MAX_ROWS", "Column", "Link", "ReportBook", "lines_in", "link_target"]

#: Excel allows 65,530 links a sheet.
MAX_LINKS = 65_000
#: Rows a list shows; a longer one says how much it leaves out.
MAX_ROWS = 200_000
MAX_TEXT = 32_000
MAX_URL = 2_000
#: Points a line of text takes.
LINE_HEIGHT = 15

INK, MUTED, ACCENT, LINE, BAND = "#1F2933", "#6B7785", "#1D5B79", "#D5DBE1", "#EEF3F6"
RED, AMBER, GREEN = "#B3261E", "#B26A00", "#2E7D4F"
_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True},
    "plain": {},
    "muted": {"font_color": MUTED},
    "note": {"font_color": MUTED, "italic": True, "text_wrap": True},
    "note_line": {"font_color": MUTED, "italic": True},
    "title": {"font_size": 20, "bold": True, "font_color": ACCENT, "valign": "vcenter"},
    "subtitle": {"font_size": 12, "font_color": MUTED},
    "section": {"font_size": 13, "bold": True, "font_color": ACCENT, "bottom": 2, "bottom_color": ACCENT},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "valign": "vcenter", "text_wrap": True},
    "head_right": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": ACCENT,
        "valign": "vcenter",
        "align": "right",
    },
    "head_indent": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "valign": "vcenter", "indent": 1},
    "strong": {"bold": True},
    "row": {"bottom": 1, "bottom_color": LINE, "valign": "vcenter", "text_wrap": True},
    "row_indent": {"bottom": 1, "bottom_color": LINE, "valign": "vcenter", "indent": 1},
    "row_strong": {"bottom": 1, "bottom_color": LINE, "bold": True, "valign": "vcenter"},
    "row_muted": {"bottom": 1, "bottom_color": LINE, "font_color": MUTED, "text_wrap": True, "valign": "vcenter"},
    "row_note": {
        "bottom": 1,
        "bottom_color": LINE,
        "font_color": MUTED,
        "text_wrap": True,
        "valign": "vcenter",
        "indent": 1,
    },
    "row_number": {"bottom": 1, "bottom_color": LINE, "num_format": "#,##0", "valign": "vcenter"},
    "row_share": {"align": "right", "bottom": 1, "bottom_color": LINE, "num_format": "0.0%", "valign": "vcenter"},
    "row_share_strong": {
        "bottom": 1,
        "bottom_color": LINE,
        "num_format": "0.0%",
        "bold": True,
        "valign": "vcenter",
    },
    "row_link": {"bottom": 1, "bottom_color": LINE, "font_color": ACCENT, "underline": 1, "valign": "vcenter"},
    "number": {"num_format": "#,##0"},
    "count": {"num_format": "#,##0", "align": "left"},
    "bits": {"num_format": "+0.0;-0.0;0.0", "font_color": MUTED},
    "date": {"num_format": "d mmm yyyy", "align": "left"},
    "link": {"font_color": ACCENT, "underline": 1},
    "error": {"font_color": RED, "bold": True},
    "warning": {"font_color": AMBER, "bold": True},
    "info": {"font_color": MUTED},
    "decision": {"bg_color": "#FFF8E1", "border": 1, "border_color": "#E6D9A8", "locked": False},
    "pair": {"bold": True, "bg_color": BAND, "top": 1, "top_color": ACCENT, "text_wrap": True},
    "pair_link": {
        "bg_color": BAND,
        "top": 1,
        "top_color": ACCENT,
        "font_color": ACCENT,
        "underline": 1,
        "bold": True,
    },
    "same": {"font_color": GREEN, "text_wrap": True},
    "differs": {"font_color": RED, "text_wrap": True},
}


@dataclass(frozen=True)
class Link:
    """A cell of the record workbook, and the text that leads there."""

    address: str
    text: str


@dataclass(frozen=True)
class Column:
    """A column of a list."""

    label: str
    width: float
    format: str = "plain"
    choices: tuple[str, ...] = ()
    """What its dropdown offers; the cells are then for the steward."""


class ReportBook:
    """A new workbook with the formats of our reports. Use as a context manager: it is written at the end."""

    def __init__(self, path: Path, source_link: str) -> None:
        """``source_link``: where the record workbook is, seen from the report's folder (`link_target`)."""
        # Whatever a cell of the customer's data holds, it goes in as text: never a formula, a number or a link.
        options = {
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "default_format_properties": {
                "font_name": "Calibri",
                "font_size": 11,
                "font_color": INK,
                "valign": "top",
            },
        }
        self.book = xlsxwriter.Workbook(str(path), options)
        base = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top"}
        self.formats = {name: self.book.add_format({**base, **extra}) for name, extra in _FORMATS.items()}
        self.source_link = source_link
        self._links: dict[str, int] = {}

    def sheet(self, title: str, colour: str = ACCENT) -> Any:
        """A new sheet, without grid lines, that prints one page wide."""
        sheet = self.book.add_worksheet(title)
        sheet.hide_gridlines(2)
        sheet.set_tab_color(colour)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&8&F · &A&R&8&P / &N")
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: object, style: str = "plain") -> None:
        """Writes one cell: numbers and dates as such, a `Link` as one while Excel has room, all else as text."""
        form = self.formats[style]
        if isinstance(value, Link):
            self._put_link(sheet, row, column, value, form if "link" in style else self.formats["link"])
        elif value is None or value is pd.NaT or value == "" or value != value:  # noqa: PLR0124 - NaN
            sheet.write_blank(row, column, None, form)
        elif isinstance(value, pd.Timestamp):
            sheet.write_datetime(row, column, value.to_pydatetime(), form)
        elif hasattr(value, "__float__") and not isinstance(value, bool):
            sheet.write_number(row, column, float(value), form)
        else:
            sheet.write_string(row, column, clean(str(value)), form)

    def _put_link(self, sheet: Any, row: int, column: int, link: Link, form: Any) -> None:
        count = self._links.get(sheet.get_name(), 0)
        url = f"external:{self.source_link}#{link.address}"
        if not link.address or count >= MAX_LINKS or len(url) > MAX_URL:
            sheet.write_string(row, column, clean(link.text or link.address), self.formats["plain"])
            return
        self._links[sheet.get_name()] = count + 1
        sheet.write_url(row, column, url, form, clean(link.text or link.address))

    def list(
        self, sheet: Any, top: int, name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]
    ) -> int:
        """Writes an Excel table with its header at row ``top`` (from 0); returns the number of its rows.

        An empty table keeps one blank row, as Excel itself does.
        """
        count = 0
        for count, cells in enumerate(rows, start=1):
            for column, (value, spec) in enumerate(zip(cells, columns, strict=True)):
                style = "decision" if spec.choices else spec.format
                if spec.format == "severity":
                    style = str(value)
                self.put(sheet, top + count, column, value, style)
            lines = max(_lines(value, spec) for value, spec in zip(cells, columns, strict=True))
            if lines > 1:
                sheet.set_row(top + count, LINE_HEIGHT * lines)
        last = top + max(count, 1)
        header = [{"header": spec.label, "header_format": self.formats["head"]} for spec in columns]
        options = {"name": name, "columns": header, "style": "Table Style Light 1", "banded_rows": False}
        sheet.add_table(top, 0, last, len(columns) - 1, options)
        for column, spec in enumerate(columns):
            sheet.set_column(column, column, spec.width)
            if spec.choices:
                self.choices(sheet, top + 1, last, column, spec.choices)
        sheet.set_row(top, 22)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        return count

    def choices(self, sheet: Any, first: int, last: int, column: int, choices: tuple[str, ...]) -> None:
        """A dropdown on the cells of a column."""
        rule = {
            "validate": "list",
            "source": list(choices),
            "error_title": "Not a decision",
            "error_message": "Choose one of the list, or leave the cell empty.",
        }
        sheet.data_validation(first, column, last, column, rule)

    def __enter__(self) -> ReportBook:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.book.close()


def lines_in(text: str, width: float) -> int:
    """Lines a text takes in a cell that wraps, at a bit more than one character a unit of width; at most 12."""
    return min(sum(1 + int(len(line) / (width * 1.15)) for line in text.split("\n")), 12)


def _lines(value: object, column: Column) -> int:
    return lines_in(value, column.width) if column.format == "text" and isinstance(value, str) else 1


def clean(text: str) -> str:
    """Text as a cell can hold it: no lone surrogates, not longer than Excel allows."""
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def link_target(source: Path, folder: Path) -> str:
    """How a link in ``folder`` names the file ``source``: relative, so that both can be moved together.

    On another drive of Windows there is no relative path: then it is absolute. XlsxWriter turns the slashes, and
    escapes what must be escaped unless it sees an escape already, which is why a path with ``#`` or ``%`` comes
    escaped whole.
    """
    try:
        text = os.path.relpath(source.resolve(), folder.resolve())
    except ValueError:
        text = str(source.resolve())
    text = text.replace(os.sep, "/")
    if re.search("[#%]", text):
        text = re.sub(r'[%#"<>\[\]^`{} ]', lambda match: f"%{ord(match[0]):02x}", text)
    return text

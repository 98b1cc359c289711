"""Cell values as the bytes of a sheet's XML, and back for the proof that they were written."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters, unescape
from workbook_cms.file.layout import CellValue
from workbook_cms.file.styles import Styles
from workbook_cms.file.tables.references import Relative

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["FORBIDDEN", "MAX_TEXT", "CellWriter", "Column", "Written", "length_in_cell", "read_row", "serial"]

MAX_TEXT = 32_767
#: Whole numbers from here on lose digits in a spreadsheet, so they are kept as text, as the builder does.
LARGEST_NUMBER = 10**15

# Anything that is not simply copied into <t>: marks of XML, edges and line ends that need xml:space, what XML forbids.
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ud800-\udfff\ufffe\uffff]|^\s|\s$|_x[0-9A-Fa-f]{4}_")
#: Characters that no cell can hold: control characters and halves of surrogate pairs.
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TYPE = re.compile(rb'\st="\w+"')
_PREFIXED = re.compile(rb'\s\w+:\w+="[^"]*"')
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_DAY_SECONDS = 86_400

#: What a cell holds as read back: the type letter of its XML and the text or number.
Written = tuple[str, str | float | None]


def length_in_cell(text: str) -> int:
    """Characters of a text as a cell counts them: those beyond the 16-bit ones, such as emoji, count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class Column:
    """A column of a table on its way into the sheet; ``number`` counts from 1, ``style`` is an index of cellXfs.

    ``blank`` is the style an empty cell must carry because the column of the sheet does not; -1 for none. A column
    with a ``formula`` is calculated: each of its cells gets it, as an array formula where ``array`` says so, with
    ``meta`` (attributes of a dynamic array) as the cell above has it; where it is only ``filled`` down, a value that
    is given goes before it.
    """

    number: int
    style: int
    blank: int = -1
    formula: Relative | None = None
    array: bool = False
    meta: str = ""
    filled: bool = False
    opening: str = field(init=False)
    attribute: str = field(init=False)

    def __post_init__(self) -> None:
        self.opening = f'<c r="{column_letters(self.number)}'
        self.attribute = f' s="{self.style}"' if self.style else ""

    def calculates(self, values: Mapping[int, CellValue]) -> bool:
        """Whether the column's cell in a row with these values holds its formula."""
        return self.formula is not None and not (self.filled and self.number in values)

    def formula_cell(self, row: int, formula: Relative) -> str:
        """The cell with a calculated column's formula and no value, so that no reader takes a stale one for true."""
        kind = f' t="array" ref="{column_letters(self.number)}{row}"' if self.array else ""
        text = formula.at(row)
        space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
        return f'{self.opening}{row}"{self.attribute}{self.meta}><f{kind}{space}>{escape_formula(text)}</f></c>'


class CellWriter:
    """Turns values into cells of one workbook: its date system, its styles, its name for messages.

    A strict workbook holds days as ISO 8601 texts of their own type, as Excel writes them there (ECMA-376 part 1,
    18.18.11): its day 0 is another one.
    """

    def __init__(self, place: str, date1904: bool, styles: Styles, *, strict: bool = False) -> None:
        self._place, self._date1904, self._styles, self._strict = place, date1904, styles, strict

    def row(
        self, number: int, values: Mapping[int, CellValue], columns: Sequence[Column], attributes: str = ""
    ) -> str:
        """One ``<row>`` with the cells of ``columns``."""
        parts = [f'<row r="{number}"{attributes}>']
        for column in columns:
            value = values.get(column.number)
            if column.formula is not None and column.calculates(values):
                parts.append(column.formula_cell(number, column.formula))
            elif type(value) is int and -LARGEST_NUMBER < value < LARGEST_NUMBER:
                parts.append(f'{column.opening}{number}"{column.attribute}><v>{value}</v></c>')
            elif type(value) is str and value and not _SPECIAL.search(value) and len(value) < MAX_TEXT // 2:
                parts.append(
                    f'{column.opening}{number}"{column.attribute} t="inlineStr"><is><t>{value}</t></is></c>'
                )
            elif value is None or value == "":
                if column.blank >= 0:
                    parts.append(f'{column.opening}{number}" s="{column.blank}"/>')
            else:
                parts.append(self.cell(column, number, value))
        parts.append("</row>")
        return "".join(parts)

    def cell(self, column: Column, row: int, value: CellValue) -> str:
        """One ``<c>``; blank values give an empty cell that keeps its style."""
        opening, style = f'{column.opening}{row}"', column.attribute
        if value is None or value == "":
            return f"{opening}{style}/>"
        if isinstance(value, bool):
            return f'{opening}{style} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, (dt.date, dt.time)):
            number = serial(value, self._date1904)
            if number is None:
                return f'{opening}{style} t="inlineStr"><is><t>{value.isoformat()}</t></is></c>'
            dated = self._styles.dated(column.style, value)
            if self._strict and isinstance(value, dt.date):
                return f'{opening} s="{dated}" t="d"><v>{_iso(value)}</v></c>'
            return f'{opening} s="{dated}"><v>{_number(number)}</v></c>'
        if isinstance(value, (int, float)):
            if isinstance(value, int) and abs(value) >= LARGEST_NUMBER:
                return f'{opening}{style} t="inlineStr"><is><t>{value}</t></is></c>'
            if not math.isfinite(value):
                raise self._refusal(column, row, "a number without a value", "Leave it blank.")
            return f"{opening}{style}><v>{_number(value)}</v></c>"
        return f'{opening}{style} t="inlineStr"><is>{self._text(column, row, value)}</is></c>'

    def _text(self, column: Column, row: int, value: str) -> str:
        if length_in_cell(value) > MAX_TEXT:
            raise self._refusal(
                column, row, f"a text of {len(value):,} characters", f"Shorten it to {MAX_TEXT:,} characters."
            )
        if found := FORBIDDEN.search(value):
            raise self._refusal(
                column, row, f"a character no cell can hold (code {ord(found[0]):04X})", "Delete it."
            )
        space = ' xml:space="preserve"' if value[0].isspace() or value[-1].isspace() or "\n" in value else ""
        return f"<t{space}>{escape_text(value)}</t>"

    def _refusal(self, column: Column, row: int, what: str, remedy: str) -> FileError:
        place = f"{self._place}, cell {column_letters(column.number)}{row}"
        return FileError(place, f"The value holds {what}.", remedy)


def without_content(cell: bytes) -> bytes:
    """A cell blank, with its style."""
    return _TYPE.sub(b"", cell.partition(b">")[0].rstrip(b"/")) + b"/>"


def escape_text(value: str) -> str:
    """Text as it stands between tags; what looks like an ``_xHHHH_`` escape is itself escaped."""
    if "_x" in value:
        value = _LOOKS_ESCAPED.sub("_x005F_", value)
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "_x000D_")


def escape_formula(formula: str) -> str:
    """A formula as it stands between tags; unlike a text it holds no ``_xHHHH_`` escapes of ours."""
    return formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(value: str) -> str:
    """Text as it stands inside a quoted attribute; line breaks and tabs as ``_xHHHH_``, as Excel writes them."""
    value = escape_text(value).replace('"', "&quot;")
    return value.replace("\n", "_x000a_").replace("\t", "_x0009_")


def _number(value: float) -> str:
    # repr gives the shortest text that reads back as the same number; Excel writes the same way.
    return repr(int(value)) if float(value).is_integer() and abs(value) < LARGEST_NUMBER else repr(float(value))


def serial(value: dt.date | dt.time, date1904: bool) -> float | None:
    """Days since the workbook's day 0 (ECMA-376 part 1, 18.17.4.1), or None before Excel's calendar begins."""
    if isinstance(value, dt.time):
        return _day_part(value)
    day = dt.date(value.year, value.month, value.day)
    part = _day_part(value.time()) if isinstance(value, dt.datetime) else 0.0
    if date1904:
        days = (day - dt.date(1904, 1, 1)).days
        return days + part if days >= 0 else None
    days = (day - dt.date(1899, 12, 30)).days
    if days < 61:  # Excel has a 29 February 1900 that never was
        days -= 1
    return days + part if days >= 1 else None


def _day_part(time: dt.time) -> float:
    seconds = time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6
    return seconds / _DAY_SECONDS


def _iso(value: dt.date) -> str:
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds")


def expected(value: CellValue, date1904: bool, *, strict: bool = False) -> Written:
    """What a cell given ``value`` must hold when it is read back by :func:`read_row`."""
    if value is None or value == "":
        return "", None
    if isinstance(value, bool):
        return "b", float(value)
    if isinstance(value, (dt.date, dt.time)):
        number = serial(value, date1904)
        if number is not None and strict and isinstance(value, dt.date):
            return "d", _iso(value)
        return ("t", value.isoformat()) if number is None else ("n", number)
    if isinstance(value, int) and abs(value) >= LARGEST_NUMBER:
        return "t", str(value)
    return ("n", float(value)) if isinstance(value, (int, float)) else ("t", value)


def read_row(xml: bytes) -> dict[str, Written]:
    """The cells of one ``<row>`` by address, read by an XML parser that shares nothing with the writing above.

    Raises:
        ValueError: not one well-formed row, or cells out of order or twice.
    """
    row = _row_element(xml)
    cells: dict[str, Written] = {}
    order: list[tuple[int, str]] = []
    for cell in row:
        address = cell.get("r", "")
        order.append((len(address), address))
        kind, value = cell.get("t", "n"), cell.findtext("v")
        if kind == "inlineStr":
            cells[address] = ("t", _joined(cell))
        elif kind in ("s", "str", "e", "d"):
            cells[address] = ("t" if kind == "str" else kind, value)
        elif not value:
            cells[address] = ("", None)  # also <v></v>, as openpyxl writes a formula that it did not calculate
        else:
            cells[address] = ("b" if kind == "b" else "n", float(value))
    if order != sorted(set(order)):
        raise ValueError("cells out of order")
    return cells


def read_formulas(xml: bytes) -> dict[str, str]:
    """The formulas of one ``<row>`` by address, read by an XML parser.

    Raises:
        ValueError: not well-formed.
    """
    row = _row_element(xml)
    return {cell.get("r", ""): cell.findtext("f") or "" for cell in row if cell.find("f") is not None}


def _row_element(xml: bytes) -> Element:
    from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - late for a fast start

    # Attributes of Excel's later versions have a prefix that only the root of the sheet explains.
    tag, closing, rest = xml.partition(b">")
    try:
        return fromstring(_PREFIXED.sub(b"", tag) + closing + rest)  # noqa: S314 - one row without a document type
    except ParseError as error:
        raise ValueError(str(error)) from error


def read_string(xml: bytes) -> str:
    """The text of one shared string ``<si>``, runs joined, phonetic hints left out.

    Raises:
        ValueError: not well-formed.
    """
    from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - late for a fast start

    try:
        return _joined(fromstring(xml))  # noqa: S314 - one element without a document type
    except ParseError as error:
        raise ValueError(str(error)) from error


def _joined(item: Element) -> str:
    texts = [part.text or "" for path in ("t", "r/t", "is/t", "is/r/t") for part in item.findall(path)]
    return unescape("".join(texts))

"""The end of a table read fast: its last row, and whether it holds a text, without reading the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook_cms.file.addresses import column_letters
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.rows import escape_text, read_row, read_string
from workbook_cms.file.sheets.sheet import SheetXml

__all__ = ["held", "last_row", "text_parts"]

_SHARED = re.compile(rb"<si[ >/]")


def last_row(package: Package, table: str) -> dict[str, CellValue]:
    """The values of a table's last record by label, {} when it has none.

    Numbers come as stored (dates as serials, see :func:`workbook_cms.file.sheets.rows.serial`), texts as text.

    Raises:
        FileError: no such table, a damaged part, or a sheet in a form that cannot be searched.
    """
    part = package.table(table)
    sheet = SheetXml.of(package, part.sheet_part, f"{package.place}, sheet {part.sheet}")
    last = part.last_row - (1 if part.has_totals else 0)
    place = sheet.find_rows([last]).get(last)
    if place is None or last < part.first_row + part.has_header:
        return {}
    cells = read_row(sheet.text(*place))
    shared = _shared_strings(package, {int(value) for kind, value in cells.values() if kind == "s" and value})
    values: dict[str, CellValue] = {}
    for number, label in enumerate(part.columns, part.first_col):
        kind, value = cells.get(f"{column_letters(number)}{last}", ("", None))
        if kind == "s" and value is not None:
            value = shared.get(int(value))
        elif kind == "b":
            value = bool(value)
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        values[label] = None if value == "" else value
    return values if any(value is not None for value in values.values()) else {}


def held(package: Package, table: str, needles: Iterable[str]) -> set[str]:
    """Those of the texts that some text cell on the table's sheet holds; letter case counts.

    Raises:
        FileError: no such table, or a damaged part.
    """
    wanted = set(needles)
    if not wanted:
        return set()
    sheet = package.read(package.table(table).sheet_part)
    strings = _shared_part(package)
    return {
        needle
        for needle in wanted
        if any(
            _shown(sheet, text) or any(_refers(sheet, number) for number in _numbers_of(strings, text))
            for text in _written(needle)
        )
    }


def text_parts(package: Package, table: str) -> Iterator[bytes]:
    """The parts that hold the texts of a table's sheet, among others.

    Raises:
        FileError: no such table, or a damaged part.
    """
    yield package.read(package.table(table).sheet_part)
    yield _shared_part(package)


def _written(needle: str) -> list[bytes]:
    """The ways in which programs write a text into XML: they differ in whether they write quotes as they are."""
    text = escape_text(needle).encode()
    return list(dict.fromkeys([text, text.replace(b'"', b"&quot;").replace(b"'", b"&apos;")]))


def _shown(sheet: bytes, text: bytes) -> bool:
    """Whether the text stands inside a ``<t>`` of the sheet, not in its markup."""
    at = sheet.find(text)
    while at >= 0:
        opening = sheet.rfind(b"<", 0, at)
        if sheet.rfind(b">", opening, at) >= 0 and sheet[opening : opening + 2] == b"<t":
            return True
        at = sheet.find(text, at + 1)
    return False


def _refers(sheet: bytes, number: int) -> bool:
    """Whether a sheet has a text cell with that shared string."""
    at = sheet.find(b"<v>%d</v>" % number)
    while at >= 0:
        opening = sheet[sheet.rfind(b"<", 0, at) : at]
        if b't="s"' in opening:
            return True
        at = sheet.find(b"<v>%d</v>" % number, at + 1)
    return False


def _numbers_of(data: bytes, text: bytes) -> Iterator[int]:
    """The numbers of the shared strings of the part ``data`` that hold ``text``."""
    number = before = 0
    at = data.find(text)
    while at >= 0:
        number += sum(1 for _ in _SHARED.finditer(data, before, at))
        yield number - 1
        before = at
        at = data.find(text, at + 1)


def _shared_strings(package: Package, wanted: set[int]) -> dict[int, str]:
    data = _shared_part(package) if wanted else b""
    found: dict[int, str] = {}
    for number, match in enumerate(_SHARED.finditer(data)):
        if number in wanted:
            end = data.find(b"</si>", match.start()) + len(b"</si>")
            found[number] = read_string(data[match.start() : end])
            if len(found) == len(wanted):
                break
    return found


def _shared_part(package: Package) -> bytes:
    for _, kind, target in package.relations(package.workbook_part):
        if kind == "sharedStrings":
            return package.read(target)
    return b""

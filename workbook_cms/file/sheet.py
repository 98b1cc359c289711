"""The XML of one worksheet as bytes: rows are found, changed and added without parsing the sheet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters, column_number, parse_range

__all__ = ["RowXml", "SheetXml", "Splice"]

_ROOT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*"
    rb'<worksheet\b[^>]*?\bxmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"'
)
_FOREIGN_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*encoding=["'](?!utf-?8|us-ascii)""", re.IGNORECASE)
_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d+)"[^>]*>')
_ANY_ROW = re.compile(rb"<row[\s/>]")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ADDRESS = re.compile(rb'\sr="([A-Z]{1,3})(\d+)"')
_STYLE = re.compile(rb'\ss="(\d+)"')
_SPANS = re.compile(rb'\sspans="(\d+):(\d+)"')
_DIMENSION = re.compile(rb'<dimension ref="([^"]*)"')
_COL = re.compile(rb"<col\b[^>]*/>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_CONTENT = re.compile(rb"<(?:v|is|f)\b")
_MERGE = re.compile(rb'<mergeCell ref="([^"]*)"')
_GROWING = re.compile(rb'(<(?:dataValidation|conditionalFormatting)\b[^>]*?\ssqref=")([^"]*)(")')
#: From this many rows on, one pass over the sheet is faster than a search for each.
_FEW = 4
#: The last rows are asked for most, and found from the end.
_NEAR = 1 << 16


@dataclass(frozen=True)
class Splice:
    """Bytes ``start`` to ``end`` of the sheet become ``new``."""

    start: int
    end: int
    new: bytes


class RowXml:
    """One ``<row>``: its opening tag and its cells in order, untouched ones byte for byte."""

    def __init__(self, xml: bytes, place: str) -> None:
        """Split ``xml``.

        Raises:
            FileError: cells that do not say where they are.
        """
        close = xml.index(b">")
        self._opening = xml[:close].rstrip(b"/")
        self.cells: dict[int, bytes] = {}
        rest = xml[close + 1 :]
        end = 0
        for match in _CELL.finditer(rest):
            address = _ADDRESS.search(match[1])
            if address is None:
                raise _not_understood(place, "its cells do not say where they are")
            self.cells[column_number(address[1].decode())] = match[0]
            end = match.end()
        self._closing = rest[end:] if rest.endswith(b"</row>") else b"</row>"

    def style(self, column: int) -> int | None:
        """The style of a cell, or None where the row has no such cell."""
        cell = self.cells.get(column)
        if cell is None:
            return None
        found = _STYLE.search(cell.partition(b">")[0])
        return int(found[1]) if found else 0

    def has_formula(self, column: int) -> bool:
        """Whether a cell holds a formula."""
        return b"<f" in self.cells.get(column, b"")

    def filled(self) -> set[int]:
        """The columns whose cells hold something."""
        return {column for column, cell in self.cells.items() if _CONTENT.search(cell)}

    def put(self, column: int, cell: bytes) -> None:
        """Replace a cell, or put a new one in its place in the order."""
        new = column not in self.cells
        self.cells[column] = cell
        if new:
            self.cells = dict(sorted(self.cells.items()))

    def to_bytes(self) -> bytes:
        """The row; its ``spans`` (a hint for readers) is left out when a cell lies outside it."""
        opening = self._opening
        spans = _SPANS.search(opening)
        if spans and self.cells and not int(spans[1]) <= min(self.cells) <= max(self.cells) <= int(spans[2]):
            opening = opening.replace(spans[0], b"")
        return opening + b">" + b"".join(self.cells.values()) + self._closing


class SheetXml:
    """A worksheet's bytes with the bounds of its rows known; changes are collected and made by :meth:`pieces`."""

    def __init__(self, data: bytes, place: str) -> None:
        """Find the rows of the sheet in ``data``.

        Raises:
            FileError: XML in a form that cannot be changed safely yet (prefixes, strict, another encoding).
        """
        self.data, self.place = data, place
        if not _ROOT.match(data) or _FOREIGN_ENCODING.match(data):
            raise _not_understood(place, "it was saved in a form that only some programs use")
        if b"!" in data and (b"<![CDATA[" in data or b"<!--" in data):
            raise _not_understood(place, "it holds comments or raw text inside its XML")
        start, end = data.find(b"<sheetData>"), data.rfind(b"</sheetData>")
        self.hollow = start < 0
        if self.hollow:
            start = data.find(b"<sheetData/>")
            if start < 0:
                raise _not_understood(place, "its rows cannot be found")
            self.body, self.end = start, start + len(b"<sheetData/>")
        else:
            self.body, self.end = start + len(b"<sheetData>"), end
        self.head, self.tail = data[: self.body], data[self.end :]
        self._splices: list[Splice] = []

    def rows(self, start: int | None = None, end: int | None = None) -> Iterator[tuple[int, int, int]]:
        """(number, start, end) of every row element between two places, in order of the file.

        Raises:
            FileError: rows that do not say their number.
        """
        at, stop = self.body if start is None else start, self.end if end is None else end
        while not self.hollow:
            found = _ANY_ROW.search(self.data, at, stop)
            if found is None:
                return
            match = _ROW.match(self.data, found.start(), stop)
            if match is None:
                raise _not_understood(self.place, "its rows do not say their numbers")
            at = self._row_end(match.end())
            yield int(match[1]), match.start(), at

    def text(self, start: int, end: int) -> bytes:
        """The original bytes between two places."""
        return self.data[start:end]

    def find_rows(self, wanted: Collection[int]) -> dict[int, tuple[int, int]]:
        """Where the elements of some rows start and end; rows that are not there are left out."""
        if len(wanted) > _FEW:
            return {number: (start, end) for number, start, end in self.rows() if number in wanted}
        found = {}
        for number in wanted:
            place = self._find_row(number)
            if place is not None:
                found[number] = place
        return found

    def _find_row(self, number: int) -> tuple[int, int] | None:
        last = self.data.rfind(b'<row r="%d"' % number, max(self.body, self.end - _NEAR), self.end)
        start = last if last >= 0 else self.data.find(b'<row r="%d"' % number, self.body, self.end)
        if start < 0:
            other = re.compile(rb'<row\b[^>]*?\sr="%d"' % number).search(self.data, self.body, self.end)
            if other is None:
                return None
            start = other.start()
        return start, self._row_end(self.data.index(b">", start) + 1)

    def _row_end(self, after_tag: int) -> int:
        if self.data[after_tag - 2] == 0x2F:  # "/>"
            return after_tag
        end = self.data.find(b"</row>", after_tag, self.end)
        if end < 0:
            raise _not_understood(self.place, "a row has no end")
        return end + len(b"</row>")

    def row(self, number: int) -> RowXml | None:
        """The row of that number, or None."""
        place = self._find_row(number)
        return RowXml(self.data[place[0] : place[1]], self.place) if place else None

    def rows_after(self, number: int) -> list[tuple[int, int, int]]:
        """The row elements below a row; a look at the end of the sheet is enough when there are none."""
        last = self.data.rfind(b"<row", self.body, self.end)
        match = _ROW.match(self.data, last) if last >= 0 and not self.hollow else None
        if match is None or int(match[1]) <= number:
            return [] if match or last < 0 or self.hollow else [row for row in self.rows() if row[0] > number]
        place = self._find_row(number)
        return [row for row in self.rows(place[1] if place else None) if row[0] > number]

    def insert_at(self, number: int) -> int:
        """Where a row of that number belongs when the sheet has none."""
        after = self.rows_after(number)
        return after[0][1] if after else self.end

    def splice(self, start: int, end: int, new: bytes) -> None:
        """Note a change; the places are those of the original bytes."""
        self._splices.append(Splice(start, end, new))

    def pieces(self, head: bytes, tail: bytes) -> tuple[list[bytes | memoryview], list[tuple[int, int]]]:
        """The new sheet in pieces, unchanged stretches uncopied, and (offset, length) of each change in it."""
        view = memoryview(self.data)
        parts: list[bytes | memoryview] = [head]
        changes: list[tuple[int, int]] = []
        at, offset = self.body, len(head)
        if self.hollow:
            parts[0] = head + b"<sheetData>"
            offset, at = len(parts[0]), self.end
            tail = b"</sheetData>" + tail
        for splice in sorted(self._splices, key=lambda item: item.start):
            same = view[at : splice.start]
            parts += [same, splice.new]
            changes.append((offset + len(same), len(splice.new)))
            offset += len(same) + len(splice.new)
            at = splice.end
        parts += [view[at : self.end], tail]
        return parts, changes

    def column_style(self, column: int) -> int:
        """The style that ``<cols>`` gives a column; 0 where it gives none."""
        for item in _COL.findall(self.head):
            attributes = dict(_ATTRIBUTE.findall(item))
            if int(attributes.get(b"min", 0)) <= column <= int(attributes.get(b"max", 0)):
                return int(attributes.get(b"style", 0))
        return 0

    def has_content(self, start: int, end: int) -> bool:
        """Whether any cell between two places holds something."""
        return _CONTENT.search(self.data, start, end) is not None

    def column_filled(self, column: int) -> bool:
        """Whether any cell of a column holds something; blank formatted cells do not count."""
        cell = re.compile(rb'<c\b[^>]*?\sr="%s\d+"[^>]*?(?<!/)>' % column_letters(column).encode())
        return cell.search(self.data, self.body, self.end) is not None

    def merged_below(self, number: int) -> str:
        """A merged range that reaches below a row, or ""."""
        for ref in _MERGE.findall(self.tail):
            area = parse_range(ref.decode())
            if area and area[3] > number:
                return str(ref.decode())
        return ""


def with_dimension(head: bytes, last_column: int, last_row: int) -> bytes:
    """``head`` with its dimension grown to cover a cell; a sheet without one is left without."""
    found = _DIMENSION.search(head)
    area = parse_range(found[1].decode()) if found else None
    if found is None or area is None:
        return head
    left, top = column_letters(area[0]), area[1]
    right, bottom = column_letters(max(area[2], last_column)), max(area[3], last_row)
    ref = f"{left}{top}:{right}{bottom}".encode()
    return head[: found.start(1)] + ref + head[found.end(1) :]


def with_ranges_grown(tail: bytes, columns: tuple[int, int], rows: tuple[int, int], new_last: int) -> bytes:
    """``tail`` with dropdowns and conditional formats over all of a table's rows grown with it, as Excel does.

    ``columns`` and ``rows`` are the first and last of the table's data before it grew.
    """

    def grown(match: re.Match[bytes]) -> bytes:
        refs = []
        for ref in match[2].decode().split():
            area = parse_range(ref)
            inside = area and columns[0] <= area[0] and area[2] <= columns[1]
            if area and inside and area[3] == rows[1] and area[1] <= rows[0]:
                refs.append(f"{column_letters(area[0])}{area[1]}:{column_letters(area[2])}{new_last}")
            else:
                refs.append(ref)
        return match[1] + " ".join(refs).encode() + match[3]

    return tail if new_last <= rows[1] else _GROWING.sub(grown, tail)


def _not_understood(place: str, why: str) -> FileError:
    return FileError(place, f"The sheet cannot be changed safely: {why}.", "Open it in Excel and save it there.")

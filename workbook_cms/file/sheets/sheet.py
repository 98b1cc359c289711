"""The XML of one worksheet as bytes: rows are found, changed and added without parsing the sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters, column_number, parse_range
from workbook_cms.file.container.archive import ArchiveError
from workbook_cms.file.plain import NAMESPACES
from workbook_cms.file.sheets.cutting import NotPlainError, cut, segment_size
from workbook_cms.file.sheets.sheet_text import SheetText
from workbook_cms.file.sheets.splices import Splice, spliced

if TYPE_CHECKING:
    from workbook_cms.file.container.packing import Kept
    from workbook_cms.file.package import Package

__all__ = ["RowXml", "SheetXml"]

_ROOT = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*<worksheet\b[^>]*?\sxmlns="([^"]*)"')
_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d+)"[^>]*>')
_ANY_ROW = re.compile(rb"<row[\s/>]")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d')
_ADDRESS = re.compile(rb'\sr="([A-Z]{1,3})(\d+)"')
_STYLE = re.compile(rb'\ss="(\d+)"')
_SPANS = re.compile(rb'\sspans="(\d+):(\d+)"')
_DIMENSION = re.compile(rb'<dimension ref="([^"]*)"')
_COL = re.compile(rb"<col\b[^>]*/>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_CONTENT = re.compile(rb"<(?:v|is|f)\b")
#: From this many rows on, one pass over a segment is faster than a search for each.
_FEW = 4


class RowXml:
    """One ``<row>``: its opening tag and its cells in order, untouched ones byte for byte."""

    def __init__(self, xml: bytes, place: str) -> None:
        """Take ``xml``; it is split when its cells are asked for."""
        close = xml.index(b">")
        self.opening = xml[:close].rstrip(b"/")
        self._rest, self._place = xml[close + 1 :], place
        self._closing = b"</row>"

    @cached_property
    def cells(self) -> dict[int, bytes]:
        """The cells by column.

        Raises:
            FileError: cells that do not say where they are.
        """
        found: dict[int, bytes] = {}
        end = 0
        for match in _CELL.finditer(self._rest):
            address = _ADDRESS.search(match[1])
            if address is None:
                raise _not_understood(self._place, "its cells do not say where they are")
            found[column_number(address[1].decode())] = match[0]
            end = match.end()
        if self._rest.endswith(b"</row>"):
            self._closing = self._rest[end:]
        return found

    def lies_within(self, columns: Collection[int]) -> bool:
        """Whether all cells stand in some columns."""
        letters = _USUAL_CELL.findall(self._rest)
        if len(letters) != self._rest.count(b"<c"):
            return self.cells.keys() <= set(columns)
        return {*letters} <= {column_letters(column).encode() for column in columns}

    def shares(self) -> bool:
        """Whether one of the cells may share its formula with others."""
        return b'"shared"' in self._rest

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
        opening = self.opening
        spans = _SPANS.search(opening)
        if spans and self.cells and not int(spans[1]) <= min(self.cells) <= max(self.cells) <= int(spans[2]):
            opening = opening.replace(spans[0], b"")
        cells = b"".join(self.cells.values())
        return opening + b">" + cells + self._closing


class SheetXml:
    """A worksheet's rows, found without parsing it; changes are collected and made by :meth:`pieces`.

    Places are those of the original bytes. Only the segments that are asked for are inflated, see `sheet_text`.

    Attributes:
        head: What stands before the rows, to ``<sheetData>``; may be replaced.
        tail: What follows them, from ``</sheetData>``; may be replaced.
        body, end: Where the rows begin and end.
    """

    def __init__(self, data: bytes, place: str) -> None:
        """Find the rows of the sheet in ``data``, which must be plain; for a part of a package use :meth:`of`.

        Raises:
            FileError: rows that cannot be found, do not say their numbers or are not in order.
        """
        self._start(lambda: SheetText.cut(cut([data], segment_size(len(data))), place), place)

    @classmethod
    def of(cls, package: Package, part: str, place: str) -> SheetXml:
        """The sheet of a part, made plain where it is not.

        Raises:
            FileError: no such part, damaged, or rows that cannot be found or are not in order.
        """
        sheet = cls.__new__(cls)
        sheet._start(lambda: SheetText.of(package, part), place)
        return sheet

    def _start(self, text: Callable[[], SheetText], place: str) -> None:
        self.place = place
        try:
            self._text = text()
        except NotPlainError as error:
            raise _not_understood(place, "its rows cannot be found, or are not in order") from error
        except ArchiveError as error:
            raise FileError(place, f"The file is damaged: {error}.", "Take it from a backup.") from error
        segments = self._text.segments
        self.body, self.end = segments[0].end, segments[-1].offset
        self.head, self.tail = self._text.read(0), self._text.read(len(segments) - 1)
        root = _ROOT.match(self.head)
        if root is None or root[1] not in NAMESPACES:
            raise _not_understood(place, "it was saved in a form that only some programs use")
        self._splices: list[Splice] = []

    def rows(self, start: int | None = None, end: int | None = None) -> Iterator[tuple[int, int, int]]:
        """(number, start, end) of every row element between two places, in order of the file.

        Raises:
            FileError: rows that do not say their number.
        """
        start, end = self.body if start is None else start, self.end if end is None else end
        for index in self._text.between(start, end):
            yield from self._rows_of(index, start, end)

    def _rows_of(self, index: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        data, offset = self._text.read(index), self._text.segments[index].offset
        at, stop = max(start - offset, 0), min(end - offset, len(data))
        while (found := _ANY_ROW.search(data, at, stop)) is not None:
            match = _ROW.match(data, found.start(), stop)
            if match is None:
                raise _not_understood(self.place, "its rows do not say their numbers")
            at = self._row_end(data, match.end())
            yield int(match[1]), offset + match.start(), offset + at

    def text(self, start: int, end: int) -> bytes:
        """The original bytes between two places."""
        return self._text.stretch(start, end)

    def find_rows(self, wanted: Collection[int]) -> dict[int, tuple[int, int]]:
        """Where the elements of some rows start and end; rows that are not there are left out."""
        by_segment: dict[int, set[int]] = {}
        for number in wanted:
            by_segment.setdefault(self._text.with_row(number), set()).add(number)
        found: dict[int, tuple[int, int]] = {}
        for index, numbers in sorted(by_segment.items()):
            if not index:
                continue
            if len(numbers) > _FEW:
                places = self._rows_of(index, self.body, self.end)
                found.update((number, (start, end)) for number, start, end in places if number in numbers)
                continue
            for number in numbers:
                if (place := self._find_row(index, number)) is not None:
                    found[number] = place
        return found

    def _find_row(self, index: int, number: int) -> tuple[int, int] | None:
        data, offset = self._text.read(index), self._text.segments[index].offset
        start = data.find(b'<row r="%d"' % number)
        if start < 0:
            other = re.compile(rb'<row\b[^>]*?\sr="%d"' % number).search(data)
            if other is None:
                return None
            start = other.start()
        return offset + start, offset + self._row_end(data, data.index(b">", start) + 1)

    def _row_end(self, data: bytes, after_tag: int) -> int:
        if data[after_tag - 2] == 0x2F:  # "/>"
            return after_tag
        end = data.find(b"</row>", after_tag)
        if end < 0:
            raise _not_understood(self.place, "a row has no end")
        return end + len(b"</row>")

    def row(self, number: int) -> RowXml | None:
        """The row of that number, or None."""
        place = self.find_rows([number]).get(number)
        return RowXml(self.text(*place), self.place) if place else None

    def rows_after(self, number: int) -> list[tuple[int, int, int]]:
        """The row elements below a row."""
        return list(self._rows_after(number))

    def rows_between(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """The row elements from one number to another; looks no further."""
        return takewhile(lambda row: row[0] <= last, self._rows_after(first - 1))

    def _rows_after(self, number: int) -> Iterator[tuple[int, int, int]]:
        index = self._text.with_row(number)
        start = self._text.segments[index].offset if index else self.body
        return (row for row in self.rows(start) if row[0] > number)

    def insert_at(self, number: int) -> int:
        """Where a row of that number belongs when the sheet has none."""
        after = next(self._rows_after(number), None)
        return after[1] if after else self.end

    def splice(self, start: int, end: int, new: bytes) -> None:
        """Note a change; the places are those of the original bytes."""
        self._splices.append(Splice(start, end, new))

    @property
    def segment_size(self) -> int:
        """About so many bytes of rows are deflated on their own."""
        return self._text.size

    def pieces(self, head: bytes, tail: bytes) -> tuple[Iterator[bytes | Kept], list[tuple[int, int]]]:
        """The new sheet segment by segment, those that do not change as they are packed, and where it changed.

        Returns:
            The segments for `file.container.packing.pack`, made one after another as they are taken, and (offset, length) of
            each change in the new text.
        """
        splices, self._splices = sorted(self._splices, key=lambda item: (item.start, item.end)), []
        changes: list[tuple[int, int]] = []
        shift = len(head) - self.body
        for splice in splices:
            changes.append((splice.start + shift, len(splice.new)))
            shift += len(splice.new) - (splice.end - splice.start)
        return spliced(self._text, splices, head, tail), changes

    def column_style(self, column: int) -> int:
        """The style that ``<cols>`` gives a column; 0 where it gives none."""
        for item in _COL.findall(self.head):
            attributes = dict(_ATTRIBUTE.findall(item))
            if int(attributes.get(b"min", 0)) <= column <= int(attributes.get(b"max", 0)):
                return int(attributes.get(b"style", 0))
        return 0

    def has_content(self, start: int, end: int) -> bool:
        """Whether any cell between two places holds something."""
        return any(_CONTENT.search(self.text(first, last)) for _, first, last in self.rows(start, end))

    def column_filled(self, column: int) -> bool:
        """Whether any cell of a column holds something; blank formatted cells do not count."""
        cell = re.compile(rb'<c\b[^>]*?\sr="%s\d+"[^>]*?(?<!/)>' % column_letters(column).encode())
        return any(cell.search(self._text.read(index)) for index in self._text.between(self.body, self.end))


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


def _not_understood(place: str, why: str) -> FileError:
    return FileError(place, f"The sheet cannot be changed safely: {why}.", "Open it in Excel and save it there.")

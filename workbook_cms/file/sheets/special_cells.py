"""Cells whose kind the bulk reader does not tell: errors, formulas and merged ranges, found in a sheet's bytes.

The bulk reader gives an error cell as blank and a formula as its value. Most sheets of records hold neither, so the
search is for the bytes that only such cells have, and only the cells that are found are looked at closely.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product

from workbook_cms.file.addresses import column_letters, column_number, parse_range
from workbook_cms.file.plain import utf8
from workbook_cms.file.tables.references import Relative, shifted

__all__ = ["CrowdedError", "SheetBytes", "SpecialCells"]

Place = tuple[int, int]
"""Row and column on the sheet, both from 1."""

_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]*)<")
_PREFIX = re.compile(rb"<(\w+:)?worksheet[\s>]")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([^"']+)""")
#: What the bulk reader knows (ECMA-376 part 1, 18.17.3); it gives up on a sheet with any other error.
_KNOWN_ERRORS = {b"#NULL!", b"#DIV/0!", b"#VALUE!", b"#REF!", b"#NAME?", b"#NUM!", b"#N/A"}


#: Cells that the array formulas of a sheet may cover, and characters of formulas that cells share: each cell is told.
_MOST_COVERED, _MOST_SHARED = 2_000_000, 64_000_000
_REACH = "its array and shared formulas reach over more cells than a sheet of records can need."


#: Cells of a sheet that may show an error; a sheet of records in which half a million do is none.
_MOST_ERRORS = 500_000


class CrowdedError(ValueError):
    """More cells hold errors, or belong to array and shared formulas, than can be told one by one; says which."""


@dataclass
class SpecialCells:
    """Errors and formulas of a sheet by (row, column) from 1; formulas as Excel shows them, with ``=`` or ``{=}``."""

    errors: dict[Place, str] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)


class SheetBytes:
    """The bytes of a worksheet part."""

    def __init__(self, data: bytes) -> None:
        given, data = data, utf8(data, errors="replace")
        #: Whether the part was not in UTF-8.
        self.recoded = data is not given
        found = _PREFIX.search(data, 0, 4096)
        #: The bytes in UTF-8.
        self.data = data
        self._prefix = (found[1] if found else None) or b""
        self._start = max(0, data.find(b"<" + self._prefix + b"sheetData"))
        end = data.rfind(b"</" + self._prefix + b"sheetData>")
        self._end = end if end >= 0 else self._start

    def holds_values(self) -> bool:
        """Whether any cell holds a value."""
        return self._holds(b"<" + self._prefix + b"v>") or self._holds(b"<" + self._prefix + b"is>")

    def merged(self) -> Iterator[str]:
        """The merged ranges of the sheet, one by one: there may be very many."""
        return (found[1].decode(errors="replace") for found in _MERGED.finditer(self.data, self._end))

    def special_cells(self) -> SpecialCells:
        """Errors and formulas of the sheet.

        Raises:
            CrowdedError: too many errors, or array or shared formulas that reach over too many cells.
        """
        cells = SpecialCells()
        for start, tag_end in self._error_cells:
            value = _VALUE.search(self.data, tag_end, self._cell_end(tag_end))
            text = html.unescape(value[1].decode(errors="replace")) if value else "#N/A"
            cells.errors[self._place(start, tag_end)] = sys.intern(text)
        if self._holds(b"<" + self._prefix + b"f"):
            self._formulas(cells.formulas)
        return cells

    def with_known_errors(self) -> bytes:
        """The bytes with every error that the bulk reader does not know written as ``#N/A``."""
        pieces, done = [], 0
        for _, tag_end in self._error_cells:
            value = _VALUE.search(self.data, tag_end, self._cell_end(tag_end))
            if value and value[1] not in _KNOWN_ERRORS:
                pieces += [self.data[done : value.start(1)], b"#N/A"]
                done = value.end(1)
        return b"".join([*pieces, self.data[done:]])

    def values(self, column: int, rows: Set[int]) -> dict[int, str]:
        """What stands in some cells of a column as the file holds it, by row; cells without an address are left out."""
        address = rb"""\sr\s*=\s*["']""" + column_letters(column).encode() + rb"""(\d{1,7})["'][^>]*>"""
        texts: dict[int, str] = {}
        for found in re.compile(address).finditer(self.data, self._start, self._end):
            if int(found[1]) in rows:
                inner = _VALUE.search(self.data, found.end(), self._cell_end(found.end() - 1))
                if inner:
                    texts.setdefault(int(found[1]), inner[1].decode())
        return texts

    def _holds(self, needle: bytes) -> bool:
        return self.data.find(needle, self._start, self._end) >= 0

    def _positions(self, needle: bytes) -> Iterator[int]:
        position = self.data.find(needle, self._start, self._end)
        while position >= 0:
            yield position
            position = self.data.find(needle, position + len(needle), self._end)

    @cached_property
    def _error_cells(self) -> list[tuple[int, int]]:
        """Start and end of the opening tag of each error cell, in the order of the sheet."""
        positions = list(islice(self._positions(b't="e"'), _MOST_ERRORS + 1))
        positions = sorted([*positions, *islice(self._positions(b"t='e'"), _MOST_ERRORS + 1)])
        if len(positions) > _MOST_ERRORS:
            raise CrowdedError(f"more than {_MOST_ERRORS:,} of its cells show an error.")
        tags = ((position, *self._cell_before(position)) for position in positions)
        # Elsewhere it stands in the text of a cell.
        return [(start, end) for position, start, end in tags if start >= 0 and position < end]

    def _cell_before(self, position: int) -> tuple[int, int]:
        """Start and end of the opening tag of the cell in which ``position`` lies; (-1, -1) if in none."""
        needle = b"<" + self._prefix + b"c"
        start = self.data.rfind(needle, self._start, position)
        while start >= 0 and self.data[start + len(needle) : start + len(needle) + 1] not in b" \t\r\n>":
            start = self.data.rfind(needle, self._start, start)  # <color>, <charset> in rich text
        return start, self.data.find(b">", start) if start >= 0 else -1

    def _cell_end(self, tag_end: int) -> int:
        if self.data[tag_end - 1 : tag_end] == b"/":
            return tag_end
        return self.data.find(b"</" + self._prefix + b"c>", tag_end)

    def _place(self, start: int, tag_end: int) -> Place:
        found = _ADDRESS.search(self.data, start, tag_end + 1)
        if found:
            return int(found[2]), column_number(found[1].decode())
        return self._counted[start]

    @cached_property
    def _counted(self) -> dict[int, Place]:
        """Place of each cell by the start of its tag; one step a cell, for sheets whose cells have no address."""
        places: dict[int, Place] = {}
        row = column = 0
        tag = re.compile(rb"<" + self._prefix + rb"(row|c)(?=[\s/>])([^>]*)>")
        for match in tag.finditer(self.data, self._start, self._end):
            if match[1] == b"row":
                number = re.search(rb"""\sr\s*=\s*["'](\d+)""", match[2])
                row, column = int(number[1]) if number else row + 1, 0
                continue
            found = _ADDRESS.search(match[2])
            column = column_number(found[1].decode()) if found else column + 1
            places[match.start()] = (row, column)
        return places

    def _formulas(self, formulas: dict[Place, str]) -> None:
        shared = _Shared()
        covering = 0
        needle = b"<" + self._prefix + b"f"
        for position in self._positions(needle):
            if self.data[position + len(needle) : position + len(needle) + 1] not in b" \t\r\n/>":
                continue  # <family> in rich text
            place = self._place(*self._cell_before(position))
            tag_end = self.data.find(b">", position)
            attributes = {
                name.decode(): (double or single).decode()
                for name, double, single in _ATTRIBUTE.findall(self.data[position + len(needle) : tag_end])
            }
            text = ""
            if self.data[tag_end - 1 : tag_end] != b"/":
                text = html.unescape(self.data[tag_end + 1 : self.data.find(b"<", tag_end)].decode())
            kind = attributes.get("t", "normal")
            if kind in ("array", "dataTable"):
                if kind == "dataTable":
                    text = f"TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
                box = parse_range(attributes.get("ref", "")) or (place[1], place[0], place[1], place[0])
                covering += max(box[2] - box[0] + 1, 0) * max(box[3] - box[1] + 1, 0)
                if covering > _MOST_COVERED:
                    raise CrowdedError(_REACH)
                text = f"{{={text}}}"
                for row, column in product(range(box[1], box[3] + 1), range(box[0], box[2] + 1)):
                    formulas[row, column] = text
            elif kind == "shared":
                formulas[place] = shared.at(attributes.get("si", ""), text, place)
            elif text:
                formulas[place] = f"={text}"
            else:
                formulas.setdefault(place, "=")  # an empty formula element; keeps what an array put there


class _Shared:
    """Formulas that cells share: the first cell holds the text, the others follow."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[Place, str]] = {}
        self._by_column: dict[tuple[str, int], Relative] = {}
        self._length = 0

    def at(self, number: str, text: str, place: Place) -> str:
        """The formula of a cell that has ``text`` or takes part in the shared formula ``number``.

        Raises:
            CrowdedError: they are too long for so many cells.
        """
        if text:
            self._first[number] = place, text
            self._by_column = {key: known for key, known in self._by_column.items() if key[0] != number}
            return f"={text}"
        if number not in self._first:
            return "="
        (row, column), formula = self._first[number]
        key = number, place[1]
        if key not in self._by_column:
            self._by_column[key] = Relative(shifted(formula, 0, place[1] - column), row)
        copy = self._by_column[key].at(place[0])
        self._length += len(copy)
        if self._length > _MOST_SHARED:
            raise CrowdedError(_REACH)
        return f"={copy}"

"""The rows of a sheet looked through as a stream: nearly all are taken by a pattern, others cell by cell.

The pattern stands for cells that are right by their form alone; a row in which every cell is of that form needs only
its order and its indexes looked at. Any other row is parsed, and only there can a flaw be reported.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from workbook_cms.file.addresses import column_letters, column_number
from workbook_cms.file.guards import MAX_COLUMNS, MAX_ROWS
from workbook_cms.file.sheets.rows import MAX_TEXT
from workbook_cms.file.soundness.cell_formulas import CellFormulas
from workbook_cms.file.soundness.cells import ERRORS, NUMBER, fault_of_cell, shown_text
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import child, children, kind_of, number
from workbook_cms.file.soundness.shapes import TEXT, RowShapes

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Limits", "OddFormError", "RowScan", "Seen"]

_FORMULA = rf'(?:<f(?: \w+="[^"<>&]*")*(?:/>|>{TEXT}</f>))?'
_ERROR = "|".join(re.escape(error) for error in ERRORS)
#: A cell of a usual form, and what must follow it: the next cell or the end of the row.
_CELL = re.compile(
    (
        r'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d{1,5})")?(?:'
        r"/>"
        rf'|(?: t="n")?>{_FORMULA}(?:<v>(?:{NUMBER})?</v>|<v ?/>)?</c>'
        r'| t="s"><v>(\d{1,9})</v></c>'
        rf'| t="inlineStr"><is><t(?: xml:space="preserve")?>{TEXT}</t></is></c>'
        rf'| t="str">{_FORMULA}<v(?: xml:space="preserve")?>{TEXT}</v></c>'
        rf'| t="b">{_FORMULA}<v>[01]</v></c>'
        rf'| t="e">{_FORMULA}<v>(?:{_ERROR})</v></c>'
        r")(?=<c |\Z)"
    ).encode()
)
_WITH_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"[^>]*><f((?: [^<>]*?)?)(?:/>|>([^<]*)</f>)')
_ROW = re.compile(rb"\s*<row(?=[\s/>])([^<>]*)>")
_NUMBER = re.compile(rb'\sr="(\d{1,9})"')
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_FOREIGN = re.compile(rb"\xef\xbf[\xbe\xbf]")
_SHOWS_SHARED = re.compile(rb'<c r="([A-Z]{1,3}\d{1,7})"(?: s="\d{1,5}")? t="s"><v>(\d{1,9})</v>')
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
#: More forms of rows than this are not remembered.
_REMEMBERED: Final = 4096
_MAX_HEIGHT: Final = 409.5


class OddFormError(Exception):
    """The sheet is written in a form that must be made plain before it can be looked through."""


@dataclass(frozen=True)
class Limits:
    """What the cells of a sheet may refer to, and which of its rows are asked for.

    Attributes:
        styles: How many styles there are.
        strings: How many shared strings there are; None where they are not looked at.
        wanted: Rows whose texts are to be kept: the headers of tables.
        formulas: Whether the places of formulas are to be kept.
        partial: Only some of the rows are given.
    """

    styles: int
    strings: int | None
    wanted: frozenset[int] = frozenset()
    formulas: bool = False
    partial: bool = False


@dataclass
class Seen:
    """What the rows held: their bounds (first column, first row, last column, last row), wanted texts, formulas.

    A shared text is given by its number. ``formulas`` holds ``row * 16384 + column`` of each, from 0, in order.
    """

    box: list[int] = field(default_factory=lambda: [MAX_COLUMNS + 1, 0, 0, 0])
    texts: dict[tuple[int, int], str | int | None] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    formulas: array[int] = field(default_factory=lambda: array("Q"))


class RowScan:
    """Takes the rows of one sheet piece by piece."""

    def __init__(self, flaws: Flaws, part: str, limits: Limits) -> None:
        self.seen = Seen()
        self._flaws, self._part, self._limits = flaws, part, limits
        self._opening = b"<sheetData>"
        self._row = 0
        self._shared: list[bytes | None] = []
        self._shapes = RowShapes()
        self._styles: set[bytes] = {b""}
        self._orders: set[tuple[bytes, ...]] = set()
        self._tags: set[bytes] = {b""}
        self._formulas = CellFormulas(flaws, part, limits.partial)

    def begin(self, root_tag: bytes) -> None:
        """Take the opening tag of the worksheet, which declares the prefixes that rows may use."""
        self._opening = root_tag

    def take(self, rows: bytes) -> None:
        """Look at whole rows.

        Raises:
            OddFormError: they are written in another form.
        """
        try:
            rows.decode()
        except UnicodeDecodeError as error:
            raise OddFormError from error
        # What is not allowed in XML, though the pattern would take it.
        if b"]]>" in rows or (b"\xef\xbf" in rows and _FOREIGN.search(rows)):
            raise OddFormError
        self._shared.clear()
        for piece in rows.split(b"</row>"):
            if self._alike(piece):
                continue
            at = 0
            match = _ROW.match(piece)
            while match and match[1].endswith(b"/"):
                self._empty_row(match[1][:-1])
                at = match.end()
                match = _ROW.match(piece, at)
            if match is not None:
                if not self._usual(match[1], piece[match.end() :]):
                    self._parse(piece[at:] + b"</row>")
                    self._remember(match[1])
            elif at < len(piece) and not piece[at:].isspace():
                raise OddFormError
        limit = self._limits.strings
        if limit is not None and max(map(int, filter(None, set(self._shared))), default=-1) >= limit:
            for cell, index in _SHOWS_SHARED.findall(rows):
                if int(index) >= limit:
                    self._not_shared(index.decode(), cell.decode())

    def finish(self) -> None:
        """Report what only the end of the sheet tells."""
        self._formulas.finish()

    def _alike(self, piece: bytes) -> bool:
        """Take a row of the form that the rows of this sheet have in common."""
        found = self._shapes.take(piece) if len(piece) <= MAX_TEXT else None
        if found is None:
            return False
        row = int(found[0])
        if not self._row < row <= MAX_ROWS or row in self._limits.wanted:
            return False
        self._row = self.seen.box[3] = row
        self._shared += found[1]
        return True

    def _usual(self, attributes: bytes, body: bytes) -> bool:
        """Take a row by the pattern; False where it must be parsed."""
        found = _NUMBER.search(attributes)
        if found is None or attributes[: found.start()] + attributes[found.end() :] not in self._tags:
            return False
        cells = _CELL.findall(body)
        if not cells or len(body) > MAX_TEXT or len(cells) != body.count(b"<c "):
            return False
        text = found[1]
        row = int(text)
        if not self._row < row <= MAX_ROWS or row in self._limits.wanted:
            return False
        letters, numbers, styles, strings = zip(*cells, strict=True)
        if not body.startswith(b"<c ") or numbers.count(text) != len(numbers) or not self._in_order(letters):
            return False
        if not self._styles.issuperset(styles) and not self._styles_known(styles):
            return False
        self._shared += strings
        self._row = row
        self.seen.box[1], self.seen.box[3] = self.seen.box[1] or row, row
        self._shapes.learn(attributes[: found.start()] + attributes[found.end() :], body)
        if b"<f" in body:
            for cell, attributes_of, formula in _WITH_FORMULA.findall(body):
                given = {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(attributes_of)}
                self._formula(row, column_number(cell.decode()), given, formula)
        return True

    def _tag_faults(self, given: dict[str, str]) -> list[tuple[str, str]]:
        faults = []
        if not 0 <= number(given.get("s"), 0) < self._limits.styles:
            faults.append(("row-style", f"the row has the style {given['s']}, which is not there."))
        try:
            high = float(given.get("ht", 0)) > _MAX_HEIGHT
        except ValueError:
            high = True
        if high:
            faults.append(("row-height", f"the row is {given['ht']} points high; Excel takes {_MAX_HEIGHT}."))
        if not 0 <= number(given.get("outlineLevel"), 0) <= 7:
            faults.append(("outline", f"the row is on outline level {given['outlineLevel']}; Excel takes 7."))
        return faults

    def _in_order(self, letters: tuple[bytes, ...]) -> bool:
        if letters not in self._orders:
            columns = [column_number(text.decode()) for text in letters]
            if any(right <= left for left, right in pairwise(columns)):
                return False
            if columns[-1] > MAX_COLUMNS:
                return False
            box = self.seen.box
            box[0], box[2] = min(box[0], columns[0]), max(box[2], columns[-1])
            if len(self._orders) < _REMEMBERED:
                self._orders.add(letters)
        return True

    def _styles_known(self, styles: Iterable[bytes]) -> bool:
        new = {style for style in set(styles) - self._styles if int(style) < self._limits.styles}
        self._styles |= new
        return self._styles.issuperset(styles)

    def _empty_row(self, attributes: bytes) -> None:
        given = {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(attributes)}
        self._row_begins(given)

    def _row_begins(self, given: dict[str, str]) -> int:
        """Look at the tag of a row; returns its number."""
        row = number(given.get("r"), self._row + 1)
        if row < 1 or row > MAX_ROWS:
            self._add("row-limit", f"a row has the number {given.get('r')}; Excel ends at {MAX_ROWS:,}.")
        elif row <= self._row:
            self._add("row", f"row {row} is there twice or out of order.", f"A{row}")
        for kind, message in self._tag_faults(given):
            self._add(kind, message, f"A{row}")
        self._row = max(self._row, row)
        return row

    def _remember(self, attributes: bytes) -> None:
        """A row's tag that was parsed is known to be well-formed; of another row it differs in the number only."""
        rest = _NUMBER.sub(b"", attributes, count=1)
        given = {key.decode(): value.decode() for key, value in _ATTRIBUTE.findall(rest)}
        if len(self._tags) < _REMEMBERED and not self._tag_faults(given):
            self._tags.add(rest)

    def _parse(self, xml: bytes) -> None:
        """Take a row as XML, and report all that is wrong with it."""
        from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - late for a fast start

        try:
            root = fromstring(self._opening + xml + b"</worksheet>")  # noqa: S314 - no document type (see sheets)
        except ParseError as error:
            raise OddFormError from error
        for row in root:
            if kind_of(row) != "row":
                raise OddFormError
            self._cells(self._row_begins(dict(row.attrib)), row)

    def _cells(self, row: int, element: Element) -> None:
        first = last = 0
        wanted = row in self._limits.wanted
        if wanted:
            self.seen.rows.add(row)
        for cell in children(element, "c"):
            address = cell.get("r")
            place = _ADDRESS.fullmatch(address or "")
            column = column_number(place[1]) if place else last + 1
            shown = address or f"{column_letters(column)}{row}"
            if address is not None and place is None:
                self._add("cell-address", f"a cell of row {row} says that it is {address!r}.")
            elif place and int(place[2]) != row:
                self._add("cell-row", f"the cell stands in row {row}.", shown)
            if column > MAX_COLUMNS:
                self._add("cell-limit", "the cell lies outside the sheet.", shown)
            elif column <= last:
                self._add("cell", "the cell is there twice or out of order.", shown)
            first, last = first or column, max(last, column)
            self._cell(cell, row, column, shown)
            if wanted:
                index = child(cell, "v") if cell.get("t") == "s" else None
                self.seen.texts[row, column] = (
                    shown_text(cell) if index is None else number((index.text or "").strip(), -1)
                )
        if last:
            box = self.seen.box
            box[1], box[3] = box[1] or row, max(box[3], row)
            box[0], box[2] = min(box[0], first), max(box[2], last)

    def _cell(self, cell: Element, row: int, column: int, shown: str) -> None:
        fault = fault_of_cell(cell)
        if fault is not None:
            self._add(fault.kind, fault.message, shown)
        if not 0 <= number(cell.get("s"), 0) < self._limits.styles:
            self._add("cell-style-index", f"the cell has the style {cell.get('s')}, which is not there.", shown)
        formula, value = child(cell, "f"), child(cell, "v")
        if cell.get("t") == "s" and fault is None and self._limits.strings is not None:
            index = number((value.text or "").strip(), -1) if value is not None else None
            if index is not None and not 0 <= index < self._limits.strings:
                self._not_shared(value.text or "" if value is not None else "", shown)
        if formula is not None:
            self._formula(row, column, dict(formula.attrib), (formula.text or "").encode(), escaped=False)

    def _not_shared(self, index: str, shown: str) -> None:
        self._add("shared-string", f"the cell shows the shared text {index}, which is not there.", shown)

    def _formula(self, row: int, column: int, given: dict[str, str], text: bytes, *, escaped: bool = True) -> None:
        self._formulas.take(row, column, given, text, escaped=escaped)
        if self._limits.formulas:
            self.seen.formulas.append((row - 1) * MAX_COLUMNS + column - 1)

    def _add(self, kind: str, message: str, cell: str = "") -> None:
        self._flaws.add(kind, self._part, message, cell)

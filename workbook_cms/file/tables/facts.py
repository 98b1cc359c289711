"""What the formulas of a part refer to, in short: enough to know that a change of a table leaves the part alone.

A part is read through once; what was found is kept for as long as the process lives, by the part's checksum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from workbook_cms.file.addresses import parse_range
from workbook_cms.file.package import Package
from workbook_cms.file.tables.growth import Growth

__all__ = ["FormulaFacts", "facts_of", "holds", "may_change"]

_ELEMENT = re.compile(rb"<((?:\w+:)?)(f|formula[12]?|cfvo)\b([^>]*)>([^<]*)")
_REFERENCE = re.compile(
    rb"(?<![A-Za-z0-9_.])\$?[A-Za-z]{1,3}\$?([0-9]{1,7})(?::\$?[A-Za-z]{1,3}\$?([0-9]{1,7}))?(?![A-Za-z0-9_(])"
)
_REF = re.compile(rb'\sref="([^"]*)"')
#: The longest formula there can be, and then some: so much of a chunk is looked at again with the next.
_OVERLAP = 1 << 15
_MOST = 20_000
_KEPT = 8192


@dataclass(frozen=True)
class FormulaFacts:
    """What the formulas of a part name.

    Attributes:
        cells: Whether any cell holds a formula, and with it a value that may become stale.
        rows: Numbers of the rows they name; None for very many.
        ends: Numbers of the rows that their ranges end in; None for very many.
    """

    cells: bool
    rows: frozenset[int] | None
    ends: frozenset[int] | None

    def touched(self, growths: Iterable[Growth]) -> bool:
        """Whether a formula may have to change with tables."""
        return any(
            named is None or any(number in growth.rows for number in named)
            for growth in growths
            for named in (self.rows if growth.moves else self.ends,)
        )


#: By checksum and size of what was read.
_known: dict[tuple[int, int], FormulaFacts] = {}
_held: dict[tuple[int, int, tuple[bytes, ...]], bool] = {}


def facts_of(package: Package, part: str) -> FormulaFacts:
    """The facts of a part: a sheet, or another whose formulas stand in elements called ``f``.

    Raises:
        FileError: no such part, or damaged.
    """
    member = package.member(part)
    text = package.texts.get(member.name)
    if text is not None:
        return _joined(
            _remembered((segment.crc, segment.size), lambda i=index: _found([text.read(i)]))  # type: ignore[misc]
            for index, segment in enumerate(text.segments)
            if segment.formulas or not segment.row
        )
    segments = package.segments(part)
    if not segments:
        return _remembered((member.crc, member.size), lambda: _found(_windows(package, part)))
    # Of a sheet written before, only what is before and after the rows, and rows with formulas, need a look.
    return _joined(
        _remembered((segment.crc, segment.size), lambda s=segment: _found([package.segment(part, s)]))  # type: ignore[misc]
        for segment in segments
        if segment.formulas or not segment.row
    )


def holds(package: Package, part: str, *needles: bytes) -> bool:
    """Whether a part holds one of some texts; it is read for that once.

    Raises:
        FileError: no such part, or damaged.
    """
    member = package.member(part)
    key = (member.crc, member.size, needles)
    if key not in _held:
        if len(_held) >= _KEPT:
            _held.clear()
        xml = package.plain(part)
        _held[key] = any(needle in xml for needle in needles)
    return _held[key]


def _remembered(key: tuple[int, int], find: Callable[[], FormulaFacts]) -> FormulaFacts:
    facts = _known.get(key)
    if facts is None:
        if len(_known) >= _KEPT:
            _known.clear()
        facts = _known[key] = find()
    return facts


def _joined(found: Iterable[FormulaFacts]) -> FormulaFacts:
    cells = False
    rows: set[int] | None = set()
    ends: set[int] | None = set()
    for facts in found:
        cells = cells or facts.cells
        rows = None if rows is None or facts.rows is None else rows | facts.rows if facts.rows else rows
        ends = None if ends is None or facts.ends is None else ends | facts.ends if facts.ends else ends
    return FormulaFacts(
        cells, None if rows is None else frozenset(rows), None if ends is None else frozenset(ends)
    )


def may_change(formula: str, height: int, growths: Iterable[Growth]) -> bool:
    """Whether a formula, or one of its copies in the rows below it, can name rows that tables change.

    Args:
        formula: As its first cell has it.
        height: So many rows have a copy, the first one included.
        growths: What becomes of the tables.
    """
    return any(
        int(number) < growth.rows.stop and growth.rows.start < int(number) + height
        for match in _REFERENCE.finditer(formula.encode())
        for growth in growths
        for number in ((match[1], match[2]) if growth.moves else (match[2],))
        if number
    )


def _windows(package: Package, part: str) -> Iterator[bytes]:
    before = b""
    for chunk in package.chunks(part):
        if not before and b"\0" in chunk[:4]:
            yield package.plain(part)
            return
        yield before + chunk
        before = chunk[-_OVERLAP:]


def _found(windows: Iterable[bytes]) -> FormulaFacts:
    cells = False
    rows: set[int] = set()
    ends: set[int] = set()
    for window in windows:
        for prefix, name, attributes, text in _elements(window):
            cells = cells or (name == b"f" and prefix not in (b"xm:", b"c:", b"cx:"))
            _add(text if name != b"cfvo" else attributes, attributes, rows, ends)
    return FormulaFacts(
        cells,
        frozenset(rows) if len(rows) < _MOST else None,
        frozenset(ends) if len(ends) < _MOST else None,
    )


def _elements(window: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """The elements with formulas; a search for two bytes is many times faster than one for a pattern."""
    for needle in (b"<f", b":f", b"<cfvo"):
        at = window.find(needle)
        while at >= 0:
            start = window.rfind(b"<", max(at - 40, 0), at + 1)
            match = _ELEMENT.match(window, start) if start >= 0 else None
            if match:
                yield match[1], match[2], match[3], match[4]
            at = window.find(needle, at + 2)


def _add(text: bytes, attributes: bytes, rows: set[int], ends: set[int]) -> None:
    if len(rows) >= _MOST and len(ends) >= _MOST:
        return
    height = 1
    if b"shared" in attributes and (ref := _REF.search(attributes)):
        # The cells that share the formula name rows further down.
        box = parse_range(ref[1].decode())
        height = box[3] - box[1] + 1 if box else 1
    for match in _REFERENCE.finditer(text):
        for number in filter(None, (match[1], match[2])):
            rows.update(range(int(number), int(number) + height))
        if match[2]:
            ends.update(range(int(match[2]), int(match[2]) + height))

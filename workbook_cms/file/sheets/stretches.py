"""What changed in a sheet between two readings of a file: only those rows are read again.

A reading that is kept is compared with the new one segment by segment (see `file.container.segments`), packed bytes against
packed bytes, and what differs row by row. Where a part is one stream it is inflated whole and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from workbook_cms.file.container.sameness import same_bytes, same_first

if TYPE_CHECKING:
    from workbook_cms.file.container.segments import Segment
    from workbook_cms.file.package import Package

__all__ = ["Stretch", "changed_rows", "fits", "numbers_of"]

#: Where more than so many bytes of rows differ, reading the sheet anew is no slower.
_LARGEST = 4 << 20
_CHUNK = 1 << 16
_NUMBER = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')


class Stretch(NamedTuple):
    """Neighbouring rows of a sheet that are not as they were.

    Attributes:
        xml: Their elements as they stand now.
        rows: Their numbers now, in order.
        before: The numbers of the rows that stood in their place.
    """

    xml: bytes
    rows: tuple[int, ...]
    before: tuple[int, ...]


def changed_rows(package: Package, before: Package, part: str) -> list[Stretch] | None:
    """The rows of a sheet that are not as they were; None where that cannot be told, or is too much to be of use."""
    if not (package.has(part) and before.has(part)):
        return None
    stretches = []
    for mine, theirs in _pairs(package, before, part):
        stretch = _stretch(mine, theirs)
        if stretch is None:
            return None
        if stretch.rows or stretch.before:
            stretches.append(stretch)
    return stretches if sum(len(stretch.xml) for stretch in stretches) <= _LARGEST else None


def _pairs(package: Package, before: Package, part: str) -> Iterator[tuple[bytes, bytes]]:
    """Stretches of both sheets between which all others are the same, cut where rows begin."""
    member, other = package.member(part), before.member(part)
    mine, theirs = package.archive.segments(member), before.archive.segments(other)
    if not (mine and theirs and fits(mine) and fits(theirs)):
        yield _rows(package.read(part)), _rows(before.read(part))
        return
    mine, theirs = mine[1:-1], theirs[1:-1]  # without head and tail: what they say is no cell's value
    same = _Same(package, before, part)
    first = same_first(mine, theirs)
    if first and not same.run(mine[0], theirs[0], mine[first - 1]):
        first = _count(zip(mine, theirs, strict=False), same)
    rest = min(len(mine), len(theirs)) - first
    last = _count(islice(zip(reversed(mine), reversed(theirs), strict=False), rest), same)
    mine, theirs = mine[first : len(mine) - last], theirs[first : len(theirs) - last]
    starts = {s.row for s in mine} & {s.row for s in theirs}
    for ours, others in zip(_grouped(mine, starts), _grouped(theirs, starts), strict=True):
        if len(ours) == len(others) == 1 and same(ours[0], others[0]):
            continue
        if sum(s.size for s in (*ours, *others)) > 2 * _LARGEST:
            yield b"", b"<"  # cannot be told
            return
        yield (
            b"".join(package.archive.segment(member, s) for s in ours),
            b"".join(before.archive.segment(other, s) for s in others),
        )


def _grouped(segments: Sequence[Segment], starts: set[int]) -> list[list[Segment]]:
    """The segments in groups that begin with one of the rows ``starts``, but for the first group."""
    groups: list[list[Segment]] = [[]]
    for segment in segments:
        if segment.row in starts:
            groups.append([])
        groups[-1].append(segment)
    return groups


class _Same:
    """Whether a segment of one file is packed as one of the other is."""

    def __init__(self, package: Package, before: Package, part: str) -> None:
        self._packages = package, before
        self._starts = [book.archive.span(book.member(part))[0] for book in self._packages]

    def __call__(self, one: Segment, two: Segment) -> bool:
        if one.crc != two.crc or one.size != two.size or one.packed != two.packed:
            return False
        (package, before), (start, other_start) = self._packages, self._starts
        return same_bytes(package, start + one.start, before, other_start + two.start, one.packed)

    def run(self, one: Segment, two: Segment, last: Segment) -> bool:
        """Whether all from ``one`` to ``last`` are packed as the segments of the other file from ``two`` on are."""
        (package, before), (start, other_start) = self._packages, self._starts
        length = last.start + last.packed - one.start
        return same_bytes(package, start + one.start, before, other_start + two.start, length)


def fits(segments: Sequence[Segment]) -> bool:
    """Whether there is a head, rows that each begin a segment, and a tail."""
    return (
        len(segments) > 2 and not segments[0].row and not segments[-1].row and all(s.row for s in segments[1:-1])
    )


def _count(pairs: Iterator[tuple[Segment, Segment]], same: _Same) -> int:
    found = 0
    for one, two in pairs:
        if not same(one, two):
            break
        found += 1
    return found


def _rows(xml: bytes) -> bytes:
    """What stands between ``<sheetData>`` and its end; "<", which is no row, where that cannot be told."""
    start, end = xml.find(b"<sheetData>"), xml.rfind(b"</sheetData>")
    if start >= 0 and end >= 0:
        return xml[start + len(b"<sheetData>") : end]
    return b"" if b"<sheetData/>" in xml else b"<"


def _stretch(mine: bytes, theirs: bytes) -> Stretch | None:
    """The rows that differ, from the first to the last of them."""
    start = _common(mine, theirs)
    if start == len(mine) == len(theirs):
        return Stretch(b"", (), ())
    if not (_begins(mine, start) and _begins(theirs, start)):
        start = mine.rfind(b"<row", 0, start)
    if start < 0 or not (_begins(mine, start) and _begins(theirs, start)):
        return None
    end = _common_end(mine, theirs, min(len(mine), len(theirs)) - start)
    stop = mine.find(b"<row", len(mine) - end)
    end = len(mine) - stop if stop >= 0 else 0
    if not (_begins(mine, len(mine) - end) and _begins(theirs, len(theirs) - end)):
        end = 0
    xml, was = mine[start : len(mine) - end], theirs[start : len(theirs) - end]
    rows, before = numbers_of(xml), numbers_of(was)
    return None if rows is None or before is None else Stretch(xml, rows, before)


def _begins(xml: bytes, at: int) -> bool:
    """Whether a row begins there, or nothing follows."""
    return at == len(xml) or (xml.startswith(b"<row", at) and xml[at + 4 : at + 5] in (b" ", b">", b"/"))


def numbers_of(xml: bytes) -> tuple[int, ...] | None:
    """Numbers of the rows; None where one does not say its own."""
    numbers = tuple(int(number) for number in _NUMBER.findall(xml))
    return numbers if len(numbers) == xml.count(b"<row ") + xml.count(b"<row>") + xml.count(b"<row/>") else None


def _common(one: bytes, other: bytes) -> int:
    """How many bytes at the beginning are the same."""
    most = min(len(one), len(other))
    a, b = memoryview(one), memoryview(other)
    for at in range(0, most, _CHUNK):
        end = min(at + _CHUNK, most)
        if a[at:end] != b[at:end]:
            differ = np.frombuffer(a[at:end], np.uint8) != np.frombuffer(b[at:end], np.uint8)
            return at + int(np.argmax(differ))
    return most


def _common_end(one: bytes, other: bytes, most: int) -> int:
    """How many bytes at the end are the same, at most ``most``."""
    a, b = memoryview(one), memoryview(other)
    for at in range(0, most, _CHUNK):
        size = min(_CHUNK, most - at)
        x, y = a[len(a) - at - size : len(a) - at], b[len(b) - at - size : len(b) - at]
        if x != y:
            differ = np.frombuffer(x, np.uint8) != np.frombuffer(y, np.uint8)
            return at + int(np.argmax(differ[::-1]))
    return most

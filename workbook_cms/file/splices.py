"""Changes of a sheet's rows made in its text: the segments they touch are cut anew, all others stay as packed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_cms.file.cutting import row_stretches

if TYPE_CHECKING:
    from workbook_cms.file.packing import Kept
    from workbook_cms.file.sheet_text import SheetText

__all__ = ["Splice", "spliced"]


@dataclass(frozen=True)
class Splice:
    """Bytes ``start`` to ``end`` of the sheet become ``new``: whole rows, or nothing."""

    start: int
    end: int
    new: bytes


def spliced(text: SheetText, splices: Sequence[Splice], head: bytes, tail: bytes) -> Iterator[bytes | Kept]:
    """The segments of a sheet with its rows changed; each is made when it is asked for.

    Args:
        text: The sheet as it was.
        splices: The changes in order, which do not overlap.
        head: What stands before the rows from now on.
        tail: What follows them from now on.
    """
    last = len(text.segments) - 1
    if head == text.read(0):
        yield from text.kept(0, 1)
    else:
        yield head
    first = 0
    run = 0
    for part in _joined(text, _units(text, splices)):
        if isinstance(part, int) and run and part == first + run:
            run += 1
            continue
        if run:
            yield from text.kept(first, first + run)
        run = 0
        if isinstance(part, int):
            first, run = part, 1
        else:
            yield part
    if run:
        yield from text.kept(first, first + run)
    if tail == text.read(last):
        yield from text.kept(last, last + 1)
    else:
        yield tail


def _joined(text: SheetText, units: Iterator[bytes | int]) -> Iterator[bytes | int]:
    """The units, what changed joined to short neighbours so that many changes leave no crumbs.

    A segment that did not change is inflated only where it and its changed neighbour fit into one: a segment that is
    full is closed for good.
    """
    parts: list[bytes | int] = []
    size = 0
    for unit in units:
        for part in row_stretches(unit, text.size) if isinstance(unit, bytes) else (unit,):
            length = text.segments[part].size if isinstance(part, int) else len(part)
            untouched = isinstance(part, int) and all(isinstance(other, int) for other in parts)
            if parts and (untouched or size + length > text.size):
                yield _one(text, parts)
                parts, size = [], 0
            parts.append(part)
            size += length
    if parts:
        yield _one(text, parts)


def _one(text: SheetText, parts: list[bytes | int]) -> bytes | int:
    if len(parts) == 1:
        return parts[0]
    return b"".join(text.read(part) if isinstance(part, int) else part for part in parts)


def _units(text: SheetText, splices: Sequence[Splice]) -> Iterator[bytes | int]:
    """What the rows consist of: indexes of segments that stay, and bytes of those that are changed, around the new."""
    at = text.segments[0].end
    for splice in splices:
        yield from _between(text, at, splice.start)
        yield splice.new
        at = splice.end
    yield from _between(text, at, text.segments[-1].offset)


def _between(text: SheetText, start: int, end: int) -> Iterator[bytes | int]:
    for index in text.between(start, end):
        segment = text.segments[index]
        if start <= segment.offset and segment.end <= end:
            yield index
        else:
            yield text.read(index)[max(start - segment.offset, 0) : end - segment.offset]

"""Changes of a sheet's rows made in its text: the segments they touch are cut anew, all others stay as packed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from workbook_cms.file.sheets.cutting import row_stretches

if TYPE_CHECKING:
    from workbook_cms.file.container.packing import Kept
    from workbook_cms.file.sheets.sheet_text import SheetText

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
    parts = chain(
        [range(1) if head == text.read(0) else head],
        _joined(text, _units(text, splices)),
        [range(last, last + 1) if tail == text.read(last) else tail],
    )
    for part in parts:
        if isinstance(part, bytes):
            yield part
        else:
            yield from text.kept(part)


def _joined(text: SheetText, units: Iterator[bytes | range]) -> Iterator[bytes | range]:
    """The units, what changed joined to short neighbours so that many changes leave no crumbs.

    A segment that did not change is inflated only where it and its changed neighbour fit into one: a segment that is
    full is closed for good. Of a run of such segments only the first and the last can be neighbours.
    """
    held: list[bytes | range] = []
    size = 0
    for unit in units:
        for part in row_stretches(unit, text.size) if isinstance(unit, bytes) else _ends(unit):
            length = len(part) if isinstance(part, bytes) else sum(text.segments[index].size for index in part)
            changed = any(isinstance(other, bytes) for other in (part, *held))
            if held and (not changed or size + length > text.size):
                yield _one(text, held)
                held, size = [], 0
            held.append(part)
            size += length
    if held:
        yield _one(text, held)


def _ends(run: range) -> Iterator[range]:
    """A run of segments as its first one, those between, and its last one."""
    return (part for part in (run[:1], run[1:-1], run[1:][-1:]) if part)


def _one(text: SheetText, parts: list[bytes | range]) -> bytes | range:
    if len(parts) == 1:
        return parts[0]
    return b"".join(part if isinstance(part, bytes) else b"".join(map(text.read, part)) for part in parts)


def _units(text: SheetText, splices: Sequence[Splice]) -> Iterator[bytes | range]:
    """What the rows consist of: runs of segments that stay, and bytes of those that are changed, around the new."""
    at = text.segments[0].end
    for splice in splices:
        yield from _between(text, at, splice.start)
        yield splice.new
        at = splice.end
    yield from _between(text, at, text.segments[-1].offset)


def _between(text: SheetText, start: int, end: int) -> Iterator[bytes | range]:
    """The rows between two places: segments that lie there whole, and what there is of one at either side."""
    run = text.between(start, end) if start < end else range(0)
    first, last = run.start, run.stop
    if run and text.segments[first].offset < start:
        yield text.stretch(start, min(end, text.segments[first].end))
        first += 1
    cut_off = first < last and text.segments[last - 1].end > end
    if first < last - cut_off:
        yield range(first, last - cut_off)
    if cut_off:
        yield text.stretch(text.segments[last - 1].offset, end)

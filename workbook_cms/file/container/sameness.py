"""Whether two readings of a file hold the same: what is the same need not be read again."""

from __future__ import annotations

from itertools import takewhile
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workbook_cms.file.container.segments import Segment
    from workbook_cms.file.package import Package

#: What an index tells of a segment, but for its place.
_told = itemgetter(1, 2, 4)

__all__ = [
    "MEANING",
    "FileState",
    "fresh_segments",
    "same_bytes",
    "same_first",
    "same_meaning",
    "same_part",
    "same_table",
    "state_of",
]

#: Kinds of parts that give meaning to what the cells of every sheet hold.
MEANING = ("sharedStrings", "styles")


FileState = tuple[int, int, int]
"""Time of the last change in nanoseconds, bytes, and number of the file: another state, another file."""


def state_of(path: Path) -> FileState | None:
    """The state of a file, None where it cannot be asked."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def same_part(package: Package, other: Package, part: str) -> bool:
    """Whether two packages have a part byte for byte the same, or both have none of that name.

    The packed bytes are compared, not their checksum: a checksum can be forged, and what is the same is not looked
    through for harm again.
    """
    if not (package.has(part) and other.has(part)):
        return package.has(part) is other.has(part)
    mine, theirs = package.member(part), other.member(part)
    if (mine.size, mine.packed, mine.method, mine.flags) != (
        theirs.size,
        theirs.packed,
        theirs.method,
        theirs.flags,
    ):
        return False
    start, end = package.archive.span(mine)
    return same_bytes(package, start, other, other.archive.span(theirs)[0], end - start)


def same_bytes(package: Package, start: int, other: Package, other_start: int, length: int) -> bool:
    """Whether two stretches of two files are the same; what both readings hold in one place is not looked at."""
    return package.archive.raw.same(start, other.archive.raw, other_start, length)


def fresh_segments(package: Package, other: Package, part: str) -> list[Segment] | None:
    """The segments of a part that another package does not have; None where one of them has no segments there.

    The packed bytes of all others are the same in both.
    """
    mine, theirs = package.segments(part), other.segments(part)
    if not mine or not theirs:
        return None
    start, other_start = (book.archive.span(book.member(part))[0] for book in (package, other))
    # In a sheet that grew, all but the head (the sheet's extent stands in it) and the last rows are as they were.
    count = same_first(mine[1:], theirs[1:])
    kept = range(1, 1 + count)
    if count:
        one, two, last = mine[1], theirs[1], mine[count]
        length = last.start + last.packed - one.start
        if not same_bytes(package, start + one.start, other, other_start + two.start, length):
            kept = range(0)
    places = {_told(segment): segment.start for segment in theirs}
    fresh = []
    for index in (*range(kept.start), *range(kept.stop, len(mine))):
        at = places.get(_told(mine[index]))
        place, packed = start + mine[index].start, mine[index].packed
        if at is None or not same_bytes(package, place, other, other_start + at, packed):
            fresh.append(mine[index])
    return fresh


def same_first(mine: Sequence[Segment], theirs: Sequence[Segment]) -> int:
    """How many segments from the first on are told of alike in two indexes; their bytes are still to be compared."""
    pairs = zip(map(_told, mine), map(_told, theirs), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def same_table(package: Package, other: Package, name: str) -> bool:
    """Whether the cells of a table read the same in both: its sheet, and all that gives their texts and dates."""
    mine, theirs = package.tables.get(name), other.tables.get(name)
    if mine is None or mine != theirs or package.date1904 != other.date1904:
        return False
    return same_part(package, other, mine.sheet_part) and same_meaning(package, other)


def same_meaning(package: Package, other: Package) -> bool:
    """Whether cells of the same bytes hold the same texts and dates in both."""
    relations = package.relations(package.workbook_part)
    shared = [target for _, kind, target in relations if kind in MEANING]
    return package.date1904 == other.date1904 and all(same_part(package, other, part) for part in shared)

"""Whether two readings of a file hold the same: what is the same need not be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from workbook_cms.file.package import Package
    from workbook_cms.file.segments import Segment

__all__ = ["FileState", "fresh_segments", "same_bytes", "same_meaning", "same_part", "same_table", "state_of"]

#: Kinds of parts that give meaning to what the cells of every sheet hold.
_MEANING = ("sharedStrings", "styles")


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
    """Whether two stretches of two files are the same, without copying them: comparing views is thirty times slower."""
    return package.raw.startswith(memoryview(other.raw)[other_start : other_start + length], start)


def fresh_segments(package: Package, other: Package, part: str) -> list[Segment] | None:
    """The segments of a part that another package does not have; None where one of them has no segments there.

    The packed bytes of all others are the same in both.
    """
    mine, theirs = package.segments(part), other.segments(part)
    if not mine or not theirs:
        return None
    start, other_start = (book.archive.span(book.member(part))[0] for book in (package, other))
    places = {(crc, size, packed): at for _, size, crc, at, packed, _, _ in theirs}
    raw, view = package.raw, memoryview(other.raw)[other_start:]
    fresh = []
    for item in mine:
        _, size, crc, mine_at, packed, _, _ = item
        at = places.get((crc, size, packed))
        if at is None or not raw.startswith(view[at : at + packed], start + mine_at):
            fresh.append(item)
    return fresh


def same_table(package: Package, other: Package, name: str) -> bool:
    """Whether the cells of a table read the same in both: its sheet, and all that gives their texts and dates."""
    mine, theirs = package.tables.get(name), other.tables.get(name)
    if mine is None or mine != theirs or package.date1904 != other.date1904:
        return False
    return same_part(package, other, mine.sheet_part) and same_meaning(package, other)


def same_meaning(package: Package, other: Package) -> bool:
    """Whether cells of the same bytes hold the same texts and dates in both."""
    relations = package.relations(package.workbook_part)
    shared = [target for _, kind, target in relations if kind in _MEANING]
    return package.date1904 == other.date1904 and all(same_part(package, other, part) for part in shared)

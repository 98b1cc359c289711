"""The XML of a worksheet, held deflated: a segment is inflated when it is asked for, and not kept for long."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from workbook_cms.file.container.archive import inflated
from workbook_cms.file.container.buffer import Buffer
from workbook_cms.file.container.packing import Kept, pack
from workbook_cms.file.container.segments import Segment
from workbook_cms.file.sheets.cutting import (
    CLOSE,
    OPEN,
    NotPlainError,
    cut,
    in_order,
    plain_segments,
    segment_size,
)

if TYPE_CHECKING:
    from workbook_cms.file.package import Package

__all__ = ["SheetText"]

#: The segments read last are asked for again, the last rows of a table above all.
_AT_HAND = 3
#: A sheet of more segments is cut anew into longer ones.
_TOO_MANY = 3000


class SheetText:
    """The bytes of a sheet: a segment to ``<sheetData>``, segments of whole rows, a segment from ``</sheetData>``.

    Attributes:
        segments: All segments in order.
        size: Bytes of a segment that is full.
    """

    def __init__(self, segments: Sequence[Segment], packed: Buffer | Sequence[bytes | Buffer], name: str) -> None:
        self.segments, self._packed, self._name = segments, packed, name
        self.size = segment_size(segments[-1].end)
        self._read: dict[int, bytes] = {}

    @classmethod
    def of(cls, package: Package, part: str) -> SheetText:
        """The text of a part, in its own segments where it has some, else cut anew without holding it whole.

        Raises:
            FileError: no such part, or damaged.
            NotPlainError: no rows can be found, or they are not in order.
        """
        name = package.member(part).name
        segments = package.segments(part)
        if len(segments) <= _TOO_MANY and _has_form(segments):
            text = cls(segments, package.archive.raw.part(*package.archive.span(package.member(part))), name)
            if text.read(0).endswith(OPEN) and text.read(len(segments) - 1).startswith(CLOSE):
                return text
        if name not in package.texts:
            package.texts[name] = cls._anew(package, part, name)
        return package.texts[name]

    @classmethod
    def _anew(cls, package: Package, part: str, name: str) -> SheetText:
        size = package.member(part).size
        try:
            pieces = cut(package.chunks(part), segment_size(size))
            return cls.cut(plain_segments(pieces, placed=name in package.seen.near), name)
        except NotPlainError:
            whole = package.plain(part)
            return cls.cut(cut([whole], segment_size(len(whole))), name)

    @classmethod
    def cut(cls, segments: Iterable[bytes], name: str) -> SheetText:
        """The text of a sheet that comes in segments.

        Raises:
            NotPlainError: no rows can be found, or they are not in order.
        """
        packed = pack(in_order(segments))
        return cls(packed.segments, packed.data, name)

    @cached_property
    def _offsets(self) -> list[int]:
        return [segment.offset for segment in self.segments]

    @cached_property
    def _first_rows(self) -> list[int]:
        return [segment.row for segment in self.segments[1:-1]]

    def read(self, index: int) -> bytes:
        """The inflated bytes of a segment.

        Raises:
            ArchiveError: damaged.
        """
        if index not in self._read:
            while len(self._read) >= _AT_HAND:
                self._read.pop(next(iter(self._read)))
            self._read[index] = inflated(self._packed_of(index), self.segments[index], self._name)
        return self._read[index]

    def kept(self, run: range) -> Iterator[Kept]:
        """Neighbouring segments to go into the new file as they stand, by their indexes."""
        if isinstance(self._packed, Buffer):
            start, end = self.segments[run[0]].start, self.segments[run[-1]]
            yield Kept(self.segments[run.start : run.stop], self._packed.part(start, end.start + end.packed))
        else:
            for index in run:
                yield Kept(self.segments[index : index + 1], Buffer([self._packed[index]]))

    def packed_as(self, segment: Segment, packed: memoryview) -> bool:
        """Whether one of the segments has these packed bytes; True only of a text that was cut anew."""
        index = self._by_checksum.get((segment.size, segment.crc))
        if index is None or isinstance(self._packed, Buffer):
            return False
        mine = bytes(self._packed[index])
        return len(mine) == len(packed) and mine.startswith(
            packed
        )  # comparing a view by == is thirty times slower

    @cached_property
    def _by_checksum(self) -> dict[tuple[int, int], int]:
        return {(segment.size, segment.crc): index for index, segment in enumerate(self.segments)}

    def _packed_of(self, index: int) -> bytes | memoryview:
        segment = self.segments[index]
        if isinstance(self._packed, Buffer):
            return self._packed.view(segment.start, segment.start + segment.packed)
        return bytes(self._packed[index])

    def with_row(self, number: int) -> int:
        """The index of the segment that holds the row of that number, if any does; 0 when the sheet has no rows."""
        return max(bisect_right(self._first_rows, number), 1) if self._first_rows else 0

    def between(self, start: int, end: int) -> range:
        """Indexes of the segments of rows that reach into a stretch of the text."""
        first = bisect_right(self._offsets, start) - 1
        last = bisect_left(self._offsets, end)
        return range(max(first, 1), min(last, len(self.segments) - 1))

    def stretch(self, start: int, end: int) -> bytes:
        """The bytes between two places in the rows."""
        parts = []
        for index in self.between(start, end):
            offset = self.segments[index].offset
            parts.append(self.read(index)[max(start - offset, 0) : end - offset])
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _has_form(segments: Sequence[Segment]) -> bool:
    """Whether the segments tell of a head, rows in order, and a tail."""
    rows = [segment.row for segment in segments]
    inner = rows[1:-1]
    return len(rows) > 1 and not rows[0] and not rows[-1] and inner == sorted({*inner}) and 0 not in inner

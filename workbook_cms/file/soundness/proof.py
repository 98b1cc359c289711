"""What a write brought in: the parts it changed looked through, of a sheet only the segments with rows it wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_cms.file.container.segments import within
from workbook_cms.file.soundness.check import check, new_flaws
from workbook_cms.file.soundness.flaws import Flaw

if TYPE_CHECKING:
    from workbook_cms.file.package import Package

__all__ = ["brought_in"]

#: Where the new rows stand in a sheet: (offset, length) of each stretch in its text.
Regions = Mapping[str, Sequence[tuple[int, int]]]


def brought_in(new: Package, old: Package, parts: Collection[str], regions: Regions) -> list[Flaw]:
    """The flaws of a file just written that its former state did not have; flaws of old are no reason to refuse.

    Args:
        new: The workbook with the change.
        old: The same without it.
        parts: Names of the parts that changed.
        regions: Of each sheet whose rows changed, where.
    """
    there = {part for part in parts if new.has(part)}
    shortened = {
        sheet.part: _Changed(new, sheet.part, regions[sheet.part])
        for sheet in new.sheets
        if sheet.part in regions and new.segments(sheet.part)
    }
    found = check(new, there, shortened)
    # Rare, and slow in a large sheet: only a file that has flaws is looked through in its former state too.
    return new_flaws(found, check(old, there)) if found else []


@dataclass(frozen=True)
class _Changed:
    """A sheet without the segments in which nothing changed, neighbours of the new rows included; inflated one by one."""

    package: Package
    part: str
    regions: Sequence[tuple[int, int]]

    def __iter__(self) -> Iterator[bytes]:
        segments = self.package.segments(self.part)
        ends = segments[0], segments[-1]
        yield self.package.segment(self.part, segments[0])
        for segment in within(segments, [(max(start - 1, 0), length + 2) for start, length in self.regions]):
            if segment not in ends:
                yield self.package.segment(self.part, segment)
        yield self.package.segment(self.part, segments[-1])

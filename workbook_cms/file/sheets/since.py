"""The rows of a table that are not as they were when somebody took notes of its sheet, without the sheet of then.

The notes are checksums: of the sheet, and of the segments that it is cut into (see `file.container.segments`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbook_cms.file.container.sameness import MEANING
from workbook_cms.file.sheets.stretches import Stretch, fits, numbers_of

if TYPE_CHECKING:
    from workbook_cms.file.container.segments import Segment
    from workbook_cms.file.package import Package, TablePart
    from workbook_cms.file.raw_table import RawTable

__all__ = ["Notes", "changed_since"]

#: Where so many bytes of rows differ, reading the sheet anew is no slower.
_LARGEST = 8 << 20


@dataclass(frozen=True)
class Notes:
    """What tells whether the rows of a table are as they were.

    Attributes:
        meaning: The table but for its last row, and checksums and sizes of what gives its cells their texts and dates.
        last_row: The last row of the table.
        sheet: Checksum and bytes of its sheet.
        segments: (first row, bytes, checksum) of each segment that holds rows; () where there are none.
    """

    meaning: tuple[Any, ...]
    last_row: int
    sheet: tuple[int, int]
    segments: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, package: Package, name: str) -> Notes:
        """Notes of a table as it stands."""
        table = package.tables[name]
        related = package.relations(package.workbook_part)
        parts = [(kind, target) for _, kind, target in related if kind in MEANING and package.has(target)]
        members = [(kind, package.member(target)) for kind, target in sorted(parts)]
        sharing = sum(1 for other in package.tables.values() if other.sheet_part == table.sheet_part)
        meaning = (
            *(table.name, table.sheet, table.first_row, table.first_col, list(table.columns)),
            *(table.has_totals, table.has_header, package.date1904, sharing),
            *([kind, member.crc, member.size] for kind, member in members),
        )
        member = package.member(table.sheet_part)
        segments = package.segments(table.sheet_part)
        inner = segments[1:-1] if fits(segments) else ()
        told = tuple((segment.row, segment.size, segment.crc) for segment in inner)
        return cls(meaning, table.last_row, (member.crc, member.size), told)

    def to_data(self) -> list[Any]:
        """As JSON has it."""
        return [list(self.meaning), self.last_row, list(self.sheet), [list(one) for one in self.segments]]

    @classmethod
    def from_data(cls, data: Any) -> Notes:
        """The notes that gave these.

        Raises:
            ValueError, TypeError: They are none.
        """
        meaning, last_row, (crc, size), segments = data
        told = tuple((int(row), int(length), int(check)) for row, length, check in segments)
        return cls(tuple(meaning), int(last_row), (int(crc), int(size)), told)


def changed_since(package: Package, name: str, then: Notes, rows: Sequence[int]) -> list[RawTable] | None:
    """The rows of a table that may not be as they were, and those that are new; None where that cannot be told.

    Args:
        package: The workbook as it is.
        name: The table.
        then: Notes of it as it was.
        rows: Numbers of the rows of its records then, in order.
    """
    now = Notes.of(package, name)
    if now.meaning != then.meaning or now.last_row < then.last_row:
        return None
    if now.sheet == then.sheet:
        return []
    alone = then.meaning[8] == 1
    if not (alone and now.segments and then.segments):
        return None
    from workbook_cms.file.sheets.row_reader import read_rows  # noqa: PLC0415 - the bulk reader, late for a fast start

    table, found = package.tables[name], []
    seen: set[int] = set()
    for stretch in _stretches(package, table, now, then):
        inside = stretch.rows and table.first_record <= stretch.rows[0] and stretch.rows[-1] <= table.last_record
        raw = read_rows(package, table, stretch, texts=True) if inside else None
        if raw is None:
            return None
        seen.update(stretch.rows)
        found.append(raw)
    # A record whose segment is no longer there has to stand in one that is.
    return found if _gone(now, then, rows) <= seen else None


def _stretches(package: Package, table: TablePart, now: Notes, then: Notes) -> Iterator[Stretch]:
    """The rows of neighbouring segments that were not there then."""
    known = set(then.segments)
    inner = package.segments(table.sheet_part)[1:-1]
    groups: list[list[Segment]] = [[]]
    for segment, told in zip(inner, now.segments, strict=True):
        if told in known:
            groups.append([])
        else:
            groups[-1].append(segment)
    if sum(segment.size for group in groups for segment in group) > _LARGEST:
        yield Stretch(b"", (), ())  # cannot be told
        return
    for group in filter(None, groups):
        xml = b"".join(package.segment(table.sheet_part, segment) for segment in group)
        yield Stretch(xml, numbers_of(xml) or (), ())


def _gone(now: Notes, then: Notes, rows: Sequence[int]) -> set[int]:
    """The rows of records that stood in segments that are no longer there."""
    still = set(now.segments)
    starts = [segment[0] for segment in then.segments]
    gone: set[int] = set()
    for index, segment in enumerate(then.segments):
        if segment not in still:
            end = starts[index + 1] if index + 1 < len(starts) else None
            gone.update(row for row in rows if row >= segment[0] and (end is None or row < end))
    return gone

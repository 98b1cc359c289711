"""What of a workbook is looked through before any reader sees it; what was looked through before is not again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbook_cms.file.container.sameness import fresh_segments, same_part
from workbook_cms.file.guards import all_near, cells_near, check_box, check_prologue, check_texts

if TYPE_CHECKING:
    from workbook_cms.file.container.segments import Segment
    from workbook_cms.file.package import Package
    from workbook_cms.file.parts import Sheet
    from workbook_cms.file.sheets.sheet_text import SheetText

__all__ = ["Seen", "scan"]


@dataclass
class Seen:
    """What was found in the sheets of a file, by part.

    Attributes:
        near: Sheets all of whose cells lie where no box can be too large, whatever stands in the others.
    """

    near: set[str] = field(default_factory=set)


def scan(package: Package, before: Package | None) -> Seen:
    """Inflate the sheets in pieces, verify their checksums, and refuse what is made to do harm.

    Of a sheet that ``before`` has too, only the segments are looked through that it has not: the others were when it
    was scanned. They are compared by their packed bytes, not by checksums, which can be forged.

    Raises:
        FileError: Damaged, a document type in a part, or cells that span more than a reader can hold.
    """
    seen = Seen()
    sheets = {package.member(sheet.part).name for sheet in package.sheets}
    related = package.relations(package.workbook_part)
    texts = {package.member(t).name for _, kind, t in related if kind == "sharedStrings" and package.has(t)}
    for part in package.members:
        # Also parts that only other readers look into, such as the shared strings.
        looked_into = part.lower().endswith((".xml", ".rels")) and part not in sheets
        if looked_into and (before is None or not same_part(package, before, part)):
            check_prologue(next(package.chunks(part), b""), package.place, f"part {part}")
            if part in texts:
                check_texts(package.chunks(part), package.place, part)
    for sheet in package.sheets:
        _scan_sheet(package, before, sheet, seen)
    return seen


def _scan_sheet(package: Package, before: Package | None, sheet: Sheet, seen: Seen) -> None:
    part = package.member(sheet.part).name
    known = before.seen if before is not None and before.has(part) else None
    if before is not None and known is not None and same_part(package, before, part):
        seen.near |= {part} & known.near
        return
    fresh: Sequence[Segment] = package.segments(part)
    if before is not None and known is not None and part in known.near:
        fresh = fresh_segments(package, before, part) or fresh
    # The first write after another program's save cuts the sheet anew: all of it but what changed was looked through.
    text = before.texts.get(part) if before is not None and known is not None and part in known.near else None
    near = bool(fresh) and all(_is_near(package, part, item, sheet, text) for item in fresh)
    if near or check_box(lambda: package.chunks(part), package.place, sheet.name):
        seen.near.add(part)


def _is_near(package: Package, part: str, segment: Segment, sheet: Sheet, text: SheetText | None) -> bool:
    """Whether all cells of a segment lie near; False also where its neighbours hold half of one of its tags.

    ``text``: The sheet as it was, all of whose cells lie near, where this process cut it.
    """
    piece = package.segment(part, segment)
    if text is not None and segment.offset and text.packed_as(segment, package.packed(part, segment)):
        return True
    if not piece.endswith(b">"):
        return False
    if not segment.offset:
        return all_near([piece], package.place, sheet.name)
    return piece.startswith(b"<") and cells_near(piece)

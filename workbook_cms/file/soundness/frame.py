"""What stands around the rows of a worksheet: its order, columns, merged cells, views, links (18.3.1.99)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import (
    Box,
    box_of,
    boxes_of,
    child,
    children,
    count_is,
    inside,
    kind_of,
    number,
    ordered,
    words,
)
from workbook_cms.file.soundness.parts import Parts
from workbook_cms.file.soundness.rows import Seen

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_frame", "merges_of"]

_SEQUENCE: Final = words(
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection "
    "protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells "
    "phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup "
    "headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing "
    "legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts "
    "extLst"
)
#: They may stand more than once.
_REPEATED: Final = frozenset({"conditionalFormatting", "cols"})
_MAX_LINKS: Final = 65_530
#: Pairs of ranges that overlap are told up to this many.
_TOLD: Final = 50
#: What a relationship that an element names must be.
_LEADS: Final = {
    "drawing": ("drawing",),
    "legacyDrawing": ("vmlDrawing",),
    "legacyDrawingHF": ("vmlDrawing",),
    "tablePart": ("table",),
    "hyperlink": ("hyperlink",),
    "picture": ("image",),
}


def check_frame(
    parts: Parts, flaws: Flaws, part: str, frame: Element, seen: Seen, styles: int, views: int
) -> None:
    """A worksheet's XML without its rows; ``views`` is how many windows the workbook has."""
    name = parts.name(part)
    if late := ordered(frame, _SEQUENCE):
        flaws.add("sheet-order", name, f"<{late}> stands in the wrong place.")
    names = [kind_of(item) for item in frame]
    if "sheetData" not in names:
        flaws.add("sheet-order", name, "<sheetData> is missing.")
    for twice in {item for item in names if names.count(item) > 1} & set(_SEQUENCE) - _REPEATED:
        flaws.add("sheet-order", name, f"<{twice}> is there twice.")
    _dimension(frame, flaws, name, seen)
    _columns(frame, flaws, name, styles)
    _merges(frame, flaws, name)
    _views(frame, flaws, name, views)
    _links(parts, frame, flaws, part)
    _drawings(parts, frame, flaws, part)
    _ranges(frame, flaws, name)


def merges_of(frame: Element) -> list[tuple[str, Box]]:
    """Merged ranges that are ranges."""
    refs = [item.get("ref", "") for item in inside(frame, "mergeCells")]
    return [(ref, box) for ref in refs if (box := box_of(ref))]


def _dimension(frame: Element, flaws: Flaws, name: str, seen: Seen) -> None:
    found = child(frame, "dimension")
    # Programs that do not count their cells write A1.
    if found is None or not seen.box[2] or found.get("ref") == "A1":
        return
    ref, box = found.get("ref", ""), seen.box
    area = box_of(ref)
    if area is None or area[2] < box[2] or area[3] < box[3] or area[0] > box[0] or area[1] > box[1]:
        flaws.add("dimension", name, f"the sheet says that its cells are {ref}, but there are others.", ref)


def _columns(frame: Element, flaws: Flaws, name: str, styles: int) -> None:
    last = 0
    for item in inside(frame, "cols"):
        first, end = number(item.get("min"), -1), number(item.get("max"), -1)
        if not last < first <= end <= 16_384:
            flaws.add(
                "columns", name, f"the widths of columns {item.get('min')} to {item.get('max')} overlap others."
            )
        last = max(last, end)
        if not 0 <= number(item.get("style"), 0) < styles:
            flaws.add(
                "columns",
                name,
                f"the columns from {first} have the style {item.get('style')}, which is not there.",
            )
        if not 0 <= number(item.get("outlineLevel"), 0) <= 7:
            flaws.add(
                "outline", name, f"the columns from {first} are on outline level {item.get('outlineLevel')}."
            )


def _merges(frame: Element, flaws: Flaws, name: str) -> None:
    block = child(frame, "mergeCells")
    if block is None:
        return
    if not count_is(block, len(block)):
        flaws.add("list-count", name, f"<mergeCells> counts {block.get('count')}, but holds {len(block)}.")
    for item in block:
        ref = item.get("ref", "")
        box = box_of(ref)
        if box is None:
            flaws.add("merge", name, f"{ref!r} is no range that can be merged.", ref)
    for one, two in overlapping(merges_of(frame)):
        flaws.add("merge-overlap", name, f"the merged cells {one} overlap the merged cells {two}.", one)


def overlapping(areas: Iterable[tuple[str, Box]]) -> Iterator[tuple[str, str]]:
    """Ranges that overlap one that begins above or beside them, and that one; of very many the first.

    Those that reach down to the row looked at lie beside each other, so that a search by their columns finds the few
    that can be met. A range that overlaps another is not held against later ones.
    """
    lefts: list[int] = []
    beside: list[tuple[str, Box]] = []
    ends: list[tuple[int, int]] = []
    told = 0
    for label, box in sorted(areas, key=lambda item: item[1][1]):
        while ends and ends[0][0] < box[1]:
            over = bisect_left(lefts, heappop(ends)[1])
            del lefts[over], beside[over]
        at = bisect_right(lefts, box[2])
        if not at or beside[at - 1][1][2] < box[0]:
            lefts.insert(at, box[0])
            beside.insert(at, (label, box))
            heappush(ends, (box[3], box[0]))
            continue
        while at and beside[at - 1][1][2] >= box[0]:
            at -= 1
            yield label, beside[at][0]
            told += 1
            if told == _TOLD:
                return


def _views(frame: Element, flaws: Flaws, name: str, views: int) -> None:
    for view in inside(frame, "sheetViews"):
        if not 0 <= number(view.get("workbookViewId"), 0) < max(1, views):
            flaws.add(
                "sheet-view",
                name,
                f"the sheet is shown in window {view.get('workbookViewId')}, which is not there.",
            )
        for item in view:
            for key in ("topLeftCell", "activeCell"):
                if item.get(key) and box_of(item.get(key, "")) is None:
                    flaws.add("sheet-view", name, f"{key} is {item.get(key)}, which is no cell.")
            if kind_of(item) == "selection" and item.get("sqref") and boxes_of(item.get("sqref", "")) is None:
                flaws.add("sheet-view", name, f"the selection is {item.get('sqref')}, which is no range.")


def _links(parts: Parts, frame: Element, flaws: Flaws, part: str) -> None:
    found = inside(frame, "hyperlinks")
    if len(found) > _MAX_LINKS:
        flaws.add("link", parts.name(part), f"the sheet holds {len(found):,} links; Excel takes {_MAX_LINKS:,}.")
    for item in found:
        if boxes_of(item.get("ref", "")) is None:
            flaws.add("link", parts.name(part), f"a link stands at {item.get('ref')!r}, which is no cell.")


def _drawings(parts: Parts, frame: Element, flaws: Flaws, part: str) -> None:
    relations = {item.id: item for item in parts.relations(part)}
    name = parts.name(part)
    tables = inside(frame, "tableParts")
    for element in (*frame, *tables, *inside(frame, "hyperlinks")):
        wanted = _LEADS.get(kind_of(element))
        key = next((value for attribute, value in element.items() if attribute.endswith("}id")), None)
        if wanted is None or (key is None and kind_of(element) == "hyperlink"):
            continue
        found = relations.get(key or "")
        if found is not None and found.kind not in wanted:
            flaws.add(
                "relation-wrong", name, f"<{kind_of(element)}> leads to a {found.kind}.", element.get("ref", "")
            )
    block = child(frame, "tableParts")
    if block is not None and not count_is(block, len(block)):
        flaws.add("list-count", name, f"<tableParts> counts {block.get('count')}, but holds {len(block)}.")
    named = [value for item in tables for key, value in item.items() if key.endswith("}id")]
    known = [item.id for item in parts.relations(part) if item.kind == "table"]
    if sorted(set(named)) != sorted(known) or len(set(named)) < len(named):
        flaws.add("table-parts", name, f"the sheet lists {len(named)} tables, but {len(known)} belong to it.")


def _ranges(frame: Element, flaws: Flaws, name: str) -> None:
    for kind, key, flaw in (
        ("ignoredErrors", "sqref", "ignored-errors"),
        ("protectedRanges", "sqref", "ignored-errors"),
    ):
        for item in inside(frame, kind):
            if kind_of(item) != "extLst" and boxes_of(item.get(key, "")) is None:
                flaws.add(flaw, name, f"<{kind_of(item)}> stands at {item.get(key)!r}, which is no range.")
    for found in children(frame, "autoFilter"):
        if box_of(found.get("ref", "")) is None:
            flaws.add("filter", name, f"the filter stands at {found.get('ref')!r}, which is no range.")
    for kind in ("rowBreaks", "colBreaks"):
        block = child(frame, kind)
        if block is not None and not count_is(block, len(block)):
            flaws.add("list-count", name, f"<{kind}> counts {block.get('count')}, but holds {len(block)}.")
        for item in block if block is not None else ():
            if not 0 <= number(item.get("id"), 0) <= 1_048_576:
                flaws.add("breaks", name, f"a page break stands at {item.get('id')}.")

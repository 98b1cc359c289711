"""What lies over the cells: comments, and the corners to which pictures and shapes are pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook_cms.file.sheets.rows import MAX_TEXT
from workbook_cms.file.soundness.cells import text_of
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import box_of, child, inside, kind_of, number
from workbook_cms.file.soundness.parts import Parts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_notes"]


def check_notes(parts: Parts, flaws: Flaws, sheet: str) -> None:
    """The comments and drawings of one sheet."""
    for part in parts.related(sheet, "comments"):
        tree = parts.tree(part)
        if tree is not None:
            _comments(tree, flaws, parts.name(part))
    for part in parts.related(sheet, "drawing"):
        tree = parts.tree(part)
        if tree is not None:
            _anchors(tree, flaws, parts.name(part))


def _comments(tree: Element, flaws: Flaws, name: str) -> None:
    """18.7: each cell has one comment, by an author who is listed."""
    authors = len(inside(tree, "authors"))
    seen: set[str] = set()
    for item in inside(tree, "commentList"):
        ref = item.get("ref", "")
        if box_of(ref) is None:
            flaws.add("comment", name, f"a comment stands at {ref!r}, which is no cell.")
        elif ref in seen:
            flaws.add("comment", name, "the cell has two comments.", ref)
        seen.add(ref)
        if not 0 <= number(item.get("authorId"), -1) < authors:
            flaws.add(
                "comment-author", name, f"the comment is by author {item.get('authorId')}, who is not listed.", ref
            )
        text = child(item, "text")
        if text is not None and len(text_of(text)) > MAX_TEXT:
            flaws.add("comment", name, "the comment is longer than a cell's text may be.", ref)


def _anchors(tree: Element, flaws: Flaws, name: str) -> None:
    """20.5: rows and columns of an anchor are counted from 0 and lie on the sheet."""
    for anchor in tree:
        for corner in anchor:
            if kind_of(corner) not in ("from", "to"):
                continue
            places = {kind_of(item): number(item.text, -1) for item in corner}
            if not 0 <= places.get("col", -1) <= 16_384 or not 0 <= places.get("row", -1) <= 1_048_576:
                flaws.add("anchor", name, "a picture or shape is pinned to a place outside the sheet.")

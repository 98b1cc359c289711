"""Small tools for the parts' XML: elements by their local names, and ranges of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook_cms.file.addresses import parse_range
from workbook_cms.file.guards import MAX_COLUMNS, MAX_ROWS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = [
    "Box",
    "box_of",
    "boxes_of",
    "child",
    "children",
    "count_is",
    "inside",
    "is_on",
    "kind_of",
    "number",
    "ordered",
    "overlap",
    "words",
]

#: First column, first row, last column, last row, all from 1.
Box = tuple[int, int, int, int]
_WHOLE = re.compile(r"\$?([A-Z]{1,3}):\$?([A-Z]{1,3})|\$?(\d{1,7}):\$?(\d{1,7})")


def kind_of(element: Element) -> str:
    """The name of an element without its namespace; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that name."""
    return (item for item in element if kind_of(item) == name)


def child(element: Element, name: str) -> Element | None:
    """The first child of that name."""
    return next(children(element, name), None)


def inside(element: Element, name: str) -> list[Element]:
    """The children of the direct child called ``name``."""
    return [item for found in children(element, name) for item in found]


def is_on(value: str | None) -> bool:
    """Whether an attribute says yes."""
    return value in ("1", "true", "on")


def number(text: str | None, default: int) -> int:
    """An attribute as a whole number; -1 where it is none, which is in no range."""
    if text is None:
        return default
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 12 else -1


def count_is(element: Element, items: int) -> bool:
    """Whether a ``count`` attribute is absent or right."""
    return number(element.get("count"), items) == items


def box_of(ref: str) -> Box | None:
    """The range of ``A1`` or ``A1:B2``, None where it is no range or leaves the sheet."""
    box = parse_range(ref)
    inside_sheet = box is not None and 1 <= box[0] <= box[2] <= MAX_COLUMNS and 1 <= box[1] <= box[3] <= MAX_ROWS
    return box if inside_sheet else None


def boxes_of(sqref: str) -> list[Box] | None:
    """The ranges of a list such as ``A1:A9 C1``, whole rows and columns too; None where one is no range.

    Excel itself leaves ``#REF!`` where the cells of a rule were deleted.
    """
    boxes: list[Box] = []
    refs = sqref.split()
    for ref in refs:
        if ref == "#REF!":
            continue
        whole = _WHOLE.fullmatch(ref)
        if whole and whole[1]:
            ref = f"{whole[1]}1:{whole[2]}{MAX_ROWS}"  # noqa: PLW2901 - the same range in the other form
        elif whole:
            ref = f"A{whole[3]}:XFD{whole[4]}"  # noqa: PLW2901
        box = box_of(ref)
        if box is None:
            return None
        boxes.append(box)
    return boxes if refs else None


def overlap(one: Box, two: Box) -> bool:
    """Whether two ranges share a cell."""
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]


def ordered(element: Element, sequence: tuple[str, ...]) -> str:
    """The name of the first child that stands too late in the order of the format, "" where the order is right."""
    last = 0
    for item in element:
        if not isinstance(item.tag, str) or item.tag.partition("}")[0] != element.tag.partition("}")[0]:
            continue
        name = kind_of(item)
        if name in sequence:
            place = sequence.index(name)
            if place < last:
                return name
            last = place
    return ""


def words(text: str) -> tuple[str, ...]:
    """The words of a text: names of elements in their order."""
    return tuple(text.split())

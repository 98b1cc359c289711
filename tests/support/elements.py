"""Small tools of the soundness checks: XML elements without namespaces, and ranges of cells."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote
from xml.etree import ElementTree

Element = ElementTree.Element
Box = tuple[int, int, int, int]  # first column, first row, last column, last row, 1-based
CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")


def local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def descend(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if local(element) == name]


def inside(tree: Element, name: str) -> list[Element]:
    """Children of the direct child called ``name``."""
    return [item for child in tree if local(child) == name for item in child]


def text_of(item: Element) -> str:
    """Text of an <si> or <is>: its own <t> and those of its runs, no phonetic ones."""
    texts = [child for child in item if local(child) == "t"]
    texts += [t for run in item if local(run) == "r" for t in run if local(t) == "t"]
    return unescape("".join(t.text or "" for t in texts))


def unescape(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def resolve(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/" + folder, unquote(target).replace("\\", "/"))).lstrip("/").lower()


def box_of(ref: str) -> Box | None:
    ends = [CELL.fullmatch(end) for end in ref.split(":")]
    if len(ends) > 2 or not all(ends):
        return None
    first, last = ends[0], ends[-1]
    assert first
    assert last
    box = (column_number(first[1]), int(first[2]), column_number(last[1]), int(last[2]))
    return box if box[0] <= box[2] <= 16_384 and box[1] <= box[3] <= 1_048_576 else None


def overlap(one: Box, two: Box) -> bool:
    return one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

"""Whether a workbook that we made is sound: by the product's own checks, and by what only the tests ask for.

`faults(path)` gives a line a fault; an empty list means that nothing was found.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from tests.support.elements import Element, descend
from tests.support.macros import macro_faults
from workbook_cms.file.soundness import check_file

__all__ = ["assert_sound", "faults"]


def faults(path: Path) -> list[str]:
    """Every fault found in the workbook at ``path``."""
    found = [str(flaw) for flaw in check_file(path)]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            parts = {name.lower(): archive.read(name) for name in archive.namelist()}
        trees = dict(_trees(parts))
        found += _loose_ends(trees)
        if {"[content_types].xml", "xl/workbook.xml"} <= set(trees):
            found += macro_faults(path.suffix.lower(), parts, trees)
    return list(dict.fromkeys(found))


def assert_sound(path: Path) -> None:
    """Fail with the faults of the workbook."""
    found = faults(path)
    assert not found, "\n".join(found)


def _trees(parts: Mapping[str, bytes]) -> Iterator[tuple[str, Element]]:
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                yield name, ElementTree.fromstring(data)  # noqa: S314 - workbooks made by the tests
            except ElementTree.ParseError:
                continue  # a fault that the product names


def _loose_ends(trees: Mapping[str, Element]) -> Iterator[str]:
    """What Excel puts up with in anybody's workbook and we do not in ours: names and links that lead nowhere."""
    book = trees.get("xl/workbook.xml")
    if book is None:
        return
    for name in descend(book, "definedName"):
        if "#REF!" in (name.text or ""):
            yield f"xl/workbook.xml: the name {name.get('name')} refers to nothing ({name.text})"
    sheets = {sheet.get("name") for sheet in descend(book, "sheet")}
    for part, tree in trees.items():
        for link in descend(tree, "hyperlink") if "worksheets/" in part else ():
            # A link with a relationship leads out: its location is a place in another file.
            outside = any(key.endswith("}id") for key in link.attrib)
            found = re.fullmatch(r"'?(.*?)'?![^!]*", link.get("location", ""))
            if found and not outside and found[1].replace("''", "'") not in sheets:
                yield f"{part}: a link leads to the missing sheet {found[1]}"

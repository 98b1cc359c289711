"""The list of a workbook's parts: their types, and parts that are taken out with all that names them."""

from __future__ import annotations

import re

from workbook_cms.file.package import Package

__all__ = ["parts_of_type", "without_calc_chain"]

_TYPES = "[Content_Types].xml"
_OVERRIDE = re.compile(rb"<(?:\w+:)?Override\b[^>]*?(?:/>|>\s*</(?:\w+:)?Override>)")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*?(?:/>|>\s*</(?:\w+:)?Relationship>)")
_NAME = re.compile(rb'\sPartName="([^"]*)"')


def parts_of_type(package: Package, *endings: str) -> list[str]:
    """The parts whose content type ends so, such as ``chart+xml``, as far as they are there."""
    found = []
    for item in _OVERRIDE.findall(package.plain(_TYPES)):
        name = _NAME.search(item)
        if name and any(f'{ending}"'.encode() in item for ending in endings):
            part = name[1].decode().lstrip("/")
            if package.has(part):
                found.append(package.member(part).name)
    return found


def without_calc_chain(package: Package) -> dict[str, bytes | None]:
    """The changes that take away the order Excel calculated in: it names cells, and Excel makes it anew. {} if none.

    None stands for the part that goes.
    """
    chain = next((part for _, kind, part in package.relations(package.workbook_part) if kind == "calcChain"), "")
    if not chain or not package.has(chain):
        return {}
    folder, _, name = package.workbook_part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    types = _OVERRIDE.sub(lambda item: b"" if b"calcChain+xml" in item[0] else item[0], package.plain(_TYPES))
    left = _RELATIONSHIP.sub(lambda item: b"" if b'/calcChain"' in item[0] else item[0], package.plain(relations))
    return {
        package.member(chain).name: None,
        package.member(_TYPES).name: types,
        package.member(relations).name: left,
    }

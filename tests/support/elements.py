"""Small tools of the soundness checks: XML elements without namespaces."""

from __future__ import annotations

from xml.etree import ElementTree

__all__ = ["Element", "descend"]

Element = ElementTree.Element


def descend(tree: Element, name: str) -> list[Element]:
    """All elements of that name, however deep."""
    return [element for element in tree.iter() if element.tag.rpartition("}")[2] == name]

"""The styles part: what its formats refer to is there (ECMA-376 part 1, 18.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import child, children, count_is, inside, kind_of, number, ordered, words
from workbook_cms.file.soundness.parts import Parts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["StyleSizes", "check_styles", "style_sizes"]

_SEQUENCE: Final = words(
    "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
)
#: Kind of flaw, attribute of a format, list it leads into.
_LEADS: Final = (
    ("font", "fontId", "fonts"),
    ("fill", "fillId", "fills"),
    ("border", "borderId", "borders"),
    ("parent-style", "xfId", "cellStyleXfs"),
)
#: Built-in number formats end below this; others are defined (18.8.30).
_OWN_FORMATS: Final = 164
_MAX_STYLES: Final = 65_490
_MAX_CODE: Final = 255


@dataclass(frozen=True)
class StyleSizes:
    """How many styles cells can have, and how many formats rules and tables can give."""

    cells: int = 1
    conditional: int = 0
    fonts: int = field(default=1)


def style_sizes(parts: Parts, part: str) -> StyleSizes:
    """The sizes of the lists in the styles part; a workbook without one has the style 0 only."""
    tree = parts.tree(part) if part else None
    if tree is None:
        return StyleSizes()
    return StyleSizes(
        max(1, len(inside(tree, "cellXfs"))), len(inside(tree, "dxfs")), max(1, len(inside(tree, "fonts")))
    )


def check_styles(parts: Parts, flaws: Flaws, part: str) -> None:
    """Everything in the styles part that refers to something else."""
    tree = parts.tree(part)
    if tree is None:
        return
    name = parts.name(part)
    if late := ordered(tree, _SEQUENCE):
        flaws.add("styles-order", name, f"<{late}> stands in the wrong place.")
    for group in tree:
        if kind_of(group) in _SEQUENCE and not count_is(group, len(group)):
            flaws.add(
                "style-count", name, f"<{kind_of(group)}> counts {group.get('count')}, but holds {len(group)}."
            )
    _formats(tree, flaws, name)
    _number_formats(tree, flaws, name)
    _cell_styles(tree, flaws, name)
    _table_styles(tree, flaws, name)


def _formats(tree: Element, flaws: Flaws, name: str) -> None:
    sizes = {kind: len(inside(tree, kind)) for _, _, kind in _LEADS}
    defined = {number(item.get("numFmtId"), -1) for item in inside(tree, "numFmts")}
    for group in ("cellStyleXfs", "cellXfs"):
        formats = inside(tree, group)
        if len(formats) > _MAX_STYLES:
            flaws.add("too-many-styles", name, f"it holds {len(formats):,} styles; Excel takes {_MAX_STYLES:,}.")
        for index, item in enumerate(formats):
            for flaw, key, target in _LEADS:
                if key == "xfId" and group == "cellStyleXfs":
                    continue
                if not 0 <= number(item.get(key), 0) < max(1, sizes[target]):
                    flaws.add(flaw, name, f"style {index} asks for {target} {item.get(key)}, which is not there.")
            code = number(item.get("numFmtId"), 0)
            if code < 0 or (code >= _OWN_FORMATS and code not in defined):
                flaws.add(
                    "number-format",
                    name,
                    f"style {index} asks for number format {item.get('numFmtId')}, which is not there.",
                )


def _number_formats(tree: Element, flaws: Flaws, name: str) -> None:
    seen: set[int] = set()
    for item in inside(tree, "numFmts"):
        code, text = number(item.get("numFmtId"), -1), item.get("formatCode")
        if code in seen:
            flaws.add("number-format-twice", name, f"the number format {code} is defined twice.")
        seen.add(code)
        if code < 0 or text is None or len(text) > _MAX_CODE or text.count('"') % 2:
            flaws.add("number-format-code", name, f"the number format {item.get('numFmtId')} reads {text!r}.")


def _cell_styles(tree: Element, flaws: Flaws, name: str) -> None:
    size = len(inside(tree, "cellStyleXfs"))
    seen: set[str] = set()
    for item in inside(tree, "cellStyles"):
        label = item.get("name", "")
        if not 0 <= number(item.get("xfId"), 0) < max(1, size):
            flaws.add(
                "cell-style",
                name,
                f"the cell style {label} asks for format {item.get('xfId')}, which is not there.",
            )
        # Excel for Mac lists its own styles, such as Followed Hyperlink, again and again.
        if label.lower() in seen and "builtinId" not in item.attrib:
            flaws.add("cell-style-twice", name, f"the cell style {label} is there twice.")
        seen.add(label.lower())


def _table_styles(tree: Element, flaws: Flaws, name: str) -> None:
    size = len(inside(tree, "dxfs"))
    group = child(tree, "tableStyles")
    for style in children(group, "tableStyle") if group is not None else ():
        if not count_is(style, len(style)):
            flaws.add(
                "style-count",
                name,
                f"the table style {style.get('name')} counts {style.get('count')}, but holds {len(style)}.",
            )
        for item in children(style, "tableStyleElement"):
            if not 0 <= number(item.get("dxfId"), 0) < max(1, size):
                flaws.add(
                    "table-style",
                    name,
                    f"the table style {style.get('name')} asks for format {item.get('dxfId')}, which is not there.",
                )

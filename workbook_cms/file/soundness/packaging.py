"""The parts as a whole: each typed, each relationship leading somewhere (ECMA-376 part 2, and part 3 for prefixes)."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from workbook_cms.file.plain import utf8
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import children, kind_of
from workbook_cms.file.soundness.parts import Parts, Relation

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_packaging", "check_part"]

_TYPES = "[Content_Types].xml"
_ROOT_TAG = re.compile(rb"<[A-Za-z_][^<>]*>")
_IGNORABLE = re.compile(rb"""\s[\w.-]+:(?:Ignorable|MustUnderstand|ProcessContent)\s*=\s*["']([^"']*)["']""")
_REQUIRES = re.compile(rb"""<[\w.-]+:Choice\s[^<>]*?Requires\s*=\s*["']([^"']*)["']""")
_DECLARED = re.compile(rb"\sxmlns:([\w.-]+)\s*=")
_RELATIONSHIPS: Final = ("officeDocument/2006/relationships", "ooxml/officeDocument/relationships")
#: Attributes that name a relationship.
_LEADING: Final = frozenset(("id", "embed", "link", "pict", "dm", "lo", "qs", "cs"))
#: What the target of a relationship of some kind must be (the end of its content type).
_TYPE_OF: Final = {
    "worksheet": ("spreadsheetml.worksheet+xml",),
    "chartsheet": ("spreadsheetml.chartsheet+xml",),
    "table": ("spreadsheetml.table+xml",),
    "sharedStrings": ("spreadsheetml.sharedStrings+xml",),
    "styles": ("spreadsheetml.styles+xml",),
    "calcChain": ("spreadsheetml.calcChain+xml",),
    "comments": ("spreadsheetml.comments+xml",),
    "drawing": ("drawing+xml",),
    "pivotTable": ("spreadsheetml.pivotTable+xml",),
    "pivotCacheDefinition": ("spreadsheetml.pivotCacheDefinition+xml",),
    "vbaProject": ("vbaProject",),
}
#: Parts that belong to their owner without an element that asks for them.
_UNASKED: Final = frozenset(
    ("sharedStrings", "styles", "theme", "calcChain", "comments", "pivotTable", "vbaProject", "sheetMetadata")
)
_BOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_BOOK_TYPES: Final = {
    ".xlsx": (_BOOK,),
    ".xlsm": ("application/vnd.ms-excel.sheet.macroEnabled.main+xml",),
    ".xltx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",),
    ".xltm": ("application/vnd.ms-excel.template.macroEnabled.main+xml",),
}


def check_packaging(parts: Parts, flaws: Flaws, workbook: str) -> None:
    """Content types and the parts they name; ``workbook`` is the workbook part."""
    tree = parts.tree(_TYPES)
    if tree is None:
        if not parts.has(_TYPES):
            flaws.add("no-content-types", _TYPES, "the list of the file's parts is missing.")
        return
    _types_once(tree, flaws)
    overrides, defaults = parts.types
    for name in parts.names:
        key = name.replace("\\", "/").lower()
        typed = key in overrides or key.rpartition("/")[2].rpartition(".")[2] in defaults
        # What an earlier save left over has no type (ECMA-376 part 2, annex on physical mapping).
        left = key.endswith("/") or key.startswith("[trash]/")
        if not typed and key != _TYPES.lower() and not left:
            flaws.add(
                "content-type-missing", name, "the part has no content type, so Excel cannot know what it is."
            )
    for key in overrides:
        if not parts.has(key):
            flaws.add("content-type-left", _TYPES, f"it names the part {key}, which is not in the file.")
    ending = posixpath.splitext(parts.place)[1].lower()
    if ending in _BOOK_TYPES and parts.type_of(workbook) not in _BOOK_TYPES[ending]:
        flaws.add("macro-type", parts.name(workbook), f"its content type does not go with the ending {ending}.")


def _types_once(tree: Element, flaws: Flaws) -> None:
    for element, key in (("Override", "PartName"), ("Default", "Extension")):
        named = Counter(unquote(item.get(key, "")).lower() for item in children(tree, element))
        for name, times in named.items():
            if times > 1:
                flaws.add("content-type-twice", _TYPES, f"it gives {name} a content type {times} times.")


def check_part(parts: Parts, flaws: Flaws, part: str) -> None:
    """Any part but the sheets: well-formed, prefixes declared, relationships there."""
    if part.lower().endswith(".rels"):
        _check_relations(parts, flaws, part)
        return
    if parts.is_large(part):
        parts.check_form(part)
        return
    check_prefixes(flaws, parts.name(part), utf8(parts.read(part)))
    tree = parts.tree(part)
    if tree is not None:
        check_uses(parts, flaws, part, tree)
    if part.lower().rpartition("/")[2] == "core.xml":
        _check_properties(parts, flaws, part)


def check_prefixes(flaws: Flaws, part: str, data: bytes) -> None:
    """Every prefix that a program may skip must be declared, or Excel refuses the part."""
    root = _ROOT_TAG.search(data)
    if root is None:
        return
    wanted = _IGNORABLE.findall(root[0])
    if b":Choice" in data:
        wanted += _REQUIRES.findall(data)
    if not wanted:
        return
    declared = set(_DECLARED.findall(data))
    for prefix in dict.fromkeys(b" ".join(wanted).split()):
        name = prefix.partition(b":")[0]
        if name not in declared:
            flaws.add(
                "prefix-undeclared",
                part,
                f"the part speaks of the prefix {name.decode()}, which it does not declare.",
            )


def check_uses(parts: Parts, flaws: Flaws, part: str, tree: Element) -> None:
    """Each relationship that the elements of a part name must be there, and lead to a part that is there.

    Excel does not mind relationships that nothing asks for; some programs write them for every sheet.
    """
    known = {item.id: item for item in parts.relations(part)}
    for element in tree.iter():
        for key, value in element.items():
            space, _, name = key.rpartition("}")
            if not value or name not in _LEADING or not space.endswith(_RELATIONSHIPS):
                continue
            relation = known.get(value)
            if relation is None:
                message = f"<{kind_of(element)}> needs the relationship {value}, which is not there."
                flaws.add("relation-missing", parts.name(part), message, element.get("ref", ""))
            else:
                _check_target(parts, flaws, part, relation)


def _check_target(parts: Parts, flaws: Flaws, owner: str, relation: Relation) -> None:
    if not relation.external and not relation.target.upper().endswith("NULL") and not parts.has(relation.target):
        name = parts.name(parts.relations_part(owner))
        flaws.add("target-missing", name, f"the part {relation.target} is missing from the file.")


def _check_relations(parts: Parts, flaws: Flaws, part: str) -> None:
    tree = parts.tree(part)
    if tree is None:
        return
    folder, file = posixpath.split(part)
    owner = posixpath.join(posixpath.dirname(folder), file[: -len(".rels")])
    ids = Counter(item.get("Id", "") for item in children(tree, "Relationship"))
    for id_, times in ids.items():
        if times > 1:
            flaws.add("relation-twice", parts.name(part), f"the relationship {id_} is there {times} times.")
    for relation in parts.relations(owner):
        if relation.kind in _UNASKED or not owner:
            _check_target(parts, flaws, owner, relation)
        wanted = _TYPE_OF.get(relation.kind)
        given = parts.type_of(relation.target) if not relation.external and parts.has(relation.target) else ""
        if wanted and given and not given.endswith(wanted):
            name = parts.name(relation.target)
            flaws.add("content-type-wrong", name, f"the part is a {relation.kind}, but is typed as {given}.")


_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d:\d\d)?)?)?)?")


def _check_properties(parts: Parts, flaws: Flaws, part: str) -> None:
    """The file's properties: each once, dates as W3CDTF (ECMA-376 part 2, 11.3); Excel repairs others."""
    tree = parts.tree(part)
    if tree is None or kind_of(tree) != "coreProperties":
        return
    for name, times in Counter(kind_of(item) for item in tree).items():
        if times > 1:
            flaws.add("properties", parts.name(part), f"the property {name} is given {times} times.")
    for item in tree:
        text = (item.text or "").strip()
        if kind_of(item) in ("created", "modified") and text and not _DATE.fullmatch(text):
            flaws.add(
                "properties", parts.name(part), f"the property {kind_of(item)} holds {text!r}, which is no time."
            )

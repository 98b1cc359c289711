"""The workbook part: its sheets, and what stands for the whole workbook (ECMA-376 part 1, 18.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import child, inside, kind_of, number, ordered, words
from workbook_cms.file.soundness.parts import Parts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Tab", "check_book", "tabs", "workbook_part"]

_SEQUENCE: Final = words(
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr "
    "smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst"
)
_SHEETS: Final = ("worksheet", "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")
_FORBIDDEN = re.compile(r"[\\/?*\[\]:\x00-\x1f]")
_MAX_SHEET_ID: Final = 65_534


@dataclass(frozen=True)
class Tab:
    """A sheet as the workbook part lists it: its name, its number, its relationship and the part it leads to."""

    name: str
    number: int
    relation: str
    kind: str
    part: str
    hidden: bool


def workbook_part(parts: Parts) -> str:
    """The workbook part, "" where the file names none."""
    return next((item.target for item in parts.relations("") if item.kind == "officeDocument"), "")


def tabs(parts: Parts, part: str) -> list[Tab]:
    """All sheets in the order of the tabs."""
    tree = parts.tree(part) if part else None
    if tree is None:
        return []
    relations = {item.id: item for item in parts.relations(part)}
    found = []
    for item in inside(tree, "sheets"):
        key = next((value for name, value in item.items() if name.endswith("}id")), "")
        relation = relations.get(key)
        found.append(
            Tab(
                item.get("name", ""),
                number(item.get("sheetId"), -1),
                key,
                relation.kind if relation else "",
                relation.target if relation else "",
                item.get("state", "visible") != "visible",
            )
        )
    return found


def check_book(parts: Parts, flaws: Flaws, part: str) -> None:
    """The workbook part but its names."""
    tree = parts.tree(part) if part else None
    if tree is None or kind_of(tree) != "workbook":
        if tree is not None or not part or not parts.has(part):
            flaws.add("no-workbook", part, "the part that describes the workbook is missing.")
        return
    name = parts.name(part)
    if late := ordered(tree, _SEQUENCE):
        flaws.add("workbook-order", name, f"<{late}> stands in the wrong place.")
    found = tabs(parts, part)
    if not found:
        flaws.add("no-sheet", name, "the workbook lists no sheet.")
        return
    _sheets(found, flaws, name)
    if all(tab.hidden for tab in found):
        flaws.add("all-hidden", name, "all sheets are hidden, which Excel does not allow.")
    for view in inside(tree, "bookViews"):
        for key in ("activeTab", "firstSheet"):
            if not 0 <= number(view.get(key), 0) < len(found):
                flaws.add("active-tab", name, f"{key} is {view.get(key)}, but there are {len(found)} sheets.")
    _caches(parts, tree, flaws, part)


def _sheets(found: list[Tab], flaws: Flaws, name: str) -> None:
    names: set[str] = set()
    numbers: set[int] = set()
    relations: set[str] = set()
    for tab in found:
        if not 0 < len(tab.name) <= 31 or _FORBIDDEN.search(tab.name) or tab.name[0] == "'" or tab.name[-1] == "'":
            flaws.add("sheet-name", name, f"{tab.name!r} is no name that Excel takes for a sheet.")
        if tab.name.lower() == "history":
            flaws.add("sheet-name", name, "Excel keeps the sheet name History for itself.")
        if tab.name.lower() in names:
            flaws.add("sheet-name-twice", name, f"two sheets are called {tab.name}.")
        if not 0 < tab.number <= _MAX_SHEET_ID:
            flaws.add("sheet-id", name, f"the sheet {tab.name} has no valid number.")
        elif tab.number in numbers:
            flaws.add("sheet-id-twice", name, f"the sheet {tab.name} has the number of another sheet.")
        if tab.kind not in _SHEETS:
            flaws.add("sheet-part", name, f"the sheet {tab.name} leads to no part that holds a sheet.")
        if tab.relation and tab.relation in relations:
            flaws.add("sheet-part-twice", name, f"the sheet {tab.name} has the part of another sheet.")
        names.add(tab.name.lower())
        numbers.add(tab.number)
        relations.add(tab.relation)


def _caches(parts: Parts, tree: Element, flaws: Flaws, part: str) -> None:
    """Pivot caches have numbers of their own, and every pivot table of a sheet asks for one that is there."""
    group = child(tree, "pivotCaches")
    caches = [item.get("cacheId", "") for item in group] if group is not None else []
    for cache in {item for item in caches if caches.count(item) > 1}:
        flaws.add("pivot-cache", parts.name(part), f"the pivot cache {cache} is there twice.")
    for tab in tabs(parts, part):
        for pivot in parts.related(tab.part, "pivotTable") if tab.part else ():
            root = parts.tree(pivot)
            if root is not None and root.get("cacheId") not in caches and group is not None:
                flaws.add(
                    "pivot-cache",
                    parts.name(pivot),
                    f"the pivot table asks for cache {root.get('cacheId')}, which is not there.",
                )

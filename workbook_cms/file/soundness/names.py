"""Defined names: valid, once in their scope, and of a formula that stands (ECMA-376 part 1, 18.2.5)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.formulas import fault_of, sheets_of
from workbook_cms.file.soundness.markup import box_of, inside, number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_names", "is_name"]

_MAX_NAME: Final = 255
_NAME = re.compile(r"[^\W\d][\w.?\\]*|\\[\w.?\\]*|_[\w.?\\]*")
_R1C1 = re.compile(r"[rR]\d*(?:[cC]\d*)?|[cC]\d*")
_CELL = re.compile(r"[A-Za-z]{1,3}\d{1,7}")
_BUILT_IN: Final = "_xlnm."


def is_name(name: str) -> bool:
    """Whether Excel takes a name for a range or a table."""
    if not 0 < len(name) <= _MAX_NAME or _NAME.fullmatch(name) is None:
        return False
    # What reads as the address of a cell is none; ABCD1 and XFE1 lie outside the sheet and are names.
    return not (_CELL.fullmatch(name) and box_of(name)) and _R1C1.fullmatch(name) is None


def check_names(tree: Element, flaws: Flaws, part: str, sheets: Collection[str]) -> set[str]:
    """Look at the defined names of the workbook part; returns those of the whole workbook, in lower case.

    ``sheets`` are the names on all tabs.
    """
    known = {name.lower() for name in sheets}
    seen: set[tuple[str, str | None]] = set()
    for item in inside(tree, "definedNames"):
        name, scope, text = item.get("name", ""), item.get("localSheetId"), item.text or ""
        if (name.lower(), scope) in seen:
            flaws.add("name-twice", part, f"the name {name} is defined twice.")
        seen.add((name.lower(), scope))
        # Macros and functions written in other languages may have names that no range can have.
        foreign = any(item.get(key) in ("1", "true") for key in ("function", "vbProcedure", "xlm"))
        if not is_name(name.removeprefix(_BUILT_IN)) and not foreign:
            flaws.add("name", part, f"{name!r} is no name that Excel takes.")
        if scope is not None and not 0 <= number(scope, -1) < len(sheets):
            flaws.add("name-scope", part, f"the name {name} belongs to a sheet that is not there ({scope}).")
        if not text.strip():
            flaws.add("name-formula", part, f"the name {name} stands for nothing.")
        elif fault := fault_of(text):
            flaws.add("name-formula", part, f"the formula of the name {name} {fault}.")
        for sheet in sheets_of(text):
            # A range over several sheets may be quoted as one.
            if not all(end.lower() in known for end in sheet.split(":")):
                flaws.add("name-sheet", part, f"the name {name} speaks of the sheet {sheet}, which is not there.")
    return {name for name, scope in seen if scope is None}

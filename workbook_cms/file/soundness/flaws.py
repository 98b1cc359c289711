"""What can be wrong with a workbook file: the kinds of flaws, and the list in which they are collected."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["KINDS", "Family", "Flaw", "Flaws"]

#: So many flaws of one kind are listed for one part; a sheet may hold a million of them.
_LISTED = 50
_SINGLE_CELL = re.compile(r"[A-Z]{1,3}\d+")

Family = str
#: Families of kinds, each with what mends its flaws, in words for the person who owns the file.
REMEDIES: Final = MappingProxyType(
    {
        "parts": "Take an earlier copy of the file from the backups. If there is none: open it in Excel, let Excel "
        "repair it, read what it lists as removed, and save.",
        "workbook": "Open it in Excel, let Excel repair it, look whether all sheets and names are there, and save.",
        "styles": "Open it in Excel, let Excel repair it, look whether formats and colours are as they were, and save.",
        "cells": "Open it in Excel, let Excel repair it, look at that cell, type its value again where it is gone, "
        "and save.",
        "sheet": "Open it in Excel, let Excel repair it, look whether the sheet's dropdowns, colours, merged cells and "
        "links are there, and save.",
        "table": "Open it in Excel, let Excel repair it, look whether the table still reaches over all its rows "
        "(Table Design, Resize Table), and save.",
        "stale": "Open it in Excel and save it: Excel writes this anew.",
    }
)

#: Of these kinds Excel itself repairs nothing.
_OWN_REMEDIES: Final = MappingProxyType(
    {"crowded": "In Excel, clear formats, merged cells and links that nobody needs (Home, Clear), and save."}
)

_KINDS = """
parts     zip xml no-content-types content-type-missing content-type-wrong content-type-twice
          target-missing relation-twice relation-missing relation-wrong prefix-undeclared
          document-type macro-type properties
workbook  no-workbook no-sheet sheet-name sheet-name-twice sheet-id sheet-id-twice sheet-part sheet-part-twice
          all-hidden active-tab workbook-order name name-twice name-scope name-formula name-sheet pivot-cache
styles    styles-order font fill border parent-style number-format number-format-twice number-format-code cell-style
          cell-style-twice table-style too-many-styles conditional-style
cells     row row-limit row-style cell cell-row cell-limit cell-address cell-style-index shared-string
          shared-string-text number boolean error type inline-string text-length date value formula shared-formula
          array-formula rows-unreadable calculation-chain
sheet     crowded sheet-order columns merge merge-overlap sheet-view row-height outline link validation
          validation-formula validation-text condition condition-priority filter breaks ignored-errors table-parts
          comment comment-author anchor
table     table-range table-overlap table-merged table-header table-columns column-name column-name-twice column-id
          table-id table-name table-name-twice table-filter table-totals table-style-index table-empty table-order
          column-formula table-sort
stale     dimension string-count style-count list-count content-type-left
"""


def _kinds() -> dict[str, Family]:
    found: dict[str, Family] = {}
    family = ""
    for line in _KINDS.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            family = words.pop(0)
        found.update(dict.fromkeys(words, family))
    return found


#: Kind of flaw -> family.
KINDS: Final = MappingProxyType(_kinds())


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong with a file.

    Attributes:
        kind: What it is, one of `KINDS`.
        part: The part of the file it is in, as the file names it.
        cell: Address or range on the sheet, "" where there is none.
        message: The problem in one plain sentence without place and remedy.
    """

    kind: str
    part: str
    cell: str
    message: str

    @property
    def family(self) -> Family:
        """The family of its kind."""
        return KINDS[self.kind]

    @property
    def remedy(self) -> str:
        """What mends it, for the owner of the file."""
        return _OWN_REMEDIES.get(self.kind, REMEDIES[self.family])

    @property
    def harmless(self) -> bool:
        """Whether Excel opens the file as if nothing were wrong, and mends it when it saves."""
        return self.family == "stale"

    @property
    def one_cell(self) -> bool:
        """Whether it is the flaw of a single cell."""
        return _SINGLE_CELL.fullmatch(self.cell) is not None

    def __str__(self) -> str:
        place = f"{self.part}, {self.cell}" if self.cell else self.part
        return f"{place}: {self.message} [{self.kind}]"


class Flaws:
    """The flaws found so far, each once, and of one kind in one part no more than can be read."""

    def __init__(self) -> None:
        self._found: dict[Flaw, None] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, kind: str, part: str, message: str, cell: str = "") -> None:
        """Note a flaw."""
        if kind not in KINDS:
            raise KeyError(kind)
        self._counts[kind, part] += 1
        if self._counts[kind, part] <= _LISTED:
            self._found.setdefault(Flaw(kind, part, cell, message))

    def listed(self) -> list[Flaw]:
        """All flaws, in the order in which they were found."""
        return list(self._found)

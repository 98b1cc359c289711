"""Formulas of the cells of one sheet: their form, and that those which share one find it (18.3.1.40)."""

from __future__ import annotations

import html
from typing import Final

from workbook_cms.file.addresses import column_letters
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.formulas import fault_of
from workbook_cms.file.soundness.markup import box_of

__all__ = ["CellFormulas"]

_KINDS: Final = ("normal", "array", "dataTable", "shared")


class CellFormulas:
    """Takes the formulas of a sheet in the order of its cells."""

    def __init__(self, flaws: Flaws, part: str, partial: bool) -> None:
        self._flaws, self._part, self._partial = flaws, part, partial
        self._masters: set[str] = set()
        self._waiting: dict[str, str] = {}  # shared formula -> first cell that asks for it

    def take(self, row: int, column: int, given: dict[str, str], text: bytes, *, escaped: bool) -> None:
        """Look at one formula; ``given`` are its attributes, ``text`` is XML where ``escaped``."""
        cell = f"{column_letters(column)}{row}"
        if text:
            formula = text.decode()
            if escaped and "&" in formula:
                formula = html.unescape(formula)
            if fault := fault_of(formula):
                self._flaws.add("formula", self._part, f"the formula {fault}.", cell)
        if not given:
            return
        kind = given.get("t", "normal")
        if kind not in _KINDS:
            self._flaws.add("formula", self._part, f"the formula is of the kind {kind}, which is none.", cell)
        elif kind == "shared":
            self._shared(given, bool(text), cell)
        elif kind in ("array", "dataTable"):
            box = box_of(given.get("ref", ""))
            if box is None or not (box[0] <= column <= box[2] and box[1] <= row <= box[3]):
                self._flaws.add(
                    "array-formula", self._part, f"the formula reaches over {given.get('ref', 'no range')}.", cell
                )

    def _shared(self, given: dict[str, str], master: bool, cell: str) -> None:
        index = given.get("si", "")
        if not index.isdecimal():
            self._flaws.add("shared-formula", self._part, "the cell shares a formula without saying which.", cell)
        elif master:
            if "ref" in given and box_of(given["ref"]) is None:
                self._flaws.add("shared-formula", self._part, f"the formula is shared over {given['ref']}.", cell)
            self._masters.add(index)
        elif index not in self._masters:
            self._waiting.setdefault(index, cell)

    def finish(self) -> None:
        """Report cells that share a formula which no cell holds."""
        for index, cell in self._waiting.items():
            if index not in self._masters and not self._partial:
                self._flaws.add(
                    "shared-formula", self._part, f"the cell shares formula {index}, which no cell holds.", cell
                )

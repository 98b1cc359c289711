"""Cells with findings are coloured, and get their own colour back when the finding is gone.

What colour a marked cell had is kept in the workbook itself, so that another program, another day, puts it back. Only
cells that were marked here and still have the colour of the mark are touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from validation.findings import Finding, Severity
from workbook_cms.forms import adapter
from workbook_cms.forms.areas import Area, find_area
from workbook_cms.forms.backstage import MARKS_NAME
from workbook_cms.forms.views import Link

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["Marks"]

_COLOURS = {Severity.ERROR: "#FBD5D0", Severity.WARNING: "#FFE9B8"}
_NONE = "none"

_Place = tuple[str, str]  # sheet, cell


@dataclass(frozen=True)
class _Mark:
    """The colour a cell had, and the one it was given; as texts such as ``#FBD5D0``, or ``none``."""

    before: str
    now: str


class Marks:
    """The marks of one open workbook."""

    def __init__(self, book: xw.Book) -> None:
        """Find the block that keeps them: what is let through on save in the first row, then a row a cell.

        Raises:
            LostNameError: The workbook has none; nothing can be marked in it.
        """
        self._book = book
        self._block: Area = find_area(book, MARKS_NAME)

    @property
    def allowed(self) -> str:
        """What somebody let through on save, see `save_check.allowance`."""
        return self._block.part(0, 0).read()[0][0]

    def allow(self, allowance: str) -> None:
        """Let through on save what was found, with a reason that stands in the history."""
        with adapter.unprotected(self._block.sheet):
            self._block.part(0, 0).write([[allowance]])

    def show(self, findings: Iterable[Finding]) -> None:
        """Mark the cells of these findings, the first ones where there are very many, and unmark all others."""
        known = self._remembered()
        wanted = self._wanted(findings)
        with adapter.calls(str(self._book.name)):
            there = {str(sheet.name) for sheet in self._book.sheets}
            fresh = {place: colour for place, colour in wanted.items() if place[0] in there}
            before = {place: known[place].before if place in known else self._colour(place) for place in fresh}
            marks = {place: _Mark(before[place], colour) for place, colour in fresh.items()}
            # What is to be put back is kept before anything is coloured.
            self._remember({**known, **marks})
            changes = {place: mark for place, mark in marks.items() if known.get(place) != mark}
            gone = {place: mark for place, mark in known.items() if place not in marks and place[0] in there}
            self._paint(changes, gone)
            if marks.keys() != {**known, **marks}.keys():
                self._remember(marks)

    def _wanted(self, findings: Iterable[Finding]) -> dict[_Place, str]:
        order = list(_COLOURS)
        ranked = sorted((f for f in findings if f.severity in _COLOURS), key=lambda f: order.index(f.severity))
        found: dict[_Place, str] = {}
        for finding in ranked:
            link = Link.to(finding.cell)
            if link is not None and len(found) < self._block.height - 1:
                found.setdefault((link.sheet, link.cell), _COLOURS[finding.severity])
        return found

    def _remembered(self) -> dict[_Place, _Mark]:
        known = {}
        for address, before, now in self._block.part(1, 0, self._block.height - 1, 3).read():
            link = Link.to(address)
            if link is not None and now:
                known[link.sheet, link.cell] = _Mark(before, now)
        return known

    def _remember(self, marks: Mapping[_Place, _Mark]) -> None:
        room = self._block.height - 1
        rows = [[_address(place), mark.before, mark.now] for place, mark in marks.items()][:room]
        with adapter.unprotected(self._block.sheet):
            self._block.part(1, 0, room, 3).write(rows + [["", "", ""]] * (room - len(rows)))

    def _paint(self, changes: Mapping[_Place, _Mark], gone: Mapping[_Place, _Mark]) -> None:
        todo = [(place, mark, True) for place, mark in changes.items()]
        todo += [(place, mark, False) for place, mark in gone.items()]
        for title, group in groupby(sorted(todo, key=lambda item: item[0]), key=lambda item: item[0][0]):
            sheet = self._book.sheets[title]
            with adapter.unprotected(sheet, filtering=True):
                for (_, cell), mark, marked in group:
                    if marked:
                        sheet.range(cell).color = mark.now
                    elif _text(sheet.range(cell).color) == mark.now:  # else somebody gave it another one since
                        sheet.range(cell).color = None if mark.before == _NONE else mark.before

    def _colour(self, place: _Place) -> str:
        return _text(self._book.sheets[place[0]].range(place[1]).color)


def _text(colour: object) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour) if isinstance(colour, tuple) else _NONE


def _address(place: _Place) -> str:
    sheet, cell = place
    return f"'{sheet.replace(chr(39), chr(39) * 2)}'!{cell}"

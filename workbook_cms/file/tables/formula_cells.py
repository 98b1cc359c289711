"""Cells that hold formulas, as bytes: taken apart, put together, and formulas that cells share written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from workbook_cms.file.addresses import parse_range
from workbook_cms.file.sheets.rows import escape_formula
from workbook_cms.file.sheets.sheet import SheetXml
from workbook_cms.file.tables.references import Area, shifted

__all__ = ["FormulaCell", "SharedFormulas", "cell_at"]

_F = re.compile(rb"<f\b([^>]*?)(?:/>|>(.*?)</f>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_VALUE = re.compile(rb"<v\b[^>]*?(?:/>|>.*?</v>)", re.DOTALL)
#: What tells of a cell's value: its type, and what stands behind a value of the later versions.
_TYPE = re.compile(rb'\s(?:t|vm)="\w+"')
_ADDRESS = re.compile(rb'\sr="[A-Z]{1,3}\d+"')
_SHARED = re.compile(rb'<c\b[^>]*?\sr="([A-Z]{1,3}\d+)"[^>]*><f\b([^>]*?\bt="shared"[^>]*?)(?:/>|>([^<]*)</f>)')


@dataclass
class FormulaCell:
    """A ``<c>`` with a formula.

    Attributes:
        cell: Its bytes.
        attributes: Those of its ``<f>``: ``t``, ``ref``, ``si`` and others.
        text: The formula; "" in a cell that shares that of another.
    """

    cell: bytes
    attributes: dict[str, str]
    text: str

    @classmethod
    def of(cls, cell: bytes) -> FormulaCell | None:
        """The cell taken apart; None where it holds no formula."""
        found = _F.search(cell)
        if found is None:
            return None
        attributes = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(found[1])}
        return cls(cell, attributes, unescape((found[2] or b"").decode()))

    @property
    def kind(self) -> str:
        """``normal``, ``shared``, ``array`` or ``dataTable``."""
        return self.attributes.get("t", "normal")

    def to_bytes(self, address: str) -> bytes:
        """The cell at ``address``, with its style and without a value: the old one may be wrong by now."""
        space = {"xml:space": "preserve"} if self.text != self.text.strip() else {}
        attributes = "".join(f' {name}="{value}"' for name, value in {**self.attributes, **space}.items())
        formula = f"<f{attributes}>{escape_formula(self.text)}</f>".encode()
        start = _F.search(self.cell)
        opening, rest = self.cell[: start.start()], _VALUE.sub(b"", self.cell[start.end() :])  # type: ignore[union-attr]
        opening = _ADDRESS.sub(f' r="{address}"'.encode(), _TYPE.sub(b"", opening), count=1)
        return opening + formula + rest


class SharedFormulas:
    """The formulas of a sheet that several cells share: each group by its number, with the cell that holds its text."""

    def __init__(self, xml: SheetXml) -> None:
        """Look through all rows of a sheet."""
        self._masters: dict[str, tuple[Area, str]] = {}
        self._members: dict[str, list[Area]] = {}
        for _, start, end in xml.rows():
            row = xml.text(start, end)
            if b'"shared"' not in row:
                continue
            for match in _SHARED.finditer(row):
                attributes: Mapping[bytes, bytes] = dict(_ATTRIBUTE.findall(match[2]))
                number, place = attributes.get(b"si", b"").decode(), cell_at(match[1].decode())
                self._members.setdefault(number, []).append(place)
                if match[3]:
                    self._masters[number] = (place, unescape(match[3].decode()))

    @property
    def numbers(self) -> list[str]:
        """The numbers of the groups."""
        return list(self._masters)

    def places(self, number: str) -> list[Area]:
        """The cells of a group."""
        return self._members.get(number, [])

    def master(self, number: str) -> tuple[str, int]:
        """The formula of a group as its first cell has it, and over how many rows the group goes."""
        place, text = self._masters[number]
        return text, max(other.bottom for other in self._members[number]) - place.top + 1

    def text(self, number: str, place: Area) -> str:
        """The formula of one cell of a group, written out; "" where the group has no text."""
        if number not in self._masters:
            return ""
        master, text = self._masters[number]
        return shifted(text, place.top - master.top, place.left - master.left)


def cell_at(address: str) -> Area:
    """The one cell of an address."""
    box = parse_range(address)
    return Area(*box) if box else Area(1, 1, 1, 1)

"""Structured references such as ``Sales[[#This Row],[Net]]``, followed when a column gets another name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape as from_xml

from workbook_cms.file.addresses import unescape
from workbook_cms.file.parts import TablePart
from workbook_cms.file.sheets.edits import Raw, SheetEdit
from workbook_cms.file.sheets.rows import escape_formula
from workbook_cms.file.sheets.sheet import RowXml

__all__ = ["Rename", "renamed_cells", "renamed_part"]

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*"|'(?:[^']|'')+'!)
    |(?P<table>[^\W\d\\]?[\w.\\?]*)(?P<brackets>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])(?P<after>[\w']?)""",
    re.VERBOSE | re.DOTALL,
)
_INNER = re.compile(r"\[((?:[^\[\]']|'.)*)\]", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
#: Characters for which a single pair of brackets is not enough (Excel's rules for structured references).
_PLAIN = re.compile(r"[^\W](?:[\w ]*\w)?")
_FORMULA = re.compile(
    rb"(<(?:(?:\w+:)?f|calculatedColumnFormula|totalsRowFormula|definedName)\b[^>]*>)([^<]*\[[^<]*)(?=<)"
)


@dataclass(frozen=True)
class Rename:
    """A column of a table that gets another name."""

    table: TablePart
    old: str
    new: str

    def holds(self, part: str, column: int, row: int) -> bool:
        """Whether a cell of a sheet is one of the table's."""
        table = self.table
        return (
            part == table.sheet_part
            and table.first_col <= column <= table.last_col
            and table.first_row <= row <= table.last_row
        )

    def formula(self, formula: str, *, inside: bool) -> str:
        """A formula with the new name; ``inside`` the table its own name may be left out."""

        def token(found: re.Match[str]) -> str:
            if found["text"] is not None:
                return found[0]
            name = found["table"]
            # `[1]Sheet!A1` names another workbook.
            own = name.casefold() == self.table.name.casefold() or (not name and inside and not found["after"])
            return name + self._brackets(found["brackets"]) + found["after"] if own else found[0]

        return _TOKEN.sub(token, formula)

    def _brackets(self, brackets: str) -> str:
        content = brackets[1:-1]
        if _INNER.search(content):
            return f"[{_INNER.sub(lambda inner: f'[{self._name(inner[1])}]', content)}]"
        mark = "@" if content.startswith("@") else ""
        if content.startswith("#") or self._name(content[len(mark) :]) == content[len(mark) :]:
            return brackets
        name = self._name(content[len(mark) :])
        return f"[{mark}{name}]" if _PLAIN.fullmatch(self.new) else f"[{mark}[{name}]]"

    def _name(self, text: str) -> str:
        """The name of a column as it stands in brackets, if it is the one that changes the new one."""
        if unescape(_ESCAPED.sub(r"\1", text)).casefold() != self.old.casefold():
            return text
        return re.sub(r"([\[\]#'@])", r"'\1", self.new)


def renamed_part(xml: bytes, renames: Sequence[Rename], table: TablePart | None = None) -> bytes:
    """A part whose formulas name columns: names of the workbook, the rest of a sheet, a table part (``table``)."""

    def changed(match: re.Match[bytes]) -> bytes:
        old = new = from_xml(match[2].decode())
        for rename in renames:
            new = rename.formula(new, inside=rename.table == table)
        return match[1] + (match[2] if new == old else escape_formula(new).encode())

    return _FORMULA.sub(changed, xml)


def renamed_cells(sheet: SheetEdit, renames: Sequence[Rename]) -> None:
    """Formulas in the cells of a sheet that nothing else changes; what they come to stays."""
    for number, start, end in list(sheet.xml.rows()):
        xml = sheet.xml.text(start, end)
        if b"<f" not in xml or b"[" not in xml or sheet.is_removed(number):
            continue
        for column, cell in RowXml(xml, sheet.place).cells.items():
            if b"[" not in cell or isinstance(sheet.cells.get(number, {}).get(column), Raw):
                continue
            table = next((item.table for item in renames if item.holds(sheet.part, column, number)), None)
            new = renamed_part(cell, renames, table)
            if new != cell:
                sheet.put(number, {column: Raw(new)})

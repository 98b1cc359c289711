"""The form that the rows of one sheet have in common, as a pattern: rows of it are right, and need no second look.

Rows of a table are alike: the same columns, each with a style or two and one kind of value. A pattern made of what
some rows held takes such a row whole, several times as fast as its cells one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from workbook_cms.file.soundness.cells import ERRORS, NUMBER

__all__ = ["TEXT", "RowShapes"]

#: A text that is well-formed by itself; other entities and odd characters are left to the XML parser.
TEXT: Final = r"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+(?:&(?:amp|lt|gt|quot|apos);[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+)*+"
_ERROR: Final = "|".join(re.escape(error) for error in ERRORS)
#: What follows the style of a cell, by its kind; a shared string is taken out.
_VALUES: Final = {
    "": "/>",
    "n": f'(?: t="n")?><v>(?:{NUMBER})?</v></c>',
    "s": r' t="s"><v>(\d{1,9})</v></c>',
    "inlineStr": rf' t="inlineStr"><is><t(?: xml:space="preserve")?>{TEXT}</t></is></c>',
    "str": rf' t="str"><v(?: xml:space="preserve")?>{TEXT}</v></c>',
    "b": r' t="b"><v>[01]</v></c>',
    "e": rf' t="e"><v>(?:{_ERROR})</v></c>',
}
_CELL = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"((?: s="\d{1,5}")?)(/>|(?: t="(\w+)")?>(?!<f))')
#: A pattern is made after so many rows that had to be looked at cell by cell, from the last of them.
_MADE_AFTER: Final = (32, 512, 8192)
_ROWS: Final = 32
#: More columns, or more styles of a column, than this are no common form.
_MOST: Final = 200


@dataclass
class _Column:
    styles: set[bytes] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)


class RowShapes:
    """Learns from rows that were found right, and takes others that are like them."""

    def __init__(self) -> None:
        self._pattern: re.Pattern[bytes] | None = None
        self._columns: dict[bytes, _Column] = {}
        self._tags: set[bytes] = set()
        self._learned = 0

    def take(self, row: bytes) -> tuple[bytes, tuple[bytes | None, ...]] | None:
        """The number and the shared strings of a row of the known form, given without its closing tag."""
        found = self._pattern.fullmatch(row) if self._pattern is not None else None
        if found is None:
            return None
        number, *shared = found.groups()
        return number, tuple(shared)

    def learn(self, tag: bytes, body: bytes) -> None:
        """Note a row that is right: its attributes but the number, and its cells."""
        self._learned += 1
        if not any(0 <= due - self._learned < _ROWS for due in _MADE_AFTER):
            return
        self._tags.add(tag)
        for letters, style, end, kind in _CELL.findall(body):
            column = self._columns.setdefault(letters, _Column())
            column.styles.add(style)
            column.kinds.add("" if end == b"/>" else kind.decode() or "n")
        if self._learned in _MADE_AFTER:
            self._make()
            self._tags.clear()
            self._columns.clear()

    def _make(self) -> None:
        sizes = [len(self._columns), len(self._tags), *(len(column.styles) for column in self._columns.values())]
        if max(sizes) > _MOST or not self._columns:
            return
        tags = "|".join(re.escape(tag.decode()) for tag in sorted(self._tags))
        cells = "".join(
            rf'(?:<c r="{letters.decode()}\1"{_any(column.styles)}(?:{_values(column.kinds)}))?+'
            for letters, column in sorted(self._columns.items(), key=lambda item: (len(item[0]), item[0]))
        )
        self._pattern = re.compile(rf'\s*<row r="(\d{{1,7}})"(?:{tags})>{cells}'.encode())


def _any(styles: set[bytes]) -> str:
    return "(?:" + "|".join(re.escape(style.decode()) for style in sorted(styles, reverse=True)) + ")"


def _values(kinds: set[str]) -> str:
    return "|".join(_VALUES[kind] for kind in sorted(kinds))

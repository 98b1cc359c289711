"""One cell as an XML element: the way for rows that are not written like most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from workbook_cms.file.addresses import unescape
from workbook_cms.file.sheets.rows import MAX_TEXT
from workbook_cms.file.soundness.markup import child, children, kind_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["ERRORS", "NUMBER", "Fault", "fault_of_cell", "shown_text", "text_of", "too_long"]

#: ECMA-376 part 1, 18.17.3, and what Excel added since.
ERRORS: Final = [
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#EXTERNAL!",
    "#PYTHON!",
]
NUMBER: Final = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NUMBER = re.compile(rf"\s*(?:{NUMBER}|[-+]?INF|NaN)?\s*")
_DATE = re.compile(
    r"-?\d{4,}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[-+]\d\d:\d\d)?|T?\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?"
)
_KINDS: Final = ("n", "s", "b", "e", "str", "inlineStr", "d")
_CONTENT: Final = ("f", "v", "is", "extLst")


class Fault(NamedTuple):
    """A kind of flaw and what to say."""

    kind: str
    message: str


def text_of(item: Element) -> str:
    """The text of a string element: its own and that of its runs, no phonetic one."""
    texts = [*children(item, "t"), *(t for run in children(item, "r") for t in children(run, "t"))]
    return unescape("".join(text.text or "" for text in texts))


def too_long(text: str) -> bool:
    """Whether a text is longer than a cell takes, in the units that Excel counts in (UTF-16)."""
    return len(text) > MAX_TEXT // 2 and len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT


def shown_text(cell: Element) -> str | None:
    """The text that a cell holds by itself; None where it holds none (or a shared one)."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = child(cell, "is")
        return None if inline is None else text_of(inline)
    value = child(cell, "v")
    return unescape(value.text or "") if kind == "str" and value is not None else None


def fault_of_cell(cell: Element) -> Fault | None:
    """What is wrong with the value of a cell, None where nothing is; indexes are for the caller."""
    kind = cell.get("t", "n")
    if kind not in _KINDS:
        return Fault("type", f"the cell has the type {kind}, which is none.")
    names = [kind_of(item) for item in cell]
    places = [_CONTENT.index(name) for name in names if name in _CONTENT]
    if places != sorted(set(places)) or len(places) < len(names):
        return Fault("value", f"the cell holds {' and '.join(names)}, which do not go together.")
    found = child(cell, "v")
    value = None if found is None else found.text or ""
    if kind == "inlineStr":
        # Without anything in it, it is a blank cell to Excel; openpyxl writes empty texts so.
        if child(cell, "is") is None and value and child(cell, "f") is None:
            return Fault("inline-string", "the cell says that it holds a text, but holds something else.")
        return Fault("text-length", _TOO_LONG) if too_long(shown_text(cell) or "") else None
    if "is" in names:
        return Fault("inline-string", "the cell holds a text, but says that it does not.")
    return _fault_of_value(kind, value)


def _fault_of_value(kind: str, value: str | None) -> Fault | None:
    if kind == "n":
        return (
            None
            if value is None or _NUMBER.fullmatch(value)
            else Fault("number", f"the number reads {_cut(value)}.")
        )
    if kind == "b":
        right = value is None or value.strip() in ("0", "1", "true", "false", "")
        return None if right else Fault("boolean", f"the truth value reads {_cut(value or '')}.")
    if kind == "e":
        return None if value is None or value in ERRORS else Fault("error", f"the error reads {_cut(value)}.")
    if kind == "d":
        return None if value is None or _DATE.fullmatch(value) else Fault("date", f"the date reads {_cut(value)}.")
    if kind == "str" and value and too_long(unescape(value)):
        return Fault("text-length", _TOO_LONG)
    return None


_TOO_LONG: Final = f"the text is longer than the {MAX_TEXT:,} characters that a cell takes."


def _cut(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "...")

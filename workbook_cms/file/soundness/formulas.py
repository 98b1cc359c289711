"""Formula texts: closed brackets and quotes, and the sheets they speak of; not whether they make sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["fault_of", "sheets_of"]

MAX_FORMULA: Final = 8192
#: Texts, quoted sheet names, and the inmost square brackets of a structured reference, in which ' is the escape.
_TOKEN = re.compile(r""" "(?:[^"]|"")*" | \[(?:[^\[\]']|'.)*\] | '(?:[^']|'')*' """, re.VERBOSE | re.DOTALL)
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_FOREIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SHEET = re.compile(r"'((?:[^'\[\]]|'')+)'!|(?<![\]\w.'!:])([A-Za-z_\u00a1-\uffff][\w.\u00a1-\uffff]*)!")
_PAIRS: Final = {")": "(", "}": "{"}


def fault_of(text: str) -> str:
    """What is wrong with the form of a formula given without ``=``; "" where nothing is."""
    if len(text) > MAX_FORMULA:
        return f"is {len(text):,} characters long; Excel takes {MAX_FORMULA:,}"
    if _FOREIGN.search(text):
        return "holds a character that no formula can hold"
    if '"' in text or "'" in text or "[" in text:
        text = _TOKEN.sub("", text)
    while "[" in text and (rest := _BRACKETS.sub("", text)) != text:
        text = rest
    if '"' in text or "'" in text:
        return "has a quotation mark without its partner"
    if "[" in text or "]" in text or not _closed(text):
        return "has a bracket without its partner"
    return ""


def _closed(text: str) -> bool:
    if not any(letter in text for letter in "(){}"):
        return True
    opened: list[str] = []
    for letter in text:
        if letter in "({":
            opened.append(letter)
        elif letter in _PAIRS and (not opened or opened.pop() != _PAIRS[letter]):
            return False
    return not opened


def sheets_of(text: str) -> Iterator[str]:
    """The names of the sheets of the same workbook that a formula speaks of; ranges over sheets give both ends."""
    for quoted, plain in _SHEET.findall(_TEXT.sub('""', text)):
        yield quoted.replace("''", "'") if quoted else plain

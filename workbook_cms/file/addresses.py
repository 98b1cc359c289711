"""Addresses on a worksheet, and the escapes that texts in a workbook's parts may hold."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["column_letters", "column_number", "parse_range", "unescape"]

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")


def unescape(text: str) -> str:
    """Text with ``_xHHHH_`` turned into the characters it stands for (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


@lru_cache(maxsize=1 << 15)
def column_letters(number: int) -> str:
    """The letters of a column counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number, from 1, of a column given by letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_range(ref: str) -> tuple[int, int, int, int] | None:
    """(first column, first row, last column, last row) of a range such as ``A1:T12``, all from 1."""
    match = _RANGE.fullmatch(ref)
    if match is None:
        return None
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    return left, top, right, bottom

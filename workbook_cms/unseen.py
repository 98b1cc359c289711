"""Characters that nobody sees and that steer who prints them: control characters, marks that turn text round."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["blanked", "escaped", "replaced"]

_SUSPECT = re.compile("[^\n -~]")


def blanked(text: str) -> str:
    """Text with a blank for each of them, line ends too: for people."""
    return "".join(c if c.isprintable() else " " for c in text)


def escaped(json: str) -> str:
    r"""JSON with ``\u202e`` for each of them, which its readers make the character of again; line ends stay."""
    return replaced(json, _as_json)


def replaced(text: str, write: Callable[[int], str]) -> str:
    """Text with each of them, but for line ends, written by its number in another way."""
    return _SUSPECT.sub(lambda found: found[0] if found[0].isprintable() else write(ord(found[0])), text)


def _as_json(number: int) -> str:
    if number < 0x10000:
        return f"\\u{number:04x}"
    # RFC 8259, section 7: two of them beyond 16 bits.
    return f"\\u{0xD800 + (number - 0x10000 >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"

"""Letters and spaces: what is tidied in any text, and letters of another script that look like Latin ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["all_tidy", "is_tidy", "mixed_script_words", "tidy", "untangle"]

#: White space that is no plain space or line break, Unicode's spaces among it.
_SPACES = re.compile("[ \t\v\f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINES = re.compile(" ?(?:\r\n|[\r\n\u0085\u2028\u2029]) ?")
#: Control characters, and characters without width. The joiners U+200C and U+200D stay: Persian and emoji need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
#: A text that is tidy at a glance: printable ASCII with single spaces inside. Nearly every cell is.
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")

# Letters that look like a Latin one (Unicode confusables.txt, UTS 39, the ones keyboards give).
_LOOKS = {
    **dict(zip("АВЕЅІЈКМНОРСТУХԌԚԜаеіјорсухѕԁԛԝһӏ", "ABESIJKMHOPCTYXGQWaeijopcyxsdqwhl", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανιρυ", "ABEZHIKMNOPTYXoavipu", strict=True)),
}
_LOOKS_TABLE = str.maketrans(_LOOKS)
_WORD = re.compile(r"[^\W\d_]+")


def tidy(text: str, lines: bool = False) -> str:
    """``text`` without what nobody sees: spaces at the ends, doubled or odd spaces, control and zero-width
    characters; in Unicode normal form C. Line breaks become spaces unless ``lines``."""
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _SPACES.sub(" ", text)
    text = _LINES.sub("\n" if lines else " ", text)
    if not lines:
        text = _SPACES.sub(" ", text)
    return text.strip(" \n")


def is_tidy(text: str) -> bool:
    """Whether it is printable ASCII with single spaces, which `tidy` leaves alone (a quick test; not all tidy
    texts pass it)."""
    return _PLAIN.fullmatch(text) is not None


def all_tidy(texts: Sequence[str]) -> bool:
    """Whether all of ``texts`` are printable ASCII with single spaces: one look at all of them together."""
    joined = "\n".join(texts)
    return (
        joined.isascii()
        and joined.count("\n") == len(texts) - 1
        and not any(spot in joined for spot in ("  ", "\n ", " \n"))
        and not joined.startswith(" ")
        and not joined.endswith(" ")
        and joined.replace("\n", "").isprintable()
    )


def mixed_script_words(text: str) -> list[str]:
    """Words that mix Latin letters with look-alikes of another script, such as ``Аnna`` with a Cyrillic А."""
    if text.isascii():
        return []
    mixed = []
    for word in _WORD.findall(text):
        latin = sum(unicodedata.name(c, "").startswith("LATIN") for c in word)
        if latin and any(c in _LOOKS for c in word):
            mixed.append(word)
    return mixed


def untangle(text: str) -> str:
    """``text`` with look-alike letters in mixed words turned into the Latin letters they look like."""
    for word in mixed_script_words(text):
        text = text.replace(word, word.translate(_LOOKS_TABLE))
    return text

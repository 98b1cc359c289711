"""Names and codes spelt so that nobody on the telephone mistakes a letter.

The words are those of the radiotelephony spelling alphabet of ICAO and NATO (ICAO Annex 10, Volume II, 5.2.1.3; ITU
Radio Regulations, Appendix 14). Digits are said in plain English: customers know "nine", not "niner".
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["spelt", "spelt_words"]

_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        str.split(
            "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec "
            "Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu"
        ),
        strict=True,
    )
)
_DIGITS = dict(zip("0123456789", str.split("zero one two three four five six seven eight nine"), strict=True))
_SIGNS = {
    **dict.fromkeys("'’ʼ`´", "apostrophe"),
    **dict.fromkeys("-‐‑–—", "hyphen"),
    **{" ": "space", ".": "full stop", ",": "comma", "/": "slash", "_": "underscore", "@": "at", "&": "and"},
    **{"+": "plus", "#": "hash", "(": "bracket", ")": "bracket", ":": "colon", ";": "semicolon"},
    **{"ß": "sharp Sierra", "ẞ": "sharp Sierra", "æ": "Alfa Echo joined", "Æ": "Alfa Echo joined"},
    **{"œ": "Oscar Echo joined", "Œ": "Oscar Echo joined", "ı": "dotless India"},
    **{"þ": "thorn", "Þ": "thorn", "ð": "eth", "Ð": "eth"},
}
#: The name that Unicode gives a letter with a mark: LATIN SMALL LETTER E WITH CIRCUMFLEX AND ACUTE.
_MARKED = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER ([A-Z])(?: WITH (.+))?")
#: Letters with their signs, or digits three at a time, as people say them.
_GROUPS = re.compile(r"[0-9]{1,3}|[^0-9]+")
_LONGEST = 120


def spelt(text: str) -> str:
    """A text letter by letter: ``WT48`` becomes ``Whiskey Tango, four eight``.

    An accent is said after its letter (``Echo acute``). A character that the alphabet has no word for stands as it
    is; texts over 120 characters are cut.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))[:_LONGEST]
    return ", ".join(" ".join(map(_word, group)) for group in _GROUPS.findall(text))


def spelt_words(text: str) -> list[tuple[str, str]]:
    """Each word of a name with its spelling, a line each to read out."""
    return [(word, spelt(word)) for word in text.split()]


def _word(character: str) -> str:
    plain = _DIGITS.get(character) or _LETTERS.get(character.upper()) or _SIGNS.get(character)
    if plain:
        return plain
    marked = _MARKED.fullmatch(unicodedata.name(character, ""))
    if not marked:
        return character
    return f"{_LETTERS[marked[1]]} {(marked[2] or '').lower()}".strip()

"""Values as they are compared: without what people write in different ways, by what the field is."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["LONGEST", "compact", "fold", "normal", "phone_tails", "sound", "text_of"]

#: Longer texts are compared by their beginning: no name is longer, and comparing takes length times length.
LONGEST = 200
#: Bits of a number; Python does not write out the digits of much longer ones.
_LONGEST_NUMBER = 10_000
# Texts are folded all at once, joined by a character that no cell can hold (XML forbids it).
_BETWEEN = "\x1f"
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "_": " "}
)
#: What nobody sees in a cell: spaces, soft hyphen, zero-width characters, marks of direction, byte order mark.
_UNSEEN = (
    " \t\n\r\f\v\u00a0\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_ACCENTS = re.compile("[\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2066-\u2069'’‘`´ʹʼ]+")
_APART = re.compile(f"[^\\w{_BETWEEN}]+")
_SOUNDS = tuple(
    (re.compile(pattern.replace("BEGIN", f"(?<![^{_BETWEEN}])").replace("END", f"(?![^{_BETWEEN}])")), sounds_like)
    for pattern, sounds_like in (
        ("BEGIN[kgp](?=n)|BEGINw(?=r)|(?<=m)bEND|(?<=[a-z])gh(?![aeiou])", ""),
        ("sch|sh|ch(?=[ei])", "s"),
        ("ph|v|w", "f"),
        ("c(?=[eiy])|z", "s"),
        ("x", "ks"),
        ("dg(?=[eiy])|g(?=[eiy])", "j"),
        ("ck|c|q", "k"),
        ("th", "t"),
        ("(?<=[^\x1f])[aeiouhy]+", ""),
        ("([^\x1f])\\1+", "\\1"),
    )
)
_STREET_WORDS = {
    "street": "st", "str": "st", "strasse": "st", "road": "rd", "avenue": "ave", "av": "ave", "drive": "dr",
    "place": "pl", "court": "ct", "crescent": "cres", "cr": "cres", "lane": "ln", "terrace": "tce", "close": "cl",
    "circuit": "cct", "circle": "cir", "boulevard": "bvd", "blvd": "bvd", "highway": "hwy", "parade": "pde",
    "square": "sq", "grove": "gr", "saint": "st", "mount": "mt", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
#: Words that come and go in the names of firms, wherever they stand.
_SMALL_WORDS = frozenset(
    ("pty", "ltd", "limited", "proprietary", "inc", "incorporated", "llc", "llp", "plc", "corp", "corporation", "co",
     "company", "gmbh", "ag", "kg", "ohg", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "the", "and",
     "und", "et")
)  # fmt: skip
_EXTENSION = re.compile(rf"(?:ext\.?|extension|x|#)\s*\d+\s*(?![^{_BETWEEN}])")
_NO_DIGIT = re.compile(f"[^0-9{_BETWEEN}]+")
_ISO_DATE = re.compile(
    rf"(?<![^{_BETWEEN}])(\d{{4}})[-/.](\d\d?)[-/.](\d\d?)(?:[T ][^{_BETWEEN}]*)?(?![^{_BETWEEN}])"
)
# Other ways to write a date: 4/3/1984, 4 March 1984, March 4, 1984, 04031984.
_NUMBERS_DATE = re.compile(r"(\d\d?)[-/. ](\d\d?)[-/. ](\d{4}|\d\d)(?:[T ].*)?")
_SPACED_DATE = re.compile(r"(\d{4})[/. ]+(\d\d?)[/. ]+(\d\d?)")
_MONTH_DATE = re.compile(r"(?:(\d\d?)[. -]*)?([a-z]{3})[a-z]*[. ,-]*(?:(\d\d?),? +)?(\d{4})")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_YEARS = range(1500, 2200)
_UNIT_WORDS = frozenset(
    ["unit", "apt", "apartment", "flat", "suite", "ste", "no", "nr", "lot", "level", "floor", "shop"]
)
_LETTER_AFTER = re.compile(r"(\d) ([a-z])(?![a-z])")
_PROVIDERS_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})


def normal(values: Sequence[object], kind: Kind, *, exact: bool = False) -> list[str]:
    """Values as they are compared; see `prepare`."""
    normal_of = _EXACT.get(kind, _NORMAL[kind]) if exact else _NORMAL[kind]
    return normal_of([text_of(v) for v in values])


def fold(texts: Sequence[str]) -> list[str]:
    """Texts without case, accents, punctuation and doubled space; a text that is nothing else stays as it is.

    Unicode: NFKD and full case folding (The Unicode Standard, 3.13 and UAX 15).
    """
    if not texts:
        return []
    joined = _BETWEEN.join([t[:LONGEST].replace(_BETWEEN, " ") for t in texts]).casefold()
    if not joined.isascii():
        joined = unicodedata.normalize("NFKD", joined).casefold().translate(_LETTERS)
    joined = _APART.sub(" ", _ACCENTS.sub("", joined)).replace("_", " ")
    folded = [t.strip() for t in joined.split(_BETWEEN)]
    if "" in folded:
        folded = [new or old.strip().casefold()[:LONGEST] for new, old in zip(folded, texts, strict=True)]
    return folded


def compact(texts: Sequence[str]) -> list[str]:
    """Folded texts without any space: ``van der Berg`` and ``Vanderberg`` are one name."""
    return _BETWEEN.join(fold(texts)).replace(" ", "").split(_BETWEEN) if texts else []


def sound(texts: Sequence[str]) -> list[str]:
    """How names sound: consonants by sound class, vowels only in front, as in Metaphone but for many languages.

    After L. Philips, Hanging on the Metaphone, Computer Language 7 (1990); expects folded texts.
    """
    if not texts:
        return []
    joined = _BETWEEN.join(texts).replace(" ", "")
    for pattern, sounds_like in _SOUNDS:
        joined = pattern.sub(sounds_like, joined)
    return joined.split(_BETWEEN)


def text_of(value: object) -> str:
    """A cell as text, "" for a blank one."""
    if isinstance(value, str):
        return value if value.strip(_UNSEEN) else ""
    if isinstance(value, (dt.datetime, dt.date, np.datetime64)):
        return str(value)[:10]
    if isinstance(value, Decimal):
        value = number if (number := float(value)) == value else value.normalize()  # 1.50 is 1.5
    if isinstance(value, (float, np.floating)) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return hex(value)[2:]
    return "" if value is None or value is pd.NaT else str(value)


def _latin(texts: Sequence[str]) -> list[str]:
    """Texts in Latin letters: Анна and Anna are one name."""
    joined = _BETWEEN.join([t[:LONGEST].replace(_BETWEEN, " ") for t in texts])
    if joined.isascii() or not texts:
        return list(texts)
    # Accents are taken off before, so that only what has no Latin letter at all is transliterated.
    plain = (
        t if t.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", t)) for t in joined.split(_BETWEEN)
    )
    return [t if t.isascii() else _transliterated(t) for t in plain]


def _transliterated(text: str) -> str:
    from anyascii import anyascii  # noqa: PLC0415 - only where some text is not in Latin letters

    return anyascii(text) if any(c.isalpha() for c in text) else text


@cache
def _legal_forms() -> frozenset[str]:
    """Words of legal forms of many countries: they are left out only behind a name, since ``pc`` may be one."""
    from cleanco.termdata import terms_by_type  # noqa: PLC0415 - only where firms are compared

    terms = (term.replace(".", "") for terms in terms_by_type.values() for term in terms)
    return frozenset(word for term in fold(list(terms)) for word in term.split())


def _names(texts: Sequence[str]) -> list[str]:
    return compact(_latin(texts))


def _full_names(texts: Sequence[str]) -> list[str]:
    return [" ".join(sorted(t.split())) for t in fold(_latin(texts))]


def _organisations(texts: Sequence[str]) -> list[str]:
    out = []
    for text in fold([t.replace(".", "") for t in _latin(texts)]):
        words = text.split()
        kept = [w for w in words if w not in _SMALL_WORDS] or words
        while len(kept) > 1 and kept[-1] in _legal_forms():
            kept.pop()
        out.append(" ".join(sorted(kept)))
    return out


def _streets(texts: Sequence[str]) -> list[str]:
    return ["".join([_STREET_WORDS.get(w, w) for w in t.split()]) for t in fold(_latin(texts))]


def _street_numbers(texts: Sequence[str]) -> list[str]:
    """Numbers with what parts them: unit 3 of house 12 is ``3 12``, and not house 312."""
    words = ([w for w in t.split() if w not in _UNIT_WORDS] or [t] for t in fold(texts))
    return [_LETTER_AFTER.sub(r"\1\2", " ".join(ws)) for ws in words]


def _dates(texts: Sequence[str]) -> list[str]:
    """Dates as year, month, day in eight digits.

    Whether 4/3 is in March or April nobody can tell from one value, and need not: it stays as it is written, so that
    two dates written in one way compare, and day and month in each other's place are a level of agreement anyway.
    """
    joined = _BETWEEN.join([t[:LONGEST].strip().replace(_BETWEEN, " ") for t in texts])
    found = _ISO_DATE.sub(lambda m: f"{m[1]}{m[2]:0>2}{m[3]:0>2}", joined).split(_BETWEEN) if texts else []
    return [t if len(t) == 8 and t.isdecimal() and int(t[:4]) in _YEARS else _date_in_words(t) for t in found]


def _date_in_words(text: str) -> str:
    if not text:
        return text
    if m := _NUMBERS_DATE.fullmatch(text):
        first, second, year = m.groups()
    elif m := _SPACED_DATE.fullmatch(text):
        year, first, second = m.groups()
    elif (m := _MONTH_DATE.fullmatch(text.casefold())) and m[2] in _MONTHS.split() and bool(m[1]) != bool(m[3]):
        first, second, year = str(_MONTHS.index(m[2]) // 4 + 1), m[1] or m[3], m[4]
    elif len(text) == 8 and text.isascii() and text.isdigit() and int(text[4:]) in _YEARS:
        first, second, year = text[:2], text[2:4], text[4:]
    else:
        return text
    if len(year) == 2:
        year = ("20" if year < "30" else "19") + year
    return f"{year}{first:0>2}{second:0>2}"


def phone_tails(texts: Sequence[str]) -> list[str]:
    """The last nine digits of phone numbers; shorter numbers whole, without leading zeros; extensions left out.

    Nine digits are a number without trunk 0 or country code wherever numbers are so long (ITU-T E.164 allows 15 with
    the country's), so that ``+61 412 345 678`` and ``0412 345 678`` are one.
    """
    joined = _BETWEEN.join([t[:LONGEST].casefold().replace(_BETWEEN, " ") for t in texts])
    digits = _NO_DIGIT.sub("", _EXTENSION.sub("", joined)).split(_BETWEEN) if texts else []
    return [d.lstrip("0")[-9:] if len(d) >= 5 else d for d in digits]


def _emails(texts: Sequence[str]) -> list[str]:
    out = []
    for text in texts:
        local, at, domain = text[:LONGEST].strip().casefold().rpartition("@")
        local = local.partition("+")[0] or local
        if domain in _PROVIDERS_WITHOUT_DOTS:
            local, domain = local.replace(".", ""), "gmail.com"
        out.append(f"{local}{at}{domain}")
    return out


def _addresses(texts: Sequence[str]) -> list[str]:
    return [t.strip().casefold() for t in texts]


def _extensions(texts: Sequence[str]) -> list[str]:
    marks = (_EXTENSION.search(t.casefold()) for t in texts)
    return [p + "x" + m.group().strip() if m else p for p, m in zip(phone_tails(texts), marks, strict=True)]


_EXACT = {
    Kind.GIVEN_NAME: compact,
    Kind.FAMILY_NAME: compact,
    Kind.STREET_NUMBER: compact,
    Kind.PLACE: compact,
    Kind.EMAIL: _addresses,
    Kind.PHONE: _extensions,
    Kind.ORGANISATION: compact,
    Kind.FULL_NAME: compact,
    Kind.STREET: compact,
}
_NORMAL = {
    Kind.GIVEN_NAME: _names,
    Kind.FAMILY_NAME: _names,
    Kind.FULL_NAME: _full_names,
    Kind.ORGANISATION: _organisations,
    Kind.DATE: _dates,
    Kind.PHONE: phone_tails,
    Kind.EMAIL: _emails,
    Kind.IDENTIFIER: compact,
    Kind.STREET_NUMBER: _street_numbers,
    Kind.STREET: _streets,
    Kind.PLACE: _names,
    Kind.POSTCODE: compact,
    Kind.CATEGORY: fold,
    Kind.TEXT: fold,
}

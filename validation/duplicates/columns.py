"""A column made ready for matching: its values normalised by what the field is, once per different value."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.duplicates.known import per_value
from validation.policy import Kind, Strength

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validation.duplicates.known import Known

__all__ = [
    "FEATURES",
    "Codes",
    "Column",
    "Texts",
    "compact",
    "fold",
    "normal",
    "phone_tails",
    "prepare",
    "recode",
    "sound",
]

#: Position of each record's value among the different values of its column; -1 where blank.
Codes = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]

#: Longer texts are compared by their beginning: no name is longer, and comparing takes length times length.
LONGEST = 200
# Texts are folded all at once, joined by a character that no cell can hold (XML forbids it).
_BETWEEN = "\x1f"
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "_": " "}
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
_LEGAL_FORMS = frozenset(
    ("pty", "ltd", "limited", "proprietary", "inc", "incorporated", "llc", "llp", "plc", "corp", "corporation", "co",
     "company", "gmbh", "ag", "kg", "ohg", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "the", "and",
     "und", "et")
)  # fmt: skip
_EXTENSION = re.compile(rf"(?:ext\.?|extension|x|#)\s*\d+\s*(?![^{_BETWEEN}])")
_NO_DIGIT = re.compile(f"[^0-9{_BETWEEN}]+")
_ISO_DATE = re.compile(
    rf"(?<![^{_BETWEEN}])(\d{{4}})[-/.](\d\d?)[-/.](\d\d?)(?:[T ][^{_BETWEEN}]*)?(?![^{_BETWEEN}])"
)
_PROVIDERS_WITHOUT_DOTS = frozenset({"gmail.com", "googlemail.com"})


@dataclass(frozen=True, eq=False)
class Column:
    """One field of all records, ready to be blocked and compared.

    Attributes:
        name: The field.
        kind: What it is.
        codes: A code a record, -1 where blank.
        texts: The different values, normalised, by code.
        counts: How many records hold each of them.
        strength: The steward's word on how much it counts.
        held: Of some records of a table, how many of its records hold a value; -1 where all records are here.
        known: Of some records of a table, what is known of its values.
    """

    name: str
    kind: Kind
    codes: Codes
    texts: Texts
    counts: Codes
    strength: Strength = Strength.NORMAL
    held: int = -1
    known: Known | None = None

    @cached_property
    def filled(self) -> int:
        """Number of records with a value."""
        return self.held if self.held >= 0 else int((self.codes >= 0).sum())

    def count_of(self, texts: Texts) -> Codes:
        """How many records hold each of some values."""
        if self.known is not None:
            return self.known.count(texts)
        at = pd.Index(self.texts, dtype=object).get_indexer(pd.Index(texts, dtype=object))
        return np.where(at >= 0, np.append(self.counts, 0)[at], 0).astype(np.int64)

    @per_value
    def sounds(self) -> Texts:
        """How each value sounds, see `sound`."""
        return _array(sound(list(self.texts)))

    @per_value
    def sound_lengths(self) -> npt.NDArray[np.int64]:
        """Length of each sound."""
        return np.fromiter(map(len, self.sounds), dtype=np.int64, count=len(self.sounds))

    @per_value
    def lengths(self) -> npt.NDArray[np.int64]:
        """Length of each value in characters."""
        return np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts))

    @per_value
    def tails(self) -> Texts:
        """Last seven characters of each value."""
        return _array([t[-7:] for t in self.texts])

    @per_value
    def heads(self) -> Texts:
        """What stands before the @ of each value."""
        return _array([t.partition("@")[0] for t in self.texts])

    @per_value
    def dates(self) -> npt.NDArray[np.int64]:
        """Year, month and day of each value, one row a value; zeros where it is no date."""
        digits = np.array(
            [int(t) if len(t) == 8 and t.isascii() and t.isdigit() else 0 for t in self.texts], np.int64
        )
        return np.stack([digits // 10000, digits // 100 % 100, digits % 100], axis=1).reshape(-1, 3)


def prepare(
    values: Sequence[object] | npt.NDArray[np.object_] | pd.Series[Any],
    kind: Kind,
    name: str = "",
    strength: Strength = Strength.NORMAL,
    *,
    exact: bool = False,
) -> Column:
    """A column ready for matching.

    Args:
        values: One value a record, of any type; None, NaN, NaT and white space are blank.
        kind: What the field is; it decides how values are normalised.
        name: The field.
        strength: The steward's word on how much it counts.
        exact: Leave everything but case, accents, punctuation and spaces as it is: for rules on equal values.
    """
    cells = np.asarray(values, dtype=object)
    try:
        first, unique = pd.factorize(cells, use_na_sentinel=True)
    except TypeError:  # a value that cannot be looked up, such as a list
        first, unique = pd.factorize(np.array([_text(v) for v in cells], dtype=object))
    texts = normal(list(unique), kind, exact=exact)
    second, kept_texts = pd.factorize(_array([*texts, ""]))
    lookup = np.append(second[:-1], -1)  # the last answers for code -1
    blank = int(second[-1])
    codes = lookup[first]
    codes = np.where(codes == blank, -1, codes - (codes > blank)).astype(np.int64)
    kept = np.delete(np.asarray(kept_texts, dtype=object), blank)
    counts = np.bincount(codes[codes >= 0], minlength=len(kept)).astype(np.int64)
    return Column(name, kind, codes, kept, counts, strength)


def normal(values: Sequence[object], kind: Kind, *, exact: bool = False) -> list[str]:
    """Values as they are compared; see `prepare`."""
    normal_of = _EXACT.get(kind, _NORMAL[kind]) if exact else _NORMAL[kind]
    return normal_of([_text(v) for v in values])


def recode(texts: Sequence[str] | Texts, codes: Codes) -> Codes:
    """Codes of records by another text of their value: same text, same code; -1 where it is ""."""
    second = pd.factorize(_array([*texts, ""]))[0]
    blank = second[-1]
    return np.where(second == blank, -1, second)[codes].astype(np.int64)


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


def _array(texts: Sequence[str] | Texts) -> Texts:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (dt.datetime, dt.date, np.datetime64)):
        return str(value)[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value is pd.NaT else str(value)


def _sorted_words(texts: Sequence[str], without: frozenset[str] = frozenset()) -> list[str]:
    words = (t.split() for t in fold(texts))
    return [" ".join(sorted([w for w in ws if w not in without] or ws)) for ws in words]


def _organisations(texts: Sequence[str]) -> list[str]:
    return _sorted_words([t.replace(".", "") for t in texts], _LEGAL_FORMS)


def _streets(texts: Sequence[str]) -> list[str]:
    return ["".join([_STREET_WORDS.get(w, w) for w in t.split()]) for t in fold(texts)]


def _dates(texts: Sequence[str]) -> list[str]:
    joined = _BETWEEN.join([t[:LONGEST].strip().replace(_BETWEEN, " ") for t in texts])
    return _ISO_DATE.sub(lambda m: f"{m[1]}{m[2]:0>2}{m[3]:0>2}", joined).split(_BETWEEN) if texts else []


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
    Kind.EMAIL: _addresses,
    Kind.PHONE: _extensions,
    Kind.ORGANISATION: compact,
    Kind.FULL_NAME: compact,
    Kind.STREET: compact,
}
_NORMAL = {
    Kind.GIVEN_NAME: compact,
    Kind.FAMILY_NAME: compact,
    Kind.FULL_NAME: _sorted_words,
    Kind.ORGANISATION: _organisations,
    Kind.DATE: _dates,
    Kind.PHONE: phone_tails,
    Kind.EMAIL: _emails,
    Kind.IDENTIFIER: compact,
    Kind.STREET_NUMBER: compact,
    Kind.STREET: _streets,
    Kind.PLACE: compact,
    Kind.POSTCODE: compact,
    Kind.CATEGORY: fold,
    Kind.TEXT: fold,
}


def _half(length: int) -> int:
    return max(4, (length + 1) // 2)


#: What of a value records are brought together by, before they are compared; "" for nothing.
FEATURES: dict[str, Callable[[Sequence[str]], Sequence[str]]] = {
    "whole": lambda texts: texts,
    "given3": lambda texts: [t[:3] for t in texts],
    "family3": lambda texts: [t[:3] for t in texts],
    "given sound": sound,
    "family sound": sound,
    "identifier head": lambda texts: [t[: _half(len(t))] for t in texts],
    "identifier tail": lambda texts: [t[-_half(len(t)) :] for t in texts],
    "year": lambda texts: [t[:4] for t in texts],
    "month and day": lambda texts: [t[4:] for t in texts],
    "local": lambda texts: [t.partition("@")[0] for t in texts],
    "last digits": lambda texts: [t[-7:] for t in texts],
    "postcode": lambda texts: texts,
    "number": lambda texts: texts,
    "street4": lambda texts: [t[:4] for t in texts],
    "place4": lambda texts: [t[:4] for t in texts],
    "first word": lambda texts: [t.partition(" ")[0] for t in texts],
    "last word": lambda texts: [t.rpartition(" ")[2] for t in texts],
    "category": lambda texts: texts,
}

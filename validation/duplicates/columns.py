"""A column made ready for matching: its values normalised by what the field is, once per different value."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.duplicates.glance import Glance, names_of
from validation.duplicates.known import per_value
from validation.duplicates.nicknames import full_names_of
from validation.duplicates.normalising import normal, sound, text_of
from validation.policy import Kind, Strength

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validation.duplicates.known import Known
    from validation.duplicates.wording import Wording

__all__ = [
    "FEATURES",
    "Codes",
    "Column",
    "Texts",
    "heads_of",
    "prepare",
    "recode",
]

#: Position of each record's value among the different values of its column; -1 where blank.
Codes = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]

#: Among these alone what is one value when looked up is one text too: False is found under 0; a list cannot be looked up.
_PLAIN = frozenset(
    (str, int, float, np.float64, np.int64, type(None), type(pd.NaT), dt.date, dt.datetime, pd.Timestamp)
)
_NUMBER = re.compile(r"\d+")
_NO_DOTS = str.maketrans("", "", "._-")
#: Before the @ of addresses that every firm has: RFC 2142, and what is usual.
_OFFICES = frozenset(
    ("info", "sales", "support", "contact", "office", "admin", "mail", "email", "hello", "enquiries", "inquiries", "service",
     "marketing", "accounts", "accounting", "billing", "invoice", "hr", "jobs", "reception", "team", "help", "webmaster",
     "postmaster", "abuse", "noreply", "kontakt", "buero", "contacto", "contato", "contatti", "bonjour", "me", "home")
)  # fmt: skip


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
        wording: What its words say, where it is known; see `wording.with_wording`.
        strangers: m, u and spread by level, where strangers' values are more alike than usual; see `strangers`.
    """

    name: str
    kind: Kind
    codes: Codes
    texts: Texts
    counts: Codes
    strength: Strength = Strength.NORMAL
    held: int = -1
    known: Known | None = None
    wording: Wording | None = None
    strangers: tuple[npt.NDArray[np.float64], ...] | None = None

    @cached_property
    def filled(self) -> int:
        """Number of records with a value."""
        return self.held if self.held >= 0 else int((self.codes >= 0).sum())

    @cached_property
    def glance(self) -> Glance:
        """What is seen of the values at a glance."""
        return Glance(self.texts)

    @cached_property
    def sound_codes(self) -> Codes:
        """A code for the sound of each value."""
        return pd.factorize(self.sounds)[0]

    @cached_property
    def head_codes(self) -> Codes:
        """A code for the head of each value."""
        return pd.factorize(self.heads)[0]

    @cached_property
    def forms(self) -> npt.NDArray[np.uint64]:
        """The names that each value may stand for, see `names_of`."""
        return names_of(self.nicknames)

    @cached_property
    def _places(self) -> pd.Index[Any]:
        return pd.Index(self.texts, dtype=object)

    def count_of(self, texts: Texts) -> Codes:
        """How many records hold each of some values."""
        if self.known is not None:
            return self.known.count(texts)
        at = self._places.get_indexer(pd.Index(texts, dtype=object))
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
        """What stands before the @ of each value, without dots and dashes; of an office's address all of it."""
        return _array(heads_of(self.texts.tolist()))

    @per_value
    def endings(self) -> Texts:
        """Last four letters of each value."""
        return _array([t[-4:] for t in self.texts])

    @per_value
    def nicknames(self) -> Texts:
        """The names that each value may stand for, itself among them; None where it is no short or full form."""
        return _array([full_names_of(t) for t in self.texts])

    @per_value
    def units(self) -> npt.NDArray[np.bool_]:
        """Whether each value is a number of several parts."""
        return np.fromiter((" " in t for t in self.texts), dtype=bool, count=len(self.texts))

    @per_value
    def numbers(self) -> Texts:
        """The numbers in each value; None where it has none."""
        return _array([frozenset(found) if (found := _NUMBER.findall(t)) else None for t in self.texts])

    @per_value
    def dates(self) -> npt.NDArray[np.int64]:
        """Year, month and day of each value, one row a value; zeros where it is no date."""
        digits = np.array(
            [int(t) if len(t) == 8 and t.isascii() and t.isdigit() else 0 for t in self.texts], np.int64
        )
        return np.stack([digits // 10000, digits // 100 % 100, digits % 100], axis=1).reshape(-1, 3)


def heads_of(addresses: Sequence[str]) -> list[str]:
    """What stands before the @ of each address, without dots and dashes; of an office's address all of it."""
    heads = [address.partition("@")[0].translate(_NO_DOTS) for address in addresses]
    return [address if head in _OFFICES else head for address, head in zip(addresses, heads, strict=True)]


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
    plain = _PLAIN.issuperset(map(type, cells))
    first, unique = pd.factorize(cells if plain else _as_text(cells), use_na_sentinel=True)
    texts = normal(list(unique), kind, exact=exact)
    second, kept_texts = pd.factorize(_array([*texts, ""]))
    lookup = np.append(second[:-1], -1)  # the last answers for code -1
    blank = int(second[-1])
    codes = lookup[first]
    codes = np.where(codes == blank, -1, codes - (codes > blank)).astype(np.int64)
    kept = np.delete(np.asarray(kept_texts, dtype=object), blank)
    counts = np.bincount(codes[codes >= 0], minlength=len(kept)).astype(np.int64)
    return Column(name, kind, codes, kept, counts, strength)


def _as_text(cells: npt.NDArray[np.object_]) -> Texts:
    # A Decimal may be a blank that no comparison may touch.
    cells = _array([None if isinstance(v, Decimal) and v.is_nan() else v for v in cells])
    return _array(["" if blank else text_of(value) for value, blank in zip(cells, pd.isna(cells), strict=True)])


def recode(texts: Sequence[str] | Texts, codes: Codes) -> Codes:
    """Codes of records by another text of their value: same text, same code; -1 where it is ""."""
    second = pd.factorize(_array([*texts, ""]))[0]
    blank = second[-1]
    return np.where(second == blank, -1, second)[codes].astype(np.int64)


def _array(texts: Sequence[object] | Texts) -> Texts:
    out = np.empty(len(texts), dtype=object)
    out[:] = texts
    return out


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

"""Which records can still reach a probability with one on its way in: most are told apart by a field or two.

Each field is worth at most what its best level is worth. Fields are compared one after another, those that tell most
apart first, and only with the records that could reach what is asked for if all other fields were at their best.
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import log2
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from validation.duplicates.comparators import Level
from validation.duplicates.scoring import ADDRESS, ADDRESS_LIMITS, STRENGTHS, SWAPS, bits_of, prior_bits, share_of
from validation.duplicates.weights import PACK
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validation.duplicates.columns import Codes, Texts
    from validation.duplicates.comparators import Levels
    from validation.policy import Strength

__all__ = ["Mine", "crossed", "needed", "reaching"]

_Bits = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

#: Totals are sums of the same numbers in another order.
_ROUNDING = 1e-6
#: So many bits are certainty, as floating-point numbers go.
_CERTAIN = 50.0
#: Below the likeness from which on two names are close (see `comparators.compare_texts`), whatever the rounding.
_ALIKE = 0.89
_NONE = np.empty((0, 3))
#: Comparing names takes about twice as long as comparing anything else.
_SLOW = frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.FULL_NAME, Kind.ORGANISATION})


class Mine(NamedTuple):
    """One field of the record on its way in, and of those that it may be held against.

    Attributes:
        kind: What the field is.
        strength: The steward's word on how much it counts.
        text: The record's own value, "" where blank.
        code: Its code, -1 where blank.
        held: How many records hold it, this one among them.
        filled: How many records hold a value, this one among them.
        codes: Codes of the others' values.
        counts: How many records hold each of some values, given by code.
        texts: Values by code.
        levels: Levels of some values, given by code, all of them other ones than the record's own.
    """

    kind: Kind
    strength: Strength
    text: str
    code: int
    held: int
    filled: int
    codes: npt.NDArray[np.int32]
    counts: Callable[[npt.NDArray[np.int32]], Codes]
    texts: Texts
    levels: Callable[[npt.NDArray[np.int32]], Levels]


def needed(threshold: float, records: int) -> float:
    """Bits that all fields of a pair must come to, to reach a probability; a little less, for rounding."""
    if threshold <= 0:
        return -np.inf
    odds = log2(threshold / (1 - threshold)) if threshold < 1 else _CERTAIN
    return min(odds, _CERTAIN) - prior_bits(records) - _ROUNDING


def reaching(fields: Sequence[Mine], count: int, least: float) -> Codes:
    """Places of the records that may come to so many bits with the one on its way in; all others do not.

    Args:
        fields: The fields that are compared.
        count: How many records there are.
        least: Bits.
    """
    filled = [field for field in fields if field.code >= 0]
    bits = [_at_best(field.kind, field.strength, field.held, field.filled) for field in filled]
    codes = np.array([field.codes for field in filled], dtype=np.int32).reshape(len(filled), count)
    same, other, own = np.array([(b.same, b.other, f.code) for b, f in zip(bits, filled, strict=True)] or _NONE).T
    equal, blank = codes == own[:, None], codes < 0
    best = np.where(equal, same[:, None], np.where(blank, 0.0, other[:, None]))
    differs: npt.NDArray[np.bool_] = ~(equal | blank)
    of_address = np.array([field.kind in ADDRESS for field in filled], dtype=bool)
    address, total = best[of_address].sum(axis=0), best[~of_address].sum(axis=0)
    names = _Names(fields)
    at: Codes = np.arange(count)
    within = total + np.clip(address, *ADDRESS_LIMITS) + names.more(at) >= least
    for j in sorted(range(len(filled)), key=lambda j: -bits[j].gain):
        at, total, address = at[within], total[within], address[within]
        if not len(at):
            return at
        compared = np.flatnonzero(differs[j, at])
        if len(compared):
            less = bits[j].by_level[filled[j].levels(codes[j, at[compared]])] - bits[j].other
            (address if of_address[j] else total)[compared] += less
            within = total + np.clip(address, *ADDRESS_LIMITS) + names.more(at) >= least
        else:
            within = np.ones(len(at), dtype=bool)
    found: Codes = at[within]
    return found


class _Best(NamedTuple):
    """What a field is worth at best: where both values are the same, where they are not, and by level."""

    same: float
    other: float
    by_level: _Bits
    gain: float


@lru_cache(maxsize=4096)
def _at_best(kind: Kind, strength: Strength, held: int, filled: int) -> _Best:
    """At best, for the other value may be a more common one, with which a near agreement counts less."""
    by_level = np.array(_by_level(kind, held, filled)) * STRENGTHS[strength]
    others = by_level[_levels_of(kind)]
    other, worst = float(others.max()), float(others.min())
    gain = other - worst
    return _Best(float(by_level[Level.EXACT]), other, by_level, gain / 2 if kind in _SLOW else gain)


@lru_cache(maxsize=1024)
def _by_level(kind: Kind, count: int, filled: int) -> tuple[float, ...]:
    """Bits of two values by their level, the other value taken to be no more common than this one."""
    share = np.full(len(Level), float(share_of(kind, count, filled)))
    return tuple(bits_of(kind, np.arange(len(Level), dtype=np.int8), share, share).tolist())


@cache
def _levels_of(kind: Kind) -> list[int]:
    """Levels of two values that are not the same; what a kind does not use says nothing, as a blank one."""
    return [Level.BLANK, *(one for one in PACK[kind].levels if one not in (Level.EXACT, Level.SWAPPED))]


class _Names:
    """What given and family name may come to in each other's place."""

    def __init__(self, fields: Sequence[Mine]) -> None:
        self._crossed = crossed(fields)
        if self._crossed is not None:
            given, family = (
                next(f for f in fields if f.kind is kind) for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME)
            )
            worth = log2(SWAPS) + 2 * max(0.0, *_by_level(Kind.FAMILY_NAME, 1, given.filled + family.filled))
            times = (STRENGTHS[given.strength] + STRENGTHS[family.strength]) / 2
            # In their own places they are worth this at least.
            apart = sum(
                min(0.0, float(_at_best(one.kind, one.strength, one.held, one.filled).by_level.min()))
                for one in (given, family)
                if one.code >= 0
            )
            self._more = max(worth * times - apart, 0.0)

    def more(self, at: Codes) -> _Bits | float:
        """Bits that they may add to what they are worth in their own places."""
        return 0.0 if self._crossed is None else np.where(self._crossed[at], self._more, 0.0)


def crossed(fields: Sequence[Mine]) -> _Flags | None:
    """Which records may have given and family name in each other's place; None where none has."""
    kinds = [field.kind for field in fields]
    if Kind.GIVEN_NAME not in kinds or Kind.FAMILY_NAME not in kinds:
        return None
    given, family = fields[kinds.index(Kind.GIVEN_NAME)], fields[kinds.index(Kind.FAMILY_NAME)]
    found = _alike(given, family) | _alike(family, given)
    found &= (given.codes != given.code) & (family.codes != family.code)
    return found if found.any() else None


def _alike(mine: Mine, theirs: Mine) -> _Flags:
    """Whether their value of another field is much like mine."""
    alike = np.zeros(len(theirs.codes), dtype=bool)
    filled = np.flatnonzero(theirs.codes >= 0)
    if mine.text and len(filled):
        texts = theirs.texts[theirs.codes[filled]].tolist()
        scorer = JaroWinkler.similarity
        found = process.cdist([mine.text], texts, scorer=scorer, dtype=np.float32, score_cutoff=_ALIKE)
        alike[filled] = found[0] > 0
    return alike

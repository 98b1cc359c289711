"""Which records can still reach a probability with one on its way in: most are told apart by a field or two.

Each field is worth at most what its best level is worth. Fields are compared one after another, those that tell most
apart first, and only with the records that could reach what is asked for if all other fields were at their best.
"""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from validation.duplicates.comparators import Level
from validation.duplicates.outlines import CONDITIONS, Sort, possible
from validation.duplicates.scoring import (
    ADDRESS,
    ADDRESS_LIMITS,
    PACK,
    STRENGTHS,
    SWAPS,
    by_level,
    prior_bits,
    share_of,
)
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from validation.duplicates.columns import Codes, Texts
    from validation.duplicates.comparators import Levels
    from validation.duplicates.outlines import Outlines
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
        outline: Its outline, 0 where blank.
        outlines: Outlines of some values, given by code; of a blank one anything.
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
    outline: int
    outlines: Callable[[npt.NDArray[np.int32]], Outlines]


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
    if not filled or not count:
        return np.arange(count if least <= 0 else 0)
    bits = [
        _at_best(Sort.of(field.kind, field.text), field.strength, field.held, field.filled) for field in filled
    ]
    codes, own = np.empty((len(filled), count), dtype=np.int32), np.empty((len(filled), 1), dtype=np.int32)
    for j, field in enumerate(filled):
        codes[j], own[j] = field.codes, field.code
    other, more = _told_by_outlines(fields, filled, bits)
    equal, blank = codes == own, codes < 0
    best = np.where(equal, np.array([[one.same] for one in bits]), other)
    best[blank] = 0.0
    of_address = [field.kind in ADDRESS for field in filled]
    address, total = best[of_address].sum(axis=0), best[np.logical_not(of_address)].sum(axis=0) + more
    differs: _Flags = ~(equal | blank)
    at: Codes = _within(total, address, least).nonzero()[0]
    for j in sorted(range(len(filled)), key=lambda j: -bits[j].gain):
        if not len(at):
            return at
        compared = at[differs[j, at]]
        if len(compared):
            less = bits[j].by_level[filled[j].levels(codes[j, compared])] - other[j, compared]
            (address if of_address[j] else total)[compared] += less
            at = at[_within(total[at], address[at], least)]
    return at


def _within(total: _Bits, address: _Bits, least: float) -> _Flags:
    """Who comes to so many bits, the address limited; `numpy.clip` takes several times as long for few."""
    lowest, highest = ADDRESS_LIMITS
    found: _Flags = total + np.minimum(np.maximum(address, lowest), highest) >= least
    return found


class _Best(NamedTuple):
    """What a field is worth at best.

    Attributes:
        same: Where both values are the same.
        otherwise: Where they are not and none of the `CONDITIONS` may hold; then what each of them allows.
        by_level: By level.
        gain: How much it can tell apart.
    """

    same: float
    otherwise: tuple[float, ...]
    by_level: _Bits
    gain: float


@lru_cache(maxsize=4096)
def _at_best(sort: Sort, strength: Strength, held: int, filled: int) -> _Best:
    """At best, for the other value may be a more common one, with which a near agreement counts less."""
    bits = [one * STRENGTHS[strength] for one in _by_level(sort.kind, held, filled)]
    told = sort.levels_when()
    others = [level for level in PACK[sort.kind].levels if level not in (Level.EXACT, Level.SWAPPED)]
    always = [level for level in others if not any(level in levels for levels in told)]
    otherwise = [max((bits[level] for level in levels), default=-np.inf) for levels in (always, *told)]
    otherwise[1] = max(otherwise[:2])
    worst = min(bits[level] for level in others)
    gain = max(otherwise) - worst
    return _Best(bits[Level.EXACT], tuple(otherwise), np.array(bits), gain / 2 if sort.kind in _SLOW else gain)


def _by_level(kind: Kind, count: int, filled: int) -> list[float]:
    """Bits of two values by their level, the other value taken to be no more common than this one."""
    share = float(share_of(kind, count, filled))
    found = []
    for level, (same, other, spread) in enumerate(zip(*(one.tolist() for one in by_level(kind)), strict=True)):
        near = min(other, spread * share) if spread > 0 else other
        found.append(log2(same / (share if level == Level.EXACT else near)))
    return found


def _told_by_outlines(
    fields: Sequence[Mine], filled: Sequence[Mine], bits: Sequence[_Best]
) -> tuple[_Bits, _Bits | float]:
    """What values that are not the same are worth at best, one row a field, and names in each other's place besides."""
    rows = [(field, field) for field in filled]
    given, family = (
        next((field for field in fields if field.kind is kind), None)
        for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME)
    )
    if given is not None and family is not None:
        rows += [(one, two) for one, two in ((given, family), (family, given)) if one.code >= 0]
    own = np.array([[one.outline] for one, _ in rows], dtype="<u8")
    theirs = np.empty((len(rows), len(filled[0].codes)), dtype="<u8")
    for j, (_, two) in enumerate(rows):
        theirs[j] = two.outlines(two.codes)
    met = possible([one.kind for one, _ in rows], own, theirs)
    worth = np.array([one.otherwise for one in bits])[:, :, None]
    other = np.where(met[0][: len(bits)], worth[:, 1], worth[:, 0])
    for k in range(1, len(CONDITIONS)):
        np.maximum(other, worth[:, k + 1], out=other, where=met[k][: len(bits)])
    if given is None or family is None or len(rows) == len(bits):
        return other, 0.0
    doubtful = np.flatnonzero(met[0][len(bits) :].any(axis=0))
    swapped = doubtful[crossed(given, family, doubtful)] if len(doubtful) else doubtful
    if not len(swapped):
        return other, 0.0
    more = np.zeros(theirs.shape[1])
    more[swapped] = _swapped(given, family)
    return other, more


def _swapped(given: Mine, family: Mine) -> float:
    """Bits that given and family name in each other's place may add to what they are worth in their own."""
    worth = log2(SWAPS) + 2 * max(0.0, *_by_level(Kind.FAMILY_NAME, 1, given.filled + family.filled))
    times = (STRENGTHS[given.strength] + STRENGTHS[family.strength]) / 2
    # In their own places they are worth this at least.
    apart = sum(
        min(0.0, STRENGTHS[one.strength] * min(_by_level(one.kind, one.held, one.filled)))
        for one in (given, family)
        if one.code >= 0
    )
    return max(worth * times - apart, 0.0)


def crossed(given: Mine, family: Mine, at: Codes) -> _Flags:
    """Which of the records at some places may have given and family name in each other's place."""
    found = _alike(given, family, at) | _alike(family, given, at)
    found &= (given.codes[at] != given.code) & (family.codes[at] != family.code)
    return found


def _alike(mine: Mine, theirs: Mine, at: Codes) -> _Flags:
    """Whether their value of another field is much like mine."""
    codes = theirs.codes[at]
    alike = np.zeros(len(codes), dtype=bool)
    filled = np.flatnonzero(codes >= 0)
    if mine.text and len(filled):
        texts = theirs.texts[codes[filled]].tolist()
        found = process.cdist([mine.text], texts, scorer=JaroWinkler.similarity, score_cutoff=_ALIKE)
        alike[filled] = found[0] > 0
    return alike

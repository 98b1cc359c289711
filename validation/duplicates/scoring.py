"""What an agreement is worth: fixed weights in bits by what a field is, and the probability of a pair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from validation.duplicates.comparators import Level, compare, compare_texts
from validation.duplicates.glance import may_be_close
from validation.duplicates.households import USUAL, against_company, kept_apart
from validation.duplicates.weights import PACK, SWAPS, Weight
from validation.duplicates.wording import refined
from validation.policy import Kind, Strength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.duplicates.columns import Codes, Column
    from validation.duplicates.comparators import Levels

__all__ = [
    "ADDRESS",
    "ADDRESS_LIMITS",
    "PACK",
    "STRENGTHS",
    "SWAPS",
    "TOWN",
    "Scored",
    "Weight",
    "bits_of",
    "by_level",
    "commonness",
    "prior_bits",
    "probability_of",
    "score",
    "share_of",
    "weigh",
]

_Bits = npt.NDArray[np.float64]


#: Bits that all fields of an address may take away or add together: they come and go as one when people move.
ADDRESS_LIMITS = (-4.0, 16.0)
#: Records assumed before the table's own values are counted, so that a table of ten does not take every name for
#: a common one.
ASSUMED = 200
#: A table smaller than this is judged as one of this size: it is a sample of the people it could hold.
SMALLEST = 500

#: The town decides on the postcode, or nearly.
TOWN = frozenset({Kind.PLACE, Kind.POSTCODE})
#: Fields of which an address is made.
ADDRESS = frozenset({Kind.STREET_NUMBER, Kind.STREET, Kind.PLACE, Kind.POSTCODE})
#: Times a field's bits count, by the steward's word.
STRENGTHS = {Strength.WEAKER: 0.5, Strength.NORMAL: 1.0, Strength.STRONGER: 1.5}


@dataclass(frozen=True, eq=False)
class Scored:
    """Pairs with what every field says of them.

    Attributes:
        levels: Level of agreement, one row a pair, one column a field.
        bits: Weight of evidence in bits, same shape; limits on groups of fields are worked in.
        total: All fields and the prior together, in bits: log2 of the odds that the two are one.
    """

    levels: Levels
    bits: _Bits
    total: _Bits

    @property
    def probability(self) -> _Bits:
        """Probability that the two records are one person's."""
        return probability_of(self.total)

    def row(self, pair: int) -> tuple[Levels, _Bits, float, float]:
        """Levels, bits, total and probability of one pair."""
        total = float(self.total[pair])
        return self.levels[pair], self.bits[pair], total, 1 / (1 + 2.0 ** -min(max(total, -500), 500))


def probability_of(total: _Bits) -> _Bits:
    """Probability of odds given in bits."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(total, -500, 500))))


def prior_bits(records: int) -> float:
    """log2 of the odds that two records taken at random are one person's: 1 to the number of records."""
    return -float(np.log2(max(records, SMALLEST)))


def score(columns: Sequence[Column], left: Codes, right: Codes, prior: float, company: float = USUAL) -> Scored:
    """Score pairs of records by Fellegi and Sunter's weights.

    Args:
        columns: The fields.
        left: Position of one record of each pair.
        right: Position of the other.
        prior: log2 of the odds that two records taken at random are one, see `prior_bits`.
        company: How many pairs share a home or an office, see `households.company_kept`.
    """
    levels, bits = weigh(columns, left, right)
    close = against_company(columns, left, right, levels, bits)
    kept_apart(bits, close, prior, company)
    return Scored(levels, bits, bits.sum(axis=1) + prior)


def weigh(columns: Sequence[Column], left: Codes, right: Codes) -> tuple[Levels, _Bits]:
    """Level of each field of each pair, and its bits against a stranger."""
    levels = np.zeros((len(left), len(columns)), dtype=np.int8)
    bits = np.zeros((len(left), len(columns)))
    for j, column in enumerate(columns):
        a, b = column.codes[left], column.codes[right]
        levels[:, j] = compare(column, a, b)
        bits[:, j] = refined(column, levels[:, j], a, b, _weigh(column, levels[:, j], a, b))
    _swapped(columns, left, right, levels, bits)
    bits *= np.array([STRENGTHS[c.strength] for c in columns])
    _once(bits, [j for j, c in enumerate(columns) if c.kind in TOWN])
    _shrink(bits, [j for j, c in enumerate(columns) if c.kind in ADDRESS], *ADDRESS_LIMITS)
    return levels, bits


def commonness(column: Column) -> _Bits:
    """u of exact agreement on each value: how often another person's record holds it."""
    return share_of(column.kind, column.counts, column.filled)


def share_of(kind: Kind, counts: Codes | int, filled: int) -> _Bits:
    """How often another person's record holds a value that so many of the filled ones hold."""
    kindred = PACK[kind]
    others = (counts - 1) * kindred.shared
    return np.asarray((others + ASSUMED * kindred.levels[Level.EXACT].other) / (max(filled - 1, 0) + ASSUMED))


def _weigh(column: Column, levels: Levels, left: Codes, right: Codes) -> _Bits:
    if not len(column.texts):
        return np.zeros(len(levels))
    one, other = np.ones(len(levels)), np.ones(len(levels))
    # Most pairs differ, and it does not count then how common their values are.
    counts = by_level(column.kind)[2] > 0
    counts[Level.EXACT] = True
    at = np.flatnonzero(counts[levels])
    for common, codes in ((one, left), (other, right)):
        common[at] = share_of(column.kind, column.counts[codes[at]], column.filled)
    return bits_of(column.kind, levels, one, other, column.strangers)


def bits_of(
    kind: Kind, levels: Levels, one: _Bits, other: _Bits, weights: tuple[_Bits, ...] | None = None
) -> _Bits:
    """Bits of each pair by its level and by how common either value is; ``weights`` as `by_level` gives them."""
    same, others, spread = by_level(kind) if weights is None else weights
    bits: _Bits = np.log2(same / others)[levels]
    exact = np.flatnonzero(levels == Level.EXACT)
    bits[exact] = np.log2(same[Level.EXACT] / one[exact])
    # Most pairs differ, which says the same of common values and of rare ones.
    near = np.flatnonzero((spread > 0)[levels])
    at = levels[near]
    u = np.minimum(others[at], spread[at] * np.maximum(one[near], other[near]))
    bits[near] = np.log2(same[at] / u)
    return bits


@cache
def by_level(kind: Kind) -> tuple[_Bits, _Bits, _Bits]:
    """m, u and spread of a kind by level; of levels that it does not use such as say nothing."""
    same, other, spread = np.ones(len(Level)), np.ones(len(Level)), np.zeros(len(Level))
    for level, weight in PACK[kind].levels.items():
        same[level], other[level] = weight.same, weight.other
        spread[level] = 0 if level is Level.EXACT else weight.spread
    return same, other, spread


def _swapped(columns: Sequence[Column], left: Codes, right: Codes, levels: Levels, bits: _Bits) -> None:
    """Where neither name agrees but one stands in the other's place, that is what counts."""
    kinds = [c.kind for c in columns]
    if Kind.GIVEN_NAME not in kinds or Kind.FAMILY_NAME not in kinds:
        return
    g, f = kinds.index(Kind.GIVEN_NAME), kinds.index(Kind.FAMILY_NAME)
    agreed = [Level.EXACT, Level.CLOSE]
    weak = ~((levels[:, [g, f]] == agreed[0]) | (levels[:, [g, f]] == agreed[1])).any(axis=1)
    at = np.flatnonzero(weak)
    given, family = columns[g], columns[f]
    at = at[_may_cross(given, family, left[at], right[at]) | _may_cross(given, family, right[at], left[at])]
    crossed = [
        (given.codes[left[at]], family.codes[right[at]]),
        (given.codes[right[at]], family.codes[left[at]]),
    ]
    found = np.zeros((2, len(at)), dtype=np.int8)
    for row, (one, other) in enumerate(crossed):
        filled = np.flatnonzero((one >= 0) & (other >= 0))
        found[row, filled] = compare_texts(given.texts[one[filled]], family.texts[other[filled]])
    met = np.flatnonzero(((found == agreed[0]) | (found == agreed[1])).any(axis=0))
    if not len(met):
        return
    at = at[met]
    worth = np.full(len(at), np.log2(SWAPS))
    for row, (one, other) in enumerate(crossed):
        worth += _across(given, family, found[row, met], one[met], other[met])
    better = worth > bits[at, g] + bits[at, f]
    at, worth = at[better], worth[better]
    # The other name may be another one: then the two may be of one family.
    levels[at, g] = np.where(
        (found[:, met][:, better] == Level.DIFFERENT).any(axis=0), Level.DIFFERENT, Level.SWAPPED
    )
    levels[at, f] = Level.SWAPPED
    bits[at, g] = bits[at, f] = worth / 2


def _may_cross(given: Column, family: Column, one: Codes, other: Codes) -> npt.NDArray[np.bool_]:
    """Whether the given name of one record may be the family name of the other."""
    a, b = given.codes[one], family.codes[other]
    found = (a >= 0) & (b >= 0)
    filled = np.flatnonzero(found)
    found[filled] = may_be_close(given, family, a[filled], b[filled])
    return found


def _across(given: Column, family: Column, levels: Levels, one: Codes, other: Codes) -> _Bits:
    """Bits of a given name (code ``one``) that agrees with a family name (``other``), weighed as family names are."""
    held = given.filled + family.filled
    common = []
    for column, codes in ((given, one), (family, other)):
        different, back = np.unique(codes, return_inverse=True)
        blank = int(different[0] < 0)
        texts = column.texts[different[blank:]]
        counts = np.zeros(len(different), dtype=np.int64)
        counts[blank:] = given.count_of(texts) + family.count_of(texts)
        common.append(share_of(Kind.FAMILY_NAME, counts, held)[back.reshape(-1)])
    return bits_of(Kind.FAMILY_NAME, levels, common[0], common[1])


def _once(bits: _Bits, group: list[int]) -> None:
    """Fields of which one follows from another agree as one: together they are worth the best of them."""
    if len(group) < 2:
        return
    agreed = np.maximum(bits[:, group], 0)
    total = agreed.sum(axis=1)
    at = np.flatnonzero((agreed > 0).sum(axis=1) > 1)
    kept = agreed[at] * (agreed[at].max(axis=1) / total[at])[:, None]
    bits[at[:, None], np.array(group)] += kept - agreed[at]


def _shrink(bits: _Bits, group: list[int], least: float, most: float) -> None:
    """Work a limit on fields that come and go together into their bits, each field giving its share."""
    if not group:
        return
    total = bits[:, group].sum(axis=1)
    wanted = np.clip(total, least, most)
    at = np.flatnonzero(wanted != total)
    bits[at[:, None], np.array(group)] *= (wanted[at] / total[at])[:, None]

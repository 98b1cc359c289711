"""Who lives or works together shares almost everything: what speaks for one person against the person next to it.

Two records that share a home are either one person's or those of two who live there. Against a stranger an address
in common says a lot; against a wife, a son or a colleague it says nothing, and only what is a person's own does: the
given name, the birthday, a number. Both are reckoned with, each as often as it comes up, so that no limit is needed
from which on an address would suddenly stop to count.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from validation.duplicates.comparators import Level
from validation.duplicates.weights import PACK
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.duplicates.columns import Codes, Column
    from validation.duplicates.comparators import Levels

__all__ = [
    "NAMED",
    "NOBODY",
    "PERSON",
    "USUAL",
    "against_company",
    "company_kept",
    "kept_apart",
    "near_bits",
    "sharing",
]

_Bits = npt.NDArray[np.float64]

#: For each pair of records of one person, the pairs of two who share a home or an office: as reckoned with where the
#: records at hand are not all there are, or too few to count it.
USUAL = 0.1
#: So many pairs of one person are reckoned with before those of the table are counted.
_ASSUMED = 4.0
#: Pairs that share something with so many bits to spare, the prior taken off, share a home: chance alone explains
#: few of them.
_HOME = 3.0
#: No more pairs that share a home than this are reckoned with for each pair of one person.
_MOST = 32.0
#: Bits against a pair of which no name is known on both sides: whose of the home the two are stays open.
NOBODY = -4.0

_HOME_FIELDS = frozenset(
    {Kind.FAMILY_NAME, Kind.STREET_NUMBER, Kind.STREET, Kind.PLACE, Kind.POSTCODE, Kind.PHONE, Kind.EMAIL}
)
#: Kinds that name a person by themselves.
PERSON = frozenset({Kind.GIVEN_NAME, Kind.FULL_NAME})
#: Kinds that name a person, or the family.
NAMED = PERSON | {Kind.FAMILY_NAME}
#: Where the family name is all that names a person, others at the address mostly have another one.
_FAMILY_ALONE = {
    Level.EXACT: 0.1, Level.CLOSE: 0.02, Level.SOUND: 0.01, Level.SIMILAR: 0.05, Level.INITIAL: 0.03,
    Level.WITHIN: 0.02, Level.DIFFERENT: 0.77,
}  # fmt: skip


def against_company(columns: Sequence[Column], left: Codes, right: Codes, levels: Levels, bits: _Bits) -> _Bits:
    """Weight of evidence against somebody close by, a field: what both share anyway counts nothing.

    Args:
        columns: The fields. Without a name among them ``bits`` comes back: nobody is known apart.
        left: Position of one record of each pair.
        right: Position of the other.
        levels: Level of agreement, one row a pair, one column a field.
        bits: Weight of evidence against a stranger, same shape.
    """
    kinds = [c.kind for c in columns]
    if not any(k in NAMED or k is Kind.ORGANISATION for k in kinds):
        return bits
    # A firm is named by its own name unless one of the two records names a person too.
    person = np.zeros(len(left), dtype=bool)
    for column in columns:
        if column.kind in NAMED:
            person |= (column.codes[left] >= 0) | (column.codes[right] >= 0)
    alone = not any(k in PERSON for k in kinds)
    close = np.empty_like(bits)
    for j, column in enumerate(columns):
        own = near_bits(column.kind, alone)[levels[:, j]]
        if column.kind is Kind.ORGANISATION:
            own = np.where(person, np.minimum(own, 0), own)
        close[:, j] = own
    names = [j for j, k in enumerate(kinds) if k in NAMED or k is Kind.ORGANISATION]
    nobody = (levels[:, names] == Level.BLANK).all(axis=1)
    close[nobody, names[0]] = NOBODY
    return close


@cache
def near_bits(kind: Kind, family_alone: bool) -> _Bits:
    """Bits by level of one field against somebody close by."""
    out = np.zeros(max(Level) + 1)
    for level, weight in PACK[kind].levels.items():
        near = _FAMILY_ALONE[level] if kind is Kind.FAMILY_NAME and family_alone else weight.near
        if near is not None:
            out[level] = np.log2(weight.same / near)
    return out


def sharing(columns: Sequence[Column], bits: _Bits, close: _Bits, prior: float) -> _Bits:
    """What is asked of pairs to count those who live together: one row a pair that surely shares a home.

    Returns:
        Two columns: bits for one person and bits for somebody close by, both against a stranger, prior included.
    """
    home = [j for j, c in enumerate(columns) if c.kind in _HOME_FIELDS]
    shared = (bits[:, home] - close[:, home]).sum(axis=1) + prior
    at = np.flatnonzero(shared >= _HOME)
    one = bits[at].sum(axis=1) + prior
    return np.stack([one, one - close[at].sum(axis=1)], axis=1)


def company_kept(shared: _Bits) -> float:
    """How many pairs of two who live or work together come on each pair of one person, counted in the table.

    Args:
        shared: `sharing` of all pairs.

    The number sought is the one that makes what the pairs hold most likely, found by the usual rounds of reckoning
    with a number and counting anew (expectation and maximisation).
    """
    odds = np.exp2(np.clip(shared, -60, 60))
    company = USUAL
    for _ in range(60):
        parts = odds * (1.0, company)
        one, close_by = (parts / (1 + parts.sum(axis=1, keepdims=True))).sum(axis=0)
        company = float((close_by + _ASSUMED * USUAL) / (one + _ASSUMED))
    return min(company, _MOST)


def kept_apart(bits: _Bits, close: _Bits, prior: float, company: float) -> None:
    """Take from ``bits`` what fields add that people of one home, or firms of one house, share anyway.

    Of the odds that two records are one person's, ``2**s`` against strangers and ``2**h`` against those close by, the
    odds against both are ``1 / (2**-s + 2**-h)``; the difference is taken from the fields that it comes from.

    Args:
        bits: Weight of evidence against a stranger, one row a pair, one column a field; changed.
        close: `against_company`.
        prior: log2 of the odds that two records taken at random are one.
        company: `company_kept`.
    """
    taken = np.logaddexp2(0, bits.sum(axis=1) + prior - close.sum(axis=1) + np.log2(company))
    # What speaks against the pair stays, and no field that agrees comes to speak against it.
    excess = np.maximum(bits - np.maximum(close, 0), 0)
    total = excess.sum(axis=1)
    at = np.flatnonzero((taken > 1e-9) & (total > 0))
    bits[at] -= excess[at] * (np.minimum(taken[at], total[at]) / total[at])[:, None]

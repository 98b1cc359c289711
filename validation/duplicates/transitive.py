"""Who is one with somebody is one with all that one is: pairs that follow from two others by way of a third record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from validation.duplicates.scoring import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.duplicates.columns import Codes, Column

__all__ = ["by_way_of_others"]

#: Pairs of at least so many bits are followed: nearly certain ones (p = .97), or a chain would wander off.
LEAST = 5.0
#: A record is followed to so many others at most, the surest: more of them only say the same again.
MOST = 24
#: Chains of up to so many links times two are followed.
ROUNDS = 2

_Bits = npt.NDArray[np.float64]


def by_way_of_others(
    columns: Sequence[Column], left: Codes, right: Codes, total: _Bits, prior: float
) -> tuple[Codes, Codes, _Bits]:
    """Pairs with what follows from others worked in, and pairs that follow alone.

    With ``ab`` the odds that A and B are one by what they hold, and likewise ``ac`` and ``cb``, A, B and C make up
    one person, or two, or three. Weighing these five ways against each other, the odds of A and B being one are
    ``(ab * ac * cb + ab) / (ac + cb + 1)``: the weaker of the two links has to outweigh what speaks against the pair.

    Args:
        columns: The fields.
        left: Position of the earlier record of each pair that is known; pairs far from being one may be left out.
        right: Position of the later one.
        total: Bits of each, prior included.
        prior: log2 of the odds that two records taken at random are one.

    Returns:
        The same three, with pairs that were not known; in no order.
    """
    count = int(max(right.max(initial=-1), left.max(initial=-1))) + 1
    for _ in range(ROUNDS):
        key, ways = _two_steps(left, right, total, count)
        if not len(key):
            break
        known = left * count + right
        order = np.argsort(known)
        place = np.searchsorted(known[order], key)
        place = np.minimum(place, len(known) - 1)
        at = order[place]
        there = known[at] == key
        new = np.unique(key[~there])
        own = np.append(score(columns, new // count, new % count, prior).total, 0.0)
        direct = np.where(there, total[at], own[np.searchsorted(new, key)])
        better = _odds(direct, *ways)
        found, first = np.unique(key, return_index=True)
        best = np.maximum.reduceat(better, first)
        changed = total.copy()
        place = np.minimum(np.searchsorted(known[order], found), len(known) - 1)
        hit = known[order[place]] == found
        np.maximum.at(changed, order[place[hit]], best[hit])
        fresh = ~hit & (best > 0)
        done = not fresh.any()
        left = np.concatenate([left, found[fresh] // count])
        right = np.concatenate([right, found[fresh] % count])
        total = np.concatenate([changed, best[fresh]])
        if done:
            break
    return left, right, total


def _odds(ab: _Bits, ac: _Bits, cb: _Bits) -> _Bits:
    return np.asarray(
        np.logaddexp2(ab + ac + cb, ab) - np.logaddexp2(np.logaddexp2(ac, cb), 0.0), dtype=np.float64
    )


def _two_steps(left: Codes, right: Codes, total: _Bits, count: int) -> tuple[Codes, tuple[_Bits, _Bits]]:
    """Pairs that two links lead to, packed and sorted, and the bits of the links."""
    sure = np.flatnonzero(total >= LEAST)
    one = np.concatenate([left[sure], right[sure]])
    other = np.concatenate([right[sure], left[sure]])
    bits = np.concatenate([total[sure], total[sure]])
    order = np.lexsort((other, -np.round(bits, 6), one))
    one, other, bits = one[order], other[order], bits[order]
    starts = np.searchsorted(one, one)
    keep = np.arange(len(one)) - starts < MOST
    one, other, bits = one[keep], other[keep], bits[keep]
    sizes = np.bincount(one, minlength=count)
    ends = np.cumsum(sizes)[one]
    keys, first, second = [np.empty(0, dtype=np.int64)], [np.empty(0)], [np.empty(0)]
    here = np.arange(len(one))
    for step in range(1, MOST):
        here = here[here + step < ends[here]]
        if not len(here):
            break
        a, b = other[here], other[here + step]
        keys.append(np.minimum(a, b) * count + np.maximum(a, b))
        first.append(bits[here])
        second.append(bits[here + step])
    key = np.concatenate(keys)
    order = np.argsort(key, kind="stable")
    return key[order], (np.concatenate(first)[order], np.concatenate(second)[order])

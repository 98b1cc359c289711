"""How rare duplicates are in a table, counted in the pairs at hand: what a pair is worth before it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["FAINTEST", "FURTHEST", "moved_prior"]

#: Pairs with fewer bits than this, prior included, are left out: all of them together hardly count.
FAINTEST = -12.0
#: Bits that the prior moves at most by what was counted: weights that fit a table badly must not carry it away.
FURTHEST = 2.0
#: The count is trusted half: fields that say the same twice make pairs look surer than they are.
_TRUST = 0.5
_ROUNDS = 60


def moved_prior(
    one: npt.NDArray[np.float64], close: npt.NDArray[np.float64], possible: float, prior: float, company: float
) -> float:
    """log2 of the odds that two records taken at random are one person's, once a table's pairs are known.

    The share of duplicates is the one that makes what the pairs hold most likely, found by reckoning with a share and
    counting anew (expectation and maximisation); half of the way there, in bits, is gone.

    Args:
        one: Bits of pairs for one person against a stranger, without the prior.
        close: Bits of the same pairs for one person against somebody close by.
        possible: Number of pairs there are at all.
        prior: What is assumed before anything is counted, in bits.
        company: Pairs that share a home for each pair of one person, see `households`.
    """
    same, beside = np.exp2(np.clip(one, -500, 500)), company * np.exp2(np.clip(one - close, -500, 500))
    share = lowest = 2.0**prior
    lowest *= 2.0 ** (-FURTHEST / _TRUST)
    for _ in range(_ROUNDS):
        odds = same * share
        found = float((odds / (1 + odds + beside * share)).sum())
        share = max(found / max(possible, 1.0), lowest)
    moved = float(np.clip(_TRUST * (np.log2(share) - prior), -FURTHEST, FURTHEST))
    return prior + round(moved, 4)  # in any order of the pairs the same

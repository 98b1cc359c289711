"""How alike strangers' values are in a whole table, where they are so much alike that likeness says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.comparators import Level, compare
from validation.duplicates.scoring import by_level
from validation.lookup.blocks import hashes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Column

__all__ = ["with_strangers"]

#: Pairs of records taken at random to see how alike strangers' values are.
_SAMPLE = 4000
#: Where one pair of strangers in so many, or more, has a level of likeness, it is counted instead of taken as usual.
#: Less is left to the pack: a misspelt London is like every London, and still mostly of the same person.
_MANY = 0.1


def with_strangers(columns: Sequence[Column]) -> list[Column]:
    """The columns, with how often strangers' values are nearly alike, where that is far more often than usual.

    Names in a row (``Test 17``, ``User 0042``), and numbers given out one after another, are all alike, so that
    likeness says little. It is counted in pairs of records drawn from all over the table, the same ones whatever
    their order; what chance or a duplicate among them explains is taken off (two standard deviations, and two pairs a
    record).
    """
    return [_with_strangers(column) for column in columns]


def _with_strangers(column: Column) -> Column:
    if column.filled < 2:
        return column
    left, right = _drawn(column)
    met = np.bincount(compare(column, left, right), minlength=len(Level))
    seen = (met - 2 * np.sqrt(met)) / len(left) - 2 / column.filled
    same, other, spread = by_level(column.kind)
    more = (seen > other) & (seen >= _MANY)
    more[[Level.BLANK, Level.DIFFERENT, Level.EXACT]] = False  # how often values are the same is counted for each
    if not more.any():
        return column
    raised = np.where(more, seen, other)
    raised[Level.DIFFERENT] = max(other[Level.DIFFERENT] - (raised - other).sum(), same[Level.DIFFERENT])
    return replace(column, strangers=(same, raised, spread * raised / other))


def _drawn(column: Column) -> npt.NDArray[np.int64]:
    """Values of pairs of records, drawn evenly: of one record each, then of the other.

    Of many different values those whose hashes come first stand for all. The places follow M. Roberts' sequence R2,
    which fills the square evenly (The Unreasonable Effectiveness of Quasirandom Sequences, 2018).
    """
    hashes = hashes_of(column.texts.tolist())
    some = np.argpartition(hashes, _SAMPLE)[:_SAMPLE] if len(hashes) > _SAMPLE else np.arange(len(hashes))
    some = some[np.argsort(hashes[some], kind="stable")]
    ends = np.cumsum(column.counts[some])
    places = (np.arange(1, _SAMPLE + 1) * np.array([[0.7548776662466927], [0.5698402909980532]])) % 1
    drawn: npt.NDArray[np.int64] = some[np.searchsorted(ends, (places * ends[-1]).astype(np.int64), side="right")]
    return drawn

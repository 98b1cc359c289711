"""What the words of names say: a rare word in common says much, "university" or "company" little."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.duplicates.comparators import Level
from validation.duplicates.keys import has_few
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.duplicates.columns import Codes, Column
    from validation.duplicates.comparators import Levels

__all__ = ["Wording", "refined", "with_wording"]

_Bits = npt.NDArray[np.float64]
_Words = npt.NDArray[np.int32]

#: So many of the rarest words of a name are looked at.
MOST = 10
#: So many of them, if another name has them too, bring records together.
LEADING = 4
#: Names that words are counted among at least: a table of few is a sample of those it could hold.
SMALLEST = 500
#: Of a word that nobody else has, how many others are reckoned with: half a name.
_UNSEEN = 0.5
#: Each further word in common counts that much of the one before, for words go together: New York, First National
#: Bank. Less where an address or a number can tell two branches of one firm, or two firms of one family, apart.
_DAMPED, _DAMPED_BESIDE = 0.7, 0.5
#: Share of what the poorer of two names says that words in common have to say, to count where the names differ.
_MOSTLY = 0.6
#: Bits that the way two names agree adds to what the words in common say: how much more often it comes up among
#: names of one than among names of two that happen to share these words.
_EXACT, _CLOSE, _WHOLE, _MOST_OF_BOTH, _MOST_OF_ONE = 3.3, 0.8, -1.5, -0.5, -2.5
#: Bits that a misspelt word loses.
_MISSPELT = 2.0


@dataclass(frozen=True, eq=False)
class Wording:
    """The words of a column's values.

    Attributes:
        words: By value its rarest words, rarest first; -1 where there are no more.
        worth: By word the bits that it says where two different values have it.
        alone: By value the bits that all its words say together, where no other value is like it.
        damped: What each further word in common counts of the one before.
    """

    words: _Words
    worth: _Bits
    alone: _Bits
    damped: float

    @property
    def leading(self) -> list[_Words]:
        """By value its rarest words that another value has too: an array for the first, the second and so on."""
        several = np.bincount(self.words[self.words >= 0], minlength=len(self.worth)) > 1
        told = np.where((self.words >= 0) & several[self.words], self.words, np.iinfo(np.int32).max)
        order = np.argsort(told == np.iinfo(np.int32).max, axis=1, kind="stable")[:, :LEADING]
        first = np.take_along_axis(self.words, order, axis=1)
        first = np.where(np.take_along_axis(told, order, axis=1) == np.iinfo(np.int32).max, -1, first)
        return list(first.T)

    def in_common(self, left: Codes, right: Codes) -> tuple[_Bits, _Bits, _Bits, _Bits, Codes]:
        """Of pairs of values: what the words in common say in bits, together and added up; what all words of either do.

        The last array is how many words they have in common.
        """
        one, other = self.words[left], self.words[right]
        worth = np.append(self.worth, 0.0)
        together, added, weight = np.zeros(len(left)), np.zeros(len(left)), np.ones(len(left))
        count = np.zeros(len(left), dtype=np.int64)
        for k in range(one.shape[1]):
            word = one[:, k]
            shared = ((word[:, None] == other).any(axis=1)) & (word >= 0)
            said = np.where(shared, worth[word], 0.0)
            together += said * weight
            added += said
            count += shared
            weight = np.where(shared, weight * self.damped, weight)
        return together, added, worth[one].sum(axis=1), worth[other].sum(axis=1), count


def with_wording(columns: Sequence[Column]) -> list[Column]:
    """The columns, those whose words say something with their words: firms, and texts where nothing names a record."""
    kinds = [column.kind for column in columns]
    named = any(kind in _NAMING for kind in kinds)
    damped = _DAMPED if has_few(kinds) else _DAMPED_BESIDE
    return [
        replace(column, wording=_wording(column, damped))
        if len(column.texts) and (column.kind is Kind.ORGANISATION or (column.kind is Kind.TEXT and not named))
        else column
        for column in columns
    ]


def _wording(column: Column, damped: float) -> Wording:
    split = [list(dict.fromkeys(text.split())) for text in column.texts]
    sizes = np.fromiter(map(len, split), dtype=np.int64, count=len(split))
    flat = np.empty(int(sizes.sum()), dtype=object)
    flat[:] = [word for words in split for word in words]
    codes, different = pd.factorize(flat)
    held = np.bincount(codes, minlength=len(different))
    names = max(len(split), SMALLEST)
    value = np.repeat(np.arange(len(split)), sizes)
    # Of each value the rarest first; words as rare as each other by the alphabet, whatever the order of records.
    rank = np.empty(len(different), dtype=np.int64)
    rank[np.lexsort((np.asarray(different, dtype=object).astype(str), held))] = np.arange(len(different))
    order = np.lexsort((rank[codes], value))
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    words = np.full((len(split), MOST), -1, dtype=np.int32)
    kept = place < MOST
    words[value[order][kept], place[kept]] = codes[order][kept]
    worth = np.log2(names / (np.maximum(held - 2, 0) + _UNSEEN))
    own = np.append(np.log2(names / (held - 1 + _UNSEEN)), 0.0)
    alone = own[words] @ damped ** np.arange(MOST)
    return Wording(words, worth, alone, damped)


def refined(column: Column, levels: Levels, left: Codes, right: Codes, bits: _Bits) -> _Bits:
    """Bits of a column's agreement, once it is known how rare the words are that two values share.

    Args:
        column: The column, with its wording.
        levels: Level of agreement of each pair.
        left: Codes of one record of each pair, -1 for blank.
        right: Codes of the other.
        bits: What the levels are worth.
    """
    wording = column.wording
    if wording is None:
        return bits
    out = bits.copy()
    same = np.flatnonzero(levels == Level.EXACT)
    out[same] = np.minimum(bits[same], wording.alone[left[same]] + _EXACT)
    at = np.flatnonzero((levels != Level.EXACT) & (levels != Level.BLANK))
    a, b = left[at], right[at]
    together, added, one, other, count = wording.in_common(a, b)
    of_one, of_both = (
        added / np.maximum(np.minimum(one, other), 1e-9),
        added / np.maximum(one + other - added, 1e-9),
    )
    way = np.select(
        [of_one >= 1 - 1e-9, of_both >= _MOSTLY, (of_one >= _MOSTLY) & (count > 1)],
        [_WHOLE, _MOST_OF_BOTH, _MOST_OF_ONE],
        -np.inf,
    )
    said = together + way
    close = levels[at] == Level.CLOSE
    known = np.maximum(together, np.minimum(wording.alone[a], wording.alone[b]) - _MISSPELT)
    out[at] = np.where(close, known + _CLOSE, np.maximum(bits[at], said))
    return out


#: Kinds that name a record.
_NAMING = frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.FULL_NAME, Kind.ORGANISATION})

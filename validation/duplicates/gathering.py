"""Pairs gathered from the blocks of a table: a part of the records at a time, so that memory does not grow with pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from validation.duplicates.keys import Key, feature_codes, in_order, key_codes, others_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from validation.duplicates.columns import Codes, Column

__all__ = ["LARGEST", "NEIGHBOURS", "SMALL", "Candidates", "Oversized", "gather"]

#: A block of more records than this is not compared each with each.
LARGEST = 60
#: In such a block each record is compared with so many neighbours to either side.
NEIGHBOURS = 8
#: In a block of more records than this whose key is only a hint (see `Key.hint`), two records are compared if they
#: agree in one more field: blocks grow with the table, and a hint that many follow says little.
SMALL = 6
#: Pairs looked at at once, before those that several keys give are taken as one.
AT_ONCE = 2_000_000

_Ranks = np.ndarray[tuple[int], np.dtype[np.int32]]
_Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Oversized:
    """A block too large to compare each record with each.

    Attributes:
        fields: Names of the fields that make its key.
        record: Position of one of its records.
        records: How many records it holds.
    """

    fields: tuple[str, ...]
    record: int
    records: int


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs worth comparing, by positions, each once; ``left`` comes before ``right`` in the table.

    ``oversized`` says which blocks were compared only in part.
    """

    left: Codes
    right: Codes
    oversized: tuple[Oversized, ...] = ()


class _Blocks(NamedTuple):
    """The blocks of one key. Records go by their rank in the order in which those alike stand near each other.

    Attributes:
        at: Records that are met, block after block, each block in order.
        low: For each record that asks, where in ``at`` those that it meets begin.
        high: Where they end; not after ``low`` where it meets none.
        crowded: For each record that asks, whether its block is so large that a hint alone says little.
        hint: Fields of which one has to agree too in a crowded block, as codes by rank; None where none has to.
    """

    at: _Ranks
    low: _Ranks
    high: _Ranks
    crowded: _Flags
    hint: list[_Ranks] | None

    def pairs(self, asking: Codes, start: int, end: int) -> tuple[Codes, Codes]:
        """Pairs of the askers from ``start`` to ``end``: by rank, the asker first."""
        many = np.maximum(self.high[start:end] - self.low[start:end], 0)
        who = np.repeat(np.arange(start, end), many)
        shift = self.low[start:end] - (np.cumsum(many, dtype=np.int64) - many)
        one, other = asking[who], self.at[np.arange(len(who)) + np.repeat(shift, many)]
        if self.hint is None:
            return one, other
        keep = ~self.crowded[who]
        doubtful = np.flatnonzero(~keep)
        one_of, other_of = one[doubtful], other[doubtful]
        agreed = np.zeros(len(doubtful), dtype=bool)
        for codes in self.hint:
            mine = codes[one_of]
            agreed |= (mine == codes[other_of]) & (mine >= 0)
        keep[doubtful] = agreed
        return one[keep], other[keep]


def gather(columns: Sequence[Column], asking: _Flags, met: _Flags) -> Iterator[Candidates]:
    """Pairs of a record that asks with one that is met and shares a block with it, part after part.

    Args:
        columns: The fields.
        asking: By position, the records that ask.
        met: By position, those that are met. Where both ask and both are met, they are a pair once.
    """
    order = in_order(columns)
    askers, records = np.flatnonzero(asking[order]), len(order)
    every = len(askers) == records and bool(met.all())
    kept, oversized = _all_blocks(columns, order, askers, met[order], every)
    meetings = np.zeros(len(askers), dtype=np.int64)
    for blocks in kept:
        meetings += np.maximum(blocks.high - blocks.low, 0)
    portion = np.cumsum(meetings) // AT_ONCE
    edges = [0, *(np.flatnonzero(np.diff(portion)) + 1).tolist(), len(askers)]
    asks = asking[order]
    for start, end in pairwise(edges):
        packed = [np.empty(0, dtype=np.int64)]
        for blocks in kept:
            one, other = blocks.pairs(askers, start, end)
            if not every:
                keep = ~asks[other] | (one < other)
                one, other = one[keep], other[keep]
            a, b = order[one], order[other]
            packed.append(np.minimum(a, b) * records + np.maximum(a, b))
        # Sorted by hand: np.unique takes five times as long on so many.
        pairs = np.sort(np.concatenate(packed))
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
        yield Candidates(pairs // records, pairs % records, oversized if start == 0 else ())


def _all_blocks(
    columns: Sequence[Column], order: Codes, askers: Codes, met: _Flags, every: bool
) -> tuple[list[_Blocks], tuple[Oversized, ...]]:
    """The blocks of every key, and those that are oversized."""
    kinds = [column.kind for column in columns]
    by_position = feature_codes(columns)
    by_rank = {part: codes[order] for part, codes in by_position.items()}
    kept, oversized = [], []
    for key, codes in key_codes(columns, by_position):
        hint = [by_rank[part] for part in others_of(kinds, key)] if key.hint else None
        blocks, large = _blocks(codes[order], askers, met, every, hint)
        kept.append(blocks)
        fields = tuple(columns[j].name for j, _ in key.parts)
        oversized += [Oversized(fields, int(order[rank]), size) for rank, size in large]
    for j, column in enumerate(columns):
        if column.wording is not None:
            others = [by_rank[part] for part in others_of(kinds, Key(((j, "whole"),))) if part in by_rank]
            leading = [np.append(words, -1)[column.codes[order]] for words in column.wording.leading]
            kept += _word_blocks(leading, askers, met, every, others or None)
    return kept, tuple(oversized)


def _word_blocks(
    words: list[_Ranks], askers: Codes, met: _Flags, every: bool, hint: list[_Ranks] | None
) -> list[_Blocks]:
    """Blocks of records that share a word, wherever it stands among their rarest: one of them for each place."""
    records = max(len(words[0]), 1)
    entries = np.concatenate([word.astype(np.int64) * records + np.arange(len(word)) for word in words])
    entries = np.sort(entries[entries >= 0])
    block, at = np.divmod(entries, records)
    starts = np.flatnonzero(np.r_[True, block[1:] != block[:-1]]) if len(at) else np.zeros(1, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(at)])
    of_entry = np.repeat(np.arange(len(starts)), sizes)
    count = np.r_[0, np.cumsum(met[at]), 0]
    found = []
    for word in words:
        mine, blank = word[askers].astype(np.int64), word[askers] < 0
        place = np.minimum(np.searchsorted(entries, mine * records + askers), max(len(entries) - 1, 0))
        of = of_entry[place] if len(entries) else np.zeros(len(askers), dtype=np.int64)
        begin, end = count[starts[of]], count[starts[of] + sizes[of]]
        before, behind, large = count[place], count[place + 1], sizes[of] > LARGEST
        low = behind if every else np.where(large, np.maximum(begin, before - NEIGHBOURS), begin)
        high = np.where(blank, low, np.where(large, np.minimum(end, behind + NEIGHBOURS), end))
        found.append(
            _Blocks(
                at[met[at]].astype(np.int32), low.astype(np.int32), high.astype(np.int32), sizes[of] > SMALL, hint
            )
        )
    return found


def _blocks(
    codes: Codes, askers: Codes, met: _Flags, every: bool, hint: list[_Ranks] | None
) -> tuple[_Blocks, list[tuple[int, int]]]:
    """The blocks of a key from the records' codes by rank; rank of a record and size of each that is oversized."""
    records, filled = max(len(codes), 1), np.flatnonzero(codes >= 0)
    # Code and rank in one number: sorting these is several times as fast as a stable sort of the codes.
    block, at = np.divmod(np.sort(codes[filled] * records + filled), records)
    starts = np.flatnonzero(np.r_[True, block[1:] != block[:-1]]) if len(at) else np.zeros(1, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(at)])
    of = np.full(records, -1, dtype=np.int64)
    of[at] = np.repeat(np.arange(len(starts)), sizes)
    place = np.zeros(records, dtype=np.int64)
    place[at] = np.arange(len(at))
    of, place = of[askers], place[askers]
    start, size, blank = starts[of], sizes[of], of < 0
    # Places among the records that are met, from here on.
    count = np.r_[0, np.cumsum(met[at]), 0]
    begin, end, before, behind = count[start], count[start + size], count[place], count[place + 1]
    large = size > LARGEST
    low = behind if every else np.where(large, np.maximum(begin, before - NEIGHBOURS), begin)
    high = np.where(large, np.minimum(end, behind + NEIGHBOURS), end)
    oversized = np.unique(start[large & ~blank & (begin < end)])
    found = _Blocks(
        at[met[at]].astype(np.int32),
        low.astype(np.int32),
        np.where(blank, low, high).astype(np.int32),
        size > SMALL,
        hint,
    )
    return found, [(int(at[one]), int(sizes[np.searchsorted(starts, one)])) for one in oversized]

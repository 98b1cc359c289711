"""Which pairs are worth comparing: those that agree on one of several keys, so that work grows with the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.columns import FEATURES
from validation.duplicates.keys import in_order, key_codes, keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Codes, Column

__all__ = [
    "LARGEST",
    "NEIGHBOURS",
    "Candidates",
    "Oversized",
    "across",
    "between",
    "few",
    "within",
]

#: A block of more records than this is not compared each with each.
LARGEST = 60
#: In such a block each record is compared with so many neighbours to either side.
NEIGHBOURS = 8
#: Up to so many pairs, all are compared and no block is needed.
FEW = 500_000


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


def few(records: int) -> bool:
    """Whether so many records are compared each with each; a check and an entry answer alike."""
    return records * (records - 1) // 2 <= FEW


def within(columns: Sequence[Column]) -> Candidates:
    """Pairs of records of one table."""
    records = len(columns[0].codes) if columns else 0
    if few(records):
        left, right = np.triu_indices(records, k=1)
        return Candidates(left.astype(np.int64), right.astype(np.int64))
    neighbours = in_order(columns)
    packed, oversized = [], []
    for fields, key in key_codes(columns):
        at = neighbours[key[neighbours] >= 0]
        at = at[np.argsort(key[at], kind="stable")]
        starts, sizes = _blocks(key[at])
        packed.append(_pairs_in_blocks(at, starts, sizes, records))
        oversized += [
            Oversized(fields, int(at[starts[i]]), int(sizes[i])) for i in np.flatnonzero(sizes > LARGEST)
        ]
    return _unpack(packed, records, oversized)


def between(columns: Sequence[Column], first: int) -> Candidates:
    """Pairs with at least one of the records from position ``first`` on (those on their way in)."""
    records = len(columns[0].codes) if columns else 0
    new = np.arange(first, records, dtype=np.int64)
    if few(records):
        left, right = (a.ravel() for a in np.meshgrid(np.arange(records, dtype=np.int64), new, indexing="ij"))
        keep = left < right
        return Candidates(left[keep], right[keep])
    if len(new) == 1:
        return _with_one(columns, first)
    neighbours = in_order(columns)
    packed, oversized = [], []
    for fields, key in key_codes(columns):
        wanted = np.zeros(int(key.max(initial=-1)) + 2, dtype=bool)
        wanted[key[new]] = True
        wanted[-1] = False  # the place that code -1, a blank, looks at
        at = neighbours[wanted[key[neighbours]]]
        at = at[np.argsort(key[at], kind="stable")]
        starts, sizes = _blocks(key[at])
        pairs = _pairs_with_new(at, starts, sizes, first)
        packed.append(np.minimum(*pairs) * records + np.maximum(*pairs))
        oversized += [
            Oversized(fields, int(at[starts[i]]), int(sizes[i])) for i in np.flatnonzero(sizes > LARGEST)
        ]
    return _unpack(packed, records, oversized)


def across(columns: Sequence[Column], first: int) -> Candidates:
    """Pairs of a record of one table (those before position ``first``) with one of another (those from there on)."""
    records = len(columns[0].codes) if columns else 0
    if first * (records - first) <= FEW:
        left, right = np.divmod(np.arange(first * (records - first), dtype=np.int64), max(records - first, 1))
        return Candidates(left, right + first)
    neighbours = in_order(columns)
    packed, oversized = [], []
    for fields, key in key_codes(columns):
        at = neighbours[key[neighbours] >= 0]
        at = at[np.argsort(key[at], kind="stable")]
        starts, sizes = _blocks(key[at])
        pairs, large = _pairs_across(at, starts, sizes, first)
        packed.append(pairs[0] * records + pairs[1])
        oversized += [Oversized(fields, int(at[starts[i]]), int(sizes[i])) for i in np.flatnonzero(large)]
    return _unpack(packed, records, oversized)


def _with_one(columns: Sequence[Column], one: int) -> Candidates:
    """Pairs of the last record with others: its blocks alone are gathered, which takes a third of the time."""
    like: dict[tuple[int, str], npt.NDArray[np.bool_]] = {}
    packed, oversized = [], []
    for key in keys_of([column.kind for column in columns]):
        if any(columns[j].codes[one] < 0 for j, _ in key.parts):
            continue
        if key.either_way:
            (given, _), (family, _) = key.parts
            block = _like_either_way(columns[given], columns[family], one)
        else:
            for j, name in key.parts:
                if (j, name) not in like:
                    like[j, name] = _like(columns[j], name, one)
            block = np.logical_and.reduce([like[part] for part in key.parts])
        at = np.flatnonzero(block)
        if not block[one]:
            continue  # it is blank in this feature
        if len(at) > LARGEST:
            neighbours = in_order(columns)
            at = neighbours[block[neighbours]]
            oversized.append(Oversized(tuple(columns[j].name for j, _ in key.parts), int(at[0]), len(at)))
        pairs = _pairs_with_new(at, np.zeros(1, dtype=np.int64), np.array([len(at)]), one)
        packed.append(np.minimum(*pairs) * (one + 1) + np.maximum(*pairs))
    return _unpack(packed, one + 1, oversized)


def _like(column: Column, name: str, one: int) -> npt.NDArray[np.bool_]:
    """Which records are like one in a feature of their value; none where it has no such feature."""
    made = column.sounds.tolist() if name.endswith(" sound") else FEATURES[name](column.texts.tolist())
    wanted = made[column.codes[one]]
    if not wanted:
        return np.zeros(len(column.codes), dtype=bool)
    found: npt.NDArray[np.bool_] = _equal(made, wanted)[column.codes]
    return found


def _equal(texts: Sequence[str], wanted: str) -> npt.NDArray[np.bool_]:
    return np.append(np.array(texts, dtype=object) == wanted, False)  # the last answers for code -1


def _like_either_way(given: Column, family: Column, one: int) -> npt.NDArray[np.bool_]:
    """Which records have names that begin as those of one, whichever stands in front."""
    wanted = [column.texts[column.codes[one]][:3] for column in (given, family)]
    first, last = (
        [_equal(beginnings, beginning)[column.codes] for beginning in wanted]
        for column in (given, family)
        for beginnings in ([text[:3] for text in column.texts],)
    )
    found: npt.NDArray[np.bool_] = (first[0] & last[1]) | (first[1] & last[0])
    return found


def _blocks(key: Codes) -> tuple[Codes, Codes]:
    """Start and size of each run of equal values in a sorted array."""
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, dtype=np.int64)
    return starts, np.diff(np.r_[starts, len(key)])


def _pairs_in_blocks(at: Codes, starts: Codes, sizes: Codes, records: int) -> Codes:
    """Pairs of records of one block, packed: each with each, or with its neighbours in an oversized block."""
    reach = np.where(sizes > LARGEST, NEIGHBOURS, sizes - 1)
    ends, reach = np.repeat(starts + sizes, sizes), np.repeat(reach, sizes)
    here = np.arange(len(at))
    out = [np.empty(0, dtype=np.int64)]
    for step in range(1, LARGEST):
        here = here[(here + step < ends[here]) & (reach[here] >= step)]
        if not len(here):
            break
        one, other = at[here], at[here + step]
        out.append(np.minimum(one, other) * records + np.maximum(one, other))
    return np.concatenate(out)


def _pairs_with_new(at: Codes, starts: Codes, sizes: Codes, first: int) -> tuple[Codes, Codes]:
    """Each new record of a block with every other of it, or with its neighbours in an oversized block."""
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    here = np.flatnonzero(at >= first)
    low, high = start[here], start[here] + size[here]
    large = size[here] > LARGEST
    low = np.where(large, np.maximum(low, here - NEIGHBOURS), low)
    high = np.where(large, np.minimum(high, here + NEIGHBOURS + 1), high)
    many = high - low
    one = np.repeat(here, many)
    other = np.arange(len(one)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
    keep = one != other
    return at[one[keep]], at[other[keep]]


def _pairs_across(
    at: Codes, starts: Codes, sizes: Codes, first: int
) -> tuple[tuple[Codes, Codes], npt.NDArray[np.bool_]]:
    """Each later record of a block with the earlier ones, or those next to it in an oversized block; which those are."""
    earlier = np.flatnonzero(at < first)
    # Where among the earlier records a block begins and ends, and where each later record would stand.
    low, high = np.searchsorted(earlier, starts), np.searchsorted(earlier, starts + sizes)
    large = (sizes > LARGEST) & (low < high) & (high - low < sizes)
    here = np.flatnonzero(at >= first)
    block = np.repeat(np.arange(len(starts)), sizes)[here]
    place = np.searchsorted(earlier, here)
    begin = np.where(large[block], np.maximum(low[block], place - NEIGHBOURS), low[block])
    end = np.where(large[block], np.minimum(high[block], place + NEIGHBOURS), high[block])
    many = end - begin
    other = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many - begin, many)
    return (at[earlier[other]], at[np.repeat(here, many)]), large


def _unpack(packed: list[Codes], records: int, oversized: list[Oversized]) -> Candidates:
    # Sorted by hand: np.unique takes five times as long on so many.
    pairs = np.sort(np.concatenate([np.full(1, -1, dtype=np.int64), *packed]))
    pairs = pairs[1:][pairs[1:] != pairs[:-1]]
    return Candidates(pairs // records, pairs % records, tuple(oversized))

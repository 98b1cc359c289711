"""Which pairs are worth comparing: those that agree on one of several keys, so that work grows with the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.columns import FEATURES
from validation.duplicates.gathering import LARGEST, NEIGHBOURS, SMALL, Candidates, Oversized, gather
from validation.duplicates.keys import in_order, keys_of, others_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Column

__all__ = [
    "LARGEST",
    "NEIGHBOURS",
    "SMALL",
    "Candidates",
    "Oversized",
    "across",
    "between",
    "few",
    "within",
]

#: Up to so many pairs, all are compared and no block is needed.
FEW = 500_000
#: The same where a program asks once for all pairs: it may wait some seconds rather than miss one.
FEW_ASKED = 4_000_000


def few(records: int) -> bool:
    """Whether so many records are compared each with each; a check and an entry answer alike."""
    return records * (records - 1) // 2 <= FEW


def within(columns: Sequence[Column], at_most: int = FEW) -> Iterator[Candidates]:
    """Pairs of records of one table, part after part; the first part says which blocks were oversized.

    ``at_most``: up to so many pairs, all are compared.
    """
    records = len(columns[0].codes) if columns else 0
    if records * (records - 1) // 2 <= at_most:
        left, right = np.triu_indices(records, k=1)
        yield Candidates(left.astype(np.int64), right.astype(np.int64))
    else:
        every = np.ones(records, dtype=bool)
        yield from gather(columns, every, every)


def between(columns: Sequence[Column], first: int) -> Iterator[Candidates]:
    """Pairs with at least one of the records from position ``first`` on (those on their way in), as `within`."""
    records = len(columns[0].codes) if columns else 0
    if few(records):
        new = np.arange(first, records, dtype=np.int64)
        left, right = (a.ravel() for a in np.meshgrid(np.arange(records, dtype=np.int64), new, indexing="ij"))
        keep = left < right
        yield Candidates(left[keep], right[keep])
    elif records - first == 1:
        yield _with_one(columns, first)
    else:
        yield from gather(columns, np.arange(records) >= first, np.ones(records, dtype=bool))


def across(columns: Sequence[Column], first: int, at_most: int = FEW) -> Iterator[Candidates]:
    """Pairs of a record of one table (those before position ``first``) with one of another, as `within`."""
    records = len(columns[0].codes) if columns else 0
    if first * (records - first) <= at_most:
        left, right = np.divmod(np.arange(first * (records - first), dtype=np.int64), max(records - first, 1))
        yield Candidates(left, right + first)
    else:
        later = np.arange(records) >= first
        yield from gather(columns, later, ~later)


def _with_one(columns: Sequence[Column], one: int) -> Candidates:
    """Pairs of the last record with others: its blocks alone are gathered, which takes a third of the time."""
    kinds = [column.kind for column in columns]
    like: dict[tuple[int, str], npt.NDArray[np.bool_]] = {}

    def alike(part: tuple[int, str]) -> npt.NDArray[np.bool_]:
        if part not in like:
            like[part] = _like(columns[part[0]], part[1], one)
        return like[part]

    found, oversized = [np.empty(0, dtype=np.int64)], []
    for key in keys_of(kinds):
        if any(columns[j].codes[one] < 0 for j, _ in key.parts):
            continue
        if key.either_way:
            (given, _), (family, _) = key.parts
            block = _like_either_way(columns[given], columns[family], one)
        else:
            block = np.logical_and.reduce([alike(part) for part in key.parts])
        if not block[one]:
            continue  # it is blank in this feature
        at = np.flatnonzero(block)
        size = len(at)
        if size > LARGEST:
            at = _nearest(in_order(columns), block, one)
            oversized.append(Oversized(tuple(columns[j].name for j, _ in key.parts), int(at[0]), size))
        if key.hint and size > SMALL:
            others = [alike(part)[at] for part in others_of(kinds, key) if columns[part[0]].codes[one] >= 0]
            at = at[np.logical_or.reduce(others)] if others else at[:0]
        found.append(at)
    left = np.unique(np.concatenate(found))
    left = left[left != one]
    return Candidates(left, np.full(len(left), one, dtype=np.int64), tuple(oversized))


def _nearest(order: npt.NDArray[np.int64], block: npt.NDArray[np.bool_], one: int) -> npt.NDArray[np.int64]:
    """Of an oversized block the records next to one, in the order of names."""
    at = order[block[order]]
    place = int(np.flatnonzero(at == one)[0])
    return at[max(place - NEIGHBOURS, 0) : place + NEIGHBOURS + 1]


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

"""Clusters: records that are one and the same by pairs that are nearly certain, taken together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.duplicates.request import refuse_probability
from validation.duplicates.scoring import prior_bits, score

if TYPE_CHECKING:
    from validation.duplicates.columns import Column

__all__ = ["SURE", "Apart", "Cluster", "apart_by", "clusters", "for_review"]

#: Least probability of a pair that clusters are made of; below it a person decides on each pair. Measured, see
#: "Clusters" in notes-duplicates.md: what is less sure joins households and firms into one.
SURE = 0.95
#: Two records clearly differ when they are one with less than this probability ...
_UNLIKELY = 0.05
#: ... and at least so many bits speak against it: blanks leave a pair open, and open is not different.
_AGAINST = -4.0
#: Each member of a cluster is held against so many others; only those of larger ones are not held against all.
_HELD_AGAINST = 100
_NOT_SURE = "not sure enough to be taken together"
_WOULD_CHAIN = "sure, but would bring together records that clearly differ"

#: Tells of each pair, given by the labels of its records, whether the two clearly differ.
Apart = Callable[[Sequence[Any], Sequence[Any]], npt.NDArray[np.bool_]]
_Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Cluster:
    """Records that are one and the same.

    Attributes:
        members: Their labels, in order.
        chained: Pairs of members that no pair says are one: they hang together through others only.
        kept_apart: Sure pairs of a member and another record that were not followed, since that would have brought
            together records that clearly differ.
    """

    members: tuple[Any, ...]
    chained: tuple[_Pair, ...] = ()
    kept_apart: tuple[_Pair, ...] = ()


def clusters(pairs: pd.DataFrame, at_least: float = SURE, apart: Apart | None = None) -> list[Cluster]:
    """The clusters that sure pairs make: who is one with one of them is one with all.

    The answer does not depend on the order of the pairs, nor on which of the two stands left.

    Args:
        pairs: Columns ``left``, ``right`` (labels of the two records) and ``probability``.
        at_least: Least probability of a pair that is followed.
        apart: Guards against chains (A is B, B is C, and A is clearly not C): the surest pairs are followed first,
            and none that would bring together two records that clearly differ. See `apart_by`. Without it the
            members that hang together only through others are told in ``chained``, and no more.

    Returns:
        Clusters of at least two records, in the order of their first members.

    Raises:
        TypeError: ``at_least`` is no number.
        ValueError: It is no probability.
    """
    refuse_probability(at_least, "at_least")
    sure = _sure(pairs, at_least)
    known = {_pair(*ends) for ends in _ends(pairs)}
    found = _joined(sure, {})
    if apart is not None and (foes := _foes(found, known, apart)):
        found = _joined(sure, foes)
    home = {label: number for number, members in enumerate(found) for label in members}
    cut: dict[int, list[_Pair]] = {}
    for left, right in sure:
        for number in {home[left], home[right]} if home[left] != home[right] else ():
            cut.setdefault(number, []).append((left, right))
    every = [
        Cluster(tuple(members), tuple(_unknown(members, known)), tuple(sorted(cut.get(number, ()), key=_by_order)))
        for number, members in enumerate(found)
        if len(members) > 1
    ]
    return sorted(every, key=lambda cluster: _order(cluster.members[0]))


def for_review(pairs: pd.DataFrame, found: Iterable[Cluster]) -> pd.DataFrame:
    """The pairs that no cluster holds, for a person to decide on.

    Args:
        pairs: As for `clusters`.
        found: What `clusters` made of them.

    Returns:
        Those rows of ``pairs``, in their order, with a column ``reason``.
    """
    every = list(found)
    home = {label: number for number, cluster in enumerate(every) for label in cluster.members}
    cut = {ends for cluster in every for ends in cluster.kept_apart}
    ends = list(_ends(pairs))
    open_ = [home.get(left, -1) != home.get(right, -2) for left, right in ends]
    left = pairs[np.array(open_, dtype=bool)].copy()
    reasons = [
        _WOULD_CHAIN if _pair(*e) in cut else _NOT_SURE for e, wanted in zip(ends, open_, strict=True) if wanted
    ]
    left["reason"] = np.array(reasons, dtype=object)
    return left


def apart_by(columns: Sequence[Column], labels: Sequence[Any]) -> Apart:
    """Whether two records clearly differ, by the same weights that found the pairs.

    Args:
        columns: The fields as they were compared.
        labels: Label of each record, in the order of the columns.
    """
    places = {label: position for position, label in enumerate(labels)}

    def apart(left: Sequence[Any], right: Sequence[Any]) -> npt.NDArray[np.bool_]:
        one, other = (np.array([places[label] for label in side], dtype=np.int64) for side in (left, right))
        scored = score(columns, one, other, prior_bits(len(places)))
        against = np.minimum(scored.bits, 0).sum(axis=1)
        return np.asarray((scored.probability < _UNLIKELY) & (against <= _AGAINST))

    return apart


def _order(label: Any) -> tuple[bool, float, str]:
    """Labels in one order whatever their types: numbers by size, others as text."""
    number = isinstance(label, (int, float))
    return (not number, label if number else 0, str(label))


def _by_order(ends: _Pair) -> tuple[Any, Any]:
    return _order(ends[0]), _order(ends[1])


def _pair(left: Any, right: Any) -> _Pair:
    return (left, right) if _order(left) <= _order(right) else (right, left)


def _ends(pairs: pd.DataFrame) -> Iterable[_Pair]:
    return zip(_labels(pairs["left"]), _labels(pairs["right"]), strict=True)


def _labels(side: pd.Series[Any]) -> list[Any]:
    """The labels; a blank one is None, of whatever sort: NaN is not even equal to itself."""
    return [None if blank else label for label, blank in zip(side.tolist(), side.isna().tolist(), strict=True)]


def _sure(pairs: pd.DataFrame, at_least: float) -> list[_Pair]:
    """Each sure pair once, the surest first; those alike in their labels' order."""
    best: dict[_Pair, float] = {}
    for (left, right), probability in zip(_ends(pairs), pairs["probability"].tolist(), strict=True):
        if probability >= at_least and left != right:
            ends = _pair(left, right)
            best[ends] = max(best.get(ends, 0.0), probability)
    return sorted(best, key=lambda ends: (-best[ends], *_by_order(ends)))


def _joined(sure: Sequence[_Pair], foes: Mapping[Any, set[Any]]) -> list[list[Any]]:
    """Groups of records joined pair by pair (union by size), but for those that would bring foes together."""
    home: dict[Any, list[Any]] = {}
    for left, right in sure:
        one, other = home.setdefault(left, [left]), home.setdefault(right, [right])
        if one is other:
            continue
        if len(one) < len(other):
            one, other = other, one
        if any(not foes[label].isdisjoint(one) for label in other if label in foes):
            continue
        one += other
        for label in other:
            home[label] = one
    groups = {id(members): members for members in home.values()}
    return [sorted(members, key=_order) for members in groups.values()]


def _unknown(members: Sequence[Any], known: set[_Pair]) -> Iterable[_Pair]:
    """Pairs of members, in order, that no pair says are one; of a large cluster not all are looked at."""
    if len(members) <= _HELD_AGAINST:
        return (ends for ends in combinations(members, 2) if ends not in known)
    some = members[:: -(-len(members) // _HELD_AGAINST)]
    ends = {_pair(left, right) for left, right in product(members, some) if left != right}
    return sorted(ends - known, key=_by_order)


def _foes(found: Iterable[Sequence[Any]], known: set[_Pair], apart: Apart) -> dict[Any, set[Any]]:
    """For each record those of its cluster from which it clearly differs."""
    open_ = [ends for members in found if len(members) > 2 for ends in _unknown(members, known)]
    foes: dict[Any, set[Any]] = {}
    if open_:
        differ = apart([left for left, _ in open_], [right for _, right in open_])
        for (left, right), yes in zip(open_, differ.tolist(), strict=True):
            if yes:
                foes.setdefault(left, set()).add(right)
                foes.setdefault(right, set()).add(left)
    return foes

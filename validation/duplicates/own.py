"""A field of the record on its way in, beside those of the table; and who stands next to it in the order of names."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from validation.duplicates.blocking import NEIGHBOURS
from validation.duplicates.keys import ordering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Codes, Column, Texts
    from validation.lookup.values import Values

__all__ = ["Known", "Own", "nearest"]

#: What takes long to make of a value.
_KEPT = frozenset({"sounds", "sound_lengths", "nicknames"})
#: Of so few values anything is made faster than it is looked up.
_FEW = 4


class Own(NamedTuple):
    """One field of the rule: the table's values, and the record's own."""

    values: Values
    text: str
    code: int
    without: list[str]  # of the records that are replaced

    def ranks(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Of the values of some records, see `Values.ranks`."""
        return self.values.ranks(self.values.codes(positions))


class Known:
    """What the whole table knows of the values of some of its records; the record on its way in counts too."""

    def __init__(self, one: Own, codes: npt.NDArray[np.int32]) -> None:
        self._one, self._codes = one, codes
        self._gone = [one.values.code(text) for text in one.without if text]

    def count(self, texts: Texts) -> Codes:
        """How many records hold each of some values."""
        code = self._one.values.code
        return self.counts(np.fromiter((code(text) for text in texts), dtype=np.int32, count=len(texts)))

    def counts(self, codes: npt.NDArray[np.int32]) -> Codes:
        """The same by code."""
        counts = self._one.values.counts[codes]
        for code in self._gone:
            counts[codes == code] -= 1
        counts[codes == self._one.code] += 1
        return counts

    def own_count(self) -> int:
        """How many records hold the record's own value, 0 where it is blank."""
        code = self._one.code
        return int(self._one.values.counts[code]) - self._gone.count(code) + 1 if code >= 0 else 0

    def feature(self, column: Column, name: str, make: Callable[[Column], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """What ``make`` gives for the values; kept with the table where it is not made as fast anew."""
        if name not in _KEPT or len(self._codes) <= _FEW:
            return make(column)
        return self._one.values.feature(name, make, self._codes)


def nearest(found: npt.NDArray[np.int32], own: Sequence[Own], records: int) -> list[int]:
    """Of a block too large to compare with all: those next to this record in the order of names.

    Args:
        found: Positions of the records of the block.
        own: The fields of this record.
        records: Number of records of the table.
    """
    chosen = [own[j] for j in ordering([one.values.kind for one in own])]
    mine = (*((not field.text, field.text) for field in chosen), records)
    order = sorted((*_names(chosen, position), position) for position in _near(found, chosen).tolist())
    at = bisect(order, mine)
    return [int(one[-1]) for one in order[max(at - NEIGHBOURS, 0) : at + NEIGHBOURS]]


def _names(fields: Sequence[Own], position: int) -> Iterator[tuple[bool, str]]:
    for field in fields:
        text = field.values.text(position)
        yield not text, text


def _near(found: npt.NDArray[np.int32], fields: Sequence[Own]) -> npt.NDArray[np.int32]:
    """Those next to the record in the order of some fields, as many on either side as can be needed, and some more."""
    pieces = []
    for at, field in enumerate(fields):
        ranks = field.ranks(found)
        mine = field.values.ranks(np.array([field.code]))[0]
        pieces.append(_ends(found[ranks < mine], fields[at:], NEIGHBOURS, -1))
        pieces.append(_ends(found[ranks > mine], fields[at:], NEIGHBOURS, 1))
        found = found[ranks == mine]
        if _shared(mine):
            return np.concatenate([*pieces, found])
    return np.concatenate([*pieces, np.sort(found)[-NEIGHBOURS:]])  # the record itself stands behind its likes


def _ends(found: npt.NDArray[np.int32], fields: Sequence[Own], count: int, sign: int) -> npt.NDArray[np.int32]:
    """The ``count`` records that come first (``sign`` 1) or last (-1) in the order of some fields, and some more."""
    if len(found) <= count:
        return found
    if not fields:
        last: npt.NDArray[np.int32] = np.sort(found)[::sign][:count]
        return last
    ranks = sign * fields[0].ranks(found)
    edge = np.partition(ranks, count - 1)[count - 1]
    if _shared(edge):
        return np.asarray(found[ranks <= edge])
    inside = found[ranks < edge]
    return np.concatenate([inside, _ends(found[ranks == edge], fields[1:], count - len(inside), sign)])


def _shared(rank: float) -> bool:
    """Whether values that are not the same may have this rank; see `Values.ranks`."""
    return bool(np.isfinite(rank)) and rank % 1 != 0

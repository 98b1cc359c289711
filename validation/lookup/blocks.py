"""Records by a hash: which of them hold the same. Sorted arrays, which a file could hold, and what came since."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["NONE", "Blocks", "Hashes", "combined", "combined_one", "hashes_of"]

Hashes = "npt.NDArray[np.uint64]"
#: Hash of what is blank: it is in no block.
NONE = 0
#: Records that came since the arrays were sorted are looked up apart until there are so many.
_APART = 4096
_FACTOR = 0x9E3779B97F4A7C15
_FULL = (1 << 64) - 1


def hashes_of(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A hash of each text, the same in every process; `NONE` for ""."""
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    try:
        found = pd.util.hash_array(array, categorize=False)
    except UnicodeEncodeError:  # half of a surrogate pair: no text can be stored with one, but asked for it may be
        array[:] = [text.encode("utf-8", "backslashreplace").decode() for text in texts]
        found = pd.util.hash_array(array, categorize=False)
    blank = array == ""
    found[found == NONE] = 1
    found[blank.astype(bool)] = NONE
    return np.asarray(found, dtype=np.uint64)


def combined(parts: Sequence[npt.NDArray[np.uint64]], unordered: bool = False) -> npt.NDArray[np.uint64]:
    """One hash for several; `NONE` where one of them is. ``unordered``: of two, whichever stands in front."""
    if unordered:
        parts = [np.minimum(*parts), np.maximum(*parts)]
    joint = parts[0].copy()
    for other in parts[1:]:
        joint *= np.uint64(_FACTOR)
        joint += other
    joint[joint == NONE] = 1
    for part in parts:
        joint[part == NONE] = NONE
    return joint


def combined_one(parts: Sequence[int], unordered: bool = False) -> int:
    """As `combined`, of one record."""
    if NONE in parts:
        return NONE
    first, *others = sorted(parts) if unordered else parts
    for other in others:
        first = (first * _FACTOR + other) & _FULL
    return first or 1


class Blocks:
    """The records that share a hash, by position in the table."""

    def __init__(self, hashes: npt.NDArray[np.uint64]) -> None:
        """``hashes``: one a record, `NONE` for those in no block."""
        at = np.flatnonzero(hashes != NONE)
        places = at[np.argsort(hashes[at], kind="stable")].astype(np.int32)
        self._take(hashes[places], places)

    @classmethod
    def of_sorted(cls, hashes: npt.NDArray[np.uint64], at: npt.NDArray[np.int32]) -> Blocks:
        """The blocks that gave these; see `settled`."""
        if len(hashes) != len(at):
            raise ValueError("as many positions as hashes are needed")
        blocks = cls.__new__(cls)
        blocks._take(hashes, at)
        return blocks

    def _take(self, hashes: npt.NDArray[np.uint64], at: npt.NDArray[np.int32]) -> None:
        self._hashes, self._at = hashes, at
        self._gone: set[int] = set()  # positions whose place in the arrays is no longer true
        self._recent: dict[int, list[int]] = {}
        self._count = 0

    def settled(self) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
        """All hashes in order, and the position of the record with each."""
        if self._gone or self._recent:
            self._settle()
        return self._hashes, self._at

    def copied(self) -> Blocks:
        """The same, to grow another way."""
        other = copy(self)
        other._gone = set(self._gone)
        other._recent = {wanted: list(positions) for wanted, positions in self._recent.items()}
        return other

    def of(self, wanted: int) -> npt.NDArray[np.int32]:
        """Positions of the records with that hash, in no order; none for `NONE`."""
        if wanted == NONE:
            return self._at[:0]
        key = np.uint64(wanted)
        low = int(self._hashes.searchsorted(key))
        high = low
        if low < len(self._hashes) and self._hashes[low] == key:
            high = int(self._hashes.searchsorted(key, "right"))
        found = self._at[low:high]
        if self._gone and len(found):
            found = found[[int(p) not in self._gone for p in found.tolist()]]
        recent = self._recent.get(wanted)
        return np.concatenate([found, np.array(recent, dtype=np.int32)]) if recent else found

    def add(self, position: int, new: int) -> None:
        """Take a record in."""
        if new != NONE:
            self._recent.setdefault(new, []).append(position)
            self._count += 1
            if self._count > _APART:
                self._settle()

    def remove(self, position: int, old: int) -> None:
        """Take a record out."""
        if old == NONE:
            return
        recent = self._recent.get(old, [])
        if position in recent:
            recent.remove(position)
        else:
            self._gone.add(position)

    def _settle(self) -> None:
        kept = np.fromiter((p not in self._gone for p in self._at.tolist()), dtype=bool, count=len(self._at))
        new = [(h, p) for h, positions in self._recent.items() for p in positions]
        hashes = np.concatenate([self._hashes[kept], np.array([h for h, _ in new], dtype=np.uint64)])
        at = np.concatenate([self._at[kept], np.array([p for _, p in new], dtype=np.int32)])
        order = np.argsort(hashes, kind="stable")
        self._take(hashes[order], at[order])

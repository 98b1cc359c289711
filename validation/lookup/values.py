"""One column of a table as its normalised values: which record holds which, and how many hold each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from validation.duplicates.columns import FEATURES, Column, prepare
from validation.duplicates.normalising import normal, text_of
from validation.duplicates.outlines import outlines_of
from validation.lookup.blocks import NONE, hashes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from validation.duplicates.outlines import Outlines
    from validation.policy import Kind

__all__ = ["Values", "feature_of"]

#: So many texts are remembered with what was made of them: names and places come again.
_REMEMBERED = 4096
#: Asked more often than this for outlines, a column makes those of all its values: as a process that asks once would not.
_OFTEN = 8
#: Outline of a blank value, which nobody looks at: one letter long, so that nothing is divided by zero.
_OF_BLANK = 1 << 32

_Make = Callable[[Column], "npt.NDArray[Any]"]


class Values:
    """A column, normalised as `duplicates.columns.prepare` does it, that grows by a record at a time.

    Attributes:
        kind: What the field is.
        texts: The different values by code, in order of their first appearance; room for more behind them.
        counts: How many records hold each; with the same room, or another.
        filled: Number of records with a value.
    """

    def __init__(
        self,
        texts: Sequence[str],
        codes: npt.NDArray[np.integer[Any]],
        kind: Kind,
        *,
        exact: bool = False,
    ) -> None:
        """``codes``: of each record, the position of its value among ``texts``, -1 where blank."""
        self.kind, self._exact = kind, exact
        self.texts = _texts(texts)
        self._different = len(texts)
        self._codes, self._length = codes.astype(np.int32), len(codes)
        self.counts = np.bincount(codes[codes >= 0], minlength=len(texts)).astype(np.int64)
        self.filled = int(self.counts.sum())
        self._code_of: dict[str, int] = {}
        self._features: dict[str, tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]] = {}
        self._sorted: list[str] = []
        self._ranks = np.empty(0)
        self._outlines: Outlines = np.empty(0, dtype="<u8")
        self._outlines_made = self._asked = 0

    @classmethod
    def of(cls, cells: npt.NDArray[np.object_], kind: Kind, *, exact: bool = False) -> Values:
        """The column of some cells, None where blank."""
        column = prepare(cells, kind, exact=exact)
        return cls(column.texts.tolist(), column.codes, kind, exact=exact)

    def __len__(self) -> int:
        return self._length

    def copied(self) -> Values:
        """The same, to grow another way."""
        other = copy(self)
        other.texts, other.counts, other._codes = self.texts.copy(), self.counts.copy(), self._codes.copy()
        other._ranks, other._outlines, other._code_of = (
            self._ranks.copy(),
            self._outlines.copy(),
            dict(self._code_of),
        )
        other._features = {name: (rows.copy(), made.copy()) for name, (rows, made) in self._features.items()}
        return other

    @property
    def different(self) -> int:
        """Number of codes."""
        return self._different

    def held(self) -> tuple[list[str], npt.NDArray[np.int32]]:
        """The values that records hold now, and of each record the position of its value among them, -1 where blank."""
        used = np.flatnonzero(self.counts[: self._different])
        place = np.full(self._different + 1, -1, dtype=np.int32)
        place[used] = np.arange(len(used), dtype=np.int32)
        return self.texts[used].tolist(), place[self._codes[: self._length]]

    def normal(self, value: object) -> str:
        """A value as this column holds it, "" for a blank one (None)."""
        return _normal(text_of(value), self.kind, self._exact) if value is not None else ""

    def code(self, text: str) -> int:
        """Code of a value, which it gets where no record held it yet; -1 for a blank one."""
        if not text:
            return -1
        if not self._code_of:
            self._code_of = dict(zip(self.texts[: self._different].tolist(), range(self._different), strict=True))
        code = self._code_of.setdefault(text, self._different)
        if code == self._different:
            self._different += 1
            if code >= len(self.texts):
                self.texts = _longer(self.texts, code)
            self.texts[code] = text
            if code >= len(self.counts):
                self.counts = _longer(self.counts, code)
                self.counts[code:] = 0
            if len(self._ranks):
                if code >= len(self._ranks):
                    self._ranks = _longer(self._ranks, code)
                self._ranks[code] = bisect_left(self._sorted, text) - 0.5
        return code

    def count(self, text: str) -> int:
        """How many records hold a value."""
        return int(self.counts[self.code(text)]) if text else 0

    def codes(self, positions: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """Code of the value of some records, -1 where blank."""
        found: npt.NDArray[np.int32] = self._codes[positions]
        return found

    def text(self, position: int) -> str:
        """Value of a record, "" where blank."""
        code = int(self._codes[position])
        return str(self.texts[code]) if code >= 0 else ""

    def ranks(self, codes: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Numbers in the order of the values, blank ones last; what came late may share one, which is no whole one."""
        if not len(self._ranks):
            texts = self.texts[: self._different].tolist()
            order = sorted(range(len(texts)), key=texts.__getitem__)
            self._sorted = [texts[code] for code in order]
            self._ranks = np.empty(max(len(order), 1))
            self._ranks[order] = np.arange(len(order))
        return np.where(codes < 0, np.inf, self._ranks[codes])

    def feature(self, name: str, make: _Make, codes: npt.NDArray[np.integer[Any]]) -> npt.NDArray[Any]:
        """What ``make`` gives for some values, each made once.

        Args:
            name: Of the feature.
            make: Gives an array, one row a value, of a column.
            codes: Of the values.
        """
        if name not in self._features:
            like = make(Column("", self.kind, codes[:0].astype(np.int64), _texts([]), np.empty(0, dtype=np.int64)))
            self._features[name] = np.empty((0, *like.shape[1:]), dtype=like.dtype), np.empty(0, dtype=bool)
        rows, made = self._features[name]
        if len(made) < self._different:
            old, (rows, made) = len(made), (_longer(rows, self._different), _longer(made, self._different))
            made[old:] = False
            self._features[name] = rows, made
        missing = codes[~made[codes]]
        if len(missing):
            missing = np.unique(missing)
            texts = self.texts[missing]
            ones = np.ones(len(texts), dtype=np.int64)
            rows[missing] = make(Column("", self.kind, np.arange(len(texts), dtype=np.int64), texts, ones))
            made[missing] = True
        found: npt.NDArray[Any] = rows[codes]
        return found

    def outlines(self, codes: npt.NDArray[np.integer[Any]]) -> Outlines:
        """Outlines of some values; of a blank one anything.

        Who asks a few times only gets those; then those of all values are made, once and for all.
        """
        if not self._different:
            return np.full(len(codes), _OF_BLANK, dtype="<u8")
        made = self._outlines_made
        if not made and self._asked < _OFTEN:
            self._asked += 1
            return outlines_of(self.kind, [text or "-" for text in self.texts[codes].tolist()])
        if not made or (made < self._different and len(codes) and int(codes.max()) >= made):
            if len(self._outlines) < self._different:
                self._outlines = _longer(self._outlines, self._different)
                self._outlines[-1] = _OF_BLANK
            new = self.texts[made : self._different].tolist()
            self._outlines[made : self._different] = outlines_of(self.kind, new)
            self._outlines_made = self._different
        found: Outlines = self._outlines[codes]
        return found

    def put(self, position: int, text: str) -> None:
        """Let a record hold a value, "" for none; the position after the last one adds a record."""
        code = self.code(text)
        if position < self._length:
            old = int(self._codes[position])
            if old >= 0:
                self.counts[old] -= 1
                self.filled -= 1
        else:
            if position >= len(self._codes):
                self._codes = _longer(self._codes, position)
            self._length = position + 1
        if code >= 0:
            self.counts[code] += 1
            self.filled += 1
        self._codes[position] = code

    def hashes(self, feature: str) -> npt.NDArray[np.uint64]:
        """Hash of a feature of each record's value (see `duplicates.columns.FEATURES`)."""
        texts = self.texts[: self._different].tolist()
        by_code = np.append(hashes_of(FEATURES[feature](texts)), np.uint64(NONE))
        return by_code[self._codes[: self._length]]


@lru_cache(maxsize=_REMEMBERED)
def feature_of(text: str, feature: str) -> str:
    """A feature of a value (see `duplicates.columns.FEATURES`), "" of a blank one."""
    return FEATURES[feature]([text])[0] if text else ""


@lru_cache(maxsize=_REMEMBERED)
def _normal(text: str, kind: Kind, exact: bool) -> str:
    return normal([text], kind, exact=exact)[0]


def _longer(array: npt.NDArray[Any], position: int) -> npt.NDArray[Any]:
    """The array with room for a position and some more; what is new holds anything."""
    room = np.empty((position + position // 16 + 1024, *array.shape[1:]), dtype=array.dtype)
    room[: len(array)] = array
    return room


def _texts(texts: Sequence[str]) -> npt.NDArray[np.object_]:
    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return array

"""Columns and keys that grow by records without being copied, so that an entry costs the same in a long table.

A table of a later moment shares its memory with that of an earlier one, which goes on seeing its own length only.
What changes inside it is copied first, column by column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Keys", "Positions", "Room", "key_number"]

_Arrays = tuple[npt.NDArray[Any], ...]
Positions = npt.NDArray[np.int64]


class _Buffer:
    """Memory of one column, longer than what is in use: the values, and for nullable types the mask of blanks."""

    def __init__(self, arrays: _Arrays, make: Callable[..., Any]) -> None:
        self.arrays, self.make = arrays, make
        self.used = len(arrays[0])

    @classmethod
    def of(cls, column: Any) -> _Buffer:
        """The buffer of a pandas column or an array."""
        if isinstance(column, np.ndarray):
            return cls((column,), lambda values: values)
        if isinstance(column.dtype, (pd.Int64Dtype, pd.BooleanDtype)):
            kind = np.int64 if isinstance(column.dtype, pd.Int64Dtype) else np.bool_
            maker = pd.arrays.IntegerArray if kind is np.int64 else pd.arrays.BooleanArray
            values = column.to_numpy(dtype=kind, na_value=kind(0))
            return cls((values, column.isna().to_numpy(dtype=bool)), maker)
        values = column.to_numpy()
        return cls((values,), lambda cells: pd.Series(cells, dtype=cells.dtype, copy=False))

    def column(self, length: int) -> Any:
        """The first values, not copied."""
        return self.make(*(array[:length] for array in self.arrays))

    def grown(self, length: int, changed: Positions, instead: _Buffer | None, added: _Buffer) -> _Buffer:
        """The column with some values changed and others added behind ``length``; itself where nothing is copied."""
        total = length + added.used
        differ = self._differing(changed, instead)
        room = len(self.arrays[0]) >= total
        if not room or len(differ) or (added.used and self.used != length):
            size = total if not added.used else total + total // 16 + 1024
            copies = []
            for array in self.arrays:
                copy = np.empty(size, dtype=array.dtype)
                copy[:length] = array[:length]
                copies.append(copy)
            grown = _Buffer(tuple(copies), self.make)
        else:
            grown = self
        if instead is not None and len(differ):
            for array, new in zip(grown.arrays, instead.arrays, strict=True):
                array[changed[differ]] = new[differ]
        if added.used or grown is not self:
            for array, new in zip(grown.arrays, added.arrays, strict=True):
                array[length:total] = new[: added.used]
            grown.used = total
        return grown

    def _differing(self, changed: Positions, instead: _Buffer | None) -> Positions:
        if instead is None or not len(changed):
            return np.empty(0, dtype=np.int64)
        same = np.ones(len(changed), dtype=bool)
        for array, new in zip(self.arrays, instead.arrays, strict=True):
            pairs = zip(array[changed].tolist(), new[: len(changed)].tolist(), strict=True)
            # A loop over the changed cells: 1, True and 1.0 are equal to Python, and different cells.
            same &= np.array([type(a) is type(b) and a == b for a, b in pairs], dtype=bool)
        return np.flatnonzero(~same)


class Room:
    """The columns of a frame, with room for more rows.

    Attributes:
        frame: The frame; its columns are views of the room.
    """

    def __init__(self, frame: pd.DataFrame, buffers: Mapping[Any, _Buffer] | None = None) -> None:
        self.frame = frame
        self._buffers = buffers

    def grown(self, changed: Positions, instead: pd.DataFrame, added: pd.DataFrame) -> Room:
        """A room with other values at some positions, and rows added at the end.

        Args:
            changed: Positions of the rows to be changed.
            instead: Their values, same columns.
            added: Rows to be added, same columns.
        """
        length, total = len(self.frame), len(self.frame) + len(added)
        mine = self._buffers or {name: _Buffer.of(self.frame[name]) for name in self.frame.columns}
        buffers = {
            name: buffer.grown(
                length, changed, _Buffer.of(instead[name]) if len(changed) else None, _Buffer.of(added[name])
            )
            for name, buffer in mine.items()
        }
        columns = {name: buffer.column(total) for name, buffer in buffers.items()}
        frame = pd.DataFrame(columns, index=pd.RangeIndex(total), columns=self.frame.columns, copy=False)
        return Room(frame, buffers)


class Keys(Sequence[str]):
    """Keys of the records in order, "" where blank; where each stands is looked up, not searched for."""

    def __init__(self, texts: list[str]) -> None:
        self._texts, self._length = texts, len(texts)
        self._first: dict[str, int] | None = None
        self._highest: dict[str, int] = {}

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._texts[i] for i in range(*at.indices(self._length))]
        place = at + self._length if at < 0 else at
        if not 0 <= place < self._length:
            raise IndexError(at)
        return self._texts[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts if len(self._texts) == self._length else self._texts[: self._length])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Keys, list)) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __contains__(self, key: object) -> bool:
        return self.place(key) is not None

    def place(self, key: object) -> int | None:
        """Position of the first record with that key, None where there is none."""
        if self._first is None:
            # From the end, so that the first record of a key counts; in one call, since tables are long.
            texts = self._texts[: self._length]
            self._first = dict(zip(reversed(texts), range(self._length - 1, -1, -1), strict=True))
        found = self._first.get(key) if isinstance(key, str) else None
        return found if found is not None and found < self._length else None

    def index(self, key: Any, start: int = 0, stop: int | None = None) -> int:
        """Position of the first record with that key.

        Raises:
            ValueError: There is none.
        """
        if start or stop is not None:
            return list(self).index(key, start, self._length if stop is None else stop)
        place = self.place(key)
        if place is None:
            raise ValueError(f"{key!r} is not among the keys")
        return place

    def highest(self, key_format: str) -> int:
        """The highest number in a key of that form, such as 42 in ``STK-00042``; 0 where there is none."""
        if key_format not in self._highest:
            self._highest[key_format] = max((key_number(key_format, key) for key in self), default=0)
        return self._highest[key_format]

    def know_highest(self, key_format: str, number: int) -> None:
        """Take over what `highest` told of the same keys before."""
        self._highest[key_format] = number

    def grown(self, added: Sequence[str]) -> Keys:
        """With keys added at the end."""
        if len(self._texts) != self._length:
            return Keys([*self, *added])  # another table has grown from this one already
        self._texts.extend(added)
        grown = Keys(self._texts)
        grown._first = self._first
        if grown._first is not None:
            for place, key in enumerate(added, self._length):
                grown._first.setdefault(key, place)
        grown._highest = {
            form: max([high, *(key_number(form, key) for key in added)]) for form, high in self._highest.items()
        }
        return grown


@lru_cache(maxsize=64)
def _shape(key_format: str) -> re.Pattern[str]:
    prefix, _, rest = key_format.partition("{")
    return re.compile(re.escape(prefix) + r"(\d+)" + re.escape(rest.partition("}")[2]))


def key_number(key_format: str, key: str) -> int:
    """The number in a key such as ``STK-00042``; 0 when the key is not of that form."""
    found = _shape(key_format).fullmatch(key)
    return int(found[1]) if found else 0

"""One column of a table as its normalised values: which record holds which, and how many hold each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from validation.duplicates.columns import FEATURES, normal, prepare
from validation.lookup.blocks import NONE, hashes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from validation.policy import Kind

__all__ = ["Values"]


class Values:
    """A column, normalised as `duplicates.columns.prepare` does it, that grows by a record at a time.

    Attributes:
        kind: What the field is.
        texts: The different values by code, in order of their first appearance.
        counts: How many records hold each.
        filled: Number of records with a value.
    """

    def __init__(self, cells: npt.NDArray[np.object_], kind: Kind, *, exact: bool = False) -> None:
        column = prepare(cells, kind, exact=exact)
        self.kind, self._exact = kind, exact
        self.texts: list[str] = column.texts.tolist()
        self.counts: list[int] = column.counts.tolist()
        self.filled = column.filled
        self._codes, self._length = column.codes.astype(np.int32), len(column.codes)
        self._code_of = {text: code for code, text in enumerate(self.texts)}

    def __len__(self) -> int:
        return self._length

    def normal(self, value: object) -> str:
        """A value as this column holds it, "" for a blank one (None)."""
        return normal([value], self.kind, exact=self._exact)[0] if value is not None else ""

    def code(self, text: str) -> int:
        """Code of a value, -1 where no record ever held it."""
        return self._code_of.get(text, -1)

    def count(self, text: str) -> int:
        """How many records hold a value."""
        code = self._code_of.get(text, -1)
        return self.counts[code] if code >= 0 else 0

    def codes(self, positions: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """Code of the value of some records, -1 where blank."""
        found: npt.NDArray[np.int32] = self._codes[positions]
        return found

    def text(self, position: int) -> str:
        """Value of a record, "" where blank."""
        code = int(self._codes[position])
        return self.texts[code] if code >= 0 else ""

    def put(self, position: int, text: str) -> None:
        """Let a record hold a value, "" for none; the position after the last one adds a record."""
        if position < self._length:
            old = int(self._codes[position])
            if old >= 0:
                self.counts[old] -= 1
                self.filled -= 1
        else:
            if position >= len(self._codes):
                room = np.empty(position + position // 16 + 1024, dtype=np.int32)
                room[: self._length] = self._codes[: self._length]
                self._codes = room
            self._length = position + 1
        code = -1
        if text:
            code = self._code_of.setdefault(text, len(self.texts))
            if code == len(self.texts):
                self.texts.append(text)
                self.counts.append(0)
            self.counts[code] += 1
            self.filled += 1
        self._codes[position] = code

    def hashes(self, feature: str) -> npt.NDArray[np.uint64]:
        """Hash of a feature of each record's value (see `duplicates.columns.FEATURES`)."""
        by_code = np.append(hashes_of(FEATURES[feature](self.texts)), np.uint64(NONE))
        return by_code[self._codes[: self._length]]


def features_of(texts: Sequence[str], features: Sequence[str]) -> list[str]:
    """The feature of each text, paired."""
    made: list[Callable[[Sequence[str]], Sequence[str]]] = [FEATURES[name] for name in features]
    return [make([text])[0] if text else "" for make, text in zip(made, texts, strict=True)]

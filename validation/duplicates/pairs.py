"""Pairs of records that are probably one: the engine by itself, for any frame of people or organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from validation.duplicates.blocking import Candidates, within
from validation.duplicates.columns import prepare
from validation.duplicates.scoring import Scored, score
from validation.policy import Kind

if TYPE_CHECKING:
    from validation.duplicates.blocking import Oversized
    from validation.duplicates.columns import Codes, Column

__all__ = ["Matches", "find_pairs", "match"]

#: Pairs scored at once: it bounds the memory, not the answer.
AT_ONCE = 250_000


@dataclass(frozen=True, eq=False)
class Matches:
    """Pairs at or above a probability, best first.

    Attributes:
        left: Position of the earlier record of each pair.
        right: Position of the later one.
        scored: What every field says of each pair.
        oversized: Blocks that were compared only in part.
    """

    left: Codes
    right: Codes
    scored: Scored
    oversized: tuple[Oversized, ...] = ()

    def __len__(self) -> int:
        return len(self.left)


def find_pairs(frame: pd.DataFrame, kinds: Mapping[str, Kind | str], minimum: float = 0.5) -> pd.DataFrame:
    """Pairs of records of a frame that are probably one and the same.

    Weights are fixed by what each field is; nothing is trained, and the frame is not changed. The answer does not
    depend on the order of the records, except where so many hold one value that only neighbours are compared.

    Args:
        frame: One record a row, values of any type.
        kinds: What each column that counts is, such as ``{"surname": "family-name"}``; see `Kind`.
        minimum: Least probability of a pair that is given back.

    Returns:
        Columns ``left`` and ``right`` (index labels of the two records, the one higher up in the frame on the left),
        ``bits`` (log2 of the odds that they are one, prior included) and ``probability``; most probable first.

    Raises:
        KeyError: The frame has no such column.
        ValueError: There is no such kind, or ``minimum`` is no probability.
    """
    if not 0 <= minimum <= 1:
        raise ValueError(f"minimum is {minimum}, but a probability lies between 0 and 1")
    if missing := [name for name in kinds if name not in frame.columns]:
        raise KeyError(f"the frame has no column {', '.join(map(str, missing))}")
    columns = [prepare(frame[name], Kind(kind), str(name)) for name, kind in kinds.items()]
    found = match(columns, within(columns), len(frame), minimum)
    labels = frame.index
    return pd.DataFrame(
        {
            "left": labels.take(found.left),
            "right": labels.take(found.right),
            "bits": found.scored.total,
            "probability": found.scored.probability,
        }
    )


def match(columns: Sequence[Column], candidates: Candidates, records: int, minimum: float) -> Matches:
    """Score candidates and keep those of at least ``minimum`` probability, best first, ties by position."""
    kept: list[tuple[Codes, Codes, Scored]] = []
    for start in range(0, max(len(candidates.left), 1), AT_ONCE):
        left, right = candidates.left[start : start + AT_ONCE], candidates.right[start : start + AT_ONCE]
        scored = score(columns, left, right, records)
        at = np.flatnonzero(scored.probability >= minimum)
        kept.append((left[at], right[at], Scored(scored.levels[at], scored.bits[at], scored.total[at])))
    left, right = (np.concatenate([part[i] for part in kept]) for i in (0, 1))
    levels, bits, total = (
        np.concatenate([getattr(part[2], name) for part in kept]) for name in ("levels", "bits", "total")
    )
    best = np.lexsort((right, left, -np.round(total, 6)))
    return Matches(left[best], right[best], Scored(levels[best], bits[best], total[best]), candidates.oversized)

"""Pairs of records that are probably one: the engine by itself, for any frame of people or organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from validation.duplicates.blocking import FEW_ASKED, Candidates, across, within
from validation.duplicates.columns import prepare
from validation.duplicates.counted import FAINTEST, FURTHEST, moved_prior
from validation.duplicates.households import USUAL, against_company, company_kept, kept_apart, sharing
from validation.duplicates.request import refuse_frame, refuse_kinds, refuse_probability
from validation.duplicates.scoring import SMALLEST, Scored, prior_bits, probability_of, weigh
from validation.duplicates.strangers import with_strangers
from validation.duplicates.transitive import by_way_of_others
from validation.duplicates.wording import with_wording
from validation.policy import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    from validation.duplicates.blocking import Oversized
    from validation.duplicates.columns import Codes, Column

__all__ = ["Matches", "best_of", "find_pairs", "link_pairs", "match"]

#: Pairs scored at once: it bounds the memory, not the answer.
AT_ONCE = 100_000


@dataclass(frozen=True, eq=False)
class Matches:
    """Pairs at or above a probability, best first.

    Attributes:
        left: Position of the earlier record of each pair.
        right: Position of the later one.
        scored: What every field says of each pair.
        oversized: Blocks that were compared only in part.
        prior: log2 of the odds that two records taken at random are one.
    """

    left: Codes
    right: Codes
    scored: Scored
    oversized: tuple[Oversized, ...] = ()
    prior: float = 0.0

    def __len__(self) -> int:
        return len(self.left)


def find_pairs(frame: pd.DataFrame, kinds: Mapping[Any, Kind | str], threshold: float = 0.5) -> pd.DataFrame:
    """Pairs of records of a frame that are probably one and the same.

    Weights are fixed by what each field is; nothing is trained, and the frame is not changed. How common each value
    is, and how many records share a home, is counted in the frame. Who is one with somebody is one with all that one
    is, unless what the two hold speaks louder against it. The answer does not depend on the order of the records,
    except where so many hold one value that only neighbours are compared.

    Args:
        frame: One record a row, values of any type; an index of any type without repeats.
        kinds: What each column that counts is, such as ``{"surname": "family-name"}``; see `Kind`.
        threshold: Least probability of a pair that is given back.

    Returns:
        Columns ``left`` and ``right`` (index labels of the two records, the one higher up in the frame on the left),
        ``bits`` (log2 of the odds that they are one, prior included) and ``probability``; most probable first.

    Raises:
        TypeError: It is no frame, no mapping or no number.
        KeyError: The frame has no such column.
        ValueError: There is no such kind, no column is named or one stands there twice, the index repeats a label,
            or ``threshold`` is no probability.
    """
    refuse_probability(threshold, "threshold")
    refuse_kinds(kinds)
    refuse_frame(frame, kinds, "the frame")
    columns = [prepare(frame[name], Kind(kind), str(name)) for name, kind in kinds.items()]
    columns = with_strangers(with_wording(columns))
    # What is less likely than not may still make a chain likely.
    records = len(frame)
    possible = records * (records - 1) / 2
    found = match(columns, within(columns, FEW_ASKED), records, min(threshold, 0.5), possible)
    left, right, total = by_way_of_others(columns, found.left, found.right, found.scored.total, found.prior)
    best = best_of(left, right, total, threshold)
    return _answer(frame.index.take(left[best]), frame.index.take(right[best]), total[best])


def link_pairs(
    frame_a: pd.DataFrame, frame_b: pd.DataFrame, kinds: Mapping[Any, Kind | str], threshold: float = 0.5
) -> pd.DataFrame:
    """Pairs of a record of one frame and a record of another that are probably one and the same.

    As `find_pairs`, but records of one frame are not held against each other. The two frames may share index labels:
    ``left`` always speaks of the first frame and ``right`` of the second.

    Args:
        frame_a: One record a row, values of any type; an index of any type without repeats.
        frame_b: The same, with the same columns; those that ``kinds`` does not name may differ.
        kinds: What each column that counts is.
        threshold: Least probability of a pair that is given back.

    Returns:
        Columns ``left`` (index labels of ``frame_a``), ``right`` (index labels of ``frame_b``), ``bits`` and
        ``probability``; most probable first.

    Raises:
        KeyError: One of the frames has no such column.
        TypeError, ValueError: As for `find_pairs`.
    """
    refuse_probability(threshold, "threshold")
    refuse_kinds(kinds)
    refuse_frame(frame_a, kinds, "the first frame")
    refuse_frame(frame_b, kinds, "the second frame")
    columns = [
        prepare(np.concatenate([_cells(frame_a[name]), _cells(frame_b[name])]), Kind(kind), str(name))
        for name, kind in kinds.items()
    ]
    columns = with_strangers(with_wording(columns))
    first = len(frame_a)
    # Each record has at most about one counterpart, so that a pair's prior is that of the longer table.
    second = len(frame_b)
    found = match(columns, across(columns, first, FEW_ASKED), max(first, second), threshold, float(first * second))
    left, right = frame_a.index.take(found.left), frame_b.index.take(found.right - first)
    return _answer(left, right, found.scored.total)


def _cells(series: pd.Series[Any]) -> npt.NDArray[np.object_]:
    return np.asarray(series, dtype=object)


def _answer(left: pd.Index[Any], right: pd.Index[Any], total: npt.NDArray[np.float64]) -> pd.DataFrame:
    data = {"bits": total, "probability": probability_of(total)}
    out = pd.DataFrame(data, columns=["left", "right", "bits", "probability"])
    for name, labels in (("left", left), ("right", right)):
        # Labels of several levels become tuples.
        out[name] = pd.Series(labels.to_flat_index())
    return out


def match(
    columns: Sequence[Column],
    candidates: Iterable[Candidates],
    records: int,
    threshold: float,
    possible: float | None = None,
) -> Matches:
    """Score candidates and keep those of at least ``threshold`` probability, best first, ties by position.

    Candidates come in parts, of which only what is kept stays in memory. ``possible``: of how many pairs these are
    all that may be one. Where it is given, how many share a home and how rare duplicates are is counted in them,
    instead of taking what is usual.
    """
    prior, counted = prior_bits(records), possible is not None
    lowest = _bits_of(threshold) - (FURTHEST if counted else 0.0)
    none = np.empty(0, dtype=np.int64)
    width = (0, len(columns))
    kept: list[tuple[npt.NDArray[Any], ...]] = [
        (none, none, np.empty(width, dtype=np.int8), np.empty(width), np.empty(width))
    ]
    shared, known = [np.empty((0, 2))], [np.empty((0, 2))]
    oversized: list[Oversized] = []
    for part in candidates:
        oversized += part.oversized
        for start in range(0, len(part.left), AT_ONCE):
            left, right = part.left[start : start + AT_ONCE], part.right[start : start + AT_ONCE]
            levels, bits = weigh(columns, left, right)
            # Only less comes out once homes are thought of.
            against_strangers = bits.sum(axis=1)
            at = np.flatnonzero(against_strangers + prior >= lowest)
            if counted:
                close = against_company(columns, left, right, levels, bits)
                shared.append(sharing(columns, bits, close, prior))
                known.append(_counting(against_strangers, close, prior))
                close = close[at]
            else:
                close = against_company(columns, left[at], right[at], levels[at], bits[at])
            kept.append((left[at], right[at], levels[at], bits[at], close))
    left, right, levels, bits, close = (np.concatenate(arrays) for arrays in zip(*kept, strict=True))
    company = company_kept(np.concatenate(shared)) if counted else USUAL
    if possible is not None and records >= SMALLEST:
        one, near = np.concatenate(known).T
        prior = moved_prior(one, near, possible, prior, company)
    kept_apart(bits, close, prior, company)
    total = bits.sum(axis=1) + prior
    best = best_of(left, right, total, threshold)
    scored = Scored(levels[best], bits[best], total[best])
    return Matches(left[best], right[best], scored, tuple(oversized), prior)


def _counting(
    one: npt.NDArray[np.float64], close: npt.NDArray[np.float64], prior: float
) -> npt.NDArray[np.float64]:
    """Of the pairs that count at all: bits against a stranger, and against somebody close by."""
    at = np.flatnonzero(one + prior > FAINTEST)
    return np.stack([one[at], close[at].sum(axis=1)], axis=1)


def _bits_of(probability: float) -> float:
    """Odds in bits, as far as `probability_of` tells them apart."""
    if probability <= 0:
        return -np.inf
    return float(np.log2(probability / (1 - probability))) - 1e-9 if probability < 1 else 52.0


def best_of(left: Codes, right: Codes, total: npt.NDArray[np.float64], threshold: float) -> Codes:
    """Places of the pairs of at least ``threshold`` probability, best first, ties by position."""
    at = np.flatnonzero(probability_of(total) >= threshold)
    found: Codes = at[np.lexsort((right[at], left[at], -np.round(total[at], 6)))]
    return found

"""Duplicates of a labelled set found by one engine: what is measured, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.labelled import Labelled, f1, load

__all__ = ["ours", "recordlinkage", "splink"]

_Pairs = tuple[np.ndarray, np.ndarray]


def _find(engine: Callable[[Labelled, str], _Pairs], name: str) -> Callable[[], float]:
    labelled = load(name)
    return lambda: f1(labelled, *engine(labelled, name))


def _ours(labelled: Labelled, _name: str) -> _Pairs:
    from validation.duplicates import find_pairs, link_pairs  # noqa: PLC0415 - each path loads only what it needs

    frame: pd.DataFrame = labelled.frame
    if labelled.first:
        found = link_pairs(frame[: labelled.first], frame[labelled.first :], labelled.kinds)
    else:
        found = find_pairs(frame, labelled.kinds)
    return found["left"].to_numpy(), found["right"].to_numpy()


def ours(_folder: Path, _rows: int, name: str) -> Callable[[], float]:
    """`find_pairs`, or `link_pairs` where there are two tables, with the weights as shipped."""
    import validation.duplicates  # noqa: F401, PLC0415 - imports are not measured

    return _find(_ours, name)


def splink(_folder: Path, _rows: int, name: str) -> Callable[[], float]:
    """Splink 5 on DuckDB, see `benchmarks.with_splink`."""
    from benchmarks.with_splink import pairs  # noqa: PLC0415

    return _find(pairs, name)


def recordlinkage(_folder: Path, _rows: int, name: str) -> Callable[[], float]:
    """The recordlinkage toolkit, see `benchmarks.with_recordlinkage`."""
    from benchmarks.with_recordlinkage import pairs  # noqa: PLC0415

    return _find(pairs, name)

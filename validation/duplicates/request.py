"""What the engine cannot answer: frames, mappings and thresholds that say no clear thing, refused in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["refuse_frame", "refuse_kinds", "refuse_probability"]

_EXAMPLE = '{"surname": "family-name"}'


def refuse_probability(value: object, name: str) -> None:
    """Refuse what is no probability.

    Raises:
        TypeError: It is no number.
        ValueError: It is not from 0 to 1.
    """
    if not isinstance(value, (int, float, np.number)):
        raise TypeError(f"{name} is a {type(value).__name__}, but a probability is a number from 0 to 1")
    if not 0 <= value <= 1:  # neither is NaN
        raise ValueError(f"{name} is {value}, but a probability lies between 0 and 1")


def refuse_kinds(kinds: object) -> None:
    """Refuse a mapping that names no column, or a kind that there is not.

    Raises:
        TypeError: It is no mapping.
        ValueError: It is empty, or says of a column something else than a kind.
    """
    if kinds is not None and not isinstance(kinds, Mapping):
        raise TypeError(f"kinds is a {type(kinds).__name__}; say what each column is, such as {_EXAMPLE}")
    if not kinds:
        raise ValueError(f"kinds names no column; say what to compare, such as {_EXAMPLE}")
    known = [kind.value for kind in Kind]
    for name, kind in kinds.items():
        if not isinstance(kind, str) or kind not in known:
            raise ValueError(f"column {name!r} is said to be {kind!r}, but the kinds are {', '.join(known)}")


def refuse_frame(frame: object, kinds: Mapping[Any, Kind | str], which: str) -> None:
    """Refuse a frame that lacks a column, has one twice, or whose labels do not tell its records apart.

    Args:
        frame: Should be a frame.
        kinds: Its columns that count.
        which: What to call it.

    Raises:
        TypeError: It is no frame.
        KeyError: It has no such column.
        ValueError: It has one more than once, or an index label.
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{which} is a {type(frame).__name__}; give a pandas DataFrame, one record a row")
    if missing := [name for name in kinds if name not in frame.columns]:
        raise KeyError(f"{which} has no column {', '.join(map(str, missing))}")
    if twice := [name for name in kinds if not isinstance(frame[name], pd.Series)]:
        raise ValueError(f"{which} has column {twice[0]!r} more than once; rename one of them")
    if (label := _repeated(frame.index)) is not None:
        raise ValueError(
            f"{which}'s index has label {label[0]!r} more than once, so that an answer could not say which record it "
            "means; call reset_index(drop=True) on the frame first"
        )


def _repeated(index: pd.Index[Any]) -> list[Hashable] | None:
    """The first label that stands there again, alone in a list; blank ones, of whatever sort, are one label."""
    again = index.duplicated()
    if not isinstance(index, pd.MultiIndex):
        blank = index.isna()
        again |= blank & (np.cumsum(blank) > 1)
    return index[again][:1].tolist() if again.any() else None

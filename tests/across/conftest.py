"""A travel agency with three branches, each with its own workbook."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.require import missing
from workbook_cms import Workbook

SOUTH = {**QUENBY, "Family name": "Zafiropolous", "Email": "", "Phone": "+61 491 570 156"}
OTHER = {
    "Type": "Customer",
    "Given name": "Ada",
    "Family name": "Quill",
    "Date of birth": "2/9/1971",
    "Phone": "0491 570 159",
}


@pytest.fixture(scope="session")
def branches_made(tmp_path_factory, made) -> Path:
    """The branches, made once."""
    folder = tmp_path_factory.mktemp("branches")
    for name, records in (("north", [QUENBY]), ("south", [OTHER, SOUTH]), ("west", [OTHER])):
        path = folder / name / f"{name}.xlsx"
        path.parent.mkdir()
        shutil.copy(made["fresh"] / "customers.xlsx", path)
        for record in records:
            Workbook.open(path, today=TODAY).add("Stakeholders", record)
    return folder


@pytest.fixture
def branches(branches_made, tmp_path) -> Path:
    """Quenby stands in the north and, misspelt, in the south; Ada Quill in the south and in the west."""
    folder = tmp_path / "branches"
    shutil.copytree(branches_made, folder)
    return folder


@pytest.fixture
def splink() -> None:
    """Splink with DuckDB; skips the test where it is not installed."""
    if importlib.util.find_spec("splink") is None:
        missing("splink", "Splink is not installed (pip install 'workbook-cms[splink]')")


@pytest.fixture
def spark(splink) -> None:
    """Splink with Spark on this machine; skips the test where it, or Java, is not installed."""
    if importlib.util.find_spec("pyspark") is None:
        missing("spark", "pyspark is not installed (pip install 'workbook-cms[spark]')")
    if shutil.which("java") is None:
        missing("spark", "Spark needs Java, which is not installed")

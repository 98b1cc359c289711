"""``front-end``."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, one_line


def test_a_front_end_is_made(cli: Cli, path: Path) -> None:
    """It has the forms, and the next step is said."""
    out = path.with_name("entry.xlsx")
    result = cli("front-end", path, "--out", out)
    assert result.code == 0
    assert "workbook-cms serve" in result.out
    assert openpyxl.load_workbook(out, read_only=True).sheetnames[:2] == ["Home", "Record an interaction"]


def test_json_tells_what_was_made(cli: Cli, path: Path) -> None:
    """For scripts: both files, and whether there are macros."""
    out = path.with_name("entry.xlsm")
    made = json.loads(cli("front-end", path, "--out", out, "--format", "json").out)
    assert (made["out"], made["macros"]) == (str(out), True)


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("entry.csv", "ends with .xlsx or .xlsm"),
        ("customers.xlsx", "the record workbook itself"),
        ("gone/entry.xlsx", "does not exist"),
        ("", "no file can have this name"),
    ],
)
def test_what_cannot_be_made_is_one_line(cli: Cli, path: Path, out: str, words: str) -> None:
    """A wrong name or folder is said in one line."""
    assert words in one_line(cli("front-end", path, "--out", path.parent / out if out else ""))


def test_the_record_must_be_there(cli: Cli, tmp_path: Path) -> None:
    """A record workbook that is not there is named."""
    assert "customers.xlsx" in one_line(
        cli("front-end", tmp_path / "customers.xlsx", "--out", tmp_path / "e.xlsx")
    )


def test_a_file_that_is_there_is_kept(cli: Cli, path: Path) -> None:
    """Only --overwrite replaces it."""
    out = path.with_name("entry.xlsx")
    out.write_text("mine")
    assert "already there" in one_line(cli("front-end", path, "--out", out))
    assert out.read_text() == "mine"
    assert cli("front-end", path, "--out", out, "--overwrite").code == 0

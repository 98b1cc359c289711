"""``across``: who stands in several workbooks of a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, one_line


@pytest.fixture
def branches(path: Path, tmp_path: Path) -> Path:
    """Two workbooks with the same person."""
    folder = tmp_path / "branches"
    for name in ("north", "south"):
        (folder / name).mkdir(parents=True)
        shutil.copy(path, folder / name / f"{name}.xlsx")
    return folder


def test_pairs_as_text(cli: Cli, branches: Path) -> None:
    """Each pair says where the two stand, who they are, how sure it is and why."""
    result = cli("across", branches, "Stakeholders")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == (
        "north/north.xlsx STK-00001 Quenby Zafiropoulos  =  south/south.xlsx STK-00001 Quenby Zafiropoulos  (99.9 %)"
    )
    assert "same e-mail" in lines[1] or "same email" in lines[1]
    assert lines[-1] == "2 records of 2 workbooks, 1 pair."


def test_pairs_as_json(cli: Cli, branches: Path) -> None:
    """The evidence of each field stands in the JSON."""
    data = json.loads(cli("across", branches, "stakeholders", "--format", "json").out)
    (pair,) = data["pairs"]
    assert (data["records"], data["workbooks"]) == (2, ["north/north.xlsx", "south/south.xlsx"])
    assert pair["left"]["key"] == pair["right"]["key"] == "STK-00001"
    assert {"Given name", "Family name"} <= {
        field["field"] for field in pair["fields"] if field["level"] == "exact"
    }
    assert pair["bits"] > 10


def test_pairs_as_workbook(cli: Cli, branches: Path, tmp_path: Path) -> None:
    """The list has a row a pair, and nothing of it is a formula."""
    out = tmp_path / "lists" / "pairs.xlsx"
    assert cli("across", branches, "Stakeholders", "--out", out).code == 0
    sheet = openpyxl.load_workbook(out).active
    assert [cell.value for cell in sheet[5]][:3] == ["north/north.xlsx", "STK-00001", "Quenby Zafiropoulos"]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "pairs.csv"], "let it end with .xlsx"),
        (["--settings", "s.json"], "name --engine duckdb or spark too"),
        (["--threshold", "7"], "0.01<=x<=0.999"),
        (["--threshold", "nan"], "from 0.01 to 0.999"),
        (["--engine", "abacus"], "abacus"),
    ],
)
def test_mistakes_are_one_line(cli: Cli, branches: Path, arguments: list[str], words: str) -> None:
    """A mistake in the call is said, with exit code 2, and nothing is written."""
    result = cli("across", branches, "Stakeholders", *arguments)
    assert result.code == 2
    assert words in one_line(result)
    assert "Traceback" not in result.err


def test_no_folder(cli: Cli, tmp_path: Path) -> None:
    """A folder that is not there is one line."""
    assert "there is no such folder" in one_line(cli("across", tmp_path / "none", "Stakeholders"))

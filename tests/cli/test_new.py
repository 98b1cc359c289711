"""``new`` and ``templates``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, one_line


def test_a_new_workbook_is_clean(cli: Cli, tmp_path: Path) -> None:
    """Built from the template, it has its tables, no records and no findings."""
    path = tmp_path / "customers.xlsx"
    result = cli("new", path, "--template", "world-traveller", "--format", "json")
    assert result.code == 0
    assert json.loads(result.out)["tables"] == {
        "Stakeholders": 0,
        "Interactions": 0,
        "FollowUps": 0,
        "Bookings": 0,
    }
    assert cli("check", path).out == "No findings.\n"


def test_the_blank_template_is_a_beginning(cli: Cli, tmp_path: Path) -> None:
    """``blank`` has one table to start from."""
    result = cli("new", tmp_path / "own.xlsx", "--template", "blank", "--format", "json")
    assert len(json.loads(result.out)["tables"]) == 1


def test_a_file_that_is_there_is_kept(cli: Cli, tmp_path: Path) -> None:
    """Nothing is overwritten unless it is forced."""
    path = tmp_path / "customers.xlsx"
    path.write_text("mine")
    assert "customers.xlsx" in one_line(cli("new", path))
    assert path.read_text() == "mine"
    assert cli("new", path, "--force").code == 0


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("customers.xls", [], "ends with .xlsx"),
        ("customers.xlsx", ["--template", "nope"], "nope"),
        ("gone/customers.xlsx", [], "does not exist"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    cli: Cli, tmp_path: Path, name: str, arguments: list[str], words: str
) -> None:
    """A wrong name, template or folder is said, and nothing is left behind."""
    assert words in one_line(cli("new", tmp_path / name, *arguments))
    assert list(tmp_path.iterdir()) == []


def test_templates_are_listed(cli: Cli) -> None:
    """The names that ``new`` takes, with their tables."""
    found = {
        item["name"]: item["tables"] for item in json.loads(cli("templates", "--format", "json").out)["templates"]
    }
    assert found["world-traveller"] == ["Stakeholders", "Interactions", "FollowUps", "Bookings"]
    assert "blank" in cli("templates").out

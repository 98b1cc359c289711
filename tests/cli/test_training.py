"""``practice`` and ``cheat-sheet``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line


def test_a_practice_copy_is_made_and_says_what_to_do(cli: Cli, path: Path) -> None:
    """The copy lies beside the workbook, and the first task stands on the screen."""
    result = cli("practice", path)
    assert result.code == 0
    assert "customers-practice.xlsx: the same rules, people made up" in result.out
    assert "1. Add a stakeholder" in result.out
    assert cli("check", path.with_name("customers-practice.xlsx")).out == "No findings.\n"


def test_progress_follows_what_was_done(cli: Cli, path: Path) -> None:
    """A task that was done says so, whichever of the two workbooks is named; the copy is not made anew."""
    copy = path.with_name("customers-practice.xlsx")
    cli("practice", path)
    cli("update", copy, "Stakeholders", "STK-00002", "--set", "Segment=Groups")
    for book in (path, copy):
        result = cli("practice", book, "--progress", "--format", "json")
        tasks = json.loads(result.out)["tasks"]
        assert [task["title"] for task in tasks if task["done"]] == ["Change a detail"]
    assert "done 3. Change a detail" in cli("practice", copy, "--progress").out


def test_progress_needs_a_copy(cli: Cli, path: Path) -> None:
    """Without one, the command that makes it is named."""
    assert "workbook-cms practice customers.xlsx" in one_line(cli("practice", path, "--progress"))


def test_a_copy_that_is_there_is_kept(cli: Cli, path: Path) -> None:
    """Making it a second time is refused in one line; ``--force`` begins again."""
    cli("practice", path)
    assert "customers-practice.xlsx" in one_line(cli("practice", path))
    assert cli("practice", path, "--force").code == 0


def test_the_cheat_sheet_is_written(cli: Cli, path: Path) -> None:
    """Beside the workbook as HTML, or where and how it is asked for."""
    assert "customers-cheat-sheet.html" in cli("cheat-sheet", path).out
    assert path.with_name("customers-cheat-sheet.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert cli("cheat-sheet", path, "--out", path.with_name("sheet.md")).code == 0
    assert "browser" in one_line(cli("cheat-sheet", path, "--out", path.with_name("sheet.pdf")))

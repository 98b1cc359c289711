"""``history``: who changed what, and when."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli


def test_a_record_from_its_beginning(cli: Cli, path: Path) -> None:
    """The lines of one record, oldest first."""
    cli("update", path, "Stakeholders", "STK-00001", "--set", "Segment=Family")
    data = json.loads(cli("history", path, "STK-00001", "--format", "json").out)
    assert [(change["action"], change["field"], change["new"]) for change in data["changes"]] == [
        ("added", "", ""),
        ("changed", "Segment", "Family"),
    ]
    assert data["queued"] == 0


def test_the_whole_workbook_as_text(cli: Cli, path: Path) -> None:
    """Without a key there is every line, that of the making of the workbook first."""
    lines = cli("history", path).out.splitlines()
    assert lines[0].split()[:2] == ["No", "When"]
    assert "created" in lines[2]
    assert "STK-00001" in lines[3]


def test_an_unknown_key_has_no_history(cli: Cli, path: Path) -> None:
    """It is said in a sentence."""
    result = cli("history", path, "STK-00077")
    assert (result.code, result.out) == (0, f"{path} has no history of STK-00077.\n")


def test_queued_entries_are_mentioned(cli: Cli, path: Path, opened_elsewhere) -> None:
    """What waits for the workbook is not forgotten."""
    with opened_elsewhere(path):
        cli("update", path, "Stakeholders", "STK-00001", "--set", "Segment=Family")
        assert "1 more wait" in cli("history", path, "STK-00001").out

"""``undo``: what it prints, its exit codes, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line


def test_a_dry_run_shows_what_would_change(cli: Cli, path: Path) -> None:
    """Record, field, what stands there and what would; the file stays as it is."""
    cli("update", path, "Stakeholders", "STK-00001", "--set", "Segment=Family")
    before = path.read_bytes()
    result = cli("undo", path, 3, "--dry-run")
    assert result.code == 0
    assert [line.split() for line in result.out.splitlines()][2] == [
        "Stakeholders",
        "STK-00001",
        "Segment",
        '"Family"',
        "(blank)",
    ]
    assert result.out.endswith("Nothing was written.\n")
    assert path.read_bytes() == before


def test_an_undo_and_its_history(cli: Cli, path: Path) -> None:
    """The reason stands in the line that the undo makes."""
    cli("update", path, "Stakeholders", "STK-00001", "--set", "Segment=Family")
    result = cli("undo", path, 3, "--why", "wrong person")
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("Undone; `workbook-cms history` shows it.\n")
    last = json.loads(cli("history", path, "STK-00001", "--format", "json").out)["changes"][-1]
    assert (last["source"], last["why"], last["old"], last["new"]) == (
        "undo",
        "undo of line 3: wrong person",
        "Family",
        "",
    )


def test_what_was_changed_since_is_shown_beside_the_old_value(cli: Cli, path: Path) -> None:
    """Exit code 1, both values, and the way on."""
    for segment in ("Family", "Luxury"):
        assert cli("update", path, "Stakeholders", "STK-00001", "--set", f"Notes={segment}").code == 0
    result = cli("undo", path, 3)
    assert result.code == 1
    assert "Stakeholders STK-00001, Notes" in result.out
    assert "Luxury" in result.out
    assert "--override" in result.out
    refused = json.loads(cli("undo", path, 3, "--format", "json").out)
    assert refused["changed_since"] == [{"place": "Stakeholders STK-00001, Notes", "now": "Luxury", "then": None}]
    assert refused["receipts"] == []
    assert cli("undo", path, 3, "--override", "rang back").code == 0


def test_an_unknown_change_is_one_line(cli: Cli, path: Path) -> None:
    """With the way to see the numbers."""
    assert "`workbook-cms history`" in one_line(cli("undo", path, 99))


def test_while_the_workbook_is_open_the_undo_waits(cli: Cli, path: Path, opened_elsewhere) -> None:
    """It is said, and the receipt says so too."""
    with opened_elsewhere(path):
        result = cli("undo", path, 2, "--format", "json")
        assert json.loads(result.out)["receipts"][0]["state"] == "queued"
    assert "waits beside it" not in result.out

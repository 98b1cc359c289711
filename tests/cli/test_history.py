"""``history``: who changed what, and when."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line
from tests.support.raw import edit


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


def test_old_lines_are_archived(cli: Cli, path: Path) -> None:
    """Where they are now is told; the history shows them as before."""
    cli("update", path, "Stakeholders", "STK-00001", "--set", "Segment=Family")
    before = json.loads(cli("history", path, "--format", "json").out)["changes"]
    moved = json.loads(
        cli("history", path, "--archive-before", "2999-01", "--to", path.parent, "--format", "json").out
    )
    assert moved["archived"] == 3
    assert [Path(name).exists() for name in (*moved["files"], moved["backup"])] == [True, True]
    assert json.loads(cli("history", path, "--format", "json").out)["changes"][:3] == before
    assert "read along: customers history" in cli("history", path, "--verify").out


def test_a_month_without_older_lines_is_one_line(cli: Cli, path: Path) -> None:
    """Nothing is moved; so with what is no month, and with options that make no sense together."""
    assert "no lines from before" in one_line(cli("history", path, "--archive-before", "2001-01"))
    assert "is no month" in one_line(cli("history", path, "--archive-before", "spring"))
    assert "--archive-before" in one_line(cli("history", path, "--to", path.parent))


def test_an_archive_that_is_gone_is_named(cli: Cli, path: Path) -> None:
    """`history` and `undo` do not say that there was nothing; lines of one change are shown as one."""
    cli("update", path, "Stakeholders", "STK-00001", "--set", "Segment=Family")
    moved = json.loads(cli("history", path, "--archive-before", "2999-01", "--format", "json").out)
    Path(moved["files"][0]).unlink()
    shown = cli("history", path, "STK-00001").out
    assert "Older lines stand in the archive customers history" in shown
    assert "stands in the archive customers history" in one_line(cli("undo", path, "2"))
    assert "continued" not in cli("history", path).out


def test_blanks_that_nobody_sees_are_shown(cli: Cli, path: Path) -> None:
    """A value with blanks at its ends stands between quotation marks, so that old and new differ to the eye."""
    edit(path, "Stakeholders", 2, {"Family name": " Zafiris "})
    cli("check", path, "--fix")
    assert '" Zafiris "' in cli("history", path, "STK-00001").out

"""``restore``: the copies of a workbook, and one of them put back."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line

FIRM = ["--set", "Type=Supplier", "--set", "Organisation=Alpha Company", "--set", "Email=alpha@example.com"]


def test_copies_are_listed(cli: Cli, path: Path) -> None:
    """Number, time, reason, size and name of each."""
    assert cli("restore", path, "--list").out == f"No copy of {path} was made yet.\n"
    cli("add", path, "Stakeholders", *FIRM)
    result = cli("restore", path, "--list")
    assert (result.code, result.out.splitlines()[0].split()) == (0, ["No", "Made", "Before", "Bytes", "File"])
    assert result.out.splitlines()[2].split()[0] == "1"
    [copy] = json.loads(cli("restore", path, "--list", "--format", "json").out)["copies"]
    assert (copy["reason"], copy["size"] > 0) == ("day", True)


def test_a_copy_is_put_back(cli: Cli, path: Path) -> None:
    """What came after it is counted, and the way to it named."""
    cli("add", path, "Stakeholders", *FIRM)
    result = cli("restore", path, "--to", "1")
    assert result.code == 0
    assert result.out.startswith("Put back the copy of ")
    assert "What was there before is kept as customers-" in result.out
    assert f"1 entry came after it; `workbook-cms sync {path} --replay`" in result.out
    assert cli("status", path).code == 0
    data = json.loads(cli("restore", path, "--to", "1", "--format", "json").out)
    assert data["lost"] == 0  # the newest copy is the one that was made before the first was put back


def test_no_such_copy(cli: Cli, path: Path) -> None:
    """One line that says how to find the copies."""
    assert "no copy of it was made yet" in one_line(cli("restore", path, "--to", "1"))
    assert "give --list, or --to" in one_line(cli("restore", path))

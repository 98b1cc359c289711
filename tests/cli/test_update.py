"""``update``: one record changed, its history kept."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line
from workbook_cms.workbook import Workbook


def test_a_change_gets_a_receipt_and_a_history(cli: Cli, path: Path) -> None:
    """The new value is in the file; old value, new value and reason are in the history."""
    result = cli("update", path, "Stakeholders", "STK-00001", "--set", "Phone=0491 570 157", "--why", "called us")
    assert result.code == 0
    assert "Changed STK-00001 in Stakeholders" in result.out
    change = json.loads(cli("history", path, "STK-00001", "--format", "json").out)["changes"][-1]
    assert (change["field"], change["old"], change["new"], change["why"]) == (
        "Phone",
        "+61491570156",
        "+61491570157",
        "called us",
    )


def test_an_empty_value_empties_the_field(cli: Cli, path: Path) -> None:
    """``Label=`` clears."""
    assert cli("update", path, "Stakeholders", "STK-00001", "--set", "Date of birth=").code == 0
    assert "Date of birth" not in Workbook.open(path).table("Stakeholders").get("STK-00001")


def test_a_change_that_breaks_a_rule_is_refused(cli: Cli, path: Path) -> None:
    """Exit code 1, the finding as JSON, the file unchanged."""
    before = path.read_bytes()
    result = cli("update", path, "Stakeholders", "STK-00001", "--set", "Email=nobody", "--format", "json")
    assert result.code == 1
    assert [(f["code"], f["field"]) for f in json.loads(result.out)["findings"]] == [("ENT009", "Email")]
    assert path.read_bytes() == before


def test_an_unknown_key_is_one_line(cli: Cli, path: Path) -> None:
    """A key that is not there is exit code 2."""
    line = one_line(cli("update", path, "Stakeholders", "STK-00009", "--set", "Type=Prospect"))
    assert "there is no record STK-00009" in line


def test_the_key_cannot_be_changed(cli: Cli, path: Path) -> None:
    """Keys are for ever."""
    line = one_line(cli("update", path, "Stakeholders", "STK-00001", "--set", "Stakeholder ID=STK-00009"))
    assert "cannot be changed" in line

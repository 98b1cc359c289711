"""``doctor`` and ``setup`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, one_line


def test_doctor_of_this_computer(cli: Cli) -> None:
    """Each thing found stands with its judgement; without problems the exit code is 0."""
    result = cli("doctor")
    assert result.out.startswith("This computer\n  ok       Python 3.")
    assert result.code == 0
    assert "\x1b" not in result.out


def test_doctor_of_a_workbook(cli: Cli, path: Path) -> None:
    """A section for the workbook; in JSON the same, with ids."""
    assert f"\n{path.name}\n" in cli("doctor", path).out
    data = json.loads(cli("doctor", path, "--format", "json").out)
    assert (data["command"], data["workbook"]) == ("doctor", str(path))
    assert [section["title"] for section in data["sections"]] == ["This computer", "customers.xlsx"]
    assert {"id": "journal", "judgement": "ok", "found": "Nothing waits to be written.", "mend": ""} in data[
        "sections"
    ][1]["diagnoses"]


def test_a_problem_sets_the_exit_code(cli: Cli, path: Path) -> None:
    """A damaged workbook is exit code 1 with the mend; a missing one cannot be looked at."""
    path.write_bytes(b"PK\3\4")
    result = cli("doctor", path)
    assert result.code == 1
    assert "problem  customers.xlsx: The file is damaged" in result.out
    assert result.out.splitlines()[-1].startswith("1 problem, ")
    assert "There is no such file." in one_line(cli("doctor", path.with_name("none.xlsx")))


def test_an_address(cli: Cli) -> None:
    """A SharePoint address is answered, not looked up."""
    result = cli("doctor", "https://wt.sharepoint.com/sites/Sales/customers.xlsx")
    assert result.code == 1
    assert "is an address, not a file" in result.out


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


@pytest.mark.skipif("sys.platform != 'linux'", reason="the other systems have other places, see tests/setup")
def test_setup_and_back(cli: Cli, own_home: Path) -> None:
    """A dry run changes nothing; the helper starts at login; said again nothing changes; --remove undoes it."""
    entry = own_home / ".config" / "autostart" / "workbook-cms-serve.desktop"
    dry = cli("setup", "--start-at-login", "on", "--dry-run")
    assert (dry.code, entry.exists()) == (0, False)
    assert str(entry) in dry.out
    assert "Nothing was changed." in dry.out
    assert cli("setup", "--start-at-login", "on").code == 0
    assert "serve" in entry.read_text(encoding="utf-8")
    assert cli("setup", "--start-at-login", "on").out == "Nothing to change.\n"
    assert cli("setup", "--start-at-login", "on", "--office", "libreoffice").code == 0
    assert '"--office" "libreoffice"' in entry.read_text(encoding="utf-8")
    made = json.loads(cli("setup", "--remove", "--format", "json").out)["changes"]
    assert [change["id"] for change in made] == ["start-at-login"]
    assert not entry.exists()


@pytest.mark.skipif("sys.platform != 'linux'", reason="macros do start Python elsewhere")
def test_setup_says_what_makes_no_sense(cli: Cli, own_home: Path) -> None:
    """An interpreter for macros on Linux, and --remove with anything else, are one line."""
    assert "in Excel only" in one_line(cli("setup", "--interpreter", "/usr/bin/python3"))
    assert "give it alone" in one_line(cli("setup", "--remove", "--start-at-login", "on"))
    assert "give --start-at-login on" in one_line(cli("setup", "--office", "libreoffice"))
    assert list(own_home.iterdir()) == []

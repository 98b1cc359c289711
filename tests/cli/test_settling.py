"""``sync --settle``: the steward decides which of two changes of one field stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, one_line
from tests.cli.test_queue import conflict
from workbook_cms import Workbook

WANTED, PRESENT = "+61491570157", "+61491570158"


@pytest.fixture
def met(cli: Cli, path: Path, opened_elsewhere) -> Path:
    """A workbook with a change of a telephone number that met another one."""
    conflict(path, opened_elsewhere, cli)
    assert cli("sync", path).code == 1
    return path


def phone(path: Path) -> object:
    """The telephone number that stands in the record."""
    return Workbook.open(path).table("Stakeholders").get("STK-00001")["Phone"]


def test_both_values_are_shown(cli: Cli, met: Path) -> None:
    """What was wanted, what is there, and how to decide; nothing is changed, and the exit code says that it is open."""
    shown = cli("sync", met, "--settle", "STK-00001")
    assert shown.code == 1
    assert f'Phone: wanted "{WANTED}", saw "+61491570156", is "{PRESENT}"' in shown.out
    assert "--take wanted or --take present" in shown.out
    assert (phone(met), len(Workbook.open(met).conflicts_of_all())) == (PRESENT, 1)


def test_what_is_there_stays(cli: Cli, met: Path) -> None:
    """The conflict goes off the list, and the record is as it was."""
    assert cli("sync", met, "--settle", "STK-00001", "--take", "present").code == 0
    assert (phone(met), Workbook.open(met).conflicts_of_all()) == (PRESENT, ())


def test_what_was_wanted_is_written(cli: Cli, met: Path) -> None:
    """It is a change with its own line in the history, which says whose it was; a second time there is no conflict."""
    data = json.loads(cli("sync", met, "--settle", "STK-00001", "--take", "wanted", "--format", "json").out)
    assert (data["taken"], len(data["settled"])) == ("wanted", 1)
    book = Workbook.open(met)
    assert (phone(met), book.conflicts_of_all()) == (WANTED, ())
    last = book.history("STK-00001").iloc[-1]
    assert (last["Old"], last["New"]) == (PRESENT, WANTED)
    assert last["Why"].startswith("conflict settled: entered by ")
    assert "there is no conflict of that record" in one_line(cli("sync", met, "--settle", "STK-00001"))


def test_take_goes_with_settle(cli: Cli, path: Path) -> None:
    """Alone it says so."""
    assert "--take goes with --settle" in cli("sync", path, "--take", "wanted").err

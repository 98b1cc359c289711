"""``sync``, ``status`` and ``settings``: what waits beside a workbook, and who may write it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import Cli, one_line
from workbook_cms import Workbook
from workbook_cms.file import platform

FIRM = ["--set", "Type=Supplier", "--set", "Organisation=Alpha Company", "--set", "Email=alpha@example.com"]


def conflict(path: Path, opened_elsewhere, cli: Cli) -> None:
    """Two people change one telephone number while the workbook is open; the first change is set aside."""
    with opened_elsewhere(path):
        cli("update", path, "Stakeholders", "STK-00001", "--set", "Phone=0491 570 157")
    side = Workbook.open(path).snapshot().side
    [waiting] = side.journal_files()
    kept = waiting.read_text(encoding="utf-8")
    waiting.unlink()
    cli("update", path, "Stakeholders", "STK-00001", "--set", "Phone=0491 570 158")
    waiting.write_text(kept, encoding="utf-8")


def test_nothing_waits(cli: Cli, path: Path) -> None:
    """A workbook at rest says so, and the exit code is 0."""
    result = cli("status", path)
    assert result.code == 0
    assert "Nobody is known to have the workbook open." in result.out
    assert "Nothing waits to be written." in result.out
    assert "Copies: 0; none yet." in result.out
    assert (cli("sync", path).code, cli("sync", path).out) == (0, "Nothing waited.\n")


def test_what_waits_is_said_and_written(cli: Cli, path: Path, opened_elsewhere) -> None:
    """What, by whom, from which computer, since when; and who keeps it waiting. That is no error."""
    with opened_elsewhere(path):
        cli("add", path, "Stakeholders", *FIRM)
        result = cli("status", path)
        data = json.loads(cli("status", path, "--format", "json").out)
        assert cli("sync", path).code == 2
    assert result.code == 0
    assert "The workbook is open by mia since" in result.out
    assert "1 entry waiting:" in result.out
    [queued] = data["queued"]
    assert (queued["action"], queued["table"], queued["key"]) == ("add", "Stakeholders", "")
    assert (queued["account"], queued["machine"]) == (platform.account(), platform.machine())
    assert data["opened_by"]["name"] == "mia"
    assert cli("sync", path).out == "1 entry written.\n"
    assert json.loads(cli("status", path, "--format", "json").out)["queued"] == []


def test_a_conflict_says_with_what_and_whose(cli: Cli, path: Path, opened_elsewhere) -> None:
    """What was wanted, what its author saw, what is there now and by whom; the command that met it ends with 1."""
    conflict(path, opened_elsewhere, cli)
    result = cli("sync", path)
    assert result.code == 1
    assert "1 change could not go in" in result.out
    said = cli("status", path)
    assert said.code == 0
    assert "Conflict: Stakeholders STK-00001, by" in said.out
    assert 'Phone: wanted "+61491570157", saw "+61491570156", is "+61491570158" (by ' in said.out
    [one] = json.loads(cli("status", path, "--format", "json").out)["conflicts"]
    assert [(f["field"], f["wanted"], f["now"]) for f in one["fields"]] == [
        ("Phone", "+61491570157", "+61491570158")
    ]
    assert one["fields"][0]["by"] == platform.account()


def test_a_damaged_journal_file_is_an_error(cli: Cli, path: Path) -> None:
    """It is named, and the exit code is 1."""
    journal = Workbook.open(path).snapshot().side.path / "journal"
    journal.mkdir(exist_ok=True)
    (journal / "20261122T020000.000000-x.json").write_text('{"version": ', encoding="utf-8")
    result = cli("status", path)
    assert result.code == 1
    assert "The journal file 20261122T020000.000000-x.json is damaged, so its entry cannot go in." in result.out
    written = cli("sync", path)
    assert written.code == 1
    assert written.out.startswith("1 damaged journal file: see `workbook-cms status ")
    assert "is damaged, so its entry cannot go in." in cli("doctor", path).out.replace("\n           ", " ")


def test_lost_entries_are_offered_and_replayed(cli: Cli, path: Path) -> None:
    """An older version that came back is an error until its lost entries are written again."""
    old = path.read_bytes()
    cli("add", path, "Stakeholders", *FIRM)
    path.write_bytes(old)
    result = cli("status", path)
    assert result.code == 1
    assert "The workbook is older than its last write" in result.out
    assert f"1 entry no longer in the file, though written once; `workbook-cms sync {path} --replay`" in result.out
    listed = cli("sync", path, "--replay", "--dry-run")
    assert "Stakeholders STK-00002" in listed.out
    assert "1 entry would be written again; nothing was written." in listed.out
    assert path.read_bytes() == old
    data = json.loads(cli("sync", path, "--replay", "--format", "json").out)
    assert (data["written"], [one["key"] for one in data["lost"]]) == (1, ["STK-00002"])
    assert cli("status", path).code == 0
    assert cli("sync", path, "--replay").out.startswith("Nothing was lost")


def test_dry_run_goes_with_replay(cli: Cli, path: Path) -> None:
    """Alone it would say less than status."""
    assert "--dry-run goes with --replay" in one_line(cli("sync", path, "--dry-run"))


def test_the_named_computer(cli: Cli, path: Path) -> None:
    """Entries of the others wait, the receipt says for whom, and status says where one is."""
    assert "Only the computer OFFICE-PC writes" in cli("settings", path, "--writer", "OFFICE-PC").out
    receipt = cli("add", path, "Stakeholders", *FIRM)
    assert receipt.code == 0
    assert "only the computer OFFICE-PC writes to this workbook" in receipt.out
    said = cli("status", path)
    assert "Only the computer OFFICE-PC writes to the workbook; the others enter." in said.out
    assert f"This is {platform.machine()}." in said.out
    assert "1 entry waiting" in said.out
    assert "only the computer OFFICE-PC writes" in one_line(cli("sync", path))
    assert cli("settings", path, "--writer", "").out.startswith("Each computer writes.")
    assert cli("sync", path).out == "1 entry written.\n"


def test_settings_are_shown_and_kept(cli: Cli, path: Path) -> None:
    """What is not given stays as it was."""
    assert cli("settings", path).out == (
        "Each computer writes.\nCopies: the newest 14 of each kind, for 90 days; the last one stays.\n"
        "History: grows up to 10,000 lines, then the older half moves to archives beside.\n"
    )
    cli("settings", path, "--copies", "3", "--lines", "500")
    data = json.loads(cli("settings", path, "--days", "1", "--format", "json").out)
    assert (data["writer"], data["copies"], data["days"], data["lines"]) == ("", 3, 1, 500)
    assert "History: grows as it will." in cli("settings", path, "--lines", "0").out


def test_a_history_that_is_too_long_is_said(cli: Cli, path: Path) -> None:
    """How much of it is archived, and what to do where it is not."""
    cli("settings", path, "--lines", "1")
    assert "2 of them stand in the workbook, and 1 should at the most" in cli("status", path).out
    cli("settings", path, "--lines", "4")
    for number in range(4):
        assert cli("update", path, "Stakeholders", "STK-00001", "--set", f"Notes=change {number}").code == 0
    said = cli("status", path).out
    assert "History: 7 lines, 3 of them in archives" in said
    assert "should at the most" not in said


@pytest.mark.parametrize("option", [["--copies", "-1"], ["--days", "many"]])
def test_wrong_settings_are_refused(cli: Cli, path: Path, option: list[str]) -> None:
    """One line, and nothing changed."""
    one_line(cli("settings", path, *option))
    assert "the newest 14" in cli("settings", path).out


def test_a_missing_side_folder_is_told(cli: Cli, path: Path) -> None:
    """Without it nobody knows whether the file is an older one: status and doctor say so in the same words."""
    shutil.rmtree(path.with_name("customers.xlsx.cms"))
    words = "It is not known how the last write left the workbook"
    result = cli("status", path)
    assert result.code == 0
    assert words in result.out
    assert words in cli("doctor", path).out


def test_an_older_file_of_which_nothing_is_left_can_be_taken_as_it_is(cli: Cli, path: Path) -> None:
    """Replaying says so; the file counts from then on, and the history tells of it."""
    old = path.read_bytes()
    cli("add", path, "Stakeholders", *FIRM)
    path.write_bytes(old)
    shutil.rmtree(path.with_name("customers.xlsx.cms") / "applied")
    shutil.rmtree(path.with_name("customers.xlsx.cms") / "backups")
    assert cli("status", path).code == 1
    assert "workbook-cms sync --replay" in cli("check", path, "--select", "FIL005").out
    assert "from now on it counts as it is" in cli("sync", path, "--replay").out
    assert (cli("status", path).code, cli("check", path, "--select", "FIL").code) == (0, 0)
    assert "replayed" in cli("history", path).out


def test_nothing_to_replay_makes_no_copy(cli: Cli, path: Path) -> None:
    """A copy is made before a change, and this is none."""
    cli("sync", path, "--replay")
    assert json.loads(cli("restore", path, "--list", "--format", "json").out)["copies"] == []


def test_fixes_that_wait_are_not_said_to_be_done(cli: Cli, path: Path, opened_elsewhere) -> None:
    """Nor is the history said to show them."""
    book = openpyxl.load_workbook(path)
    next(cell for row in book["Stakeholders"] for cell in row if cell.value == "Quenby").value = "Quinby"
    book.save(path)
    with opened_elsewhere(path):
        said = cli("check", path, "--fix", "--unsafe-fixes", "--select", "FIL001").err
    assert "1 cell to be mended, which waits beside the workbook" in said
    assert "open by mia" in said


def test_no_copies_are_said_to_be_none(cli: Cli, path: Path) -> None:
    """Not the newest none."""
    assert "Copies: none are made" in cli("settings", path, "--copies", "0").out

"""``check``: the whole workbook, in every format, with fixes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Cli, one_line


def codes(cli: Cli, path: Path, *arguments: str) -> list[str]:
    """Codes of what a check finds."""
    return [f["code"] for f in json.loads(cli("check", path, "--format", "json", *arguments).out)["findings"]]


def test_a_clean_workbook(cli: Cli, path: Path) -> None:
    """No findings, exit code 0."""
    result = cli("check", path)
    assert (result.code, result.out, result.err) == (0, "No findings.\n", "")


def test_findings_set_the_exit_code(cli: Cli, sample: Path) -> None:
    """The sample's planted faults are found, errors make it 1, a choice without errors 0."""
    result = cli("check", sample)
    assert result.code == 1
    assert "STK-00169, Given name (Stakeholders!" in result.out
    assert result.out.splitlines()[-1].split()[1].startswith("finding")
    assert cli("check", sample, "--select", "DUP002").code == 0


def test_select_and_ignore(cli: Cli, sample: Path) -> None:
    """Beginnings of codes choose, in any case of letters."""
    assert set(codes(cli, sample, "--select", "ent009,NAM")) >= {"ENT009", "NAM004"}
    assert {code[:3] for code in codes(cli, sample, "--select", "NAM,DUP", "--ignore", "DUP")} == {"NAM"}


@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif", "junit"])
def test_every_format_holds_every_finding(cli: Cli, sample: Path, format_: str) -> None:
    """The cell of a planted fault stands in each format, and none holds an escape sequence."""
    result = cli("check", sample, "--format", format_)
    assert result.code == 1
    assert "ENT009" in result.out
    assert "STK-00176" in result.out
    assert "\x1b" not in result.out
    if format_ in {"json", "sarif"}:
        assert json.loads(result.out)
    if format_ == "junit":
        assert ET.fromstring(result.out).tag == "testsuites"  # noqa: S314 - our own output


def test_diff_shows_and_writes_nothing(cli: Cli, sample: Path) -> None:
    """Before and after of each safe fix; the file stays as it is."""
    before = sample.read_bytes()
    result = cli("check", sample, "--diff", "--select", "NAM001,NAM003")
    assert "\n- " in result.out
    assert "\n+ " in result.out
    assert "nothing was written" in result.out
    assert sample.read_bytes() == before


def test_fix_mends_and_keeps_the_history(cli: Cli, sample: Path) -> None:
    """After --fix the safe ones are gone, the others stay, and each is in the history as a fix."""
    assert "NAM001" in codes(cli, sample)
    result = cli("check", sample, "--fix", "--format", "json")
    assert "mended" in result.err
    left = json.loads(result.out)
    assert left["summary"]["fixable"] == 0
    assert "NAM001" not in {f["code"] for f in left["findings"]}
    assert "NAM004" in {f["code"] for f in left["findings"]}
    changes = json.loads(cli("history", sample, "STK-00171", "--format", "json").out)["changes"]
    assert changes[-1]["source"] == "fix"


def test_bad_codes_are_one_line(cli: Cli, path: Path) -> None:
    """A code that no rule has is a mistake, not an empty answer."""
    assert "--ignore ZZZ: no rule begins so." in one_line(cli("check", path, "--ignore", "ENT,ZZZ"))


@pytest.mark.parametrize(
    "content", [b"", b"Name,Phone\n", b"<html></html>", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" * 200]
)
def test_a_file_that_is_no_workbook_is_one_line(cli: Cli, tmp_path: Path, content: bytes) -> None:
    """Whatever carries the name of a workbook, there is one line and the file stays."""
    path = tmp_path / "customers.xlsx"
    path.write_bytes(content)
    assert "customers.xlsx" in one_line(cli("check", path))
    assert path.read_bytes() == content


def test_a_front_end_is_no_record_workbook(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Whoever gives the workbook with the forms is told which one is meant."""
    front = tmp_path / "entry.xlsx"
    assert cli("front-end", path, "--out", front).code == 0
    line = one_line(cli("check", front))
    assert "this is a front-end: it has forms, but neither records nor rules." in line
    assert path.name in cli("doctor", front).out

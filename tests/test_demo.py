"""The demonstration shows what it promises, and touches nothing of the user's."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from workbook_cms import demo
from workbook_cms.cli import run
from workbook_cms.workbook import Workbook


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[demo.Demonstration, str]:
    """A run of the demonstration, and what it said."""
    said: list[str] = []
    folder = tmp_path_factory.mktemp("demo") / "here"
    return demo.run(folder, said.append), "\n".join(said)


def test_the_five_entries_end_as_promised(shown: tuple[demo.Demonstration, str]) -> None:
    """Clean, mended, refused, duplicate, misattributed: each by its own rules."""
    outcomes = shown[0].outcomes
    assert [outcome.state for outcome in outcomes] == ["written", "written", "refused", "refused", "refused"]
    assert outcomes[0].codes == ()
    assert outcomes[1].codes == ()
    assert {"NAM004", "NAM006", "ENT003", "ENT004", "ENT009", "ENT010"} <= set(outcomes[2].codes)
    assert set(outcomes[3].codes) == {"DUP002"}
    assert set(outcomes[4].codes) == {"ATT001", "ATT002", "ATT003", "ATT005"}


def test_what_was_mended_is_shown(shown: tuple[demo.Demonstration, str]) -> None:
    """The untidy entry is in the workbook in its mended form, and before and after were shown."""
    demonstration, said = shown
    record = Workbook.open(demonstration.workbook).table("Stakeholders").get(demonstration.outcomes[1].key)
    assert (record["Given name"], record["Family name"]) == ("Rajesh", "Venkataraman")
    assert record["Phone"] == "+61491570313"
    assert '"0491 570 313" -> "+61491570313"' in said


def test_the_wrong_passenger_is_told_once(shown: tuple[demo.Demonstration, str]) -> None:
    """The e-mail, the strongest clue, says the whole before the others point to it."""
    told = shown[1].partition("5. A conversation")[2].partition("The whole workbook")[0]
    words = " ".join(told.split())
    assert words.count("Correct Stakeholder ID if") == 1
    assert words.count("too: see Contact email.") == 3
    assert words.index("is the e-mail of") < words.index("too: see Contact email.")


def test_it_reads_pleasantly(shown: tuple[demo.Demonstration, str]) -> None:
    """Nothing looks like a log or a traceback, lines fit a terminal, and the files are named."""
    demonstration, said = shown
    for word in ("Traceback", "WARNING:", "INFO", "None", "nan", "\x1b"):
        assert word not in said
    assert str(demonstration.workbook) in said
    assert str(demonstration.report) in said
    assert str(demonstration.report).replace("-clean-up-", "-duplicates-").replace(".xlsx", ".html") in said


def test_workbook_and_report_are_whole(shown: tuple[demo.Demonstration, str]) -> None:
    """Both open in another program; the two accepted entries are in."""
    demonstration = shown[0]
    assert openpyxl.load_workbook(demonstration.report).sheetnames
    assert "Stakeholders" in openpyxl.load_workbook(demonstration.workbook).sheetnames


def test_a_second_run_takes_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --out the next free number is taken, so that no file is overwritten."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workbook-cms-demo").mkdir()
    assert run(["demo"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workbook-cms-demo", "workbook-cms-demo-2"]
    assert "workbook-cms-demo-2" in capsys.readouterr().out


def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with something in it is refused in one line."""
    (tmp_path / "mine.txt").write_text("mine")
    assert run(["demo", "--out", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

"""``report``: the monthly clean-up report from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl

from tests.cli.conftest import Cli, one_line
from tests.support.raw import edit, row_of
from workbook_cms.workbook import Workbook


def test_the_report_is_written_where_it_was_wanted(cli: Cli, sample: Path, tmp_path: Path) -> None:
    """The file is in the folder, opens, and the answer tells scores and counts; exit code 0."""
    result = cli("report", sample, "--month", "2026-10", "--out", tmp_path / "reports", "--format", "json")
    assert result.code == 0
    data = json.loads(result.out)
    assert Path(data["report"]).parent == tmp_path / "reports"
    assert openpyxl.load_workbook(data["report"]).sheetnames
    assert data["counts"]["NAM004"] >= 1
    assert all(share is None or 0 <= share <= 1 for share in data["scores"].values())


def test_the_text_tells_scores_and_place(cli: Cli, sample: Path, tmp_path: Path) -> None:
    """People see the scores in per cent and where the file is."""
    result = cli("report", sample, "--month", "2026-10", "--out", tmp_path)
    assert "%" in result.out
    assert str(tmp_path) in result.out


def test_one_finding_is_said_as_one(cli: Cli, path: Path, tmp_path: Path) -> None:
    """A workbook with a single finding reads as people write."""
    book = Workbook.open(path)
    born = {"Type": "Customer", "Family name": "Oyelaran", "Date of birth": "2/3/1961", "Phone": "0491 570 157"}
    for given in ("Ngaire", "Ngairre"):
        book.add("Stakeholders", {**born, "Given name": given}, override="twins")
    assert "\n1 finding. The report is " in cli("report", path, "--out", tmp_path / "reports").out


def test_a_month_that_is_none_is_one_line(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Month 13 is said, exit code 2, nothing is written."""
    one_line(cli("report", path, "--month", "2026-13", "--out", tmp_path / "reports"))
    assert not (tmp_path / "reports").exists()


def test_page_and_list_propose_the_same_record(cli: Cli, sample: Path) -> None:
    """Also where a value was typed past the forms: that is no fault of the value, and the merge takes it."""
    edit(
        sample,
        "Stakeholders",
        row_of(sample, "Stakeholders", "Stakeholder ID", "STK-00199"),
        {"Segment": "Family"},
    )
    listed = cli("duplicates", sample, "Stakeholders").out
    reason = next(line.strip() for line in listed.splitlines() if line.strip().startswith("Keep STK-00199"))
    assert cli("report", sample, "--out", sample.parent).code == 0
    page = next(sample.parent.glob("*duplicates*.html")).read_text(encoding="utf-8")
    assert reason.removeprefix("Keep STK-00199: ").rstrip(".") in page

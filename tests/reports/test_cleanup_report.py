"""The clean-up report as a file: read back by openpyxl, an independent reader."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.support.soundness import faults as unsound
from validation.findings import Finding, Severity
from workbook_cms.errors import FileError, InputError
from workbook_cms.reports.cleanup import FINDING_DECISIONS, Report, Snapshot, build_report, write_report
from workbook_cms.reports.pairs import PAIR_DECISIONS
from workbook_cms.reports.sheets import MAX_LINKS, link_target
from workbook_cms.workbook import Workbook

NOW = dt.datetime(2026, 11, 2, 9, 12)


@pytest.fixture
def report(faulty: Snapshot, tmp_path: Path) -> Report:
    """The report on the agency with its faults."""
    return build_report(faulty, "2026-10", tmp_path / "reports", NOW)


def sheet_rows(path: Path, title: str) -> list[tuple[object, ...]]:
    """Cells of a sheet of a report."""
    book = openpyxl.load_workbook(path)
    try:
        return [tuple(cell.value for cell in row) for row in book[title].iter_rows()]
    finally:
        book.close()


def test_the_file_is_named_after_workbook_and_month(report: Report, tmp_path: Path) -> None:
    """The report stands in the folder asked for, and nothing is left aside."""
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [
        "customers-clean-up-2026-10.xlsx",
        "customers-duplicates-2026-10.html",
    ]
    assert report.path == tmp_path / "reports" / "customers-clean-up-2026-10.xlsx"


def test_findings_stand_one_a_row_errors_first(report: Report) -> None:
    """Each finding is a row of an Excel table with a filter."""
    rows = sheet_rows(report.path, "Findings")
    assert [row[1] for row in rows[1:]] == ["ENT009", "ENT001", "NAM001", "NAM001", "DUP002", "DUP002"]
    table = openpyxl.load_workbook(report.path)["Findings"].tables["Findings"]
    assert (table.ref, table.autoFilter.ref) == ("A1:L7", "A1:L7")
    assert report.counts == {"DUP002": 2, "ENT001": 1, "ENT009": 1, "NAM001": 2}


def test_a_finding_links_to_its_cell(report: Report) -> None:
    """The link leads from the folder of the report to the cell of the record workbook."""
    sheet = openpyxl.load_workbook(report.path)["Findings"]
    link = sheet["F2"].hyperlink
    assert (link.target.replace("\\", "/"), link.location) == ("../customers.xlsx", "Stakeholders!D6")


@pytest.mark.parametrize(
    ("source", "folder", "link"),
    [
        ("customers.xlsx", "reports", "../customers.xlsx"),
        ("customers.xlsx", ".", "customers.xlsx"),
        ("data/my customers.xlsx", "out/2026", "../../data/my customers.xlsx"),
        ("no #1 100%.xlsx", "out", "../no%20%231%20100%25.xlsx"),
    ],
)
def test_links_are_relative(tmp_path: Path, source: str, folder: str, link: str) -> None:
    """Report and workbook can be moved together; what would end a path early is escaped."""
    assert link_target(tmp_path / source, tmp_path / folder) == link


def test_the_decision_column_offers_decisions(report: Report) -> None:
    """The steward chooses from a list; the cells are blank."""
    sheet = openpyxl.load_workbook(report.path)["Findings"]
    rules = [(str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation]
    assert rules == [("K2:K7", f'"{",".join(FINDING_DECISIONS)}"')]
    assert {sheet.cell(row, 11).value for row in range(2, 8)} == {None}


def test_text_that_looks_like_a_formula_stays_text(report: Report) -> None:
    """A value that begins with = is shown, not computed."""
    cell = openpyxl.load_workbook(report.path)["Findings"]["G2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_sensitive_values_appear_nowhere_in_the_file(report: Report) -> None:
    """Value, message, suggestion, explanation and the side-by-side hide what the policy marks as sensitive."""
    with zipfile.ZipFile(report.path) as archive:
        parts = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "•••" in parts
    assert not re.search("no pork|pork, no", parts)


def test_personal_values_are_shown_side_by_side(report: Report) -> None:
    """The steward must see both records to decide whether they are one."""
    rows = sheet_rows(report.path, "Duplicates")
    assert ("Email", "anna@example.com", "anna@example.com", "exact", 9.6, None) in rows
    assert ("Given name", "Anna", "Ana", "differs", None, None) in rows


def test_a_pair_found_from_both_ends_stands_once(report: Report) -> None:
    """Two findings about the same two records are one block, with one decision."""
    rows = sheet_rows(report.path, "Duplicates")
    assert [row[:4] for row in rows if str(row[0]).startswith("Pair ")] == [
        ("Pair 1 · group 1", "STK-00001", "STK-00002", "97 % sure")
    ]
    sheet = openpyxl.load_workbook(report.path)["Duplicates"]
    rules = [(str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation]
    assert rules == [("F4", f'"{",".join(PAIR_DECISIONS)}"')]


def test_stale_and_overdue_records_are_listed(report: Report) -> None:
    """Stale: no activity for a year, or none at all; archived records are left alone."""
    rows = [(row[1], row[2], row[3], row[5]) for row in sheet_rows(report.path, "Stale")[1:]]
    assert rows == [
        ("FUP-00002", "Anna Berg", "Follow-up overdue by 62 days", 62),
        ("FUP-00001", "Anna Berg", "Follow-up overdue by 1 day", 1),
        ("STK-00003", "Chen Wu", "No activity for 611 days", 611),
    ]


def test_incomplete_records_say_what_is_missing(report: Report) -> None:
    """A record with something missing is one row."""
    rows = sheet_rows(report.path, "Incomplete")[1:]
    assert rows == [("Stakeholders", "STK-00005", "New", "Family name", 1)]


def test_the_summary_says_what_to_do_first(report: Report) -> None:
    """What mends itself stands before what needs a person."""
    texts = [str(row[1]) for row in sheet_rows(report.path, "Summary")]
    start = texts.index("What to do first") + 1
    assert texts[start : start + 3] == [
        "1.  2 findings can be mended at once: workbook-cms check customers.xlsx --fix",
        "2.  1 pair of records that may be one: sheet Duplicates.",
        "3.  1 record with something missing: sheet Incomplete, most missing first.",
    ]
    assert "Activity in October 2026" in texts


def test_a_workbook_without_findings_gets_a_report(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """Nothing found: the lists keep their headers and a blank row, as Excel asks for."""
    report = build_report(make(), "2026-10", tmp_path, NOW)
    book = openpyxl.load_workbook(report.path)
    assert book["Findings"].tables["Findings"].ref == "A1:L2"
    assert book["Duplicates"]["A2"].value == "No two records look like the same one."
    assert report.counts == {}


def test_tables_without_records_get_a_report(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """A new workbook: no score can be given, and none is made up."""
    empty = {"stakeholders": [], "interactions": [], "follow_ups": []}
    report = build_report(make(rows=empty), "2026-10", tmp_path, NOW)
    assert set(report.scores.values()) == {None}


def test_more_findings_than_excel_has_links(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """Past the limit of links the address stands there as text, and no finding is lost."""
    count = MAX_LINKS + 10
    many = [
        Finding(
            "NAM001", Severity.WARNING, "Stray space.", "Stakeholders", "STK-00001", "Email", f"Stakeholders!D{n}"
        )
        for n in range(4, 4 + count)
    ]
    report = build_report(make(many), "2026-10", tmp_path, NOW)
    with zipfile.ZipFile(report.path) as archive:
        sheet = archive.read("xl/worksheets/sheet3.xml").decode()
    assert (sheet.count("<hyperlink "), sheet.count("<row ")) == (MAX_LINKS, count + 1)


@pytest.mark.parametrize(
    ("month", "says"),
    [
        ("2026-13", "month 2026-13: is not a month. Write year and month, such as 2026-11."),
        ("October", "month October: is not a month. Write year and month, such as 2026-11."),
        ("", "month: is not a month. Write year and month, such as 2026-11."),
        ("2026-12", "month 2026-12: has not begun yet. The latest month to report on is 2026-11."),
    ],
)
def test_a_month_that_is_none_is_refused(faulty: Snapshot, tmp_path: Path, month: str, says: str) -> None:
    """A malformed month, and one that has not begun, are refused in one line."""
    with pytest.raises(InputError) as caught:
        build_report(faulty, month, tmp_path, NOW)
    assert str(caught.value) == says


def test_a_file_in_place_of_the_folder_is_refused(faulty: Snapshot, tmp_path: Path) -> None:
    """The folder asked for is a file."""
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="is not a folder"):
        build_report(faulty, "2026-10", tmp_path / "out", NOW)


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="permissions of POSIX")
def test_a_folder_that_cannot_be_made_is_refused(faulty: Snapshot, tmp_path: Path) -> None:
    """No folder can be made below a device, whoever asks."""
    with pytest.raises(FileError) as caught:
        build_report(faulty, "2026-10", Path("/dev/null/reports"), NOW)
    assert "\n" not in str(caught.value)


def test_a_report_that_cannot_be_replaced_leaves_nothing_aside(faulty: Snapshot, tmp_path: Path) -> None:
    """A folder of the report's name stands in the way: one line, and no half-written file is left."""
    (tmp_path / "customers-clean-up-2026-10.xlsx").mkdir()
    with pytest.raises(FileError):
        build_report(faulty, "2026-10", tmp_path, NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["customers-clean-up-2026-10.xlsx"]


@pytest.mark.parametrize("faults", ["with", "without"])
def test_excel_opens_the_report_without_repair(make: Callable[..., Snapshot], tmp_path: Path, faults: str) -> None:
    """Its parts, tables, links and validations hold together."""
    findings = [
        Finding("ENT009", Severity.ERROR, "=no", "Stakeholders", "STK-00003", "Email", "Stakeholders!D6", "=1+1"),
        Finding("DUP001", Severity.ERROR, "Same.", "Stakeholders", "STK-00001", related=("STK-00002",)),
    ]
    report = build_report(make(findings if faults == "with" else []), "2026-10", tmp_path, NOW)
    assert not unsound(report.path)


def test_the_record_workbook_stays_as_it_is(tmp_path: Path) -> None:
    """A report on the template's sample: every finding of the check is in it, and no byte of the workbook changes."""
    book = Workbook.create(tmp_path / "customers.xlsx", sample=True, today=dt.date(2026, 11, 22))
    before = book.path.read_bytes()
    report = write_report(book, "2026-10", tmp_path / "reports")
    assert book.path.read_bytes() == before
    assert sum(report.counts.values()) == len(book.check())
    assert len(sheet_rows(report.path, "Findings")) == len(book.check()) + 1
    assert not unsound(report.path)

"""The monthly clean-up report: what to mend, in a workbook of its own, with a column for the steward's decisions."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from validation.excess import stands_for
from validation.findings import Finding, Rule, Severity
from validation.frames import TypedTable, display
from validation.policy import Policy
from workbook_cms.merging import written
from workbook_cms.reports.activity import activity_counts, change_counts
from workbook_cms.reports.duplicates_page import PageData, duplicates_page
from workbook_cms.reports.groups import Written, groups, write_groups
from workbook_cms.reports.months import Month
from workbook_cms.reports.pairs import pairs, write_pairs
from workbook_cms.reports.placing import placed
from workbook_cms.reports.records import Records
from workbook_cms.reports.scores import Score, filled, scores
from workbook_cms.reports.sheets import MAX_ROWS, Column, Link, ReportBook, link_target
from workbook_cms.reports.stale import incomplete, judged, overdue, stale
from workbook_cms.reports.summary import SummaryData, write_summary

if TYPE_CHECKING:
    from workbook_cms.workbook import Workbook

__all__ = ["FINDING_DECISIONS", "STALE_DECISIONS", "Report", "Snapshot", "build_report", "write_report"]

#: What a steward can decide of a finding, and of a stale record.
FINDING_DECISIONS = ("Apply suggestion", "Mended by hand", "Leave as it is")
STALE_DECISIONS = ("Archive", "Keep", "Contact")

_FINDINGS = (
    Column("Severity", 10, "severity"),
    Column("Code", 9),
    Column("Table", 13),
    Column("Key", 13),
    Column("Field", 16, "text"),
    Column("Cell", 18),
    Column("Value", 20, "text"),
    Column("Message", 56, "text"),
    Column("Suggestion", 24, "text"),
    Column("Fix", 9),
    Column("Decision", 18, choices=FINDING_DECISIONS),
    Column("Rule", 38, "text"),
)
_STALE = (
    Column("Table", 16),
    Column("Key", 14),
    Column("Name", 34, "text"),
    Column("Why", 48, "text"),
    Column("Last activity or due", 20, "date"),
    Column("Days", 9, "number"),
    Column("Decision", 18, choices=STALE_DECISIONS),
)
_INCOMPLETE = (
    Column("Table", 16),
    Column("Key", 14),
    Column("Name", 34, "text"),
    Column("What is missing", 70, "text"),
    Column("Count", 9, "number"),
)


def _not_known(_: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Mapping[str, str]]:
    return {}


@dataclass(frozen=True)
class Snapshot:
    """What a report is made from: the workbook as it stands.

    Attributes:
        source: Path of the record workbook.
        policy: Its policy.
        tables: Typed tables by table id.
        findings: Findings of the whole workbook.
        history: Columns ``When``, ``Table``, ``Key`` and ``Action`` of the history table.
        rules: The rule catalogue.
        today: The day that counts as today.
        written: Tells when each value was written.
    """

    source: Path
    policy: Policy
    tables: Mapping[str, TypedTable]
    findings: Sequence[Finding]
    history: pd.DataFrame
    rules: Mapping[str, Rule]
    today: dt.date
    written: Written = _not_known


@dataclass(frozen=True)
class Report:
    """A report that was written.

    Attributes:
        path: Its file.
        page: The page of duplicates beside it.
        scores: Share by score (``Complete`` ...), 0 to 1; None where there was nothing to judge.
        counts: Findings by rule code.
    """

    path: Path
    page: Path
    scores: Mapping[str, float | None]
    counts: Mapping[str, int]


def write_report(book: Workbook, month: str, out: Path, *, now: dt.datetime | None = None) -> Report:
    """Writes the clean-up report of a month and leaves the record workbook as it is.

    Findings, scores, stale and incomplete records are as of now; the counts of activities and of records added
    and changed are those of the month.

    Args:
        book: The workbook.
        month: Such as ``2026-10``; not later than today.
        out: Folder, made if it is not there. The file is ``customers-clean-up-2026-10.xlsx``, after the workbook.
        now: When it is made, as it stands on the report; the clock otherwise.

    Raises:
        InputError: The month cannot be understood or has not begun.
        FileError: The folder or the report cannot be written.
    """
    from validation.catalogue import RULES  # noqa: PLC0415 - gathers every rule module

    Month.parse(month, book.today())  # before the long work
    tables = {table.policy.id: table.typed for table in book.tables}
    rows = book.snapshot().whole_history.rows
    snapshot = Snapshot(
        Path(book.path), book.policy, tables, list(book.check()), book.history(), RULES, book.today(),
        partial(written, rows),
    )  # fmt: skip
    return build_report(snapshot, month, Path(out), now or dt.datetime.now().astimezone())


def build_report(snapshot: Snapshot, month: str, out: Path, now: dt.datetime) -> Report:
    """`write_report` from a snapshot."""
    chosen = Month.parse(month, snapshot.today)
    path = out / f"{snapshot.source.stem}-clean-up-{chosen}.xlsx"
    # An entry that is queued stands in no cell; the report is about what stands in the workbook.
    records = Records(snapshot.policy, snapshot.tables)
    findings = _ordered(snapshot.findings)
    late = overdue(records, snapshot.today)
    still = stale(records, snapshot.history, snapshot.today)
    lacking = incomplete(records, findings)
    found = pairs(records, findings)
    together = groups(records, found, findings, snapshot.written)
    limited = [records.masked(f"{f.table}: {f.message}", f) for f in findings if f.code == "DUP003"]
    marks: list[Score] = scores(records, findings, pd.concat([late, still]), judged(records))
    marks.insert(1, filled(records))
    data = SummaryData(
        organisation=snapshot.policy.settings.organisation,
        source=snapshot.source.name,
        month=chosen,
        made=now,
        sizes={name: len(typed) for name, typed in records.by_name.items()},
        scores=marks,
        findings=findings,
        rules=snapshot.rules,
        pairs=len(found),
        stale=len(still),
        overdue=len(late),
        incomplete=len(lacking),
        activity=activity_counts(records, chosen),
        changes=change_counts(records, snapshot.history, chosen),
    )
    late_first = pd.concat([late, still], ignore_index=True)
    page = out / f"{snapshot.source.stem}-duplicates-{chosen}.html"
    made = f"made {display(now.date())} at {now:%H:%M}"
    source = f"{data.organisation} · {data.source}"
    shown = PageData(f"Duplicates, {chosen.title}", source, made, found, together, limited)
    with placed(path) as aside:
        _write(aside, path.parent, snapshot, records, data, shown, late_first, lacking)
    with placed(page) as aside:
        aside.write_text(duplicates_page(shown, records), encoding="utf-8")
    counts = Counter[str]()
    for finding in findings:
        counts[finding.code] += stands_for(finding)
    return Report(path, page, {mark.title: mark.share for mark in marks}, dict(sorted(counts.items())))


def _write(
    path: Path,
    folder: Path,
    snapshot: Snapshot,
    records: Records,
    data: SummaryData,
    shown: PageData,
    not_current: pd.DataFrame,
    lacking: pd.DataFrame,
) -> None:
    with ReportBook(path, link_target(snapshot.source, folder)) as report:
        _properties(report, data, snapshot.policy)
        write_summary(report, data)
        _write_findings(report, records, data.findings, snapshot.rules)
        write_pairs(report, records, shown.found, shown.limited)
        write_groups(report, records, shown.groups)
        _write_stale(report, records, not_current)
        _write_incomplete(report, records, lacking)


def _ordered(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first; the order of the check within a severity."""
    weights = list(Severity)
    return sorted(findings, key=lambda finding: weights.index(finding.severity))


def _properties(report: ReportBook, data: SummaryData, policy: Policy) -> None:
    """What a program that takes the decisions back needs to know of the report."""
    title = f"Clean-up report, {data.month.title}"
    report.book.set_properties({"title": title, "company": data.organisation, "created": data.made})
    for name, value in (("Source", data.source), ("Month", str(data.month)), ("Policy", policy.digest)):
        report.book.set_custom_property(f"workbook_cms {name}", value)


def _write_findings(
    report: ReportBook, records: Records, findings: Sequence[Finding], rules: Mapping[str, Rule]
) -> None:
    sheet = report.sheet("Findings", "#B3261E")
    rows = (_finding_row(records, finding, rules.get(finding.code)) for finding in findings[:MAX_ROWS])
    top = _left_out(report, sheet, len(findings))
    report.list(sheet, top, "Findings", _FINDINGS, rows)


def _finding_row(records: Records, finding: Finding, rule: Rule | None) -> tuple[object, ...]:
    finding = records.shown_finding(finding)
    suggestion = "(empty the cell)" if finding.suggestion == "" else display(finding.suggestion)
    return (
        finding.severity.value,
        finding.code,
        finding.table,
        finding.key,
        finding.field,
        Link(finding.cell, finding.cell),
        finding.value,
        finding.message,
        suggestion,
        finding.fix.value if finding.suggestion is not None else "",
        None,
        rule.title if rule else "",
    )


def _write_stale(report: ReportBook, records: Records, frame: pd.DataFrame) -> None:
    sheet = report.sheet("Stale", "#B26A00")
    top = _left_out(report, sheet, len(frame))
    report.list(sheet, top, "StaleRecords", _STALE, (
        (row.table, _key(records, row), row.name, row.why, row.date, row.days, None) for row in _rows(frame)
    ))  # fmt: skip


def _write_incomplete(report: ReportBook, records: Records, frame: pd.DataFrame) -> None:
    sheet = report.sheet("Incomplete", "#1D5B79")
    top = _left_out(report, sheet, len(frame))
    report.list(sheet, top, "IncompleteRecords", _INCOMPLETE, (
        (row.table, _key(records, row), row.name, row.missing, row.count_) for row in _rows(frame)
    ))  # fmt: skip


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    # `count` is a method of the tuples that pandas gives.
    return frame.head(MAX_ROWS).rename(columns={"count": "count_"}).itertuples(index=False)


def _key(records: Records, row: Any) -> Link:
    table, position, key = row.table, int(row.position), row.key
    address = records.cell(table, position)
    return Link(address, key or address)


def _left_out(report: ReportBook, sheet: Any, count: int) -> int:
    """Row the list begins in; says above it how much it leaves out."""
    if count <= MAX_ROWS:
        return 0
    more = "workbook-cms check --format json gives more of them."
    report.put(sheet, 0, 0, f"The first {MAX_ROWS:,} of {count:,} are listed; {more}", "note_line")
    return 1

"""The first sheet of the clean-up report: what to do first, how good the data is, what happened in the month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from validation.findings import Finding, Fix, Rule, Severity
from validation.frames import display
from workbook_cms.reports.activity import Count
from workbook_cms.reports.months import Month
from workbook_cms.reports.scores import Score
from workbook_cms.reports.sheets import AMBER, GREEN, RED, ReportBook

__all__ = ["FAMILIES", "SummaryData", "first_steps", "write_summary"]

#: What the families of rules are called, worst for the business first.
FAMILIES = {
    "FIL": "File and history",
    "REF": "References",
    "ATT": "Attribution",
    "DUP": "Duplicates",
    "ENT": "Entry rules",
    "NAM": "Naming",
    "POL": "Policy",
}
#: Columns: margin, text, then numbers; the last one is the sentence beside.
_TEXT, _FIRST, _TABLES, _WIDE = 1, 2, 6, 9
#: Their widths: all fit a window of 1366 pixels.
_TEXT_WIDTH, _NUMBER_WIDTH, _WIDE_WIDTH = 18, 12.5, 46
_WHITE = {"color": "#FFFFFF", "bold": True}


@dataclass(frozen=True)
class SummaryData:
    """All that the sheet says."""

    organisation: str
    source: str
    month: Month
    made: dt.datetime
    sizes: Mapping[str, int]
    scores: Sequence[Score]
    findings: Sequence[Finding]
    rules: Mapping[str, Rule]
    pairs: int
    stale: int
    overdue: int
    incomplete: int
    activity: Sequence[Count]
    changes: Sequence[tuple[str, int, int]]


def first_steps(data: SummaryData) -> list[str]:
    """What to do first, in order: what endangers the data, what mends itself, what needs a person."""
    codes = Counter(f.code[:3] for f in data.findings if f.severity is not Severity.INFO)
    steps = []
    if codes["POL"]:
        steps.append(
            f"{_of(codes['POL'], 'fault')} in the policy itself: mend these first, the rules depend on them."
        )
    if codes["FIL"]:
        steps.append(
            f"{_of(codes['FIL'], 'finding')} on the file and its history: see why before anything is written."
        )
    safe = sum(f.fix is Fix.SAFE for f in data.findings)
    if safe:
        steps.append(f"{_of(safe, 'finding')} can be mended at once: workbook-cms check {data.source} --fix")
    wrong = codes["ATT"] + codes["REF"]
    if wrong:
        steps.append(
            f"{_of(wrong, 'record')} that may belong to somebody else, or to nobody: Findings, ATT and REF."
        )
    if data.pairs:
        steps.append(f"{_of(data.pairs, 'pair')} of records that may be one: sheet Duplicates.")
    if data.incomplete:
        steps.append(
            f"{_of(data.incomplete, 'record')} with something missing: sheet Incomplete, most missing first."
        )
    if data.overdue:
        steps.append(f"{_of(data.overdue, 'follow-up')} overdue: sheet Stale.")
    if data.stale:
        steps.append(
            f"{_of(data.stale, 'record')} without activity for long: sheet Stale; archive, or get in touch."
        )
    return steps or ["Nothing to mend. Well kept!"]


def _of(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def write_summary(report: ReportBook, data: SummaryData) -> None:
    """The sheet Summary."""
    sheet = report.sheet("Summary")
    sheet.set_portrait()  # scores and charts then print on one page
    sheet.set_column(0, 0, 2)
    sheet.set_column(_TEXT, _TEXT, _TEXT_WIDTH)
    sheet.set_column(_FIRST, _WIDE - 1, _NUMBER_WIDTH)
    sheet.set_column(_WIDE, _WIDE, _WIDE_WIDTH)
    report.put(sheet, 0, _TEXT, f"Clean-up report, {data.month.title}", "title")
    sheet.set_row(0, 32)
    report.put(sheet, 1, _TEXT, f"{data.organisation} · {data.source}", "subtitle")
    made = f"Made {display(data.made.date())} at {data.made:%H:%M}."
    scope = f"Findings and scores are as of then; only the last two parts are about {data.month.title}."
    report.put(sheet, 2, _TEXT, f"{made} {scope}", "muted")
    row = _section(report, sheet, 4, "What to do first")
    for number, step in enumerate(first_steps(data), start=1):
        report.put(sheet, row, _TEXT, f"{number}.  {step}")
        row += 1
    row = _write_scores(report, sheet, row + 1, data)
    row = _write_charts(report, sheet, row, data)
    row = _write_rules(report, sheet, row, data)
    row = _write_activity(report, sheet, row, data)
    _write_changes(report, sheet, row, data)


def _section(report: ReportBook, sheet: Any, row: int, title: str) -> int:
    for column in range(_TEXT, _WIDE + 1):
        report.put(sheet, row, column, title if column == _TEXT else None, "section")
    sheet.set_row(row, 22)
    return row + 1


def _write_scores(report: ReportBook, sheet: Any, row: int, data: SummaryData) -> int:
    row = _section(report, sheet, row, "How good the data is")
    # A policy with many tables: the largest have a column each, all of them count in the first.
    shown = sorted(data.sizes, key=lambda name: -data.sizes[name])[:_TABLES]
    shown = [name for name in data.sizes if name in shown]
    beside = _FIRST + 1 + len(shown)
    head = ["", "All tables", *shown]
    for column, text in enumerate(head, start=_TEXT):
        report.put(sheet, row, column, text, "head_right" if text else "head")
    _across(report, sheet, row, beside, "What it means", "head_indent")
    row += 1
    sizes = [sum(data.sizes.values()), *(data.sizes[name] for name in shown)]
    report.put(sheet, row, _TEXT, "Records", "row_strong")
    for column, size in enumerate(sizes, start=_FIRST):
        report.put(sheet, row, column, size, "row_number")
    _across(report, sheet, row, beside, "Records in the workbook.", "row_note")
    sheet.set_row(row, 20)
    for score in data.scores:
        row += 1
        report.put(sheet, row, _TEXT, score.title, "row_strong")
        report.put(sheet, row, _FIRST, _dash(score.share), "row_share_strong")
        for column, name in enumerate(shown, start=_FIRST + 1):
            report.put(sheet, row, column, _dash(score.by_table.get(name)), "row_share")
        _across(report, sheet, row, beside, score.definition, "row_note")
        sheet.set_row(row, _height(21, (score.definition, min(beside, _WIDE), _WIDE)))
    return row + 2


def _across(report: ReportBook, sheet: Any, row: int, first: int, text: str, style: str) -> None:
    """A sentence from a column to the right end."""
    if first < _WIDE:
        sheet.merge_range(row, first, row, _WIDE, "", report.formats[style])
    report.put(sheet, row, min(first, _WIDE), text, style)


def _height(least: int, *texts: tuple[str, int, int]) -> int:
    """Height of a row in which each text has the columns from one to another, and wraps there."""
    lines = 1
    for text, first, last in texts:
        units = _NUMBER_WIDTH * (last - first) + (_WIDE_WIDTH if last == _WIDE else _NUMBER_WIDTH)
        lines = max(lines, -(-len(text) // int(units * 1.15)))
    return least + 15 * (lines - 1)


def _dash(share: float | None) -> float | str:
    return "–" if share is None else share


def _write_charts(report: ReportBook, sheet: Any, row: int, data: SummaryData) -> int:
    """The two charts beside each other; what they are drawn from stands on a hidden sheet."""
    source = report.book.add_worksheet("Chart data")
    source.hide()
    drawn = [score for score in data.scores if score.share is not None]
    for at, score in enumerate(drawn):
        source.write_row(at, 0, [score.title, score.share])
    families = [family for family in FAMILIES if any(f.code.startswith(family) for f in data.findings)]
    counts = Counter((f.code[:3], f.severity) for f in data.findings)
    for at, family in enumerate(families or ["NAM"]):
        source.write_row(at, 3, [FAMILIES[family], *(counts[family, severity] for severity in Severity)])
    left = report.book.add_chart({"type": "bar"})
    left.add_series(
        {
            "categories": ["Chart data", 0, 0, max(len(drawn) - 1, 0), 0],
            "values": ["Chart data", 0, 1, max(len(drawn) - 1, 0), 1],
            "points": [{"fill": {"color": _colour(score.share or 0)}} for score in drawn] or None,
            "data_labels": {"value": True, "num_format": "0.0%", "position": "inside_end", "font": _WHITE},
            "gap": 45,
        }
    )
    left.set_title({"name": "Scores, all tables", "name_font": {"size": 12}})
    left.set_x_axis({"min": 0, "max": 1, "visible": False, "major_gridlines": {"visible": False}})
    left.set_y_axis({"reverse": True, "line": {"none": True}})
    left.set_legend({"none": True})
    right = report.book.add_chart({"type": "bar", "subtype": "stacked"})
    last = max(len(families) - 1, 0)
    for at, (severity, colour) in enumerate(zip(Severity, (RED, AMBER, "#9AA5B1"), strict=True)):
        right.add_series(
            {
                "name": severity.value,
                "categories": ["Chart data", 0, 3, last, 3],
                "values": ["Chart data", 0, 4 + at, last, 4 + at],
                "fill": {"color": colour},
                "data_labels": {"value": True, "num_format": "#,##0;;", "font": _WHITE},
                "gap": 45,
            }
        )
    right.set_title({"name": f"Findings: {len(data.findings):,}", "name_font": {"size": 12}})
    right.set_x_axis({"min": 0, "visible": False, "major_gridlines": {"visible": False}})
    right.set_y_axis({"reverse": True, "line": {"none": True}})
    right.set_legend({"position": "bottom"})
    for chart, offset in ((left, 0), (right, 556)):
        chart.set_size({"width": 546, "height": 262})
        chart.set_chartarea({"border": {"color": "#D5DBE1"}})
        sheet.insert_chart(row, _TEXT, chart, {"object_position": 3, "x_offset": offset})
    return row + 15


def _colour(share: float) -> str:
    return GREEN if share >= 0.98 else AMBER if share >= 0.9 else RED


def _write_rules(report: ReportBook, sheet: Any, row: int, data: SummaryData) -> int:
    row = _section(report, sheet, row, "Findings by rule")
    counts = Counter((f.code, f.severity) for f in data.findings)
    title_at, mend_at = _FIRST + 2, _FIRST + 5
    if not counts:
        report.put(sheet, row, _TEXT, "No findings.", "muted")
        return row + 2
    heads = {
        _TEXT: "Rule",
        _FIRST: "Findings",
        _FIRST + 1: "  Severity",
        title_at: "What it finds",
        mend_at: "How to mend it",
    }
    for column in range(_TEXT, _WIDE + 1):
        report.put(sheet, row, column, heads.get(column, ""), "head_right" if column == _FIRST else "head")
    weights = list(Severity)
    for (code, severity), count in sorted(counts.items(), key=lambda i: (weights.index(i[0][1]), -i[1], i[0][0])):
        row += 1
        rule = data.rules.get(code)
        report.put(sheet, row, _TEXT, code, "row_strong")
        report.put(sheet, row, _FIRST, count, "row_number")
        report.put(sheet, row, _FIRST + 1, severity.value, "row_indent")
        title, mend = (rule.title, rule.mend) if rule else ("", "")
        sheet.merge_range(row, title_at, row, mend_at - 1, "", report.formats["row"])
        report.put(sheet, row, title_at, title, "row")
        sheet.merge_range(row, mend_at, row, _WIDE, "", report.formats["row_muted"])
        report.put(sheet, row, mend_at, mend, "row_muted")
        sheet.set_row(row, _height(20, (title, title_at, mend_at - 1), (mend, mend_at, _WIDE)))
    return row + 2


def _write_activity(report: ReportBook, sheet: Any, row: int, data: SummaryData) -> int:
    row = _section(report, sheet, row, f"Activity in {data.month.title}")
    if not data.activity:
        report.put(sheet, row, _TEXT, "This workbook keeps no activities.", "muted")
        return row + 2
    for count in data.activity:
        sheet.merge_range(row, _TEXT, row, _FIRST + 2, "", report.formats["head"])
        report.put(sheet, row, _TEXT, count.title, "head")
        report.put(sheet, row, _FIRST + 3, str(data.month), "head_right")
        report.put(sheet, row, _FIRST + 4, str(data.month.before), "head_right")
        row += 1
        for value, now, before in count.rows:
            sheet.merge_range(row, _TEXT, row, _FIRST + 2, "", report.formats["row"])
            report.put(sheet, row, _TEXT, value, "row")
            report.put(sheet, row, _FIRST + 3, now, "row_number")
            report.put(sheet, row, _FIRST + 4, before, "row_number")
            row += 1
        row += 1
    return row


def _write_changes(report: ReportBook, sheet: Any, row: int, data: SummaryData) -> None:
    row = _section(report, sheet, row, f"Recorded in {data.month.title}")
    for column, text in ((_TEXT, "Table"), (_FIRST, "Added"), (_FIRST + 1, "Changed")):
        report.put(sheet, row, column, text, "head" if column == _TEXT else "head_right")
    for table, added, changed in data.changes:
        row += 1
        report.put(sheet, row, _TEXT, table, "row")
        report.put(sheet, row, _FIRST, added, "row_number")
        report.put(sheet, row, _FIRST + 1, changed, "row_number")
    report.put(sheet, row + 1, _TEXT, "By the history, whose times are UTC.", "muted")

"""The five scores, staleness and the counts of a month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from validation.findings import Finding, Severity
from workbook_cms.reports.activity import activity_counts, change_counts
from workbook_cms.reports.cleanup import Snapshot, build_report
from workbook_cms.reports.months import Month
from workbook_cms.reports.records import Records
from workbook_cms.reports.scores import Measure, measure_of
from workbook_cms.reports.stale import stale

NOW = dt.datetime(2026, 11, 2, 9, 12)


@pytest.mark.parametrize(
    ("code", "measure"),
    [
        ("ENT001", Measure.COMPLETE),
        ("ENT002", Measure.COMPLETE),
        ("ENT009", Measure.CORRECT),
        ("NAM003", Measure.CORRECT),
        ("ENT011", Measure.CONSISTENT),
        ("REF001", Measure.CONSISTENT),
        ("ATT001", Measure.CONSISTENT),
        ("FIL001", Measure.CONSISTENT),
        ("ENT014", Measure.UNIQUE),
        ("REF002", Measure.UNIQUE),
        ("DUP001", Measure.UNIQUE),
        ("POL001", None),
    ],
)
def test_each_rule_lowers_one_score(code: str, measure: Measure | None) -> None:
    """A rule counts towards one score; those on the policy say nothing about the data."""
    assert measure_of(code) is measure


def test_scores_are_shares_of_records(faulty: Snapshot, tmp_path: Path) -> None:
    """Of 16 records: one incomplete, two incorrect, two in a pair; of 10 that can go stale, three did."""
    assert build_report(faulty, "2026-10", tmp_path, NOW).scores == {
        "Complete": 0.937,
        "Filled": 0.911,
        "Correct": 0.875,
        "Consistent": 1.0,
        "Unique": 0.875,
        "Current": 0.7,
    }


def test_notes_do_not_lower_a_score(make: Callable[..., Snapshot], tmp_path: Path) -> None:
    """A finding of severity info is for reading, not a fault."""
    note = Finding(
        "DUP002", Severity.INFO, "May be the same.", "Stakeholders", "STK-00001", related=("STK-00002",)
    )
    assert build_report(make([note]), "2026-10", tmp_path, NOW).scores["Unique"] == 1.0


def test_hundred_per_cent_is_said_only_where_nothing_is_wrong(
    make: Callable[..., Snapshot], tmp_path: Path
) -> None:
    """One wrong record among thousands is not rounded away."""
    rows = [(f"STK-{n:05d}", "Anna", "Berg", None, None, "Active") for n in range(1, 5001)]
    wrong = Finding("ENT009", Severity.ERROR, "No e-mail.", "Stakeholders", "STK-00001", "Email", position=0)
    snapshot = make([wrong], rows={"stakeholders": rows})
    assert build_report(snapshot, "2026-10", tmp_path, NOW).scores["Correct"] == 0.999


def test_a_record_without_activity_counts_from_the_day_it_was_added(make: Callable[..., Snapshot]) -> None:
    """Added a month ago: not stale. Nothing known at all: stale."""
    snapshot = make(rows={"interactions": []})
    records = Records(snapshot.policy, snapshot.tables)
    frame = stale(records, snapshot.history, snapshot.today)
    assert list(zip(frame["key"], frame["why"], strict=True)) == [
        ("STK-00001", "No activity on record"),
        ("STK-00002", "No activity on record"),
        ("STK-00003", "No activity since it was added 1,036 days ago"),
    ]


def test_an_activity_in_the_future_keeps_no_record_current(make: Callable[..., Snapshot]) -> None:
    """A date mistyped into next year does not hide a stale record."""
    snapshot = make()
    frame = stale(Records(snapshot.policy, snapshot.tables), snapshot.history, snapshot.today)
    assert list(zip(frame["key"], frame["date"], strict=True)) == [("STK-00003", pd.Timestamp(2025, 3, 1))]


def test_activities_of_the_month_are_counted_beside_the_month_before(make: Callable[..., Snapshot]) -> None:
    """By each required list; more than one reason counts under each."""
    snapshot = make()
    counts = activity_counts(Records(snapshot.policy, snapshot.tables), Month(2026, 10))
    assert [(count.title, count.rows) for count in counts] == [
        ("Interactions", (("All", 2, 1),)),
        ("Interactions by Channel", (("Phone", 1, 1), ("E-mail", 1, 0))),
        ("Interactions by Contact reason", (("Brochure", 2, 0), ("New trip", 1, 0), ("Complaint", 0, 1))),
    ]


def test_records_added_and_changed_come_from_the_history(make: Callable[..., Snapshot]) -> None:
    """Of the month only."""
    snapshot = make()
    records = Records(snapshot.policy, snapshot.tables)
    assert change_counts(records, snapshot.history, Month(2026, 10)) == [
        ("Stakeholders", 1, 1),
        ("Interactions", 0, 0),
        ("FollowUps", 0, 0),
    ]


@pytest.mark.parametrize(
    ("month", "before", "end"),
    [
        (Month(2026, 1), Month(2025, 12), dt.date(2026, 2, 1)),
        (Month(2026, 12), Month(2026, 11), dt.date(2027, 1, 1)),
    ],
)
def test_months_know_their_neighbours(month: Month, before: Month, end: dt.date) -> None:
    """Across the turn of the year."""
    assert (month.before, month.end) == (before, end)

"""What happened in a month: activities by reason, channel and person; records added and changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from validation.frames import TypedTable
from workbook_cms.reports.months import Month
from workbook_cms.reports.records import Records

__all__ = ["Count", "activity_counts", "change_counts"]

#: Values of a field that a report lists; the rest is one line.
_LISTED = 12


@dataclass(frozen=True)
class Count:
    """Activities by the values of one field.

    Attributes:
        title: ``Interactions by Channel``.
        rows: (value, in the month, in the month before), the most frequent first.
    """

    title: str
    rows: tuple[tuple[str, int, int], ...]


def activity_counts(records: Records, month: Month) -> list[Count]:
    """For each table of activities: all of them, then by each required field that takes values of a list."""
    counts = []
    for typed in records.tables.values():
        if not typed.table.activity_date:
            continue
        now, before = _of(typed, month), _of(typed, month.before)
        counts.append(Count(typed.table.name, (("All", len(now), len(before)),)))
        for field in typed.table.fields:
            if field.enum and field.required and not field.retired:
                pair = (_tally(frame[field.id], field.multiple) for frame in (now, before))
                rows = _rows(*pair)
                if rows:
                    counts.append(Count(f"{typed.table.name} by {field.label}", rows))
    return counts


def change_counts(records: Records, history: pd.DataFrame, month: Month) -> list[tuple[str, int, int]]:
    """(table, records added, records changed) in the month, by the history's times (UTC)."""
    when = history["When"].astype(str).str[:7]
    rows = history[when == str(month)]
    counts = []
    for name in records.by_name:
        own = rows[rows["Table"] == name]
        added = own.loc[own["Action"] == "added", "Key"].nunique()
        changed = own.loc[own["Action"] == "changed", "Key"].nunique()
        counts.append((name, int(added), int(changed)))
    return counts


def _of(typed: TypedTable, month: Month) -> pd.DataFrame:
    dates = pd.to_datetime(typed.values[typed.table.activity_date or ""])
    return typed.values[(dates >= pd.Timestamp(month.first)) & (dates < pd.Timestamp(month.end))]


def _tally(values: pd.Series, multiple: bool) -> Mapping[str, int]:
    texts = values.fillna("(blank)").astype(str)
    if multiple:
        texts = texts.str.split(";").explode().str.strip()
    return {str(value): int(count) for value, count in texts.value_counts().items()}


def _rows(now: Mapping[str, int], before: Mapping[str, int]) -> tuple[tuple[str, int, int], ...]:
    rows = [(value, now.get(value, 0), before.get(value, 0)) for value in {**now, **before}]
    rows.sort(key=lambda row: (-row[1], -row[2], row[0]))
    listed, rest = rows[:_LISTED], rows[_LISTED:]
    if rest:
        listed.append((f"{len(rest)} others", sum(r[1] for r in rest), sum(r[2] for r in rest)))
    return tuple(listed)

"""Records that nobody has had to do with for long, overdue follow-ups, and records that lack something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from validation.findings import Finding
from validation.frames import TypedTable, display
from validation.policy import FieldType, PolicyTable
from workbook_cms.reports.records import Records

__all__ = ["incomplete", "judged", "overdue", "stale"]

_COLUMNS = ["table", "position", "key", "name", "why", "date", "days"]
_LACKING = ("ENT001", "ENT002")


def judged(records: Records) -> set[str]:
    """Names of the tables whose records can be out of date: those with activities, and follow-ups."""
    return {t.table.name for t in records.tables.values() if _activities(records, t.table) or _due(t.table)}


def stale(records: Records, history: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Records without activity for as many days as the settings say, the longest first.

    The last activity is the latest date, not in the future, of the records that name this one (an interaction names
    its stakeholder). A record without any counts from the day it was added. Records whose status is another than
    the status that new records get (archived, inactive) are left out.

    Args:
        records: The records.
        history: Columns ``When`` (ISO 8601, UTC), ``Table``, ``Key`` and ``Action``.
        today: The day that counts as today.

    Returns:
        Columns ``table``, ``position``, ``key``, ``name``, ``why``, ``date`` (last activity, NaT if none), ``days``.
    """
    limit = records.policy.settings.stale_after_days
    parts = []
    for typed in records.tables.values():
        sources = _activities(records, typed.table)
        if not sources or not len(typed):
            continue
        keys = pd.Series(typed.raw.keys, dtype=object)
        active = pd.Series(pd.NaT, index=keys.index, dtype="datetime64[ns]")
        for source, reference in sources:
            latest = _looked_up(keys, _latest(source, reference, today))
            active = active.where(active.notna() & ~(latest > active), latest)
        began = _looked_up(keys, _added(history, typed.table.name))
        days = (pd.Timestamp(today) - active.fillna(began)).dt.days
        # No date at all: the record was there before its history began, so it is older than any limit.
        old = (days > limit) | days.isna()
        chosen = keys.index[old & _in_use(typed) & (keys != "")]
        frame = pd.DataFrame(
            {"position": chosen, "key": keys[chosen], "date": active[chosen], "days": days[chosen]}
        )
        frame["why"] = [_stale_text(d, pd.notna(a)) for d, a in zip(frame["days"], frame["date"], strict=True)]
        parts.append(_placed(records, typed, frame))
    return _joined(parts)


def overdue(records: Records, today: dt.date) -> pd.DataFrame:
    """Follow-ups past their due day and not done, the longest first; columns as of `stale`."""
    parts = []
    for typed in records.tables.values():
        pair = _due(typed.table)
        if not pair or not len(typed):
            continue
        due, done = (pd.to_datetime(typed.values[name]) for name in pair)
        days = (pd.Timestamp(today) - due).dt.days
        chosen = typed.values.index[(days > 0) & done.isna() & _open(typed)]
        frame = pd.DataFrame({"position": chosen, "date": due[chosen], "days": days[chosen]})
        frame["key"] = [typed.raw.keys[i] for i in chosen]
        frame["why"] = [f"Follow-up overdue by {_days(int(d))}" for d in frame["days"]]
        parts.append(_placed(records, typed, frame))
    return _joined(parts)


def incomplete(records: Records, findings: Iterable[Finding]) -> pd.DataFrame:
    """Records that lack something, those that lack most first.

    Returns:
        Columns ``table``, ``position``, ``key``, ``name``, ``missing`` (labels, joined by a comma), ``count``.
    """
    lacking: dict[tuple[str, int], list[str]] = {}
    for finding in findings:
        if finding.code in _LACKING and finding.table in records.by_name:
            for position in records.positions(finding):
                labels = lacking.setdefault((finding.table, position), [])
                if finding.field and finding.field not in labels:
                    labels.append(finding.field)
    rows = [
        (table, at, records.by_name[table].raw.keys[at], records.name(table, at), ", ".join(labels), len(labels))
        for (table, at), labels in lacking.items()
    ]
    frame = pd.DataFrame(rows, columns=["table", "position", "key", "name", "missing", "count"])
    return frame.sort_values("count", ascending=False, kind="stable", ignore_index=True)


def _activities(records: Records, table: PolicyTable) -> list[tuple[TypedTable, str]]:
    """(table of activities, field that names a record of ``table``); none where ``table`` is itself one."""
    if table.activity_date:
        return []
    return [
        (typed, reference.id)
        for typed in records.tables.values()
        for reference in typed.table.references
        if typed.table.activity_date and reference.foreign_key == table.id
    ]


def _looked_up(keys: pd.Series, days: pd.Series) -> pd.Series:
    """The day of each key, NaT where it has none. (`Series.map` makes numbers of no days at all in pandas 3.)"""
    return pd.Series(days.reindex(keys).to_numpy(dtype="datetime64[ns]"), index=keys.index)


def _latest(source: TypedTable, reference: str, today: dt.date) -> pd.Series:
    dates = pd.to_datetime(source.values[source.table.activity_date or ""])
    past = dates <= pd.Timestamp(today)
    return dates[past].groupby(source.values[reference][past]).max()


def _added(history: pd.DataFrame, table: str) -> pd.Series:
    rows = history[(history["Table"] == table) & (history["Action"] == "added")]
    when = pd.to_datetime(rows["When"].astype(str).str[:10], format="%Y-%m-%d", errors="coerce")
    return when.groupby(rows["Key"]).max()


def _in_use(typed: TypedTable) -> pd.Series:
    status = typed.table.by_id.get("status")
    if status is None or not status.default:
        return pd.Series(True, index=typed.values.index)
    values = typed.values["status"]
    return values.isna() | (values == status.default)


def _due(table: PolicyTable) -> tuple[str, str] | None:
    """The fields (due, done on) of a table of follow-ups."""
    due, done = table.by_id.get("due"), table.by_id.get("done_on")
    dates = due is not None and done is not None and due.type is done.type is FieldType.DATE
    return ("due", "done_on") if dates else None


def _open(typed: TypedTable) -> pd.Series:
    """Follow-ups whose status does not say that they are over."""
    if "status" not in typed.values:
        return pd.Series(True, index=typed.values.index)
    words = typed.values["status"].map(display).str.casefold()
    return ~words.isin(["done", "dropped", "closed", "completed", "cancelled", "canceled"])


def _stale_text(days: float, active: bool) -> str:
    if active:
        return f"No activity for {_days(int(days))}"
    return "No activity on record" if pd.isna(days) else f"No activity since it was added {_days(int(days))} ago"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _placed(records: Records, typed: TypedTable, frame: pd.DataFrame) -> pd.DataFrame:
    frame["table"] = typed.table.name
    frame["name"] = [records.name(typed.table.name, int(at)) for at in frame["position"]]
    return frame[_COLUMNS]


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in _COLUMNS})
    joined = pd.concat(parts, ignore_index=True)
    order = joined["days"].fillna(float("inf"))
    return joined.iloc[order.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)

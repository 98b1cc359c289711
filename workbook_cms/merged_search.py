"""Finding a record by any detail, also by what one held that was merged into it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from validation.frames import TableFrame
from validation.policy import PolicyTable
from validation.typing import type_table
from workbook_cms import search
from workbook_cms.search import Hit
from workbook_cms.snapshot import Snapshot

__all__ = ["find"]


def find(snapshot: Snapshot, table: PolicyTable, query: str, limit: int, today: dt.date) -> list[Hit]:
    """Records that fit what a person typed, best first; see `workbook_cms.search.find`.

    Who types the key or an old detail of a record that was merged into another is led to that one: its hit says so.

    Args:
        snapshot: The workbook.
        table: The table.
        query: Any detail.
        limit: How many at most.
        today: The day that counts as today.
    """
    typed, tables = snapshot.typed(table), snapshot.context(today).tables
    hits = search.find(typed, query, snapshot.policy, limit, tables)
    gone = [known.values for (name, _), known in snapshot.merged.items() if name == table.name]
    if not gone:
        return hits
    best = {hit.key or f"{number}": hit for number, hit in enumerate(hits)}
    old = type_table(TableFrame.of_entries(table, gone), snapshot.policy, today)
    for hit in search.find(old, query, snapshot.policy, limit):
        key = snapshot.led_to(table, hit.key)
        place = typed.raw.keys.place(key)
        if place is not None and (key not in best or best[key].score < hit.score):
            why = f"{hit.key} merged into it ({hit.why})"
            best[key] = replace(hit, key=key, why=why, summary=search.summary(typed, place))
    return sorted(best.values(), key=lambda hit: -hit.score)[:limit]

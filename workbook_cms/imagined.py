"""What rules would say of records once some entries are written, as far as they do not say it now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from validation.findings import CellValue, Finding
from validation.frames import Operation
from workbook_cms.preparation import prepare
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.submission import ADD, UPDATE, Entry

__all__ = ["brought_about"]


def brought_about(
    snapshot: Snapshot, entries: Sequence[Entry], today: dt.date, person: str
) -> list[list[Finding]]:
    """Findings that entries taken together bring about, each at the entry of its record; nothing is written.

    Each record is held against all others as they will be: what one entry takes from a record, another may get.

    Args:
        snapshot: The workbook as it is.
        entries: Additions with their keys, updates and removals; a record is in one of them at most.
        today: The day that counts as today.
        person: Who is at the keyboard.
    """
    then = snapshot.imagining(entries)
    found: list[list[Finding]] = [[] for _ in entries]
    for table in snapshot.policy.tables:
        at = [i for i, e in enumerate(entries) if e.table == table.id and e.action in (ADD, UPDATE)]
        if not at:
            continue
        before, after = ([_current(s, entries[i]) for i in at] for s in (snapshot, then))
        keys = frozenset(entries[i].key for i in at)
        said = prepare(then, table, after, Operation.UPDATE, today, person, keys).findings
        there = [place for place, values in enumerate(before) if values]
        given = [before[place] for place in there]
        was = prepare(snapshot, table, given, Operation.UPDATE, today, person, keys).findings if given else []
        known = {
            place: {(f.code, f.field, f.related) for f in told} for place, told in zip(there, was, strict=True)
        }
        for place, (i, new) in enumerate(zip(at, said, strict=True)):
            found[i] = [f for f in new if (f.code, f.field, f.related) not in known.get(place, set())]
    return found


def _current(snapshot: Snapshot, entry: Entry) -> dict[str, CellValue]:
    """The record of an entry as the workbook and what waits for it have it; nothing where there is none."""
    frame = snapshot.typed(snapshot.policy.table_by_id[entry.table]).raw
    place = frame.keys.place(entry.key)
    return {} if place is None else record(frame, place)

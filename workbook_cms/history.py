"""The history table: how what happened becomes rows of it, and how they are read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from validation.digests import record_digest
from validation.frames import display
from validation.history import (
    BELOW,
    CONTINUED,
    DECIDED,
    HistoryRow,
    chain_link,
    content_digest,
    encode_values,
)
from workbook_cms.file.layout import CellStyle, CellValue, ColumnSpec, TableSpec
from workbook_cms.file.reader import RawTable

__all__ = ["HISTORY_TABLE", "STAMP", "Actor", "Chain", "Event", "from_table", "history_rows", "to_cells"]

#: Excel's limit on the text of a cell is 32,767 UTF-16 units; JSON of names and notes rarely comes near.
CELL_LIMIT = 32_000
#: How the history writes times, which are in UTC: later ones sort behind.
STAMP = "%Y-%m-%dT%H:%M:%SZ"

_COLUMNS = (
    ("No", CellStyle.INTEGER, 7, "Number of the line. Lines follow each other without a gap."),
    ("When", CellStyle.TEXT, 21, "Time of the change, UTC."),
    ("Table", CellStyle.TEXT, 14, ""),
    ("Key", CellStyle.TEXT, 12, "Record that changed."),
    (
        "Action",
        CellStyle.TEXT,
        14,
        "added, changed, removed, merged, decided, edited outside, adopted, policy, archived",
    ),
    ("Field", CellStyle.TEXT, 18, ""),
    ("Old", CellStyle.TEXT, 24, ""),
    ("New", CellStyle.TEXT, 24, ""),
    ("Why", CellStyle.TEXT, 28, "Reason given, for instance for going on in spite of an alert."),
    ("Person", CellStyle.TEXT, 16, "Who the Staff list says this account is."),
    ("Account", CellStyle.TEXT, 14, "Account of the operating system."),
    ("Machine", CellStyle.TEXT, 14, ""),
    ("Source", CellStyle.TEXT, 12, "How it came in: form, command line, import, fix ..."),
    ("Entry", CellStyle.TEXT, 38, "Number of the entry, as on its receipt."),
    ("Values", CellStyle.TEXT, 40, "All values written, for undo and for the digests."),
    ("Policy", CellStyle.TEXT, 18, "Version of the policy it was checked by."),
    ("Salt", CellStyle.TEXT, 18, ""),
    ("Record digest", CellStyle.TEXT, 34, ""),
    ("Content digest", CellStyle.TEXT, 34, ""),
    ("Chain", CellStyle.TEXT, 34, "Each line seals the one before."),
)
#: The table every workbook has beside those of its policy.
HISTORY_TABLE = TableSpec(
    "History",
    tuple(ColumnSpec(label, style, width, help_) for label, style, width, help_ in _COLUMNS),
)
_LABELS = tuple(column.label for column in HISTORY_TABLE.columns)


@dataclass(frozen=True)
class Actor:
    """Who did it, and how it came in."""

    account: str
    machine: str
    person: str = ""
    source: str = "api"


@dataclass(frozen=True)
class Event:
    """Something that happened to one record, before it is history rows.

    Attributes:
        action: One of the actions of `validation.history`.
        table: Table name, "" for the workbook as a whole.
        key: Key of the record.
        entry: Entry id.
        after: All values of the record after the event, by field id.
        changes: (field label, field id, old value, new value) of each changed field; empty where all is new.
        why: Reason given.
        old, new: Texts for events that are about no field (a policy change, a merge).
        below: Key of the record that one taken out stood below, "" where it was the first; None where nothing tells.
    """

    action: str
    table: str
    key: str
    entry: str
    after: Mapping[str, CellValue] = field(default_factory=dict)
    changes: Sequence[tuple[str, str, object, object]] = ()
    why: str = ""
    old: str = ""
    new: str = ""
    below: str | None = None


@dataclass(frozen=True)
class Chain:
    """The end of a history: number and chain value of its last row."""

    no: int = 0
    value: str = ""


def history_rows(
    events: Iterable[Event], end: Chain, actor: Actor, when: dt.datetime, policy: str, salts: Iterable[str]
) -> list[HistoryRow]:
    """Rows that continue a history that ends at ``end``.

    Args:
        events: What happened, in order.
        end: Where the history ends now.
        actor: Who did it.
        when: Time of acceptance, UTC.
        policy: Digest of the policy.
        salts: A fresh random text an event.
    """
    rows: list[HistoryRow] = []
    stamp = when.strftime(STAMP)
    for event, salt in zip(events, salts, strict=False):
        digest = record_digest(salt, event.after) if event.key else ""
        for label, old, new, action, values in _lines(event):
            blank = HistoryRow(
                end.no + 1, stamp, event.table, event.key, action, label, old, new, event.why, actor.person,
                actor.account, actor.machine, actor.source, event.entry, values, policy, salt, digest, "", "",
            )  # fmt: skip
            row = blank._replace(content=content_digest(blank))
            row = row._replace(chain=chain_link(end.value, row))
            end = Chain(row.no, row.chain)
            rows.append(row)
    return rows


def _lines(event: Event) -> Iterable[tuple[str, str, str, str, str]]:
    """(field, old, new, action, values) of each row an event takes."""
    if event.changes:
        for label, field_id, old, new in event.changes:
            pieces = _pieces(encode_values({field_id: new}))
            yield label, _shown(old), _shown(new), event.action, pieces[0]
            yield from (("", "", "", CONTINUED, piece) for piece in pieces[1:])
        return
    if event.action == DECIDED:  # it wrote no value
        yield "", event.old, event.new, event.action, ""
        return
    filled = {name: value for name, value in event.after.items() if value is not None}
    if event.below is not None:
        filled[BELOW] = event.below
    pieces = _pieces(encode_values(filled) if filled else "")
    yield "", event.old, event.new, event.action, pieces[0]
    yield from (("", "", "", CONTINUED, piece) for piece in pieces[1:])


def _pieces(text: str) -> list[str]:
    # Cut by code points at half the limit where characters beyond the BMP, two UTF-16 units each, are possible.
    size = CELL_LIMIT if text.isascii() else CELL_LIMIT // 2
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]


def _shown(value: object) -> str:
    text = display(value)
    return text if len(text) <= CELL_LIMIT // 2 else text[: CELL_LIMIT // 2] + " ..."


def to_cells(row: HistoryRow) -> dict[str, CellValue]:
    """A row as values by column label; blank where empty."""
    cells: tuple[int | str, ...] = row
    return {label: (value if value != "" else None) for label, value in zip(_LABELS, cells, strict=True)}


def from_table(raw: RawTable) -> list[HistoryRow]:
    """The rows of the history table; a damaged cell shows as broken chain, never as an exception."""
    places = [raw.columns.index(label) if label in raw.columns else -1 for label in _LABELS]
    blank: list[Any] = [None] * len(raw)
    numbers, *texts = (blank if place < 0 else raw.by_column[place] for place in places)
    columns: list[list[Any]] = [
        [number if isinstance(number, int) else 0 for number in numbers],
        *([v if type(v) is str else "" if v is None else str(v) for v in column] for column in texts),
    ]
    return list(map(HistoryRow._make, zip(*columns, strict=True)))

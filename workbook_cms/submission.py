"""Accepted entries on their way into the workbook: what one journal file holds."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from validation.history import mark_values, unmark_values
from validation.policy import Policy
from workbook_cms.file.beside.side import JournalFile
from workbook_cms.file.layout import CellValue
from workbook_cms.file.sheets.rows import FORBIDDEN, MAX_TEXT
from workbook_cms.history import STAMP, Actor

__all__ = [
    "ADD",
    "DECIDE",
    "ID_END",
    "REMOVE",
    "UPDATE",
    "Entry",
    "Submission",
    "accepted",
    "group_of",
    "is_id",
    "new_id",
    "new_ids",
    "readable",
]

ADD = "add"
UPDATE = "update"
REMOVE = "remove"
DECIDE = "decide"
_ACTIONS = (ADD, UPDATE, REMOVE, DECIDE)
_VERSION = 1
_GROUP = 24  # characters of an id, up to its last block
_BLOCK = 16**12
#: Of a number that a cell can hold.
_MOST_BITS = 1023
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: The end of an entry id, in bytes. A pattern that begins with one certain character is found thirty times faster than
#: one that begins with eight of the digits of which a history is full.
ID_END = re.compile(rb"-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Entry:
    """One record to add, to change, to take out again, or to keep apart from another.

    Attributes:
        id: Entry id (UUID), the same on the receipt, in the journal and in the history.
        action: `ADD`, `UPDATE`, `REMOVE` or `DECIDE`.
        table: Table id.
        key: Key of the record; "" for an add whose key is given out at the commit.
        values: New values by field id; for an update the changed fields only, None empties a field.
        old: For an update, the values the author saw in those fields; for a removal, all values of the record; for a
            decision, the values it was taken on.
        why: Reason given.
        other: For a removal, the key of the record that it was merged into; for a decision, of the record that it is
            not one with, "" where that is open again.
        below: For an add that puts a record back, the key of the record that it stood below, "" where it was the
            first; None for a place at the end.
    """

    id: str
    action: str
    table: str
    key: str
    values: Mapping[str, CellValue]
    old: Mapping[str, CellValue] = field(default_factory=dict)
    why: str = ""
    other: str = ""
    below: str | None = None

    def fits_cells(self) -> bool:
        """Whether cells can hold what is to be written; one that waits and does not fit would stop all others."""
        texts = [
            self.key,
            self.why,
            self.other,
            *(value for value in self.values.values() if isinstance(value, str)),
        ]
        if FORBIDDEN.search("".join(texts)) or max(map(len, texts)) > MAX_TEXT:
            return False
        return all(_fits_cell(value) for value in self.values.values())


@dataclass(frozen=True)
class Submission:
    """Entries accepted together: one journal file, one commit, all or nothing."""

    when: dt.datetime
    actor: Actor
    policy: str
    entries: tuple[Entry, ...]

    @property
    def removes(self) -> bool:
        """Whether it takes a record out of its table."""
        return any(entry.action == REMOVE for entry in self.entries)

    @property
    def moves_records(self) -> bool:
        """Whether records below one that comes or goes get another place: only a closed file is written so."""
        return self.removes or any(entry.below is not None for entry in self.entries)

    @property
    def name(self) -> str:
        """File name in the journal, sorted by time."""
        return f"{self.when:%Y%m%dT%H%M%S.%f}-{self.entries[0].id}"

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "version": _VERSION,
            "when": self.when.isoformat(),
            "actor": asdict(self.actor),
            "policy": self.policy,
            "entries": [_data(entry) for entry in self.entries],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Submission:
        """The reverse of `to_json`.

        Raises:
            ValueError: The data is not a submission of a version known here.
        """
        try:
            if data["version"] != _VERSION:
                raise ValueError(f"version {data['version']} is not known")
            when, actor = dt.datetime.fromisoformat(data["when"]), Actor(**data["actor"])
            entries = tuple(_entries(data["entries"]))
            _need_texts(data["policy"], *asdict(actor).values())
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError("not a submission") from error
        if not entries or when.tzinfo is None or len({entry.id for entry in entries}) < len(entries):
            raise ValueError("not a submission")
        return cls(when, actor, data["policy"], entries)


def _data(entry: Entry) -> dict[str, Any]:
    data = {
        "id": entry.id,
        "action": entry.action,
        "table": entry.table,
        "key": entry.key,
        "values": mark_values(entry.values),
        "old": mark_values(entry.old),
        "why": entry.why,
    }
    # Where they say nothing an earlier version of this program, on another computer, can read the entry too.
    return (
        data
        | ({"other": entry.other} if entry.other else {})
        | ({} if entry.below is None else {"below": entry.below})
    )


def _entries(items: Any) -> Iterator[Entry]:
    for item in items:
        values, old = unmark_values(item["values"]), unmark_values(item["old"])
        entry = Entry(**{**item, "values": values, "old": old})
        _need_texts(entry.id, entry.action, entry.table, entry.key, entry.why, entry.other, entry.below or "")
        sound = entry.fits_cells() and all(_fits_cell(value) for value in entry.old.values())
        if not entry.id or entry.action not in _ACTIONS or not sound:
            raise ValueError("not an entry")
        yield entry


def _fits_cell(value: object) -> bool:
    if isinstance(value, int):
        return value.bit_length() <= _MOST_BITS
    return not isinstance(value, (list, dict)) and (not isinstance(value, float) or math.isfinite(value))


def _need_texts(*values: object) -> None:
    if not all(isinstance(value, str) for value in values):
        raise ValueError("something else where a text should be")


def accepted(submissions: Iterable[Submission]) -> str:
    """When the first of some submissions was accepted, as the history writes times; "" for none."""
    return min((one.when.astimezone(dt.UTC).strftime(STAMP) for one in submissions), default="")


def is_id(text: str) -> bool:
    """Whether a text has the form of an entry id."""
    return len(text) == 36 and _ID.fullmatch(text) is not None


def new_id() -> str:
    """A fresh entry id."""
    return str(uuid.uuid4())


def new_ids(count: int) -> list[str]:
    """Fresh entry ids of entries that are taken together: all but the last block is the same, see `group_of`."""
    first = new_id()
    start = int(first[_GROUP:], 16)
    return [f"{first[:_GROUP]}{(start + number) % _BLOCK:012x}" for number in range(count)]


def group_of(entry_id: str) -> str:
    """What the ids of entries that were taken together have in common: 74 random bits, so that no other has it."""
    return entry_id[:_GROUP]


def readable(journal: list[JournalFile], policy: Policy) -> Iterator[tuple[JournalFile, Submission]]:
    """The journal's files that can be read; a damaged one stays where it is and is reported by ``check``."""
    for file in journal:
        if file.data is not None:
            try:
                submission = Submission.from_json(file.data)
            except ValueError:
                continue
            if all(_fits(entry, policy) for entry in submission.entries):
                yield file, submission


def _fits(entry: Entry, policy: Policy) -> bool:
    table = policy.table_by_id.get(entry.table)
    return table is not None and {*entry.values, *entry.old} <= table.by_id.keys()

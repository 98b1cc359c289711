"""Changes of several entries gathered into one commit: keys, records, history rows."""

from __future__ import annotations

import datetime as dt
import secrets
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from validation.digests import canonical, record_digest
from validation.frames import TableFrame, address
from validation.growth import key_number
from validation.history import ADDED, ADOPTED, CHANGED, OUTSIDE, REMOVED, HistoryRow, replay
from validation.integrity import outside_edits
from validation.policy import PolicyTable
from workbook_cms.decisions import with_keys
from workbook_cms.file.beside.side import Head
from workbook_cms.file.layout import CellValue
from workbook_cms.file.raw_table import RawTable
from workbook_cms.file.writer import Append, Change, Delete, Patch, Replace
from workbook_cms.history import HISTORY_TABLE, Chain, Event, history_rows, to_cells
from workbook_cms.referring import referrers
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.submission import ADD, REMOVE, Entry, Submission, is_id

__all__ = ["Batch", "Conflict", "Drained", "Place", "chain_end", "found_outside", "next_head"]


@dataclass(frozen=True)
class Place:
    """Where an entry ended up."""

    key: str
    cell: str


@dataclass(frozen=True)
class Conflict:
    """An update or removal that met a record changed, gone or named by others since its author saw it."""

    entry: Entry
    problem: str


@dataclass
class Drained:
    """What a commit did, by entry id; ``waits`` says why nothing was written, where it was not."""

    places: dict[str, Place] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    waits: str = ""


def chain_end(snapshot: Snapshot) -> Chain:
    """Where the history in the file ends."""
    row = snapshot.history_tail
    number, value = row.get("No"), row.get("Chain")
    return Chain(int(number), str(value)) if isinstance(number, (int, float)) and value else Chain()


def found_outside(snapshot: Snapshot, table: PolicyTable, key: str) -> Event | None:
    """What happened to a record outside the forms, for the history to tell before the record is written again."""
    frame = snapshot.frame(table)
    if key not in frame.keys:
        return None
    position = frame.keys.index(key)
    values = record(frame, position)
    known = snapshot.latest.get((table.name, key))
    if known is None or known.action == REMOVED:
        return Event(ADOPTED, table.name, key, "", after=values)
    if not known.salt or known.record == record_digest(known.salt, values):
        return None
    rows = [row for row in snapshot.history if (row.table, row.key) == (table.name, key)]
    if not rows or rows[0].action not in (ADDED, ADOPTED):
        rows = [row for row in snapshot.whole_history.rows if (row.table, row.key) == (table.name, key)]
    changes = [(f.label, f.id, old, new) for f, old, new in outside_edits(frame, position, replay(rows))]
    return Event(OUTSIDE, table.name, key, "", after=values, changes=changes)


def next_head(old: Head, end: Chain, last: HistoryRow, keys: Mapping[str, int]) -> Head:
    """The head after a commit whose last history row is ``last``, on a file whose history ended at ``end``.

    When the file turned out to be older than the head, the old head goes on the list of those lost, so that the
    finding stays until a file that holds it comes back.
    """
    lost = list(old.lost)
    if old.no > end.no or (old.no == end.no and old.chain and old.chain != end.value):
        lost.append((old.no, old.chain))
    return Head(last.no, last.chain, dict(keys), lost)


class Batch:
    """Changes of several submissions, gathered into one commit.

    Attributes:
        drained: Where each entry goes, filled in by `write`.
        keys: Highest key number given out, by table id.
        given: Keys that entries of this batch were given, by entry id.
        history: The rows that the history gets.
    """

    def __init__(self, snapshot: Snapshot, file: Snapshot | None = None) -> None:
        """``file``: the file on disk, where ``snapshot`` is of what a program holds open, and saves later."""
        self.snapshot = snapshot
        self.drained = Drained()
        self.head = snapshot.side.head()
        self._end_on_disk = chain_end(file or snapshot).no
        self.keys: dict[str, int] = dict(self.head.keys)
        self.given: dict[str, str] = {}  # entry id -> key, for entries that refer to an entry of the same commit
        self.records: dict[str, _Records] = {}
        self.end = chain_end(snapshot)
        self.history: list[HistoryRow] = []

    def take(self, submission: Submission) -> Conflict | None:
        """Add a submission to the batch, or say why it can no longer be applied; then nothing of it is added."""
        for entry in submission.entries:
            if entry.action != ADD and (conflict := self._conflict(entry)):
                return conflict
        if submission.removes and (conflict := self._still_named(submission)):
            return conflict
        events = [event for entry in submission.entries for event in self._events(entry)]
        end = Chain(self.history[-1].no, self.history[-1].chain) if self.history else self.end
        salts = (secrets.token_hex(8) for _ in events)
        self.history += history_rows(
            events, end, submission.actor, submission.when.astimezone(dt.UTC), submission.policy, salts
        )
        return None

    def write(self) -> None:
        """Write all of it at once, and fill in where each entry went."""
        if not self.history:
            return
        changes: list[Change] = [Append(HISTORY_TABLE.name, _Rows(self.history, to_cells))]
        for records in self.records.values():
            changes += records.changes()
        rows = self.snapshot.write(changes)
        placed = {
            change.table: numbers
            for change, numbers in zip(changes, rows, strict=True)
            if isinstance(change, Append)
        }
        for records in self.records.values():
            self.drained.places.update(records.places(placed.get(records.table.name, [])))

    def new_head(self) -> Head:
        """The head once the batch is written."""
        return next_head(self.head, self.end, self.history[-1], self.keys)

    def _records(self, table_id: str) -> _Records:
        if table_id not in self.records:
            table = self.snapshot.policy.table_by_id[table_id]
            self.records[table_id] = _Records(
                table, self.snapshot.frame(table), partial(self.snapshot.raw, table.name)
            )
        return self.records[table_id]

    def _conflict(self, entry: Entry) -> Conflict | None:
        current = self._records(entry.table).current(self._at(entry))
        if current is None:
            return Conflict(entry, "the record is no longer in the table.")
        for name, seen in entry.old.items():
            if canonical(current.get(name)) != canonical(seen):
                label = self._records(entry.table).table.by_id[name].label
                return Conflict(entry, f"{label} was changed meanwhile by somebody else.")
        return None

    def _still_named(self, submission: Submission) -> Conflict | None:
        """The first removal of a record that others, which stay, refer to."""
        leaving = [entry for entry in submission.entries if entry.action == REMOVE]
        gone = {(entry.table, entry.key) for entry in leaving}
        for table in self.snapshot.policy.tables:
            if not {field.foreign_key for field in table.references} & {entry.table for entry in leaving}:
                continue
            for who in referrers(table, self._records(table.id).column, gone):
                entry = next(e for e in leaving if (e.table, e.key) == who.target)
                return Conflict(entry, who.sentence)
        return None

    def _events(self, entry: Entry) -> Iterator[Event]:
        records = self._records(entry.table)
        table = records.table
        values = {name: self._key_of(value) for name, value in entry.values.items()}
        if entry.action == ADD:
            key = entry.key
            if not key or records.current(key) is not None:  # two may have chosen one key: the second gets another
                key = self._next_key(table, records)
            values[table.key] = key
            self.given[entry.id] = key
            records.add(entry.id, key, values)
            yield Event(ADDED, table.name, key, entry.id, after=values, why=with_keys(entry.why, self.given))
            return
        key = self._at(entry)
        before = records.current(key) or {}
        if key not in records.touched and (found := found_outside(self.snapshot, table, key)):
            yield replace(found, entry=entry.id)
        if entry.action == REMOVE:
            records.remove(entry.id, key)
            yield Event(REMOVED, table.name, key, entry.id, after=before, why=entry.why)
            return
        changes = [(table.by_id[name].label, name, before.get(name), new) for name, new in values.items()]
        after = {**before, **values}
        records.patch(entry.id, key, values)
        if changes:
            yield Event(CHANGED, table.name, key, entry.id, after=after, changes=changes, why=entry.why)

    def _at(self, entry: Entry) -> str:
        """Key of the record that an update is for; it may name it by the entry id of its add."""
        return str(self._key_of(entry.key))

    def _key_of(self, value: CellValue) -> CellValue:
        """The key of the entry that a value names by its entry id; any other value as it is."""
        if not isinstance(value, str) or not is_id(value):
            return value
        if value not in self.given:
            # It was queued when its author referred to it, and another writer has written it since.
            self.given.update({row.entry: row.key for row in self.snapshot.history if row.entry == value})
        return self.given.get(value, value)

    def _next_key(self, table: PolicyTable, records: _Records) -> str:
        known = self.keys.get(table.id)
        highest = known or 0
        if not records.numbered:
            if known is None or self.head.no != self._end_on_disk:
                # Without a head, or with one that a writer did not live to bring up to date, the history tells which
                # keys were given out and are no longer in the table.
                told = [row.key for row in self.snapshot.whole_history.rows if row.table == table.name]
                highest = max(highest, *(key_number(table.key_format, key) for key in ("", *told)))
            highest = max(highest, records.frame.keys.highest(table.key_format))
            records.numbered = True
        highest += 1
        while records.current(table.key_format.format(highest)) is not None:
            highest += 1  # an entry of this batch came with that key
        self.keys[table.id] = highest
        return table.key_format.format(highest)


class _Rows(Sequence[Mapping[str, CellValue]]):
    """Rows by column label, each made when it is asked for: an import's need not all stand in memory at once."""

    def __init__(self, source: Sequence[Any], make: Callable[[Any], Mapping[str, CellValue]]) -> None:
        self._source, self._make = source, make

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: Any) -> Any:
        found = self._source[index]
        return [self._make(row) for row in found] if isinstance(index, slice) else self._make(found)


class _Records:
    """The records of one table while a batch is gathered: those in the file, and what is about to change."""

    def __init__(self, table: PolicyTable, frame: TableFrame, raw: Callable[[], RawTable]) -> None:
        self.raw = raw
        self.table, self.frame = table, frame
        self.touched: dict[str, dict[str, CellValue]] = {}  # key -> all values, for records of this batch
        self.added: dict[str, str] = {}  # key -> entry id
        self.patched: dict[str, dict[str, CellValue]] = {}  # key -> changed values
        self.patches: dict[str, str] = {}  # entry id -> key
        self.removed: dict[str, str] = {}  # key -> entry id, for records of the file
        self.gone: dict[str, str] = {}  # entry id -> key, for all removals
        self.numbered = False

    def current(self, key: str) -> dict[str, CellValue] | None:
        """Values of a record by field id as they will be when the batch so far is written."""
        if key in self.touched:
            return self.touched[key]
        if key in self.removed:
            return None
        position = self.frame.keys.place(key) if key else None
        return None if position is None else record(self.frame, position)

    def add(self, entry_id: str, key: str, values: dict[str, CellValue]) -> None:
        self.added[key] = entry_id
        self.touched[key] = values

    def patch(self, entry_id: str, key: str, values: Mapping[str, CellValue]) -> None:
        self.touched[key] = {**(self.current(key) or {}), **values}
        self.patches[entry_id] = key
        if key not in self.added:
            self.patched.setdefault(key, {}).update(values)

    def remove(self, entry_id: str, key: str) -> None:
        self.touched.pop(key, None)
        self.patched.pop(key, None)
        if self.added.pop(key, None) is None:
            self.removed[key] = entry_id
        self.gone[entry_id] = key

    def column(self, name: str) -> Iterator[tuple[str, CellValue]]:
        """Key and value of a field of each record, as they will be when the batch so far is written."""
        for key, value in zip(self.frame.keys, self.frame.values[name].tolist(), strict=True):
            if key not in self.removed and key not in self.touched:
                yield key, value
        yield from ((key, values.get(name)) for key, values in self.touched.items())

    def changes(self) -> Iterator[Change]:
        """The changes of the file, by column label."""
        if self.removed and (self.added or self.patched):
            yield Replace(self.table.name, self._remaining())  # the writer takes out or changes, not both
        elif self.removed:
            yield Delete(self.table.name, sorted(map(self._row, self.removed)))
        else:
            for key, values in self.patched.items():
                if values:
                    yield Patch(self.table.name, self._row(key), self._labelled(values))
        if self.added:
            added = [self.touched[key] for key in self.added]
            yield Append(self.table.name, _Rows(added, self._labelled))

    def places(self, rows: list[int]) -> Iterator[tuple[str, Place]]:
        """(entry id, place) of each entry; ``rows`` are the sheet rows of the added records in order."""
        letter = self.frame.letters[self.table.key]
        sheet_rows = dict(zip(self.added, rows, strict=False))
        taken = sorted(map(self._row, self.removed))
        for key, entry_id in self.added.items():
            yield entry_id, Place(key, address(self.frame.sheet, f"{letter}{sheet_rows[key]}"))
        for entry_id, key in self.patches.items():
            row = sheet_rows.get(key) or (0 if key in self.removed else self._row(key))
            row -= bisect_left(taken, row) if key not in sheet_rows else 0
            yield entry_id, Place(key, address(self.frame.sheet, f"{letter}{row}") if row else "")
        yield from ((entry_id, Place(key, "")) for entry_id, key in self.gone.items())

    def _remaining(self) -> list[dict[str, CellValue]]:
        """All records of the file but those removed, by column label, as they will be."""
        leaving = {self._row(key) for key in self.removed}
        patched = {self._row(key): self._labelled(values) for key, values in self.patched.items()}
        raw = self.raw()
        return [
            dict(zip(raw.columns, cells, strict=True)) | patched.get(row, {})
            for row, cells in zip(raw.rows, raw.cells, strict=True)
            if row not in leaving
        ]

    def _row(self, key: str) -> int:
        return int(self.frame.rows[self.frame.keys.index(key)])

    def _labelled(self, values: Mapping[str, CellValue]) -> dict[str, CellValue]:
        return {self.table.by_id[name].label: value for name, value in values.items()}

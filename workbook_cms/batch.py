"""Changes of several entries gathered into one commit: keys, records, history rows."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from validation.digests import canonical, record_digest
from validation.growth import key_number
from validation.history import (
    ADDED,
    ADOPTED,
    CHANGED,
    DECIDED,
    MERGED,
    OPEN_AGAIN,
    OUTSIDE,
    REMOVED,
    TAKEN_OUT,
    HistoryRow,
    replay,
)
from validation.integrity import outside_edits
from validation.policy import PolicyTable
from workbook_cms.decisions import with_keys
from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.beside.side import Head
from workbook_cms.file.layout import CellValue
from workbook_cms.file.writer import Append, Change
from workbook_cms.history import HISTORY_TABLE, Chain, Event, history_rows, to_cells
from workbook_cms.referring import Referrer, referrers
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.submission import ADD, DECIDE, REMOVE, UPDATE, Entry, Submission, is_id
from workbook_cms.table_changes import Place, Rows, TableChanges

__all__ = ["Batch", "Conflict", "Drained", "Place", "chain_end", "found_outside", "head_of", "next_head"]


@dataclass(frozen=True)
class Conflict:
    """A change that met a record changed, gone or named by others since its author saw it, or that the file refuses."""

    entry: Entry
    problem: str


@dataclass
class Drained:
    """What a commit did, by entry id; ``waits`` says why nothing was written, where it was not.

    ``refused``: What the file refused, whether it was set aside or goes on waiting.
    """

    places: dict[str, Place] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    refused: dict[str, RefusedChangeError] = field(default_factory=dict)
    waits: str = ""


def chain_end(snapshot: Snapshot) -> Chain:
    """Where the history in the file ends."""
    row = snapshot.history_tail
    number, value = row.get("No"), row.get("Chain")
    return Chain(int(number), str(value)) if isinstance(number, (int, float)) and value else Chain()


def head_of(snapshot: Snapshot) -> Head:
    """The head of the workbook, also where who put a copy back died before writing it."""
    end = chain_end(snapshot)
    return snapshot.side.head().at(end.no, end.value)


def found_outside(snapshot: Snapshot, table: PolicyTable, key: str) -> Event | None:
    """What happened to a record outside the forms, for the history to tell before the record is written again."""
    frame = snapshot.frame(table)
    if key not in frame.keys:
        return None
    position = frame.keys.index(key)
    values = record(frame, position)
    known = snapshot.latest.get((table.name, key))
    if known is None or known.action in TAKEN_OUT:
        return Event(ADOPTED, table.name, key, "", after=values)
    if not known.salt or known.record == record_digest(known.salt, values):
        return None
    rows = [row for row in snapshot.history if (row.table, row.key) == (table.name, key)]
    if not rows or rows[0].action not in (ADDED, ADOPTED):
        rows = [row for row in snapshot.whole_history.rows if (row.table, row.key) == (table.name, key)]
    changes = [(f.label, f.id, old, new) for f, old, new in outside_edits(frame, position, replay(rows))]
    return Event(OUTSIDE, table.name, key, "", after=values, changes=changes)


def next_head(old: Head, end: Chain, last: HistoryRow, keys: Mapping[str, int], archived: str) -> Head:
    """The head after a commit whose last history row is ``last``, on a file whose history ended at ``end``.

    When the file turned out to be older than the head, the old head goes on the list of those lost, so that the
    finding stays until a file that holds it comes back. ``archived`` is the latest time that an archived line tells.
    """
    lost = list(old.lost)
    if old.no > end.no or (old.no == end.no and old.chain and old.chain != end.value):
        lost.append((old.no, old.chain))
    return Head(last.no, last.chain, dict(keys), lost, archived, old.tried)


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
        self.head = head_of(file or snapshot)
        self._end_on_disk = chain_end(file or snapshot).no
        self.keys: dict[str, int] = dict(self.head.keys)
        self.given: dict[str, str] = {}  # entry id -> key, for entries that refer to an entry of the same commit
        self.records: dict[str, TableChanges] = {}
        self.merged: dict[tuple[str, str], str] = {}  # (table id, key) -> key of the record that it is one with
        self.end = chain_end(snapshot)
        self.history: list[HistoryRow] = []

    def take(self, submission: Submission) -> Conflict | None:
        """Add a submission to the batch, or say why it can no longer be applied; then nothing of it is added."""
        for entry in submission.entries:
            if entry.action != ADD and (conflict := self._conflict(entry)):
                return conflict
        moved: list[Entry] = []
        for removal, who in self._still_named(submission):
            if not removal.other:
                return Conflict(removal, who.sentence)
            moved.append(_moved(removal, who))  # it came to name the record after the merge was accepted
        events = [event for entry in (*moved, *submission.entries) for event in self._events(entry)]
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
        every, changes = self._changes()
        rows = iter(self.snapshot.write(changes)[1:])
        for records, own in every:
            written = {type(change): numbers for change, numbers in zip(own, rows, strict=False)}
            self.drained.places.update(records.places(written))

    def refusal(self) -> RefusedChangeError | None:
        """What the file would refuse all of it for."""
        from workbook_cms.file.writer import refusal  # noqa: PLC0415 - asked only after a refusal

        return refusal(self.snapshot.package, self._changes()[1]) if self.history else None

    def _changes(self) -> tuple[list[tuple[TableChanges, list[Change]]], list[Change]]:
        """The changes of each table, and those of the file, the history's first."""
        every = [(records, records.changes()) for records in self.records.values()]
        changes: list[Change] = [Append(HISTORY_TABLE.name, Rows(self.history, to_cells))]
        changes += (change for _, own in every for change in own)
        return every, changes

    def new_head(self) -> Head:
        """The head once the batch is written."""
        return next_head(self.head, self.end, self.history[-1], self.keys, self.snapshot.archived_until)

    def _records(self, table_id: str) -> TableChanges:
        if table_id not in self.records:
            table = self.snapshot.policy.table_by_id[table_id]
            self.records[table_id] = TableChanges(table, self.snapshot.frame(table))
        return self.records[table_id]

    def _conflict(self, entry: Entry) -> Conflict | None:
        records, key = self._records(entry.table), self._at(entry)
        current = records.current(key)
        if current is None:
            into = self.merged.get((entry.table, key)) or self.snapshot.led_to(records.table, key)
            gone = (
                f"the record was merged into {into} meanwhile."
                if into
                else "the record is no longer in the table."
            )
            return Conflict(entry, gone)
        if entry.other and records.current(str(self._key_of(entry.other))) is None:
            return Conflict(entry, f"{entry.other} is no longer in the table.")
        for name, seen in entry.old.items():
            if canonical(current.get(name)) != canonical(seen):
                label = self._records(entry.table).table.by_id[name].label
                return Conflict(entry, f"{label} was changed meanwhile by somebody else.")
        return None

    def _still_named(self, submission: Submission) -> Iterator[tuple[Entry, Referrer]]:
        """Each removal of a record that others, which stay and are not changed along with it, refer to."""
        leaving = {(entry.table, entry.key): entry for entry in submission.entries if entry.action == REMOVE}
        changed = {(e.table, self._at(e)): e.values for e in submission.entries if e.action == UPDATE}
        for table in self.snapshot.policy.tables if leaving else ():
            if not {field.foreign_key for field in table.references} & {target for target, _ in leaving}:
                continue

            def column(name: str, table: PolicyTable = table) -> Iterable[tuple[str, CellValue]]:
                for key, value in self._records(table.id).column(name):
                    yield key, changed.get((table.id, key), {}).get(name, value)

            for who in referrers(table, column, leaving.keys()):
                yield leaving[who.target], who

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
            records.add(entry.id, key, values, entry.below)
            yield Event(ADDED, table.name, key, entry.id, after=values, why=with_keys(entry.why, self.given))
            return
        key = self._at(entry)
        before = records.current(key) or {}
        # What is said of two records is said of both as they are now.
        for one in (key, str(self._key_of(entry.other))) if entry.action == DECIDE and entry.other else (key,):
            if one not in records.touched and (found := found_outside(self.snapshot, table, one)):
                yield replace(found, entry=entry.id)
                records.touch(one)
        if entry.action == REMOVE:
            yield self._removal(entry, records, key, before)
            return
        if entry.action == DECIDE:
            new = f"not one with {entry.other}" if entry.other else OPEN_AGAIN
            records.patch(entry.id, key, {})
            yield Event(DECIDED, table.name, key, entry.id, after=before, why=entry.why, new=new)
            return
        changes = [(table.by_id[name].label, name, before.get(name), new) for name, new in values.items()]
        after = {**before, **values}
        records.patch(entry.id, key, values)
        if changes:
            yield Event(CHANGED, table.name, key, entry.id, after=after, changes=changes, why=entry.why)

    def _removal(self, entry: Entry, records: TableChanges, key: str, before: Mapping[str, CellValue]) -> Event:
        into = str(self._key_of(entry.other))
        # One that was the last gets its place back by itself; after a merge others may have come behind it.
        below = records.above(key) if into or not records.is_last(key) else None
        records.remove(entry.id, key)
        if into:
            self.merged[entry.table, key] = into
        action = MERGED if into else REMOVED
        return Event(action, records.table.name, key, entry.id, before, why=entry.why, new=into, below=below)

    def _at(self, entry: Entry) -> str:
        """Key of the record that an update is for; it may name it by the entry id of its add."""
        return str(self._key_of(entry.key))

    def _key_of(self, value: CellValue) -> CellValue:
        """The key of the entry that a value names by its entry id; any other value as it is."""
        if not isinstance(value, str) or not is_id(value):
            return value
        if value not in self.given:
            # It was queued when its author referred to it, and another writer has written it since.
            told = [row for row in self.snapshot.history if row.entry == value] or self.snapshot.whole_history.rows
            self.given.update({row.entry: row.key for row in told if row.entry == value})
        return self.given.get(value, value)

    def _next_key(self, table: PolicyTable, records: TableChanges) -> str:
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


def _moved(removal: Entry, who: Referrer) -> Entry:
    """The change of a record that names one which is merged into another; it has the number of that merge."""
    into = None if (who.key, who.table_id) == (removal.other, removal.table) else removal.other
    return Entry(
        removal.id, UPDATE, who.table_id, who.key, {who.field: into}, {who.field: removal.key}, removal.why
    )

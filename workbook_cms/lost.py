"""Entries that a workbook held and holds no longer, since an older version of it came back; and how they go in again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from validation.carried import carried
from validation.chain import check_head
from validation.history import (
    ADDED,
    CHANGED,
    DECIDED,
    MERGED,
    OPEN_AGAIN,
    REMOVED,
    REPLAYED,
    HistoryRow,
    decode_values,
    joined,
)
from validation.history import replay as recorded
from workbook_cms.archives import told
from workbook_cms.batch import Conflict, Place, chain_end, head_of
from workbook_cms.commit import drain, write_event
from workbook_cms.decisions import decided_of
from workbook_cms.errors import FileError
from workbook_cms.file.beside.backup import Backup, backups
from workbook_cms.file.beside.side import JournalFile
from workbook_cms.history import Actor, Event
from workbook_cms.safekeeping import alone
from workbook_cms.snapshot import Snapshot, readable
from workbook_cms.submission import ADD, DECIDE, REMOVE, UPDATE, Entry, Submission, accepted, new_id

__all__ = ["Lost", "Replayed", "applied_and_lost", "lost", "replay", "went_back"]

_APPLIED = "applied"
#: What lines of the history tell of, and the action of the entry that wrote them.
_ACTIONS = {ADDED: ADD, CHANGED: UPDATE, REMOVED: REMOVE, MERGED: REMOVE, DECIDED: DECIDE}
#: Length of the entry id that the name of a journal file ends with.
_ID = 36


@dataclass(frozen=True)
class Lost:
    """A submission that a workbook held once.

    Attributes:
        submission: What was accepted.
        keys: Keys that its records had, by entry id, as far as is known.
        source: Where it was found: ``applied``, or the name of a copy of the workbook.
    """

    submission: Submission
    keys: Mapping[str, str]
    source: str


@dataclass
class Replayed:
    """What became of lost entries.

    Attributes:
        places: Where they are now, by entry id.
        moved: New key of a record by its old one, where that had been given to another.
        conflicts: Changes whose record was changed meanwhile; they wait for their authors.
    """

    places: dict[str, Place] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)


def lost(snapshot: Snapshot) -> list[Lost]:
    """What the workbook held once and holds no longer, oldest first: from ``applied``, and from newer copies.

    What stands in archived lines of the history is not lost.
    """
    found = applied_and_lost(snapshot)
    # A copy tells line by line of entries that came in together.
    known = _known(snapshot) | {entry.id for one in found for entry in one.submission.entries}
    for copy in backups(snapshot.path, snapshot.side.backups):
        for one in _in_copy(snapshot, copy):
            if one.submission.entries[0].id not in known:
                known.add(one.submission.entries[0].id)
                found.append(one)
    return sorted(found, key=lambda one: (one.submission.when, one.submission.name))


def went_back(snapshot: Snapshot) -> bool:
    """Whether the file is older than its last write, or another version of it."""
    head = head_of(snapshot)
    return any(check_head(snapshot.history, [*head.lost, (head.no, head.chain)]))


def applied_and_lost(snapshot: Snapshot) -> list[Lost]:
    """The part of it that stands in ``applied``, oldest first; no copy of the workbook is opened."""
    rows, side = snapshot.history, snapshot.side
    known = _known(snapshot)
    archives = carried(rows).files
    # What was accepted up to then stands in an archive that is not there, as far as can be known.
    start = "" if all((snapshot.path.parent / name).exists() for name in archives) else snapshot.archived_until
    files = [path for path in side.applied() if path.stem[-_ID:] not in known]
    known |= told((path.stem[-_ID:] for path in files), archives, snapshot.path)
    found = []
    for file, submission in readable([JournalFile.read(path) for path in files], snapshot.policy):
        first = submission.entries[0].id
        if first not in known and accepted([submission]) > start:
            known.add(first)
            keys = {entry: key for entry, (key, _) in side.places(file.path).items()}
            found.append(Lost(submission, keys, _APPLIED))
    return found


def _known(snapshot: Snapshot) -> set[str]:
    """Entries that are not lost: written, waiting, or set aside as a conflict, whether settled or not."""
    aside = {path.stem[-_ID:] for path in (*snapshot.side.conflicts(), *snapshot.side.settled())}
    waiting = {entry.id for submission in snapshot.pending for entry in submission.entries}
    return aside | waiting | {row.entry for row in snapshot.history}


def replay(
    snapshot: Callable[[], Snapshot], actor: Actor, now: dt.datetime, wanted: Sequence[Lost] | None = None
) -> Replayed:
    """Write lost entries into the workbook again, each once, in their old order, after a copy was made.

    A record gets the key it had where that is free, since others refer to it; a new one otherwise, and lost entries that
    refer to it follow. A change whose record was changed meanwhile is set aside for its author, as ever.

    Args:
        snapshot: Gives the workbook as it is now.
        actor: Who does it.
        now: The time, UTC.
        wanted: Those to write; all that are lost unless given.

    Raises:
        WorkbookLockedError: The workbook is open elsewhere, or another computer is the one that writes.
        FileError: It cannot be written.
    """
    done = Replayed()
    if wanted is None and not lost(snapshot()) and not went_back(snapshot()):
        return done  # no copy need be made before nothing
    with alone(snapshot, actor.machine, now, "replay") as before:
        if wanted is None:
            wanted = lost(before)
        if not wanted and not went_back(before):
            return done
        old = {one: key for each in wanted for one, key in each.keys.items()}
        for submission in _with_keys(before, wanted):
            before.side.write_journal(submission.name, submission.to_json())
        drained = drain(snapshot())
        done.places, done.conflicts = drained.places, drained.conflicts
        done.moved = {
            old[entry]: place.key for entry, place in done.places.items() if old.get(entry, place.key) != place.key
        }
        after = snapshot()
        again = "1 entry" if len(done.places) == 1 else f"{len(done.places):,} entries"
        why = f"{again} that an older version of the file had lost"
        event = Event(REPLAYED, "", "", new_id(), new=after.policy.digest, why=why)
        end = chain_end(after)
        # The file as it is counts from now on, also where all that it has lost can be found nowhere.
        write_event(after, actor, now, event, replace(after.side.head(), no=end.no, chain=end.value, lost=()))
    return done


def _with_keys(snapshot: Snapshot, found: Iterable[Lost]) -> Iterator[Submission]:
    """The submissions, their records with the keys they had where those are free."""
    tables = snapshot.policy.table_by_id
    taken = {(table.id, key) for table in tables.values() for key in snapshot.frame(table).keys}
    ids = {table.name: table.id for table in tables.values()}
    taken |= {(ids.get(row.table, ""), row.key) for row in snapshot.history}
    # Key that is another's by now -> entry id, which the commit replaces by the new key.
    moved: dict[str, str] = {}
    for one in found:
        entries = []
        for entry in one.submission.entries:
            key = one.keys.get(entry.id) or entry.key
            if entry.action != ADD:
                key = moved.get(key, key)
            elif (entry.table, key) in taken:
                moved[key], key = entry.id, ""
            else:
                taken.add((entry.table, key))
            values = {
                name: moved.get(value, value)
                if _refers(snapshot, entry, name) and isinstance(value, str)
                else value
                for name, value in entry.values.items()
            }
            values.pop(tables[entry.table].key, None)
            entries.append(replace(entry, key=key, values=values))
        yield replace(one.submission, entries=tuple(entries))


def _refers(snapshot: Snapshot, entry: Entry, name: str) -> bool:
    return bool(snapshot.policy.table_by_id[entry.table].by_id[name].foreign_key)


def _in_copy(snapshot: Snapshot, copy: Backup) -> Iterator[Lost]:
    """What a copy holds after the point where its history and the workbook's part."""
    chain = {row.no: row.chain for row in snapshot.history}
    try:
        other = Snapshot.open(copy.path)
        end = chain_end(other)
        if chain.get(end.no) == end.value:
            return  # the workbook holds all of it
        rows = other.history
    except FileError:
        return  # a damaged copy tells nothing
    fork = max((row.no for row in rows if chain.get(row.no) == row.chain), default=0)
    first = min(chain, default=1)
    after = [row for row in joined(rows) if row.no > max(fork, first - 1) and row.entry]
    for entry_id, lines in groupby(after, key=lambda row: row.entry):
        if submission := _submission(snapshot, rows, entry_id, [r for r in lines if r.action in _ACTIONS]):
            entry = submission.entries[0]
            keys = {entry.id: entry.key} if entry.action == ADD else {}
            if all(name in snapshot.policy.table_by_id[entry.table].by_id for name in entry.values):
                yield Lost(submission, keys, copy.path.name)


def _submission(
    snapshot: Snapshot, rows: Sequence[HistoryRow], entry_id: str, lines: Sequence[HistoryRow]
) -> Submission | None:
    """An entry as the lines of a history tell of it; None where they do not tell enough."""
    tables = {table.name: table for table in snapshot.policy.tables}
    if not lines or lines[0].table not in tables:
        return None
    # A merge may also have changed who names the record, under the same number; replayed, it does so again.
    row, old = next((line for line in lines if line.action == MERGED), lines[0]), {}
    writes = _ACTIONS[row.action] in (ADD, UPDATE)
    if writes and not all(line.values for line in lines):
        return None  # a person was erased
    written = lines if writes else []
    values = {name: value for line in written for name, value in decode_values(line.values).items()}
    if row.action == CHANGED:
        was = recorded(r for r in rows if r.no < row.no and (r.table, r.key) == (row.table, row.key))
        old = {name: was.get(name) for name in values}
    other = row.new if row.action == MERGED else ""
    if row.action == DECIDED and row.new != OPEN_AGAIN:
        other = decided_of(row.why).partition(";")[0].partition(" ")[2]
    entry = Entry(entry_id, _ACTIONS[row.action], tables[row.table].id, row.key, values, old, row.why, other)
    actor = Actor(row.account, row.machine, row.person, row.source)
    return Submission(dt.datetime.fromisoformat(row.when), actor, row.policy, (entry,))

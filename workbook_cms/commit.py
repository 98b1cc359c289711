"""The commit: what waits in the journal goes into the workbook, all of it in one new file."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import Sequence, Set
from typing import NamedTuple

from workbook_cms.batch import Batch, Conflict, Drained, Place, chain_end, next_head
from workbook_cms.errors import FileError, RefusedChangeError
from workbook_cms.file.beside.side import Head, JournalFile
from workbook_cms.file.platform import open_by
from workbook_cms.file.writer import Append, Change
from workbook_cms.history import HISTORY_TABLE, Actor, Event, history_rows, to_cells
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import ADD, REMOVE, Entry, Submission, accepted, is_id

__all__ = ["drain", "placed", "write_event"]

#: How long an entry waits for one that it refers to and that is not there yet.
_ARRIVES_WITHIN = dt.timedelta(days=1)

_Waiting = tuple[JournalFile, Submission]


class _Gathered(NamedTuple):
    """What waits as one batch.

    Attributes:
        batch: The batch.
        taken: What is in it, or in the file already.
        met: What met a record changed, gone or named by others.
    """

    batch: Batch
    taken: list[_Waiting]
    met: list[tuple[JournalFile, Conflict]]


def drain(snapshot: Snapshot) -> Drained:
    """Write all that waits in the journal into the workbook. The write lock must be held.

    ``snapshot`` must be of the file as it is now. A journal file is retired only when the file on disk holds its
    entry, and an entry that the file holds already is not written again. Changes that the file refuses are set aside,
    new records that it has no place for go on waiting; both hold up no others.

    Raises:
        WorkbookLockedError: The workbook is open elsewhere; everything goes on waiting.
        FileError: It cannot be written; everything goes on waiting.
    """
    waiting = snapshot.readable
    submissions = [submission for _, submission in waiting]
    written = snapshot.holds((one.entries[0].id for one in submissions), accepted(submissions))
    gathered, refused = _written(snapshot, waiting, written)
    batch, taken, met = gathered.batch, gathered.taken, gathered.met
    if batch.history:
        _keep_head(snapshot, batch.new_head())
    if batch.history or not open_by(snapshot.path):  # who has it open may be about to save what the entry is for
        for file, problem in met:
            snapshot.side.set_aside(file, {"problem": problem.problem, "entry": problem.entry.id})
    for (file, submission), error in refused:
        batch.drained.refused.update({entry.id: error for entry in submission.entries})
        # New records wait for their place. What was decided by how records stood is for its author to look at again.
        if any(entry.action != ADD for entry in submission.entries):
            why = f"{error.problem} {error.remedy}"
            batch.drained.conflicts.update({entry.id: Conflict(entry, why) for entry in submission.entries})
            snapshot.side.set_aside(file, {"problem": why, "entry": submission.entries[0].id})
    retired = {}
    for file, submission in taken:
        places = batch.drained.places
        if submission.entries[0].id not in places:
            places = placed(snapshot, submission.entries)
        told = {e.id: (places[e.id].key, places[e.id].cell) for e in submission.entries if e.id in places}
        retired[file.path] = told
    # The workbook holds them: what stays in the journal now is retired by the next writer, and not written again.
    with contextlib.suppress(FileError):
        snapshot.side.retire(retired)
    snapshot.forget_journal()
    return batch.drained


def _written(
    snapshot: Snapshot, waiting: Sequence[_Waiting], written: Set[str]
) -> tuple[_Gathered, list[tuple[_Waiting, RefusedChangeError]]]:
    """Write what waits, but for what the file refuses: that holds up nothing else."""
    left, refused, fits = list(waiting), [], 0
    while True:
        gathered = _gathered(snapshot, left, written)
        try:
            gathered.batch.write()
        except RefusedChangeError as error:
            fits, why = _first_refused(snapshot, left, written, fits, error)
            tables = {entry.table for entry in left[fits][1].entries if entry.action == ADD}
            # Where a new record finds no place, those that came after it find none either, and must not go before it.
            after = [one for one in left[fits + 1 :] if _adds_to(one[1], tables)]
            refused += [(one, why) for one in (left[fits], *after)]
            left = [*left[:fits], *(one for one in left[fits + 1 :] if one not in after)]
        else:
            return gathered, refused


def _first_refused(
    snapshot: Snapshot, waiting: Sequence[_Waiting], written: Set[str], fits: int, error: RefusedChangeError
) -> tuple[int, RefusedChangeError]:
    """Place of the first that the file refuses together with those before it, and what for.

    Args:
        snapshot: The file.
        waiting: What waits, which is refused as a whole.
        written: What the file holds of it already.
        fits: So many of the first are known to go in.
        error: What the whole is refused for.
    """
    most = len(waiting)
    while most - fits > 1:
        middle = (fits + most) // 2
        found = _gathered(snapshot, waiting[:middle], written).batch.refusal()
        if found is None:
            fits = middle
        else:
            most, error = middle, found
    return most - 1, error


def _adds_to(submission: Submission, tables: Set[str]) -> bool:
    return all(entry.action == ADD for entry in submission.entries) and any(
        entry.table in tables for entry in submission.entries
    )


def _gathered(snapshot: Snapshot, waiting: Sequence[_Waiting], held: Set[str]) -> _Gathered:
    """What waits as one batch; ``held`` are entries that the file holds already."""
    batch, written, waiting = Batch(snapshot), set(held), list(waiting)
    taken: list[_Waiting] = []
    met: list[tuple[JournalFile, Conflict]] = []
    while waiting:
        # Files may have come in another order than they were accepted in: what does not fit yet is tried once more
        # after the others.
        later: list[_Waiting] = []
        met = []
        for file, submission in waiting:
            if submission.entries[0].id not in written:
                if _too_early(batch, submission):
                    later.append((file, submission))
                    continue
                problem = batch.take(submission)
                if problem is not None:
                    later.append((file, submission))
                    met.append((file, problem))
                    continue
                written.add(submission.entries[0].id)  # a sync program may have made a second copy of the file
            taken.append((file, submission))
        if len(later) == len(waiting):
            break
        waiting = later
    batch.drained.conflicts.update({problem.entry.id: problem for _, problem in met})
    return _Gathered(batch, taken, met)


def _too_early(batch: Batch, submission: Submission) -> bool:
    """Whether it refers to an entry that a sync program has not brought yet; a day later it goes in all the same."""
    if dt.datetime.now(dt.UTC) - submission.when > _ARRIVES_WITHIN:
        return False
    own = {entry.id for entry in submission.entries}
    missing = {
        value
        for entry in submission.entries
        for field in batch.snapshot.policy.table_by_id[entry.table].references
        if isinstance(value := entry.values.get(field.id), str)
        and is_id(value)
        and value not in own
        and value not in batch.given
    }
    return bool(missing - batch.snapshot.holds(missing)) if missing else False


def placed(snapshot: Snapshot, entries: Sequence[Entry]) -> dict[str, Place]:
    """Where those of the entries ended up that the file holds, such as one that another writer took along."""
    keys = {row.entry: row.key for row in snapshot.history if row.key}
    if any(entry.id not in keys for entry in entries):
        keys |= {row.entry: row.key for row in snapshot.whole_history.rows if row.key}
    found = {}
    for entry in entries:
        if entry.action == REMOVE and entry.id in keys:
            found[entry.id] = Place(entry.key, "")
            continue
        table = snapshot.policy.table_by_id[entry.table]
        frame, key = snapshot.frame(table), keys.get(entry.id)
        if key in frame.keys and key:
            found[entry.id] = Place(key, frame.cell(frame.keys.index(key), table.key))
    return found


def write_event(
    snapshot: Snapshot,
    actor: Actor,
    when: dt.datetime,
    event: Event,
    head: Head,
    changes: Sequence[Change] = (),
    archived: str | None = None,
) -> None:
    """Commit an event that is about no record, with the changes it tells of. The write lock must be held.

    Args:
        snapshot: The file as it is now.
        actor: Who did it.
        when: Now, UTC.
        event: What happened; its ``new`` is the digest of the policy from now on.
        head: The head so far.
        changes: Changes of the file in the same commit.
        archived: The latest time that an archived line tells from now on; as before unless given.

    Raises:
        FileError: The file cannot be written; nothing was written.
    """
    end = chain_end(snapshot)
    rows = history_rows([event], end, actor, when, event.new, [secrets.token_hex(8)])
    snapshot.write([*changes, Append(HISTORY_TABLE.name, [to_cells(row) for row in rows])])
    until = snapshot.archived_until if archived is None else archived
    _keep_head(snapshot, next_head(head, end, rows[-1], head.keys, until))


def _keep_head(snapshot: Snapshot, head: Head) -> None:
    """Write the head after a commit. The file holds the change by now, so that a full disk may not undo the receipt:
    an older head is true as well, and the next commit brings it up to date."""
    with contextlib.suppress(FileError):
        snapshot.side.write_head(head)

"""How a workbook stands: what waits and for whom, what conflicts, what was lost, who has it open, how old its copy is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from validation.chain import check_head
from validation.findings import CellValue
from validation.history import ADDED, CHANGED, HistoryRow
from validation.integrity import check_queue
from workbook_cms import conflicts
from workbook_cms.batch import chain_end, head_of
from workbook_cms.conflicts import Conflicted
from workbook_cms.file.beside.backup import Backup, backups
from workbook_cms.file.beside.lock import Holder
from workbook_cms.file.beside.settings import Settings
from workbook_cms.file.platform import OpenBy, open_by
from workbook_cms.lost import Lost, applied_and_lost
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.submission import Submission

__all__ = ["Meeting", "Status", "Theirs", "Waiting", "no_head", "status"]


@dataclass(frozen=True)
class Waiting:
    """An accepted entry that the file does not hold yet.

    Attributes:
        entry_id: Its entry id.
        action: ``add``, ``update``, ``remove`` or ``decide`` (that two are not one).
        table, key: Table name, and key of the record; "" for a new one.
        when: When it was accepted, UTC.
        person, account, machine, source: By whom, from where.
    """

    entry_id: str
    action: str
    table: str
    key: str
    when: dt.datetime
    person: str
    account: str
    machine: str
    source: str


@dataclass(frozen=True)
class Theirs:
    """What a record holds by now in a field that two people changed, and who wrote it (None: not by a form)."""

    value: CellValue
    row: HistoryRow | None


@dataclass(frozen=True)
class Meeting:
    """A change that was set aside, and by field label what it met."""

    mine: Conflicted
    theirs: Mapping[str, Theirs]


@dataclass(frozen=True)
class Status:
    """How a workbook stands.

    Attributes:
        queued: Entries that wait to be written, oldest first.
        unsaved: Entries that stand in the open workbook, and not in the file yet.
        conflicts: Changes that were set aside.
        damaged: Names of journal files that cannot be read.
        lost: What the workbook held once, and could be replayed.
        flaws: What is wrong with the file and what lies beside it, each as `check` and `doctor` say it.
        backwards: Whether the file is older than its last write, or another version of it.
        copies: Names of conflict copies beside the workbook.
        opened_by: Who has it open in a spreadsheet program, as far as is known.
        writing: Who writes to it right now.
        settings: Which computer writes, and how many copies are kept.
        machine: Name of this computer.
        backup: The newest copy.
        backups: Number of copies.
        lines: Number of the last line of the history.
        here: How many of its lines stand in the workbook; the others are archived.
        last: Its time, UTC; "" where there is none.
    """

    queued: tuple[Waiting, ...]
    unsaved: tuple[Waiting, ...]
    conflicts: tuple[Meeting, ...]
    damaged: tuple[str, ...]
    lost: tuple[Lost, ...]
    flaws: tuple[str, ...]
    backwards: bool
    copies: tuple[str, ...]
    opened_by: OpenBy | None
    writing: Holder | None
    settings: Settings
    machine: str
    backup: Backup | None
    backups: int
    lines: int
    here: int
    last: str

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong that `check` would call an error; what merely waits is not."""
        return not (self.damaged or self.backwards)


def status(
    snapshot: Snapshot, machine: str, waiting: Sequence[Submission], unsaved: Sequence[Submission]
) -> Status:
    """How the workbook stands now.

    Args:
        snapshot: The workbook as it is.
        machine: Name of this computer.
        waiting: What is still to be written.
        unsaved: What stands in the open workbook and not in the file.

    Raises:
        FileError: The settings are damaged.
    """
    side, rows = snapshot.side, snapshot.history
    head = head_of(snapshot)
    kept = backups(snapshot.path, side.backups)
    readable_files = {file.path for file, _ in snapshot.readable}
    damaged = tuple(file.path.name for file in snapshot.journal if file.path not in readable_files)
    copies = tuple(side.conflict_copies())
    older = list(check_head(rows, [*head.lost, (head.no, head.chain)]))
    flaws = [finding.message for finding in (*older, *check_queue(0, "", 0, copies, damaged))]
    return Status(
        queued=tuple(_entries(snapshot, waiting)),
        unsaved=tuple(_entries(snapshot, unsaved)),
        conflicts=tuple(Meeting(mine, _theirs(snapshot, mine)) for mine in conflicts.of(snapshot)),
        damaged=damaged,
        lost=tuple(applied_and_lost(snapshot)),
        flaws=(*flaws, *no_head(snapshot)),
        backwards=bool(older),
        copies=copies,
        opened_by=open_by(snapshot.path),
        writing=side.writing(),
        settings=side.settings(),
        machine=machine,
        backup=kept[0] if kept else None,
        backups=len(kept),
        lines=rows[-1].no if rows else 0,
        here=len(rows),
        last=rows[-1].when if rows else "",
    )


def no_head(snapshot: Snapshot) -> Iterator[str]:
    """That nothing tells how the last write left the file, where somebody took away what lay beside it."""
    if not snapshot.side.head().no and chain_end(snapshot).no > 1:
        yield (
            "it is not known how the last write left the workbook, nor what waited beside it, since head.json is missing in "
            f"{snapshot.side.path.name}. Put that folder back; otherwise the next write begins a new one."
        )


def _entries(snapshot: Snapshot, submissions: Sequence[Submission]) -> Iterator[Waiting]:
    for one in submissions:
        by = one.actor
        for entry in one.entries:
            table = snapshot.policy.table_by_id[entry.table].name
            yield Waiting(
                entry.id, entry.action, table, entry.key, one.when, by.person, by.account, by.machine, by.source
            )


def _theirs(snapshot: Snapshot, mine: Conflicted) -> dict[str, Theirs]:
    """What stands in the fields of a conflict by now; of a record that is gone, nothing."""
    table = snapshot.table(mine.table)
    frame = snapshot.frame(table)
    if mine.key not in frame.keys:
        return {}
    values = record(frame, frame.keys.index(mine.key))
    rows = [row for row in snapshot.history if (row.table, row.key) == (mine.table, mine.key)]
    found = {}
    for label in mine.values:
        told = [r for r in rows if r.action == ADDED or (r.action == CHANGED and r.field == label)]
        found[label] = Theirs(values.get(table.by_label[label].id), told[-1] if told else None)
    return found

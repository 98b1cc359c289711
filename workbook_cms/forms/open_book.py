"""A workbook that is forms and records in one, while it is open: entries go into the open workbook, journal first.

What the program holds is not on disk until it saves. So the journal keeps every entry until the file holds it: closing
without saving, or a crash, loses nothing. A key is given out once: it is kept with the entry in the journal before
anything is written.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from validation.digests import canonical
from validation.frames import TypedTable
from validation.policy import PolicyTable
from validation.typing import type_table
from workbook_cms.acceptance import Writing
from workbook_cms.batch import Batch, Drained
from workbook_cms.errors import WorkbookLockedError
from workbook_cms.file.layout import CellValue
from workbook_cms.file.platform import OpenBy
from workbook_cms.file.raw_table import RawTable
from workbook_cms.file.writer import Append, Change, Patch
from workbook_cms.forms import adapter
from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.open_tables import OpenTables
from workbook_cms.history import HISTORY_TABLE
from workbook_cms.history_reading import HistoryReading
from workbook_cms.reading import WorkbookReading
from workbook_cms.receipts import OPEN
from workbook_cms.snapshot import Snapshot, readable, record, with_waiting
from workbook_cms.submission import ADD, UPDATE, Entry, Submission, accepted
from workbook_cms.workbook import Workbook

if TYPE_CHECKING:
    import xlwings as xw

    from workbook_cms.file.package import Package

__all__ = ["OpenWorkbook", "open_reading", "open_workbook"]


def open_workbook(book: xw.Book, *, today: dt.date | None = None, person: str = "") -> OpenWorkbook:
    """The record workbook that stands open in a spreadsheet program; entries are written into it there.

    Entries are checked against the file and all that was accepted since, which is what the open workbook holds.

    Raises:
        SpreadsheetError: The workbook was never saved, or is opened from the web.
    """

    return OpenWorkbook(book, today=today, person=person)


class OpenWorkbook(Workbook):
    """The record workbook that stands open in a spreadsheet program."""

    def __init__(self, book: xw.Book, *, today: dt.date | None = None, person: str = "") -> None:
        """See `open_workbook`."""
        self._tables = OpenTables(book)
        self._here: frozenset[str] = frozenset()
        self._by_hand: dict[tuple[str, str], dict[str, CellValue]] = {}
        self._overlaid: tuple[Snapshot, Snapshot] | None = None
        writing = Writing(self._drain, OPEN, self._holds)
        super().__init__(adapter.file_of(book), today=today, person=person, writing=writing)

    def opened_by(self) -> OpenBy | None:
        """Nobody else: who has it open is who asks."""
        return None

    def get_ready(self, table: str) -> None:
        """Find in the program what an entry into a table will need, while nobody waits for it."""
        with contextlib.suppress(SpreadsheetError):  # looked for again when an entry comes
            tables = self._tables.look_again(self.snapshot().package)
            tables.get_ready((table, HISTORY_TABLE.name))
            tables.column(HISTORY_TABLE.name, "Entry")

    def look_at(self, table: PolicyTable, key: str) -> bool:
        """See what the open workbook says of a record now, which somebody may have typed over; whether that is news.

        Raises:
            SpreadsheetError: The program does not answer.
        """
        now = self._tables.look_again(self.snapshot().package).row(table.name, key)
        frame = self.snapshot().typed(table).raw
        if not now or key not in frame.keys:
            return False
        known = record(frame, frame.keys.index(key))
        values = {f.id: now.get(f.label) for f in table.fields}
        news = any(canonical(known.get(name)) != canonical(value) for name, value in values.items())
        if news:
            self._by_hand[table.id, key] = values
            self._overlaid = None
        return news

    def snapshot(self) -> Snapshot:
        """The file, with what was accepted since, and what was seen to be typed over in the program."""
        known = super().snapshot()
        if not self._by_hand:
            return known
        if self._overlaid is None or self._overlaid[0] is not known:
            self._overlaid = known, _TypedOver(known, self._by_hand)
        return self._overlaid[1]

    def _holds(self, snapshot: Snapshot) -> frozenset[str]:
        ids = {submission.entries[0].id for submission in snapshot.pending}
        if not ids <= self._here:
            with contextlib.suppress(SpreadsheetError):  # what cannot be seen there waits
                now = _OpenSnapshot(snapshot, self._tables.look_again(snapshot.package))
                self._here |= now.holds(ids)
        return self._here

    def _drain(self, snapshot: Snapshot) -> Drained:
        drained = _drain(snapshot, self._tables.look_again(snapshot.package))
        self._here |= drained.places.keys()
        self._by_hand.clear()
        return drained


class _TypedOver(Snapshot):
    """A reading of the file with what somebody typed over records in the open workbook."""

    def __init__(self, known: Snapshot, by_hand: Mapping[tuple[str, str], Mapping[str, CellValue]]) -> None:
        super().__init__(known.package, known.policy, known.side)
        self._known, self._by_hand = known, by_hand
        self._raw, self._frames, self._typed = known._raw, known._frames, known._typed
        self._earlier = known._earlier
        self._history = known._history

    def typed(self, table: PolicyTable) -> TypedTable:
        if table.id not in self._whole:
            changes = [
                Entry("", UPDATE, table.id, key, dict(to))
                for (t, key), to in self._by_hand.items()
                if t == table.id
            ]
            whole = self._known.typed(table)
            self._whole[table.id] = type_table(with_waiting(whole.raw, changes), self.policy) if changes else whole
        return self._whole[table.id]


def open_reading(book: xw.Book, *, today: dt.date | None = None) -> WorkbookReading:
    """The workbook as it stands in the program now, saved or not, to be checked.

    Raises:
        SpreadsheetError: The workbook was never saved, or is opened from the web.
    """
    return _OpenReading(book, today)


class _OpenReading(WorkbookReading):
    def __init__(self, book: xw.Book, today: dt.date | None) -> None:
        super().__init__(adapter.file_of(book), today=today)
        self._book = book

    @cached_property
    def _now(self) -> Snapshot:
        disk = super().snapshot()
        return _OpenSnapshot(disk, OpenTables(self._book).look_again(disk.package), formulas=True)

    def snapshot(self) -> Snapshot:
        return self._now


class _OpenHistory(HistoryReading):
    """The history as the open workbook shows it."""

    def __init__(self, package: Package, tables: OpenTables) -> None:
        super().__init__(package)
        self._tables = tables

    @cached_property
    def raw(self) -> RawTable:
        return self._tables.read(HISTORY_TABLE.name)

    @cached_property
    def tail(self) -> Mapping[str, CellValue]:
        return self._tables.last(HISTORY_TABLE.name)

    def holds(self, entry_ids: Iterable[str]) -> set[str]:
        wanted = set(entry_ids)
        return wanted.intersection(self._tables.column(HISTORY_TABLE.name, "Entry")) if wanted else set()


class _OpenSnapshot(Snapshot):
    """A reading of the open workbook; its policy is that of the file."""

    def __init__(self, disk: Snapshot, tables: OpenTables, *, formulas: bool = False) -> None:
        super().__init__(disk.package, disk.policy, disk.side)
        self._disk, self._tables, self._formulas = disk, tables, formulas
        self._history = _OpenHistory(disk.package, tables)

    @cached_property
    def archived_until(self) -> str:
        return self._disk.archived_until

    def raw(self, name: str) -> RawTable:
        if name != HISTORY_TABLE.name and name not in self._raw:
            self._raw[name] = self._tables.read(name, formulas=self._formulas)
        return super().raw(name)

    def write(self, changes: Sequence[Change]) -> list[list[int]]:
        """Records first, their history last: what has no history is taken back, or it would come in twice."""
        order = sorted(range(len(changes)), key=lambda i: _table(changes[i]) == HISTORY_TABLE.name)
        rows: list[list[int]] = [[] for _ in changes]
        try:
            for i in order:
                rows[i] = self._write(changes[i])
        except SpreadsheetError:
            for i in order:
                change = changes[i]
                if rows[i] and isinstance(change, Append):
                    self._tables.empty(change.table, rows[i])
                elif rows[i] and isinstance(change, Patch):
                    self._put_back(change)
            raise
        return rows

    def _write(self, change: Change) -> list[int]:
        if isinstance(change, Append):
            return self._tables.append(change.table, list(change.rows))
        assert isinstance(change, Patch)  # noqa: S101 - entries add and change records, nothing else
        self._tables.patch(change.table, change.row, change.values)
        return [change.row]

    def _put_back(self, change: Patch) -> None:
        raw = self.raw(change.table)
        before = raw.cells[raw.rows.index(change.row)]
        self._tables.patch(
            change.table, change.row, {label: before[raw.columns.index(label)] for label in change.values}
        )


def _table(change: Change) -> str:
    assert isinstance(change, (Append, Patch))  # noqa: S101 - as above
    return change.table


def _drain(disk: Snapshot, tables: OpenTables) -> Drained:
    """Write what waits in the journal into the open workbook. The write lock must be held.

    A journal file is retired when the file on disk holds its entry, that is after the program saved. A change that
    met another one goes on waiting: what it met may never be saved.

    Raises:
        WorkbookLockedError: The program does not answer, or cannot write; everything goes on waiting.
    """
    try:
        return _drained(disk, _OpenSnapshot(disk, tables))
    except SpreadsheetError as error:
        raise WorkbookLockedError(error.place, error.problem, error.remedy) from error


def _drained(disk: Snapshot, now: Snapshot) -> Drained:
    batch = Batch(now, disk)
    waiting = list(readable(disk.side.journal(), disk.policy))
    ids = [submission.entries[0].id for _, submission in waiting]
    since = accepted(submission for _, submission in waiting)
    saved = disk.holds(ids, since)
    written = now.holds(set(ids) - saved, since)
    taken = []
    for file, submission in waiting:
        first = submission.entries[0].id
        if first in saved:
            disk.side.retire({file.path: {}})
        elif first not in written and not submission.moves_records:  # waits for the file
            if problem := batch.take(submission):
                batch.drained.conflicts[problem.entry.id] = problem
            else:
                taken.append((file, submission))
    if batch.history:
        # Given out before anything is written: whoever writes the entry, here or on disk, uses the same key.
        disk.side.write_head(replace(batch.head, keys=batch.keys))
        for file, submission in taken:
            disk.side.write_journal(file.path.stem, _with_keys(disk, submission, batch.given).to_json())
        batch.write()
    return batch.drained


def _with_keys(snapshot: Snapshot, submission: Submission, given: Mapping[str, str]) -> Submission:
    return replace(submission, entries=tuple(_with_key(snapshot, entry, given) for entry in submission.entries))


def _with_key(snapshot: Snapshot, entry: Entry, given: Mapping[str, str]) -> Entry:
    key = given.get(entry.id, "") if entry.action == ADD else ""
    if not key:
        return entry
    return replace(entry, key=key, values={**entry.values, snapshot.policy.table_by_id[entry.table].key: key})

"""One reading of a workbook: its file, policy and tables, and what waits for it in the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from validation.carried import carried
from validation.findings import CellValue
from validation.frames import Context, TableFrame, TypedTable
from validation.history import ARCHIVED, MERGED, HistoryRow
from validation.policy import Policy, PolicyTable
from validation.typing import type_table
from workbook_cms import table_frames
from workbook_cms.archives import Whole, told, whole
from workbook_cms.errors import UnknownTableError
from workbook_cms.file.beside.side import JournalFile, SideFolder
from workbook_cms.file.container.sameness import same_table
from workbook_cms.file.package import Package
from workbook_cms.file.reader import RawTable, read_tables
from workbook_cms.file.sheets.news import new_rows
from workbook_cms.history import HISTORY_TABLE, Actor
from workbook_cms.history_reading import HistoryReading
from workbook_cms.merged import Merged, merged, survivor
from workbook_cms.policies import sheets
from workbook_cms.policies.presence import require_policy
from workbook_cms.submission import ADD, REMOVE, Entry, Submission, accepted, readable
from workbook_cms.table_cache import is_long, keep_table, kept_table, with_added, worth_keeping
from workbook_cms.table_frames import cells_of_table, frame_of, places, record, with_waiting

if TYPE_CHECKING:
    from workbook_cms.file.writer import Change

__all__ = ["Snapshot", "readable", "record", "with_waiting"]


class _Earlier(NamedTuple):
    """A table as it was read from an earlier file; what changed since is read when the table is asked for."""

    package: Package
    frame: TableFrame
    typed: TypedTable | None
    kept: tuple[int, int] | None


class Snapshot:
    """A workbook as it stood at one moment. Tables are read when they are first asked for, and once."""

    def __init__(self, package: Package, policy: Policy, side: SideFolder) -> None:
        self.package, self.policy, self.side = package, policy, side
        self._raw: dict[str, RawTable] = {}
        self._frames: dict[str, TableFrame] = {}
        self._typed: dict[str, TypedTable] = {}  # of what the file holds
        self._whole: dict[str, TypedTable] = {}  # with what waits
        # Of tables that are kept: rows that changed since, and what their lookup held then.
        self._kept: dict[str, tuple[int, int]] = {}
        self._earlier: dict[str, _Earlier] = {}
        self._history = HistoryReading(package)

    @classmethod
    def open(cls, path: Path, before: Snapshot | None = None, package: Package | None = None) -> Snapshot:
        """Read the file's structure and policy.

        Args:
            path: The file.
            before: The same workbook as it was read before: what did not change since is not read again.
            package: The file, where it is read already: this process wrote it.

        Raises:
            FileError: The file is not a workbook that can be read safely.
            PolicyError: It has no policy, or one that breaks its own rules.
        """
        package = package or Package.open(path, before=before.package if before else None)
        require_policy(package, path.name)
        if before and all(same_table(package, before.package, name) for name in sheets.TABLE_NAMES):
            return cls(package, before.policy, SideFolder(path))._with_tables_of(before)
        policy = sheets.from_tables(read_tables(package, sheets.TABLE_NAMES), path.name)
        return cls(package, policy, SideFolder(path))

    def with_new_journal(self) -> Snapshot:
        """The same file, its journal read anew; tables that were read are not read again."""
        fresh = Snapshot(self.package, self.policy, self.side)
        fresh._raw, fresh._frames, fresh._typed = self._raw, self._frames, self._typed
        fresh._kept, fresh._earlier = self._kept, self._earlier
        fresh._history = self._history
        return fresh

    def _with_tables_of(self, before: Snapshot) -> Snapshot:
        """With the tables that were read from an earlier file of the same policy, as far as they did not change; of
        those that did, the rows that changed are read when they are asked for, which others may have changed again."""
        by_name = {table.name: table for table in self.policy.tables}
        for name in {*before._raw, *(table.name for table in self.policy.tables if table.id in before._frames)}:
            if same_table(self.package, before.package, name):
                if name in before._raw:
                    self._raw[name] = before._raw[name]
                if name in by_name:
                    self._take(by_name[name].id, before)
            elif name in by_name and (table_id := by_name[name].id) in before._frames:
                frame, typed = before._frames[table_id], before._typed.get(table_id)
                self._earlier[table_id] = _Earlier(before.package, frame, typed, before._kept.get(table_id))
        for table_id, earlier in before._earlier.items():
            self._earlier.setdefault(table_id, earlier)
        same = same_table(self.package, before.package, HISTORY_TABLE.name)
        rows = [] if same else new_rows(self.package, before.package, HISTORY_TABLE.name)
        if rows is not None and all(not row.replaced for row in rows):
            self._history = before._history.grown(self.package, [row.raw for row in rows], same)
        return self

    def _take(self, table_id: str, before: Snapshot) -> None:
        if table_id in before._frames:
            self._frames[table_id] = before._frames[table_id]
        if table_id in before._typed:
            self._typed[table_id] = before._typed[table_id]
        if table_id in before._kept:
            self._kept[table_id] = before._kept[table_id]

    def _catch_up(self, table: PolicyTable) -> None:
        """Take a table as it was read from an earlier file, with the rows that changed since."""
        earlier = self._earlier.pop(table.id, None)
        if earlier is None:
            return
        rows = new_rows(self.package, earlier.package, table.name)
        frame, typed = earlier.frame, earlier.typed
        if rows is None:
            return
        if rows:
            few = frame_of(RawTable.joined([piece.raw for piece in rows]), table, self.path.name)
            at = places(frame, few)
            if at is None:
                return
            if typed is not None:
                typed = typed.grown(type_table(few, self.policy), at)
            frame = typed.raw if typed is not None else frame.grown(few, at)
        self._frames[table.id] = frame
        if earlier.kept is not None:
            behind, looked_up = earlier.kept
            self._kept[table.id] = behind + sum(len(piece.raw) for piece in rows), looked_up
        if typed is not None:
            self._typed[table.id] = typed

    @property
    def path(self) -> Path:
        """The workbook."""
        return self.package.path

    def table(self, name: str) -> PolicyTable:
        """A table of the policy, by name or id, whatever the case of its letters.

        Raises:
            UnknownTableError: There is none.
        """
        for table in self.policy.tables:
            if name.casefold() in (table.name.casefold(), table.id):
                return table
        known = ", ".join(t.name for t in self.policy.tables)
        raise UnknownTableError(self.path.name, f"there is no table {name}.", f"The tables are {known}.")

    # what the file holds -------------------------------------------------------------------------------------

    def raw(self, name: str) -> RawTable:
        """Cells of an Excel table as read.

        Raises:
            PolicyError: The workbook has no such table.
        """
        if name == HISTORY_TABLE.name:
            return self._history.raw
        if name not in self._raw:
            self._raw[name] = cells_of_table(self.package, name)
        return self._raw[name]

    def frame(self, table: PolicyTable) -> TableFrame:
        """The records in the file, without those that wait in the journal."""
        if table.id not in self._frames:
            self._catch_up(table)
        if table.id not in self._frames and not self._from_cache(table):
            self._frames[table.id] = frame_of(self.raw(table.name), table, self.path.name)
        return self._frames[table.id]

    def _from_cache(self, table: PolicyTable) -> bool:
        """Take a table from what an earlier process kept of it."""
        kept = kept_table(self.package, self.policy, table, self.side.path)
        if kept is None:
            return False
        self._frames[table.id], self._typed[table.id] = kept.typed.raw, kept.typed
        self._kept[table.id] = kept.behind, kept.typed.looked_up
        return True

    @property
    def unkept(self) -> list[str]:
        """Ids of the long tables that the next process would have sooner if they were kept for it, anew or again."""
        return [one for one, typed in self._typed.items() if worth_keeping(typed, self._kept.get(one))]

    def keep(self) -> None:
        """Keep the long tables that were read for the next process, beside the workbook."""
        for table in self.policy.tables:
            if table.id in self._earlier:
                self.frame(table)  # with the rows that were written since
        for table_id in self.unkept:
            typed = self._typed[table_id]
            keep_table(self.package, self.policy, typed, self.side.path)
            self._kept[table_id] = 0, typed.looked_up  # where it could not be, it is not tried at each entry

    @property
    def history(self) -> list[HistoryRow]:
        """All rows of the history."""
        return self._history.rows

    @cached_property
    def whole_history(self) -> Whole:
        """The history with the lines that were moved to archives; as slow as they are long."""
        return whole(self.history, self.history_cells, self.path)

    @cached_property
    def merged(self) -> Mapping[tuple[str, str], Merged]:
        """The records that were merged into others, by (table name, key); those that wait to be are among them."""
        found = merged(self.whole_history.rows) if self._history.tells_of({MERGED, ARCHIVED}) else {}
        for entry in (entry for submission in self.pending for entry in submission.entries):
            if entry.other and entry.action == REMOVE:
                found[self.policy.table_by_id[entry.table].name, entry.key] = Merged(entry.other, entry.old)
            elif entry.action == ADD:
                found.pop((self.policy.table_by_id[entry.table].name, entry.key), None)
        return found

    def led_to(self, table: PolicyTable, key: str) -> str:
        """Key of the record that one was merged into; "" where it was not."""
        return survivor(self.merged, table, key)

    @property
    def latest(self) -> dict[tuple[str, str], HistoryRow]:
        """The last history row of each record, by (table name, key)."""
        return self._history.latest

    @property
    def history_tail(self) -> Mapping[str, CellValue]:
        """The last row of the history by label, found without reading the others."""
        return self._history.tail

    def holds(self, entry_ids: Iterable[str], since: str = "") -> set[str]:
        """Those of the entries that the history tells of, in the workbook or in its archives.

        Args:
            entry_ids: The entries.
            since: None of them was accepted before this time, as the history writes times: archives whose lines are all
                older are not looked into.
        """
        wanted = set(entry_ids)
        found = self._history.holds(wanted)
        if found == wanted or not self.archived_until or self.archived_until < since:
            return found
        return found | told(wanted - found, carried(self.history).files, self.path)

    @cached_property
    def archived_until(self) -> str:
        """The latest time that a line in an archive tells; "" where there is none."""
        head, tail = self.side.head(), self.history_tail
        if head.archived is not None and (head.no, head.chain) == (tail.get("No"), tail.get("Chain")):
            return head.archived
        return carried(self.history).until

    @property
    def history_cells(self) -> list[str]:
        """Address of the first cell of each history row."""
        return self._history.cells

    def write(self, changes: Sequence[Change]) -> list[list[int]]:
        """Make changes, all or none; sheet rows of the records that each of them wrote.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written.
        """
        from workbook_cms.file.writer import write  # noqa: PLC0415 - readers need no writer

        return write(self.package, changes)

    # what waits ----------------------------------------------------------------------------------------------

    @cached_property
    def journal(self) -> list[JournalFile]:
        """Files of the journal, oldest first."""
        return self.side.journal()

    @cached_property
    def readable(self) -> tuple[tuple[JournalFile, Submission], ...]:
        """Those of them that can be read, and what they hold."""
        return tuple(readable(self.journal, self.policy))

    def forget_journal(self) -> None:
        """Let go of what waited, once it is written: a large import would be held beside the workbook as it is now."""
        for known in ("journal", "readable", "pending"):
            self.__dict__.pop(known, None)

    def imagining(self, entries: Sequence[Entry]) -> Snapshot:
        """The same file with some entries more waiting for it, which nobody was told of: what rules would say then."""
        fresh = self.with_new_journal()
        submission = Submission(dt.datetime.min.replace(tzinfo=dt.UTC), Actor("", ""), "", tuple(entries))
        fresh.__dict__["pending"] = (*self.pending, submission)
        return fresh

    @cached_property
    def pending(self) -> tuple[Submission, ...]:
        """Submissions that the workbook does not hold yet.

        A writer that was killed leaves some in the journal that it does hold; the next writer clears them away.
        """
        waiting: dict[str, Submission] = {}
        for _, submission in self.readable:
            waiting.setdefault(submission.entries[0].id, submission)  # a sync program may have made a second copy
        written = self.holds(waiting, accepted(waiting.values()))
        return tuple(submission for entry, submission in waiting.items() if entry not in written)

    # both ----------------------------------------------------------------------------------------------------

    def typed(self, table: PolicyTable) -> TypedTable:
        """All records, typed: those in the file and those that wait."""
        if table.id in self._whole:
            return self._whole[table.id]
        waiting = [e for submission in self.pending for e in submission.entries if e.table == table.id]
        if not waiting:
            whole = self._in_file(table)
        elif is_long(len(self.frame(table))) and all(entry.action == ADD for entry in waiting):
            whole = with_added(self._in_file(table), waiting, self.policy)
        else:
            whole = type_table(with_waiting(self.frame(table), waiting), self.policy)
        self._whole[table.id] = whole
        return whole

    def _in_file(self, table: PolicyTable) -> TypedTable:
        frame = self.frame(table)  # from the cache it comes typed
        if table.id not in self._typed:
            self._typed[table.id] = type_table(frame, self.policy)
            if is_long(len(frame)):
                self._typed[table.id].take_lookup(None)
        return self._typed[table.id]

    def context(self, today: dt.date) -> Context:
        """What the rules may know, tables read on demand."""
        return Context(self.policy, table_frames.TablesOnDemand(self.policy, self.typed), today)

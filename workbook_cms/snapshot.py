"""One reading of a workbook: its file, policy and tables, and what waits for it in the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from validation.findings import CellValue
from validation.frames import CellError, Context, TableFrame, TypedTable, address
from validation.history import HistoryRow
from validation.integrity import latest
from validation.policy import Policy, PolicyTable
from validation.typing import type_table
from workbook_cms.errors import NoPolicyError, PolicyError, UnknownTableError
from workbook_cms.file.package import Package
from workbook_cms.file.reader import RawTable, read_tables
from workbook_cms.file.sameness import same_table
from workbook_cms.file.side import JournalFile, SideFolder
from workbook_cms.file.tail import held, last_row
from workbook_cms.history import HISTORY_TABLE, from_table
from workbook_cms.layout import FORMS_SHEET
from workbook_cms.policies import sheets
from workbook_cms.submission import ADD, REMOVE, Entry, Submission

if TYPE_CHECKING:
    from workbook_cms.file.writer import Change

__all__ = ["Snapshot", "readable", "record", "with_waiting"]


class Snapshot:
    """A workbook as it stood at one moment. Tables are read when they are first asked for, and once."""

    def __init__(self, package: Package, policy: Policy, side: SideFolder) -> None:
        self.package, self.policy, self.side = package, policy, side
        self._raw: dict[str, RawTable] = {}
        self._frames: dict[str, TableFrame] = {}
        self._typed: dict[str, TypedTable] = {}  # of what the file holds
        self._whole: dict[str, TypedTable] = {}  # with what waits

    @classmethod
    def open(cls, path: Path, before: Snapshot | None = None) -> Snapshot:
        """Read the file's structure and policy.

        Args:
            path: The file.
            before: The same workbook as it was read before: what did not change since is not read again.

        Raises:
            FileError: The file is not a workbook that can be read safely.
            PolicyError: It has no policy, or one that breaks its own rules.
        """
        package = Package.open(path, before=before.package if before else None)
        missing = [name for name in sheets.TABLE_NAMES if name not in package.tables]
        if len(missing) == len(sheets.TABLE_NAMES):
            if any(sheet.name == FORMS_SHEET for sheet in package.sheets):
                raise NoPolicyError(
                    path.name,
                    "this is a front-end: it has forms, but neither records nor rules.",
                    "Give the record workbook that it writes into; `workbook-cms doctor` names it.",
                )
            raise NoPolicyError(
                path.name,
                "the workbook has no policy, so its rules are not known.",
                "Make a new one with `workbook-cms new` and import the records into it.",
            )
        if missing:
            raise PolicyError(
                path.name,
                f"the policy table {missing[0]} is missing.",
                "Its sheet was deleted, or the table renamed: undo that, or restore an earlier copy.",
            )
        if before and all(same_table(package, before.package, name) for name in sheets.TABLE_NAMES):
            return cls(package, before.policy, SideFolder(path))._with_tables_of(before)
        policy = sheets.from_tables(read_tables(package, sheets.TABLE_NAMES), path.name)
        return cls(package, policy, SideFolder(path))

    def with_new_journal(self) -> Snapshot:
        """The same file, its journal read anew; tables that were read are not read again."""
        fresh = Snapshot(self.package, self.policy, self.side)
        fresh._raw, fresh._frames, fresh._typed = self._raw, self._frames, self._typed
        return fresh

    def _with_tables_of(self, before: Snapshot) -> Snapshot:
        """With the tables that were read from an earlier file of the same policy and did not change."""
        same = {name for name in before._raw if same_table(self.package, before.package, name)}
        kept = {table.id for table in self.policy.tables if table.name in same}
        self._raw = {name: raw for name, raw in before._raw.items() if name in same}
        self._frames = {name: frame for name, frame in before._frames.items() if name in kept}
        self._typed = {name: typed for name, typed in before._typed.items() if name in kept}
        return self

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
        if name not in self._raw:
            if name not in self.package.tables:
                raise PolicyError(
                    f"{self.path.name}, table {name}",
                    "the table is missing.",
                    "Its sheet was deleted, or the table renamed: undo that, or restore an earlier copy.",
                )
            self._raw.update(read_tables(self.package, [name]))
        return self._raw[name]

    def frame(self, table: PolicyTable) -> TableFrame:
        """The records in the file, without those that wait in the journal."""
        if table.id not in self._frames:
            self._frames[table.id] = _frame(self.raw(table.name), table, self.path.name)
        return self._frames[table.id]

    @cached_property
    def history(self) -> list[HistoryRow]:
        """All rows of the history."""
        return from_table(self.raw(HISTORY_TABLE.name))

    @cached_property
    def latest(self) -> dict[tuple[str, str], HistoryRow]:
        """The last history row of each record, by (table name, key)."""
        return latest(self.history)

    @property
    def history_tail(self) -> Mapping[str, CellValue]:
        """The last row of the history by label, found without reading the others."""
        return last_row(self.package, HISTORY_TABLE.name)

    def holds(self, entry_ids: Iterable[str]) -> set[str]:
        """Those of the entries that the history tells of."""
        return held(self.package, HISTORY_TABLE.name, entry_ids)

    @cached_property
    def history_cells(self) -> list[str]:
        """Address of the first cell of each history row."""
        raw = self.raw(HISTORY_TABLE.name)
        return [address(raw.sheet, f"{raw.letters[0]}{row}") for row in raw.rows]

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
    def pending(self) -> tuple[Submission, ...]:
        """Submissions that the workbook does not hold yet.

        A writer that was killed leaves some in the journal that it does hold; the next writer clears them away.
        """
        waiting = [submission for _, submission in readable(self.journal, self.policy)]
        written = self.holds(submission.entries[0].id for submission in waiting)
        return tuple(submission for submission in waiting if submission.entries[0].id not in written)

    # both ----------------------------------------------------------------------------------------------------

    def typed(self, table: PolicyTable) -> TypedTable:
        """All records, typed: those in the file and those that wait."""
        if table.id in self._whole:
            return self._whole[table.id]
        waiting = [e for submission in self.pending for e in submission.entries if e.table == table.id]
        if waiting:
            whole = type_table(with_waiting(self.frame(table), waiting), self.policy)
        elif table.id in self._typed:
            whole = self._typed[table.id]
        else:
            whole = self._typed[table.id] = type_table(self.frame(table), self.policy)
        self._whole[table.id] = whole
        return whole

    def context(self, today: dt.date) -> Context:
        """What the rules may know, tables read on demand."""
        return Context(self.policy, _Tables(self), today)


class _Tables(Mapping[str, TypedTable]):
    """Typed tables by id, each read when a rule first asks for it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def __getitem__(self, table_id: str) -> TypedTable:
        return self._snapshot.typed(self._snapshot.policy.table_by_id[table_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._snapshot.policy.table_by_id)

    def __len__(self) -> int:
        return len(self._snapshot.policy.tables)


def record(frame: TableFrame, position: int) -> dict[str, CellValue]:
    """Values of one record by field id, blank ones left out."""
    row = frame.values.iloc[position]
    return {str(name): value for name, value in row.items() if value is not None}


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


def _frame(raw: RawTable, table: PolicyTable, source: str) -> TableFrame:
    missing = [f.label for f in table.fields if f.label not in raw.columns]
    if missing:
        extra = [label for label in raw.columns if label not in table.by_label]
        renamed = f", and '{extra[0]}' is in no policy" if extra else ""
        raise PolicyError(
            f"{source}, table {table.name}",
            f"the column '{missing[0]}' is missing{renamed}.",
            "Undo the change to the header, and change labels with `workbook-cms policy edit`.",
        )
    ids = {table.by_label[label].id: i for i, label in enumerate(raw.columns) if label in table.by_label}
    values: Any = raw.frame()[[raw.columns[i] for i in ids.values()]]
    values.columns = pd.Index(ids)
    by_place = {i: name for name, i in ids.items()}
    for (position, place), code in raw.errors.items():
        if place in by_place:
            values.at[position, by_place[place]] = CellError(code)
    formulas = {(pos, by_place[place]): text for (pos, place), text in raw.formulas.items() if place in by_place}
    return TableFrame(
        table,
        values,
        raw.sheet,
        np.asarray(raw.rows, dtype=np.int64),
        {name: raw.letters[i] for name, i in ids.items()},
        formulas,
    )


def with_waiting(frame: TableFrame, entries: list[Entry]) -> TableFrame:
    """The frame with waiting adds, which have row 0, below, waiting updates laid over both, and without what is removed."""
    if not entries:
        return frame
    added = [[entry.values.get(name) for name in frame.values.columns] for entry in entries if entry.action == ADD]
    below = pd.DataFrame(added, columns=frame.values.columns, dtype=object)
    values: Any = pd.concat([frame.values, below], ignore_index=True) if added else frame.values.copy()
    place = {str(key): i for i, key in enumerate(frame.values[frame.table.key].tolist()) if key is not None}
    new, gone = len(frame.values), set()
    for entry in entries:
        if entry.action == ADD:
            place[str(entry.values.get(frame.table.key) or entry.id)] = new
            new += 1
        elif entry.key in place and entry.action == REMOVE:
            gone.add(place.pop(entry.key))
        elif entry.key in place:
            for name, value in entry.values.items():
                values.at[place[entry.key], name] = value
    rows = np.concatenate([frame.rows, np.zeros(len(below), dtype=np.int64)])
    whole = TableFrame(frame.table, values, frame.sheet, rows, frame.letters, frame.formulas)
    return _without(whole, gone) if gone else whole


def _without(frame: TableFrame, gone: Set[int]) -> TableFrame:
    """The frame without the records at some positions."""
    kept = [position for position in range(len(frame.values)) if position not in gone]
    at = {old: new for new, old in enumerate(kept)}
    formulas = {(at[place], name): text for (place, name), text in frame.formulas.items() if place in at}
    return TableFrame(
        frame.table,
        frame.values.iloc[kept].reset_index(drop=True),
        frame.sheet,
        frame.rows[kept],
        frame.letters,
        formulas,
    )

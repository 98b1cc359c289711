"""The one door for every write: normalise, validate, journal, commit, history."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from validation.findings import CellValue, Finding
from validation.frames import Operation
from validation.letters import tidy
from validation.policy import PolicyTable
from workbook_cms.commit import Conflict, Drained, drain, found_outside, placed
from workbook_cms.decisions import reason_for
from workbook_cms.errors import EntryRefusedError, FileError, InputError, UnknownRecordError, WorkbookLockedError
from workbook_cms.history import Actor
from workbook_cms.preparation import field_of, prepare
from workbook_cms.receipts import QUEUED, WRITTEN, MendedField, Prepared, Receipt, Refused, is_alert, stopping
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.submission import ADD, UPDATE, Entry, Submission, new_id

__all__ = ["Door"]


class Door:
    """Takes entries for one workbook.

    Args:
        snapshot: Gives the workbook as it is now.
        now: Gives the time, UTC.
        today: Gives the day that rules count as today.
        account: Account of the operating system.
        machine: Name of the computer.
    """

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        now: Callable[[], dt.datetime],
        today: Callable[[], dt.date],
        account: str,
        machine: str,
    ) -> None:
        self._snapshot, self.now, self._today = snapshot, now, today
        self._account, self._machine = account, machine

    def actor(self, source: str) -> Actor:
        """Who is at the keyboard: the account, and the person that the Staff list says it is."""
        return Actor(self._account, self._machine, self._person(), source)

    def _person(self) -> str:
        account = self._account.casefold()
        for choice in self._snapshot().policy.lists:
            for item in choice.items:
                if item.active and item.login and item.login.casefold() == account:
                    return item.value
        return ""

    def prepare(
        self,
        table: PolicyTable,
        given: Sequence[Mapping[str, CellValue]],
        operation: Operation,
        replaces: frozenset[str] = frozenset(),
    ) -> Prepared:
        """Entries normalised and checked; nothing is written. See `workbook_cms.preparation.prepare`."""
        return prepare(self._snapshot(), table, given, operation, self._today(), self._person(), replaces)

    def add(self, table: PolicyTable, given: Mapping[str, CellValue], override: str, source: str) -> Receipt:
        """Take one new record.

        Raises:
            EntryRefusedError: It breaks rules, or an alert has no reason; nothing was written.
            FileError: The workbook cannot be written; nothing was written.
        """
        prepared = self.prepare(table, [given], Operation.ADD)
        findings = prepared.findings[0]
        self._decide(table, "", findings, override)
        entry = _new_entry(prepared, 0, override, [new_id()])
        return self._accept([entry], source, [(findings, prepared.mended[0])])[0]

    def update(
        self, table: PolicyTable, key: str, given: Mapping[str, CellValue], override: str, why: str, source: str
    ) -> Receipt:
        """Change one record; only findings that the change brings about can refuse it.

        Raises:
            UnknownRecordError: There is no such record.
            EntryRefusedError: The change breaks rules, or the record was changed meanwhile; nothing was written.
            FileError: The workbook cannot be written; nothing was written.
        """
        before = self.current(table, key)
        prepared = self.prepare(table, [self._merged(table, before, given)], Operation.UPDATE, frozenset([key]))
        after = prepared.values[0]
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        changed &= {field.id for name in given if (field := field_of(table, name))}
        if not changed and not prepared.findings[0] and found_outside(self._snapshot(), table, key) is None:
            raise InputError(
                f"{self._snapshot().path.name}, table {table.name} {key}",
                "there is nothing to change: the record holds these values already.",
                "Give a field another value.",
            )
        findings = self._brought_about(table, key, before, prepared.findings[0], changed)
        self._decide(table, key, findings, override)
        entry = Entry(
            new_id(),
            UPDATE,
            table.id,
            key,
            {name: after.get(name) for name in changed},
            {name: before.get(name) for name in changed},
            reason_for("; ".join(part for part in (why, override) if part), findings if override else []),
        )
        return self._accept([entry], source, [(findings, prepared.mended[0])])[0]

    def current(self, table: PolicyTable, key: str) -> dict[str, CellValue]:
        """Values of a record by field id, blank ones left out.

        Raises:
            UnknownRecordError: There is no such record.
        """
        frame = self._snapshot().typed(table).raw
        if not key or key not in frame.keys:
            from rapidfuzz import process  # noqa: PLC0415 - only for a misspelt key

            near = process.extractOne(key, [k for k in frame.keys if k], score_cutoff=80) if key else None
            raise UnknownRecordError(
                f"{self._snapshot().path.name}, table {table.name}",
                f"there is no record {key}." if key else "no key was given.",
                f"Did you mean {near[0]}?" if near else "Look it up with `workbook-cms find`.",
            )
        return record(frame, frame.keys.index(key))

    def _merged(
        self, table: PolicyTable, before: Mapping[str, CellValue], given: Mapping[str, CellValue]
    ) -> dict[str, CellValue]:
        merged: dict[str, CellValue] = dict(before)
        for name, value in given.items():
            field = field_of(table, name)
            if field is not None and field.id == table.key and value != before.get(table.key):
                raise InputError(
                    f"table {table.name}", f"the key {before.get(table.key)} cannot be changed.", "Leave it out."
                )
            merged[field.id if field else name] = value
        return merged

    def _brought_about(
        self,
        table: PolicyTable,
        key: str,
        before: Mapping[str, CellValue],
        found: Iterable[Finding],
        changed: set[str],
    ) -> list[Finding]:
        """Findings of an update that were not there before it, or that are about a field it changes."""
        was = self.prepare(table, [before], Operation.UPDATE, frozenset([key])).findings[0]
        known = {(f.code, f.field, f.related) for f in was}
        labels = {table.by_id[name].label for name in changed}
        return [f for f in found if f.field in labels or (f.code, f.field, f.related) not in known]

    def add_many(
        self, prepared: Prepared, given: Sequence[Mapping[str, CellValue]], override: str, source: str
    ) -> tuple[list[Receipt], list[Refused]]:
        """Take all rows of a batch that break no rule, in one commit; the others come back with the reason.

        An alert without ``override`` holds a row back too.

        Raises:
            FileError: The workbook cannot be written; nothing was written.
        """
        refused = self.held_back(prepared, given, override)
        held = {item.row for item in refused}
        taken = [row for row in range(len(given)) if row not in held]
        if not taken:
            return [], refused
        ids = ["" if row in held else new_id() for row in range(len(given))]
        entries = [_new_entry(prepared, row, override, ids) for row in taken]
        notes = [(prepared.findings[row], prepared.mended[row]) for row in taken]
        return self._accept(entries, source, notes), refused

    def held_back(
        self, prepared: Prepared, given: Sequence[Mapping[str, CellValue]], override: str
    ) -> list[Refused]:
        """The rows of a batch that rules keep out."""
        return [
            Refused(row, given[row], tuple(findings))
            for row, findings in enumerate(prepared.findings)
            if stopping(findings, override)
        ]

    def take(self, entries: Sequence[Entry], source: str) -> list[Receipt]:
        """Take entries that their maker has checked (fixes), or that go in faults and all (a template's sample)."""
        return self._accept(entries, source, [([], [])] * len(entries)) if entries else []

    def _decide(self, table: PolicyTable, key: str, findings: Sequence[Finding], override: str) -> None:
        stops = stopping(findings, override)
        if not stops:
            return
        place = f"{self._snapshot().path.name}, table {table.name}{' ' + key if key else ''}"
        if all(is_alert(f) for f in stops):
            raise EntryRefusedError(
                place,
                "the entry needs a look before it can be saved.",
                'Open the other record, or go on with a reason: --override "reason".',
                tuple(findings),
            )
        errors = sum(1 for f in stops if not is_alert(f))
        things = "thing has" if errors == 1 else "things have"
        raise EntryRefusedError(
            place,
            f"{errors} {things} to be mended before this can be saved.",
            "Nothing was written.",
            tuple(findings),
        )

    def _accept(
        self,
        entries: Sequence[Entry],
        source: str,
        notes: Sequence[tuple[Sequence[Finding], Sequence[MendedField]]],
    ) -> list[Receipt]:
        """Journal first, then the commit; a receipt an entry."""
        snapshot = self._snapshot()
        when = self.now()
        entries = [replace(entry, why=tidy(entry.why)) for entry in entries]
        if unfit := next((entry for entry in entries if not entry.fits_cells()), None):
            raise InputError(
                f"{snapshot.path.name}, table {snapshot.policy.table_by_id[unfit.table].name}",
                "a value or the reason holds a character that no cell can hold, or is too long for one.",
                "Shorten it, or type it again.",
            )
        submission = Submission(when, self.actor(source), snapshot.policy.digest, tuple(entries))
        kept = snapshot.side.write_journal(submission.name, submission.to_json())
        try:
            drained = self.commit()
        except WorkbookLockedError:
            drained = Drained()
        except FileError:
            if kept.exists():
                snapshot.side.withdraw(kept)  # nobody was told of it yet
                raise
            drained = Drained()  # another writer took it along
        if not kept.exists():
            # Another writer may have taken it along while this one waited for the lock.
            missing = [e for e in entries if e.id not in drained.places and e.id not in drained.conflicts]
            if missing and (problem := snapshot.side.reason_set_aside(kept)):
                drained.conflicts.update({entry.id: Conflict(entry, problem) for entry in missing})
            elif missing:
                drained.places.update(placed(self._snapshot(), missing))
        receipts = []
        for entry, (findings, mended) in zip(entries, notes, strict=True):
            if entry.id in drained.conflicts:
                problem = drained.conflicts[entry.id].problem
                table = snapshot.policy.table_by_id[entry.table].name
                raise EntryRefusedError(
                    f"{snapshot.path.name}, table {table} {entry.key}",
                    problem,
                    "Look at it and enter the change again.",
                )
            place = drained.places.get(entry.id)
            receipts.append(
                Receipt(
                    entry.id,
                    WRITTEN if place else QUEUED,
                    snapshot.policy.table_by_id[entry.table].name,
                    place.key if place else entry.key,
                    place.cell if place else "",
                    tuple(findings),
                    tuple(mended),
                    when,
                )
            )
        return receipts

    def commit(self) -> Drained:
        """Write what waits in the journal.

        Raises:
            WorkbookLockedError: The workbook is open elsewhere.
            FileError: It cannot be written.
        """
        side = self._snapshot().side
        with side.locked():
            drained = drain(self._snapshot())
        side.forget_applied(time.time())
        return drained


def _new_entry(prepared: Prepared, row: int, why: str, ids: Sequence[str]) -> Entry:
    values, findings = prepared.values[row], prepared.findings[row]
    key = str(values.get(prepared.table.key) or "")
    alerts = any(is_alert(f) for f in findings)
    return Entry(
        ids[row], ADD, prepared.table.id, key, values, why=reason_for(why, findings, ids) if alerts else ""
    )

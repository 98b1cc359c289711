"""The one door for every write: normalise, validate, journal, commit, history."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process

from validation.engine import check_rows
from validation.entry import UNKNOWN_FIELD
from validation.findings import CellValue, Finding, Severity
from validation.frames import Operation, TableFrame, TypedTable
from validation.normalise import Mended, normalise
from validation.policy import Action, PolicyField, PolicyTable
from validation.typing import type_table
from workbook_cms.commit import Drained, drain
from workbook_cms.errors import EntryRefusedError, FileError, InputError, UnknownRecordError, WorkbookLockedError
from workbook_cms.history import Actor
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import ADD, UPDATE, Entry, Submission, new_id

__all__ = ["QUEUED", "WRITTEN", "Door", "MendedField", "Prepared", "Receipt", "Refused"]

WRITTEN = "written"
QUEUED = "queued"


@dataclass(frozen=True)
class MendedField:
    """A value that normalisation changed on its way in."""

    field: str
    before: CellValue
    after: CellValue


@dataclass(frozen=True)
class Receipt:
    """What an accepted entry gets.

    Attributes:
        entry_id: The entry's number (UUID), the same in the history.
        state: ``written``, ``in the open workbook, not yet saved``, or ``queued``.
        table: Table name.
        key: Key of the record; "" while a new one is queued.
        cell: Address of the record's key; "" while queued.
        warnings: Findings that did not stop it.
        mended: Values that were normalised.
        when: Time of acceptance, UTC.
    """

    entry_id: str
    state: str
    table: str
    key: str
    cell: str
    warnings: tuple[Finding, ...]
    mended: tuple[MendedField, ...]
    when: dt.datetime


@dataclass(frozen=True)
class Refused:
    """A row of a batch that was not taken in.

    Attributes:
        row: Position in the batch, from 0.
        values: The values as given, by label.
        findings: Why.
    """

    row: int
    values: Mapping[str, CellValue]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Prepared:
    """Entries after normalising and checking, before any decision: one row an entry."""

    table: PolicyTable
    values: list[dict[str, CellValue]]
    findings: list[list[Finding]]
    mended: list[list[MendedField]]


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

    # preparing -----------------------------------------------------------------------------------------------

    def prepare(
        self,
        table: PolicyTable,
        given: Sequence[Mapping[str, CellValue]],
        operation: Operation,
        replaces: frozenset[str] = frozenset(),
    ) -> Prepared:
        """Normalise and check entries; nothing is written.

        Args:
            table: Table they are for.
            given: Values by field label or id. Blank fields of an add get their defaults.
            operation: What is about to happen to them.
            replaces: Keys of the records they stand for, in an update.
        """
        rows, unknown = [], []
        for position, values in enumerate(given):
            row, findings = self._by_id(table, values, position)
            if operation is not Operation.UPDATE:
                self._fill_defaults(table, row)
            rows.append(row)
            unknown.append(findings)
        snapshot = self._snapshot()
        frame, mended = normalise(TableFrame.of_entries(table, rows), snapshot.policy, self._today())
        typed = type_table(frame, snapshot.policy)
        context = snapshot.context(self._today()).during(operation, replaces)
        found = unknown
        for finding in check_rows(typed, context):
            if not self._names_a_waiting_entry(finding):
                found[finding.position].append(finding)
        return Prepared(table, _records(typed), found, _mended(table, mended, len(rows)))

    def _by_id(
        self, table: PolicyTable, values: Mapping[str, CellValue], position: int
    ) -> tuple[dict[str, CellValue], list[Finding]]:
        row: dict[str, CellValue] = {}
        findings = []
        for name, value in values.items():
            field = _field(table, name)
            if field is None:
                findings.append(_unknown_field(table, name, value, position))
            else:
                row[field.id] = None if isinstance(value, str) and not value.strip() else value
        return row, findings

    def _fill_defaults(self, table: PolicyTable, row: dict[str, CellValue]) -> None:
        for field in table.fields:
            if field.default and not field.retired and row.get(field.id) is None:
                if field.default == "@today":
                    row[field.id] = self._today()
                elif field.default == "@me":
                    row[field.id] = self._person() or None
                else:
                    row[field.id] = field.default

    def _names_a_waiting_entry(self, finding: Finding) -> bool:
        # A queued entry has no key yet; others may refer to it by its entry id, which the commit replaces.
        waiting = {entry.id for submission in self._snapshot().pending for entry in submission.entries}
        return finding.code == "REF001" and finding.value in waiting

    # writing -------------------------------------------------------------------------------------------------

    def add(self, table: PolicyTable, given: Mapping[str, CellValue], override: str, source: str) -> Receipt:
        """Take one new record.

        Raises:
            EntryRefusedError: It breaks rules, or an alert has no reason; nothing was written.
            FileError: The workbook cannot be written; nothing was written.
        """
        prepared = self.prepare(table, [given], Operation.ADD)
        findings = prepared.findings[0]
        self._decide(table, "", findings, override)
        entry = _new_entry(prepared, 0, override)
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
        changed &= {field.id for name in given if (field := _field(table, name))}
        findings = self._brought_about(table, key, before, prepared.findings[0], changed)
        self._decide(table, key, findings, override)
        entry = Entry(
            new_id(),
            UPDATE,
            table.id,
            key,
            {name: after.get(name) for name in changed},
            {name: before.get(name) for name in changed},
            "; ".join(part for part in (why, override) if part),
        )
        return self._accept([entry], source, [(findings, prepared.mended[0])])[0]

    def current(self, table: PolicyTable, key: str) -> dict[str, CellValue]:
        """Values of a record by field id, blank ones left out.

        Raises:
            UnknownRecordError: There is no such record.
        """
        frame = self._snapshot().typed(table).raw
        if not key or key not in frame.keys:
            near = process.extractOne(key, [k for k in frame.keys if k], score_cutoff=80) if key else None
            raise UnknownRecordError(
                f"{self._snapshot().path.name}, table {table.name}",
                f"there is no record {key}." if key else "no key was given.",
                f"Did you mean {near[0]}?" if near else "Look it up with `workbook-cms find`.",
            )
        row = frame.values.iloc[frame.keys.index(key)]
        return {str(name): value for name, value in row.items() if value is not None}

    def _merged(
        self, table: PolicyTable, before: Mapping[str, CellValue], given: Mapping[str, CellValue]
    ) -> dict[str, CellValue]:
        merged: dict[str, CellValue] = dict(before)
        for name, value in given.items():
            field = _field(table, name)
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
        entries = [_new_entry(prepared, row, override) for row in taken]
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
        submission = Submission(when, self.actor(source), snapshot.policy.digest, tuple(entries))
        kept = snapshot.side.write_journal(submission.name, submission.to_json())
        try:
            drained = self.commit()
        except WorkbookLockedError:
            drained = Drained()
        except FileError:
            snapshot.side.withdraw(kept)  # nobody was told of it yet
            raise
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


def is_alert(finding: Finding) -> bool:
    """Whether a reason is enough to go on in spite of it."""
    return finding.details.get("action") == Action.ALERT.value


def stopping(findings: Iterable[Finding], override: str) -> list[Finding]:
    """The findings that keep an entry out: errors, and alerts when there is no reason."""
    return [f for f in findings if (not override if is_alert(f) else f.severity is Severity.ERROR)]


def _field(table: PolicyTable, name: str) -> PolicyField | None:
    if name in table.by_label:
        return table.by_label[name]
    if name in table.by_id:
        return table.by_id[name]
    folded = name.strip().casefold()
    return next((f for f in table.fields if f.label.casefold() == folded), None)


def _unknown_field(table: PolicyTable, name: str, value: CellValue, position: int) -> Finding:
    labels = [f.label for f in table.fields if not f.retired]
    near = process.extractOne(name, labels, score_cutoff=70)
    remedy = f"Did you mean '{near[0]}'?" if near else f"The fields are {', '.join(labels)}."
    return Finding(
        UNKNOWN_FIELD.code,
        UNKNOWN_FIELD.severity,
        f"{table.name} has no such field. {remedy}",
        table=table.name,
        field=name,
        value="" if value is None else str(value),
        position=position,
    )


def _records(typed: TypedTable) -> list[dict[str, CellValue]]:
    """Cell values of each row by field id, blank ones left out."""
    names = list(typed.raw.values.columns)
    rows = typed.raw.values.itertuples(index=False, name=None)
    return [{n: v for n, v in zip(names, row, strict=True) if v is not None} for row in rows]


def _mended(table: PolicyTable, mended: Iterable[Mended], count: int) -> list[list[MendedField]]:
    rows: list[list[MendedField]] = [[] for _ in range(count)]
    for item in mended:
        rows[item.position].append(MendedField(table.by_id[item.field_id].label, item.before, item.after))
    return rows


def _new_entry(prepared: Prepared, row: int, why: str) -> Entry:
    values = prepared.values[row]
    key = str(values.get(prepared.table.key) or "")
    alerts = any(is_alert(f) for f in prepared.findings[row])
    return Entry(new_id(), ADD, prepared.table.id, key, values, why=why if alerts else "")

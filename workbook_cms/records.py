"""The one door for every write: normalise, validate, journal, commit, history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from validation.digests import canonical
from validation.findings import CellValue, Finding
from validation.frames import Operation
from validation.policy import PolicyTable
from workbook_cms.acceptance import Acceptance
from workbook_cms.batch import found_outside
from workbook_cms.decisions import reason_for
from workbook_cms.errors import (
    ChangedMeanwhileError,
    EntryRefusedError,
    InputError,
    UnknownRecordError,
)
from workbook_cms.imagined import brought_about
from workbook_cms.preparation import field_of, prepare
from workbook_cms.receipts import Prepared, Receipt, Refused, is_alert, stopping
from workbook_cms.snapshot import Snapshot, record
from workbook_cms.submission import ADD, UPDATE, Entry, new_id, new_ids
from workbook_cms.together import prepare_together

__all__ = ["Door"]


class Door:
    """Takes entries for one workbook.

    Args:
        snapshot: Gives the workbook as it is now.
        today: Gives the day that rules count as today.
        acceptance: Keeps what passed.
    """

    def __init__(
        self, snapshot: Callable[[], Snapshot], today: Callable[[], dt.date], acceptance: Acceptance
    ) -> None:
        self._snapshot, self._today, self.acceptance = snapshot, today, acceptance

    def prepare(
        self,
        table: PolicyTable,
        given: Sequence[Mapping[str, CellValue]],
        operation: Operation,
        replaces: frozenset[str] = frozenset(),
        now: Snapshot | None = None,
    ) -> Prepared:
        """Entries normalised and checked; nothing is written. See `workbook_cms.preparation.prepare`.

        ``now``: The workbook to judge by, where it was just read. All that is judged of an entry is by one reading:
        others write meanwhile, and what they changed is found at the commit.
        """
        now = now or self._snapshot()
        return prepare(now, table, given, operation, self._today(), self.acceptance.who(now)[0], replaces)

    def prepare_together(
        self, table: PolicyTable, given: Sequence[Mapping[str, CellValue]], override: str
    ) -> Prepared:
        """Rows of an import likewise; of those that are one the first that can go in does."""
        return prepare_together(lambda rows: self.prepare(table, rows, Operation.IMPORT), given, override)

    def add(
        self,
        table: PolicyTable,
        given: Mapping[str, CellValue],
        override: str,
        source: str,
        entry_id: str = "",
    ) -> Receipt:
        """Take one new record; an entry id that was taken before gives the receipt of that time again.

        Raises:
            EntryRefusedError: It breaks rules, or an alert has no reason; nothing was written.
            FileError: The workbook cannot be written; nothing was written.
        """
        if before := self.acceptance.taken(entry_id):
            return before
        now = self._snapshot()
        prepared = self.prepare(table, [given], Operation.ADD, now=now)
        findings = prepared.findings[0]
        self._decide(table, "", findings, override)
        entry = _new_entry(prepared, 0, override, [entry_id or new_id()])
        return self.acceptance.accept([entry], source, [(findings, prepared.mended[0])], now)[0]

    def update(
        self,
        table: PolicyTable,
        key: str,
        given: Mapping[str, CellValue],
        override: str,
        why: str,
        source: str,
        *,
        seen: Mapping[str, CellValue] | None = None,
        entry_id: str = "",
    ) -> Receipt:
        """Change one record; only findings that the change brings about can refuse it.

        Raises:
            UnknownRecordError: There is no such record.
            ChangedMeanwhileError: A field was changed since the author saw it as in ``seen``; nothing was written.
            EntryRefusedError: The change breaks rules, or the record was changed meanwhile; nothing was written.
            FileError: The workbook cannot be written; nothing was written.
        """
        if taken := self.acceptance.taken(entry_id):
            return taken
        now = self._snapshot()
        before = self.current(table, key, now)
        merged = self._merged(table, before, given)
        prepared = self.prepare(table, [merged], Operation.UPDATE, frozenset([key]), now)
        after = prepared.values[0]
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        changed &= {field.id for name in given if (field := field_of(table, name))}
        self._changed_meanwhile(table, key, before, after, changed, seen or {})
        if not changed and found_outside(now, table, key) is None:
            raise InputError(
                f"{now.path.name}, table {table.name} {key}",
                "there is nothing to change: the record holds these values already.",
                "Give a field another value.",
            )
        findings = self._brought_about(now, table, key, before, prepared.findings[0], changed)
        self._decide(table, key, findings, override)
        entry = Entry(
            entry_id or new_id(),
            UPDATE,
            table.id,
            key,
            {name: after.get(name) for name in changed},
            {name: before.get(name) for name in changed},
            reason_for("; ".join(part for part in (why, override) if part), findings if override else []),
        )
        return self.acceptance.accept([entry], source, [(findings, prepared.mended[0])], now)[0]

    def _changed_meanwhile(
        self,
        table: PolicyTable,
        key: str,
        now: Mapping[str, CellValue],
        wanted: Mapping[str, CellValue],
        changed: Iterable[str],
        seen: Mapping[str, CellValue],
    ) -> None:
        """Refuse a change of fields that are no longer as their author saw them."""
        known = {field.id: value for name, value in seen.items() if (field := field_of(table, name))}
        met = [
            n
            for n in changed
            if n in known and canonical(None if known[n] == "" else known[n]) != canonical(now.get(n))
        ]
        if not met:
            return
        labels = {name: table.by_id[name].label for name in met}
        raise ChangedMeanwhileError(
            f"{self._snapshot().path.name}, table {table.name} {key}",
            f"{' and '.join(sorted(labels.values()))} was changed meanwhile by somebody else.",
            "Look at both, and submit again if yours is right.",
            {labels[name]: wanted.get(name) for name in met},
            {labels[name]: now.get(name) for name in met},
        )

    def current(self, table: PolicyTable, key: str, now: Snapshot | None = None) -> dict[str, CellValue]:
        """Values of a record by field id, blank ones left out; in ``now``, where the workbook was just read.

        Raises:
            UnknownRecordError: There is no such record.
        """
        now = now or self._snapshot()
        frame = now.typed(table).raw
        if not key or key not in frame.keys:
            if into := self._snapshot().led_to(table, key):
                raise UnknownRecordError(
                    f"{self._snapshot().path.name}, table {table.name}",
                    f"{key} was merged into {into}.",
                    f"Go on with {into}; `workbook-cms history` tells of the merge.",
                )
            from rapidfuzz import process  # noqa: PLC0415 - only for a misspelt key

            near = process.extractOne(key, [k for k in frame.keys if k], score_cutoff=80) if key else None
            raise UnknownRecordError(
                f"{now.path.name}, table {table.name}",
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
        now: Snapshot,
        table: PolicyTable,
        key: str,
        before: Mapping[str, CellValue],
        found: Sequence[Finding],
        changed: set[str],
    ) -> list[Finding]:
        """Findings of an update that were not there before it, or that are about a field it changes."""
        labels = {table.by_id[name].label for name in changed}
        if all(f.field in labels for f in found):
            return list(found)
        was = self.prepare(table, [before], Operation.UPDATE, frozenset([key]), now).findings[0]
        known = {(f.code, f.field, f.related) for f in was}
        return [f for f in found if f.field in labels or (f.code, f.field, f.related) not in known]

    def add_many(
        self, prepared: Prepared, refused: Sequence[Refused], override: str, source: str
    ) -> list[Receipt]:
        """Take all rows of a batch in one commit but those that `held_back` gives.

        Raises:
            FileError: The workbook cannot be written; nothing was written.
        """
        held = {item.row for item in refused}
        taken = [row for row in range(len(prepared.values)) if row not in held]
        if not taken:
            return []
        ids = ["" if row in held else one for row, one in enumerate(new_ids(len(prepared.values)))]
        entries = [_new_entry(prepared, row, override, ids) for row in taken]
        notes = [(prepared.findings[row], prepared.mended[row]) for row in taken]
        return self.acceptance.accept(entries, source, notes)

    def held_back(
        self, prepared: Prepared, given: Sequence[Mapping[str, CellValue]], override: str
    ) -> list[Refused]:
        """The rows of a batch that rules keep out; an alert without ``override`` does too."""
        return [
            Refused(row, given[row], tuple(findings))
            for row, findings in enumerate(prepared.findings)
            if stopping(findings, override)
        ]

    def brought_about(self, entries: Sequence[Entry]) -> list[list[Finding]]:
        """What rules say once entries are written together, and do not say now; see `workbook_cms.imagined`."""
        return brought_about(self._snapshot(), entries, self._today(), self.acceptance.who()[0])

    def take(self, entries: Sequence[Entry], source: str) -> list[Receipt]:
        """Take entries that their maker has checked (fixes), or that go in faults and all (a template's sample)."""
        return self.acceptance.accept(entries, source, [([], [])] * len(entries)) if entries else []

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


def _new_entry(prepared: Prepared, row: int, why: str, ids: Sequence[str]) -> Entry:
    values, findings = prepared.values[row], prepared.findings[row]
    key = str(values.get(prepared.table.key) or "")
    alerts = any(is_alert(f) for f in findings)
    return Entry(
        ids[row], ADD, prepared.table.id, key, values, why=reason_for(why, findings, ids) if alerts else ""
    )

"""Entries made ready for the door: labels resolved, blanks given their defaults, normalised, typed and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from validation.engine import check_rows
from validation.entry import LENGTH, PATTERN, UNKNOWN_FIELD
from validation.findings import CellValue, Finding
from validation.frames import Operation, TableFrame, TypedTable
from validation.normalise import Mended, normalise
from validation.policy import PolicyField, PolicyTable
from validation.typing import type_table
from workbook_cms.file.sheets.rows import FORBIDDEN, MAX_TEXT, length_in_cell
from workbook_cms.merged import pointed
from workbook_cms.receipts import MendedField, Prepared
from workbook_cms.snapshot import Snapshot

__all__ = ["field_of", "prepare"]


def prepare(
    snapshot: Snapshot,
    table: PolicyTable,
    given: Sequence[Mapping[str, CellValue]],
    operation: Operation,
    today: dt.date,
    person: str,
    replaces: frozenset[str] = frozenset(),
) -> Prepared:
    """Normalise and check entries; nothing is written.

    Args:
        snapshot: The workbook they are for.
        table: Table they are for.
        given: Values by field label or id. Blank fields get their defaults, except in an update.
        operation: What is about to happen to them.
        today: The day that counts as today.
        person: Who is at the keyboard, "" where unknown.
        replaces: Keys of the records they stand for, in an update.
    """
    defaults = {} if operation is Operation.UPDATE else dict(_defaults(table, today, person))
    rows, found = [], []
    for position, values in enumerate(given):
        row, findings = _by_id(table, values, position)
        if operation is not Operation.UPDATE:
            findings += _retired(table, row, position)
        rows.append(defaults | {name: value for name, value in row.items() if value is not None})
        found.append(findings)
    frame, mended = normalise(TableFrame.of_entries(table, rows), snapshot.policy, today)
    typed = type_table(frame, snapshot.policy, today)
    # A queued entry has no key yet; others may refer to it by its entry id, which the commit replaces.
    waiting = {entry.id for submission in snapshot.pending for entry in submission.entries}
    said = check_rows(typed, snapshot.context(today).during(operation, replaces))
    for finding in pointed(said, lambda: snapshot.merged, snapshot.policy):
        if not (finding.code == "REF001" and finding.value in waiting):
            found[finding.position].append(finding)
    records = _records(typed)
    for position, record in enumerate(records):
        found[position] += _unfit(table, record, position)
    return Prepared(table, records, found, _mended(table, mended, len(rows)))


def field_of(table: PolicyTable, name: str) -> PolicyField | None:
    """The field of that label or id, whatever the case of its letters."""
    if name in table.by_label:
        return table.by_label[name]
    if name in table.by_id:
        return table.by_id[name]
    folded = name.strip().casefold()
    return next((f for f in table.fields if f.label.casefold() == folded), None)


def _defaults(table: PolicyTable, today: dt.date, person: str) -> Iterable[tuple[str, CellValue]]:
    for field in table.fields:
        if field.default and not field.retired:
            known: dict[str, CellValue] = {"@today": today, "@me": person or None}
            yield field.id, known.get(field.default, field.default)


def _by_id(
    table: PolicyTable, values: Mapping[str, CellValue], position: int
) -> tuple[dict[str, CellValue], list[Finding]]:
    row: dict[str, CellValue] = {}
    findings = []
    for name, value in values.items():
        field = field_of(table, name)
        if field is None:
            findings.append(_unknown_field(table, name, value, position))
        else:
            row[field.id] = _plain(value)
    return row, findings


def _plain(value: CellValue) -> CellValue:
    """A value as a cell holds it: white space alone, NaN and NaT are blank, a numpy scalar is its number."""
    if isinstance(value, str):
        return value if value.strip() else None
    item = getattr(value, "item", None)
    plain: CellValue = item() if item else value
    return plain if plain == plain else None  # noqa: PLR0124 - what differs from itself is no value


def _unknown_field(table: PolicyTable, name: str, value: CellValue, position: int) -> Finding:
    labels = [f.label for f in table.fields if not f.retired]
    from rapidfuzz import process  # noqa: PLC0415 - only for a misspelt label

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


def _retired(table: PolicyTable, row: Mapping[str, CellValue], position: int) -> Iterable[Finding]:
    """A new record has nothing in a field that is no longer used; old ones keep what they have."""
    for name, value in row.items():
        field = table.by_id[name]
        if field.retired and value is not None:
            yield Finding(
                UNKNOWN_FIELD.code,
                UNKNOWN_FIELD.severity,
                "is no longer used in new records. Leave it out.",
                table=table.name,
                field=field.label,
                value=str(value),
                position=position,
            )


def _unfit(table: PolicyTable, record: Mapping[str, CellValue], position: int) -> Iterable[Finding]:
    """Texts that no cell can hold, whatever the policy allows; one of them would stop all entries of its commit."""
    for name, value in record.items():
        if not isinstance(value, str):
            continue
        if FORBIDDEN.search(value):
            rule, message = PATTERN, "holds a character that no cell can hold. Type it again."
        elif len(value) <= MAX_TEXT < length_in_cell(value):
            rule = LENGTH
            message = f"takes the room of {length_in_cell(value):,} characters; {MAX_TEXT:,} fit. Shorten it."
        else:
            continue
        label = table.by_id[name].label
        yield Finding(
            rule.code, rule.severity, message, table=table.name, field=label, value=value, position=position
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

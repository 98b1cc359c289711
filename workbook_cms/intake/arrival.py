"""Rows of a file from elsewhere, through the door into a table: what went in, what was held back and why."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from validation.conditions import REQUIRED_WHEN
from validation.duplicates.explanation import row_of_import
from workbook_cms.errors import InputError
from workbook_cms.formats import plural
from workbook_cms.intake import delimited, mapping, sheet
from workbook_cms.intake.quarantine import Quarantine, RefusedRow, reasons_of

if TYPE_CHECKING:
    from validation.findings import Finding
    from validation.policy import PolicyTable
    from workbook_cms.intake.delimited import Source
    from workbook_cms.intake.mapping import ColumnMap
    from workbook_cms.tables import Batch
from workbook_cms.workbook import Workbook

__all__ = ["Arrival", "take_in"]


@dataclass(frozen=True)
class Arrival:
    """What became of the rows of a file.

    Attributes:
        source: The file.
        table: Name of the table.
        mapping: Where its columns went.
        accepted: Number of rows taken in (on a dry run: that would be).
        queued: Number of those that wait because the workbook is open elsewhere.
        keys: Their keys, "" for those that are queued; empty on a dry run.
        refused: The rows held back, in the order of the file.
        warnings: Findings on the rows taken in; ``details["at_line"]`` is the row's line in the file.
        quarantine: The workbook with the refused rows, or None.
        notes: What the reader had to decide, and what was left out.
    """

    source: Path
    table: str
    mapping: ColumnMap
    accepted: int
    queued: int
    keys: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    warnings: tuple[Finding, ...]
    quarantine: Path | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data, without the values of refused rows: they stand in the quarantine workbook."""
        return {
            "source": str(self.source),
            "table": self.table,
            "columns": {name: match.label for name, match in self.mapping.matches.items()},
            "constants": dict(self.mapping.constants),
            "unmapped": list(self.mapping.unmapped),
            "accepted": self.accepted,
            "queued": self.queued,
            "keys": list(self.keys),
            "refused": [{"line": row.line, "reasons": list(row.reasons)} for row in self.refused],
            "warnings": [finding.to_dict() for finding in self.warnings],
            "quarantine": str(self.quarantine) if self.quarantine else None,
            "notes": list(self.notes),
        }


def take_in(
    book: Workbook,
    table: str,
    path: Path,
    *,
    map_file: Path | None = None,
    constants: Mapping[str, str] | None = None,
    encoding: str = "",
    override: str = "",
    dry_run: bool = False,
) -> Arrival:
    """Take the rows of a file into a table; rows that break rules go to a workbook beside the file.

    Args:
        book: The workbook.
        table: Name of the table.
        path: CSV, or a workbook whose first sheet holds the rows.
        map_file: A ``map.yaml`` (see `mapping.load`); columns are guessed without one.
        constants: Values for every row, by label, over those of the map.
        encoding: Of the text, where it is neither UTF-8 nor Windows-1252.
        override: Reason to take rows in spite of alerts.
        dry_run: Look only; no file is written at all.

    Raises:
        InputError: The file or the map cannot be understood, or nothing fills a field that every record needs.
        FileError: The workbook, or the folder for refused rows, cannot be written; nothing was written.
    """
    policy_table = book.table(table).policy
    source = sheet.read(path) if path.suffix.lower() in sheet.SUFFIXES else delimited.read(path, encoding)
    columns = _columns(source, policy_table, map_file, constants or {})
    rows = mapping.apply(columns, source.frame)
    with nullcontext() if dry_run else Quarantine(path) as quarantine:
        batch = book.add_many(policy_table.name, rows, override=override, dry_run=dry_run)
        refused = _refused(source, columns, batch)
        written = quarantine.write(source.columns, refused) if quarantine and refused else None
    notes = list(source.notes)
    if not len(rows) and not source.broken:
        notes.append("There are no rows below the header.")
    notes += _unfilled(columns, batch)
    if lost := _not_taken(columns, source):
        notes.append(f"Not taken in: {', '.join(lost)}. `notes: true` in a map keeps their values in the notes.")
    return Arrival(
        path,
        policy_table.name,
        columns,
        batch.accepted,
        sum(receipt.state == "queued" for receipt in batch.receipts),
        tuple(receipt.key for receipt in batch.receipts),
        refused,
        tuple(_warnings(source, batch)),
        written,
        tuple(notes),
    )


def _columns(source: Source, table: PolicyTable, map_file: Path | None, constants: Mapping[str, str]) -> ColumnMap:
    found = mapping.load(map_file, source.columns, table) if map_file else mapping.suggest(source.columns, table)
    if constants:
        found = _with_constants(found, table, constants)
    if not found.matches:
        raise InputError(
            str(source.path),
            f"no column has a name that {table.name} knows ({textwrap.shorten(', '.join(source.columns), 400)}).",
            "Say which column goes where in a map.yaml and give it with --map.",
        )
    if missing := found.missing(table):
        raise InputError(
            str(source.path),
            f"no column gives {' and '.join(missing)}, which every record of {table.name} needs.",
            f'Give it to all rows with --set "{missing[0]}=...", or name the column in a map.yaml.',
        )
    return found


def _with_constants(found: ColumnMap, table: PolicyTable, constants: Mapping[str, str]) -> ColumnMap:
    unknown = [label for label in constants if label not in table.by_label]
    if unknown:
        raise InputError(
            f"--set {unknown[0]}",
            f"{table.name} has no such field.",
            f"Its fields are: {', '.join(f.label for f in table.fields if not f.retired)}.",
        )
    freed = [name for name, match in found.matches.items() if match.label in constants]
    matches = {name: match for name, match in found.matches.items() if name not in freed}
    unmapped = (*found.unmapped, *freed)
    return replace(found, matches=matches, constants={**found.constants, **constants}, unmapped=unmapped)


def _refused(source: Source, columns: ColumnMap, batch: Batch) -> tuple[RefusedRow, ...]:
    places = {match.label: source.columns.index(name) for name, match in columns.matches.items()}
    rows = [RefusedRow(row.line, row.fields, (row.reason,), causes=("form of the row",)) for row in source.broken]
    for item in batch.refused:
        told = [_by_line(finding, source) for finding in item.findings]
        reasons, wrong = reasons_of(told, places)
        values = source.frame.iloc[item.row].tolist()
        causes = tuple(dict.fromkeys(f"{finding.field} {finding.code}".strip() for finding in item.findings))
        rows.append(RefusedRow(source.lines[item.row], values, tuple(reasons), wrong, causes, tuple(told)))
    return tuple(sorted(rows, key=lambda row: row.line))


def _warnings(source: Source, batch: Batch) -> Iterator[Finding]:
    """Findings on the rows taken in, with the line and the key of each."""
    held = {item.row for item in batch.refused}
    taken = (row for row in range(len(source.frame)) if row not in held)
    for row, receipt in zip(taken, batch.receipts, strict=False):  # a dry run has no receipts
        for finding in receipt.warnings:
            told = _by_line(finding, source)
            details = {**told.details, "at_line": source.lines[row]}
            yield told._replace(key=receipt.key, cell=told.cell or receipt.cell, details=details)


def _unfilled(columns: ColumnMap, batch: Batch) -> Iterator[str]:
    """Fields that rows were refused for, and that no column gives: one line in a map mends them all."""
    wanted = Counter(
        finding.field for item in batch.refused for finding in item.findings if finding.code == REQUIRED_WHEN.code
    )
    for label, count in wanted.most_common():
        if label not in columns.labels:
            yield f"No column gives {label}, which {plural(count, 'row')} cannot do without. Name the column in a map."


def _by_line(finding: Finding, source: Source) -> Finding:
    """A finding that speaks of another row of the import, with that row's line in the file instead."""
    row = finding.details.get("row")
    if row is None:
        return finding
    line = source.lines[row]
    message = finding.message.replace(row_of_import(row), f"line {line}", 1)
    return finding._replace(message=message, details={**finding.details, "line": line})


def _not_taken(columns: ColumnMap, source: Source) -> list[str]:
    """Columns that hold something and go nowhere, without the user having said so."""
    if columns.notes:
        return []
    return [n for n in columns.unmapped if n not in columns.left_out and source.frame[n].notna().any()]

"""Fixes: suggested values of findings, applied through the door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from validation.findings import CellValue, Finding, Fix, Severity
from validation.frames import Operation
from validation.policy import PolicyTable
from workbook_cms.receipts import Receipt
from workbook_cms.records import Door
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import UPDATE, Entry, new_ids

__all__ = ["FixedCell", "apply", "plan"]

#: A fix can bring another to light (a trimmed name is then seen to be in capitals); this ends any chain of them.
_ROUNDS = 5


@dataclass(frozen=True)
class FixedCell:
    """A value that a fix changed, or would change (``receipt`` None)."""

    finding: Finding
    before: CellValue
    after: CellValue
    receipt: Receipt | None = None


def plan(door: Door, snapshot: Snapshot, findings: Iterable[Finding], unsafe: bool) -> list[FixedCell]:
    """What would be changed by the fixes of these findings, each cell once; nothing is written."""
    wanted = (Fix.SAFE, Fix.UNSAFE) if unsafe else (Fix.SAFE,)
    by_record: dict[tuple[str, str], dict[str, FixedCell]] = {}
    for finding in findings:
        if finding.suggestion is None or finding.fix not in wanted or not finding.key or not finding.field:
            continue
        table = snapshot.policy.table_by_name[finding.table]
        field = table.by_label[finding.field]
        if field.id == table.key:
            continue  # a key is what others refer to; it is mended by a person
        before = door.current(table, finding.key).get(field.id)
        after = None if finding.suggestion == "" else finding.suggestion
        cells = by_record.setdefault((table.id, finding.key), {})
        cells.setdefault(field.id, FixedCell(finding, before, after))
    planned = []
    for table in snapshot.policy.tables:
        records = {key: cells for (table_id, key), cells in by_record.items() if table_id == table.id}
        planned += _harmless(door, table, records)
    return planned


def _harmless(door: Door, table: PolicyTable, records: dict[str, dict[str, FixedCell]]) -> list[FixedCell]:
    """The fixes that bring no new error to their record."""
    if not records:
        return []
    before = [door.current(table, key) for key in records]
    after = [
        {**values, **{name: cell.after for name, cell in cells.items()}}
        for values, cells in zip(before, records.values(), strict=True)
    ]
    keys = frozenset(records)
    was = door.prepare(table, before, Operation.UPDATE, keys).findings
    now = door.prepare(table, after, Operation.UPDATE, keys).findings
    kept: list[FixedCell] = []
    for cells, old, new in zip(records.values(), was, now, strict=True):
        if _errors(new) <= _errors(old):
            kept += cells.values()
    return kept


def _errors(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(f.code, f.field) for f in findings if f.severity is Severity.ERROR}


def apply(
    door: Door, snapshot: Callable[[], Snapshot], check: Callable[[], Iterable[Finding]], unsafe: bool
) -> list[FixedCell]:
    """Apply fixes until there is none left to apply; each round is one commit.

    Raises:
        FileError: The workbook cannot be written; nothing of that round was written.
    """
    done: list[FixedCell] = []
    seen: set[tuple[str, str, str]] = set()
    for _ in range(_ROUNDS):
        cells = [c for c in plan(door, snapshot(), check(), unsafe) if _cell(c) not in seen]
        if not cells:
            break
        seen |= {_cell(cell) for cell in cells}
        entries, owners = _entries(snapshot(), cells)
        receipts = door.take(entries, "fix")
        done += [replace(cell, receipt=receipts[owner]) for cell, owner in zip(cells, owners, strict=True)]
    return done


def _cell(cell: FixedCell) -> tuple[str, str, str]:
    return cell.finding.table, cell.finding.key, f"{cell.finding.field} {cell.finding.code}"


def _entries(snapshot: Snapshot, cells: list[FixedCell]) -> tuple[list[Entry], list[int]]:
    """One update a record, and for each cell the position of its update."""
    entries: dict[tuple[str, str], Entry] = {}
    numbers: dict[tuple[str, str], int] = {}
    owners = []
    for cell in cells:
        table = snapshot.policy.table_by_name[cell.finding.table]
        field = table.by_label[cell.finding.field]
        place = (table.id, cell.finding.key)
        entry = entries.setdefault(place, Entry("", UPDATE, *place, {}, {}))
        entries[place] = replace(
            entry,
            values={**entry.values, field.id: cell.after},
            old={**entry.old, field.id: cell.before},
            why=", ".join(dict.fromkeys(filter(None, [*entry.why.split(", "), cell.finding.code]))),
        )
        owners.append(numbers.setdefault(place, len(numbers)))
    numbered = zip(entries.values(), new_ids(len(entries)), strict=True)
    return [replace(entry, id=one) for entry, one in numbered], owners

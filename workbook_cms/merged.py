"""Where the keys of records lead that were merged into others. Pure: history rows and entries in, keys out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from validation.findings import CellValue, Finding, Fix
from validation.history import BELOW, MERGED, HistoryRow, decode_values, joined
from validation.policy import Policy, PolicyTable
from validation.references import UNKNOWN_KEY

__all__ = ["Merged", "merged", "pointed", "survivor"]


@dataclass(frozen=True)
class Merged:
    """A record that was taken out of its table since it is one with another.

    Attributes:
        into: Key of the other.
        values: What it held, by field id; none where they were erased.
    """

    into: str
    values: Mapping[str, CellValue]


def merged(rows: Iterable[HistoryRow]) -> dict[tuple[str, str], Merged]:
    """The records that are merged into others as the history ends, by (table name, key)."""
    found: dict[tuple[str, str], Merged] = {}
    for row in joined(rows):
        if row.action == MERGED:
            found[row.table, row.key] = Merged(row.new, _values(row))
        elif (row.table, row.key) in found:  # it came back
            del found[row.table, row.key]
    return found


def survivor(known: Mapping[tuple[str, str], Merged], table: PolicyTable, key: str) -> str:
    """Key of the record that another one ended in, which may itself have been merged since; "" where it was not."""
    seen: set[str] = set()
    while (step := known.get((table.name, key))) and key not in seen:
        seen.add(key)
        key = step.into
    return key if seen else ""


def pointed(
    findings: Sequence[Finding], known: Callable[[], Mapping[tuple[str, str], Merged]], policy: Policy
) -> list[Finding]:
    """The findings; where a reference leads nowhere since its record was merged, the one that stayed is suggested.

    Args:
        findings: Any.
        known: Gives what is merged; asked only where a reference leads nowhere.
        policy: The policy.
    """
    return [_pointed(f, known(), policy) if f.code == UNKNOWN_KEY.code else f for f in findings]


def _pointed(finding: Finding, known: Mapping[tuple[str, str], Merged], policy: Policy) -> Finding:
    table = policy.table_by_name.get(finding.table)
    field = table.by_label.get(finding.field) if table else None
    if field is None or not field.foreign_key:
        return finding
    into = survivor(known, policy.table_by_id[field.foreign_key], finding.value)
    if not into:
        return finding
    message = f"{finding.value} was merged into {into}. Enter {into}."
    return finding._replace(message=message, suggestion=into, fix=Fix.SAFE)


def _values(row: HistoryRow) -> dict[str, CellValue]:
    try:
        values = decode_values(row.values) if row.values else {}
    except ValueError:
        return {}  # a damaged line: FIL004 says so
    return {name: value for name, value in values.items() if name != BELOW}

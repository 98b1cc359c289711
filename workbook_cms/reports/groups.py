"""Groups of records that are surely one: which of them should stay, and where each field's value would come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from validation.duplicates.proposal import OneOf, Proposal, ProposedValue, propose
from validation.findings import MASK, CellValue, Finding, Fix, Severity
from validation.frames import display
from validation.policy import Sensitivity
from workbook_cms.reports.pairs import Pair
from workbook_cms.reports.records import Records
from workbook_cms.reports.sheets import Column, Link, ReportBook

__all__ = ["Group", "GroupRow", "Written", "groups", "rows_of", "write_groups"]

#: When each value of some records was last written: (table name, key) to field id to time (ISO 8601, UTC).
Written = Callable[[Iterable[tuple[str, str]]], Mapping[tuple[str, str], Mapping[str, str]]]

_COLUMNS = (
    Column("Group", 8, "count"),
    Column("Table", 15),
    Column("Stays", 13),
    Column("Goes", 22, "text"),
    Column("Field", 18, "text"),
    Column("Proposed value", 34, "text"),
    Column("From", 13),
    Column("Why", 36, "text"),
    Column("What the others hold", 44, "text"),
)


@dataclass(frozen=True)
class Group:
    """Records that are surely one.

    Attributes:
        number: As the pairs have it, from 1.
        table: Name of the table.
        keys: The records, in order.
        pairs: What says so.
        proposal: Which should stay, and with which values.
    """

    number: int
    table: str
    keys: tuple[str, ...]
    pairs: tuple[Pair, ...]
    proposal: Proposal


@dataclass(frozen=True)
class GroupRow:
    """One field of the record that stays, as people read it; sensitive values are masked.

    Attributes:
        label: Label of the field.
        value: Proposed value, "" for blank.
        source: Key of the record it is from, "" where none has one.
        reason: Why, "" where nothing else could be.
        held: What each record of the group holds, by key, "" for blank.
    """

    label: str
    value: str
    source: str
    reason: str
    held: Mapping[str, str]


def groups(records: Records, found: Iterable[Pair], findings: Iterable[Finding], written: Written) -> list[Group]:
    """The groups that pairs make, in their order.

    Args:
        records: The workbook's.
        found: As `pairs` gives them.
        findings: A value that breaks a rule is not proposed where another record has a sound one.
        written: Tells when each value was written; the later contact detail and address are proposed.
    """
    together = [(n, list(some)) for n, some in groupby(found, key=lambda pair: pair.cluster) if n]
    members = {n: _keys(some) for n, some in together}
    every = {(some[0].table, key) for n, some in together for key in members[n]}
    if not every:
        return []
    since = written(every)
    wrong = _wrong(records, findings, every)
    named = {table: _named(records, table) for table in {table for table, _ in every}}
    result = []
    for number, some in together:
        table = some[0].table
        ones = [
            OneOf(
                key,
                _values(records, table, key),
                since.get((table, key), {}),
                named[table][key],
                wrong[table, key],
            )
            for key in members[number]
        ]
        proposal = propose(records.by_name[table].table, ones)
        result.append(Group(number, table, members[number], tuple(some), proposal))
    return result


def _keys(some: Iterable[Pair]) -> tuple[str, ...]:
    return tuple(sorted({key for pair in some for key in (pair.left, pair.right)}))


def _values(records: Records, table: str, key: str) -> dict[str, CellValue]:
    typed, at = records.by_name[table], records.position(table, key)
    row = {} if at is None else typed.raw.values.iloc[at].to_dict()
    return {str(name): value for name, value in row.items() if value is not None}


def _wrong(
    records: Records, findings: Iterable[Finding], every: set[tuple[str, str]]
) -> dict[tuple[str, str], set[str]]:
    """Ids of the fields that break a rule, by record, as a merge sees them.

    That the records are doubled, that a value was typed past the forms, and what is mended on its way in are none.
    """
    wrong: dict[tuple[str, str], set[str]] = {place: set() for place in every}
    for finding in findings:
        place = finding.table, finding.key
        told = finding.code.startswith(("DUP", "FIL")) or finding.fix is Fix.SAFE
        if place in wrong and finding.severity is not Severity.INFO and not told:
            field = records.by_name[finding.table].table.by_label.get(finding.field)
            if field is not None:
                wrong[place].add(field.id)
    return wrong


def _named(records: Records, table: str) -> Counter[str]:
    """How often each record of a table is named by records of the workbook."""
    named: Counter[str] = Counter()
    own = records.by_name[table].table.id
    for typed in records.tables.values():
        for field in typed.table.references:
            if field.foreign_key == own and field.id in typed.raw.values:
                named.update(str(value) for value in typed.raw.values[field.id] if value is not None)
    return named


def rows_of(records: Records, group: Group) -> Iterator[GroupRow]:
    """Each field of the record that stays, with what every record holds."""
    for value in group.proposal.values:
        held = {}
        for key in group.keys:
            at = records.position(group.table, key)
            held[key] = "" if at is None else records.shown(group.table, at, value.field)
        yield GroupRow(value.label, _shown(records, group, value), value.source, value.reason, held)


def _shown(records: Records, group: Group, value: ProposedValue) -> str:
    field = records.by_name[group.table].table.by_id[value.field]
    text = display(value.value)
    return MASK if text and field.sensitivity is Sensitivity.SENSITIVE else text


def write_groups(report: ReportBook, records: Records, found: Sequence[Group]) -> None:
    """The sheet Groups: a line a field of each record that stays."""
    sheet = report.sheet("Groups", "#7A4E9E")
    report.list(sheet, 0, "DuplicateGroups", _COLUMNS, (row for group in found for row in _lines(records, group)))


def _lines(records: Records, group: Group) -> Iterator[tuple[object, ...]]:
    stays = group.proposal.survivor
    at = records.position(group.table, stays)
    link = Link(records.cell(group.table, at) if at is not None else "", stays)
    goes = ", ".join(group.proposal.losers)
    yield (group.number, group.table, link, goes, "(record)", stays, "", group.proposal.reason, "")
    for row in rows_of(records, group):
        others = [f"{key}: {text}" for key, text in row.held.items() if text and text != row.value]
        yield (
            group.number,
            group.table,
            stays,
            "",
            row.label,
            row.value,
            row.source,
            row.reason,
            "\n".join(others),
        )

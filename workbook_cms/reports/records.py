"""Records as a report speaks of them: where they stand, what they are called, what may be shown of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from validation.duplicates.guard import guard
from validation.excess import records_of
from validation.findings import MASK, Finding
from validation.frames import Context, TypedTable, display
from validation.policy import Convention, Policy, PolicyTable, Sensitivity

if TYPE_CHECKING:
    from validation.duplicates.clusters import Apart
    from workbook_cms.reading import WorkbookReading

__all__ = ["MASK", "Records", "shown", "shown_of_entries"]


def shown(book: WorkbookReading, findings: Sequence[Finding]) -> list[Finding]:
    """Findings of a check of the workbook as they may be printed: without the values of sensitive fields."""
    snapshot = book.snapshot()
    if not any(f.sensitivity is Sensitivity.SENSITIVE for table in snapshot.policy.tables for f in table.fields):
        return list(findings)
    records = Records(snapshot.policy, snapshot.context(book.today()).tables)
    return [records.shown_finding(finding) for finding in findings]


def shown_of_entries(book: WorkbookReading, findings: Sequence[Finding]) -> list[Finding]:
    """The same for findings on what is on its way in, whose positions are not those of the table."""
    return shown(book, [finding._replace(position=-1) for finding in findings])


class Records:
    """The records of a workbook, found by key or by cell.

    Personal values are shown, since the steward must see them to decide and the report stays in the house;
    values of fields whose sensitivity is ``sensitive`` are masked wherever they would appear, in messages too.
    """

    def __init__(self, policy: Policy, tables: Mapping[str, TypedTable]) -> None:
        """Takes the policy and the typed tables by table id."""
        self.policy = policy
        self.tables = tables
        self._positions: dict[str, dict[str, int]] = {}
        self._names: dict[str, list[str]] = {}

    @cached_property
    def by_name(self) -> dict[str, TypedTable]:
        """Typed tables by the name of the Excel table."""
        return {typed.table.name: typed for typed in self.tables.values()}

    def position(self, table: str, key: str) -> int | None:
        """Position of the record of ``key`` in the table of that name; the first, where a key stands twice."""
        if table not in self._positions:
            typed = self.by_name.get(table)
            keys = typed.raw.keys if typed else []
            self._positions[table] = {key: i for i, key in reversed(list(enumerate(keys))) if key}
        return self._positions[table].get(key)

    def positions(self, finding: Finding) -> list[int]:
        """Positions, in the table of the finding, of the records that take part in it."""
        if finding.table not in self.by_name:
            return []
        own = finding.position if finding.position >= 0 else self.position(finding.table, finding.key)
        found = [own, *records_of(finding)]
        if finding.code.startswith("DUP"):
            found += [self.position(finding.table, key) for key in finding.related]
        return [position for position in found if position is not None]

    def apart(self, table: str) -> Apart:
        """Whether two records of the table of that name, given by their keys, clearly differ; see `guard`."""
        return guard(self.by_name[table], Context(self.policy, self.tables, dt.date.min))

    def cell(self, table: str, position: int) -> str:
        """Address of the key cell of a record, such as ``Stakeholders!A12``."""
        typed = self.by_name[table]
        return typed.raw.cell(position, typed.table.key)

    def name(self, table: str, position: int) -> str:
        """What people call a record: the person's or organisation's name, its own or of the record it names."""
        if table not in self._names:
            self._names[table] = self._all_names(self.by_name[table])
        return self._names[table][position]

    def _all_names(self, typed: TypedTable) -> list[str]:
        for reference in typed.table.references:
            other = self.tables.get(reference.foreign_key or "")
            if other is not None and _naming(other.table) and other.table is not typed.table:
                known = dict(zip(other.raw.keys, _own_names(other), strict=True))
                return [known.get(display(value), "") for value in typed.raw.values[reference.id]]
        return _own_names(typed)

    def shown(self, table: str, position: int, field_id: str) -> str:
        """A value as the report may show it."""
        typed = self.by_name[table]
        text = display(typed.raw.values.at[position, field_id])
        return MASK if text and typed.table.by_id[field_id].sensitivity is Sensitivity.SENSITIVE else text

    def is_sensitive(self, finding: Finding) -> bool:
        """Whether the field of the finding is one whose values no report shows."""
        typed = self.by_name.get(finding.table)
        field = typed.table.by_label.get(finding.field) if typed else None
        return field is not None and field.sensitivity is Sensitivity.SENSITIVE

    def masked(self, text: str, finding: Finding) -> str:
        """``text`` without the sensitive values of the records that take part in the finding."""
        return _without(text, self._hidden(finding))

    def shown_finding(self, finding: Finding) -> Finding:
        """The finding without sensitive values: in its message, value, suggestion and details."""
        if not (hidden := self._hidden(finding)):
            return finding
        masked = finding._replace(
            message=_without(finding.message, hidden), details=_details_without(finding.details, hidden)
        )
        if not self.is_sensitive(finding):
            return masked
        suggestion = MASK if display(finding.suggestion) else finding.suggestion
        return masked._replace(value=MASK if finding.value else "", suggestion=suggestion)

    def _hidden(self, finding: Finding) -> list[str]:
        """Values of sensitive fields, as people read them, of the records that take part in the finding."""
        values: list[object] = []
        for name in {finding.table: None, **dict(finding.details.get("compared", {}))}:
            typed = self.by_name.get(name)
            hidden = [f.id for f in typed.table.fields if f.sensitivity is Sensitivity.SENSITIVE] if typed else []
            if not hidden or typed is None:
                continue
            if name == finding.table:
                at = self.positions(finding)
            else:  # an attribution, held against records of another table
                keys = (*finding.related, str(finding.details.get("named", "")))
                at = [place for key in keys if (place := self.position(name, key)) is not None]
            values += [typed.raw.values.at[p, field] for p in at for field in hidden]
        if self.is_sensitive(finding):
            values += [finding.value, finding.suggestion]
            values += [finding.details.get(part) for part in ("old", "new", "value")]
        return list(filter(None, map(display, values)))


def _without(text: str, values: Iterable[str]) -> str:
    # The longest first, so that a value that contains another leaves no part behind.
    for value in sorted({v for v in values if len(v) > 1}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)
    return text


def _details_without(data: Any, values: Sequence[str]) -> Any:
    """JSON-like data without these values."""
    if isinstance(data, str):
        return MASK if data in values else _without(data, values)
    if isinstance(data, Mapping):
        return {name: _details_without(part, values) for name, part in data.items()}
    if isinstance(data, (list, tuple)):
        return [_details_without(part, values) for part in data]
    return MASK if data is not None and not isinstance(data, bool) and display(data) in values else data


def _naming(table: PolicyTable) -> bool:
    return any(f.naming in (Convention.PERSON, Convention.ORGANISATION) for f in table.fields)


def _own_names(typed: TypedTable) -> list[str]:
    shown = [f for f in typed.table.fields if f.sensitivity is not Sensitivity.SENSITIVE and not f.retired]
    people = [f.id for f in shown if f.naming is Convention.PERSON]
    organisations = [f.id for f in shown if f.naming is Convention.ORGANISATION]
    names = [""] * len(typed)
    for group in (people, organisations):
        if not group:
            continue
        columns = [[display(value) for value in typed.raw.values[name]] for name in group]
        texts = [" ".join(part for part in parts if part) for parts in zip(*columns, strict=True)]
        names = [name or text for name, text in zip(names, texts, strict=True)]
    return names

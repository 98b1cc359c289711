"""Records that refer to a record: a stakeholder's interactions, bookings and follow-ups, whatever the policy has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd

from validation.findings import CellValue
from validation.frames import TypedTable, display
from validation.policy import FieldFormat, FieldType, PolicyField, PolicyTable, Sensitivity, Stage
from workbook_cms.forms.form import Form
from workbook_cms.forms.wording import day, shortened
from workbook_cms.snapshot import record

__all__ = ["Related", "at", "chosen", "last_contacts", "related", "said", "telling"]

_DONE = frozenset({Stage.CLOSED, Stage.REVIEWED})


@dataclass(frozen=True)
class Related:
    """A record that refers to another one.

    Attributes:
        table: Its table.
        key: Its key; "" while it waits.
        values: Its values by field id, blanks left out.
        when: The day of the activity, None where it has none.
        due: The day by which it must be done.
        stage: Where it stands.
    """

    table: PolicyTable
    key: str
    values: Mapping[str, CellValue]
    when: dt.date | None
    due: dt.date | None
    stage: Stage

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do; a status without a stage, and none, count as open."""
        return bool(self.table.status) and self.stage not in _DONE


def related(form: Form, table: PolicyTable | None, key: str) -> list[Related]:
    """Records of all tables that name the record ``key`` of ``table``, the latest first; those without a date last."""
    if table is None or not key:
        return []
    found = [item for other, field in _referring(form, table) for item in _of_table(form, other, field, key)]
    return sorted(found, key=lambda item: item.when or dt.date.min, reverse=True)


def _referring(form: Form, table: PolicyTable) -> Iterable[tuple[PolicyTable, PolicyField]]:
    for other in form.policy.tables:
        for field in other.references:
            if field.foreign_key == table.id and not field.retired:
                yield other, field


def _of_table(form: Form, table: PolicyTable, field: PolicyField, key: str) -> Iterable[Related]:
    typed = form.typed(table)
    if field.id not in typed.values:
        return
    for position in np.flatnonzero((typed.values[field.id] == key).to_numpy(dtype=bool)).tolist():
        yield at(form, table, position)


def at(form: Form, table: PolicyTable, position: int) -> Related:
    """The record at a position of a table."""
    typed = form.typed(table)
    values = record(typed.raw, position)
    when, due = (_day(typed, name, position) for name in (table.activity_date, table.due_date))
    return Related(table, typed.raw.keys[position], values, when, due, form.stage(table, values))


def _day(typed: TypedTable, name: str | None, position: int) -> dt.date | None:
    value = typed.values[name].iat[position] if name and name in typed.values else None
    return value.date() if isinstance(value, pd.Timestamp) else None


def last_contacts(form: Form, table: PolicyTable, keys: Iterable[str]) -> dict[str, dt.date]:
    """The day of the last activity with each of some records; those without one are left out."""
    wanted, last = {key for key in keys if key}, dict[str, dt.date]()
    for other, field in _referring(form, table):
        typed = form.typed(other)
        if other.activity_date is None or field.id not in typed.values or other.activity_date not in typed.values:
            continue
        rows = np.flatnonzero(typed.values[field.id].isin(wanted).to_numpy(dtype=bool))
        for position in rows.tolist():
            key, when = str(typed.values[field.id].iat[position]), _day(typed, other.activity_date, position)
            if when is not None and when <= form.today:
                last[key] = max(when, last.get(key, when))
    return last


def telling(form: Form, item: Related, longest: int = 70) -> str:
    """A related record in a line: ``12 Nov 2026  E-mail, Brochure: Asked for the brochure ... (INT-000003)``."""
    table = item.table
    status = display(item.values.get(table.status or ""))
    what = ": ".join(filter(None, [chosen(form, item), shortened(said(table, item.values), longest)]))
    last = ", ".join(filter(None, [item.key or "queued", status]))
    return f"{day(item.when)}  {what or table.title} ({last})" if item.when else f"{what or table.title} ({last})"


def chosen(form: Form, item: Related) -> str:
    """What was chosen from lists for a related record, but for its status and our own people."""
    fields = (f for f in item.table.fields if f.enum and f.id in item.values and not f.default)
    shown = (f for f in fields if not _is_staff(form, f) and f.id != item.table.status and not _hidden(f))
    return ", ".join(display(item.values[f.id]) for f in islice(shown, 3))


def said(table: PolicyTable, values: Mapping[str, CellValue]) -> str:
    """The first free text of a record, required ones before others: what it is about."""
    free = [
        f
        for f in table.fields
        if f.type is FieldType.STRING
        and f.format is FieldFormat.DEFAULT
        and not (f.enum or f.foreign_key or f.pattern or f.naming or f.id == table.key or _hidden(f))
    ]
    texts = (display(values.get(f.id)) for f in sorted(free, key=lambda f: not f.required))
    return next(filter(None, texts), "")


def _hidden(field: PolicyField) -> bool:
    return field.sensitivity is Sensitivity.SENSITIVE


def _is_staff(form: Form, field: PolicyField) -> bool:
    choices = form.choices(field)
    return choices is not None and any(item.login for item in choices.items)

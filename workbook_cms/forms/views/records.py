"""Records as pages speak of them: where they stand, whose they are, what may be shown of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from validation.findings import CellValue
from validation.frames import display
from validation.policy import FieldFormat, FieldType, PolicyField, PolicyTable, Sensitivity
from workbook_cms.forms.design import form_design, is_about_people
from workbook_cms.forms.form import Form
from workbook_cms.forms.related import Related, chosen, said
from workbook_cms.forms.views.page import Link
from workbook_cms.forms.wording import day, shortened, typed_text
from workbook_cms.reports.records import MASK
from workbook_cms.workbook import Workbook

__all__ = ["Shown"]


@dataclass(frozen=True)
class Shown:
    """The records of a workbook, for pages."""

    book: Workbook
    _forms: dict[str, Form] = field(default_factory=dict)
    _places: dict[str, dict[str, int]] = field(default_factory=dict)

    def form(self, table: PolicyTable) -> Form:
        """The form of a table, through which its records are looked up."""
        if table.id not in self._forms:
            self._forms[table.id] = Form(self.book, form_design(self.book.policy, table))
        return self._forms[table.id]

    def position(self, table: PolicyTable, key: str) -> int | None:
        """Where a record stands in its table; the first, where a key stands twice."""
        if table.id not in self._places:
            keys = self.form(table).typed(table).raw.keys
            self._places[table.id] = {key: index for index, key in reversed(list(enumerate(keys))) if key}
        return self._places[table.id].get(key)

    def link(self, table: PolicyTable, key: str, field_id: str = "") -> Link | None:
        """The cell of a record's field, its key unless named; None while the record waits."""
        position = self.position(table, key)
        if position is None:
            return None
        return Link.to(self.form(table).typed(table).raw.cell(position, field_id or table.key))

    def text(self, field_: PolicyField, value: CellValue) -> str:
        """A value as a page may show it: sensitive ones are masked."""
        text = shown_text(field_, value, self.book.policy.settings.region)
        return MASK if text and field_.sensitivity is Sensitivity.SENSITIVE else text

    def whose(self, table: PolicyTable, values: Mapping[str, CellValue]) -> str:
        """Whom a record is about, with the telephone number to reach them; "" where it is about nobody."""
        for reference in table.references:
            other = self.book.policy.table_by_id[reference.foreign_key or ""]
            key = display(values.get(reference.id))
            if key and is_about_people(other):
                form = self.form(other)
                known = form.record(other, key) or {}
                phones = (self.text(f, known[f.id]) for f in other.fields if _is_phone(f) and f.id in known)
                return ", ".join(filter(None, [form.who(other, key) or key, next(phones, "")]))
        return ""

    def owner(self, item: Related) -> str:
        """Who has to do it, or who recorded it."""
        names = [item.table.owner, *(f.id for f in item.table.fields if f.default == "@me")]
        return next(filter(None, (display(item.values.get(name)) for name in names if name)), "")

    def what(self, item: Related, longest: int = 160) -> str:
        """What a record is about, in a line."""
        form = self.form(item.table)
        status = display(item.values.get(item.table.status or ""))
        text = ": ".join(filter(None, [chosen(form, item), shortened(said(item.table, item.values), longest)]))
        return f"{text} ({status})" if status and text else text or status


def shown_text(field_: PolicyField, value: CellValue, region: str) -> str:
    """A value as people read it; a date with its day of the week."""
    if field_.type is FieldType.DATE and hasattr(value, "weekday"):
        return day(value)  # type: ignore[arg-type]  # what has a weekday is a date
    return typed_text(value, field_, region)


def _is_phone(field_: PolicyField) -> bool:
    return field_.format is FieldFormat.PHONE and not field_.retired

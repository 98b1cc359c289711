"""A form over its workbook, as both stand while one request is answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from validation.duplicates.explanation import who
from validation.findings import CellValue
from validation.frames import TypedTable
from validation.policy import Policy, PolicyField, PolicyList, PolicyTable, Stage
from workbook_cms.errors import PolicyError
from workbook_cms.forms.design import FormDesign, is_about_people, status_of
from workbook_cms.forms.wording import typed_text
from workbook_cms.snapshot import record
from workbook_cms.submission import ADD
from workbook_cms.workbook import Workbook

__all__ = ["ON_HOME", "Form"]

#: How people say who they are in a workbook with forms.
ON_HOME = "Choose your name on Home"


@dataclass(frozen=True)
class Form:
    """What the parts of a session look things up in.

    The design may be older than the policy of the workbook, since a front-end is made once: a field counts where both
    know it, by its id.

    Attributes:
        book: The workbook.
        design: The form as it is drawn.
        naming: How people say here who they are.
    """

    book: Workbook
    design: FormDesign
    naming: str = ON_HOME

    @cached_property
    def policy(self) -> Policy:
        """The rules as they are now."""
        return self.book.policy

    @cached_property
    def table(self) -> PolicyTable:
        """The table that the form writes to.

        Raises:
            PolicyError: The workbook has it no longer.
        """
        table = self.policy.table_by_id.get(self.design.table.id)
        if table is None:
            raise PolicyError(
                self.book.path.name,
                f"the rules know no table {self.design.table.name} any more.",
                "This form is older than the rules: ask for a new front-end.",
            )
        return table

    @cached_property
    def fields(self) -> tuple[PolicyField, ...]:
        """Fields that the form shows, from top to bottom."""
        return tuple(self.table.by_id[name] for name in self.design.by_id if name in self.table.by_id)

    @cached_property
    def typed_fields(self) -> tuple[PolicyField, ...]:
        """Fields that people type into."""
        return tuple(f for f in self.fields if not self.design.by_id[f.id].locked and not f.locked)

    @cached_property
    def subject(self) -> PolicyField | None:
        """The field that Find fills."""
        return self.table.by_id.get(self.design.subject.id) if self.design.subject else None

    @cached_property
    def people(self) -> PolicyTable | None:
        """The table whose records Find chooses, or that the form itself fills: whoever it is about."""
        if self.subject is not None:
            return self.policy.table_by_id[self.subject.foreign_key or ""]
        return self.table if is_about_people(self.table) else None

    @property
    def today(self) -> dt.date:
        """The day that counts as today."""
        return self.book.today()

    @property
    def region(self) -> str:
        """How telephone numbers are read."""
        return self.policy.settings.region

    def choices(self, field: PolicyField) -> PolicyList | None:
        """The list of a field."""
        return self.policy.list_by_id.get(field.enum) if field.enum else None

    def typed(self, table: PolicyTable) -> TypedTable:
        """All records of a table, those that wait among them."""
        return self.book.snapshot().typed(table)

    def record(self, table: PolicyTable, key: str) -> dict[str, CellValue] | None:
        """Values of a record by field id, blanks left out; of one that waits by its entry id; None if there is none."""
        frame = self.typed(table).raw
        if key and key in frame.keys:
            return record(frame, frame.keys.index(key))
        waiting = (e for e in self.book.pending if e.action == ADD and e.table == table.id and e.id == key)
        entry = next(waiting, None)
        return None if entry is None else {name: v for name, v in entry.values.items() if v is not None}

    def key_now(self, table: PolicyTable, key: str) -> str:
        """The key of a record that was chosen while it waited and had only an entry id; else ``key`` as it is."""
        if not key or self.record(table, key) is not None:
            return key
        given = (row.key for row in self.book.snapshot().history if row.entry == key and row.table == table.name)
        return next(given, key)

    def who(self, table: PolicyTable, key: str) -> str:
        """A record for people: ``STK-00377 Quincy Zafiris``."""
        values = self.record(table, key) or {}
        known = key if key in self.typed(table).raw.keys else ""
        return who(table, known, values)

    def labelled(self, values: Mapping[str, CellValue]) -> dict[str, CellValue]:
        """Values by label, as the door takes them: a label may look like the id of another field."""
        known = self.table.by_id
        return {known[name].label if name in known else name: value for name, value in values.items()}

    def text(self, field: PolicyField, value: object) -> str:
        """A value as a person would type it."""
        return typed_text(value, field, self.region)

    def stage(self, table: PolicyTable, values: Mapping[str, object]) -> Stage:
        """Where a record stands."""
        field = table.by_id.get(table.status or "")
        choices = self.choices(field) if field else None
        status = values.get(field.id) if field else None
        return (
            next((item.stage for item in choices.items if item.value == status), Stage.NONE)
            if choices
            else Stage.NONE
        )

    def status_of(self, stage: Stage) -> str:
        """The status that means a stage; "" where the policy has none."""
        return status_of(self.policy, self.table, stage)

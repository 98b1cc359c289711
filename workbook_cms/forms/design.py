"""What the forms of a policy consist of: one form a table, its rows in the order in which Tab walks them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from validation.policy import Convention, FieldFormat, FieldType, Policy, PolicyField, PolicyTable, Stage
from workbook_cms.forms.answers import Request

__all__ = [
    "DO",
    "FIND",
    "PARTS",
    "PICK",
    "REASON",
    "FormDesign",
    "FormRow",
    "RowKind",
    "form_design",
    "form_designs",
]

#: Row ids of the controls.
FIND, PICK, REASON, DO = "@find", "@pick", "@reason", "@do"
#: Parts of a form that have a defined name, see `FormDesign.name`; the last four are for `refresh` (frontend.py).
PARTS = ("body", "panel", "status", "info", "state", "labels", "marks", "values", "guidance")
#: Text fields that may hold more than this many characters get an input of several lines.
_LONG = 200
#: Words that begin a title with "an".
_VOWELS = tuple("aeiou")


class RowKind(StrEnum):
    """What a row of a form is."""

    SECTION = "section"
    CONTROL = "control"
    FIELD = "field"


@dataclass(frozen=True)
class FormRow:
    """A row of a form.

    Attributes:
        id: Field id, id of a control such as ``@find``, or "" for a section.
        kind: What it is.
        label: Text to its left.
        help: What to enter, in a sentence.
        lines: Height of the input in lines of text.
        locked: Filled by the program: shown, not typed into.
        field: The policy's field, None for a section or a control.
    """

    id: str
    kind: RowKind
    label: str
    help: str = ""
    lines: int = 1
    locked: bool = False
    field: PolicyField | None = None


@dataclass(frozen=True)
class FormDesign:
    """The form of one table.

    Attributes:
        table: The table.
        title: Heading, and name of its sheet: ``Record an interaction``.
        subject: The field that Find fills with a key (an interaction's stakeholder); None where Find looks up records
            of the table itself.
        rows: From top to bottom.
        requests: What can be asked of it in the request cell.
    """

    table: PolicyTable
    title: str
    subject: PolicyField | None
    rows: tuple[FormRow, ...]
    requests: tuple[Request, ...]

    @property
    def sheet(self) -> str:
        """Name of its sheet; Excel takes 31 characters."""
        return self.title[:31].strip()

    def name(self, part: str) -> str:
        """Defined name of a part of the form: ``body``, ``panel``, ``status``, ``info``, ``state``.

        The dot, which no id holds, keeps the names of all forms apart. The input of a row has its own, since a field
        may be called ``status`` too: `input_name`.
        """
        if part not in PARTS:
            raise ValueError(f"a form has no part {part!r}; the name of a row's input is input_name({part!r})")
        return f"form_{self.table.id}.{part}"

    def input_name(self, row_id: str) -> str:
        """Defined name of the input cell of a row: ``input_interactions.status``, ``ask_interactions.find``."""
        return f"{'ask' if row_id.startswith('@') else 'input'}_{self.table.id}.{row_id.lstrip('@')}"

    @cached_property
    def by_id(self) -> dict[str, FormRow]:
        """Rows by id, sections left out."""
        return {row.id: row for row in self.rows if row.id}

    @cached_property
    def fields(self) -> tuple[PolicyField, ...]:
        """The policy's fields in the form."""
        return tuple(row.field for row in self.rows if row.field is not None)


def form_designs(policy: Policy) -> tuple[FormDesign, ...]:
    """The forms of a policy: tables that record activities first, since they are used all day."""
    tables = sorted(policy.tables, key=lambda table: table.activity_date is None or is_about_people(table))
    return tuple(form_design(policy, table) for table in tables)


def form_design(policy: Policy, table: PolicyTable) -> FormDesign:
    """The form of one table."""
    subject = next((f for f in table.references if is_about_people(policy.table_by_id[f.foreign_key or ""])), None)
    requests = [Request.SUBMIT, Request.NEXT, Request.CLEAR, Request.FIND, Request.OPEN]
    if status_of(policy, table, Stage.CLOSED):
        requests.append(Request.CLOSE)
    if table.sign_off and status_of(policy, table, Stage.REVIEWED):
        requests.append(Request.SIGN_OFF)
    requests.append(Request.BRING_IN)
    return FormDesign(table, _title(table), subject, tuple(_rows(policy, table, subject)), tuple(requests))


def is_about_people(table: PolicyTable) -> bool:
    """Whether the records of a table are people or organisations, whom others are about."""
    return any(f.naming in (Convention.PERSON, Convention.ORGANISATION) for f in table.fields) and not any(
        table.references
    )


def status_of(policy: Policy, table: PolicyTable, stage: Stage) -> str:
    """The active status that means a stage, the first of its list; "" where the policy has none."""
    field = table.by_id.get(table.status or "")
    choices = policy.list_by_id.get(field.enum or "") if field else None
    return next((i.value for i in choices.items if i.active and i.stage is stage), "") if choices else ""


def _rows(policy: Policy, table: PolicyTable, subject: PolicyField | None) -> Iterator[FormRow]:
    who = policy.table_by_id[subject.foreign_key or ""].title if subject else table.title
    yield FormRow("", RowKind.SECTION, "Who" if subject else "Find")
    yield FormRow(FIND, RowKind.CONTROL, "Find", f"{who}: a few letters of the name, phone, e-mail or number.")
    yield FormRow(PICK, RowKind.CONTROL, "Pick", "The number of the right one on the right.")
    fields = [f for f in table.fields if not f.retired and not (f.id == table.key and table.key_format)]
    if subject:
        yield _row(subject, locked=True)
    first = subject.section if subject else ""
    order = list(dict.fromkeys(f.section for f in fields))
    order.sort(key=lambda section: (section == "Record", section != first))
    placed = sorted((f for f in fields if f is not subject), key=lambda f: order.index(f.section))
    for section, group in groupby(placed, key=lambda f: f.section):
        if not (subject and section == first):
            yield FormRow("", RowKind.SECTION, section or table.title)
        yield from (_row(field) for field in group)
    yield FormRow("", RowKind.SECTION, "Ready")
    yield FormRow(REASON, RowKind.CONTROL, "Reason", "Only when you are asked: why it is right all the same.")
    yield FormRow(
        DO, RowKind.CONTROL, "Do", "Choose Submit, or type s. A full stop in an empty field submits too."
    )


def _row(field: PolicyField, *, locked: bool = False) -> FormRow:
    plain = field.type is FieldType.STRING and field.format is FieldFormat.DEFAULT and field.enum is None
    long = plain and (field.max_length or 0) > _LONG
    return FormRow(
        field.id, RowKind.FIELD, field.label, field.help, 3 if long else 1, locked or field.locked, field
    )


def _title(table: PolicyTable) -> str:
    verb = "Record" if table.activity_date else "Add"
    noun = table.title[0].lower() + table.title[1:]
    return f"{verb} {'an' if noun.startswith(_VOWELS) else 'a'} {noun}"

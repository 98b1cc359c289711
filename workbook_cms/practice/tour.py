"""The guided tour through a practice copy: tasks made from its policy, ticked off by what its history shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from validation.findings import CellValue
from validation.history import ADDED, CHANGED, HistoryRow, decode_values, joined
from validation.policy import Action, Condition, Convention, Must, Policy, PolicyField, PolicyTable, Stage, WhenIs
from workbook_cms.errors import InputError
from workbook_cms.forms.design import FormDesign, form_designs
from workbook_cms.practice.copy import SOURCE, is_practice
from workbook_cms.tables import Table
from workbook_cms.workbook import Workbook

__all__ = ["Step", "Task", "progress", "tasks"]

_Rows = Sequence[HistoryRow]


@dataclass(frozen=True)
class Task:
    """Something to try out.

    Attributes:
        title: What, in a few words.
        how: What to do, in a sentence or two.
        done: Whether a line of the history shows it.
    """

    title: str
    how: str
    done: Callable[[HistoryRow], bool]


@dataclass(frozen=True)
class Step:
    """A task and whether it was done."""

    task: Task
    done: bool


def progress(book: Workbook) -> list[Step]:
    """The tasks of a practice copy, each with whether it was done.

    Raises:
        InputError: The workbook is no practice copy.
    """
    if not is_practice(book.policy):
        raise InputError(
            book.path.name,
            "this is not a practice copy.",
            f"Make one with `workbook-cms practice {book.path.name}`.",
        )
    rows: _Rows = [row for row in joined(book.snapshot().history) if row.source != SOURCE]
    return [Step(task, any(task.done(row) for row in rows)) for task in tasks(book)]


def tasks(book: Workbook) -> list[Task]:
    """The tasks for a workbook, in order: what its policy has no use for is left out."""
    return list(_tasks(book))


def _tasks(book: Workbook) -> Iterator[Task]:
    policy = book.policy
    designs = form_designs(policy)
    activity = next((d for d in designs if d.subject), None)
    people = policy.table_by_id[activity.subject.foreign_key or ""] if activity and activity.subject else None
    form = next((d for d in designs if d.table is people), designs[0])
    person, met = form.table, book.table(form.table.name)
    yield Task(
        f"Add {_a(person.title)}",
        f"Open {form.title}, make somebody up, leave one required field blank and submit. "
        "Read what stands beside the field, mend it and submit again.",
        lambda row: row.action == ADDED and row.table == person.name,
    )
    if any(rule.on_add is Action.ALERT for rule in policy.match_rules(person.id)) and len(met):
        yield Task(
            "Meet somebody who is there already",
            f"Add {_known(met)} a second time as one does in a hurry: the same phone or date of birth, a letter of the "
            "name missing, no e-mail. Compare the two records, and go on with a reason such as: practice.",
            lambda row: row.action == ADDED and row.table == person.name and "[DUP" in row.why,
        )
    yield Task(
        "Change a detail",
        f"In {form.title}, type {met.typed.raw.keys[0] if len(met) else 'a key'} into Find, choose Open, change one field "
        "and submit. The old value stays in the history.",
        lambda row: row.action == CHANGED and row.table == person.name,
    )
    if activity:
        yield from _record(policy, activity, met)


def _record(policy: Policy, design: FormDesign, met: Table) -> Iterator[Task]:
    table, noun = design.table, design.table.title.lower()
    who = f"type a few letters of {_known(met)} into Find, choose by number" if len(met) else "choose somebody"
    yield Task(
        f"Record {_a(noun)}",
        f"Open {design.title}, {who}, read the details back aloud, fill in the rest and submit.",
        lambda row: row.action == ADDED and row.table == table.name,
    )
    asked = _asking(policy, table)
    if asked:
        field, value = asked
        yield Task(
            f"Record one with {field.label} {value}",
            f"Choose {value} in {field.label} and watch which fields it makes required.",
            _gives(table, field, value),
        )
    closing = _value_of(policy, table, Stage.CLOSED)
    if closing:
        field, value = closing
        yield Task(
            f"Close {_a(noun)}",
            f"Open one of yours by its key, fill in how it ended, and choose {value} in {field.label}.",
            _gives(table, field, value),
        )
    if table.sign_off:
        name = table.sign_off
        yield Task(
            "Review what a colleague did",
            f"Open {_a(noun)} that somebody else has closed, and sign it off.",
            lambda row: row.table == table.name and bool(_value(row, name)),
        )


def _asking(policy: Policy, table: PolicyTable) -> tuple[PolicyField, str] | None:
    """The list value that makes the most fields required."""
    counts: dict[tuple[str, str], int] = {}
    for condition in policy.conditions:
        if condition.table == table.id and _by_value(condition):
            [when] = condition.when
            for value in when.values if when.field != table.status else ():
                counts[when.field, value] = counts.get((when.field, value), 0) + len(condition.fields)
    if not counts:
        return None
    field, value = max(counts, key=lambda case: counts[case])
    return table.by_id[field], value


def _by_value(condition: Condition) -> bool:
    return condition.must is Must.FILLED and len(condition.when) == 1 and condition.when[0].test is WhenIs.ONE_OF


def _value_of(policy: Policy, table: PolicyTable, stage: Stage) -> tuple[PolicyField, str] | None:
    """The status field and its value that means ``stage``."""
    field = table.by_id.get(table.status or "")
    if field is None or not field.enum:
        return None
    items = policy.list_by_id[field.enum].items
    return next(((field, item.value) for item in items if item.stage is stage and item.active), None)


def _gives(table: PolicyTable, field: PolicyField, value: str) -> Callable[[HistoryRow], bool]:
    """Whether a line of the history gives a field a value."""
    return lambda row: row.table == table.name and _value(row, field.id) == value


def _value(row: HistoryRow, field: str) -> CellValue:
    """The value that a line of the history gives to a field; None where it gives none."""
    if row.action not in {ADDED, CHANGED} or not row.values:
        return None
    found: CellValue = decode_values(row.values).get(field)
    return found


def _known(met: Table) -> str:
    """Somebody of the practice copy: name or first details, and key."""
    frame = met.typed.raw
    row = frame.values.iloc[0]
    named = sorted((f for f in met.policy.fields if f.naming), key=lambda f: f.naming is not Convention.PERSON)
    names = [str(row[f.id]) for f in named if f.naming is named[0].naming and row[f.id] is not None][:2]
    return f"{' '.join(names)} ({frame.keys[0]})".strip()


def _a(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun[0].lower()}{noun[1:]}"

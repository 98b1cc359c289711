"""Whether the procedure of a table fits its fields: status and stages, sign-off, due date, owner, locked fields."""

from __future__ import annotations

from collections.abc import Iterator

from validation.findings import Finding
from validation.policy import FieldType, ListItem, Policy, PolicyField, PolicyTable, Stage
from validation.policy_rules import LOCKED, PROCEDURE, REFERENCE, STAGES, Path, at

__all__ = ["check_procedure"]

_DONE = (Stage.CLOSED, Stage.REVIEWED)


def check_procedure(policy: Policy) -> Iterator[Finding]:
    """Breaches in what says where a record stands, who has to do it, and what forms fill in themselves."""
    staged = {field.enum for table in policy.tables if (field := table.by_id.get(table.status or "")) is not None}
    for index, choice in enumerate(policy.lists):
        for position, item in enumerate(choice.items):
            if item.stage and choice.id not in staged:
                message = (
                    f'"{item.value}" has a stage, but {choice.title} is not the list of a status field. '
                    "Name the status field of the table, or leave the stage empty."
                )
                yield at(STAGES, ("lists", index, "items", position, "stage"), message, item.value)
    for index, table in enumerate(policy.tables):
        path: Path = ("tables", index)
        yield from _status(policy, table, (*path, "status"))
        yield from _person(table, table.sign_off, (*path, "sign_off"))
        yield from _person(table, table.owner, (*path, "owner"))
        yield from _day(table, (*path, "due_date"))
        yield from _needed(policy, table, path)
        for position, field in enumerate(table.fields):
            if field.locked and not field.default and not (field.id == table.key and table.key_format):
                message = (
                    f'Nobody could fill in "{field.label}": it is locked and has no default. '
                    "Give it one, such as @me or @today, or unlock it."
                )
                yield at(LOCKED, (*path, "fields", position, "locked"), message, field.label)


def _named(table: PolicyTable, name: str | None, path: Path) -> Iterator[Finding]:
    """The breach of a part that names no field of its table."""
    if name is not None and name not in table.by_id:
        message = f'{table.name} has no field "{name}". Name one of its fields, or leave it empty.'
        yield at(REFERENCE, path, message, name)


def _status(policy: Policy, table: PolicyTable, path: Path) -> Iterator[Finding]:
    yield from _named(table, table.status, path)
    field = table.by_id.get(table.status or "")
    if field is None:
        return
    if field.enum is None or field.multiple or field.retired:
        message = (
            f'"{field.label}" cannot be the status, which is one value of a list and not retired. Name another.'
        )
        yield at(STAGES, path, message, field.label)
    elif field.enum in policy.list_by_id and not any(item.stage for item in _items(policy, field)):
        title = policy.list_by_id[field.enum].title
        message = f"No value of {title} has a stage. Give at least one of them prepared, open, closed or reviewed."
        yield at(STAGES, path, message, field.label)


def _person(table: PolicyTable, name: str | None, path: Path) -> Iterator[Finding]:
    yield from _named(table, name, path)
    field = table.by_id.get(name or "")
    if field is None:
        return
    if field.type is not FieldType.STRING or field.multiple or field.foreign_key or field.retired:
        message = (
            f'"{field.label}" cannot name a person: it has to take one text, or one value of a list, and not be '
            "retired. Name another field."
        )
        yield at(PROCEDURE, path, message, field.label)


def _day(table: PolicyTable, path: Path) -> Iterator[Finding]:
    yield from _named(table, table.due_date, path)
    field = table.by_id.get(table.due_date or "")
    if field is not None and (field.type is not FieldType.DATE or field.retired):
        message = f'"{field.label}" is no date that is in use. Name a field of the type date.'
        yield at(PROCEDURE, path, message, field.label)


def _needed(policy: Policy, table: PolicyTable, path: Path) -> Iterator[Finding]:
    """A sign-off and a due date mean something only where the status can say reviewed, or done."""
    field = table.by_id.get(table.status or "")
    stages = {item.stage for item in _items(policy, field)} if field else set()
    if table.sign_off is not None and Stage.REVIEWED not in stages:
        message = "Nothing could be signed off: no value of the status has the stage reviewed. Give one of them that stage."
        yield at(PROCEDURE, (*path, "sign_off"), message, table.sign_off)
    if table.due_date is not None and not stages.intersection(_DONE):
        message = "A record would be due for ever: no value of the status has the stage closed. Give one of them that stage."
        yield at(PROCEDURE, (*path, "due_date"), message, table.due_date)


def _items(policy: Policy, field: PolicyField) -> tuple[ListItem, ...]:
    choice = policy.list_by_id.get(field.enum or "")
    return choice.items if choice else ()

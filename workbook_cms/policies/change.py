"""How a workbook comes from one policy to the next: what is refused, and the changes for the writer.

Data and history stay as they are. Columns are found by the stable ids of their fields: a new label renames the
column, a new field adds one at the right. The sheet's order of columns is therefore its own, not the policy's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from validation.policy import Policy, PolicyTable
from workbook_cms.errors import PolicyError
from workbook_cms.file.builder import validations_xml
from workbook_cms.file.layout import ColumnSpec, TableSpec
from workbook_cms.file.writer import AddColumn, Change, DefineNames, RenameColumn, Replace, Validations
from workbook_cms.layout import LISTS_SHEET, LISTS_TABLE, column_spec, list_columns, list_names, lists_table
from workbook_cms.policies.differences import PolicyChange, differences
from workbook_cms.policies.sheets import to_tables

if TYPE_CHECKING:
    from workbook_cms.file.package import Package

__all__ = ["PolicyChange", "differences", "plan"]


def plan(old: Policy, new: Policy, package: Package | None = None, *, anew: bool = False) -> list[Change]:
    """The changes that give a workbook of the policy ``old`` the policy ``new``, for one write.

    ``package`` is the workbook as it stands; without it the columns are taken to stand in the order of ``old``, as
    in a workbook whose policy was never changed. ``anew`` makes lists, dropdowns and header help anew even where the
    two policies agree: the policy sheets were edited by hand.

    Raises:
        PolicyError: What is asked for cannot be done: a table added, removed or renamed, a key changed, a field
            deleted, its type or its id changed.
    """
    _refuse(old, new)
    steps: list[Change] = []
    for before, after in zip(to_tables(old), to_tables(new), strict=True):
        steps.extend(_missing(after, package))
        if list(before.rows) != list(after.rows):
            steps.append(Replace(after.name, after.rows))
    steps.extend(_lists(old, new, package, anew))
    for table in new.tables:
        steps.extend(_columns(old, new, table, package, anew))
    return steps


def _missing(table: TableSpec, package: Package | None) -> Iterator[Change]:
    """Columns that a policy sheet lacks, since the workbook was made by an earlier version of this program."""
    part = package.tables.get(table.name) if package is not None else None
    if part is None:
        return
    present = {label.strip().casefold() for label in part.columns}
    for column in table.columns:
        if column.label.casefold() not in present:
            yield AddColumn(table.name, column)


def _refuse(old: Policy, new: Policy) -> None:
    for table in old.tables:
        if table.id not in new.table_by_id:
            raise PolicyError(
                f"table {table.name}",
                "its row is gone from Policy tables.",
                "Put it back; a table cannot be removed.",
            )
    for table in new.tables:
        before = old.table_by_id.get(table.id)
        if before is None:
            raise PolicyError(
                f"table {table.name}",
                "a table cannot be added to a workbook.",
                "Make a new workbook from a template that has it, and import the records.",
            )
        _refuse_table(before, table)


def _refuse_table(old: PolicyTable, new: PolicyTable) -> None:
    place = f"table {old.name}"
    if old.name != new.name:
        raise PolicyError(place, f"it cannot be renamed to {new.name}.", f"Write {old.name} again.")
    if old.key != new.key:
        label = old.by_id[old.key].label
        raise PolicyError(
            place, "the key field cannot be changed, records are known by it.", f"Write {label} again as the key."
        )
    if old.key_format != new.key_format:
        raise PolicyError(
            place,
            "the key format cannot be changed, the keys that were given out would not fit.",
            f"Write {old.key_format or 'nothing'} again.",
        )
    for field in old.fields:
        here = f"{place}, field {field.label}"
        after = new.by_id.get(field.id)
        if after is None:
            same = [f for f in new.fields if f.label == field.label]
            if same:
                raise PolicyError(here, f"its id cannot become {same[0].id}.", f"Write {field.id} again under Id.")
            raise PolicyError(
                here,
                "a field cannot be deleted, its data would be lost.",
                "Put the row back, and set Retired to Yes.",
            )
        if after.type is not field.type:
            raise PolicyError(
                here,
                f"its type cannot change from {field.type} to {after.type}, the values in it would not fit.",
                "Add a new field of that type, and set Retired to Yes for this one.",
            )


def _lists(old: Policy, new: Policy, package: Package | None, anew: bool) -> Iterator[Change]:
    """The table behind the dropdowns and the names of its ranges."""
    present: Sequence[str] = list_columns(old)
    sheet = LISTS_SHEET
    if package is not None and LISTS_TABLE in package.tables:
        part = package.tables[LISTS_TABLE]
        present, sheet = part.columns, part.sheet
    before, after = lists_table(old, present), lists_table(new, present)
    if not anew and before.columns == after.columns and list(before.rows) == list(after.rows):
        return
    for column in after.columns:
        if column.label not in present:
            yield AddColumn(LISTS_TABLE, column)
    yield Replace(LISTS_TABLE, after.rows)
    yield DefineNames(list_names(new, present, sheet))


def _columns(
    old: Policy, new: Policy, table: PolicyTable, package: Package | None, anew: bool
) -> Iterator[Change]:
    """Columns renamed and added, and the dropdowns and header help of the sheet made anew where they changed."""
    before = old.table_by_id[table.id]
    part = package.tables.get(table.name) if package is not None else None
    labels = list(part.columns) if part else [field.label for field in before.fields]
    renames = {
        field.label: table.by_id[field.id].label
        for field in before.fields
        if field.label != table.by_id[field.id].label
    }
    old_specs = {field.label: column_spec(old, before, field) for field in before.fields}
    new_specs = {field.label: column_spec(new, table, field) for field in table.fields}
    yield from _renames(table.name, labels, renames)
    ordered = [renames.get(label, label) for label in labels]
    for field in table.fields:
        if field.id not in before.by_id:
            yield AddColumn(table.name, new_specs[field.label])
            ordered.append(field.label)
    first = [_prompts(old_specs.get(label)) for label in labels]
    second = [_prompts(new_specs.get(label)) for label in ordered]
    if anew or first != second:
        # A column that the policy does not know keeps its place and has neither help nor dropdown.
        columns = tuple(new_specs.get(label, ColumnSpec(label)) for label in ordered)
        header = part.first_row if part else 1
        yield Validations(table.name, validations_xml(TableSpec(table.name, columns), header))


def _prompts(spec: ColumnSpec | None) -> tuple[str, str, str]:
    return (spec.label, spec.help, spec.choices) if spec else ("", "", "")


def _renames(table: str, labels: Sequence[str], renames: dict[str, str]) -> Iterator[Change]:
    """Renames in an order in which no two columns ever have the same header, through a spare one where they swap."""
    standing = {label.casefold() for label in labels}
    waiting = dict(renames)
    while waiting:
        free = [
            old
            for old, new in waiting.items()
            if new.casefold() not in standing or new.casefold() == old.casefold()
        ]
        old = free[0] if free else next(iter(waiting))
        new = waiting.pop(old)
        if not free:
            spare = f"{new[:200]} (was {old[:40]})"
            waiting[spare] = new
            new = spare
        yield RenameColumn(table, old, new)
        standing.discard(old.casefold())
        standing.add(new.casefold())

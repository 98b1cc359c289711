"""All column rules of a field, and the direct way to apply them to rows on their way in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from validation.columns import Column, ColumnRule
from validation.fields import entry_rules
from validation.findings import Finding
from validation.frames import Context, TypedTable
from validation.names import naming_rules
from validation.policy import Policy, PolicyField, PolicyTable

__all__ = ["check_columns", "column_rules"]


def column_rules(
    field: PolicyField, table: PolicyTable, policy: Policy, today: dt.date, entering: bool = False
) -> list[ColumnRule]:
    """Naming and entry rules of one field, without type, uniqueness and keys (see `fields.entry_rules`)."""
    return [*naming_rules(field, policy.settings), *entry_rules(field, table, policy, today, entering)]


def check_columns(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the column rules about the rows of ``typed``, by field; `schema.schema_findings` gives the same."""
    for field in typed.table.fields:
        if field.id not in typed.values:
            continue
        column = Column(typed.values[field.id])
        for rule in column_rules(field, typed.table, context.policy, context.today, context.entry):
            yield from rule.findings(typed, rule.passes(column))

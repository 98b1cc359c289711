"""The one door to all rules: a whole workbook, or rows on their way in; the same findings for the same values."""

from __future__ import annotations

from validation.findings import Finding
from validation.frames import Context, TypedTable

__all__ = ["check_rows", "check_tables"]


def check_tables(context: Context) -> list[Finding]:
    """Findings of all rules over all tables of the context, by table, row, field and code."""
    findings: list[Finding] = []
    for table in context.policy.tables:
        typed = context.tables.get(table.id)
        if typed is not None:
            findings.extend(typed.findings)
    return findings


def check_rows(typed: TypedTable, context: Context) -> list[Finding]:
    """Findings of all rules about rows on their way in (typing's among them), by row, field and code."""
    return list(typed.findings)

"""The one door to all rules: a whole workbook, or rows on their way in; the same findings for the same values."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from validation import conditions, references
from validation.excess import Excess
from validation.findings import Finding
from validation.frames import Context, TypedTable
from validation.rules import check_columns
from validation.unique import check_unique

__all__ = ["check_rows", "check_tables"]


def check_tables(context: Context, excess: Excess | None = None) -> list[Finding]:
    """Findings of all rules over all tables of the context, sorted by table (in the policy's order), row, field, code.

    The column rules of whole tables run through pandera. With ``excess``, very many findings of a kind are not told one
    by one; what stands for the others comes last in each table.
    """
    from validation.schema import schema_findings  # noqa: PLC0415 - pandera takes a second to import

    findings: list[Finding] = []
    for table in context.policy.tables:
        typed = context.tables.get(table.id)
        if typed is not None:
            found = chain(schema_findings(typed, context), _beside_columns(typed, context))
            findings.extend(_sorted(found if excess is None else excess.kept(found), typed))
            findings.extend(excess.rest() if excess is not None else ())
    return findings


def check_rows(typed: TypedTable, context: Context) -> list[Finding]:
    """Findings of all rules about rows on their way in (typing's among them), sorted by row, field and code.

    The same rules as in `check_tables`, without pandera, which would take longer to start than to run.

    Args:
        typed: The rows, normalised and typed.
        context: The workbook without the rows; its operation tells what is about to happen to them.
    """
    found = [*check_columns(typed, context), *_beside_columns(typed, context)]
    return _sorted(found, typed)


def _beside_columns(typed: TypedTable, context: Context) -> Iterable[Finding]:
    """Findings of typing and of the rules that look at more than one cell."""
    yield from typed.tell()
    yield from check_unique(typed, context)
    yield from conditions.check(typed, context)
    yield from references.check(typed, context)
    # Imported only for a policy that has such rules, so that an entry to a small workbook starts fast.
    if context.policy.match_rules(typed.table.id):
        from validation import duplicates  # noqa: PLC0415

        yield from duplicates.check(typed, context)
    if any(held.table == typed.table.id for held in context.policy.attributions):
        from validation import attribution  # noqa: PLC0415

        yield from attribution.check(typed, context)


def _sorted(findings: Iterable[Finding], typed: TypedTable) -> list[Finding]:
    order = {field.label: number for number, field in enumerate(typed.table.fields)}
    return sorted(findings, key=lambda f: (f.position, order.get(f.field, -1), f.code, f.message))

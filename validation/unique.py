"""Values that must stand in one record only: unique fields (ENT014) and keys (REF002)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from validation.columns import Column, Explained, Mask, place_findings
from validation.entry import UNIQUE
from validation.findings import Finding, Rule
from validation.frames import Context, TypedTable, display
from validation.policy import PolicyField

__all__ = ["check_unique", "is_unique", "repeats"]


def is_unique(column: Column) -> Mask:
    """True for each cell whose value stands in no other cell of the column; blank cells pass."""
    if column.series.dtype == object:
        cells = column.series.tolist()
        if len(set(cells)) == len(cells):
            return np.ones(len(cells), dtype=bool)
        codes, values = column.distinct
        counts = np.bincount(codes + 1, minlength=len(values) + 1)
        counts[0] = 1
        once: Mask = counts[codes + 1] == 1
        return once
    blank = column.blank
    repeated = column.series.duplicated(keep=False).to_numpy(dtype=bool)
    passed: Mask = blank | ~repeated
    return passed


def check_unique(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """ENT014 for the fields marked unique (not the key), against each other and, for an entry, the table."""
    for field in typed.table.fields:
        if field.unique and not field.retired and field.id != typed.table.key:
            yield from repeats(typed, field, UNIQUE, context)


def repeats(typed: TypedTable, field: PolicyField, rule: Rule, context: Context) -> Iterator[Finding]:
    """A finding for each cell of ``field`` whose value another record holds too; ``related`` names the others.

    The records of an entry that has no key yet are not named.
    """
    own = typed.values[field.id]
    repeated = ~is_unique(Column(own))
    elsewhere: dict[Any, list[str]] = {}
    if context.entry and typed.table.id in context.tables:
        elsewhere = _in_table(own, field, context.tables[typed.table.id], context.replaces)
        if elsewhere:
            repeated |= own.isin(list(elsewhere)).to_numpy(dtype=bool)
    positions = np.flatnonzero(repeated)
    if not len(positions):
        return
    keys, is_key = typed.raw.keys, field.id == typed.table.key
    values = own.iloc[positions].tolist()
    holders: dict[Any, list[str]] = {}
    for position, value in zip(positions.tolist(), values, strict=True):
        # What tells a record from the others: its key, or where keys are compared, its cell.
        holders.setdefault(value, []).append(typed.raw.cell(position, field.id) if is_key else keys[position])
    said, related = [], []
    for position, value in zip(positions.tolist(), values, strict=True):
        mine = typed.raw.cell(position, field.id) if is_key else keys[position]
        others = _others([*elsewhere.get(value, ()), *holders[value][:_SHOWN]], mine)
        count = len(holders[value]) - 1 + len(elsewhere.get(value, ()))
        said.append(Explained(_sentence(value, others, count, rule)))
        related.append(() if is_key else tuple(others))
    for finding, others_ in zip(place_findings(typed.raw, rule, field, positions, said), related, strict=True):
        yield finding._replace(related=others_) if others_ else finding


#: So many of the other holders of a value are looked at and named in `Finding.related`.
_SHOWN = 20


def _others(holders: list[str], mine: str) -> list[str]:
    rest = [holder for holder in holders if holder and holder != mine]
    return list(dict.fromkeys(rest))


def _in_table(
    own: pd.Series[Any], field: PolicyField, table: TypedTable, replaces: frozenset[str]
) -> dict[Any, list[str]]:
    """Values of ``own`` that records of the table hold (but for the records replaced), with the keys of these."""
    wanted = own.dropna()
    if not len(wanted):
        return {}  # as of a new record, whose key is given out later
    theirs = table.values[field.id]
    found = np.flatnonzero(theirs.isin(wanted).to_numpy(dtype=bool))
    is_key = field.id == table.table.key
    holders: dict[Any, list[str]] = {}
    for position in found.tolist():
        key = table.raw.keys[position]
        if key not in replaces or not key:
            name = table.raw.cell(position, field.id) if is_key else key
            holders.setdefault(theirs.iloc[position], []).append(name)
    return holders


def _sentence(value: Any, others: list[str], count: int, rule: Rule) -> str:
    shown = display(value.date() if isinstance(value, pd.Timestamp) else value)
    if not others:
        where = "another entry" if count == 1 else f"{count} other records"
    elif count > 3:
        where = f"{', '.join(others[:3])} and {count - min(len(others), 3)} more"
    else:
        where = " and ".join(others)
    if rule is UNIQUE:
        return f"{shown} stands in {where} too, and must be unique. Find out whose it is and correct the other."
    return f"the key {shown} stands in {where} too. Give one of the records a new key, or remove the copy."

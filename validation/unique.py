"""Values that must stand in one record only: unique fields (ENT014) and keys (REF002)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
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
    """A finding for each cell of ``field`` whose value another record holds too; ``related`` names the others."""
    own = typed.values[field.id]
    positions = np.flatnonzero(~is_unique(Column(own)))
    holders: dict[Any, list[str]] = {}
    for position in positions:
        holders.setdefault(own.iloc[position], []).append(_name(typed, field, int(position)))
    if context.entry and typed.table.id in context.tables:
        positions, holders = _against_table(typed, field, context, positions, holders)
    said, others_of = [], []
    for position in positions:
        value = own.iloc[position]
        mine = _name(typed, field, int(position))
        others = list(holders[value])
        if mine in others:
            others.remove(mine)
        shown = [other for other in others if other]
        said.append(Explained(_sentence(value, shown, rule)))
        others_of.append(tuple(shown) if field.id != typed.table.key else ())
    for finding, others_ in zip(place_findings(typed.raw, rule, field, positions, said), others_of, strict=True):
        yield replace(finding, related=others_) if others_ else finding


def _name(typed: TypedTable, field: PolicyField, position: int) -> str:
    """What tells a record from the others: its key, or where keys are compared, its cell."""
    return typed.raw.cell(position, field.id) if field.id == typed.table.key else typed.raw.keys[position]


def _against_table(
    typed: TypedTable,
    field: PolicyField,
    context: Context,
    positions: npt.NDArray[np.intp],
    holders: dict[Any, list[str]],
) -> tuple[npt.NDArray[np.intp], dict[Any, list[str]]]:
    """Positions and holders with those added that a record of the table holds (but for the records replaced)."""
    table = context.tables[typed.table.id]
    theirs = table.values[field.id]
    mine = typed.values[field.id]
    found = np.flatnonzero((theirs.isin(mine.dropna()) & theirs.notna()).to_numpy(dtype=bool))
    taken: set[Any] = set()
    for place in found:
        key = table.raw.keys[place]
        if key in context.replaces:
            continue
        value = theirs.iloc[place]
        taken.add(value)
        holders.setdefault(value, []).append(key or "an entry that waits")
    if taken:
        positions = np.union1d(positions, np.flatnonzero(pd.Series(mine).isin(list(taken)).to_numpy(dtype=bool)))
    return positions, holders


def _sentence(value: Any, others: list[str], rule: Rule) -> str:
    shown = display(value.date() if isinstance(value, pd.Timestamp) else value)
    if not others:
        where = "another row of these entries"
    elif len(others) > 3:
        where = f"{', '.join(others[:3])} and {len(others) - 3} more"
    else:
        where = " and ".join(others)
    if rule is UNIQUE:
        return f"{shown} stands in {where} too, and must be unique. Find out whose it is and correct the other."
    return f"the key {shown} stands in {where} too. Give one of the records a new key, or remove the copy."

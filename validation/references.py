"""References between tables: keys that exist, are unique and are well formed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from validation.columns import Explained, filled, place_findings
from validation.findings import Finding, Fix, Rule, Severity
from validation.frames import Context, TypedTable, display
from validation.policy import FieldType, PolicyField, PolicyTable
from validation.unique import repeats

__all__ = ["RULES", "check", "key_pattern", "known_keys"]

UNKNOWN_KEY = Rule(
    code="REF001",
    name="unknown-key",
    title="A field refers to a record that is not there",
    severity=Severity.ERROR,
    what="Looks up each key of another table, such as the Stakeholder ID of an interaction, in that table. The closest "
    "key that exists is suggested.",
    why="An interaction that belongs to nobody is missing from the stakeholder's history, and from every count.",
    example="Interactions INT-000077, Stakeholder ID `STK-0012`: did you mean `STK-00012`?",
    mend="Find the record with `workbook-cms find` and enter its key, or add the record first.",
    fix=Fix.UNSAFE,
)
DUPLICATE_KEY = Rule(
    code="REF002",
    name="duplicate-key",
    title="A key stands in more than one record",
    severity=Severity.ERROR,
    what="Finds all records that share their key with another one. The message names the other cells.",
    why="Whatever refers to the key now means two records, and an update may change the wrong one.",
    example="Stakeholders!A13 and Stakeholders!A340 both hold STK-00012, since a row was copied in the sheet.",
    mend="Remove the copy, or give it a new key and see which record each reference means.",
)
BAD_KEY = Rule(
    code="REF003",
    name="bad-key",
    title="A key is blank or ill-formed",
    severity=Severity.ERROR,
    what="Finds records without a key, and keys that do not look like the keys of their table (`STK-` and at least five "
    "digits). New entries need no key where keys are given out.",
    why="A record without a key cannot be referred to, updated or found in the history.",
    example="Stakeholders row 214, Stakeholder ID `stk 214`: `STK-00214`.",
    mend="Give the record its key from the history, or a new one; never use a key twice.",
    fix=Fix.UNSAFE,
)
RULES: tuple[Rule, ...] = (UNKNOWN_KEY, DUPLICATE_KEY, BAD_KEY)


def check(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings about the keys of one table, or of the rows of an entry, and about what they refer to.

    Keys that rows refer to are looked up in ``context.tables``; a table that is not there is not looked at.
    """
    yield from _keys(typed, context)
    for field in typed.table.references:
        if not field.retired and field.id in typed.values:
            yield from _references(typed, field, context)


# --- references --------------------------------------------------------------------------------------------------


def known_keys(context: Context, table_id: str) -> frozenset[Any]:
    """Keys of a table as they stand in the context."""
    target = context.tables[table_id]
    if target.table.key not in target.values:
        return frozenset()
    return frozenset(target.values[target.table.key].dropna())


def _references(typed: TypedTable, field: PolicyField, context: Context) -> Iterator[Finding]:
    target = context.tables.get(field.foreign_key or "")
    if target is None:
        return
    series = typed.values[field.id]
    if len(series) == 1 and _there(series.iloc[0], target):
        return
    keys = target.values[target.table.key] if target.table.key in target.values else pd.Series(dtype=object)
    missing = ~series.isin(keys.dropna()).to_numpy(dtype=bool) & series.notna().to_numpy(dtype=bool)
    # Rows of one entry may refer to each other where a table refers to itself.
    if context.entry and target.table.id == typed.table.id:
        missing &= ~series.isin(typed.values[typed.table.key].dropna()).to_numpy(dtype=bool)
    positions = np.flatnonzero(missing)
    if not len(positions):
        return
    known = known_keys(context, target.table.id)
    choices = sorted(map(str, known))
    folded = {_fold(key): key for key in choices}
    told: dict[Any, Explained] = {}
    said = []
    for value in series.iloc[positions]:
        if value not in told:
            told[value] = _unknown(value, target.table, choices, folded)
        said.append(told[value])
    yield from place_findings(typed.raw, UNKNOWN_KEY, field, positions, said)


def _there(key: Any, target: TypedTable) -> bool:
    """Whether a key is blank or that of a record, as far as that can be told without looking through the table."""
    if key is None or key is pd.NA:
        return True
    place = target.raw.keys.place(key)
    return (
        place is not None
        and target.table.key in target.values
        and target.values[target.table.key].iat[place] == key
    )


def _fold(key: str) -> str:
    """A key without what people leave out or add: case, spaces, hyphens, leading zeros of its number."""
    bare = re.sub(r"[^0-9A-Za-z]", "", key).casefold()
    return re.sub(r"(?<=[a-z])0+(?=\d)", "", bare)


def _unknown(value: Any, table: PolicyTable, choices: list[str], folded: dict[str, str]) -> Explained:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - only for a key that is not there

    text = display(value)
    problem = f"{text} is not in {table.name}."
    same = folded.get(_fold(text))
    if same:
        return Explained(f"{problem} It is written {same}.", same, Fix.UNSAFE)
    best = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=85)
    if best:
        return Explained(
            f"{problem} Did you mean {best[0]}? Look at that record before you take it.", best[0], Fix.UNSAFE
        )
    return Explained(f"{problem} Find the {table.title.lower()} and enter its key, or add it first.")


# --- keys --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def key_pattern(key_format: str) -> re.Pattern[str]:
    """Shape of the keys that ``key_format`` gives out: its digits are a minimum width (``STK-100000`` is fine)."""
    match = re.fullmatch(r"(.*?)\{:0?(\d*)d?\}(.*)", key_format)
    if match is None:
        return re.compile(r"(?s).+")
    width = int(match[2] or 1)
    # Longer numbers have no leading zero, or STK-000012 would be a second key of STK-00012.
    return re.compile(
        rf"{re.escape(match[1])}(?:\d{{{width}}}|[1-9]\d{{{width},}}){re.escape(match[3])}", re.ASCII
    )


def _keys(typed: TypedTable, context: Context) -> Iterator[Finding]:
    table = typed.table
    field = table.by_id.get(table.key)
    if field is None or field.id not in typed.values:
        return
    yield from repeats(typed, field, DUPLICATE_KEY, context)
    if not (context.entry and table.key_format):
        message = "has no key. Give the record its key from the history, or a new one."
        if context.entry:
            message = "is the key of the record and blank. Enter it."
        positions = np.flatnonzero(~filled(typed, field.id))
        yield from place_findings(typed.raw, BAD_KEY, field, positions, [Explained(message)] * len(positions))
    if table.key_format and field.type is FieldType.STRING:
        yield from _ill_formed(typed, field, table.key_format)


def _ill_formed(typed: TypedTable, field: PolicyField, key_format: str) -> Iterator[Finding]:
    pattern = key_pattern(key_format)
    series = typed.values[field.id]
    # Every key is another value, so that nothing is gained by looking at distinct ones.
    there = series.notna().to_numpy()
    fits = np.fromiter(map(pattern.fullmatch, series[there]), dtype=bool, count=int(there.sum()))
    positions = np.flatnonzero(there)[~fits].tolist()
    if not positions:
        return
    example = key_format.format(12) if "{" in key_format else key_format
    taken = set(series.dropna())
    said = []
    for i in positions:
        text = str(series.iloc[i])
        digits = re.sub(r"\D", "", text)
        mended = None
        if digits and len(digits) <= 9:
            written = key_format.format(int(digits))
            if _fold(written) == _fold(text) and written not in taken:
                mended = written
        end = f"Write {mended}." if mended else "Check it against the history."
        said.append(Explained(f"is not a key of this table, which look like {example}. {end}", mended))
    yield from place_findings(typed.raw, BAD_KEY, field, positions, said)

"""Clues of an entry: whose details they are, looked up in all records at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from validation.duplicates.columns import prepare
from validation.frames import display
from validation.likeness import HONORIFICS, alike
from validation.policy import Kind

if TYPE_CHECKING:
    from validation.frames import TypedTable
    from validation.policy import AttributionClue

__all__ = ["MANY", "Doubt", "Positions", "column_cells", "name_doubts", "no_doubt", "positions_of", "value_doubts"]

Positions = npt.NDArray[np.int64]

#: A value that more records than this share tells nobody apart: the office's number, a placeholder.
MANY = 10
#: So many different names are looked up in all records by likeness; the rest by equality only.
LOOKED_UP = 1_000


@dataclass(frozen=True, eq=False)
class Doubt:
    """What one clue says against the records that the entries name.

    Attributes:
        clue: The clue.
        rows: Rows in doubt.
        pointing: Rows, one for each record that the clue points to.
        persons: Those records, by position; same length.
        agreeing: Rows in which the clue agrees with the record named.
    """

    clue: AttributionClue
    rows: Positions
    pointing: Positions
    persons: Positions
    agreeing: Positions

    @cached_property
    def others(self) -> dict[int, list[int]]:
        """Persons that the clue points to, by row."""
        out: dict[int, list[int]] = {}
        for row, person in zip(self.pointing.tolist(), self.persons.tolist(), strict=True):
            out.setdefault(row, []).append(person)
        return out

    @cached_property
    def doubtful(self) -> frozenset[int]:
        """The rows in doubt, to be looked up."""
        return frozenset(self.rows.tolist())

    @cached_property
    def agreed(self) -> frozenset[int]:
        """The rows in which the clue agrees, to be looked up."""
        return frozenset(self.agreeing.tolist())


def value_doubts(
    clue: AttributionClue, typed: TypedTable, table: TypedTable, named: Positions, persons: Positions
) -> Doubt:
    """Rows whose value stands in another record and not in the one named (a date: that differs from the one named)."""
    theirs = column_cells(table, clue.targets[0])
    column = prepare(np.concatenate([theirs, column_cells(typed, clue.field)]), clue.kind, clue.field, exact=True)
    held, given = column.codes[: len(theirs)], column.codes[len(theirs) :]
    known = np.flatnonzero((given >= 0) & (named >= 0))
    holders = np.flatnonzero((held >= 0) & (persons >= 0))
    code, person = held[holders], persons[holders]
    width = int(max(named.max(initial=0), person.max(initial=0))) + 1
    agrees = np.isin(given[known] * width + named[known], code * width + person)
    if clue.kind is Kind.DATE:
        filled = np.zeros(width, dtype=bool)
        filled[person] = True
        differ = known[~agrees & filled[named[known]]]
    else:
        differ = known[~agrees]
    pointing, pointed = _join(differ, given[differ], code, person)
    rows = differ if clue.kind is Kind.DATE else np.unique(pointing)
    return Doubt(clue, rows, pointing, pointed, known[agrees])


def no_doubt(clue: AttributionClue) -> Doubt:
    """Of a detail that no row has."""
    none = np.empty(0, dtype=np.int64)
    return Doubt(clue, none, none, none, none)


def name_doubts(
    clue: AttributionClue, typed: TypedTable, table: TypedTable, named: Positions, persons: Positions
) -> Doubt:
    """Rows whose name does not look like the name of the record named."""
    parts = [column_cells(table, target) for target in clue.targets]
    whole = [" ".join(filter(None, map(display, words))) for words in zip(*parts, strict=True)]
    column = prepare(
        np.array([*whole, *column_cells(typed, clue.field)], dtype=object), Kind.FULL_NAME, clue.field
    )
    texts = column.texts
    held, given = column.codes[: len(whole)], column.codes[len(whole) :]
    of_person = np.full(int(max(named.max(initial=0), persons.max(initial=0))) + 1, -1, dtype=np.int64)
    holders = np.flatnonzero((held >= 0) & (persons >= 0))
    of_person[persons[holders]] = held[holders]
    known = np.flatnonzero((given >= 0) & (named >= 0))
    known = known[of_person[named[known]] >= 0]
    mine, other = given[known], of_person[named[known]]
    unlike = np.flatnonzero(mine != other)
    pairs, back = np.unique(mine[unlike] * len(texts) + other[unlike], return_inverse=True)
    one, two = texts[pairs // max(len(texts), 1)], texts[pairs % max(len(texts), 1)]
    close = process.cpdist(one, two, scorer=JaroWinkler.similarity, dtype=np.float32) >= 0.95
    # Python per pair: only for different pairs of names that are neither equal nor nearly so.
    same = np.array([near or alike(a, b) for near, a, b in zip(close, one, two, strict=True)], dtype=bool)
    doubtful = unlike[~same[back]]
    rows = known[doubtful]
    agreeing = np.setdiff1d(known, rows)
    nearest = _nearest_names(given[rows], held[holders], texts)
    pointing, pointed = _join(rows, nearest, held[holders], persons[holders])
    keep = pointed != named[pointing]
    return Doubt(clue, rows, pointing[keep], pointed[keep], agreeing)


def _nearest_names(given: Positions, held: Positions, texts: npt.NDArray[np.object_]) -> Positions:
    """For each name the same one among those held, else the one most like it, else -1."""
    there = np.zeros(len(texts) + 1, dtype=bool)
    there[held] = True
    nearest = np.where(there[given], given, -1)
    wanted = np.unique(given[nearest < 0])[:LOOKED_UP]
    wanted = np.array([w for w in wanted if any(x not in HONORIFICS for x in texts[w].split())], dtype=np.int64)
    choices = np.flatnonzero(there)
    found = {}
    for start in range(0, len(wanted), 100):
        some = wanted[start : start + 100]
        likeness = process.cdist(
            list(texts[some]),
            list(texts[choices]),
            scorer=JaroWinkler.similarity,
            dtype=np.float32,
            score_cutoff=0.9,
        )
        top = likeness.argmax(axis=1)
        for name, at, value in zip(some.tolist(), top.tolist(), likeness.max(axis=1).tolist(), strict=True):
            if value >= 0.9 and alike(texts[name], texts[choices[at]]):
                found[name] = int(choices[at])
    return np.array([found.get(g, -1) if n < 0 else n for g, n in zip(given.tolist(), nearest.tolist(), strict=True)],
                    dtype=np.int64)  # fmt: skip


def _join(rows: Positions, code: Positions, held: Positions, person: Positions) -> tuple[Positions, Positions]:
    """Rows and the persons that hold their code, at most `MANY` a code or none; ordered by row."""
    order = np.lexsort((person, held))
    held, person = held[order], person[order]
    low, high = np.searchsorted(held, code), np.searchsorted(held, code, "right")
    many = np.where((high - low > MANY) | (code < 0), 0, high - low)
    at = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
    return np.repeat(rows, many), person[at]


def positions_of(people: TypedTable, keys: Iterable[object]) -> Positions:
    """Position of the record with each key; -1 where there is none."""
    place = people.raw.keys.place
    found = ((place(str(key)) if key is not None and str(key) else None) for key in keys)
    return np.array([-1 if position is None else position for position in found], dtype=np.int64)


def column_cells(table: TypedTable, field_id: str) -> npt.NDArray[np.object_]:
    """Values of a field of all records; dates as dates, every blank as None."""
    if field_id not in table.values:
        return np.full(len(table), None, dtype=object)
    values = table.values[field_id]
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[D]").astype(object)  # dates, None where blank
    cells = np.array(values, dtype=object)
    cells[pd.isna(cells)] = None
    return cells

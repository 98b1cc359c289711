"""The clues of one entry looked up instead of searched for; the same answer as `attribution_clues` gives for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from validation.attribution_clues import MANY, Doubt, no_doubt
from validation.duplicates.normalising import normal
from validation.frames import display
from validation.likeness import alike
from validation.lookup import Block, Held, cells_of, hashes_for
from validation.policy import Kind

if TYPE_CHECKING:
    from validation.attribution_clues import Positions
    from validation.frames import TypedTable
    from validation.lookup import TableLookup
    from validation.policy import AttributionClue

__all__ = ["entered_name_doubt", "entered_value_doubt"]


def entered_value_doubt(
    clue: AttributionClue, typed: TypedTable, table: TypedTable, people: TypedTable, named: Positions
) -> Doubt | None:
    """As `attribution_clues.value_doubts`; None where the table has to be searched."""
    if len(typed) != 1 or (clue.kind is Kind.DATE and clue.owner is not None):
        return None
    lookup = table.lookup()
    if lookup is None:
        return None
    held = Held(clue.targets[0], clue.kind, exact=True)
    text = lookup.values(held).normal(cells_of(typed, clue.field)[0])
    if not text or named[0] < 0:
        return no_doubt(clue)
    persons = _holders(clue, lookup, table, people, held, text)
    if int(named[0]) in persons:
        return _doubt(clue, agreeing=True)
    pointing = persons if len(persons) <= MANY else []
    if clue.kind is Kind.DATE:
        if not lookup.values(held).text(int(named[0])):
            return no_doubt(clue)
        return _doubt(clue, pointing, doubtful=True)
    return _doubt(clue, pointing, doubtful=bool(pointing))


def _holders(
    clue: AttributionClue, lookup: TableLookup, table: TypedTable, people: TypedTable, held: Held, text: str
) -> list[int]:
    """The persons whose detail it is, in order."""
    block = Block(((held, "whole"),))
    found: list[int] = np.sort(lookup.blocks(block).of(hashes_for([block], {held: text})[0])).tolist()
    if clue.owner is None:
        return found
    owners: list[Any] = table.values[clue.owner].iloc[found].tolist()
    keys = ("" if pd.isna(key) else str(key) for key in owners)
    places = (people.raw.keys.place(key) if key else None for key in keys)
    return sorted(place for place in places if place is not None)


def entered_name_doubt(
    clue: AttributionClue, typed: TypedTable, people: TypedTable, named: Positions
) -> Doubt | None:
    """As `attribution_clues.name_doubts`; None where the names differ, so that others have to be looked through."""
    if len(typed) != 1 or clue.owner is not None or clue.table != people.table.id:
        return None
    if named[0] < 0:
        return no_doubt(clue)
    at = slice(int(named[0]), int(named[0]) + 1)
    words = [people.values[target].iloc[at].tolist()[0] for target in clue.targets if target in people.values]
    own = cells_of(typed, clue.field)[0]
    theirs, mine = normal([" ".join(filter(None, map(display, words))), own], Kind.FULL_NAME)
    if not theirs or not mine:
        return no_doubt(clue)
    close = process.cpdist([mine], [theirs], scorer=JaroWinkler.similarity, dtype=np.float32)[0] >= 0.95
    return _doubt(clue, agreeing=True) if mine == theirs or close or alike(mine, theirs) else None


def _doubt(
    clue: AttributionClue, pointing: list[int] | None = None, *, doubtful: bool = False, agreeing: bool = False
) -> Doubt:
    persons = np.array(pointing or [], dtype=np.int64)
    one, none = np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)
    return Doubt(clue, one if doubtful else none, np.zeros_like(persons), persons, one if agreeing else none)

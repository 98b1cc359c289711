"""One record on its way in held against a whole table by lookup; the same answer as `matching` gives for many."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.blocking import LARGEST, SMALL, Candidates
from validation.duplicates.columns import FEATURES, Column
from validation.duplicates.comparators import compare
from validation.duplicates.keys import keys_of, others_of
from validation.duplicates.one import scored
from validation.duplicates.outlines import outline_of
from validation.duplicates.own import Known, Own, nearest
from validation.duplicates.pairs import Matches, best_of, match
from validation.duplicates.reaching import Mine, needed, reaching
from validation.duplicates.scoring import Scored
from validation.lookup import Block, Held, hashes_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Texts
    from validation.duplicates.comparators import Levels
    from validation.duplicates.keys import Key
    from validation.frames import TypedTable
    from validation.lookup import TableLookup
    from validation.policy import MatchField

__all__ = ["Entering"]


#: Scores of no pair.
_NOTHING = Scored(np.empty((0, 0), dtype=np.int8), np.empty((0, 0)), np.empty(0))


class Entering:
    """One record against a table.

    Args:
        lookup: The table's.
        row: The record: a table of one row.
        without: Positions of the records that it replaces.
        rules: Fields of each rule that will be asked for by `match`: they are looked up together.
    """

    def __init__(
        self,
        lookup: TableLookup,
        row: TypedTable,
        without: frozenset[int],
        rules: Sequence[Sequence[MatchField]] = (),
    ) -> None:
        self._lookup, self._row, self._without = lookup, row, without
        self._rules = rules
        self._own: dict[Held, Own] = {}
        self._cells: dict[str, object] = {}
        self._known: dict[Held, dict[int, int]] = {}
        self._found: dict[Block, npt.NDArray[np.int32]] = {}

    @property
    def records(self) -> int:
        """Number of records, with this one."""
        return len(self._lookup) - len(self._without) + 1

    def _field(self, held: Held) -> Own:
        if held not in self._own:  # rules share fields
            if held.field not in self._cells:
                self._cells[held.field] = self._row.cell(held.field, 0)
            values = self._lookup.values(held)
            text = values.normal(self._cells[held.field])
            gone = [values.text(position) for position in self._without]
            self._own[held] = Own(values, text, values.code(text), gone)
        return self._own[held]

    def earliest(self, fields: Sequence[MatchField]) -> int | None:
        """Position of the first record that holds the same in all fields, none of them blank."""
        held = [Held(field.field, field.kind, exact=True) for field in fields]
        found = self._blocks([Block(tuple((one, "whole") for one in held))])[0]
        return int(found.min()) if len(found) else None

    def match(self, fields: Sequence[MatchField], minimum: float) -> Matches:
        """The records that are probably the same: ``left`` is their position in the table."""
        held = tuple(Held(field.field, field.kind) for field in fields)
        own = [self._field(one) for one in held]
        positions, mine, places = self._candidates(held, own, fields, minimum)
        found = scored(mine, places, self.records) if len(places) else _NOTHING
        if found is None:
            return self._in_full(own, fields, positions, minimum)
        best = best_of(positions, positions, found.total, minimum)
        right = np.full(len(best), len(self._lookup), dtype=np.int64)
        return Matches(positions[best], right, Scored(found.levels[best], found.bits[best], found.total[best]))

    def _blocks(self, wanted: Sequence[Block]) -> list[npt.NDArray[np.int32]]:
        """The records in some blocks with this one; of all rules at once, for to hash takes as long for one as for all."""
        if any(block not in self._found for block in wanted):
            known = [
                tuple(Held(field.field, field.kind) for field in fields if field.field in self._row.values.columns)
                for fields in self._rules
            ]
            blocks = list(dict.fromkeys([*wanted, *(block for held in known for block in _blocks_of(held))]))
            texts = {held: self._field(held).text for block in blocks for held, _ in block.parts}
            for block, hashed in zip(blocks, hashes_for(blocks, texts), strict=True):
                self._found[block] = self._kept(self._lookup.blocks(block).of(hashed))
        return [self._found[block] for block in wanted]

    def _candidates(
        self, held: tuple[Held, ...], own: Sequence[Own], fields: Sequence[MatchField], minimum: float
    ) -> tuple[npt.NDArray[np.int64], list[Mine], npt.NDArray[np.int64]]:
        """The records that share a block with this one and may reach a probability.

        Few may, so that it is looked at last whether those are among the ones that a large block compares.

        Returns:
            Positions in order, the fields of all that share a block, and the places of the records among them.
        """
        found = self._blocks(_blocks_of(held))
        every = _once_each([np.empty(0, dtype=np.int32), *found])
        mine = [self._mine(one, field, every) for one, field in zip(own, fields, strict=True)]
        places = reaching(mine, len(every), needed(minimum, self.records))
        reached = every[places].tolist()
        if not reached:
            return places, mine, places
        left, pieces = set(reached), set[int]()
        doubtful: list[tuple[Key, npt.NDArray[np.int32]]] = []
        for key, block in zip(_keys_of(held), found, strict=True):
            size = len(block) + 1
            if size > LARGEST or (key.hint and size > SMALL):
                doubtful.append((key, block))
            else:
                pieces.update(left.intersection(block.tolist()))
        left -= pieces
        crowded = []
        for key, block in doubtful if left else ():
            near = left.intersection(block.tolist())
            if near and len(block) + 1 > LARGEST:
                near &= set(nearest(block, own, len(self._lookup)))
            if not key.hint:
                pieces |= near
            elif near:
                crowded.append((key, np.array(sorted(near), dtype=np.int32)))
        for agreeing in _agreeing(crowded, own):
            pieces.update(agreeing.tolist())
        kept = np.array([position in pieces for position in reached])
        return every[places[kept]].astype(np.int64), mine, places[kept]

    def _in_full(
        self, own: Sequence[Own], fields: Sequence[MatchField], positions: npt.NDArray[np.int64], minimum: float
    ) -> Matches:
        """The same as `match` by the way that many pairs take."""
        columns = [_excerpt(one, positions, field) for one, field in zip(own, fields, strict=True)]
        count = len(positions)
        pairs = Candidates(np.arange(count, dtype=np.int64), np.full(count, count, dtype=np.int64))
        found = match(columns, [pairs], self.records, minimum)
        right = np.full(len(found), len(self._lookup), dtype=np.int64)
        return Matches(positions[found.left], right, found.scored)

    def _mine(self, one: Own, field: MatchField, positions: npt.NDArray[np.int32]) -> Mine:
        """A field of this record, and of those that it may be held against."""
        codes = one.values.codes(positions)
        filled = one.values.filled - sum(map(bool, one.without)) + bool(one.text)
        known = Known(one, codes)
        count = known.own_count()
        return Mine(
            field.kind,
            field.strength,
            one.text,
            one.code,
            count,
            filled,
            codes,
            known.counts,
            one.values.texts,
            partial(self._levels, Held(field.field, field.kind)),
            outline_of(field.kind, one.text) if one.text else 0,
            one.values.outlines,
        )

    def _levels(self, held: Held, codes: npt.NDArray[np.int32]) -> Levels:
        """Levels of some values, none of them this record's own, against that one; asked once for each."""
        one = self._own[held]
        known = self._known.setdefault(held, {})
        asked = codes.tolist()
        missing = [code for code in dict.fromkeys(asked) if code not in known]
        if missing:
            count, both = len(missing), np.array([*missing, one.code], dtype=np.int32)
            texts, codes_of = one.values.texts[both], np.arange(count + 1)
            column = Column(held.field, held.kind, codes_of, texts, codes_of, known=Known(one, both))
            known.update(zip(missing, compare(column, codes_of[:-1], np.full(count, count)).tolist(), strict=True))
        return np.array([known[code] for code in asked], dtype=np.int8)

    def _kept(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        if not self._without or not len(positions):
            return positions
        return positions[[int(p) not in self._without for p in positions.tolist()]]


def _once_each(found: Sequence[npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
    """All positions in order, each once; for so few, `numpy.unique` takes several times as long."""
    every = np.concatenate(found)
    every.sort()
    first = np.ones(len(every), dtype=bool)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    return np.asarray(every[first])


def _agreeing(
    crowded: Sequence[tuple[Key, npt.NDArray[np.int32]]], own: Sequence[Own]
) -> Iterator[npt.NDArray[np.int32]]:
    """Of those that share a hint with many others, the records that agree in one more field, see `Key.hint`."""
    if not crowded:
        return
    kinds = [field.values.kind for field in own]
    every = np.unique(np.concatenate([found for _, found in crowded]))
    like: dict[tuple[int, str], npt.NDArray[np.bool_]] = {}
    for key, found in crowded:
        agreed = np.zeros(len(found), dtype=bool)
        at = np.searchsorted(every, found)
        for part in others_of(kinds, key):
            if part not in like:
                like[part] = _like(own[part[0]], part[1], every)
            agreed |= like[part][at]
        yield found[agreed]


def _like(field: Own, feature: str, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Which of some records are like this one in a feature of their value; none where it has no such feature."""
    wanted = FEATURES[feature]([field.text])[0] if field.text else ""
    if not wanted:
        return np.zeros(len(positions), dtype=bool)
    codes = field.values.codes(positions)
    found = np.zeros(len(codes), dtype=bool)
    filled = codes >= 0
    found[filled] = field.values.feature(f"block {feature}", partial(_featured, feature), codes[filled]) == wanted
    return found


def _featured(feature: str, column: Column) -> Texts:
    made = np.empty(len(column.texts), dtype=object)
    made[:] = FEATURES[feature](column.texts.tolist())
    return made


@lru_cache(maxsize=64)
def _keys_of(held: tuple[Held, ...]) -> tuple[Key, ...]:
    return tuple(keys_of([one.kind for one in held]))


@lru_cache(maxsize=64)
def _blocks_of(held: tuple[Held, ...]) -> tuple[Block, ...]:
    return tuple(
        Block(tuple((held[j], feature) for j, feature in key.parts), key.either_way) for key in _keys_of(held)
    )


def _excerpt(one: Own, positions: npt.NDArray[np.int64], field: MatchField) -> Column:
    """The values of some records and of the one on its way in, which stands last; counted in the whole table."""
    values = one.values
    codes = np.append(values.codes(positions), np.int32(one.code))
    # A value may stand here more than once: only whether it is the record's own counts.
    held = np.flatnonzero(codes >= 0)
    different = codes[held]
    places = np.full(len(codes), -1, dtype=np.int64)
    places[held] = np.arange(len(held))
    if one.code >= 0:
        places[codes == one.code] = len(held) - 1
    known = Known(one, different)
    filled = values.filled - sum(map(bool, one.without)) + bool(one.text)
    return Column(
        field.field,
        field.kind,
        places,
        values.texts[different],
        known.counts(different),
        field.strength,
        held=filled,
        known=known,
    )

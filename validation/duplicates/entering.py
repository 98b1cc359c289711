"""One record on its way in held against a whole table by lookup; the same answer as `matching` gives for many."""

from __future__ import annotations

from bisect import bisect
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from validation.duplicates.blocking import LARGEST, NEIGHBOURS, SMALL, Candidates
from validation.duplicates.columns import FEATURES, Column
from validation.duplicates.keys import keys_of, ordering, others_of
from validation.duplicates.pairs import Matches, match
from validation.lookup import Block, Held, cells_of, hashes_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from validation.duplicates.columns import Codes, Texts
    from validation.duplicates.keys import Key
    from validation.frames import TypedTable
    from validation.lookup import TableLookup
    from validation.lookup.values import Values
    from validation.policy import MatchField

__all__ = ["Entering"]


class _Field(NamedTuple):
    """One field of the rule: the table's values, and the record's own."""

    values: Values
    text: str
    code: int
    without: list[str]  # of the records that are replaced

    def ranks(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Of the values of some records, see `Values.ranks`."""
        return self.values.ranks(self.values.codes(positions))


class Entering:
    """One record against a table.

    Args:
        lookup: The table's.
        row: The record: a table of one row.
        without: Positions of the records that it replaces.
    """

    def __init__(self, lookup: TableLookup, row: TypedTable, without: frozenset[int]) -> None:
        self._lookup, self._row, self._without = lookup, row, without
        self._own: dict[Held, _Field] = {}
        self._cells: dict[str, object] = {}

    @property
    def records(self) -> int:
        """Number of records, with this one."""
        return len(self._lookup) - len(self._without) + 1

    def _field(self, held: Held) -> _Field:
        if held not in self._own:  # rules share fields
            if held.field not in self._cells:
                self._cells[held.field] = cells_of(self._row, held.field)[0]
            values = self._lookup.values(held)
            text = values.normal(self._cells[held.field])
            gone = [values.text(position) for position in self._without]
            self._own[held] = _Field(values, text, values.code(text), gone)
        return self._own[held]

    def earliest(self, fields: Sequence[MatchField]) -> int | None:
        """Position of the first record that holds the same in all fields, none of them blank."""
        held = [Held(field.field, field.kind, exact=True) for field in fields]
        block = Block(tuple((one, "whole") for one in held))
        blocks = self._lookup.blocks(block)
        texts = {one: self._field(one).text for one in held}
        found = self._kept(blocks.of(hashes_for([block], texts)[0]))
        return int(found.min()) if len(found) else None

    def match(self, fields: Sequence[MatchField], minimum: float) -> tuple[list[Column], Matches]:
        """The fields, and the records that are probably the same: ``left`` is their position in the table."""
        held = [Held(field.field, field.kind) for field in fields]
        own = [self._field(one) for one in held]
        positions = self._candidates(held, own)
        columns = [_excerpt(one, positions, field) for one, field in zip(own, fields, strict=True)]
        count = len(positions)
        pairs = Candidates(np.arange(count, dtype=np.int64), np.full(count, count, dtype=np.int64))
        found = match(columns, [pairs], self.records, minimum)
        right = np.full(len(found), len(self._lookup), dtype=np.int64)
        return columns, Matches(positions[found.left].astype(np.int64), right, found.scored)

    def _candidates(self, held: Sequence[Held], own: Sequence[_Field]) -> npt.NDArray[np.int64]:
        """Positions of the records that share a block with this one, in order."""
        keys = keys_of([one.kind for one in held])
        blocks = _blocks_of(tuple(held))
        texts = {one: field.text for one, field in zip(held, own, strict=True)}
        pieces, crowded = [np.empty(0, dtype=np.int32)], []
        for key, block, hashed in zip(keys, blocks, hashes_for(blocks, texts), strict=True):
            found = self._kept(self._lookup.blocks(block).of(hashed))
            size = len(found) + 1
            if size > LARGEST:
                found = np.array(self._nearest(found, held, own), dtype=np.int32)
            if key.hint and size > SMALL:
                crowded.append((key, found))
            else:
                pieces.append(found)
        return np.unique(np.concatenate([*pieces, *_agreeing(crowded, own)])).astype(np.int64)

    def _kept(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        if not self._without or not len(positions):
            return positions
        return positions[[int(p) not in self._without for p in positions.tolist()]]

    def _nearest(self, found: npt.NDArray[np.int32], held: Sequence[Held], own: Sequence[_Field]) -> list[int]:
        """Of a block too large to compare with all: those next to this record in the order of names."""
        chosen = [own[j] for j in ordering([one.kind for one in held])]
        mine = (*((not field.text, field.text) for field in chosen), len(self._lookup))
        order = sorted((*_names(chosen, position), position) for position in _near(found, chosen).tolist())
        at = bisect(order, mine)
        return [int(one[-1]) for one in order[max(at - NEIGHBOURS, 0) : at + NEIGHBOURS]]


def _agreeing(
    crowded: Sequence[tuple[Key, npt.NDArray[np.int32]]], own: Sequence[_Field]
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


def _like(field: _Field, feature: str, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
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
def _blocks_of(held: tuple[Held, ...]) -> tuple[Block, ...]:
    return tuple(
        Block(tuple((held[j], feature) for j, feature in key.parts), key.either_way)
        for key in keys_of([one.kind for one in held])
    )


def _names(fields: Sequence[_Field], position: int) -> Iterator[tuple[bool, str]]:
    for field in fields:
        text = field.values.text(position)
        yield not text, text


def _near(found: npt.NDArray[np.int32], fields: Sequence[_Field]) -> npt.NDArray[np.int32]:
    """Those next to the record in the order of some fields, as many on either side as can be needed, and some more."""
    pieces = []
    for at, field in enumerate(fields):
        ranks = field.ranks(found)
        mine = field.values.ranks(np.array([field.code]))[0]
        pieces.append(_ends(found[ranks < mine], fields[at:], NEIGHBOURS, -1))
        pieces.append(_ends(found[ranks > mine], fields[at:], NEIGHBOURS, 1))
        found = found[ranks == mine]
        if _shared(mine):
            return np.concatenate([*pieces, found])
    return np.concatenate([*pieces, np.sort(found)[-NEIGHBOURS:]])  # the record itself stands behind its likes


def _ends(found: npt.NDArray[np.int32], fields: Sequence[_Field], count: int, sign: int) -> npt.NDArray[np.int32]:
    """The ``count`` records that come first (``sign`` 1) or last (-1) in the order of some fields, and some more."""
    if len(found) <= count:
        return found
    if not fields:
        last: npt.NDArray[np.int32] = np.sort(found)[::sign][:count]
        return last
    ranks = sign * fields[0].ranks(found)
    edge = np.partition(ranks, count - 1)[count - 1]
    if _shared(edge):
        return np.asarray(found[ranks <= edge])
    inside = found[ranks < edge]
    return np.concatenate([inside, _ends(found[ranks == edge], fields[1:], count - len(inside), sign)])


def _shared(rank: float) -> bool:
    """Whether values that are not the same may have this rank; see `Values.ranks`."""
    return bool(np.isfinite(rank)) and rank % 1 != 0


class _Known:
    """What the whole table knows of the values of some of its records; the record on its way in counts too."""

    def __init__(self, one: _Field, codes: npt.NDArray[np.int32]) -> None:
        self._one, self._codes = one, codes
        self._gone = [one.values.code(text) for text in one.without if text]

    def count(self, texts: Texts) -> Codes:
        """How many records hold each of some values."""
        code = self._one.values.code
        return self.counts(np.fromiter((code(text) for text in texts), dtype=np.int32, count=len(texts)))

    def counts(self, codes: npt.NDArray[np.int32]) -> Codes:
        """The same by code."""
        counts = self._one.values.counts[codes]
        for code in self._gone:
            counts[codes == code] -= 1
        counts[codes == self._one.code] += 1
        return counts

    def feature(self, name: str, make: Callable[[Column], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """What ``make`` gives for the values, kept with the table."""
        return self._one.values.feature(name, make, self._codes)


def _excerpt(one: _Field, positions: npt.NDArray[np.int64], field: MatchField) -> Column:
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
    known = _Known(one, different)
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

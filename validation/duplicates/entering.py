"""One record on its way in held against a whole table by lookup; the same answer as `matching` gives for many."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from validation.duplicates.blocking import LARGEST, NEIGHBOURS, Candidates
from validation.duplicates.columns import Column
from validation.duplicates.keys import keys_of, ordering
from validation.duplicates.pairs import Matches, match
from validation.lookup import Block, Held, cells_of, hashes_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from validation.frames import TypedTable
    from validation.lookup import TableLookup
    from validation.lookup.values import Values
    from validation.policy import MatchField

__all__ = ["Entering"]

#: In a block of more records than this, those with far names are left out before the others are put in order.
_MANY = 300


class _Field(NamedTuple):
    """One field of the rule: the table's values, and the record's own."""

    values: Values
    text: str
    without: list[str]  # of the records that are replaced


class Entering:
    """One record against a table.

    Args:
        lookup: The table's.
        row: The record: a table of one row.
        without: Positions of the records that it replaces.
    """

    def __init__(self, lookup: TableLookup, row: TypedTable, without: frozenset[int]) -> None:
        self._lookup, self._row, self._without = lookup, row, without

    @property
    def records(self) -> int:
        """Number of records, with this one."""
        return len(self._lookup) - len(self._without) + 1

    def _field(self, held: Held) -> _Field:
        values = self._lookup.values(held)
        text = values.normal(cells_of(self._row, held.field)[0])
        return _Field(values, text, [values.text(position) for position in self._without])

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
        found = match(columns, pairs, self.records, minimum)
        right = np.full(len(found), len(self._lookup), dtype=np.int64)
        return columns, Matches(positions[found.left].astype(np.int64), right, found.scored)

    def _candidates(self, held: Sequence[Held], own: Sequence[_Field]) -> npt.NDArray[np.int64]:
        """Positions of the records that share a block with this one, in order."""
        blocks = [
            Block(tuple((held[j], feature) for j, feature in key.parts), key.either_way)
            for key in keys_of([one.kind for one in held])
        ]
        texts = {one: field.text for one, field in zip(held, own, strict=True)}
        pieces = [np.empty(0, dtype=np.int32)]
        for block, key in zip(blocks, hashes_for(blocks, texts), strict=True):
            found = self._kept(self._lookup.blocks(block).of(key))
            if len(found) >= LARGEST:
                found = np.array(self._nearest(found, held, own), dtype=np.int32)
            pieces.append(found)
        return np.unique(np.concatenate(pieces)).astype(np.int64)

    def _kept(self, positions: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        if not self._without or not len(positions):
            return positions
        return positions[[int(p) not in self._without for p in positions.tolist()]]

    def _nearest(self, found: npt.NDArray[np.int32], held: Sequence[Held], own: Sequence[_Field]) -> list[int]:
        """Of a block too large to compare with all: those next to this record in the order of names."""
        chosen = [own[j] for j in ordering([one.kind for one in held])]
        if chosen and len(found) > _MANY:
            found = _near_name(found, chosen[0])
        mine = (*((not field.text, field.text) for field in chosen), len(self._lookup))
        order = sorted((*_names(chosen, position), position) for position in found.tolist())
        at = bisect(order, mine)
        return [int(one[-1]) for one in order[max(at - NEIGHBOURS, 0) : at + NEIGHBOURS]]


def _names(fields: Sequence[_Field], position: int) -> Iterator[tuple[bool, str]]:
    for field in fields:
        text = field.values.text(position)
        yield not text, text


def _near_name(found: npt.NDArray[np.int32], field: _Field) -> npt.NDArray[np.int32]:
    """Those whose value is the same, or next to it on either side, as many as can be needed."""
    codes = field.values.codes(found)
    different, counts = np.unique(codes, return_counts=True)
    texts = field.values.texts
    order = sorted(
        ((c < 0, texts[c] if c >= 0 else ""), c, n)
        for c, n in zip(different.tolist(), counts.tolist(), strict=True)
    )
    mine = (not field.text, field.text)
    wanted = [c for text, c, _ in order if text == mine]
    for side in (
        [item for item in order if item[0] > mine],
        [item for item in reversed(order) if item[0] < mine],
    ):
        room = NEIGHBOURS
        for _, code, count in side:
            if room <= 0:
                break
            wanted.append(code)
            room -= count
    return found[np.isin(codes, wanted)]


def _excerpt(one: _Field, positions: npt.NDArray[np.int64], field: MatchField) -> Column:
    """The values of some records and of the one on its way in, which stands last; counted in the whole table."""
    values, text = one.values, one.text
    different, back = np.unique(values.codes(positions), return_inverse=True)
    blank = int(len(different) > 0 and different[0] < 0)
    texts = [values.texts[code] for code in different[blank:].tolist()]
    mine = -1
    if text:
        known = values.code(text)
        at = int(np.searchsorted(different[blank:], known)) if known >= 0 else len(texts)
        if not (at < len(texts) and texts[at] == text):
            at = len(texts)
            texts.append(text)
        mine = at

    def counted(value: str) -> int:
        return values.count(value) - one.without.count(value) + (value == text)

    array = np.empty(len(texts), dtype=object)
    array[:] = texts
    return Column(
        field.field,
        field.kind,
        np.append(back.reshape(-1) - blank, mine).astype(np.int64),
        array,
        np.fromiter(map(counted, texts), dtype=np.int64, count=len(texts)),
        field.strength,
        held=values.filled - sum(map(bool, one.without)) + bool(text),
        counted=counted,
    )

"""All that is looked up in one table: columns and blocks, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

import numpy as np
import pandas as pd

from validation.lookup.blocks import Blocks, combined, combined_one, hashes_of
from validation.lookup.values import Values, feature_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from validation.frames import TypedTable
    from validation.growth import Positions
    from validation.policy import Kind

__all__ = ["Block", "Held", "TableLookup", "cells_of", "hashes_for"]


class Held(NamedTuple):
    """A column as it is compared.

    Attributes:
        field: Field id.
        kind: What it is.
        exact: As for rules on equal values, see `duplicates.columns.prepare`.
    """

    field: str
    kind: Kind
    exact: bool = False


class Block(NamedTuple):
    """What makes records of one block: features of columns that all have to be the same."""

    parts: tuple[tuple[Held, str], ...]
    either_way: bool = False


class TableLookup:
    """A table's records by what they hold.

    It moves along with the table: only the latest one may be asked. Hashes are the same in every process, so that it
    can be kept in a file, see `lookup.kept`.
    """

    def __init__(
        self,
        typed: TypedTable,
        values: dict[Held, Values] | None = None,
        blocks: dict[Block, Blocks] | None = None,
    ) -> None:
        """``values`` and ``blocks``: of an earlier lookup of the same table."""
        self._typed = ref(typed)  # a cycle would keep whole tables until the collector comes
        self._values, self._blocks = values or {}, blocks or {}

    def made(self) -> tuple[dict[Held, Values], dict[Block, Blocks]]:
        """The columns and blocks that were asked for so far."""
        return dict(self._values), dict(self._blocks)

    def copied(self, typed: TypedTable) -> TableLookup:
        """The same for a table of the same records, which will grow another way."""
        return TableLookup(
            typed,
            {held: values.copied() for held, values in self._values.items()},
            {block: blocks.copied() for block, blocks in self._blocks.items()},
        )

    @property
    def _table(self) -> TypedTable:
        table = self._typed()
        if table is None:
            raise ReferenceError("the table of this lookup is gone")
        return table

    def __len__(self) -> int:
        return len(self._table)

    def values(self, held: Held) -> Values:
        """A column."""
        if held not in self._values:
            self._values[held] = Values.of(cells_of(self._table, held.field), held.kind, exact=held.exact)
        return self._values[held]

    def blocks(self, block: Block) -> Blocks:
        """Records by a blocking key."""
        if block not in self._blocks:
            hashes = [self.values(held).hashes(feature) for held, feature in block.parts]
            self._blocks[block] = Blocks(combined(hashes, block.either_way))
        return self._blocks[block]

    def with_rows(self, typed: TypedTable, rows: TypedTable, at: Positions) -> TableLookup:
        """The same for the table ``typed``, which holds ``rows`` at the positions ``at``."""
        cells = {held.field: cells_of(rows, held.field) for held in self._values}
        for row, position in enumerate(at.tolist()):
            standing = position < len(next(iter(self._values.values()), ()))
            if standing:
                texts = {held: values.text(position) for held, values in self._values.items()}
                for block, key in zip(self._blocks, hashes_for(self._blocks, texts), strict=True):
                    self._blocks[block].remove(position, key)
            texts = {held: values.normal(cells[held.field][row]) for held, values in self._values.items()}
            for held, values in self._values.items():
                values.put(position, texts[held])
            for block, key in zip(self._blocks, hashes_for(self._blocks, texts), strict=True):
                self._blocks[block].add(position, key)
        self._typed = ref(typed)
        return self


def hashes_for(blocks: Iterable[Block], texts: dict[Held, str]) -> list[int]:
    """The hash of one record, its values as they are compared, under each of some blocking keys."""
    blocks = list(blocks)
    parts = list(dict.fromkeys(part for block in blocks for part in block.parts))
    made = [feature_of(texts[held], feature) for held, feature in parts]
    different = list(dict.fromkeys(made))
    known = dict(zip(different, hashes_of(different).tolist(), strict=True))
    hashes = {part: known[text] for part, text in zip(parts, made, strict=True)}
    return [combined_one([hashes[part] for part in block.parts], block.either_way) for block in blocks]


def cells_of(table: TypedTable, field_id: str) -> npt.NDArray[np.object_]:
    """Values of a field of all records; dates as dates, every blank as None."""
    if field_id not in table.values:
        return np.full(len(table), None, dtype=object)
    values = table.values[field_id]
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[D]").astype(object)  # dates, None where blank
    cells = np.array(values, dtype=object)
    cells[pd.isna(cells)] = None
    return cells

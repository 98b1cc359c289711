"""What is looked up in a table as plain arrays and back, so that a file can hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from validation.lookup.blocks import Blocks
from validation.lookup.table import Block, Held, TableLookup
from validation.lookup.values import Values
from validation.packed import joined, parted
from validation.policy import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    from validation.frames import TypedTable

__all__ = ["packed_lookup", "unpacked_lookup"]


def packed_lookup(lookup: TableLookup) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """The columns and blocks that were made so far: what they are (JSON-ready), and arrays by name.

    Values that no record holds any longer are left out.

    Raises:
        UnfitError: A value cannot be packed.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    columns, blocks = lookup.made()
    place = {held: number for number, held in enumerate(columns)}
    for held, values in columns.items():
        texts, codes = values.held()
        arrays[f"values.{place[held]}.texts"] = joined(texts)
        arrays[f"values.{place[held]}.different"] = np.array([len(texts)])
        arrays[f"values.{place[held]}.codes"] = codes
    for number, kept in enumerate(blocks.values()):
        arrays[f"blocks.{number}.hashes"], arrays[f"blocks.{number}.at"] = kept.settled()
    told = {
        "values": [[held.field, held.kind.value, held.exact] for held in columns],
        "blocks": [
            [[[place[held], feature] for held, feature in block.parts], block.either_way] for block in blocks
        ],
    }
    return told, arrays


def unpacked_lookup(
    told: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], typed: TypedTable
) -> TableLookup:
    """The lookup of ``typed`` that `packed_lookup` made arrays of.

    Raises:
        KeyError, ValueError, TypeError, IndexError: It did not.
    """
    held = [Held(str(field), Kind(kind), bool(exact)) for field, kind, exact in told["values"]]
    columns = {}
    for number, one in enumerate(held):
        texts, different, codes = (arrays[f"values.{number}.{part}"] for part in ("texts", "different", "codes"))
        if len(codes) != len(typed):
            raise ValueError("a column of another length")
        if codes.dtype.kind != "i" or (len(codes) and not -1 <= codes.min() <= codes.max() < int(different[0])):
            raise ValueError("records of values that there are not")
        columns[one] = Values(parted(texts, int(different[0])).tolist(), codes, one.kind, exact=one.exact)
    blocks = {}
    for number, (parts, either_way) in enumerate(told["blocks"]):
        block = Block(tuple((held[at], str(feature)) for at, feature in parts), bool(either_way))
        if not parts or (block.either_way and len(parts) != 2):
            raise ValueError("a blocking key of no parts")
        blocks[block] = Blocks.of_sorted(arrays[f"blocks.{number}.hashes"], arrays[f"blocks.{number}.at"])
    return TableLookup(typed, columns, blocks)

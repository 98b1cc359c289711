"""Records made ready for a database: normalised values, what blocks them, and how common each value is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from validation.duplicates.blocking import LARGEST
from validation.duplicates.comparators import Level
from validation.duplicates.keys import feature_codes, in_order, key_codes
from validation.duplicates.scoring import commonness
from validation.duplicates.weights import PACK
from workbook_cms.across.helpers import helpers

if TYPE_CHECKING:
    from validation.duplicates.columns import Codes, Column, Texts

__all__ = ["ID", "SOURCE", "Prepared", "named", "prepared"]

#: Columns that every record has: its position, and the number of the workbook it stands in.
ID, SOURCE = "unique_id", "workbook"


@dataclass(frozen=True, eq=False)
class Prepared:
    """Records as a database is given them.

    Attributes:
        frame: One record a row: ``unique_id``, ``workbook``, the values of each field, its helpers, its blocks.
        frequencies: By column, a frame of its values and how often another person's record holds each (u).
        blocks: Names of the columns that bring records together.
        parted: (fields, records) of each block that is too large to be compared as a whole.
    """

    frame: pd.DataFrame
    frequencies: dict[str, pd.DataFrame]
    blocks: tuple[str, ...]
    parted: tuple[tuple[tuple[str, ...], int], ...]


def named(columns: Sequence[Column]) -> list[str]:
    """A name a column that every database takes, different for each."""
    names: list[str] = []
    for column in columns:
        name = re.sub(r"\W+", "_", column.name, flags=re.ASCII).strip("_").lower() or "field"
        name = name if name[0].isalpha() else f"field_{name}"
        while name in names or name in (ID, SOURCE):
            name += "_"
        names.append(name)
    return names


def prepared(columns: Sequence[Column], sources: Codes) -> Prepared:
    """Records ready for a database.

    Args:
        columns: The fields.
        sources: Number of the workbook of each record.
    """
    data: dict[str, object] = {ID: np.arange(len(sources), dtype=np.int64), SOURCE: np.asarray(sources, np.int64)}
    frequencies = {}
    for name, column in zip(named(columns), columns, strict=True):
        data[name] = _spread(column.texts, column.codes)
        for suffix, texts in helpers(column).items():
            data[f"{name}__{suffix}"] = _spread(texts, column.codes)
        for level, weight in PACK[column.kind].levels.items():
            common = commonness(column)
            if level is Level.EXACT:
                frequencies[name] = _lookup(name, column, common)
            elif weight.spread:
                near = f"{name}__{level.name.lower()}"
                data[near] = data[name]
                frequencies[near] = _lookup(near, column, np.minimum(weight.other, weight.spread * common))
    parted: list[tuple[tuple[str, ...], int]] = []
    order = np.empty(len(sources), dtype=np.int64)
    order[in_order(columns)] = np.arange(len(sources))
    blocks = []
    for number, (key, codes) in enumerate(key_codes(columns, feature_codes(columns))):
        fields = tuple(columns[j].name for j, _ in key.parts)
        blocks.append(f"block_{number}")
        data[blocks[-1]] = _block(codes, order, fields, parted)
    return Prepared(pd.DataFrame(data), frequencies, tuple(blocks), tuple(parted))


def _spread(texts: Texts, codes: Codes) -> Texts:
    """One text a record, None where blank."""
    padded = np.empty(len(texts) + 1, dtype=object)  # its last answers for code -1
    padded[:-1] = texts
    found: Texts = padded[codes]
    return found


def _lookup(name: str, column: Column, u: object) -> pd.DataFrame:
    return pd.DataFrame({name: column.texts, f"tf_{name}": u})


def _block(
    codes: Codes, order: Codes, fields: tuple[str, ...], parted: list[tuple[tuple[str, ...], int]]
) -> object:
    """A text a record: the same where records belong to one block; large blocks are cut into parts of neighbours."""
    sizes = np.bincount(codes[codes >= 0], minlength=1)
    parts = np.zeros(len(codes), dtype=np.int64)
    for code in np.flatnonzero(sizes > LARGEST):
        at = np.flatnonzero(codes == code)
        parts[at[np.argsort(order[at], kind="stable")]] = np.arange(len(at)) // LARGEST
        parted.append((fields, len(at)))
    texts = np.char.add(np.char.add(codes.astype(str), "."), parts.astype(str)).astype(object)
    texts[codes < 0] = None
    return texts

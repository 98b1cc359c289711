"""Who stands in several workbooks of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.blocking import Candidates, within
from validation.duplicates.explanation import FieldEvidence, evidence, sentence
from validation.duplicates.pairs import match
from validation.policy import Sensitivity
from workbook_cms.across.engines import found_by_splink
from workbook_cms.across.model import margin, settings
from workbook_cms.across.prepared import prepared

if TYPE_CHECKING:
    from validation.duplicates.pairs import Matches
    from workbook_cms.across.folder import Gathered

__all__ = ["OWN", "Found", "Pair", "Side", "find"]

#: The engine that needs nothing but this program.
OWN = "own"
_MASK = "•••"


@dataclass(frozen=True)
class Side:
    """One record of a pair.

    Attributes:
        workbook: The file.
        key: Its key; "" for a queued entry.
        name: What people call it.
        cell: Address of its key cell, "" for a queued entry.
    """

    workbook: Path
    key: str
    name: str
    cell: str


@dataclass(frozen=True)
class Pair:
    """Two records that are probably one person's or organisation's.

    Attributes:
        left, right: The records, in the order of their workbooks.
        probability: That they are one.
        bits: All evidence, prior included: log2 of the odds.
        sentence: The evidence in words.
        fields: What each field says; values of sensitive fields are masked.
    """

    left: Side
    right: Side
    probability: float
    bits: float
    sentence: str
    fields: tuple[FieldEvidence, ...]


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes:
        pairs: Most probable first.
        parted: Records of the largest block that was compared in parts only, and the fields that make it; (0, ()) if
            every block was compared as a whole.
    """

    pairs: tuple[Pair, ...]
    parted: tuple[int, tuple[str, ...]] = (0, ())


def find(gathered: Gathered, engine: str = OWN, *, inside: bool = False, threshold: float | None = None) -> Found:
    """Pairs of records that are probably one, of different workbooks.

    Args:
        gathered: The records.
        engine: ``own``, ``duckdb`` or ``spark``. The database finds pairs by Splink's sum of the same weights; the
            probability is that of our own scoring, whichever found them.
        inside: Records of one workbook are held against each other too.
        threshold: Least probability; the match rule's unless given.

    Raises:
        InputError: A package that the engine needs is missing.
    """
    least = gathered.rule.threshold if threshold is None else threshold
    columns = gathered.columns
    largest: list[tuple[int, tuple[str, ...]]] = []
    if engine == OWN:
        candidates: Iterable[Candidates] = within(columns)
    else:
        pairs, largest = _by_splink(gathered, engine, inside, least)
        candidates = [pairs]
    found = match(columns, candidates, len(gathered), least)
    parted = max([*largest, *((block.records, block.fields) for block in found.oversized)], default=(0, ()))
    wanted = np.flatnonzero(inside | (gathered.sources[found.left] != gathered.sources[found.right]))
    return Found(tuple(_pairs(gathered, found, wanted.tolist())), parted)


def _by_splink(
    gathered: Gathered, engine: str, inside: bool, least: float
) -> tuple[Candidates, list[tuple[int, tuple[str, ...]]]]:
    """What Splink's sum makes of the records: every pair that may reach the probability."""
    records = prepared(gathered.columns, gathered.sources)
    asked = settings(gathered.columns, records, engine, within=inside)
    bits = float(np.log2(least / (1 - least))) - margin(gathered.columns)
    pairs = found_by_splink(records, asked, engine, bits)
    candidates = Candidates(pairs["left"].to_numpy(np.int64), pairs["right"].to_numpy(np.int64))
    return candidates, [(count, fields) for fields, count in records.parted]


def _pairs(gathered: Gathered, found: Matches, wanted: list[int]) -> Iterator[Pair]:
    fields = [gathered.table.by_id[column.name] for column in gathered.columns]
    kinds = [column.kind for column in gathered.columns]
    for i in wanted:
        levels, bits, total, probability = found.scored.row(i)
        left, right = int(found.left[i]), int(found.right[i])
        said = evidence(fields, gathered.of(left), gathered.of(right), levels, bits)
        shown = tuple(
            replace(item, left=_MASK if item.left else "", right=_MASK if item.right else "")
            if field.sensitivity is Sensitivity.SENSITIVE
            else item
            for item, field in zip(said, fields, strict=True)
        )
        yield Pair(_side(gathered, left), _side(gathered, right), probability, total, sentence(said, kinds), shown)


def _side(gathered: Gathered, record: int) -> Side:
    workbook = gathered.books[int(gathered.sources[record])]
    return Side(workbook, gathered.keys[record], gathered.name(record), gathered.cells[record])

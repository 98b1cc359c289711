"""Few pairs scored one by one: the same bits as `scoring` gives for many, without the cost of arrays for so few.

The weights, levels and limits are those of `scoring` and `households`; only the arithmetic stands here once more.
"""

from __future__ import annotations

from functools import cache
from math import log2
from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.comparators import Level
from validation.duplicates.households import NAMED, NOBODY, PERSON, USUAL, near_bits
from validation.duplicates.reaching import crossed
from validation.duplicates.scoring import (
    ADDRESS,
    ADDRESS_LIMITS,
    STRENGTHS,
    TOWN,
    Scored,
    by_level,
    prior_bits,
    share_of,
)
from validation.policy import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from validation.duplicates.columns import Codes
    from validation.duplicates.reaching import Mine

__all__ = ["scored"]

_AGREED = (Level.EXACT, Level.CLOSE)


def scored(fields: Sequence[Mine], places: Codes, records: int) -> Scored | None:
    """What every field says of some records and the one on its way in; None where names may have changed places."""
    levels, commons = [], []
    for field in fields:
        at = _levels(field, places)
        levels.append(at)
        commons.append(_commons(field, at, places))
    kinds = [field.kind for field in fields]
    if Kind.GIVEN_NAME in kinds and Kind.FAMILY_NAME in kinds:
        names = levels[kinds.index(Kind.GIVEN_NAME)], levels[kinds.index(Kind.FAMILY_NAME)]
        if any(given not in _AGREED and family not in _AGREED for given, family in zip(*names, strict=True)):
            given_name, family_name = (fields[kinds.index(kind)] for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME))
            if crossed(given_name, family_name, places).any():
                return None
    prior, filled = prior_bits(records), [field.code >= 0 for field in fields]
    theirs = [(field.codes[places] >= 0).tolist() for field in fields]
    rows = []
    for n in range(len(places)):
        own = [one[n] for one in levels]
        bits = [_bits(field, level, common[n]) for field, level, common in zip(fields, own, commons, strict=True)]
        _once(bits, [j for j, kind in enumerate(kinds) if kind in TOWN])
        _shrink(bits, [j for j, kind in enumerate(kinds) if kind in ADDRESS])
        person = any(
            mine or other[n] for kind, mine, other in zip(kinds, filled, theirs, strict=True) if kind in NAMED
        )
        _kept_apart(bits, _against_company(kinds, own, bits, person), prior)
        rows.append(bits)
    shape = len(places), len(fields)
    worth = np.array(rows, dtype=np.float64).reshape(shape)
    return Scored(np.array(levels, dtype=np.int8).T.reshape(shape), worth, worth.sum(axis=1) + prior)


def _levels(field: Mine, places: Codes) -> list[int]:
    codes = field.codes[places]
    levels = np.zeros(len(codes), dtype=np.int8)
    if field.code >= 0:
        levels[codes == field.code] = Level.EXACT
        differs = np.flatnonzero((codes >= 0) & (codes != field.code))
        if len(differs):
            levels[differs] = field.levels(codes[differs])
    found: list[int] = levels.tolist()
    return found


def _commons(field: Mine, levels: list[int], places: Codes) -> list[float]:
    """How common the more common one of both values is; of levels that do not ask for it, the record's own."""
    if field.code < 0:
        return [1.0] * len(levels)
    own = float(share_of(field.kind, field.held, field.filled))
    spread = by_level(field.kind)[2]
    if not any(spread[level] > 0 for level in levels):
        return [own] * len(levels)
    found: list[float] = np.maximum(
        own, share_of(field.kind, field.counts(field.codes[places]), field.filled)
    ).tolist()
    return [common if spread[level] > 0 else own for level, common in zip(levels, found, strict=True)]


def _bits(field: Mine, level: int, common: float) -> float:
    same, others, spread = _weights(field.kind)[level]
    u = common if level == Level.EXACT else min(others, spread * common) if spread > 0 else others
    return log2(same / u) * STRENGTHS[field.strength]


@cache
def _weights(kind: Kind) -> list[tuple[float, float, float]]:
    return list(zip(*(one.tolist() for one in by_level(kind)), strict=True))


def _once(bits: list[float], group: list[int]) -> None:
    """As `scoring` counts fields of which one follows from another."""
    agreed = [bits[j] for j in group if bits[j] > 0]
    if len(agreed) > 1:
        kept = max(agreed) / sum(agreed)
        for j in group:
            if bits[j] > 0:
                bits[j] *= kept


def _shrink(bits: list[float], group: list[int]) -> None:
    """As `scoring` limits an address."""
    total = sum(bits[j] for j in group)
    wanted = min(max(total, ADDRESS_LIMITS[0]), ADDRESS_LIMITS[1])
    if wanted != total:
        for j in group:
            bits[j] *= wanted / total


def _against_company(kinds: Sequence[Kind], levels: Sequence[int], bits: list[float], person: bool) -> list[float]:
    """As `households.against_company`."""
    names = [j for j, kind in enumerate(kinds) if kind in NAMED or kind is Kind.ORGANISATION]
    if not names:
        return list(bits)
    alone = not any(kind in PERSON for kind in kinds)
    close = [_near(kind, alone)[level] for kind, level in zip(kinds, levels, strict=True)]
    if person:
        for j, kind in enumerate(kinds):
            if kind is Kind.ORGANISATION:
                close[j] = min(close[j], 0.0)
    if all(levels[j] == Level.BLANK for j in names):
        close[names[0]] = NOBODY
    return close


@cache
def _near(kind: Kind, alone: bool) -> list[float]:
    found: list[float] = near_bits(kind, alone).tolist()
    return found


def _kept_apart(bits: list[float], close: list[float], prior: float) -> None:
    """As `households.kept_apart`, with as much company as is usual."""
    over = sum(bits) + prior - sum(close) + log2(USUAL)
    taken = max(0.0, over) + log2(1 + 2.0 ** -abs(over))
    excess = [max(one - max(near, 0.0), 0.0) for one, near in zip(bits, close, strict=True)]
    total = sum(excess)
    if taken > 1e-9 and total > 0:
        share = min(taken, total) / total
        for j, one in enumerate(excess):
            bits[j] -= one * share

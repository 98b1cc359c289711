"""The weights as shipped, as settings of Splink.

Splink takes fixed weights and adds them up: R. Linacre et al., Splink: Free software for probabilistic record linkage at
scale, International Journal of Population Data Science 7 (2022). It knows no limit on what several fields say together
(an address, a household), so that its sum finds pairs, and `validation.duplicates.scoring` has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from validation.duplicates.comparators import Level
from validation.duplicates.scoring import ADDRESS_LIMITS, STRENGTHS, prior_bits
from validation.duplicates.weights import PACK, SWAPS
from validation.policy import Kind
from workbook_cms.across.levels import DIALECTS, Dialect, conditions
from workbook_cms.across.prepared import ID, SOURCE, named

if TYPE_CHECKING:
    from validation.duplicates.columns import Column
    from validation.duplicates.weights import Weight
    from workbook_cms.across.prepared import Prepared

__all__ = ["margin", "settings"]

_ADDRESS = (Kind.STREET_NUMBER, Kind.STREET, Kind.PLACE, Kind.POSTCODE)


def settings(columns: Sequence[Column], records: Prepared, engine: str, *, within: bool = True) -> dict[str, Any]:
    """Settings of Splink for some fields: plain data that JSON can hold.

    Args:
        columns: The fields.
        records: The same, made ready.
        engine: ``duckdb`` or ``spark``.
        within: Whether records of one workbook are held against each other too.
    """
    dialect, names = DIALECTS[engine], named(columns)
    comparisons = [_comparison(column, name, dialect) for column, name in zip(columns, names, strict=True)]
    kinds = [column.kind for column in columns]
    if Kind.GIVEN_NAME in kinds and Kind.FAMILY_NAME in kinds:
        given, family = (names[kinds.index(kind)] for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME))
        comparisons.append(_swapped(given, family))
    apart = "" if within else f" AND l.{SOURCE} <> r.{SOURCE}"
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": ID,
        "probability_two_random_records_match": float(1 / (1 + 2.0 ** -prior_bits(len(records.frame)))),
        "comparisons": comparisons,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": f"l.{block} = r.{block}{apart}", "sql_dialect": engine} for block in records.blocks
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def margin(columns: Sequence[Column]) -> float:
    """Bits that a sum without limits may lack: fields of an address take away together no more than their limit."""
    lowest = [
        min(float(np.log2(w.same / w.other)) for w in PACK[c.kind].levels.values()) * STRENGTHS[c.strength]
        for c in columns
        if c.kind in _ADDRESS
    ]
    return max(0.0, ADDRESS_LIMITS[0] - sum(lowest))


def _comparison(column: Column, name: str, dialect: Dialect) -> dict[str, Any]:
    weights, strength = PACK[column.kind].levels, STRENGTHS[column.strength]
    levels: list[dict[str, Any]] = [_blank(f"{name}_l IS NULL OR {name}_r IS NULL")]
    for level, condition in conditions(column.kind, name, dialect):
        weight = weights[level]
        made = _level(level, condition, weight, strength)
        if level is Level.EXACT:
            made |= {"tf_adjustment_column": name, "tf_adjustment_weight": strength}
        elif weight.spread:
            made |= {
                "tf_adjustment_column": f"{name}__{level.name.lower()}",
                "tf_adjustment_weight": strength,
                "disable_tf_exact_match_detection": True,
            }
        levels.append(made)
    levels.append(_level(Level.DIFFERENT, "ELSE", weights[Level.DIFFERENT], strength))
    return {"output_column_name": name, "comparison_description": column.name, "comparison_levels": levels}


def _swapped(given: str, family: str) -> dict[str, Any]:
    """Names in each other's place: what that is worth, less what two names that differ took away already."""
    exact = PACK[Kind.FAMILY_NAME].levels[Level.EXACT]
    against = [PACK[kind].levels[Level.DIFFERENT] for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME)]
    other = (exact.other / exact.same) ** 2
    for weight in against:
        other *= weight.same / weight.other
    crossed = f"{given}_l = {family}_r AND {family}_l = {given}_r AND {given}_l <> {given}_r"
    return {
        "output_column_name": f"{given}_and_{family}_swapped",
        "comparison_description": "names in each other's place",
        "comparison_levels": [
            _blank(" OR ".join(f"{name}_{side} IS NULL" for name in (given, family) for side in "lr")),
            {"sql_condition": crossed, "label_for_charts": "swapped", "m_probability": SWAPS, "u_probability": SWAPS * other}
            | {"fix_m_probability": True, "fix_u_probability": True},
            {"sql_condition": "ELSE", "label_for_charts": "in place", "m_probability": 0.5, "u_probability": 0.5}
            | {"fix_m_probability": True, "fix_u_probability": True},
        ],
    }  # fmt: skip


def _level(level: Level, condition: str, weight: Weight, strength: float) -> dict[str, Any]:
    """A level whose bits, log2(m/u), are the pack's times the strength; u stays, since frequencies are set against it."""
    return {
        "sql_condition": condition,
        "label_for_charts": level.name.lower().replace("_", " "),
        "m_probability": weight.same**strength * weight.other ** (1 - strength),
        "u_probability": weight.other,
        "fix_m_probability": True,
        "fix_u_probability": True,
    }


def _blank(condition: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": "blank", "is_null_level": True}

"""Five scores for the data: complete, correct, consistent, unique, current."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from validation.findings import Finding, Severity
from validation.frames import TypedTable
from validation.policy import Kind, Policy
from workbook_cms.reports.records import Records

__all__ = ["Measure", "Score", "filled", "measure_of", "scores"]


class Measure(StrEnum):
    """What a score tells. The terms are those of ISO/IEC 25012 (data quality), in everyday words."""

    COMPLETE = "Complete"
    CORRECT = "Correct"
    CONSISTENT = "Consistent"
    UNIQUE = "Unique"
    CURRENT = "Current"


#: What each score means, as the report says it.
DEFINITIONS = {
    Measure.COMPLETE: "Share of records that lack nothing they must have (rules ENT001, ENT002).",
    Measure.CORRECT: "Share of records whose names and values follow the naming and entry rules (NAM, ENT).",
    Measure.CONSISTENT: "Share of records that agree with themselves, with the records they name and with their "
    "history (REF, ATT, FIL, conditions and order of dates).",
    Measure.UNIQUE: "Share of records that are nobody's duplicate, and whose unique values are unique (DUP, ENT014, "
    "REF002).",
    Measure.CURRENT: "Share of records that somebody had to do with in the last {days} days, and of follow-ups that "
    "are not overdue.",
}
FILLED = "Share of cells filled among the required fields and those that tell people apart: e-mail, phone, date of birth."

_INCOMPLETE = {"ENT001", "ENT002"}
_AGREEMENT = {"ENT011", "ENT013"}
_DOUBLE = {"ENT014", "REF002"}


def measure_of(code: str) -> Measure | None:
    """The score that a finding of the rule lowers; each rule lowers one, those of the policy itself none."""
    if code in _INCOMPLETE:
        return Measure.COMPLETE
    if code in _DOUBLE or code.startswith("DUP"):
        return Measure.UNIQUE
    if code in _AGREEMENT or code.startswith(("REF", "ATT", "FIL")):
        return Measure.CONSISTENT
    if code.startswith(("ENT", "NAM")):
        return Measure.CORRECT
    return None


@dataclass(frozen=True)
class Score:
    """One score.

    Attributes:
        title: Its name.
        definition: What it means, in a sentence.
        share: Of all records, 0 to 1; None where there is nothing to judge.
        by_table: The same by table name.
    """

    title: str
    definition: str
    share: float | None
    by_table: Mapping[str, float | None] = field(default_factory=dict)


def scores(
    records: Records, findings: Iterable[Finding], not_current: pd.DataFrame, judged: set[str]
) -> list[Score]:
    """The five scores, in the order of `Measure`.

    A record counts against a score when it has at least one error or warning of the rules behind it.

    Args:
        records: The records.
        findings: Findings of the whole workbook.
        not_current: Columns ``table`` (name) and ``position``: the stale and overdue records.
        judged: Names of the tables for which being current means something.
    """
    bad: dict[Measure, dict[str, set[int]]] = {m: {name: set() for name in records.by_name} for m in Measure}
    for finding in findings:
        measure = measure_of(finding.code)
        if measure and finding.severity is not Severity.INFO and finding.table in records.by_name:
            bad[measure][finding.table].update(records.positions(finding))
    for table, position in zip(not_current["table"], not_current["position"], strict=True):
        bad[Measure.CURRENT][table].add(position)
    days = records.policy.settings.stale_after_days
    result = []
    for measure in Measure:
        counted = [name for name in records.by_name if measure is not Measure.CURRENT or name in judged]
        sizes = {name: len(records.by_name[name]) for name in counted}
        wrong = {name: len(bad[measure][name]) for name in counted}
        by_table = {name: _share(sizes.get(name, 0), wrong.get(name, 0)) for name in records.by_name}
        whole = _share(sum(sizes.values()), sum(wrong.values()))
        result.append(Score(measure.value, DEFINITIONS[measure].format(days=days), whole, by_table))
    return result


def filled(records: Records) -> Score:
    """Share of cells filled among the fields that matter: the required ones and the
    e-mails, phones and dates that matches compare."""
    cells: dict[str, int] = {}
    full: dict[str, int] = {}
    for name, typed in records.by_name.items():
        fields = _important(records.policy, typed)
        cells[name] = len(typed) * len(fields)
        full[name] = int(typed.raw.values[fields].notna().sum().sum()) if fields else 0
    by_table = {name: _share(cells[name], cells[name] - full[name]) for name in cells}
    whole = _share(sum(cells.values()), sum(cells.values()) - sum(full.values()))
    return Score("Filled", FILLED, whole, by_table)


def _important(policy: Policy, typed: TypedTable) -> list[str]:
    kinds = (Kind.EMAIL, Kind.PHONE, Kind.DATE)
    fields = (f for rule in policy.match_rules(typed.table.id) if not rule.exact for f in rule.fields)
    compared = {f.field for f in fields if f.kind in kinds}
    return [f.id for f in typed.table.fields if (f.required or f.id in compared) and not f.retired]


def _share(size: int, wrong: int) -> float | None:
    """Share that is right, cut (not rounded) to a tenth of a per cent: 100 % is said only where nothing is wrong."""
    return math.floor((size - wrong) / size * 1000) / 1000 if size else None

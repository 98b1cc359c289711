"""Attribution: an entry's details held against the record that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from validation.attribution_rules import BIRTH, BOOKING, EMAIL, NAME, PHONE, RULES
from validation.duplicates.columns import prepare
from validation.duplicates.explanation import label_of, severity_of, who
from validation.frames import display
from validation.likeness import HONORIFICS, alike
from validation.policy import Action, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.findings import Finding, Rule
    from validation.frames import Context, TypedTable
    from validation.policy import Attribution, AttributionClue

__all__ = ["RULES", "check"]

_Positions = npt.NDArray[np.int64]

#: A value that more records than this share tells nobody apart: the office's number, a placeholder.
MANY = 10
#: So many different names are looked up in all records by likeness; the rest by equality only.
LOOKED_UP = 1_000

_RULE_OF = {
    Kind.EMAIL: EMAIL,
    Kind.PHONE: PHONE,
    Kind.DATE: BIRTH,
    Kind.IDENTIFIER: BOOKING,
    Kind.FULL_NAME: NAME,
    Kind.GIVEN_NAME: NAME,
    Kind.FAMILY_NAME: NAME,
    Kind.ORGANISATION: NAME,
}
_THIS, _OTHER = "this record", "the other record"
_WORD_OF = {Kind.EMAIL: "e-mail", Kind.PHONE: "phone number", Kind.DATE: "date of birth"}


@dataclass(frozen=True, eq=False)
class _Doubt:
    """What one clue says against the records that the entries name.

    Attributes:
        clue: The clue.
        rows: Rows in doubt.
        pointing: Rows, one for each record that the clue points to.
        persons: Those records, by position; same length.
        agreeing: Rows in which the clue agrees with the record named.
    """

    clue: AttributionClue
    rows: _Positions
    pointing: _Positions
    persons: _Positions
    agreeing: _Positions


def check(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the policy's attributions (ATT001 to ATT005) for the rows of ``typed``.

    Rows that name no known record are left to REF001. A detail that nobody has, or that the record named has too,
    is no finding. Where a better match is known, the finding stands at the reference, since that is what to mend,
    with the better match's key as suggestion; else it stands at the detail.
    """
    for attribution in context.policy.attributions:
        reference = typed.table.by_id.get(attribution.reference) if attribution.table == typed.table.id else None
        if reference is None or reference.id not in typed.values or not len(typed):
            continue
        people = context.tables.get(reference.foreign_key or "")
        if people is not None and len(people):
            yield from _attribution(attribution, typed, people, context)


def _attribution(
    attribution: Attribution, typed: TypedTable, people: TypedTable, context: Context
) -> Iterator[Finding]:
    named = _positions(people, _cells(typed, attribution.reference))
    doubts = []
    for clue in attribution.clues:
        table = context.tables.get(clue.table)
        if clue.kind not in _RULE_OF or table is None or clue.field not in typed.values:
            continue
        owner = clue.owner
        persons = (
            np.arange(len(table), dtype=np.int64) if owner is None else _positions(people, _cells(table, owner))
        )
        if owner is None and clue.table != people.table.id:
            continue
        if _RULE_OF[clue.kind] is NAME:
            doubts.append(_names(clue, typed, table, named, persons))
        else:
            doubts.append(_values(clue, typed, table, named, persons))
    best = _best(doubts, len(people))
    for doubt in doubts:
        for row in doubt.rows.tolist():
            better = best.get(row, [])
            mine = set(
                doubt.persons[np.searchsorted(doubt.pointing, row) : np.searchsorted(doubt.pointing, row, "right")]
            )
            better = [p for p in better if p in mine] or sorted(int(p) for p in mine)
            if doubt.clue.kind is Kind.DATE:
                better = _birth_matches(better, row, doubts, people, int(named[row]))
            yield _finding(attribution, doubts, doubt, typed, people, context, row, int(named[row]), better)


def _values(
    clue: AttributionClue, typed: TypedTable, table: TypedTable, named: _Positions, persons: _Positions
) -> _Doubt:
    """Rows whose value stands in another record and not in the one named (a date: that differs from the one named)."""
    theirs = _cells(table, clue.targets[0])
    column = prepare(np.concatenate([theirs, _cells(typed, clue.field)]), clue.kind, clue.field, exact=True)
    held, given = column.codes[: len(theirs)], column.codes[len(theirs) :]
    known = np.flatnonzero((given >= 0) & (named >= 0))
    holders = np.flatnonzero((held >= 0) & (persons >= 0))
    code, person = held[holders], persons[holders]
    width = int(max(named.max(initial=0), person.max(initial=0))) + 1
    agrees = np.isin(given[known] * width + named[known], code * width + person)
    if clue.kind is Kind.DATE:
        filled = np.zeros(width, dtype=bool)
        filled[person] = True
        differ = known[~agrees & filled[named[known]]]
    else:
        differ = known[~agrees]
    pointing, pointed = _join(differ, given[differ], code, person)
    rows = differ if clue.kind is Kind.DATE else np.unique(pointing)
    return _Doubt(clue, rows, pointing, pointed, known[agrees])


def _names(
    clue: AttributionClue, typed: TypedTable, table: TypedTable, named: _Positions, persons: _Positions
) -> _Doubt:
    """Rows whose name does not look like the name of the record named."""
    parts = [_cells(table, target) for target in clue.targets]
    whole = [" ".join(filter(None, map(display, words))) for words in zip(*parts, strict=True)]
    column = prepare(np.array([*whole, *_cells(typed, clue.field)], dtype=object), Kind.FULL_NAME, clue.field)
    texts = column.texts
    held, given = column.codes[: len(whole)], column.codes[len(whole) :]
    of_person = np.full(int(max(named.max(initial=0), persons.max(initial=0))) + 1, -1, dtype=np.int64)
    holders = np.flatnonzero((held >= 0) & (persons >= 0))
    of_person[persons[holders]] = held[holders]
    known = np.flatnonzero((given >= 0) & (named >= 0))
    known = known[of_person[named[known]] >= 0]
    mine, other = given[known], of_person[named[known]]
    unlike = np.flatnonzero(mine != other)
    pairs, back = np.unique(mine[unlike] * len(texts) + other[unlike], return_inverse=True)
    one, two = texts[pairs // max(len(texts), 1)], texts[pairs % max(len(texts), 1)]
    close = process.cpdist(one, two, scorer=JaroWinkler.similarity, dtype=np.float32) >= 0.95
    # Python per pair: only for different pairs of names that are neither equal nor nearly so.
    same = np.array([near or alike(a, b) for near, a, b in zip(close, one, two, strict=True)], dtype=bool)
    doubtful = unlike[~same[back]]
    rows = known[doubtful]
    agreeing = np.setdiff1d(known, rows)
    nearest = _nearest_names(given[rows], held[holders], texts)
    pointing, pointed = _join(rows, nearest, held[holders], persons[holders])
    keep = pointed != named[pointing]
    return _Doubt(clue, rows, pointing[keep], pointed[keep], agreeing)


def _nearest_names(given: _Positions, held: _Positions, texts: npt.NDArray[np.object_]) -> _Positions:
    """For each name the same one among those held, else the one most like it, else -1."""
    there = np.zeros(len(texts) + 1, dtype=bool)
    there[held] = True
    nearest = np.where(there[given], given, -1)
    wanted = np.unique(given[nearest < 0])[:LOOKED_UP]
    wanted = np.array([w for w in wanted if any(x not in HONORIFICS for x in texts[w].split())], dtype=np.int64)
    choices = np.flatnonzero(there)
    found = {}
    for start in range(0, len(wanted), 100):
        some = wanted[start : start + 100]
        likeness = process.cdist(
            list(texts[some]),
            list(texts[choices]),
            scorer=JaroWinkler.similarity,
            dtype=np.float32,
            score_cutoff=0.9,
        )
        top = likeness.argmax(axis=1)
        for name, at, value in zip(some.tolist(), top.tolist(), likeness.max(axis=1).tolist(), strict=True):
            if value >= 0.9 and alike(texts[name], texts[choices[at]]):
                found[name] = int(choices[at])
    return np.array([found.get(g, -1) if n < 0 else n for g, n in zip(given.tolist(), nearest.tolist(), strict=True)],
                    dtype=np.int64)  # fmt: skip


def _join(
    rows: _Positions, code: _Positions, held: _Positions, person: _Positions
) -> tuple[_Positions, _Positions]:
    """Rows and the persons that hold their code, at most `MANY` a code or none; ordered by row."""
    order = np.lexsort((person, held))
    held, person = held[order], person[order]
    low, high = np.searchsorted(held, code), np.searchsorted(held, code, "right")
    many = np.where((high - low > MANY) | (code < 0), 0, high - low)
    at = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
    return np.repeat(rows, many), person[at]


def _best(doubts: list[_Doubt], people: int) -> dict[int, list[int]]:
    """For each row in doubt the persons that most clues point to."""
    if not doubts:
        return {}
    packed = np.concatenate([np.unique(d.pointing * people + d.persons) for d in doubts])
    pair, votes = np.unique(packed, return_counts=True)
    rows, persons = pair // people, pair % people
    most = pd.Series(votes).groupby(rows).transform("max").to_numpy()
    best: dict[int, list[int]] = {}
    for row, person in zip(rows[votes == most].tolist(), persons[votes == most].tolist(), strict=True):
        best.setdefault(row, []).append(person)
    return best


def _birth_matches(better: list[int], row: int, doubts: list[_Doubt], people: TypedTable, named: int) -> list[int]:
    """Of the persons with this date of birth those that another clue points to, or whose name is like the one named."""
    others: set[int] = set()
    for doubt in doubts:
        if doubt.clue.kind is not Kind.DATE:
            low, high = np.searchsorted(doubt.pointing, row), np.searchsorted(doubt.pointing, row, "right")
            others.update(int(p) for p in doubt.persons[low:high])
    if pointed := [p for p in better if p in others]:
        return pointed
    name = _name(people, named)
    return [p for p in better if name and JaroWinkler.similarity(name, _name(people, p)) >= 0.8]


def _finding(  # noqa: PLR0913, PLR0917 - everything that a message names
    attribution: Attribution,
    doubts: list[_Doubt],
    doubt: _Doubt,
    typed: TypedTable,
    people: TypedTable,
    context: Context,
    row: int,
    named: int,
    better: list[int],
) -> Finding:
    clue, table = doubt.clue, typed.table
    field, reference = table.by_id[clue.field], table.by_id[attribution.reference]
    keys = [people.raw.keys[p] for p in better if people.raw.keys[p]][:3]
    action = attribution.on_doubt if context.entry else Action.ALERT
    value = display(typed.values[clue.field].iat[row])
    told = [_told(d, typed, row, set(better)) for d in doubts]
    rule = _RULE_OF[clue.kind]
    problem = _problem(rule, clue, field.label, value, people, named, better[:3])
    also = [str(t["field"]) for d, t in zip(doubts, told, strict=True) if t["says"] == _OTHER and d is not doubt]
    agree = [str(t["field"]) for t in told if t["says"] == _THIS]
    more = (
        f" {_listed(also)} in the entry {'point' if len(also) > 1 else 'points'} there too."
        if also and keys
        else ""
    )
    if agree:
        more += f" {_listed(agree)} {'agree' if len(agree) > 1 else 'agrees'} with {people.raw.keys[named]}."
    remedy = (
        f"Compare the two and mend {reference.label} or {field.label}."
        if not context.entry
        else f"Correct {reference.label} or {field.label}."
        if action is Action.BLOCK
        else "Same person? Check the booking number or the date of birth, or go on with a reason."
    )
    return typed.finding(
        rule,
        row,
        reference if keys else field,
        f"{problem}{more} {remedy}",
        suggestion=keys[0] if len(keys) == 1 else None,
        severity=severity_of(action),
        related=tuple(keys),
        details={
            "rule": attribution.id,
            "action": action.value,
            "field": field.label,
            "value": value,
            "named": people.raw.keys[named],
            "clues": told,
        },
    )


def _problem(
    rule: Rule, clue: AttributionClue, label: str, value: str, people: TypedTable, named: int, better: list[int]
) -> str:
    this = _who(people, named)
    others = " and ".join(_who(people, p) for p in better)
    if rule is NAME:
        return f"{value} does not look like {this}" + (f", but like {others}." if others else ".")
    if rule is BIRTH:
        own = display(people.values[clue.targets[0]].iat[named]) if clue.owner is None else ""
        own = f" ({own})" if own else ""
        return f"the date of birth {value} is not that of {this}{own}" + (
            f" but that of {others}." if others else "."
        )
    if clue.owner is not None:
        return f"{label_of(label)} {value} belongs to {others}, not to {this}."
    return f"{value} is the {_WORD_OF.get(clue.kind, label_of(label))} of {others}, not of {this}."


def _told(doubt: _Doubt, typed: TypedTable, row: int, better: set[int]) -> dict[str, object]:
    """What a clue says in a row: this record, the other record, another one, differs, or nothing."""
    low, high = np.searchsorted(doubt.pointing, row), np.searchsorted(doubt.pointing, row, "right")
    persons = {int(p) for p in doubt.persons[low:high]}
    at = int(np.searchsorted(doubt.agreeing, row))
    if at < len(doubt.agreeing) and doubt.agreeing[at] == row:
        says = _THIS
    elif persons & better:
        says = _OTHER
    elif persons:
        says = "another record"
    else:
        at = int(np.searchsorted(doubt.rows, row))
        says = "differs" if at < len(doubt.rows) and doubt.rows[at] == row else "nothing"
    return {"field": typed.table.by_id[doubt.clue.field].label, "says": says}


def _listed(labels: list[str]) -> str:
    words = " and ".join(label_of(label) for label in labels)
    return words[:1].upper() + words[1:]


def _positions(people: TypedTable, keys: Iterable[object]) -> _Positions:
    """Position of the record with each key; -1 where there is none."""
    first: dict[str, int] = {}
    for position, key in enumerate(people.raw.keys):
        if key:
            first.setdefault(key, position)
    return np.array([first.get(str(key), -1) if key is not None else -1 for key in keys], dtype=np.int64)


def _name(people: TypedTable, person: int) -> str:
    return _who(people, person).removeprefix(people.raw.keys[person]).strip().casefold()


def _who(people: TypedTable, person: int) -> str:
    values = {
        f.id: people.values[f.id].iat[person] for f in people.table.fields if f.naming and f.id in people.values
    }
    return who(people.table, people.raw.keys[person], values)


def _cells(table: TypedTable, field_id: str) -> npt.NDArray[np.object_]:
    if field_id not in table.values:
        return np.full(len(table), None, dtype=object)
    values = table.values[field_id]
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[D]").astype(object)  # dates, None where blank
    cells = np.array(values, dtype=object)
    cells[pd.isna(cells)] = None
    return cells

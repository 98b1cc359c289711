"""Attribution: an entry's details held against the record that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz.distance import JaroWinkler

from validation.attribution_clues import Doubt, Positions, column_cells, name_doubts, positions_of, value_doubts
from validation.attribution_rules import BIRTH, BOOKING, EMAIL, NAME, PHONE, RULES
from validation.duplicates.explanation import label_of, severity_of, who
from validation.frames import display
from validation.policy import Action, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.findings import Finding
    from validation.frames import Context, TypedTable
    from validation.policy import Attribution, AttributionClue

__all__ = ["RULES", "check"]

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
    named = positions_of(people, column_cells(typed, attribution.reference))
    doubts = []
    for clue in attribution.clues:
        table = context.tables.get(clue.table)
        if clue.kind not in _RULE_OF or table is None or clue.field not in typed.values:
            continue
        if clue.owner is not None:
            persons = positions_of(people, column_cells(table, clue.owner))
        elif clue.table == people.table.id:
            persons = np.arange(len(table), dtype=np.int64)
        else:
            continue
        find = name_doubts if _RULE_OF[clue.kind] is NAME else value_doubts
        doubts.append(find(clue, typed, table, named, persons))
    case = _Case(attribution, typed, people, context, named, doubts)
    best = _best(doubts, len(people))
    for doubt in doubts:
        for row in doubt.rows.tolist():
            mine = doubt.others.get(row, [])
            better = [p for p in best.get(row, ()) if p in mine] or mine
            if doubt.clue.kind is Kind.DATE:
                better = case.born_then(better, row)
            yield case.finding(doubt, row, better)


def _best(doubts: list[Doubt], people: int) -> dict[int, list[int]]:
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


@dataclass(frozen=True, eq=False)
class _Case:
    """One attribution with all that its clues say, and the words for it."""

    attribution: Attribution
    typed: TypedTable
    people: TypedTable
    context: Context
    named: Positions
    doubts: list[Doubt]
    known: dict[int, str] = field(default_factory=dict)

    def who(self, person: int) -> str:
        """A record for people: its key and name."""
        if person not in self.known:
            values = self.people.values
            naming = [f.id for f in self.people.table.fields if f.naming and f.id in values]
            named = {name: values[name].iat[person] for name in naming}
            self.known[person] = who(self.people.table, self.people.raw.keys[person], named)
        return self.known[person]

    def name(self, person: int) -> str:
        """Name of a record, to be compared."""
        return self.who(person).removeprefix(self.people.raw.keys[person]).strip().casefold()

    def born_then(self, better: list[int], row: int) -> list[int]:
        """Of the persons with this birthday those that another clue points to, or named much like the one named."""
        others = {p for d in self.doubts if d.clue.kind is not Kind.DATE for p in d.others.get(row, ())}
        if pointed := [p for p in better if p in others]:
            return pointed
        name = self.name(int(self.named[row]))
        return [p for p in better if name and JaroWinkler.similarity(name, self.name(p)) >= 0.8]

    def finding(self, doubt: Doubt, row: int, better: list[int]) -> Finding:
        """The finding for one clue in one row; ``better`` are the records that it points to."""
        table, keys = self.typed.table, self.people.raw.keys
        detail, reference = table.by_id[doubt.clue.field], table.by_id[self.attribution.reference]
        others = [keys[p] for p in better if keys[p]][:3]
        action = self.attribution.on_doubt if self.context.entry else Action.ALERT
        value = display(self.typed.values[detail.id].iat[row])
        told = [(d, table.by_id[d.clue.field].label, _says(d, row, better)) for d in self.doubts]
        also = [label for d, label, says in told if says == _OTHER and d is not doubt and others]
        agree = [label for _, label, says in told if says == _THIS]
        words = [self._problem(doubt.clue, detail.label, value, int(self.named[row]), better[:3])]
        if also:
            words.append(f"{_listed(also)} in the entry {'point' if len(also) > 1 else 'points'} there too.")
        if agree:
            words.append(
                f"{_listed(agree)} {'agree' if len(agree) > 1 else 'agrees'} with {keys[self.named[row]]}."
            )
        if not self.context.entry:
            words.append(f"Compare the two and mend {reference.label} or {detail.label}.")
        elif action is Action.BLOCK:
            words.append(f"Correct {reference.label} or {detail.label}.")
        else:
            words.append("Same person? Check the booking number or the date of birth, or go on with a reason.")
        return self.typed.finding(
            _RULE_OF[doubt.clue.kind],
            row,
            reference if others else detail,
            " ".join(words),
            suggestion=others[0] if len(others) == 1 else None,
            severity=severity_of(action),
            related=tuple(others),
            details={
                "rule": self.attribution.id,
                "action": action.value,
                "field": detail.label,
                "value": value,
                "named": keys[self.named[row]],
                "clues": [{"field": label, "says": says} for _, label, says in told],
            },
        )

    def _problem(self, clue: AttributionClue, label: str, value: str, named: int, better: list[int]) -> str:
        this, others, rule = self.who(named), " and ".join(map(self.who, better)), _RULE_OF[clue.kind]
        if rule is NAME:
            return f"{value} does not look like {this}" + (f", but like {others}." if others else ".")
        if rule is BIRTH:
            own = display(self.people.values[clue.targets[0]].iat[named]) if clue.owner is None else ""
            own = f" ({own})" if own else ""
            then = f" but that of {others}." if others else "."
            return f"the date of birth {value} is not that of {this}{own}{then}"
        if clue.owner is not None:
            return f"{label_of(label)} {value} belongs to {others}, not to {this}."
        return f"{value} is the {_WORD_OF.get(clue.kind, label_of(label))} of {others}, not of {this}."


def _says(doubt: Doubt, row: int, better: list[int]) -> str:
    """What a clue says in a row: this record, the other record, another record, differs, or nothing."""
    if row in doubt.agreed:
        return _THIS
    if persons := doubt.others.get(row):
        return _OTHER if any(p in better for p in persons) else "another record"
    return "differs" if row in doubt.doubtful else "nothing"


def _listed(labels: list[str]) -> str:
    words = " and ".join(label_of(label) for label in labels)
    return words[:1].upper() + words[1:]

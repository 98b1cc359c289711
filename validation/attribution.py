"""Attribution: an entry's details held against the record that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rapidfuzz.distance import JaroWinkler

from validation.attribution_clues import (
    Doubt,
    Positions,
    column_cells,
    name_doubts,
    no_doubt,
    positions_of,
    value_doubts,
)
from validation.attribution_entering import entered_name_doubt, entered_value_doubt
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
#: Rules whose clue tells more about who is meant come first.
_STRENGTH = (BOOKING, EMAIL, PHONE, BIRTH, NAME)
_THIS, _OTHER = "this record", "the other record"
_WORD_OF = {Kind.EMAIL: "e-mail", Kind.PHONE: "phone number", Kind.DATE: "date of birth"}


def check(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the policy's attributions (ATT001 to ATT005) for the rows of ``typed``.

    Rows that name no known record are left to REF001. A detail that nobody has, or that the record named has too,
    is no finding. Each finding stands at the detail, where a form shows it, and names the better match as related.
    None has a fix: who is meant is for a person to decide. Of the details of an entry that point to one other record
    the strongest clue tells the whole, the others are told in a few words.
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
        if clue.owner is None and clue.table != people.table.id:
            continue
        if typed.values[clue.field].isna().all():
            doubts.append(no_doubt(clue))  # else everybody's detail would be made ready to compare with nothing
            continue
        doubts.append(_doubt(clue, typed, table, people, named))
    case = _Case(attribution, typed, people, context, named, doubts)
    yield from case.findings(_best(doubts, len(people)))


def _doubt(
    clue: AttributionClue, typed: TypedTable, table: TypedTable, people: TypedTable, named: Positions
) -> Doubt:
    is_name = _RULE_OF[clue.kind] is NAME
    if is_name:
        known = entered_name_doubt(clue, typed, people, named)
    else:
        known = entered_value_doubt(clue, typed, table, people, named)
    if known is not None:
        return known
    if clue.owner is not None:
        persons = positions_of(people, column_cells(table, clue.owner))
    else:
        persons = np.arange(len(table), dtype=np.int64)
    return (name_doubts if is_name else value_doubts)(clue, typed, table, named, persons)


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

    def findings(self, best: dict[int, list[int]]) -> Iterator[Finding]:
        """Findings of all rows in doubt; ``best`` are the persons that most clues of a row point to."""
        by_row: dict[int, list[tuple[Doubt, list[int]]]] = {}
        for doubt in sorted(self.doubts, key=lambda d: _STRENGTH.index(_RULE_OF[d.clue.kind])):
            for row in doubt.rows.tolist():
                mine = doubt.others.get(row, [])
                better = [p for p in best.get(row, ()) if p in mine] or mine
                if doubt.clue.kind is Kind.DATE:
                    better = self.born_then(better, row)
                by_row.setdefault(row, []).append((doubt, better))
        for row, found in by_row.items():
            leads: dict[tuple[int, ...], Doubt] = {}
            # Those that point to somebody first, so that one that points to nobody does not lead the others.
            for doubt, better in sorted(found, key=lambda item: not item[1]):
                lead = leads.setdefault(tuple(better), doubt)
                if not better:
                    lead = next(iter(leads.values()))
                yield self.finding(doubt, row, better, None if lead is doubt else lead)

    def finding(self, doubt: Doubt, row: int, better: list[int], lead: Doubt | None) -> Finding:
        """The finding for one clue in one row.

        Args:
            doubt: The clue.
            row: The row.
            better: The records that it points to.
            lead: The clue whose finding tells the whole; None where that is this one.
        """
        table, keys = self.typed.table, self.people.raw.keys
        detail, named = table.by_id[doubt.clue.field], int(self.named[row])
        others = tuple(keys[p] for p in better if keys[p])[:3]
        action = self.attribution.on_doubt if self.context.entry else Action.ALERT
        value = display(self.typed.values[detail.id].iat[row])
        told = [(d, table.by_id[d.clue.field].label, _says(d, row, better)) for d in self.doubts]
        suggested = others[0] if len(others) == 1 else ""
        remedy = ""
        if lead is not None:
            problem = f"{self._brief(doubt.clue, named, better[:3])}: see {table.by_id[lead.clue.field].label}."
        else:
            words = [self._problem(doubt.clue, detail.label, value, named, better[:3])]
            if also := [label for d, label, says in told if says == _OTHER and d is not doubt and others]:
                words.append(f"{_listed(also)} {'point' if len(also) > 1 else 'points'} there too.")
            if agree := [label for _, label, says in told if says == _THIS]:
                words.append(f"{_listed(agree)} {'agree' if len(agree) > 1 else 'agrees'} with {keys[named]}.")
            problem = " ".join(words)
            remedy = self._remedy(action, table.by_id[self.attribution.reference].label, detail.label, suggested)
        return self.typed.finding(
            _RULE_OF[doubt.clue.kind],
            row,
            detail,
            f"{problem} {remedy}".strip(),
            severity=severity_of(action),
            related=others,
            details={
                "rule": self.attribution.id,
                "action": action.value,
                "suggested": suggested,
                "named": keys[named],
                "value": value,
                "agree": [label for _, label, says in told if says == _OTHER and others],
                "clues": [{"field": label, "says": says} for _, label, says in told],
                "remedy": remedy,
                "compared": self._compared(doubt.clue),
            },
        )

    def _compared(self, clue: AttributionClue) -> dict[str, list[str]]:
        """By table name the labels of the fields that were held against each other."""
        own, people = self.typed.table, self.people.table
        labels = {own.name: [own.by_id[self.attribution.reference].label, own.by_id[clue.field].label]}
        if clue.owner is None:
            labels.setdefault(people.name, []).extend(people.by_id[target].label for target in clue.targets)
        return labels

    def _remedy(self, action: Action, reference: str, detail: str, suggested: str) -> str:
        right = f"Correct {reference} if {suggested} is meant" if suggested else f"Correct {reference} or {detail}"
        if not self.context.entry:
            return f"{right}, else {detail}." if suggested else f"{right}."
        if action is Action.ALERT:
            return f"{right}, or go on with a reason."
        return f"{right}, else {detail}." if suggested else f"{right}."

    def _problem(self, clue: AttributionClue, label: str, value: str, named: int, better: list[int]) -> str:
        this, others, rule = self.who(named), " and ".join(map(self.who, better)), _RULE_OF[clue.kind]
        if rule is NAME:
            return f"{value} does not look like {this}" + (f", but like {others}." if others else ".")
        if rule is BIRTH:
            own = display(self.people.values[clue.targets[0]].iat[named]) if clue.owner is None else ""
            own = f" ({own})" if own else ""
            then = f" but that of {others}." if others else "."
            return f"{value} is not the date of birth of {this}{own}{then}"
        if clue.owner is not None:
            return f"{label_of(label)} {value} belongs to {others}, not to {this}."
        return f"{value} is the {_WORD_OF.get(clue.kind, label_of(label))} of {others}, not of {this}."

    def _brief(self, clue: AttributionClue, named: int, better: list[int]) -> str:
        """What a clue says beside a stronger one, in a few words."""
        others, rule = " and ".join(map(self.who, better)), _RULE_OF[clue.kind]
        if not better:
            return f"does not agree with {self.who(named)} either"
        if rule is NAME:
            return f"fits {others} too"
        if clue.owner is not None:
            return f"belongs to {others} too"
        return f"is the {_WORD_OF.get(clue.kind, 'detail')} of {others} too"


def _says(doubt: Doubt, row: int, better: list[int]) -> str:
    """What a clue says in a row: this record, the other record, another record, differs, or nothing."""
    if row in doubt.agreed:
        return _THIS
    if persons := doubt.others.get(row):
        return _OTHER if any(p in better for p in persons) else "another record"
    return "differs" if row in doubt.doubtful else "nothing"


def _listed(labels: list[str]) -> str:
    """Labels in a sentence: ``Contact phone, date of birth and name``; a first word that all share is said once."""
    firsts = {label.split(" ", 1)[0] for label in labels}
    rest = [label.split(" ", 1)[1] if len(firsts) == 1 and " " in label else label for label in labels[1:]]
    names = [labels[0], *map(label_of, rest)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

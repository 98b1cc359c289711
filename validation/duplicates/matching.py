"""The policy's match rules applied to a table, or to rows on their way into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.blocking import between, within
from validation.duplicates.compared import Records
from validation.duplicates.explanation import (
    evidence,
    label_of,
    sentence,
    severity_of,
)
from validation.duplicates.keys import joint
from validation.duplicates.pairs import match
from validation.duplicates.rules import EXACT, LIMITED, PROBABLE
from validation.frames import Operation
from validation.policy import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from validation.duplicates.blocking import Oversized
    from validation.duplicates.columns import Codes
    from validation.duplicates.pairs import Matches
    from validation.findings import Finding
    from validation.frames import Context, TypedTable
    from validation.policy import MatchField, MatchRule

__all__ = ["check"]

#: Findings of one rule that a check lists; a table with more has one cause, and the first ones show it. Of rows on
#: their way in each is listed, however many: one that is not told would go in.
#: Records that are equal to each other, up to which a finding names them all: who decides on one pair is told the next.
NAMED = 10
LISTED = 10_000
#: Probable duplicates listed for one record, the most probable first.
LISTED_OF_RECORD = 3

_REMEDY = {
    Action.BLOCK: "Open that record instead of entering a second one.",
    Action.ALERT: "Open that record, or go on with a reason.",
    Action.ALLOW: "Both are kept.",
}
_REMEDY_IN_CHECK = "Compare the two records and keep one."
_REMEDY_IN_IMPORT = {
    Action.BLOCK: "At most one of the two goes in.",
    Action.ALERT: "At most one of the two goes in without a reason.",
    Action.ALLOW: "Both are kept.",
}


def check(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the policy's match rules (DUP001, DUP002, DUP003) for the rows of ``typed``.

    In a check each pair is reported once, at the record further down. Rows on their way in are held against the
    table as it stands, without the records that they replace, and against each other. A pair that several rules
    find is reported for the one whose action weighs most.
    """
    rules = context.policy.match_rules(typed.table.id)
    records = Records.of(typed, context)
    if not rules or len(records) < 2 or not len(typed):
        return
    weight = list(Action)
    for rule in sorted(rules, key=lambda r: (weight.index(_action(r, context.operation)), not r.exact)):
        fields = [f for f in rule.fields if f.field in typed.values]
        if not fields or (rule.exact and len(fields) < len(rule.fields)):
            continue
        find = _exact if rule.exact else _probable
        yield from find(rule, records, context)


def _action(rule: MatchRule, operation: Operation) -> Action:
    return {
        Operation.CHECK: Action.ALERT,
        Operation.ADD: rule.on_add,
        Operation.UPDATE: rule.on_update,
        Operation.IMPORT: rule.on_import,
    }[operation]


def _exact(rule: MatchRule, records: Records, context: Context) -> Iterator[Finding]:
    """Each record against the first one that holds the same in all fields."""
    if records.entering is not None:
        left = records.entering.earliest(rule.fields)
        if left is not None and (left, records.first) not in records.seen:
            records.seen.add((left, records.first))
            yield _exact_finding(rule, records, context, left, records.first)
        return
    columns = [records.column(f, exact=True) for f in rule.fields]
    key = joint([column.codes for column in columns])
    filled = np.flatnonzero(key >= 0)
    _, start, back, sizes = np.unique(key[filled], return_index=True, return_inverse=True, return_counts=True)
    few = (
        filled[(sizes[back] > 2) & (sizes[back] <= NAMED)] if context.operation is Operation.CHECK else filled[:0]
    )
    members: dict[int, list[int]] = {}
    for position in few.tolist():
        members.setdefault(int(key[position]), []).append(position)
    earliest = filled[start][back]
    at = (earliest != filled) & (filled >= records.first)
    total, most = int(at.sum()), _most(context)
    for left, right in zip(earliest[at][:most].tolist(), filled[at][:most].tolist(), strict=True):
        if (left, right) in records.seen:
            continue
        records.seen.add((left, right))
        also = [position for position in members.get(int(key[right]), ()) if left < position < right]
        yield _exact_finding(rule, records, context, left, right, also)
    if most is not None and total > most:
        yield _limited(rule, records, f"{total:,} records repeat another one in {_fields(rule, records)}")


def _exact_finding(
    rule: MatchRule, records: Records, context: Context, left: int, right: int, also: Sequence[int] = ()
) -> Finding:
    action, table = _action(rule, context.operation), records.rows.table
    remedy = _remedy(action, records, context, left)
    names = [f.field for f in rule.fields]
    theirs, ours = records.values(left, names), records.values(right, names)
    fields = [table.by_id[name] for name in names]
    levels, bits = np.full(len(fields), 2, dtype=np.int8), np.zeros(len(fields))
    found = evidence(fields, theirs, ours, levels, bits)
    labels = [label_of(f.label) for f in fields]
    words = f"same {' and '.join(filter(None, [', '.join(labels[:-1]), labels[-1]]))}"
    finding = records.rows.finding(
        EXACT,
        right - records.first,
        fields[0] if len(fields) == 1 else None,
        f"{words} as {records.who(left)}. {remedy}",
        severity=severity_of(action),
        related=(records.key(left),),
        details={
            "rule": rule.id,
            "action": action.value,
            "probability": 1.0,
            "bits": None,
            "prior": None,
            "fields": [f.to_dict() for f in found],
            "sentence": words,
            "remedy": remedy,
            "row": records.row(left),
            "also": [{"key": records.key(position), "who": records.who(position)} for position in also],
            "compared": {table.name: [f.label for f in fields]},
        },
    )
    return finding._replace(value=found[0].right) if finding.field else finding  # masked where it has to be


def _probable(rule: MatchRule, records: Records, context: Context) -> Iterator[Finding]:
    """Pairs at or above the rule's threshold, the most probable ones of each record."""
    fields = [f for f in rule.fields if f.field in records.rows.values]
    found = _found(rule, fields, records, context)
    if not len(found) and not found.oversized:
        return
    most = _most(context)
    listed, more = _listed(found, most)
    for i, others in zip(listed[:most].tolist(), more[:most].tolist(), strict=True):
        pair = (int(found.left[i]), int(found.right[i]))
        if pair not in records.seen:
            records.seen.add(pair)
            yield _probable_finding(rule, fields, records, context, pair, others, found.scored.row(i))
    if most is not None and len(listed) > most:
        yield _limited(rule, records, f"{len(found):,} pairs of records are probably the same")
    if found.oversized and context.operation in (Operation.CHECK, Operation.IMPORT):
        yield _limited(rule, records, _largest(found.oversized, records))


def _listed(found: Matches, most: int | None) -> tuple[Codes, Codes]:
    """Places of the pairs that are listed, record by record, and of each how many more of its record there are."""
    if len(found) == 1:  # as of most entries
        return np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    order = np.lexsort((np.arange(len(found)), found.right))
    right = found.right[order]
    starts = np.flatnonzero(np.r_[True, right[1:] != right[:-1]]) if len(right) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(right)])
    rank = np.arange(len(right)) - np.repeat(starts, sizes)
    each = LISTED_OF_RECORD if most or len(sizes) <= LISTED else 1
    return order[rank < each], np.repeat(np.maximum(sizes - each, 0), sizes)[rank < each]


def _most(context: Context) -> int | None:
    """How many findings of one rule are listed; None for all."""
    return None if context.entry else LISTED


def _found(rule: MatchRule, fields: list[MatchField], records: Records, context: Context) -> Matches:
    if records.entering is not None:
        return records.entering.match(fields, rule.threshold)
    columns = [records.column(f) for f in fields]
    candidates = within(columns) if context.operation is Operation.CHECK else between(columns, records.first)
    return match(columns, candidates, len(records), rule.threshold)


def _probable_finding(
    rule: MatchRule,
    compared: list[MatchField],
    records: Records,
    context: Context,
    pair: tuple[int, int],
    others: int,
    scored: tuple[npt.NDArray[np.int8], npt.NDArray[np.float64], float, float],
) -> Finding:
    action, table = _action(rule, context.operation), records.rows.table
    remedy = _remedy(action, records, context, pair[0])
    names = [f.field for f in compared]
    theirs, ours = records.values(pair[0], names), records.values(pair[1], names)
    levels, bits, total, probability = scored
    found = evidence([table.by_id[name] for name in names], theirs, ours, levels, bits)
    words = sentence(found, [f.kind for f in compared])
    # Never 100 %: no agreement of names is certainty.
    percent = min(99.9, round(probability * 100, 1)) if probability > 0.99 else round(probability * 100)
    also = f" {others} more are likely too." if others else ""
    return records.rows.finding(
        PROBABLE,
        pair[1] - records.first,
        None,
        f"probably the same as {records.who(pair[0])} ({percent:g} %): {words}.{also} {remedy}",
        severity=severity_of(action),
        related=(records.key(pair[0]),),
        details={
            "rule": rule.id,
            "action": action.value,
            "probability": round(probability, 6),
            "bits": round(total, 2),
            "prior": round(total - float(bits.sum()), 2),
            "fields": [f.to_dict() for f in found],
            "sentence": words,
            "others": others,
            "remedy": remedy,
            "row": records.row(pair[0]),
            "compared": {table.name: [table.by_id[name].label for name in names]},
        },
    )


def _limited(rule: MatchRule, records: Records, problem: str) -> Finding:
    return records.rows.finding(
        LIMITED,
        0,
        None,
        f"{problem}; not all of them are listed. Mend what they have in common (often a placeholder), and check again.",
        details={"rule": rule.id, "action": Action.ALLOW.value},
    )


def _largest(oversized: tuple[Oversized, ...], records: Records) -> str:
    largest = max(oversized, key=lambda block: block.records)
    labels = " and ".join(label_of(records.rows.table.by_id[name].label) for name in largest.fields)
    like = records.who(largest.record)
    return f"{largest.records:,} records are alike in {labels} (such as {like}), so only close ones were compared"


def _fields(rule: MatchRule, records: Records) -> str:
    return ", ".join(label_of(records.rows.table.by_id[f.field].label) for f in rule.fields)


def _remedy(action: Action, records: Records, context: Context, other: int) -> str:
    if not context.entry:
        return _REMEDY_IN_CHECK
    return (_REMEDY if records.row(other) is None else _REMEDY_IN_IMPORT)[action]

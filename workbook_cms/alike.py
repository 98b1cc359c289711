"""Records that are probably one: the findings of a check as clusters with what is proposed for each, and as pairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from validation.duplicates.clusters import clusters, for_review
from validation.duplicates.explanation import who
from validation.duplicates.guard import guard
from validation.duplicates.proposal import Proposal
from validation.duplicates.rules import EXACT
from validation.findings import MASK, Finding
from validation.frames import Context
from validation.policy import PolicyTable, Sensitivity
from workbook_cms.merging import Proposals
from workbook_cms.records import Door
from workbook_cms.snapshot import Snapshot

__all__ = ["AlikeCluster", "AlikePair", "Duplicates", "duplicates", "masked"]


@dataclass(frozen=True)
class AlikePair:
    """Two records that may be one.

    Attributes:
        left, right: Keys.
        left_name, right_name: Key and name, for people.
        probability: That they are one.
        sentence: Why, field by field.
        exact: Whether all fields of an exact rule agree.
        reason: Why it is left to a person, or what somebody decided; "" for a pair of a cluster.
    """

    left: str
    right: str
    left_name: str
    right_name: str
    probability: float
    sentence: str
    exact: bool
    reason: str = ""


@dataclass(frozen=True)
class AlikeCluster:
    """Records that are nearly certainly one.

    Attributes:
        keys: Their keys, in order.
        proposal: Which should stay, and with which values, sensitive ones masked.
        pairs: The pairs that hold it together, most probable first.
        chained: Pairs of them that hang together through others only.
    """

    keys: tuple[str, ...]
    proposal: Proposal
    pairs: tuple[AlikePair, ...]
    chained: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Duplicates:
    """Records of a table that are probably one.

    Attributes:
        table: Table name.
        clusters: To be merged, once somebody has looked at them.
        pairs: To be looked at one by one, most probable first.
        decided: Let in with a reason, or said not to be one; they are in no cluster and not to be looked at.
    """

    table: str
    clusters: tuple[AlikeCluster, ...]
    pairs: tuple[AlikePair, ...]
    decided: tuple[AlikePair, ...] = ()


def duplicates(door: Door, snapshot: Snapshot, table: PolicyTable, findings: Iterable[Finding]) -> Duplicates:
    """The duplicates among the findings of a check, those that somebody has decided on apart.

    Args:
        door: Looks at the records.
        snapshot: The workbook.
        table: The table.
        findings: Of a check, decisions marked.
    """
    every_pair = _pairs(snapshot, table, findings)
    found = [pair for pair in every_pair if not pair.reason]
    decided = tuple(pair for pair in every_pair if pair.reason)
    columns = ["left", "right", "probability"]
    frame = pd.DataFrame([(p.left, p.right, p.probability) for p in found], columns=columns)
    typed = snapshot.typed(table)
    groups = clusters(frame, apart=guard(typed, Context(snapshot.policy, {table.id: typed}, dt.date.min)))
    home = {key: number for number, group in enumerate(groups) for key in group.members}
    inside: dict[int, list[AlikePair]] = {}
    for pair in found:
        if (number := home.get(pair.left)) is not None and number == home.get(pair.right):
            inside.setdefault(number, []).append(pair)
    rest = for_review(frame, groups)
    open_ = [
        replace(p, reason=reason)
        for p, reason in zip((found[int(at)] for at in rest.index), rest["reason"].tolist(), strict=True)
    ]
    proposals = Proposals(door, snapshot, table, home)
    every = [
        AlikeCluster(
            group.members, masked(proposals.of(group.members), table), tuple(inside[number]), group.chained
        )
        for number, group in enumerate(groups)
    ]
    return Duplicates(table.name, tuple(every), tuple(open_), decided)


def masked(proposal: Proposal, table: PolicyTable) -> Proposal:
    """The proposal, values of sensitive fields masked: who chooses between records does not need them."""
    hidden = {field.id for field in table.fields if field.sensitivity is Sensitivity.SENSITIVE}
    values = [
        replace(value, value=None if value.value is None else MASK, others=dict.fromkeys(value.others, MASK))
        if value.field in hidden
        else value
        for value in proposal.values
    ]
    return replace(proposal, values=tuple(values))


def _pairs(snapshot: Snapshot, table: PolicyTable, findings: Iterable[Finding]) -> list[AlikePair]:
    """Each pair once, most probable first, with what was decided on it."""
    frame = snapshot.typed(table).raw
    names: dict[str, str] = {}

    def name(key: str) -> str:
        if key not in names:
            place = frame.keys.place(key)
            row = {} if place is None else dict(frame.values.iloc[place])
            names[key] = who(table, key, {str(n): value for n, value in row.items()})
        return names[key]

    best: dict[tuple[str, str], AlikePair] = {}
    for finding in findings:
        if finding.table != table.name or not finding.key:
            continue
        said = finding.details.get("decided", {})
        reason = ", ".join(filter(None, (str(said.get("when", ""))[:10], said.get("by")))) if said else ""
        for other in finding.related:
            ends = (min(finding.key, other), max(finding.key, other))
            pair = AlikePair(
                *ends,
                name(ends[0]),
                name(ends[1]),
                float(finding.details.get("probability") or 0),
                str(finding.details.get("sentence", "")),
                finding.code == EXACT.code,
                f"{reason}: {said['reason']}" if said else "",
            )
            # What is still open about two records comes before what was decided of them by another rule.
            rank = (not pair.reason, pair.probability)
            if other and (ends not in best or (not best[ends].reason, best[ends].probability) < rank):
                best[ends] = pair
    return sorted(best.values(), key=lambda pair: (-pair.probability, pair.left, pair.right))

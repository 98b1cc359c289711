"""Decisions on alerts: what a person went on in spite of is not asked again while the values stand.

The history keeps, behind the reason, which alerts it was given for: ``twins, same phone [DUP002 STK-00001]``. Since
the chain covers the reason, it covers the decision too. Pure: history rows and findings in, findings out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from validation.findings import Finding, Severity
from validation.frames import display
from validation.history import ADDED, BELOW, DECIDED, OPEN_AGAIN, TAKEN_OUT, HistoryRow, decode_values, joined
from validation.policy import Policy
from workbook_cms.receipts import is_alert, without_remedy

__all__ = ["asked_for", "decided_of", "mark_decided", "not_one", "reason_for", "standing", "with_keys"]

_ALERT = r"(?:DUP|ATT)\d{3}(?: [^\[\];]+)?"
_GIVEN_FOR = re.compile(rf"^(?P<reason>.*?) ?\[(?P<alerts>{_ALERT}(?:; {_ALERT})*)\]$", re.DOTALL)
#: Findings that say that a record is not as the history left it.
_OUTSIDE = ("FIL001", "FIL002", "FIL003")

#: Rules whose findings are about two records that may be one.
_PAIRS = ("DUP001", "DUP002")

T = TypeVar("T")

_Decisions = dict[tuple[str, str, str], tuple[int, HistoryRow]]


def reason_for(reason: str, findings: Iterable[Finding], entries: Sequence[str] = ()) -> str:
    """The reason as the history keeps it: with the alerts among ``findings`` that it was given for.

    Args:
        reason: As a person gave it.
        findings: Findings of the entry.
        entries: Entry ids of the rows that come in together, "" for one that is held back: a row of an import has no
            key yet to be called by, see `with_keys`.
    """
    if _GIVEN_FOR.match(reason):
        reason += "."  # words of a person must not pass for what is added here
    alerts = []
    for finding in findings:
        row = finding.details.get("row")
        others = [entries[row]] if row is not None and row < len(entries) else finding.related
        alert = _alert(finding.code, others)
        if reason and is_alert(finding) and all(others) and re.fullmatch(_ALERT, alert):
            alerts.append(alert)
    return f"{reason} [{'; '.join(dict.fromkeys(alerts))}]" if alerts else reason


def with_keys(reason: str, keys: Mapping[str, str]) -> str:
    """A reason of `reason_for`, the entry ids in it replaced by the keys that they were given (by entry id)."""
    found = _GIVEN_FOR.match(reason) if reason.endswith("]") else None
    if found is None:
        return reason
    alerts = (alert.partition(" ") for alert in found["alerts"].split("; "))
    known = (_alert(code, [keys.get(other, other)]) for code, _, other in alerts)
    return f"{found['reason']} [{'; '.join(known)}]"


def not_one(reason: str, other: str) -> str:
    """The reason with which a record is said not to be one with another, as the history keeps it; "" cannot say so."""
    reason = f"{reason}." if _GIVEN_FOR.match(reason) else reason
    given = f"{reason} [{'; '.join(_alert(code, [other]) for code in _PAIRS)}]".strip()
    return given if _GIVEN_FOR.match(given) else ""


def decided_of(reason: str) -> str:
    """What a reason of the history was given for: its alerts, "" where it was given for none."""
    found = _GIVEN_FOR.match(reason) if reason.endswith("]") else None
    return found["alerts"] if found else ""


def mark_decided(findings: Sequence[Finding], rows: Iterable[HistoryRow], policy: Policy) -> list[Finding]:
    """The findings, those that somebody has decided on as notes that give the reason.

    A decision lapses when one of the values that were held against each other changed after it, in either record.

    Args:
        findings: Findings of a check of the whole workbook, those about the file included.
        rows: The history.
        policy: The policy.
    """
    if not any(_can_be_decided(finding) for finding in findings):
        return list(findings)
    history = list(joined(rows))
    decisions = _decisions(history)
    if not decisions:
        return list(findings)
    later: dict[tuple[str, str], list[tuple[int, HistoryRow]]] = {}
    for number, row in enumerate(history):
        told = later.setdefault((row.table, row.key), [])
        if row.action == ADDED and told and told[-1][1].action in TAKEN_OUT and _same(told[-1][1], row):
            told.pop()  # taken out and put back as it was
        else:
            told.append((number, row))
    outside: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        if finding.code in _OUTSIDE:
            outside.setdefault((finding.table, finding.key), set()).add(finding.field)
    told_of = {(f.table, f.key, other) for f in findings if f.code in _PAIRS for other in f.related}

    def decided(finding: Finding) -> HistoryRow | None:
        decision = _decision(finding, decisions) if _can_be_decided(finding) else None
        return decision[1] if decision and not _lapsed(finding, decision[0], later, outside, policy) else None

    marked = []
    for finding in findings:
        if (given := decided(finding)) is None:
            marked.append(finding)
            continue
        marked.append(_as_note(finding, given))
        # The finding names one of the records that it is equal to; what was decided of that says nothing of the others.
        others = (o for o in _others(finding) if (o.table, o.key, *o.related) not in told_of)
        marked += islice((other for other in others if decided(other) is None), 1)
    return marked


def _others(finding: Finding) -> Iterator[Finding]:
    """The same finding for each of the other records that it holds as equal."""
    for other in finding.details.get("also", ()):
        yield finding._replace(
            related=(other["key"],),
            message=f"{finding.details['sentence']} as {other['who']}. {finding.details['remedy']}",
            details={**finding.details, "also": []},
        )


def asked_for(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    """What a line of the history would have to decide on, (table, key, alert), to be about one of the findings."""
    every = [f for finding in findings if _can_be_decided(finding) for f in (finding, *_others(finding))]
    return {place for finding in every for place in _places(finding)}


def standing(
    rows: Iterable[HistoryRow], before: Mapping[tuple[str, str, str], int]
) -> dict[tuple[str, str, str], int]:
    """Number of the line that decides on an alert, by (table, key, alert), as lines of the history end.

    Args:
        rows: The lines.
        before: The same as the lines before them end.
    """
    found = dict(before)
    for row in rows:
        _keep(found, row, row.no)
    return found


def _can_be_decided(finding: Finding) -> bool:
    return bool(finding.key) and is_alert(finding) and finding.severity is not Severity.INFO


def _alert(code: str, others: Sequence[str]) -> str:
    return f"{code} {', '.join(others)}".strip()


def _decisions(history: Sequence[HistoryRow]) -> _Decisions:
    """By table, key and alert the last row that gives a reason, with its place in the history."""
    decisions: _Decisions = {}
    for number, row in enumerate(history):
        _keep(decisions, row, (number, row))
    return decisions


def _keep(decisions: dict[tuple[str, str, str], T], row: HistoryRow, value: T) -> None:
    """Note what a row decides on; or that it is open again, whichever of the two records it was said at."""
    for alert in filter(None, decided_of(row.why).split("; ")):
        decisions[row.table, row.key, alert] = value
        if row.action == DECIDED and row.new == OPEN_AGAIN:
            code, _, other = alert.partition(" ")
            decisions.pop((row.table, other, _alert(code, [row.key])), None)
            del decisions[row.table, row.key, alert]


def _places(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """Where a decision on it may stand: (table, key, alert)."""
    yield finding.table, finding.key, _alert(finding.code, finding.related)
    if finding.code.startswith("DUP"):  # of a pair either record may be the one that was entered
        yield from ((finding.table, o, _alert(finding.code, [finding.key])) for o in finding.related)


def _decision(finding: Finding, decisions: _Decisions) -> tuple[int, HistoryRow] | None:
    found = (decisions.get(place) for place in _places(finding))
    return max((decision for decision in found if decision), key=lambda d: d[0], default=None)


def _lapsed(
    finding: Finding,
    since: int,
    history: dict[tuple[str, str], list[tuple[int, HistoryRow]]],
    outside: Mapping[tuple[str, str], set[str]],
    policy: Policy,
) -> bool:
    """Whether a value that the finding compares changed after row ``since`` of the history, or outside the forms."""
    keys = {finding.key, *finding.related, str(finding.details.get("named", ""))} - {""}
    for name, labels in finding.details.get("compared", {}).items():
        compared = {policy.table_by_name[name].by_label[label].id for label in labels}
        for key in keys:
            # "" is the whole record: it came in, or went, outside the forms.
            if not outside.get((name, key), set()).isdisjoint({"", *labels}):
                return True
            later = (row for number, row in history.get((name, key), ()) if number > since)
            rows = (row for row in later if row.action != DECIDED)  # which wrote no value
            if any(not compared.isdisjoint(_changed(row) or compared) for row in rows):
                return True
    return False


def _same(gone: HistoryRow, back: HistoryRow) -> bool:
    """Whether a record came back with the values with which it went."""
    try:
        values, again = (decode_values(row.values or "{}") for row in (gone, back))
    except ValueError:
        return False  # a damaged history: FIL004 says so
    values.pop(BELOW, None)
    return bool(values) and values == again


def _changed(row: HistoryRow) -> set[str]:
    """Ids of the fields that a row of the history writes; none where that cannot be known."""
    try:
        return set(decode_values(row.values)) if row.values else set()
    except ValueError:
        return set()  # a damaged history: FIL004 says so


def _as_note(finding: Finding, row: HistoryRow) -> Finding:
    given = _GIVEN_FOR.match(row.why)
    reason = given["reason"] if given else row.why
    by = row.person or row.account
    day = _day(row.when)
    problem = without_remedy(finding)
    words = f"Decided{f' on {day}' if day else ''}{f' by {by}' if by else ''}: {reason}"
    return finding._replace(
        severity=Severity.INFO,
        message=f"{problem} {words}" + ("" if words.endswith((".", "!", "?")) else "."),
        details={**finding.details, "decided": {"when": row.when, "by": by, "reason": reason}},
    )


def _day(when: str) -> str:
    try:
        return display(dt.date.fromisoformat(when[:10]))
    except ValueError:
        return ""

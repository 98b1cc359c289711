"""Alerts: what a reason would be given for, and the other record beside the entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validation.findings import CellValue, Finding
from validation.policy import Action, PolicyTable, Sensitivity
from workbook_cms.forms.answers import Line, Look, Request
from workbook_cms.forms.form import Form
from workbook_cms.forms.wording import shortened
from workbook_cms.receipts import is_alert

__all__ = ["CONFLICT", "LEAVE", "SAME", "WHOSE", "Question", "is_block", "question", "side_by_side"]

#: What a form may have asked; the word stands before the details in its memory.
SAME, WHOSE, LEAVE, CONFLICT = "same", "whose", "leave", "conflict"


@dataclass(frozen=True)
class Question:
    """What an alert asks.

    Attributes:
        asked: What is remembered of it: a reason counts for the same question only.
        other: Key of the record that may be meant; "" where none is known, or it waits without a key.
        status: The line on top.
        lines: The panel.
        takes_reason: Whether a reason is enough to go on.
    """

    asked: str
    other: str
    status: str
    lines: tuple[Line, ...]
    takes_reason: bool


def question(
    form: Form, findings: Sequence[Finding], values: Mapping[str, CellValue], request: Request
) -> Question | None:
    """The question that findings ask, the one about a duplicate before one about who was meant; None where they ask none.

    Args:
        form: The form.
        findings: What the door found.
        values: The entry by field id.
        request: What was asked of the form, and has to be asked again with a reason.
    """
    doubts = [f for f in findings if is_alert(f) or is_block(f)]
    if not doubts:
        return None
    doubts.sort(key=lambda f: (not f.code.startswith("DUP"), is_alert(f), not _whole(f)))
    first = doubts[0]
    same = first.code.startswith("DUP")
    table = form.table if same else form.people
    other = next(filter(None, first.related), "") if same or _about_subject(form, first) else ""
    asked = f"{SAME if same else WHOSE} {_fingerprint(form, doubts, values)}"
    lines = [Line("Look before you save", Look.HEADING)]
    lines += [Line(shortened(f.message, 400), Look.ALERT) for f in doubts[:3]]
    if same and other:
        lines += side_by_side(form, form.table, other, values)
    who = form.who(table, other) if other and table else ""
    ways = _ways(who, same, "" if is_block(first) else request.value)
    lines += [Line(f"{way}: {what}.", Look.STRONG) for way, what in ways.items()]
    return Question(asked, other, _status(who, same, ways, request), tuple(lines), "Reason" in ways)


def is_block(finding: Finding) -> bool:
    """Whether a finding is that the record is there already, and no reason is enough."""
    return finding.details.get("action") == Action.BLOCK.value


def _about_subject(form: Form, finding: Finding) -> bool:
    """Whether a doubt is about the subject, so that another one can be taken in its place."""
    rule = finding.details.get("rule")
    return form.subject is not None and any(
        a.id == rule and a.reference == form.subject.id for a in form.policy.attributions
    )


def _ways(who: str, same: bool, again: str) -> dict[str, str]:
    """The ways on, and what each of them does; ``again`` is what to choose with a reason, "" where none is enough."""
    ways = {}
    if who:
        ways["Open"] = f"change {who} instead of adding a second record" if same else f"put this down to {who}"
    if again:
        ways["Reason"] = f"why it is right all the same; then {again} again"
    return {**ways, "Clear": "forget this entry"}


def _status(who: str, same: bool, ways: Mapping[str, str], request: Request) -> str:
    if not who and "Reason" in ways:
        return (
            f"This needs a look before it is saved: correct it, or say why in Reason, then {request.value} again."
        )
    if not who:
        return "This is on record already: correct it, or choose Clear."
    if "Reason" not in ways:
        return f"{who} is on record already. Choose Open to change that record, or Clear."
    asks = f"Is this {who}?" if same else f"Was {who} meant?"
    return f"{asks} If so, choose Open. If not, say why in Reason, then {request.value} again."


def _whole(finding: Finding) -> bool:
    """Whether a doubt tells the whole, and does not only point to another one."""
    return bool(finding.details.get("remedy", "whole"))


def _fingerprint(form: Form, doubts: Sequence[Finding], values: Mapping[str, CellValue]) -> str:
    """The same for the same question: what was found about which records, on which values."""
    parts = []
    for finding in doubts:
        compared = finding.details.get("compared", {}).get(form.table.name, [finding.field])
        ids = [form.table.by_label[label].id for label in compared if label in form.table.by_label]
        parts.append((finding.code, finding.field, finding.related, [str(values.get(name, "")) for name in ids]))
    return hashlib.sha256(repr(sorted(parts)).encode(errors="surrogatepass")).hexdigest()[:24]


def side_by_side(
    form: Form, table: PolicyTable, key: str, values: Mapping[str, CellValue], longest: int = 14
) -> list[Line]:
    """A record beside the entry, a line a field: what differs first.

    Args:
        form: The form.
        table: Table of the record.
        key: Its key.
        values: The entry by field id.
        longest: Lines at most.
    """
    record = form.record(table, key) or {}
    differing, equal = [], []
    for field in table.fields:
        theirs, mine = form.text(field, record.get(field.id)), form.text(field, values.get(field.id))
        if field.retired or field.id == table.key or not theirs or field.sensitivity is Sensitivity.SENSITIVE:
            continue
        if mine and mine != theirs:
            text = f"{field.label}: {shortened(theirs, 50)} · you typed {shortened(mine, 50)}"
            differing.append(Line(text, Look.STRONG))
        else:
            same = " · the same" if mine else ""
            equal.append(Line(f"{field.label}: {shortened(theirs, 60)}{same}", Look.PLAIN if mine else Look.QUIET))
    equal.sort(key=lambda line: line.look is Look.QUIET)
    return [Line(form.who(table, key), Look.HEADING), *[*differing, *equal][:longest]]

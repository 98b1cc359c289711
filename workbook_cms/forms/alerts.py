"""Alerts: what a reason would be given for, and the other record beside the entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from validation.findings import CellValue, Finding
from validation.policy import PolicyTable
from workbook_cms.forms.answers import Line, Look
from workbook_cms.forms.form import Form
from workbook_cms.forms.wording import shortened
from workbook_cms.receipts import is_alert

__all__ = ["CONFLICT", "LEAVE", "SAME", "WHOSE", "Question", "question", "side_by_side"]

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
    """

    asked: str
    other: str
    status: str
    lines: tuple[Line, ...]


def question(form: Form, findings: Sequence[Finding], values: Mapping[str, CellValue]) -> Question:
    """The question that alerts ask, the one about a duplicate before one about who was meant.

    Args:
        form: The form.
        findings: What the door found; there is an alert among them.
        values: The entry by field id.
    """
    alerts = sorted(
        (f for f in findings if is_alert(f)), key=lambda f: (not f.code.startswith("DUP"), not _whole(f))
    )
    first = alerts[0]
    same = first.code.startswith("DUP") or form.people is None
    table = form.table if same else form.people
    other = next(filter(None, first.related), "")
    asked = f"{SAME if same else WHOSE} {_fingerprint(form, alerts, values)}"
    lines = [Line("Look before you save", Look.HEADING)]
    lines += [Line(shortened(f.message, 400), Look.ALERT) for f in alerts[:3]]
    if other and table is not None:
        if same:
            lines += side_by_side(form, table, other, values)
        lines += _ways(form, table, other, same)
    else:
        lines.append(Line("Reason: why it is right all the same; then Submit again."))
        lines.append(Line("Clear: forget this entry."))
    return Question(asked, other, _status(form, table, other, same), tuple(lines))


def _whole(finding: Finding) -> bool:
    """Whether a doubt tells the whole, and does not only point to another one."""
    return bool(finding.details.get("remedy", "whole"))


def _fingerprint(form: Form, alerts: Sequence[Finding], values: Mapping[str, CellValue]) -> str:
    """The same for the same question: what was found about which records, on which values."""
    parts = []
    for finding in alerts:
        compared = finding.details.get("compared", {}).get(form.table.name, [finding.field])
        ids = [form.table.by_label[label].id for label in compared if label in form.table.by_label]
        parts.append((finding.code, finding.field, finding.related, [str(values.get(name, "")) for name in ids]))
    return hashlib.sha256(repr(sorted(parts)).encode(errors="surrogatepass")).hexdigest()[:24]


def _status(form: Form, table: PolicyTable | None, other: str, same: bool) -> str:
    go_on = "give a reason and Submit again, or Clear."
    if other and table is not None:
        who = form.who(table, other)
        return f"Is this {who}? Choose Open, or {go_on}" if same else f"Was {who} meant? Choose Open, or {go_on}"
    return f"This needs a look before it is saved: correct it, {go_on}"


def _ways(form: Form, table: PolicyTable, other: str, same: bool) -> Iterator[Line]:
    who = form.who(table, other)
    what = f"change {who} instead of adding a second record" if same else f"put this down to {who}"
    yield Line(f"Open: {what}.", Look.STRONG)
    yield Line("Reason: why it is right all the same; then Submit again.", Look.STRONG)
    yield Line("Clear: forget this entry.", Look.STRONG)


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
        if field.retired or field.id == table.key or not theirs:
            continue
        if mine and mine != theirs:
            text = f"{field.label}: {shortened(theirs, 50)}     you typed {shortened(mine, 50)}"
            differing.append(Line(text, Look.STRONG))
        else:
            same = "     the same" if mine else ""
            equal.append(Line(f"{field.label}: {shortened(theirs, 60)}{same}", Look.PLAIN if mine else Look.QUIET))
    equal.sort(key=lambda line: line.look is Look.QUIET)
    return [Line(form.who(table, key), Look.HEADING), *[*differing, *equal][:longest]]

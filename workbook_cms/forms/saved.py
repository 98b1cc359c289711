"""After the door: what is said of an entry that was taken, and the clean form for the next one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from validation.findings import Finding
from workbook_cms.errors import FileError
from workbook_cms.forms.answers import Answer, Line, Look, Mark, Message, Request
from workbook_cms.forms.draft import Draft
from workbook_cms.forms.filling import kept
from workbook_cms.forms.greeting import open_elsewhere, waiting
from workbook_cms.forms.opening import beside_record
from workbook_cms.forms.wording import listed, moment, quoted, shortened, spoken_phone
from workbook_cms.receipts import OPEN, QUEUED, Receipt

__all__ = ["saved"]


def saved(draft: Draft, receipt: Receipt, request: Request, *, repeated: bool) -> Answer:
    """The receipt in words, and the form clean for the next entry.

    Args:
        draft: What was submitted.
        receipt: What the door gave.
        request: What was asked.
        repeated: Whether the entry had been taken before, and the form asked again.
    """
    form, state = draft.form, draft.state
    if repeated and (again := _typed_since(draft, receipt, request)):
        return again
    if state.conflict and state.editing:
        with contextlib.suppress(FileError):  # then it stays on the list; the change itself is safe
            form.book.settle(state.conflict)
    keep = {} if state.editing else kept(form, draft.texts)
    subject = "" if request is Request.SIGN_OFF else state.subject
    last = replace(state, last=receipt.key or receipt.entry_id)
    fresh = Draft.clean(form, last, subject=subject, keep=keep)
    text = _receipt(draft, receipt, request, repeated)
    if subject and form.people is not None:
        text = f"{text} Next one for {shortened(form.who(form.people, subject), 60)}, or Find somebody else."
    return fresh.answer(
        Message(text, Mark.GOOD),
        top=list(_notes(receipt, form.region)),
        focus=fresh.first_to_type,
        receipt=receipt,
    )


def _receipt(draft: Draft, receipt: Receipt, request: Request, repeated: bool) -> str:
    form, state = draft.form, draft.state
    what = receipt.key or f"the {form.table.title.lower()}"
    if receipt.state == QUEUED:
        by = open_elsewhere(form)
        where = f"{form.book.path.name} is {by}" if by else f"{form.book.path.name} cannot be written just now"
        number = f"{len(form.book.pending):,} now {'waits' if len(form.book.pending) == 1 else 'wait'}"
        return f"Accepted, {what} is queued: {where}. Nothing is lost; {number}."
    if repeated:
        return f"{what} was saved already, at {moment(receipt.when, form.today)}; nothing was written twice."
    if request is Request.CLOSE:
        done = f"{what} is saved and closed."
    elif request is Request.SIGN_OFF:
        done = f"{what} is signed off by {form.book.person}."
    elif state.editing:
        labels = [form.table.by_id[name].label for name in draft.changed]
        done = f"{what} is changed: {shortened(listed(labels), 80)}."
    else:
        done = f"Saved as {what}."
    if receipt.state == OPEN:
        return f"{done} It stands in the open workbook, not yet saved: save the workbook when you can."
    return f"{done} {waiting(form)}".strip()


def _notes(receipt: Receipt, region: str) -> Iterator[Line]:
    """What was mended on the way in, and what is worth a look."""
    if receipt.warnings:
        yield Line("Worth a look", Look.HEADING)
        yield from (Line(_place(finding), Look.ALERT) for finding in receipt.warnings[:4])
    texts = [(m.field, m.before, m.after) for m in receipt.mended]
    mended = [
        t for t in texts if isinstance(t[1], str) and isinstance(t[2], str) and not _said_alike(*t[1:], region)
    ]
    if mended:
        yield Line("Saved as", Look.HEADING)
        yield from (
            Line(f"{field}: {quoted(after)}, typed {quoted(before)}") for field, before, after in mended[:5]
        )


def _said_alike(before: object, after: object, region: str) -> bool:
    """Whether a number is kept in another form only, and said as it was typed."""
    return "".join(spoken_phone(str(after), region).split()) == "".join(str(before).split())


def _place(finding: Finding) -> str:
    return f"{finding.field}: {finding.message}" if finding.field else finding.message


def _typed_since(draft: Draft, receipt: Receipt, request: Request) -> Answer | None:
    """The record that an entry became when the form died after saving it, where more was typed since; else None."""
    form = draft.form
    values = form.record(form.table, receipt.key) or form.record(form.table, receipt.entry_id)
    if values is None:
        return None
    mine = draft.judgement.values
    set_here = {form.table.status, form.table.sign_off} if request is not Request.SUBMIT else set()
    typed = [f for f in form.typed_fields if f.id not in set_here]
    differing = [f.id for f in typed if form.text(f, mine.get(f.id)) != form.text(f, values.get(f.id))]
    if not differing:
        return None
    if not receipt.key:
        text = "This was accepted already and waits. What you typed since can be saved once it has its number."
        return replace(draft.answer(Message(text, Mark.DOUBT)), receipt=receipt)
    text = f"This was saved already as {receipt.key}. Submit adds what you typed since."
    return replace(beside_record(draft, receipt.key, Message(text, Mark.DOUBT), differing), receipt=receipt)

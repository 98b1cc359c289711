"""Opening a record for change: by its key, from an alert, or because a change of it could not be applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbook_cms.errors import EntryRefusedError
from workbook_cms.forms.alerts import CONFLICT, LEAVE, SAME, WHOSE
from workbook_cms.forms.answers import Answer, Given, Line, Look, Mark, Message
from workbook_cms.forms.candidates import own_key
from workbook_cms.forms.design import FIND
from workbook_cms.forms.draft import Draft
from workbook_cms.forms.filling import mark, of_record, remembered
from workbook_cms.forms.wording import listed, plain, quoted, shortened

__all__ = ["beside_record", "chosen", "lost_update", "may_leave", "open_record", "opened"]


def open_record(draft: Draft, given: Given) -> Answer:
    """What Open does: the record named in Find, else what was asked about, else the one saved last."""
    form, state = draft.form, draft.state
    title = form.table.title.lower()
    if query := plain(given.find):
        key = own_key(form, query, digits=True)
        if not key:
            text = f"There is no {title} {quoted(query, 40)}. Type its number here, then choose Open."
            return draft.answer(Message(text, Mark.WRONG), messages={FIND: Message(text, Mark.WRONG)}, find=given.find,
                                reason=given.reason, focus=FIND)  # fmt: skip
        return opened(draft, key, given)
    kind, _, about = state.asked.removeprefix(f"{LEAVE} ").partition(" ")
    if kind == SAME and state.other:
        return _instead(draft, state.other)
    if kind == WHOSE and state.other:
        return chosen(draft, state.other, "Submit when it is right.")
    if kind == CONFLICT and state.other:
        return _conflict(draft, about, given)
    key = form.key_now(form.table, state.last)
    if not key:
        text = f"Type the number of the {title} in Find, then choose Open."
        return draft.answer(Message(text, Mark.HINT), reason=given.reason, focus=FIND)
    if key not in form.typed(form.table).raw.keys:
        text = "That one waits to be written, and can be changed once it has its number."
        return draft.answer(Message(text, Mark.DOUBT), reason=given.reason)
    return opened(draft, key, given)


def may_leave(draft: Draft, target: str, given: Given) -> Answer | None:
    """The question whether to leave what was typed and is not saved; None where nothing was, or it was asked."""
    asked = f"{LEAVE} {target}"
    if not draft.changed or draft.state.asked == asked:
        return None
    text = f"What you typed is not saved yet. Choose {given.request.value} again to leave it, or Submit first."
    asking = replace(draft, state=replace(draft.state, asked=asked))
    return asking.answer(Message(text, Mark.DOUBT), find=given.find, pick=given.pick, reason=given.reason)


def opened(draft: Draft, key: str, given: Given) -> Answer:
    """A record open for change; what was typed and not saved is asked about first."""
    if asking := may_leave(draft, key, given):
        return asking
    record = Draft.opened(draft.form, key, draft.state)
    return record.answer(_open_now(record), focus=record.first_to_type)


def _open_now(record: Draft) -> Message:
    who = record.form.who(record.form.table, record.state.editing)
    return Message(f"{shortened(who, 80)} is open for change. Submit saves what you change.", Mark.HINT)


def _instead(draft: Draft, key: str) -> Answer:
    """The record that an alert was about; beside its fields what was typed, which is not lost."""
    record = Draft.opened(draft.form, key, draft.state)
    messages = {}
    for field in draft.form.typed_fields:
        mine = draft.form.text(field, draft.judgement.values.get(field.id))
        if field.id in draft.changed and mine and mark(mine) != record.state.loaded.get(field.id, ""):
            messages[field.id] = Message(f"you typed {quoted(mine)}", Mark.DOUBT)
    focus = next(iter(messages), record.first_to_type)
    return record.answer(_open_now(record), messages=messages, focus=focus)


def chosen(draft: Draft, key: str, then: str, fill: Mapping[str, str] | None = None) -> Answer:
    """The draft put down to the record ``key``; ``fill`` is what else is known by that."""
    form = draft.form
    if form.subject is None or form.people is None:
        return draft.answer(Message())
    texts = {**draft.texts, **(fill or {}), form.subject.id: key}
    state = replace(draft.state, subject=key, candidates=(), asked="", other="")
    now = replace(draft, texts=texts, state=state)
    status = Message(f"{shortened(form.who(form.people, key), 80)}. {then}", Mark.GOOD)
    return now.answer(status, focus=now.first_to_type)


def _conflict(draft: Draft, entry_id: str, given: Given) -> Answer:
    """A change of hers that could not be applied: the record as it is now, her values in the form again."""
    form = draft.form
    conflict = next((c for c in form.book.conflicts() if c.entry_id == entry_id), None)
    if conflict is None:
        settled = replace(draft, state=replace(draft.state, asked="", other=""))
        return settled.answer(Message("That change is no longer on the list.", Mark.HINT), reason=given.reason)
    if asking := may_leave(draft, f"{CONFLICT} {entry_id}", given):
        return asking
    if form.record(form.table, conflict.key) is None:
        gone = replace(draft, state=replace(draft.state, conflict=entry_id))
        lines = [Line("What you wanted to write", Look.HEADING)]
        lines += [Line(f"{label}: {quoted(value, 200)}") for label, value in conflict.values.items()]
        text = f"{conflict.key} is no longer in {conflict.table}. Clear takes your change off the list."
        return gone.answer(Message(text, Mark.DOUBT), top=lines, reason=given.reason)
    known = form.table.by_label
    hers = {
        known[label].id: form.text(known[label], value)
        for label, value in conflict.values.items()
        if label in known
    }
    text = f"Your change to {conflict.key} stands in the form again. Submit writes it, Clear forgets it."
    answer = beside_record(replace(draft, texts=hers), conflict.key, Message(text, Mark.DOUBT), list(hers))
    return replace(answer, state=replace(answer.state, conflict=entry_id))


def beside_record(draft: Draft, key: str, status: Message, names: Sequence[str]) -> Answer:
    """The record ``key`` open for change, the draft's texts of some fields in the form and the record's beside them."""
    record = Draft.opened(draft.form, key, draft.state)
    texts = {**record.texts, **{name: draft.texts.get(name, "") for name in names}}
    now = replace(record, texts={name: text for name, text in texts.items() if text})
    messages = _theirs(now, record.texts, names)
    return now.answer(status, messages=messages, focus=next(iter(messages), now.first_to_type))


def _theirs(draft: Draft, now: Mapping[str, str], names: Sequence[str]) -> dict[str, Message]:
    return {
        name: Message(f"in the record now: {quoted(now.get(name, ''))}. Yours stands in the form.", Mark.DOUBT)
        for name in names
        if draft.texts.get(name, "") != now.get(name, "")
    }


def lost_update(draft: Draft, error: EntryRefusedError) -> Answer:
    """Somebody changed the record since it was loaded: both are shown, and a second Submit is a decision.

    What she did not touch is shown as it is now; what both changed keeps her text in the form and theirs beside it.
    """
    form, state = draft.form, draft.state
    now = of_record(form, form.record(form.table, state.editing) or {})
    both = [name for name in draft.changed if mark(now.get(name, "")) != state.loaded.get(name, "")]
    if not both:
        return draft.answer(Message(str(error), Mark.WRONG))
    texts = {name: text for name, text in {**now, **draft.changed}.items() if text}
    fresh = replace(draft, texts=texts, state=replace(state, loaded=remembered(now)))
    names = listed([form.table.by_id[name].label for name in both])
    was = "was" if len(both) == 1 else "were"
    text = (
        f"Somebody else changed this record meanwhile: {names} {was} changed too. Submit again if yours is right."
    )
    messages = _theirs(fresh, now, both)
    return fresh.answer(Message(text, Mark.DOUBT), messages=messages, focus=next(iter(messages), ""))

"""The form session: what a form is asked, and what it answers. It knows no spreadsheet."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from validation.findings import Severity
from workbook_cms.errors import WorkbookCmsError, WorkbookLockedError
from workbook_cms.formats import plural
from workbook_cms.forms.alerts import CONFLICT
from workbook_cms.forms.answers import Answer, Given, Line, Look, Mark, Message, Request
from workbook_cms.forms.candidates import candidate_lines, find, looked_up, nobody, own_key, picked, sure
from workbook_cms.forms.design import FIND, PICK, FormDesign
from workbook_cms.forms.draft import Draft
from workbook_cms.forms.filling import kept
from workbook_cms.forms.form import ON_HOME, Form
from workbook_cms.forms.greeting import conflict_lines, greeting, open_elsewhere, own_conflicts, waiting
from workbook_cms.forms.opening import chosen, may_leave, open_record, opened
from workbook_cms.forms.saving import save
from workbook_cms.forms.wording import plain, shortened, things
from workbook_cms.receipts import is_alert
from workbook_cms.workbook import Workbook

__all__ = ["Session"]

_MENDED = "All is mended. Submit again."


class Session:
    """Answers the requests of one form over one workbook; between two requests it remembers nothing.

    Args:
        book: The record workbook.
        design: The form.
        naming: How people say here who they are.
    """

    def __init__(self, book: Workbook, design: FormDesign, naming: str = ON_HOME) -> None:
        self.book, self.design, self._naming = book, design, naming
        self._ways = {
            Request.SUBMIT: save,
            Request.CLOSE: save,
            Request.SIGN_OFF: save,
            Request.FIND: _find,
            Request.PICK: _pick,
            Request.OPEN: open_record,
            Request.NEXT: _next,
            Request.CLEAR: _clear,
            Request.LOOK: _look,
            Request.GREET: _greet,
            Request.BRING_IN: _bring_in,
        }

    def answer(self, given: Given) -> Answer:
        """What the form shows next. What stops the work is said in the status line; what was typed stays."""
        state = given.state
        try:
            draft = Draft.of(Form(self.book, self.design, self._naming), given)
            state = draft.state  # its entry id has to last, should the same be asked again
            return self._ways[given.request](draft, given)
        except WorkbookCmsError as error:
            return Answer(
                Message(str(error), Mark.WRONG),
                inputs=dict(given.inputs),
                find=given.find,
                pick=given.pick,
                reason=given.reason,
                state=state,
            )


def _find(draft: Draft, given: Given) -> Answer:
    form, query = draft.form, plain(given.find)
    if not query:
        text = "Type a few letters of the name, a telephone number, an e-mail or a number."
        return draft.answer(Message(), messages={FIND: Message(text, Mark.HINT)}, reason=given.reason, focus=FIND)
    if key := own_key(form, query):
        return opened(draft, key, given)
    found = find(form, query)
    if (one := sure(found, query)) is not None:
        return _choose(draft, one.key, given)
    offering = replace(draft, state=replace(draft.state, candidates=tuple(c.key for c in found)))
    if not found:
        message = Message(nobody(form, query), Mark.DOUBT)
        return offering.answer(message, messages={FIND: message}, find=given.find, reason=given.reason, focus=FIND)
    text = (
        "Is it this one? Then 1 in Pick"
        if len(found) == 1
        else f"{len(found)} fit. Type the right one's number in Pick"
    )
    status = Message(f"{text}, or type more of the name.", Mark.HINT)
    lines = candidate_lines(found)
    return offering.answer(
        status, messages={FIND: Message(f"{len(found)} found", Mark.HINT)}, top=lines, find=given.find,
        reason=given.reason, focus=PICK,
    )  # fmt: skip


def _pick(draft: Draft, given: Given) -> Answer:
    key = picked(draft.form, plain(given.pick), draft.state.candidates)
    if key:
        return _choose(draft, key, given)
    count = len(draft.state.candidates)
    text = f"Type a number from 1 to {count}." if count else "Type a few letters in Find first."
    message = Message(text, Mark.WRONG)
    return draft.answer(
        message, messages={PICK: message}, find=given.find, pick=given.pick, reason=given.reason,
        focus=PICK if count else FIND,
    )  # fmt: skip


def _choose(draft: Draft, key: str, given: Given) -> Answer:
    form = draft.form
    if form.subject is None:
        if key not in form.typed(form.table).raw.keys:
            text = "That one waits to be written, and can be changed once it has its number."
            return draft.answer(Message(text, Mark.DOUBT), reason=given.reason)
        return opened(draft, key, given)
    answer = chosen(draft, key, "Confirm two details, then go on.", _known_by(draft, plain(given.find)))
    return replace(answer, reason=given.reason)


def _known_by(draft: Draft, query: str) -> dict[str, str]:
    """What a number typed in Find tells beside whose it is: the booking that the entry is about, by field id."""
    known = {}
    for field in draft.form.typed_fields:
        table = draft.form.policy.table_by_id.get(field.foreign_key or "")
        keys = draft.form.typed(table).raw.keys if table and query and not draft.texts.get(field.id) else []
        if meant := next((key for key in keys if key.casefold() == query.casefold()), ""):
            known[field.id] = meant
    return known


def _next(draft: Draft, given: Given) -> Answer:
    if asking := may_leave(draft, "next", given):
        return asking
    keep = {} if draft.state.editing else kept(draft.form, draft.texts)
    fresh = Draft.clean(draft.form, draft.state, subject=draft.state.subject, keep=keep)
    return fresh.answer(_standing(fresh), focus=fresh.first_to_type)


def _clear(draft: Draft, _given: Given) -> Answer:
    if draft.state.conflict:
        draft.form.book.settle(draft.state.conflict)
    fresh = Draft.clean(draft.form, draft.state)
    return fresh.answer(_standing(fresh), focus=fresh.first_to_type)


def _look(draft: Draft, given: Given) -> Answer:
    judgement = draft.judgement
    status, top = _standing(draft), []
    if draft.state.refused:
        left = sum(message.mark is Mark.WRONG for message in judgement.messages.values())
        status = Message(f"{things(left)} left to mend.", Mark.WRONG) if left else Message(_MENDED, Mark.GOOD)
    if judgement.elsewhere:
        grave = any(f.severity is Severity.ERROR and not is_alert(f) for f in judgement.findings)
        status = Message(shortened(judgement.elsewhere[0], 200), Mark.WRONG if grave else Mark.DOUBT)
        top = [Line(text, Look.ALERT) for text in judgement.elsewhere[:3]]
    return draft.answer(status, top=top, find=given.find, pick=given.pick, reason=given.reason)


def _standing(draft: Draft) -> Message:
    """What the form is about right now."""
    form, state = draft.form, draft.state
    if state.editing:
        return Message(f"{state.editing} is open for change.", Mark.HINT)
    if state.subject and form.people is not None:
        return Message(f"For {shortened(form.who(form.people, state.subject), 80)}.", Mark.HINT)
    return Message(f"Find the {looked_up(form).title.lower()} first." if form.subject else "", Mark.HINT)


def _greet(draft: Draft, given: Given) -> Answer:
    form = draft.form
    here = draft
    if not draft.changed and not draft.state.editing:
        here = Draft.clean(form, draft.state)
    conflicts = own_conflicts(form)
    mine = [c for c in conflicts if c.table == form.table.name]
    if mine:
        state = replace(here.state, asked=f"{CONFLICT} {mine[0].entry_id}", other=mine[0].key)
        here = replace(here, state=state)
    status = greeting(form, conflicts)
    if draft.changed:
        status = replace(status, text=f"{status.text} What you had typed is still here.")
    return here.answer(
        status,
        top=conflict_lines(form, conflicts),
        reason=given.reason if here is draft else "",
        focus=here.first_to_type,
    )


def _bring_in(draft: Draft, given: Given) -> Answer:
    form = draft.form
    before = len(form.book.pending)
    known = own_conflicts(form)
    with contextlib.suppress(WorkbookLockedError):
        form.book.sync()
    left = len(form.book.pending)
    if len(own_conflicts(form)) > len(known):
        return _greet(draft, given)
    if not before:
        status = Message("Nothing waits: all accepted entries are in the workbook.", Mark.HINT)
    elif left and open_elsewhere(form):
        status = Message(waiting(form), Mark.DOUBT)
    elif left:
        text = f"{plural(left, 'accepted entry')} could not be brought in: what was to change is not as it was."
        status = Message(f"{text} Nothing is lost; its author is asked once the workbook is closed.", Mark.DOUBT)
    else:
        left_to_do = " Save the workbook when you can." if form.book.unsaved else ""
        status = Message(f"{plural(before, 'accepted entry')} brought in.{left_to_do}", Mark.GOOD)
    return draft.answer(status, find=given.find, pick=given.pick, reason=given.reason)

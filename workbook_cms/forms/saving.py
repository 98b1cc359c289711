"""Submit, Close and Sign off: the draft through the one door, and what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from validation.findings import CellValue, Finding, Severity
from validation.letters import tidy
from workbook_cms.errors import ChangedMeanwhileError, EntryRefusedError
from workbook_cms.file.sheets.rows import FORBIDDEN, MAX_TEXT
from workbook_cms.forms.alerts import Question, is_block, question
from workbook_cms.forms.answers import Answer, Given, Line, Look, Mark, Message, Request
from workbook_cms.forms.design import DO, FIND, REASON
from workbook_cms.forms.draft import Draft
from workbook_cms.forms.filling import entry_of, mark, of_record
from workbook_cms.forms.judging import beside
from workbook_cms.forms.opening import lost_update
from workbook_cms.forms.procedure import set_by
from workbook_cms.forms.saved import saved
from workbook_cms.forms.wording import plain, shortened, things
from workbook_cms.receipts import Receipt, is_alert, stopping

__all__ = ["save"]

_SOURCE = "form"
#: What a cell shows whose formula has no value; nobody means that.
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_OLDER = "This form is older than the rules: ask for a new front-end."


def save(draft: Draft, given: Given) -> Answer:
    """What Submit, Close and Sign off do.

    Raises:
        FileError: The workbook cannot be read or written; nothing was written.
        InputError: The record is not at the stage that the request needs.
    """
    form, state, reason = draft.form, draft.state, plain(given.reason)
    if unfit := _unfit(draft, reason):
        return _to_mend(draft, given, len(unfit), unfit)
    if state.editing and form.record(form.table, state.editing) is None:
        text = f"{state.editing} is no longer in the workbook. What you typed stands here until you choose Next."
        return draft.answer(Message(text, Mark.WRONG), reason=given.reason)
    if state.editing and form.table.key in draft.changed:
        stays = f"cannot be changed: this is {state.editing}. Enter another one as a new record."
        return _to_mend(draft, given, 1, {form.table.key: Message(stays, Mark.WRONG)})
    extra = set_by(form, given.request, state)
    send = _change(draft, extra, reason) if state.editing else _add(draft, extra)
    if send is None:
        text = f"There is nothing to save: {state.editing} holds these values already."
        return draft.answer(Message(text, Mark.HINT), reason=given.reason, focus=draft.first_to_type)
    started = dt.datetime.now(dt.UTC)
    try:
        receipt = _through(draft, reason, given.request, send)
    except ChangedMeanwhileError as error:
        return replace(lost_update(draft, error), reason=given.reason)
    except EntryRefusedError as error:
        return _refused(draft, given, error)
    return saved(draft, receipt, given.request, repeated=receipt.when < started)


def _add(draft: Draft, extra: dict[str, CellValue]) -> Callable[[str], Receipt]:
    form = draft.form
    values = form.labelled({**entry_of(form, draft.texts, draft.state), **extra})

    def send(override: str) -> Receipt:
        return form.book.add(
            form.table.name, values, override=override, source=_SOURCE, entry_id=draft.state.entry
        )

    return send


def _change(draft: Draft, extra: dict[str, CellValue], reason: str) -> Callable[[str], Receipt] | None:
    """What sends the changed fields of the record that is open; None where there are none."""
    form, state = draft.form, draft.state
    now = form.record(form.table, state.editing) or {}
    texts = of_record(form, now)
    changed: dict[str, CellValue] = dict(draft.changed)
    changed |= {name: value for name, value in extra.items() if now.get(name) != value}
    if not changed:
        return None
    # What the record no longer says as the form was filled with it: the door refuses to write over that.
    seen: dict[str, CellValue] = {
        name: filled
        for name in draft.changed
        if mark(texts.get(name, "")) != (filled := state.loaded.get(name, ""))
    }

    def send(override: str) -> Receipt:
        return form.book.update(
            form.table.name,
            state.editing,
            form.labelled(changed),
            override=override,
            why="" if override else reason,
            source=_SOURCE,
            seen=form.labelled(seen),
            entry_id=state.entry,
        )

    return send


def _through(draft: Draft, reason: str, request: Request, send: Callable[[str], Receipt]) -> Receipt:
    """Through the door; a reason goes along only where it was given for the very question that the door asks."""
    try:
        return send("")
    except EntryRefusedError as error:
        findings = _findings(error)
        alone = findings and all(is_alert(f) for f in stopping(findings, ""))
        if not alone or not reason:
            raise
        asking = question(draft.form, findings, draft.judgement.values, request)
        if asking is None or asking.asked != draft.state.asked:
            raise
        return send(reason)


def _findings(error: EntryRefusedError) -> list[Finding]:
    return [finding for finding in error.findings if isinstance(finding, Finding)]


def _refused(draft: Draft, given: Given, error: EntryRefusedError) -> Answer:
    findings = _findings(error)
    if not findings:
        # Somebody was quicker between the look and the write.
        return replace(lost_update(draft, error), reason=given.reason)
    asking = question(draft.form, findings, draft.judgement.values, given.request)
    if asking is not None:
        draft = replace(draft, state=replace(draft.state, asked=asking.asked, other=asking.other))
    errors = [f for f in findings if f.severity is Severity.ERROR and not is_block(f)]
    messages, elsewhere = beside(
        draft.form, [f for f in findings if not (asking and _is_doubt(f) and not f.field)]
    )
    if asking is not None and not errors:
        return _ask(draft, given, asking, messages)
    messages |= {name: Message(text, Mark.WRONG) for name, text in draft.problems.items()}
    messages |= _by_whom(draft, errors)
    lines = asking.lines if asking else ()
    return _to_mend(draft, given, len({f.field or f for f in errors}), messages, elsewhere, lines)


def _is_doubt(finding: Finding) -> bool:
    return is_alert(finding) or is_block(finding)


def _by_whom(draft: Draft, errors: Iterable[Finding]) -> dict[str, Message]:
    """What to do about blanks that are not typed into: the subject, and what the program fills."""
    form, messages = draft.form, {}
    blank = {f.field for f in errors if f.code in ("ENT001", "REF003")}
    for field in form.fields:
        if field.label not in blank or field in form.typed_fields:
            continue
        if field is form.subject:
            text = f"Find the {(form.people or form.table).title.lower()} first, and Pick."
        else:
            text = f"is filled by the form. {form.naming}."
        messages[field.id] = Message(text, Mark.WRONG)
    return messages


def _to_mend(
    draft: Draft,
    given: Given,
    count: int,
    messages: dict[str, Message],
    elsewhere: Sequence[str] = (),
    doubts: Sequence[Line] = (),
) -> Answer:
    """Refused: beside each field what is wrong, and the cursor in the first of them."""
    status = f"{things(count)} to mend before this can be saved. Nothing you typed is lost."
    lines = [Line(text, Look.ALERT) for text in elsewhere]
    if lines:
        status = f"{status} {shortened(elsewhere[0], 200)}"
        lines.insert(0, Line("To mend", Look.HEADING))
    lines += doubts
    hidden = {f.label for f in draft.form.table.fields} - {f.label for f in draft.form.fields}
    if any(text.partition(":")[0] in hidden for text in elsewhere):
        lines.append(Line(_OLDER, Look.STRONG))
    at = next((name for name in draft.form.design.by_id if _is_wrong(messages.get(name))), "")
    subject = draft.form.subject
    focus = FIND if subject is not None and at == subject.id else at
    answer = draft.answer(
        Message(status, Mark.WRONG),
        messages=messages,
        top=lines,
        find=given.find,
        reason=given.reason,
        focus=focus,
    )
    return replace(answer, state=replace(answer.state, refused="yes"))


def _is_wrong(message: Message | None) -> bool:
    return message is not None and message.mark is Mark.WRONG


def _ask(draft: Draft, given: Given, asking: Question, messages: dict[str, Message]) -> Answer:
    """A duplicate or a doubt: the other record beside the entry, and the ways on."""
    focus = DO
    if asking.takes_reason:
        focus, text = REASON, f"Why it is right all the same; then {given.request.value} again."
        if plain(given.reason):
            text = f"Does this reason answer what is asked now? Then {given.request.value} again."
        messages |= {REASON: Message(text, Mark.DOUBT)}
    mark = Mark.DOUBT if asking.takes_reason else Mark.WRONG
    return draft.answer(
        Message(asking.status, mark),
        messages=messages,
        top=asking.lines,
        find=given.find,
        reason=given.reason,
        focus=focus,
    )


def _unfit(draft: Draft, reason: str) -> dict[str, Message]:
    """Texts that no cell can hold, and errors of formulas, beside their fields."""
    messages = {}
    for name, text in [*draft.texts.items(), (REASON, reason)]:
        if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_TEXT:
            shorten = f"holds {len(text):,} characters; a cell takes {MAX_TEXT:,}. Shorten it."
            messages[name] = Message(shorten, Mark.WRONG)
        elif FORBIDDEN.search(tidy(text, lines=True)):
            messages[name] = Message("holds a character that no cell can hold. Type it again.", Mark.WRONG)
        elif text in _ERRORS:
            messages[name] = Message(f"holds the error {text}. Type the value.", Mark.WRONG)
    return messages

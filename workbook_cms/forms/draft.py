"""A draft: what stands in a form between two answers, and the answer that shows it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from workbook_cms.forms.alerts import LEAVE
from workbook_cms.forms.answers import Answer, Given, Line, Look, Message, Request, State
from workbook_cms.forms.design import FIND
from workbook_cms.forms.filling import changed, completed, of_record, prefilled, remembered, shown, texts_of
from workbook_cms.forms.form import Form
from workbook_cms.forms.greeting import info
from workbook_cms.forms.judging import Judgement, judge
from workbook_cms.forms.readback import about, before_this, guidance, identity, paraphrase, spelt_codes
from workbook_cms.receipts import Receipt
from workbook_cms.submission import new_id

__all__ = ["PANEL_LINES", "Draft"]

#: Lines that the panel of every form has room for.
PANEL_LINES = 26
_LEAVING = frozenset({Request.OPEN, Request.NEXT, Request.FIND, Request.PICK})


@dataclass(frozen=True)
class Draft:
    """What stands in a form.

    Attributes:
        form: The form over its workbook.
        texts: What counts as typed, completed, by field id; the subject as its key.
        state: What the form remembers.
        problems: By field id, what is to be done about a beginning that is not unique.
    """

    form: Form
    texts: Mapping[str, str]
    state: State
    problems: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Form, given: Given) -> Draft:
        """What was given, with unique beginnings written out."""
        texts, problems = completed(form, texts_of(form, given), given.state)
        subject = texts.get(form.subject.id, "") if form.subject else ""
        state = replace(given.state, subject=subject, entry=_entry_id(given.state))
        if state.asked.startswith(LEAVE) and given.request not in _LEAVING:
            state = replace(state, asked="")  # she went on with what she was asked to leave
        return cls(form, texts, state, problems)

    @classmethod
    def clean(cls, form: Form, state: State, *, subject: str = "", keep: Mapping[str, str] | None = None) -> Draft:
        """A clean form: defaults, the subject where it is kept, and what else stays from the entry before."""
        texts = prefilled(form, keep or {})
        if form.subject is not None and subject:
            texts[form.subject.id] = subject
        fresh = State(new_id(), subject, loaded=remembered(texts), last=state.last, person=state.person)
        return cls(form, texts, fresh)

    @classmethod
    def opened(cls, form: Form, key: str, state: State) -> Draft:
        """The record ``key`` of the form's table, open for change."""
        texts = of_record(form, form.record(form.table, key) or {})
        subject = texts.get(form.subject.id, "") if form.subject else ""
        fresh = State(new_id(), subject, key, remembered(texts), last=state.last, person=state.person)
        return cls(form, texts, fresh)

    @cached_property
    def judgement(self) -> Judgement:
        """What the rules say of it so far."""
        return judge(self.form, self.texts, self.state, self.problems)

    @cached_property
    def changed(self) -> dict[str, str]:
        """What was typed since the form was filled, by field id; "" for what was emptied."""
        return changed(self.form, self.texts, self.state)

    @property
    def first_to_type(self) -> str:
        """Row where the cursor goes: Find where somebody has to be found, else the first field that needs an answer."""
        if self.form.subject is not None and not self.state.subject:
            return FIND
        if self.state.editing:
            return next((f.id for f in self.form.typed_fields), FIND)
        blank = [f for f in self.form.typed_fields if not self.texts.get(f.id)]
        return next((f.id for f in [*(f for f in blank if f.required), *blank, *self.form.typed_fields]), FIND)

    def answer(
        self,
        status: Message,
        *,
        messages: Mapping[str, Message] | None = None,
        top: Iterable[Line] = (),
        find: str = "",
        pick: str = "",
        reason: str = "",
        focus: str = "",
        receipt: Receipt | None = None,
    ) -> Answer:
        """The answer that shows the draft.

        Args:
            status: The line on top.
            messages: What is to be said beside rows, before what the rules say of what was typed so far.
            top: First lines of the panel, before the read-back.
            find: Text of Find.
            pick: Text of Pick.
            reason: Text of Reason.
            focus: Row where the cursor goes.
            receipt: Of what was saved.
        """
        said = {**self.judgement.messages, **(messages or {})}
        return Answer(
            status,
            info(self.form),
            shown(self.form, self.texts),
            find,
            pick,
            reason,
            {name: message for name, message in said.items() if name in self.form.design.by_id},
            tuple(self._panel(top)),
            self.state,
            focus,
            receipt,
        )

    def _panel(self, top: Iterable[Line]) -> list[Line]:
        lines = [*top]
        for part in (self._read_back(), self._guidance(), self._known()):
            found = [line for line in part if line.text]
            if found and lines and found[0].look is not Look.HEADING:
                found.insert(0, Line("", found[0].look if found[0].look is Look.GUIDANCE else Look.PLAIN))
            lines += found
        return lines[:PANEL_LINES]

    def _read_back(self) -> Iterator[Line]:
        form, values = self.form, self.judgement.values
        lines: list[Line] = []
        if form.subject is not None and form.people is not None and self.state.subject:
            lines.append(Line(form.who(form.people, self.state.subject), Look.STRONG))
            lines += identity(form, form.people, form.record(form.people, self.state.subject) or {})
        elif form.people is form.table:
            lines += identity(form, form.table, values)
        lines += spelt_codes(form.table, values)
        if self.changed:
            lines += paraphrase(form, {name: v for name, v in values.items() if name not in self.problems})
        if lines:
            yield Line("Read back to the customer", Look.HEADING)
            yield from lines

    def _guidance(self) -> Iterator[Line]:
        yield from guidance(self.form, self.judgement.values)

    def _known(self) -> Iterator[Line]:
        """What is on record about whoever the form is about."""
        form = self.form
        key = self.state.subject if form.subject is not None else self.state.editing
        if form.people is not None and key and (values := form.record(form.people, key)):
            yield from about(form, form.people, values)
            yield from before_this(form, form.people, key)


def _entry_id(state: State) -> str:
    """The entry id that the form remembers, or a fresh one where its memory was damaged: it names a file."""
    try:
        return str(uuid.UUID(state.entry))
    except ValueError:
        return new_id()

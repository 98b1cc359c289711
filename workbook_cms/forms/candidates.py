"""Finding and picking: the records that fit what was typed, with what tells them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from validation.findings import CellValue
from validation.frames import display
from validation.policy import Convention, FieldFormat, FieldType, PolicyField, PolicyTable, Sensitivity
from workbook_cms.forms.answers import Line, Look
from workbook_cms.forms.completion import complete_key
from workbook_cms.forms.design import form_design
from workbook_cms.forms.form import Form
from workbook_cms.forms.related import last_contacts
from workbook_cms.forms.wording import shortened
from workbook_cms.search import Hit
from workbook_cms.submission import ADD

__all__ = ["Candidate", "candidate_lines", "find", "looked_up", "nobody", "own_key", "picked", "sure"]

#: One key on the keyboard picks each of them.
_OFFERED = 9
#: Points below the best hit at which another one is no longer worth a look.
_BEHIND = 25
_DETAILS = 5


@dataclass(frozen=True)
class Candidate:
    """A record that may be meant.

    Attributes:
        key: Its key, or its entry id while it waits.
        who: Key and name, for people.
        why: What fits, such as ``phone``.
        details: Label to text, what may tell it from others.
    """

    key: str
    who: str
    why: str
    details: Mapping[str, str]


def looked_up(form: Form) -> PolicyTable:
    """The table whose records Find offers."""
    return form.people if form.subject is not None and form.people is not None else form.table


def own_key(form: Form, text: str, *, digits: bool = False) -> str:
    """The key of a record of the form's own table that ``text`` is; "" if it is none.

    Args:
        form: The form.
        text: As typed.
        digits: Whether the number of the key is enough.
    """
    keys = form.typed(form.table).raw.keys
    if not digits:
        return next((key for key in keys if key and key.casefold() == text.casefold()), "")
    key = complete_key(text, keys)
    return key if text and key in keys else ""


def find(form: Form, query: str, limit: int = _OFFERED) -> list[Candidate]:
    """Records that fit what was typed, the best first."""
    table = looked_up(form)
    hits = form.book.find(table.name, query, limit)
    hits = [hit for hit in hits if hit.score >= hits[0].score - _BEHIND]
    found = [c for hit in hits if (c := _candidate(form, table, hit))]
    last = last_contacts(form, table, (c.key for c in found))
    return [
        replace(c, details={**c.details, "last contact": display(last[c.key])}) if c.key in last else c
        for c in found
    ]


def _candidate(form: Form, table: PolicyTable, hit: Hit) -> Candidate | None:
    key = hit.key or _waiting(form, table, hit)
    values = form.record(table, key) if key else None
    if values is None:
        return None
    details = {f.label: form.text(f, values.get(f.id)) for f in _tell_apart(table)}
    return Candidate(key, form.who(table, key), hit.why, {label: text for label, text in details.items() if text})


def _waiting(form: Form, table: PolicyTable, hit: Hit) -> str:
    """Entry id of the waiting record that a hit without a key shows."""

    def summary(values: Mapping[str, CellValue]) -> dict[str, str]:
        texts = {label: display(values.get(table.by_label[label].id)) for label in hit.summary}
        return {label: text for label, text in texts.items() if text}

    waiting = (e for e in form.book.pending if e.action == ADD and e.table == table.id)
    return next((e.id for e in waiting if summary(e.values) == hit.summary), "")


def _tell_apart(table: PolicyTable) -> list[PolicyField]:
    """Fields that tell people of one name apart: birthday, telephone, e-mail, place, organisation."""

    def rank(field: PolicyField) -> int:
        tests = (
            field.type is FieldType.DATE,
            field.format is FieldFormat.PHONE,
            field.naming is Convention.PLACE,
            field.naming is Convention.ORGANISATION,
            field.format is FieldFormat.EMAIL,
        )
        return tests.index(True) if True in tests else -1

    known = [f for f in table.fields if not f.retired and f.sensitivity is not Sensitivity.SENSITIVE]
    return sorted((f for f in known if rank(f) >= 0 and f.id != table.activity_date), key=rank)


def sure(candidates: Sequence[Candidate], query: str) -> Candidate | None:
    """The one candidate that was asked for by its key, or by the number of something that is its (a booking).

    A single name or telephone is not sure: two people share it.
    """
    exact = [c for c in candidates if c.why == "key" or c.why.endswith(f" {query.strip().upper()}")]
    return exact[0] if len(exact) == 1 else None


def picked(form: Form, text: str, offered: Sequence[str]) -> str:
    """The key that was meant in Pick: a number on the list, a key, or nothing where one is offered alone; else "".

    A short number is never taken for that of a key: a slip would pick somebody who is not on the list.
    """
    if not text:
        return offered[0] if len(offered) == 1 else ""
    if text.isascii() and text.isdigit() and len(text) <= 2:
        return offered[int(text) - 1] if 1 <= int(text) <= len(offered) else ""
    keys = form.typed(looked_up(form)).raw.keys
    key = complete_key(text, keys)
    return key if key in keys else ""


def candidate_lines(candidates: Sequence[Candidate]) -> list[Line]:
    """The candidates, numbered, each with the details that differ between them."""
    common = {
        label: text
        for label, text in (candidates[0].details.items() if len(candidates) > 1 else ())
        if all(c.details.get(label) == text for c in candidates)
    }
    lines = [Line("Who is it?", Look.HEADING)]
    for number, candidate in enumerate(candidates, start=1):
        why = "" if candidate.why in {"name", "key"} else f"  ({candidate.why})"
        lines.append(Line(f"{number}  {shortened(candidate.who, 70)}{why}", Look.STRONG))
        details = [f"{_short(label)} {text}" for label, text in candidate.details.items() if label not in common]
        if details:
            lines.append(Line(f"    {shortened(' · '.join(details[:_DETAILS]), 150)}", Look.QUIET))
    if common:
        lines.append(
            Line(f"All have {', '.join(f'{_short(label)} {text}' for label, text in common.items())}.", Look.QUIET)
        )
    return lines


def _short(label: str) -> str:
    return "born" if label.casefold() == "date of birth" else label[:1].lower() + label[1:]


def nobody(form: Form, query: str) -> str:
    """What to do when nothing fits."""
    table = looked_up(form)
    title = table.title.lower()
    tried = f'No {title} matches "{shortened(query, 40)}". Try fewer letters, a telephone number or an e-mail'
    if table is form.table:
        return f"{tried}, or go on and add it."
    return f'{tried}, or use "{form_design(form.policy, table).title}" first.'

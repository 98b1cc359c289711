"""What stands in a form: a clean one, one with a record to change, and what was typed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from validation.findings import CellValue
from validation.policy import PolicyField
from validation.reading import parse_text
from workbook_cms.forms.answers import Given, State
from workbook_cms.forms.completion import complete_key, complete_list
from workbook_cms.forms.form import Form
from workbook_cms.forms.related import related
from workbook_cms.forms.wording import plain

__all__ = [
    "changed",
    "completed",
    "entry_of",
    "kept",
    "mark",
    "of_record",
    "prefilled",
    "remembered",
    "shown",
    "texts_of",
]

#: Texts longer than this are remembered by their checksum: all of a form's memory has to fit into one cell.
_REMEMBERED = 60


def mark(text: str) -> str:
    """A text as the form remembers it: itself where it is short, else a checksum that tells whether it changed."""
    text = plain(text)
    if len(text) <= _REMEMBERED:
        return text
    return f"sha256 {hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:32]}"


def texts_of(form: Form, given: Given) -> dict[str, str]:
    """What counts as typed, by field id: the subject is the key that was picked, whatever its input shows."""
    texts = {
        name: text for name, value in given.inputs.items() if (text := plain(value)) and name in form.design.by_id
    }
    if form.subject is not None:
        # A memory that was lost leaves what the locked input shows: "STK-00214  Quenby Zafiropoulos".
        key = given.state.subject or texts.get(form.subject.id, "").split(" ", 1)[0]
        texts[form.subject.id] = form.key_now(form.people or form.table, key)
    return texts


def shown(form: Form, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts as the form shows them: beside the subject's key stands the name."""
    inputs = {name: text for name, text in texts.items() if text}
    if form.subject is not None and (key := inputs.get(form.subject.id)) and form.people is not None:
        inputs[form.subject.id] = form.who(form.people, key)
    return inputs


def completed(form: Form, texts: Mapping[str, str], state: State) -> tuple[dict[str, str], dict[str, str]]:
    """Texts with unique beginnings written out, and by field id what to do about those that are not unique.

    What the form was filled with stays as it is: a record is not changed by being opened.
    """
    out, problems = dict(texts), {}
    subject = texts.get(form.subject.id, "") if form.subject else ""
    for field in form.typed_fields:
        text = out.get(field.id, "")
        if not text or field is form.subject or mark(text) == state.loaded.get(field.id):
            continue
        if choices := form.choices(field):
            done = complete_list(text, choices, field.multiple)
            out[field.id] = done.text
            if done.problem:
                problems[field.id] = done.problem
        elif field.foreign_key and (table := form.policy.table_by_id.get(field.foreign_key)):
            keys = form.typed(table).raw.keys
            own = [r.key for r in related(form, form.people, subject) if r.table is table] if subject else []
            out[field.id] = text if text in keys else complete_key(text, keys, own)
    return out, problems


def prefilled(form: Form, keep: Mapping[str, str]) -> dict[str, str]:
    """Texts of a clean form: what defaults give, and what is kept from the entry before."""
    texts = {f.id: form.text(f, _default(form, f)) for f in form.fields if f.default}
    return {name: text for name, text in {**texts, **keep}.items() if text}


def _default(form: Form, field: PolicyField) -> object:
    known: dict[str, object] = {"@today": form.today, "@me": form.book.person}
    if field.default in known:
        return known[field.default]
    return parse_text(field.default, field, form.policy.settings, form.today)


def kept(form: Form, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts of the entry before that stay for the next one: those of lists that tell about the desk.

    A channel stays the same from call to call. A list whose values carry guidance or count towards a measure tells
    about the customer, and one of several values, of staff, with a default or that may stay blank is chosen anew.
    """
    keep = {}
    for field in form.typed_fields:
        choices = form.choices(field)
        if choices is None or not field.required or field.multiple or field.default:
            continue
        if not any(item.guidance or item.kpi or item.login for item in choices.items):
            keep[field.id] = texts.get(field.id, "")
    return {name: text for name, text in keep.items() if text}


def of_record(form: Form, values: Mapping[str, CellValue]) -> dict[str, str]:
    """Texts of a record that is opened for change."""
    texts = {f.id: form.text(f, values.get(f.id)) for f in form.fields}
    if form.subject is not None:
        texts[form.subject.id] = str(values.get(form.subject.id) or "")
    return {name: text for name, text in texts.items() if text}


def remembered(texts: Mapping[str, str]) -> dict[str, str]:
    """What the form remembers of the texts it was filled with."""
    return {name: mark(text) for name, text in texts.items() if text}


def changed(form: Form, texts: Mapping[str, str], state: State) -> dict[str, str]:
    """Texts that were typed since the form was filled, by field id; "" for what was emptied."""
    asked = [*form.typed_fields, *([form.subject] if form.subject and state.editing else [])]
    names = dict.fromkeys(field.id for field in asked)
    now = {name: texts.get(name, "") for name in names}
    return {name: text for name, text in now.items() if mark(text) != state.loaded.get(name, "")}


def entry_of(form: Form, texts: Mapping[str, str], state: State) -> dict[str, str]:
    """A new entry by field id, as the door takes it.

    What the program fills is left to the door, and so is a default that nobody touched: a form that was left open
    overnight gets the day on which it is submitted.
    """
    if state.editing:
        return {f.id: texts[f.id] for f in (*form.typed_fields, form.subject) if f and texts.get(f.id)}
    unchanged = {
        f.id for f in form.typed_fields if f.default and mark(texts.get(f.id, "")) == state.loaded.get(f.id)
    }
    names = {f.id for f in form.typed_fields} - unchanged | ({form.subject.id} if form.subject else set())
    known = {name: text for name, text in texts.items() if name in names}
    # What the rules of the workbook no longer know is handed on too, so that it is refused and not lost.
    return known | {name: text for name, text in texts.items() if name not in form.table.by_id}

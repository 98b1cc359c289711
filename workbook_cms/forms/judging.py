"""What the rules say of an entry, put beside the fields where people look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from validation.conditions import applies, sentence
from validation.findings import CellValue, Finding, Severity
from validation.frames import TableFrame, display
from validation.policy import FieldFormat, FieldType, Must, PolicyField
from validation.reading import parse_text
from validation.typing import type_table
from workbook_cms.forms.answers import Mark, Message, State
from workbook_cms.forms.filling import changed, entry_of
from workbook_cms.forms.form import Form
from workbook_cms.forms.identification import agreeing
from workbook_cms.forms.wording import day, quoted, spoken_phone
from workbook_cms.receipts import is_alert

__all__ = ["Judgement", "beside", "echoes", "judge", "needed"]

_BLANK = frozenset({"ENT001", "ENT002"})
_WEIGHT = (Mark.WRONG, Mark.DOUBT, Mark.GOOD, Mark.HINT, Mark.NONE)


@dataclass(frozen=True)
class Judgement:
    """What the rules say of what stands in a form.

    Attributes:
        values: The entry as it would be saved, by field id.
        findings: What breaks rules, blanks that were not reached yet left out.
        messages: By field id.
        elsewhere: What is to be said about no field that the form shows.
    """

    values: Mapping[str, CellValue] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    messages: Mapping[str, Message] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


def judge(form: Form, texts: Mapping[str, str], state: State, problems: Mapping[str, str]) -> Judgement:
    """What is to be said about what was typed so far; what is still blank is nagged about only after a submit.

    Args:
        form: The form.
        texts: What counts as typed, completed, by field id.
        state: What the form remembers: whether it is a new record.
        problems: By field id what was found while completing.
    """
    if not state.editing and not changed(form, texts, state):
        # Nobody has typed anything yet: there is nothing to hold against the tables, which takes long.
        settings = form.policy.settings
        filled = {f.id: parse_text(texts[f.id], f, settings, form.today) for f in form.fields if texts.get(f.id)}
        return Judgement(filled, messages=echoes(form, texts, filled))
    given: dict[str, CellValue] = dict(entry_of(form, texts, state))
    if state.editing:
        emptied = {f.id: None for f in form.typed_fields if not texts.get(f.id)}
        given = {**(form.record(form.table, state.editing) or {}), **given, **emptied}
    prepared = form.book.prepare(form.table.name, form.labelled(given), key=state.editing)
    values, found = prepared.values[0], prepared.findings[0]
    reached = [f for f in found if state.refused or f.code not in _BLANK or _filled(form, f, values)]
    messages, elsewhere = beside(form, reached)
    if state.editing:
        # What was wrong before keeps no change out.
        now = changed(form, texts, state)
        messages = {
            name: said if name in now or said.mark is not Mark.WRONG else replace(said, mark=Mark.DOUBT)
            for name, said in messages.items()
        }
    hints = {**echoes(form, texts, values), **needed(form, values), **agreeing(form, values)}
    typed = {name: Message(text, Mark.WRONG) for name, text in problems.items()}
    return Judgement(values, tuple(reached), {**hints, **messages, **typed}, tuple(elsewhere))


def _filled(form: Form, finding: Finding, values: Mapping[str, CellValue]) -> bool:
    known = form.table.by_label.get(finding.field)
    return known is not None and known.id in values


def beside(form: Form, findings: Iterable[Finding]) -> tuple[dict[str, Message], list[str]]:
    """Messages by field id, and those about no field that the form shows."""
    at: dict[str, list[Finding]] = {}
    elsewhere = []
    for finding in findings:
        name = finding.field
        name = form.table.by_label[name].id if name in form.table.by_label else name
        if name in form.design.by_id:
            at.setdefault(name, []).append(finding)
        else:
            elsewhere.append(f"{finding.field}: {_said(finding)}" if finding.field else _said(finding))
    return {name: _together(found) for name, found in at.items()}, elsewhere


def _together(found: Sequence[Finding]) -> Message:
    """What several findings say of one field: the gravest, and a second one of the same weight."""
    ordered = sorted(found, key=lambda f: (_WEIGHT.index(_mark(f)), not f.details.get("remedy", "whole")))
    first = ordered[0]
    same = [f for f in ordered if _mark(f) is _mark(first)]
    return Message(" ".join(dict.fromkeys(map(_said, same[:2]))), _mark(first))


def _mark(finding: Finding) -> Mark:
    if is_alert(finding):
        return Mark.DOUBT
    return {Severity.ERROR: Mark.WRONG, Severity.WARNING: Mark.DOUBT, Severity.INFO: Mark.HINT}[finding.severity]


def _said(finding: Finding) -> str:
    """A finding's sentence, with the mended value where the sentence does not name it."""
    suggestion = display(finding.suggestion)
    if suggestion and suggestion.casefold() not in finding.message.casefold():
        return f"{finding.message} Right would be {quoted(suggestion)}."
    return finding.message


def needed(form: Form, values: Mapping[str, CellValue]) -> dict[str, Message]:
    """Hints beside blank fields that what was chosen (the purpose) makes necessary."""
    hints: dict[str, Message] = {}
    typed = type_table(TableFrame.of_entries(form.table, [values]), form.policy, form.today)
    for condition in form.policy.conditions:
        if condition.table != form.table.id or condition.must is not Must.FILLED or not condition.when:
            continue
        if not all(when.field in form.table.by_id for when in condition.when) or not applies(typed, condition)[0]:
            continue
        for name in condition.fields:
            known = form.table.by_id.get(name)
            if known and not known.retired and name not in values:
                text = condition.message or sentence(condition, known, typed, 0).replace(" Fill it in.", "")
                hints.setdefault(name, Message(text, Mark.HINT))
    return hints


def echoes(form: Form, texts: Mapping[str, str], values: Mapping[str, CellValue]) -> dict[str, Message]:
    """How dates, numbers, telephones and names were read, where that is not what was typed."""
    out = {}
    for known in form.typed_fields:
        text, value = texts.get(known.id, ""), values.get(known.id)
        if not text or value is None or known.enum or known.foreign_key:
            continue
        if (said := _echo(form, known, text, value)) and said != text:
            out[known.id] = Message(said, Mark.HINT)
    return out


def _echo(form: Form, known: PolicyField, text: str, value: CellValue) -> str:
    if known.type is FieldType.DATE:
        return day(value, form.today) if isinstance(value, dt.date) else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        plain = f"{value:,.2f}" if isinstance(value, float) and not value.is_integer() else f"{value:,.15g}"
        return "" if plain.replace(",", "") == text else plain
    said = spoken_phone(str(value), form.region) if known.format is FieldFormat.PHONE else str(value)
    if len(said) > 80 or " ".join(said.split()) == " ".join(text.split()) or said == text:
        return ""
    return f"saved as {said}"

"""The read-back: what a representative says to the customer so that both mean the same, and what she should know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from validation.findings import CellValue
from validation.frames import display
from validation.policy import (
    Convention,
    FieldFormat,
    FieldType,
    Must,
    Normaliser,
    PolicyField,
    PolicyTable,
    Sensitivity,
    WhenIs,
)
from workbook_cms.forms.answers import Line, Look
from workbook_cms.forms.form import Form
from workbook_cms.forms.marks import GUIDE_LENGTH, guided_fields
from workbook_cms.forms.phonetic import spelt, spelt_words
from workbook_cms.forms.related import Related, related, telling
from workbook_cms.forms.wording import day, listed, shortened, spoken_phone

__all__ = ["about", "before_this", "guidance", "identity", "paraphrase", "spelt_codes"]

_EARLIER = 5
_PREFERENCES = 6
#: First words of labels that say what the customer would like.
_WISHES = frozenset({"desired", "wanted", "wished", "requested"})


def identity(form: Form, table: PolicyTable, values: Mapping[str, CellValue]) -> Iterator[Line]:
    """Who it is, to be confirmed: names spelt, date of birth, telephone as it is said, e-mail."""
    names = [display(values.get(f.id)) for f in table.fields if f.naming is Convention.PERSON and not f.retired]
    others = [
        display(values.get(f.id)) for f in table.fields if f.naming is Convention.ORGANISATION and not f.retired
    ]
    name = " ".join(filter(None, names))
    for word, spelling in spelt_words(name or next(filter(None, others), ""))[:4]:
        yield Line(f"{word}: {spelling}", Look.SPOKEN)
    if name and (organisation := next(filter(None, others), "")):
        yield Line(f"Organisation: {organisation}")
    confirmed = sorted((f for f in table.fields if _confirms(f) and f.id in values), key=_asked_first)
    facts = [_fact(form, f, values[f.id]) for f in confirmed]
    # Two short facts share a line: the panel is narrow and low.
    short = [fact for fact in facts if len(fact) <= 30]
    for start in range(0, len(short), 2):
        yield Line(" · ".join(short[start : start + 2]), Look.SPOKEN)
    yield from (Line(fact, Look.SPOKEN) for fact in facts if len(fact) > 30)


def _confirms(field: PolicyField) -> bool:
    if field.retired or field.sensitivity is Sensitivity.SENSITIVE:
        return False
    dated = field.type is FieldType.DATE and field.sensitivity is Sensitivity.PERSONAL
    return dated or field.format in (FieldFormat.PHONE, FieldFormat.EMAIL)


def _asked_first(field: PolicyField) -> int:
    return (field.type is not FieldType.DATE) + (field.format is FieldFormat.EMAIL)


def _fact(form: Form, field: PolicyField, value: CellValue) -> str:
    text = spoken_phone(display(value), form.region) if field.format is FieldFormat.PHONE else display(value)
    return f"{field.label}: {text}"


def spelt_codes(table: PolicyTable, values: Mapping[str, CellValue]) -> Iterator[Line]:
    """Codes of an entry, spelt: booking numbers and the like, which people type."""
    for field in table.fields:
        code = field.naming is Convention.CODE or bool(field.pattern) or Normaliser.UPPER in field.normalise
        if code and not field.enum and not field.retired and (text := display(values.get(field.id))):
            yield Line(f"{field.label} {text}: {spelt(text)}", Look.SPOKEN)


def paraphrase(form: Form, values: Mapping[str, CellValue]) -> Iterator[Line]:
    """The entry in words to read to the customer.

    Said are free texts, choices that tell about the customer, dates and amounts that a choice makes necessary; what
    is ours alone (staff, status, channel) is not.
    """
    asked = {
        name
        for c in form.policy.conditions
        if c.table == form.table.id and c.must is Must.FILLED and any(w.test is WhenIs.ONE_OF for w in c.when)
        for name in c.fields
    }
    wish, told = "", []
    for field in form.fields:
        value = values.get(field.id)
        if value is None or not _customers(form, field, asked):
            continue
        text = _said(value)
        if field.label.split()[0].casefold() in _WISHES:
            wish = text
        else:
            told.append(f"{field.label}: {text}")
    if wish:
        yield Line(f"“You would like: {wish}.”", Look.SPOKEN)
    if told:
        lead = "“I have written down: " if not wish else "“And I have written down: "
        yield Line(f"{lead}{'; '.join(told)}. Is that right?”", Look.SPOKEN)


def _customers(form: Form, field: PolicyField, asked: set[str]) -> bool:
    """Whether a field of the entry is for the customer's ears."""
    ours = (
        field.locked
        or field.foreign_key
        or field.id in (form.table.activity_date, form.table.status, form.table.key)
    )
    if ours or field.naming or field.format is not FieldFormat.DEFAULT:
        return False
    if choices := form.choices(field):
        return any(item.guidance or item.kpi for item in choices.items)
    if field.type in (FieldType.INTEGER, FieldType.NUMBER):
        return field.required or field.id in asked
    if field.type is FieldType.DATE:
        return field.sensitivity is not Sensitivity.PERSONAL
    return field.type is FieldType.STRING and (field.required or field.id in asked)


def _said(value: CellValue) -> str:
    if isinstance(value, dt.date):
        return day(value)
    return shortened(display(value), 220).rstrip(".")


def guidance(form: Form, values: Mapping[str, CellValue]) -> Iterator[Line]:
    """What the policy says to ask and to answer for the values chosen.

    Form sheets have cells of their own for it; what has no room there comes after a heading.
    """
    brief: list[str] = []
    other: list[str] = []
    for field in form.fields:
        choices = form.choices(field)
        if choices is None or field.id not in values:
            continue
        chosen = [part.strip() for part in display(values[field.id]).split(";")]
        found = [item for item in choices.items if item.value in chosen and item.guidance]
        fits = len(found) == 1 == len(chosen) and field in guided_fields(form.policy, form.design)
        for item in found:
            fits = fits and len(f"{field.label}: {item.guidance}") <= GUIDE_LENGTH
            (brief if fits else other).append(f"{item.value}: {item.guidance}")
    yield from (Line(text, Look.GUIDANCE) for text in brief)
    if other:
        yield Line("Guidance", Look.HEADING)
        yield from map(Line, other)


def about(form: Form, table: PolicyTable, values: Mapping[str, CellValue]) -> Iterator[Line]:
    """How somebody likes to be served: the choices of the record that are not taken for granted, and its notes."""
    address = {f.section for f in table.fields if f.format is FieldFormat.POSTCODE or f.naming is Convention.PLACE}
    known = [
        f for f in table.fields if f.id in values and not f.retired and f.sensitivity is not Sensitivity.SENSITIVE
    ]
    chosen = [
        f"{f.label}: {display(values[f.id])}"
        for f in known
        if f.enum and f.section not in address and display(values[f.id]) != f.default
    ]
    if chosen:
        yield Line(shortened(" · ".join(chosen[:_PREFERENCES]), 200))
    for field in known:
        free = field.type is FieldType.STRING and not (
            field.enum or field.naming or field.foreign_key or field.pattern
        )
        if free and field.format is FieldFormat.DEFAULT and (field.max_length or 0) > 200:
            yield Line(f"{field.label}: {shortened(display(values[field.id]), 200)}")


def before_this(form: Form, table: PolicyTable, key: str) -> Iterator[Line]:
    """What is still open for a record, the most urgent first, and its last activities."""
    records = related(form, table, key)
    waiting = sorted((r for r in records if r.is_open), key=lambda r: r.due or dt.date.max)
    if waiting:
        yield Line("Still open", Look.HEADING)
        yield from (Line(_due(form, item), Look.STRONG) for item in waiting[:_EARLIER])
    done = [r for r in records if r.when and r.when <= form.today and r not in waiting[:_EARLIER]]
    if done:
        yield Line("Before this", Look.HEADING)
        yield from (Line(telling(form, item)) for item in done[:_EARLIER])
    elif not waiting:
        yield Line("No earlier contact is on record.", Look.QUIET)
    if kinds := [_count(name, records) for name in dict.fromkeys(r.table.name for r in records)]:
        yield Line(f"In all {listed(kinds)}.", Look.QUIET)


def _count(name: str, records: list[Related]) -> str:
    return f"{sum(r.table.name == name for r in records)} in {name}"


def _due(form: Form, item: Related) -> str:
    if item.due is None:
        return telling(form, item)
    late = "overdue since" if item.due < form.today else "due"
    text = telling(form, item)
    return f"{late} {day(item.due, form.today)}: {text}"

"""What a representative needs at hand, from the policy: fields by form, what each purpose needs, lists, keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from validation.policy import (
    Condition,
    FieldFormat,
    FieldType,
    Must,
    Policy,
    PolicyField,
    PolicyList,
    PolicyTable,
    When,
    WhenIs,
)
from workbook_cms.forms.design import DO, FormDesign, form_designs
from workbook_cms.forms.keys import TERMINAL_KEYS

__all__ = ["CheatSheet", "FormPart", "ListPart", "Row", "cheat_sheet"]

#: Lists of more values than this are shown by their first ones: nobody looks a country up on paper.
_LONG = 16
_SHOWN = 4


@dataclass(frozen=True)
class Row:
    """A name and what is said of it; ``marked`` stands out (a required field)."""

    name: str
    text: str
    marked: bool = False


@dataclass(frozen=True)
class FormPart:
    """One form.

    Attributes:
        title: Its heading.
        sections: Section title and its fields.
        needs: Which fields a choice makes required: by the field chosen in, the choice and those fields.
        rules: What else has to be so, a sentence each.
    """

    title: str
    sections: tuple[tuple[str, tuple[Row, ...]], ...]
    needs: tuple[tuple[str, tuple[Row, ...]], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class ListPart:
    """A list: its values with what to ask or do, or the values alone where there is no guidance."""

    title: str
    guided: tuple[Row, ...]
    values: str


@dataclass(frozen=True)
class CheatSheet:
    """The whole sheet, before it is HTML or Markdown."""

    organisation: str
    forms: tuple[FormPart, ...]
    lists: tuple[ListPart, ...]
    keys: tuple[tuple[str, tuple[Row, ...]], ...]


def cheat_sheet(policy: Policy) -> CheatSheet:
    """The cheat sheet of a policy."""
    designs = form_designs(policy)
    asked = {field.enum for design in designs for field in design.fields if field.enum}
    lists = sorted((choice for choice in policy.lists if choice.id in asked), key=lambda c: not _guided(c))
    return CheatSheet(
        policy.settings.organisation,
        tuple(_form(policy, design) for design in designs),
        tuple(_list(choice) for choice in lists if choice.active),
        tuple(_keys(designs[0])),
    )


def _keys(design: FormDesign) -> Iterator[tuple[str, tuple[Row, ...]]]:
    do = design.by_id[DO]
    yield "Keys in a worksheet", (Row("Tab, Shift+Tab", "next field, field before"), Row(do.label, do.help))
    yield "Keys in a terminal", tuple(Row(key, text) for key, text in TERMINAL_KEYS)


def _form(policy: Policy, design: FormDesign) -> FormPart:
    sections: list[tuple[str, list[Row]]] = []
    for row in design.rows:
        if row.field is not None:
            if not sections:
                sections.append(("", []))
            sections[-1][1].append(Row(row.label, _about(policy, row.field), row.field.required))
        elif not row.id:
            sections.append((row.label, []))
    own = [condition for condition in policy.conditions if condition.table == design.table.id]
    return FormPart(
        design.title,
        tuple((title, tuple(rows)) for title, rows in sections if rows),
        tuple(_needs(design.table, own)),
        tuple(_sentence(design.table, condition) for condition in own if not _simple(condition)),
    )


def _about(policy: Policy, field: PolicyField) -> str:
    """What to enter, short: the first sentence of the help, and how several values or dates are typed."""
    first, dot, _ = field.help.partition(". ")
    text = first + ("." if dot else "")
    if field.multiple:
        text += " Several: with ; between them."
    if field.example and field.format is not FieldFormat.EMAIL and not field.enum:
        text += f" Such as {field.example}" if field.type is FieldType.STRING and not field.sensitivity else ""
    if field.enum and field.enum in policy.list_by_id and not field.help:
        text = f"From the list {policy.list_by_id[field.enum].title}."
    return text.strip()


# --- conditions ----------------------------------------------------------------------------------------------------


def _simple(condition: Condition) -> bool:
    """Whether it says: this choice needs these fields."""
    return condition.must is Must.FILLED and len(condition.when) == 1 and condition.when[0].test is WhenIs.ONE_OF


def _needs(table: PolicyTable, conditions: list[Condition]) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """For each field chosen in, its choices and the fields they need; choices of the same needs share a row."""
    found: dict[tuple[str, str], list[str]] = {}
    for condition in conditions:
        if _simple(condition):
            for value in condition.when[0].values:
                labels = found.setdefault((condition.when[0].field, value), [])
                labels += [table.by_id[name].label for name in condition.fields if not table.by_id[name].retired]
    for name in dict.fromkeys(field for field, _ in found):
        same: dict[str, list[str]] = {}
        for (field, value), labels in found.items():
            if field == name and labels:
                same.setdefault(", ".join(dict.fromkeys(labels)), []).append(value)
        yield table.by_id[name].label, tuple(Row(", ".join(values), needed) for needed, values in same.items())


def _sentence(table: PolicyTable, condition: Condition) -> str:
    if condition.message:
        return condition.message
    labels = [table.by_id[name].label for name in condition.fields if not table.by_id[name].retired]
    all_of, one_of = _listed(labels, "and"), _listed(condition.values, "or")
    other = table.by_id[condition.other].label if condition.other else ""
    must = {
        Must.FILLED: f"{all_of} must be filled in",
        Must.EMPTY: f"{all_of} must be blank",
        Must.ONE_FILLED: f"at least one of {_listed(labels, 'or')} must be filled in",
        Must.ONE_OF: f"{all_of} must be {one_of}",
        Must.NOT_ONE_OF: f"{all_of} must not be {one_of}",
        Must.ON_OR_AFTER: f"{all_of} must be on or after {other}",
        Must.ON_OR_BEFORE: f"{all_of} must be on or before {other}",
        Must.AT_LEAST: f"{all_of} must be at least {one_of}",
        Must.AT_MOST: f"{all_of} must be at most {one_of}",
        Must.SAME_AS: f"{all_of} must be the same as {other}",
        Must.DIFFERENT_FROM: f"{all_of} must differ from {other}",
    }[condition.must]
    cases = " and ".join(_case(table, when) for when in condition.when)
    text = f"when {cases}, {must}." if cases else f"{must}."
    return text[0].upper() + text[1:]


def _case(table: PolicyTable, when: When) -> str:
    label, values = table.by_id[when.field].label, _listed(when.values, "or")
    return {
        WhenIs.ONE_OF: f"{label} is {values}",
        WhenIs.NOT_ONE_OF: f"{label} is not {values}",
        WhenIs.FILLED: f"{label} is filled in",
        WhenIs.EMPTY: f"{label} is blank",
    }[when.test]


def _listed(words: tuple[str, ...] | list[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


# --- lists ---------------------------------------------------------------------------------------------------------


def _guided(choice: PolicyList) -> bool:
    return any(item.guidance for item in choice.items if item.active)


def _list(choice: PolicyList) -> ListPart:
    if _guided(choice):
        rows = (Row(item.value, item.guidance) for item in choice.items if item.active)
        return ListPart(choice.title, tuple(rows), "")
    values = choice.active
    more = f" and {len(values) - _SHOWN} more" if len(values) > _LONG else ""
    return ListPart(choice.title, (), ", ".join(values[: _SHOWN if more else None]) + more)

"""Required marks and guidance as formulas over a form's cells, so that they follow what is typed without any program.

A policy's conditions become formulas of functions that Excel 2013 and LibreOffice know. Three columns work together:
the input as typed; its value (hidden column: trimmed, a beginning completed to the value of the list, a blank replaced
by its default); and the mark. Each formula comes with the result it has on the form as it is drawn, for programs that
show a workbook without calculating it. The session decides; a mark only shows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validation.policy import Condition, FieldType, Must, Policy, PolicyField, When, WhenIs
from workbook_cms.forms.design import FormDesign
from workbook_cms.forms.grid import INPUT, VALUE, Place
from workbook_cms.layout import list_name

__all__ = [
    "GUIDE_LENGTH",
    "REQUIRED",
    "Formula",
    "guidance_formulas",
    "guide_name",
    "guided_fields",
    "mark_formulas",
    "value_formulas",
]

REQUIRED = "*"
GUIDE_LINES = 2
"""Rows of the sheet that a line of guidance takes."""
GUIDE_LENGTH = 135
"""Characters of guidance that these surely hold."""
NOT_CHOSEN = "…"
"""Ends a line of guidance while nothing is chosen that has any."""
#: Excel takes formulas of 8,192 characters; a mark that would need a longer one is left to the session.
_LONGEST = 8_000
_LITERAL = 255  # characters of a text inside a formula
_YES, _NO = ("yes", "y", "true", "x"), ("no", "n", "false")


@dataclass(frozen=True)
class Formula:
    """A formula and its result on the form as it is drawn."""

    text: str
    result: str = ""


@dataclass(frozen=True)
class _Test:
    """Something that is so or not: its formula, and whether it is so now."""

    formula: str
    holds: bool


def guide_name(list_id: str) -> str:
    """Defined name of the two columns value and guidance of a list."""
    return f"guide_{list_id}"


def guided_fields(policy: Policy, design: FormDesign) -> tuple[PolicyField, ...]:
    """Fields whose list says what to ask and answer; at most three have room."""
    guided = {choice.id for choice in policy.lists if any(item.guidance for item in choice.items)}
    return tuple(field for field in design.fields if field.enum in guided)[:3]


def value_formulas(policy: Policy, placed: Sequence[Place], inputs: Mapping[str, str]) -> dict[str, Formula]:
    """By field id: what an input stands for.

    Args:
        policy: The policy.
        placed: Rows of the form with their cells.
        inputs: Text of the inputs as the form is drawn, by field id.
    """
    return {
        place.id: _value(policy, place.row.field, place.cell(INPUT), inputs.get(place.id, ""))
        for place in placed
        if place.row.field is not None
    }


def mark_formulas(
    policy: Policy, design: FormDesign, placed: Sequence[Place], inputs: Mapping[str, str]
) -> dict[str, Formula]:
    """By field id: the mark of a field that has to be filled. Arguments as for `value_formulas`."""
    now = {name: formula.result for name, formula in value_formulas(policy, placed, inputs).items()}
    cells = {place.id: place.cell(VALUE) for place in placed if place.row.field is not None}
    tests = _Tests(design, cells, now)
    marks = {}
    for place in placed:
        field = place.row.field
        if field is None or (place.row.locked and field is not design.subject):
            continue
        if field.required:
            marks[field.id] = Formula(f'="{REQUIRED}"', REQUIRED)
            continue
        needed = [
            tests.needed(condition)
            for condition in policy.conditions
            if condition.table == design.table.id and field.id in condition.fields and not condition.warning
            if condition.must in (Must.FILLED, Must.ONE_FILLED)
        ]
        any_of = _any(needed)
        formula = f'=IF({any_of.formula},"{REQUIRED}","")'
        if needed and len(formula) <= _LONGEST:
            marks[field.id] = Formula(formula, REQUIRED if any_of.holds else "")
    return marks


def guidance_formulas(policy: Policy, design: FormDesign, placed: Sequence[Place]) -> list[Formula]:
    """A line for each of `guided_fields`: the guidance of the value that was chosen, of several the first one's."""
    cells = {place.id: place.cell(VALUE) for place in placed}
    lines = []
    for field in guided_fields(policy, design):
        if field.id not in cells:
            lines.append(Formula(""))
            continue
        cell = cells[field.id]
        key = f'TRIM(LEFT({cell},FIND(";",{cell}&";")-1))' if field.multiple else cell
        hint = f"{field.label}: what to ask and answer shows here{NOT_CHOSEN}"
        found = f"VLOOKUP({key},{guide_name(field.enum or '')},2,FALSE)"
        shown = f'IF({found}="",{_quoted(hint)},{_quoted(field.label + ": ")}&{found})'
        lines.append(Formula(f"=IFERROR({shown},{_quoted(hint)})", hint))
    return lines


class _Tests:
    """Conditions of one form over the cells that hold its values."""

    def __init__(self, design: FormDesign, cells: Mapping[str, str], now: Mapping[str, str]) -> None:
        self._fields, self._cells, self._now = design.table.by_id, cells, now

    def needed(self, condition: Condition) -> _Test:
        """Whether the condition asks for its fields to be filled: one of several only while none is."""
        tests = [self._when(when) for when in condition.when]
        if condition.must is Must.ONE_FILLED:
            tests += [_not(self._filled(name)) for name in condition.fields]
        return _all(tests)

    def _when(self, when: When) -> _Test:
        if when.test is WhenIs.FILLED:
            return self._filled(when.field)
        if when.test is WhenIs.EMPTY:
            return _not(self._filled(when.field))
        among = _any([self._is(when.field, value) for value in when.values])
        return among if when.test is WhenIs.ONE_OF else _not(among)

    def _filled(self, name: str) -> _Test:
        return _Test(f'{self._cell(name)}<>""', bool(self._now.get(name)))

    def _is(self, name: str, value: str) -> _Test:
        field, cell, now = self._fields.get(name), self._cell(name), self._now.get(name, "")
        if field is not None and field.multiple:
            parts = [part.strip().casefold() for part in now.split(";")]
            listed = f'";"&SUBSTITUTE(SUBSTITUTE({cell},"; ",";")," ;",";")&";"'
            needle = _quoted(";" + value.replace("~", "~~").replace("*", "~*").replace("?", "~?") + ";")
            return _Test(f"ISNUMBER(SEARCH({needle},{listed}))", value.casefold() in parts)
        if field is not None and field.type in (FieldType.INTEGER, FieldType.NUMBER):
            wanted = _number(value)
            if wanted is None:
                return _Test("FALSE", False)
            return _Test(f"IFERROR(VALUE({cell})={wanted:.15g},FALSE)", _number(now) == wanted)
        return _Test(f"{cell}={_quoted(value)}", now.casefold() == value.casefold())

    def _cell(self, name: str) -> str:
        return self._cells.get(name, '""')


def _value(policy: Policy, field: PolicyField, cell: str, typed: str) -> Formula:
    text, default = f"TRIM({cell})", _quoted(field.default)
    now = typed.strip() or field.default
    if field.type is FieldType.BOOLEAN:
        either = f'IF({_one_of(text, _YES)},"TRUE",IF({_one_of(text, _NO)},"FALSE",{text}))'
        now = {**dict.fromkeys(_YES, "TRUE"), **dict.fromkeys(_NO, "FALSE")}.get(now.casefold(), now)
        return Formula(f'=IF({text}="",{default},{either})', now)
    if field.enum in policy.list_by_id:
        name = list_name(field.enum or "")
        start = f'"="&SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({text},"~","~~"),"*","~*"),"?","~?")&"*"'
        match = f"MATCH(MID({start},2,300),{name},0)"
        whole = f"IFERROR(IF(COUNTIF({name},{start})=1,INDEX({name},{match}),{text}),{text})"
        begun = [
            item
            for item in policy.list_by_id[field.enum or ""].active
            if item.casefold().startswith(now.casefold())
        ]
        return Formula(f'=IF({text}="",{default},{whole})', begun[0] if now and len(begun) == 1 else now)
    return Formula(f'=IF({text}="",{default},{text})', now)


def _one_of(text: str, values: Sequence[str]) -> str:
    return f"OR({','.join(f'{text}={_quoted(value)}' for value in values)})"


def _quoted(text: str) -> str:
    """A text inside a formula; one that is too long for one literal is joined from several."""
    pieces = [text[start : start + _LITERAL // 2] for start in range(0, len(text), _LITERAL // 2)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _all(tests: Sequence[_Test]) -> _Test:
    if not tests:
        return _Test("TRUE", True)
    return _Test(_called("AND", tests), all(test.holds for test in tests))


def _any(tests: Sequence[_Test]) -> _Test:
    if not tests:
        return _Test("FALSE", False)
    return _Test(_called("OR", tests), any(test.holds for test in tests))


def _not(test: _Test) -> _Test:
    return _Test(f"NOT({test.formula})", not test.holds)


def _called(function: str, tests: Sequence[_Test], most: int = 200) -> str:
    """AND or OR of the tests; in groups, since a function takes 255 arguments."""
    formulas = [test.formula for test in tests]
    while len(formulas) > 1:
        groups = [formulas[start : start + most] for start in range(0, len(formulas), most)]
        formulas = [f"{function}({','.join(group)})" if len(group) > 1 else group[0] for group in groups]
    return formulas[0]

"""What an older front-end gets when the policy has changed: new lists, labels, marks, guidance; and what it cannot get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from validation.policy import Policy
from workbook_cms.forms.backstage import GUIDES_NAME, LISTS_NAME, guide_rows, list_rows
from workbook_cms.forms.design import FormDesign, form_designs
from workbook_cms.forms.grid import FIRST, places
from workbook_cms.forms.inputs import first_inputs, input_prompt
from workbook_cms.forms.marks import GUIDE_LINES, guidance_formulas, guided_fields, mark_formulas, value_formulas

__all__ = ["Drawn", "Refresh", "refresh"]


@dataclass(frozen=True)
class Drawn:
    """What stands in a front-end that is there.

    Attributes:
        forms: By table id the first two columns of its body: row id and label.
        guidance: By table id the rows of its part ``guidance``; 0 without one.
        lists: Ids of the lists, from the first row of the block ``cms_lists``; none where the lists are the record
            workbook's own.
        guides: Ids of the lists with guidance, from the first row of ``cms_guides``, blanks left out.
        rows: Rows of these two blocks below their heads.
    """

    forms: Mapping[str, Sequence[tuple[str, str]]]
    guidance: Mapping[str, int]
    lists: Sequence[str] = ()
    guides: Sequence[str] = ()
    rows: int = 0


@dataclass(frozen=True)
class Refresh:
    """What is to be written into the front-end.

    Attributes:
        texts: Blocks of texts by defined name.
        formulas: Blocks of formulas by defined name; "" empties a cell.
        prompts: By the name of an input: title and text of what is shown while it is selected.
        missing: What only a new front-end can show, in words such as ``the field Loyalty number``.
        gone: Labels of fields that are not asked for any more.
    """

    texts: Mapping[str, list[list[str]]]
    formulas: Mapping[str, list[list[str]]]
    prompts: Mapping[str, tuple[str, str]]
    missing: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def refresh(policy: Policy, drawn: Drawn) -> Refresh:
    """Bring a front-end up to a policy, as far as values can; the rest is named."""
    texts: dict[str, list[list[str]]] = {}
    formulas: dict[str, list[list[str]]] = {}
    prompts: dict[str, tuple[str, str]] = {}
    gone: list[str] = []
    fitting = {choice.id for choice in policy.lists if len(choice.items) <= drawn.rows}
    if drawn.lists and fitting.issuperset(set(drawn.lists) & set(policy.list_by_id)):
        texts[LISTS_NAME] = list_rows(policy, drawn.lists, drawn.rows)
    if drawn.guides and fitting.issuperset(set(drawn.guides) & set(policy.list_by_id)):
        texts[GUIDES_NAME] = guide_rows(policy, drawn.guides, drawn.rows)
    for design in form_designs(policy):
        rows = drawn.forms.get(design.table.id)
        if rows is None:
            continue
        texts[design.name("labels")] = [[_label(design, row_id, label)] for row_id, label in rows]
        formulas |= dict(
            _formulas(policy, design, [row_id for row_id, _ in rows], drawn.guidance.get(design.table.id, 0))
        )
        for row_id, label in rows:
            if row_id and row_id not in design.by_id:
                gone.append(label)
            elif row_id and (prompt := input_prompt(design.by_id[row_id])):
                prompts[design.input_name(row_id)] = prompt
    return Refresh(texts, formulas, prompts, tuple(dict.fromkeys(_missing(policy, drawn, fitting))), tuple(gone))


def _label(design: FormDesign, row_id: str, label: str) -> str:
    return design.by_id[row_id].label if row_id in design.by_id else label


def _formulas(
    policy: Policy, design: FormDesign, ids: Sequence[str], guidance: int
) -> Iterator[tuple[str, list[list[str]]]]:
    placed = places(design, ids)
    inputs = first_inputs(design)
    at = {place.id: place.at - FIRST for place in placed}
    for part, found in (
        ("marks", mark_formulas(policy, design, placed, inputs)),
        ("values", value_formulas(policy, placed, inputs)),
    ):
        block = [[""] for _ in ids]
        for row_id, formula in found.items():
            block[at[row_id]] = [formula.text]
        yield design.name(part), block
    if guidance:
        lines = [[formula.text] for formula in guidance_formulas(policy, design, placed)]
        spread = [row for line in lines for row in (line, *[[""]] * (GUIDE_LINES - 1))]
        yield design.name("guidance"), [*spread, *[[""]] * guidance][:guidance]


def _missing(policy: Policy, drawn: Drawn, fitting: set[str]) -> Iterator[str]:
    room = fitting.intersection(drawn.lists)
    for design in form_designs(policy):
        rows = drawn.forms.get(design.table.id)
        if rows is None:
            yield f"the form {design.title}"
            continue
        there = {row_id for row_id, _ in rows}
        for row in design.by_id.values():
            if row.id not in there:
                yield f"the field {row.label}"
            elif row.field is not None and drawn.lists and row.field.enum in policy.list_by_id.keys() - room:
                yield f"the list {policy.list_by_id[row.field.enum or ''].title}"
        if GUIDE_LINES * len(guided_fields(policy, design)) > drawn.guidance.get(design.table.id, 0):
            yield f"guidance in the form {design.title}"

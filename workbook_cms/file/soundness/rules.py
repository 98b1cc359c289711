"""Dropdowns and coloured rules of a sheet: data validations and conditional formats, old and new (18.3.1.18, .33)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.formulas import fault_of
from workbook_cms.file.soundness.markup import boxes_of, children, count_is, inside, kind_of, number

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["check_rules"]

_TYPES: Final = frozenset(["none", "whole", "decimal", "list", "date", "time", "textLength", "custom"])
_OPERATORS: Final = frozenset(
    [
        "between",
        "notBetween",
        "equal",
        "notEqual",
        "lessThan",
        "lessThanOrEqual",
        "greaterThan",
        "greaterThanOrEqual",
    ]
)
#: Longest texts, and the longest formula (a list written out in it, with its quotes).
_TEXTS: Final = (("promptTitle", 32), ("prompt", 255), ("errorTitle", 32), ("error", 255))
_MAX_LIST: Final = 255
_CONDITIONS: Final = frozenset(
    [
        "expression",
        "cellIs",
        "colorScale",
        "dataBar",
        "iconSet",
        "top10",
        "uniqueValues",
        "duplicateValues",
        "containsText",
        "notContainsText",
        "beginsWith",
        "endsWith",
        "containsBlanks",
        "notContainsBlanks",
        "containsErrors",
        "notContainsErrors",
        "timePeriod",
        "aboveAverage",
    ]
)
_NAME = re.compile(r"[A-Za-z_\\][\w.\\]*")


def check_rules(frame: Element, flaws: Flaws, part: str, formats: int, names: Collection[str]) -> None:
    """The rules of a sheet; ``formats`` is how many conditional formats the styles hold, ``names`` what is defined."""
    for block in children(frame, "dataValidations"):
        if not count_is(block, len(block)) or not len(block):
            flaws.add(
                "list-count", part, f"<dataValidations> counts {block.get('count')}, but holds {len(block)}."
            )
        for item in block:
            _validation(item, item.get("sqref", ""), flaws, part, names)
    for block in children(frame, "conditionalFormatting"):
        _condition(block, block.get("sqref"), flaws, part, formats)
    for block in _extended(frame, "dataValidations"):
        if not count_is(block, len(block)):
            flaws.add(
                "list-count", part, f"<dataValidations> counts {block.get('count')}, but holds {len(block)}."
            )
        for item in block:
            _validation(item, _place(item), flaws, part, names)
    for group in _extended(frame, "conditionalFormattings"):
        for block in group:
            _condition(block, _place(block), flaws, part, None)
    for group in _extended(frame, "sparklineGroups"):
        for line in (item for block in group for item in inside(block, "sparklines")):
            if boxes_of(_place(line)) is None:
                flaws.add("condition", part, f"a sparkline stands at {_place(line)!r}, which is no cell.")


def _extended(frame: Element, name: str) -> Iterator[Element]:
    """Elements of that name among the extensions of the sheet."""
    for extension in inside(frame, "extLst"):
        yield from children(extension, name)


def _place(item: Element) -> str:
    """Where a rule of an extension stands."""
    return next((place.text or "" for place in children(item, "sqref")), "")


def _formulas(item: Element) -> Iterator[tuple[str, str]]:
    """(element, text) of the formulas of a rule; in an extension the text stands one element deeper."""
    for found in item:
        name = kind_of(found)
        if name.startswith("formula") or name == "f":
            inner = next(children(found, "f"), found)
            yield name, inner.text or ""


def _validation(item: Element, where: str, flaws: Flaws, part: str, names: Collection[str]) -> None:
    cell = where.split(" ", maxsplit=1)[0]
    if boxes_of(where) is None:
        flaws.add("validation", part, f"a dropdown or input rule stands at {where!r}, which is no range.", cell)
    kind, operator = item.get("type", "none"), item.get("operator", "between")
    if kind not in _TYPES or operator not in _OPERATORS:
        flaws.add("validation", part, f"an input rule is of the kind {kind} {operator}, which is none.", cell)
    for key, limit in _TEXTS:
        if len(item.get(key, "")) > limit:
            flaws.add(
                "validation-text", part, f"the {key} of an input rule is longer than {limit} characters.", cell
            )
    formulas = dict(_formulas(item))
    first = formulas.get("formula1", "")
    if kind != "none" and not first:
        flaws.add("validation-formula", part, "an input rule has no formula.", cell)
    for formula in formulas.values():
        literal = formula.startswith('"') and formula.endswith('"')
        if kind == "list" and literal and len(formula) - 2 > _MAX_LIST:
            flaws.add(
                "validation-formula", part, f"the list of a dropdown is longer than {_MAX_LIST} characters.", cell
            )
        elif fault := fault_of(formula):
            flaws.add("validation-formula", part, f"the formula of an input rule {fault}.", cell)
    if (
        kind == "list"
        and _NAME.fullmatch(first)
        and boxes_of(first.upper()) is None
        and first.lower() not in names
    ):
        flaws.add("validation-formula", part, f"a dropdown names {first}, which is not defined.", cell)


def _condition(block: Element, where: str | None, flaws: Flaws, part: str, formats: int | None) -> None:
    cell = (where or "").split(" ")[0]
    if where and boxes_of(where) is None:
        flaws.add("condition", part, f"a conditional format stands at {where!r}, which is no range.", cell)
    for rule in children(block, "cfRule"):
        kind = rule.get("type", "expression")
        if kind not in _CONDITIONS:
            flaws.add("condition", part, f"a conditional format is of the kind {kind}, which is none.", cell)
        if formats is not None:
            if not 0 <= number(rule.get("dxfId"), 0) < max(1, formats) or ("dxfId" in rule.attrib and not formats):
                flaws.add(
                    "conditional-style",
                    part,
                    f"a conditional format asks for format {rule.get('dxfId')}, which is not there.",
                    cell,
                )
            if number(rule.get("priority"), -1) < 1:
                flaws.add(
                    "condition-priority",
                    part,
                    f"a conditional format has the priority {rule.get('priority')}.",
                    cell,
                )
        formulas = [text for _, text in _formulas(rule)]
        if kind in ("expression", "cellIs") and not any(formulas):
            flaws.add("condition", part, "a conditional format has no formula.", cell)
        for formula in formulas:
            if fault := fault_of(formula):
                flaws.add("condition", part, f"the formula of a conditional format {fault}.", cell)

"""What is mended without asking when a value is entered; every change is reported."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from validation.contacts import email, phone, postcode
from validation.findings import CellValue, Fix
from validation.frames import TableFrame
from validation.lettercase import name_case
from validation.letters import tidy
from validation.policy import Convention, FieldFormat, FieldType, Normaliser, Policy, PolicyField, Settings
from validation.reading import parse_text, text_of

__all__ = ["Mended", "email", "mender", "name_case", "normalise", "phone", "postcode", "steps", "tidy"]


@dataclass(frozen=True, slots=True)
class Mended:
    """One value that was mended on its way in.

    Attributes:
        position: Row of the frame.
        field_id: Stable id of the field.
        before: The value as it was given.
        after: The value as it goes on; None where only spaces were given.
    """

    position: int
    field_id: str
    before: CellValue
    after: CellValue


def normalise(frame: TableFrame, policy: Policy, today: dt.date | None = None) -> tuple[TableFrame, list[Mended]]:
    """Entries with their values mended by each field's normalisers, and what was mended, by field, then row.

    Text in fields of another type is parsed (see `typing.parse_text`). Work is done once a distinct value. A value
    that is fine, or that cannot be mended, stays as it is. Doing it twice changes nothing more.
    """
    columns: dict[str, Any] = {}
    mended: list[Mended] = []
    for name in frame.values.columns:
        series = frame.values[name]
        columns[name] = series
        field = frame.table.by_id.get(name)
        if field is None:
            continue
        mend = _entry_mender(field, policy, today)
        known: dict[tuple[type, Any], Any] = {}
        after = list(series)
        # Values of one column differ in type and may compare equal across types (1, True, 1.0): keyed by both.
        for position, value in enumerate(after):
            if value is None:
                continue
            token = (type(value), value)
            if token not in known:
                known[token] = mend(value)
            result = known[token]
            if type(result) is not type(value) or result != value:
                mended.append(Mended(position, name, value, result))
                after[position] = result
        columns[name] = pd.Series(after, index=series.index, dtype=object)
    values = pd.DataFrame(columns, index=frame.values.index, columns=frame.values.columns, dtype=object)
    return replace(frame, values=values), mended


def _entry_mender(field: PolicyField, policy: Policy, today: dt.date | None) -> Callable[[Any], Any]:
    settings = policy.settings
    if field.type is not FieldType.STRING:

        def typed(value: Any) -> Any:
            if not isinstance(value, str):
                return value
            return parse_text(value, field, settings, today) if tidy(value) else None

        return typed
    mend = mender(field, settings)
    listed = _listed(field, policy)

    def text(value: Any) -> Any:
        if isinstance(value, str):
            mended = mend(value)
            return listed.get(_folded(mended), mended) or None
        # A number given for a text field (JSON, a sheet): its text, where that loses nothing.
        safe, fix = text_of(value, field, settings)
        return safe if fix is Fix.SAFE and safe is not None else value

    return text


def _listed(field: PolicyField, policy: Policy) -> dict[str, str]:
    """Values of the field's list that a text means although its capitals, spaces or hyphens differ."""
    if not field.enum or field.multiple:
        return {}
    found: dict[str, str] = {}
    for item in policy.list_by_id[field.enum].items:
        folded = _folded(item.value)
        # Values that differ in nothing else are told apart by the person who writes them.
        found[folded] = "" if folded in found else item.value
    return {folded: value for folded, value in found.items() if folded and value}


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def mender(field: PolicyField, settings: Settings) -> Callable[[str], str]:
    """A function that gives a string field's value as its normalisers would have it."""
    todo = [step for _, step in steps(field, settings)]

    def mend(text: str) -> str:
        # Until nothing changes: a step may bare what an earlier one would mend (capitals of a ligature, say).
        for _ in range(4):
            before = text
            for step in todo:
                text = step(text)
            if text == before:
                break
        return text

    return mend


def steps(field: PolicyField, settings: Settings) -> list[tuple[Normaliser, Callable[[str], str]]]:
    """The field's normalisers in the order they are applied, each with its function on one text."""
    lines = (
        field.naming is Convention.NONE
        and field.format is FieldFormat.DEFAULT
        and not (field.enum or field.pattern)
    )
    region = settings.region
    functions: dict[Normaliser, Callable[[str], str]] = {
        Normaliser.TRIM: lambda text: tidy(text, lines),
        Normaliser.EMAIL: email,
        Normaliser.PHONE: lambda text: phone(text, region) or text,
        Normaliser.POSTCODE: lambda text: postcode(text, region),
        Normaliser.CASE: lambda text: name_case(text, field.naming or Convention.PERSON),
        Normaliser.LOWER: str.lower,
        Normaliser.UPPER: str.upper,
    }
    return [(which, function) for which, function in functions.items() if which in field.normalise]

"""Identifying a caller: details given in an entry that agree with the record it names."""

from __future__ import annotations

from collections.abc import Mapping

from validation.digests import canonical
from validation.findings import CellValue
from validation.policy import AttributionClue, Kind
from workbook_cms.forms.answers import Mark, Message
from workbook_cms.forms.form import Form
from workbook_cms.forms.wording import listed

__all__ = ["agreeing"]

#: What a clue is called once it agrees; a name confirms nothing, callers are asked for it first.
_CALLED = {Kind.DATE: "date of birth", Kind.EMAIL: "e-mail", Kind.PHONE: "phone"}


def agreeing(form: Form, values: Mapping[str, CellValue]) -> dict[str, Message]:
    """What to say beside details that are those of the record named, and beside the reference itself.

    Args:
        form: The form.
        values: The entry, normalised, by field id.
    """
    messages: dict[str, Message] = {}
    for attribution in form.policy.attributions:
        if attribution.table != form.table.id:
            continue
        key = str(values.get(attribution.reference) or "")
        confirmed = []
        for clue in attribution.clues:
            if key and (known := _agrees(form, clue, key, values.get(clue.field))):
                messages[clue.field] = Message(known, Mark.GOOD)
                if clue.owner is None:
                    confirmed.append(_CALLED.get(clue.kind, form.table.by_id[clue.field].label.lower()))
        if confirmed:
            text = f"confirmed by {listed(list(dict.fromkeys(confirmed)))}"
            messages[attribution.reference] = Message(text, Mark.GOOD)
    return messages


def _agrees(form: Form, clue: AttributionClue, key: str, value: CellValue) -> str:
    """What to say where the value is that of the record ``key``; "" where it is not, or where it is only a name."""
    table = form.policy.table_by_id.get(clue.table)
    if value is None or table is None or clue.kind in {Kind.FULL_NAME, Kind.GIVEN_NAME, Kind.FAMILY_NAME}:
        return ""
    if clue.owner is None:
        record = form.record(table, key) or {}
        return f"agrees with {key}" if any(_same(record.get(name), value) for name in clue.targets) else ""
    if clue.targets != (table.key,):
        return ""
    owner = form.record(table, str(value)) or {}
    return f"belongs to {key}" if owner.get(clue.owner) == key else ""


def _same(one: CellValue, other: CellValue) -> bool:
    return canonical(one).casefold() == canonical(other).casefold() != ""

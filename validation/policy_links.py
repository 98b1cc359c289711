"""Whether conditions, match rules and attribution rules fit the fields that they name."""

from __future__ import annotations

from collections.abc import Iterator

from validation.findings import Finding, Rule
from validation.policy import (
    Attribution,
    AttributionClue,
    Condition,
    FieldType,
    Kind,
    MatchRule,
    Must,
    Policy,
    PolicyField,
    PolicyTable,
    WhenIs,
)
from validation.policy_rules import ATTRIBUTION, CONDITION, MATCH, Path, at, twice

__all__ = ["check_links"]

_NUMBERS = (FieldType.INTEGER, FieldType.NUMBER)
_WITH_VALUES = (Must.ONE_OF, Must.NOT_ONE_OF, Must.AT_LEAST, Must.AT_MOST)
_WITH_OTHER = (Must.ON_OR_AFTER, Must.ON_OR_BEFORE, Must.SAME_AS, Must.DIFFERENT_FROM)


def check_links(policy: Policy) -> Iterator[Finding]:
    """Breaches in conditions, match rules and attribution rules."""
    for part in ("conditions", "matches", "attributions"):
        yield from twice((thing.id for thing in getattr(policy, part)), (part,), "id", "id")
    for index, condition in enumerate(policy.conditions):
        path: Path = ("conditions", index)
        table = policy.table_by_id.get(condition.table)
        if table is None:
            yield _no_table(CONDITION, policy, condition.table, (*path, "table"))
        else:
            yield from _Conditions(policy, table).check(condition, path)
    for index, match in enumerate(policy.matches):
        yield from _match(policy, match, ("matches", index))
    for index, attribution in enumerate(policy.attributions):
        yield from _attribution(policy, attribution, ("attributions", index))


def _no_table(rule: Rule, policy: Policy, name: str, path: Path) -> Finding:
    known = ", ".join(policy.table_by_id)
    return at(rule, path, f'There is no table "{name}". Known are: {known}.', name)


def _no_field(rule: Rule, table: PolicyTable, name: str, path: Path) -> Finding:
    return at(rule, path, f'{table.name} has no field "{name}". Name one of its fields, by label or id.', name)


class _Conditions:
    def __init__(self, policy: Policy, table: PolicyTable) -> None:
        self._policy, self._table = policy, table

    def check(self, condition: Condition, path: Path) -> Iterator[Finding]:
        for index, when in enumerate(condition.when):
            here: Path = (*path, "when", index)
            field = self._table.by_id.get(when.field)
            if field is None:
                yield _no_field(CONDITION, self._table, when.field, (*here, "field"))
            elif when.test in (WhenIs.ONE_OF, WhenIs.NOT_ONE_OF):
                yield from self._values(field, when.values, (*here, "values"))
            elif when.values:
                message = f'"{when.test}" is compared with no values. Remove them, or write "one of".'
                yield at(CONDITION, (*here, "values"), message)
        fields = []
        for index, name in enumerate(condition.fields):
            field = self._table.by_id.get(name)
            if field is None:
                yield _no_field(CONDITION, self._table, name, (*path, "fields", index))
            else:
                fields.append(field)
        yield from self._must(condition, fields, path)

    def _must(self, condition: Condition, fields: list[PolicyField], path: Path) -> Iterator[Finding]:
        must = condition.must
        if must is Must.ONE_FILLED and len(condition.fields) < 2:
            message = '"one filled" needs at least two fields. Add one, or write "filled".'
            yield at(CONDITION, (*path, "fields"), message)
        if condition.values and must not in _WITH_VALUES:
            yield at(CONDITION, (*path, "values"), f'"{must}" is compared with no values. Remove them.')
        if condition.other is not None and must not in _WITH_OTHER:
            yield at(CONDITION, (*path, "other"), f'"{must}" is compared with no other field. Remove it.')
        for field in fields:
            if must in (Must.ONE_OF, Must.NOT_ONE_OF):
                yield from self._values(field, condition.values, (*path, "values"))
            elif must in (Must.AT_LEAST, Must.AT_MOST):
                yield from self._number(field, condition, path)
        if must in _WITH_OTHER:
            yield from self._other(condition, fields, path)

    def _values(self, field: PolicyField, values: tuple[str, ...], path: Path) -> Iterator[Finding]:
        from validation.typing import parse_text  # noqa: PLC0415 - loads pandas, which the shapes do not need

        if not values:
            yield at(CONDITION, path, f'There is no value to compare "{field.label}" with. Give at least one.')
        choice = self._policy.list_by_id.get(field.enum or "")
        for value in values:
            if choice is not None and value not in choice.values:
                message = f'"{value}" is no value of {choice.title}. Correct it, or add it to the list.'
                yield at(CONDITION, path, message, value)
            elif field.type is not FieldType.STRING and isinstance(
                parse_text(value, field, self._policy.settings), str
            ):
                message = (
                    f'"{value}" can never be in "{field.label}", which is of the type {field.type}. Correct it.'
                )
                yield at(CONDITION, path, message, value)

    def _number(self, field: PolicyField, condition: Condition, path: Path) -> Iterator[Finding]:
        if field.type not in _NUMBERS:
            message = f'"{condition.must}" compares numbers, and "{field.label}" is none. Choose a number field.'
            yield at(CONDITION, (*path, "must"), message, field.label)
        try:
            (number,) = (float(value) for value in condition.values)
            usable = abs(number) < float("inf")
        except ValueError:
            usable = False
        if not usable:
            yield at(CONDITION, (*path, "values"), f'"{condition.must}" needs one number. Write it under Values.')

    def _other(self, condition: Condition, fields: list[PolicyField], path: Path) -> Iterator[Finding]:
        must = condition.must
        if condition.other is None:
            yield at(CONDITION, (*path, "other"), f'"{must}" needs another field to compare with. Name it.')
            return
        other = self._table.by_id.get(condition.other)
        if other is None:
            yield _no_field(CONDITION, self._table, condition.other, (*path, "other"))
            return
        dates = must in (Must.ON_OR_AFTER, Must.ON_OR_BEFORE)
        for field in fields:
            if field.id == other.id:
                message = f'"{field.label}" is compared with itself. Name another field.'
                yield at(CONDITION, (*path, "other"), message, field.label)
            elif dates and (field.type is not FieldType.DATE or other.type is not FieldType.DATE):
                message = f'"{must}" compares dates; "{field.label}" and "{other.label}" must both be dates.'
                yield at(CONDITION, (*path, "must"), message)
            elif field.type is not other.type and not {field.type, other.type} <= set(_NUMBERS):
                message = f'"{field.label}" and "{other.label}" are of different types. Compare like with like.'
                yield at(CONDITION, (*path, "other"), message)


def _unfit(kind: Kind, field: PolicyField) -> bool:
    """Whether a field cannot be of a kind: dates are dates, all else but a category or an identifier is text."""
    if kind is Kind.DATE:
        return field.type is not FieldType.DATE
    if kind in (Kind.CATEGORY, Kind.IDENTIFIER):
        return False
    return field.type is not FieldType.STRING


def _match(policy: Policy, match: MatchRule, path: Path) -> Iterator[Finding]:
    table = policy.table_by_id.get(match.table)
    if table is None:
        yield _no_table(MATCH, policy, match.table, (*path, "table"))
        return
    yield from (
        at(MATCH, (*path, *tuple(found.details["path"])[2:]), found.message, found.value)
        for found in twice((f.field for f in match.fields), ("matches", 0, "fields"), "field", "field")
    )
    if all(part.kind is Kind.CATEGORY for part in match.fields):
        message = "Categories alone tell no two records apart. Add a field such as a name, a date, an e-mail or a number."
        yield at(MATCH, (*path, "fields"), message)
    for index, part in enumerate(match.fields):
        here: Path = (*path, "fields", index)
        field = table.by_id.get(part.field)
        if field is None:
            yield _no_field(MATCH, table, part.field, (*here, "field"))
        elif _unfit(part.kind, field):
            message = f'"{field.label}" is of the type {field.type} and cannot be of the kind {part.kind}. Choose another.'
            yield at(MATCH, (*here, "kind"), message, str(part.kind))


def _attribution(policy: Policy, attribution: Attribution, path: Path) -> Iterator[Finding]:
    table = policy.table_by_id.get(attribution.table)
    if table is None:
        yield _no_table(ATTRIBUTION, policy, attribution.table, (*path, "table"))
        return
    reference = table.by_id.get(attribution.reference)
    if reference is None:
        yield _no_field(ATTRIBUTION, table, attribution.reference, (*path, "reference"))
        return
    if reference.foreign_key is None:
        message = f'"{reference.label}" refers to no table. Name the field that says whose the entry is.'
        yield at(ATTRIBUTION, (*path, "reference"), message, reference.label)
        return
    for index, clue in enumerate(attribution.clues):
        yield from _clue(policy, table, reference, clue, (*path, "clues", index))


def _clue(
    policy: Policy, table: PolicyTable, reference: PolicyField, clue: AttributionClue, path: Path
) -> Iterator[Finding]:
    field = table.by_id.get(clue.field)
    if field is None:
        yield _no_field(ATTRIBUTION, table, clue.field, (*path, "field"))
    lookup = policy.table_by_id.get(clue.table)
    if lookup is None:
        yield _no_table(ATTRIBUTION, policy, clue.table, (*path, "table"))
        return
    if len(clue.targets) > (2 if clue.kind is Kind.FULL_NAME else 1):
        message = (
            f"A detail of the kind {clue.kind} is looked up under fewer fields. Name one, or two for a full name."
        )
        yield at(ATTRIBUTION, (*path, "targets"), message)
    looked_at = [field] if field else []
    for index, name in enumerate(clue.targets):
        target = lookup.by_id.get(name)
        if target is None:
            yield _no_field(ATTRIBUTION, lookup, name, (*path, "targets", index))
        else:
            looked_at.append(target)
    for part in looked_at:
        if _unfit(clue.kind, part):
            message = (
                f'"{part.label}" is of the type {part.type} and cannot be of the kind {clue.kind}. Choose another.'
            )
            yield at(ATTRIBUTION, (*path, "kind"), message, str(clue.kind))
    yield from _owner(lookup, reference, clue, path)


def _owner(lookup: PolicyTable, reference: PolicyField, clue: AttributionClue, path: Path) -> Iterator[Finding]:
    if clue.owner is None:
        if lookup.id != reference.foreign_key:
            message = f'A record of {lookup.name} is not what "{reference.label}" refers to. Name its owner field.'
            yield at(ATTRIBUTION, (*path, "table"), message, lookup.name)
        return
    owner = lookup.by_id.get(clue.owner)
    if owner is None:
        yield _no_field(ATTRIBUTION, lookup, clue.owner, (*path, "owner"))
    elif owner.foreign_key != reference.foreign_key:
        message = (
            f'"{owner.label}" does not refer to the same table as "{reference.label}". Name the field that does.'
        )
        yield at(ATTRIBUTION, (*path, "owner"), message, owner.label)

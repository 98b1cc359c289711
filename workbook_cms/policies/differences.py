"""What differs between two policies, in sentences for people and for the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from validation.policy import MatchRule, Policy, PolicyField, PolicyList, PolicyTable
from workbook_cms.policies.columns import COLUMNS, SETTINGS
from workbook_cms.policies.problems import number

__all__ = ["PolicyChange", "differences"]


@dataclass(frozen=True)
class PolicyChange:
    """One difference between two policies; as text it is the sentence."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_WithId)

_HEADINGS: dict[str, dict[str, str]] = {
    name: {column.part: column.heading for column in columns} for name, columns in COLUMNS.items()
}


def differences(old: Policy, new: Policy) -> list[PolicyChange]:
    """Every difference from ``old`` to ``new``, one sentence each; empty only where the two are equal."""
    return [PolicyChange(sentence) for sentence in _sentences(old, new)]


def _sentences(old: Policy, new: Policy) -> Iterator[str]:
    for setting in SETTINGS:
        before, after = _part(old, setting.part), _part(new, setting.part)
        if before != after:
            yield f"setting '{setting.heading}': {_said(before)} becomes {_said(after)}"
    yield from _lists(old, new)
    yield from _tables(old, new)
    for part, noun in (
        ("conditions", "condition"),
        ("matches", "match rule"),
        ("attributions", "attribution rule"),
    ):
        pairs = _Pairs(getattr(old, part), getattr(new, part))
        yield from (f"{noun} '{thing.id}' added" for thing in pairs.added)
        yield from (f"{noun} '{thing.id}' removed" for thing in pairs.removed)
        for before, after in pairs.kept:
            if before != after:
                said = list(_match_rule(before, after)) if isinstance(after, MatchRule) else []
                yield from said or [f"{noun} '{after.id}' changed"]
        if pairs.moved:
            yield f"order of the {noun}s changed"


def _lists(old: Policy, new: Policy) -> Iterator[str]:
    pairs = _Pairs(old.lists, new.lists)
    for choice in pairs.added:
        yield f"list '{choice.title}' added with {len(choice.items)} values"
    for choice in pairs.removed:
        yield f"list '{choice.title}' removed"
    for before, after in pairs.kept:
        yield from _values(before, after)
    if pairs.moved:
        yield "order of the lists changed"


def _values(old: PolicyList, new: PolicyList) -> Iterator[str]:
    if old.title != new.title:
        yield f"list '{old.title}' is now called '{new.title}'"
    noun = new.title.lower()
    before = {item.value: item for item in old.items}
    after = {item.value: item for item in new.items}
    for value, item in after.items():
        earlier = before.get(value)
        if earlier is None:
            yield f"'{value}' added to {noun}" + ("" if item.active else ", not active")
        elif earlier.active != item.active:
            yield f"'{value}' of {noun} " + ("can be chosen again" if item.active else "retired")
        if earlier is not None:
            for part in ("kpi", "guidance", "login", "stage"):
                if getattr(earlier, part) != getattr(item, part):
                    yield f"{_HEADINGS['PolicyLists'][part]} of '{value}' in {noun} changed"
    for value in before.keys() - after.keys():
        yield f"'{value}' removed from {noun}; records that hold it will be reported"
    if [v for v in before if v in after] != [v for v in after if v in before]:
        yield f"order of {noun} changed"
    elif len(old.items) != len(before) or len(new.items) != len(after):
        yield f"values of {noun} that stand twice changed"


def _tables(old: Policy, new: Policy) -> Iterator[str]:
    pairs = _Pairs(old.tables, new.tables)
    yield from (f"table {table.name} added" for table in pairs.added)
    yield from (f"table {table.name} removed" for table in pairs.removed)
    for before, after in pairs.kept:
        for part, heading in _HEADINGS["PolicyTables"].items():
            first, second = getattr(before, part), getattr(after, part)
            if first != second:
                yield f"table {before.name}, {heading}: {_said(first)} becomes {_said(second)}"
        yield from _fields(before, after)
    if pairs.moved:
        yield "order of the tables changed"


def _fields(old: PolicyTable, new: PolicyTable) -> Iterator[str]:
    pairs = _Pairs(old.fields, new.fields)
    yield from (f"field '{field.label}' added to {new.name}" for field in pairs.added)
    yield from (f"field '{field.label}' removed from {new.name}" for field in pairs.removed)
    for before, after in pairs.kept:
        yield from _field(new.name, before, after)
    if pairs.moved:
        yield f"order of the fields of {new.name} changed"


def _field(table: str, old: PolicyField, new: PolicyField) -> Iterator[str]:
    if old.label != new.label:
        yield f"label '{old.label}' of {table} becomes '{new.label}'"
    if old.retired != new.retired:
        yield f"field '{new.label}' of {table} " + ("retired" if new.retired else "is in use again")
    for part in PolicyField.model_fields:
        before, after = getattr(old, part), getattr(new, part)
        if part in ("id", "label", "retired") or (before == after and type(before) is type(after)):
            continue
        heading = _HEADINGS["PolicyFields"][part]
        if part in ("help", "example", "section", "width"):
            yield f"{heading} of '{new.label}' in {table} changed"
        else:
            yield f"field '{new.label}' of {table}, {heading}: {_said(before)} becomes {_said(after)}"


def _match_rule(old: MatchRule, new: MatchRule) -> Iterator[str]:
    """What changed of a match rule: a steward tries other likelihoods and actions."""
    rule, headings = f"match rule '{new.id}'", _HEADINGS["PolicyMatches"]
    for part in ("table", "exact", "threshold", "on_add", "on_update", "on_import"):
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            yield f"{rule}, {headings[part]}: {_said(before)} becomes {_said(after)}"
    was, now = ({f.field: f for f in one.fields} for one in (old, new))
    yield from (f"field '{name}' added to {rule}" for name in now if name not in was)
    yield from (f"field '{name}' removed from {rule}" for name in was if name not in now)
    for name in (name for name in now if name in was):
        for part in ("kind", "strength"):
            before, after = getattr(was[name], part), getattr(now[name], part)
            if before != after:
                yield f"{rule}, {headings[part]} of '{name}': {_said(before)} becomes {_said(after)}"


class _Pairs(Generic[_Thing]):
    """Two lists of things compared by id."""

    def __init__(self, old: Sequence[_Thing], new: Sequence[_Thing]) -> None:
        before: Mapping[str, _Thing] = {thing.id: thing for thing in old}
        after: Mapping[str, _Thing] = {thing.id: thing for thing in new}
        self.added = [thing for thing in new if thing.id not in before]
        self.removed = [thing for thing in old if thing.id not in after]
        self.kept = [(before[thing.id], thing) for thing in new if thing.id in before]
        self.moved = [i for i in before if i in after] != [i for i in after if i in before]


def _part(policy: Policy, path: str) -> Any:
    thing: Any = policy
    for name in path.split("."):
        thing = getattr(thing, name)
    return thing


def _said(value: Any) -> str:
    if value is None or value in ("", ()):
        return "nothing"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, tuple):
        return ", ".join(str(entry) for entry in value)
    return f"'{value}'"

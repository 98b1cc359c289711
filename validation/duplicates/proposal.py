"""What is proposed when records are one: which of them stays, and for each field whose value. Pure.

The record that stays is the one with the most fields filled, then the one changed last, then the one named by most
others, then the first by its key. A value is one of theirs or blank, never made up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from validation.frames import CellError, display
from validation.policy import Convention, FieldFormat

if TYPE_CHECKING:
    from validation.findings import CellValue
    from validation.policy import PolicyField, PolicyTable

__all__ = ["OneOf", "Proposal", "ProposedValue", "propose"]

_CONTACT = (FieldFormat.EMAIL, FieldFormat.PHONE, FieldFormat.URI)


@dataclass(frozen=True)
class OneOf:
    """One of the records that are one.

    Attributes:
        key: Its key.
        values: Its values by field id, blank ones left out.
        written: When each value was written, by field id, as the history has it (ISO 8601, UTC); what is not known is
            left out.
        references: How many other records name it.
        invalid: Ids of the fields whose values break a rule.
    """

    key: str
    values: Mapping[str, CellValue]
    written: Mapping[str, str] = field(default_factory=dict)
    references: int = 0
    invalid: Collection[str] = frozenset()

    @property
    def changed(self) -> str:
        """When it was last written, "" where that is not known."""
        return max(self.written.values(), default="")

    def sound(self, name: str) -> bool:
        """Whether it holds a value in a field that breaks no rule."""
        value = self.values.get(name)
        return value is not None and not isinstance(value, CellError) and name not in self.invalid


@dataclass(frozen=True)
class ProposedValue:
    """The value of one field of the record that stays.

    Attributes:
        field: Id of the field.
        label: Its label.
        value: What it is to hold; None for blank.
        source: Key of the record that the value is from; "" where none has one.
        reason: Why, such as ``blank in STK-00001``; "" where nothing else could be.
        others: What the other records hold that is not that, by key: it leaves the table with them.
    """

    field: str
    label: str
    value: CellValue
    source: str
    reason: str
    others: Mapping[str, CellValue]


@dataclass(frozen=True)
class Proposal:
    """What is to become of records that are one.

    Attributes:
        survivor: Key of the record that stays.
        reason: Why that one, in words.
        losers: Keys of the others, in the order given.
        values: One a field that any of them fills, in the order of the table; the key is left out.
    """

    survivor: str
    reason: str
    losers: tuple[str, ...]
    values: tuple[ProposedValue, ...]


def propose(table: PolicyTable, records: Sequence[OneOf], survivor: str = "") -> Proposal:
    """Which record stays, and for each field whose value.

    Its own value stays unless it is blank or breaks a rule; then that of the others written last is taken. Of contact
    details the one written last is taken, and an address whole, from one record. A reference to one of the records
    leads to the one that stays, or is blank where that would name itself.

    Args:
        table: Their table.
        records: At least two, each with its own key.
        survivor: Key of the one that is to stay; chosen by the rules above unless given.

    Raises:
        ValueError: Fewer than two records, or one that is not among them was to stay.
    """
    keys = [one.key for one in records]
    if len(set(keys)) < 2 or len(set(keys)) < len(keys) or (survivor and survivor not in keys):
        raise ValueError("two records or more, each once, and one of them to stay")
    reason = "chosen"
    if not survivor:
        survivor, reason = _chosen(table, records)
    stays = next(one for one in records if one.key == survivor)
    others = sorted((one for one in records if one is not stays), key=_rank(table))
    found = {value.field: value for value in _values(table, stays, others)}
    told = tuple(found[f.id] for f in table.fields if f.id in found)
    return Proposal(survivor, reason, tuple(key for key in keys if key != survivor), told)


def _filled(table: PolicyTable, one: OneOf) -> int:
    return sum(one.sound(f.id) for f in table.fields if f.id != table.key and not f.retired)


def _rank(table: PolicyTable) -> Callable[[OneOf], tuple[object, ...]]:
    def rank(one: OneOf) -> tuple[object, ...]:
        # Times sort as text; the later one comes first.
        return -_filled(table, one), [-ord(letter) for letter in one.changed] or [1], -one.references, one.key

    return rank


def _chosen(table: PolicyTable, records: Sequence[OneOf]) -> tuple[str, str]:
    first, second = sorted(records, key=_rank(table))[:2]
    ours, theirs = _filled(table, first), _filled(table, second)
    if ours != theirs:
        return first.key, f"the most fields filled: {ours}, {second.key} has {theirs}"
    if first.changed != second.changed:
        return first.key, f"as many fields filled as {second.key}, and changed later"
    if first.references != second.references:
        return first.key, f"as complete as {second.key}, and named by more records: {first.references}"
    return first.key, f"as complete as {second.key}, and the first of them"


def _values(table: PolicyTable, stays: OneOf, others: Sequence[OneOf]) -> Iterator[ProposedValue]:
    records = [stays, *others]
    keys = {one.key for one in records}
    address = _address(table)
    home, why_home = _home(address, stays, others)
    for field_ in table.fields:
        name = field_.id
        held = {one.key: one.values[name] for one in records if one.values.get(name) is not None}
        if name == table.key or not held:
            continue
        if field_.foreign_key == table.id and not keys.isdisjoint(map(str, held.values())):
            yield _reference(field_, stays, others, keys)
            continue
        if name in address:
            source, reason = home, why_home
        elif field_.format in _CONTACT:
            source, reason = _latest(name, stays, others)
        else:
            source, reason = _own(name, stays, others)
        yield _value(field_, source.values.get(name), source, reason, held)


def _value(
    field_: PolicyField, value: CellValue, source: OneOf, reason: str, held: Mapping[str, CellValue]
) -> ProposedValue:
    others = {key: theirs for key, theirs in held.items() if display(theirs) != display(value)}
    return ProposedValue(field_.id, field_.label, value, source.key if value is not None else "", reason, others)


def _own(name: str, stays: OneOf, others: Sequence[OneOf]) -> tuple[OneOf, str]:
    """The record whose value of an ordinary field is taken: its own where that is sound."""
    if stays.sound(name):
        return stays, ""
    sound = [one for one in others if one.sound(name)]
    if not sound:
        return (
            (stays, "") if name in stays.values else (next(o for o in others if name in o.values), _blank(stays))
        )
    lacks = f"what {stays.key} has breaks a rule" if name in stays.values else _blank(stays)
    return max(sound, key=lambda one: one.written.get(name, "")), lacks


def _blank(stays: OneOf) -> str:
    return f"blank in {stays.key}"


def _latest(name: str, stays: OneOf, others: Sequence[OneOf]) -> tuple[OneOf, str]:
    """The record whose contact detail was written last."""
    if not stays.sound(name):
        return _own(name, stays, others)
    later = [one for one in others if one.sound(name) and one.written.get(name, "") > stays.written.get(name, "~")]
    latest = max(later, key=lambda one: one.written[name], default=stays)
    if latest is stays or display(latest.values[name]) == display(stays.values[name]):
        return stays, ""
    return latest, f"written later than that of {stays.key}"


def _address(table: PolicyTable) -> frozenset[str]:
    """Ids of the fields that make an address: those of a section with a postcode or a place in it."""
    ordered = sorted((f for f in table.fields if f.section and f.id != table.key), key=lambda f: f.section)
    found: set[str] = set()
    for _, group in groupby(ordered, key=lambda f: f.section):
        fields = list(group)
        if any(f.format is FieldFormat.POSTCODE or f.naming is Convention.PLACE for f in fields):
            found |= {f.id for f in fields if f.format not in _CONTACT and not f.foreign_key and not f.locked}
    return frozenset(found)


def _home(address: Collection[str], stays: OneOf, others: Iterable[OneOf]) -> tuple[OneOf, str]:
    """The record whose address is taken: the one written last, among those that tell as much as its own."""

    def parts(one: OneOf) -> int:
        return sum(one.sound(name) for name in address)

    def when(one: OneOf) -> str:
        return max((one.written.get(name, "") for name in address if name in one.values), default="")

    fuller = [one for one in others if parts(one) > parts(stays) and parts(stays) <= 1]
    if fuller:
        return max(fuller, key=lambda one: (parts(one), when(one))), f"{stays.key} tells no address"
    later = [
        one for one in others if parts(one) >= max(parts(stays), 1) and when(stays) and when(one) > when(stays)
    ]
    if not later or all(_alike(max(later, key=when), stays, name) for name in address):
        return stays, ""
    return max(later, key=when), f"the address written later than that of {stays.key}"


def _alike(one: OneOf, other: OneOf, name: str) -> bool:
    return display(one.values.get(name)) == display(other.values.get(name))


def _reference(field_: PolicyField, stays: OneOf, others: Sequence[OneOf], keys: Collection[str]) -> ProposedValue:
    """A reference within the table: never to a record that goes, nor to itself."""
    name = field_.id
    held = {one.key: one.values[name] for one in (stays, *others) if one.values.get(name) is not None}
    outside = [one for one in (stays, *others) if one.sound(name) and str(one.values[name]) not in keys]
    if outside:
        names = f"{stays.key} names one of the records that are one" if name in stays.values else _blank(stays)
        reason = "" if outside[0] is stays else names
        return _value(field_, outside[0].values[name], outside[0], reason, held)
    return _value(field_, None, stays, "it would name itself", held)

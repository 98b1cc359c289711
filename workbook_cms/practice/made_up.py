"""Records of people who do not exist, for any policy: from the template's sample, or made from what the fields are."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator, Mapping, Sequence

from validation.fields import bound
from validation.policy import (
    Convention,
    FieldFormat,
    FieldType,
    Kind,
    Policy,
    PolicyField,
    PolicyTable,
    Sensitivity,
)
from workbook_cms.practice import words
from workbook_cms.resources import template_names
from workbook_cms.seeding import SAMPLE_DAY, sample_rows

__all__ = ["MadeUp", "in_order"]

#: Records a table gets: enough to look somebody up among, few enough to be made in some seconds.
_PEOPLE, _OTHERS = 48, 72
#: A personal date that may lie so far back is a date of birth.
_LIFE = dt.timedelta(days=20_000)


def in_order(policy: Policy) -> list[PolicyTable]:
    """The tables so that one that is referred to comes before those that refer to it."""
    left, order = list(policy.tables), list[PolicyTable]()
    while left:
        done = {table.id for table in order}
        free = [t for t in left if all(f.foreign_key in {*done, t.id} for f in t.references)]
        order += free or left[:1]  # a circle: one of it begins
        left = [table for table in left if table not in order]
    return order


class MadeUp:
    """Makes the values of records, table by table; the same ones at every run.

    Args:
        policy: What the records are for.
        today: The day that counts as today; what happened in the sample is moved towards it.
    """

    def __init__(self, policy: Policy, today: dt.date) -> None:
        self._policy, self._today = policy, today
        self._random = random.Random(2026)  # noqa: S311 - made-up records, nothing secret
        self._later = today - SAMPLE_DAY
        self._keys: dict[str, dict[str, str]] = {table.id: {} for table in policy.tables}
        self._people = iter(self._names())
        self._phone = 0
        self._count = 0

    def rows(self, table: PolicyTable) -> list[dict[str, str]]:
        """Values by label of the records of one table; each refers only to records that are known by `took`."""
        template = self._policy.template
        sample = sample_rows(template, table.name) if template in template_names() else []
        count = _OTHERS if any(table.references) else _PEOPLE
        rows = self._from_sample(table, sample) if sample else (self._row(table) for _ in range(count))
        return [row for row, _ in zip(rows, range(count), strict=False)]

    def took(self, table: PolicyTable, old: str, key: str) -> None:
        """A record went in under ``key``; in the sample it was called ``old``."""
        self._keys[table.id][old or key] = key

    def mended(self, table: PolicyTable, row: Mapping[str, str], labels: Sequence[str]) -> dict[str, str]:
        """A row again, with the fields that were objected to filled where blank, else emptied or made anew."""
        again = dict(row)
        fresh = self._row(table, every=True)
        for label in labels:
            field = table.by_label.get(label)
            if field is None:
                continue
            empty = bool(again.get(label)) and not field.required
            again[label] = "" if empty else fresh.get(label, "")
        return again

    # from the sample -----------------------------------------------------------------------------------------

    def _from_sample(self, table: PolicyTable, sample: Sequence[Mapping[str, str]]) -> Iterator[dict[str, str]]:
        for given in sample:
            row = {}
            for label, text in given.items():
                field = table.by_label.get(label)
                if field is None or field.retired or not text:
                    continue
                if field.foreign_key:
                    text = self._keys[field.foreign_key].get(text, "?")  # noqa: PLW2901 - the same detail, as it is called here
                elif field.type is FieldType.DATE:
                    text = self._moved(text)  # noqa: PLW2901
                row[label] = text
            if "?" not in row.values():
                yield row

    def _moved(self, text: str) -> str:
        """A day of the sample as far from today as it was when the sample was made; births stay."""
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            return text
        return str(day + self._later) if day.year >= 2024 else text

    # from what the fields are --------------------------------------------------------------------------------

    def _names(self) -> Iterator[tuple[str, str]]:
        pairs = [(given, family) for given in words.GIVEN_NAMES.split() for family in words.FAMILY_NAMES.split()]
        self._random.shuffle(pairs)
        return iter(pairs)

    def _row(self, table: PolicyTable, *, every: bool = False) -> dict[str, str]:
        """One record: what is required, how to reach people, and half of the rest (all of it with ``every``)."""
        given, family = next(self._people, ("Robin", "Practice"))
        row = {}
        for field in table.fields:
            if field.retired or (field.id == table.key and table.key_format):
                continue
            reach = field.format in {FieldFormat.EMAIL, FieldFormat.PHONE}
            if field.required or reach or every or self._random.random() < 0.5:
                row[field.label] = self._value(table, field, given, family)
        return {label: text for label, text in row.items() if text}

    def _value(self, table: PolicyTable, field: PolicyField, given: str, family: str) -> str:
        pick = self._random.choice
        if field.foreign_key:
            keys = list(self._keys[field.foreign_key].values())
            return pick(keys) if keys else ""
        if field.enum:
            active = self._policy.list_by_id[field.enum].active
            return pick(active) if active else ""
        if field.type is FieldType.DATE:
            return self._day(field)
        if field.type in {FieldType.INTEGER, FieldType.NUMBER}:
            return self._number(field)
        if field.type is FieldType.BOOLEAN:
            return pick(("yes", "no"))
        text = self._text(table, field, given, family)
        if field.min_length and len(text) < field.min_length:
            text = " ".join([text] * (1 + field.min_length // max(1, len(text))))
        return text[: field.max_length].strip()

    def _text(self, table: PolicyTable, field: PolicyField, given: str, family: str) -> str:
        if field.unique and field.format is FieldFormat.DEFAULT:
            return self._numbered(field)
        kind = self._kind(table, field)
        plain = re.sub(r"\W", "", f"{given}{family}").lower()
        if field.format is FieldFormat.EMAIL:
            return f"{plain}@example.com"
        if field.format is FieldFormat.PHONE:
            return self._number_for_fiction()
        if field.format is FieldFormat.URI:
            return f"https://example.com/{plain}"
        if field.format is FieldFormat.DEFAULT and not field.pattern:
            known = {
                Kind.GIVEN_NAME: given,
                Kind.FAMILY_NAME: family,
                Kind.FULL_NAME: f"{given} {family}",
                Kind.ORGANISATION: self._random.choice(words.ORGANISATIONS),
                Kind.PLACE: self._random.choice(words.PLACES),
                Kind.STREET: f"{self._random.randint(1, 90)} {self._random.choice(words.STREETS)}",
            }
            return known.get(kind, field.example or "Made up for practice")
        return field.example

    def _kind(self, table: PolicyTable, field: PolicyField) -> Kind:
        """What the policy's duplicate rules say the field is; failing that, its naming convention."""
        for rule in self._policy.match_rules(table.id):
            for part in rule.fields:
                if part.field == field.id:
                    return part.kind
        by_naming = {
            Convention.PERSON: Kind.FULL_NAME,
            Convention.ORGANISATION: Kind.ORGANISATION,
            Convention.PLACE: Kind.PLACE,
        }
        return by_naming.get(field.naming, Kind.TEXT)

    def _numbered(self, field: PolicyField) -> str:
        """The field's example with another number, since no two records may have the same."""
        self._count += 1
        sample = field.example or field.label
        stem = sample.rstrip("0123456789")
        digits = sample[len(stem) :]
        return f"{stem}{int(digits or 0) + self._count:0{len(digits)}d}"

    def _number_for_fiction(self) -> str:
        """A telephone number that nobody has; none in a region where no such numbers are set aside."""
        form, count = words.PHONES.get(self._policy.settings.region, ("", 0))
        self._phone += 1
        return form.format(self._phone % count) if count else ""

    def _day(self, field: PolicyField) -> str:
        last = bound(field.maximum, field, self._today)
        first = bound(field.minimum, field, self._today)
        last = last if isinstance(last, dt.date) else self._today + dt.timedelta(days=20)
        first = first if isinstance(first, dt.date) else last - dt.timedelta(days=60)
        if field.sensitivity is not Sensitivity.NONE and last - first > _LIFE:  # a birth: an adult's
            last = min(last, self._today - dt.timedelta(days=7_000))
            first = last - dt.timedelta(days=18_000)
        first = max(first, last - dt.timedelta(days=60)) if last >= self._today else first
        return str(first + dt.timedelta(days=self._random.randint(0, max(0, (last - first).days))))

    def _number(self, field: PolicyField) -> str:
        low = bound(field.minimum, field, self._today)
        high = bound(field.maximum, field, self._today)
        first = float(low) if isinstance(low, (int, float)) else 1.0
        last = float(high) if isinstance(high, (int, float)) else first + 100
        return str(round(first + self._random.random() * min(last - first, 100)))

"""The policy: all the rules of one workbook as typed data.

The vocabulary of fields follows Frictionless Table Schema (type, format, required, unique, pattern, minimum,
maximum, minLength, maxLength, enum, foreignKeys; https://specs.frictionlessdata.io/table-schema/) with our
additions: naming, normalise, section, help, sensitivity. A policy is rows of values, never code.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from validation.vocabulary import (
    Action,
    Convention,
    DateOrder,
    FieldFormat,
    FieldType,
    Kind,
    Must,
    Normaliser,
    SavePolicy,
    Sensitivity,
    Stage,
    Strength,
    WhenIs,
)

__all__ = [
    "Action",
    "Attribution",
    "AttributionClue",
    "Condition",
    "Convention",
    "DateOrder",
    "FieldFormat",
    "FieldType",
    "Kind",
    "ListItem",
    "MatchField",
    "MatchRule",
    "Must",
    "Normaliser",
    "Policy",
    "PolicyField",
    "PolicyList",
    "PolicyTable",
    "SavePolicy",
    "Sensitivity",
    "Settings",
    "Stage",
    "Strength",
    "When",
    "WhenIs",
]

#: Stable id of a table, field or list: what history and digests hold, so a label may change.
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
#: What people see; becomes a column header or a list value.
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
_PER_CENT = re.compile(r"\s*(\d+(?:\.\d*)?)\s*%\s*")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some parts changed; what was derived from the old parts is derived anew."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy


class Settings(_Model):
    """Settings of the workbook."""

    organisation: Label
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "AU"
    """ISO 3166-1 alpha-2: how phone numbers without a country code, and postcodes, are read."""
    date_order: DateOrder = DateOrder.DMY
    stale_after_days: Annotated[int, Field(ge=1, le=36500)] = 365
    """A record nobody has had to do with for so many days is reported as stale."""
    save_policy: SavePolicy = SavePolicy.WARN
    read_only_recommended: bool = False
    match_rules_only: bool = False
    """Tables without match rules are not searched for duplicates; otherwise theirs are guessed."""


class ListItem(_Model):
    """One value of a list. A retired value (``active`` false) stays valid on old records."""

    value: Label
    active: bool = True
    kpi: str = ""
    """Measure this value counts towards (contact reasons)."""
    guidance: str = ""
    """What to ask and what to answer when it is chosen."""
    login: str = ""
    """Account of the operating system (staff)."""
    stage: Stage = Stage.NONE
    """Where a record of this status stands (values of a status list)."""


class PolicyList(_Model):
    """Values a field may take."""

    id: Identifier
    title: Label
    items: tuple[ListItem, ...] = ()

    @cached_property
    def active(self) -> tuple[str, ...]:
        """Values that may be chosen for new records, in the list's order."""
        return tuple(item.value for item in self.items if item.active)

    @cached_property
    def values(self) -> frozenset[str]:
        """All values, retired ones too."""
        return frozenset(item.value for item in self.items)


class PolicyField(_Model):
    """A column of a table."""

    id: Identifier
    label: Label
    type: FieldType = FieldType.STRING
    format: FieldFormat = FieldFormat.DEFAULT
    required: bool = False
    unique: bool = False
    pattern: str = ""
    """RE2 syntax; the whole value must match."""
    minimum: float | str | None = None
    """Number; for a date an ISO date, ``@today`` or days from today such as ``@today-36500``."""
    maximum: float | str | None = None
    min_length: Annotated[int, Field(ge=0)] | None = None
    max_length: Annotated[int, Field(ge=1, le=32767)] | None = None
    enum: Identifier | None = None
    """Id of the list whose values it takes."""
    multiple: bool = False
    """More than one value of the list, separated by ``;``."""
    foreign_key: Identifier | None = None
    """Id of the table whose key it holds."""
    naming: Convention = Convention.NONE
    check_digit: str = ""
    """A checksum of python-stdnum over the digits: ``luhn``, ``verhoeff``, ``damm``, ``iso7064.mod_11_10``."""
    normalise: tuple[Normaliser, ...] = (Normaliser.TRIM,)
    default: str = ""
    """Value of a blank in a new record; ``@today`` and ``@me`` (the person at the keyboard) are known."""
    section: str = ""
    help: str = ""
    example: str = ""
    sensitivity: Sensitivity = Sensitivity.NONE
    retired: bool = False
    """Kept with its data, no longer asked for."""
    locked: bool = False
    """Forms fill it with its default and do not let people type into it."""
    width: Annotated[float, Field(gt=0, le=255)] = 16.0
    """Column width in characters."""


class PolicyTable(_Model):
    """An Excel table and the fields of its records."""

    id: Identifier
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,30}$")]
    """Name of the Excel table, and of its sheet when the workbook is built."""
    title: Label
    """One record, for people: ``Stakeholder``."""
    key: Identifier
    key_format: str = ""
    """``STK-{:05d}`` for keys that are given out here; "" where people enter the key (a booking number)."""
    activity_date: Identifier | None = None
    """Field that dates an activity with the records this table refers to (an interaction's date)."""
    status: Identifier | None = None
    """Field whose list gives the stage: prepared, open, closed, reviewed."""
    sign_off: Identifier | None = None
    """Field that names who reviewed the record."""
    due_date: Identifier | None = None
    """Field by which an open record must be done (a follow-up's due day)."""
    owner: Identifier | None = None
    """Field that names who has to do it."""
    fields: tuple[PolicyField, ...]

    @cached_property
    def by_id(self) -> dict[str, PolicyField]:
        """Fields by stable id."""
        return {f.id: f for f in self.fields}

    @cached_property
    def by_label(self) -> dict[str, PolicyField]:
        """Fields by label."""
        return {f.label: f for f in self.fields}

    @property
    def references(self) -> Iterator[PolicyField]:
        """Fields that hold the key of another table."""
        return (f for f in self.fields if f.foreign_key)


class When(_Model):
    """The case in which a condition holds."""

    field: Identifier
    test: WhenIs = WhenIs.ONE_OF
    values: tuple[str, ...] = ()


class Condition(_Model):
    """A rule across fields: when all of ``when`` is so, the fields must be as ``must`` says."""

    id: Identifier
    table: Identifier
    when: Annotated[tuple[When, ...], Field(max_length=2)] = ()
    fields: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    must: Must
    values: tuple[str, ...] = ()
    other: Identifier | None = None
    message: str = ""
    """Said instead of the generated sentence."""
    warning: bool = False
    """A breach is a warning, not an error."""


def _share(value: object) -> object:
    """``90 %`` as people write a share, as its number; anything else as it is."""
    if isinstance(value, str) and (written := _PER_CENT.fullmatch(value)):
        return float(written[1]) / 100
    return value


class MatchField(_Model):
    """A field that takes part in a match."""

    field: Identifier
    kind: Kind
    strength: Strength = Strength.NORMAL


class MatchRule(_Model):
    """Finds records that are the same; the actions decide what that does to an entry."""

    id: Identifier
    table: Identifier
    fields: Annotated[tuple[MatchField, ...], Field(min_length=1)]
    exact: bool = False
    """All fields equal and filled, no scoring (the threshold is not used)."""
    threshold: Annotated[float, BeforeValidator(_share), Field(ge=0.5, lt=1)] = 0.9
    """Probability from which a pair is a match; ``90 %`` is 0.9."""
    on_add: Action = Action.ALERT
    on_update: Action = Action.ALERT
    on_import: Action = Action.ALERT


class AttributionClue(_Model):
    """A detail in an entry that tells whose it is.

    The entry's ``field`` is looked up in ``table`` under ``target``. The record found there is the stakeholder
    (``owner`` None) or names it in its field ``owner`` (a booking names its stakeholder).
    """

    field: Identifier
    kind: Kind
    table: Identifier
    targets: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    """One field, or given and family name for a full name."""
    owner: Identifier | None = None


class Attribution(_Model):
    """Holds an entry's details against the record that its ``reference`` names."""

    id: Identifier
    table: Identifier
    reference: Identifier
    clues: Annotated[tuple[AttributionClue, ...], Field(min_length=1)]
    on_doubt: Action = Action.ALERT


class Policy(_Model):
    """All the rules of one workbook."""

    version: int = 1
    """Version of this vocabulary."""
    template: str = ""
    settings: Settings
    lists: tuple[PolicyList, ...] = ()
    tables: Annotated[tuple[PolicyTable, ...], Field(min_length=1)]
    conditions: tuple[Condition, ...] = ()
    matches: tuple[MatchRule, ...] = ()
    attributions: tuple[Attribution, ...] = ()

    @cached_property
    def table_by_id(self) -> dict[str, PolicyTable]:
        """Tables by stable id."""
        return {t.id: t for t in self.tables}

    @cached_property
    def table_by_name(self) -> dict[str, PolicyTable]:
        """Tables by the name of the Excel table."""
        return {t.name: t for t in self.tables}

    @cached_property
    def list_by_id(self) -> dict[str, PolicyList]:
        """Lists by stable id."""
        return {choice.id: choice for choice in self.lists}

    @cached_property
    def guessed_matches(self) -> tuple[MatchRule, ...]:
        """A match rule for each table that has none, where its fields tell records apart by what they are called."""
        from validation.guessing import kinds_of_table  # noqa: PLC0415 - most policies say it themselves

        with_rules = {rule.table for rule in self.matches}
        wanted = [t for t in self.tables if t.id not in with_rules and not self.settings.match_rules_only]
        return tuple(
            MatchRule(id=f"guessed_{table.id}"[:63], table=table.id, fields=fields)
            for table in wanted
            if (fields := tuple(MatchField(field=f, kind=k) for f, k in kinds_of_table(table).items()))
        )

    def match_rules(self, table: str) -> list[MatchRule]:
        """The match rules of the table of that id: the policy's own, or the guessed one."""
        return [rule for rule in (*self.matches, *self.guessed_matches) if rule.table == table]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the policy's data, 16 hexadecimal digits; the same for the same rules on any machine."""
        data: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

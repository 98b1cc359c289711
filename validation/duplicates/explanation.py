"""Why two records are taken for one: field by field as data, and in a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from rapidfuzz.distance import OSA

from validation.duplicates.comparators import Level
from validation.duplicates.normalising import fold
from validation.findings import MASK, Severity
from validation.frames import display
from validation.policy import Action, Convention, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from validation.policy import PolicyField, PolicyTable

__all__ = [
    "QUEUED",
    "FieldEvidence",
    "evidence",
    "label_of",
    "level_in_words",
    "name_of",
    "row_of_import",
    "sentence",
    "severity_of",
    "who",
]

#: What a record is called that has no key yet.
QUEUED = "a queued entry"

_WORDS = {
    Level.EXACT: "same {}",
    Level.CLOSE: "{} close in spelling",
    Level.SIMILAR: "{} alike",
    Level.SOUND: "{} sounds the same",
    Level.INITIAL: "{} agrees by its initial",
    Level.DAY_MONTH: "{} with day and month swapped",
    Level.ONE_OFF: "{} differs in one character",
    Level.PARTS: "{} agrees in two of day, month and year",
    Level.NICKNAME: "{} is a short form of the other",
    Level.WITHIN: "{} is part of the other",
    Level.ACRONYM: "{} is the initials of the other",
    Level.DIFFERENT: "{} differs",
}
#: The same beside a field's name, in a picture or a table.
_LEVELS = {
    "exact": "same",
    "close": "close in spelling",
    "similar": "alike",
    "sound": "sounds the same",
    "initial": "initial agrees",
    "swapped": "names swapped",
    "day-month": "day, month swapped",
    "one-off": "one character off",
    "parts": "two of day, month, year",
    "part": "agrees in part",
    "different": "different",
}
_PARTS = {Kind.DATE: "same year in {}", Kind.EMAIL: "{} the same before the @", Kind.PHONE: "{} ends the same"}


@dataclass(frozen=True, slots=True)
class FieldEvidence:
    """What one field says of a pair.

    Attributes:
        field: Label of the field.
        left: Value of the earlier record, as people read it; masked where the field is sensitive.
        right: Value of the later one, likewise.
        level: How they agree: ``exact``, ``close``, ``swapped``, ``different``, ``blank`` ...
        bits: For (above 0) or against (below 0) one and the same.
    """

    field: str
    left: str
    right: str
    level: str
    bits: float

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def evidence(
    fields: Sequence[PolicyField],
    left: Mapping[str, object],
    right: Mapping[str, object],
    levels: npt.NDArray[np.int8],
    bits: npt.NDArray[np.float64],
) -> list[FieldEvidence]:
    """What each field says of a pair.

    Args:
        fields: The fields that took part.
        left: Values of the earlier record by field id.
        right: Values of the later one.
        levels: Level a field.
        bits: Weight a field.
    """
    return [
        FieldEvidence(
            field.label,
            _shown(field, left.get(field.id)),
            _shown(field, right.get(field.id)),
            Level(int(level)).name.lower().replace("_", "-"),
            round(float(weight), 2),
        )
        for field, level, weight in zip(fields, levels, bits, strict=True)
    ]


def _shown(field: PolicyField, value: object) -> str:
    text = display(value)
    return MASK if text and field.sensitivity is Sensitivity.SENSITIVE else text


def level_in_words(level: str) -> str:
    """A level of `FieldEvidence` for people: ``one character off``."""
    return _LEVELS.get(level, level.replace("-", " "))


def sentence(found: Sequence[FieldEvidence], kinds: Sequence[Kind]) -> str:
    """The evidence in words, the strongest first: ``same e-mail, family name differs in one letter``."""
    parts: list[tuple[float, str]] = []
    for item, kind in zip(found, kinds, strict=True):
        level = Level[item.level.upper().replace("-", "_")]
        if level is Level.BLANK:
            continue
        label = label_of(item.field)
        if level is Level.SWAPPED:
            words = "given and family name swapped"
        elif level is Level.PART:
            words = _PARTS.get(kind, "{} agrees in part").format(label)
        elif level is Level.CLOSE and OSA.distance(*fold([item.left, item.right]), score_cutoff=1) == 1:
            words = f"{label} differs in one letter"
        else:
            words = _WORDS[level].format(label)
        if words not in (said for _, said in parts):
            parts.append((item.bits, words))
    return ", ".join(words for _, words in sorted(parts, key=lambda part: -part[0]))


def label_of(label: str) -> str:
    """A field's label within a sentence: ``Date of birth`` becomes ``date of birth``, ``ABN`` stays."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def name_of(table: PolicyTable, values: Mapping[str, object]) -> str:
    """Name of a record for people: its person's names, else its organisation's; "" where it has neither."""
    for convention in (Convention.PERSON, Convention.ORGANISATION):
        fields = (
            f
            for f in table.fields
            if f.naming is convention and not f.retired and f.sensitivity is not Sensitivity.SENSITIVE
        )
        words = [display(values.get(f.id)) for f in fields if f.id != table.key]
        if name := " ".join(word for word in words if word)[:120]:
            return name
    return ""


def row_of_import(row: int) -> str:
    """What a row is called that comes in together with the one that is looked at; ``row`` counts from 0."""
    return f"row {row + 1} of this import"


def who(table: PolicyTable, key: str, values: Mapping[str, object]) -> str:
    """A record for people: ``STK-00377 Quincy Zafiris``; ``a queued entry, Quincy Zafiris`` before it has a key."""
    name = name_of(table, values)
    if key:
        return f"{key} {name}".strip()
    return f"{QUEUED}, {name}" if name else QUEUED


def severity_of(action: Action) -> Severity:
    """How much a match weighs under a duplicate action."""
    return {Action.BLOCK: Severity.ERROR, Action.ALERT: Severity.WARNING, Action.ALLOW: Severity.INFO}[action]

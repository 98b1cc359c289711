"""The weights as shipped: how often each level of agreement comes up, by what a field is."""

from __future__ import annotations

from dataclasses import dataclass

from validation.duplicates.comparators import Level
from validation.policy import Kind

__all__ = ["PACK", "SWAPS", "Kindred", "Weight"]


@dataclass(frozen=True, slots=True)
class Weight:
    """How often a level comes up.

    Attributes:
        same: Among pairs of records of one person (m).
        other: Among pairs of two persons (u); for EXACT, what is assumed before the table's own values are counted.
        spread: How many values are as near to a value as this level asks: where it is given, a rare value's near
            agreement counts more than a common one's.
        near: Among pairs of two persons who live or work together; None where they share it as one person does.
    """

    same: float
    other: float
    spread: float = 0.0
    near: float | None = None


@dataclass(frozen=True, slots=True)
class Kindred:
    """Weights of one kind of field.

    Attributes:
        levels: By level.
        shared: Of the records that hold the same value by more than chance, the share that are other persons: a
            family name is shared freely, an e-mail address by few, an identifier hardly ever.
    """

    levels: dict[Level, Weight]
    shared: float = 1.0


#: Share of records of one person in which given and family name changed places.
SWAPS = 0.03

_GIVEN = Kindred(
    {
        Level.EXACT: Weight(0.70, 0.005, near=0.012),
        Level.CLOSE: Weight(0.12, 0.006, spread=6, near=0.012),
        Level.SOUND: Weight(0.03, 0.004, spread=5, near=0.005),
        Level.SIMILAR: Weight(0.05, 0.03, near=0.05),
        Level.INITIAL: Weight(0.03, 0.05, near=0.06),
        Level.SWAPPED: Weight(SWAPS, 0.0001, near=0.0005),
        Level.NICKNAME: Weight(0.03, 0.005, near=0.01),
        Level.WITHIN: Weight(0.02, 0.004, spread=8, near=0.01),
        Level.DIFFERENT: Weight(0.05, 0.93, near=0.86),
    }
)
_FAMILY = Kindred(
    {
        Level.EXACT: Weight(0.75, 0.001),
        Level.CLOSE: Weight(0.11, 0.003, spread=6),
        Level.SOUND: Weight(0.02, 0.003, spread=5),
        Level.SIMILAR: Weight(0.04, 0.02),
        Level.INITIAL: Weight(0.01, 0.05),
        Level.WITHIN: Weight(0.02, 0.003, spread=8),
        Level.DIFFERENT: Weight(0.06, 0.95, near=0.2),
    }
)
_NUMBER = Kindred(
    {
        Level.EXACT: Weight(0.75, 0.01),
        Level.ONE_OFF: Weight(0.08, 0.05),
        Level.WITHIN: Weight(0.03, 0.003),
        Level.DIFFERENT: Weight(0.14, 0.927, near=0.05),
    }
)
_PLACE = Kindred(
    {
        Level.EXACT: Weight(0.72, 0.003),
        Level.CLOSE: Weight(0.11, 0.003, spread=6),
        Level.SIMILAR: Weight(0.03, 0.02),
        Level.DIFFERENT: Weight(0.14, 0.97, near=0.04),
    }
)

#: The weights as shipped. They follow from what fields are, not from any set of records.
PACK: dict[Kind, Kindred] = {
    Kind.GIVEN_NAME: _GIVEN,
    Kind.FAMILY_NAME: _FAMILY,
    Kind.FULL_NAME: Kindred(
        {
            Level.EXACT: Weight(0.65, 0.00005, near=0.01),
            Level.CLOSE: Weight(0.17, 0.0006, spread=10, near=0.04),
            Level.INITIAL: Weight(0.05, 0.002, near=0.06),
            Level.NICKNAME: Weight(0.05, 0.001, near=0.02),
            Level.WITHIN: Weight(0.05, 0.0005, near=0.02),
            Level.SIMILAR: Weight(0.06, 0.01, near=0.35),
            Level.DIFFERENT: Weight(0.07, 0.98, near=0.55),
        }
    ),
    Kind.ORGANISATION: Kindred(
        {
            Level.EXACT: Weight(0.62, 0.0002, near=0.02),
            Level.CLOSE: Weight(0.18, 0.001, spread=10, near=0.03),
            Level.SIMILAR: Weight(0.06, 0.01, near=0.12),
            Level.WITHIN: Weight(0.08, 0.002, near=0.1),
            Level.ACRONYM: Weight(0.02, 0.0005, near=0.01),
            Level.DIFFERENT: Weight(0.14, 0.98, near=0.8),
        },
        shared=0.1,
    ),
    Kind.DATE: Kindred(
        {
            Level.EXACT: Weight(0.84, 0.00005, near=0.015),
            Level.DAY_MONTH: Weight(0.015, 0.0002, near=0.0005),
            Level.ONE_OFF: Weight(0.06, 0.0013, near=0.004),
            Level.PARTS: Weight(0.03, 0.005, near=0.012),
            Level.PART: Weight(0.015, 0.015, near=0.06),
            Level.DIFFERENT: Weight(0.04, 0.98, near=0.9),
        }
    ),
    Kind.PHONE: Kindred(
        {
            Level.EXACT: Weight(0.60, 0.00002),
            Level.PART: Weight(0.03, 0.0001),
            Level.ONE_OFF: Weight(0.06, 0.0002),
            Level.DIFFERENT: Weight(0.31, 0.999),
        },
        shared=0.3,
    ),
    Kind.EMAIL: Kindred(
        {
            Level.EXACT: Weight(0.60, 0.00001, near=0.2),
            Level.PART: Weight(0.05, 0.0005, near=0.03),
            Level.CLOSE: Weight(0.07, 0.0005, near=0.03),
            Level.SIMILAR: Weight(0.04, 0.004, near=0.06),
            Level.DIFFERENT: Weight(0.24, 0.99, near=0.7),
        },
        shared=0.2,
    ),
    Kind.IDENTIFIER: Kindred(
        {
            Level.EXACT: Weight(0.85, 0.00001, near=0.001),
            Level.ONE_OFF: Weight(0.08, 0.0002, near=0.002),
            Level.CLOSE: Weight(0.02, 0.002, near=0.005),
            Level.DIFFERENT: Weight(0.05, 0.99, near=0.99),
        },
        shared=0.05,
    ),
    Kind.STREET_NUMBER: _NUMBER,
    Kind.STREET: _PLACE,
    Kind.PLACE: _PLACE,
    Kind.POSTCODE: Kindred(
        {
            Level.EXACT: Weight(0.78, 0.003),
            Level.ONE_OFF: Weight(0.08, 0.01),
            Level.DIFFERENT: Weight(0.14, 0.98, near=0.04),
        }
    ),
    Kind.CATEGORY: Kindred(
        {Level.EXACT: Weight(0.85, 0.2, near=0.65), Level.DIFFERENT: Weight(0.15, 0.75, near=0.4)}
    ),
    Kind.TEXT: Kindred(
        {
            Level.EXACT: Weight(0.5, 0.001, near=0.25),
            Level.CLOSE: Weight(0.15, 0.003, spread=10),
            Level.SIMILAR: Weight(0.05, 0.02),
            Level.DIFFERENT: Weight(0.3, 0.97, near=0.6),
        }
    ),
}

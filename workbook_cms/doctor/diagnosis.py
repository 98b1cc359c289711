"""One thing that was looked at: what was found, how it is judged, and the mend in one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Diagnosis", "Judgement", "note", "ok", "problem", "worst"]


class Judgement(StrEnum):
    """How what was found is judged, the best first."""

    OK = "ok"
    NOTE = "note"  # works, but there is something to know or to do
    PROBLEM = "problem"  # something will not work, or something may be lost


@dataclass(frozen=True)
class Diagnosis:
    """What was found of one thing.

    Attributes:
        id: Stays the same from version to version, such as ``mark-of-the-web``.
        judgement: How it is judged.
        found: What was found, a sentence.
        mend: What to do about it; "" where there is nothing to do.
    """

    id: str
    judgement: Judgement
    found: str
    mend: str = ""


def ok(id_: str, found: str) -> Diagnosis:
    """Something is as it should be."""
    return Diagnosis(id_, Judgement.OK, found)


def note(id_: str, found: str, mend: str = "") -> Diagnosis:
    """Something to know."""
    return Diagnosis(id_, Judgement.NOTE, found, mend)


def problem(id_: str, found: str, mend: str) -> Diagnosis:
    """Something to mend."""
    return Diagnosis(id_, Judgement.PROBLEM, found, mend)


def worst(diagnoses: Iterable[Diagnosis]) -> Judgement:
    """The worst judgement among them; ok where there are none."""
    order = list(Judgement)
    return max((diagnosis.judgement for diagnosis in diagnoses), key=order.index, default=Judgement.OK)

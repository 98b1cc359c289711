"""Findings and the rules that make them: what every part of the product speaks of in the same words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MASK", "CellValue", "Finding", "Fix", "Rule", "Severity", "findings_frame", "select"]

#: Stands wherever the value of a field would, which the policy marks as sensitive.
MASK = "•••"

#: What a cell can hold once read: blank is None, an error cell such as ``#N/A`` is a ``CellError`` of the reader.
CellValue = str | int | float | bool | dt.date | dt.datetime | dt.time | None


class Severity(StrEnum):
    """How much a finding weighs; only errors refuse an entry and set exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Fix(StrEnum):
    """Whether a rule's suggested value may be applied without a person looking at it."""

    NONE = "none"
    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Rule:
    """One check with a stable code, and all that its documentation page says.

    Attributes:
        code: Family and number, such as ``ENT001``. Never reused.
        name: Short slug, such as ``required-field``.
        title: What the rule finds, in one line.
        severity: Severity of its findings unless the policy says otherwise.
        what: What it does, in plain words.
        why: Why it matters to the people whose data this is.
        example: A breach and its mended form, as Markdown.
        mend: How a person mends it.
        fix: Whether ``check --fix`` applies its suggestion.
        source: Standard, paper or document the rule follows, where there is one.
    """

    code: str
    name: str
    title: str
    severity: Severity
    what: str
    why: str
    example: str
    mend: str
    fix: Fix = Fix.NONE
    source: str = ""


_NONE: Mapping[str, Any] = MappingProxyType({})


class Finding(NamedTuple):
    """One breach of one rule at one place.

    A named tuple, because a check of a neglected workbook makes a hundred thousand of them.

    Attributes:
        code: Code of the rule.
        severity: ``error``, ``warning`` or ``info``.
        message: Problem and remedy in plain English. The place stands in the other attributes.
        table: Name of the table, or "" where the finding is about the file or the policy.
        key: Key of the record, or "" where it has none (yet).
        field: Label of the field, or "".
        cell: Address such as ``Stakeholders!H12``, or "" where nothing stands in a sheet (yet).
        value: The value found, as a person would read it.
        suggestion: The mended value, where one can be known; a suggestion of "" means: empty the cell.
        fix: Whether the suggestion is safe to apply unseen.
        related: Keys of other records that take part (the duplicate, the better match).
        position: Row of the record in the frame that was looked at, from 0; -1 where there is none. Entries have no
            key or cell yet, so this is what ties a finding to its entry. Not part of `to_dict`.
        details: Data behind the message (the explanation of a match, old and new values), JSON-like.
    """

    code: str
    severity: Severity
    message: str
    table: str = ""
    key: str = ""
    field: str = ""
    cell: str = ""
    value: str = ""
    suggestion: CellValue = None
    fix: Fix = Fix.NONE
    related: tuple[str, ...] = ()
    details: Mapping[str, Any] = _NONE
    position: int = -1

    @property
    def place(self) -> str:
        """Where it is, for people: ``Stakeholders STK-00012, Phone (Stakeholders!I13)``."""
        record = " ".join(part for part in (self.table, self.key) if part)
        text = ", ".join(part for part in (record, self.field) if part)
        if self.cell:
            return f"{text} ({self.cell})" if text else self.cell
        return text

    def __str__(self) -> str:
        place = self.place
        return f"{place}: {self.message}" if place else self.message

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON-ready data; dates become ISO text, severity and fix plain text."""
        data = self._asdict()
        if isinstance(self.suggestion, (dt.date, dt.datetime, dt.time)):
            data["suggestion"] = self.suggestion.isoformat()
        data["severity"], data["fix"] = self.severity.value, self.fix.value
        data["related"], data["details"] = list(self.related), dict(self.details)
        del data["position"]
        return data


def select(findings: Iterable[Finding], chosen: Iterable[str] = (), ignored: Iterable[str] = ()) -> list[Finding]:
    """Findings whose code starts with one of ``chosen`` (all when empty) and with none of ``ignored``."""
    take, drop = tuple(chosen) or ("",), tuple(ignored)
    return [f for f in findings if f.code.startswith(take) and not (drop and f.code.startswith(drop))]


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """Findings as a frame, one row each, columns in the order of the attributes of `Finding`."""
    import pandas as pd  # noqa: PLC0415 - half of the start-up time of a command that needs no frame

    columns = [name for name in Finding._fields if name != "position"]
    return pd.DataFrame([f.to_dict() for f in findings], columns=columns)

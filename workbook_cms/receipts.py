"""What an entry gets back: a receipt, or the reasons why it was not taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from validation.findings import CellValue, Finding, Severity
from validation.policy import Action, PolicyTable

__all__ = [
    "OPEN",
    "QUEUED",
    "WRITTEN",
    "MendedField",
    "Prepared",
    "Receipt",
    "Refused",
    "gone_on",
    "is_alert",
    "stopping",
    "without_remedy",
]

WRITTEN = "written"
QUEUED = "queued"
OPEN = "in the open workbook, not yet saved"


@dataclass(frozen=True)
class MendedField:
    """A value that normalisation changed on its way in."""

    field: str
    before: CellValue
    after: CellValue


@dataclass(frozen=True)
class Receipt:
    """What an accepted entry gets.

    Attributes:
        entry_id: The entry's number (UUID), the same in the history.
        state: ``written``, ``in the open workbook, not yet saved``, or ``queued``.
        table: Table name.
        key: Key of the record; "" while a new one is queued.
        cell: Address of the record's key; "" while queued.
        warnings: Findings that did not stop it.
        mended: Values that were normalised.
        when: Time of acceptance, UTC.
        waits: Why it is queued, in a sentence; "" when it is not.
    """

    entry_id: str
    state: str
    table: str
    key: str
    cell: str
    warnings: tuple[Finding, ...]
    mended: tuple[MendedField, ...]
    when: dt.datetime
    waits: str = ""


@dataclass(frozen=True)
class Refused:
    """A row of a batch that was not taken in.

    Attributes:
        row: Position in the batch, from 0.
        values: The values as given, by label.
        findings: Why.
    """

    row: int
    values: Mapping[str, CellValue]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Prepared:
    """Entries after normalising and checking, before any decision: one row an entry."""

    table: PolicyTable
    values: list[dict[str, CellValue]]
    findings: list[list[Finding]]
    mended: list[list[MendedField]]


def is_alert(finding: Finding) -> bool:
    """Whether a reason is enough to go on in spite of it."""
    return finding.details.get("action") == Action.ALERT.value


def stopping(findings: Iterable[Finding], override: str) -> list[Finding]:
    """The findings that keep an entry out: errors, and alerts when there is no reason."""
    return [f for f in findings if (not override if is_alert(f) else f.severity is Severity.ERROR)]


def without_remedy(finding: Finding) -> str:
    """What an alert says, without what to do about it."""
    return finding.message.removesuffix(str(finding.details.get("remedy", ""))).strip()


def gone_on(finding: Finding) -> Finding:
    """A finding on an entry that was accepted: an alert does not ask any longer for the reason that it was given."""
    return finding._replace(message=without_remedy(finding)) if is_alert(finding) else finding

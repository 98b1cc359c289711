"""What becomes of a save: pure decisions about checking, stopping, and going on all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from validation.findings import Finding, Severity
from validation.policy import SavePolicy
from workbook_cms.forms.adapter import Program

__all__ = ["SAVE_ANYWAY", "allowance", "is_checked", "reason_in", "stops"]

#: Begins the request to save in spite of what was found; the reason follows it.
SAVE_ANYWAY = "Save anyway"
#: So many findings are let through one by one; more of them by their number, since a cell has an end.
_ONE_BY_ONE = 2000


def is_checked(save_policy: SavePolicy, *, autosaves: bool) -> bool:
    """Whether a save is checked at all. With AutoSave, Excel saves while people type: nothing is done then."""
    return save_policy is not SavePolicy.OFF and not autosaves


def stops(save_policy: SavePolicy, program: Program, findings: Iterable[Finding], allowed: str = "") -> bool:
    """Whether a save is called off.

    Args:
        save_policy: What the policy says.
        program: On macOS a macro does not wait for Python, so that nothing can be called off there.
        findings: What a check found; only errors stop.
        allowed: The `allowance` that somebody gave with a reason: what was found then does not stop again.
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if save_policy is not SavePolicy.BLOCK or program is Program.EXCEL_MAC or not errors:
        return False
    if allowed.isdigit():
        return len(errors) > int(allowed)
    return not {_mark(finding) for finding in errors} <= set(allowed.split())


def allowance(findings: Sequence[Finding]) -> str:
    """What is let through when somebody saves in spite of these findings, for one cell."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if len(errors) > _ONE_BY_ONE:
        return str(len(errors))
    return " ".join(sorted({_mark(finding) for finding in errors}))


def reason_in(request: str) -> str | None:
    """The reason in a request such as ``Save anyway: Ben has seen it``, "" where none is given; None for another one."""
    if not request.strip().casefold().startswith(SAVE_ANYWAY.casefold()):
        return None
    return request.strip()[len(SAVE_ANYWAY) :].strip(" :,.-")


def _mark(finding: Finding) -> str:
    """A short mark of a finding; the same as long as the same value breaks the same rule. It begins with a letter."""
    parts = (finding.code, finding.table, finding.key, finding.field, finding.value)
    return "f" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:11]

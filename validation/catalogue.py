"""The rule catalogue: every rule there is, each with the texts of its page, gathered from the modules that own them."""

from __future__ import annotations

from validation import (
    attribution,
    conditions,
    duplicates,
    entry,
    file_rules,
    naming,
    policy_rules,
    references,
    soundness,
    typing,
)
from validation.findings import Rule

__all__ = ["RULES", "rule"]

_OWNERS = (
    naming,
    entry,
    typing,
    conditions,
    references,
    duplicates,
    attribution,
    policy_rules,
    file_rules,
    soundness,
)

#: All rules by code, in the order of the families in the manual, then by code.
RULES: dict[str, Rule] = {
    found.code: found
    for family in ("NAM", "ENT", "REF", "DUP", "ATT", "POL", "FIL")
    for found in sorted((r for owner in _OWNERS for r in owner.RULES), key=lambda r: r.code)
    if found.code.startswith(family)
}


def rule(code: str) -> Rule:
    """The rule of that code, in capitals or not.

    Raises:
        KeyError: There is no such rule.
    """
    return RULES[code.strip().upper()]

"""Whether a policy holds together: names, references, limits, patterns, conditions, match and attribution rules."""

from __future__ import annotations

from validation.findings import Finding
from validation.policy import Policy
from validation.policy_rules import MISSING, REFERENCE, RULES, UNKNOWN_PART, UNREADABLE, VALUE

__all__ = ["MISSING", "REFERENCE", "RULES", "UNKNOWN_PART", "UNREADABLE", "VALUE", "check_policy"]


def check_policy(policy: Policy) -> list[Finding]:
    """Breaches of the rules of a policy; ``details["path"]`` is the way into the policy's data."""
    return []

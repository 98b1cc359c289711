"""Records that are one and the same: found by fixed, explainable weights, with nothing to train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from validation.duplicates.pairs import find_pairs
from validation.duplicates.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.findings import Finding
    from validation.frames import Context, TypedTable

__all__ = ["RULES", "check", "find_pairs"]


def check(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the policy's match rules for the rows of ``typed``."""
    yield from ()

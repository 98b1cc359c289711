"""Records that are one and the same: found by fixed, explainable weights, with nothing to train."""

from __future__ import annotations

from validation.duplicates.matching import check
from validation.duplicates.pairs import find_pairs, link_pairs
from validation.duplicates.rules import RULES

__all__ = ["RULES", "check", "find_pairs", "link_pairs"]

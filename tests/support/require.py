"""What a test needs of its machine: skipped with the reason where it is missing, failed where it was promised."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

__all__ = ["missing"]


def missing(need: str, reason: str) -> NoReturn:
    """Skip the test for want of ``need``; fail it when WORKBOOK_CMS_REQUIRE (comma separated) names it."""
    if need in os.environ.get("WORKBOOK_CMS_REQUIRE", "").split(","):
        pytest.fail(f"{need} is required here (WORKBOOK_CMS_REQUIRE), but {reason}")
    pytest.skip(reason)

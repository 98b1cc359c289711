"""What the tests of the intake share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from validation.policy import PolicyTable
from workbook_cms.policies import text
from workbook_cms.resources import template_folder


@pytest.fixture(scope="session")
def stakeholders() -> PolicyTable:
    """The stakeholder table of the World Traveller template."""
    policy = text.load((template_folder("world-traveller") / "policy.yaml").read_text(encoding="utf-8"))
    return policy.table_by_name["Stakeholders"]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes | str], Path]:
    """Makes ``contacts.csv`` of bytes, or of text as UTF-8."""

    def make(content: bytes | str) -> Path:
        path = tmp_path / "contacts.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make

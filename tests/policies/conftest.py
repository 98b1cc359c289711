"""Fixtures of the tests on policies."""

import pytest

from workbook_cms.policies import text
from workbook_cms.resources import template_folder


@pytest.fixture(scope="session")
def world_traveller():
    """The policy of the template world-traveller."""
    return text.load((template_folder("world-traveller") / "policy.yaml").read_text(encoding="utf-8"))

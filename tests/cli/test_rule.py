"""``rule``: what each rule checks, why, and how to mend it."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Cli
from validation.catalogue import RULES


def test_all_rules_are_listed(cli: Cli) -> None:
    """Without a code there is a line a rule."""
    lines = cli("rule").out.splitlines()
    assert [line.split()[0] for line in lines[2:]] == sorted(RULES)


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_has_its_page(cli: Cli, code: str) -> None:
    """The page of a rule has title, what, why, example and mend."""
    result = cli("rule", code.lower())
    assert result.code == 0
    for head in (code, "What it checks", "Why it matters", "An example", "How to mend it"):
        assert head in result.out


def test_a_family_is_listed(cli: Cli) -> None:
    """The beginning of a code lists the rules that begin so."""
    lines = cli("rule", "DUP").out.splitlines()[2:]
    assert [line.split()[0] for line in lines] == sorted(code for code in RULES if code.startswith("DUP"))


def test_json(cli: Cli) -> None:
    """One rule as JSON has all that its page has."""
    data = json.loads(cli("rule", "ENT001", "--format", "json").out)
    assert (data["version"], data["command"]) == (1, "rule")
    assert [rule["code"] for rule in data["rules"]] == ["ENT001"]
    assert data["rules"][0]["severity"] == RULES["ENT001"].severity.value

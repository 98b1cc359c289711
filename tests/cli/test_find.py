"""``find``: records by any detail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, one_line


@pytest.mark.parametrize("query", ["zafiropoulos", "Quenby", "0491 570 156", "quenby.z@example.com", "STK-00001"])
def test_any_detail_finds_the_record(cli: Cli, path: Path, query: str) -> None:
    """Name, phone as people write it, e-mail and key lead to the record, and it is said why."""
    result = cli("find", path, "Stakeholders", query)
    assert result.code == 0
    assert "STK-00001" in result.out
    assert "Zafiropoulos" in result.out


def test_json(cli: Cli, path: Path) -> None:
    """Hits have key, score, reason and summary."""
    [hit] = json.loads(cli("find", path, "Stakeholders", "quenby", "--format", "json").out)["hits"]
    assert hit["key"] == "STK-00001"
    assert set(hit) == {"key", "score", "why", "summary"}


def test_nothing_found_is_no_error(cli: Cli, path: Path) -> None:
    """No hit is said in a sentence, exit code 0."""
    result = cli("find", path, "Stakeholders", "xylophone")
    assert (result.code, result.out) == (0, 'Nothing in Stakeholders matches "xylophone".\n')


def test_an_unknown_table_is_one_line(cli: Cli, path: Path) -> None:
    """The tables that there are stand in the message."""
    assert "Stakeholders" in one_line(cli("find", path, "Clients", "x"))

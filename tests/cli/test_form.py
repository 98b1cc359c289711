"""``form`` where no form can be shown; what it does in a terminal is tested in tests/forms/terminal."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli, one_line


def test_without_a_terminal_another_command_is_named(cli: Cli, path: Path) -> None:
    """In a pipe, a log or an editor nobody can type into a form."""
    line = one_line(cli("form", path, "Interactions"))
    assert (
        line
        == "workbook-cms: form: this is no terminal in which a form can be shown. Use `workbook-cms add` instead.\n"
    )

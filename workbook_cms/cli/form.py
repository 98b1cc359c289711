"""The command that shows a form in the terminal: form."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import click

from workbook_cms.cli.options import workbook_argument
from workbook_cms.errors import InputError

__all__ = ["COMMANDS"]


@click.command()
@workbook_argument
@click.argument("table", default="")
@click.option("--person", metavar="NAME", default="", help="Who you are, where several share one login.")
def form(workbook: Path, table: str, person: str) -> None:
    """Make entries into TABLE of WORKBOOK in a form, in this terminal.

    \b
    workbook-cms form customers.xlsx Interactions
    """
    _needs_terminal()
    from workbook_cms.forms.terminal.opening import open_form  # noqa: PLC0415 - keeps help fast

    open_form(workbook, table, person).run()


def _needs_terminal() -> None:
    """Stop where nobody could type into a form.

    Raises:
        InputError: Input or output is no terminal, or textual is missing.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(stream.isatty() for stream in streams) or os.environ.get("TERM") == "dumb":
        raise InputError(
            "form", "this is no terminal in which a form can be shown.", "Use `workbook-cms add` instead."
        )
    if importlib.util.find_spec("textual") is None:
        raise InputError("form", "needs textual.", "Install it with: pip install 'workbook-cms[forms]'")


COMMANDS: dict[str, click.Command] = {"form": form}

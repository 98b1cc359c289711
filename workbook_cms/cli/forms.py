"""Commands about forms: front-end."""

from __future__ import annotations

from pathlib import Path

import click

from workbook_cms.cli.options import WORKBOOK, output_format, print_json, workbook_argument

__all__ = ["COMMANDS"]


@click.command("front-end")
@workbook_argument
@click.option(
    "--out", type=WORKBOOK, required=True, help="The file to make: .xlsx, or .xlsm with buttons and macros."
)
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@output_format("text", "json")
def front_end(workbook: Path, out: Path, overwrite: bool, format_: str) -> None:
    """Make a workbook with forms that write into the record workbook WORKBOOK."""
    from workbook_cms.forms.frontend import make_frontend  # noqa: PLC0415 - keeps help fast

    make_frontend(workbook, out, overwrite=overwrite)
    macros = out.suffix.lower() == ".xlsm"
    if format_ == "json":
        print_json("front-end", workbook=str(workbook), out=str(out), macros=macros)
        return
    click.echo(f"Made {out}: forms for {workbook}.")
    if macros:
        click.echo("Next: open it and allow its macros. Or start the helper, which needs none: workbook-cms serve")
    else:
        click.echo("Next: start the helper with `workbook-cms serve`, then open the file.")


COMMANDS: dict[str, click.Command] = {"front-end": front_end}

"""The command serve: the resident helper."""

from __future__ import annotations

from pathlib import Path

import click

from workbook_cms.cli.options import WORKBOOK

__all__ = ["COMMANDS"]


@click.command()
@click.argument("workbooks", type=WORKBOOK, nargs=-1, metavar="[WORKBOOK]...")
@click.option(
    "--office",
    type=click.Choice(["excel", "libreoffice"]),
    default=None,
    help="Program to serve; Excel on Windows and macOS, LibreOffice elsewhere.",
)
@click.option("--pipe", default="", hidden=True, help="Pipe of a LibreOffice that was started with one.")
@click.option("--once", is_flag=True, help="Answer what waits now, then stop.")
def serve(workbooks: tuple[Path, ...], office: str | None, pipe: str, once: bool) -> None:
    """Serve the forms that are open in Excel or LibreOffice, until Ctrl+C.

    Leave it running while you work: it answers the request cell of every open front-end, macros or not. Front-ends
    named as WORKBOOK are opened in the program first.

    \b
    workbook-cms serve
    workbook-cms serve --office libreoffice entry.xlsx
    """
    from workbook_cms.errors import InputError  # noqa: PLC0415 - keeps help fast
    from workbook_cms.file.platform import own_folder  # noqa: PLC0415
    from workbook_cms.forms.offices import Office, source_of  # noqa: PLC0415

    for path in workbooks:
        if not path.is_file():
            raise InputError(str(path), "there is no such file.", "Check the name and the folder.")
    source = source_of(Office(office) if office else None, pipe)
    from workbook_cms.forms.serving import Helper, logger, only_one  # noqa: PLC0415 - needs xlwings
    from workbook_cms.forms.stopping import told_to_stop  # noqa: PLC0415 - keeps help fast

    folder = own_folder()
    with only_one(folder):
        for path in workbooks:
            source.open(path)
        helper = Helper(source, click.echo, log=logger(folder))
        if once:
            helper.once()
            return
        with told_to_stop() as stopped:
            click.echo(f"Serving front-ends in {source.title}. Stop with Ctrl+C.")
            helper.run(stopped)
        click.echo("Stopped. What was saved is saved; nothing typed in a form is lost.")


COMMANDS: dict[str, click.Command] = {"serve": serve}

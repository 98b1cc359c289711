"""The command that puts an earlier copy of a workbook back."""

from __future__ import annotations

from pathlib import Path

import click

from workbook_cms.cli.options import output_format, print_json, workbook_argument

__all__ = ["COMMANDS"]


@click.command()
@workbook_argument
@click.option("--list", "list_", is_flag=True, help="List the copies, newest first.")
@click.option(
    "--to",
    metavar="WHEN",
    default="",
    help='Put this copy back: its number in the list, its file name, or a time such as "2026-11-22 07:40".',
)
@output_format("text", "json")
def restore(workbook: Path, list_: bool, to: str, format_: str) -> None:
    """List the copies of WORKBOOK, or put one back with --to.

    What is there now is copied first. What waits beside the workbook goes on waiting, and entries that came after the
    copy can be written again with `workbook-cms sync WORKBOOK --replay`.
    """
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.formats import plural  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    if bool(to) == list_:
        raise click.UsageError("give --list, or --to with the copy to put back.")
    if list_:
        found = Workbook.copies(workbook)
        if format_ == "json":
            copies = [{"file": c.path.name, "when": c.when, "reason": c.reason, "size": c.size} for c in found]
            print_json("restore", workbook=str(workbook), copies=copies)
        elif not found:
            click.echo(f"No copy of {workbook} was made yet.")
        else:
            rows = [
                (number, f"{c.when.astimezone():%Y-%m-%d %H:%M:%S}", c.occasion, f"{c.size:,}", c.path.name)
                for number, c in enumerate(found, start=1)
            ]
            click.echo(console.columns(rows, ("No", "Made", "Before", "Bytes", "File"), 80))
        return
    done = Workbook.restore(workbook, to)
    lost = sum(len(one.submission.entries) for one in Workbook.open(workbook).lost())
    kept = done.kept.name if done.kept else None
    if format_ == "json":
        print_json("restore", workbook=str(workbook), copy=done.copy.path.name, kept=kept, lost=lost)
        return
    click.echo(f"Put back the copy of {done.copy.when.astimezone():%Y-%m-%d %H:%M:%S}.")
    if kept:
        click.echo(f"What was there before is kept as {kept}.")
    if lost:
        again = console.command("sync", workbook, "--replay")
        click.echo(f"{plural(lost, 'entry')} came after it; {again} writes what is missing again.")


COMMANDS: dict[str, click.Command] = {"restore": restore}

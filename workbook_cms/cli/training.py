"""Commands for those who learn: practice, cheat-sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import WORKBOOK, output_format, print_json, workbook_argument

if TYPE_CHECKING:
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS"]


@click.command()
@workbook_argument
@click.option(
    "--out", type=WORKBOOK, default=None, help="The copy; WORKBOOK-practice.xlsx beside it without this."
)
@click.option("--progress", is_flag=True, help="Show which tasks of the tour are done; make nothing.")
@click.option("--force", is_flag=True, help="Begin again: replace the practice copy that is there.")
@output_format("text", "json")
def practice(workbook: Path, out: Path | None, progress: bool, force: bool, format_: str) -> None:
    """Make a practice copy of WORKBOOK: the same rules, people made up, a tour of tasks.

    WORKBOOK is only read. The tour ticks itself off: --progress looks at the history of the copy.
    """
    from workbook_cms.practice.copy import is_practice, make_practice, practice_path  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    if progress:
        book = Workbook.open(workbook)
        if not is_practice(book.policy) and practice_path(workbook).exists():
            book = Workbook.open(practice_path(workbook))
    else:
        book = make_practice(workbook, out, overwrite=force)
    _tell(book, progress, format_)


def _tell(book: Workbook, progress: bool, format_: str) -> None:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.practice import tour  # noqa: PLC0415

    steps = tour.progress(book)
    if format_ == "json":
        told = [{"title": step.task.title, "how": step.task.how, "done": step.done} for step in steps]
        print_json("practice", workbook=str(book.path), tasks=told, queued=len(book.pending))
        return
    if not progress:
        click.echo(f"Made {book.path}: the same rules, people made up. Nothing in it counts.")
        for table in book.tables:
            click.echo(f"  {table.name}: {len(table):,} records")
        click.echo("")
    for number, step in enumerate(steps, start=1):
        first = f"  {'done' if step.done else '    '} {number}. "
        click.echo(console.paragraph(step.task.title, " " * len(first), first))
        if not step.done:
            click.echo(console.paragraph(step.task.how, " " * len(first), " " * len(first)))
    done = sum(step.done for step in steps)
    click.echo(f"{done} of {len(steps)} done.")
    if book.pending:
        click.echo(f"{len(book.pending)} more wait to be written: the copy was open when they were entered.")
    first_table = book.policy.tables[0].name
    if done == len(steps):
        click.echo("That is all there is to it. To go on practising, begin again with --force.")
    elif not progress:
        click.echo(f"Begin with: workbook-cms form {book.path} {first_table}")
        click.echo(f"See how far you are: workbook-cms practice {book.path} --progress")


@click.command("cheat-sheet")
@workbook_argument
@click.option(
    "--out", type=WORKBOOK, default=None, help="An .html or .md file; WORKBOOK-cheat-sheet.html without this."
)
def cheat_sheet(workbook: Path, out: Path | None) -> None:
    """Write what one needs at hand when entering records into WORKBOOK, to be printed.

    Fields by form, what each purpose needs, lists with their guidance, keys; all of it from the policy.
    """
    from workbook_cms.practice.printing import write_cheat_sheet  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    target = out or workbook.with_name(f"{workbook.stem}-cheat-sheet.html")
    write_cheat_sheet(Workbook.open(workbook).policy, target)
    again = "Open it in a browser and print it on both sides." if target.suffix.lower() != ".md" else ""
    click.echo(f"Made {target}. {again}".strip())


COMMANDS: dict[str, click.Command] = {"practice": practice, "cheat-sheet": cheat_sheet}

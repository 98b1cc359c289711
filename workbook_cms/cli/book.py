"""Commands about a workbook as a whole: new, templates, demo."""

from __future__ import annotations

from pathlib import Path

import click

from workbook_cms.cli.options import WORKBOOK, output_format, print_json, workbook_argument

__all__ = ["COMMANDS"]


@click.command()
@workbook_argument
@click.option(
    "--template", default="world-traveller", show_default=True, help="See `workbook-cms templates` for the names."
)
@click.option("--sample", is_flag=True, help="Fill in the template's sample records.")
@click.option(
    "--forms", is_flag=True, help="Put forms into it, for one person alone; a team makes a front-end instead."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@output_format("text", "json")
def new(workbook: Path, template: str, sample: bool, forms: bool, force: bool, format_: str) -> None:
    """Make the new workbook WORKBOOK from a template.

    A name that ends with .xlsm gives a workbook with forms, buttons and macros.
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    macros = workbook.suffix.lower() == ".xlsm"
    dress = None
    if forms or macros:
        from workbook_cms.forms.frontend import one_workbook  # noqa: PLC0415 - only here

        dress = one_workbook(macros=macros)
    book = Workbook.create(workbook, template, sample=sample, overwrite=force, dress=dress)
    counts = {table.name: len(table) for table in book.tables}
    if format_ == "json":
        print_json("new", workbook=str(workbook), template=template, tables=counts)
        return
    click.echo(f"Made {workbook} from the template {template}.")
    for name, count in counts.items():
        click.echo(f"  {name}: {count:,} records")
    first = next(iter(counts))
    click.echo(f'Next: workbook-cms add {workbook} {first} --set "Label=value", or import a CSV file.')


@click.command()
@output_format("text", "json")
def templates(format_: str) -> None:
    """List the templates that `new` can build from."""
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.resources import template_names  # noqa: PLC0415
    from workbook_cms.seeding import template_policy  # noqa: PLC0415

    found = [(name, [table.name for table in template_policy(name).tables]) for name in template_names()]
    if format_ == "json":
        print_json("templates", templates=[{"name": name, "tables": tables} for name, tables in found])
    else:
        click.echo(
            console.columns([(name, ", ".join(tables)) for name, tables in found], ("Template", "Tables"), 70)
        )


@click.command()
@click.option("--out", type=WORKBOOK, default=None, help="Folder; workbook-cms-demo, or the next free number.")
def demo(out: Path | None) -> None:
    """See it all in some seconds: a sample workbook, five entries, a check, the monthly report."""
    from workbook_cms.demo import run  # noqa: PLC0415 - keeps help fast

    run(out, click.echo)


COMMANDS: dict[str, click.Command] = {"new": new, "templates": templates, "demo": demo}

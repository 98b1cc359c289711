"""Commands about single records: add, update, find."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from validation.findings import Finding
from workbook_cms.cli.options import (
    given_values,
    output_format,
    override_option,
    print_json,
    value_options,
    workbook_argument,
)
from workbook_cms.errors import EntryRefusedError

if TYPE_CHECKING:
    from workbook_cms.receipts import Receipt
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS", "receipt_json"]


@click.command()
@workbook_argument
@click.argument("table")
@value_options
@override_option
@output_format("text", "json")
def add(workbook: Path, table: str, pairs: tuple[str, ...], json_file: str, override: str, format_: str) -> None:
    """Add one record to TABLE of WORKBOOK.

    \b
    workbook-cms add customers.xlsx Stakeholders --set "Type=Customer" --set "Given name=Mia" ...
    workbook-cms add customers.xlsx Interactions --json entry.json
    """
    values = given_values(pairs, json_file)
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    try:
        given = book.add(table, values, override=override, source="command line")
    except EntryRefusedError as error:
        _refuse("add", book, error, values, format_)
    _print_receipt("add", given, "Added", format_)
    _note_synced(book)


@click.command()
@workbook_argument
@click.argument("table")
@click.argument("key")
@value_options
@override_option
@click.option("--why", metavar="REASON", default="", help="Why it is changed, for the history.")
@output_format("text", "json")
def update(
    workbook: Path,
    table: str,
    key: str,
    pairs: tuple[str, ...],
    json_file: str,
    override: str,
    why: str,
    format_: str,
) -> None:
    """Change the record KEY in TABLE of WORKBOOK. The old values stay in the history.

    \b
    workbook-cms update customers.xlsx Stakeholders STK-00012 --set "Phone=0412 345 678"
    """
    values = given_values(pairs, json_file)
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    try:
        given = book.update(table, key, values, override=override, why=why, source="command line")
    except EntryRefusedError as error:
        _refuse("update", book, error, values, format_)
    _print_receipt("update", given, "Changed", format_)
    _note_synced(book)


@click.command()
@workbook_argument
@click.argument("table")
@click.argument("query")
@click.option(
    "--limit", type=click.IntRange(min=1), default=10, show_default=True, help="At most so many records."
)
@output_format("text", "json")
def find(workbook: Path, table: str, query: str, limit: int, format_: str) -> None:
    """Find records in TABLE of WORKBOOK by any detail: a name, phone, e-mail, key, ...

    \b
    workbook-cms find customers.xlsx Stakeholders "smith 0412 345"
    """
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    hits = Workbook.open(workbook).find(table, query, limit)
    if format_ == "json":
        found = [{"key": h.key, "score": h.score, "why": h.why, "summary": dict(h.summary)} for h in hits]
        print_json("find", workbook=str(workbook), table=table, query=query, hits=found)
        return
    if not hits:
        click.echo(f'Nothing in {table} matches "{query}".')
        return
    labels = list(dict.fromkeys(label for hit in hits for label in hit.summary))
    rows = [[hit.key, *(hit.summary.get(label, "") for label in labels), hit.why] for hit in hits]
    click.echo(console.columns(rows, ["Key", *labels, "Why"], 32))


def receipt_json(given: Receipt) -> dict[str, Any]:
    """A receipt as JSON-ready data."""
    return {
        "entry_id": given.entry_id,
        "state": given.state,
        "table": given.table,
        "key": given.key,
        "cell": given.cell,
        "when": given.when,
        "waits": given.waits,
        "mended": [{"field": m.field, "before": m.before, "after": m.after} for m in given.mended],
        "warnings": [finding.to_dict() for finding in given.warnings],
    }


def _print_receipt(command: str, given: Receipt, verb: str, format_: str) -> None:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    if format_ == "json":
        print_json(command, receipt=receipt_json(given))
    else:
        click.echo(console.receipt(given, verb))


def _note_synced(book: Workbook) -> None:
    """Say on standard error that the workbook lies in a synced folder where no computer is named to write to it."""
    from workbook_cms.doctor.sync import SYNC_ADVICE, sync_root  # noqa: PLC0415 - keeps help fast

    if not book.settings.writer and (root := sync_root(book.path)):
        click.echo(f"Note: {root.sentence} {SYNC_ADVICE}", err=True)


def _refuse(
    command: str, book: Workbook, error: EntryRefusedError, values: Mapping[str, object], format_: str
) -> None:
    """Print why an entry was not taken, and leave with exit code 1.

    Raises:
        Exit: Always.
    """
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    if format_ == "json":
        print_json(
            command,
            receipt=None,
            refused={"place": error.place, "problem": error.problem, "remedy": error.remedy},
            findings=[finding.to_dict() for finding in error.findings if isinstance(finding, Finding)],
        )
    else:
        click.echo(console.refusal(error, values, book))
    raise click.exceptions.Exit(1)


COMMANDS: dict[str, click.Command] = {"add": add, "update": update, "find": find}

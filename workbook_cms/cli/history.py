"""Commands about what happened in a workbook: history."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import output_format, print_json, workbook_argument

if TYPE_CHECKING:
    from workbook_cms.integrity import Verification
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS"]

_SHOWN = ["No", "When", "Table", "Key", "Action", "Field", "Old", "New", "Why", "Person", "Account", "Source"]


@click.command()
@workbook_argument
@click.argument("key", default="")
@click.option(
    "--verify",
    is_flag=True,
    help="Hold the history against its seals, and the records against the history; exit code 1 if there is a flaw.",
)
@output_format("text", "json")
def history(workbook: Path, key: str, verify: bool, format_: str) -> None:
    """Show what happened in WORKBOOK, or to the record KEY: when, what, who, old and new value, why."""
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    if verify and key:
        raise click.UsageError("--verify looks at the whole history; leave the key out.")
    book = Workbook.open(workbook)
    if verify:
        _verify(book, workbook, format_)
    else:
        _show(book, workbook, key, format_)


def _show(book: Workbook, workbook: Path, key: str, format_: str) -> None:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    rows = book.history(key)[[*_SHOWN, "Entry"]].to_dict("records")
    if format_ == "json":
        plain = [{str(name).lower(): value for name, value in row.items()} for row in rows]
        print_json("history", workbook=str(workbook), key=key, changes=plain, queued=len(book.pending))
        return
    if not rows:
        click.echo(f"{workbook} has no history of {key}." if key else f"{workbook} has no history yet.")
    else:
        who = ["Who", "From"]
        heads = [*(_SHOWN[:2] if key else _SHOWN[:4]), *_SHOWN[4:9], *who]
        lines = [
            [row[name] for name in heads if name not in who] + [row["Person"] or row["Account"], row["Source"]]
            for row in rows
        ]
        filled = [i for i, _ in enumerate(heads) if any(line[i] not in ("", None) for line in lines)]
        click.echo(console.columns([[line[i] for i in filled] for line in lines], [heads[i] for i in filled], 30))
    waiting = sum(1 for entry in book.pending if not key or entry.key == key)
    if waiting:
        click.echo(f"{waiting} more wait to be written: the workbook was open when they were entered.")


def _verify(book: Workbook, workbook: Path, format_: str) -> None:
    from workbook_cms import console, formats  # noqa: PLC0415 - keeps help fast

    result = book.verify_history()
    if format_ == "json":
        print_json(
            "history",
            workbook=str(workbook),
            verified={
                "lines": result.lines,
                "first": result.first,
                "last": result.last,
                "erased": result.erased,
                "head": result.head,
                "records": result.records,
            },
            findings=[finding.to_dict() for finding in result.findings],
        )
    else:
        if result.findings:
            click.echo(formats.render(result.findings, "text", workbook, colour=console.in_colour(sys.stdout)))
            click.echo()
        click.echo(_summary(result))
    if result.findings:
        raise click.exceptions.Exit(1)


def _summary(result: Verification) -> str:
    from workbook_cms.formats import plural  # noqa: PLC0415 - keeps help fast

    if not result.lines:
        return "The history has no lines."
    ends = {
        True: "it ends as the last write left it",
        False: "it does not end as the last write left it",
        None: "how the last write left it is not known, since head.json is missing beside the workbook",
    }[result.head]
    parts = [
        f"Verified {plural(result.lines, 'line')} of history from {result.first} to {result.last}",
        ends,
        f"{plural(result.records, 'record')} held against it",
    ]
    if result.erased:
        parts.append(f"{plural(result.erased, 'line')} erased, so what they told cannot be shown")
    flaws = plural(len(result.findings), "flaw") if result.findings else "No flaws"
    return f"{'; '.join(parts)}. {flaws}."


COMMANDS: dict[str, click.Command] = {"history": history}

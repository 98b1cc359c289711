"""``sync --settle``: a change that met another one is decided, by whoever owns the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from workbook_cms.cli.options import print_json

if TYPE_CHECKING:
    from workbook_cms.conflicts import Conflicted
    from workbook_cms.status import Meeting
    from workbook_cms.workbook import Workbook

__all__ = ["PRESENT", "WANTED", "settle"]

#: What may be taken: what the change was to write, or what stands in the record now.
WANTED, PRESENT = "wanted", "present"


def settle(
    book: Workbook,
    which: str,
    take: str | None,
    format_: str,
    tell: tuple[Callable[[Meeting], Iterator[str]], Callable[[Meeting], dict[str, Any]]],
) -> None:
    """Show what a change wanted and what it met; with ``take``, decide which of them stands, and take it off the list.

    Args:
        book: The workbook.
        which: Key of the record, or entry id of the change.
        take: `WANTED`, `PRESENT`, or None to show both.
        format_: text or json.
        tell: Gives the lines, and the JSON, of one conflict.

    Raises:
        InputError: There is no such conflict, or it is more than a change of fields.
        EntryRefusedError: What was wanted breaks rules by now; the conflict stays.
    """
    found = [one for one in book.status().conflicts if one.mine.submission in _submissions(book, which)]
    if not found:
        from workbook_cms.errors import InputError  # noqa: PLC0415 - keeps help fast

        raise InputError(
            f"{book.path.name} {which}",
            "there is no conflict of that record.",
            "`workbook-cms status` shows them.",
        )
    if take == WANTED:
        for one in found:
            _check(book, one.mine)
        for one in found:
            _write(book, one.mine)
    for one in found if take else ():
        book.settle(one.mine.entry_id)
    lines, data = tell
    if format_ == "json":
        ids = [one.mine.entry_id for one in found] if take else []
        print_json(
            "sync", workbook=str(book.path), settled=ids, taken=take, conflicts=[data(one) for one in found]
        )
    elif take:
        records = ", ".join(f"{one.mine.table} {one.mine.key}" for one in found)
        click.echo(f"{records}: {'what was wanted is written.' if take == WANTED else 'left as it is.'}")
    else:
        click.echo("\n".join(line for one in found for line in lines(one)))
        click.echo(f"Decide with --take {WANTED} or --take {PRESENT}.")
    if not take:
        raise click.exceptions.Exit(1)


def _submissions(book: Workbook, which: str) -> set[str]:
    """What was entered at once is decided at once, as it would have gone in."""
    return {one.submission for one in book.conflicts_of_all() if which in (one.key, one.entry_id)}


def _check(book: Workbook, mine: Conflicted) -> None:
    if not mine.values or not mine.key:
        from workbook_cms.errors import InputError  # noqa: PLC0415 - keeps help fast

        raise InputError(
            f"{book.path.name}, table {mine.table} {mine.key}".strip(),
            "it was more than a change of fields.",
            f"Enter it again, then settle it with --take {PRESENT}.",
        )


def _write(book: Workbook, mine: Conflicted) -> None:
    """Write what was wanted as a change of its own, whatever stands there now; what is there already, not again."""
    try:
        now = book.table(mine.table).get(mine.key)
    except KeyError:
        now = {}  # the change says that there is no such record
    values = {label: value for label, value in mine.values.items() if not now or now.get(label) != value}
    if values:
        why = f"conflict settled: entered by {mine.person or mine.account} on {mine.when.astimezone():%Y-%m-%d %H:%M}"
        book.update(mine.table, mine.key, values, override=why, source="sync")

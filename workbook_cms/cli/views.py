"""Commands that show what the pages beside the forms show: show, due."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook_cms.cli.options import output_format, print_json, workbook_argument

if TYPE_CHECKING:
    from workbook_cms.forms.views import Page

__all__ = ["COMMANDS"]

_BETWEEN = "  "
_WIDE, _NARROW, _LEAST = 100, 60, 10


@click.command()
@workbook_argument
@click.argument("key")
@output_format("text", "json")
def show(workbook: Path, key: str, format_: str) -> None:
    """Show everything about the record KEY: details, what is open, contacts, what is doubtful, its history."""
    from workbook_cms.forms.views import record_view  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    _print(record_view(Workbook.open(workbook), key), "show", workbook, format_)


@click.command()
@workbook_argument
@click.option("--person", default=None, help="Whose come first; whoever is at the keyboard unless given.")
@click.option("--days", type=click.IntRange(0, 3660), default=14, show_default=True, help="How far to look ahead.")
@output_format("text", "json")
def due(workbook: Path, person: str | None, days: int, format_: str) -> None:
    """Show what is due in WORKBOOK: what is overdue first, one's own first, with whom it is for."""
    from workbook_cms.forms.views import due_page  # noqa: PLC0415 - keeps help fast
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    _print(due_page(Workbook.open(workbook), person, ahead=days), "due", workbook, format_)


def _print(page: Page, command: str, workbook: Path, format_: str) -> None:
    if format_ == "json":
        rows = list(_objects(page))
        print_json(command, workbook=str(workbook), title=page.title, status=page.status.text, rows=rows)
    else:
        click.echo("\n".join(_lines(page)))


def _objects(page: Page) -> Iterator[dict[str, str]]:
    """The rows as JSON-ready data; each says in which section it stands."""
    names = [column.lower().replace(" ", "_") for column in page.columns]
    section = ""
    for row in page.rows:
        if row.look == "heading":
            section = next(filter(None, row.cells), "")
            continue
        cell = f"{row.link.sheet}!{row.link.cell}" if row.link else ""
        yield {"section": section, **dict(zip(names, row.cells, strict=True)), "cell": cell}


def _lines(page: Page) -> Iterator[str]:
    """The page as text: columns side by side, long texts folded within their column."""
    from workbook_cms.console import one_line  # noqa: PLC0415 - keeps help fast

    yield one_line(page.status.text)
    records = [tuple(map(one_line, row.cells)) for row in page.rows if row.look != "heading"]
    widths = _widths(records, len(page.columns))
    for row in page.rows:
        if row.look == "heading":
            yield from ("", one_line(next(filter(None, row.cells), "")))
            continue
        cells = zip(map(one_line, row.cells), widths, strict=True)
        folded = [textwrap.wrap(cell, width) for cell, width in cells if width]
        shown = [width for width in widths if width]
        for parts in zip_longest(*folded, fillvalue=""):
            pairs = zip(parts, shown, strict=True)
            yield "  " + _BETWEEN.join(part.ljust(width) for part, width in pairs).rstrip()


def _widths(rows: list[tuple[str, ...]], count: int) -> list[int]:
    """Width of each column, 0 for an empty one; until the line fits, those give way that are wider than they need."""
    widths = [max((len(row[index]) for row in rows), default=0) for index in range(count)]
    usual = [sum(len(row[index]) for row in rows) / len(rows) if rows else 0 for index in range(count)]
    terminal = shutil.get_terminal_size((_WIDE, 24)).columns if sys.stdout.isatty() else _WIDE
    room = max(min(terminal, 2 * _WIDE), _NARROW) - 2 - len(_BETWEEN) * (sum(map(bool, widths)) - 1)
    while sum(widths) > room:
        widest = max(range(count), key=lambda index: (widths[index] > _LEAST, widths[index] / (usual[index] or 1)))
        widths[widest] -= 1
    return widths


COMMANDS: dict[str, click.Command] = {"show": show, "due": due}

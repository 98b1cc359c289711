"""``check --watch``: what changes, as lines on the screen or as JSON, one object a line."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from workbook_cms.watch import Seen

__all__ = ["watch_workbooks"]


def watch_workbooks(
    targets: Sequence[Path],
    select: Sequence[str],
    ignore: Sequence[str],
    format_: str,
    *,
    poll: bool | None,
    show_sensitive: bool,
) -> None:
    """Checks workbooks whenever they are saved, until Ctrl+C.

    Raises:
        InputError: A target is missing or no workbook, or watching needs what is not installed.
    """
    from workbook_cms.watch import Watch, changes_on_disk  # noqa: PLC0415 - keeps help fast

    watch = Watch(targets, select, ignore, show_sensitive=show_sensitive)
    batches = changes_on_disk(watch, poll=_polled(watch.targets) if poll is None else poll)
    names = ", ".join(str(target) for target in targets)
    click.echo(f"Watching {names}. Stop with Ctrl+C.", err=True)
    try:
        for seen in watch.run(batches):
            for line in _lines(seen, format_):
                click.echo(line)
    except KeyboardInterrupt:
        click.echo("Stopped watching.", err=True)


def _polled(targets: Sequence[Path]) -> bool | None:
    """Whether one of them lies on another machine, which tells nobody of changes."""
    from workbook_cms.doctor.here import ThisMachine  # noqa: PLC0415 - keeps help fast
    from workbook_cms.doctor.place import on_network  # noqa: PLC0415

    machine = ThisMachine()
    return True if any(on_network(machine, target) for target in targets) else None


def _lines(seen: Seen, format_: str) -> Iterator[str]:
    from workbook_cms import formats  # noqa: PLC0415 - keeps help fast

    if format_ == "json":
        yield formats.as_json(_as_data(seen), indent=None)
    elif format_ == "github":
        if seen.problem:
            yield f"::error title=not checked::{seen.problem.replace('%', '%25')}"
        elif seen.new:
            yield formats.render(seen.new, format_, seen.path)
    else:
        yield from _text(seen)


def _as_data(seen: Seen) -> dict[str, object]:
    from workbook_cms.formats import summary  # noqa: PLC0415 - keeps help fast

    return {
        "version": 1,
        "command": "check",
        "event": "problem" if seen.problem else "removed" if seen.removed else "checked",
        "workbook": str(seen.path),
        "problem": seen.problem,
        "new": [finding.to_dict() for finding in seen.new],
        "gone": [finding.to_dict() for finding in seen.gone],
        "summary": summary(seen.findings),
    }


def _text(seen: Seen) -> Iterator[str]:
    from workbook_cms import console, formats  # noqa: PLC0415 - keeps help fast

    head = f"{dt.datetime.now().astimezone():%H:%M:%S} {seen.path.name}: "
    if seen.problem:
        yield f"{head}not checked. {seen.problem}"
    elif seen.removed:
        yield f"{head}removed."
    elif seen.first:
        yield head + formats.summary_line(seen.findings)
        if seen.findings:
            yield formats.render(seen.findings, "text", seen.path, colour=console.in_colour(sys.stdout))
    else:
        yield f"{head}{len(seen.new):,} new, {len(seen.gone):,} gone. {formats.summary_line(seen.findings)}"
    if not seen.first and not seen.removed:
        for word, findings in (("new", seen.new), ("gone", seen.gone)):
            for finding in findings:
                yield console.paragraph(f"{finding.code} {finding}", " " * 8, f"  {word:<5} ")

"""Commands about what waits beside a workbook: sync, status, settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook_cms.cli.options import output_format, print_json, workbook_argument

if TYPE_CHECKING:
    from workbook_cms.file.beside.settings import Settings
    from workbook_cms.lost import Lost, Replayed
    from workbook_cms.status import Meeting, Status, Waiting
    from workbook_cms.workbook import Workbook

__all__ = ["COMMANDS"]

#: Lines of one kind shown on the terminal; JSON has them all.
_SHOWN = 20


@click.command()
@workbook_argument
@click.option("--replay", is_flag=True, help="Write entries again that an older version of the file has lost.")
@click.option("--dry-run", is_flag=True, help="With --replay: say what would go in, and write nothing.")
@click.option("--settle", metavar="KEY", help="Show what a change of that record wanted, and what it met.")
@click.option("--take", type=click.Choice(["wanted", "present"]), help="With --settle: which of the two stands.")
@output_format("text", "json")
def sync(workbook: Path, replay: bool, dry_run: bool, settle: str | None, take: str | None, format_: str) -> None:
    """Write what waits beside WORKBOOK. The next entry would do it too.

    Exit code 1: a change could not go in, since somebody else changed the record meanwhile or the
    workbook refuses it, or a journal file is damaged.
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    if dry_run and not replay:
        raise click.UsageError("--dry-run goes with --replay; `workbook-cms status` says what waits.")
    if take and not settle:
        raise click.UsageError("--take goes with --settle; `workbook-cms status` says what conflicts.")
    book = Workbook.open(workbook)
    if settle:
        from workbook_cms.cli import settling  # noqa: PLC0415 - keeps help fast

        settling.settle(book, settle, take, format_, (_meeting_text, _meeting_json))
        return
    if replay:
        _replay(book, workbook, dry_run, format_)
        return
    before = len(book.conflicts_of_all())
    written = book.sync()
    conflicts, queued = len(book.conflicts_of_all()) - before, len(book.pending)
    damaged = book.status().damaged
    if format_ == "json":
        print_json(
            "sync", workbook=str(workbook), written=written, queued=queued, conflicts=conflicts, damaged=damaged
        )
    else:
        said = [_count(written, "entry", "written.")] if written else []
        if queued:
            said.append(f"{_count(queued, 'entry')} still waiting: see {_command('status', workbook)}.")
        if conflicts:
            said.append(f"{_count(conflicts, 'change')} could not go in: see {_command('status', workbook)}.")
        if damaged:
            said.append(f"{_count(len(damaged), 'damaged journal file')}: see {_command('status', workbook)}.")
        click.echo("\n".join(said or ["Nothing waited."]))
    if conflicts or damaged:
        raise click.exceptions.Exit(1)


def _replay(book: Workbook, workbook: Path, dry_run: bool, format_: str) -> None:
    found, backwards = book.lost(), book.status().backwards
    done = None if dry_run else book.replay()
    if format_ == "json":
        print_json(
            "sync",
            workbook=str(workbook),
            dry_run=dry_run,
            lost=[entry for one in found for entry in _lost_json(one, book)],
            written=0 if done is None else len(done.places),
            moved={} if done is None else done.moved,
            conflicts=0 if done is None else len(done.conflicts),
        )
    else:
        click.echo("\n".join(_replay_text(found, done, book, backwards and not found)))
    if done is not None and done.conflicts:
        raise click.exceptions.Exit(1)


def _replay_text(found: list[Lost], done: Replayed | None, book: Workbook, older: bool) -> Iterator[str]:
    if not found:
        yield "Nothing was lost that the side folder or a copy of the workbook still has."
        if older and done is not None:
            yield "The file is older than its last write all the same; from now on it counts as it is."
        return
    if done is None:
        yield from _table(
            [
                (_time(one.submission.when), e["action"], f"{e['table']} {e['key']}", e["who"], one.source)
                for one in found
                for e in _lost_json(one, book)
            ],
            ("Accepted", "What", "Record", "Who", "Found in"),
        )
        count = sum(len(one.submission.entries) for one in found)
        yield f"{_count(count, 'entry')} would be written again; nothing was written."
        return
    yield f"{_count(len(done.places), 'entry')} written again."
    for old, new in done.moved.items():
        yield f"  {old} is now {new}: another record got that key meanwhile."
    if done.conflicts:
        yield f"{_count(len(done.conflicts), 'change')} could not go in: see {_command('status', book.path)}."


def _lost_json(one: Lost, book: Workbook) -> Iterator[dict[str, Any]]:
    by = one.submission.actor
    for entry in one.submission.entries:
        yield {
            "entry_id": entry.id,
            "action": entry.action,
            "table": book.policy.table_by_id[entry.table].name,
            "key": one.keys.get(entry.id) or entry.key,
            "when": one.submission.when,
            "who": by.person or by.account,
            "source": one.source,
        }


@click.command()
@workbook_argument
@output_format("text", "json")
def status(workbook: Path, format_: str) -> None:
    """Say how WORKBOOK stands: what waits, what conflicts, what was lost, who has it open, the newest copy.

    Exit code 1: a journal file is damaged, or the file is older than its last write.
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    now = book.status()
    if format_ == "json":
        print_json("status", workbook=str(workbook), **_status_json(now, book))
    else:
        click.echo("\n".join(_status_text(now, workbook)))
    if not now.sound:
        raise click.exceptions.Exit(1)


def _status_json(now: Status, book: Workbook) -> dict[str, Any]:
    return {
        "queued": [asdict(one) for one in now.queued],
        "unsaved": [asdict(one) for one in now.unsaved],
        "conflicts": [_meeting_json(one) for one in now.conflicts],
        "damaged": now.damaged,
        "lost": [entry for one in now.lost for entry in _lost_json(one, book)],
        "backwards": now.backwards,
        "flaws": now.flaws,
        "conflict_copies": now.copies,
        "opened_by": asdict(now.opened_by) if now.opened_by else None,
        "writing": asdict(now.writing) if now.writing else None,
        "writer": now.settings.writer,
        "computer": now.machine,
        "backup": {"file": now.backup.path.name, "when": now.backup.when} if now.backup else None,
        "backups": now.backups,
        "history": {"lines": now.lines, "here": now.here, "last": now.last},
    }


def _meeting_json(one: Meeting) -> dict[str, Any]:
    fields = [
        {
            "field": label,
            "wanted": value,
            "seen": one.mine.seen.get(label),
            "now": theirs.value if (theirs := one.theirs.get(label)) else None,
            "by": (theirs.row.person or theirs.row.account) if theirs and theirs.row else "",
        }
        for label, value in one.mine.values.items()
    ]
    mine = one.mine
    return {
        "entry_id": mine.entry_id,
        "table": mine.table,
        "key": mine.key,
        "problem": mine.problem,
        "when": mine.when,
        "who": mine.person or mine.account,
        "fields": fields,
    }


def _status_text(now: Status, workbook: Path) -> Iterator[str]:
    opened = now.opened_by
    if opened:
        by = f" by {opened.name}" if opened.name else ""
        since = f" since {_time(opened.since)}" if opened.since else ""
        yield f"The workbook is open{by}{since}."
    else:
        yield "Nobody is known to have the workbook open."
    if now.writing:
        yield f"{now.writing.account or 'A program'} on {now.writing.machine or 'another computer'} is writing to it."
    if now.settings.writer:
        here = "" if now.settings.written_by(now.machine) else f" This is {now.machine}."
        yield f"{_writer(now.settings.writer)}{here}"
    yield from _waiting_text(now)
    for one in now.conflicts:
        yield from _meeting_text(one)
    for flaw in now.flaws:
        yield f"{flaw[0].upper()}{flaw[1:]}"
    if now.lost:
        count = sum(len(one.submission.entries) for one in now.lost)
        again = _command("sync", workbook, "--replay")
        yield f"{_count(count, 'entry')} no longer in the file, though written once; {again} writes what is missing again."
    newest = f"the newest of {_time(now.backup.when)}, before {now.backup.occasion}" if now.backup else "none yet"
    yield f"Copies: {now.backups:,}; {newest}."
    last = _time(dt.datetime.fromisoformat(now.last)) if now.last else "no time"
    moved = f", {now.lines - now.here:,} of them in archives" if now.lines > now.here else ""
    yield f"History: {_count(now.lines, 'line')}{moved}, the last of {last}."
    if 0 < now.settings.lines < now.here:
        yield (
            f"{now.here:,} of them stand in the workbook, and {now.settings.lines:,} should at the most: the older half "
            "moves to archives with a next entry. Where it does not, `workbook-cms history WORKBOOK --archive-before "
            "YYYY-MM` says why."
        )


def _writer(name: str) -> str:
    return f"Only the computer {name} writes to the workbook; the others enter."


def _command(name: str, workbook: Path, *options: str) -> str:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    return console.command(name, workbook, *options)


def _waiting_text(now: Status) -> Iterator[str]:
    if not now.queued and not now.unsaved:
        yield "Nothing waits to be written."
    for entries, what in ((now.queued, "waiting"), (now.unsaved, "in the open workbook, not yet saved")):
        if entries:
            yield f"{_count(len(entries), 'entry')} {what}:"
            yield from _table([_row(one) for one in entries], ("Accepted", "What", "Record", "Who", "Computer"))


def _row(one: Waiting) -> tuple[str, ...]:
    what = f"{one.table} {one.key}".strip()
    return _time(one.when), one.action, what, one.person or one.account, one.machine


def _meeting_text(one: Meeting) -> Iterator[str]:
    mine = one.mine
    yield f"Conflict: {mine.table} {mine.key}, by {mine.person or mine.account} at {_time(mine.when)}: {mine.problem}"
    for label, value in mine.values.items():
        theirs = one.theirs.get(label)
        by = f" (by {theirs.row.person or theirs.row.account})" if theirs and theirs.row else ""
        there = _shown(theirs.value if theirs else None)
        yield f"  {label}: wanted {_shown(value)}, saw {_shown(mine.seen.get(label))}, is {there}{by}"


@click.command()
@workbook_argument
@click.option("--writer", metavar="NAME", help='The one computer that writes; the others only enter. "" for each.')
@click.option(
    "--copies", type=click.IntRange(min=0), help="Copies kept of each kind, daily and before bulk changes."
)
@click.option(
    "--days", type=click.IntRange(min=0), help="Days that a copy is kept; the newest of each kind stays."
)
@click.option(
    "--lines",
    type=click.IntRange(min=0),
    help="Lines that the history may grow to before its older half moves to archives beside; 0 for any.",
)
@output_format("text", "json")
def settings(
    workbook: Path, writer: str | None, copies: int | None, days: int | None, lines: int | None, format_: str
) -> None:
    """Show or change which computer writes to WORKBOOK, how many copies are kept, and how long its history grows.

    \b
    workbook-cms settings customers.xlsx --writer OFFICE-PC
    """
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - keeps help fast

    book = Workbook.open(workbook)
    kept = book.settings
    if (writer, copies, days, lines) != (None, None, None, None):
        kept = book.change_settings(
            lambda now: replace(
                now,
                writer=now.writer if writer is None else writer.strip(),
                copies=now.copies if copies is None else copies,
                days=now.days if days is None else days,
                lines=now.lines if lines is None else lines,
            )
        )
    if format_ == "json":
        print_json("settings", workbook=str(workbook), **kept.to_data())
    else:
        click.echo(_settings_text(kept))


def _settings_text(kept: Settings) -> str:
    who = _writer(kept.writer) if kept.writer else "Each computer writes."
    grows = (
        f"up to {_count(kept.lines, 'line')}, then the older half moves to archives beside"
        if kept.lines
        else "as it will"
    )
    copies = f"the newest {kept.copies:,} of each kind, for {_count(kept.days, 'day')}; the last one stays"
    if not kept.copies:
        copies = "none are made, but before a restore and an archiving that somebody asks for"
    return f"{who}\nCopies: {copies}.\nHistory: grows {grows}."


def _table(rows: Iterable[tuple[object, ...]], heads: tuple[str, ...]) -> Iterator[str]:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    every = list(rows)
    yield console.columns(every[:_SHOWN], heads)
    if len(every) > _SHOWN:
        yield f"... and {len(every) - _SHOWN:,} more; --format json has them all."


def _count(count: int, word: str, then: str = "") -> str:
    from workbook_cms.formats import plural  # noqa: PLC0415 - keeps help fast

    return f"{plural(count, word)} {then}".strip()


def _time(when: dt.datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _shown(value: object) -> str:
    from workbook_cms import console  # noqa: PLC0415 - keeps help fast

    return console.quoted(value)


COMMANDS: dict[str, click.Command] = {"sync": sync, "status": status, "settings": settings}

"""Old lines of the history move to an archive: it is written and proven first, then they leave the workbook."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from validation.carried import Carried, Sealed, carried
from validation.chain import Seal, check_chain
from validation.history import ARCHIVED, CONTINUED, TAKEN_OUT, HistoryRow, chain_link
from validation.integrity import latest, policy_in_force
from workbook_cms.archives import Archive, as_left, is_as_left, read_archive, whole
from workbook_cms.batch import chain_end, head_of
from workbook_cms.commit import drain, write_event
from workbook_cms.decisions import standing
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.beside import privacy
from workbook_cms.file.beside.backup import back_up, rotate
from workbook_cms.file.builder import build
from workbook_cms.file.layout import HomeSpec, SheetSpec, WorkbookSpec
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.tail import last_row
from workbook_cms.file.writer import Append, Replace, write
from workbook_cms.history import HISTORY_TABLE, Actor, Event, to_cells
from workbook_cms.safekeeping import require_writer
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import new_id

if TYPE_CHECKING:
    from workbook_cms.acceptance import Acceptance

__all__ = ["MOST_LINES", "Archiving", "archive", "shorten"]

#: Lines of an archive that is full. All of it is read when lines are added to it.
MOST_LINES = 20_000
#: So many lines go at most in one write that brought something else: its author waits for them.
_AT_ONCE = 20_000


@dataclass(frozen=True)
class Archiving:
    """What was moved.

    Attributes:
        lines: How many lines.
        files: Where they are now.
        backup: The copy of the workbook that was made before.
    """

    lines: int
    files: tuple[Path, ...]
    backup: Path


def archive(
    acceptance: Acceptance, snapshot: Callable[[], Snapshot], before: str, folder: Path | None = None
) -> Archiving:
    """Move the lines of the history from before a month to workbooks beside, each of one year.

    A crash between the writes leaves the lines in both; the next run goes on from there.

    Args:
        acceptance: Says who does it.
        snapshot: Gives the workbook as it is now.
        before: The month, ``2026-06``; lines from then on stay.
        folder: Where archives lie; beside the workbook unless given.

    Raises:
        InputError: It is no month, or there are no such lines.
        WorkbookLockedError: The workbook is open elsewhere, or another computer is the one that writes.
        FileError: The history has flaws, an archive of that name is another one, or something cannot be written.
    """
    first = _first_day(before)
    side = snapshot().side
    require_writer(side, acceptance.machine)
    with side.locked():
        drain(snapshot())
        now = snapshot()
        old = _sound(now)
        count = _count(now.history, first)
        if not _real(now.history[:count]):
            raise InputError(
                f"{now.path.name}, month {before}",
                "the history has no lines from before it.",
                "Give a later month.",
            )
        when = acceptance.now()
        backup = back_up(now.path, side.backups, when, "archive")
        old = _sealed_anew(now, old)
        files = _move(now, count, old, folder or now.path.parent, acceptance.actor("archive"), when)
    return Archiving(count, files, backup)


def shorten(
    snapshot: Callable[[], Snapshot], actor: Actor, when: dt.datetime, brought: int, at_once: int = _AT_ONCE
) -> None:
    """Move the older half of as many lines as the history may have, and all that are older. The lock must be held.

    An import moves as many as it brought. Of a history that has grown far past it otherwise, the next writes move the
    rest: the lines that stay are written anew each time, so that smaller steps would take longer in all. Nothing that
    goes wrong here is raised: the entry that the history grew by is written. It is tried again some lines later, and
    `status` tells of it.

    Args:
        snapshot: Gives the workbook as it is now.
        actor: Who does it.
        when: The time, UTC.
        brought: How many entries were just written.
        at_once: So many lines at most, or as many as were brought, but that those which tell of one change stay together.
    """
    now = snapshot()
    side, rows = now.side, now.history
    settings = side.settings()
    try:
        old = _sound(now)
        count = _whole(rows, min(len(rows) - settings.lines // 2, max(at_once, brought)))
        if len(_real(rows[:count])) > settings.lines // 4:  # else the line that would tell of it is as long
            if settings.copies:
                back_up(now.path, side.backups, when, "archive")
            folder = (now.path.parent / old.files[-1]).parent if old.files else now.path.parent
            _move(now, count, old, folder, actor, when)
            rotate(now.path, side.backups, settings, when)
            return
    except FileError:
        pass
    with contextlib.suppress(FileError):
        now = snapshot()  # another program may have replaced it meanwhile
        side.write_head(replace(side.head(), tried=chain_end(now).no))


def _sound(now: Snapshot) -> Carried:
    """What the history keeps of lines that were archived before.

    Raises:
        FileError: It has flaws.
    """
    old = carried(now.history)
    if check_chain(now.history, now.history_cells, old.seal):
        raise FileError(
            now.path.name, "the history has flaws, so nothing was moved.", "See `workbook-cms history --verify`."
        )
    return old


def _sealed_anew(now: Snapshot, old: Carried) -> Carried:
    """What the history keeps of archived lines, with the archives as they are now, where all lines of them are sound.

    Earlier versions of the program sealed none, and a program that saves an archive makes another file of it.
    """
    if old.decided is not None and as_left(old, now.path):
        return old
    every = whole(now.history, now.history_cells, now.path)  # as they are now, not as they were when last read
    if every.missing or every.renamed or check_chain(every.rows, every.cells):
        return old
    archived = (row for row in every.rows if row.no <= old.seal.no)
    return replace(old, sealed=every.sealed, decided=standing(archived, {}))


def _move(
    now: Snapshot, count: int, old: Carried, folder: Path, actor: Actor, when: dt.datetime
) -> tuple[Path, ...]:
    """Move the first lines to archives in a folder, and take them out of the workbook when they are proven to be there."""
    files: dict[Path, Sealed | None] = {}
    for year, lines in _by_year(now.history[:count]):
        for path, some in _by_archive(folder.resolve() / f"{now.path.stem} history {year}.xlsx", lines):
            name = os.path.relpath(path, now.path.parent)
            ours = not path.exists() or is_as_left(path, old.sealed.get(name))
            archive = _keep(path, some, now.path, known=name in old.files)
            ends = [old.seal, *(one.end for one in (*old.sealed.values(), *files.values()) if one)]
            files[path] = archive.sealed if ours or _authentic(archive, ends) else None
    _leave(now, actor, now.history[:count], old, files, when)
    return tuple(files)


def _authentic(archive: Archive, ends: Iterable[Seal]) -> bool:
    """Whether an archive that is not as it was left holds what was written to it: a run that died may have gone on.

    ``ends``: Where it and others end; it continues one of them, or begins the history.
    """
    before = next((end for end in (Seal(), *ends) if end.no == archive.lines[0].no - 1), None)
    return before is not None and not check_chain(archive.lines, archive.cells, before)


def _first_day(month: str) -> str:
    try:
        return dt.date.fromisoformat(f"{month.strip()}-01").isoformat()
    except ValueError:
        raise InputError(f"month {month}", "is no month.", "Write it as 2026-06.") from None


def _count(rows: Sequence[HistoryRow], first: str) -> int:
    """How many lines are from before a day, from the beginning on; values that go on in the next line stay together."""
    return _whole(rows, next((place for place, row in enumerate(rows) if row.when >= first), len(rows)))


def _whole(rows: Sequence[HistoryRow], count: int) -> int:
    """So many lines, and those that the last of them goes on in."""
    while 0 < count < len(rows) and rows[count].action == CONTINUED:
        count += 1
    return count


def _real(rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Lines but those that an archiving leaves: they would go and come back at every run."""
    # One that goes on tells of an archiving when the line before does.
    found, own = [], True
    for row in rows:
        own = row.action == ARCHIVED or (own and row.action == CONTINUED)
        if not own:
            found.append(row)
    return found


def _by_year(rows: Sequence[HistoryRow]) -> list[tuple[str, list[HistoryRow]]]:
    """Lines by year, each year one stretch of the chain also where a clock went back."""
    found: list[tuple[str, list[HistoryRow]]] = []
    for row in rows:
        if not found or row.when[:4] > found[-1][0]:
            found.append((row.when[:4], []))
        found[-1][1].append(row)
    return found


def _by_archive(path: Path, lines: Sequence[HistoryRow]) -> Iterator[tuple[Path, Sequence[HistoryRow]]]:
    """The lines by the archive of their year that they go to: a new one is begun where the last is full.

    Raises:
        FileError: What bears such a name is no archive.
    """
    number, first = 1, path
    while lines:
        room = MOST_LINES
        if path.exists():
            package = Package.open(path)
            last = last_row(package, HISTORY_TABLE.name).get("No") or 0
            table = package.table(HISTORY_TABLE.name)
            there = bool(last) * (table.last_record - table.first_record + 1)
            # A run that died may have left them there.
            held = sum(1 for line in lines if line.no <= last) if isinstance(last, int) else 0
            room = max(MOST_LINES - there, 0) + held
        if room:
            yield path, lines[:room]
            lines = lines[room:]
        number += 1
        path = first.with_name(f"{first.stem} part {number}{first.suffix}")


def _keep(path: Path, lines: Sequence[HistoryRow], workbook: Path, *, known: bool) -> Archive:
    """Make an archive hold the lines, and prove it; those that it holds already are not written again.

    ``known``: The history names it as one of its archives.
    """
    if not path.exists():
        spec = WorkbookSpec(
            HomeSpec("History", f"Old lines of {workbook.name}"), (SheetSpec("Change history", HISTORY_TABLE),)
        )
        build(path, spec)
        privacy.as_private_as(path, workbook)
    package = Package.open(path)
    if new := _not_there(package, lines, known=known):
        write(package, [Append(HISTORY_TABLE.name, [to_cells(row) for row in new])])
    archive = read_archive(path)
    held = {row.no: row for row in archive.lines}
    if any(held.get(row.no) != row for row in lines):
        raise FileError(
            path.name, "it does not hold what was written to it, so nothing was moved.", "Check the drive."
        )
    return archive


def _not_there(archive: Package, lines: Sequence[HistoryRow], *, known: bool) -> Sequence[HistoryRow]:
    """Those of the lines that an archive does not hold yet.

    Raises:
        FileError: It is no archive, or one of another workbook.
    """
    last, first = last_row(archive, HISTORY_TABLE.name), lines[0]
    if known and last.get("No") == first.no - 1 and chain_link(str(last.get("Chain")), first) == first.chain:
        return lines  # it ends where they begin, and need not be read
    there = read_archive(archive.path).lines
    chains = {row.no: row.chain for row in there}
    new = [row for row in lines if row.no not in chains]
    if any(chains.get(row.no, row.chain) != row.chain for row in lines) or (
        there and new and there[-1].no + 1 != new[0].no
    ):
        raise FileError(
            archive.place,
            "the lines in it are not those of this workbook, so nothing was moved.",
            "Move it away, or give another folder with --to.",
        )
    return new


def _leave(
    now: Snapshot,
    actor: Actor,
    lines: Sequence[HistoryRow],
    old: Carried,
    files: Mapping[Path, Sealed | None],
    when: dt.datetime,
) -> None:
    """Take the lines out of the workbook; a new one tells of it, seals where they ended and keeps their digests."""
    records = dict(old.records)
    for key, row in latest(lines).items():
        if row.action in TAKEN_OUT:
            records.pop(key, None)
        elif row.action != ARCHIVED:
            records[key] = (row.salt, row.record, row.when)
    names = {os.path.relpath(path, now.path.parent): sealed for path, sealed in files.items()}
    untouched = {name: left for name, left in old.sealed.items() if name not in names}
    until = max(old.until, *(row.when for row in lines))
    known = Carried(
        Seal(lines[-1].no, lines[-1].chain),
        tuple(dict.fromkeys([*old.files, *names])),
        records,
        until,
        untouched | {name: left for name, left in names.items() if left},
        None if old.decided is None else standing(lines, old.decided),
    )
    event = Event(
        ARCHIVED,
        "",
        "",
        new_id(),
        after=known.values(),  # type: ignore[arg-type]
        old=f"lines {lines[0].no} to {lines[-1].no}",
        new=policy_in_force(now.history) or now.policy.digest,
        why=f"moved to {', '.join(names)}",
    )
    staying = [to_cells(row) for row in now.history[len(lines) :]]
    write_event(now, actor, when, event, head_of(now), [Replace(HISTORY_TABLE.name, staying)], until)

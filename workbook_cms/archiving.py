"""Old lines of the history move to an archive: it is written and proven first, then they leave the workbook."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from validation.carried import Carried, carried
from validation.chain import Seal, check_chain
from validation.history import ARCHIVED, CONTINUED, TAKEN_OUT, HistoryRow
from validation.integrity import latest, policy_in_force
from workbook_cms.archives import archive_lines
from workbook_cms.commit import drain, write_event
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.beside import privacy
from workbook_cms.file.beside.backup import back_up
from workbook_cms.file.builder import build
from workbook_cms.file.layout import HomeSpec, SheetSpec, WorkbookSpec
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Replace, write
from workbook_cms.history import HISTORY_TABLE, Event, to_cells
from workbook_cms.records import Door
from workbook_cms.safekeeping import require_writer
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import new_id

__all__ = ["Archiving", "archive"]


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


def archive(door: Door, snapshot: Callable[[], Snapshot], before: str, folder: Path | None = None) -> Archiving:
    """Move the lines of the history from before a month to workbooks beside, one a year.

    A crash between the two writes leaves the lines in both; the next run goes on from there.

    Args:
        door: Says who does it.
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
    require_writer(side, door.acceptance.machine)
    with side.locked():
        drain(snapshot())
        now = snapshot()
        place, rows, old = now.path.name, now.history, carried(now.history)
        if check_chain(rows, now.history_cells, old.seal):
            raise FileError(
                place, "the history has flaws, so nothing was moved.", "See `workbook-cms history --verify`."
            )
        count = _count(rows, first)
        if all(
            row.action in (ARCHIVED, CONTINUED) for row in rows[:count]
        ):  # what the archiving before this one left
            raise InputError(
                f"{place}, month {before}", "the history has no lines from before it.", "Give a later month."
            )
        when = door.acceptance.now()
        backup = back_up(now.path, side.backups, when, "archive")
        target = (folder or now.path.parent).resolve()
        files = []
        for year, lines in _by_year(rows[:count]):
            path = target / f"{now.path.stem} history {year}.xlsx"
            _keep(path, lines, now.path)
            files.append(path)
        _leave(door, now, rows[:count], old, files, when)
    return Archiving(count, tuple(files), backup)


def _first_day(month: str) -> str:
    try:
        return dt.date.fromisoformat(f"{month.strip()}-01").isoformat()
    except ValueError:
        raise InputError(f"month {month}", "is no month.", "Write it as 2026-06.") from None


def _count(rows: Sequence[HistoryRow], first: str) -> int:
    """Lines from before a day, from the beginning on; values that go on in the next line stay together."""
    count = next((place for place, row in enumerate(rows) if row.when >= first), len(rows))
    while 0 < count < len(rows) and rows[count].action == CONTINUED:
        count += 1
    return count


def _by_year(rows: Sequence[HistoryRow]) -> list[tuple[str, list[HistoryRow]]]:
    """Lines by year, each year one stretch of the chain also where a clock went back."""
    found: list[tuple[str, list[HistoryRow]]] = []
    for row in rows:
        if not found or row.when[:4] > found[-1][0]:
            found.append((row.when[:4], []))
        found[-1][1].append(row)
    return found


def _keep(path: Path, lines: Sequence[HistoryRow], workbook: Path) -> None:
    """Make an archive hold the lines, and prove it; those that it holds already are not written again."""
    if not path.exists():
        spec = WorkbookSpec(
            HomeSpec("History", f"Old lines of {workbook.name}"), (SheetSpec("Change history", HISTORY_TABLE),)
        )
        build(path, spec)
        privacy.as_private_as(path, workbook)
    there, _ = archive_lines(path)
    known = {row.no: row.chain for row in there}
    new = [row for row in lines if row.no not in known]
    if any(known.get(row.no, row.chain) != row.chain for row in lines) or (
        there and new and there[-1].no + 1 != new[0].no
    ):
        raise FileError(
            path.name,
            "the lines in it are not those of this workbook, so nothing was moved.",
            "Move it away, or give another folder with --to.",
        )
    if new:
        write(Package.open(path), [Append(HISTORY_TABLE.name, [to_cells(row) for row in new])])
    held = {row.no: row for row in archive_lines(path)[0]}
    if any(held.get(row.no) != row for row in lines):
        raise FileError(
            path.name, "it does not hold what was written to it, so nothing was moved.", "Check the drive."
        )


def _leave(
    door: Door,
    now: Snapshot,
    lines: Sequence[HistoryRow],
    old: Carried,
    files: Sequence[Path],
    when: dt.datetime,
) -> None:
    """Take the lines out of the workbook; a new one tells of it, seals where they ended and keeps their digests."""
    records = dict(old.records)
    for key, row in latest(lines).items():
        if row.action in TAKEN_OUT:
            records.pop(key, None)
        elif row.action != ARCHIVED:
            records[key] = (row.salt, row.record, row.when)
    names = [os.path.relpath(path, now.path.parent) for path in files]
    known = Carried(Seal(lines[-1].no, lines[-1].chain), tuple(dict.fromkeys([*old.files, *names])), records)
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
    write_event(
        now, door.acceptance.actor("archive"), when, event, now.side.head(), [Replace(HISTORY_TABLE.name, staying)]
    )

"""What goes before a write: whether this computer is the one that writes, and a copy of what is there."""

from __future__ import annotations

import contextlib
import datetime as dt
import filecmp
from collections.abc import Callable, Iterator

from workbook_cms.batch import chain_end
from workbook_cms.commit import drain
from workbook_cms.errors import FileError, WorkbookLockedError
from workbook_cms.file.beside.backup import DAILY, back_up, backups, rotate
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.history import HISTORY_TABLE
from workbook_cms.snapshot import Snapshot

__all__ = ["alone", "keep_copy", "overgrown", "require_writer"]

#: What these bring may be one entry only, and is a change of many records all the same.
_BULK = frozenset({"import", "fix"})


def require_writer(
    side: SideFolder, machine: str, remedy: str = "Do it there; what is entered here goes in there."
) -> None:
    """Refuse to write from a computer that is not the one named to write.

    Raises:
        WorkbookLockedError: Another computer writes, or the settings are damaged, so that nobody knows; what was
            entered here waits.
        FileError: The settings may not be read.
    """
    settings = side.settings()
    if not settings.written_by(machine):
        raise WorkbookLockedError(
            side.workbook.name,
            f"only the computer {settings.writer} writes to this workbook, and this is {machine}.",
            remedy,
        )


def keep_copy(snapshot: Snapshot, now: dt.datetime) -> None:
    """Copy the workbook before the first write of a day, and before a bulk change that waits. The lock must be held.

    No copy before the first write of a day is no reason to refuse an entry; `status` tells how old the newest is.

    Raises:
        FileError: There is a bulk change, and no copy can be made before it.
    """
    if chain_end(snapshot).no <= 1:
        return  # just made: there is nothing to lose
    side, settings = snapshot.side, snapshot.side.settings()
    bulk = next((s.actor.source for s in snapshot.pending if len(s.entries) > 1 or s.actor.source in _BULK), "")
    today = now.astimezone().date()
    fresh = any(copy.when.astimezone().date() == today for copy in backups(snapshot.path, side.backups))
    if settings.copies and bulk and not _copied(snapshot):
        back_up(snapshot.path, side.backups, now, bulk)
    elif settings.copies and not fresh:
        with contextlib.suppress(FileError):
            back_up(snapshot.path, side.backups, now, DAILY)
    if bulk or not fresh:
        rotate(snapshot.path, side.backups, settings, now)
        side.forget_applied(now.timestamp())


def overgrown(snapshot: Snapshot) -> bool:
    """Whether the history in the workbook has grown past what is set, and its older lines should go to an archive.

    Where that failed, as while an archive is open in a program, it is tried again some lines later.
    """
    limit = snapshot.side.settings().lines
    table = snapshot.package.table(HISTORY_TABLE.name)
    lines = table.last_record - table.first_record + 1
    return 0 < limit < lines and chain_end(snapshot).no >= snapshot.side.head().tried + limit // 10


def _copied(snapshot: Snapshot) -> bool:
    """Whether the newest copy is of the workbook as it is: a bulk change that waits asks again at every try."""
    newest = next(iter(backups(snapshot.path, snapshot.side.backups)), None)
    return newest is not None and filecmp.cmp(newest.path, snapshot.path, shallow=False)


@contextlib.contextmanager
def alone(snapshot: Callable[[], Snapshot], machine: str, now: dt.datetime, reason: str) -> Iterator[Snapshot]:
    """Hold the write lock for a change of the whole workbook: what waits is written, and a copy made before it.

    Args:
        snapshot: Gives the workbook as it is now.
        machine: Name of this computer.
        now: The time, UTC.
        reason: What the copy is made before, such as ``policy``.

    Yields:
        The workbook as it is under the lock.

    Raises:
        WorkbookLockedError: Another computer is the one that writes, or it is open elsewhere.
        FileError: The workbook cannot be written, or no copy of it can be made.
    """
    side = snapshot().side
    require_writer(side, machine)
    with side.locked():
        drain(snapshot())
        settings = side.settings()
        if settings.copies:
            back_up(side.workbook, side.backups, now, reason)
            rotate(side.workbook, side.backups, settings, now)
        yield snapshot()

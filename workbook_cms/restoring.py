"""An earlier copy put back in the place of a workbook, and told of in its history."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from validation.history import RESTORED
from workbook_cms.acceptance import Acceptance
from workbook_cms.batch import chain_end
from workbook_cms.errors import FileError, InputError
from workbook_cms.file.beside.backup import Backup, back_up, backups, copy_file
from workbook_cms.file.beside.durable import aside_of
from workbook_cms.file.beside.side import Head, SideFolder
from workbook_cms.file.platform import fsync_folder, replace_file
from workbook_cms.file.replacement import check_writable
from workbook_cms.file.writer import Append, write
from workbook_cms.history import HISTORY_TABLE, Event, history_rows, to_cells
from workbook_cms.safekeeping import require_writer
from workbook_cms.snapshot import Snapshot
from workbook_cms.submission import new_id

__all__ = ["Restored", "chosen", "copies", "restore"]


@dataclass(frozen=True)
class Restored:
    """What was put back.

    Attributes:
        copy: The copy that stands in the place of the workbook now.
        kept: The copy of what was there before; None where nothing was.
    """

    copy: Backup
    kept: Path | None


def copies(workbook: Path) -> list[Backup]:
    """The copies of a workbook, newest first; the workbook itself need not be there or readable.

    Raises:
        FileError: Neither it nor anything beside it is there, or its copies may not be read.
    """
    side = SideFolder(workbook)
    try:
        if not workbook.exists() and not side.path.exists():
            raise FileError(
                workbook.name, "there is no such file, nor a copy of it.", "Check the name and the folder."
            )
        return backups(workbook, side.backups)
    except OSError as error:
        raise FileError(
            workbook.name, f"the folder {side.backups} cannot be read.", "Ask for the right to read it."
        ) from error


def chosen(workbook: Path, to: str) -> Backup:
    """The copy that a person means.

    Args:
        workbook: The file.
        to: Its number in the list, its file name, or a local time such as ``2026-11-22 07:40`` or ``2026-11-22``: the
            newest copy that was made by then.

    Raises:
        InputError: There is none.
    """
    every = copies(workbook)
    if to.isascii() and to.isdigit() and len(to) < 4:
        found: Sequence[Backup] = every[int(to) - 1 : int(to)] if int(to) else []
    elif named := [copy for copy in every if copy.path.name == Path(to).name]:
        found = named
    else:
        end = _end(to)
        found = [copy for copy in every if end is not None and copy.when <= end]
    if not found:
        raise InputError(
            f"{workbook.name}, copy {to}",
            "there is no such copy." if every else "no copy of it was made yet.",
            "`workbook-cms restore --list` shows them."
            if every
            else "One is made before the first write of a day.",
        )
    return found[0]


def restore(workbook: Path, copy: Backup, account: str, machine: str, now: dt.datetime) -> Restored:
    """Put a copy in the place of the workbook, in one step; what is there is copied first, what waits goes on waiting.

    The history of what is put back says so in its last line. No key that was given out meanwhile is given again.

    Raises:
        WorkbookLockedError: The workbook is open elsewhere, or another computer is the one that writes.
        FileError: The copy cannot be read, or nothing can be written; the workbook is then as it was.
    """
    side = SideFolder(workbook)
    require_writer(side, machine)
    with side.locked():
        kept = None
        if workbook.exists():
            check_writable(workbook)
            # What is there may be what is damaged: it is kept as it is.
            kept = back_up(workbook, side.backups, now, "restore", prove=False)
        staged = aside_of(workbook)
        try:
            copy_file(copy.path, staged)
            head = _told(staged, workbook.name, copy, account, machine, now, side.head())
            side.write_head(replace(side.head(), coming=(head.no, head.chain)))
            replace_file(staged, workbook)
            fsync_folder(workbook.parent)
        except OSError as error:
            raise FileError(
                workbook.name,
                f"the copy cannot be put in its place ({error.strerror or error}).",
                "Free some space, or ask for the right to write there. Nothing was changed.",
            ) from error
        finally:
            with contextlib.suppress(OSError):
                staged.unlink(missing_ok=True)
        # The copy is back by now: FIL005 tells of the old head until a replay.
        with contextlib.suppress(FileError):
            side.write_head(head)
    return Restored(copy, kept)


def _told(staged: Path, name: str, copy: Backup, account: str, machine: str, now: dt.datetime, head: Head) -> Head:
    """Write into the staged copy that it was put back; the head of its history then."""
    snapshot = Snapshot.open(staged)
    snapshot.package.place = name
    end = chain_end(snapshot)
    actor = Acceptance(lambda: snapshot, lambda: now, account, machine).actor("restore")
    why = f"the copy of {copy.when:%Y-%m-%d %H:%M:%S} UTC, made before {copy.occasion}"
    if head.no:
        why += f"; the history had {head.no} lines"
    event = Event(RESTORED, "", "", new_id(), new=snapshot.policy.digest, why=why)
    rows = history_rows([event], end, actor, now, snapshot.policy.digest, [secrets.token_hex(8)])
    write(snapshot.package, [Append(HISTORY_TABLE.name, [to_cells(row) for row in rows])])
    return Head(rows[-1].no, rows[-1].chain, head.keys, ())


def _end(text: str) -> dt.datetime | None:
    """The last moment of a time or day as a person writes it, in local time."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?)?", text.strip())
    if not found:
        return None
    try:
        begin = dt.datetime.fromisoformat(text.strip()).astimezone()
    except ValueError:
        return None
    span = dt.timedelta(seconds=1) if found[3] else dt.timedelta(minutes=1) if found[2] else dt.timedelta(days=1)
    return begin + span - dt.timedelta(microseconds=1)

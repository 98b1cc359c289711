"""Copies of a workbook in its side folder: made, proven, counted off."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbook_cms.errors import FileError
from workbook_cms.file.beside.durable import make_folder
from workbook_cms.file.beside.privacy import folder_mode, guard
from workbook_cms.file.beside.settings import Settings
from workbook_cms.file.platform import copy_bytes, fsync_folder

__all__ = ["DAILY", "Backup", "back_up", "backups", "copy_file", "rotate"]

#: Why a copy was made: the first write of a day. Any other reason is that of a bulk change.
DAILY = "day"
_OCCASIONS = {
    DAILY: "the first write of a day",
    "import": "an import",
    "fix": "fixes",
    "policy": "a change of the policy",
    "replay": "a replay",
    "restore": "a restore",
    "archive": "an archiving",
    "undo": "an undo",
}
_TIME = "%Y%m%dT%H%M%SZ"
_PIECE = 1 << 20


@dataclass(frozen=True)
class Backup:
    """A copy.

    Attributes:
        path: Where it lies.
        when: When it was made, UTC.
        reason: `DAILY`, or the bulk change that it was made before.
        size: Bytes.
    """

    path: Path
    when: dt.datetime
    reason: str
    size: int

    @property
    def occasion(self) -> str:
        """The same in words: what it was made before."""
        return _OCCASIONS.get(self.reason, self.reason)


def back_up(
    workbook: Path, folder: Path, when: dt.datetime, reason: str = "change", *, prove: bool = True
) -> Path:
    """Copy a workbook into ``folder``: byte for byte, opened, with the workbook's own file mode, safe on disk.

    Args:
        workbook: The file.
        folder: Where copies lie; made where it is missing.
        when: Now, UTC.
        reason: What it is made before.
        prove: Whether a workbook that cannot be opened is refused; its bytes are compared in any case.

    Raises:
        FileError: There is no room or no permission, or the copy is no workbook.
    """
    stem = f"{workbook.stem}-{when:{_TIME}}-{re.sub(r'[^a-z0-9]+', ' ', reason.casefold()).strip() or 'change'}"
    target, number = folder / f"{stem}{workbook.suffix}", 1
    while target.exists():
        number += 1
        target = folder / f"{stem} {number}{workbook.suffix}"
    try:
        _make_folder(folder, workbook)
        copy_file(workbook, target)
    except OSError as error:
        raise FileError(
            workbook.name,
            f"no copy could be made in {folder}, so nothing was changed.",
            "Free some disk space or ask for write permission to it, then try again.",
        ) from error
    if prove and (problem := _unsound(target)):
        target.unlink(missing_ok=True)
        raise FileError(
            workbook.name,
            f"the copy made before the change cannot be opened ({problem}), so nothing was changed.",
            "Look at the workbook with `workbook-cms check`, or bring a copy back with `workbook-cms restore`.",
        )
    return target


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to a name that is free, with owner and mode, compare what was copied, and see it safe on disk.

    Raises:
        OSError: It cannot be read or written, or changed while it was copied; nothing is left then.
    """
    try:
        with source.open("rb") as old:
            before = os.fstat(old.fileno())
            # Nobody else may read it before it has the mode of the workbook.
            handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "rb+") as new:
                copy_bytes(old, new)
                new.flush()
                if not _same(old.fileno(), new.fileno(), before.st_size):
                    raise OSError(f"{source} changed while it was copied")
                if hasattr(os, "fchown"):
                    with contextlib.suppress(PermissionError):
                        os.fchown(new.fileno(), before.st_uid, before.st_gid)
                    os.fchmod(new.fileno(), stat.S_IMODE(before.st_mode))
                os.fsync(new.fileno())
        fsync_folder(target.parent)
    except OSError as error:
        if not isinstance(error, FileExistsError):
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True)
        raise


def backups(workbook: Path, folder: Path) -> list[Backup]:
    """The copies of a workbook, newest first: of one second those that were written last."""
    found = sorted(
        _listed(workbook, folder), key=lambda one: (one[0].when, one[1], one[0].path.name), reverse=True
    )
    return [copy for copy, _ in found]


def rotate(workbook: Path, folder: Path, settings: Settings, now: dt.datetime) -> None:
    """Delete copies beyond the number and the age that the settings allow; the newest of each kind stays."""
    every = backups(workbook, folder)
    kinds = [[c for c in every if c.reason == DAILY], [c for c in every if c.reason != DAILY]]
    oldest = now - dt.timedelta(days=settings.days)
    for kind in kinds:
        for place, copy in enumerate(kind[1:], start=1):
            if place >= settings.copies or copy.when < oldest:
                with contextlib.suppress(OSError):  # somebody looks at it: the next time
                    copy.path.unlink()


def _make_folder(folder: Path, workbook: Path) -> None:
    """Who may not look into the workbook may not look into the folder of its copies either."""
    make_folder(folder, folder_mode(workbook))
    guard(folder, workbook)


def _listed(workbook: Path, folder: Path) -> Iterator[tuple[Backup, int]]:
    """The copies, each with when its file was written (nanoseconds)."""
    name = re.compile(rf"{re.escape(workbook.stem)}-(\d{{8}}T\d{{6}}Z)-([a-z0-9 ]+?)(?: \d+)?{workbook.suffix}")
    for path in folder.iterdir() if folder.is_dir() else ():
        if found := name.fullmatch(path.name):
            with contextlib.suppress(OSError, ValueError):  # deleted meanwhile; no date
                when = dt.datetime.strptime(found[1], _TIME).replace(tzinfo=dt.UTC)
                status = path.stat()
                yield Backup(path, when, found[2], status.st_size), status.st_mtime_ns


def _same(one: int, other: int, size: int) -> bool:
    """Whether two open files hold the same ``size`` bytes and no more."""
    if os.fstat(one).st_size != size or os.fstat(other).st_size != size:
        return False
    with os.fdopen(os.dup(one), "rb") as left, os.fdopen(os.dup(other), "rb") as right:
        left.seek(0)
        right.seek(0)
        while piece := left.read(_PIECE):
            if piece != right.read(_PIECE):
                return False
    return True


def _unsound(path: Path) -> str:
    """What keeps a copy from being opened, "" when every part of it can be read."""
    try:
        with zipfile.ZipFile(path) as file:
            bad = file.testzip()
            return f"the part {bad} is damaged" if bad else ""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        return str(error) or "it is no zip file"

"""The only place where operating systems differ: replacing a file, who has it open, who is at the keyboard."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import getpass
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from workbook_cms.errors import WorkbookLockedError
from workbook_cms.file.beside.owners import OpenBy, owner

__all__ = [
    "OpenBy",
    "Posix",
    "System",
    "Windows",
    "account",
    "copy_bytes",
    "fsync_file",
    "fsync_folder",
    "is_sharing_violation",
    "locked",
    "machine",
    "open_by",
    "own_folder",
    "replace_file",
]

#: Windows: access denied, sharing violation, lock violation, unable to remove the replaced file.
_IN_USE = frozenset({5, 32, 33, 1175})
_HELD = frozenset({32, 33})
#: Windows: ReplaceFile could not move the new file in; the old one may be under its own name or `backup_of` the new.
_HALF_DONE = frozenset({1176, 1177})
#: Windows: no such file, and file systems that do not know ReplaceFile.
_NO_REPLACE = frozenset({1, 2, 50})
#: What file systems that cannot flush a folder, or know no full flush, answer.
_CANNOT_FLUSH = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOTTY, errno.EBADF, errno.EACCES, errno.EPERM})
#: macOS: fcntl that has the drive empty its own cache too; its fsync hands the data to the drive and no further.
_FULL_FLUSH = 51
#: From so many letters on Windows wants paths in another form.
_LONG = 240
_OWNER_FILE_LIFE = dt.timedelta(days=1)


class System(Protocol):
    """What the writer needs of an operating system."""

    def replace(self, new: Path, target: Path) -> None:
        """Put ``new`` in the place of ``target`` in one step.

        Raises:
            WorkbookLockedError: another program holds the target.
            OSError: anything else; the target is then as it was.
        """

    def fsync_folder(self, folder: Path) -> None:
        """Make sure that a rename in the folder outlives a power cut."""

    def open_by(self, path: Path, now: dt.datetime) -> OpenBy | None:
        """Who has the file open in a spreadsheet program, or None."""


def is_sharing_violation(error: OSError) -> bool:
    """Whether Windows said that another program holds the file (5, 32 and 33), so that waiting may help."""
    return getattr(error, "winerror", None) in _IN_USE


def locked(path: Path, who: OpenBy) -> WorkbookLockedError:
    """The error that says who has a workbook open."""
    since = f" since {who.since.astimezone():%d %b %H:%M}" if who.since else ""
    by = f" by {who.name}" if who.name else ""
    return WorkbookLockedError(
        path.name,
        f"The workbook is open{by}{since}.",
        "Close it there and try again.",
    )


class Posix:
    """Linux and macOS: rename replaces; programs leave owner files beside what they have open."""

    def __init__(self, replace: Callable[[Path, Path], object] | None = None) -> None:
        """``replace`` is the system call, given by tests that simulate its errors."""
        self._replace = replace

    def replace(self, new: Path, target: Path) -> None:
        """See :class:`System`."""
        (self._replace or os.replace)(new, target)

    def fsync_folder(self, folder: Path) -> None:
        """See :class:`System`. File systems that cannot do it (some network shares) are left alone."""
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            return
        try:
            fsync_file(handle)
        except OSError as error:
            if error.errno not in _CANNOT_FLUSH:
                raise
        finally:
            os.close(handle)

    def open_by(self, path: Path, now: dt.datetime) -> OpenBy | None:
        """See :class:`System`. Owner files older than a day are left-overs of a crash."""
        who = owner(path)
        if who is None or who.since is None or now - who.since > _OWNER_FILE_LIFE:
            return None
        return who


class Windows:
    """Windows: ReplaceFile keeps permissions; an open file cannot be replaced, so one waits, then asks who."""

    def __init__(
        self,
        replace: Callable[[Path, Path], object] | None = None,
        open_alone: Callable[[Path], object] | None = None,
        patience: float = 4.0,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
        move: Callable[[Path, Path], object] | None = None,
    ) -> None:
        """Take the system calls and the clock from the caller, so that their errors can be simulated.

        Args:
            replace: ``(new, target)``; raises OSError with ``winerror``. While it works, and after some failures, the old
                file may stand under the name `backup_of` the new one.
            open_alone: Opens and closes a file that nobody else may have open.
            patience: Seconds to go on trying; virus scanners and sync programs let go within that time.
            clock: Seconds that only grow.
            wait: Called between two tries.
            move: ``(new, target)``: a plain rename, written through to the disk.
        """
        self._replace, self._move = replace or _replace_file_w, move or _move_w
        self._open_alone = open_alone or _open_alone_w
        self._patience, self._clock, self._wait = patience, clock, wait

    def replace(self, new: Path, target: Path) -> None:
        """See :class:`System`."""
        until = self._clock() + self._patience
        while True:
            try:
                self._once(new, target)
            except OSError as error:
                if getattr(error, "winerror", None) not in _IN_USE | _HALF_DONE:
                    raise
                if self._clock() >= until:
                    who = self.open_by(target, dt.datetime.now(dt.UTC))
                    if who is None:
                        raise
                    raise locked(target, who) from error
                self._wait(0.1)
            else:
                return

    def _once(self, new: Path, target: Path) -> None:
        old = backup_of(new)
        try:
            self._replace(new, target)
        except OSError as error:
            code = getattr(error, "winerror", None)
            if code not in _NO_REPLACE and (code not in _HALF_DONE or target.exists()):
                raise
            try:
                self._move(new, target)
            except OSError:
                if old.exists() and not target.exists():
                    self._move(old, target)  # as it was
                raise
        with contextlib.suppress(OSError):
            old.unlink(missing_ok=True)

    def fsync_folder(self, folder: Path) -> None:
        """See :class:`System`. Windows writes the directory entry with ReplaceFile; there is no call for it."""

    def open_by(self, path: Path, now: dt.datetime) -> OpenBy | None:
        """See :class:`System`. Only the probe decides; the owner file merely says who."""
        try:
            self._open_alone(path)
        except OSError as error:
            if getattr(error, "winerror", None) in _HELD:
                return owner(path) or OpenBy("", None)
        return None


def backup_of(new: Path) -> Path:
    """Where Windows keeps the old file while the new one takes its place.

    With such a name ReplaceFile never leaves the target's name without a whole file somewhere: of its failures 1175 and
    1176 keep both names, 1177 has the old file under this one (Microsoft Learn, ReplaceFileW, "Return value").
    """
    return new.with_suffix(".cms-old")


def _replace_file_w(new: Path, target: Path) -> None:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows only

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        ignore_merge_errors = 2
        paths = (_long(target), _long(new), _long(backup_of(new)))
        if not kernel.ReplaceFileW(*paths, ignore_merge_errors, None, None):
            raise ctypes.WinError(ctypes.get_last_error())
    else:
        new.replace(target)


def _move_w(new: Path, target: Path) -> None:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows only

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        replace_existing, write_through = 1, 8
        if not kernel.MoveFileExW(_long(new), _long(target), replace_existing | write_through):
            raise ctypes.WinError(ctypes.get_last_error())
    else:
        new.replace(target)


def _long(path: Path) -> str:
    """The path as Windows takes it whatever its length (Microsoft Learn, "Maximum Path Length Limitation")."""
    text = str(path)
    if len(text) < _LONG or not path.is_absolute() or text.startswith("\\\\?\\"):
        return text
    return "\\\\?\\UNC" + text[1:] if text.startswith("\\\\") else "\\\\?\\" + text


def _open_alone_w(path: Path) -> None:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - Windows only
        from ctypes import wintypes  # noqa: PLC0415

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = wintypes.HANDLE
        read_write, share_with_nobody, open_existing = 0xC0000000, 0, 3
        handle = kernel.CreateFileW(_long(path), read_write, share_with_nobody, None, open_existing, 0, None)
        if handle == wintypes.HANDLE(-1).value:
            raise ctypes.WinError(ctypes.get_last_error())
        kernel.CloseHandle(wintypes.HANDLE(handle))


_HERE: System = Windows() if os.name == "nt" else Posix()


def replace_file(new: Path, target: Path, system: System = _HERE) -> None:
    """Put ``new`` in the place of ``target`` in one step; see :meth:`System.replace`."""
    system.replace(new, target)


def fsync_file(handle: int, full: Callable[[int, int], object] | None = None) -> None:
    """Return when what was written to an open file is on the disk, as far as system and drive tell the truth.

    On macOS that takes F_FULLFSYNC (fsync(2) there: "the drive itself may not physically write the data"); on Windows
    `os.fsync` is FlushFileBuffers.

    Args:
        handle: The open file.
        full: ``fcntl`` where a full flush is another call than fsync; macOS' own unless given.

    Raises:
        OSError: It could not be flushed: nothing may be told of it.
    """
    if full is None and sys.platform == "darwin":
        from fcntl import fcntl as full  # noqa: PLC0415 - not on Windows
    if full is not None:
        try:
            full(handle, _FULL_FLUSH)
        except OSError as error:
            if error.errno not in _CANNOT_FLUSH:  # network drives know no full flush
                raise
        else:
            return
    os.fsync(handle)


def fsync_folder(folder: Path, system: System = _HERE) -> None:
    """Make sure that a rename in ``folder`` outlives a power cut, where the system can."""
    system.fsync_folder(folder)


def open_by(path: Path, now: dt.datetime | None = None, system: System = _HERE) -> OpenBy | None:
    """Who has the workbook open in Excel or LibreOffice, or None when nobody is known to."""
    return system.open_by(path, now or dt.datetime.now(dt.UTC))


def copy_bytes(source: BinaryIO, target: BinaryIO) -> None:
    """Copy what one open file holds into another, new one; Linux shares the bytes where the file system can."""
    if sys.platform == "linux":
        try:
            while os.copy_file_range(source.fileno(), target.fileno(), 1 << 30):
                pass
        except OSError:  # another file system, or one that cannot: from the beginning, piece by piece
            source.seek(0)
            target.seek(0)
            target.truncate()
        else:
            return
    shutil.copyfileobj(source, target, 1 << 20)


def account() -> str:
    """The operating system's account name of the person at work; "" where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def machine() -> str:
    """The name of this computer."""
    return socket.gethostname()


def own_folder() -> Path:
    """Where this program keeps what belongs to a user of this computer: the log of the helper, its lock."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "workbook-cms"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "workbook-cms"
    given = Path(os.environ.get("XDG_STATE_HOME", ""))  # a relative one does not count (XDG Base Directory)
    return (given if given.is_absolute() else home / ".local" / "state") / "workbook-cms"

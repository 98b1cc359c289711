"""The write lock of a workbook: one writer at a time, and a dead one's lock is free."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook_cms.file import platform
from workbook_cms.file.beside import privacy

if TYPE_CHECKING:
    from filelock import BaseFileLock

__all__ = ["Holder", "LockHeldError", "held", "holder"]

#: What file systems say that know no locks: not there, not supported, no locks available.
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK})
#: Seconds between two tries, at most: few at first, and more the longer it has been held, since each try takes
#: processor time from who holds it; by chance, so that those who wait do not try in step.
_FIRST_PAUSE, _LAST_PAUSE = 0.004, 0.03
#: Share of the time that was waited by then.
_LONGER = 0.1


@dataclass(frozen=True)
class Holder:
    """Who holds the lock, or held it last.

    Attributes:
        machine, account, process: Computer, account of the operating system, process id.
        since: When it took the lock, UTC, ISO 8601.
    """

    machine: str
    account: str
    process: int
    since: str


class LockHeldError(Exception):
    """Another process held the lock all the time; ``holder`` says which, where that is known."""

    def __init__(self, by: Holder | None) -> None:
        super().__init__(by)
        self.holder = by


@contextlib.contextmanager
def held(
    folder: Path,
    wait: float,
    done: Callable[[], bool] = lambda: False,
    *,
    sign: bool = True,
    mode: int | None = None,
) -> Iterator[bool]:
    """Hold the lock of the side folder ``folder``; the operating system frees it if the process dies.

    Where the file system knows no locks, a file that names computer and process stands for one. It is taken over when
    that process is dead, which only its own computer can know: that of another computer is obeyed.

    Args:
        folder: The side folder; it is there.
        wait: Seconds to wait for another process.
        done: Asked between two tries: whether there is nothing left to hold it for.
        sign: Leave word of who holds it.
        mode: Mode of the side folder; whoever may write in it must be able to take the lock.

    Yields:
        Whether it is held; False when ``done`` came first.

    Raises:
        LockHeldError: Another process held it for longer.
        OSError: The folder cannot be written.
    """
    file_mode = 0o644 if mode is None else mode & 0o666
    lock = _taken(folder, wait, done, file_mode)
    if lock is None:
        yield False
        return
    try:
        if sign:
            _sign(folder, file_mode)
        yield True
    finally:
        lock.release()


def holder(folder: Path) -> Holder | None:
    """Who signed the lock last; None where nobody did."""
    try:
        return Holder(**json.loads((folder / "holder.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _taken(folder: Path, wait: float, done: Callable[[], bool], mode: int) -> BaseFileLock | None:
    import filelock  # noqa: PLC0415 - readers need no lock

    began = time.monotonic()
    lock: BaseFileLock = filelock.FileLock(folder / "lock", mode=mode, fallback_to_soft=False)
    while True:
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            if done():
                return None
            waited = time.monotonic() - began
            if waited >= wait:
                raise LockHeldError(holder(folder)) from None
            pause = min(max(waited * _LONGER, _FIRST_PAUSE), _LAST_PAUSE)
            time.sleep(random.uniform(pause / 4, pause))  # noqa: S311 - no secret
        except OSError as error:
            if error.errno not in _NO_LOCKS or isinstance(lock, filelock.SoftFileLock):
                raise
            # Another name: the file that could not be locked stays, and would pass for a lock that is held.
            lock = filelock.SoftFileLock(folder / "lock.held", mode=mode)
        else:
            return lock


def _sign(folder: Path, mode: int) -> None:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    signed = Holder(platform.machine(), platform.account(), os.getpid(), now)
    with contextlib.suppress(OSError):  # it only tells others who writes
        signature = folder / "holder.json"
        privacy.start(signature, mode)
        signature.write_text(json.dumps(asdict(signed)), encoding="utf-8")

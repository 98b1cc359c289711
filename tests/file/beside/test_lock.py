"""The write lock: who waits, who holds it, and what stands for it where the file system knows no locks."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import _unix

from tests.support.processes import started
from workbook_cms.errors import WorkbookLockedError
from workbook_cms.file import platform
from workbook_cms.file.beside import lock
from workbook_cms.file.beside.side import SideFolder

HOLDS = """
import errno, sys
from pathlib import Path
if sys.argv[2] == "no flock":
    from filelock import _unix
    def refuse(fd):
        raise OSError(errno.ENOTSUP, "not supported")
    _unix.lock_fd_nonblocking = refuse
from workbook_cms.file.beside import lock
with lock.held(Path(sys.argv[1]), 5):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def holding(folder: Path, kind: str = "flock") -> Iterator[subprocess.Popen[str]]:
    """While it lasts, or until it is killed, a process holds the lock."""
    command = [sys.executable, "-c", HOLDS, str(folder), kind]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


@pytest.fixture
def no_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that answers like one without locks."""

    def refuse(fd: int) -> bool:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(_unix, "lock_fd_nonblocking", refuse)


def test_who_waits_stops_when_there_is_nothing_left_to_do(tmp_path: Path) -> None:
    """A writer whose entry another one took along does not wait for the lock any longer."""
    with lock.held(tmp_path, 0), lock.held(tmp_path, 60, lambda: True) as held:
        assert held is False


def test_who_holds_it_is_named(tmp_path: Path) -> None:
    """Whoever cannot have the lock is told by whom it is held, and nobody is named when it is free."""
    side = SideFolder(tmp_path / "customers.xlsx")
    side.path.mkdir()
    with holding(side.path) as process:
        holder = side.writing()
        assert holder is not None
        assert (holder.machine, holder.account, holder.process) == (
            platform.machine(),
            platform.account(),
            process.pid,
        )
        named = f"{holder.account} on {holder.machine} since"
        with pytest.raises(WorkbookLockedError, match=named), side.locked(0):
            pass
    assert side.writing() is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has its own locks")
@pytest.mark.usefixtures("no_flock")
def test_without_locks_a_file_stands_for_one(tmp_path: Path) -> None:
    """On a file system that knows no locks writers wait for each other all the same."""
    with holding(tmp_path, "no flock"), pytest.raises(lock.LockHeldError), lock.held(tmp_path, 0):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has its own locks")
@pytest.mark.usefixtures("no_flock")
def test_the_file_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """The file that stands for a lock stays behind when its process is killed, and stops nobody on this computer."""
    with holding(tmp_path, "no flock") as process:
        process.kill()
    assert (tmp_path / "lock.held").exists()
    with lock.held(tmp_path, 5) as held:
        assert held
    with lock.held(tmp_path, 5) as held:
        assert held

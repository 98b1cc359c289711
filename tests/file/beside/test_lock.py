"""The write lock: who waits, who holds it, and what stands for it where the file system knows no locks."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import _unix

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


def holding(folder: Path, kind: str = "flock") -> subprocess.Popen[str]:
    """A process that holds the lock until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(folder), kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


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
    process = holding(side.path)
    holder = side.writing()
    assert holder is not None
    assert (holder.machine, holder.account, holder.process) == (
        platform.machine(),
        platform.account(),
        process.pid,
    )
    with pytest.raises(WorkbookLockedError, match=f"{holder.account} on {holder.machine} since"), side.locked(0):
        pass
    process.kill()
    process.communicate()
    assert side.writing() is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has its own locks")
@pytest.mark.usefixtures("no_flock")
def test_without_locks_a_file_stands_for_one(tmp_path: Path) -> None:
    """On a file system that knows no locks writers wait for each other all the same."""
    process = holding(tmp_path, "no flock")
    with pytest.raises(lock.LockHeldError), lock.held(tmp_path, 0):
        pass
    process.kill()
    process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="Windows has its own locks")
@pytest.mark.usefixtures("no_flock")
def test_the_file_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """The file that stands for a lock stays behind when its process is killed, and stops nobody on this computer."""
    process = holding(tmp_path, "no flock")
    process.kill()
    process.communicate()
    assert (tmp_path / "lock.held").exists()
    with lock.held(tmp_path, 5) as held:
        assert held
    with lock.held(tmp_path, 5) as held:
        assert held

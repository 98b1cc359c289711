"""The write lock of a workbook that keeps no side folder: taken as any other, and nothing is left of it afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from workbook_cms.errors import FileError
from workbook_cms.file.beside.side import SideFolder

__all__ = ["passing_lock"]

#: What a lock leaves in a side folder, and the file that is the lock where the file system knows none: its own
#: release removes that. A folder with anything else in it is somebody's and stays.
_SIGNS = ("holder.json", "lock")
_STANDS_IN = "lock.held"
#: Another writer may take its folder away between our making it and our locking it, so many times in a row.
_TRIES = 20


@contextlib.contextmanager
def passing_lock(workbook: Path) -> Iterator[None]:
    """Hold the write lock of a workbook; the folder it needed goes when it is given back, unless it holds more.

    Raises:
        WorkbookLockedError: Another process held it for too long.
        FileError: The folder beside the workbook cannot be written.
    """
    side = SideFolder(workbook)
    stayed: list[str] | None = None
    try:
        with contextlib.ExitStack() as stack:
            _take(side, stack)
            try:
                yield
            finally:
                # While it is held: who waits for the lock sees that its file is gone, and makes a new one.
                if _is_passing(side.path):
                    stayed = _removed(side.path, _SIGNS)
    finally:
        if stayed is not None:
            # Where an open file cannot be removed, it can now, unless another writer has it open.
            _removed(side.path, stayed)
            with contextlib.suppress(OSError):
                side.path.rmdir()


def _take(side: SideFolder, stack: contextlib.ExitStack) -> None:
    for tries_left in reversed(range(_TRIES)):
        try:
            stack.enter_context(side.locked())
        except FileError as error:
            if not tries_left or not isinstance(error.__cause__, FileNotFoundError):
                raise
        else:
            return


def _is_passing(folder: Path) -> bool:
    """Whether a side folder holds nothing but what the lock left."""
    try:
        return {path.name for path in folder.iterdir()} <= {*_SIGNS, _STANDS_IN}
    except OSError:
        return False


def _removed(folder: Path, names: Iterable[str]) -> list[str]:
    """Remove files; those that could not be are given back."""
    stayed = []
    for name in names:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError:
            stayed.append(name)
    return stayed

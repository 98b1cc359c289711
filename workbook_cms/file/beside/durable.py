"""Small files that outlive a power cut: written aside, flushed, renamed in, and the folder flushed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from workbook_cms.file.platform import backup_of, fsync_file, fsync_folder, replace_file

__all__ = ["ASIDE", "UnsureError", "aside_of", "clean", "make_folder", "move", "move_all", "put", "remove"]

#: Ending of what is not finished yet. Whatever bears it was left by a program that died, or is in work.
ASIDE = ".cms-tmp"
#: Another writer may take away what it holds for left over, or somebody the folder: so often it is made again.
_TRIES = 3
#: Bytes of a name that most file systems take.
_LONGEST_NAME = 255
_ADDED = len(f"..{'0' * 8}{ASIDE}")


class UnsureError(OSError):
    """A file may or may not be there after a power cut: the drive failed twice."""


def aside_of(target: Path) -> Path:
    """A name of its own beside the target, hidden, for what is to take its place."""
    return target.with_name(f".{_stem(target)}.{secrets.token_hex(4)}{ASIDE}")


def put(target: Path, data: bytes, mode: int | None = None) -> None:
    """Make a file hold ``data``; when this returns, it is there whatever happens.

    Args:
        target: The file; its folder is made where it is missing.
        data: What it is to hold.
        mode: Mode of the folder, and without the right to enter that of the file; None: as the system would have it.

    Raises:
        UnsureError: It could neither be made sure of nor taken back.
        OSError: It could not be written, or not be flushed; a file that was not there before is not there then.
    """
    there = target.exists()
    for left in reversed(range(_TRIES)):
        aside = aside_of(target)
        try:
            make_folder(target.parent, mode)
            _write(aside, data, mode)
            replace_file(aside, target)
            if target.read_bytes() != data:  # some network drives drop a rename without a word
                raise OSError(errno.EIO, "the drive did not keep the file")
            fsync_folder(target.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            if not there:
                _take_back(target, error)
            if not left or not isinstance(error, FileNotFoundError):
                raise
        else:
            return


def make_folder(folder: Path, mode: int | None = None) -> None:
    """Make a folder and those above it, each so that it outlives a power cut; ``mode`` is that of the last one.

    Raises:
        OSError: No permission, a file in the way.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o777 if mode is None else 0o700, exist_ok=True)
    if mode is not None:
        folder.chmod(mode)  # the umask is not asked
    fsync_folder(folder.parent)


def move(path: Path, target: Path, mode: int | None = None) -> None:
    """Rename a file into another folder, made with ``mode``; it is never in neither, also after a power cut.

    Raises:
        OSError: It cannot be moved.
    """
    move_all([path], target.parent, mode, target.name)


def move_all(paths: Sequence[Path], folder: Path, mode: int | None = None, name: str = "") -> None:
    """The same for files of one folder, which keep their names unless one is given; both folders are flushed once.

    Raises:
        OSError: One cannot be moved; the others are.
    """
    make_folder(folder, mode)
    failed: OSError | None = None
    for path in paths:
        try:
            replace_file(path, folder / (name or path.name))
        except OSError as error:
            failed = error
    fsync_folder(folder)
    for left in {path.parent for path in paths}:
        fsync_folder(left)
    if failed is not None:
        raise failed


def remove(path: Path) -> None:
    """Take a file away, so that it does not come back after a power cut.

    Raises:
        OSError: It cannot be taken away.
    """
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
        fsync_folder(path.parent)


def clean(folders: Iterable[Path], target: Path | None = None) -> None:
    """Take away what programs that died left, in folders; of one target only, where it is given."""
    start = f".{_stem(target)}." if target else "."
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as found:
            endings = (ASIDE, backup_of(Path(f"new{ASIDE}")).suffix) if target and target.exists() else ASIDE
            names = [one.name for one in found if one.name.startswith(start) and one.name.endswith(endings)]
            left = [Path(folder) / name for name in names if not target or name != target.name]
            for path in left:
                with contextlib.suppress(OSError):  # on Windows a file in work cannot be deleted, nor need it be
                    path.unlink()


def _take_back(target: Path, error: OSError) -> None:
    """Nobody will be told of it, so nobody may find it."""
    try:
        if target.exists():
            remove(target)
    except OSError:
        raise UnsureError(error.errno, error.strerror) from error


def _write(aside: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(aside, flags, 0o666 if mode is None else 0o600)
    with os.fdopen(handle, "wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode & 0o666)  # before anything stands in it
        file.write(data)
        file.flush()
        fsync_file(file.fileno())


def _stem(target: Path) -> str:
    """The target's name, or what stands for it where there is no room for more letters."""
    name = target.name
    if name.startswith(".") and name.endswith(
        ASIDE
    ):  # itself to take a place: left over, it is found by that one's name
        name = name[1:].rsplit(".", 2)[0]
    if len(os.fsencode(name)) + _ADDED <= _LONGEST_NAME:
        return name
    return sha256(os.fsencode(name)).hexdigest()[:16]

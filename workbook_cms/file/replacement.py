"""From new parts to a new file: written aside, proven, and put in the place of the old one."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from workbook_cms.errors import FileError, ReplacedMeanwhileError, UnsettledError
from workbook_cms.file.beside import durable
from workbook_cms.file.container.archive import ArchiveError
from workbook_cms.file.container.buffer import Buffer
from workbook_cms.file.container.packing import Packed, rebuilt
from workbook_cms.file.container.sameness import state_of
from workbook_cms.file.container.scan import scan
from workbook_cms.file.package import Package
from workbook_cms.file.platform import backup_of, fsync_file, fsync_folder, locked, open_by, replace_file

__all__ = ["check_writable", "clean", "commit", "left_behind", "recover"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_writable(path: Path) -> None:
    """Refuse early what could not be replaced, or should not be.

    Raises:
        WorkbookLockedError: open in a spreadsheet program, as far as can be known.
        FileError: a read-only file or folder.
    """
    if (who := open_by(path)) is not None:
        raise locked(path, who)
    if not path.exists():
        raise _gone(path.name)
    mode = path.stat().st_mode
    # The write bits are asked too: an administrator may write anything, but the owner said no.
    if not os.access(path, os.W_OK) or not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise FileError(
            path.name, "The file is read-only, so nothing was changed.", "Take the write protection off it."
        )
    folder = path.parent
    if not os.access(folder, os.W_OK | os.X_OK) or not folder.stat().st_mode & (
        stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    ):
        raise FileError(
            path.name,
            f"The folder {folder} is read-only, so nothing was changed.",
            "Ask for the right to write in it, or move the workbook.",
        )


def clean(path: Path) -> None:
    """Take away what a writer that was killed left beside the workbook. Only one writer may be at work (lock)."""
    durable.clean([path.parent], path)


def recover(path: Path) -> None:
    """Give a workbook back its name when a program died while Windows was replacing it: the old file has another then.

    What was to be written is in the journal still. The write lock must be held, or the writer may be at work.
    """
    old = [] if path.exists() else left_behind(path)
    if old:
        replace_file(old[-1], path)
        fsync_folder(path.parent)


def left_behind(path: Path) -> list[Path]:
    """Old files of a workbook under the name that Windows gives them while they are replaced, oldest first."""
    ending = durable.aside_of(path).name.rpartition(".")[0].rpartition(".")[0]
    found = path.parent.glob(f"{_literally(ending)}.*{backup_of(Path(f'new{durable.ASIDE}')).suffix}")
    return sorted(found, key=lambda file: file.stat().st_mtime)


def commit(package: Package, changed: Mapping[str, Packed | None], prove: Callable[[Package], None]) -> None:
    """Write the package with some members replaced, prove the new file, and put it in the place of the old.

    Args:
        package: The workbook as it was read; its file must not have changed since.
        changed: New content by member name; None for a member that goes.
        prove: Raises FileError when the new file does not hold what was asked for.

    Raises:
        WorkbookLockedError: another program holds the file.
        UnsettledError: the new file is in place, but the drive could not confirm that it stays.
        ReplacedMeanwhileError: another program replaced the file since it was read.
        FileError: anything else; the file is then as it was, and nothing is left beside it.
    """
    # A link is followed: the file it leads to is replaced, not the link.
    target = package.path.resolve()
    aside = durable.aside_of(target)
    try:
        raw = rebuilt(package.archive, changed)
        _write(aside, target, raw)
        _check_written(aside, raw, package.place)
        new = package.with_bytes(raw)
        new.place = package.place
        # The file holds these bytes, each of them compared as it lies on the disk now. What stands in both files is
        # held once, or compared, and was inflated and looked through when the old one was read. All else is inflated
        # here and its checksums verified. The checksum of a part with segments of both kinds is joined from theirs;
        # nobody inflates it as a whole again.
        new.seen = scan(new, package)
        prove(new)
        _check_unchanged(package, target)
        new.state = state_of(aside)
        _put_in_place(new, aside, target)
        package.successor = new
    except ArchiveError as error:
        raise FileError(
            package.place, f"The file cannot be written: {error}.", "Move old records away."
        ) from error
    except OSError as error:
        raise _explained(error, package.place, target) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _put_in_place(new: Package, aside: Path, target: Path) -> None:
    """Replace, and look whether it was done: network drives may drop a rename, or do it and report an error."""
    try:
        replace_file(aside, target)
    except OSError:
        if not _is(new, target):
            raise
    if not _is(new, target):
        raise FileError(
            new.place,
            "The drive did not put the new file in the place of the old one, which was kept.",
            "Try again; if it happens again, keep the workbook on another drive.",
        )
    try:
        fsync_folder(target.parent)
    except OSError as error:
        raise UnsettledError(
            new.place,
            "The changes are in the file, but the drive could not say whether they would outlast a power cut "
            f"({error.strerror or error}).",
            "Check the drive, and look whether they are there before you enter them again.",
        ) from error


def _write(aside: Path, target: Path, raw: Buffer) -> None:
    before = target.stat()
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        for piece in raw:
            file.write(piece)
        file.flush()
        if hasattr(os, "fchown"):
            # Whose file it is stays so where the system allows it; the mode is set last, since chown clears bits.
            with contextlib.suppress(PermissionError):
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(before.st_mode))
        fsync_file(file.fileno())


def _check_written(aside: Path, raw: Buffer, place: str) -> None:
    """The file must hold what was given to be written, byte for byte."""
    with aside.open("rb", buffering=0) as file:
        if not raw.stands_in(file):
            raise FileError(
                place,
                "The drive did not keep what was written, so the old file was kept.",
                "Check the drive, or keep the workbook on another one.",
            )


def _check_unchanged(package: Package, target: Path) -> None:
    """The file must still be what the package was read from."""
    if not _is(package, target):
        raise ReplacedMeanwhileError(
            package.place,
            "The file was changed by another program while this was being written.",
            "Nothing was written: try again.",
        )


def _is(package: Package, target: Path) -> bool:
    """Whether the file is the one of the package: same length and same directory of checksums."""
    archive = package.archive
    with target.open("rb") as file:
        same = os.fstat(file.fileno()).st_size == package.stamp.size
        file.seek(archive.directory_start)
        return same and file.read(len(archive.directory)) == archive.directory


def _explained(error: OSError, place: str, target: Path) -> FileError:
    nothing = "Nothing was changed."
    if error.errno in _FULL:
        return FileError(place, "The disk is full.", f"Free some space and try again. {nothing}")
    if isinstance(error, FileNotFoundError):
        return _gone(place)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return FileError(
            place,
            f"You may not write in the folder {target.parent}, or the file is held by another program.",
            f"Ask for the right to write there, or close it. {nothing}",
        )
    return FileError(
        place, f"The file cannot be written ({error.strerror or error}).", f"Check the drive. {nothing}"
    )


def _gone(place: str) -> FileError:
    return FileError(place, "The file was moved or deleted meanwhile.", "Look where it is. Nothing was changed.")


def _literally(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)

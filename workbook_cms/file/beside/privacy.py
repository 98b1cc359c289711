"""Who may read what lies beside a workbook, and where it lies: as the workbook itself, and nobody else.

A side folder may lie elsewhere, on an encrypted disk for instance. Then a file of its name, which every program that opens
the workbook finds, says where in one line. So all writers share one lock and one journal.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from workbook_cms.errors import FileError

__all__ = ["as_private_as", "beside", "folder_mode", "guard", "side_folder", "start"]

_ENDING = ".cms"
_LONGEST = 4096  # characters of a path


def beside(workbook: Path) -> Path:
    """Where the side folder lies unless a file of that name says otherwise.

    Raises:
        FileError: It is a folder's path such as ``.`` or ``/``, which has no name.
    """
    if not workbook.name:
        raise FileError(str(workbook), "that is a folder, not a workbook.", "Give the name of the file.")
    return workbook.with_name(workbook.name + _ENDING)


def side_folder(workbook: Path) -> Path:
    """Where the side folder of a workbook lies; it need not be there."""
    here = beside(workbook)
    if not here.is_file():
        return here
    try:
        with here.open(encoding="utf-8") as file:
            place = file.read(_LONGEST).strip()
    except (OSError, ValueError):
        return here  # whoever writes is told that a file is in the way
    return here.parent / place if place and "\n" not in place and "\0" not in place else here


def folder_mode(workbook: Path) -> int | None:
    """The mode of folders beside a workbook: who may read it may enter; None where files have no mode."""
    if os.name == "nt":
        return None  # what is made there takes the rights of the folder around it
    try:
        mode = stat.S_IMODE(workbook.stat().st_mode) & 0o777
    except OSError:
        return None
    # Whoever writes has the right to: a workbook marked as read-only is no reason to lock oneself out.
    return mode | (mode & 0o444) >> 2 | 0o700


def guard(folder: Path, workbook: Path) -> None:
    """Give a folder the mode and the group of the workbook, as far as the account may; they may have changed since."""
    mode = folder_mode(workbook)
    if mode is None:
        return
    status, like = folder.stat(), workbook.stat()
    if stat.S_IMODE(status.st_mode) & 0o777 == mode and status.st_gid == like.st_gid:
        return
    with contextlib.suppress(OSError):  # another account made it
        if status.st_gid != like.st_gid:
            os.chown(folder, -1, like.st_gid)
    with contextlib.suppress(OSError):
        folder.chmod(stat.S_IMODE(status.st_mode) & 0o7000 | mode)


def start(path: Path, mode: int | None) -> None:
    """Make an empty file with a mode where there is none; the umask is not asked: the next writer may be another."""
    if mode is not None and not path.exists():
        path.touch(mode=0o600)
        path.chmod(mode & 0o666)


def as_private_as(path: Path, workbook: Path) -> None:
    """Give a file the mode and the group of the workbook, as far as the account may."""
    if os.name == "nt":
        return
    like = workbook.stat()
    with contextlib.suppress(OSError):
        os.chown(path, -1, like.st_gid)
    path.chmod(stat.S_IMODE(like.st_mode) & 0o666)

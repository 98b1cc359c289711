"""Copies of the workbook, made before a bulk change."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from workbook_cms.errors import FileError
from workbook_cms.file.platform import fsync_folder

__all__ = ["back_up"]


def back_up(workbook: Path, folder: Path, when: dt.datetime) -> Path:
    """Copy a workbook into ``folder`` under its name and the time, safe on disk when this returns.

    Raises:
        FileError: There is no room, or no permission.
    """
    target = folder / f"{workbook.stem}-{when:%Y%m%dT%H%M%S}{workbook.suffix}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(workbook, target)
        with target.open("rb+") as file:
            os.fsync(file.fileno())
        fsync_folder(folder)
    except OSError as error:
        raise FileError(
            workbook.name,
            f"no copy could be made in {folder}, so nothing was changed.",
            "Free some disk space or ask for write permission to it, then try again.",
        ) from error
    return target

"""Where a report goes: it is written aside and moved to its place, so that nobody meets half of one."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from xlsxwriter.exceptions import XlsxWriterException

from workbook_cms.errors import FileError

__all__ = ["placed"]


@contextlib.contextmanager
def placed(path: Path) -> Iterator[Path]:
    """The path to write to; what was written there takes the place of ``path`` at the end.

    Raises:
        FileError: It cannot be written there. What stood at ``path`` is left as it was.
    """
    aside = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(path)
    except (OSError, XlsxWriterException) as error:
        raise _refusal(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def _refusal(path: Path, error: Exception) -> FileError:
    reason = error if isinstance(error, OSError) else error.__cause__ or error.__context__ or error
    if isinstance(reason, (FileExistsError, NotADirectoryError)):
        return FileError(str(path.parent), "is not a folder.", "Name another folder for the report.")
    if isinstance(reason, PermissionError):
        remedy = "Close it if it is open, or choose a folder that you may write to."
        return FileError(str(path), "the report cannot be written there.", remedy)
    text = getattr(reason, "strerror", None) or str(reason)
    return FileError(str(path), f"the report cannot be written: {text}.", "Choose another folder, or make room.")

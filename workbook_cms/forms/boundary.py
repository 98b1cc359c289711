"""The one place where a bug of ours is caught: it must not end what serves several people at several forms."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from workbook_cms.errors import WorkbookCmsError

__all__ = ["guarded"]

_Result = TypeVar("_Result")


def guarded(
    work: Callable[[], _Result], ways_to_say: Sequence[Callable[[str], object]], log: logging.Logger
) -> _Result | None:
    """Do some work; where it breaks, note where, say so in the first way that works itself, and go on.

    Args:
        work: What is to be done.
        ways_to_say: Take the sentence for the person at the form, the best one first.
        log: Takes the kind of the error and the lines of code, and no message: that could hold what somebody typed.

    Returns:
        What the work gave; None where it broke.

    Raises:
        WorkbookCmsError: What can go wrong and has a sentence of its own.
    """
    steps: list[Callable[[], object]] = [partial(say, _sentence(log)) for say in ways_to_say]
    try:
        return work()
    except WorkbookCmsError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the other forms are still to be served
        log.error("a bug in workbook-cms: %s", _where(error))
    for step in steps:
        if _works(step, log):
            break
    return None


def _works(step: Callable[[], object], log: logging.Logger) -> bool:
    """Whether the sentence could be said; the bug may be in what shows it."""

    def said() -> bool:
        step()
        return True

    try:
        return bool(guarded(said, (), log))
    except WorkbookCmsError:
        return False


def _sentence(log: logging.Logger) -> str:
    files = [handler.baseFilename for handler in log.handlers if isinstance(handler, logging.FileHandler)]
    where = f" {files[0]}" if files else ""
    return f"Something went wrong in workbook-cms; what you typed is still here. The log{where} has the details."


def _where(error: BaseException) -> str:
    """The kind of an error and of those behind it, and the lines of code they came through."""
    told = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        lines = [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
        told.append(f"{type(seen).__name__} in {' > '.join(lines) or 'nowhere'}")
        seen = seen.__cause__ or seen.__context__
    return "; after ".join(told)


def _module(filename: str) -> str:
    """A file of code without the folders above its package, which may be named for a person."""
    parts = Path(filename).parts
    roots = [at for at, part in enumerate(parts) if part in ("workbook_cms", "validation", "site-packages")]
    return "/".join(parts[roots[-1] :]) if roots else parts[-1]

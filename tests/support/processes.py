"""Other programs of a test, which are gone when it ends, whatever happened in it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["started"]


@contextlib.contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """While it lasts, a program runs that talks in text; then it is killed, unless it has ended, and forgotten.

    One that a failed test left behind would be told in another, later test: as a resource that nobody closed.
    """
    process = subprocess.Popen(command, text=True, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

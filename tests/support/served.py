"""``workbook-cms serve`` in a process of its own, as a user starts it, beside a test's own LibreOffice."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["log_of", "serving"]

#: Seconds within which it has ended when it is told to; more than an answer takes on a busy machine.
_PATIENCE = 120


def log_of(state: Path) -> str:
    """The log of the helper that has its files there; "" for none."""
    log = state / "workbook-cms" / "serve.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


@contextlib.contextmanager
def serving(office: Any, state: Path, *, installed: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """While it lasts, a helper serves what is open in the office.

    What it said, and its log, are printed at the end: pytest shows them where the test failed.

    Args:
        office: Has the pipe on which LibreOffice answers.
        state: Folder for its lock and its log.
        installed: Folder that holds the program, unless it is this one.
    """
    command = [sys.executable, "-m", "workbook_cms", "serve", "--office", "libreoffice", "--pipe", office.pipe]
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    helper = subprocess.Popen(
        command, cwd=installed, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield helper
    finally:
        helper.terminate()
        try:
            said, _ = helper.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            helper.kill()
            said, _ = helper.communicate()
            raise
        finally:
            print(said, log_of(state), sep="\n")

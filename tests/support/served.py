"""``workbook-cms serve`` in a process of its own, as a user starts it, beside a test's own LibreOffice."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["serving"]


@contextlib.contextmanager
def serving(office: Any, state: Path, *, installed: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """While it lasts, a helper serves what is open in the office.

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
        if helper.poll() is None:
            helper.terminate()
        helper.communicate()

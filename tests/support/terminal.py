"""A terminal with a person at it: runs a command on a pseudo-terminal, types, and looks at the screen."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.require import missing

__all__ = ["KEYS", "Terminal"]

#: What a terminal sends for a key.
KEYS = {
    "Tab": "\t",
    "Shift+Tab": "\x1b[Z",
    "Enter": "\r",
    "Esc": "\x1b",
    "Down": "\x1b[B",
    "F1": "\x1bOP",
    **{f"Ctrl+{letter}": chr(ord(letter) - 64) for letter in "FNOQSU"},
}
#: Longest wait for the screen to show something, in seconds; only a failing test waits so long.
_PATIENCE = 300


class Terminal:
    """A command on a pseudo-terminal of its own.

    Args:
        command: What is run, after the Python interpreter.
        columns, rows: Size of the screen.
        folder: Where it is run.
        **environment: On top of this process's.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, columns: int = 120, rows: int = 40, **environment: str
    ) -> None:
        if sys.platform == "win32" or importlib.util.find_spec("pexpect") is None:
            missing("terminal", "there is no pseudo-terminal here (pexpect needs a Unix system)")
        import pexpect  # noqa: PLC0415 - not on Windows
        import pyte  # noqa: PLC0415

        self._ended = pexpect.EOF, pexpect.TIMEOUT
        known = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
        self._child = pexpect.spawn(
            sys.executable,
            list(command),
            cwd=str(folder),
            env=known | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | environment,
            dimensions=(rows, columns),
            timeout=_PATIENCE,
        )
        self._child.delaybeforesend = None
        self.screen: Any = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close(force=True)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, *texts: str, gone: str = "") -> str:
        """Wait until all of the texts are on the screen, and ``gone`` is not; gives what is on it."""
        deadline = time.monotonic() + _PATIENCE  # the cursor blinks: there is always something to read
        while not all(text in self._flat() for text in texts) or (gone and gone in self._flat()):
            try:
                if time.monotonic() > deadline:
                    raise self._ended[1]("too long")
                self._stream.feed(self._child.read_nonblocking(65536, timeout=_PATIENCE))
            except self._ended:
                raise AssertionError(f"the screen never showed {texts}, without {gone!r}:\n{self.text}") from None
        return self.text

    def _flat(self) -> str:
        return " ".join(self.text.split())

    def type(self, *keys: str) -> None:
        """Type texts and press keys of `KEYS`, one after the other."""
        for key in keys:
            self._child.send(KEYS.get(key, key))

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        self._child.setwinsize(rows, columns)
        self.screen.resize(rows, columns)

    def end(self) -> int:
        """Wait for the command to end; its exit code."""
        eof, _ = self._ended
        self._child.expect(eof)
        self._child.close()
        return int(self._child.exitstatus)

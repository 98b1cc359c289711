"""A person's wish to stop, heard between two answers and not in the midst of one."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["told_to_stop"]


@contextlib.contextmanager
def told_to_stop() -> Iterator[Callable[[], bool]]:
    """Gives what says whether Ctrl+C was pressed, or the system asked the program to end.

    An interrupt that Python raises while LibreOffice or Excel is being asked comes out of their bindings as some other
    error, or not at all; and an answer cut in two would leave the form silent about an entry that is saved. The second
    Ctrl+C ends the program at once, whatever it waits for.
    """
    told = False

    def hear(_number: int, _frame: FrameType | None) -> None:
        nonlocal told
        told = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    before = {sign: signal.signal(sign, hear) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: told
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)

"""Programs of the tests that are to be ended by Ctrl+C."""

from __future__ import annotations

import signal

__all__ = ["heed_interrupts"]


def heed_interrupts() -> None:
    """Given as ``preexec_fn``: a shell that starts the tests in the background has interrupts ignored, also by heirs."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)

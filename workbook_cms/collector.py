"""Python's cycle collector, paused while a whole table is in hand."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

__all__ = ["collector_paused"]


@contextlib.contextmanager
def collector_paused() -> Iterator[None]:
    """Hold the cycle collector still for the block, or the function it decorates.

    Records, history rows and findings by the hundred thousand form no cycles, yet the collector would walk over all
    of them again and again while they are made: a quarter of the time of an import or a check. Memory is given back
    as before, by reference counts.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()

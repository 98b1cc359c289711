"""One measurement in a process of its own: prepare, run, print seconds and peak memory as JSON."""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["peak_megabytes"]

_Timed = Callable[[], float | None]


def peak_megabytes() -> float:
    """Most memory this process has held so far, in MB (10**6 bytes)."""
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - only Windows needs it

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    if sys.platform == "linux":
        # Not ru_maxrss: that begins with what the parent held when it started this process.
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def main() -> None:
    """``python -m benchmarks.worker MODULE:FUNCTION[:MORE] FOLDER ROWS``: it prepares and returns what is timed.

    The function is given the folder, the number of rows, and what is MORE.
    With what is timed it may return how many times: the median counts.
    """
    task, folder, rows = sys.argv[1:4]
    module, name, *more = task.split(":")
    prepare: Callable[..., _Timed | tuple[_Timed, int] | None] = getattr(
        importlib.import_module(f"benchmarks.{module}"), name
    )
    timed = prepare(Path(folder), int(rows), *more)
    if timed is None:
        print(json.dumps({"seconds": 0.0, "megabytes": peak_megabytes(), "found": None}))
        return
    run, times = timed if isinstance(timed, tuple) else (timed, 1)
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": statistics.median(seconds), "megabytes": peak_megabytes(), "found": found}))


if __name__ == "__main__":
    main()

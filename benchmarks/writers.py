"""``python -m benchmarks writers``: many programs write to one workbook, some are killed; prints what became of it all."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from tests.support.many_writers import build, run

__all__ = ["main"]

#: Within this many seconds 95 of 100 entries are to be acknowledged, on 1,000 rows.
BOUND = 1.0


def _children() -> float | None:
    """Processor time of the programs that this one started and saw end, in seconds; None where nobody counts it."""
    if os.name == "nt":
        return None
    import resource  # noqa: PLC0415 - not on Windows

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(arguments: list[str] | None = None) -> int:
    """Builds, runs, prints; 0 when nothing was lost, doubled or written over, and the bound was met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks writers", description=__doc__)
    parser.add_argument("--writers", type=int, default=8, help="programs at once, 8 unless given")
    parser.add_argument("--each", type=int, default=250, help="entries and changes of each, 250 unless given")
    parser.add_argument("--kills", type=int, default=4, help="programs that are killed, 4 unless given")
    parser.add_argument("--rows", type=int, default=1000, help="records there are before, 1,000 unless given")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="workbook-cms-writers-"))
    try:
        path = folder / "customers.xlsx"
        build(path, given.rows)
        before = _children()
        done = run(path, given.writers, given.each, given.kills)
        after = _children()
        spent = None if after is None or before is None else after - before
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{given.writers} programs x {given.each} entries on {given.rows:,} rows, {done.killed} of them killed")
    print(f"acknowledged        {len(done.acknowledged):,} in {done.seconds:.1f} s")
    print(f"second to change    {len(done.refused):,} were told")
    print(
        f"time to acknowledge {done.within(0.5):.2f} s median, {done.within(0.95):.2f} s p95, {done.within(1):.2f} s most"
    )
    if spent is not None:
        print(
            f"processor time      {spent / len(done.acknowledged):.2f} s an entry, starts and the reader included"
        )
    print(f"looked at meanwhile {done.read:,} times")
    print(f"faults              {len(done.faults):,}")
    for fault in done.faults[:20]:
        print(f"  {fault}")
    if hasattr(os, "getloadavg"):
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    met = done.within(0.95) <= BOUND
    print(f"p95 <= {BOUND:g} s          {'met' if met else 'missed'}")
    return 0 if met and not done.faults else 1

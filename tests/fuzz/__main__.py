"""Bends workbooks for some minutes: `python -m tests.fuzz [MINUTES] [FIRST SEED]`; files that break something are kept."""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.files import genuine, made
from tests.fuzz.mutations import mutated
from tests.fuzz.victims import GOOD, outcome


def main(minutes: float = 10, first: int = 0) -> int:
    """The number of files that broke something."""
    end, counts = time.monotonic() + minutes * 60, Counter[str]()
    kept = Path(tempfile.mkdtemp(prefix="fuzz-"))
    ours, theirs = made(kept), list(genuine())
    for seed in itertools.count(first):
        if time.monotonic() > end:
            break
        victims = theirs if theirs and seed % 3 == 0 else ours
        victim = victims[seed // 3 % len(victims)]
        folder = kept / str(seed)
        folder.mkdir()
        path = folder / "customers.xlsx"
        path.write_bytes(mutated(victim.raw, seed))
        said = outcome(path, victim.use)
        kind = said.partition(":")[0]
        counts[kind if kind in GOOD else "broke something"] += 1
        if kind in GOOD:
            shutil.rmtree(folder)
        else:
            path.write_bytes(mutated(victim.raw, seed))
            print(f"seed {seed}: {said}\n  {path}", flush=True)
    print(
        f"{counts.total()} files: {counts['used']} used, {counts['refused']} refused in one line, "
        f"{counts['broke something']} broke something"
    )
    return counts["broke something"]


if __name__ == "__main__":
    sys.exit(bool(main(*(float(text) if i == 0 else int(text) for i, text in enumerate(sys.argv[1:])))))

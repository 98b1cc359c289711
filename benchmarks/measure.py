"""Runs measurements in turn, each in a fresh process, and takes the median."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measurement", "MeasurementError", "as_installed", "in_turn", "once"]

ROOT = Path(__file__).resolve().parent.parent
#: No more repeats once the runs of one side took so many seconds.
PATIENCE = 30.0


class MeasurementError(Exception):
    """A measured program failed; says which, and its last words."""


@dataclass(frozen=True)
class Measurement:
    """What one path took: the median of its runs.

    Attributes:
        seconds: Time of the work itself, without start-up, imports and preparation.
        megabytes: Peak memory of the whole process, in MB.
        found: What it counted (findings), where it counts.
        runs: Number of runs.
    """

    seconds: float
    megabytes: float
    found: int | None
    runs: int


def as_installed(folder: Path) -> dict[str, str]:
    """The environment of a command whose start-up is measured: Python keeps what it compiled, as pip does at install.

    An environment may forbid that (``PYTHONDONTWRITEBYTECODE``), which adds the compiling of this program to each start.

    Args:
        folder: Where it keeps that; the first command with it takes longer.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def once(task: str, folder: Path, rows: int) -> dict[str, float | None]:
    """Runs ``module:function`` of this package in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.worker", task, str(folder), str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        # The line that names the error; an error may tell more on lines of its own, such as pandera's JSON.
        lines = done.stderr.strip().splitlines()
        words = [line for line in lines if "Error" in line.split(":")[0].split(" ")[0]] or lines
        raise MeasurementError(f"{task} with {rows:,} rows: {words[-1] if words else 'failed'}")
    result: dict[str, float | None] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def in_turn(tasks: list[str], folder: Path, rows: int, repeats: int) -> list[Measurement]:
    """Runs the tasks one after another, and again, so that what else the machine does touches all of them alike."""
    results: dict[str, list[dict[str, float | None]]] = {task: [] for task in tasks}
    for _ in range(repeats):
        for task in tasks:
            if sum(run["seconds"] or 0 for run in results[task]) < PATIENCE:
                results[task].append(once(task, folder, rows))
    return [_median(results[task]) for task in tasks]


def _median(runs: list[dict[str, float | None]]) -> Measurement:
    seconds = statistics.median(run["seconds"] or 0 for run in runs)
    megabytes = statistics.median(run["megabytes"] or 0 for run in runs)
    found = runs[-1]["found"]
    return Measurement(seconds, megabytes, None if found is None else int(found), len(runs))

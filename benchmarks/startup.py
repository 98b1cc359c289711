"""What a person waits for at the command line: whole processes, by the clock on the wall."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import as_installed

__all__ = ["add", "build", "show_help"]

REPEATS = 7


def _median(command: list[str]) -> float:
    """Median seconds of the command, after one run that warms the disk's cache and compiles the program."""
    with tempfile.TemporaryDirectory() as folder:
        return _median_with(command, as_installed(Path(folder)))


def _median_with(command: list[str], environment: dict[str, str]) -> float:
    times = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "workbook_cms", *command], env=environment, check=True, capture_output=True
        )
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def build(folder: Path, _rows: int) -> None:
    """A small workbook: the template's sample records."""
    from workbook_cms.workbook import Workbook  # noqa: PLC0415 - the runner stays light

    Workbook.create(folder / "small.xlsx", "world-traveller", sample=True, overwrite=True)


def show_help() -> float:
    """``workbook-cms --help``."""
    return _median(["--help"])


def add(folder: Path) -> float:
    """``workbook-cms add`` of an interaction, from a cold start."""
    values = (
        "Stakeholder ID=STK-00001", "Channel=Phone", "Contact reason=Compliment", "Purpose=Feedback",
        "Details=Called to say thank you for the trip.", "Recorded by=Amelia Tran",
    )  # fmt: skip
    sets = [part for value in values for part in ("--set", value)]
    return _median(["add", str(folder / "small.xlsx"), "Interactions", *sets, "--override", "benchmark"])

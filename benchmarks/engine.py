"""How long the engine for LibreOffice takes: ``python -m benchmarks engine [--repeats 20]``."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook_cms.forms.engines import libreoffice

__all__ = ["main"]

_TEXTS = [
    [f"text {row}.{column}" if column % 2 else row * column for column in range(20)] for row in range(10_000)
]


def _median(work: Callable[[], Any], repeats: int) -> float:
    """Median seconds of a piece of work."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main(arguments: list[str] | None = None) -> int:
    """Starts a LibreOffice of its own, measures, and prints a line a piece of work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine", description=__doc__)
    parser.add_argument("--repeats", type=int, default=20, help="runs of each, 20 unless given; the median counts")
    repeats = parser.parse_args(arguments).repeats
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "profile"
        libreoffice.start("cms-benchmark", profile, visible=False).quit()  # a first start makes the profile
        start = time.perf_counter()
        app = libreoffice.start("cms-benchmark", profile, visible=False)
        print(f"{'start of the program':40}{time.perf_counter() - start:10.2f} s")
        try:
            _measure(app, repeats)
        finally:
            app.quit()
    return 0


def _measure(app: Any, repeats: int) -> None:
    book = app.books.add()
    sheet, names = book.sheets[0], book.names
    sheet["A1:Z40"].number_format = "@"
    names.add("cell", "=Sheet1!$B$2")
    names.add("body", "=Sheet1!$A$1:$F$40")
    row, block = [f"value {n}" for n in range(20)], [["text"] * 6 for _ in range(40)]
    for what, work in (
        ("a named cell, read", lambda: names["cell"].refers_to_range.value),
        ("a named cell, written", lambda: setattr(names["cell"].refers_to_range, "value", "x")),
        ("a row of 20 texts, read", lambda: sheet["A5:T5"].value),
        ("a row of 20 texts, written", lambda: setattr(sheet["A5"], "value", row)),
        ("a form of 40 x 6 texts by name, read", lambda: names["body"].refers_to_range.value),
        (
            "a form of 40 x 6 texts by name, written",
            lambda: setattr(names["body"].refers_to_range, "value", block),
        ),
        ("the sheet activated, a cell selected", sheet["B2"].select),
    ):
        print(f"{what:40}{1000 * _median(work, repeats):10.1f} ms")
    wide = book.sheets.add("Wide")
    few = max(2, repeats // 10)
    print(f"{'10,000 x 20 cells, written':40}{_median(lambda: setattr(wide['A1'], 'value', _TEXTS), few):10.2f} s")
    print(f"{'10,000 x 20 cells, read':40}{_median(lambda: wide['A1:T10000'].value, few):10.2f} s")

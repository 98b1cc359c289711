"""``python -m benchmarks duplicates``: duplicates found by us, by Splink 5 on DuckDB and by the recordlinkage toolkit.

In one run, each measurement in a process of its own: F1 on public sets, whole tables of made-up people, and one record
held against a long table. Splink and recordlinkage are left out, with a word, where they are not installed
(``pip install 'splink>=5' 'recordlinkage' 'pandas<3'``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import entering
from benchmarks.labelled import NAMES
from benchmarks.markdown import Told, machine, told, versions
from benchmarks.measure import MeasurementError, once

__all__ = ["main"]

ENGINES = ("ours", "splink", "recordlinkage")
#: The toolkit compares in Python objects: with more records it takes minutes and gigabytes.
_MOST_OF_TOOLKIT = 10_000
_BOUND = 100_000


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints Markdown; 0 unless a bound is missed or something of ours could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks duplicates", description=__doc__)
    sizes = "10000,100000"
    parser.add_argument(
        "--sizes", default=sizes, help=f"records of the whole tables, {sizes} unless given; 0 for none"
    )
    parser.add_argument(
        "--entries", type=int, default=_BOUND, help=f"records of the long table, {_BOUND}; 0 for none"
    )
    parser.add_argument("--engines", default=",".join(ENGINES), help=f"of {', '.join(ENGINES)}; all unless given")
    parser.add_argument("--no-sets", action="store_true", help="leave the public sets out")
    given = parser.parse_args(arguments)
    engines = [engine for engine in ENGINES if engine in given.engines.split(",")]
    print(f"Measured {dt.datetime.now().astimezone().date()} on {machine()}. Versions: {versions(*_MORE)}.\n")
    fine = True
    if not given.no_sets:
        fine &= told(["pairwise F1 at p = 0.5", *engines, "must reach", ""], _sets(engines))
    if wanted := [int(size) for size in given.sizes.split(",") if int(size)]:
        fine &= told(["whole table", *engines, "must reach", ""], _wholes(engines, wanted))
    if given.entries:
        fine &= told(entering.HEAD, entering.lines(given.entries))
    return 0 if fine else 1


_MORE = ("splink", "duckdb", "recordlinkage")


def _measured(task: str) -> tuple[dict[str, Any], str]:
    """What a task gave; where it failed, nothing, and the reason."""
    try:
        return dict(once(task, Path(), 0)), ""
    except MeasurementError as error:
        reason = str(error)
        print(reason, file=sys.stderr, flush=True)
        return {}, "left out" if "Missing" in reason else "failed"


def _sets(engines: Sequence[str]) -> Iterator[Told]:
    for name, least in NAMES.items():
        cells, met = [name], None
        for engine in engines:
            result, reason = _measured(f"finding:{engine}:{name}")
            cells.append(f"{result['found']:.4f}" if result else reason)
            if engine == "ours":
                met = None if reason == "left out" else bool(result) and result["found"] >= least
        yield Told([*cells, f"{least:g}"], met)


def _wholes(engines: Sequence[str], sizes: Sequence[int]) -> Iterator[Told]:
    seconds: dict[int, float] = {}
    for rows in sizes:
        cells, met = [f"{rows:,} records: time, memory, F1"], None
        for engine in engines:
            if engine == "recordlinkage" and rows > _MOST_OF_TOOLKIT:
                cells.append("not tried")
                continue
            result, reason = _measured(f"finding:{engine}:made-up {rows}")
            cells.append(_cost(result) if result else reason)
            if engine == "ours" and result:
                seconds[rows] = result["seconds"]
                met = _within(rows, result)
        bound = {_BOUND: "12 s, 800 MB", 1_000_000: "8,000 MB"}.get(rows, "")
        yield Told([*cells, bound], met)
    if 10_000 in seconds and _BOUND in seconds:
        times = seconds[_BOUND] / seconds[10_000]
        blank = [""] * (len(engines) - 1)
        yield Told([f"from 10,000 to {_BOUND:,} records", f"{times:.1f} times", *blank, "15 times"], times <= 15)


def _cost(result: dict[str, Any]) -> str:
    return f"{result['seconds']:.2f} s, {result['megabytes']:,.0f} MB, {result['found']:.3f}"


def _within(rows: int, result: dict[str, Any]) -> bool | None:
    if rows == _BOUND:
        return bool(result["seconds"] <= 12 and result["megabytes"] <= 800)
    return bool(result["megabytes"] < 8_000) if rows == 1_000_000 else None

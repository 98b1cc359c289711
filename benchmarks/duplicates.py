"""``python -m benchmarks duplicates``: duplicates found by us, by Splink 5 on DuckDB and by the recordlinkage toolkit.

In one run, each measurement in a process of its own: F1 on public sets, whole tables of made-up people, and one record
held against a long table. Splink and recordlinkage are left out, with a word, where they are not installed
(``pip install 'splink>=5' 'recordlinkage' 'pandas<3'``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.labelled import NAMES
from benchmarks.markdown import machine, versions
from benchmarks.measure import MeasurementError, once

__all__ = ["main"]

ENGINES = ("ours", "splink", "recordlinkage")
#: The toolkit compares in Python objects: with more records it takes minutes and gigabytes.
_MOST_OF_TOOLKIT = 10_000
_BOUND = 100_000


class _Told(NamedTuple):
    """A line of a table: cells, and whether what must be reached is; None where nothing must."""

    cells: list[str]
    met: bool | None = None


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
        fine &= _table(["pairwise F1 at p = 0.5", *engines, "must reach", ""], _sets(engines))
    if wanted := [int(size) for size in given.sizes.split(",") if int(size)]:
        fine &= _table(["whole table", *engines, "must reach", ""], _wholes(engines, wanted))
    if given.entries:
        fine &= _table(["one record", "ours", "must reach", ""], _entries(given.entries))
    return 0 if fine else 1


_MORE = ("splink", "duckdb", "recordlinkage")


def _table(head: Sequence[str], lines: Iterator[_Told]) -> bool:
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    fine = True
    for line in lines:
        verdict = {None: "", True: "met", False: "**missed**"}[line.met]
        print(f"| {' | '.join([*line.cells, verdict])} |", flush=True)
        fine &= line.met is not False
    print()
    return fine


def _measured(task: str, folder: Path, rows: int = 0) -> tuple[dict[str, Any], str]:
    """What a task gave; where it failed, nothing, and the reason."""
    try:
        return dict(once(task, folder, rows)), ""
    except MeasurementError as error:
        reason = str(error)
        print(reason, file=sys.stderr, flush=True)
        return {}, "left out" if "Missing" in reason else "failed"


def _sets(engines: Sequence[str]) -> Iterator[_Told]:
    for name, least in NAMES.items():
        cells, met = [name], None
        for engine in engines:
            result, reason = _measured(f"finding:{engine}:{name}", Path())
            cells.append(f"{result['found']:.4f}" if result else reason)
            if engine == "ours":
                met = None if reason == "left out" else bool(result) and result["found"] >= least
        yield _Told([*cells, f"{least:g}"], met)


def _wholes(engines: Sequence[str], sizes: Sequence[int]) -> Iterator[_Told]:
    seconds: dict[int, float] = {}
    for rows in sizes:
        cells, met = [f"{rows:,} records: time, memory, F1"], None
        for engine in engines:
            if engine == "recordlinkage" and rows > _MOST_OF_TOOLKIT:
                cells.append("not tried")
                continue
            result, reason = _measured(f"finding:{engine}:made-up {rows}", Path())
            cells.append(_cost(result) if result else reason)
            if engine == "ours" and result:
                seconds[rows] = result["seconds"]
                met = _within(rows, result)
        bound = {_BOUND: "12 s, 800 MB", 1_000_000: "8,000 MB"}.get(rows, "")
        yield _Told([*cells, bound], met)
    if 10_000 in seconds and _BOUND in seconds:
        times = seconds[_BOUND] / seconds[10_000]
        blank = [""] * (len(engines) - 1)
        yield _Told([f"from 10,000 to {_BOUND:,} records", f"{times:.1f} times", *blank, "15 times"], times <= 15)


def _cost(result: dict[str, Any]) -> str:
    return f"{result['seconds']:.2f} s, {result['megabytes']:,.0f} MB, {result['found']:.3f}"


def _within(rows: int, result: dict[str, Any]) -> bool | None:
    if rows == _BOUND:
        return bool(result["seconds"] <= 12 and result["megabytes"] <= 800)
    return bool(result["megabytes"] < 8_000) if rows == 1_000_000 else None


def _entries(rows: int) -> Iterator[_Told]:
    folder = Path(tempfile.mkdtemp(prefix="workbook-cms-duplicates-"))
    try:
        _, reason = _measured("entering:build", folder, rows)
        if reason:
            yield _Told([f"a workbook of {rows:,} records", reason, ""], False)
            return
        for what, task, bound, tell, fine in _ENTRIES:
            result, reason = _measured(f"entering:{task}", folder, rows)
            met = bool(result) and fine(result) if rows == _BOUND or not result else None
            yield _Told([f"{what}, {rows:,} records", tell(result) if result else reason, bound], met)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_Result = dict[str, Any]
_ENTRIES: tuple[tuple[str, str, str, Callable[[_Result], str], Callable[[_Result], bool]], ...] = (
    (
        "index made from the workbook, its table read and typed",
        "built",
        "10 s",
        lambda result: f"{result['seconds']:.2f} s, {result['megabytes']:,.0f} MB",
        lambda result: result["seconds"] <= 10,
    ),
    (
        "index and table loaded from what was kept",
        "loaded",
        "0.6 s",
        lambda result: f"{result['seconds']:.2f} s",
        lambda result: result["seconds"] <= 0.6,
    ),
    (
        "one record against the table by all match rules, p50, p95, p99",
        "held",
        "p95 2 ms, p99 5 ms",
        lambda result: ", ".join(f"{share:.2f} ms" for share in result["found"]),
        lambda result: result["found"][1] <= 2 and result["found"][2] <= 5,
    ),
    (
        "the tenth `workbook-cms add` in a row",
        "tenth",
        "2 s",
        lambda result: f"{result['found']:.2f} s",
        lambda result: result["found"] <= 2,
    ),
)


if __name__ == "__main__":
    sys.exit(main())

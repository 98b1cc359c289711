"""Programs killed, and power cut, at every call of the disk: what is lost, ours beside openpyxl's save in place.

``python -m benchmarks durability [--points N] [--jobs N] [--out FILE]``: all points unless N of each operation are asked
for. Every kill is one of a process forked from one that has all in memory, so that no Python is started for it; the
operations share the processors. It takes some minutes, the fewer where ``TMPDIR`` lies in memory, prints what is promised
and what was found, and ends with 1 when anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import openpyxl

from tests.conftest import QUENBY, TODAY
from tests.support.crashes import (
    NAME,
    Calls,
    Entered,
    Operation,
    Outcome,
    chosen,
    cuts,
    examine,
    killed,
    kills,
    laid_out,
    observed,
)
from tests.support.disk_calls import Call, Watcher, watched
from tests.support.operations import OPERATIONS, next_write
from tests.support.power import lay
from workbook_cms import Workbook

__all__ = ["main"]

PROMISES = (
    "The workbook is the old one or the new one, whole, whenever a program dies or the power is cut.",
    "An entry that was acknowledged is in the workbook or in the journal, once; after the next write in the workbook, once.",
    "No key is given out twice, and the history stays whole.",
    "After the next write nothing is left over beside the workbook.",
)
_ROWS = 300


@dataclass
class Line:
    """What was found for one operation.

    Attributes:
        what: The operation.
        how: Killed, or the power cut.
        points: Deaths.
        acknowledged: Entries acknowledged before them, in all.
        lost, doubled: How many of those were not there afterwards, or more than once.
        wrong: Deaths after which anything else of the promises did not hold.
    """

    what: str
    how: str
    points: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one death."""
        self.points += 1
        self.acknowledged += outcome.acknowledged
        self.lost += len(outcome.lost)
        self.doubled += len(outcome.doubled)
        self.wrong += bool(outcome.problems)


def _all_ours(start: Path, folder: Path, points: int, jobs: int) -> Iterator[Line]:
    """The lines of each operation, in their order, as soon as they are there."""
    with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
        work = [
            pool.submit(_ours, start, folder / str(number), points, number) for number in range(len(OPERATIONS))
        ]
        for future in work:
            yield from future.result()


def _ours(start: Path, folder: Path, points: int, number: int) -> list[Line]:
    """Killed and cut off from power at so many points of an operation."""
    return list(_deaths(start, folder, points, OPERATIONS[number]))


def _deaths(start: Path, folder: Path, points: int, operation: Operation) -> Iterator[Line]:
    template = folder / "template"
    laid_out(start, template)
    before = list(operation.prepare(template))
    book = Workbook.open(laid_out(template, folder / "work"), today=TODAY)
    calls = observed(operation, book)
    line = Line(operation.name, "killed")
    for number, torn in chosen(kills(calls), points, operation.name):
        laid_out(template, book.path.parent)
        line.add(_examined(operation, book, before + killed(operation, book, number, torn), calls))
    yield line
    line = Line(operation.name, "power cut")
    laid_out(template, book.path.parent)
    for state, told in chosen(cuts(book.path.parent, before, calls), points, operation.name):
        lay(state, book.path.parent)
        line.add(_examined(operation, book, told, calls))
    yield line


def _examined(operation: Operation, book: Workbook, told: Sequence[Entered], calls: Calls) -> Outcome:
    return examine(book, told, calls.versions, next_write, operation.findings)


# openpyxl ------------------------------------------------------------------------------------------------------


class _Counter(Watcher):
    """Counts the calls of a save; at the n-th the process ends, in the middle of it when it is a write."""

    def __init__(self, number: int = 0) -> None:
        self.made, self.number = 0, number

    def before(self, call: Call) -> None:
        self.made += 1
        if self.made == self.number:
            if call.kind == "write":
                os.pwrite(call.handle, call.data[: len(call.data) // 2], call.offset)
            os.kill(os.getpid(), signal.SIGKILL)


def _append(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Records"]
    sheet.append([sheet.max_row, "new"])
    book.save(path)


def _in_child(act: Callable[[], None]) -> None:
    child = os.fork()
    if not child:
        try:
            act()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _openpyxl(folder: Path, points: int) -> Line:
    """Load, append, save to the same name, as scripts do; acknowledged is every row of earlier saves."""
    folder.mkdir()
    path = folder / NAME
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Records")
    for number in range(_ROWS):
        sheet.append([number, f"record {number}"])
    book.save(path)
    before = path.read_bytes()
    counter = _Counter()
    with watched(folder, counter):
        _append(path)
    line = Line(f"openpyxl: load, append, save in place ({_ROWS} rows)", "killed")
    for number in chosen(range(1, counter.made + 1), points, "openpyxl"):
        path.write_bytes(before)
        with watched(folder, _Counter(number)):
            _in_child(lambda: _append(path))
        line.points += 1
        line.acknowledged += _ROWS
        left = _rows(path)
        line.lost += max(0, _ROWS - left)
        line.wrong += left < _ROWS
    return line


def _rows(path: Path) -> int:
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError):
        return 0
    rows = int(book["Records"].max_row)
    book.close()
    return rows


# the program ---------------------------------------------------------------------------------------------------


def _table(lines: Sequence[Line]) -> str:
    rows = [
        "| operation | death | points | acknowledged | lost | doubled | otherwise wrong |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for line in lines:
        numbers = (line.points, line.acknowledged, line.lost, line.doubled, line.wrong)
        rows.append(f"| {line.what} | {line.how} | " + " | ".join(f"{number:,}" for number in numbers) + " |")
    return "\n".join(rows)


def main(arguments: Sequence[str]) -> int:
    """Kills programs, prints what was found; 0 when nothing was lost, doubled or wrong in ours."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks durability", description=__doc__)
    parser.add_argument("--points", type=int, default=sys.maxsize, help="of each operation and kind of death; all")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="operations at a time; one a processor"
    )
    parser.add_argument("--out", type=Path, help="JSON file to write the numbers into")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="workbook-cms-durability-"))
    lines: list[Line] = []
    try:
        start = folder / "start"
        start.mkdir()
        Workbook.create(start / NAME, today=TODAY).add("Stakeholders", QUENBY)
        shutil.rmtree(start / f"{NAME}.cms")
        for line in _all_ours(start, folder, options.points, options.jobs):
            print(f"{line.what}, {line.how}: {line.points} points", file=sys.stderr, flush=True)
            lines.append(line)
        theirs = _openpyxl(folder / "openpyxl", options.points)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    total = Line("all of ours", "")
    for line in lines:
        for name in ("points", "acknowledged", "lost", "doubled", "wrong"):
            setattr(total, name, getattr(total, name) + getattr(line, name))
    print("Promised:", *(f"- {promise}" for promise in PROMISES), "", sep="\n")
    print(_table([*lines, total, theirs]))
    print(
        f"\nopenpyxl: {theirs.wrong} of {theirs.points} kills destroyed the file, with all that had been saved before."
    )
    if options.out:
        options.out.write_text(json.dumps([vars(line) for line in (*lines, theirs)], indent=1), encoding="utf-8")
    return 1 if total.lost or total.doubled or total.wrong else 0

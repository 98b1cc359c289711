"""The comparisons, their bounds, and the run of them all."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import startup
from benchmarks.measure import Measurement, MeasurementError, in_turn, once

__all__ = ["NAMES", "Line", "run"]

NAMES = ("append", "read", "rules", "check", "import", "start")
#: Size at which the bounds hold.
BOUND_ROWS = 100_000
#: Runs of what takes long.
_FEW = 3


@dataclass(frozen=True)
class Line:
    """A row of the table.

    Attributes:
        group: One of `NAMES`.
        what: What was measured, with its size.
        ours: Our path; None where it failed.
        theirs: The alternative; None where there is none.
        alternative: Its name.
        bound: What must be reached, in words; "" where nothing must.
        met: Whether it is; None where nothing must, or nothing was measured.
        note: Why a measurement is missing.
    """

    group: str
    what: str
    ours: Measurement | None
    theirs: Measurement | None = None
    alternative: str = ""
    bound: str = ""
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class _Comparison:
    what: str
    ours: str
    alternative: str
    theirs: str
    time_ratio: float | None = None
    memory_ratio: float | None = None


_APPEND = (
    _Comparison(
        "writer, after another program saved", "append:first", "openpyxl", "append:openpyxl", 1 / 40, 1 / 5
    ),
    _Comparison("writer, the next time", "append:again", "openpyxl", "append:openpyxl"),
    _Comparison("`.add`, new process", "append:add", "openpyxl", "append:openpyxl"),
    _Comparison(
        "`.add`, open process, after another program saved", "append:saved", "openpyxl", "append:openpyxl"
    ),
    _Comparison("`.add`, open process", "append:warm", "openpyxl", "append:openpyxl", 1 / 200),
)
_READ = (_Comparison("read into a typed frame", "reading:ours", "pandas + openpyxl", "reading:pandas", 1 / 6),)
_RULES = (
    _Comparison("12 rules, clean", "rules:ours_clean", "Great Expectations", "rules:gx_clean", 0.6),
    _Comparison("12 rules, 5 % bad cells", "rules:ours_faulty", "Great Expectations", "rules:gx_faulty", 0.6),
    _Comparison("12 rules, clean", "rules:ours_clean", "frictionless", "rules:frictionless_clean", 1 / 20),
    _Comparison(
        "12 rules, 5 % bad cells", "rules:ours_faulty", "frictionless", "rules:frictionless_faulty", 1 / 20
    ),
)
_IMPORT = (_Comparison("import a CSV, checked", "importing:ours", "pandas + openpyxl", "importing:pandas"),)
_COMPARED = {
    "append": ("records_file:build", _APPEND),
    "read": ("records_file:build", _READ),
    "rules": ("", _RULES),
    "import": ("importing:build", _IMPORT),
}


def run(names: Sequence[str], sizes: Sequence[int], repeats: int, tell: Callable[[str], None]) -> list[Line]:
    """Runs the groups of that name at those sizes; a measurement that fails is a line that says so."""
    lines: list[Line] = []
    folder = Path(tempfile.mkdtemp(prefix="workbook-cms-benchmarks-"))
    built: set[tuple[str, int]] = set()
    try:
        for name in names:
            for line in _group(name, sizes, repeats, folder, built):
                tell(_told(line))
                lines.append(line)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return lines


def _told(line: Line) -> str:
    """A line as soon as it was measured."""
    if line.ours is None:
        return f"{line.what}: {line.note}"
    theirs = f", {line.alternative} {line.theirs.seconds:.3f} s" if line.theirs else ""
    bound = f" ({line.bound}: {'met' if line.met else 'missed'})" if line.met is not None else ""
    return f"{line.what}: {line.ours.seconds:.3f} s{theirs}{bound}"


def _group(
    name: str, sizes: Sequence[int], repeats: int, folder: Path, built: set[tuple[str, int]]
) -> Iterator[Line]:
    if name == "check":
        yield from _checks(sizes, min(repeats, _FEW), folder)
    elif name == "start":
        yield from _starts(folder)
    else:
        build, comparisons = _COMPARED[name]
        # Each of these measures an add of a process that has to read the workbook first.
        repeats = min(repeats, _FEW) if name == "append" else repeats
        for rows in sizes:
            try:
                if build and (build, rows) not in built:
                    once(build, folder, rows)
                    built.add((build, rows))
            except MeasurementError as error:
                yield Line(name, f"{rows:,} rows", None, note=str(error))
                continue
            yield from _compared(name, comparisons, rows, repeats, folder)
        if name == "append":
            yield from _appends(sizes, repeats, folder)


def _compared(
    name: str, comparisons: Sequence[_Comparison], rows: int, repeats: int, folder: Path
) -> Iterator[Line]:
    """All paths of a group in turn: what two comparisons share is measured once."""
    results: dict[str, Measurement] = {}
    for comparison in comparisons:
        what = f"{comparison.what}, {rows:,} rows"
        tasks = [task for task in (comparison.ours, comparison.theirs) if task not in results]
        try:
            results.update(zip(tasks, in_turn(tasks, folder, rows, repeats), strict=True))
        except MeasurementError as error:
            yield Line(name, what, None, alternative=comparison.alternative, note=str(error))
            continue
        ours, theirs = results[comparison.ours], results[comparison.theirs]
        bound, met = _judged(comparison, rows, ours, theirs)
        yield Line(name, what, ours, theirs, comparison.alternative, bound, met)


def _judged(comparison: _Comparison, rows: int, ours: Measurement, theirs: Measurement) -> tuple[str, bool | None]:
    if rows != BOUND_ROWS:
        return "", None
    words, met = [], True
    for unit, limit, one, other in (
        ("time", comparison.time_ratio, ours.seconds, theirs.seconds),
        ("memory", comparison.memory_ratio, ours.megabytes, theirs.megabytes),
    ):
        if limit is not None:
            words.append(f"{unit} ≤ {_fraction(limit)}")
            met = met and one <= limit * other
    return (", ".join(words), met) if words else ("", None)


def _fraction(limit: float) -> str:
    return f"1/{round(1 / limit)}" if limit < 0.5 else f"{limit:g}"


def _appends(sizes: Sequence[int], repeats: int, folder: Path) -> Iterator[Line]:
    """What an append costs beside the time of one: in a longer table, in memory, and in bytes of the file."""
    try:
        if 10_000 in sizes and BOUND_ROWS in sizes:
            small, large = (in_turn(["append:warm"], folder, rows, repeats)[0] for rows in (10_000, BOUND_ROWS))
            times = large.seconds / small.seconds
            what, note = (
                f"`.add`, open process, from 10,000 to {BOUND_ROWS:,} rows",
                f"{times:.1f} times the time.",
            )
            yield Line("append", what, large, bound="time ≤ 2 times", met=times <= 2, note=note)
        added = in_turn(["append:memory"], folder, max(sizes), repeats)[0]
        memory = float(added.found or 0)
        bound, met = ("≤ 120 MB", memory <= 120) if max(sizes) == BOUND_ROWS else ("", None)
        what = f"memory that the writer adds to its process, {max(sizes):,} rows"
        yield Line("append", what, Measurement(added.seconds, memory, None, added.runs), bound=bound, met=met)
        rows = min(max(sizes), 10_000)
        grown = in_turn(["append:growth"], folder, rows, 1)[0]
        more = 1 + (grown.found or 0) / 100
        bound, met = ("growth ≤ 1.3 times", more <= 1.3) if rows == 10_000 else ("", None)
        note = f"the file grows {more:.2f} times as much as by one batch."
        yield Line("append", f"{rows:,} rows one by one", grown, bound=bound, met=met, note=note)
    except MeasurementError as error:
        yield Line("append", "what an append costs", None, note=str(error))


def _checks(sizes: Sequence[int], repeats: int, folder: Path) -> Iterator[Line]:
    known: dict[int, Measurement] = {}
    for rows in sizes:
        what = f"check, {max(rows // 5, 10):,} stakeholders and {rows:,} interactions"
        try:
            once("checking:build", folder, rows)
            known[rows] = in_turn(["checking:check"], folder, rows, repeats)[0]
        except MeasurementError as error:
            yield Line("check", what, None, note=str(error))
            continue
        if rows == BOUND_ROWS:
            met = known[rows].seconds <= 25 and known[rows].megabytes <= 1500
            yield Line("check", what, known[rows], bound="≤ 25 s, ≤ 1,500 MB", met=met)
        else:
            yield Line("check", what, known[rows])
    if 10_000 in known and BOUND_ROWS in known:
        times = known[BOUND_ROWS].seconds / known[10_000].seconds
        what = f"check, from 10,000 to 100,000 interactions: {times:.1f} times the time"
        yield Line("check", what, known[BOUND_ROWS], bound="≤ 12 times", met=times <= 12)


def _starts(folder: Path) -> Iterator[Line]:
    try:
        once("startup:build", folder, 0)
        for what, seconds, limit in (
            ("`workbook-cms --help`", startup.show_help(), 0.3),
            ("`workbook-cms add` to a small workbook", startup.add(folder), 1.2),
        ):
            ours = Measurement(seconds, 0.0, None, startup.REPEATS)
            yield Line("start", what, ours, bound=f"< {limit} s", met=seconds < limit)
    except (MeasurementError, OSError, subprocess.CalledProcessError) as error:
        yield Line("start", "start-up of the command", None, note=str(error))

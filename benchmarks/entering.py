"""``python -m benchmarks entering``: one record held against a long table.

The index made from the workbook, loaded from what was kept, and asked; and entries by the command line in a row.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.markdown import Told, machine, told, versions
from benchmarks.measure import ROOT, as_installed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validation.frames import TypedTable
    from validation.policy import Policy

__all__ = ["HEAD", "lines", "main"]

#: Head of the table that `lines` fills.
HEAD = ("one record", "measured", "must reach", "")
#: Records of a table long enough for the bounds to count.
_BOUND = 100_000
_TABLE = "Stakeholders"
#: Answers before those that count.
_WARM = 20


@dataclass(frozen=True)
class _Measured:
    """What was measured. ``build``, ``load`` and the answers are processor time, so that a busy machine counts less.

    Attributes:
        rows: Records of the table.
        build: Seconds until the first answer of a process that reads the workbook.
        load: Seconds until the table and its index are there from the cache.
        rule: Milliseconds of one answer by the rule on people: p50, p95, p99.
        policy: The same by all match rules of the template.
        adds: Wall seconds of each of ten `workbook-cms add` in a row, each a new process; the first one compiles the
            program too.
        processor: Processor seconds of each.
    """

    rows: int
    build: float
    load: float
    rule: tuple[float, float, float]
    policy: tuple[float, float, float]
    adds: tuple[float, ...]
    processor: tuple[float, ...]


def lines(rows: int, questions: int = 400, adds: int = 10) -> Iterator[Told]:
    """A line for each thing measured, against a table of so many records; the bounds are those for 100,000.

    Args:
        rows: Records of the table.
        questions: Records held against it.
        adds: Commands in a row.
    """
    found, long = _measure(rows, questions, adds), rows == _BOUND
    for what, seconds, most in (
        ("index made from the workbook", found.build, 10),
        ("index loaded from what was kept", found.load, 0.6),
    ):
        yield Told([what, f"{seconds:.2f} s of the processor", f"{most:g} s"], seconds <= most if long else None)
    _, p95, p99 = found.rule
    met = p95 <= 2 and p99 <= 5 if long else None
    yield Told(["one match rule, p50, p95, p99", _milliseconds(found.rule), "p95 2 ms, p99 5 ms"], met)
    yield Told(["all match rules of the template, p50, p95, p99", _milliseconds(found.policy), ""])
    walls = f"{found.adds[-1]:.2f} s, {found.processor[-1]:.2f} s of the processor"
    which = f"`workbook-cms add` {len(found.adds)} times in a row, each a new process: the last one"
    yield Told([which, walls, "2 s"], found.adds[-1] <= 2 if long else None)


def _milliseconds(shares: tuple[float, float, float]) -> str:
    return f"{', '.join(f'{share:.2f}' for share in shares)} ms of the processor"


def _measure(rows: int, questions: int, adds: int) -> _Measured:
    """All of it, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="workbook-cms-entry-"))
    try:
        path = folder / "customers.xlsx"
        _build(path, rows)
        build = _seconds(path)
        walls, processor = zip(*(_add(path, number) for number in range(adds)), strict=True)
        load = _seconds(path)
        rule, policy = _answers(path, questions)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _Measured(rows, build, load, rule, policy, walls, processor)


def _build(path: Path, rows: int) -> None:
    from benchmarks.data import TODAY, stakeholders  # noqa: PLC0415 - the processes that are measured need it not
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    book = Workbook.create(path, today=TODAY)
    table = book.policy.tables[0]
    key = table.by_id[table.key].label
    records = [
        {key: table.key_format.format(number), **{str(k): v for k, v in row.items() if v is not None}}
        for number, row in enumerate(stakeholders(rows).to_dict("records"), 1)
    ]
    write(Package.open(path), [Append(_TABLE, records)])


_FIRST = """
import sys, time
from workbook_cms.workbook import Workbook
import pandas, validation.duplicates, validation.lookup, python_calamine
snapshot = Workbook.open(sys.argv[1]).snapshot()
start = time.process_time()
typed = snapshot.typed(snapshot.table("Stakeholders"))
lookup = typed.lookup(now=True)
from validation.duplicates import check
from validation.frames import Operation, TableFrame
from validation.typing import type_table
import datetime as dt
row = type_table(TableFrame.of_entries(typed.table, [{"given_name": "Ann", "family_name": "Xu"}]), snapshot.policy)
list(check(row, snapshot.context(dt.date(2026, 11, 2)).during(Operation.ADD)))
print(time.process_time() - start)
"""


def _seconds(path: Path) -> float:
    """Until a new process that has its modules can answer; it reads the workbook where nothing is kept of it."""
    done = subprocess.run(
        [sys.executable, "-c", _FIRST, str(path)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def _add(path: Path, number: int) -> tuple[float, float]:
    letters = "".join(chr(97 + (number * 7 + place * 5) % 26) for place in range(8))
    values = {
        "Type": "Customer",
        "Given name": letters.capitalize(),
        "Family name": letters[::-1].capitalize(),
        "Email": f"{letters}@example.com",
        "Country": "Australia",
        "Status": "Active",
    }
    given = [part for label, value in values.items() for part in ("--set", f"{label}={value}")]
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "workbook_cms", "add", str(path), _TABLE, *given],
        cwd=ROOT,
        env=as_installed(path.parent),
        check=True,
        capture_output=True,
    )
    wall, after = time.perf_counter() - start, os.times()
    own = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, own


def _answers(path: Path, questions: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """By the rule on people, and by all rules: half of the records are new people, half known ones written otherwise."""
    from benchmarks.data import TODAY  # noqa: PLC0415
    from validation.duplicates import check  # noqa: PLC0415
    from validation.frames import Operation  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    snapshot = Workbook.open(path).snapshot()
    typed = snapshot.typed(snapshot.table(_TABLE))
    typed.lookup(now=True)
    rows = _questions(typed, snapshot.policy, questions)
    people = [rule for rule in snapshot.policy.matches if rule.table == typed.table.id and not rule.exact][:1]
    measured = []
    for policy in (snapshot.policy.model_copy(update={"matches": tuple(people)}), snapshot.policy):
        context = snapshot.context(TODAY).during(Operation.ADD)
        context = type(context)(policy, {typed.table.id: typed}, TODAY, Operation.ADD)
        taken = []
        for row in (*rows[:_WARM], *rows):
            start = time.process_time_ns()
            list(check(row, context))
            taken.append((time.process_time_ns() - start) / 1e6)
        p50, p95, p99 = np.percentile(taken[-len(rows) :], [50, 95, 99]).tolist()
        measured.append((p50, p95, p99))
    return measured[0], measured[1]


def _questions(typed: TypedTable, policy: Policy, count: int) -> list[TypedTable]:
    from benchmarks.data import stakeholders  # noqa: PLC0415
    from validation.frames import TableFrame  # noqa: PLC0415
    from validation.typing import type_table  # noqa: PLC0415

    ids = {field.label: field.id for field in typed.table.fields}
    rng = np.random.default_rng(7)
    new = stakeholders(count * 3 + 1).iloc[count:].sample(count // 2, random_state=7).to_dict("records")
    records = [{ids[str(k)]: v for k, v in row.items() if v is not None} for row in new]
    for position in rng.integers(0, len(typed), count - len(records)).tolist():
        known = {str(k): v for k, v in typed.raw.values.iloc[position].items() if v is not None}
        family = str(known["family_name"])
        known |= {"family_name": family[:-2] + family[-1] + family[-2], "email": f"x{position}@example.com"}
        records.append({name: value for name, value in known.items() if name != typed.table.key})
    return [type_table(TableFrame.of_entries(typed.table, [record]), policy) for record in records]


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints Markdown; 0 unless a bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks entering", description=__doc__)
    parser.add_argument("--rows", type=int, default=_BOUND, help=f"records of the table, {_BOUND:,} unless given")
    parser.add_argument("--questions", type=int, default=400, help="records held against it, 400 unless given")
    parser.add_argument("--adds", type=int, default=10, help="commands in a row, 10 unless given")
    given = parser.parse_args(arguments)
    print(
        f"Measured {dt.datetime.now().astimezone().date()} on {machine()}. Versions: {versions('workbook-cms')}."
    )
    print(f"A table of {given.rows:,} records.\n")
    return 0 if told(HEAD, lines(given.rows, given.questions, given.adds)) else 1

"""One record against a long table: the index made, kept, loaded and asked; and entries by the command line in a row."""

from __future__ import annotations

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

from benchmarks.measure import ROOT, as_installed

if TYPE_CHECKING:
    from validation.frames import TypedTable
    from validation.policy import Policy

__all__ = ["EntryIndex", "main", "measure"]

_TABLE = "Stakeholders"


@dataclass(frozen=True)
class EntryIndex:
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


def measure(rows: int = 100_000, questions: int = 400, adds: int = 10) -> EntryIndex:
    """Measure all of it in a folder of its own."""
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
    return EntryIndex(rows, build, load, rule, policy, walls, processor)


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
        for row in (*rows[:20], *rows):
            start = time.process_time_ns()
            list(check(row, context))
            taken.append((time.process_time_ns() - start) / 1e6)
        p50, p95, p99 = np.percentile(taken[20:], [50, 95, 99]).tolist()
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
    """Print what was measured; the number of rows may be given."""
    given = sys.argv[1:] if arguments is None else arguments
    found = measure(int(given[0]) if given else 100_000)
    print(
        f"{found.rows:,} rows: index built {found.build:.2f} s, loaded from the cache {found.load:.2f} s (processor)"
    )
    for what, (p50, p95, p99) in (("one rule", found.rule), ("all rules of the policy", found.policy)):
        print(f"one record, {what}: p50 {p50:.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms (processor)")
    walls = ", ".join(f"{one:.2f}" for one in found.adds)
    print(f"workbook-cms add in a row: {walls} s; the last one took {found.processor[-1]:.2f} s of the processor")
    return 0


if __name__ == "__main__":
    sys.exit(main())

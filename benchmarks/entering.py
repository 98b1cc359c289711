"""One record held against a long table: the index made and loaded, entries one after another, and whole commands."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["build", "built", "held", "loaded", "tenth"]

_TABLE = "stakeholders"
#: Records held against the table, a tenth of them of people who are in it.
_RECORDS = 1_000
_COMMANDS = 10


def _path(folder: Path, rows: int) -> Path:
    return folder / f"stakeholders-{rows}.xlsx"


def build(folder: Path, rows: int) -> None:
    """A workbook of so many stakeholders, to which two records were added through the door."""
    from benchmarks.data import TODAY, stakeholders  # noqa: PLC0415 - each path loads only what it needs
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    path = _path(folder, rows)
    Workbook.create(path, "world-traveller", overwrite=True, today=TODAY)
    records: list[dict[str, Any]] = [
        {
            "Stakeholder ID": f"STK-{number:05d}",
            **{str(k): v for k, v in row.items() if v is not None},
        }
        for number, row in enumerate(stakeholders(rows).to_dict("records"), 1)
    ]
    write(Package.open(path), [Append("Stakeholders", records)])
    for number in (1, 2):
        Workbook.open(path, today=TODAY).add("Stakeholders", _newcomer(number), override="benchmark")


def _newcomer(number: int) -> dict[str, object]:
    """Somebody whom no table of ours has."""
    return {
        "Type": "Customer",
        "Given name": "Quenby",
        "Family name": f"Zafir{'abcdefghijklmnopqrstuvwxyz'[number % 26]}poulos",
        "Email": f"quenby.{number}@example.org",
        "Phone": f"+61491{number:06d}",
    }


def _asked(folder: Path, rows: int) -> Any:
    """The workbook read and one record held against it, so that all is there that the next ones need."""
    from workbook_cms.snapshot import Snapshot  # noqa: PLC0415

    snapshot = Snapshot.open(_path(folder, rows))
    for check in _checks(snapshot, 1):
        check()
    return snapshot


def _checks(snapshot: Any, count: int) -> Iterator[Callable[[], object]]:
    """Records made ready, each to be held against the table: every tenth is of somebody who is in it."""
    from benchmarks.data import TODAY, stakeholders  # noqa: PLC0415
    from validation.duplicates import check  # noqa: PLC0415
    from validation.frames import Operation, TableFrame  # noqa: PLC0415
    from validation.typing import type_table  # noqa: PLC0415

    table = snapshot.policy.table_by_id[_TABLE]
    standing = snapshot.typed(table)
    standing.lookup(now=True)
    context = snapshot.context(TODAY).during(Operation.ADD)
    ids = {field.label: field.id for field in table.fields}
    rows = stakeholders(max(len(standing) - 2, count))
    places = np.linspace(0, len(rows) - 1, count).astype(int)
    for number, place in enumerate(places.tolist()):
        values = {str(k): v for k, v in rows.iloc[place].items()} if number % 10 == 0 else _newcomer(number)
        if number % 10 > 5:  # a common name with details of one's own
            values |= {
                "Given name": rows.iloc[place]["Given name"],
                "Family name": rows.iloc[place]["Family name"],
            }
        entry = {ids[label]: value for label, value in values.items()}
        typed = type_table(TableFrame.of_entries(table, [entry]), snapshot.policy)
        yield lambda typed=typed: list(check(typed, context))  # type: ignore[misc]


def built(folder: Path, rows: int) -> Callable[[], None]:
    """The workbook read and the index made, where nothing was kept."""
    import validation.duplicates  # noqa: F401, PLC0415 - imports are not measured
    from workbook_cms.file.beside.cache import FOLDER  # noqa: PLC0415
    from workbook_cms.snapshot import Snapshot  # noqa: PLC0415

    side = Snapshot.open(_path(folder, rows)).side.path
    shutil.rmtree(side / FOLDER, ignore_errors=True)

    def run() -> None:
        _asked(folder, rows)

    return run


def loaded(folder: Path, rows: int) -> Callable[[], None]:
    """The same where an earlier process kept the index."""
    from workbook_cms.snapshot import Snapshot  # noqa: PLC0415

    _asked(folder, rows).keep()

    def run() -> None:
        snapshot = Snapshot.open(_path(folder, rows))
        snapshot.typed(snapshot.policy.table_by_id[_TABLE]).lookup(now=True)

    return run


def held(folder: Path, rows: int) -> Callable[[], list[float]]:
    """Milliseconds for each record held against the table by all match rules: the median, and what 95 and 99 of 100 take."""
    checks = list(_checks(_asked(folder, rows), _RECORDS))

    def run() -> list[float]:
        times = []
        for check in checks:
            started = time.perf_counter()
            check()
            times.append((time.perf_counter() - started) * 1000)
        return [float(np.percentile(times, share)) for share in (50, 95, 99)]

    return run


def tenth(folder: Path, rows: int) -> Callable[[], float]:
    """``workbook-cms add``, ten in a row, each a new process: seconds of the tenth."""
    path = _path(folder, rows)

    def run() -> float:
        taken = 0.0
        for number in range(_COMMANDS):
            sets = [
                part for name, value in _newcomer(100 + number).items() for part in ("--set", f"{name}={value}")
            ]
            command = [sys.executable, "-m", "workbook_cms", "add", str(path), "Stakeholders", *sets]
            started = time.perf_counter()
            subprocess.run([*command, "--override", "benchmark"], check=True, capture_output=True)
            taken = time.perf_counter() - started
        return taken

    return run

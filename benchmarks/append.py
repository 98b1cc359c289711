"""One row appended: our writer, our door with all checks, and openpyxl's load, append and save."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

__all__ = ["add", "again", "first", "growth", "memory", "openpyxl", "saved", "warm"]

ROW: dict[str, str | int | float | bool | None] = {
    "Record ID": "REC-999999",
    "Code": "NS-999999",
    "Given name": "Anna",
    "Family name": "Berg",
    "Email": "anna.berg@example.com",
    "Phone": "+61400000001",
    "State": "NSW",
    "Channel": "Phone",
    "Postcode": "2042",
    "Party size": 2,
    "Value": 1250.5,
}


def first(folder: Path, rows: int) -> Callable[[], None]:
    """The writer's append of one row after another program saved the workbook: guards, write, verify, fsync, replace."""
    from benchmarks.records_file import fresh, saved_by_another  # noqa: PLC0415 - each path loads only what it needs

    path = fresh(folder, rows, "ours")
    saved_by_another(path)
    return _writer(path)


def again(folder: Path, rows: int) -> Callable[[], None]:
    """The writer's next append to the same workbook, as in a new process."""
    from benchmarks.records_file import fresh  # noqa: PLC0415

    path = fresh(folder, rows, "ours")
    _writer(path)()
    return _writer(path)


def memory(folder: Path, rows: int) -> Callable[[], int]:
    """The same as `first`, and how many MB it added to the most that the process held."""
    from benchmarks.worker import peak_megabytes  # noqa: PLC0415

    run = first(folder, rows)
    before = peak_megabytes()

    def measured() -> int:
        run()
        return round(peak_megabytes() - before)

    return measured


def growth(folder: Path, rows: int) -> Callable[[], int]:
    """So many rows appended one by one, and at once; by how many percent more the file grew one by one."""
    from benchmarks.data import policy_of_twelve_rules, records  # noqa: PLC0415
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    policy = policy_of_twelve_rules()
    frame = records(rows).rename(columns={field.id: field.label for field in policy.tables[0].fields})
    labelled = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]

    def grown(name: str, batches: list[list[dict[str, Any]]]) -> int:
        path = folder / f"{name}.xlsx"
        Workbook.create(path, policy, overwrite=True)
        package, before = Package.open(path), path.stat().st_size
        for batch in batches:
            write(package, [Append("Records", batch)])
            package = package.successor or Package.open(path)
        return path.stat().st_size - before

    def run() -> int:
        single, batch = grown("single", [[row] for row in labelled]), grown("batch", [labelled])
        return round(100 * (single - batch) / batch)

    return run


def _writer(path: Path) -> Callable[[], None]:
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415

    def run() -> None:
        write(Package.open(path), [Append("Records", [ROW])])

    return run


def add(folder: Path, rows: int) -> Callable[[], None]:
    """`Workbook.add` in a process that has not read the workbook: rules, journal, record, history, fsync."""
    from benchmarks.records_file import fresh  # noqa: PLC0415

    return _door(fresh(folder, rows, "door"))


def warm(folder: Path, rows: int) -> tuple[Callable[[], None], int]:
    """`Workbook.add` in a process that has the workbook open and has added records before; the median of several."""
    from benchmarks.records_file import fresh  # noqa: PLC0415

    run = _door(fresh(folder, rows, "door"))
    run()
    run()
    return run, 9


def saved(folder: Path, rows: int) -> Callable[[], None]:
    """`Workbook.add` in such a process, the first after another program saved the workbook."""
    from benchmarks.records_file import fresh, saved_by_another  # noqa: PLC0415

    path = fresh(folder, rows, "door")
    run = _door(path)
    run()
    saved_by_another(path)
    return run


def _door(path: Path) -> Callable[[], None]:
    from benchmarks.data import TODAY  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    shutil.rmtree(path.with_name(path.name + ".cms"), ignore_errors=True)
    book = Workbook.open(path, today=TODAY)
    numbers = count(900_000)

    def run() -> None:
        number = next(numbers)
        entry = {name: value for name, value in ROW.items() if name != "Record ID"}
        book.add("Records", {**entry, "Code": f"NS-{number}", "Email": f"anna.{number}@example.com"})

    return run


def openpyxl(folder: Path, rows: int) -> Callable[[], None]:
    """What a script would do: load the workbook, append the row, let the table grow, save."""
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    from benchmarks.records_file import fresh  # noqa: PLC0415

    path = fresh(folder, rows, "theirs")

    def run() -> None:
        book = load_workbook(path)
        sheet = book["Records"]
        table = sheet.tables["Records"]
        first, _ = table.ref.split(":")
        header = [cell.value for cell in sheet[sheet[first].row]]
        sheet.append([ROW.get(str(name)) for name in header])
        table.ref = f"{first}:{get_column_letter(len(header))}{sheet.max_row}"
        if table.autoFilter is not None:
            table.autoFilter.ref = table.ref
        book.save(path)

    return run

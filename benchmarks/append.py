"""One row appended: our writer, our door with all checks, and openpyxl's load, append and save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["add", "again", "openpyxl", "writer"]

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


def writer(folder: Path, rows: int) -> Callable[[], None]:
    """The writer's append of one row: guards, write, verify, fsync, replace."""
    from benchmarks.records_file import fresh  # noqa: PLC0415 - each path loads only what it needs
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415

    path = fresh(folder, rows, "ours")

    def run() -> None:
        write(Package.open(path), [Append("Records", [ROW])])

    return run


def again(folder: Path, rows: int) -> Callable[[], None]:
    """The next append to the same workbook, as after the first one of the day."""
    run = writer(folder, rows)
    run()
    return run


def add(folder: Path, rows: int) -> Callable[[], None]:
    """`Workbook.add`: reads the workbook, runs all rules on the entry, writes record and history."""
    from benchmarks.data import TODAY  # noqa: PLC0415
    from benchmarks.records_file import fresh  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    path = fresh(folder, rows, "door")
    entry = {name: value for name, value in ROW.items() if name != "Record ID"}

    def run() -> None:
        Workbook.open(path, today=TODAY).add("Records", entry)

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

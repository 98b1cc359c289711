"""A table read into a typed frame: ours, and pandas with openpyxl."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["ours", "pandas"]


def ours(folder: Path, rows: int) -> Callable[[], int]:
    """`Workbook.open(path).table(name).to_pandas()`: guards, exact cells, each typed by the policy."""
    from benchmarks.records_file import path_of  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    path = path_of(folder, rows)

    def run() -> int:
        return len(Workbook.open(path).table("Records").to_pandas())

    return run


def pandas(folder: Path, rows: int) -> Callable[[], int]:
    """``pandas.read_excel(..., engine="openpyxl")`` of the same sheet, types guessed."""
    import pandas as pd  # noqa: PLC0415

    from benchmarks.records_file import path_of  # noqa: PLC0415
    from workbook_cms.file.package import Package  # noqa: PLC0415

    path = path_of(folder, rows)
    header = Package.open(path).tables["Records"].first_row - 1

    def run() -> int:
        return len(pd.read_excel(path, sheet_name="Records", header=header, engine="openpyxl"))

    return run

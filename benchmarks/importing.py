"""A CSV taken in: through our door, and with pandas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["build", "ours", "pandas"]


def _csv(folder: Path, rows: int) -> Path:
    return folder / f"records-{rows}.csv"


def build(folder: Path, rows: int) -> None:
    """Writes the CSV, without keys: they are given out."""
    from benchmarks.data import policy_of_twelve_rules, records  # noqa: PLC0415 - each path loads what it needs

    labels = {field.id: field.label for field in policy_of_twelve_rules().tables[0].fields}
    records(rows).drop(columns="id").rename(columns=labels).to_csv(_csv(folder, rows), index=False)


def ours(folder: Path, rows: int) -> Callable[[], int]:
    """Read, mapped, typed, checked by all rules, written with its history, kept in the journal till it is safe."""
    from benchmarks.data import TODAY, policy_of_twelve_rules  # noqa: PLC0415
    from workbook_cms.intake.arrival import take_in  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    book = Workbook.create(folder / "imported.xlsx", policy_of_twelve_rules(), overwrite=True, today=TODAY)

    def run() -> int:
        return take_in(book, "Records", _csv(folder, rows)).accepted

    return run


def pandas(folder: Path, rows: int) -> Callable[[], int]:
    """``read_csv`` and ``to_excel`` with openpyxl: nothing checked, no history."""
    import pandas as pd  # noqa: PLC0415

    def run() -> int:
        frame = pd.read_csv(_csv(folder, rows), dtype=str)
        frame.to_excel(folder / "written.xlsx", sheet_name="Records", index=False, engine="openpyxl")
        return len(frame)

    return run

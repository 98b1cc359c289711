"""A whole workbook of the World Traveller template checked end to end, phone, e-mail and match rules on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["build", "build_with", "check", "people"]


def people(rows: int) -> int:
    """Stakeholders beside so many interactions: a fifth."""
    return max(rows // 5, 10)


def _path(folder: Path, rows: int) -> Path:
    return folder / f"world-traveller-{rows}.xlsx"


def build(folder: Path, rows: int) -> None:
    """Builds the workbook of ``rows`` interactions through the door, history and all."""
    build_with(folder, rows, people(rows))


def build_with(folder: Path, rows: int, whose: int) -> Path:
    """The same, with so many stakeholders; where it lies."""
    from benchmarks.data import TODAY, interactions, stakeholders  # noqa: PLC0415 - the runner stays light
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    book = Workbook.create(_path(folder, rows), "world-traveller", overwrite=True, today=TODAY)
    who = stakeholders(whose)
    taken = book.add_many("Stakeholders", who, override="benchmark")
    refused = {row.row for row in taken.refused}
    kept = who.drop(index=list(refused)).reset_index(drop=True)
    keys = [receipt.key for receipt in taken.receipts]
    assert len(keys) == len(kept) > 0.97 * len(who), f"only {len(keys)} of {len(who)} stakeholders went in"
    done = book.add_many("Interactions", interactions(rows, keys, kept), override="benchmark")
    assert done.accepted > 0.97 * rows, f"only {done.accepted} of {rows} interactions went in"
    return book.path


def check(folder: Path, rows: int) -> Callable[[], int]:
    """`Workbook.open(path).check()`: read, typed, every rule, the history's chain verified."""
    from benchmarks.data import TODAY  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    path = _path(folder, rows)

    def run() -> int:
        return len(Workbook.open(path, today=TODAY).check())

    return run

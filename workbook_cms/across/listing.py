"""Who stands in several workbooks, as a workbook to go through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from workbook_cms.across.pairs import Pair
from workbook_cms.formats import plural
from workbook_cms.reports.placing import placed
from workbook_cms.reports.sheets import Column, ReportBook

__all__ = ["write_listing"]

_COLUMNS = (
    Column("Workbook", 26),
    Column("Key", 14),
    Column("Name", 26),
    Column("Other workbook", 26),
    Column("Other key", 14),
    Column("Other name", 26),
    Column("Probability", 12, "row_share"),
    Column("Why", 80, "text"),
)


def write_listing(path: Path, folder: Path, table: str, pairs: Sequence[Pair]) -> None:
    """Write the pairs as an Excel table, one row a pair.

    Args:
        path: The new workbook; one that stands there is replaced.
        folder: Workbooks are named as seen from it.
        table: The table that was looked through.
        pairs: What was found.

    Raises:
        FileError: It cannot be written there.
    """
    with placed(path) as aside, ReportBook(aside, "") as report:
        sheet = report.sheet("Across workbooks")
        report.put(sheet, 0, 0, f"{table} that stand in several workbooks", "title")
        sheet.set_row(0, 30)
        report.put(sheet, 1, 0, f"{plural(len(pairs), 'pair')}, the most probable first.", "note_line")
        report.list(sheet, 3, "Across", _COLUMNS, _rows(folder, pairs))


def _rows(folder: Path, pairs: Sequence[Pair]) -> Iterator[tuple[object, ...]]:
    for pair in pairs:
        sides = (
            (side.workbook.relative_to(folder).as_posix(), side.key, side.name) for side in (pair.left, pair.right)
        )
        yield (*(cell for side in sides for cell in side), min(pair.probability, 0.999), pair.sentence)

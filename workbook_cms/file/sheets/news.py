"""The rows of a table that are new or changed since an earlier reading of the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workbook_cms.file.container.sameness import same_meaning
from workbook_cms.file.sheets.stretches import changed_rows

if TYPE_CHECKING:
    from workbook_cms.file.package import Package, TablePart
    from workbook_cms.file.raw_table import RawTable

__all__ = ["NewRows", "new_rows"]


@dataclass(frozen=True)
class NewRows:
    """Neighbouring rows of a table as they stand now.

    Attributes:
        raw: The records.
        replaced: How many of them, from the first on, stand where other values stood.
    """

    raw: RawTable
    replaced: int


def new_rows(package: Package, before: Package, name: str) -> list[NewRows] | None:
    """The rows of a table that are not as they were; None where the whole table has to be read to tell.

    It has to be where anything but rows changed (columns, place, formats), where rows are gone or moved, where other
    tables stand on the sheet, and where a new row holds what a row alone does not tell (see `file.sheets.row_reader`).
    """
    table, earlier = package.tables.get(name), before.tables.get(name)
    if table is None or earlier is None or not _grew(table, earlier) or not same_meaning(package, before):
        return None
    if sum(1 for other in package.tables.values() if other.sheet_part == table.sheet_part) > 1:
        return None
    stretches = changed_rows(package, before, table.sheet_part)
    if stretches is None:
        return None
    from workbook_cms.file.sheets.row_reader import read_rows  # noqa: PLC0415 - the bulk reader, which starting needs not

    first, last = table.first_row + table.has_header, table.last_row - table.has_totals
    found = []
    for stretch in stretches:
        inside = stretch.rows and first <= stretch.rows[0] and stretch.rows[-1] <= last
        replaced = len(stretch.before)
        if not inside or stretch.before != stretch.rows[:replaced]:
            return None
        raw = read_rows(package, table, stretch)
        if raw is None:
            return None
        found.append(NewRows(raw, replaced))
    return found


def _grew(table: TablePart, earlier: TablePart) -> bool:
    return replace(table, last_row=earlier.last_row) == earlier and table.last_row >= earlier.last_row

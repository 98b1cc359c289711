"""The totals row of a table on its way to another row of the sheet."""

from __future__ import annotations

import re

from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.sheets.edits import Raw, SheetEdit
from workbook_cms.file.tables.elsewhere import FormulaChange, write_out
from workbook_cms.file.tables.formula_cells import FormulaCell, SharedFormulas, cell_at
from workbook_cms.file.tables.table_rows import opening_like

__all__ = ["move_totals"]

_ADDRESS = re.compile(rb'\sr="[A-Z]{1,3}\d+"')


def move_totals(sheet: SheetEdit, columns: range, old: int, new: int, formula: FormulaChange) -> None:
    """Put the cells of a totals row, which stands in row ``old``, into row ``new``.

    Args:
        sheet: The sheet.
        columns: The table's columns.
        old, new: Row numbers.
        formula: What becomes of a formula of the row.

    Raises:
        FileError: the row holds an array formula over several cells.
    """
    row = sheet.xml.row(old)
    if row is None or old == new:
        return
    own = {column: cell for column, cell in row.cells.items() if column in columns}
    moved: dict[int, Raw] = {}
    shared = SharedFormulas(sheet.xml) if any(b'"shared"' in cell for cell in own.values()) else None
    for column, cell in own.items():
        moved[column] = Raw(_moved(sheet, cell, column_letters(column), old, new, formula, shared))
    if shared:
        _write_out_others(sheet, shared, own, old)
    if len(own) == len(row.cells):
        sheet.remove_row(old)
        sheet.openings[new] = opening_like(row)
    else:
        # Something stands beside the totals: only the table's own cells go.
        sheet.put(old, {column: Raw(b"") for column in own})
    sheet.put(new, moved)
    sheet.show(new)


def _write_out_others(sheet: SheetEdit, shared: SharedFormulas, own: dict[int, bytes], row: int) -> None:
    """Cells elsewhere that share a formula with the totals get it for themselves, as its holder may go."""
    groups = {formula.attributes.get("si", "") for cell in own.values() if (formula := FormulaCell.of(cell))}
    for number in groups:
        for place in shared.places(number):
            if place.top != row or place.left not in own:
                write_out(sheet, place, shared.text(number, place))


def _moved(
    sheet: SheetEdit,
    cell: bytes,
    letters: str,
    old: int,
    new: int,
    formula: FormulaChange,
    shared: SharedFormulas | None,
) -> bytes:
    address = f"{letters}{new}"
    found = FormulaCell.of(cell)
    if found is None:
        return _ADDRESS.sub(f' r="{address}"'.encode(), cell, count=1)
    if found.kind == "shared" and shared:
        found.text = shared.text(found.attributes.get("si", ""), cell_at(f"{letters}{old}"))
        found.attributes = {}
    elif "ref" in found.attributes:
        if found.kind != "array" or found.attributes["ref"] not in (
            f"{letters}{old}",
            f"{letters}{old}:{letters}{old}",
        ):
            raise RefusedChangeError(
                f"{sheet.place}, cell {letters}{old}",
                "The totals row, which would have to move, holds a formula over several cells.",
                "Replace it by a formula in each cell, or make this change in Excel.",
            )
        found.attributes["ref"] = address
    found.text = formula(found.text, cell_at(address).left, old)
    return found.to_bytes(address)

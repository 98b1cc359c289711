"""Records below others that go or come: they and the totals row move; what stands below the table stays there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.sheets.edits import Raw, SheetEdit
from workbook_cms.file.sheets.sheet import RowXml
from workbook_cms.file.tables.elsewhere import FormulaChange, write_out
from workbook_cms.file.tables.formula_cells import FormulaCell, SharedFormulas
from workbook_cms.file.tables.growth import Growth
from workbook_cms.file.tables.references import Area, Relative
from workbook_cms.file.tables.structure import Calculation

__all__ = ["move_rows", "shared_of"]

_ADDRESS = re.compile(rb'\sr="[A-Z]{1,3}\d+"')
_ROW_NUMBER = re.compile(rb'\sr="\d+"')
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')


def move_rows(
    sheet: SheetEdit,
    growth: Growth,
    before: Sequence[Calculation | None],
    after: Sequence[Calculation | None],
    change: FormulaChange,
) -> None:
    """Move the cells below the rows that are removed up, or those below inserted ones down, to make room for them.

    Where nothing stands beside the table in these rows, whole rows move, with their heights; otherwise its cells only.

    Args:
        sheet: The sheet.
        growth: What becomes of the table.
        before: For each column its formula as it was for the first record.
        after: The same as it is from now on.
        change: What becomes of other formulas.

    Raises:
        FileError: a formula that would lose its cells, or one over several cells.
    """
    columns = range(growth.left, growth.right + 1)
    every = {
        number: RowXml(sheet.xml.text(start, end), sheet.place)
        for number, start, end in sheet.xml.rows_between(growth.moving.start, growth.end + max(growth.added, 0))
    }
    rows = {number: row for number, row in every.items() if number <= growth.end}
    # Changed before they move, so that a cell keeps its own look.
    for number, row in rows.items():
        new, values = growth.row(number), sheet.taken(number, columns)
        if values and new is not None:
            sheet.change(row, number, values, new)
    beside = any(row.filled() - set(columns) for row in every.values())
    if beside and any(_HIDDEN.search(row.opening) for row in every.values()):
        raise RefusedChangeError(
            sheet.place,
            "Some rows are hidden, perhaps by a filter, and something stands beside the table.",
            "Clear the filter in Excel first.",
        )
    shared = shared_of(sheet, rows, columns)
    calculated = {
        column: (Relative(old.formula, growth.first), Relative(new.formula, growth.first))
        for column, old, new in zip(columns, before, after, strict=True)
        if old and new
    }
    moved: dict[int, dict[int, bytes]] = {}
    for number, row in rows.items():
        new = growth.row(number)
        if new is None:
            continue
        moved[new] = {
            column: _moved(sheet, cell, Area(column, number, column, number), new, shared, calculated, change)
            for column, cell in row.cells.items()
            if column in columns or not beside
        }
    if beside:
        _move_cells(sheet, growth, every, moved)
    else:
        for number in every.keys() - rows.keys():
            sheet.remove_row(number)  # below the table, and blank
        _move_rows(sheet, growth, rows, moved)


def _move_rows(
    sheet: SheetEdit, growth: Growth, rows: dict[int, RowXml], moved: dict[int, dict[int, bytes]]
) -> None:
    for number, row in rows.items():
        sheet.remove_row(number)
        new = growth.row(number)
        if new is not None:
            opening = _ROW_NUMBER.sub(f' r="{new}"'.encode(), row.opening, count=1)
            sheet.add_rows(new, [opening + b">" + b"".join(moved[new].values()) + b"</row>"])


def _move_cells(
    sheet: SheetEdit, growth: Growth, rows: dict[int, RowXml], moved: dict[int, dict[int, bytes]]
) -> None:
    for number in range(growth.moving.start, growth.end + max(growth.added, 0) + 1):
        old = rows[number].cells if number in rows else {}
        gone = {column: Raw(b"") for column in old if growth.left <= column <= growth.right}
        new = {column: Raw(cell) for column, cell in moved.get(number, {}).items()}
        if gone or new:
            sheet.put(number, {**gone, **new})


def shared_of(sheet: SheetEdit, rows: dict[int, RowXml], columns: range) -> SharedFormulas | None:
    """The shared formulas of the sheet where rows that move have some; cells elsewhere get theirs written out."""
    groups = {
        formula.attributes.get("si", "")
        for row in rows.values()
        if row.shares()
        for cell in row.cells.values()
        if b'"shared"' in cell and (formula := FormulaCell.of(cell))
    }
    if not groups:
        return None
    shared = SharedFormulas(sheet.xml)
    for number in groups:
        for place in shared.places(number):
            if place.top not in rows or place.left not in columns:
                write_out(sheet, place, shared.text(number, place))
    return shared


def _moved(
    sheet: SheetEdit,
    cell: bytes,
    place: Area,
    new: int,
    shared: SharedFormulas | None,
    calculated: Mapping[int, tuple[Relative, Relative]],
    change: FormulaChange,
) -> bytes:
    address = f"{column_letters(place.left)}{new}"
    old = f"{column_letters(place.left)}{place.top}"
    found = FormulaCell.of(cell)
    if found is None:
        return _ADDRESS.sub(f' r="{address}"'.encode(), cell, count=1)
    if found.kind == "shared" and shared:
        found.text, found.attributes = shared.text(found.attributes.get("si", ""), place), {}
    elif "ref" in found.attributes:
        if found.kind != "array" or found.attributes["ref"] not in (old, f"{old}:{old}"):
            raise RefusedChangeError(
                f"{sheet.place}, cell {old}",
                "A formula over several cells would be torn.",
                "Replace it by a formula in each cell, or make this change in Excel.",
            )
        found.attributes["ref"] = address
    own = calculated.get(place.left)
    # A calculated column's formula may name the record before: taken out, that is another record, not a lost one.
    follows = own is not None and found.text == own[0].at(place.top)
    found.text = own[1].at(new) if own and follows else change(found.text, place.left, place.top)
    return found.to_bytes(address)

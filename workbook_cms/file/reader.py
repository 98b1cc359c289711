"""Reads tables as what their cells hold: values, errors, formulas and places; typing comes after."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

from workbook_cms.errors import FileError
from workbook_cms.file.columns import columns_of, held
from workbook_cms.file.container.excerpt import ROWS, excerpt
from workbook_cms.file.package import column_letters, parse_range
from workbook_cms.file.plain import utf8
from workbook_cms.file.raw_table import Index, RawTable
from workbook_cms.file.sheets.reach import MOST_TOLD, Above, above, check_few, check_sparse
from workbook_cms.file.sheets.shared_texts import check_shared
from workbook_cms.file.sheets.special_cells import CrowdedError, SheetBytes, SpecialCells

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from workbook_cms.file.package import Package, TablePart

__all__ = ["Grid", "RawTable", "opened", "read_cells", "read_tables"]

_START = 256  # bytes of a part that tell how it is written


def read_tables(package: Package, names: Iterable[str] | None = None) -> dict[str, RawTable]:
    """Read tables by name, all when ``names`` is None; sheets that are not needed are not parsed.

    Raises:
        FileError: There is no such table, or its sheet is damaged.
    """
    parts = [package.table(name) for name in (package.tables if names is None else names)]
    tables: dict[str, RawTable] = {}
    by_sheet: dict[str, list[TablePart]] = {}
    for part in parts:
        by_sheet.setdefault(part.sheet, []).append(part)
    workbook = opened(package, _readable(package)) if parts else None
    for sheet, wanted in by_sheet.items():
        grid = Grid(package, workbook, wanted[0].sheet_part, sheet)
        for part in wanted:
            tables[part.name] = grid.table(part)
    return {part.name: tables[part.name] for part in parts}


def read_cells(package: Package, sheet: str) -> list[list[Any]]:
    """All cells of a sheet from A1 on, row by row, as calamine gives them: blank ones as "", numbers as float.

    Raises:
        FileError: There is no such sheet, it is damaged, or it holds too much.
    """
    grid = Grid(package, opened(package, _readable(package)), package.sheet(sheet).part, sheet, whole=True)
    return grid.rows


def _readable(package: Package) -> bytes:
    """The file for the bulk reader, which does not open one whose small parts are not in UTF-8."""
    for part in package.members:
        if part.lower().endswith((".xml", ".rels")) and "worksheets/" not in part.lower():
            start = next(package.chunks(part), b"")[:_START]
            if utf8(start, errors="replace") is not start:
                return _recoded(package)
    return package.raw


def _recoded(package: Package) -> bytes:
    """The package with all parts in UTF-8; in memory only."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as copy:
        for member in package.members:
            copy.writestr(member, utf8(package.read(member), errors="replace"))
    return memory.getvalue()


def opened(package: Package, raw: bytes) -> CalamineWorkbook:
    """The bulk reader over ``raw``, which is the package, or stands for it.

    Raises:
        FileError: The bytes are no workbook that can be read.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - late for a fast start

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except CalamineError as error:
        raise _damaged(package.path.name) from error


def _damaged(place: str) -> FileError:
    return FileError(
        place, "it is damaged and cannot be read.", "Open it in Excel, let Excel repair it, and save it."
    )


class Grid:
    """The cells of one sheet from A1 on, as calamine gives them, and what it does not tell."""

    def __init__(
        self,
        package: Package,
        workbook: CalamineWorkbook | None,
        part: str,
        sheet: str,
        *,
        whole: bool = False,
    ) -> None:
        """Read a sheet: all of it, or what its tables need."""
        assert workbook is not None  # noqa: S101 - there is a sheet, so it was opened
        self._package = package
        self._place = f"{package.path.name}, sheet {sheet}"
        tables = [table for table in package.tables.values() if table.sheet == sheet and not whole]
        if whole:
            check_few(package.chunks(part), self._place)
        xml = package.read(part)
        cut = above(xml, max(table.last_row for table in tables)) if tables else Above(xml)
        self._below = cut.below
        if cut.xml is not xml:
            workbook, sheet = opened(package, excerpt(package, cut.xml)), ROWS
        del xml
        self._bytes = SheetBytes(cut.xml)
        columns = max((len(table.columns) for table in tables), default=1)
        near = package.member(part).name in package.seen.near
        check_sparse(self._bytes.data, columns, self._place, near=near)
        check_shared(package, self._bytes.data, self._place)
        # calamine works without Python's lock, so the bytes are searched meanwhile.
        with ThreadPoolExecutor(1) as pool:
            parsing = pool.submit(workbook.get_sheet_by_name, sheet)
            self._special = self._special_cells()
        self.rows = self._grid(self._parsed(parsing))

    def _special_cells(self) -> SpecialCells:
        try:
            return self._bytes.special_cells()
        except CrowdedError as error:
            remedy = "Clear them in Excel (Home, Find & Select, Go To Special), or do not use the file."
            raise FileError(self._place, str(error), remedy) from error

    @classmethod
    def of_rows(cls, package: Package, few: CalamineWorkbook, part: TablePart, xml: bytes) -> RawTable:
        """Some neighbouring rows of a table, none of them blank, without formulas and errors.

        Args:
            package: The workbook.
            few: An `excerpt` of the workbook that holds them at their places.
            part: The table.
            xml: That sheet.
        """
        grid = cls.__new__(cls)
        grid._package, grid._below = package, ()
        grid._place = f"{package.path.name}, sheet {part.sheet}"
        grid._bytes, grid._special = SheetBytes(xml), SpecialCells()
        sheet = few.get_sheet_by_name(ROWS)
        grid.rows = grid._grid(sheet, skip_empty_area=True)
        row, column = sheet.start or (0, 0)
        left, right = part.first_col - 1, part.last_col
        body = [([""] * column + cells)[left:right] for cells in grid.rows]
        columns, block = columns_of(body, row + 1, part.first_col, len(part.columns), grid._bytes.values)
        kept = held(columns, set())
        return RawTable(
            part.name,
            part.sheet,
            part.columns,
            rows=[row + 1 + i for i in kept],
            letters=[column_letters(part.first_col + i) for i in range(len(part.columns))],
            by_column=columns,
            block=block,
        )

    def _parsed(self, parsing: Future[CalamineSheet]) -> CalamineSheet:
        from python_calamine import CalamineError  # noqa: PLC0415

        try:
            if not self._bytes.recoded:
                return parsing.result()
        except CalamineError as error:
            if "error value" not in str(error):
                raise _damaged(self._place) from error
        # calamine gives up on a sheet with an error it does not know, such as #GETTING_DATA, and finds no cell in one
        # of two bytes a character: it gets a copy without those.
        copy = excerpt(self._package, self._bytes.with_known_errors())
        try:
            return opened(self._package, copy).get_sheet_by_name(ROWS)
        except CalamineError as error:
            raise _damaged(self._place) from error

    def _grid(self, sheet: CalamineSheet, *, skip_empty_area: bool = False) -> list[list[Any]]:
        try:
            rows: list[list[Any]] = sheet.to_python(skip_empty_area=skip_empty_area)
        except OverflowError as error:
            raise _damaged(self._place) from error
        except BaseException as error:
            # What calamine raises for a date far outside any calendar has no class that could be imported.
            if type(error).__name__ != "PanicException":
                raise
            raise _damaged(self._place) from error
        if not rows and self._bytes.holds_values():
            raise _damaged(self._place)
        return rows

    def table(self, part: TablePart) -> RawTable:
        """The records of a table on this sheet."""
        first = part.first_row + part.has_header
        last = part.last_row - part.has_totals
        left, right = part.first_col - 1, part.last_col
        body = self.rows[first - 1 : last]
        if body and (left or right != len(body[0])):
            body = [row[left:right] for row in body]
        columns, block = columns_of(body, first, part.first_col, len(part.columns), self._bytes.values)
        special = self._inside(part, first, last)
        kept = held(columns, {row - first for row, _ in special})
        if len(kept) < len(body):
            columns, block = [[column[i] for i in kept] for column in columns], block[:, list(kept)]
        position = {first + old: new for new, old in enumerate(kept)} if special else {}

        def placed(cells: Mapping[tuple[int, int], str]) -> dict[Index, str]:
            return {
                (position[row], column - left - 1): text
                for (row, column), text in cells.items()
                if row in position and left < column <= right
            }

        return RawTable(
            part.name,
            part.sheet,
            part.columns,
            rows=[first + i for i in kept],
            letters=[column_letters(part.first_col + i) for i in range(len(part.columns))],
            formulas=placed(self._special.formulas),
            errors=placed(self._special.errors),
            stray=self._stray(part),
            merged=list(islice((ref for ref in self._bytes.merged() if _touches(ref, part)), MOST_TOLD)),
            by_column=columns,
            block=block,
        )

    def _inside(self, part: TablePart, first: int, last: int) -> set[tuple[int, int]]:
        """Places of the errors and formulas in the body of a table, on rows that hold cells."""
        found = {*self._special.errors, *self._special.formulas}
        last, left, right = min(last, len(self.rows)), part.first_col, part.last_col
        return {(row, column) for row, column in found if first <= row <= last and left <= column <= right}

    def _stray(self, part: TablePart) -> list[str]:
        """Cells with content from the header's row down that are in no table; of very many the first."""
        boxes = [table for table in self._package.tables.values() if table.sheet == part.sheet]

        def free(row: int, column: int) -> bool:
            return row >= part.first_row and not any(
                t.first_row <= row <= t.last_row and t.first_col <= column <= t.last_col for t in boxes
            )

        found = {place for place in {*self._special.errors, *self._special.formulas} if free(*place)}
        left, right = part.first_col - 1, part.last_col
        wide = bool(self.rows) and (left > 0 or len(self.rows[0]) > right)
        start = part.first_row - 1 if wide else part.last_row
        for row, cells in enumerate(self.rows[start:], start=start + 1):
            if row > part.last_row:
                looked_at = list(enumerate(cells, start=1))
            else:
                looked_at = [*enumerate(cells[:left], start=1), *enumerate(cells[right:], start=right + 1)]
            found |= {(row, column) for column, value in looked_at if value != "" and free(row, column)}
        first = sorted(found | {*self._below})[:MOST_TOLD]
        return [f"{column_letters(column)}{row}" for row, column in first]


def _touches(ref: str, part: TablePart) -> bool:
    box = parse_range(ref)
    return box is not None and (
        box[0] <= part.last_col
        and part.first_col <= box[2]
        and box[1] <= part.last_row
        and part.first_row <= box[3]
    )

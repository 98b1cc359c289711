"""One worksheet and its table while a write is prepared: changes gathered, then made in one pass over the bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workbook_cms.errors import FileError
from workbook_cms.file import structure
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.guards import MAX_COLUMNS, MAX_ROWS
from workbook_cms.file.layout import CellValue, ColumnSpec
from workbook_cms.file.package import Package, TablePart
from workbook_cms.file.packing import Kept
from workbook_cms.file.rows import CellWriter, Column
from workbook_cms.file.sheet import RowXml, SheetXml, with_dimension, with_ranges_grown
from workbook_cms.file.styles import Styles

__all__ = ["SheetEdit", "TableEdit"]


class SheetEdit:
    """The worksheet part: cells to be changed by row and column, and what is around the rows.

    ``written`` says what the cells must hold when the new file is read back: row -> column number -> value.
    """

    def __init__(self, package: Package, name: str, part: str, styles: Styles) -> None:
        self.place = f"{package.place}, sheet {name}"
        self.part, self.styles, self.date1904 = part, styles, package.date1904
        self.xml = SheetXml.of(package, part, self.place)
        self.writer = CellWriter(self.place, package.date1904, styles)
        self.cells: dict[int, dict[int, CellValue]] = {}
        self.hints: dict[tuple[int, int], int] = {}
        self.written: dict[int, Mapping[int, CellValue]] = {}
        self._furthest = (0, 0)

    def put(self, row: int, values: Mapping[int, CellValue]) -> None:
        """Cells of an existing row to be given new values (column number -> value)."""
        self.cells.setdefault(row, {}).update(values)

    def note(self, first: int, rows: Sequence[Mapping[int, CellValue]]) -> None:
        """Remember what was written from row ``first`` on, for the proof and for the sheet's dimension."""
        if rows:
            self.written.update(zip(range(first, first + len(rows)), rows, strict=True))
            column, last = self._furthest
            self._furthest = (
                max(column, *(max(row, default=0) for row in rows)),
                max(last, first + len(rows) - 1),
            )

    def pieces(self) -> tuple[Iterator[bytes | Kept], list[tuple[int, int]]]:
        """The new sheet; see :meth:`SheetXml.pieces`."""
        self._change_cells()
        head = with_dimension(self.xml.head, *self._furthest)
        return self.xml.pieces(head, self.xml.tail)

    def _change_cells(self) -> None:
        places = self.xml.find_rows(self.cells.keys())
        for number in sorted(self.cells):
            values = self.cells[number]
            place = places.get(number)
            xml = self.xml.text(*place) if place else b'<row r="%d"></row>' % number
            row = RowXml(xml, self.place)
            for column, value in values.items():
                if row.has_formula(column):
                    raise FileError(
                        f"{self.place}, cell {column_letters(column)}{number}",
                        "The cell holds a formula, which would be lost.",
                        "Replace the formula by its value in Excel first.",
                    )
                style = row.style(column)
                if style is None:
                    style = self.hints.get((number, column), self.xml.column_style(column))
                    if value is None or value == "":
                        continue
                row.put(column, self.writer.cell(Column(column, style), number, value).encode())
            at = place or (self.xml.insert_at(number),) * 2
            self.xml.splice(*at, row.to_bytes())
            self.note(number, [values])


class TableEdit:
    """A table: its labels, its rows to come, and its part."""

    def __init__(self, package: Package, table: TablePart, sheet: SheetEdit) -> None:
        self.table, self.sheet = table, sheet
        self.place = f"{package.place}, table {table.name}"
        self.xml = package.read(table.part)
        structure.check_table_xml(self.xml, self.place)
        self.labels = list(table.columns)
        self._others = [
            other for other in package.tables.values() if other.sheet_part == table.sheet_part and other != table
        ]
        self._new: list[dict[int, CellValue]] = []
        self._first_new = 0
        self._replaced = False
        self._numbered_labels: list[str] = []
        self._number_of: dict[str, int] = {}

    @property
    def last_row(self) -> int:
        """The table's last row, as it will be."""
        if self._replaced or self._new:
            return max(self._first_new + len(self._new) - 1, self.table.first_row + 1)
        return self.table.last_row

    @property
    def ref(self) -> str:
        """The table's range, as it will be."""
        left, right = self.table.first_col, self.table.first_col + len(self.labels) - 1
        return f"{column_letters(left)}{self.table.first_row}:{column_letters(right)}{self.last_row}"

    def append(self, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Put rows after the last one, or into the blank row of an empty table. Returns their row numbers."""
        if not rows:
            return []
        if not self._new and not self._replaced:
            self._check_room()
            self._first_new = self.table.last_row + (0 if self._is_empty() else 1)
        first = self._first_new + len(self._new)
        if first + len(rows) - 1 > MAX_ROWS:
            raise FileError(
                self.place,
                f"The sheet is full: {first + len(rows) - 1:,} rows would be needed, {MAX_ROWS:,} are possible.",
                "Move old records to another workbook first.",
            )
        self._new += [self._numbered(row) for row in rows]
        return list(range(first, first + len(rows)))

    def replace(self, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Put rows in the place of all rows of the table."""
        self._check_room()
        for row in [row for row in self.sheet.cells if self.table.first_row < row <= self.table.last_row]:
            del self.sheet.cells[row]
        self._replaced, self._first_new, self._new = True, self.table.first_row + 1, []
        return self.append(rows)

    def patch(self, row: int, values: Mapping[str, CellValue]) -> list[int]:
        """Give cells of one row new values; None empties a cell."""
        if not self.table.first_row < row <= self.last_row - (1 if self.table.has_totals else 0):
            raise FileError(self.place, f"Row {row:,} is no record of the table.", "Read the workbook again.")
        numbered = self._numbered(values)
        if self._new and row >= self._first_new:
            self._new[row - self._first_new].update(numbered)
        else:
            self.sheet.put(row, numbered)
        return [row]

    def rename_column(self, old: str, new: str) -> None:
        """Give a column another header."""
        index = self._index(old)
        self._check_label(new, other_than=index)
        self.xml = structure.rename_column(self.xml, index, new)
        self.labels[index] = new
        self.sheet.put(self.table.first_row, {self.table.first_col + index: new})

    def add_column(self, spec: ColumnSpec) -> None:
        """Add a column at the right; existing records stay blank in it."""
        self._check_label(spec.label)
        self._refuse_if(self.table.has_totals, "It has a totals row, which cannot be widened yet.")
        number = self.table.first_col + len(self.labels)
        if number > MAX_COLUMNS or self._others or self.sheet.xml.column_filled(number):
            raise FileError(
                self.place, "There is something to the right of the table.", "Move it to another sheet first."
            )
        neighbour = self.sheet.xml.column_style(number - 1)
        style = self.sheet.styles.like(neighbour, spec.style)
        self.sheet.xml.head = structure.with_column(self.sheet.xml.head, number, spec.width, style)
        header = self.sheet.xml.row(self.table.first_row)
        left = header.style(self.table.first_col + len(self.table.columns) - 1) if header else None
        self.sheet.hints[self.table.first_row, number] = left or 0
        self.sheet.put(self.table.first_row, {number: spec.label})
        self.xml = structure.add_column(self.xml, spec.label)
        self.labels.append(spec.label)

    def finish(self) -> bytes:
        """Hand the new rows to the sheet and return the new table part."""
        if self._replaced or self._new:
            columns = self._columns()
            if self._replaced:
                self._replace_rows(columns)
            else:
                self._add_rows(columns)
            data = (self.table.first_row + 1, self.table.last_row)
            self.sheet.xml.tail = with_ranges_grown(
                self.sheet.xml.tail, (self.table.first_col, self.table.last_col), data, self.last_row
            )
        return structure.set_range(self.xml, self.ref) if self.ref != self.table.ref else self.xml

    def _columns(self) -> list[Column]:
        """Each column with the style its new cells take: that of the row above, else that of the sheet's column."""
        row = self.table.first_row + 1 if self._replaced else self.table.last_row
        above = self.sheet.xml.row(row) if row > self.table.first_row else None
        columns = []
        for number in range(self.table.first_col, self.table.first_col + len(self.labels)):
            base = self.sheet.xml.column_style(number)
            style = above.style(number) if above else None
            blank = style if style is not None and style != base else -1
            columns.append(Column(number, base if style is None else style, blank))
        return columns

    def _replace_rows(self, columns: list[Column]) -> None:
        xml = self.sheet.xml
        old = set(range(self.table.first_row + 1, self.table.last_row + 1))
        places = [(start, end) for number, start, end in xml.rows() if number in old]
        own = {column.number for column in columns}
        # Row by row, since a cell beside the table would be lost with its row.
        for start, end in places:
            beside = RowXml(xml.text(start, end), self.place).filled() - own
            self._refuse_if(bool(beside), "There is something beside the table.")
        new = self._new or [{}]
        at = places[0][0] if places else xml.insert_at(self._first_new)
        xml.splice(at, places[-1][1] if places else at, b"".join(self._rows(self._first_new, new, columns)))
        below = {number for number, _, _ in xml.rows_after(self.table.last_row)}
        self._refuse_if(
            bool(below & set(range(self._first_new, self._first_new + len(new)))),
            "There are formatted rows below the table.",
        )

    def _add_rows(self, columns: list[Column]) -> None:
        xml = self.sheet.xml
        here = range(self._first_new, self._first_new + len(self._new))
        # Rows may be there already, blank but formatted: they are filled as they are.
        there = {number for number, _, _ in xml.rows_after(here[0] - 1)} & set(here)
        run: list[dict[int, CellValue]] = []
        for number in (*here, here[-1] + 1):
            if number in there or number > here[-1]:
                if run:
                    first = number - len(run)
                    at = xml.insert_at(first)
                    xml.splice(at, at, b"".join(self._rows(first, run, columns)))
                    run = []
                if number in there:
                    for column in columns:
                        self.sheet.hints[number, column.number] = column.style
                    self.sheet.put(number, self._new[number - here[0]])
            else:
                run.append(self._new[number - here[0]])

    def _rows(self, first: int, rows: Sequence[Mapping[int, CellValue]], columns: list[Column]) -> list[bytes]:
        self.sheet.note(first, rows)
        return self.sheet.writer.rows(first, rows, columns)

    def _numbered(self, row: Mapping[str, CellValue]) -> dict[int, CellValue]:
        for label in row.keys() & set(self.table.calculated):
            raise FileError(f"{self.place}, column {label}", "Excel calculates this column.", "Leave it out.")
        numbers = self._numbers
        if unknown := [label for label in row if label not in numbers]:
            raise FileError(
                self.place, f"The table has no column {unknown[0]}.", f"Its columns: {', '.join(self.labels)}."
            )
        return {numbers[label]: value for label, value in row.items()}

    def _index(self, label: str) -> int:
        return next(iter(self._numbered({label: None}))) - self.table.first_col

    @property
    def _numbers(self) -> dict[str, int]:
        """Number of each column by its label."""
        if self._numbered_labels != self.labels:
            self._numbered_labels = list(self.labels)
            self._number_of = {label: number for number, label in enumerate(self.labels, self.table.first_col)}
        return self._number_of

    def _check_label(self, label: str, other_than: int = -1) -> None:
        self._refuse_if(not self.table.has_header, "It has no header row.")
        taken = {known.casefold() for index, known in enumerate(self.labels) if index != other_than}
        if not label.strip() or len(label) > 255 or label.casefold() in taken:
            raise FileError(
                self.place, f"A column cannot be called {label!r}.", "Give a name that no other column has."
            )

    def _check_room(self) -> None:
        table = self.table
        self._refuse_if(not table.has_header, "It has no header row.")
        self._refuse_if(table.has_totals, "It has a totals row, which would have to move.")
        self._refuse_if(
            bool(table.calculated), f"Its column {', '.join(table.calculated)} is calculated by Excel."
        )
        self._refuse_if(table.outside_source, "It is filled by a query or an XML map and would be overwritten.")
        below = self.sheet.xml.rows_after(table.last_row)
        filled = bool(below) and self.sheet.xml.has_content(below[0][1], below[-1][2])
        others = any(other.last_row > table.last_row for other in self._others)
        merged = self.sheet.xml.merged_below(table.last_row)
        self._refuse_if(filled or others, "There is something below the table.")
        self._refuse_if(bool(merged), f"The merged cells {merged} are in the way below it.")

    def _refuse_if(self, refused: bool, problem: str) -> None:
        if refused:
            raise FileError(self.place, problem, "Change that in Excel first, or make this change there.")

    def _is_empty(self) -> bool:
        """Whether the table has nothing but its one blank row, which Excel shows for no records."""
        if self.table.last_row != self.table.first_row + 1 or self.table.last_row in self.sheet.cells:
            return False
        row = self.sheet.xml.row(self.table.last_row)
        own = set(range(self.table.first_col, self.table.last_col + 1))
        return row is None or not row.filled() & own

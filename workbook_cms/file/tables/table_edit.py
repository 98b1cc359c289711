"""A table while a write is prepared: its labels, its rows to come, its range and its part."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from workbook_cms.errors import FileError, RefusedChangeError
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.guards import MAX_COLUMNS, MAX_ROWS
from workbook_cms.file.layout import CellValue, ColumnSpec
from workbook_cms.file.package import Package, TablePart
from workbook_cms.file.sheets.edits import Raw, SheetEdit
from workbook_cms.file.sheets.rows import Column, without_content
from workbook_cms.file.sheets.sheet import RowXml
from workbook_cms.file.tables import structure
from workbook_cms.file.tables.elsewhere import FormulaChange, grown_columns
from workbook_cms.file.tables.growth import Growth
from workbook_cms.file.tables.insertion import insert_rows
from workbook_cms.file.tables.labels import Labels
from workbook_cms.file.tables.moving import move_rows, shared_of
from workbook_cms.file.tables.notes import check_kept, check_replaced
from workbook_cms.file.tables.obstacles import room_below
from workbook_cms.file.tables.ranges import grown_sorting
from workbook_cms.file.tables.references import Area
from workbook_cms.file.tables.sources import source_of
from workbook_cms.file.tables.structured import Rename, renamed_part
from workbook_cms.file.tables.table_rows import columns_like, fill_down, opening_like, place_rows
from workbook_cms.file.tables.totals import move_totals

__all__ = ["TableEdit"]


class TableEdit:
    """A table: its labels, its rows to come, and its part."""

    def __init__(self, package: Package, table: TablePart, sheet: SheetEdit) -> None:
        self.table, self.sheet = table, sheet
        self.place = f"{package.place}, table {table.name}"
        self.xml = package.plain(table.part)
        structure.check_table_xml(self.xml, self.place)
        self._labels = Labels(table, self.place)
        self._package = package
        self._new: list[dict[int, CellValue]] = []
        self._first_new = 0
        self._replaced = False
        self._fill = False
        self._removed: list[int] = []
        self._inserted: dict[int, dict[int, CellValue]] = {}
        self.renames: list[Rename] = []

    @property
    def labels(self) -> list[str]:
        """Its header labels, as they will be."""
        return self._labels.all

    @property
    def last_record(self) -> int:
        """The row of the last record, as it will be; an empty table keeps a blank row."""
        if self._replaced or self._new:
            return max(self._first_new + len(self._new) - 1, self.table.first_record)
        return self.table.last_record - len(self._removed) + len(self._inserted)

    @property
    def ref(self) -> str:
        """The table's range, as it will be."""
        return self._range(self.last_record + self.table.has_totals)

    def _range(self, last: int) -> str:
        left, right = self.table.first_col, self.table.first_col + len(self.labels) - 1
        return f"{column_letters(left)}{self.table.first_row}:{column_letters(right)}{last}"

    @property
    def growth(self) -> Growth | None:
        """What the change does to ranges that the table's rows are part of; None where no row comes or goes."""
        table = self.table
        if self.last_record == table.last_record:
            return None
        return Growth(
            sheet=table.sheet,
            left=table.first_col,
            right=table.last_col,
            head=table.first_row,
            first=table.first_record,
            last=table.last_record,
            totals=table.has_totals,
            new_last=self.last_record,
            removed=tuple(self._removed),
            inserted=tuple(self._inserted),
            place=self.place,
        )

    def append(self, rows: Sequence[Mapping[str, CellValue]], *, fill: bool = False) -> list[int]:
        """Put rows after the last one, or into the blank row of an empty table. Returns their row numbers.

        ``fill``: Formulas that the last records agree in go on in the new ones, where no value is given.
        """
        if not rows:
            return []
        self._refuse_mixed(bool(self._removed or self._inserted))
        self._fill = fill
        if not self._new and not self._replaced:
            self._check_source()
            self._first_new = self.table.last_record + (0 if self._is_empty() else 1)
        first = self._first_new + len(self._new)
        if first + len(rows) - 1 + self.table.has_totals > MAX_ROWS:
            raise RefusedChangeError(
                self.place,
                f"The sheet is full: {first + len(rows) - 1:,} rows would be needed, {MAX_ROWS:,} are possible.",
                "Move old records to another workbook first.",
            )
        self._new += [self._labels.numbered(row, new=True) for row in rows]
        return list(range(first, first + len(rows)))

    def replace(self, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Put rows in the place of all rows of the table."""
        self._refuse_mixed(bool(self._removed or self._inserted))
        self._check_source()
        for row in [row for row in self.sheet.cells if self.table.first_record <= row <= self.table.last_record]:
            del self.sheet.cells[row]
        self._replaced, self._first_new, self._new = True, self.table.first_record, []
        return self.append(rows)

    def patch(self, row: int, values: Mapping[str, CellValue]) -> list[int]:
        """Give cells of one row new values; None empties a cell."""
        self._refuse_mixed(bool(self._removed or self._inserted))
        if not self.table.first_record <= row <= self.last_record:
            raise FileError(self.place, f"Row {row:,} is no record of the table.", "Read the workbook again.")
        numbered = self._labels.numbered(values, new=False)
        self._check_source(values)
        if self._new and row >= self._first_new:
            self._new[row - self._first_new].update(numbered)
        else:
            self.sheet.put(row, numbered)
        return [row]

    def delete(self, rows: Sequence[int]) -> None:
        """Take records out of the table, by their rows' numbers; those below move up, with what they were changed to."""
        table = self.table
        removed = sorted({*self._removed, *rows})
        if not all(table.first_record <= row <= table.last_record for row in removed):
            raise FileError(
                self.place, "A row to be taken out is no record of the table.", "Read the workbook again."
            )
        self._refuse_mixed(bool(self._new or self._replaced or self._inserted) and not self._removed)
        self._check_source()
        if len(removed) == table.last_record - table.first_record + 1:
            # A table keeps one row, blank.
            own = self._labels.entered
            removed = removed[1:]
            check_kept(self._package, table, table.first_record, self.place)
            held = self.sheet.xml.row(table.first_record)
            blank = (
                {column: Raw(without_content(cell)) for column, cell in held.cells.items() if column in own}
                if held
                else {}
            )
            self.sheet.put(table.first_record, blank)
        self._removed = removed

    def insert(self, rows: Mapping[int, Mapping[str, CellValue]]) -> list[int]:
        """Put records among those that are there, by the rows' numbers that they get; those below move down."""
        table = self.table
        self._refuse_mixed(bool(self._new or self._replaced or self._removed or self._inserted))
        self._check_source()
        numbers = sorted(rows)
        if numbers and not table.first_record <= numbers[0] <= numbers[-1] <= table.last_record + len(numbers):
            raise FileError(self.place, "A record would not stand in the table.", "Read the workbook again.")
        self._inserted = {number: self._labels.numbered(rows[number], new=True) for number in numbers}
        return numbers

    def rename_column(self, old: str, new: str) -> None:
        """Give a column another header."""
        index = self._labels.rename(old, new)
        self.renames.append(Rename(self.table, old, new))
        self.xml = structure.rename_column(self.xml, index, new)
        self.sheet.put(self.table.first_row, {self.table.first_col + index: new})

    def add_column(self, spec: ColumnSpec) -> None:
        """Add a column at the right; existing records stay blank in it."""
        number = self._labels.add(spec.label)
        self._refuse_if(self.table.outside_source, "A query or an XML map says which columns it has.")
        others = any(
            other.sheet_part == self.table.sheet_part and other != self.table
            for other in self._package.tables.values()
        )
        if number > MAX_COLUMNS or others or self.sheet.xml.column_filled(number):
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
        if self.table.has_totals:
            self._widen_totals(number)
        self.xml = structure.add_column(self.xml, spec.label)

    def _widen_totals(self, number: int) -> None:
        """A blank cell that looks like its neighbour, where the totals row shows a look at all."""
        row = self.sheet.xml.row(self.table.last_row)
        style = row.style(number - 1) if row else None
        if style and row is not None and number not in row.cells:
            cell = f'<c r="{column_letters(number)}{self.table.last_row}" s="{style}"/>'
            self.sheet.put(self.table.last_row, {number: Raw(cell.encode())})

    @property
    def replaced(self) -> bool:
        """Whether all its rows are new ones."""
        return self._replaced

    @property
    def taken(self) -> list[Area]:
        """Cells whose formulas this edit itself puts where they go."""
        table = self.table
        left, right = table.first_col, table.last_col
        if self._replaced:
            return [Area(left, table.first_record, right, table.last_row)]
        moving = self.growth.moving if self.growth else ()
        return [Area(left, moving[0], right, table.last_row)] if moving else []

    def finish(self, growths: Sequence[Growth], renames: Sequence[Rename]) -> bytes:
        """Hand the new rows to the sheet and return the new table part.

        ``growths`` and ``renames`` say what becomes of all tables of the workbook.
        """
        table, growth = self.table, self.growth
        # Some programs note no more than A1 as the sheet's extent; the table is in it for certain.
        self.sheet.reach(table.first_col + len(self.labels) - 1, self.last_record + table.has_totals)
        if growth and growth.shifts:
            return self._finish_shift(growth, growths, renames)
        self.xml = self._columns_after(growths, renames)
        if not (self._replaced or self._new):
            filtered = self._range(self.last_record)
            return structure.set_range(self.xml, self.ref, filtered) if self.ref != table.ref else self.xml
        self._check_room()
        above = self.sheet.xml.row(table.first_record if self._replaced else table.last_record)
        columns = columns_like(
            self.sheet,
            above,
            range(table.first_col, table.first_col + len(self.labels)),
            structure.calculations(self.xml),
            table.first_record,
        )
        change = FormulaChange(table.sheet, table.sheet_part, growths, renames)
        if self._fill and not self._replaced:
            fill_down(self.sheet, columns, range(table.first_record, table.last_record + 1), change)
        if table.has_totals and growth:
            numbers = range(table.first_col, table.last_col + 1)
            move_totals(self.sheet, numbers, table.last_row, self.last_record + 1, change)
        if self._replaced:
            check_replaced(self._package, table, self._new, self.place)
            self._replace_rows(columns)
        else:
            cleared = (table.last_row,) if table.has_totals else ()
            place_rows(self.sheet, self._first_new, self._new, columns, opening_like(above), cleared=cleared)
        xml = grown_sorting(self.xml, growth) if growth else self.xml
        return structure.set_range(xml, self.ref, self._range(self.last_record))

    def _columns_after(self, growths: Sequence[Growth], renames: Sequence[Rename]) -> bytes:
        """The table part with the formulas of its columns as they will be."""
        return renamed_part(grown_columns(self.xml, growths, self.table.sheet, self.growth), renames, self.table)

    def _finish_shift(self, growth: Growth, growths: Sequence[Growth], renames: Sequence[Rename]) -> bytes:
        table = self.table
        before = structure.calculations(self.xml)
        self.xml = self._columns_after(growths, renames)
        change = FormulaChange(table.sheet, table.sheet_part, growths, renames)
        self._check_room()
        after = structure.calculations(self.xml)
        move_rows(self.sheet, growth, before, after, change)
        if self._inserted:
            insert_rows(self.sheet, table, self._inserted, after)
        return structure.set_range(grown_sorting(self.xml, growth), self.ref, self._range(self.last_record))

    def _replace_rows(self, columns: list[Column]) -> None:
        """New rows in the place of the old ones; each keeps the height of the row that was there."""
        xml, table = self.sheet.xml, self.table
        own = {column.number for column in columns}
        openings: dict[int, str] = {}
        cleared = set()
        rows = {
            number: RowXml(xml.text(start, stop), self.place)
            for number, start, stop in xml.rows_between(table.first_record, table.last_row)
        }
        # Cells elsewhere may share a formula that stands in a row which goes.
        shared_of(self.sheet, rows, range(table.first_col, table.last_col + 1))
        for number, row in rows.items():
            openings[number] = opening_like(row)
            if number == table.last_row and table.has_totals:
                continue
            if row.lies_within(own):
                self.sheet.remove_row(number)
            else:
                cleared.add(number)
        new = self._new or [{}]
        for number in cleared - set(range(self._first_new, self._first_new + len(new))):
            place_rows(self.sheet, number, [{}], [Column(column.number, 0) for column in columns], cleared=cleared)
        if table.has_totals:
            cleared.add(table.last_row)
        last = openings.get(table.last_record, "")
        place_rows(self.sheet, self._first_new, new, columns, last, openings, cleared)

    def _check_source(self, labels: Collection[str] = ()) -> None:
        """Refuse to change what a refresh would overwrite: rows, or the cells of some columns."""
        source = source_of(self._package, self.table)
        filled = [label for label in labels if source and label in source.columns]
        if source and (filled or not labels):
            what = f"The column {filled[0]}" if filled else "The table"
            raise RefusedChangeError(
                self.place,
                f"{what} is filled by {source.what}, whose next refresh would overwrite what is entered here.",
                source.remedy,
            )

    def _check_room(self) -> None:
        wanted = self.last_record - self.table.last_record
        if wanted <= 0:
            return
        room = room_below(self._package, self.table, self.sheet.xml, wanted)
        if room.rows < wanted:
            more = f"Only {room.rows:,} more" if room.rows else "No"
            fits = "rows fit" if room.rows > 1 else "row fits"
            raise RefusedChangeError(
                self.place,
                f"{more} {fits} under the table: {room.obstacle}.",
                "Move it to another sheet or further down in Excel first.",
            )

    def _refuse_mixed(self, mixed: bool) -> None:
        if mixed:
            raise FileError(
                self.place, "Records cannot be taken out and changed at the same time.", "Do one after the other."
            )

    def _refuse_if(self, refused: bool, problem: str) -> None:
        if refused:
            raise FileError(self.place, problem, "Change that in Excel first, or make this change there.")

    def _is_empty(self) -> bool:
        """Whether the table has nothing but its one blank row, which Excel shows for no records."""
        table = self.table
        if table.last_record != table.first_record or table.last_record in self.sheet.cells:
            return False
        row = self.sheet.xml.row(table.last_record)
        own = self._labels.entered
        return row is None or not row.filled() & own

"""One worksheet while a write is prepared: changes of cells gathered, then made in one pass over the bytes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.container.packing import Kept
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.rows import CellWriter, Column
from workbook_cms.file.sheets.sheet import RowXml, SheetXml, with_dimension
from workbook_cms.file.styles import Styles

__all__ = ["Raw", "SheetEdit"]

_HIDDEN = re.compile(rb'\shidden="\w+"')


@dataclass(frozen=True)
class Raw:
    """A cell as bytes, to stand in the place of whatever a row holds there; b"" takes the cell away."""

    xml: bytes


class SheetEdit:
    """The worksheet part: cells to be changed by row and column, and what is around the rows.

    ``written`` says what the cells must hold when the new file is read back: row -> column number -> value;
    ``calculated`` in which rows which columns must hold their formula.
    """

    def __init__(self, package: Package, name: str, part: str, styles: Styles) -> None:
        self.place = f"{package.place}, sheet {name}"
        self.name, self.part, self.styles, self.date1904 = name, part, styles, package.date1904
        self.xml = SheetXml.of(package, part, self.place)
        self.writer = CellWriter(self.place, package.date1904, styles, strict=package.strict)
        self.cells: dict[int, dict[int, CellValue | Raw]] = {}
        self.openings: dict[int, str] = {}
        self.hints: dict[tuple[int, int], int] = {}
        self.written: dict[int, Mapping[int, CellValue]] = {}
        self.calculated: list[tuple[range, list[Column]]] = []
        self._shown: set[int] = set()
        self._new_rows: dict[int, bytes | Callable[[int], bytes]] = {}
        self._removed: set[int] = set()
        self._furthest = (0, 0)

    @property
    def changed(self) -> bool:
        """Whether any row is to change."""
        return bool(self.cells or self._new_rows or self._removed)

    def put(self, row: int, values: Mapping[int, CellValue | Raw]) -> None:
        """Cells of a row to be given new values (column number -> value)."""
        self.cells.setdefault(row, {}).update(values)

    def taken(self, row: int, columns: range) -> dict[int, CellValue | Raw]:
        """The new values of a row's cells in some columns, no longer noted."""
        noted = self.cells.get(row, {})
        found = {column: noted.pop(column) for column in columns if column in noted}
        if not noted:
            self.cells.pop(row, None)
        return found

    def change(self, row: RowXml, number: int, values: Mapping[int, CellValue | Raw], moved: int) -> None:
        """Give cells of a row that is about to move new values.

        Args:
            row: The row.
            number: Its number.
            values: By column number.
            moved: Its number from then on, under which the values are to be found.
        """
        for column, value in values.items():
            self._change_cell(row, number, column, value, moved)

    def show(self, row: int) -> None:
        """A row that gets a record must not be hidden."""
        self._shown.add(row)

    def add_rows(self, first: int, rows: Sequence[bytes]) -> None:
        """Row elements, numbered from ``first`` on, which the sheet does not have or is to lose."""
        self._new_rows.update(enumerate(rows, start=first))

    def make_rows(self, rows: range, make: Callable[[int], bytes]) -> None:
        """The same, each made by its number when it is needed: those of a large import would fill the memory."""
        self._new_rows.update(dict.fromkeys(rows, make))

    def remove_row(self, number: int) -> None:
        """Take a row element away; another of that number may be added."""
        self._removed.add(number)

    def is_removed(self, number: int) -> bool:
        """Whether a row element is to be taken away."""
        return number in self._removed

    def has_row(self, number: int) -> bool:
        """Whether a row that is to be written to will be there already."""
        return number in self._new_rows or number in self.cells

    def rows_there(self, rows: range) -> set[int]:
        """Those of some rows that the sheet has, after what is noted so far."""
        found = {number for number, _, _ in self.xml.rows_between(rows.start, rows.stop - 1)}
        return (found - self._removed) | {number for number in rows if self.has_row(number)}

    def note(self, first: int, rows: Sequence[Mapping[int, CellValue]], last_column: int = 0) -> None:
        """Remember what was written from row ``first`` on, for the proof and for the sheet's dimension."""
        if rows:
            for number, row in enumerate(rows, start=first):
                # A table beside this one may have written to the same row.
                known = self.written.get(number)
                self.written[number] = {**known, **row} if known else row
            self.reach(
                max(last_column, *(max(row, default=0) for row in rows)),
                first + len(rows) - 1,
            )

    def formulas_of(self, row: int) -> dict[str, str]:
        """The formulas, by address, that calculated columns must have in a row."""
        return {
            f"{column_letters(column.number)}{row}": column.formula.at(row)
            for rows, columns in self.calculated
            for column in columns
            if row in rows and column.formula is not None and column.calculates(self.written.get(row, {}))
        }

    def reach(self, column: int, row: int) -> None:
        """Remember that a cell so far out was written."""
        self._furthest = max(self._furthest[0], column), max(self._furthest[1], row)

    def pieces(self) -> tuple[Iterator[bytes | Kept], list[tuple[int, int]]]:
        """The new sheet; see :meth:`SheetXml.pieces`."""
        self._change_cells()
        head = with_dimension(self.xml.head, *self._furthest)
        return self.xml.pieces(head, self.xml.tail)

    def _change_cells(self) -> None:
        places = self.xml.find_rows((self.cells.keys() | self._removed) - self._new_rows.keys() | self._removed)
        for number in self._removed:
            if number in places:
                self.xml.splice(*places.pop(number), b"")
        for number in sorted(self.cells):
            place = places.get(number)
            row = RowXml(self._row(number, place), self.place)
            for column, value in self.cells[number].items():
                self._change_cell(row, number, column, value)
            if place:
                self.xml.splice(*place, row.to_bytes())
            elif row.cells or number in self._new_rows:
                self._new_rows[number] = row.to_bytes()
        self._insert_rows()

    def _row(self, number: int, place: tuple[int, int] | None) -> bytes:
        xml = self.xml.text(*place) if place else self._new_row(number)
        if xml is None:
            return f'<row r="{number}"{self.openings.get(number, "")}></row>'.encode()
        if number in self._shown:
            end = xml.index(b">")
            return _HIDDEN.sub(b"", xml[:end]) + xml[end:]
        return xml

    def _insert_rows(self) -> None:
        """Hand the new rows over, each stretch between two rows of the sheet in its place."""
        if not self._new_rows:
            return
        numbers = sorted(self._new_rows)
        later = [row for row in self.xml.rows_after(numbers[0]) if row[0] not in self._removed]
        while numbers:
            while later and later[0][0] <= numbers[0]:
                later = later[1:]
            count = bisect_left(numbers, later[0][0]) if later else len(numbers)
            at = later[0][1] if later else self.xml.end
            for stretch in self._stretches(numbers[:count]):
                self.xml.splice(at, at, stretch)
            numbers = numbers[count:]

    def _stretches(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """New rows, as many at a time as go into one segment, no longer noted."""
        held: list[bytes] = []
        size = 0
        for number in numbers:
            row = self._new_row(number) or b""
            del self._new_rows[number]
            if held and size + len(row) > self.xml.segment_size:
                yield b"".join(held)
                held, size = [], 0
            held.append(row)
            size += len(row)
        if held:
            yield b"".join(held)

    def _new_row(self, number: int) -> bytes | None:
        row = self._new_rows.get(number)
        return row if row is None or isinstance(row, bytes) else row(number)

    def _change_cell(
        self, row: RowXml, number: int, column: int, value: CellValue | Raw, moved: int | None = None
    ) -> None:
        if isinstance(value, Raw):
            if value.xml:
                row.put(column, value.xml)
                self.reach(column, number)
            else:
                row.cells.pop(column, None)
            return
        if row.has_formula(column):
            raise RefusedChangeError(
                f"{self.place}, cell {column_letters(column)}{number}",
                "The cell holds a formula, which would be lost.",
                "Replace the formula by its value in Excel first.",
            )
        self.note(number if moved is None else moved, [{column: value}])
        style, hint = row.style(column), self.hints.get((number, column))
        if style is None and (value is None or value == ""):
            return
        if style is None:
            style = self.xml.column_style(column) if hint is None else hint
        # A cell that only happens to be there, without a format of its own, takes that of the record above.
        row.put(column, self.writer.cell(Column(column, style or hint or 0), number, value).encode())

"""Tables of a workbook that a spreadsheet program holds open: read and written through xlwings, in blocks.

Each call of the program takes its time, so where a table stands is asked once. It is asked again as soon as what was
there at the last look is not there any more: the last record at its place, and nothing below it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workbook_cms.file.addresses import column_letters
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package
from workbook_cms.file.raw_table import RawTable
from workbook_cms.forms import adapter
from workbook_cms.forms.adapter import Program
from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.open_cells import ERRORS, are_blank, grid, is_long, long_ones, read, same, written

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["OpenTables"]

#: So many rows below a table are read along with it, to see that nothing stands there.
_BELOW = 50
#: The last row of a sheet.
_ROWS = 1_048_576


@dataclass(frozen=True)
class _Block:
    """Whole rows of a table, kept since getting them takes as long as reading them."""

    first: int
    last: int
    cells: xw.Range


@dataclass
class _Place:
    """Where a table stands, and what its last record was when it was looked at last.

    Attributes:
        name: Name of the table.
        sheet, title: Its sheet.
        table: The table.
        top, left, bottom, right: Its corner cells; the header is in the row ``top``.
        labels: Its header.
        filled: Row of the last record; ``top`` where there is none.
        last: The cells of that row.
        known: Whether all this was found to be true since the last `OpenTables.look_again`.
        below: The rows under ``filled`` down to here are blank.
        whole, tail: All of it, and its end, each with rows below.
        columns: Columns that were asked for, by label; they are true as long as the rest is.
    """

    name: str
    sheet: xw.Sheet
    title: str
    table: xw.main.Table
    top: int = 0
    left: int = 0
    bottom: int = 0
    right: int = 0
    labels: list[str] = field(default_factory=list)
    filled: int = 0
    last: list[CellValue] = field(default_factory=list)
    known: bool = False
    below: int = 0
    whole: _Block | None = None
    tail: _Block | None = None
    columns: dict[str, list[CellValue]] = field(default_factory=dict)

    def address(self, first: int, last: int) -> str:
        """Address of whole rows of the table."""
        return f"{column_letters(self.left)}{first}:{column_letters(self.right)}{last}"


class OpenTables:
    """The tables of an open workbook.

    Args:
        book: The workbook.
    """

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._engine: Any = None
        self._package: Package | None = None
        self._places: dict[str, _Place] = {}

    def look_again(self, package: Package) -> OpenTables:
        """Believe nothing that was seen before; ``package`` is the file, which tells on what sheet a table stands."""
        if self._package is not package:
            self._package = package
            titles = {name: table.sheet for name, table in package.tables.items()}
            self._places = {name: at for name, at in self._places.items() if titles.get(name) == at.title}
        for place in self._places.values():
            place.known = False
        return self

    def get_ready(self, names: Iterable[str]) -> None:
        """Find and read tables that were not needed before, so that nobody waits for it when an entry comes."""
        with adapter.calls(self._title):
            for name in names:
                if name not in self._places:
                    place = self._place(name)
                    self._records(place)
                    self._rows(place, place.filled)

    # reading -------------------------------------------------------------------------------------------------

    def read(self, name: str, *, formulas: bool = False) -> RawTable:
        """All records of a table as its cells hold them now.

        Args:
            name: Name of the table.
            formulas: Whether to look which cells are formulas; it takes as long again.

        Raises:
            SpreadsheetError: There is no such table, or the program does not answer.
        """
        with adapter.calls(self._title):
            place = self._place(name)
            cells = self._records(place)
            shown = (
                grid(place.sheet.range(place.address(place.top + 1, place.bottom)).options(ndim=2).formula)
                if formulas
                else []
            )
        kept = [i for i, record in enumerate(cells) if any(value not in (None, "") for value in record)]
        values, errors, found = [], {}, {}
        for position, i in enumerate(kept):
            values.append([read(value) for value in cells[i]])
            for column, value in enumerate(cells[i]):
                if isinstance(value, str) and value in ERRORS:
                    errors[position, column] = value
                    values[-1][column] = None
                text = str(shown[i][column]) if shown else ""
                if text.startswith("=") and text != value:
                    found[position, column] = text
        letters = [column_letters(place.left + i) for i in range(len(place.labels))]
        rows = [place.top + 1 + i for i in kept]
        return RawTable(name, place.title, place.labels, values, rows, letters, formulas=found, errors=errors)

    def column(self, name: str, label: str) -> list[CellValue]:
        """The values of one column of a table, blank ones too, of a table that grows at its end and nowhere else."""
        with adapter.calls(self._title):
            place = self._place(name)
            self._look(place)
            if label not in place.columns:
                letters = column_letters(place.left + place.labels.index(label))
                place.columns[label] = self._column(place, letters)[: place.filled - place.top]
            return place.columns[label]

    def row(self, name: str, key: str) -> dict[str, CellValue]:
        """One record by label, {} where none has the key."""
        with adapter.calls(self._title):
            place = self._place(name)
            found = next((cells for cells in self._records(place) if cells[0] == key), [])
        values = [None if value in ERRORS else read(value) for value in found]
        return dict(zip(place.labels, values, strict=True)) if values else {}

    def last(self, name: str) -> dict[str, CellValue]:
        """The last record of a table by label, {} when it has none."""
        with adapter.calls(self._title):
            place = self._place(name)
            self._look(place)
        return dict(zip(place.labels, place.last, strict=True)) if place.filled > place.top else {}

    # writing -------------------------------------------------------------------------------------------------

    def append(self, name: str, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Write records below the last one and let the table grow; the numbers of their rows.

        The table grows by its own bounds, a filter stays as it is, and the sheet is protected again.

        Raises:
            SpreadsheetError: Something stands below the table, or the program did not write what it was told.
        """
        with adapter.calls(self._title):
            place = self._place(name)
            self._look(place)
            first, last = place.filled + 1, place.filled + len(rows)
            block = [[row.get(label) for label in place.labels] for row in rows]
            place.known = False  # until all is written
            with adapter.unprotected(place.sheet, filtering=True):
                if last > place.bottom:
                    self._refuse_what_is_below(place, last)
                    place.table.resize(place.sheet.range(place.address(place.top, last)))
                    place.bottom = last
                held = self._put(place, first, place.left, block)
            place.filled, place.last, place.below = last, held[-1], max(place.below, last)
            place.known = True
            for label, column in place.columns.items():
                column += [row[place.labels.index(label)] for row in held]
            return list(range(first, last + 1))

    def patch(self, name: str, row: int, values: Mapping[str, CellValue]) -> None:
        """Write values into cells of one record, by its number on the sheet.

        Raises:
            SpreadsheetError: The program did not write what it was told.
        """
        with adapter.calls(self._title):
            place = self._place(name)
            self._look(place)
            with adapter.unprotected(place.sheet, filtering=True):
                for label, value in values.items():
                    at = place.labels.index(label)
                    held = self._put(place, row, place.left + at, [[value]])
                    if row == place.filled:
                        place.last[at] = held[0][0]

    def empty(self, name: str, rows: Sequence[int]) -> None:
        """Empty records again, where what belongs to them could not be written."""
        with contextlib.suppress(SpreadsheetError), adapter.calls(self._title):
            place = self._place(name)
            self._places.pop(name)
            with adapter.unprotected(place.sheet, filtering=True):
                place.sheet.range(place.address(rows[0], rows[-1])).clear_contents()

    # where a table stands --------------------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        return self._package.path.name if self._package else "The workbook"

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            assert self._package is not None  # noqa: S101 - see look_again
            title = self._package.table(name).sheet
            sheet = self._book.sheets[title]
            self._engine = self._engine or self._book.app.engine
            self._places[name] = _Place(name, sheet, title, sheet.tables[name])
        return self._places[name]

    def _records(self, place: _Place) -> list[list[Any]]:
        """The cells of all rows of a table below its header; looks again where it stands if it has changed."""
        rows = self._rows(place, place.top) if place.top else []
        if not rows or [str(label) for label in rows[0]] != place.labels or not self._same(place, rows, place.top):
            self._locate(place)
            rows = self._rows(place, place.top)
            self._see(place, rows, place.top)
        place.known = True
        return rows[1 : place.bottom - place.top + 1]

    def _look(self, place: _Place) -> None:
        """Make sure where the table and its last record stand; nothing is asked where that is known."""
        if place.known:
            return
        rows = self._rows(place, place.filled) if place.top else []
        if not rows or not self._same(place, rows, place.filled):
            self._locate(place)
            keys = self._column(place, column_letters(place.left))
            filled = [i for i, key in enumerate(keys, place.top + 1) if key is not None]
            first = filled[-1] if filled else place.top
            self._see(place, self._rows(place, first), first)
        place.known = True

    def _same(self, place: _Place, rows: list[list[Any]], first: int) -> bool:
        """Whether the last record is where and what it was, and blank rows follow."""
        at = place.filled - first
        unchanged = [read(value) for value in rows[at]] == place.last and are_blank(rows[at + 1 :])
        if unchanged:
            place.below = first + len(rows) - 1
        return unchanged

    def _see(self, place: _Place, rows: list[list[Any]], first: int) -> None:
        """Remember which of the rows is the last record, and how many blank ones follow."""
        inside = rows[: place.bottom - first + 1]
        filled = [i for i, row in enumerate(inside) if row[0] not in (None, "")]
        at = filled[-1] if filled else 0
        place.filled, place.last = first + at, [read(value) for value in rows[at]]
        blank = len(inside)
        while blank < len(rows) and are_blank(rows[blank : blank + 1]):
            blank += 1
        place.below = first + blank - 1

    def _locate(self, place: _Place) -> None:
        area = place.table.range
        place.top, place.left = int(area.row), int(area.column)
        height, width = area.shape
        place.bottom, place.right = place.top + int(height) - 1, place.left + int(width) - 1
        place.whole = place.tail = None
        place.columns.clear()
        header = self._values(place.sheet.range(place.address(place.top, place.top)))[0]
        place.labels = [str(label) for label in header]

    def _rows(self, place: _Place, first: int) -> list[list[Any]]:
        """The cells of a row and those below, down to some rows under the table."""
        whole = first == place.top
        block = place.whole if whole else place.tail
        if block is None or not (block.first <= first and block.last > place.bottom):
            last = min(place.bottom + _BELOW, _ROWS)
            block = _Block(first, last, place.sheet.range(place.address(first, last)))
            place.whole, place.tail = (block, place.tail) if whole else (place.whole, block)
        return self._values(block.cells)[first - block.first :]

    def _column(self, place: _Place, letters: str) -> list[CellValue]:
        cells = place.sheet.range(f"{letters}{place.top + 1}:{letters}{place.bottom}")
        return [read(row[0]) for row in self._values(cells)]

    def _refuse_what_is_below(self, place: _Place, last: int) -> None:
        below = max(place.below, place.bottom)
        rows = [] if last <= below else self._values(place.sheet.range(place.address(below + 1, last)))
        if not are_blank(rows):
            raise SpreadsheetError(
                f"{self._title}, sheet {place.title}",
                f"something stands in row {below + 1}, right below the table, so that it cannot grow.",
                "Move it away; your entry waits.",
            )

    # cells -----------------------------------------------------------------------------------------------------

    def _values(self, cells: xw.Range) -> list[list[Any]]:
        return adapter.values_of(cells, self._engine)

    def _put(self, place: _Place, row: int, column: int, block: list[list[CellValue]]) -> list[list[CellValue]]:
        """Write a block and read it back."""
        excel = adapter.program_of(self._book) is not Program.LIBREOFFICE
        end = column_letters(column + len(block[0]) - 1)
        cells = place.sheet.range(f"{column_letters(column)}{row}:{end}{row + len(block) - 1}")
        texts = [[None if is_long(value) else written(value, excel=excel) for value in line] for line in block]
        adapter.fill(cells, texts, self._engine)
        for i, j in long_ones(block):
            place.sheet.range((row + i, column + j)).value = written(block[i][j], excel=excel)
        held = [[read(value) for value in line] for line in self._values(cells)]
        if not all(same(*pair) for lines in zip(block, held, strict=True) for pair in zip(*lines, strict=True)):
            raise SpreadsheetError(
                f"{self._title}, sheet {place.title}, row {row}",
                "the program did not keep what was written.",
                "Your entry waits, and goes in when the workbook is closed.",
            )
        return held

"""Excel tables of a sheet, which are database ranges in LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from workbook_cms.forms.engines.guard import Part, explain, guarded
from workbook_cms.forms.engines.uno_bridge import struct

if TYPE_CHECKING:
    from workbook_cms.forms.engines.ranges import Range
    from workbook_cms.forms.engines.sheets import Sheet

__all__ = ["Table", "Tables"]

#: com.sun.star.sheet.CellInsertMode
_DOWN = 1


@guarded
class Tables(Part, base_classes.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = self.owner = sheet

    @property
    def api(self) -> Any:
        """LibreOffice's database ranges, of all sheets."""
        return self.sheet.book.document.DatabaseRanges

    def __iter__(self) -> Iterator[Table]:
        index = self.sheet.index - 1
        listed = self.api
        found = (listed.getByName(name) for name in listed.getElementNames())
        return iter([Table(self.sheet, table) for table in found if table.getDataArea().Sheet == index])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __call__(self, name_or_index: str | int) -> Table:
        tables = list(self)
        if isinstance(name_or_index, int):
            if 1 <= name_or_index <= len(tables):
                return tables[name_or_index - 1]
        else:
            for table in tables:
                if table.name.lower() == name_or_index.lower():
                    return table
        raise KeyError(name_or_index)

    def __contains__(self, name: str) -> bool:
        return any(table.name.lower() == name.lower() for table in self)

    # xlwings calls it with names only.
    def add(self, *, source: Any, has_headers: bool = True, name: str | None = None, **_: Any) -> Table:  # type: ignore[override]
        """A table over cells that are there; styles of tables do not exist in LibreOffice."""
        taken = {found.lower() for found in self.api.getElementNames()}
        title = name or next(t for t in (f"Table{n}" for n in range(1, len(taken) + 2)) if t.lower() not in taken)
        self.api.addNewByName(title, source.impl.api.getRangeAddress())
        table = self.api.getByName(title)
        table.ContainsHeader = bool(has_headers)
        return Table(self.sheet, table)


@guarded
class Table(Part, base_classes.Table):
    """A table."""

    def __init__(self, sheet: Sheet, table: Any) -> None:
        self._sheet = self.owner = sheet
        self._table = table

    @property
    def parent(self) -> Sheet:
        """Its sheet."""
        return self._sheet

    @property
    def api(self) -> Any:
        """LibreOffice's database range."""
        return self._table

    @property
    def name(self) -> str:
        """Name of the table."""
        return str(self._table.getName())

    @name.setter
    def name(self, value: str) -> None:
        self._table.setName(value)

    display_name = name

    @property
    def range(self) -> Range:
        """All its cells, with headers and totals."""
        box = self._table.getDataArea()
        if not self.parent.name or box.Sheet != self.parent.index - 1:
            raise explain(self)
        return self.parent.area(box)

    @property
    def show_headers(self) -> bool:
        """Whether its first row holds the headers."""
        return bool(self._table.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self._table.ContainsHeader = bool(value)

    @property
    def show_totals(self) -> bool:
        """Whether its last row holds totals."""
        return bool(self._table.TotalsRow)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        self._table.TotalsRow = bool(value)

    @property
    def header_row_range(self) -> Range | None:
        """The headers."""
        return self.range.part(0, 1) if self.show_headers else None

    @property
    def totals_row_range(self) -> Range | None:
        """The totals."""
        whole = self.range
        return whole.part(whole.shape[0] - 1, 1) if self.show_totals else None

    @property
    def data_body_range(self) -> Range | None:
        """The rows between headers and totals; None where there is no row."""
        whole, headers = self.range, int(self.show_headers)
        rows = whole.shape[0] - headers - int(self.show_totals)
        return whole.part(headers, rows) if rows > 0 else None

    @property
    def show_autofilter(self) -> bool:
        """Whether its headers have buttons."""
        return bool(self._table.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self._table.AutoFilter = bool(value)

    def resize(self, range: Any) -> None:  # noqa: A002 - xlwings' name
        """Let it be another area."""
        self._table.setDataArea(range.impl.api.getRangeAddress())

    @property
    def columns(self) -> TableColumns:
        """Its columns."""
        return TableColumns(self)

    @property
    def rows(self) -> TableRows:
        """Its rows of data."""
        return TableRows(self)


class TableColumns(base_classes.TableColumns):
    """The columns of a table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __iter__(self) -> Iterator[TableColumn]:
        return iter([TableColumn(self.table, number) for number in range(1, len(self) + 1)])

    def __len__(self) -> int:
        return self.table.range.shape[1]

    def __call__(self, name_or_index: str | int) -> TableColumn:
        for column in self:
            if name_or_index in (column.index, column.name):
                return column
        raise KeyError(name_or_index)


class TableColumn(base_classes.TableColumn):
    """A column of a table."""

    index: int = 0

    def __init__(self, table: Table, index: int) -> None:
        self.table = table
        self.index = index

    @property
    def name(self) -> str:
        """Its header."""
        header = self.table.header_row_range
        return str(header(1, self.index).raw_value) if header else f"Column{self.index}"

    @property
    def range(self) -> Range:
        """All its cells."""
        return self.table.range.column_part(self.index - 1)

    @property
    def data_body_range(self) -> Range | None:
        """Its cells between header and total."""
        body = self.table.data_body_range
        return body.column_part(self.index - 1) if body else None


@guarded
class TableRows(Part, base_classes.TableRows):
    """The rows of data of a table."""

    def __init__(self, table: Table) -> None:
        self._table = self.owner = table

    @property
    def parent(self) -> Table:
        """The table."""
        return self._table

    def __len__(self) -> int:
        body = self.parent.data_body_range
        return body.shape[0] if body else 0

    def __iter__(self) -> Iterator[TableRow]:
        return iter([TableRow(self.parent, number) for number in range(1, len(self) + 1)])

    def __call__(self, index: int) -> TableRow:
        if not 1 <= index <= len(self):
            raise KeyError(index)
        return TableRow(self.parent, index)

    @property
    def column_count(self) -> int:
        """Number of columns."""
        return self.parent.range.shape[1]

    def add(self, values: list[Any] | None, index: int | None) -> TableRow:
        """A new row before the one with that number, or at the end; cells below move down."""
        table = self.parent
        whole, number = table.range, index or len(self) + 1
        box = table.api.getDataArea()
        top = box.StartRow + int(table.show_headers) + number - 1
        place = struct("table.CellRangeAddress", box.Sheet, box.StartColumn, top, box.EndColumn, top)
        table.parent.refuse_when_protected("Rows cannot be added")
        table.parent.sheet.insertCells(place, _DOWN)
        box.EndRow = box.StartRow + whole.shape[0]
        table.api.setDataArea(box)
        row = TableRow(table, number)
        if values is not None:
            row.range.raw_value = [["" if value is None else value for value in values]]
        return row


class TableRow(base_classes.TableRow):
    """A row of data."""

    index: int = 0

    def __init__(self, table: Table, index: int) -> None:
        self.table = table
        self.index = index

    @property
    def range(self) -> Range:
        """Its cells."""
        body = self.table.data_body_range
        assert body is not None  # noqa: S101 - it has this row
        return body.part(self.index - 1, 1)

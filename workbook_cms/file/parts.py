"""What the small parts of a workbook tell: its sheets, and its tables with range and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters, parse_range, unescape
from workbook_cms.file.guards import MAX_ROWS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Sheet", "TablePart", "children", "local_name", "read_table"]


@dataclass(frozen=True)
class Sheet:
    """A worksheet: the name on its tab and the part that holds it."""

    name: str
    part: str


@dataclass(frozen=True)
class TablePart:
    """An Excel table. Rows and columns are counted from 1 as on the sheet.

    Attributes:
        name: The name Excel shows (displayName).
        part: The member that defines it.
        sheet: Name of its sheet; ``sheet_part`` is the member of that sheet.
        first_row: The header row.
        last_row: The last row of the range, the totals row where there is one.
        columns: Header labels from left to right.
        has_header, has_totals: Whether it shows those rows.
        outside_source: It is filled by a query or an XML map.
        calculated: Labels of calculated columns.
    """

    name: str
    part: str
    sheet: str
    sheet_part: str
    first_row: int
    last_row: int
    first_col: int
    columns: tuple[str, ...]
    has_totals: bool
    has_header: bool = True
    outside_source: bool = False
    calculated: tuple[str, ...] = ()

    @property
    def last_col(self) -> int:
        """The last column, counted from 1."""
        return self.first_col + len(self.columns) - 1

    @property
    def first_record(self) -> int:
        """The row of the first record."""
        return self.first_row + self.has_header

    @property
    def last_record(self) -> int:
        """The row of the last record; that of the blank row Excel shows where there is none."""
        return self.last_row - self.has_totals

    @property
    def ref(self) -> str:
        """The range as written in the table part, such as ``A1:T12``."""
        left, right = column_letters(self.first_col), column_letters(self.last_col)
        return f"{left}{self.first_row}:{right}{self.last_row}"


def read_table(root: Element, place: str, sheet: Sheet, part: str, *, fed_by_query: bool) -> TablePart:
    """The table that the part ``part`` with the root element ``root`` defines on a sheet.

    Raises:
        FileError: its range and its columns do not fit each other, or its range does not fit the sheet.
    """
    name = root.get("displayName") or root.get("name") or ""
    found = parse_range(root.get("ref", ""))
    columns = [column for group in children(root, "tableColumns") for column in children(group, "tableColumn")]
    totals = root.get("totalsRowCount", "0")
    fits = found is not None and found[2] - found[0] + 1 == len(columns) and found[1] <= found[3]
    if found is not None and found[3] > MAX_ROWS:
        raise FileError(
            place,
            f"The range of table {name} ({root.get('ref')}) reaches beyond the end of its sheet.",
            "Open it in Excel, let Excel repair it, and save it.",
        )
    # Columns anywhere else would be counted by who edits the part as bytes.
    everywhere = sum(1 for element in root.iter() if local_name(element) == "tableColumn")
    if found is None or not fits or everywhere != len(columns) or not totals.isdecimal():
        raise FileError(
            place,
            f"The range of table {name} does not fit its columns.",
            "Open it in Excel, let Excel repair it, and save it.",
        )
    labels = tuple(unescape(column.get("name", "")) for column in columns)
    return TablePart(
        name=name,
        part=part,
        sheet=sheet.name,
        sheet_part=sheet.part,
        first_row=found[1],
        last_row=found[3],
        first_col=found[0],
        columns=labels,
        has_totals=int(totals) > 0,
        has_header=root.get("headerRowCount", "1") != "0",
        outside_source=root.get("tableType", "worksheet") != "worksheet" or fed_by_query,
        calculated=tuple(
            label
            for label, column in zip(labels, columns, strict=True)
            if next(children(column, "calculatedColumnFormula"), None) is not None
        ),
    )


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of that name, whatever their namespace."""
    return (child for child in element if local_name(child) == name)

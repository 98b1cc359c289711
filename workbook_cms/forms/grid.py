"""Where everything of a form stands on its sheet: columns, rows, and the cells of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbook_cms.file.package import column_letters
from workbook_cms.forms.design import FormDesign, FormRow, RowKind

__all__ = [
    "CODE",
    "FIRST",
    "GAP",
    "ID",
    "INPUT",
    "LABEL",
    "LOOK",
    "MARK",
    "MESSAGE",
    "PANEL",
    "VALUE",
    "Place",
    "places",
]

#: Columns of a form sheet, 0-based.
ID, LABEL, MARK, INPUT, MESSAGE, CODE, GAP, PANEL, LOOK, VALUE = range(10)
#: The first row of the body, 0-based; above it stand title and status.
FIRST = 2


@dataclass(frozen=True)
class Place:
    """A row of a form and the rows of the sheet that it takes.

    Attributes:
        id: Its id, "" for a section.
        row: The row of the form.
        at: Its first row on the sheet, 0-based.
        lines: How many rows of the sheet it takes.
    """

    id: str
    row: FormRow
    at: int
    lines: int

    @property
    def last(self) -> int:
        """Its last row on the sheet, 0-based."""
        return self.at + self.lines - 1

    def cell(self, column: int) -> str:
        """Address of its cell in a column, such as ``$D$12``."""
        return f"${column_letters(column + 1)}${self.at + 1}"


def places(design: FormDesign, ids: Sequence[str] | None = None) -> tuple[Place, ...]:
    """The rows of a form and where they stand.

    Args:
        design: The form.
        ids: Column A of a form sheet that is there already, from the first row of the body on: the places are those
            of that sheet, and rows that either lacks are left out.
    """
    if ids is None:
        return tuple(_new(design))
    return tuple(
        Place(row_id, design.by_id[row_id], FIRST + index, design.by_id[row_id].lines)
        for index, row_id in enumerate(ids)
        if row_id in design.by_id
    )


def _new(design: FormDesign) -> Iterator[Place]:
    at = FIRST
    for row in design.rows:
        lines = 1 if row.kind is RowKind.SECTION else row.lines
        yield Place(row.id, row, at, lines)
        at += lines

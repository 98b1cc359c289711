"""A page: a status line, columns, and rows of text with a look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from workbook_cms.forms.answers import Look, Mark, Message

__all__ = ["Link", "Page", "PageRow", "heading", "rows_of"]


@dataclass(frozen=True)
class Link:
    """Where a row leads: a cell of the record workbook."""

    sheet: str
    cell: str

    @classmethod
    def to(cls, address: str) -> Link | None:
        """The link to an address such as ``'Policy lists'!C7``; None where nothing stands in a sheet."""
        sheet, mark, cell = address.rpartition("!")
        if not mark:
            return None
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        return cls(sheet, cell)

    @property
    def target(self) -> str:
        """What a link in the same workbook leads to: ``#'Policy lists'!C7``."""
        quoted = self.sheet.replace("'", "''")
        return f"#'{quoted}'!{self.cell}"


@dataclass(frozen=True)
class PageRow:
    """A row of a page.

    Attributes:
        cells: A text a column.
        look: How it is shown.
        link: Where it leads, None where nowhere.
    """

    cells: tuple[str, ...]
    look: Look = Look.PLAIN
    link: Link | None = None


@dataclass(frozen=True)
class Page:
    """What a page shows.

    Attributes:
        title: Its heading.
        status: The line on top.
        columns: Headings of the columns.
        rows: From top to bottom, each with as many cells as there are columns.
    """

    title: str
    status: Message
    columns: tuple[str, ...]
    rows: tuple[PageRow, ...]

    def cut(self, height: int) -> Page:
        """The page with at most so many rows; the last one then says how many more there are."""
        if len(self.rows) <= height:
            return self
        left = len(self.rows) - height + 1
        cells = [*[""] * (len(self.columns) - 1), f"... and {left:,} more lines."]
        return replace(self, rows=(*self.rows[: height - 1], PageRow(tuple(cells), Look.QUIET)))

    def block(self, height: int) -> list[list[str]]:
        """So many rows of texts for a sheet, one more column for the look; what is left over is empty."""
        shown = [[*row.cells, row.look.value] for row in self.cut(height).rows]
        return shown + [[""] * (len(self.columns) + 1) for _ in range(height - len(shown))]


def heading(columns: Sequence[str], text: str, at: int = 0) -> PageRow:
    """A row that begins a section."""
    return PageRow(tuple(text if index == at else "" for index in range(len(columns))), Look.HEADING)


def rows_of(columns: Sequence[str], text: str, rows: Iterable[PageRow], longest: int = 0) -> list[PageRow]:
    """A section: its heading and rows, none where there are no rows; ``longest`` cuts it, 0 does not."""
    shown = list(rows)
    if not shown:
        return []
    count = len(shown)
    page = Page("", Message("", Mark.NONE), tuple(columns), tuple(shown))
    return [heading(columns, text.format(count=f"{count:,}")), *(page.cut(longest) if longest else page).rows]

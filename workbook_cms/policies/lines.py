"""Rows of the policy sheets: their texts by part, and the cells where the parts of the policy stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_cms.policies.columns import COLUMNS, plain
from workbook_cms.policies.problems import Path

if TYPE_CHECKING:
    from workbook_cms.file.reader import RawTable

__all__ = ["GROUP_PARTS", "PARTS", "Line", "Places", "address", "lines_of"]

#: Each part of a sheet with its name in the data, and those that belong to a group of rows.
PARTS = {
    name: [(c.part, "table" if c.part == "lookup" else c.part) for c in columns]
    for name, columns in COLUMNS.items()
}
GROUP_PARTS = {name: [(c.part, c.part) for c in columns if c.group] for name, columns in COLUMNS.items()}


@dataclass(frozen=True)
class Line:
    """One row of a policy sheet: texts by part, and where they stand."""

    texts: Mapping[str, str]
    table: RawTable
    columns: Mapping[str, int]
    position: int

    def __getitem__(self, part: str) -> str:
        return self.texts.get(part, "")

    def cell(self, part: str) -> str:
        """Address of a part's cell; "" where the sheet has no such column."""
        return address(self.table, self.columns[part], self.position) if part in self.columns else ""

    @property
    def first(self) -> str:
        """Address of the row's first cell."""
        return next((self.cell(part) for part in self.columns), "")


def lines_of(table: RawTable, columns: Mapping[str, int]) -> Iterator[Line]:
    """The rows of a sheet whose parts stand in those columns."""
    for position, row in enumerate(table.cells):
        yield Line({part: plain(row[index]) for part, index in columns.items()}, table, columns, position)


class Places:
    """The cells of the policy's parts; worked out only where something is wrong, since that takes as long as reading."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}
        self._rows: list[tuple[Path, Line, Sequence[tuple[str, str]]]] = []

    def put(self, path: Path, cell: str) -> None:
        """Remember the cell of one part, unless it has one."""
        self._known.setdefault(path, cell)

    def put_last(self, path: Path, cell: str) -> None:
        """Remember the cell of one part that is said in each of its rows anew."""
        self._known[path] = cell

    def put_row(self, path: Path, line: Line, parts: Sequence[tuple[str, str]]) -> None:
        """Remember the cells of a row's parts; ``parts`` has each of the sheet's parts with its name in the data."""
        self._rows.append((path, line, parts))

    def all(self) -> Mapping[Path, str]:
        """The cells of all parts so far."""
        for path, line, parts in self._rows:
            self.put(path, line.first)
            for part, name in parts:
                cell = line.cell(part) or line.first
                steps: Path = tuple(int(step) if step.isdigit() else step for step in name.split("."))
                for length in range(1, len(steps) + 1):
                    self.put((*path, *steps[:length]), cell)
        self._rows.clear()
        return self._known


def address(table: RawTable, column: int, position: int | None) -> str:
    """Address of a cell such as ``'Policy fields'!D7``; of the sheet where the position is None."""
    sheet = f"'{table.sheet}'" if " " in table.sheet else table.sheet
    return f"{sheet}!{table.letters[column]}{table.rows[position]}" if position is not None else sheet

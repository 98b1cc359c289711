"""The history as a reading of the workbook holds it: what an entry needs of it is known without reading it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property

from validation.frames import address
from validation.history import HistoryRow
from validation.integrity import latest
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package
from workbook_cms.file.raw_table import RawTable
from workbook_cms.file.sheets.tail import held, last_row, text_parts
from workbook_cms.history import HISTORY_TABLE, from_table, to_cells
from workbook_cms.submission import ID_END, is_id
from workbook_cms.table_frames import cells_of_table

__all__ = ["HistoryReading"]

#: Ids that came after the first look are kept apart until there are so many.
_APART = 1000


class HistoryReading:
    """The history of one file; each part of it is read when it is first asked for."""

    def __init__(self, package: Package, again: bool = False) -> None:
        """``again``: this process has read the history of an earlier file too, and will go on doing so."""
        self._package, self._again = package, again
        self._told: dict[str, bool] = {}

    @cached_property
    def raw(self) -> RawTable:
        """Its cells.

        Raises:
            PolicyError: The workbook has no history.
        """
        return cells_of_table(self._package, HISTORY_TABLE.name)

    @cached_property
    def rows(self) -> list[HistoryRow]:
        """All rows."""
        return from_table(self.raw)

    @cached_property
    def cells(self) -> list[str]:
        """Address of the first cell of each row."""
        return _cells(self.raw)

    @cached_property
    def latest(self) -> dict[tuple[str, str], HistoryRow]:
        """The last row of each record, by (table name, key)."""
        return latest(self.rows)

    @cached_property
    def tail(self) -> Mapping[str, CellValue]:
        """The last row by label, {} where there is none."""
        row = last_row(self._package, HISTORY_TABLE.name)
        if row.get("No") and row.get("Chain"):
            return row
        # Who deleted lines with another program may have left empty rows at the end of the table.
        return next((to_cells(line) for line in reversed(self.rows) if line.no and line.chain), {})

    def holds(self, entry_ids: Iterable[str]) -> set[str]:
        """Those of the entries that the history tells of."""
        wanted = set(entry_ids)
        if not wanted:
            return set()
        if not self._again:
            # The same entry is asked for more than once on its way in, and each answer takes a reading of the texts.
            if untold := wanted - self._told.keys():
                found = held(self._package, HISTORY_TABLE.name, untold)
                self._told.update({one: one in found for one in untold})
            return {one for one in wanted if self._told[one]}
        old, new = self._ids
        # What looks like an id may stand in markup, or on another sheet: then a closer look decides.
        maybe = {
            one
            for one in wanted
            if not is_id(one) or any(end in old or end in new for end in ID_END.findall(one.encode()))
        }
        return held(self._package, HISTORY_TABLE.name, maybe)

    def tells_of(self, actions: Set[str]) -> bool:
        """Whether some line tells of one of these actions; told without reading the lines, though for certain only
        where it does not."""
        if "rows" in self.__dict__:
            return any(row.action in actions for row in self.rows)
        return bool(held(self._package, HISTORY_TABLE.name, actions))

    @cached_property
    def _ids(self) -> tuple[frozenset[bytes], frozenset[bytes]]:
        """Ends of what looks like an entry id where the texts of the history stand; of more than there are."""
        parts = text_parts(self._package, HISTORY_TABLE.name)
        return frozenset(one for part in parts for one in ID_END.findall(part)), frozenset()

    def grown(self, package: Package, added: Sequence[RawTable], same: bool = False) -> HistoryReading:
        """The history of a later file with some rows more; what was known goes on being known.

        Args:
            package: The later file.
            added: The rows it has more.
            same: Its sheet is the same, byte for byte.
        """
        grown = HistoryReading(package, again=True)
        rows = [row for piece in added for row in from_table(piece)]
        known = self.__dict__
        if same and "raw" in known:
            grown.__dict__["raw"] = known["raw"]
        if rows:
            grown.__dict__["tail"] = to_cells(rows[-1])
        elif "tail" in known:
            grown.__dict__["tail"] = known["tail"]
        if "rows" in known:
            grown.__dict__["rows"] = [*self.rows, *rows]
        if "cells" in known:
            grown.__dict__["cells"] = [*self.cells, *(cell for piece in added for cell in _cells(piece))]
        if "latest" in known:
            grown.__dict__["latest"] = {**self.latest, **latest(rows)}
        if "_ids" in known:
            old, new = self._ids
            new |= {one for row in rows for text in row[1:] for one in ID_END.findall(str(text).encode())}
            grown.__dict__["_ids"] = (old, new) if len(new) < _APART else (old | new, frozenset())
        return grown


def _cells(raw: RawTable) -> list[str]:
    return [address(raw.sheet, f"{raw.letters[0]}{row}") for row in raw.rows]

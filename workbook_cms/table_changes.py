"""The records of one table while a batch is gathered: those in the file, and what is about to change."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from validation.frames import TableFrame, address
from validation.policy import PolicyTable
from workbook_cms.file.layout import CellValue
from workbook_cms.file.writer import Append, Change, Delete, Insert, Patch
from workbook_cms.snapshot import record

__all__ = ["Place", "Rows", "TableChanges"]

#: Row of the sheet of a record that stays, or key of one that is put back.
_Slot = int | str


@dataclass(frozen=True)
class Place:
    """Where an entry ended up."""

    key: str
    cell: str


class Rows(Sequence[Mapping[str, CellValue]]):
    """Rows by column label, each made when it is asked for: an import's need not all stand in memory at once."""

    def __init__(self, source: Sequence[Any], make: Callable[[Any], Mapping[str, CellValue]]) -> None:
        self._source, self._make = source, make

    def __len__(self) -> int:
        return len(self._source)

    def __getitem__(self, index: Any) -> Any:
        found = self._source[index]
        return [self._make(row) for row in found] if isinstance(index, slice) else self._make(found)


class TableChanges:
    """The records of one table while a batch is gathered: those in the file, and what is about to change."""

    def __init__(self, table: PolicyTable, frame: TableFrame) -> None:
        self.table, self.frame = table, frame
        self.touched: dict[str, dict[str, CellValue]] = {}  # key -> all values, for records of this batch
        self.added: dict[str, str] = {}  # key -> entry id
        self.patched: dict[str, dict[str, CellValue]] = {}  # key -> changed values
        self.patches: dict[str, str] = {}  # entry id -> key
        self.removed: dict[str, str] = {}  # key -> entry id, for records of the file
        self.gone: dict[str, str] = {}  # entry id -> key, for all removals
        self.below: dict[str, str] = {}  # key -> key of the record that it stood below, for records put back
        self.numbered = False
        self._inserted: dict[str, int] = {}
        self._appended: list[str] = []

    def current(self, key: str) -> dict[str, CellValue] | None:
        """Values of a record by field id as they will be when the batch so far is written."""
        if key in self.touched:
            return self.touched[key]
        if key in self.removed:
            return None
        position = self.frame.keys.place(key) if key else None
        return None if position is None else record(self.frame, position)

    def add(self, entry_id: str, key: str, values: dict[str, CellValue], below: str | None = None) -> None:
        """A new record, or one that goes back below the record of the key ``below``, "" for the first place."""
        self.added[key] = entry_id
        if below is not None:
            self.below[key] = below
        self.touched[key] = values

    def patch(self, entry_id: str, key: str, values: Mapping[str, CellValue]) -> None:
        """New values for some fields of a record."""
        self.touched[key] = {**(self.current(key) or {}), **values}
        self.patches[entry_id] = key
        if key not in self.added:
            self.patched.setdefault(key, {}).update(values)

    def touch(self, key: str) -> None:
        """A record of which the history tells, its values as they are."""
        self.touched[key] = self.current(key) or {}

    def remove(self, entry_id: str, key: str) -> None:
        """A record that leaves the table."""
        self.touched.pop(key, None)
        self.patched.pop(key, None)
        self.below.pop(key, None)
        if self.added.pop(key, None) is None:
            self.removed[key] = entry_id
        self.gone[entry_id] = key

    def above(self, key: str) -> str | None:
        """Key of the record that a record of the file stands below, "" where it is the first; None for a new one."""
        position = self.frame.keys.place(key)
        if position is None:
            return None
        return self.frame.keys[position - 1] if position else ""

    def is_last(self, key: str) -> bool:
        """Whether a record is the last one of the file."""
        return self.frame.keys.place(key) == len(self.frame) - 1

    def column(self, name: str) -> Iterator[tuple[str, CellValue]]:
        """Key and value of a field of each record, as they will be when the batch so far is written."""
        for key, value in zip(self.frame.keys, self.frame.values[name].tolist(), strict=True):
            if key not in self.removed and key not in self.touched:
                yield key, value
        yield from ((key, values.get(name)) for key, values in self.touched.items())

    def changes(self) -> list[Change]:
        """The changes of the file, by column label; `places` says what came of them."""
        self._slots()
        found: list[Change] = [
            Patch(self.table.name, self._row(key), self._labelled(values))
            for key, values in self.patched.items()
            if values
        ]
        if self.removed:
            found.append(Delete(self.table.name, sorted(map(self._row, self.removed))))
        if self._inserted:
            rows = {row: self._labelled(self.touched[key]) for key, row in self._inserted.items()}
            found.append(Insert(self.table.name, rows))
        elif self._appended:
            rest = Rows([self.touched[key] for key in self._appended], self._labelled)
            found.append(Append(self.table.name, rest))
        return found

    def places(self, rows: Mapping[type, Sequence[int]]) -> Iterator[tuple[str, Place]]:
        """(entry id, place) of each entry.

        Args:
            rows: Rows of the sheet that the changes wrote, by kind of change.
        """
        letter = self.frame.letters[self.table.key]
        at = self._inserted | dict(zip(self._appended, rows.get(Append, ()), strict=True))
        taken = sorted(map(self._row, self.removed))
        above = [row - place for place, row in enumerate(self._inserted.values())]
        for key, entry_id in self.added.items():
            yield entry_id, Place(key, address(self.frame.sheet, f"{letter}{at[key]}"))
        for entry_id, key in self.patches.items():
            row = at.get(key, 0)
            if not row and key not in self.removed:
                row = self._row(key)
                row -= bisect_left(taken, row)
                row += bisect_right(above, row)
            yield entry_id, Place(key, address(self.frame.sheet, f"{letter}{row}") if row else "")
        yield from ((entry_id, Place(key, "")) for entry_id, key in self.gone.items())

    def _slots(self) -> None:
        """Note the rows that records get which go back among others, or the keys of those that go to the end, in order."""
        self._inserted, self._appended = {}, list(self.added)
        if not self.below:
            return
        taken = sorted(map(self._row, self.removed))
        leaving = set(taken)
        staying = [int(row) for row in self.frame.rows if row not in leaving]
        slots = [*self._with_those_put_back(staying), *(key for key in self.added if key not in self.below)]
        self._appended = [slot for slot in slots if isinstance(slot, str)]
        if slots[: len(staying)] == staying:
            return
        row = staying[0] - bisect_left(taken, staying[0]) - 1
        for slot in slots:
            row += 1
            if isinstance(slot, str):
                self._inserted[slot] = row
            else:
                # A table may hold blank rows between its records.
                row = slot - bisect_left(taken, slot) + len(self._inserted)
        self._appended = []

    def _with_those_put_back(self, staying: Sequence[int]) -> list[_Slot]:
        """Rows that stay, and below each the records that stood there: of two the one taken out last stood nearer.

        What stood below a record that is gone comes last.
        """
        if not self.below:
            return list(staying)
        following: dict[str, list[str]] = {}
        for key, above in self.below.items():
            following.setdefault(above, []).append(key)
        keys = dict(zip(self.frame.rows.tolist(), self.frame.keys, strict=True))
        there = {"", *self.below, *(keys[row] for row in staying)}
        lost = [key for above in following.keys() - there for key in following[above]]
        slots: list[_Slot] = []
        todo: list[_Slot] = [*sorted(lost, reverse=True), *reversed(staying), *following.pop("", ())]
        while todo:
            slot = todo.pop()
            slots.append(slot)
            todo += following.pop(slot if isinstance(slot, str) else keys[slot], ())
        return slots

    def _row(self, key: str) -> int:
        return int(self.frame.rows[self.frame.keys.index(key)])

    def _labelled(self, values: Mapping[str, CellValue]) -> dict[str, CellValue]:
        return {self.table.by_id[name].label: value for name, value in values.items()}

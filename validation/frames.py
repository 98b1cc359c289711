"""The frames that rules look at: one table's cells with their addresses, raw and typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.findings import CellValue, Finding, Fix, Severity
from validation.growth import Keys, Positions, Room

if TYPE_CHECKING:
    from validation.findings import Rule
    from validation.lookup import TableLookup
    from validation.policy import Policy, PolicyField, PolicyTable

__all__ = ["CellError", "Context", "Operation", "TableFrame", "TypedTable", "address", "display"]


class Operation(StrEnum):
    """What happens to the rows that are looked at."""

    CHECK = "check"
    ADD = "add"
    UPDATE = "update"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class CellError:
    """An Excel error in a cell, such as ``#N/A``."""

    code: str

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True)
class TableFrame:
    """Cells of one table as they were read.

    Attributes:
        table: Its policy.
        values: One row a record, index 0..n-1, columns = field ids in sheet order, dtype object: str, int, float,
            bool, date, datetime, time, `CellError`, or None for a blank cell.
        sheet: Name of its sheet; "" for entries that stand in no sheet yet.
        rows: Row number in the sheet (1-based, as Excel shows it) of each record; 0 for an entry.
        letters: Column letters by field id.
        formulas: Formula text of the cells that hold one, by (record position, field id).
    """

    table: PolicyTable
    values: pd.DataFrame
    sheet: str = ""
    rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    letters: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[tuple[int, str], str] = field(default_factory=dict)

    @classmethod
    def of_entries(cls, table: PolicyTable, entries: Sequence[Mapping[str, CellValue]]) -> TableFrame:
        """Entries (field id to value, missing = blank) as a frame with no place in a sheet."""
        columns = [f.id for f in table.fields]
        rows = [[entry.get(name) for name in columns] for entry in entries]
        frame = pd.DataFrame(rows, columns=columns, dtype=object)
        return cls(table, frame, rows=np.zeros(len(entries), dtype=np.int64))

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def keys(self) -> Keys:
        """Key of each record as text, "" where blank."""
        if self.table.key not in self.values:
            return Keys([""] * len(self))
        return Keys(["" if v is None else str(v) for v in self.values[self.table.key]])

    @cached_property
    def room(self) -> Room:
        """Where the values lie, so that they can grow."""
        return Room(self.values)

    def grown(self, rows: TableFrame, at: Positions) -> TableFrame:
        """With some rows replaced and others added; memory is shared with this frame wherever nothing changed.

        Args:
            rows: Rows of the same table and columns, none of them with a formula.
            at: The position that each of them takes; those from the end of this frame on are added, in that order.
        """
        inside, added = np.flatnonzero(at < len(self)), np.flatnonzero(at >= len(self))
        room = self.room.grown(at[inside], rows.values.iloc[inside], rows.values.iloc[added])
        sheet_rows = np.concatenate([self.rows, rows.rows[added]]) if len(added) else self.rows
        grown = replace(self, values=room.frame, rows=sheet_rows)
        grown.__dict__["room"] = room
        if all(self.keys[int(at[i])] == rows.keys[i] for i in inside.tolist()):
            grown.__dict__["keys"] = self.keys.grown([rows.keys[i] for i in added.tolist()])
        return grown

    def cell(self, position: int, field_id: str) -> str:
        """Address of a cell, such as ``Stakeholders!H12`` (quoted where Excel would); "" for an entry."""
        row = int(self.rows[position])
        return address(self.sheet, f"{self.letters[field_id]}{row}") if row and field_id in self.letters else ""


def address(sheet: str, cells: str) -> str:
    """``Stakeholders!H12``, the sheet's name quoted where Excel would; ``cells`` is a cell or a range."""
    if not sheet.replace("_", "a").isalnum() or sheet[:1].isdigit():
        sheet = "'" + sheet.replace("'", "''") + "'"
    return f"{sheet}!{cells}"


@dataclass(frozen=True)
class TypedTable:
    """A table after typing.

    Attributes:
        raw: The cells as read.
        values: Same index and columns as ``raw.values``; per field type: string -> object of str or None; integer
            -> Int64; number -> float64 (NaN = blank); boolean -> boolean; date -> datetime64[s] (NaT = blank).
            A cell that could not be typed is blank here and a finding there.
        tell: Gives anew, one by one, what typing found (ENT003, ENT017, ...): there may be very many.
    """

    raw: TableFrame
    values: pd.DataFrame
    tell: Callable[[], Iterable[Finding]] = tuple

    @property
    def table(self) -> PolicyTable:
        """Its policy."""
        return self.raw.table

    def __len__(self) -> int:
        return len(self.values)

    def cell(self, field_id: str, position: int) -> Any:
        """Value of a field of one record as plain Python; a date as a date, a blank or a field it has not as None."""
        if self._is_one:
            value = self._only.get(field_id)
        else:
            if field_id not in self._arrays:
                self._arrays[field_id] = self.values[field_id].array if field_id in self.values.columns else None
            array = self._arrays[field_id]
            value = array[position] if array is not None else None
        if value is None or value is pd.NA or value is pd.NaT:
            return None
        if isinstance(value, pd.Timestamp):
            return value.date()
        value = value.item() if isinstance(value, np.generic) else value
        return None if value != value else value  # noqa: PLR0124 - NaN

    @cached_property
    def _is_one(self) -> bool:
        """Whether it is a table of one record."""
        return len(self.values) == 1

    @cached_property
    def _only(self) -> dict[str, Any]:
        """The cells of a table of one record: to take out all at once is faster than column by column."""
        return dict(zip(self.values.columns, self.values.to_numpy(dtype=object)[0], strict=True))

    @cached_property
    def _arrays(self) -> dict[str, Any]:
        """Of the fields that single cells were asked of: to find them takes longer than to read a cell."""
        return {}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What typing found, all of it."""
        return tuple(self.tell())

    @cached_property
    def room(self) -> Room:
        """Where the typed values lie, so that they can grow."""
        return Room(self.values)

    def lookup(self, now: bool = False) -> TableLookup | None:
        """What one record is held against, made when it is asked for the second time, or ``now``.

        To look through the table once is quicker than to make it; who asks again will go on asking.
        """
        known = self.__dict__
        if "_lookup" not in known and (now or known.get("_asked")):
            from validation.lookup import TableLookup  # noqa: PLC0415 - it stands on the frames

            known["_lookup"] = TableLookup(self)
        known["_asked"] = True
        found: TableLookup | None = known.get("_lookup")
        return found

    @property
    def looked_up(self) -> int:
        """How many columns and blocks the lookup holds by now."""
        lookup: TableLookup | None = self.__dict__.get("_lookup")
        if lookup is None:
            return 0
        columns, blocks = lookup.made()
        return len(columns) + len(blocks)

    def take_lookup(self, lookup: TableLookup | None) -> None:
        """Use a lookup of this table that was kept; None: make one when it is first asked for, since it will be kept."""
        self.__dict__["_asked"] = True
        if lookup is not None:
            self.__dict__["_lookup"] = lookup

    def apart(self) -> TypedTable:
        """The same table with a lookup of its own: what grows from it takes none from this one."""
        other = TypedTable(self.raw, self.values, lambda: self.findings)
        other.__dict__["room"], other.__dict__["_asked"] = self.room, self.__dict__.get("_asked", False)
        if (lookup := self.__dict__.get("_lookup")) is not None:
            other.__dict__["_lookup"] = lookup.copied(other)
        return other

    def grown(self, rows: TypedTable, at: Positions) -> TypedTable:
        """With some rows replaced and others added, see `TableFrame.grown`; the lookup moves to the new table."""
        inside, added = np.flatnonzero(at < len(self)), np.flatnonzero(at >= len(self))
        room = self.room.grown(at[inside], rows.values.iloc[inside], rows.values.iloc[added])
        gone = set(at[inside].tolist())
        kept = [found for found in self.findings if found.position not in gone] if gone else self.findings
        found = (one._replace(position=int(at[one.position])) for one in rows.findings)
        findings = (*kept, *found)
        grown = TypedTable(self.raw.grown(rows.raw, at), room.frame, lambda: findings)
        grown.__dict__["room"] = room
        grown.__dict__["_asked"] = self.__dict__.get("_asked", False)
        if (lookup := self.__dict__.pop("_lookup", None)) is not None:
            grown.__dict__["_lookup"] = lookup.with_rows(grown, rows, at)
        return grown

    def finding(  # noqa: PLR0913 - a finding has that many parts
        self,
        rule: Rule,
        position: int,
        field_: PolicyField | None,
        message: str,
        *,
        suggestion: CellValue = None,
        fix: Fix | None = None,
        severity: Severity | None = None,
        related: tuple[str, ...] = (),
        details: Mapping[str, object] | None = None,
    ) -> Finding:
        """A finding of ``rule`` at the record ``position`` and field, its address and value filled in."""
        place = field_.id if field_ else self.table.key
        value = self.raw.values.at[position, field_.id] if field_ and field_.id in self.raw.values else None
        if fix is None:
            fix = rule.fix if suggestion is not None else Fix.NONE
        return Finding(
            code=rule.code,
            severity=severity or rule.severity,
            message=message,
            table=self.table.name,
            key=self.raw.keys[position],
            field=field_.label if field_ else "",
            cell=self.raw.cell(position, place),
            value=display(value),
            suggestion=suggestion,
            fix=fix,
            related=related,
            details=details or {},
            position=position,
        )


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the table it looks at; nothing else, so that the answer is the same everywhere.

    Attributes:
        policy: The policy.
        tables: Typed tables by table id, as they stand in the workbook (queued entries included, with blank key).
        today: The day that counts as today.
        operation: What is going on: a check of what stands in the workbook, or rows that are about to be added or
            imported (not in ``tables`` yet) or to replace records (update).
        replaces: Keys of the records in ``tables`` that the rows looked at will replace (an update), which are
            therefore no duplicates of themselves.
    """

    policy: Policy
    tables: Mapping[str, TypedTable]
    today: dt.date
    operation: Operation = Operation.CHECK
    replaces: frozenset[str] = frozenset()

    @property
    def entry(self) -> bool:
        """Whether the rows looked at are on their way in; retired list values are then refused."""
        return self.operation is not Operation.CHECK

    def during(self, operation: Operation, replaces: frozenset[str] = frozenset()) -> Context:
        """The same context for rows on their way in."""
        return replace(self, operation=operation, replaces=replaces)


def display(value: object) -> str:
    """A cell's value as a person would read it: dates as ``5 Nov 2026``, whole numbers without ``.0``."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"  # noqa: PLR0124 - NaN is what differs from itself
    if isinstance(value, dt.datetime):
        if (value.hour, value.minute, value.second) != (0, 0, 0):
            return f"{value.day} {_MONTHS[value.month - 1]} {value.year} {value:%H:%M:%S}"
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, dt.date):
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return str(value)


# Not strftime("%b"): that follows the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

"""The records that a match rule compares: those that stand in a table, and the rows on their way into it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from validation.duplicates.blocking import few
from validation.duplicates.columns import prepare
from validation.duplicates.explanation import name_of, row_of_import, who
from validation.frames import Operation
from validation.policy import Convention

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from validation.duplicates.columns import Codes, Column
    from validation.duplicates.entering import Entering
    from validation.frames import Context, TypedTable
    from validation.policy import Kind, MatchField

__all__ = ["Records"]


@dataclass(frozen=True, eq=False)
class Records:
    """The records that stand (those that an update replaces left out), then the rows on their way in.

    Attributes:
        standing: The table as it stands; None in a check, where all rows are looked at.
        kept: Positions of those of its records that are compared with; None for all.
        rows: The rows looked at.
        entering: The one row looked at, held against the table by lookup; None where there are several, or few to
            compare with. Then all records of the table keep their positions.
        seen: Pairs that have been reported, by positions.
        read: Values by field, once they were asked for.
        prepared: Columns ready to be compared by what `column` was asked for: rules share fields.
    """

    standing: TypedTable | None
    kept: Codes | None
    rows: TypedTable
    entering: Entering | None = None
    seen: set[tuple[int, int]] = field(default_factory=set)
    read: dict[str, npt.NDArray[np.object_]] = field(default_factory=dict)
    prepared: dict[tuple[str, Kind, bool], Column] = field(default_factory=dict)

    @classmethod
    def of(cls, typed: TypedTable, context: Context) -> Records:
        """The rows of ``typed`` and, where they are on their way in, the table that they are for."""
        standing = context.tables.get(typed.table.id) if context.entry else None
        if standing is None:
            return cls(None, None, typed)
        keys = standing.raw.keys
        gone = context.replaces
        without = frozenset(i for i, key in enumerate(keys) if key in gone) if gone else frozenset()
        entering = _entering(typed, standing, context, without)
        if entering is not None or not without:
            return cls(standing, None, typed, entering)
        kept = np.array([i for i in range(len(keys)) if i not in without], dtype=np.int64)
        return cls(standing, kept, typed)

    @property
    def first(self) -> int:
        """Position of the first row looked at."""
        if self.kept is not None:
            return len(self.kept)
        return len(self.standing) if self.standing is not None else 0

    def __len__(self) -> int:
        return self.first + len(self.rows)

    def cells(self, field_id: str) -> npt.NDArray[np.object_]:
        """Values of a field, all records."""
        if field_id not in self.read:
            parts = [_cells(self.rows, field_id)]
            if self.standing is not None:
                theirs = _cells(self.standing, field_id)
                parts.insert(0, theirs if self.kept is None else theirs[self.kept])
            self.read[field_id] = np.concatenate(parts)
        return self.read[field_id]

    def column(self, wanted: MatchField, *, exact: bool = False) -> Column:
        """A field of all records, ready to be compared."""
        asked = (wanted.field, wanted.kind, exact)
        if asked not in self.prepared:
            self.prepared[asked] = prepare(self.cells(wanted.field), wanted.kind, wanted.field, exact=exact)
        column = self.prepared[asked]
        return column if column.strength is wanted.strength else replace(column, strength=wanted.strength)

    def _standing_at(self, position: int) -> int:
        return position if self.kept is None else int(self.kept[position])

    def key(self, position: int) -> str:
        """Key of a record, "" for a queued entry."""
        at = position - self.first
        if at >= 0:
            return self.rows.raw.keys[at]
        return self.standing.raw.keys[self._standing_at(position)] if self.standing is not None else ""

    def values(self, position: int, fields: Iterable[str]) -> dict[str, object]:
        """Values of some fields of a record."""
        if self.entering is None or self.standing is None:
            return {name: self.cells(name)[position] for name in fields}
        # One record of many: its cells alone.
        table = self.standing if position < self.first else self.rows
        at = position if position < self.first else position - self.first
        return {name: table.cell(name, at) for name in fields}

    def who(self, position: int) -> str:
        """A record for people: its key and name; of a row that comes in with others its number too."""
        table, row = self.rows.table, self.row(position)
        named = [f.id for f in table.fields if f.naming in (Convention.PERSON, Convention.ORGANISATION)]
        values = self.values(position, named)
        if row is None:
            return who(table, self.key(position), values)
        known = f"{self.key(position)} {name_of(table, values)}".strip()
        return f"{row_of_import(row)}, {known}" if known else row_of_import(row)

    def row(self, position: int) -> int | None:
        """Position among the rows on their way in; None for a record that stands in the table, or waits for it."""
        at = position - self.first
        return at if at >= 0 and self.standing is not None else None


def _entering(
    typed: TypedTable, standing: TypedTable, context: Context, without: frozenset[int]
) -> Entering | None:
    if len(typed) != 1 or context.operation is Operation.IMPORT or few(len(standing) - len(without) + 1):
        return None
    lookup = standing.lookup()
    if lookup is None:
        return None
    from validation.duplicates.entering import Entering  # noqa: PLC0415 - it stands on the lookup, and that on columns

    rules = context.policy.match_rules(typed.table.id)
    return Entering(lookup, typed, without, [rule.fields for rule in rules if not rule.exact])


def _cells(table: TypedTable, field_id: str) -> npt.NDArray[np.object_]:
    if field_id not in table.values:
        return np.full(len(table), None, dtype=object)
    values = table.values[field_id]
    if values.dtype.kind == "M":
        return values.to_numpy().astype("datetime64[D]").astype(object)  # dates, None where blank
    return np.asarray(values, dtype=object)

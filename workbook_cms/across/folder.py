"""The records of one table in all workbooks of a folder, with the match rule they are compared by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from validation.duplicates.columns import prepare
from validation.duplicates.explanation import name_of
from validation.lookup.table import cells_of
from workbook_cms.errors import InputError, UnknownTableError, WorkbookCmsError
from workbook_cms.watch import is_workbook
from workbook_cms.workbook import Workbook

if TYPE_CHECKING:
    from validation.duplicates.columns import Codes, Column
    from validation.frames import TypedTable
    from validation.policy import MatchRule, PolicyTable

__all__ = ["Gathered", "gather"]

Cells = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Gathered:
    """Records of a table in several workbooks, one after the other.

    Attributes:
        table: The table, by the rules of the first workbook that has it.
        rule: The match rule.
        books: The workbooks.
        sources: Position in ``books`` of each record's workbook.
        keys: Key of each record, "" for one that waits in a journal.
        cells: Address of each record's key cell, "" for one that waits.
        columns: The fields of the rule, ready to be compared.
        values: By field id, the value of each record: of all fields that say what a record is called or take part.
        passed_over: (workbook, why) of those that were not read.
    """

    table: PolicyTable
    rule: MatchRule
    books: tuple[Path, ...]
    sources: Codes
    keys: tuple[str, ...]
    cells: tuple[str, ...]
    columns: tuple[Column, ...]
    values: dict[str, Cells]
    passed_over: tuple[tuple[Path, str], ...]

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, record: int) -> dict[str, object]:
        """Values of a record by field id."""
        return {name: cells[record] for name, cells in self.values.items()}

    def name(self, record: int) -> str:
        """What people call a record."""
        return name_of(self.table, self.of(record))


@dataclass
class _Read:
    """What was read so far."""

    table: PolicyTable | None = None
    rule: MatchRule | None = None
    books: list[Path] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    values: dict[str, list[Cells]] = field(default_factory=dict)
    passed_over: list[tuple[Path, str]] = field(default_factory=list)


def gather(folder: Path, table: str) -> Gathered:
    """Read a table of all workbooks of a folder and the folders in it.

    Workbooks without a policy or without the table are passed over; so is one that cannot be read, and the reason is
    kept. Fields are told by their id: one that a workbook does not have is blank there.

    Args:
        folder: Where the workbooks lie.
        table: Name or id of the table.

    Raises:
        InputError: There is no such folder, no workbook in it has the table, or the table has no rule for what is
            probably the same.
    """
    if not folder.is_dir():
        raise InputError(str(folder), "there is no such folder.", "Name the folder that the workbooks lie in.")
    read = _Read()
    for path in _workbooks(folder):
        try:
            snapshot = Workbook.open(path).snapshot()
            _take(read, path, snapshot.typed(snapshot.table(table)), snapshot.policy.match_rules)
        except UnknownTableError:
            read.passed_over.append((path, f"it has no table {table}"))
        except WorkbookCmsError as error:
            read.passed_over.append((path, f"{error.problem} {error.remedy}".strip()))
    if read.table is None or read.rule is None:
        why = f" ({read.passed_over[0][0].name}: {read.passed_over[0][1]})" if read.passed_over else ""
        raise InputError(
            str(folder), f"no workbook in it has a table {table} to compare{why}.", "Check the names."
        )
    values = {name: np.concatenate(parts) for name, parts in read.values.items()}
    columns = tuple(prepare(values[f.field], f.kind, f.field, f.strength) for f in read.rule.fields)
    sources = np.repeat(np.arange(len(read.books), dtype=np.int64), read.counts)
    return Gathered(
        read.table, read.rule, tuple(read.books), sources, tuple(read.keys), tuple(read.cells), columns, values,
        tuple(read.passed_over),
    )  # fmt: skip


def _workbooks(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if is_workbook(path, folder) and path.is_file())


def _take(read: _Read, path: Path, typed: TypedTable, rules: Callable[[str], Sequence[MatchRule]]) -> None:
    if read.table is None:
        found = _probable(rules(typed.table.id))
        if found is None:
            read.passed_over.append((path, "it has no match rule for what is probably the same"))
            return
        read.table, read.rule = typed.table, found
        named = [f.id for f in typed.table.fields if f.naming is not None]
        read.values = {name: [] for name in dict.fromkeys([*(f.field for f in found.fields), *named])}
    read.books.append(path)
    read.counts.append(len(typed))
    read.keys += typed.raw.keys
    read.cells += [typed.raw.cell(at, typed.table.key) if row else "" for at, row in enumerate(typed.raw.rows)]
    for name, parts in read.values.items():
        parts.append(cells_of(typed, name))


def _probable(rules: Sequence[MatchRule]) -> MatchRule | None:
    """The rule that scores most fields."""
    return max((rule for rule in rules if not rule.exact), key=lambda rule: len(rule.fields), default=None)

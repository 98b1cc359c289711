"""Tables of the file as frames: cells by field id, the record at a place, and what waits laid over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from validation.frames import CellError, TableFrame, TypedTable
from workbook_cms.errors import PolicyError
from workbook_cms.file.reader import read_tables
from workbook_cms.submission import ADD, REMOVE, Entry

if TYPE_CHECKING:
    import numpy.typing as npt

    from validation.findings import CellValue
    from validation.policy import Policy, PolicyTable
    from workbook_cms.file.package import Package
    from workbook_cms.file.raw_table import RawTable

__all__ = ["TablesOnDemand", "cells_of_table", "frame_of", "places", "record", "with_waiting"]


def cells_of_table(package: Package, name: str) -> RawTable:
    """Cells of an Excel table as read.

    Raises:
        PolicyError: The workbook has no such table.
    """
    if name not in package.tables:
        raise PolicyError(
            f"{package.path.name}, table {name}",
            "the table is missing.",
            "Its sheet was deleted, or the table renamed: undo that, or restore an earlier copy.",
        )
    return read_tables(package, [name])[name]


def record(frame: TableFrame, position: int) -> dict[str, CellValue]:
    """Values of one record by field id, blank ones left out."""
    row = frame.values.iloc[position]
    return {str(name): value for name, value in row.items() if value is not None}


def frame_of(raw: RawTable, table: PolicyTable, source: str) -> TableFrame:
    """Cells of a table as a frame by field id.

    Args:
        raw: The cells as read.
        table: Its policy.
        source: Name of the file.

    Raises:
        PolicyError: A field has no column.
    """
    missing = [f.label for f in table.fields if f.label not in raw.columns]
    if missing:
        extra = [label for label in raw.columns if label not in table.by_label]
        renamed = f", and '{extra[0]}' is in no policy" if extra else ""
        raise PolicyError(
            f"{source}, table {table.name}",
            f"the column '{missing[0]}' is missing{renamed}.",
            "Undo the change to the header, and change labels with `workbook-cms policy edit`.",
        )
    ids = {table.by_label[label].id: i for i, label in enumerate(raw.columns) if label in table.by_label}
    values: Any = raw.frame()[[raw.columns[i] for i in ids.values()]]
    values.columns = pd.Index(ids)
    by_place = {i: name for name, i in ids.items()}
    errors: dict[int, list[tuple[int, str]]] = {}
    for (position, place), code in raw.errors.items():
        errors.setdefault(place, []).append((position, code))
    for place in errors.keys() & by_place.keys():
        cells = values[by_place[place]].to_numpy(copy=True)
        for position, code in errors[place]:
            cells[position] = CellError(code)
        values[by_place[place]] = cells
    formulas = {(pos, by_place[place]): text for (pos, place), text in raw.formulas.items() if place in by_place}
    return TableFrame(
        table,
        values,
        raw.sheet,
        np.asarray(raw.rows, dtype=np.int64),
        {name: raw.letters[i] for name, i in ids.items()},
        formulas,
    )


def places(frame: TableFrame, rows: TableFrame) -> npt.NDArray[np.int64] | None:
    """The position that each of some rows takes in a frame, by their place on the sheet; those below it come after.

    None where a row would stand between two records.
    """
    at = np.searchsorted(frame.rows, rows.rows)
    new = np.flatnonzero(rows.rows > (frame.rows[-1] if len(frame) else 0))
    at[new] = len(frame) + np.arange(len(new))
    old = np.flatnonzero(at < len(frame))
    # What stands in a formula's place is read as its value here, so that the frame would no longer tell.
    formulas = {position for position, _ in frame.formulas}
    if (frame.rows[at[old]] != rows.rows[old]).any() or formulas & set(at[old].tolist()):
        return None
    return at.astype(np.int64)


def with_waiting(frame: TableFrame, entries: list[Entry]) -> TableFrame:
    """The frame with waiting adds, which have row 0, below, waiting updates laid over both, and without what is removed."""
    if not entries:
        return frame
    below = added_rows(frame, entries)
    values: Any = pd.concat([frame.values, below], ignore_index=True) if len(below) else frame.values.copy()
    place = {str(key): i for i, key in enumerate(frame.values[frame.table.key].tolist()) if key is not None}
    new, gone = len(frame.values), set()
    for entry in entries:
        if entry.action == ADD:
            place[str(entry.values.get(frame.table.key) or entry.id)] = new
            new += 1
        elif entry.key in place and entry.action == REMOVE:
            gone.add(place.pop(entry.key))
        elif entry.key in place:
            for name, value in entry.values.items():
                values.at[place[entry.key], name] = value
    rows = np.concatenate([frame.rows, np.zeros(len(below), dtype=np.int64)])
    whole = TableFrame(frame.table, values, frame.sheet, rows, frame.letters, frame.formulas)
    return _without(whole, gone) if gone else whole


def added_rows(frame: TableFrame, entries: list[Entry]) -> pd.DataFrame:
    """The values of waiting adds, with the columns of the frame."""
    added = [[entry.values.get(name) for name in frame.values.columns] for entry in entries if entry.action == ADD]
    return pd.DataFrame(added, columns=frame.values.columns, dtype=object)


def _without(frame: TableFrame, gone: Set[int]) -> TableFrame:
    """The frame without the records at some positions."""
    kept = [position for position in range(len(frame.values)) if position not in gone]
    at = {old: new for new, old in enumerate(kept)}
    formulas = {(at[place], name): text for (place, name), text in frame.formulas.items() if place in at}
    return TableFrame(
        frame.table,
        frame.values.iloc[kept].reset_index(drop=True),
        frame.sheet,
        frame.rows[kept],
        frame.letters,
        formulas,
    )


class TablesOnDemand(Mapping[str, TypedTable]):
    """Typed tables by id, each read when a rule first asks for it."""

    def __init__(self, policy: Policy, typed: Callable[[PolicyTable], TypedTable]) -> None:
        self._policy, self._typed = policy, typed

    def __getitem__(self, table_id: str) -> TypedTable:
        return self._typed(self._policy.table_by_id[table_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._policy.table_by_id)

    def __len__(self) -> int:
        return len(self._policy.tables)

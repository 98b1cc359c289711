"""Tables as they were read, typed and looked up, kept beside the workbook for the next process.

What is kept is a table of one moment. It is believed when the rules and this program are the same, and the file tells by
its checksums that the rows are; rows that were added or changed since are read from the file. So an append need not write
it anew, and what another program saved is never taken for what was there before.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import validation
from validation.frames import TableFrame, TypedTable
from validation.growth import Keys
from validation.packed import UnfitError, packed_cells, typed_cells, unpacked_cells
from validation.typing import type_table
from workbook_cms.file.beside.cache import drop, forget, keep, kept
from workbook_cms.file.sheets.since import Notes, changed_since
from workbook_cms.table_frames import added_rows, frame_of, places

if TYPE_CHECKING:
    import numpy.typing as npt

    from validation.policy import Policy, PolicyTable
    from workbook_cms.file.package import Package
    from workbook_cms.submission import Entry

__all__ = ["Kept", "is_long", "keep_table", "kept_table", "with_added", "worth_keeping"]

#: Tables with fewer records are read as fast as what is kept of them: of 1,000 in 66 ms against 102, of 2,000 in 107
#: against 82.
FEWEST = 2_000
#: So many rows that changed since are read with every new process; from then on the table is kept anew.
MANY = 500
#: Cells with formulas: a table with more is not kept.
_MOST = 5_000
_FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """A table that was kept, brought up to the file.

    Attributes:
        typed: The table.
        behind: How many rows were read from the file because they had changed.
    """

    typed: TypedTable
    behind: int


def is_long(records: int) -> bool:
    """Whether a table of so many records is kept at all."""
    return records >= FEWEST


def worth_keeping(typed: TypedTable, kept: tuple[int, int] | None) -> bool:
    """Whether the next process would save time if a table were kept for it, anew or again.

    Args:
        typed: The table.
        kept: How many rows changed since it was kept, and what its lookup held then; None: it is not kept.
    """
    return is_long(len(typed)) and (kept is None or kept[0] >= MANY or kept[1] < typed.looked_up)


@cache
def _made_by() -> str:
    """What tells this program from one that would type or compare otherwise: its rules themselves, and Unicode's."""
    told = hashlib.sha256(f"{_FORMAT} {unicodedata.unidata_version}".encode())
    for root in map(Path, validation.__path__):
        for path in sorted(root.rglob("*.py")):
            told.update(path.read_bytes())
    return told.hexdigest()[:32]


def keep_table(package: Package, policy: Policy, typed: TypedTable, side: Path) -> bool:
    """Keep a table as the file holds it, with what is looked up in it; whether that could be done.

    Args:
        package: The file.
        policy: The policy.
        typed: The table, all of it and nothing else.
        side: The side folder.
    """
    frame, table = typed.raw, typed.table
    if not is_long(len(frame)) or len(frame.formulas) > _MOST:
        return False
    told: dict[str, Any] = {
        "by": _made_by(),
        "policy": policy.digest,
        "notes": Notes.of(package, table.name).to_data(),
        "sheet": frame.sheet,
        "letters": dict(frame.letters),
        "formulas": [[place, name, text] for (place, name), text in frame.formulas.items()],
        "columns": list(frame.values.columns),
        "highest": frame.keys.highest(table.key_format),
    }
    arrays: dict[str, npt.NDArray[Any]] = {"rows": frame.rows.astype(np.int32)}
    try:
        for number, name in enumerate(frame.values.columns):
            for part, array in packed_cells(frame.values[name].to_numpy(dtype=object)).items():
                arrays[f"cells.{number}.{part}"] = array
        lookup = typed.lookup()
        if lookup is not None:
            from validation.lookup.kept import packed_lookup  # noqa: PLC0415 - late for a fast start

            told["lookup"], more = packed_lookup(lookup)
            arrays |= {f"lookup.{name}": array for name, array in more.items()}
    except UnfitError:
        return False
    forget(side, [one.id for one in policy.tables])
    return keep(side, package.path, table.id, told, arrays)


def kept_table(package: Package, policy: Policy, table: PolicyTable, side: Path) -> Kept | None:
    """A table as the file holds it, as far as possible from what was kept; None where that does not help.

    Args:
        package: The file.
        policy: The policy.
        table: The table.
        side: The side folder.
    """
    part = package.tables.get(table.name)
    if part is None or not is_long(part.last_row - part.first_row):
        return None
    found = kept(side, table.id)
    if found is None:
        return None
    believed = _brought_up(package, policy, table, *found)
    if believed is None:
        drop(side, table.id)  # it may hold what is in the workbook no longer
    return believed


def _brought_up(
    package: Package,
    policy: Policy,
    table: PolicyTable,
    told: dict[str, Any],
    arrays: dict[str, npt.NDArray[Any]],
) -> Kept | None:
    try:
        if (told["by"], told["policy"]) != (_made_by(), policy.digest):
            return None
        changed = changed_since(package, table.name, Notes.from_data(told["notes"]), arrays["rows"].tolist())
        if changed is None:
            return None
        typed = _unpacked(told, arrays, table, policy)
    except (
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        ArithmeticError,
        MemoryError,
    ):  # it passed its checksum: another version made it
        return None
    behind = 0
    for raw in changed:
        few = frame_of(raw, table, package.path.name)
        at = places(typed.raw, few)
        if at is None:
            return None
        few, at = _different(typed.raw, few, at)
        behind += len(at)
        typed = typed.grown(type_table(few, policy), at) if len(at) else typed
    return Kept(typed, behind)


def with_added(typed: TypedTable, entries: list[Entry], policy: Policy) -> TypedTable:
    """A typed table with waiting adds below, as `with_waiting` has them; what is looked up in it comes along."""
    frame = typed.raw
    below = added_rows(frame, entries)
    rows = TableFrame(frame.table, below, frame.sheet, np.zeros(len(below), dtype=np.int64), frame.letters)
    return typed.apart().grown(type_table(rows, policy), len(frame) + np.arange(len(below)))


def _unpacked(
    told: dict[str, Any], arrays: dict[str, npt.NDArray[Any]], table: PolicyTable, policy: Policy
) -> TypedTable:
    import pandas as pd  # noqa: PLC0415 - late for a fast start

    columns: dict[str, dict[str, npt.NDArray[Any]]] = {}
    for name, array in arrays.items():
        kind, _, rest = name.partition(".")
        if kind == "cells":
            number, _, part = rest.partition(".")
            columns.setdefault(number, {})[part] = array
    cells = {name: unpacked_cells(columns[str(number)]) for number, name in enumerate(told["columns"])}
    values = pd.DataFrame(
        {name: pd.Series(column, dtype=object, copy=False) for name, column in cells.items()}, copy=False
    )
    formulas = {(int(place), str(name)): str(text) for place, name, text in told["formulas"]}
    rows = arrays["rows"].astype(np.int64)
    if len(values) != len(rows):
        raise ValueError("columns of another length")
    frame = TableFrame(table, values, str(told["sheet"]), rows, dict(told["letters"]), formulas)
    keys = Keys(
        ["" if key is None else str(key) for key in cells[table.key].tolist()] if table.key in cells else []
    )
    keys.know_highest(table.key_format, int(told["highest"]))
    frame.__dict__["keys"] = keys
    known = {
        name: column
        for number, name in enumerate(told["columns"])
        if name in table.by_id
        and (column := typed_cells(columns[str(number)], cells[name], table.by_id[name].type)) is not None
    }
    typed = type_table(frame, policy, known=known)
    if "lookup" in told:
        from validation.lookup.kept import unpacked_lookup  # noqa: PLC0415 - as above

        more = {name.partition(".")[2]: array for name, array in arrays.items() if name.startswith("lookup.")}
        typed.take_lookup(unpacked_lookup(told["lookup"], more, typed))
    return typed


def _different(
    frame: TableFrame, few: TableFrame, at: npt.NDArray[np.int64]
) -> tuple[TableFrame, npt.NDArray[np.int64]]:
    """Those of some rows that do not stand in the frame as they are, and their places."""
    inside = [(new, old) for new, old in enumerate(at.tolist()) if old < len(frame)]
    theirs = frame.values.iloc[[old for _, old in inside]].to_numpy(dtype=object).tolist()
    ours = few.values.to_numpy(dtype=object).tolist()
    same = {new for (new, _), row in zip(inside, theirs, strict=True) if _alike(row, ours[new])}
    wanted = [new for new in range(len(at)) if new not in same]
    chosen = TableFrame(
        few.table, few.values.iloc[wanted].reset_index(drop=True), few.sheet, few.rows[wanted], few.letters
    )
    return chosen, at[wanted]


def _alike(one: list[Any], other: list[Any]) -> bool:
    # 1, True and 1.0 are equal to Python, and different cells.
    return one == other and list(map(type, one)) == list(map(type, other))

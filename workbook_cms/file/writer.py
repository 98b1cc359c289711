"""Writes rows into a closed workbook: only the parts that change are made anew, all else is copied as it stands.

`write` makes all changes in one new file. Call it with the workbook's lock held: it removes what an earlier,
killed writer left beside the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbook_cms.errors import FileError, RefusedChangeError
from workbook_cms.file.container.archive import ArchiveError
from workbook_cms.file.container.packing import Packed, rebuilt
from workbook_cms.file.container.scan import scan
from workbook_cms.file.layout import CellValue, ColumnSpec
from workbook_cms.file.package import Package
from workbook_cms.file.replacement import check_writable, clean, commit
from workbook_cms.file.session import Session
from workbook_cms.file.tables import structure

__all__ = [
    "AddColumn",
    "Append",
    "Change",
    "DefineNames",
    "Delete",
    "Insert",
    "Patch",
    "RenameColumn",
    "Replace",
    "Validations",
    "refusal",
    "write",
]


@dataclass(frozen=True)
class Append:
    """Rows (label -> value) to go after the last one of a table.

    ``fill``: Formulas that the last records agree in go on in the new ones, where no value is given.
    """

    table: str
    rows: Sequence[Mapping[str, CellValue]]
    fill: bool = False


@dataclass(frozen=True)
class Patch:
    """New values for cells of one row, by its number on the sheet; None empties a cell."""

    table: str
    row: int
    values: Mapping[str, CellValue]


@dataclass(frozen=True)
class Replace:
    """Rows to stand in the place of all rows of a table."""

    table: str
    rows: Sequence[Mapping[str, CellValue]]


@dataclass(frozen=True)
class Delete:
    """Records to be taken out of a table, by their numbers on the sheet; those below move up.

    Changes of single rows may come before it in the same write, never after it: all row numbers are those of before.
    Rows appended after it go to the end of what is left.
    """

    table: str
    rows: Sequence[int]


@dataclass(frozen=True)
class Insert:
    """Rows (label -> value) to go among those of a table, by the numbers on the sheet that they get; those below move down.

    Changes of single rows may come before it in the same write. Where records are taken out in it too, these numbers
    are those without them.
    """

    table: str
    rows: Mapping[int, Mapping[str, CellValue]]


@dataclass(frozen=True)
class AddColumn:
    """A column to be added at the right of a table."""

    table: str
    column: ColumnSpec


@dataclass(frozen=True)
class RenameColumn:
    """A column to get another header."""

    table: str
    old: str
    new: str


@dataclass(frozen=True)
class DefineNames:
    """Defined names (name -> reference) to be added, or replaced where they exist."""

    names: Mapping[str, str]


@dataclass(frozen=True)
class Validations:
    """The ``<dataValidations>`` element of a table's sheet; b"" for none."""

    table: str
    xml: bytes


Change = Append | Insert | Patch | Replace | Delete | AddColumn | RenameColumn | DefineNames | Validations


def write(package: Package, changes: Iterable[Change]) -> list[list[int]]:
    """Make all changes in one new file and put it in the place of the old one.

    Returns:
        For each change the numbers of the sheet's rows that it wrote; empty for changes of structure.

    Raises:
        WorkbookLockedError: the workbook is open elsewhere.
        RefusedChangeError: one of the changes would damage something in the file. The file is as it was.
        FileError: another refusal, a full disk, a read-only file, a file changed meanwhile. The file is as it was.
    """
    target = package.path.resolve()
    check_writable(target)
    clean(target)
    rows, changed, prove = _prepared(package, list(changes))
    if changed:
        commit(package, changed, prove)
    return rows


def refusal(package: Package, changes: Iterable[Change]) -> RefusedChangeError | None:
    """What `write` would refuse one of the changes for; nothing is written.

    Raises:
        FileError: The file cannot be read.
    """
    try:
        _prepared(package, list(changes))
    except RefusedChangeError as error:
        return error
    return None


def _prepared(
    package: Package, changes: Sequence[Change]
) -> tuple[list[list[int]], dict[str, Packed | None], Callable[[Package], None]]:
    """The rows that each change writes, the new content of parts, and what proves it in the new file.

    Where rows are put into a table that records are taken out of, they are put into what it is without them:
    a workbook that stands in memory only, and is proven as if it were the new file.
    """
    shrunk: set[str] = set()
    later: list[int] = []
    for number, change in enumerate(changes):
        if isinstance(change, Delete):
            shrunk.add(change.table)
        elif isinstance(change, (Append, Insert)) and change.table in shrunk:
            later.append(number)
    rows: dict[int, list[int]] = {}
    session = Session(package)
    for number, change in enumerate(changes):
        if number not in later:
            rows[number] = _apply(session, change)
    changed = session.packed()
    if later:
        between = _between(package, changed)
        session.prove(between)
        session = Session(between)
        rows |= {number: _apply(session, changes[number]) for number in later}
        changed |= session.packed()
    return [rows[number] for number in range(len(changes))], changed, session.prove


def _between(package: Package, changed: Mapping[str, Packed | None]) -> Package:
    """The workbook with some parts changed, not written to any file."""
    try:
        between = package.with_bytes(rebuilt(package.archive, changed))
    except ArchiveError as error:
        raise FileError(
            package.place, f"The file cannot be written: {error}.", "Move old records away."
        ) from error
    between.place = package.place
    between.seen = scan(between, package)
    return between


def _apply(session: Session, change: Change) -> list[int]:
    """Note one change; returns the numbers of the rows it writes."""
    if isinstance(change, DefineNames):
        session.define_names(change.names)
        return []
    table = session.table(change.table)
    match change:
        case Append():
            return table.append(change.rows, fill=change.fill)
        case Insert():
            return table.insert(change.rows)
        case Replace():
            return table.replace(change.rows)
        case Patch():
            return table.patch(change.row, change.values)
        case Delete():
            table.delete(change.rows)
        case AddColumn():
            table.add_column(change.column)
        case RenameColumn():
            table.rename_column(change.old, change.new)
        case Validations():
            table.sheet.xml.tail = structure.with_validations(table.sheet.xml.tail, change.xml)
    return []

"""Writes rows into a closed workbook: only the parts that change are made anew, all else is copied as it stands.

`write` makes all changes in one new file. Call it with the workbook's lock held: it removes what an earlier,
killed writer left beside the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbook_cms.errors import RefusedChangeError
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
    """

    table: str
    rows: Sequence[int]


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


Change = Append | Patch | Replace | Delete | AddColumn | RenameColumn | DefineNames | Validations


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
    session = Session(package)
    rows = [_apply(session, change) for change in changes]
    changed = session.packed()
    if changed:
        commit(package, changed, session.prove)
    return rows


def refusal(package: Package, changes: Iterable[Change]) -> RefusedChangeError | None:
    """What `write` would refuse one of the changes for; nothing is written.

    Raises:
        FileError: The file cannot be read.
    """
    session = Session(package)
    try:
        for change in changes:
            _apply(session, change)
        session.packed()
    except RefusedChangeError as error:
        return error
    return None


def _apply(session: Session, change: Change) -> list[int]:
    """Note one change; returns the numbers of the rows it writes."""
    if isinstance(change, DefineNames):
        session.define_names(change.names)
        return []
    table = session.table(change.table)
    match change:
        case Append():
            return table.append(change.rows, fill=change.fill)
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

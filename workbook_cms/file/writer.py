"""Writes rows into a closed workbook: only the parts that change are made anew, all else is copied as it stands.

`write` makes all changes in one new file. Call it with the workbook's lock held: it removes what an earlier,
killed writer left beside the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbook_cms.errors import FileError
from workbook_cms.file import structure
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.edits import SheetEdit, TableEdit
from workbook_cms.file.layout import CellValue, ColumnSpec
from workbook_cms.file.package import Package
from workbook_cms.file.packing import Packed, pack
from workbook_cms.file.replacement import check_writable, clean, commit
from workbook_cms.file.rows import Written, expected, read_row
from workbook_cms.file.styles import Styles

__all__ = [
    "AddColumn",
    "Append",
    "Change",
    "DefineNames",
    "Patch",
    "RenameColumn",
    "Replace",
    "Validations",
    "write",
]

#: So many of the rows written at once are read back and compared, evenly spread.
_READ_BACK = 1000
_ROW_TAG = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')


@dataclass(frozen=True)
class Append:
    """Rows (label -> value) to go after the last one of a table."""

    table: str
    rows: Sequence[Mapping[str, CellValue]]


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


Change = Append | Patch | Replace | AddColumn | RenameColumn | DefineNames | Validations


def write(package: Package, changes: Iterable[Change]) -> list[list[int]]:
    """Make all changes in one new file and put it in the place of the old one.

    Returns:
        For each change the numbers of the sheet's rows that it wrote; empty for changes of structure.

    Raises:
        WorkbookLockedError: the workbook is open elsewhere.
        FileError: a refusal, a full disk, a read-only file, a file changed meanwhile. The file is as it was.
    """
    target = package.path.resolve()
    check_writable(target)
    clean(target)
    session = _Session(package)
    rows = [session.apply(change) for change in changes]
    changed = session.packed()
    if changed:
        commit(package, changed, session.prove)
    return rows


class _Session:
    """The parts touched by one write."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._sheets: dict[str, SheetEdit] = {}
        self._tables: dict[str, TableEdit] = {}
        self._regions: dict[str, list[tuple[int, int]]] = {}
        self._names: dict[str, str] = {}
        self._styles_part = next(
            (target for _, kind, target in package.relations(package.workbook_part) if kind == "styles"), ""
        )
        self._old_styles = package.plain(self._styles_part) if self._styles_part else b""
        self._styles = Styles(self._old_styles, package.place)

    def apply(self, change: Change) -> list[int]:
        """Note one change; returns the numbers of the rows it writes."""
        if isinstance(change, DefineNames):
            self._names.update(change.names)
            return []
        table = self._table(change.table)
        match change:
            case Append():
                return table.append(change.rows)
            case Replace():
                return table.replace(change.rows)
            case Patch():
                return table.patch(change.row, change.values)
            case AddColumn():
                table.add_column(change.column)
            case RenameColumn():
                table.rename_column(change.old, change.new)
            case Validations():
                table.sheet.xml.tail = structure.with_validations(table.sheet.xml.tail, change.xml)
        return []

    def packed(self) -> dict[str, Packed]:
        """The new content of every part that changes, by member name."""
        package = self._package
        parts: dict[str, bytes] = {}
        for table in self._tables.values():
            parts[table.table.part] = table.finish()
        packed = {}
        for part, sheet in self._sheets.items():
            pieces, self._regions[part] = sheet.pieces()
            packed[package.member(part).name] = pack(pieces)
        if self._styles_part:
            parts[self._styles_part] = self._styles.data
        parts[package.workbook_part] = self._workbook()
        for part, data in parts.items():
            # Small parts that came out as they were stay untouched in the file.
            if data != package.plain(part):
                packed[package.member(part).name] = pack([data])
        return packed

    def prove(self, new: Package) -> None:
        """Refuse the new file unless it is sound and holds what was asked for."""
        if new.members != self._package.members:
            raise self._failed("parts are missing")
        for part, sheet in self._sheets.items():
            # Region checksums cover every byte; reading each of very many rows back would double the time.
            numbers = sorted(sheet.written)
            step = len(numbers) // _READ_BACK + 1
            chosen = {*numbers[::step], *numbers[-1:]}
            found = dict(_rows_in(new, part, self._regions[part], chosen))
            for number in chosen:
                held = found.get(number, {})
                for column, value in sheet.written[number].items():
                    cell = held.get(f"{column_letters(column)}{number}", ("", None))
                    if cell != expected(value, new.date1904):
                        raise self._failed(f"row {number} does not read back as it was given")
        for name, table in self._tables.items():
            read = new.tables.get(name)
            if read is None or read.ref != table.ref or read.columns != tuple(table.labels):
                raise self._failed(f"the range of table {name} is not right")
            new.read(read.part)
        new.read(new.workbook_part)

    def _table(self, name: str) -> TableEdit:
        if name not in self._tables:
            table = self._package.table(name)
            if table.sheet_part not in self._sheets:
                self._sheets[table.sheet_part] = SheetEdit(
                    self._package, table.sheet, table.sheet_part, self._styles
                )
            self._tables[name] = TableEdit(self._package, table, self._sheets[table.sheet_part])
        return self._tables[name]

    def _workbook(self) -> bytes:
        package = self._package
        xml = package.plain(package.workbook_part)
        if self._names:
            xml = structure.define_names(xml, self._names, package.place)
        if b'fullCalcOnLoad="1"' in xml or not self._sheets:
            return xml
        chain = any(kind == "calcChain" for _, kind, _ in package.relations(package.workbook_part))
        if chain or any(package.has_formulas(sheet) for sheet in package.sheets):
            xml = structure.with_full_calculation(xml, package.place)
        return xml

    def _failed(self, why: str) -> FileError:
        return FileError(
            self._package.place,
            f"The new file was made but is not right ({why}), so the old one was kept.",
            "Please report this, with the workbook if you can.",
        )


def _rows_in(
    package: Package, part: str, regions: Sequence[tuple[int, int]], chosen: Collection[int]
) -> Iterable[tuple[int, dict[str, Written]]]:
    """The chosen rows among those in some regions (offset, length) of a sheet, read anew from the file."""
    for region in package.regions(part, regions):
        for match in _ROW_TAG.finditer(region):
            if int(match[1]) in chosen:
                tag_end = region.index(b">", match.end()) + 1
                end = tag_end if region[tag_end - 2] == 0x2F else region.index(b"</row>", tag_end) + len(b"</row>")
                try:
                    yield int(match[1]), read_row(region[match.start() : end])
                except ValueError:
                    # Left out, it is found to be missing.
                    continue

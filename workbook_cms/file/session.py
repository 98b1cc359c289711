"""All parts of a workbook that one write touches: gathered, packed, and proven in the new file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters
from workbook_cms.file.container.members import without_calc_chain
from workbook_cms.file.container.packing import Packed, pack
from workbook_cms.file.container.segments import within
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.edits import SheetEdit
from workbook_cms.file.sheets.rows import expected, read_formulas, read_row
from workbook_cms.file.styles import Styles
from workbook_cms.file.tables import structure
from workbook_cms.file.tables.elsewhere import (
    FormulaChange,
    changed_cells,
    grown_columns,
    grown_names,
    grown_parts,
)
from workbook_cms.file.tables.facts import facts_of
from workbook_cms.file.tables.growth import Growth
from workbook_cms.file.tables.notes import moved_notes
from workbook_cms.file.tables.ranges import grown_tail
from workbook_cms.file.tables.references import Area
from workbook_cms.file.tables.structured import Rename, renamed_cells, renamed_part
from workbook_cms.file.tables.table_edit import TableEdit

__all__ = ["Session"]

#: So many of the rows written at once are read back and compared, evenly spread.
_READ_BACK = 1000
_ROW_TAG = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')


class Session:
    """The parts touched by one write."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._sheets: dict[str, SheetEdit] = {}
        self._tables: dict[str, TableEdit] = {}
        self._regions: dict[str, list[tuple[int, int]]] = {}
        self._names: dict[str, str] = {}
        self._dropped: set[str] = set()
        self._changed: set[str] = set()
        self._styles_part = next(
            (target for _, kind, target in package.relations(package.workbook_part) if kind == "styles"), ""
        )
        self._styles = Styles(package.plain(self._styles_part) if self._styles_part else b"", package.place)

    def table(self, name: str) -> TableEdit:
        """The table of that name, to be changed.

        Raises:
            FileError: no such table, or one that cannot be changed.
        """
        if name not in self._tables:
            table = self._package.table(name)
            self._tables[name] = TableEdit(self._package, table, self._sheet(table.sheet, table.sheet_part))
        return self._tables[name]

    def define_names(self, names: Mapping[str, str]) -> None:
        """Defined names to be added or replaced."""
        self._names.update(names)

    def packed(self) -> dict[str, Packed | None]:
        """The new content of every part that changes, by member name; None for a part that goes."""
        package = self._package
        growths = [growth for table in self._tables.values() if (growth := table.growth)]
        renames = [rename for table in self._tables.values() for rename in table.renames]
        parts: dict[str, bytes | None] = {}
        for table in self._tables.values():
            parts[table.table.part] = table.finish(growths, renames)
        if growths:
            parts.update(self._grow(growths, renames))
        if renames:
            self._rename(renames, parts)
        packed: dict[str, Packed | None] = {}
        chain = self._moves_formulas(growths)
        for part, sheet in self._sheets.items():
            pieces, self._regions[part] = sheet.pieces()
            packed[package.member(part).name] = pack(pieces)
        if self._styles_part:
            parts[self._styles_part] = self._styles.data
        parts[package.workbook_part] = self._workbook(growths, renames)
        if chain:
            parts.update(without_calc_chain(package))
        for part, data in parts.items():
            name = package.member(part).name
            if data is None:
                packed[name] = None
                self._dropped.add(name)
            # Small parts that came out as they were stay untouched in the file.
            elif data != package.plain(part):
                packed[name] = pack([data])
        for part, data in moved_notes(package, growths).items():
            packed[package.member(part).name] = pack([data])
        self._changed = set(packed)
        return packed

    def prove(self, new: Package) -> None:
        """Refuse the new file unless it is sound and holds what was asked for."""
        if new.members != tuple(name for name in self._package.members if name not in self._dropped):
            raise self._failed("parts are missing")
        for part, sheet in self._sheets.items():
            self._prove_rows(new, part, sheet)
        for name, table in self._tables.items():
            read = new.tables.get(name)
            if read is None or read.ref != table.ref or read.columns != tuple(table.labels):
                raise self._failed(f"the range of table {name} is not right")
            new.read(read.part)
        new.read(new.workbook_part)
        self._prove_sound(new)

    def _prove_sound(self, new: Package) -> None:
        from workbook_cms.file.soundness import brought_in  # noqa: PLC0415 - late for a fast start

        flaws = brought_in(new, self._package, self._changed, self._regions)
        if flaws:
            place = f", {flaws[0].cell}" if flaws[0].cell else ""
            raise self._failed(f"{flaws[0].part}{place}: {flaws[0].message.rstrip('.')}")

    def _prove_rows(self, new: Package, part: str, sheet: SheetEdit) -> None:
        # Region checksums cover every byte; reading each of very many rows back would double the time.
        numbers = sorted(sheet.written)
        step = len(numbers) // _READ_BACK + 1
        chosen = {*numbers[::step], *numbers[-1:]}
        found = dict(_rows_in(new, part, self._regions[part], chosen))
        for number in chosen:
            try:
                held = read_row(found[number]) if number in found else {}
                formulas = read_formulas(found[number]) if number in found and sheet.calculated else {}
            except ValueError as error:
                raise self._failed(f"row {number} cannot be read back") from error
            for column, value in sheet.written[number].items():
                cell = held.get(f"{column_letters(column)}{number}", ("", None))
                if cell != expected(value, new.date1904, strict=new.strict):
                    raise self._failed(f"row {number} does not read back as it was given")
            for address, formula in sheet.formulas_of(number).items():
                if formulas.get(address) != formula:
                    raise self._failed(f"cell {address} did not get its formula")

    def _sheet(self, name: str, part: str) -> SheetEdit:
        if part not in self._sheets:
            self._sheets[part] = SheetEdit(self._package, name, part, self._styles)
        return self._sheets[part]

    def _grow(self, growths: Sequence[Growth], renames: Sequence[Rename]) -> dict[str, bytes]:
        """Take along whatever names the tables' cells; what is no sheet is returned, by part."""
        package = self._package
        taken: dict[str, list[Area]] = {part: [] for part in self._sheets}
        for table in self._tables.values():
            taken[table.table.sheet_part] += table.taken
        for sheet in package.sheets:
            touched = facts_of(package, sheet.part).touched(growths)
            if touched:
                edit = self._sheets.get(sheet.part) or SheetEdit(package, sheet.name, sheet.part, self._styles)
                change = FormulaChange(sheet.name, sheet.part, growths, renames)
                changed_cells(edit, change, taken.get(sheet.part, []))
            elif sheet.part in self._sheets:
                edit = self._sheets[sheet.part]
            else:
                continue
            tail = grown_tail(edit.xml.tail, growths, sheet.name)
            if edit.changed or tail != edit.xml.tail:
                self._sheets[sheet.part] = edit
            edit.xml.tail = tail
        found = grown_parts(package, growths)
        for other in package.tables.values():
            if other.name not in self._tables:
                xml = package.plain(other.part)
                new = grown_columns(xml, growths, other.sheet, None)
                if new != xml:
                    found[other.part] = new
        return found

    def _rename(self, renames: Sequence[Rename], parts: dict[str, bytes | None]) -> None:
        """Take the new names of columns into formulas: of sheets, and of the other tables among ``parts``."""
        package = self._package
        for sheet in package.sheets:
            if not facts_of(package, sheet.part).cells:
                continue
            edit = self._sheets.get(sheet.part) or SheetEdit(package, sheet.name, sheet.part, self._styles)
            renamed_cells(edit, renames)
            if edit.changed:
                self._sheets[sheet.part] = edit
        for other in package.tables.values():
            if other.name not in self._tables:
                parts[other.part] = renamed_part(parts.get(other.part) or package.plain(other.part), renames)

    def _moves_formulas(self, growths: Iterable[Growth]) -> bool:
        """Whether a formula may come, go or get another address, so that Excel's order of calculation is not right."""
        return any(growth.moves for growth in growths) or any(
            sheet.calculated or table.replaced for table in self._tables.values() for sheet in (table.sheet,)
        )

    def _workbook(self, growths: Sequence[Growth], renames: Sequence[Rename]) -> bytes:
        package = self._package
        xml = renamed_part(package.plain(package.workbook_part), renames)
        if growths:
            xml = grown_names(xml, growths)
        if self._names:
            xml = structure.define_names(xml, self._names, package.place)
        if b'fullCalcOnLoad="1"' in xml or not self._sheets:
            return xml
        chain = any(kind == "calcChain" for _, kind, _ in package.relations(package.workbook_part))
        calculated = any(sheet.calculated for sheet in self._sheets.values())
        if chain or calculated or any(facts_of(package, sheet.part).cells for sheet in package.sheets):
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
) -> Iterable[tuple[int, bytes]]:
    """The chosen rows among those in some regions (offset, length) of a sheet, read anew from the file."""
    segments = within(package.segments(part), regions)
    # A segment holds whole rows, and one is held at a time.
    pieces = (package.segment(part, one) for one in segments) if segments else package.regions(part, regions)
    for region in pieces:
        for match in _ROW_TAG.finditer(region):
            if int(match[1]) in chosen:
                tag_end = region.index(b">", match.end()) + 1
                end = tag_end if region[tag_end - 2] == 0x2F else region.index(b"</row>", tag_end) + len(b"</row>")
                yield int(match[1]), region[match.start() : end]

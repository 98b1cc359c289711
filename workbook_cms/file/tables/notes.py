"""Notes and comments of cells that move: what they say, who answered, and the box that a note is drawn in.

A note is listed with its cell in one part (ECMA-376 part 1, 18.7.3) and drawn by a shape of another, which counts rows
from 0 and pins the box to them (part 4, 19.4.2.55 and 19.4.2.4); an answered comment stands in a third part as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.addresses import column_letters, parse_range
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package, TablePart
from workbook_cms.file.sheets.rows import expected
from workbook_cms.file.tables.growth import Growth
from workbook_cms.file.tables.references import Area

__all__ = ["check_kept", "check_replaced", "moved_notes"]

_COMMENT = re.compile(rb'(<(?:\w+:)?(?:comment|threadedComment)\b[^>]*?\sref=")([^"]*)(?=")')
_KINDS = ("comments", "threadedComment")
_SHAPE = re.compile(rb"<(?P<name>(?:\w+:)?shape)\b.*?</(?P=name)\s*>", re.DOTALL)
_NOTE = re.compile(rb"""\bObjectType\s*=\s*["']Note["']""")
_ROW = re.compile(rb"(<(?:\w+:)?Row>\s*)(\d+)(?=\s*<)")
_COLUMN = re.compile(rb"(<(?:\w+:)?Column>\s*)(\d+)(?=\s*<)")
_ANCHOR = re.compile(rb"(<(?:\w+:)?Anchor>)([^<]*)(?=<)")
_ASIDE = "Delete the note in Excel first, or make this change there."

#: Column and row of a cell.
_Cell = tuple[int, int]


def _noted(package: Package, part: str, area: Area) -> list[_Cell]:
    """(column, row) of the cells of a sheet, in some range, that somebody wrote a note or a comment about."""
    found = set()
    for comments in _parts(package, part):
        for match in _COMMENT.finditer(package.plain(comments)):
            box = parse_range(match[2].decode())
            if box and area.meets(Area(*box)):
                found.add((box[0], box[1]))
    return sorted(found)


def check_kept(package: Package, table: TablePart, row: int, place: str) -> None:
    """Refuse to blank a row of a table that carries a note.

    Raises:
        RefusedChangeError: it does.
    """
    for cell in _noted(package, table.sheet_part, Area(table.first_col, row, table.last_col, row)):
        raise _refused(place, cell, "which would be emptied")


def check_replaced(
    package: Package, table: TablePart, rows: Sequence[Mapping[int, CellValue]], place: str
) -> None:
    """Refuse new rows in the place of all rows of a table where a note would come to stand on another record.

    A record that stays in its row, or is changed there, keeps its note.

    Args:
        package: The workbook.
        table: Its table.
        rows: The new rows by column number, from the first row of the table on.
        place: The table, for messages.

    Raises:
        RefusedChangeError: a record with a note would get another row, or go.
    """
    area = Area(table.first_col, table.first_record, table.last_col, table.last_record)
    cells = _noted(package, table.sheet_part, area)
    if not cells:
        return
    from workbook_cms.file.reader import read_tables  # noqa: PLC0415 - few tables carry notes

    raw = read_tables(package, [table.name])[table.name]
    numbers = [
        (column, at)
        for at, (column, label) in enumerate(enumerate(table.columns, start=table.first_col))
        if label not in table.calculated
    ]
    held = dict(zip(raw.rows, raw.cells, strict=True))
    blank: list[CellValue] = [None] * len(table.columns)
    before = [
        tuple(expected(held.get(row, blank)[at], package.date1904) for _, at in numbers)
        for row in range(table.first_record, table.last_record + 1)
    ]
    after = [tuple(expected(row.get(column), package.date1904) for column, _ in numbers) for row in rows]
    stay: set[int] = set()
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if start == new_start and end == new_end and kind in ("equal", "replace"):
            stay.update(range(start, end))
    for cell in cells:
        if cell[1] - table.first_record not in stay:
            raise _refused(place, cell, "whose record would get another row or go")


def moved_notes(package: Package, growths: Sequence[Growth]) -> dict[str, bytes]:
    """The parts with notes and comments, and those with their boxes, that change when cells move.

    Raises:
        RefusedChangeError: a note stands on a record that goes, or one cell would get two.
    """
    changed: dict[str, bytes] = {}
    for sheet in package.sheets:
        here = [growth for growth in growths if growth.moves and growth.sheet == sheet.name]
        moves = _moves(package, sheet.part, here) if here else {}
        for part in _parts(package, sheet.part) if moves else ():
            changed[part] = _COMMENT.sub(lambda match, m=moves: _with_cell(match, m), package.plain(part))  # type: ignore[misc]
        for _, kind, part in package.relations(sheet.part) if moves else ():
            if kind == "vmlDrawing":
                changed[part] = _with_boxes(package.read(part), moves, here[0].place)
    return changed


def _parts(package: Package, part: str) -> list[str]:
    return [target for _, kind, target in package.relations(part) if kind in _KINDS]


def _moves(package: Package, part: str, growths: Sequence[Growth]) -> dict[_Cell, _Cell]:
    """Where cells with notes go, those that stay left out."""
    found = {}
    for growth in growths:
        for column, row in _noted(package, part, Area(growth.left, growth.first, growth.right, growth.end)):
            new = growth.row(row)
            if new is None:
                raise _refused(growth.place, (column, row), "which would be taken out")
            if new != row:
                found[column, row] = (column, new)
        taken = set(_noted(package, part, Area(growth.left, growth.end + 1, growth.right, growth.new_last + 1)))
        for cell in sorted(taken & set(found.values())):
            raise _refused(growth.place, cell, "where another one would have to go")
    return found


def _refused(place: str, cell: _Cell, which: str) -> RefusedChangeError:
    address = f"{column_letters(cell[0])}{cell[1]}"
    return RefusedChangeError(place, f"Cell {address}, {which}, carries a note or comment.", _ASIDE)


def _with_cell(match: re.Match[bytes], moves: dict[_Cell, _Cell]) -> bytes:
    box = parse_range(match[2].decode())
    new = moves.get((box[0], box[1])) if box else None
    return match[1] + (f"{column_letters(new[0])}{new[1]}".encode() if new else match[2])


def _with_boxes(xml: bytes, moves: dict[_Cell, _Cell], place: str) -> bytes:
    drawn: set[_Cell] = set()

    def changed(match: re.Match[bytes]) -> bytes:
        shape = match[0]
        row, column = _ROW.search(shape), _COLUMN.search(shape)
        if not _NOTE.search(shape) or row is None or column is None:
            return shape
        old = int(column[2]) + 1, int(row[2]) + 1
        new = moves.get(old)
        if new is None:
            return shape
        drawn.add(old)
        shape = _ROW.sub(lambda found: found[1] + b"%d" % (new[1] - 1), shape, count=1)
        return _ANCHOR.sub(lambda found: found[1] + _anchor(found[2], new[1] - old[1]), shape, count=1)

    new_xml = _SHAPE.sub(changed, xml)
    for cell in sorted(moves.keys() - drawn):
        # A box that is drawn in a way not understood here would be left behind.
        raise _refused(place, cell, "which would have to move")
    return new_xml


def _anchor(text: bytes, down: int) -> bytes:
    """The box's corners (column, offset, row, offset, twice), so many rows further down, not above the sheet."""
    numbers = text.split(b",")
    if len(numbers) != 8 or not all(number.strip().isdigit() for number in numbers):
        return text
    down = max(down, -int(numbers[2]))
    for at in (2, 6):
        numbers[at] = b" %d" % (int(numbers[at]) + down)
    return b",".join(numbers)

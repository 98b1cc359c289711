"""How far the cells of a sheet reach: a reader reserves memory for each place up to the last one, held or blank."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_number
from workbook_cms.file.guards import cells_near, reach

__all__ = ["MOST_TOLD", "Above", "above", "check_few", "check_sparse"]

#: Places, held or blank, that a reader may reserve memory for whatever the cells hold: some 50 bytes each.
MAX_PLACES = 8_000_000
#: Beyond that, so many for each cell that holds something: then the file has the size for it.
MAX_SPREAD = 2
#: Cells with content that a sheet may have of which all rows are taken in at once: some 60 bytes each, for each reader.
MAX_CELLS = 3_000_000
#: Of what stands below the tables, so many cells are told.
MOST_TOLD = 1000
#: Fewer bytes below are no reason to make a copy without them.
_LITTLE = 1 << 18
#: So many columns times the rows of five digits stay below `MAX_PLACES`.
_USUAL = 80
#: Columns of a sheet all of whose cells lie near.
_NEAR = 57
_SLICE = 1 << 20

_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d{1,7})"')
_ANY_ROW = re.compile(rb"<row[\s/>]")
_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
_FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*><(?:v>[^<]|is>(?!<t/>|<t></t>)|f[\s/>])')
_FAR = re.compile(rb'<c r="[A-Z]{1,3}(\d{6,7})"')


@dataclass(frozen=True)
class Above:
    """A sheet without the rows below its tables.

    Attributes:
        xml: The sheet that is left.
        below: (row, column) of cells with content in the rows that were left out, the first thousand.
    """

    xml: bytes
    below: tuple[tuple[int, int], ...] = ()


def above(xml: bytes, last: int) -> Above:
    """The sheet without the rows below ``last``, so that nobody reserves memory for them.

    The sheet stays whole where little stands below, or where rows or cells there do not say where they belong.
    """
    end = xml.rfind(b"</sheetData>")
    final = _ROW.match(xml, max(xml.rfind(b"<row ", 0, max(end, 0)), 0))
    if final is None or int(final[1]) <= last:
        return Above(xml)
    start = next((row.start() for row in _ROW.finditer(xml, 0, end) if int(row[1]) > last), end)
    if end - start < _LITTLE:
        return Above(xml)
    below = _told(xml, start, end, last)
    return Above(xml) if below is None else Above(xml[:start] + xml[end:], below)


def _told(xml: bytes, start: int, end: int, last: int) -> tuple[tuple[int, int], ...] | None:
    """The first cells with content in some rows; None where a row or cell does not say that it is below ``last``."""
    if xml.find(b"<!", start, end) >= 0 or xml.find(b"<?", start, end) >= 0:
        return None
    count = sum(1 for row in _ROW.finditer(xml, start, end) if int(row[1]) > last)
    if count != sum(1 for _ in _ANY_ROW.finditer(xml, start, end)):
        return None
    if xml.count(b"<c", start, end) != xml.count(b'<c r="', start, end):
        return None
    count, at = 0, start
    while at < end:
        upto = xml.rfind(b"<", at, at + _SLICE) if at + _SLICE < end else end
        upto = upto if upto > at else end
        rows = _CELL_ROW.findall(xml, at, upto)
        if any(int(row) <= last for row in {*rows}):
            return None
        count, at = count + len(rows), upto
    filled = islice(_FILLED.finditer(xml, start, end), MOST_TOLD)
    told = tuple((int(cell[2]), column_number(cell[1].decode())) for cell in filled)
    return told if count == xml.count(b"<c", start, end) else None


def check_sparse(xml: bytes, columns: int, place: str, *, near: bool = False) -> None:
    """Refuse a sheet of few cells whose places a reader would have to reserve far too much memory for.

    Args:
        xml: The sheet.
        columns: The most columns that a table on it has.
        place: The file and the sheet.
        near: All its cells are known to lie near, see `guards.all_near`.

    Raises:
        FileError: It is too sparse.
    """
    if columns <= _USUAL and (near or cells_near(xml)):
        last = max(map(int, {*_FAR.findall(xml)}), default=0)
        if last * max(columns, _NEAR) <= MAX_PLACES:
            return
    most = max(MAX_PLACES, MAX_SPREAD * _held(xml))
    rows, wide = reach(xml)
    if rows * max(wide, columns) > most:
        raise FileError(
            place,
            f"it reaches to row {rows:,} and column {max(wide, columns):,}, but nearly all of that is blank.",
            "Delete the empty rows and columns around the data (Ctrl+End shows the last cell) and save.",
        )


def check_few(chunks: Iterable[bytes], place: str) -> None:
    """Refuse a sheet, given in pieces, of more cells than can be taken in at once.

    Raises:
        FileError: It has more.
    """
    count = 0
    for piece in chunks:
        count += _held(piece)
        if count > MAX_CELLS:
            raise FileError(place, f"it holds more than {MAX_CELLS:,} cells.", "Split the file.")


def _held(xml: bytes) -> int:
    """How many cells of a sheet hold something, or a few more."""
    return sum(xml.count(start) for start in (b"<v>", b"<v ", b":v>", b":v ", b"<is", b":is"))

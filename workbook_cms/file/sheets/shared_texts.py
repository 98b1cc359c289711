"""How much the texts of a sheet come to when each cell gets its own, as a reader gives them.

A workbook keeps a text once and cells name it by its number (ECMA-376 part 1, 18.4.9). A file of some kilobytes can so
hold gigabytes: 100,000 cells that all name one long text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from workbook_cms.errors import FileError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from workbook_cms.file.package import Package

__all__ = ["check_shared"]

#: Bytes that the shared texts of a sheet may come to whatever cells name them, and of each cell: texts of records that
#: are used again and again are short.
MOST = 256 << 20
_A_CELL = 120
_BATCH = 1 << 16

_NAMED = re.compile(rb"""["']s["'][^<]*>\s*<(?:\w+:)?v\b[^>]*>\s*(\d{1,9})""")


def check_shared(package: Package, sheet: bytes, place: str) -> None:
    """Refuse a sheet whose shared texts would fill a reader's memory.

    Args:
        package: The workbook.
        sheet: The XML of the sheet, in UTF-8.
        place: The file and the sheet.

    Raises:
        FileError: They would; or the part that holds them is damaged.
    """
    related = package.relations(package.workbook_part)
    part = next((target for _, kind, target in related if kind == "sharedStrings" and package.has(target)), "")
    cells = sheet.count(b'"s"') + sheet.count(b"'s'") if part else 0
    size = package.member(part).size if part else 0
    if cells * size <= MOST:
        return
    lengths = _lengths(package.chunks(part))
    if lengths is None:
        lengths = _lengths([package.plain(part)])
    if lengths is None or not len(lengths):
        return
    longest, most = int(lengths.max()), max(MOST, _A_CELL * cells, 2 * size)
    if cells * longest > most and _total(sheet, lengths, cells, longest, most) > most:
        raise FileError(
            place,
            f"its texts come to more than {most >> 20:,} MB, since very many cells hold the same long text.",
            "Do not use the file unless you know who made it.",
        )


def _total(sheet: bytes, lengths: npt.NDArray[np.int64], cells: int, longest: int, most: int) -> int:
    """Bytes of the texts that cells name, each as often as it is named; no more is counted than is too much."""
    total = 0
    found = _NAMED.finditer(sheet)
    while total <= most and (batch := [int(match[1]) for match in islice(found, _BATCH)]):
        total += int(lengths[[number for number in batch if number < len(lengths)]].sum())
        cells -= len(batch)
    # Cells that are written in another way may name any of them.
    return total + max(cells, 0) * longest if total <= most else total


def _lengths(chunks: Iterable[bytes]) -> npt.NDArray[np.int64] | None:
    """Bytes of each shared text in order, its tags among them; None where they are not written as Excel writes them."""
    import numpy as np  # noqa: PLC0415 - few sheets come to be looked at so closely

    starts: list[npt.NDArray[np.int64]] = []
    at, before = 0, b""
    for chunk in chunks:
        data = before + chunk
        if (not at and b"<sst" not in data) or b"<!" in data:
            return None
        piece = np.frombuffer(data, dtype=np.uint8)
        tags = np.flatnonzero(piece[:-3] == 0x3C)
        begins = (piece[tags + 1] == 0x73) & (piece[tags + 2] == 0x69)  # <si
        begins &= np.isin(piece[tags + 3], np.frombuffer(b" >/\t\r\n", dtype=np.uint8))
        starts.append(tags[begins].astype(np.int64) + at)
        before = data[-3:]
        at += len(data) - len(before)
    return np.diff(np.concatenate([*starts, np.array([at + len(before)])]))

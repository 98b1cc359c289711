"""Archives of the history: workbooks beside the record workbook that hold its old lines, read as one with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from validation.carried import carried
from validation.frames import address
from validation.history import HistoryRow
from workbook_cms.errors import FileError
from workbook_cms.file.container.sameness import FileState, state_of
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.file.sheets.tail import held, text_parts
from workbook_cms.history import HISTORY_TABLE, from_table
from workbook_cms.submission import ID_END, is_id

__all__ = ["Whole", "archive_lines", "told", "whole"]


@dataclass(frozen=True)
class Whole:
    """A history with its archives.

    Attributes:
        rows: All lines, oldest first.
        cells: Address of the first cell of each; those of an archive begin with its name in brackets.
        files: Archives that were read.
        missing: Archives that are not there, or cannot be read.
    """

    rows: list[HistoryRow]
    cells: list[str]
    files: tuple[str, ...]
    missing: tuple[str, ...]


def whole(rows: list[HistoryRow], cells: Sequence[str], workbook: Path) -> Whole:
    """The lines of a workbook's history behind those of its archives.

    A crash may have left lines in both: those that are the same are taken once.
    """
    known = {(row.no, row.chain) for row in rows}
    older: list[HistoryRow] = []
    places: list[str] = []
    read, missing = [], []
    for name in carried(rows).files:
        try:
            lines, where = archive_lines(workbook.parent / name)
        except FileError:
            missing.append(name)
            continue
        read.append(name)
        for line, place in zip(lines, where, strict=True):
            if (line.no, line.chain) not in known:
                older.append(line)
                places.append(f"[{Path(name).name}]{place}")
    if not read:
        return Whole(rows, list(cells), (), tuple(missing))
    return Whole([*older, *rows], [*places, *cells], tuple(read), tuple(missing))


def told(entry_ids: Iterable[str], files: Iterable[str], workbook: Path) -> set[str]:
    """Those of the entries that the archives of a workbook tell of, as far as they can be read.

    Args:
        entry_ids: The entries.
        files: The archives, as seen from the workbook.
        workbook: The workbook.
    """
    wanted, found = set(entry_ids), set[str]()
    for name in files:
        path = workbook.parent / name
        state = state_of(path)
        left = wanted - found
        if state is None or not left:
            continue
        with contextlib.suppress(FileError):
            ends = _id_ends(path, state)
            maybe = {
                one for one in left if not is_id(one) or any(end in ends for end in ID_END.findall(one.encode()))
            }
            found |= held(Package.open(path), HISTORY_TABLE.name, maybe) if maybe else set()
    return found


@lru_cache(maxsize=64)
def _id_ends(path: Path, state: FileState) -> frozenset[bytes]:
    """Ends of what looks like an entry id in an archive: asked at every entry while an old one waits, read once."""
    return frozenset(
        one for part in text_parts(Package.open(path), HISTORY_TABLE.name) for one in ID_END.findall(part)
    )


def archive_lines(path: Path) -> tuple[list[HistoryRow], Iterable[str]]:
    """The lines of one archive, and the address of the first cell of each.

    Raises:
        FileError: It is not there, or no archive.
    """
    package = Package.open(path)
    if HISTORY_TABLE.name not in package.tables:
        raise FileError(path.name, "it holds no history.", "Give the archive another name or place.")
    raw = read_tables(package, [HISTORY_TABLE.name])[HISTORY_TABLE.name]
    return from_table(raw), [address(raw.sheet, f"{raw.letters[0]}{row}") for row in raw.rows]

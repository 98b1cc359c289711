"""Archives of the history: workbooks beside the record workbook that hold its old lines, read as one with it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from validation.carried import Carried, Sealed, carried
from validation.chain import Seal
from validation.frames import address
from validation.history import HistoryRow
from workbook_cms.errors import FileError
from workbook_cms.file.beside.durable import ASIDE
from workbook_cms.file.container.sameness import FileState, state_of
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables
from workbook_cms.file.sheets.tail import held, text_parts
from workbook_cms.history import HISTORY_TABLE, from_table
from workbook_cms.submission import ID_END, is_id

__all__ = ["Archive", "Whole", "as_left", "clean", "is_as_left", "read_archive", "told", "whole"]


@dataclass(frozen=True)
class Archive:
    """One archive.

    Attributes:
        lines: Its lines.
        cells: Address of the first cell of each.
        sealed: The file that was read.
    """

    lines: list[HistoryRow]
    cells: list[str]
    sealed: Sealed


@dataclass(frozen=True)
class Whole:
    """A history with its archives.

    Attributes:
        rows: All lines, oldest first.
        cells: Address of the first cell of each; those of an archive begin with its name in brackets.
        files: Archives that were read.
        missing: Archives that are not there, or cannot be read.
        sealed: The files that were read, by the name of the archive.
        renamed: Name of the file that is an archive now, by the name it had.
    """

    rows: list[HistoryRow]
    cells: list[str]
    files: tuple[str, ...]
    missing: tuple[str, ...]
    sealed: Mapping[str, Sealed] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)


def as_left(known: Carried, workbook: Path) -> bool:
    """Whether every archive is, byte for byte, the file that was proven to hold its lines; none need be read then."""
    return all(is_as_left(workbook.parent / name, known.sealed.get(name)) for name in known.files)


def whole(rows: list[HistoryRow], cells: Sequence[str], workbook: Path) -> Whole:
    """The lines of a workbook's history behind those of its archives.

    A crash may have left lines in both: those that are the same are taken once.
    """
    known = {(row.no, row.chain) for row in rows}
    older: list[HistoryRow] = []
    places: list[str] = []
    sealed: dict[str, Sealed] = {}
    renamed: dict[str, str] = {}
    missing = []
    kept = carried(rows)
    for name in kept.files:
        path = _place(name, kept, workbook)
        try:
            archive = read_archive(path)
        except FileError:
            missing.append(name)
            continue
        sealed[name] = archive.sealed
        if path.name != Path(name).name:
            renamed[name] = path.name
        for line, place in zip(archive.lines, archive.cells, strict=True):
            if (line.no, line.chain) not in known:
                older.append(line)
                places.append(f"[{path.name}]{place}")
    if not sealed:
        return Whole(rows, list(cells), (), tuple(missing))
    return Whole([*older, *rows], [*places, *cells], tuple(sealed), tuple(missing), sealed, renamed)


def _place(name: str, known: Carried, workbook: Path) -> Path:
    """Where an archive is: somebody may have given the file another name, that of another archive too."""
    path, left = workbook.parent / name, known.sealed.get(name)
    if left is None or is_as_left(path, left):
        return path
    with contextlib.suppress(OSError):
        return next((file for file in sorted(path.parent.glob("*.xlsx")) if is_as_left(file, left)), path)
    return path


def is_as_left(path: Path, left: Sealed | None) -> bool:
    """Whether a file is, byte for byte, an archive as it was left; None: as nobody knows."""
    state = state_of(path)
    return left is not None and state is not None and state[1] == left.size and _digest(path, state) == left.digest


@lru_cache(maxsize=512)
def _digest(path: Path, state: FileState) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""  # who reads it says why


def clean(workbook: Path) -> None:
    """Take away what programs that died while they archived left beside a workbook. The write lock must be held."""
    name = re.compile(rf"\.{re.escape(workbook.stem)} history \d{{4}}( part \d+)?\.xlsx\.\w+{re.escape(ASIDE)}")
    with contextlib.suppress(OSError), os.scandir(workbook.parent) as found:
        for path in [Path(file.path) for file in found if name.fullmatch(file.name)]:
            path.unlink()


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


def read_archive(path: Path) -> Archive:
    """One archive.

    Raises:
        FileError: It is not there, or no archive.
    """
    package = Package.open(path)
    if HISTORY_TABLE.name not in package.tables:
        raise FileError(path.name, "it holds no history.", "Give the archive another name or place.")
    raw = read_tables(package, [HISTORY_TABLE.name])[HISTORY_TABLE.name]
    digest = hashlib.sha256()
    for piece in package.archive.raw:
        digest.update(piece)
    lines = from_table(raw)
    cells = [address(raw.sheet, f"{raw.letters[0]}{row}") for row in raw.rows]
    end = Seal(lines[-1].no, lines[-1].chain) if lines else Seal()
    return Archive(lines, cells, Sealed(digest.hexdigest(), len(package.archive.raw), end))

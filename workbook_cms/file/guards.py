"""What is refused before any reader sees it: files that are no workbook, and workbooks made to do harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from workbook_cms.errors import FileError
from workbook_cms.file.container.archive import Archive, ArchiveError, Member
from workbook_cms.file.plain import utf8

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = [
    "MAX_BOX",
    "all_near",
    "cells_near",
    "check_box",
    "check_members",
    "check_prologue",
    "check_texts",
    "load",
    "open_archive",
    "parse_xml",
    "reach",
]

MAX_FILE = 512 << 20
MAX_TOTAL = 2 << 30
#: Members above a size that are packed tighter than a ratio are made to fill the memory.
RATIOS = ((64 << 20, 250), (128 << 20, 100))
#: Bytes of a sheet, which a reader holds whole; 200,000 rows of 30 columns take less than half of it.
MAX_SHEET = 512 << 20
#: Cells in the rectangle that holds all cells of a sheet; readers reserve memory for each.
MAX_BOX = 60_000_000
#: Texts that a workbook keeps apart from its cells; 200,000 rows of 30 different texts are as many.
MAX_TEXTS = 6_000_000
#: Sheets of a workbook; what Excel opens depends on memory, real ones have some hundreds at most.
MAX_SHEETS = 5_000
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
#: Bytes of a part that is parsed into a tree, which takes some forty times as much memory; real ones stay below 3 MB.
MAX_TREE = 8 << 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WHOLE = "Ask for the file again or take it from a backup."
_DRIVE = re.compile(r"[A-Za-z]:")
# A cell that does not simply name its place within 57 columns x 999,999 rows, where no box can be too large.
_ODD_CELL = re.compile(rb'<c(?! r="(?:[A-Z]|A[A-Z]|B[A-E])\d{1,6}")[\s/>]')
_UNPLACED_CELL = re.compile(rb'<(?:c(?! r="[A-Z]{1,3}\d{1,7}")|\w+:c)[\s/>]')
_CELL_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})')
_CELL_ROW = re.compile(rb'<c r="[A-Z]{1,3}(\d{1,7})"')
# A namespace prefix at the root, or two bytes a character.
_UNUSUAL_START = re.compile(rb"<\w+:worksheet\b|\A\xff\xfe|\A\xfe\xff|\A<\0|\A\0<")
_LONGEST_TAG = _SLICE = 1 << 20
# What may stand before the root of a part and says nothing: the XML declaration, comments, blanks.
_PROLOGUE = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])([^>]*)>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']\s*([A-Za-z]*)(\d*)""")


def load(path: Path) -> bytes:
    """The bytes of the file at ``path``.

    Raises:
        FileError: missing, a folder, not allowed, empty or too large.
    """
    place = path.name or str(path)
    try:
        if path.is_dir():
            raise FileError(place, "This is a folder, not a workbook.", "Give the name of the .xlsx file in it.")
        if path.stat().st_size > MAX_FILE:
            raise FileError(
                place,
                "The file is larger than 512 MB.",
                "Move pictures or old records to another workbook.",
            )
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise FileError(
            place, "There is no such file.", "Check the name and the folder, or make it with `workbook-cms new`."
        ) from error
    except PermissionError as error:
        raise FileError(
            place, "You have no permission to read this file.", "Ask its owner for access, or close it elsewhere."
        ) from error
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or "the name is not possible"
        raise FileError(place, f"The file cannot be read ({detail}).", "Check the drive and the name.") from error
    if not raw:
        raise FileError(place, "The file is empty (0 bytes).", _WHOLE)
    return raw


def open_archive(raw: bytes, place: str) -> Archive:
    """The archive of a workbook, its directory guarded by :func:`check_members`.

    Raises:
        FileError: what the bytes are instead of a workbook.
    """
    if raw[:4] != b"PK\3\4":
        raise _not_a_zip(raw, place)
    try:
        archive = Archive(raw)
        check_members(archive, place)
    except ArchiveError as error:
        raise FileError(place, f"The file is damaged: {error}.", _WHOLE) from error
    return archive


def _not_a_zip(raw: bytes, place: str) -> FileError:
    if raw[:8] == _OLE:
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return FileError(
                place,
                "The workbook is protected by a password.",
                "Open it in Excel, take the password off (File, Info, Protect Workbook) and save it.",
            )
        return FileError(
            place,
            "This is a workbook of the old kind (.xls).",
            "Open it in Excel and save it as Excel Workbook (.xlsx).",
        )
    if raw[:4] == b"PK\5\6":
        return FileError(place, "This is an empty zip file, not a workbook.", _WHOLE)
    if place.startswith("~$"):
        return FileError(
            place, "This is Excel's note of who has a workbook open, not the workbook.", "Leave out the ~$."
        )
    if raw[:4] == b"%PDF":
        return FileError(
            place, "This is a PDF document, not a workbook.", "Ask for the workbook it was made from."
        )
    text = raw[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<":
        kind = "a web page (HTML)" if b"<html" in text.lower() or b"<!doctype html" in text.lower() else "XML"
        return FileError(
            place, f"This is {kind}, not a workbook.", "Open it in Excel and save it as Excel Workbook (.xlsx)."
        )
    if not set(raw[:4096]) & set(b"\0\1\2\3\4\5\6\7\x0e\x0f"):
        return FileError(
            place,
            "This is plain text such as CSV, not a workbook.",
            "Rename it to .csv and take it in with `workbook-cms import`, or save it as .xlsx in Excel.",
        )
    return FileError(place, "This is not an Excel workbook.", "Save it as Excel Workbook (.xlsx) and try again.")


def check_members(archive: Archive, place: str) -> None:
    """Refuse archives that are traps: bombs, members twice or one over the other, names that lead elsewhere.

    Raises:
        FileError: what it is that Excel does not make.
        ArchiveError: two readers would see two workbooks in it.
    """
    behind = archive.directory_start + len(archive.directory)
    if bytes(archive.raw[behind : behind + 4]) not in (b"PK\5\6", b"PK\6\6"):
        # Another program could find another directory there.
        raise ArchiveError("its directory does not end where the file says")
    seen: set[str] = set()
    total = 0
    for member in archive.members:
        name = member.name.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name) or "\0" in name:
            raise FileError(
                place, f"The file holds a part with a name that leads elsewhere ({member.name!r}).", _untrusted()
            )
        if name.lower() in seen:
            raise FileError(place, f"The file holds the part {member.name} twice.", _untrusted())
        seen.add(name.lower())
        total += member.size
        if "worksheets/" in name.lower() and member.size > MAX_SHEET:
            raise FileError(
                place,
                f"The sheet in {member.name} takes {member.size >> 20:,} MB, more than the {MAX_SHEET >> 20} MB that can be "
                "read.",
                "Move old records to another workbook.",
            )
        if any(member.size > size and member.size > ratio * member.packed for size, ratio in RATIOS):
            raise FileError(
                place, f"The part {member.name} would unpack to {member.size >> 20:,} MB.", _untrusted()
            )
    if total > MAX_TOTAL:
        raise FileError(place, f"The file would unpack to {total >> 20:,} MB.", _untrusted())
    _check_overlap(sorted(archive.members, key=lambda member: member.start), place)
    for member in archive.members:
        archive.check_name(member)


def _check_overlap(members: list[Member], place: str) -> None:
    for left, right in pairwise(members):
        if left.start + 30 + left.packed > right.start:
            raise FileError(place, f"The parts {left.name} and {right.name} overlap.", _untrusted())


def _untrusted() -> str:
    return "Excel does not make such files: do not use it unless you know where it comes from."


def parse_xml(data: bytes, place: str, part: str) -> Element:
    """The root of a small part, names without namespaces removed by the caller.

    Raises:
        FileError: too large, not well-formed, or with a document type or entities (which can read files or fill the memory).
    """
    from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - late for a fast start; guarded

    if len(data) > MAX_TREE:
        raise FileError(place, f"The part {part} is far too large ({len(data) >> 20} MB).", _untrusted())
    try:
        text = utf8(data).decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise FileError(place, f"The part {part} defines entities.", _untrusted())
        return fromstring(text)  # noqa: S314 - no document type, hence no entities
    except (ParseError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise FileError(place, f"The part {part} is damaged.", _WHOLE) from error


def check_prologue(head: bytes, place: str, part: str) -> None:
    """Refuse a part with a document type: it can make a reader open other files, or fill the memory.

    Args:
        head: The first bytes of the part, as many as hold its root.
        place: The file.
        part: What the part is called in the message.
    """
    # UTF-16 without its zero bytes is the same text where markup is concerned.
    text = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    found = _PROLOGUE.match(text)
    if found is not None and text[found.end() : found.end() + 2] == b"<!":
        raise FileError(place, f"The {part} defines entities.", _untrusted())


def check_box(chunks: Callable[[], Iterable[bytes]], place: str, sheet: str) -> bool:
    """Refuse a sheet whose cells lie so far apart that readers would reserve too much memory.

    ``chunks`` gives the inflated bytes of the sheet piece by piece, anew at each call; all are consumed.

    Returns:
        Whether all cells lie near, see :func:`all_near`.
    """
    if all_near(_whole_tags(chunks(), place, f"sheet {sheet}"), place, sheet):
        return True
    box = _Box()
    for piece in _whole_tags(chunks(), place, f"sheet {sheet}"):
        box.take(piece)
        box.refuse_if_too_large(place, sheet)
    return False


def check_texts(chunks: Iterable[bytes], place: str, part: str) -> None:
    """Refuse texts kept apart, in pieces, that would fill a reader's memory: one without end, or very many."""
    count = 0
    for piece in _whole_tags(chunks, place, f"part {part}"):
        count += piece.count(b"<si")
        if count > MAX_TEXTS:
            raise FileError(place, f"The part {part} holds more than {MAX_TEXTS:,} texts.", _untrusted())


def cells_near(piece: bytes) -> bool:
    """Whether every cell in a piece of a sheet, of whole tags, lies so that no box can be too large."""
    return _ODD_CELL.search(piece) is None


def all_near(pieces: Iterable[bytes], place: str, sheet: str) -> bool:
    """Whether every cell of a sheet that comes in pieces of whole tags lies so that no box can be too large."""
    first = True
    for piece in pieces:
        if first:
            check_prologue(piece, place, f"sheet {sheet}")
            if _UNUSUAL_START.search(piece[:4096]):
                return False
        first = False
        if not cells_near(piece):
            return False
    return True


def _whole_tags(chunks: Iterable[bytes], place: str, what: str) -> Iterator[bytes]:
    """The chunks cut where a tag begins, so that no cell is read in two halves."""
    before = b""
    for chunk in chunks:
        window = before + chunk
        cut = window.rfind(b"<")
        if cut > 0:
            yield window[:cut]
        before = window[max(cut, 0) :]
        if len(before) > _LONGEST_TAG:
            raise FileError(place, f"The {what} is not built as Excel builds it.", _untrusted())
    yield before


def reach(xml: bytes) -> tuple[int, int]:
    """The last row and the last column of a sheet that hold a cell, blank ones included."""
    box = _Box()
    for piece in _whole_tags((xml[at : at + _SLICE] for at in range(0, len(xml), _SLICE)), "", "sheet"):
        box.take(piece)
    return box.last_row, box.last_column


class _Box:
    """The furthest row and column seen; rows and columns without an address follow the one before."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0

    def take(self, data: bytes) -> None:
        if not _UNPLACED_CELL.search(data):
            letters, rows = set(_CELL_COLUMN.findall(data)), set(_CELL_ROW.findall(data))
            self.last_column = max(self.last_column, *map(_column_number, letters), 0)
            self.last_row = max(self.last_row, *map(int, rows), 0)
            return
        # One step a tag: only sheets with cells that do not say where they are come here.
        for match in _ROW_OR_CELL.finditer(data):
            place = _PLACE.search(match[2])
            if match[1] == b"row":
                self.row = int(place[2]) if place and place[2] else self.row + 1
                self.column = 0
                continue
            if place and place[1]:
                self.column = _column_number(place[1])
                self.row = int(place[2] or self.row)
            else:
                self.column += 1
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)

    def refuse_if_too_large(self, place: str, sheet: str) -> None:
        outside = self.last_row > MAX_ROWS or self.last_column > MAX_COLUMNS
        if outside or self.last_row * self.last_column > MAX_BOX:
            raise FileError(
                place,
                f"The sheet {sheet} holds a cell far away from the others, in row {self.last_row:,} "
                f"or column {self.last_column:,}.",
                "Delete the empty rows and columns around the data (Ctrl+End shows the last cell) and save.",
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number

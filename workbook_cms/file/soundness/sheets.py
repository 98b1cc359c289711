"""A sheet read as a stream: its rows looked through, what stands around them as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from workbook_cms.file.container.archive import ArchiveError
from workbook_cms.file.guards import MAX_TREE
from workbook_cms.file.plain import NAMESPACES, plain
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.packaging import check_prefixes
from workbook_cms.file.soundness.parts import Parts
from workbook_cms.file.soundness.rows import Limits, OddFormError, RowScan, Seen

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["scan_sheet"]

_ROOT = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*(<worksheet(?:\s[^<>]*)?>)")
_FOREIGN_ENCODING = re.compile(rb"""\A[^<]*<\?xml[^>]*encoding=["'](?!utf-?8|us-ascii)""", re.IGNORECASE)
_DATA = re.compile(rb"<sheetData(?:\s[^<>]*?)?(/?)>")
_END: Final = b"</sheetData>"
#: A row longer than this is none of a spreadsheet program; what is around the rows stays below a tree's size.
_MAX_ROW: Final = 8 << 20
_PIECE: Final = 1 << 20


def scan_sheet(
    parts: Parts, flaws: Flaws, part: str, limits: Limits, given: Iterable[bytes] | None = None
) -> tuple[Element, Seen] | None:
    """Look through a worksheet; returns its XML without the rows, and what the rows held.

    ``given`` is the sheet in pieces, without the rows that need not be looked at; None for the whole part.
    Returns None where it is too damaged to go on, which is noted.
    """
    try:
        return _Stream(parts, flaws, part, limits).read(parts.chunks(part) if given is None else given)
    except OddFormError:
        pass
    except ArchiveError as error:
        flaws.add("zip", parts.name(part), f"the part cannot be unpacked: {error}.")
        return None
    if given is None and not parts.check_form(part):
        return None
    try:
        data = plain(parts.read(part) if given is None else b"".join(given))
        return _Stream(parts, flaws, part, limits).read(
            data[at : at + _PIECE] for at in range(0, len(data), _PIECE)
        )
    except ValueError as error:
        flaws.add("xml", parts.name(part), f"the part is damaged: its XML is not well-formed ({error}).")
    except OddFormError:
        flaws.add("rows-unreadable", parts.name(part), "the rows of the sheet are not written as rows.")
    return None


class _Stream:
    def __init__(self, parts: Parts, flaws: Flaws, part: str, limits: Limits) -> None:
        self._parts, self._flaws, self._part = parts, flaws, part
        self._scan = RowScan(flaws, parts.name(part), limits)

    def read(self, chunks: Iterable[bytes]) -> tuple[Element, Seen] | None:
        around = b"".join(self._around(iter(chunks)))
        self._scan.finish()
        if len(around) > MAX_TREE:
            told = f"its rules, merged cells and links take {len(around) >> 20} MB, too much to be looked through."
            self._flaws.add("crowded", self._parts.name(self._part), told)
            return None
        check_prefixes(self._flaws, self._parts.name(self._part), around)
        frame = self._parts.parse(self._part, around)
        return None if frame is None else (frame, self._scan.seen)

    def _around(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The head with an empty <sheetData>, then what follows the rows; the rows go to the scan."""
        window = b""
        found = None
        for chunk in chunks:
            window += chunk
            found = _DATA.search(window)
            if found or len(window) > _MAX_ROW:
                break
        root = _ROOT.match(window)
        if root is None or _FOREIGN_ENCODING.match(window) or not any(space in root[1] for space in NAMESPACES):
            raise OddFormError
        if found is None:
            yield window
            return
        self._scan.begin(root[1])
        yield window[: found.start()] + b"<sheetData/>"
        window = window[found.end() :]
        if not found[1]:
            window = self._rows(window, chunks)
        yield window
        yield from chunks

    def _rows(self, window: bytes, chunks: Iterator[bytes]) -> bytes:
        """Take all rows; returns what follows them of the piece in which they end."""
        while (end := window.find(_END)) < 0:
            cut = max(window.rfind(b"<row"), 0)
            self._take(window[:cut])
            window = window[cut:]
            chunk = next(chunks, None)
            if chunk is None or len(window) > _MAX_ROW:
                raise OddFormError
            window += chunk
        self._take(window[:end])
        return window[end + len(_END) :]

    def _take(self, rows: bytes) -> None:
        # Comments, raw text and instructions may hold what looks like a row.
        # A single character is looked for first, many times as fast.
        if (b"!" in rows and b"<!" in rows) or (b"?" in rows and b"<?" in rows):
            raise OddFormError
        self._scan.take(rows)

"""Shared strings: how many there are, what some of them say, and whether one is too long (ECMA-376 part 1, 18.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Final

from workbook_cms.file.container.archive import ArchiveError
from workbook_cms.file.plain import plain
from workbook_cms.file.sheets.rows import MAX_TEXT
from workbook_cms.file.soundness.cells import text_of, too_long
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.markup import children, number
from workbook_cms.file.soundness.parts import Parts

__all__ = ["Strings"]

_USUAL = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>)?\s*<sst[\s>/]")
_ITEM = re.compile(rb"<si[\s/>]")
_UNIQUE = re.compile(rb'\suniqueCount="(\d+)"')
_ROOT = re.compile(rb"<sst(?:\s[^<>]*)?>")
_END: Final = b"</si>"


class Strings:
    """The shared strings of a workbook, looked through as a stream."""

    def __init__(self, parts: Parts, part: str) -> None:
        self._parts, self._part = parts, part if part and parts.has(part) else ""

    @cached_property
    def count(self) -> int:
        """How many there are; 0 where the workbook has none."""
        return sum(len(_ITEM.findall(piece)) for piece in self._pieces())

    def texts(self, wanted: Collection[int]) -> dict[int, str]:
        """What the strings of these numbers say; those that are not there are left out."""
        found: dict[int, str] = {}
        last = max(wanted, default=-1)
        at = 0
        for piece in self._pieces():
            if at > last:
                break
            # Many items stand in one piece, and only some of them are asked for.
            items = piece.split(_END) if any(at <= index for index in wanted) else []
            for item in items:
                starts = [match.start() for match in _ITEM.finditer(item)]
                for offset, start in enumerate(starts):
                    if at + offset in wanted:
                        found[at + offset] = self._text(item[start:] if offset == len(starts) - 1 else b"")
                at += len(starts)
        return found

    def check(self, flaws: Flaws) -> None:
        """Its own count, and texts that no cell takes."""
        if not self._part:
            return
        name = self._parts.name(self._part)
        said = None
        for piece in self._pieces():
            if said is None and (root := _ROOT.search(piece)):
                found = _UNIQUE.search(root[0])
                said = number(found[1].decode(), 0) if found else self.count
            for item in piece.split(_END) if len(piece) > MAX_TEXT else ():
                if len(item) > MAX_TEXT and too_long(self._text(item[item.find(b"<si") :])):
                    flaws.add(
                        "shared-string-text",
                        name,
                        f"a text is longer than the {MAX_TEXT:,} characters that a cell takes.",
                    )
        if said is not None and said != self.count:
            flaws.add(
                "string-count", name, f"the list says that it holds {said:,} texts, but holds {self.count:,}."
            )

    def _text(self, item: bytes) -> str:
        """The text of an item without its closing tag; "" for one that is not there or damaged."""
        from xml.etree.ElementTree import ParseError, fromstring  # noqa: PLC0415 - late for a fast start

        if not item or (item.rstrip().endswith(b"/>") and b"<t" not in item):
            return ""
        try:
            root = fromstring(b"<sst xmlns:xml='http://www.w3.org/XML/1998/namespace'>" + item + _END + b"</sst>")  # noqa: S314
        except (ParseError, ValueError):
            return ""
        return "".join(text_of(found) for found in children(root, "si"))

    def _pieces(self) -> Iterator[bytes]:
        """The part in pieces of whole items, in plain XML."""
        if not self._part:
            return
        try:
            window = b""
            for chunk in self._chunks():
                window += chunk
                cut = window.rfind(_END) + len(_END)
                if cut >= len(_END):
                    yield window[:cut]
                    window = window[cut:]
            yield window
        except (ArchiveError, ValueError):
            return  # noted where the part is looked at as a whole

    def _chunks(self) -> Iterator[bytes]:
        chunks = self._parts.chunks(self._part)
        first = next(chunks, b"")
        if not _USUAL.match(first):
            yield plain(self._parts.read(self._part))
            return
        yield first
        yield from chunks

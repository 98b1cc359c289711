"""A worksheet cut into segments: what stands before its rows, the rows in stretches of whole rows, what follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from workbook_cms.file.container.segments import SIZE
from workbook_cms.file.plain import plain

__all__ = [
    "CLOSE",
    "OPEN",
    "NotPlainError",
    "cut",
    "in_order",
    "plain_segments",
    "row_stretches",
    "segment_size",
]

OPEN, CLOSE, _EMPTY = b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_END = b"</worksheet>"
_USUAL_ROW = re.compile(rb'<row(?: r="(\d{1,7})")?')
_ROW = re.compile(rb'<row(?:\s[^>]*?)?\sr="(\d{1,7})"')
#: What stands before the rows takes some KB; without rows in so many bytes the sheet is written in another way.
_LONGEST_HEAD = 4 << 20
#: Beyond so many segments a sheet gets longer ones, so that the index stays small.
_MANY = 2000


class NotPlainError(Exception):
    """The sheet is not written in the plain form, see `file.plain`, or its rows are not in order."""


def segment_size(size: int) -> int:
    """Bytes of a segment in a sheet of ``size`` bytes."""
    wanted = SIZE
    while size > wanted * _MANY:
        wanted *= 2
    return wanted


def cut(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The segments of a sheet: its head to ``<sheetData>``, whole rows of about ``size`` bytes, its tail.

    Raises:
        NotPlainError: no rows can be found.
    """
    window = iter(chunks)
    held = b""
    while (at := held.find(OPEN)) < 0:
        if (empty := held.find(_EMPTY)) >= 0:
            yield held[:empty] + OPEN
            yield CLOSE + held[empty + len(_EMPTY) :] + b"".join(window)
            return
        held += _more(window if len(held) < _LONGEST_HEAD else iter(()))
    at += len(OPEN)
    yield held[:at]
    held = held[at:]
    while (end := held.find(CLOSE)) < 0:
        stretches, held = _full(held, size)
        yield from stretches
        held += _more(window)
    yield from row_stretches(held[:end], size)
    yield held[end:] + b"".join(window)


def row_stretches(rows: bytes, size: int) -> Iterator[bytes]:
    """Rows in stretches of at most ``size`` bytes, or of one row."""
    stretches, rest = _full(rows, size)
    yield from stretches
    if rest:
        yield rest


def _more(window: Iterator[bytes]) -> bytes:
    more = next(window, None)
    if more is None:
        raise NotPlainError
    return more


def _full(held: bytes, size: int) -> tuple[list[bytes], bytes]:
    """Stretches of whole rows, and what is left over: less than ``size`` bytes, or a row whose end is not known."""
    found, at = [], 0
    while len(held) - at > size:
        end = held.rfind(b"<row", at + 1, at + size)
        if end < 0:
            end = held.find(b"<row", at + size - len(b"<row"))
        if end < 0:
            break
        found.append(held[at:end])
        at = end
    return found, held[at:]


def plain_segments(segments: Iterable[bytes], *, placed: bool) -> Iterator[bytes]:
    """The segments of a sheet as they come, while they are plain; ``placed`` says that all cells tell their place.

    Raises:
        NotPlainError: one is not.
    """
    head = before = b""
    for segment in segments:
        # What a program does it does in all rows: the first and the last ones are looked at closely.
        if not head:
            head = segment
        elif segment.startswith(CLOSE):
            _check(head + before + segment)
        else:
            if not before:
                _check(head + segment + CLOSE + _END)
            if b"!" in segment and b"<!" in segment:
                raise NotPlainError
            if not placed and segment.count(b'<c r="') != segment.count(b"<c"):
                raise NotPlainError
            before = segment
        yield segment


def in_order(segments: Iterable[bytes]) -> Iterator[bytes]:
    """The segments of a sheet as they come, while every row tells its number and is below the one before.

    Raises:
        NotPlainError: a row does not.
    """
    last, first = 0, True
    for segment in segments:
        if not first and not segment.startswith(CLOSE):
            found = _USUAL_ROW.findall(segment)
            if b"" in found:
                count, found = len(found), _ROW.findall(segment)
                if len(found) != count:
                    raise NotPlainError
            numbers = [int(number) for number in found]
            if numbers != sorted({*numbers}) or (numbers and numbers[0] <= last):
                raise NotPlainError
            last = numbers[-1] if numbers else last
        first = False
        yield segment


def _check(whole: bytes) -> None:
    try:
        same = plain(whole) is whole
    except ValueError as error:
        raise NotPlainError from error
    if not same:
        raise NotPlainError

"""The bytes of a file in pieces: what a later state of the file has in common with an earlier one is held once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from io import FileIO

__all__ = ["Buffer"]

#: A stretch of some bytes: they, where it begins, where it ends.
_Cut = tuple[bytes, int, int]
#: Shorter neighbours are joined. One object keeps all of its bytes in memory, so longer ones stay apart.
_SHORT = 1 << 16
#: Of more pieces than this the bytes are copied: finding a place would take long, and what is gone is given back.
_MOST = 512
_CHUNK = 1 << 20


class Buffer:
    """Bytes that cannot change, put together from others without copying them."""

    __slots__ = ("_cuts", "_starts", "size")

    def __init__(self, pieces: Iterable[bytes | Buffer]) -> None:
        """Put ``pieces`` together."""
        cuts = list(_joined(pieces))
        if len(cuts) > _MOST:
            whole = b"".join(memoryview(data)[start:end] for data, start, end in cuts)
            cuts = [(whole, 0, len(whole))]
        self._cuts = cuts
        self._starts = [0]
        for _, start, end in cuts:
            self._starts.append(self._starts[-1] + end - start)
        self.size = self._starts.pop() if cuts else 0

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[memoryview]:
        """The pieces in order, not copied."""
        for data, start, end in self._cuts:
            yield memoryview(data)[start:end]

    def __getitem__(self, place: slice) -> bytes:
        """Some of the bytes, copied."""
        start, end, _ = place.indices(self.size)
        return bytes(self.view(start, end))

    def __bytes__(self) -> bytes:
        """All of them; copied where they are in several pieces."""
        data, start, end = self._cuts[0] if self._cuts else (b"", 0, 0)
        return data if len(self._cuts) < 2 and (start, end) == (0, len(data)) else b"".join(self)

    def view(self, start: int, end: int) -> memoryview:
        """The bytes between two places; copied only where they lie in several pieces."""
        found = [memoryview(data)[first:last] for data, first, last in self._between(start, end)]
        return found[0] if len(found) == 1 else memoryview(b"".join(found))

    def part(self, start: int, end: int) -> Buffer:
        """The bytes between two places, not copied."""
        part = Buffer(())
        part._cuts = list(self._between(start, end))
        part._starts = []
        for _, first, last in part._cuts:
            part._starts.append(part.size)
            part.size += last - first
        return part

    def same(self, start: int, other: Buffer, other_start: int, length: int) -> bool:
        """Whether so many bytes are the same in both; what is held only once need not be looked at."""
        if max(start + length - self.size, other_start + length - other.size) > 0:
            return False
        while length > 0:
            mine, at, end = self._at(start)
            theirs, other_at, other_end = other._at(other_start)
            run = min(end - at, other_end - other_at, length)
            held_once = mine is theirs and at == other_at
            # Comparing views is thirty times slower.
            if not held_once and not mine.startswith(memoryview(theirs)[other_at : other_at + run], at):
                return False
            start, other_start, length = start + run, other_start + run, length - run
        return True

    def stands_in(self, file: FileIO) -> bool:
        """Whether a file holds these bytes from where it stands, and no more."""
        chunk = bytearray(_CHUNK)
        window = memoryview(chunk)
        for data, start, end in self._cuts:
            at = start
            while at < end:
                read = file.readinto(window[: min(_CHUNK, end - at)])
                if not read or not data.startswith(window[:read], at):
                    return False
                at += read
        return not file.read(1)

    def _between(self, start: int, end: int) -> Iterator[_Cut]:
        end = min(end, self.size)
        index = bisect_right(self._starts, start) - 1 if start < end else 0
        while start < end:
            data, first, last = self._cuts[index]
            at = first + start - self._starts[index]
            stop = min(last, at + end - start)
            yield data, at, stop
            start += stop - at
            index += 1

    def _at(self, place: int) -> _Cut:
        """The piece that holds a place, from there on."""
        index = bisect_right(self._starts, place) - 1
        data, start, end = self._cuts[index]
        return data, start + place - self._starts[index], end


def _joined(pieces: Iterable[bytes | Buffer]) -> Iterator[_Cut]:
    """The stretches of the pieces, neighbours that belong together as one."""
    last: _Cut = (b"", 0, 0)
    short: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes) and len(piece) < _SHORT:
            short.append(piece)
            continue
        cuts: Iterable[_Cut] = piece._cuts if isinstance(piece, Buffer) else [(piece, 0, len(piece))]
        if short:
            yield from _some(last)
            last, short = _whole(short), []
        for data, start, end in cuts:
            if data is last[0] and start == last[2]:
                last = (data, last[1], end)
            else:
                yield from _some(last)
                last = (data, start, end)
    yield from _some(last)
    if short:
        yield from _some(_whole(short))


def _some(cut: _Cut) -> Iterator[_Cut]:
    if cut[1] < cut[2]:
        yield cut


def _whole(short: list[bytes]) -> _Cut:
    data = b"".join(short)
    return data, 0, len(data)

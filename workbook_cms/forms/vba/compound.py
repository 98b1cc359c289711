"""Writes an OLE compound file ([MS-CFB], version 3): storages and streams, as small as a VBA project needs it.

The same tree gives the same bytes: no times, no class ids. Libraries read such files; none that is kept up writes them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Storage", "compound_file"]

#: What a storage holds, by name: a stream's bytes, or another storage.
Storage = Mapping[str, "bytes | Storage"]

_SECTOR, _MINI = 512, 64
_CUTOFF = 4096  # a shorter stream lies in the mini stream
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_ROOT, _STORAGE, _STREAM = 5, 1, 2
_IN_HEADER = 109  # sectors of the FAT that the header can name: a file of some 7 MB
_PER_SECTOR = _SECTOR // 4
_BLACK = 1


@dataclass
class _Entry:
    """A directory entry (2.6.1) and what it points at; numbers of entries are indices in the directory."""

    name: str
    kind: int
    data: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END

    @property
    def small(self) -> bool:
        return self.kind == _STREAM and 0 < len(self.data) < _CUTOFF

    def pack(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        start = 0 if self.kind == _STORAGE else self.start
        links = struct.pack("<HBB3I", len(name), self.kind, _BLACK, self.left, self.right, self.child)
        return name.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, len(self.data))


def compound_file(root: Storage) -> bytes:
    """The compound file whose root storage is ``root``.

    Raises:
        ValueError: A name is empty or longer than 31 characters, or the file would be longer than about 7 MB.
    """
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(entries, root)
    mini_fat: list[int] = []
    mini_stream = bytearray()
    for entry in entries:
        if entry.small:
            entry.start = _chain(mini_fat, len(entry.data), _MINI)
            mini_stream += _padded(entry.data, _MINI)
    entries[0].data = bytes(mini_stream)
    fat: list[int] = []
    body = bytearray()

    def place(data: bytes) -> int:
        if not data:
            return _END
        body.extend(_padded(data, _SECTOR))
        return _chain(fat, len(data), _SECTOR)

    for entry in entries:
        if entry.kind != _STORAGE and not entry.small:
            entry.start = place(entry.data)
    mini_start = place(_sectors(mini_fat))
    directory_start = place(_directory(entries))
    fat_start, count = len(fat), _fat_sectors(len(fat))
    if count > _IN_HEADER:
        raise ValueError("a compound file of more than 7 MB")
    fat += [_FAT] * count
    header = struct.pack(
        "<8s16x5H6x9I",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, count, directory_start, 0, _CUTOFF),
        *(mini_start, len(_sectors(mini_fat)) // _SECTOR, _END, 0),
    )
    named = [*range(fat_start, fat_start + count), *[_FREE] * (_IN_HEADER - count)]
    return header + struct.pack(f"<{_IN_HEADER}I", *named) + bytes(body) + _sectors(fat)


def _add(entries: list[_Entry], storage: Storage) -> int:
    """Enter what a storage holds and give the top of its tree (2.6.4: all black, as the specification allows)."""
    numbers = []
    for name, held in sorted(storage.items(), key=lambda item: (len(_units(item[0])), _units(item[0].upper()))):
        if not 0 < len(_units(name)) // 2 <= 31:
            raise ValueError(f"a name of {len(name)} characters")
        entry = _Entry(name, _STREAM, held) if isinstance(held, bytes) else _Entry(name, _STORAGE)
        numbers.append(len(entries))
        entries.append(entry)
        if not isinstance(held, bytes):
            entry.child = _add(entries, held)
    return _tree(entries, numbers)


def _tree(entries: list[_Entry], numbers: list[int]) -> int:
    """Link sorted siblings to a balanced tree and give its top."""
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    top = entries[numbers[middle]]
    top.left, top.right = _tree(entries, numbers[:middle]), _tree(entries, numbers[middle + 1 :])
    return numbers[middle]


def _chain(fat: list[int], length: int, size: int) -> int:
    """Enter a chain for ``length`` bytes in sectors of ``size`` and give its first sector."""
    start = len(fat)
    fat += [*range(start + 1, start + -(-length // size)), _END]
    return start


def _directory(entries: list[_Entry]) -> bytes:
    def packed() -> Iterator[bytes]:
        yield from (entry.pack() for entry in entries)
        unused = struct.pack("<66xBB3I48x", 0, 0, _NONE, _NONE, _NONE)
        yield from [unused] * (-len(entries) % (_SECTOR // len(unused)))

    return b"".join(packed())


def _fat_sectors(others: int) -> int:
    """Sectors of a FAT that also has to hold itself."""
    count = 0
    while count * _PER_SECTOR < others + count:
        count += 1
    return count


def _sectors(numbers: list[int]) -> bytes:
    """Sector numbers, filled up to whole sectors."""
    return struct.pack(f"<{len(numbers)}I", *numbers) + b"\xff" * (-4 * len(numbers) % _SECTOR)


def _padded(data: bytes, size: int) -> bytes:
    return data + bytes(-len(data) % size)


def _units(text: str) -> bytes:
    """For comparing and counting as the directory does, in UTF-16 (big end first, so that bytes sort like units)."""
    return text.encode("utf-16-be")

"""The zip archive of a workbook: its directory read and checked, members inflated within their declared size.

Source of the layout: PKWARE APPNOTE 6.3.10, sections 4.3 (records) and 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from isal import isal_zlib

__all__ = ["Archive", "ArchiveError", "Member", "Packed", "pack", "rebuilt"]

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_CHUNK = 1 << 20
#: Of isal's levels 0 to 3: 3 takes twice the time for 2 % less, 1 is no faster than 2.
_LEVEL = 2
_INFLATE_ERROR = cast("type[Exception]", isal_zlib.error)
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
STORED, DEFLATED = 0, 8
ENCRYPTED_FLAG, UTF8_FLAG = 0x1, 0x800


class ArchiveError(Exception):
    """The bytes are no sound zip archive; ``str()`` says why in words for people."""


@dataclass(frozen=True)
class Member:
    """One file inside the archive; sizes in bytes, ``start`` is where its local header begins.

    ``central`` is its directory record as it stands, so that a copy keeps flags, times and attributes.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    central: bytes


class Archive:
    """A zip archive held in memory as it was on disk at one moment."""

    def __init__(self, raw: bytes) -> None:
        """Read the directory of ``raw``.

        Raises:
            ArchiveError: no end record (truncated), a damaged directory, or members outside the file.
        """
        self.raw = raw
        count, size, self.directory_start, end = _end_record(raw)
        if self.directory_start + size > end:
            raise ArchiveError("its directory does not fit into the file")
        self.directory = raw[self.directory_start : self.directory_start + size]
        self.comment = raw[end + _END.size :] if raw[end : end + 4] == b"PK\5\6" else b""
        self.members = tuple(_members(self.directory, count))
        for member in self.members:
            if member.start + _LOCAL.size + member.packed > self.directory_start:
                raise ArchiveError(f"its part {member.name} lies outside the file")

    def span(self, member: Member) -> tuple[int, int]:
        """Where the packed bytes of a member start and end in ``raw``."""
        header = self.raw[member.start : member.start + _LOCAL.size]
        if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
            raise ArchiveError(f"its part {member.name} is damaged")
        fields = _LOCAL.unpack(header)
        start = member.start + _LOCAL.size + int(fields[9]) + int(fields[10])
        if start + member.packed > self.directory_start:
            raise ArchiveError(f"its part {member.name} lies outside the file")
        return start, start + member.packed

    def packed(self, member: Member) -> memoryview:
        """The packed bytes of a member, not copied."""
        start, end = self.span(member)
        return memoryview(self.raw)[start:end]

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The inflated bytes of a member in pieces of about 1 MB, its size and checksum verified at the end."""
        packed = self.packed(member)
        crc = length = 0
        for piece in _inflated(packed, member):
            length += len(piece)
            if length > member.size:
                raise ArchiveError(f"its part {member.name} is larger than it says")
            crc = isal_zlib.crc32(piece, crc)
            yield piece
        if length != member.size or crc != member.crc:
            raise ArchiveError(f"its part {member.name} is damaged")

    def read(self, member: Member) -> bytes:
        """The inflated bytes of a member.

        Raises:
            ArchiveError: damaged, encrypted, packed in a way Excel does not use, or larger than declared.
        """
        start, end = self.span(member)
        if member.method != DEFLATED or member.flags & ENCRYPTED_FLAG:
            return b"".join(self.chunks(member))
        inflate = isal_zlib.decompressobj(-15)
        try:
            # In one call: joining pieces would need the memory twice. One byte more than declared shows a lie.
            data = inflate.decompress(memoryview(self.raw)[start:end], member.size + 1)
        except _INFLATE_ERROR as error:
            raise ArchiveError(f"its part {member.name} is damaged") from error
        if len(data) > member.size:
            raise ArchiveError(f"its part {member.name} is larger than it says")
        if len(data) != member.size or not inflate.eof or isal_zlib.crc32(data) != member.crc:
            raise ArchiveError(f"its part {member.name} is damaged")
        return bytes(data)


def _inflated(packed: memoryview, member: Member) -> Iterator[bytes]:
    if member.flags & ENCRYPTED_FLAG:
        raise ArchiveError(f"its part {member.name} is encrypted")
    if member.method == STORED:
        if member.packed:
            yield bytes(packed)
        return
    if member.method != DEFLATED:
        raise ArchiveError(f"its part {member.name} is packed in a way that Excel does not use")
    inflate = isal_zlib.decompressobj(-15)
    try:
        # Fed in slices: the unconsumed tail is copied at every step and must stay small.
        for at in range(0, len(packed), _CHUNK // 4):
            rest: bytes | memoryview = packed[at : at + _CHUNK // 4]
            while rest and not inflate.eof:
                if piece := inflate.decompress(rest, _CHUNK):
                    yield piece
                rest = inflate.unconsumed_tail
        if not inflate.eof:
            while piece := inflate.decompress(b"", _CHUNK):
                yield piece
    except _INFLATE_ERROR as error:
        raise ArchiveError(f"its part {member.name} is damaged") from error
    if not inflate.eof:
        raise ArchiveError(f"its part {member.name} is cut off")


def _end_record(raw: bytes) -> tuple[int, int, int, int]:
    """(members, directory size, directory start, where the end record starts)."""
    end = raw.rfind(b"PK\5\6", max(0, len(raw) - _END.size - _FULL16))
    if end < 0 or end + _END.size > len(raw):
        raise ArchiveError("its end is missing, as after a broken copy or download")
    _, disk, _, _, count, size, start, _ = _END.unpack_from(raw, end)
    if disk not in (0, _FULL16):
        raise ArchiveError("it is one part of an archive in several files")
    if count == _FULL16 or _FULL32 in (size, start):
        at = end - _LOCATOR.size
        if at >= 0 and raw[at : at + 4] == b"PK\6\7":
            _, _, end64, _ = _LOCATOR.unpack_from(raw, at)
            if raw[end64 : end64 + 4] != b"PK\6\6" or end64 + _END64.size > len(raw):
                raise ArchiveError("its directory is damaged")
            _, _, _, _, _, _, _, count, size, start = _END64.unpack_from(raw, end64)
    return count, size, start, end


def _members(directory: bytes, count: int) -> Iterator[Member]:
    at = 0
    for _ in range(count):
        if directory[at : at + 4] != b"PK\1\2" or at + _CENTRAL.size > len(directory):
            raise ArchiveError("its directory is damaged")
        fields = _CENTRAL.unpack_from(directory, at)
        flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
        name_end = at + _CENTRAL.size + fields[10]
        end = name_end + fields[11] + fields[12]
        if end > len(directory):
            raise ArchiveError("its directory is damaged")
        raw_name = directory[at + _CENTRAL.size : name_end]
        try:
            name = raw_name.decode("utf-8" if flags & UTF8_FLAG else "cp437")
        except UnicodeDecodeError as error:
            raise ArchiveError("its directory is damaged") from error
        start = fields[16]
        if _FULL32 in (size, packed, start):
            size, packed, start = _zip64(directory[name_end : name_end + fields[11]], size, packed, start)
        yield Member(name, flags, method, crc, packed, size, start, directory[at:end])
        at = end


def _zip64(extra: bytes, size: int, packed: int, start: int) -> tuple[int, int, int]:
    """The true sizes of a member whose 32-bit fields are full."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            values = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
            numbers = [next(values, _FULL32) if value == _FULL32 else value for value in (size, packed, start)]
            return numbers[0], numbers[1], numbers[2]
        at += 4 + length
    return size, packed, start


@dataclass(frozen=True)
class Packed:
    """New content of a member, deflated."""

    crc: int
    size: int
    data: bytes | bytearray


def pack(pieces: Iterable[bytes | memoryview]) -> Packed:
    """Deflate the pieces as one stream, without joining them first."""
    deflate = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -15)
    crc = size = 0
    out = bytearray()
    for piece in pieces:
        for at in range(0, len(piece), _CHUNK):
            chunk = memoryview(piece)[at : at + _CHUNK]
            crc, size = isal_zlib.crc32(chunk, crc), size + len(chunk)
            out += deflate.compress(chunk)
    out += deflate.flush()
    return Packed(crc, size, out)


def rebuilt(archive: Archive, changed: Mapping[str, Packed]) -> Iterator[bytes | memoryview]:
    """The bytes of an archive like ``archive`` with some members' content replaced, in pieces.

    Everything else, headers, flags, times and order included, is copied as it stands.

    Raises:
        ArchiveError: the result would need more than a zip file can hold without the zip64 form.
    """
    raw = memoryview(archive.raw)
    ordered = sorted(archive.members, key=lambda member: member.start)
    ends = [member.start for member in ordered[1:]] + [archive.directory_start]
    starts: dict[str, int] = {}
    position = 0
    for member, end in zip(ordered, ends, strict=True):
        starts[member.name] = position
        new = changed.get(member.name)
        pieces: list[bytes | memoryview] = [raw[member.start : end]]
        if new is not None:
            pieces = [_local_header(member, new), memoryview(new.data)]
        for piece in pieces:
            position += len(piece)
            yield piece
    directory = b"".join(
        _central_record(member, changed.get(member.name), starts[member.name]) for member in archive.members
    )
    if position + len(directory) >= _FULL32 or len(ordered) >= _FULL16:
        raise ArchiveError("it would become larger than 4 GB")
    yield directory
    count = len(archive.members)
    yield (
        _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), position, len(archive.comment)) + archive.comment
    )


def _local_header(member: Member, new: Packed) -> bytes:
    """A local header for new content: sizes in it, so no data descriptor and no extra fields."""
    fields = _CENTRAL.unpack_from(member.central)
    name = member.central[_CENTRAL.size : _CENTRAL.size + fields[10]]
    flags = member.flags & UTF8_FLAG
    return (
        _LOCAL.pack(
            b"PK\3\4", 20, flags, DEFLATED, fields[5], fields[6], new.crc, len(new.data), new.size, len(name), 0
        )
        + name
    )


def _central_record(member: Member, new: Packed | None, start: int) -> bytes:
    fields = list(_CENTRAL.unpack_from(member.central))
    name_end = _CENTRAL.size + fields[10]
    extra = member.central[name_end : name_end + fields[11]]
    rest = member.central[name_end + fields[11] :]
    if new is not None:
        fields[2], fields[3], fields[4] = 20, member.flags & UTF8_FLAG, DEFLATED
        fields[7], fields[8], fields[9] = new.crc, len(new.data), new.size
        extra = b""
    elif _FULL32 in (fields[8], fields[9], fields[16]):
        # The sizes fit (the whole file does), so the zip64 field goes.
        fields[8], fields[9] = member.packed, member.size
        extra = _without_zip64(extra)
    fields[11], fields[16] = len(extra), start
    return _CENTRAL.pack(*fields) + member.central[_CENTRAL.size : name_end] + extra + rest


def _without_zip64(extra: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept

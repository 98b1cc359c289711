"""The zip archive of a workbook: its directory read and checked, members inflated within their declared size.

Source of the layout: PKWARE APPNOTE 6.3.10, sections 4.3 (records) and 4.5.3 (zip64).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from isal import isal_zlib

from workbook_cms.file.container.buffer import Buffer
from workbook_cms.file.container.segments import Segment, decoded

__all__ = ["Archive", "ArchiveError", "Member", "inflated", "without_zip64"]

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END_RECORD = struct.Struct("<4s4H2IH")
_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_CHUNK = 1 << 20
_INFLATE_ERROR = cast("type[Exception]", isal_zlib.error)
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF
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

    def __init__(self, raw: bytes | Buffer) -> None:
        """Read the directory of ``raw``.

        Raises:
            ArchiveError: no end record (truncated), a damaged directory, or members outside the file.
        """
        raw = self.raw = raw if isinstance(raw, Buffer) else Buffer([raw])
        count, size, self.directory_start, end = _end_record(raw)
        if self.directory_start + size > end:
            raise ArchiveError("its directory does not fit into the file")
        self.directory = raw[self.directory_start : self.directory_start + size]
        self.comment = raw[end + END_RECORD.size :] if raw[end : end + 4] == b"PK\5\6" else b""
        self.members = tuple(_members(self.directory, count))
        self._segments: dict[str, tuple[Segment, ...]] = {}
        for member in self.members:
            if member.start + LOCAL.size + member.packed > self.directory_start:
                raise ArchiveError(f"its part {member.name} lies outside the file")

    def span(self, member: Member) -> tuple[int, int]:
        """Where the packed bytes of a member start and end in ``raw``."""
        header = self.raw[member.start : member.start + LOCAL.size]
        if len(header) < LOCAL.size or header[:4] != b"PK\3\4":
            raise ArchiveError(f"its part {member.name} is damaged")
        fields = LOCAL.unpack(header)
        start = member.start + LOCAL.size + int(fields[9]) + int(fields[10])
        if start + member.packed > self.directory_start:
            raise ArchiveError(f"its part {member.name} lies outside the file")
        return start, start + member.packed

    def check_name(self, member: Member) -> None:
        """Refuse a member whose local header gives it another name: readers would see different workbooks.

        Raises:
            ArchiveError: the names are not the same.
        """
        start, length = member.start + LOCAL.size, CENTRAL.unpack_from(member.central)[10]
        name = member.central[CENTRAL.size : CENTRAL.size + length]
        if bytes(self.raw[start : start + length]) != name:
            raise ArchiveError(f"its part {member.name} has another name elsewhere in the file")

    def packed(self, member: Member) -> memoryview:
        """The packed bytes of a member, not copied."""
        start, end = self.span(member)
        return self.raw.view(start, end)

    def segments(self, member: Member) -> tuple[Segment, ...]:
        """The stretches of a member that can be inflated alone, () where it is one stream; see `file.container.segments`."""
        if member.name not in self._segments:
            found: tuple[Segment, ...] = ()
            if member.method == DEFLATED and not member.flags & ENCRYPTED_FLAG:
                start, end = self.span(member)
                name_length = LOCAL.unpack(self.raw[member.start : member.start + LOCAL.size])[9]
                extra = self.raw[member.start + LOCAL.size + name_length : start]
                found = decoded(extra, self.raw.part(start, end), member.size, member.crc) if extra else ()
            self._segments[member.name] = found
        return self._segments[member.name]

    def segment(self, member: Member, segment: Segment) -> bytes:
        """The inflated bytes of a segment, their number and checksum verified.

        Raises:
            ArchiveError: damaged, or it needs what stands before it.
        """
        start, _ = self.span(member)
        packed = self.raw.view(start + segment.start, start + segment.start + segment.packed)
        return inflated(packed, segment, member.name)

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The inflated bytes of a member in pieces of at most 1 MB, its size and checksum verified at the end.

        Each segment is inflated alone, so that one that needs what stands before it does not pass.
        """
        segments = self.segments(member)
        if segments:
            # Their checksums join into the member's.
            yield from (self.segment(member, segment) for segment in segments)
            return
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
            data = inflate.decompress(self.raw.view(start, end), member.size + 1)
        except _INFLATE_ERROR as error:
            raise ArchiveError(f"its part {member.name} is damaged") from error
        if len(data) > member.size:
            raise ArchiveError(f"its part {member.name} is larger than it says")
        if len(data) != member.size or not inflate.eof or isal_zlib.crc32(data) != member.crc:
            raise ArchiveError(f"its part {member.name} is damaged")
        return bytes(data)


def inflated(packed: bytes | memoryview, segment: Segment, name: str) -> bytes:
    """The bytes of a segment that is deflated as ``packed``; see :meth:`Archive.segment`."""
    inflate = isal_zlib.decompressobj(-15)
    try:
        data = bytes(inflate.decompress(packed, segment.size + 1))
    except _INFLATE_ERROR as error:
        raise ArchiveError(f"its part {name} is damaged") from error
    if len(data) != segment.size or inflate.eof or isal_zlib.crc32(data) != segment.crc:
        raise ArchiveError(f"its part {name} is damaged")
    return data


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


def _end_record(raw: Buffer) -> tuple[int, int, int, int]:
    """(members, directory size, directory start, where the end record starts)."""
    before = max(0, len(raw) - END_RECORD.size - FULL16)
    last = raw[before:]
    at = last.rfind(b"PK\5\6")
    if at < 0 or at + END_RECORD.size > len(last):
        raise ArchiveError("its end is missing, as after a broken copy or download")
    end = before + at
    _, disk, _, _, count, size, start, _ = END_RECORD.unpack_from(last, at)
    if disk not in (0, FULL16):
        raise ArchiveError("it is one part of an archive in several files")
    if count == FULL16 or FULL32 in (size, start):
        at = end - _LOCATOR.size
        if at >= 0 and raw[at : at + 4] == b"PK\6\7":
            _, _, end64, _ = _LOCATOR.unpack(raw[at:end])
            record = raw[end64 : end64 + _END64.size]
            if record[:4] != b"PK\6\6" or len(record) < _END64.size:
                raise ArchiveError("its directory is damaged")
            _, _, _, _, _, _, _, count, size, start = _END64.unpack(record)
    return count, size, start, end


def _members(directory: bytes, count: int) -> Iterator[Member]:
    at = 0
    for _ in range(count):
        if directory[at : at + 4] != b"PK\1\2" or at + CENTRAL.size > len(directory):
            raise ArchiveError("its directory is damaged")
        fields = CENTRAL.unpack_from(directory, at)
        flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
        name_end = at + CENTRAL.size + fields[10]
        end = name_end + fields[11] + fields[12]
        if end > len(directory):
            raise ArchiveError("its directory is damaged")
        raw_name = directory[at + CENTRAL.size : name_end]
        try:
            name = raw_name.decode("utf-8" if flags & UTF8_FLAG else "cp437")
        except UnicodeDecodeError as error:
            raise ArchiveError("its directory is damaged") from error
        start = fields[16]
        if FULL32 in (size, packed, start):
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
            numbers = [next(values, FULL32) if value == FULL32 else value for value in (size, packed, start)]
            return numbers[0], numbers[1], numbers[2]
        at += 4 + length
    return size, packed, start


def without_zip64(extra: bytes) -> bytes:
    """The extra fields of a member without the one that holds sizes of more than 32 bits."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept

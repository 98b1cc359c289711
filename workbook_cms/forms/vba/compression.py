"""The compression of VBA streams, [MS-OVBA] 2.4.1: both ways, since a workbook is made from modules of another one."""

from __future__ import annotations

import math

__all__ = ["compress", "decompress"]

_CHUNK = 4096  # bytes of a chunk before it is compressed
_SIGNATURE = 0x01
_COMPRESSED, _RAW = 0xB000, 0x3000  # chunk flag and the fixed bits 0b011


def compress(data: bytes) -> bytes:
    """``data`` as a compressed container ([MS-OVBA] 2.4.1.3.6).

    A chunk that grows by compression is stored as it is. Where that happens to the last one, zero bytes follow it when
    it is read back, as the specification has it; text never comes to that.
    """
    container = bytearray([_SIGNATURE])
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        body, flags = _tokens(chunk), _COMPRESSED
        if len(body) > _CHUNK:
            body, flags = chunk.ljust(_CHUNK, b"\0"), _RAW
        container += (flags | (len(body) - 1)).to_bytes(2, "little")  # its size with this header, less 3
        container += body
    return bytes(container)


def decompress(container: bytes) -> bytes:
    """What a compressed container holds ([MS-OVBA] 2.4.1.3.1).

    Raises:
        ValueError: It is damaged or no such container.
    """
    if container[:1] != bytes([_SIGNATURE]):
        raise ValueError("no compressed container")
    data, at = bytearray(), 1
    while at + 1 < len(container):
        header = int.from_bytes(container[at : at + 2], "little")
        end = at + (header & 0x0FFF) + 3
        chunk = container[at + 2 : end]
        if header & 0x7000 != _RAW:
            raise ValueError("a chunk without its signature")
        data += _text(chunk) if header & 0x8000 else chunk
        at = end
    return bytes(data)


def _tokens(chunk: bytes) -> bytes:
    """Groups of eight tokens, each behind a byte that says which of them are copies."""
    out, at = bytearray(), 0
    while at < len(chunk):
        flags, group = 0, bytearray()
        for bit in range(8):
            if at == len(chunk):
                break
            offset, length = _match(chunk, at)
            if length:
                flags |= 1 << bit
                group += ((offset - 1) << (16 - _offset_bits(at)) | (length - 3)).to_bytes(2, "little")
            else:
                group.append(chunk[at])
            at += max(1, length)
        out.append(flags)
        out += group
    return bytes(out)


def _match(chunk: bytes, at: int) -> tuple[int, int]:
    """How far back the longest earlier text like that at ``at`` lies, the nearest of several, and its length; or 0, 0.

    It may reach into the text itself (2.4.1.3.19.4).
    """
    most = min((0xFFFF >> _offset_bits(at)) + 3, len(chunk) - at)
    best, length = 0, 3
    while length <= most and (found := chunk.rfind(chunk[at : at + length], 0, at + length - 1)) >= 0:
        while length < most and chunk[found + length] == chunk[at + length]:
            length += 1
        best, length = at - found, length + 1
    return (best, length - 1) if best else (0, 0)


def _text(chunk: bytes) -> bytes:
    """What the tokens of a chunk stand for."""
    out, at = bytearray(), 0
    while at < len(chunk):
        flags, at = chunk[at], at + 1
        for bit in range(8):
            if at >= len(chunk):
                break
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            token, at = int.from_bytes(chunk[at : at + 2], "little"), at + 2
            bits = _offset_bits(len(out))
            start, length = len(out) - (token >> (16 - bits)) - 1, (token & (0xFFFF >> bits)) + 3
            if start < 0:
                raise ValueError("a copy from before the chunk")
            for source in range(start, start + length):  # one by one: it may copy what it has just written
                out.append(out[source])
    return bytes(out)


def _offset_bits(at: int) -> int:
    """How many bits of a copy token at this place of the chunk say how far back it reaches (2.4.1.3.19.1)."""
    return max(4, math.ceil(math.log2(at))) if at else 4

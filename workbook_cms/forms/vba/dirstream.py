"""The ``dir`` stream of a VBA project: which modules it has and where their code begins; [MS-OVBA] 2.3.4.2."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["CODEPAGE", "ModuleEntry", "read_dir", "write_dir"]

#: Text of a VBA project is in the code page of Western Europe.
CODEPAGE = 1252
_ENCODING = f"cp{CODEPAGE}"

_SYSKIND, _LCID, _LCID_INVOKE, _CODEPAGE, _NAME = 0x01, 0x02, 0x14, 0x03, 0x04
_DOC, _DOC_UNICODE, _HELP, _HELP_2, _HELP_CONTEXT = 0x05, 0x40, 0x06, 0x3D, 0x07
_LIB_FLAGS, _VERSION, _CONSTANTS, _CONSTANTS_UNICODE = 0x08, 0x09, 0x0C, 0x3C
_REFERENCE_NAME, _REFERENCE_NAME_UNICODE, _REFERENCE = 0x16, 0x3E, 0x0D
_MODULES, _COOKIE = 0x0F, 0x13
_MODULE_NAME, _MODULE_NAME_UNICODE, _STREAM, _STREAM_UNICODE = 0x19, 0x47, 0x1A, 0x32
_MODULE_DOC, _MODULE_DOC_UNICODE, _OFFSET, _MODULE_HELP, _MODULE_COOKIE = 0x1C, 0x48, 0x31, 0x1E, 0x2C
_PROCEDURAL, _CLASS, _MODULE_END, _END = 0x21, 0x22, 0x2B, 0x10

_WINDOWS_64, _ENGLISH = 3, 0x0409
_ANY = 0xFFFF  # cookies, which are ignored
#: What Excel refers to in every new project, beside VBA and itself, which go without saying.
_REFERENCES = (
    (
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16"
        r"\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


@dataclass(frozen=True)
class ModuleEntry:
    """A module as the ``dir`` stream lists it.

    Attributes:
        name: Its name.
        stream: Stream that holds it, in the storage ``VBA``.
        procedural: False for the modules of workbook, sheets and classes.
        offset: Where its compressed code begins in the stream.
    """

    name: str
    stream: str
    procedural: bool
    offset: int = 0


def write_dir(project: str, modules: Sequence[ModuleEntry]) -> bytes:
    """The ``dir`` stream, not yet compressed."""
    parts = [
        *(_number(_SYSKIND, _WINDOWS_64), _number(_LCID, _ENGLISH), _number(_LCID_INVOKE, _ENGLISH)),
        *(_short(_CODEPAGE, CODEPAGE), _record(_NAME, project.encode(_ENCODING))),
        *(_record(_DOC), _record(_DOC_UNICODE), _record(_HELP), _record(_HELP_2), _number(_HELP_CONTEXT, 0)),
        *(
            _number(_LIB_FLAGS, 0),
            struct.pack("<HIIH", _VERSION, 4, 1, 0),
        ),  # its size leaves out the minor version
        *(_record(_CONSTANTS), _record(_CONSTANTS_UNICODE)),
    ]
    for name, library in _REFERENCES:
        parts += _both(_REFERENCE_NAME, _REFERENCE_NAME_UNICODE, name)
        raw = library.encode(_ENCODING)
        parts.append(_record(_REFERENCE, struct.pack("<I", len(raw)) + raw + bytes(6)))
    parts += [_short(_MODULES, len(modules)), _short(_COOKIE, _ANY)]
    for module in modules:
        parts += _both(_MODULE_NAME, _MODULE_NAME_UNICODE, module.name)
        parts += _both(_STREAM, _STREAM_UNICODE, module.stream)
        parts += [_record(_MODULE_DOC), _record(_MODULE_DOC_UNICODE), _number(_OFFSET, module.offset)]
        parts += [_number(_MODULE_HELP, 0), _short(_MODULE_COOKIE, _ANY)]
        parts += [_record(_PROCEDURAL if module.procedural else _CLASS), _record(_MODULE_END)]
    return b"".join([*parts, _record(_END)])


def read_dir(data: bytes) -> tuple[ModuleEntry, ...]:
    """The modules that a ``dir`` stream, already decompressed, lists.

    Raises:
        ValueError: It is cut short.
    """
    modules = []
    name = stream = ""
    offset, procedural = 0, False
    for kind, value in _records(data):
        if kind == _MODULE_NAME:
            name = stream = value.decode(_ENCODING)
        elif kind == _STREAM:
            stream = value.decode(_ENCODING)
        elif kind == _OFFSET:
            offset = int.from_bytes(value, "little")
        elif kind in (_PROCEDURAL, _CLASS):
            procedural = kind == _PROCEDURAL
        elif kind == _MODULE_END:
            modules.append(ModuleEntry(name, stream, procedural, offset))
    return tuple(modules)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        if at + 6 > len(data):
            raise ValueError("a dir stream that is cut short")
        kind, size = struct.unpack_from("<HI", data, at)
        at += 6
        size += 2 if kind == _VERSION else 0
        yield kind, data[at : at + size]
        at += size


def _record(kind: int, value: bytes = b"") -> bytes:
    return struct.pack("<HI", kind, len(value)) + value


def _number(kind: int, value: int) -> bytes:
    return _record(kind, value.to_bytes(4, "little"))


def _short(kind: int, value: int) -> bytes:
    return _record(kind, value.to_bytes(2, "little"))


def _both(kind: int, unicode: int, text: str) -> list[bytes]:
    """A text twice, in the code page and in UTF-16."""
    return [_record(kind, text.encode(_ENCODING)), _record(unicode, text.encode("utf-16-le"))]

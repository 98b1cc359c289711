"""Builds a ``vbaProject.bin`` from the sources of its modules, without Excel; [MS-OVBA] 2.2 and 2.3.

No compiled code goes in, only sources: the version 0xFFFF in ``_VBA_PROJECT`` makes Excel compile them when it opens
the workbook. The same modules give the same bytes.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workbook_cms.forms.vba.compound import compound_file
from workbook_cms.forms.vba.compression import compress
from workbook_cms.forms.vba.dirstream import CODEPAGE, ModuleEntry, write_dir

__all__ = ["Kind", "Module", "vba_project"]

_NAME = "VBAProject"
_ENCODING = f"cp{CODEPAGE}"
#: Reserved1, the version that no compiled code has, and what is ignored (2.3.4.1).
_NO_COMPILED_CODE = b"\xcc\x61\xff\xff\x00\x00\x00"
_EXTENDER = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"
_SEED = 0x08  # any byte; one without the bits 0x06 needs no filling


class Kind(StrEnum):
    """What a module belongs to; the value is its key in the ``PROJECT`` stream."""

    STANDARD = "Module"
    CLASS = "Class"
    WORKBOOK = "Document"
    SHEET = "Document sheet"


#: Class that the modules of a workbook and of a worksheet are made from (Excel's own).
_BASES = {
    Kind.WORKBOOK: "0{00020819-0000-0000-C000-000000000046}",
    Kind.SHEET: "0{00020820-0000-0000-C000-000000000046}",
}


@dataclass(frozen=True)
class Module:
    """A module.

    Attributes:
        name: Its name; for a workbook or a sheet the code name.
        kind: What it belongs to.
        code: Its source without ``Attribute`` lines; for a class the source as stored, with them.
    """

    name: str
    kind: Kind
    code: str = ""

    @property
    def source(self) -> str:
        """The source as a project stores it: attributes first, lines that end with CR LF."""
        if self.kind is Kind.CLASS:
            return self.code
        attributes = [f'Attribute VB_Name = "{self.name}"']
        if base := _BASES.get(self.kind):
            attributes += [
                f'Attribute VB_Base = "{base}"',
                "Attribute VB_GlobalNameSpace = False",
                "Attribute VB_Creatable = False",
                "Attribute VB_PredeclaredId = True",
                "Attribute VB_Exposed = True",
                "Attribute VB_TemplateDerived = False",
                "Attribute VB_Customizable = True",
            ]
        lines = self.code.replace("\r\n", "\n").removesuffix("\n").split("\n")
        return "\r\n".join([*attributes, *lines, ""])


def vba_project(modules: Sequence[Module]) -> bytes:
    """The ``vbaProject.bin`` that holds ``modules``.

    Raises:
        ValueError: Two modules share a name, or a source holds characters that VBA cannot.
    """
    names = [module.name.lower() for module in modules]
    if len(set(names)) < len(names):
        raise ValueError("two modules share a name")
    sources = {module.name: module.source.encode(_ENCODING) for module in modules}
    entries = [ModuleEntry(m.name, m.name, procedural=m.kind is Kind.STANDARD) for m in modules]
    streams = {name: compress(source) for name, source in sources.items()}
    streams["_VBA_PROJECT"] = _NO_COMPILED_CODE
    streams["dir"] = compress(write_dir(_NAME, entries))
    digest = hashlib.sha256(b"\0".join(sources.values())).digest()
    project = _project(modules, str(uuid.UUID(bytes=digest[:16], version=4)).upper())
    return compound_file({"VBA": streams, "PROJECT": project.encode(_ENCODING), "PROJECTwm": _names(modules)})


def _project(modules: Sequence[Module], number: str) -> str:
    """The ``PROJECT`` stream (2.3.1): the modules, no password, visible."""
    project_id = f"{{{number}}}"
    lines = [f'ID="{project_id}"']
    for module in modules:
        document = module.kind in _BASES
        lines.append(f"Document={module.name}/&H00000000" if document else f"{module.kind}={module.name}")
    lines += [
        f'Name="{_NAME}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_hidden(project_id, bytes(4))}"',
        f'DPB="{_hidden(project_id, bytes(1))}"',
        f'GC="{_hidden(project_id, bytes([0xFF]))}"',
        *("", "[Host Extender Info]", _EXTENDER, "", "[Workspace]"),
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "\r\n".join([*lines, ""])


def _names(modules: Sequence[Module]) -> bytes:
    """The ``PROJECTwm`` stream (2.3.3): each name in the code page and in UTF-16."""
    pairs = (m.name.encode(_ENCODING) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(pairs) + b"\0\0"


def _hidden(project_id: str, data: bytes) -> str:
    """Protection, password and visibility are written in disguise (2.4.3.2), as hexadecimal digits."""
    key = sum(project_id.encode(_ENCODING)) & 0xFF
    version = 2
    out = [_SEED, _SEED ^ version, _SEED ^ key]
    plain = key
    for byte in len(data).to_bytes(4, "little") + data:
        out.append(byte ^ (out[-2] + plain) & 0xFF)
        plain = byte
    return bytes(out).hex().upper()

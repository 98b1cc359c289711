"""The same part written as other programs write it: prefixes, other encodings, quotes, no addresses, comments."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

__all__ = [
    "ODD_FORMS",
    "absolute_targets",
    "commented",
    "loose",
    "prefixed",
    "recoded",
    "rewrite",
    "single_quoted",
    "strict",
    "unaddressed",
    "undimensioned",
]

_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_TAG = re.compile(rb"<(/?)([A-Za-z][\w.-]*)(?=[\s/>])")
_TAG_WITH_ATTRIBUTES = re.compile(rb'<[\w:.-]+(?:\s+[\w:.-]+="[^"]*")*\s*/?>')
_SPREADSHEET = re.compile(rb"<(?:worksheet|workbook|table|styleSheet|sst|comments|calcChain)[\s>]")

#: Part name and part -> the part in another form; parts that have no such form come back as they are.
Form = Callable[[str, bytes], bytes]


def rewrite(path: Path, form: Form) -> Path:
    """The workbook with every part in another form, in its place."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, form(name, data) if name.endswith((".xml", ".rels")) else data)
    return path


def prefixed(name: str, data: bytes) -> bytes:
    """As the Open XML SDK writes it: ``<x:row>``."""
    if not _SPREADSHEET.search(data[:2000]) or b"<ext " in data or b"<" + b"x:" in data:
        return data
    return _TAG.sub(rb"<\1x:\2", data).replace(b'xmlns="' + _MAIN, b'xmlns:x="' + _MAIN, 1)


def strict(name: str, data: bytes) -> bytes:
    """As Excel saves Strict Open XML Spreadsheet."""
    data = data.replace(_MAIN, _STRICT)
    data = data.replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    data = data.replace(
        b"http://schemas.openxmlformats.org/drawingml/2006/", b"http://purl.oclc.org/ooxml/drawingml/"
    )
    if _STRICT not in data or b"conformance=" in data:
        return data
    return data.replace(b"<workbook ", b'<workbook conformance="strict" ', 1)


def recoded(name: str, data: bytes) -> bytes:
    """In UTF-16 with a byte order mark."""
    text = re.sub(r"\A\ufeff?\s*<\?xml.*?\?>", "", data.decode("utf-8-sig"), flags=re.DOTALL)
    return ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def single_quoted(name: str, data: bytes) -> bytes:
    """Attributes in single quotes."""
    return _TAG_WITH_ATTRIBUTES.sub(
        lambda tag: re.sub(rb'="([^"\']*)"', rb"='\1'", tag[0]) if b"'" not in tag[0] else tag[0], data
    )


def loose(name: str, data: bytes) -> bytes:
    """Blanks about ``=``, line ends inside tags, and ``>`` as it is inside values."""
    return _TAG_WITH_ATTRIBUTES.sub(
        lambda tag: re.sub(rb' ([\w:.-]+)="([^"]*)"', _loosened, tag[0]), data
    ).replace(b"</row>", b"</row >")


def _loosened(match: re.Match[bytes]) -> bytes:
    return b"\n  " + match[1] + b' = "' + match[2].replace(b"&gt;", b">") + b'"'


def unaddressed(name: str, data: bytes) -> bytes:
    """Rows and cells that stand where the ones before them end tell no place."""
    if b"<worksheet" not in data[:2000]:
        return data
    row = column = 0

    def bare(tag: re.Match[bytes]) -> bytes:
        nonlocal row, column
        found = re.search(rb' r="([A-Z]*)(\d+)"', tag[0])
        if found is None:
            return tag[0]
        if tag[1] == b"row":
            follows, row, column = int(found[2]) == row + 1, int(found[2]), 0
        else:
            number = 0
            for letter in found[1]:
                number = number * 26 + letter - 64
            follows, column = number == column + 1, number
        return tag[0].replace(found[0], b"", 1) if follows else tag[0]

    return re.sub(rb'<(row|c)(?: [\w:.]+="[^"]*")*/?>', bare, data)


def commented(name: str, data: bytes) -> bytes:
    """Comments that look like rows, raw text sections and processing instructions."""
    data = data.replace(b"<sheetData>", b'<sheetData><!-- <row r="99"><c r="A99"/></row> --><?look at="<row"?>')
    data = re.sub(rb"<t>([^<&]+)</t>", rb"<t><![CDATA[\1]]></t>", data)
    return data.replace(b"<tableColumns", b"<!-- <tableColumns> --><tableColumns", 1)


def undimensioned(name: str, data: bytes) -> bytes:
    """Without the sheet's dimension and the rows' spans."""
    return re.sub(rb' spans="[^"]*"', b"", re.sub(rb"<dimension [^>]*/>", b"", data))


def absolute_targets(name: str, data: bytes) -> bytes:
    """Relationships that name their parts from the root on."""
    if not name.endswith(".rels") or name.startswith("_rels"):
        return data
    folder = name.partition("_rels/")[0]

    def absolute(match: re.Match[bytes]) -> bytes:
        target = match[1].decode()
        if target.startswith("/") or ":" in target or b'TargetMode="External"' in match[0]:
            return match[0]
        steps = folder.rstrip("/").split("/")
        while target.startswith("../"):
            target, steps = target[3:], steps[:-1]
        return match[0].replace(match[1], ("/" + "/".join([*steps, target])).encode())

    return re.sub(rb'<Relationship [^>]*?Target="([^"]*)"[^>]*>', absolute, data)


ODD_FORMS: dict[str, Form] = {
    "prefixed": prefixed,
    "strict": strict,
    "UTF-16": recoded,
    "single quotes": single_quoted,
    "loose": loose,
    "no addresses": unaddressed,
    "comments": commented,
    "no dimension": undimensioned,
    "absolute": absolute_targets,
}

"""Workbooks made to fill memory or time: each is a World Traveller workbook with one part made far too large."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from workbook_cms.file.package import Package

__all__ = ["HOSTILE", "write"]

_HEAD = b'<?xml version="1.0"?>'
_STRINGS = _HEAD + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


class _Book:
    """The good workbook as parts, and the sheet of the stakeholders cut where its rows end."""

    def __init__(self, good: Path) -> None:
        with zipfile.ZipFile(good) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        table = Package.open(good).table("Stakeholders")
        self.sheet, self.table, self.ref, self.last = table.sheet_part, table.part, table.ref, table.last_row
        formats = re.findall(rb'<xf numFmtId="(\d+)"', self.parts["xl/styles.xml"].partition(b"<cellXfs")[2])
        self.date_style = b"%d" % next(
            i for i, number in enumerate(formats) if 14 <= int(number) <= 22 or int(number) > 163
        )
        data = self.parts[self.sheet]
        cut = data.rindex(b"</sheetData>")
        self.before, self.after = data[:cut], data[cut + len(b"</sheetData>") :]

    def rows(self, rows: Iterable[bytes], table_to: int = 0) -> dict[str, Iterable[bytes]]:
        """More rows below the last one; the table reaches down to a row where that is given."""
        parts: dict[str, Iterable[bytes]] = {self.sheet: _chain(self.before, rows, b"</sheetData>" + self.after)}
        if table_to:
            ref = self.ref.replace(str(self.last), str(table_to)).encode()
            parts[self.table] = [self.parts[self.table].replace(self.ref.encode(), ref)]
        return parts

    def behind(self, xml: Iterable[bytes]) -> dict[str, Iterable[bytes]]:
        """Something behind the rows."""
        return {self.sheet: _chain(self.before + b"</sheetData>", xml, self.after)}

    def inside(self, part: str, end: bytes, xml: Iterable[bytes]) -> dict[str, Iterable[bytes]]:
        """Something before the end of a part."""
        head, _, tail = self.parts[part].rpartition(end)
        return {part: _chain(head, xml, end + tail)}


def _chain(before: bytes, middle: Iterable[bytes], after: bytes) -> Iterator[bytes]:
    yield before
    yield from middle
    yield after


def _many(count: int, make: Callable[[int], bytes]) -> Iterator[bytes]:
    for first in range(0, count, 1000):
        yield b"".join(make(i) for i in range(first, min(first + 1000, count)))


def _row(number: int, columns: bytes, cell: bytes) -> bytes:
    cells = b"".join(cell % (b"%c%d" % (letter, number)) for letter in columns)
    return b'<row r="%d">%b</row>' % (number, cells)


def _nested_zip() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", bytes(60_000_000))
    return memory.getvalue()


def _in_table(book: _Book, count: int, cell: bytes, columns: bytes = b"DEFGHIJ") -> dict[str, Iterable[bytes]]:
    """Rows that the table reaches over, each with a cell of that kind in some columns."""
    return book.rows(_many(count, lambda i: _row(book.last + 1 + i, columns, cell)), book.last + count)


_NEGATIVE = b'<c r="%b" s="DATE"><v>-1</v></c>'
_VALUE, _BLANK = b'<c r="%b"><v>1</v></c>', b'<c r="%b" s="1"/>'
_TEN = b"ABCDEFGHIJ"
#: What is done to the good workbook, by name: new content of parts.
HOSTILE: dict[str, Callable[[_Book], dict[str, Iterable[bytes]]]] = {
    "three million blank cells": lambda b: b.rows(_many(300_000, lambda i: _row(b.last + 1 + i, _TEN, _BLANK))),
    "a million empty rows": lambda b: b.rows(
        _many(1_048_000 - b.last, lambda i: b'<row r="%d" ht="15"/>' % (b.last + 1 + i))
    ),
    "values below the table down to the end": lambda b: b.rows(
        _many(300_000, lambda i: _row(b.last + 700_000 + i, b"ABC", _VALUE))
    ),
    "a cell at the far corner": lambda b: b.rows([b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>']),
    "cells that do not say where they are": lambda b: b.rows([b"<row>" + b"<c/>" * 16_000 + b"</row>"] * 300),
    "one cell millions of times": lambda b: b.rows(
        [b'<row r="%d">' % (b.last + 1) + b'<c r="A%d"/>' % (b.last + 1) * 3_000_000 + b"</row>"]
    ),
    "the longest texts": lambda b: b.rows(
        _many(
            1500,
            lambda i: _row(
                b.last + 1 + i, b"D", b'<c r="%b" t="inlineStr"><is><t>' + b"x" * 32_767 + b"</t></is></c>"
            ),
        ),
        b.last + 1500,
    ),
    "elements inside elements": lambda b: b.rows([b"<x>" * 500_000, b"</x>" * 500_000]),
    "many merged ranges": lambda b: b.behind(
        [
            b"<mergeCells>",
            *_many(800_000, lambda i: b'<mergeCell ref="AA%d:AB%d"/>' % (i + 1, i + 1)),
            b"</mergeCells>",
        ]
    ),
    "many links": lambda b: b.behind(
        [
            b"<hyperlinks>",
            *_many(800_000, lambda i: b'<hyperlink ref="AA%d" location="A1"/>' % (i + 1)),
            b"</hyperlinks>",
        ]
    ),
    "a dropdown with a long list of ranges": lambda b: b.behind(
        [
            b'<dataValidations><dataValidation sqref="',
            *_many(800_000, lambda i: b"A%d " % (i + 1)),
            b'"/></dataValidations>',
        ]
    ),
    "a million styles": lambda b: b.inside(
        "xl/styles.xml", b"</cellXfs>", _many(1_000_000, lambda _: b'<xf numFmtId="0"/>')
    ),
    "styles inside styles": lambda b: {"xl/styles.xml": [b"<a>" * 200_000, b"</a>" * 200_000]},
    "a million shared texts": lambda b: {
        "xl/sharedStrings.xml": _chain(
            _STRINGS, _many(1_000_000, lambda _: b"<si><t>%b</t></si>" % (b"a" * 90)), b"</sst>"
        )
    },
    "one long text in very many cells": lambda b: {
        **_in_table(b, 30_000, b'<c r="%b" t="s"><v>0</v></c>'),
        "xl/sharedStrings.xml": [_STRINGS, b"<si><t>" + b"x" * 32_767 + b"</t></si>", b"</sst>"],
    },
    "one shared text of 300 MB": lambda b: {
        "xl/sharedStrings.xml": _chain(_STRINGS + b"<si><t>", [b"a" * 1_000_000] * 300, b"</t></si></sst>")
    },
    "a comment of 200 MB": lambda b: {
        b.sheet: _chain(_HEAD + b"<!--", [b"a" * 1_000_000] * 200, b"-->" + b.before)
    },
    "hundreds of thousands of names": lambda b: b.inside(
        "xl/workbook.xml",
        b"</definedNames>",
        _many(300_000, lambda i: b'<definedName name="n%d">Home!$A$1</definedName>' % i),
    ),
    "fifty thousand sheets": lambda b: b.inside(
        "xl/workbook.xml",
        b"</sheets>",
        _many(50_000, lambda i: b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (i, i + 100)),
    ),
    "links to another computer": lambda b: b.inside(
        "xl/_rels/workbook.xml.rels",
        b"</Relationships>",
        _many(
            50,
            lambda i: b'<Relationship Id="q%d" Type="a/b" Target="\\\\\\\\evil\\\\a" TargetMode="External"/>' % i,
        ),
    ),
    "a table down to the end of the sheet": lambda b: b.rows([], 1_048_576),
    "a table of blanks down to its last row": lambda b: b.rows([_row(200_000, b"D", _VALUE)], 200_000),
    "a table of blanks with a value in each row": lambda b: _in_table(b, 30_000, _VALUE, b"D"),
    "very many errors": lambda b: _in_table(b, 30_000, b'<c r="%b" t="e"><v>#BOGUS!</v></c>'),
    "errors without end": lambda b: _in_table(b, 100_000, b'<c r="%b" t="e"><v>#REF!</v></c>'),
    "two hundred thousand formulas": lambda b: _in_table(b, 30_000, b'<c r="%b"><f>1+1</f></c>'),
    "a long formula shared by many": lambda b: b.rows(
        _chain(
            _row(
                b.last + 1, b"D", b'<c r="%%b"><f t="shared" si="0" ref="D1:D90000">%b1</f></c>' % (b"A1+" * 2700)
            ),
            _many(50_000, lambda i: _row(b.last + 2 + i, b"D", b'<c r="%b"><f t="shared" si="0"/></c>')),
            b"",
        ),
        b.last + 50_001,
    ),
    "array formulas over the whole sheet": lambda b: b.rows(
        [_row(b.last + 1, _TEN, b'<c r="%b"><f t="array" ref="A1:XFD1048576">1</f></c>')], b.last + 1
    ),
    "days before the calendar": lambda b: _in_table(b, 30_000, _NEGATIVE.replace(b"DATE", b.date_style), b"D"),
    "half a gigabyte of rows": lambda b: b.rows([b'<row r="%d"/>' % (b.last + 1) * 60_000] * 600),
    "five million texts of nothing": lambda b: {
        "xl/sharedStrings.xml": _chain(_STRINGS, [b"<si/>" * 100_000] * 50, b"</sst>")
    },
    "eleven million texts": lambda b: {
        "xl/sharedStrings.xml": _chain(_STRINGS, [b"<si/>" * 1_000_000] * 11, b"</sst>")
    },
    "columns without end": lambda b: {
        b.sheet: [
            b.before.replace(b"<cols>", b"<cols>" + b'<col min="1" max="16384" width="9"/>' * 20_000),
            b"</sheetData>",
            b.after,
        ]
    },
    "a zip inside the zip": lambda b: {"xl/media/image1.png": [_nested_zip()]},
    "thirty thousand parts": lambda b: {f"xl/x/{i}.xml": [b"<a/>"] for i in range(30_000)},
}


def write(good: Path, name: str, to: Path) -> None:
    """Make one of `HOSTILE` from a good workbook."""
    book = _Book(good)
    changed = HOSTILE[name](book)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part in {**book.parts, **changed}:
            with archive.open(part, "w", force_zip64=False) as file:
                for piece in changed.get(part, [book.parts.get(part, b"")]):
                    file.write(piece)

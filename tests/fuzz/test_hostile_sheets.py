"""Workbooks to import from that are made to do harm: refused in one line, in bounded memory and time."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.test_hostile import MEMORY, good, run
from tests.support.handmade import handmade

__all__ = ["good"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memory is measured as POSIX systems do")

_NUMBER, _INLINE = b'<c r="%c%d"><v>1</v></c>', b'<c r="%c%d" t="inlineStr"><is><t>ab</t></is></c>'
_SHARED = b'<c r="%c%d" t="s"><v>0</v></c>'
#: Rows, the kind of their ten cells, the shared text, and what is said.
HOSTILE = {
    "ten million numbers": (1_000_000, _NUMBER, "", "more than 3,000,000 cells"),
    "five million texts": (500_000, _INLINE, "", "more than 3,000,000 cells"),
    "one long text in a million cells": (
        100_000,
        _SHARED,
        f"<si><t>{'x' * 32_767}</t></si>",
        "come to more than 256 MB",
    ),
}


def rows(count: int, cell: bytes) -> Iterator[bytes]:
    """Rows with ten cells, many at a time."""
    for first in range(1, count + 1, 1000):
        numbers = range(first, first + 1000)
        yield b"".join(
            b'<row r="%d">%b</row>' % (n, b"".join(cell % (c, n) for c in b"ABCDEFGHIJ")) for n in numbers
        )


def made(path: Path, count: int, cell: bytes, strings: str) -> Path:
    """A workbook with so many rows."""
    plain = handmade(path.with_suffix(".plain"), "<row/>", strings=strings)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for name in old.namelist():
            head, mark, tail = old.read(name).partition(b"<row/>")
            with new.open(name, "w") as file:
                file.write(head)
                for piece in rows(count, cell) if mark else ():
                    file.write(piece)
                file.write(tail)
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_sheet_takes_little(good, tmp_path, name) -> None:
    """It is refused in one short line, within 500 MB and 20 seconds of the processor."""
    *what, told = HOSTILE[name]
    path = made(tmp_path / "rows.xlsx", *what)
    codes, printed, memory = run(tmp_path / "told", ["import", str(good), "Stakeholders", str(path), "--dry-run"])
    assert codes == [2]
    assert told in printed[0], printed[0][:500]
    assert len(printed[0].strip().splitlines()) == 1
    assert memory < MEMORY, f"{memory >> 20} MB"

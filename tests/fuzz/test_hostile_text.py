"""Delimited text made to do harm: taken in as it is, or refused in one line, in bounded memory and time."""

from __future__ import annotations

import sys

import pytest

from tests.fuzz.test_hostile import MEMORY, good, run

__all__ = ["good"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="memory is measured as POSIX systems do")

_HEAD = b"Given name,Family name,Email,Notes\n"
_MANY = 100_000_000
_WIDE = b",".join(b"c%d" % i for i in range(10_000)) + b"\n"
#: The file in pieces, each with how often it comes, and what is said of it.
HOSTILE = {
    "one field": (((_HEAD + b'A,B,a@b.au,"', 1), (b"x", _MANY), (b'"\n', 1)), "line 2: the row"),
    "one line": (((b"x", _MANY),), "line 1: the row"),
    "nothing but NUL": (((b"\0", _MANY),), "line 1: the row"),
    "some NUL": (((b"\0", 100_000),), "NUL characters"),
    "one name": (((b"x", 1_000_000), (b"\na\n", 1)), "1,000,000 characters"),
    "quotation marks": (((b'"', 20_000_000),), "line 1: the row"),
    "a quotation mark never closed": (((_HEAD + b'A,"', 1), (b"x\n", _MANY // 2)), "line 2: the row"),
    "empty lines": (((_HEAD, 1), (b"\n", 5_000_000)), "no column gives"),
    "lines without end": (((_HEAD, 1), (b"\n", 15_000_000)), "more than 10,000,000 lines"),
    "empty fields": (((_HEAD, 1), (b"," * 20_000 + b"a\n", 5_000)), "MB of memory"),
    "rows that do not fit": (((_HEAD, 1), (b"a\n", 5_000_000)), "MB of memory"),
    "short texts": (((_WIDE, 1), (b"ab," * 9_999 + b"ab\n", 3_000)), "MB of memory"),
    "names that are alike": (((b"c," * 16_383 + b"c\na\n", 1),), "no column has a name"),
    "letters of four bytes": (((_HEAD + b"A,B,C,", 1), ("\U0001f600".encode(), 20_000_000)), "line 2: the row"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_little(good, tmp_path, name) -> None:
    """It is refused in one short line that names the place, within 500 MB and 20 seconds of the processor."""
    pieces, told = HOSTILE[name]
    path = tmp_path / "rows.csv"
    with path.open("wb") as file:
        for piece, times in pieces:
            file.write(piece * times)
    codes, printed, memory = run(tmp_path / "told", ["import", str(good), "Stakeholders", str(path), "--dry-run"])
    path.unlink()  # tests may have their files in memory
    assert codes == [2]
    assert told in printed[0], printed[0][:500]
    assert len(printed[0].strip().splitlines()) == 1
    assert len(printed[0]) < 1000
    assert memory < MEMORY, f"{memory >> 20} MB"

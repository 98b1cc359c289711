"""The index of segments bent at random and signed again: a write is right, or it is refused and changes nothing."""

from __future__ import annotations

import random
import struct
import sys
from pathlib import Path

import pytest
from isal import isal_zlib

from tests.file.container.test_segments import long_row, made, with_extra
from tests.fuzz.victims import GOOD, outcome
from tests.support.books import seen_by_calamine
from workbook_cms.file.container.segments import extra_field
from workbook_cms.file.package import Package
from workbook_cms.file.soundness import check
from workbook_cms.file.writer import Append, Change, Delete, Patch, write

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no fork to watch a crash from outside"
)

_FIELD, _HEAD, _SIGNED = 0x4357, 8, 4


def bent(extra: bytes, dice: random.Random) -> bytes:
    """The extra field with entries exchanged, shifted, doubled, gone or of other numbers, its checksum right again."""
    body = extra_field(extra, _FIELD)
    head, numbers = body[:_HEAD], memoryview(body[_HEAD:-_SIGNED]).cast("I").tolist()
    entries = [numbers[at : at + 4] for at in range(0, len(numbers), 4)]
    for _ in range(dice.choice((1, 1, 1, 3))):
        one, other = dice.sample(range(len(entries)), 2)
        column = dice.choice((0, 1, 2, 3, 3, 3))
        match dice.randrange(7):
            case 0:
                entries[one], entries[other] = entries[other], entries[one]
            case 1:
                entries[one][column], entries[other][column] = entries[other][column], entries[one][column]
            case 2:  # the sum stays
                by = dice.choice((1, -1, 100, -100))
                entries[one][column] = max(entries[one][column] + by, 0)
                entries[other][column] = max(entries[other][column] - by, 0)
            case 3:
                entries[one][column] = dice.choice((0, 1, 2, 30, 1_048_576, 1 << 31, (1 << 32) - 1))
            case 4:
                entries.insert(one, list(entries[one]))
            case 5:
                del entries[one]
            case _:
                entries[one][3] ^= 1 << 31
    data = head + b"".join(struct.pack("<4I", *entry) for entry in entries)
    data += struct.pack("<I", isal_zlib.crc32(data))
    return struct.pack("<2H", _FIELD, len(data)) + data


def used(path: Path) -> str:
    """Change a row, take one out and add one; all others stay."""
    rows = [row[:2] for row in seen_by_calamine(path)]
    new = long_row(99, 200)
    rows[29][1] = "Anna"
    fewer = [*rows[:39], *rows[40:]]
    steps: list[tuple[Change, list[list[object]]]] = [
        (Patch("People", 30, {"Name": "Anna"}), rows),
        (Delete("People", [40]), fewer),
        (Append("People", [new]), [*fewer, [new["Key"], new["Name"]]]),
    ]
    for change, wanted in steps:
        write(Package.open(path), [change])
        if [row[:2] for row in seen_by_calamine(path)] != wanted:
            return f"other rows than wanted after {type(change).__name__}"
    flaws = check(Package.open(path))
    return f"flaws: {flaws[:2]}" if flaws else "used: three writes"


@pytest.mark.parametrize("seed", range(24))
def test_an_index_bent(tmp_path, seed) -> None:
    """Whatever the index says, no row is lost, doubled or put in the place of another."""
    path = made(tmp_path / "large.xlsx")
    dice = random.Random(seed)  # noqa: S311 - for tests
    with_extra(path, lambda extra: bent(extra, dice))
    said = outcome(path, used)
    assert said.partition(":")[0] in GOOD, said

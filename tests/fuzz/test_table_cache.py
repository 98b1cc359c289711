"""What is kept of a long table, bent at random and signed again as right: no crash, no hang, and no entry is lost by it."""

from __future__ import annotations

import json
import random
import shutil
import struct
import sys
from pathlib import Path
from typing import Any

import pytest
from isal import isal_zlib

from tests.conftest import QUENBY, TODAY
from tests.fuzz.beside import bent_data
from tests.fuzz.victims import GOOD, outcome
from tests.test_table_cache import ROWS, cache_of, filled, short_tables
from workbook_cms import Workbook

__all__ = ["filled", "short_tables"]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no fork to watch a crash from outside"
)

_START = struct.Struct("<8sQII")


def opened(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """What a cache tells, and its arrays."""
    _, length, _, _ = _START.unpack_from(raw)
    return json.loads(raw[_START.size : _START.size + length]), raw[_START.size + length :]


def signed(head: dict[str, Any], body: bytes) -> bytes:
    """A cache whose checksums are right."""
    data = json.dumps(head).encode()
    return _START.pack(b"CMSCACH1", len(data), isal_zlib.crc32(data), isal_zlib.crc32(body)) + data + body


def bent(raw: bytes, dice: random.Random) -> bytes:
    """A cache with something of its head, or of its arrays, that does not belong there."""
    head, body = opened(raw)
    places = head["arrays"]
    one, other = dice.sample(range(len(places)), 2)
    match dice.randrange(9):
        case 0:
            head["told"] = bent_data(head["told"], dice)
        case 1:
            places[one][1] = dice.choice(
                ["<i4", "<f8", "|u1", "<u8", "<U5", "<M8[s]", "|b1", "|S3", "O", ">i4", ""]
            )
        case 2:
            places[one][2] = dice.choice([[], [0], [1], [-1], [2**40], [places[one][2][0] + 1], [ROWS, 2]])
        case 3:
            places[one][3] = dice.choice([0, -8, len(body), len(body) // 2, 2**70])
        case 4:
            places[one][1:], places[other][1:] = places[other][1:], places[one][1:]
        case 5:
            del places[one]
        case 6:
            body = body[: dice.randrange(len(body))]
        case 7:
            at = places[one][3]
            body = body[:at] + dice.randbytes(64) + body[at + 64 :]
        case _:
            head["told"]["lookup"] = bent_data(head["told"]["lookup"], dice)
    return signed(head, body)


def used(path: Path) -> str:
    """Read the table, look for somebody, add somebody."""
    book = Workbook.open(path, today=TODAY)
    count = len(book.table("Stakeholders").to_pandas())
    codes = [finding.code for finding in book.prepare("Stakeholders", QUENBY).findings[0]]
    receipt = book.add("Stakeholders", {**QUENBY, "Email": "other@example.org"}, override="a twin")
    return f"used: {count} records, {codes}, {receipt.key}"


@pytest.mark.parametrize("seed", range(12))
def test_a_table_cache_bent(filled, tmp_path, seed) -> None:
    """Whatever stands in it, it ends nothing and the new record goes in."""
    shutil.copytree(filled.parent, tmp_path, dirs_exist_ok=True)
    path, dice = tmp_path / filled.name, random.Random(seed)  # noqa: S311 - for tests
    cache_of(path).write_bytes(bent(cache_of(path).read_bytes(), dice))
    said = outcome(path, used)
    assert said.partition(":")[0] in GOOD, said

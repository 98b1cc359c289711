"""What lies beside a workbook, bent at random: no crash, no hang, one line at most, and no record is lost by it."""

from __future__ import annotations

import json
import random
import shutil
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from isal import isal_zlib

from tests.conftest import QUENBY, TODAY
from tests.fuzz.beside import bent, bent_data
from tests.fuzz.victims import GOOD, outcome
from workbook_cms import Workbook
from workbook_cms.cli import run
from workbook_cms.file.beside.cache import FOLDER, keep, kept

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no fork to watch a crash from outside"
)


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """A folder with a workbook, an entry that waits, settings, a head and an archive of its history."""
    folder = tmp_path_factory.mktemp("base")
    book = Workbook.create(folder / "customers.xlsx", today=TODAY)
    book.add("Stakeholders", QUENBY)
    book.archive_history("2099-01")
    book.update("Stakeholders", "STK-00001", {"Notes": "before"})
    assert run(["settings", str(book.path), "--copies", "3"]) == 0
    owner = folder / ".~lock.customers.xlsx#"
    owner.write_text(",mia,PC-7,22.11.2026 09:12,file:///home/mia;", encoding="utf-8")
    receipt = book.update("Stakeholders", "STK-00001", {"Notes": "waits"})
    assert receipt.state == "queued"
    owner.unlink()
    return folder


def used(path: Path) -> str:
    """Read all that there is, then write; what stands in the workbook already must stay."""
    book = Workbook.open(path, today=TODAY)
    found = len(book.check())
    _ = book.pending, book.status(), book.verify_history(), book.history()
    book.find("Stakeholders", "quenby")
    receipt = book.add("Stakeholders", {**QUENBY, "Email": "twin@example.com"}, override="twin")
    frame = Workbook.open(path, today=TODAY).table("Stakeholders").to_pandas()
    keys = [key for key in frame.iloc[:, 0] if key]
    if keys.count("STK-00001") != 1 or len(set(keys)) != len(keys) or receipt.key not in [*keys, ""]:
        return f"lost or doubled: {keys}"
    return f"used: {found} findings"


@pytest.mark.parametrize("seed", range(40))
def test_files_beside_bent(base, tmp_path, seed) -> None:
    """Journal, head, settings and archives: whatever was done to them, the records of the workbook are there once."""
    folder = tmp_path / "work"
    shutil.copytree(base, folder)
    dice = random.Random(seed)  # noqa: S311 - for tests
    beside = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "customers.xlsx")
    victim = dice.choice([path for path in beside if "backups" not in path.parts])
    victim.write_bytes(bent(victim.read_bytes(), dice))
    said = outcome(folder / "customers.xlsx", used)
    assert said.partition(":")[0] in GOOD, f"{victim.name}: {said}"


@pytest.mark.parametrize("seed", range(60))
def test_a_cache_bent(tmp_path, seed) -> None:
    """A file of the cache whose head was bent and signed again is passed over, or gives arrays; it ends nothing."""
    dice = random.Random(seed)  # noqa: S311 - for tests
    (tmp_path / "side").mkdir()
    workbook = tmp_path / "customers.xlsx"
    workbook.write_bytes(b"")
    arrays = {"rows": np.arange(9, dtype=np.int32), "cells": np.ones((3, 4), dtype=np.uint8)}
    assert keep(tmp_path / "side", workbook, "people", {"by": "us"}, arrays)
    file = tmp_path / "side" / FOLDER / "people.arrays"
    start = struct.Struct("<8sQII")
    raw = file.read_bytes()
    mark, length, _, body_crc = start.unpack_from(raw)
    body = raw[start.size + length :]
    head = json.dumps(bent_data(json.loads(raw[start.size : start.size + length]), dice)).encode()
    file.write_bytes(start.pack(mark, len(head), isal_zlib.crc32(head), body_crc) + head + body)
    found = kept(tmp_path / "side", "people")
    assert found is None or all(array.nbytes <= len(body) for array in found[1].values())

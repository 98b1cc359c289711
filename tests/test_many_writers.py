"""Several programs write at once, or are killed while they write: nothing is lost that was acknowledged, or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import TODAY
from tests.support import many_writers
from tests.support.soundness import assert_sound
from workbook_cms import Workbook
from workbook_cms.batch import Place
from workbook_cms.commit import placed
from workbook_cms.submission import ADD, Entry

WRITER = """
import sys
from workbook_cms import Workbook
book = Workbook.open(sys.argv[1])
for number in range(int(sys.argv[3])):
    receipt = book.add("Stakeholders", {
        "Type": "Supplier", "Organisation": f"{sys.argv[2]} Company {number}",
        "Email": f"{sys.argv[2].lower()}{number}@example.com",
    }, override="test")
    print(receipt.entry_id, receipt.state, receipt.key, flush=True)
"""

# Dies without a word the n-th time a file is put in its place (journal file, workbook, head, retired journal file).
KILLED = (
    """
import os, sys
from workbook_cms.file import platform
calls = 0
replace = os.replace
def dying(new, target):
    global calls
    calls += 1
    if calls == int(sys.argv[4]) and sys.argv[5] == "before":
        os._exit(9)
    replace(new, target)
    if calls == int(sys.argv[4]) and sys.argv[5] == "after":
        os._exit(9)
platform._HERE._replace = dying
"""
    + WRITER
)


def start(program: str, path: Path, *arguments: object) -> subprocess.Popen[str]:
    """A writer as a process of its own; its receipts come line by line."""
    command = [sys.executable, "-c", program, str(path), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )


def organisations(path: Path) -> list[str]:
    """The organisations in the workbook, sorted; every key is there once and the file is sound."""
    book = Workbook.open(path, today=TODAY)
    frame = book.table("Stakeholders").to_pandas()
    keys = frame["Stakeholder ID"].tolist()
    assert len(set(keys)) == len(keys)
    assert [finding.code for finding in book.check(select=["FIL", "REF002"])] == []
    assert_sound(path)
    return sorted(frame["Organisation"].tolist())


def test_many_writers_at_once(tmp_path: Path) -> None:
    """Eight programs, three of them killed, others started: what was acknowledged is there once, nothing written over.

    ``python -m benchmarks writers`` is the same at full size.
    """
    path = tmp_path / "customers.xlsx"
    many_writers.build(path, 200)
    done = many_writers.run(path, writers=8, each=12, kills=3)
    assert done.faults == []
    assert len(done.acknowledged) > 50
    assert done.read > 0
    assert {one["problem"].split(" by ")[0] for one in done.refused} <= {"Organisation was changed meanwhile"}
    assert_sound(path)


def test_an_entry_that_another_writer_took_along_is_found(book: Workbook) -> None:
    """Its receipt tells key and cell, as if its own writer had written it."""
    entry = Entry(str(book.history()["Entry"].iloc[-1]), ADD, "stakeholders", "", {})
    assert placed(book.snapshot(), [entry]) == {entry.id: Place("STK-00001", "Stakeholders!A2")}
    assert placed(book.snapshot(), [replace(entry, id="another")]) == {}


@pytest.mark.parametrize(
    ("call", "when"),
    [(1, "before"), (1, "after"), (2, "after"), (3, "after"), (4, "after"), (6, "before")],
)
def test_killed_writer(fresh_book: Workbook, call: int, when: str) -> None:
    """Wherever a writer dies, what it had acknowledged is there once, and the next writer goes on."""
    path = fresh_book.path
    writer = start(KILLED, path, "Alpha", 3, call, when)
    told = writer.communicate()[0].splitlines()
    assert writer.returncode == 9
    seen = Workbook.open(path).table("Stakeholders").to_pandas()["Organisation"].tolist()
    assert len(seen) == len(set(seen))  # also while the journal still holds what the workbook does
    assert start(WRITER, path, "Bravo", 1).communicate()[0].split()[1] == "written"
    there = organisations(path)
    assert len(there) == len(set(there))
    assert "Bravo Company 0" in there
    assert {f"Alpha Company {number}" for number in range(len(told))} <= set(there)
    assert Workbook.open(path).pending == ()
    assert [file.name for file in path.parent.iterdir() if file.name.endswith(".cms-tmp")] == []

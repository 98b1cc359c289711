"""Many programs that write to one workbook at once, some of them killed on the way; and what became of their entries."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd

from tests.support.processes import started
from workbook_cms import EntryRefusedError, Workbook
from workbook_cms.submission import new_id

__all__ = ["Outcome", "build", "main", "run"]

TABLE, KEY = "Stakeholders", "Stakeholder ID"
#: Records that all writers change, so that they meet.
HOT = tuple(f"STK-{number:05}" for number in range(1, 7))
_STOP = "stop"


def build(path: Path, rows: int) -> Workbook:
    """A World Traveller workbook with that many suppliers."""
    book = Workbook.create(path)
    firms = [
        {"Type": "Supplier", "Organisation": f"Firm {n} Pty", "Email": f"firm{n}@example.org"} for n in range(rows)
    ]
    book.add_many(TABLE, pd.DataFrame(firms), override="made for a test")
    return book


def write(path: Path, name: str, count: int) -> None:
    """So many entries and changes, each told on standard output once it is acknowledged or refused."""
    book = Workbook.open(path, account=name)
    chance = random.Random(name)  # noqa: S311 - the same ones each time
    for number in range(count):
        entry_id = new_id()
        told: dict[str, Any] = {"id": entry_id, "writer": name}
        started = time.perf_counter()
        try:
            if chance.random() < 0.6:
                told |= {"kind": "add", "value": f"{name} Company {number}"}
                firm = {
                    "Type": "Supplier",
                    "Organisation": told["value"],
                    "Email": f"{name.lower()}{number}@example.com",
                }
                receipt = book.add(TABLE, firm, override="made for a test", entry_id=entry_id)
            else:
                key = chance.choice(HOT)
                told |= {"kind": "update", "key": key, "value": f"{name} {number}"}
                seen = book.table(TABLE).get(key)
                receipt = book.update(
                    TABLE,
                    key,
                    {"Organisation": told["value"]},
                    override="made for a test",
                    seen=seen,
                    entry_id=entry_id,
                )
            told |= {"state": receipt.state, "key": receipt.key}
        except EntryRefusedError as error:
            told |= {"state": "refused", "problem": error.problem}
        print(json.dumps({**told, "seconds": time.perf_counter() - started}), flush=True)


def read(path: Path) -> None:
    """Look at the workbook again and again until told to stop: whatever is read is whole."""
    most = rounds = 0
    while not path.with_name(_STOP).exists():
        with ZipFile(path) as file:
            assert file.testzip() is None
        keys = Workbook.open(path).table(TABLE).to_pandas()[KEY]
        keys = keys[keys.notna() & (keys != "")]  # what waits has no key yet
        assert keys.is_unique
        assert len(keys) >= most
        most, rounds = len(keys), rounds + 1
    print(rounds)


@dataclass
class Outcome:
    """What was acknowledged, and what became of it.

    Attributes:
        told: What the writers said of each entry, killed ones included.
        killed: Writers that were killed.
        read: How often the reader saw the workbook.
        seconds: How long it all took.
        faults: What must not be: entries lost or doubled, keys used twice, changes written over, a reader that saw half.
    """

    told: list[dict[str, Any]]
    killed: int = 0
    read: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[dict[str, Any]]:
        """Entries whose authors got a receipt."""
        return [one for one in self.told if one["state"] != "refused"]

    @property
    def refused(self) -> list[dict[str, Any]]:
        """Entries whose authors were told that somebody else was first."""
        return [one for one in self.told if one["state"] == "refused"]

    def within(self, share: float) -> float:
        """Seconds within which that share of the entries was acknowledged."""
        times = sorted(one["seconds"] for one in self.acknowledged)
        return float(times[min(int(len(times) * share), len(times) - 1)])


def run(path: Path, writers: int, each: int, kills: int) -> Outcome:
    """Let so many writers make so many entries each; some are killed, and others started in their place."""
    begun = time.perf_counter()
    with contextlib.ExitStack() as programs:
        told, faults, rounds = _written(path, writers, each, kills, programs)
    seconds = time.perf_counter() - begun
    Workbook.open(path).sync()
    return Outcome(told, kills, rounds, seconds, [*faults, *_faults(path, told)])


def _written(
    path: Path, writers: int, each: int, kills: int, programs: contextlib.ExitStack
) -> tuple[list[dict[str, Any]], list[str], int]:
    """What the writers said, what went wrong with a program, and how often the reader saw the workbook."""

    def start(what: str, *arguments: object) -> subprocess.Popen[str]:
        return programs.enter_context(_running(what, path, *arguments))

    reader = start("read")
    running = [start("write", f"Writer{number}", each) for number in range(writers)]
    told: list[dict[str, Any]] = []
    for number, process in enumerate(running[:kills]):
        # Each at another moment: after so many of its entries, somewhere in the middle of the next.
        lines = [_line(process) for _ in range(1 + number * each // (2 * kills))]
        process.kill()
        rest = process.communicate()[0].splitlines()
        told += _parsed([*lines, *rest])
        running.append(start("write", f"Second{number}", each - len(lines)))
    for process in running[kills:]:
        told += _parsed(process.communicate()[0].splitlines())
    faults = [f"a writer ended with {p.returncode}" for p in running[kills:] if p.returncode]
    path.with_name(_STOP).touch()
    rounds = reader.communicate()[0].strip()
    if reader.returncode:
        faults.append("a reader saw half a file, a key twice, or fewer records than before")
    path.with_name(_STOP).unlink()
    return told, faults, int(rounds or 0)


def _faults(path: Path, told: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What is not as the receipts said, by the file alone."""
    book = Workbook.open(path)
    history = book.history().to_dict("records")
    table = book.table(TABLE).to_pandas()
    there = dict(zip(table[KEY], table["Organisation"], strict=True))
    lines = Counter(row["Entry"] for row in history if row["Action"] in ("added", "changed"))
    given = Counter(row["Key"] for row in history if row["Action"] == "added")
    by_entry = {row["Entry"]: row for row in history}
    for one in told:
        if one["state"] == "refused":
            if lines[one["id"]]:
                yield f"{one['id']} was refused and is there"
        elif lines[one["id"]] != 1:
            yield f"{one['id']} was acknowledged and is there {lines[one['id']]} times"
        elif one["kind"] == "add" and there.get(by_entry[one["id"]]["Key"]) != one["value"]:
            yield f"{one['id']} is in the history, and its record is not in the table"
        elif one["key"] not in ("", by_entry[one["id"]]["Key"]):
            yield f"{one['id']} has another key than its receipt says"
    yield from (f"the key {key} was given {count} times" for key, count in given.items() if count > 1)
    if not table[KEY].is_unique:
        yield "a key stands in the table twice"
    for key in HOT:
        changes = [row for row in history if row["Key"] == key and row["Action"] == "changed"]
        for before, after in pairwise(changes):
            if after["Old"] != before["New"]:
                yield f"the change of {key} to {before['New']} was written over unseen"
        if changes and there[key] != changes[-1]["New"]:
            yield f"{key} is not as its last change left it"
    authors = {one["id"] for one in told}
    yield from (
        f"{c.entry_id} waits as a conflict, told" for c in book.conflicts_of_all() if c.entry_id in authors
    )
    # What a killed writer wanted to change may be a conflict that nobody was told of yet: FIL009.
    yield from (f"{f.code} {f.message}" for f in book.check(select=["FIL", "REF002"], ignore=["FIL009"]))
    if book.pending:
        yield "something still waits"


def _running(
    what: str, path: Path, *arguments: object
) -> contextlib.AbstractContextManager[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.many_writers", what, str(path), *map(str, arguments)]
    return started(
        command,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _parsed(lines: Sequence[str]) -> list[dict[str, Any]]:
    """What the lines tell; one that was cut off when its writer was killed told nobody."""
    return [json.loads(line) for line in lines if line.strip().endswith("}")]


def main() -> None:
    """``python -m tests.support.many_writers write|read PATH ...``, as `run` starts it."""
    if sys.argv[1] == "read":
        read(Path(sys.argv[2]))
    else:
        write(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))


if __name__ == "__main__":
    main()

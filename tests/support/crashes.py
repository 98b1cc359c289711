"""Programs that die: killed at any call of the disk, or cut off from power, and what is found afterwards."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.support.disk_calls import Call, Watcher, watched
from tests.support.power import Disk, State
from workbook_cms import Workbook
from workbook_cms.integrity import file_findings, verify
from workbook_cms.snapshot import Snapshot

__all__ = [
    "NAME",
    "Calls",
    "Entered",
    "Operation",
    "Outcome",
    "Tell",
    "contents",
    "cuts",
    "examine",
    "killed",
    "kills",
    "laid_out",
    "observed",
]

NAME = "customers.xlsx"
T = TypeVar("T")


@dataclass(frozen=True)
class Entered:
    """An entry whose call returned: from then on it must not be lost. ``value`` stands in no other record."""

    entry: str
    table: str
    field: str
    value: str


Tell = Callable[[Entered], None]


@dataclass(frozen=True)
class Operation:
    """Something people do with a workbook.

    Attributes:
        name: In plain words.
        prepare: Brings the workbook's folder to where the operation begins; returns what was acknowledged by then.
        run: Does it, and tells of every entry once its call returned.
        findings: Codes of what `check` may truly say after a death in the middle.
    """

    name: str
    prepare: Callable[[Path], Sequence[Entered]]
    run: Callable[[Workbook, Tell], None]
    findings: frozenset[str] = frozenset()


@dataclass
class Outcome:
    """What was found after a death, and after the next write."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.doubled or self.problems)


class Calls(Watcher):
    """Writes down all calls, and what the workbook holds each time that it was replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.made: list[Call | Entered] = []
        self.versions = [contents(Snapshot.open(path))]

    @property
    def calls(self) -> list[Call]:
        """The calls alone."""
        return [step for step in self.made if isinstance(step, Call)]

    def after(self, call: Call) -> None:
        """Note it."""
        self.made.append(call)
        if call.kind == "rename" and call.to == self.path:
            self.versions.append(contents(Snapshot.open(self.path)))


class _Killer(Watcher):
    """Ends the process before the n-th call; or in the middle of it, when that is a write."""

    def __init__(self, number: int, torn: bool) -> None:
        self.left, self.torn = number, torn

    def before(self, call: Call) -> None:
        self.left -= 1
        if self.left:
            return
        if self.torn and call.kind == "write":
            os.pwrite(call.handle, call.data[: len(call.data) // 2], call.offset)
        os.kill(os.getpid(), signal.SIGKILL)


def laid_out(template: Path, folder: Path) -> Path:
    """The folder as the template has it, whatever was in it; the workbook in it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(template, folder)
    return folder / NAME


def observed(operation: Operation, book: Workbook) -> Calls:
    """The calls of an operation that nothing befalls, with the acknowledgements between them."""
    calls = Calls(book.path)
    with watched(book.path.parent, calls):
        operation.run(book, calls.made.append)
    return calls


def killed(operation: Operation, book: Workbook, number: int, torn: bool) -> list[Entered]:
    """Runs an operation in a child that kills itself at its n-th call; what it had acknowledged by then."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _die(operation, book, writing, number, torn)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        told = [Entered(**json.loads(line)) for line in pipe]
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status), f"{operation.name} ended by itself at call {number}"
    return told


def _die(operation: Operation, book: Workbook, pipe: int, number: int, torn: bool) -> None:
    try:
        with watched(book.path.parent, _Killer(number, torn)):
            operation.run(book, lambda entered: _send(pipe, entered))
    except BaseException:  # noqa: BLE001 - nothing of the child may run on into the parent's code
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(3)


def _send(pipe: int, entered: Entered) -> None:
    os.write(pipe, (json.dumps(vars(entered)) + "\n").encode())


def contents(snapshot: Snapshot) -> Mapping[str, Any]:
    """All records and the rules, as values that can be compared."""
    tables = {table.name: snapshot.frame(table).values.astype(object) for table in snapshot.policy.tables}
    return {
        "rules": snapshot.policy.digest,
        "history": len(snapshot.history),
        **{name: frame.where(frame.notna(), None).to_numpy().tolist() for name, frame in tables.items()},
    }


def examine(
    book: Workbook,
    told: Sequence[Entered],
    versions: Sequence[Mapping[str, Any]],
    next_write: Callable[[Workbook], Any],
    findings: Collection[str] = (),
) -> Outcome:
    """Looks at what a dead program left, writes once more as the next program would, and looks again.

    Args:
        book: The workbook; what the process knows of it from before need not be read again, to save time.
        told: What was acknowledged.
        versions: What the workbook may hold.
        next_write: Writes something.
        findings: Codes of what `check` may say afterwards.
    """
    outcome, path = Outcome(len(told)), book.path
    found = book.snapshot()
    if contents(found) not in versions:
        outcome.problems.append("the workbook is neither the old one nor a new one")
    written = {row.entry for row in found.whole_history.rows}
    waiting = Counter(entry.id for submission in found.pending for entry in submission.entries)
    for one in told:
        _count(outcome, one, (one.entry in written) + waiting[one.entry], "before the next write")
    next_write(book)
    after = book.snapshot()
    for one in told:
        _count(outcome, one, _records(after, one), "after the next write")
    every = (*file_findings(after), *verify(after).findings)
    found_now = [finding for finding in every if finding.code not in findings]
    outcome.problems += [f"{finding.code} {finding.message}" for finding in found_now]
    outcome.problems += _twice(after)
    outcome.problems += [f"{name} is left over" for name in left_over(path)]
    return outcome


def _count(outcome: Outcome, one: Entered, times: int, when: str) -> None:
    if times != 1:
        (outcome.doubled if times else outcome.lost).append(f"{one.value} ({one.entry}) {when}")


def _records(snapshot: Snapshot, one: Entered) -> int:
    """How many records hold the value of an entry that the history knows; 0 where the history does not."""
    table = snapshot.table(one.table)
    if sum(row.entry == one.entry for row in snapshot.whole_history.rows) < 1:
        return 0
    return snapshot.frame(table).values[table.by_label[one.field].id].tolist().count(one.value)


def _twice(snapshot: Snapshot) -> Iterator[str]:
    for table in snapshot.policy.tables:
        keys = Counter(snapshot.frame(table).keys)
        yield from (f"the key {key} stands {n} times in {table.name}" for key, n in keys.items() if n > 1)
    added = Counter(row.entry for row in snapshot.whole_history.rows if row.action == "added")
    yield from (f"the entry {entry} was added {n} times" for entry, n in added.items() if n > 1)


def left_over(path: Path) -> Iterator[str]:
    """Files that no program at work needs."""
    side = path.with_name(f"{path.name}.cms")
    known = {path, side, *(side / name for name in ("lock", "head.json", "holder.json", "settings.json"))}
    known |= set(path.parent.glob(f"{path.stem} history *.xlsx"))
    kept = {side / folder for folder in ("journal", "applied", "conflicts", "backups")}
    for file in sorted(path.parent.rglob("*")):
        if file not in known | kept and (file.parent not in kept or file.name.startswith(".")):
            yield file.name
    yield from (file.name for file in (side / "journal").glob("[!.]*"))


def chosen(points: Sequence[T], count: int, seed: str) -> list[T]:
    """So many of the points, always the same ones, in their order."""
    picked = random.Random(seed).sample(range(len(points)), min(count, len(points)))  # noqa: S311 - the same ones
    return [points[number] for number in sorted(picked)]


def kills(calls: Calls) -> list[tuple[int, bool]]:
    """Where a program can be killed: before each call, and in the middle of each write."""
    made = list(enumerate(calls.calls, 1))
    return [(number, False) for number, _ in made] + [(n, True) for n, call in made if call.kind == "write"]


def cuts(folder: Path, told: Sequence[Entered], calls: Calls) -> list[tuple[State, list[Entered]]]:
    """Every state that a cut of power can leave, with what had been acknowledged by then.

    Args:
        folder: As it is where the operation begins.
        told: What was acknowledged before.
        calls: Those of the operation.
    """
    disk, by_now = Disk(folder), list(told)
    points: dict[str, tuple[State, list[Entered]]] = {}
    for step in calls.made:
        if isinstance(step, Entered):
            by_now.append(step)
        else:
            disk.follow(step)
        for digest, state in disk.states():
            points.setdefault(f"{digest} {len(by_now)}", (state, list(by_now)))
    return list(points.values())

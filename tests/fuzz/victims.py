"""What is done with a bent workbook, in a process of its own: a crash, a hang and a full memory are seen from outside."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.conftest import QUENBY, TODAY
from workbook_cms import Workbook
from workbook_cms.errors import WorkbookCmsError
from workbook_cms.file.package import Package
from workbook_cms.file.soundness import Flaw, check, new_flaws
from workbook_cms.plain_tables import PlainTable

__all__ = ["GOOD", "SECONDS", "outcome", "plain_tables", "records"]

#: Time of the processor that anything may take, seconds.
SECONDS = 20
#: How an outcome begins that is as it should be.
GOOD = ("used", "refused")
_MEMORY = 3 << 30  # of addresses; what is really used is measured by the tests of hostile files


def outcome(path: Path, use: Callable[[Path], str]) -> str:
    """What came of using a file: a line that begins with one of `GOOD`, or what broke."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8", errors="backslashreplace") as pipe:
            pipe.write(_lived_through(path, use))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == -signal.SIGXCPU:
        return f"took longer than {SECONDS} s"
    return said if status == 0 else f"ended by {signal.Signals(-status).name if status < 0 else status}: {said}"


def _lived_through(path: Path, use: Callable[[Path], str]) -> str:
    import resource  # noqa: PLC0415 - not on Windows

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what calamine prints of its own panics
    before = path.read_bytes()
    try:
        return use(path)
    except WorkbookCmsError as error:
        line = str(error)
        if path.read_bytes() != before:
            return f"changed the file and said: {line}"
        return f"refused: {line}" if "\n" not in line and line else f"more than one line: {line!r}"
    except BaseException:  # noqa: BLE001 - whatever it is, it is what the test is about
        return f"crashed: {''.join(traceback.format_exception(*sys.exc_info())[-6:])}"


def records(path: Path) -> str:
    """Check a workbook with a policy, read all of it, find and add a record."""
    book = Workbook.open(path, today=TODAY)
    found = len(book.check())
    for table in book.tables:
        table.to_pandas()
    if "Stakeholders" not in {table.name for table in book.tables}:
        return f"used: {found} findings"
    book.find("Stakeholders", "quenby")
    flaws = _flaws(path)
    receipt = book.add("Stakeholders", QUENBY, override="known")
    again = Workbook.open(path, today=TODAY).table("Stakeholders").to_pandas()
    if receipt.key not in set(again.iloc[:, 0]):
        return f"lost {receipt.key}"
    return _worse(path, flaws) or f"used: {found} findings"


def plain_tables(path: Path) -> str:
    """Read every table of a workbook, append to each and change its first row."""
    book = Workbook.open(path)
    if not all(isinstance(table, PlainTable) for table in book.tables):
        return records(path)
    written, refused = 0, 0
    for name in [table.name for table in book.tables]:
        flaws = _flaws(path)
        for change in (_append, _update):
            before = path.read_bytes()
            try:
                change(book, name)
                written += 1
            except WorkbookCmsError as error:
                refused += 1
                if "\n" in str(error) or path.read_bytes() != before:
                    return f"changed the file, or said more than one line: {error}"
        worse = _worse(path, flaws)
        if worse:
            return worse
    return f"used: {written} changes, {refused} refused"


def _append(book: Workbook, name: str) -> None:
    table = book.table(name)
    count = len(table.to_pandas())
    # The last column is seldom calculated, and there is always one.
    [receipt] = table.append([{table.columns[-1]: "appended"}])
    frame = Workbook.open(book.path).table(name).to_pandas()
    assert frame.iloc[receipt.row, -1] == "appended", f"row {receipt.row} of {len(frame)}, there were {count}"


def _update(book: Workbook, name: str) -> None:
    table = book.table(name)
    if len(table.to_pandas()):
        table.update(0, {table.columns[0]: "updated"})
        assert Workbook.open(book.path).table(name).to_pandas().iloc[0, 0] == "updated"


def _flaws(path: Path) -> list[Flaw]:
    return check(Package.open(path))


def _worse(path: Path, before: list[Flaw]) -> str:
    """What a write brought in that was not there before; "" for nothing."""
    brought = new_flaws(_flaws(path), before)
    return f"brought in: {brought[:3]}" if brought else ""

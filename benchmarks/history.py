"""``python -m benchmarks history``: what a long history costs an entry, side by side with a workbook that has none."""

from __future__ import annotations

import argparse
import datetime as dt
import secrets
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

__all__ = ["main"]

#: An entry may take so many times as long.
BOUND = 1.1
#: The first entries of a process read what the later ones know.
_FIRST = 4


def _build(path: Path, records: int) -> None:
    """A workbook with so many stakeholders, none like another, and a history of one line."""
    from benchmarks.data import TODAY  # noqa: PLC0415 - heavy
    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.writer import Append, write  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    Workbook.create(path, today=TODAY)
    rows = [{"Stakeholder ID": f"STK-{number:05d}", **_person(number)} for number in range(1, records + 1)]
    write(Package.open(path), [Append("Stakeholders", rows)])


def _person(number: int) -> dict[str, str]:
    """Somebody whom nobody else is like."""
    letters = "".join(chr(97 + int(digit)) for digit in f"{number * 7919:08d}")
    return {
        "Type": "Customer",
        "Given name": f"Zo{letters[::-1]}",
        "Family name": f"Aq{letters}",
        "Email": f"{letters}@example.com",
    }


def _lengthen(path: Path, lines: int, records: int) -> None:
    """So many lines of changes, as the door would have written them one after another."""
    from benchmarks.data import TODAY  # noqa: PLC0415
    from workbook_cms.batch import chain_end  # noqa: PLC0415
    from workbook_cms.file.writer import Append  # noqa: PLC0415
    from workbook_cms.history import Actor, Event, history_rows, to_cells  # noqa: PLC0415
    from workbook_cms.submission import new_id  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    now = Workbook.open(path, today=TODAY).snapshot()
    events = [
        Event(
            "changed",
            "Stakeholders",
            f"STK-{1 + number % records:05d}",
            new_id(),
            after={"notes": f"note {number}"},
            changes=[("Notes", "notes", f"note {number - records}", f"note {number}")],
        )
        for number in range(lines)
    ]
    actor, salts = Actor("amelia", "DESK-3", "Amelia Tran", "form"), (secrets.token_hex(8) for _ in events)
    rows = history_rows(events, chain_end(now), actor, dt.datetime.now(dt.UTC), now.policy.digest, salts)
    now.write([Append("History", [to_cells(row) for row in rows])])
    head = now.side.head()
    now.side.write_head(replace(head, no=rows[-1].no, chain=rows[-1].chain))


def _measured(paths: dict[str, Path], entries: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds and processor seconds of each entry, the workbooks taking turns in one process."""
    from benchmarks.data import TODAY  # noqa: PLC0415
    from workbook_cms.workbook import Workbook  # noqa: PLC0415

    books = {name: Workbook.open(path, today=TODAY) for name, path in paths.items()}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in paths}
    for number in range(entries + _FIRST):
        for name, book in books.items():
            entry = _person(900_000 + number)
            wall, cpu = time.perf_counter(), time.process_time()
            book.add("Stakeholders", entry, override="another one")
            taken[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return taken


def main(arguments: list[str] | None = None) -> int:
    """Builds, measures, prints; 0 when an entry takes no more than a tenth longer."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks history", description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000, help="lines of the history, 100,000 unless given")
    parser.add_argument("--records", type=int, default=1000, help="records of the table, 1,000 unless given")
    parser.add_argument("--entries", type=int, default=60, help="entries of each workbook, 60 unless given")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="workbook-cms-history-"))
    try:
        none, moves, grows = (folder / name / "customers.xlsx" for name in ("none", "moves", "grows"))
        none.parent.mkdir()
        _build(none, given.records)
        shutil.copytree(none.parent, moves.parent)
        _lengthen(moves, given.lines, given.records)
        shutil.copytree(moves.parent, grows.parent)
        from workbook_cms.workbook import Workbook  # noqa: PLC0415

        Workbook.open(grows).change_settings(lambda now: replace(now, lines=0))
        taken = _measured({"none": none, "moves": moves, "grows": grows}, given.entries)
        sizes = {
            name: path.stat().st_size / 1e6 for name, path in (("none", none), ("moves", moves), ("grows", grows))
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratios = {}
    print(f"{given.records:,} records, {given.lines:,} lines of history, {given.entries} entries of each in turn")
    for name, words in (
        ("none", "no history"),
        ("moves", "as set: older lines move to archives"),
        ("grows", "all lines kept in the workbook"),
    ):
        rest = list(zip(taken["none"][_FIRST:], taken[name][_FIRST:], strict=True))
        wall, cpu = (statistics.median(mine[i] / base[i] for base, mine in rest) for i in (0, 1))
        median = statistics.median(mine[0] for _, mine in rest)
        ratios[name] = cpu, wall
        print(
            f"{words:38} {1000 * median:6.0f} ms, {wall:.2f} times; processor time {cpu:.2f} times; file "
            f"{sizes[name]:.1f} MB; first entry {taken[name][0][0]:.1f} s"
        )
    met = ratios["moves"][1] <= BOUND
    print(f"an entry takes at most {BOUND:g} times as long: {'met' if met else 'missed'}")
    return 0 if met else 1

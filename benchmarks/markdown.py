"""The table of what was measured, as Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from benchmarks.suite import Line

__all__ = ["BEGIN", "END", "Told", "machine", "page", "table", "told", "versions"]

BEGIN = "<!-- measured: python -m benchmarks -->"
END = "<!-- end of measured -->"

_COMPARED = (
    "workbook-cms", "openpyxl", "pandas", "great_expectations", "frictionless", "pandera", "python-calamine",
    "XlsxWriter", "isal", "rapidfuzz", "numpy",
)  # fmt: skip


#: By whether a bound is met; None where there is none.
_VERDICT = {None: "", True: "met", False: "**missed**"}
_ENGINE = ("workbook-cms", "pandas", "numpy", "rapidfuzz")


class Told(NamedTuple):
    """A line of a table: its cells but the last one, and whether what must be reached is; None where nothing must."""

    cells: Sequence[str]
    met: bool | None = None


def told(head: Sequence[str], lines: Iterable[Told]) -> bool:
    """Prints a table, each line as soon as it is measured; whether no bound is missed."""
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    fine = True
    for line in lines:
        print(f"| {' | '.join([*line.cells, _VERDICT[line.met]])} |", flush=True)
        fine &= line.met is not False
    print()
    return fine


def table(lines: Sequence[Line], when: dt.date) -> str:
    """The facts of the run and a row a line."""
    rows = [
        "| what | ours | alternative | | time ratio | our memory | its memory | must reach | |",
        "|---|---:|---|---:|---:|---:|---:|---|---|",
    ]
    rows += [_row(line) for line in lines]
    found = [line for line in lines if line.ours and line.theirs and line.ours.found != line.theirs.found]
    notes = [f"- {line.what}: {line.note}" for line in lines if line.note]
    notes += [
        f"- {line.what}: {line.ours.found:,} findings, {line.alternative} {line.theirs.found:,}."
        for line in found
        if line.ours and line.theirs and line.ours.found is not None and line.theirs.found is not None
    ]
    facts = f"Measured {when.isoformat()} on {machine()}. Versions: {versions()}."
    return "\n".join([facts, "", *rows, *(["", *notes] if notes else [])])


def _row(line: Line) -> str:
    if line.ours is None:
        cells = [line.what, "–", line.alternative, "", "", "", "", line.bound, "not measured"]
        return f"| {' | '.join(cells)} |"
    ratio = theirs = theirs_memory = ""
    if line.theirs:
        theirs = _seconds(line.theirs.seconds)
        theirs_memory = _megabytes(line.theirs.megabytes)
        ratio = _ratio(line.ours.seconds / line.theirs.seconds)
    cells = [
        line.what, _seconds(line.ours.seconds), line.alternative, theirs, ratio,
        _megabytes(line.ours.megabytes), theirs_memory, line.bound, _VERDICT[line.met],
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _megabytes(megabytes: float) -> str:
    return f"{megabytes:,.0f} MB" if megabytes else ""


def _ratio(ratio: float) -> str:
    return f"1/{1 / ratio:.1f}" if ratio < 0.5 else f"{ratio:.2f}"


def machine() -> str:
    """Processor, cores, memory, system and Python of the machine."""
    name = platform.processor() or platform.machine()
    memory = ""
    if Path("/proc/cpuinfo").exists():
        models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        name = models[0].split(":", 1)[1].strip() if models else name
        total = int(Path("/proc/meminfo").read_text().split()[1]) / 1e6
        memory = f", {total:.0f} GB"
    system = f"{platform.system()} {platform.release()}"
    return f"{name}, {os.cpu_count()} cores{memory}, {system}, Python {platform.python_version()}"


def versions(*more: str) -> str:
    """Of what we stand on, and of what is compared: ``more``, or what the other benchmarks compare with."""
    known = []
    for name in (*_ENGINE, *more) if more else _COMPARED:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"{name} not installed")
    return ", ".join(known)


def page(old: str, measured: str) -> str:
    """The page with its measured part replaced; a page without one gets it at its end."""
    block = f"{BEGIN}\n{measured}\n{END}"
    if BEGIN in old and END in old:
        before, rest = old.split(BEGIN, 1)
        return before + block + rest.split(END, 1)[1]
    return f"{old.rstrip()}\n\n{block}\n" if old.strip() else f"{block}\n"

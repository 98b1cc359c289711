"""Entries through a form, one after another: ``python -m benchmarks forms [--entries 200] [--sizes 0,20000]``.

A LibreOffice of its own shows a front-end, ``workbook-cms serve`` serves it in a process of its own, and this program
types. Printed are, for each number of interactions that the record workbook holds before: whether every row is there
once, how long an answer takes from the moment in which the request cell is filled, what memory the helper has at the
beginning and at the end, what a click takes through VBA and a new Python instead, and what a script would take that
loads the record workbook with openpyxl, appends a row and saves.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks import checking, click
from workbook_cms.forms.engines import libreoffice
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.workbook import Workbook

__all__ = ["main"]

_PIPE = f"cms-benchmark-{os.getpid()}"
_PATIENCE = 60.0
_WARM = 10
#: Seconds that an answer may take at most in the sample, in the median.
_BOUND = 0.7
_WORDS = [
    "atlas",
    "beach",
    "canyon",
    "delta",
    "estuary",
    "fjord",
    "glacier",
    "harbour",
    "island",
    "jungle",
    "kelp",
    "lagoon",
    "mesa",
    "nebula",
    "oasis",
]


@dataclass(frozen=True)
class _Line:
    """What was measured with a record workbook of some size."""

    size: int
    entries: int
    written: int
    distinct: int
    seconds: list[float]
    memory: tuple[float, float]
    cold: list[float]
    script: list[float]

    @property
    def sound(self) -> bool:
        """Whether no row is lost and none there twice."""
        return self.written == self.distinct == self.entries

    @property
    def median(self) -> float:
        """Seconds of an answer."""
        return statistics.median(self.seconds)

    @property
    def row(self) -> str:
        """A row of the table."""
        median, late = self.median, sorted(self.seconds)[int(len(self.seconds) * 0.95)]
        cold, script = statistics.median(self.cold), statistics.median(self.script)
        lost, doubled = self.entries - self.distinct, self.written - self.distinct
        what = f"{self.size // 2:,} stakeholders, {self.size:,} interactions" if self.size else "the sample"
        parts = (
            what,
            f"{self.entries}",
            f"{lost}, {doubled}",
            f"{median:.2f} s",
            f"{late:.2f} s",
            f"{self.memory[0]:.0f} MB, {self.memory[1]:.0f} MB",
            f"{cold:.2f} s",
            f"{script:.2f} s",
            f"1/{script / median:.1f}" if script > median else f"{median / script:.1f}",
        )
        return f"| {' | '.join(parts)} |"


def main(arguments: list[str] | None = None) -> int:
    """Run it; 1 when a row is lost or twice, or the sample answers too late."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks forms", description=__doc__)
    parser.add_argument("--entries", type=int, default=200, help="how many, 200 unless given")
    parser.add_argument(
        "--clicks", type=int, default=5, help="cold clicks, and runs of the script; 5 unless given"
    )
    parser.add_argument("--sizes", default="0,20000", help="interactions there before; 0 is the sample")
    options = parser.parse_args(arguments)
    print(
        "| record workbook | entries | lost, doubled | answer, median | 95 of 100 within | helper after "
        f"{_WARM} entries, at the end | cold click through VBA | openpyxl script | median against the script |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    lines = []
    for size in (int(text) for text in options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as name:
            lines.append(_measured(Path(name), size, options.entries, options.clicks))
        print(lines[-1].row, flush=True)
    sound, quick = all(line.sound for line in lines), all(line.median <= _BOUND for line in lines if not line.size)
    print(f"\nno row lost, none twice: {'met' if sound else 'missed'}")
    print(f"an answer takes at most {_BOUND:g} s in the sample, in the median: {'met' if quick else 'missed'}")
    return 0 if sound and quick else 1


def _measured(folder: Path, size: int, entries: int, clicks: int) -> _Line:
    record = _record(folder, size)
    before = len(Workbook.open(record).table("Interactions"))
    app = libreoffice.start(_PIPE, folder / "profile", visible=False)
    try:
        form = _Form(app.books.open(str(make_frontend(record, folder / "entry.xlsx"))))
        seconds, memory = _serve(form, folder, entries)
    finally:
        app.kill()
    keys = list(Workbook.open(record).table("Interactions").to_pandas()["Interaction ID"])[before:]
    cold = click.seconds(record, folder / "cold", clicks)
    return _Line(
        size, entries, len(keys), len(set(keys)), seconds, memory, cold, [_script(record) for _ in range(clicks)]
    )


def _record(folder: Path, size: int) -> Path:
    if not size:
        Workbook.create(folder / "customers.xlsx", "world-traveller", sample=True)
        return folder / "customers.xlsx"
    return checking.build_with(folder, size, size // 2)


def _script(record: Path) -> float:
    """What a form's script takes without us: load, append a row below the last one, let the table grow, save."""
    started = time.perf_counter()
    book = openpyxl.load_workbook(record)
    sheet = book["Interactions"]
    table = sheet.tables["Interactions"]
    first, last = table.ref.split(":")
    bottom = int(last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) + 1
    for cell in sheet[bottom - 1]:
        sheet.cell(bottom, cell.column).value = cell.value
    table.ref = f"{first}:{last.rstrip('0123456789')}{bottom}"
    table.autoFilter.ref = table.ref
    book.save(record.with_name("script.xlsx"))
    return time.perf_counter() - started


def _serve(form: _Form, folder: Path, entries: int) -> tuple[list[float], tuple[float, float]]:
    command = [sys.executable, "-m", "workbook_cms", "serve", "--office", "libreoffice", "--pipe", _PIPE]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    helper = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        form.find("STK-00001")
        seconds, first = [], 0.0
        for number in range(entries):
            seconds.append(form.submit(number))
            if number == _WARM - 1:
                first = _resident(helper.pid)
        return seconds, (first, _resident(helper.pid))
    finally:
        helper.terminate()
        helper.wait()


class _Form:
    """The form that records interactions, typed into as fast as a program can."""

    def __init__(self, book: Any) -> None:
        self._book = book
        book.sheets["Record an interaction"].activate()
        book.names["cms_person"].refers_to_range.value = "Amelia Tran"
        self._status = book.names["form_interactions.status"].refers_to_range
        self._request = self._cell("ask", "do")
        self._random = random.Random(2026)  # noqa: S311 - the same texts in every run

    def find(self, key: str) -> None:
        """Choose who the interactions are with."""
        self._cell("ask", "find").value = key
        self._until(lambda: str(self._cell("input", "stakeholder_id").value or "").startswith(key))

    def submit(self, number: int) -> float:
        """Record one; seconds from the request to the answer."""
        details = " ".join(self._random.choices(_WORDS, k=12))
        texts = {"channel": "Phone", "contact_reason": "Compliment", "purpose": "Feedback", "details": details}
        for row, text in texts.items():
            self._cell("input", row).value = text
        last = self._said()
        started = time.perf_counter()
        self._request.value = "Submit"
        self._until(lambda: not self._request.value)
        self._until(lambda: self._said() != last and self._mark() in ("good", "wrong"))
        taken = time.perf_counter() - started
        if self._mark() == "wrong":
            raise SystemExit(f"entry {number + 1}: {self._said()}")
        return taken

    def _said(self) -> str:
        return str(self._status.value[0] or "")

    def _mark(self) -> str:
        return str(self._status.value[-1] or "")

    def _cell(self, kind: str, row: str) -> Any:
        return self._book.names[f"{kind}_interactions.{row}"].refers_to_range

    def _until(self, done: Any) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise SystemExit(f"no answer; the form says: {self._said()}")
            time.sleep(0.005)


def _resident(pid: int) -> float:
    """Memory of a process in MB."""
    import psutil  # noqa: PLC0415 - of the extra "benchmarks"

    return float(psutil.Process(pid).memory_info().rss) / 1e6

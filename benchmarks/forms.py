"""Entries through a form, one after another: ``python -m benchmarks forms [--entries 200]``.

A LibreOffice of its own shows a front-end, ``workbook-cms serve`` serves it in a process of its own, and this program
types. Printed are: whether every row is there once, how long an answer takes from the moment in which the request cell
is filled, and what memory the helper has at the beginning and at the end.
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
from pathlib import Path
from typing import Any

from workbook_cms.forms.engines import libreoffice
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.workbook import Workbook

__all__ = ["main"]

_PIPE = "cms-benchmark-forms"
_PATIENCE = 60.0
_WARM = 10
_TARGET = 0.7
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


def main(arguments: list[str] | None = None) -> int:
    """Run it; 1 when a row is lost or twice."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks forms", description=__doc__)
    parser.add_argument("--entries", type=int, default=200, help="how many, 200 unless given")
    entries = parser.parse_args(arguments).entries
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = folder / "customers.xlsx"
        Workbook.create(record, "world-traveller", sample=True)
        before = len(Workbook.open(record).table("Interactions"))
        app = libreoffice.start(_PIPE, folder / "profile", visible=False)
        try:
            form = _Form(app.books.open(str(make_frontend(record, folder / "entry.xlsx"))))
            seconds, memory = _serve(form, folder, entries)
        finally:
            app.kill()
        keys = list(Workbook.open(record).table("Interactions").to_pandas()["Interaction ID"])[before:]
        median, late = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
        print(f"entries                    {entries}")
        print(f"rows written, distinct     {len(keys)}, {len(set(keys))}")
        print(f"answer, median             {median:.2f} s (at most {_TARGET} s wanted)")
        print(f"answer, 95 of 100 within   {late:.2f} s")
        print(
            f"memory of the helper       {memory[0]:.0f} MB after {_WARM} entries, {memory[1]:.0f} MB at the end"
        )
        return 0 if len(keys) == len(set(keys)) == entries else 1


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


if __name__ == "__main__":
    sys.exit(main())

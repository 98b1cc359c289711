"""Watching workbooks: driven by given changes, and once by a real disk."""

from __future__ import annotations

import json
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter

from tests.conftest import QUENBY
from tests.support.interrupts import heed_interrupts
from workbook_cms import Workbook
from workbook_cms.errors import InputError
from workbook_cms.watch import Batch, Seen, Watch, changes_on_disk

Change = Callable[[], object]


def run(watch: Watch, *steps: Change | Path | None) -> list[list[Seen]]:
    """What is seen after each step, the first look before them.

    A step is a path that changed, something to do between two beats, or None for a beat in which nothing happens.
    """
    seen: list[list[Seen]] = [[]]

    def batches() -> Iterator[Batch]:
        yield ()
        for step in steps:
            if callable(step):
                step()
                continue
            seen.append([])
            yield () if step is None else {(1, str(step))}

    for item in watch.run(batches()):
        seen[-1].append(item)
    return seen


def said(steps: list[list[Seen]]) -> list[list[str]]:
    """The same in words."""
    return [
        [
            "removed"
            if seen.removed
            else seen.problem.partition(": ")[2]
            if seen.problem
            else f"{len(seen.new)} new, {len(seen.gone)} gone"
            for seen in step
        ]
        for step in steps
    ]


@pytest.fixture
def faulty(book: Workbook, tmp_path: Path) -> bytes:
    """The bytes of the workbook with a fault that somebody made outside the forms."""
    import openpyxl  # noqa: PLC0415 - plays a person with Excel here

    copy = tmp_path / "aside" / "customers.xlsx"
    copy.parent.mkdir()
    shutil.copy(book.path, copy)
    outside = openpyxl.load_workbook(copy)
    for row in outside["Stakeholders"].iter_rows():
        for cell in row:
            if cell.value == "Quenby":
                cell.value = "  quenby"
    outside.save(copy)
    data = copy.read_bytes()
    shutil.rmtree(copy.parent)
    return data


def test_new_and_gone(book: Workbook, faulty: bytes) -> None:
    """The first look tells all; a save that brings a fault tells what is new, its mending what is gone."""
    clean = book.path.read_bytes()
    steps = run(
        Watch([book.path.parent]),
        lambda: book.path.write_bytes(faulty),
        book.path,
        lambda: book.path.write_bytes(clean),
        book.path,
        None,
    )
    assert said(steps)[0] == ["0 new, 0 gone"]
    (second,), (third,) = steps[1], steps[2]
    assert "NAM001" in {finding.code for finding in second.new}
    assert len(second.gone) == 0
    assert [f.code for f in third.gone] == [f.code for f in second.new]
    assert not third.new
    assert steps[3] == []


def test_a_row_that_only_moved_is_nothing_new(book: Workbook, faulty: bytes) -> None:
    """A finding keeps its name when its row moves: it is known by the key."""
    import openpyxl  # noqa: PLC0415 - plays a person who sorts the table

    book.path.write_bytes(faulty)
    book.add("Stakeholders", QUENBY | {"Given name": "Ada", "Family name": "Byron"}, override="not the same")

    def swap() -> None:
        outside = openpyxl.load_workbook(book.path)
        rows = [r for r in outside["Stakeholders"].iter_rows() if str(r[0].value).startswith("STK-0")]
        for upper, lower in zip(*rows, strict=True):
            upper.value, lower.value = lower.value, upper.value
        outside.save(book.path)

    steps = run(Watch([book.path], select=("NAM",)), swap, book.path)
    assert {finding.key for finding in steps[0][0].new} == {"STK-00001"}
    assert said(steps)[1] == ["0 new, 0 gone"]
    assert steps[1][0].findings[0].cell != steps[0][0].findings[0].cell


def test_half_written_file_is_waited_for(book: Workbook) -> None:
    """Nothing is said while a file grows; when it is whole it is checked."""
    whole = book.path.read_bytes()
    half, more = whole[: len(whole) // 2], whole[: len(whole) - 100]
    steps = run(
        Watch([book.path.parent]),
        lambda: book.path.write_bytes(half),
        book.path,
        None,
        lambda: book.path.write_bytes(more),
        book.path,
        None,
        lambda: book.path.write_bytes(whole),
        None,
    )
    assert said(steps) == [["0 new, 0 gone"], [], [], [], [], ["0 new, 0 gone"]]


def test_a_file_that_stays_damaged_is_said_once(book: Workbook) -> None:
    """After some beats without a change the damage is told, once, and a good save afterwards is checked again."""
    whole = book.path.read_bytes()
    steps = run(
        Watch([book.path.parent]),
        lambda: book.path.write_bytes(whole[:5000]),
        book.path,
        *[None] * 12,
        lambda: book.path.write_bytes(whole),
        book.path,
    )
    words = said(steps)
    assert sum(len(step) for step in words) == 3
    assert [step for step in words if step][1][0].startswith("The file is damaged")
    assert words[-1] == ["0 new, 0 gone"]


def test_replaced_and_removed(book: Workbook) -> None:
    """A save that moves the file away and a new one in is one change; a file that stays away is removed."""
    away = book.path.with_name("away.tmp")
    watch = Watch([book.path.parent])
    steps = run(
        watch,
        lambda: book.path.rename(away),
        book.path,
        lambda: away.rename(book.path),
        book.path,
        book.path.unlink,
        book.path,
        None,
        None,
    )
    assert said(steps) == [["0 new, 0 gone"], [], ["0 new, 0 gone"], [], ["removed"], []]


def test_what_is_left_alone(book: Workbook) -> None:
    """Owner files, temporary files, side folders, hidden folders, other endings, workbooks without a policy."""
    folder = book.path.parent
    others = [
        "~$customers.xlsx",
        ".~lock.customers.xlsx#",
        ".customers.xlsx.1a2b.cms-tmp",
        ".customers.xlsx.1a2b.new",
        "A1B2C3D4",
        "~WRL0001.tmp",
        "notes.txt",
        "customers.xlsx.cms/backups/customers.xlsx",
        ".git/customers.xlsx",
    ]
    watch = Watch([folder])
    assert [name for name in others if watch.covers(folder / name)] == []
    assert watch.covers(folder / "team" / "Other.XLSM")
    with xlsxwriter.Workbook(folder / "prices.xlsx") as workbook:
        workbook.add_worksheet("Prices")
    for name in others:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert [seen.path.name for seen in run(watch)[0]] == ["customers.xlsx"]


def test_a_policy_that_goes_is_a_problem(book: Workbook) -> None:
    """A workbook that had a policy, or was named, must have one."""
    foreign = book.path.with_name("prices.xlsx")
    with xlsxwriter.Workbook(foreign) as workbook:
        workbook.add_worksheet("Prices")
    steps = run(Watch([book.path.parent]), lambda: shutil.copy(foreign, book.path), book.path)
    assert "has no policy" in said(steps)[1][0]
    assert "has no policy" in said(run(Watch([foreign])))[0][0]


def test_only_the_chosen_rules(book: Workbook, faulty: bytes) -> None:
    """Select and ignore work as in a check."""
    book.path.write_bytes(faulty)
    assert said(run(Watch([book.path], select=("DUP",)))) == [["0 new, 0 gone"]]


@pytest.mark.parametrize(
    ("name", "words"), [("none", "no such file or folder"), ("a.txt", "only .xlsx and .xlsm")]
)
def test_what_cannot_be_watched(tmp_path: Path, name: str, words: str) -> None:
    """A missing folder and another kind of file are refused in words."""
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=words):
        Watch([tmp_path / name])


def test_without_watchfiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is missing, the command that adds it is told."""
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(InputError, match=r"pip install 'workbook-cms\[forms\]'"):
        changes_on_disk(Watch([tmp_path]))


def _read(watching: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert watching.stdout is not None
    for line in watching.stdout:
        lines.put(line)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send Ctrl+C to one process alone")
@pytest.mark.parametrize("options", [[], ["--poll"]])
def test_on_a_real_disk(book: Workbook, faulty: bytes, options: list[str]) -> None:
    """The command tells of a fault when the workbook is saved with it, and ends quietly on Ctrl+C."""
    command = [sys.executable, "-m", "workbook_cms", "check", str(book.path.parent), "--watch", "--format", "json"]
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - no thread of ours runs yet
    ) as watching:
        reader = threading.Thread(target=_read, args=(watching, lines), daemon=True)
        reader.start()
        try:
            first = json.loads(lines.get(timeout=120))
            assert (first["event"], first["new"], first["workbook"]) == ("checked", [], str(book.path.resolve()))
            aside = book.path.with_name(".aside")
            aside.write_bytes(faulty)
            aside.replace(book.path)
            second = json.loads(lines.get(timeout=120))
            assert "NAM001" in {finding["code"] for finding in second["new"]}
            book.path.unlink()
            assert json.loads(lines.get(timeout=120))["event"] == "removed"
            watching.send_signal(signal.SIGINT)
            assert watching.wait(60) == 0
        finally:
            watching.kill()
        assert watching.stderr is not None
        told = watching.stderr.read().splitlines()
        assert told[0].startswith("Watching ")
        assert told[1:] == ["Stopped watching."]

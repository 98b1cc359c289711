"""Disks that fail: full, broken, without rights, dropping renames. What was refused is nowhere, the rest there once."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.crashes import NAME, Entered, chosen, contents, examine, laid_out, observed
from tests.support.disk_calls import Call, DroppedCallError, Watcher, watched
from tests.support.operations import ADD, next_write
from workbook_cms import Workbook
from workbook_cms.doctor.diagnosis import Judgement
from workbook_cms.doctor.state import look_at_locks
from workbook_cms.errors import FileError, WorkbookCmsError
from workbook_cms.file import platform
from workbook_cms.file.beside import durable

#: So many calls of each fault are tried, chosen by a fixed seed.
PLACES = 11
FAULTS = {
    "disk full": (("create", "write", "mkdir"), errno.ENOSPC),
    "over quota": (("write",), errno.EDQUOT),
    "broken disk": (("write", "fsync", "rename", "unlink"), errno.EIO),
    "no permission": (("create", "rename", "unlink", "mkdir", "truncate"), errno.EACCES),
    "read-only drive": (("create", "rename", "unlink", "mkdir", "truncate"), errno.EROFS),
    "drive gone": (("create", "write", "fsync", "rename", "unlink", "mkdir", "mode"), errno.ESTALE),
    "rename forbidden": (("rename",), errno.EXDEV),
    "rename dropped": (("rename",), 0),
}


class Failing(Watcher):
    """Fails calls of some kinds with an error: the n-th of them, or it and all that follow. 0 drops them unsaid."""

    def __init__(self, kinds: tuple[str, ...], number: int, left: int, *, lasting: bool) -> None:
        self.kinds, self.number, self.left, self.lasting = kinds, number, left, lasting
        self.failed = 0

    def before(self, call: Call) -> None:
        """Fail it when it is its turn."""
        if call.kind not in self.kinds:
            return
        self.left -= 1
        if self.left > 0 or (self.left < 0 and not self.lasting):
            return
        self.failed += 1
        if not self.number:
            raise DroppedCallError
        raise OSError(self.number, os.strerror(self.number))


@pytest.fixture
def queued(book: Workbook, opened_elsewhere: Callable[[Path], object]) -> tuple[Workbook, Path, list[Entered]]:
    """A workbook that an entry waits for, its folder as a template, and what was acknowledged."""
    folder = book.path.parent / "work"
    template = book.path.parent / "template"
    template.mkdir()
    shutil.move(book.path, template / NAME)
    shutil.rmtree(f"{book.path}.cms")
    told = list(ADD.prepare(template))
    return Workbook.open(laid_out(template, folder), today=TODAY), template, told


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_disk_that_fails_loses_and_doubles_nothing(
    queued: tuple[Workbook, Path, list[Entered]], fault: str, lasting: bool
) -> None:
    """At whatever call: the author is told in one line, and then it is nowhere; or it is acknowledged, and once there."""
    book, template, before = queued
    kinds, number = FAULTS[fault]
    calls = observed(ADD, book)
    count = sum(call.kind in kinds for call in calls.calls)
    assert count
    for place in chosen(range(1, count + 1), PLACES, fault):
        laid_out(template, book.path.parent)
        told, refused = list(before), ""
        failing = Failing(kinds, number, place, lasting=lasting)
        with watched(book.path.parent, failing):
            try:
                ADD.run(book, told.append)
            except WorkbookCmsError as error:
                refused = str(error)
        assert failing.failed
        assert bool(refused) == (told == before)
        assert "\n" not in refused
        assert "Errno" not in refused
        outcome = examine(book, told, calls.versions, next_write)
        assert outcome.clean, (place, refused, outcome)
        if "it may or may not be kept" not in refused:  # said only of a drive that failed twice
            names = book.table("Stakeholders").to_pandas()["Organisation"].tolist()
            assert names.count("Alpine Tours") == len(told) - len(before), (place, refused)
        else:
            assert lasting


@pytest.fixture
def small_drive(tmp_path: Path) -> Iterator[Path]:
    """A drive of 1 MB; a limit for the size of files where nothing may be mounted."""
    drive = tmp_path / "drive"
    drive.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(drive)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a drive of its own cannot be mounted here")
    yield drive
    subprocess.run(["umount", str(drive)], check=True)


def test_a_full_drive_refuses_until_there_is_room(book: Workbook, small_drive: Path) -> None:
    """A real drive that is full: refused in one line, the workbook as it was; with room again it goes on."""
    path = Path(shutil.copy(book.path, small_drive / NAME))
    full = Workbook.open(path, today=TODAY)
    before = contents(full.snapshot())
    filler = small_drive / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"x" * 4096)
    with pytest.raises(FileError, match=r"[Tt]he disk is full"):
        next_write(full)
    assert contents(full.snapshot()) == before
    assert not full.pending
    filler.unlink()
    next_write(full)
    assert full.table("Stakeholders").to_pandas()["Organisation"].tolist().count("Zebra Next Traders") == 1
    assert sorted(file.name for file in small_drive.iterdir()) == [NAME, f"{NAME}.cms"]


def test_signals_interrupt_no_write(book: Workbook) -> None:
    """A program that gets a signal every millisecond writes as any other (EINTR)."""
    caught = []
    old = signal.signal(signal.SIGALRM, lambda *_: caught.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        next_write(book)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert caught
    assert book.table("Stakeholders").to_pandas()["Organisation"].tolist().count("Zebra Next Traders") == 1


def test_a_clock_that_goes_back_keeps_the_order(
    book: Workbook, opened_elsewhere: Callable[[Path], object]
) -> None:
    """A change that waits goes in after the record it changes, though the clock said that it came before."""
    side = book.snapshot().side
    with opened_elsewhere(book.path):  # type: ignore[attr-defined]
        quoted = {"Booking number": "WT1000426", "Stakeholder ID": "STK-00001", "Status": "Quoted"}
        book.add("Bookings", quoted | {"Product": "Coastal Walks of Tasmania"})
        [first] = side.journal_files()
        first.rename(first.with_name("20991231T235959.999999" + first.name[22:]))
        book.update("Bookings", "WT1000426", {"Party size": 4})
        book.update("Bookings", "WT1000426", {"Party size": 5})
    assert len({path.name for path in side.journal_files()}) == 3
    book.sync()
    assert book.conflicts() == ()
    assert book.table("Bookings").get("WT1000426")["Party size"] == 5


def test_a_file_replaced_meanwhile_is_read_anew(book: Workbook) -> None:
    """Another program saves between our reading and our writing: both changes are there, nobody is refused."""
    other = book.path.with_name("other.xlsx")
    shutil.copy(book.path, other)
    Workbook.open(other, today=TODAY).update("Stakeholders", "STK-00001", {"Notes": "from elsewhere"})

    class Replacing(Watcher):
        def before(self, call: Call) -> None:
            if call.kind == "mode" and other.exists():
                shutil.move(other, book.path)

    with watched(book.path.parent, Replacing()):
        next_write(book)
    frame = book.table("Stakeholders").to_pandas()
    assert frame["Notes"].tolist()[0] == "from elsewhere"
    assert frame["Organisation"].tolist().count("Zebra Next Traders") == 1


def test_a_side_folder_taken_away_meanwhile_loses_nothing(book: Workbook) -> None:
    """Somebody tidies the side folder away after the entry was kept in it: it is kept again and written."""
    side = book.snapshot().side

    class Tidying(Watcher):
        done = False

        def after(self, call: Call) -> None:
            if not self.done and call.kind == "fsync" and call.path.name == "journal":
                self.done = True
                shutil.rmtree(side.path)

    with watched(book.path.parent, Tidying()):
        receipt = book.add(
            "Stakeholders", QUENBY | {"Given name": "Zoe", "Email": "zoe@example.com"}, override="x"
        )
    assert receipt.state == "written"
    assert [row.entry for row in book.snapshot().history].count(receipt.entry_id) == 1
    assert not book.pending


@pytest.mark.parametrize("name", ["journal", "applied", "conflicts", "head.json", "lock"])
def test_what_stands_in_the_way_is_said_and_loses_nothing(book: Workbook, name: str) -> None:
    """A file where a folder should be, or the reverse: written all the same, or refused in one line, never half."""
    side = book.snapshot().side
    target = side.path / name
    if target.is_dir():
        shutil.rmtree(target)
        target.write_text("in the way", encoding="utf-8")
    else:
        target.unlink(missing_ok=True)
        target.mkdir(parents=True)
    try:
        receipt = book.add(
            "Stakeholders", QUENBY | {"Given name": "Zoe", "Email": "zoe@example.com"}, override="x"
        )
    except FileError as error:
        assert "try again" in str(error)
        receipt = None
    shutil.rmtree(side.path / name, ignore_errors=True)
    (side.path / name).unlink(missing_ok=True)
    next_write(book)
    entries = [row.entry for row in book.snapshot().history if row.action == "added"]
    assert len(entries) == len(set(entries)) == (3 if receipt else 2)
    assert not book.pending


def test_long_names_and_deep_folders(made: dict[str, Path], tmp_path: Path) -> None:
    """A name as long as a file system takes with its side folder, in a folder with a path beyond 260 letters."""
    folder = tmp_path / ("d" * 120) / ("e" * 120) / ("f" * 120)
    folder.mkdir(parents=True)
    path = folder / ("n" * 246 + ".xlsx")
    shutil.copy(made["one"] / NAME, path)
    book = Workbook.open(path, today=TODAY)
    next_write(book)
    assert len(book.table("Stakeholders")) == 2
    assert sorted(file.name for file in folder.iterdir()) == [path.name, f"{path.name}.cms"]


def test_journal_files_are_json_that_people_can_read(
    book: Workbook, opened_elsewhere: Callable[[Path], object]
) -> None:
    """Who has lost everything else can still read what waited."""
    with opened_elsewhere(book.path):  # type: ignore[attr-defined]
        next_write(book)
    [path] = book.snapshot().side.journal_files()
    assert "Zebra Next Traders" in json.loads(path.read_text(encoding="utf-8"))["entries"][0]["values"].values()


@pytest.mark.parametrize("number", [5, 32, 33, 1175, 1176, 1177])
def test_windows_errors_lose_and_double_nothing(
    book: Workbook, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whatever ReplaceFile of Windows answers, and however often: one record, or queued and then one."""
    answers = [number] * 3

    def replace(new: Path, target: Path) -> None:
        if not target.exists():
            answer = 2
        elif target == book.path and answers:
            answer = answers.pop()
            if answer == 1177:
                target.rename(platform.backup_of(new))
        else:
            new.replace(target)
            return
        error = OSError(errno.EACCES, "simulated")
        error.winerror = answer  # type: ignore[attr-defined, unused-ignore]
        raise error

    windows = platform.Windows(replace, lambda _: None, wait=lambda _: None)
    monkeypatch.setattr(platform.replace_file, "__defaults__", (windows,))
    monkeypatch.setattr(platform.fsync_folder, "__defaults__", (windows,))
    next_write(book)
    assert [row.action for row in book.snapshot().history] == ["created", "added", "added"]
    assert not book.pending
    assert sorted(file.name for file in book.path.parent.iterdir()) == [NAME, f"{NAME}.cms"]


def test_a_file_that_windows_left_under_another_name_is_found_again(book: Workbook) -> None:
    """Killed while ReplaceFile was at work: the workbook gets its name back, and what waits goes in."""
    before = contents(book.snapshot())
    book.path.rename(platform.backup_of(durable.aside_of(book.path)))
    found = Workbook.open(book.path, today=TODAY)
    assert contents(found.snapshot()) == before
    next_write(found)
    assert sorted(file.name for file in book.path.parent.iterdir()) == [NAME, f"{NAME}.cms"]


def _let_in(path: Path) -> None:
    """Give everybody the way to a file through the folders of pytest, one more with several workers."""
    for folder in path.parents[:4]:
        folder.chmod(folder.stat().st_mode | 0o755)


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="only root can try as somebody else")
@pytest.mark.parametrize("closed", ["the file", "the folder", "the side folder", "the journal", "the lock"])
def test_without_rights_it_is_said_and_nothing_is_lost(book: Workbook, closed: str) -> None:
    """Somebody without the right to write gets one line, or waits until somebody writes who has it."""
    side = book.snapshot().side
    targets = {
        "the file": book.path,
        "the folder": book.path.parent,
        "the side folder": side.path,
        "the journal": side.path / "journal",
        "the lock": side.path / "lock",
    }
    _let_in(book.path)
    for path in (book.path.parent, *book.path.parent.rglob("*")):
        path.chmod(path.stat().st_mode | 0o777)
    targets[closed].chmod(0o555 if targets[closed].is_dir() else 0o444)
    queued = ""
    os.seteuid(65534)
    try:
        receipt = book.add(
            "Stakeholders", QUENBY | {"Given name": "Zoe", "Email": "zoe@example.com"}, override="x"
        )
        queued = receipt.state
    except FileError as error:
        assert "right to write" in str(error) or "read-only" in str(error)
    finally:
        os.seteuid(0)
        targets[closed].chmod(0o777)
    assert queued in ("", "queued", "written")
    assert len(book.pending) == (queued == "queued")
    next_write(book)
    added = [row.entry for row in book.snapshot().history if row.action == "added"]
    assert len(set(added)) == len(added) == (3 if queued else 2)


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="only root can try as somebody else")
def test_a_journal_that_may_not_be_read_is_said(book: Workbook) -> None:
    """Who cannot see what waits is told so, instead of being shown half of the truth."""
    _let_in(book.path)
    book.path.chmod(0o644)
    side = book.snapshot().side
    side.path.chmod(0o700)
    os.seteuid(65534)
    try:
        with pytest.raises(FileError, match="cannot be read, so nobody knows what waits in it"):
            Workbook.open(book.path, today=TODAY)
        [said] = [
            one for one in look_at_locks(book.path, dt.datetime.now(dt.UTC)) if one.judgement is Judgement.PROBLEM
        ]
        assert "cannot be read, so nobody knows what waits in it" in said.found
    finally:
        os.seteuid(0)

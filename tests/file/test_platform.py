"""What differs by operating system, the other systems' errors simulated where they are raised."""

from __future__ import annotations

import datetime as dt
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook_cms.errors import WorkbookLockedError
from workbook_cms.file.platform import (
    OpenBy,
    Posix,
    Windows,
    account,
    backup_of,
    fsync_file,
    fsync_folder,
    is_sharing_violation,
    locked,
    machine,
    open_by,
    replace_file,
)

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A new file and the one it is to replace."""
    new, target = tmp_path / "new", tmp_path / "customers.xlsx"
    new.write_text("new")
    target.write_text("old")
    return new, target


def windows_error(number: int) -> OSError:
    """An error as Windows raises it."""
    error = OSError(errno.EACCES, "simulated")
    error.winerror = number  # type: ignore[attr-defined, unused-ignore]
    return error


class Clock:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def failing(
    numbers: list[int], then: Callable[[Path, Path], object] = os.replace
) -> Callable[[Path, Path], object]:
    """A ReplaceFile that fails with these errors, one a call, and then works."""

    def replace(new: Path, target: Path) -> object:
        if numbers:
            raise windows_error(numbers.pop(0))
        return then(new, target)

    return replace


def alone(number: int = 0) -> Callable[[Path], object]:
    """An exclusive open that works, or fails with an error."""

    def open_alone(_: Path) -> None:
        if number:
            raise windows_error(number)

    return open_alone


def system(numbers: list[int], probe: int = 0, patience: float = 4.0) -> Windows:
    """Windows whose ReplaceFile and exclusive open fail as told."""
    clock = Clock()
    return Windows(failing(numbers), alone(probe), patience, clock, clock.wait)


@pytest.mark.parametrize("numbers", [[], [5], [32, 33, 1175], [5] * 20])
def test_windows_waits_for_who_lets_go(pair: tuple[Path, Path], numbers: list[int]) -> None:
    """A virus scanner that holds the file for a moment does not stop a write."""
    replace_file(*pair, system=system(numbers))
    assert (pair[1].read_text(), pair[0].exists()) == ("new", False)


def test_windows_names_who_has_it_open(pair: tuple[Path, Path]) -> None:
    """Held for longer than patience allows, the file is open; the owner file says by whom."""
    pair[1].with_name("~$customers.xlsx").write_bytes(b"\x02Jo")
    with pytest.raises(WorkbookLockedError, match="open by Jo since"):
        replace_file(*pair, system=system([32] * 99, probe=32))
    assert pair[1].read_text() == "old"


def test_windows_without_rights_is_not_called_open(pair: tuple[Path, Path]) -> None:
    """Access denied, with nobody holding the file, stays what it is."""
    with pytest.raises(OSError, match="simulated") as caught:
        replace_file(*pair, system=system([5] * 99, probe=5))
    assert getattr(caught.value, "winerror", None) == 5


@pytest.mark.parametrize("number", [1, 2, 50])
def test_windows_renames_where_replace_is_unknown(pair: tuple[Path, Path], number: int) -> None:
    """A file system without ReplaceFile gets a rename."""
    replace_file(*pair, system=system([number]))
    assert pair[1].read_text() == "new"


def half(number: int, moved_to: Callable[[Path], Path] | None) -> Callable[[Path, Path], object]:
    """A ReplaceFile that takes the old file away, puts it somewhere or nowhere, and stops with an error."""

    def replace(new: Path, target: Path) -> None:
        if moved_to is None:
            target.unlink()
        else:
            target.rename(moved_to(new))
        raise windows_error(number)

    return replace


@pytest.mark.parametrize("moved_to", [None, backup_of], ids=["gone", "under the backup name"])
@pytest.mark.parametrize("number", [1176, 1177])
def test_windows_finishes_what_replace_left_half_done(
    pair: tuple[Path, Path], number: int, moved_to: Callable[[Path], Path] | None
) -> None:
    """When ReplaceFile has taken the old file away and stopped, the new one is put in its place, and nothing stays."""
    clock = Clock()
    replace_file(*pair, system=Windows(half(number, moved_to), alone(), 4.0, clock, clock.wait))
    assert (pair[1].read_text(), [file.name for file in pair[1].parent.iterdir()]) == ("new", [pair[1].name])


@pytest.mark.parametrize("number", [1175, 1176, 1177])
def test_windows_tries_again_what_replace_did_not_begin(pair: tuple[Path, Path], number: int) -> None:
    """When both files kept their names, it is tried again."""
    replace_file(*pair, system=system([number, number]))
    assert (pair[1].read_text(), pair[0].exists()) == ("new", False)


def test_windows_puts_the_old_file_back_when_the_new_one_cannot_move(pair: tuple[Path, Path]) -> None:
    """The workbook is never left without a file of its name."""

    def move(source: Path, target: Path) -> None:
        if source == pair[0]:
            raise windows_error(112)
        source.rename(target)

    clock = Clock()
    windows = Windows(half(1177, backup_of), alone(), 4.0, clock, clock.wait, move)
    with pytest.raises(OSError, match="simulated"):
        replace_file(*pair, system=windows)
    assert pair[1].read_text() == "old"


def test_windows_takes_the_old_file_away_afterwards(pair: tuple[Path, Path]) -> None:
    """What ReplaceFile kept of the old file goes when the new one is there."""

    def replace(new: Path, target: Path) -> None:
        target.rename(backup_of(new))
        new.rename(target)

    replace_file(*pair, system=Windows(replace, alone()))
    assert (pair[1].read_text(), [file.name for file in pair[1].parent.iterdir()]) == ("new", [pair[1].name])


def test_macos_asks_for_a_full_flush(tmp_path: Path) -> None:
    """fsync there does not empty the drive's own cache; where a drive knows no full flush, it is all there is."""
    asked: list[int] = []

    def full(handle: int, command: int) -> None:
        asked.append(command)
        if len(asked) > 1:
            raise OSError(errno.ENOTSUP, "no full flush here")

    def broken(handle: int, command: int) -> None:
        raise OSError(errno.EIO, "broken")

    with (tmp_path / "file").open("wb") as file:
        fsync_file(file.fileno(), full)
        fsync_file(file.fileno(), full)
        with pytest.raises(OSError, match="broken"):
            fsync_file(file.fileno(), broken)
    assert asked == [51, 51]


def test_windows_raises_other_errors_at_once(pair: tuple[Path, Path]) -> None:
    """A full disk is no reason to wait."""
    with pytest.raises(OSError, match="simulated") as caught:
        replace_file(*pair, system=system([112]))
    assert getattr(caught.value, "winerror", None) == 112


@pytest.mark.parametrize(
    ("probe", "owner", "who"), [(0, True, None), (32, True, "Jo"), (33, False, ""), (5, True, None)]
)
def test_windows_probe_decides(pair: tuple[Path, Path], probe: int, owner: bool, who: str | None) -> None:
    """Whether a file is open is asked of Windows, not of the owner file, which may be a left-over."""
    if owner:
        pair[1].with_name("~$customers.xlsx").write_bytes(b"\x02Jo")
    found = open_by(pair[1], NOW, system([], probe))
    assert (found.name if found else None) == who


def test_sharing_violations_are_told_from_other_errors() -> None:
    """Only errors that may pass are worth a wait."""
    assert [is_sharing_violation(windows_error(number)) for number in (5, 32, 33, 112)] == [
        True,
        True,
        True,
        False,
    ]
    assert not is_sharing_violation(OSError(errno.ENOSPC, "full"))


def test_posix_replaces_and_raises(pair: tuple[Path, Path]) -> None:
    """A rename does it; its errors are passed on."""
    replace_file(*pair, system=Posix())
    assert pair[1].read_text() == "new"

    def refuse(new: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "no")

    with pytest.raises(PermissionError):
        replace_file(*pair, system=Posix(refuse))


def owner_file(path: Path, content: bytes, age: dt.timedelta) -> None:
    """An owner file of that age."""
    path.write_bytes(content)
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))


WIDE = b"\x07Jo Vale" + b" " * 47 + (7).to_bytes(2, "little") + "Jo Välé".encode("utf-16-le") + b" \0" * 20


@pytest.mark.parametrize(
    ("name", "content", "who"),
    [
        ("~$customers.xlsx", b"\x07Jo Vale" + b" " * 47, "Jo Vale"),
        ("~$customers.xlsx", WIDE, "Jo Välé"),
        ("~$customers.xlsx", b"", ""),
        (".~lock.customers.xlsx#", b"Kim Roe,kim,desk,22.11.2026 10:00,file:///x;", "Kim Roe"),
        (".~lock.customers.xlsx#", b",kim,desk,22.11.2026 10:00,file:///x;", "kim"),
    ],
)
def test_posix_reads_owner_files(pair: tuple[Path, Path], name: str, content: bytes, who: str) -> None:
    """Excel's and LibreOffice's owner files say who, and since when."""
    owner_file(pair[1].with_name(name), content, dt.timedelta(hours=2))
    assert open_by(pair[1], NOW, Posix()) == OpenBy(who, NOW - dt.timedelta(hours=2))


def test_posix_does_not_obey_old_owner_files(pair: tuple[Path, Path]) -> None:
    """After a day an owner file is what a crash left."""
    assert open_by(pair[1], NOW, Posix()) is None
    owner_file(pair[1].with_name("~$customers.xlsx"), b"\x02Jo", dt.timedelta(hours=25))
    assert open_by(pair[1], NOW, Posix()) is None


def test_locked_says_who_and_what_to_do(tmp_path: Path) -> None:
    """The message works with and without a name."""
    assert str(locked(tmp_path / "c.xlsx", OpenBy("", None))) == (
        "c.xlsx: The workbook is open. Close it there and try again."
    )


def test_folder_is_synced_where_it_can_be(tmp_path: Path) -> None:
    """A folder that is not there, as on odd file systems, is no error."""
    fsync_folder(tmp_path)
    fsync_folder(tmp_path / "none")
    fsync_folder(tmp_path, Windows())
    assert [*tmp_path.iterdir()] == []


def test_account_and_machine_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is what the system says."""
    monkeypatch.setenv("LOGNAME", "jo")
    assert account() == "jo"
    assert machine()

"""Copies of a workbook: byte for byte, proven, with its mode, and counted off."""

from __future__ import annotations

import datetime as dt
import os
import stat
import zipfile
from pathlib import Path

import pytest

from workbook_cms.errors import FileError
from workbook_cms.file.beside.backup import DAILY, back_up, backups, rotate
from workbook_cms.file.beside.settings import Settings
from workbook_cms.file.beside.side import SideFolder

NOW = dt.datetime(2026, 11, 22, 7, 40, tzinfo=dt.UTC)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A file that passes for a workbook."""
    path = tmp_path / "customers.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>" * 1000)
    return path


def test_a_copy_is_the_workbook_byte_for_byte(workbook: Path, tmp_path: Path) -> None:
    """Bytes and mode are those of the workbook; the name tells when and why."""
    workbook.chmod(0o640)
    copy = back_up(workbook, tmp_path / "backups", NOW, "import")
    assert copy.name == "customers-20261122T074000Z-import.xlsx"
    assert copy.read_bytes() == workbook.read_bytes()
    if os.name != "nt":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o640
        assert stat.S_IMODE(copy.parent.stat().st_mode) & 0o007 == 0


def test_two_copies_in_one_second_are_two(workbook: Path, tmp_path: Path) -> None:
    """No copy is written over, and both are listed."""
    first = back_up(workbook, tmp_path / "backups", NOW, "import")
    second = back_up(workbook, tmp_path / "backups", NOW, "import")
    assert first != second
    found = backups(workbook, tmp_path / "backups")
    assert {copy.path for copy in found} == {first, second}
    assert {copy.reason for copy in found} == {"import"}


def test_copies_of_one_second_stand_in_the_order_in_which_they_were_made(workbook: Path, tmp_path: Path) -> None:
    """Whatever they were made for: who goes back to the oldest one gets it."""
    reasons = ["import", DAILY, "undo", "archive"]
    for at, reason in enumerate(reasons):
        os.utime(back_up(workbook, tmp_path / "backups", NOW, reason), ns=(at, at))
    assert [copy.reason for copy in backups(workbook, tmp_path / "backups")] == reasons[::-1]


def test_a_copy_that_cannot_be_opened_is_no_copy(workbook: Path, tmp_path: Path) -> None:
    """A damaged workbook is said so before anything is changed, and pushes no good copy out."""
    data = bytearray(workbook.read_bytes())
    data[60] ^= 0xFF
    workbook.write_bytes(data)
    with pytest.raises(FileError, match=r"cannot be opened \(.*, so nothing was changed"):
        back_up(workbook, tmp_path / "backups", NOW)
    assert backups(workbook, tmp_path / "backups") == []


def test_a_folder_that_cannot_be_made_stops_the_change(workbook: Path, tmp_path: Path) -> None:
    """A bulk change without a copy before it does not begin."""
    (tmp_path / "backups").write_text("a file stands there", encoding="utf-8")
    with pytest.raises(FileError, match="no copy could be made"):
        back_up(workbook, tmp_path / "backups", NOW)


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        (Settings(copies=3, days=365), {DAILY: [0, 1, 2], "import": [0, 1, 2]}),
        (Settings(copies=100, days=2), {DAILY: [0, 1, 2], "import": [0, 1, 2]}),
        (Settings(copies=100, days=0), {DAILY: [0], "import": [0]}),
        (Settings(copies=1, days=0), {DAILY: [0], "import": [0]}),
    ],
)
def test_old_copies_go(workbook: Path, tmp_path: Path, settings: Settings, left: dict[str, list[int]]) -> None:
    """Number and age are kept to for each kind, and the newest of each stays."""
    folder = tmp_path / "backups"
    for age in range(6):
        for reason in (DAILY, "import"):
            back_up(workbook, folder, NOW - dt.timedelta(days=age), reason)
    rotate(workbook, folder, settings, NOW)
    found = backups(workbook, folder)
    assert {kind: [(NOW - c.when).days for c in found if c.reason == kind] for kind in left} == left


def test_other_files_are_left_alone(workbook: Path, tmp_path: Path) -> None:
    """What somebody puts into the folder is neither listed nor deleted."""
    folder = tmp_path / "backups"
    back_up(workbook, folder, NOW - dt.timedelta(days=400), DAILY)
    back_up(workbook, folder, NOW, DAILY)
    (folder / "customers-mine.xlsx").write_bytes(b"mine")
    (folder / "other-20200101T000000Z-day.xlsx").write_bytes(b"of another workbook")
    rotate(workbook, folder, Settings(), NOW)
    assert sorted(path.name for path in folder.iterdir()) == [
        "customers-20261122T074000Z-day.xlsx",
        "customers-mine.xlsx",
        "other-20200101T000000Z-day.xlsx",
    ]


def test_settings_are_kept(tmp_path: Path) -> None:
    """What is set is read back; a computer is known whatever the case of its name."""
    side = SideFolder(tmp_path / "customers.xlsx")
    assert side.settings() == Settings("", 14, 90)
    side.write_settings(Settings("OFFICE-PC", 3, 30))
    assert side.settings() == Settings("OFFICE-PC", 3, 30)
    assert side.settings().written_by("office-pc")
    assert not side.settings().written_by("PC-7")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"copies": "many"}', '{"writer": 7}', '{"days": -1}'])
def test_damaged_settings_are_said(tmp_path: Path, text: str) -> None:
    """Where it cannot be known which computer writes, none does."""
    side = SideFolder(tmp_path / "customers.xlsx")
    side.path.mkdir()
    (side.path / "settings.json").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"settings\.json are damaged"):
        side.settings()

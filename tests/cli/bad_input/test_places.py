"""Where a workbook lies and what lies beside it: read-only, full, oddly named, damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.bad_input.given import (
    ADD,
    WRITERS,
    commands,
    refused,
    rows_csv,
    sound,
)
from tests.cli.conftest import Cli
from workbook_cms.workbook import Workbook


@pytest.mark.parametrize("name", WRITERS)
def test_read_only_file(cli: Cli, path: Path, tmp_path: Path, name: str) -> None:
    """A file marked read-only is not replaced, not even for an administrator."""
    rows_csv(tmp_path)
    path.chmod(0o444)
    assert "read-only" in refused(cli, *commands(path)[name])
    sound(cli("check", path), 0)
    path.chmod(0o644)


def test_read_only_folder(cli: Cli, path: Path, tmp_path: Path) -> None:
    """Nor is a file in a folder marked read-only."""
    tmp_path.chmod(0o555)
    try:
        assert "read-only" in refused(cli, *commands(path)["add"])
    finally:
        tmp_path.chmod(0o755)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where the system lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or sys.platform != "linux":
        pytest.skip("a small disk can only be made on Linux")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"a small disk cannot be made here: {made.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


def fill(disk: Path, leave: int) -> None:
    """Fill a disk but for some bytes."""
    status = os.statvfs(disk)
    (disk / "filler").write_bytes(b"\0" * max(status.f_bavail * status.f_frsize - leave, 0))


@pytest.mark.parametrize("leave", [0, 8192, 24576])
def test_full_disk(cli: Cli, path: Path, small_disk: Path, leave: int) -> None:
    """Where no room is left for the journal or for the new file, nothing changes, and the disk is named."""
    for name in ("customers.xlsx", "customers.xlsx.cms"):
        shutil.move(path.with_name(name), small_disk / name)
    path = small_disk / "customers.xlsx"
    fill(small_disk, leave)
    assert "disk is full" in refused(cli, *commands(path)["add"], folder=small_disk)
    (small_disk / "filler").unlink()
    assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out


@pytest.mark.parametrize(
    "name",
    ["with space.xlsx", 'it\'s "quoted".xlsx', "Kundenübersicht 顧客.xlsx", "n" * 200 + ".xlsx", "a[1]*.xlsx"],
)
def test_odd_names_work(cli: Cli, path: Path, name: str) -> None:
    """A workbook may be called what the system allows."""
    odd = path.with_name(name)
    path.rename(odd)
    assert "STK-00002" in sound(cli(*commands(odd)["add"]), 0).out
    sound(cli("check", odd), 0)


@pytest.mark.parametrize("name", ["a\0b.xlsx", "", "x" * 300 + ".xlsx", "/".join(["y" * 200] * 40)])
def test_impossible_names(cli: Cli, name: str) -> None:
    """A name that no file can have is said in one line."""
    assert refused(cli, "check", name)
    assert refused(cli, "add", name, "Stakeholders", *ADD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"no":"x"}',
        '{"no":1,"chain":"a","keys":{"s":"z"},"lost":[["a"]]}',
        '{"no":null}',
        "[" * 9999,
        '{"no":1e999,"chain":"","keys":{},"lost":[]}',
        '{"no":1,"chain":"","keys":[],"lost":7}',
    ],
)
def test_damaged_head(cli: Cli, path: Path, text: str) -> None:
    """A damaged head is as none: the history itself tells where it ends."""
    (path.with_name("customers.xlsx.cms") / "head.json").write_text(text)
    sound(cli("check", path), 0)
    assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out


def queued(path: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """A journal file like that of the record in the workbook, changed."""
    side = path.with_name("customers.xlsx.cms")
    data = json.loads(next((side / "applied").glob("*.json")).read_text(encoding="utf-8"))
    data["entries"][0] |= {"id": "11111111-1111-4111-8111-111111111111", "key": ""}
    change(data)
    (side / "journal").mkdir(exist_ok=True)
    file = side / "journal" / "20261122T010101.000001-x.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def of_entry(**values: object) -> Callable[[dict[str, object]], object]:
    """A change of the first entry of a journal file."""

    def change(data: dict[str, object]) -> None:
        entries = data["entries"]
        assert isinstance(entries, list)
        entries[0] |= values

    return change


@pytest.mark.parametrize(
    "change",
    [
        dict.clear,
        lambda data: data.update(version=2),
        lambda data: data.update(when="yesterday"),
        lambda data: data.update(when="2026-11-22T01:00:00"),
        lambda data: data.update(actor={"account": 7, "machine": None}),
        lambda data: data.update(policy=7),
        lambda data: data.update(entries=[]),
        lambda data: data.update(entries=[None]),
        of_entry(id=None),
        of_entry(id=""),
        of_entry(key=7),
        of_entry(action="explode"),
        of_entry(table="nonsense"),
        of_entry(values={"nonsense": "x"}),
        of_entry(values={"notes": [1]}),
        of_entry(values={"notes": "a\x01b"}),
        of_entry(values={"notes": "x" * 40_000}),
        of_entry(action="update", key="STK-00001", values={"nonsense": "x"}, old={"nonsense": "y"}),
    ],
)
def test_damaged_journal_file(cli: Cli, path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """A journal file that nobody can understand stays, is reported, and stands in nobody's way."""
    file = queued(path, change)
    assert "FIL009" in sound(cli("check", path), 0, 1).out
    sound(cli("find", path, "Stakeholders", "Quenby"), 0)
    assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out
    assert file.exists()


@pytest.mark.parametrize("place", ["", "journal", "applied", "lock"])
def test_something_in_the_place_of_a_side_file(cli: Cli, path: Path, place: str) -> None:
    """A file for a folder, or a folder for a file: reading works, writing is refused or done, never half."""
    side = path.with_name("customers.xlsx.cms")
    target = side / place if place else side
    if target.is_dir():
        shutil.rmtree(target)
        target.write_text("in the way")
    else:
        target.unlink(missing_ok=True)
        target.mkdir()
    sound(cli("check", path), 0)
    if place == "applied":
        # The entry is in the workbook by then: it is told so, and its journal file is cleared away some other time.
        assert "STK-00002" in sound(cli(*commands(path)["add"]), 0).out
        assert "STK-00003" in sound(
            cli("add", path, "Stakeholders", *ADD, "--override", "two people"), 0, 1
        ).out or (len(Workbook.open(path).table("Stakeholders")) == 2)
    elif place == "lock":
        # Without the lock it is not known whether another program has taken the entry already: it waits.
        assert "queued" in sound(cli(*commands(path)["add"]), 0).out
        assert "lock" in refused(cli, "sync", path)
        target.rmdir()
        assert cli("sync", path).out == "1 entry written.\n"
    else:
        assert refused(cli, *commands(path)["add"])


def test_open_elsewhere(cli: Cli, path: Path) -> None:
    """While the workbook is open elsewhere an entry is queued, and goes in afterwards, once."""
    lock = path.with_name(".~lock.customers.xlsx#")
    lock.write_bytes(b"\x80\xff nonsense")
    before = path.read_bytes()
    assert "queued" in sound(cli(*commands(path)["add"]), 0).out
    assert path.read_bytes() == before
    lock.unlink()
    sound(cli("update", path, "Stakeholders", "STK-00001", "--set", "Notes=x"), 0)
    assert [
        row["Given name"] for row in Workbook.open(path).table("Stakeholders").to_pandas().to_dict("records")
    ] == [
        "Quenby",
        "Ada",
    ]

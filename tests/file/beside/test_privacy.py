"""What lies beside a workbook: who may read it, where it lies, and what a program that died leaves."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook_cms import FileError, Workbook
from workbook_cms.file.beside.side import SideFolder
from workbook_cms.file.builder import build
from workbook_cms.file.layout import ColumnSpec, HomeSpec, SheetSpec, TableSpec, WorkbookSpec

pytestmark = pytest.mark.skipif(os.name == "nt", reason="files on Windows take the rights of their folder")


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The rights that the account takes away from new files, as its administrator set it."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Mode of everything in a folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
    }


def used(book: Workbook, opened_elsewhere) -> Path:
    """The side folder after an entry, a queued one, a conflict and a policy change; what was there before is gone."""
    side = book.path.with_name(f"{book.path.name}.cms")
    shutil.rmtree(side)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    with opened_elsewhere(book.path):
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 158"})
        [waiting] = (side / "journal").iterdir()
        aside = waiting.rename(book.path.parent / waiting.name)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 159"})
    aside.rename(side / "journal" / aside.name)
    book.sync()
    changed = book.policy.settings.model_copy(update={"stale_after_days": 99})
    book.apply_policy(book.policy.model_copy(update={"settings": changed}))
    with opened_elsewhere(book.path):
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 156"})
    return side


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o660, 0o664], ids=oct)
def test_side_files_have_the_mode_of_the_workbook(book, opened_elsewhere, umask, mode):
    """Journal, applied, conflicts, backups, lock and head: nobody reads them who may not read the workbook."""
    book.path.chmod(mode)
    side = used(book, opened_elsewhere)
    found = modes(side)
    folders = {name: found.pop(name) for name in list(found) if (side / name).is_dir()}
    assert {"journal", "applied", "conflicts", "backups"} <= folders.keys()
    entering = mode | (mode & 0o444) >> 2 | 0o700
    assert {oct(m) for m in folders.values()} == {oct(entering)}
    assert stat.S_IMODE(side.stat().st_mode) == entering
    assert {name: oct(m) for name, m in found.items()} == dict.fromkeys(found, oct(mode))
    assert stat.S_IMODE(book.path.stat().st_mode) == mode


def test_a_workbook_made_more_private_takes_its_side_folder_along(book):
    """Nobody else can enter the folder after the next write."""
    side = book.path.with_name(f"{book.path.name}.cms")
    side.chmod(0o777)
    book.path.chmod(0o600)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    assert stat.S_IMODE(side.stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root gives files to other groups")
def test_the_side_folder_belongs_to_the_group_of_the_workbook(book, opened_elsewhere):
    """Who shares the workbook by its group shares its journal."""
    book.path.chmod(0o660)
    os.chown(book.path, -1, 12345)
    assert used(book, opened_elsewhere).stat().st_gid == 12345


def test_a_side_folder_that_lies_elsewhere_is_found_by_all(book, tmp_path, opened_elsewhere):
    """A file of its name says where; what waits there is seen and written by every writer."""
    side = book.path.with_name(f"{book.path.name}.cms")
    vault = tmp_path / "vault"
    shutil.move(side, vault)
    side.write_text("vault\n", encoding="utf-8")
    mine, other = Workbook.open(book.path), Workbook.open(book.path)
    with opened_elsewhere(book.path):
        assert mine.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"}).state == "queued"
        assert len(other.pending) == 1
        assert len(list((vault / "journal").iterdir())) == 1
    other.sync()
    assert not mine.pending
    assert side.read_text(encoding="utf-8") == "vault\n"
    assert mine.verify_history().head is True


def test_a_side_folder_that_cannot_be_reached_stops_writing(book):
    """A drive that is not connected is no reason to start a second journal: one line, and nothing is written."""
    side = book.path.with_name(f"{book.path.name}.cms")
    shutil.rmtree(side)
    side.write_text("not-connected", encoding="utf-8")
    before = book.path.read_bytes()
    with pytest.raises(FileError, match=r"its side folder .*not-connected cannot be reached"):
        Workbook.open(book.path).update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    assert book.path.read_bytes() == before
    assert not (book.path.parent / "not-connected").exists()


def test_a_file_that_names_no_place_is_no_side_folder(tmp_path):
    """It is in the way, and whoever writes is told so."""
    workbook = tmp_path / "customers.xlsx"
    for text in ("", "one\ntwo"):
        workbook.with_name("customers.xlsx.cms").write_text(text, encoding="utf-8")
        assert SideFolder(workbook).path == workbook.with_name("customers.xlsx.cms")


def test_what_a_killed_program_left_is_taken_away(book):
    """Half a workbook, half a journal file: the next write clears them away, whoever left them."""
    side = book.path.with_name(f"{book.path.name}.cms")
    left = [book.path.parent / ".customers.xlsx.0a1b2c3d.cms-tmp", side / ".head.json.0a1b2c3d.cms-tmp"]
    left.append(side / "journal" / ".x.json.0a1b2c3d.cms-tmp")
    for path in left:
        path.write_bytes(b"half")
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    assert [path for path in left if path.exists()] == []


def test_what_a_killed_builder_left_is_taken_away(tmp_path):
    """The next one that makes a workbook of that name clears it away."""
    left = tmp_path / ".new.xlsx.0a1b2c3d.cms-tmp"
    left.write_bytes(b"half")
    table = TableSpec("Things", (ColumnSpec("Thing"),))
    build(tmp_path / "new.xlsx", WorkbookSpec(HomeSpec("Things", ""), (SheetSpec("Things", table),)))
    assert [path.name for path in tmp_path.iterdir()] == ["new.xlsx"]

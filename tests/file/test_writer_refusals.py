"""What the writer refuses, says in one line, and leaves as it was."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.support.books import book, seen
from tests.support.handmade import handmade, header
from workbook_cms.errors import FileError, WorkbookLockedError
from workbook_cms.file.container.packing import Packed, pack
from workbook_cms.file.layout import ColumnSpec
from workbook_cms.file.package import Package
from workbook_cms.file.replacement import commit
from workbook_cms.file.writer import AddColumn, Append, Change, Patch, RenameColumn, write

ROW = '<row r="2"><c r="A2"><v>1</v></c></row>'


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook with two people in it."""
    return book(tmp_path / "people.xlsx")


def refused(path: Path, change: Change) -> FileError:
    """The refusal of one change; the folder is as it was."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    with pytest.raises(FileError) as caught:
        write(Package.open(path), [change])
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before
    assert "\n" not in str(caught.value)
    return caught.value


def made(path: Path, fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> Path:
    """A workbook with the table ``T`` (columns A and B, one row) that ``fill`` completes."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("S")
        fill(workbook, sheet)
    return path


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (Append("Nobody", [{"Key": "x"}]), "The table Nobody is missing."),
        (Append("People", [{"Nick": "x"}]), "The table has no column Nick."),
        (Append("People", [{"Key": "a\x01b"}]), "The value holds a character no cell can hold (code 0001)."),
        (Append("People", [{"Key": "\ud800"}]), "The value holds a character no cell can hold (code D800)."),
        (Append("People", [{"Key": "\ufffe"}]), "The value holds a character no cell can hold (code FFFE)."),
        (Append("People", [{"Key": "x" * 32_768}]), "The value holds a text of 32,768 characters."),
        (Append("People", [{"Key": "😀" * 16_384}]), "The value holds a text of 16,384 characters."),
        (Append("People", [{"Cost": float("nan")}]), "The value holds a number without a value."),
        (Patch("People", 1, {"Key": "x"}), "Row 1 is no record of the table."),
        (Patch("People", 4, {"Key": "x"}), "Row 4 is no record of the table."),
        (RenameColumn("People", "Key", "name"), "A column cannot be called 'name'."),
        (RenameColumn("People", "Nick", "N"), "The table has no column Nick."),
        (AddColumn("People", ColumnSpec(" ")), "A column cannot be called ' '."),
        (AddColumn("People", ColumnSpec("KEY")), "A column cannot be called 'KEY'."),
    ],
)
def test_impossible_change(people: Path, change: Change, problem: str) -> None:
    """A change that cannot be made is refused with its reason."""
    assert refused(people, change).problem == problem


@pytest.mark.parametrize(
    ("cell", "rows", "problem"),
    [
        ("A4", 1, "No row fits under the table: cell A4 is filled."),
        ("B5", 2, "Only 1 more row fits under the table: cell B5 is filled."),
        ("A9", 7, "Only 5 more rows fit under the table: cell A9 is filled."),
    ],
)
def test_something_below(tmp_path: Path, cell: str, rows: int, problem: str) -> None:
    """What stands below the table, close or further down, is never written over, and the room is named."""

    def fill(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.add_table("A1:B3", {"name": "T", "columns": [{"header": "A"}, {"header": "B"}]})
        sheet.write("A2", 1)
        sheet.write(cell, "below")

    path = made(tmp_path / "t.xlsx", fill)
    assert refused(path, Append("T", [{"A": 1}] * rows)).problem == problem
    fits = int(problem.split()[1]) if problem.startswith("Only") else 0
    assert len(write(Package.open(path), [Append("T", [{"A": 1}] * fits)])[0]) == fits


def test_second_table_below(tmp_path: Path) -> None:
    """An empty table below is in the way though its cells are blank; one beside is not."""

    def fill(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.add_table("A1:B2", {"name": "T", "columns": [{"header": "A"}, {"header": "B"}]})
        sheet.write("A2", 1)
        sheet.add_table("B3:C5", {"name": "U"})
        sheet.add_table("E1:F9", {"name": "V"})

    assert refused(made(tmp_path / "t.xlsx", fill), Append("T", [{"A": 1}])).problem == (
        "No row fits under the table: the table U (B3:C5) is in the way."
    )


def test_merged_cells_below(tmp_path: Path) -> None:
    """A merged range in the way is refused."""

    def fill(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.add_table("A1:B2", {"name": "T", "columns": [{"header": "A"}, {"header": "B"}]})
        sheet.write("A2", 1)
        sheet.merge_range("A3:B4", "")

    assert refused(made(tmp_path / "t.xlsx", fill), Append("T", [{"A": 1}])).problem == (
        "No row fits under the table: the merged cells A3:B4 are in the way."
    )


def test_formula_cell_is_not_overwritten(tmp_path: Path) -> None:
    """A patch of a cell that holds a formula is refused."""
    path = handmade(
        tmp_path / "a.xlsx", header("Id", "B", "C") + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>', "A1:C2"
    )
    assert refused(path, Patch("People", 2, {"Id": 1})).problem == "The cell holds a formula, which would be lost."


def test_full_sheet(tmp_path: Path) -> None:
    """A table that reaches the last row of the sheet takes no more."""
    path = handmade(
        tmp_path / "a.xlsx",
        header("Id", "B", "C") + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        "A1:C1048576",
    )
    assert refused(path, Append("People", [{"Id": 1}])).problem == (
        "The sheet is full: 1,048,577 rows would be needed, 1,048,576 are possible."
    )


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet xmlns=", b"<worksheet xmlns:x='u' xmlns:y="),
        ("xl/tables/table1.xml", b"<table xmlns=", b"<table xmlns:y="),
    ],
)
def test_unusual_xml(tmp_path: Path, part: str, old: bytes, new: bytes) -> None:
    """Parts written in an unusual form are refused, not guessed at."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + ROW, "A1:C2")
    replace_in(path, part, old, new)
    assert refused(path, Append("People", [{"Id": 2}])).problem.startswith(
        ("The sheet cannot be changed safely", "The table cannot be changed safely")
    )


def replace_in(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Rewrite one member of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_read_only_file(people: Path) -> None:
    """A write-protected file stays as it is, though its folder could be written."""
    people.chmod(0o444)
    assert refused(people, Append("People", [{"Key": "x"}])).problem == (
        "The file is read-only, so nothing was changed."
    )


def test_read_only_folder(people: Path) -> None:
    """A write-protected folder cannot take the new file."""
    people.parent.chmod(0o555)
    try:
        assert "is read-only" in refused(people, Append("People", [{"Key": "x"}])).problem
    finally:
        people.parent.chmod(0o755)


@pytest.mark.parametrize(
    ("owner", "content", "name"),
    [
        ("~$people.xlsx", b"\x07Jo Vale" + b" " * 47, "Jo Vale"),
        (".~lock.people.xlsx#", b"Kim Roe,kim,desk,22.11.2026 10:00,file:///x;", "Kim Roe"),
    ],
)
def test_open_elsewhere_names_who(people: Path, owner: str, content: bytes, name: str) -> None:
    """A workbook that is open in Excel or LibreOffice is not replaced under its reader."""
    people.with_name(owner).write_bytes(content)
    with pytest.raises(WorkbookLockedError, match=f"open by {name} since"):
        write(Package.open(people), [Append("People", [{"Key": "x"}])])
    assert len(seen(people)) == 3


def test_file_changed_meanwhile(people: Path) -> None:
    """What somebody else saved between reading and writing is not overwritten."""
    package = Package.open(people)
    write(Package.open(people), [Append("People", [{"Key": "theirs"}])])
    with pytest.raises(FileError, match="changed by another program"):
        write(package, [Append("People", [{"Key": "ours"}])])
    assert [row[0] for row in seen(people)[3:]] == ["theirs"]
    assert [file.name for file in people.parent.iterdir()] == ["people.xlsx"]


def test_file_deleted_meanwhile(people: Path) -> None:
    """A file that is gone is not brought back."""
    package = Package.open(people)
    people.unlink()
    with pytest.raises(FileError, match="moved or deleted"):
        write(package, [Append("People", [{"Key": "x"}])])
    assert list(people.parent.iterdir()) == []


def test_wrong_result_is_not_committed(people: Path) -> None:
    """A new file that does not prove itself never takes the old one's place."""
    package = Package.open(people)
    before = people.read_bytes()

    def prove(_: Package) -> None:
        raise FileError("people.xlsx", "It is wrong.", "")

    with pytest.raises(FileError, match="It is wrong"):
        commit(package, {package.workbook_part: pack([b"<workbook/>"])}, prove)
    damaged = Packed(crc=1, size=3, data=[b"\0\1\2"], length=3)
    with pytest.raises(FileError, match="damaged"):
        commit(package, {package.workbook_part: damaged}, prove)
    assert people.read_bytes() == before
    assert [file.name for file in people.parent.iterdir()] == ["people.xlsx"]


def test_full_disk(people: Path) -> None:
    """A file that cannot be written whole leaves nothing behind (a limit on file size stands for the disk)."""
    resource = pytest.importorskip("resource", reason="Windows has no limit on file size")
    signal = pytest.importorskip("signal")
    before = people.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(FileError) as caught:
            write(Package.open(people), [Append("People", [{"Key": "x"}])])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.problem == "The disk is full."
    assert people.read_bytes() == before
    assert [file.name for file in people.parent.iterdir()] == ["people.xlsx"]


def test_left_overs_of_a_killed_writer_are_cleaned(people: Path) -> None:
    """The next write removes what a killed one left, and nothing else."""
    left, other = (
        people.with_name(".people.xlsx.0badcafe.cms-tmp"),
        people.with_name(".other.xlsx.0badcafe.cms-tmp"),
    )
    left.write_bytes(b"half")
    other.write_bytes(b"half")
    write(Package.open(people), [Append("People", [{"Key": "x"}])])
    assert sorted(file.name for file in people.parent.iterdir()) == [other.name, "people.xlsx"]


def test_mode_and_link_are_kept(people: Path) -> None:
    """The new file has the old one's rights, and a link to it stays a link."""
    people.chmod(0o640)
    link = people.with_name("link.xlsx")
    link.symlink_to(people)
    write(Package.open(link), [Append("People", [{"Key": "x"}])])
    assert link.is_symlink()
    assert people.stat().st_mode & 0o777 == 0o640
    assert len(seen(people)) == 4


def test_old_owner_files_are_left_overs(people: Path) -> None:
    """An owner file older than a day does not stop a write."""
    owner = people.with_name("~$people.xlsx")
    owner.write_bytes(b"\x02Jo")
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()
    os.utime(owner, (long_ago, long_ago))
    assert write(Package.open(people), [Append("People", [{"Key": "x"}])]) == [[4]]

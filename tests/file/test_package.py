"""What a package tells of a workbook: sheets, tables, date system, and whether it is still the same file."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from tests.support.books import ROWS, book, members, seen
from tests.support.handmade import handmade, header
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.addresses import column_letters, column_number, parse_range
from workbook_cms.file.container.archive import Archive
from workbook_cms.file.package import Package, Sheet, Stamp
from workbook_cms.file.writer import Append, write


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook with two people in it."""
    return book(tmp_path / "people.xlsx", ROWS, intro="Who we know")


def test_sheets_and_tables(people: Path) -> None:
    """Sheets by name and part, tables with range and labels."""
    package = Package.open(people)
    assert [sheet.name for sheet in package.sheets] == ["Home", "People", "Notes"]
    assert package.sheet("Notes") == Sheet("Notes", "xl/worksheets/sheet3.xml")
    table = package.table("People")
    assert (table.sheet, table.sheet_part) == ("People", "xl/worksheets/sheet2.xml")
    assert (table.first_row, table.last_row, table.first_col, table.last_col) == (3, 5, 1, 4)
    assert (table.columns, table.ref, table.has_totals) == (("Key", "Name", "Born", "Cost"), "A3:D5", False)
    assert not package.date1904


def test_unknown_table_and_sheet(people: Path) -> None:
    """The tables there are, are named."""
    with pytest.raises(FileError, match="The table Nobody is missing"):
        Package.open(people).table("Nobody")
    with pytest.raises(FileError, match="There is no sheet Nowhere"):
        Package.open(people).sheet("Nowhere")


def test_part_names_in_odd_case_and_with_backslashes(people: Path) -> None:
    """Names are the same whatever their letter case and slashes."""
    with zipfile.ZipFile(people) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(people, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            odd = "XL\\Worksheets\\Sheet2.xml" if name.endswith("sheet2.xml") else name
            info = zipfile.ZipInfo("placeholder")
            info.filename = odd
            archive.writestr(info, data)
    package = Package.open(people)
    assert package.has("xl/worksheets/sheet2.xml")
    write(package, [Append("People", [{"Key": "x"}])])
    assert Package.open(people).tables["People"].last_row == 6


def test_labels_with_escapes(tmp_path: Path) -> None:
    """A line break in a label is read as such."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C"), "A1:C2", columns=("Id", "B_x000a_b", "C &amp; c"))
    assert Package.open(path).tables["People"].columns == ("Id", "B\nb", "C & c")


def test_stamp_tells_two_states_apart(people: Path) -> None:
    """A stamp stays while the content stays, whatever the clock, and changes with any part."""
    before = Package.open(people).stamp
    people.touch()
    assert Package.open(people).stamp == before
    write(Package.open(people), [Append("People", [{"Key": "x"}])])
    assert Package.open(people).stamp != before
    assert Stamp.of(Archive(people.read_bytes())) == Package.open(people).stamp


def with_zip64(path: Path) -> None:
    """Rewrite a workbook with zip64 records and data descriptors, as streaming writers make them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    class Stream(io.RawIOBase):
        """A target that cannot seek."""

        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.data += piece
            return len(piece)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, data in parts.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    raw = bytes(stream.data)
    end = raw.rindex(b"PK\5\6")
    _, _, _, _, count, size, start, _ = struct.unpack("<4s4H2IH", raw[end : end + 22])
    # The directory's own zip64 record, which real programs write only above 4 GB.
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    full = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(raw[:end] + record + locator + full)


def test_zip64_and_data_descriptors(people: Path) -> None:
    """Such files are read and written, their untouched members byte for byte."""
    with_zip64(people)
    before = members(people)
    assert all(eval_flags(people))
    write(Package.open(people), [Append("People", [{"Key": "x"}])])
    after = members(people)
    table = Package.open(people).tables["People"]
    assert {name for name in before if before[name] != after[name]} == {table.part, table.sheet_part}
    assert zipfile.ZipFile(people).testzip() is None
    assert_sound(people)
    assert seen(people)[5][0] == "x"


def eval_flags(path: Path) -> list[bool]:
    """Whether each member has a data descriptor."""
    with zipfile.ZipFile(path) as archive:
        return [bool(info.flag_bits & 8) for info in archive.infolist()]


def test_regions_are_cut_from_the_stream(people: Path) -> None:
    """Stretches of a part come in the order asked for."""
    package = Package.open(people)
    data = package.read("xl/styles.xml")
    assert package.regions("xl/styles.xml", [(50, 20), (0, 5), (55, 0), (40, 30)]) == [
        data[50:70],
        data[:5],
        b"",
        data[40:70],
    ]


def test_addresses() -> None:
    """Letters and numbers of columns are each other's inverse; ranges are read with and without dollars."""
    assert [column_letters(number) for number in (1, 26, 27, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]
    assert all(column_number(column_letters(number)) == number for number in range(1, 16385))
    assert parse_range("$A$1:t12") == (1, 1, 20, 12)
    assert parse_range("B3") == (2, 3, 2, 3)
    assert parse_range("Sheet!A1") is None

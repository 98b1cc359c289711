"""Files that are no workbook, or made to do harm, refused before any reader sees them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.books import book
from tests.support.handmade import handmade, header
from tests.support.shared import shared
from workbook_cms.errors import FileError
from workbook_cms.file import guards
from workbook_cms.file.package import Package

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ROW = '<row r="2"><c r="A2"><v>1</v></c></row>'


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook with two people in it."""
    return book(tmp_path / "people.xlsx")


def problem(path: Path) -> str:
    """The problem said on opening; always one line that names the file and a remedy."""
    with pytest.raises(FileError) as caught:
        Package.open(path)
    assert caught.value.place == path.name
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    return caught.value.problem


def rezipped(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty (0 bytes)."),
        (OLE, "This is a workbook of the old kind (.xls)."),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "The workbook is protected by a password."),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "This is a PDF document, not a workbook."),
        (b"<!DOCTYPE html><html><table></table></html>", "This is a web page (HTML), not a workbook."),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "This is XML, not a workbook."),
        (b"Name;Phone\nAda;1\n", "This is plain text such as CSV, not a workbook."),
        ("Name;Caf\u00e9\n".encode("cp1252"), "This is plain text such as CSV, not a workbook."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "This is not an Excel workbook."),
        (b"PK\5\6" + b"\0" * 18, "This is an empty zip file, not a workbook."),
        (
            b"PK\3\4" + b"\0" * 40,
            "The file is damaged: its end is missing, as after a broken copy or download.",
        ),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, said: str) -> None:
    """The file is called what it is."""
    path = tmp_path / "customers.xlsx"
    path.write_bytes(content)
    assert problem(path) == said


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A missing file, a folder, and a name no file can have."""
    assert problem(tmp_path / "none.xlsx") == "There is no such file."
    (tmp_path / "folder.xlsx").mkdir()
    assert problem(tmp_path / "folder.xlsx") == "This is a folder, not a workbook."
    assert problem(tmp_path / ("x" * 300 + ".xlsx")).startswith("The file cannot be read")
    assert problem(tmp_path / "a\0.xlsx").startswith("The file cannot be read")


def test_owner_file(tmp_path: Path) -> None:
    """Excel's note of who has a workbook open is told from the workbook."""
    path = tmp_path / "~$customers.xlsx"
    path.write_bytes(b"\x02Jo" + b"\0" * 162)
    assert problem(path) == "This is Excel's note of who has a workbook open, not the workbook."


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_workbook(people: Path, share: float) -> None:
    """A workbook that was cut off is damaged, wherever it was cut."""
    raw = people.read_bytes()
    people.write_bytes(raw[: int(len(raw) * share)])
    assert problem(people).startswith("The file is damaged")


def test_damaged_part(people: Path) -> None:
    """A part whose bytes do not fit its checksum is found where it is read."""
    with zipfile.ZipFile(people) as archive:
        infos = archive.infolist()
        start = next(info.header_offset for info in infos if info.filename.endswith("sheet2.xml"))
    raw = bytearray(people.read_bytes())
    raw[start + 120] ^= 0xFF
    people.write_bytes(raw)
    assert problem(people).startswith("The file is damaged: its part xl/worksheets/sheet2.xml")


def lie(path: Path, name: str, field: int, value: int) -> None:
    """Change a 32-bit field (offset within the record) of a member's directory entry."""
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\1\2", 0, raw.rindex(name.encode()))
    raw[at + field : at + field + 4] = struct.pack("<I", value)
    path.write_bytes(raw)


def test_part_larger_than_it_says(people: Path) -> None:
    """A part is never inflated past its declared size."""
    lie(people, "xl/worksheets/sheet2.xml", 24, 100)
    assert problem(people) == "The file is damaged: its part xl/worksheets/sheet2.xml is larger than it says."


def test_part_outside_the_file(people: Path) -> None:
    """A directory that points past the end is no directory."""
    lie(people, "xl/worksheets/sheet2.xml", 42, 0x7FFFFFFF)
    assert problem(people) == "The file is damaged: its part xl/worksheets/sheet2.xml lies outside the file."


def test_overlapping_parts(people: Path) -> None:
    """Two parts over the same bytes are how small files unpack without end."""
    lie(people, "xl/worksheets/sheet2.xml", 42, 0)
    assert "overlap" in problem(people)


def test_zip_bomb_by_ratio(people: Path) -> None:
    """One part that unpacks a thousandfold is refused before it is unpacked."""
    rezipped(people, lambda parts: parts.update({"xl/media/image1.png": b"\0" * (65 << 20)}))
    assert problem(people) == "The part xl/media/image1.png would unpack to 65 MB."


def test_zip_bomb_by_total(people: Path) -> None:
    """Declared sizes are added up."""
    lie(people, "docProps/app.xml", 24, 0x7FFFFFFF)
    lie(people, "docProps/app.xml", 20, 0)
    assert "would unpack to 2,047 MB" in problem(people)


def test_sheet_too_large_to_read(people: Path) -> None:
    """A sheet that no memory should hold is refused by its declared size, with a way out for who really has one."""
    lie(people, "xl/worksheets/sheet2.xml", 24, 600 << 20)
    assert problem(people) == (
        "The sheet in xl/worksheets/sheet2.xml takes 600 MB, more than the 512 MB that can be read."
    )


def test_one_text_without_end(people: Path) -> None:
    """A text of megabytes among those kept apart from the cells is refused before a reader holds it."""
    text = b"<sst><si><t>" + b"a" * (3 << 20) + b"</t></si></sst>"
    rezipped(people, lambda parts: parts.update({"xl/sharedStrings.xml": text}))
    assert problem(people) == "The part xl/sharedStrings.xml is not built as Excel builds it."


def test_texts_without_end(people: Path) -> None:
    """More texts than any sheet of records has are refused by their number."""
    text = b"<sst>" + b"<si/>" * (guards.MAX_TEXTS + 1) + b"</sst>"
    rezipped(people, lambda parts: parts.update({"xl/sharedStrings.xml": text}))
    assert problem(people) == "The part xl/sharedStrings.xml holds more than 6,000,000 texts."


def local(path: Path, name: str, field: int, value: int, size: str = "<H") -> None:
    """Change a field (offset within the record) of a member's local header."""
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo(name).header_offset + field
    raw[at : at + struct.calcsize(size)] = struct.pack(size, value)
    path.write_bytes(raw)


def short(path: Path, name: str, field: int, value: int) -> None:
    """Change a 16-bit field (offset within the record) of a member's directory entry."""
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\1\2", 0, raw.rindex(name.encode()))
    raw[at + field : at + field + 2] = struct.pack("<H", value)
    path.write_bytes(raw)


def test_encrypted_part(people: Path) -> None:
    """A part that is encrypted is named."""
    short(people, "xl/worksheets/sheet2.xml", 8, 1)
    assert problem(people) == "The file is damaged: its part xl/worksheets/sheet2.xml is encrypted."


@pytest.mark.parametrize("method", [1, 9, 12, 14, 93, 99])
def test_other_ways_of_packing(people: Path, method: int) -> None:
    """Bzip2, Zstandard and the rest: Excel uses none of them."""
    short(people, "xl/worksheets/sheet2.xml", 10, method)
    assert problem(people).endswith("sheet2.xml is packed in a way that Excel does not use.")


def test_local_header_of_another_name(people: Path) -> None:
    """Where directory and local header disagree on the name, two readers would see two workbooks."""
    raw = people.read_bytes()
    people.write_bytes(raw.replace(b"xl/worksheets/sheet2.xml", b"xl/worksheets/sheetX.xml", 1))
    assert problem(people).startswith("The file is damaged: its part xl/worksheets/sheet2.xml")


def test_local_header_that_leads_past_the_end(people: Path) -> None:
    """A local header whose extra field is longer than the file."""
    local(people, "xl/worksheets/sheet2.xml", 28, 0xFFFF)
    assert problem(people).startswith("The file is damaged: its part xl/worksheets/sheet2.xml")


def test_two_directories(people: Path) -> None:
    """Bytes between the directory and its end record could hold a second directory, which other readers follow."""
    raw = people.read_bytes()
    end = raw.rindex(b"PK\5\6")
    people.write_bytes(raw[:end] + raw[end - 500 : end] + raw[end:])
    assert problem(people) == "The file is damaged: its directory does not end where the file says."


def test_four_gigabytes_declared(people: Path) -> None:
    """A size of 32 full bits without a zip64 record is taken at its word, and refused."""
    lie(people, "docProps/app.xml", 24, 0xFFFFFFFF)
    assert "would unpack to 4,095 MB" in problem(people)


@pytest.mark.parametrize("name", ["../evil.xml", "xl/../../evil.xml", "/etc/evil", "C:\\evil", "xl\\..\\..\\evil"])
def test_name_that_leads_elsewhere(people: Path, name: str) -> None:
    """No part may have a name outside the package."""
    rezipped(people, lambda parts: parts.update({name: b"x"}))
    assert problem(people).startswith("The file holds a part with a name that leads elsewhere")


def test_duplicate_parts(people: Path) -> None:
    """Two parts of one name would let readers see different workbooks."""
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(people, "a") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert problem(people) == "The file holds the part xl/workbook.xml twice."


@pytest.mark.parametrize(
    "part",
    [
        "xl/workbook.xml",
        "xl/tables/table1.xml",
        "_rels/.rels",
        "xl/worksheets/sheet2.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "docProps/core.xml",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities(people: Path, part: str, encoding: str) -> None:
    """A document type, which can read files or fill the memory, is refused in every part we look into."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts[part].decode().partition("?>")[2]
        laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
        parts[part] = f'<?xml version="1.0" encoding="{encoding}"?>{laughs}{text}'.encode(encoding)

    assert "defines entities" in problem(rezipped(people, change))


def test_entities_behind_a_long_comment(people: Path) -> None:
    """A document type may stand far behind the beginning of a part."""

    def change(parts: dict[str, bytes]) -> None:
        part = "xl/worksheets/sheet2.xml"
        text = parts[part].partition(b"?>")[2]
        parts[part] = b"<!--" + b"x" * 9000 + b"--><!DOCTYPE x [<!ENTITY a 'ha'>]>" + text

    assert problem(rezipped(people, change)) == "The sheet People defines entities."


def test_part_too_large_for_a_tree(people: Path) -> None:
    """A part that is parsed as a tree is refused before it takes a hundredfold of its size in memory."""

    def change(parts: dict[str, bytes]) -> None:
        end = b"</workbook>"
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(end, b"<x/>" * (3 << 20) + end)

    assert problem(rezipped(people, change)) == "The part xl/workbook.xml is far too large (12 MB)."


def test_damaged_xml(people: Path) -> None:
    """A small part that is no XML is named."""
    rezipped(people, lambda parts: parts.update({"xl/workbook.xml": parts["xl/workbook.xml"][:-20]}))
    assert problem(people) == "The part xl/workbook.xml is damaged."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: parts.pop("xl/workbook.xml"), "The file holds no workbook."),
        (lambda parts: parts.pop("_rels/.rels"), "The file holds no workbook."),
        (
            lambda parts: parts.pop("xl/worksheets/sheet2.xml"),
            "The part xl/worksheets/sheet2.xml is missing from the workbook.",
        ),
        (lambda parts: parts.update({"xl/workbook.xml": b"<document/>"}), "The file holds no workbook."),
    ],
)
def test_missing_parts(people: Path, change: Callable[[dict[str, bytes]], None], said: str) -> None:
    """A package without its workbook or a sheet is refused."""
    assert problem(rezipped(people, change)) == said


def test_binary_and_open_document(tmp_path: Path, people: Path) -> None:
    """Other programs' and Excel's binary files are named."""

    def binary(parts: dict[str, bytes]) -> None:
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"xl/workbook.bin")

    assert problem(rezipped(people, binary)) == "This is a binary workbook (.xlsb)."
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    path = tmp_path / "a.xlsx"
    path.write_bytes(memory.getvalue())
    assert problem(path) == "This is an OpenDocument file, not an Excel workbook."


FAR = [
    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    '<row r="1048576"><c t="n" r = "XFD1048576"><v>1</v></c></row>',
    '<row r="9999999"><c r="A9999999"><v>1</v></c></row>',
    '<row r="3"><c r="A99999999999"><v>1</v></c></row>',
    '<row r="3"><c r="XFE3"><v>1</v></c></row>',
    '<row r="900000"><c r="A900000"/></row><row r="900001"><c r="ZZ900001"><v>1</v></c></row>',
    '<row r="1048576">' + "<c><v>1</v></c>" * 60 + "</row>",
]


@pytest.mark.parametrize("rows", FAR)
def test_cell_far_outside(tmp_path: Path, rows: str) -> None:
    """A cell so far out that a reader would reserve memory for billions is refused, however it is written."""
    path = handmade(tmp_path / "far.xlsx", header("Id", "B", "C") + ROW + rows, "A1:C2")
    assert problem(path).startswith("The sheet People holds a cell far away from the others")


NEAR = [
    '<row r="1048576"><c r="C1048576"><v>1</v></c></row>',
    '<row r="3"><c r="XFD3"><v>1</v></c></row>',
    '<row r="3"><c><v>1</v></c><c><v>1</v></c></row>',
    "<row><c><v>1</v></c></row>",
]


@pytest.mark.parametrize("rows", NEAR)
def test_cell_that_is_only_unusual(tmp_path: Path, rows: str) -> None:
    """Long and wide sheets, and cells without addresses, are no attack."""
    path = handmade(tmp_path / "near.xlsx", header("Id", "B", "C") + ROW + rows, "A1:C2")
    assert Package.open(path).tables["People"].last_row == 2


def test_box_is_seen_across_chunks() -> None:
    """A tag cut in two by the reading is still one tag."""
    sheet = (
        b'<worksheet><sheetData><row r="5"><c r="A5"/></row><row r="1048576"><c r="XFD1048576"/></row></sheetData>'
    )
    for cut in range(1, len(sheet)):
        with pytest.raises(FileError):
            guards.check_box(lambda cut=cut: [sheet[:cut], sheet[cut:]], "a.xlsx", "S")


def test_permission(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is said to be so (simulated: an administrator may read all)."""

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problem(people) == "You have no permission to read this file."


def test_stored_and_prefixed_parts_are_read(people: Path) -> None:
    """Parts that are not deflated are fine."""
    with zipfile.ZipFile(people) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(people, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    package = Package.open(people)
    assert package.read("xl/workbook.xml") == parts["xl/workbook.xml"]
    assert zlib.crc32(package.read("xl/styles.xml")) == package.member("xl/styles.xml").crc


def test_real_workbooks_open() -> None:
    """Genuine files pass the guards; the three that do not are encrypted or hold no workbook."""
    refused = {}
    for path in sorted(shared("workbooks").iterdir()):
        try:
            Package.open(path)
        except FileError as error:
            refused[path.name.partition(".")[0][:14]] = error.problem
    assert refused == {
        "excelize-encry": "The workbook is protected by a password.",
        "exceljs-missin": "The file holds no workbook.",
        "poi-crash-9bf3": "The workbook is protected by a password.",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'ref="A', b'ref="B'),
        (b"</table>", b'<tableColumn id="1" name="Id"/></table>'),
        (b"<table ", b'<table totalsRowCount="x" '),
    ],
)
def test_table_that_does_not_fit_its_columns(people: Path, old: bytes, new: bytes) -> None:
    """A table part that contradicts itself is refused before anybody counts its columns."""
    part = "xl/tables/table1.xml"
    rezipped(people, lambda parts: parts.update({part: parts[part].replace(old, new, 1)}))
    assert problem(people) == "The range of table People does not fit its columns."

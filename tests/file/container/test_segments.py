"""A large sheet is kept in segments: a write changes only those it touches, and a wrong index never makes a wrong file."""

from __future__ import annotations

import shutil
import struct
import subprocess
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from isal import isal_zlib

from tests.support.books import ROWS, book, members, seen, seen_by_calamine
from tests.support.libreoffice import resave
from workbook_cms.errors import FileError
from workbook_cms.file.container import segments
from workbook_cms.file.container.archive import Archive
from workbook_cms.file.container.packing import Packed, rebuilt
from workbook_cms.file.container.sameness import fresh_segments
from workbook_cms.file.container.segments import Segment
from workbook_cms.file.layout import CellValue
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Change, Patch, Replace, write

#: A row of so long a text that four of them fill a segment.
LONG = 30_000


def long_row(number: int, length: int = LONG) -> dict[str, CellValue]:
    """A record with a long text, none like another."""
    return {"Key": f"STK-{number}", "Name": f"{number} " * (length // len(f"{number} ")), "Cost": number}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A workbook whose table of 60 long rows was written by us, so that its sheet is in segments."""
    return made(tmp_path / "large.xlsx")


def made(path: Path) -> Path:
    """That workbook at ``path``."""
    path.unlink(missing_ok=True)
    book(path)
    write(Package.open(path), [Append("People", [long_row(number) for number in range(3, 61)])])
    return path


def sheet_part(path: Path) -> str:
    """The part with the table People."""
    return Package.open(path).table("People").sheet_part


def xml(path: Path) -> bytes:
    """That part as a reader sees it that knows nothing of segments, its checksum verified."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.read(sheet_part(path))


def saved_by_another(path: Path, method: int = zipfile.ZIP_DEFLATED, *, zip64: bool = False) -> None:
    """The workbook as another program saves it: the same parts, each in one stream or not packed at all."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in parts:
            with archive.open(name, "w", force_zip64=zip64) as member:
                member.write(data)


def with_extra(path: Path, changed: Callable[[bytes], bytes]) -> None:
    """The workbook with the extra fields before its large sheet changed."""
    archive = Archive(path.read_bytes())
    member = next(item for item in archive.members if item.name == sheet_part(path))
    start, end = archive.span(member)
    name_end = member.start + 30 + len(member.name)
    data = bytes(archive.raw[start:end])
    new = Packed(member.crc, member.size, [data], len(data), changed(bytes(archive.raw[name_end:start])))
    path.write_bytes(b"".join(rebuilt(archive, {member.name: new})))


def test_a_sheet_written_by_us_is_in_segments(large: Path) -> None:
    """The segments tell of rows in order, and together they are the part."""
    package = Package.open(large)
    part = sheet_part(large)
    found = package.segments(part)
    assert len(found) > 10
    assert [item.row for item in found][1:-1] == sorted({item.row for item in found} - {0})
    assert b"".join(package.segment(part, item) for item in found) == xml(large)
    assert all(item.size <= segments.SIZE for item in found)
    assert not package.segments(package.table("Notes").sheet_part), "a small sheet needs no index"


def test_an_append_changes_the_end_alone(large: Path) -> None:
    """After an append all segments but head and last rows are the old ones, byte for byte."""
    before = Package.open(large)
    write(before, [Append("People", [{"Key": "STK-61", "Name": "Zoe"}])])
    fresh = fresh_segments(Package.open(large), before, sheet_part(large))
    assert fresh is not None
    assert len(fresh) == 2
    assert fresh[0].row == 0
    assert seen_by_calamine(large)[-1][:2] == ["STK-61", "Zoe"]


def test_a_change_in_the_middle_changes_one_segment(large: Path) -> None:
    """After an update of one row only its segment is new."""
    before = Package.open(large)
    write(before, [Patch("People", 30, {"Name": "Anna"})])
    fresh = fresh_segments(Package.open(large), before, sheet_part(large))
    assert fresh is not None
    assert [item.row <= 30 < item.row + 8 for item in fresh] == [True]
    assert seen_by_calamine(large)[29][1] == "Anna"


_row = st.integers(1, 10**6).flatmap(
    lambda number: st.sampled_from([0, 200, LONG]).map(lambda length: long_row(number, length))
)
_change: st.SearchStrategy[Change] = st.one_of(
    st.lists(_row, min_size=1, max_size=12).map(lambda rows: Append("People", rows)),
    st.tuples(st.integers(2, 20), st.sampled_from(["Bo", "x" * LONG, None])).map(
        lambda values: Patch("People", values[0], {"Name": values[1]})
    ),
    st.lists(_row, min_size=19, max_size=40).map(lambda rows: Replace("People", rows)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=st.lists(st.lists(_change, min_size=1, max_size=3), min_size=1, max_size=6))
def test_writes_give_the_same_with_and_without_segments(tmp_path: Path, writes: list[list[Change]]) -> None:
    """Appends, updates and replacements in any order give the XML that they give when every write begins anew."""
    kept, anew = made(tmp_path / "kept.xlsx"), made(tmp_path / "anew.xlsx")
    warm: Package | None = None
    for changes in writes:
        saved_by_another(anew)
        warm = Package.open(kept, before=warm)
        assert write(warm, changes) == write(Package.open(anew), changes)
        assert xml(kept) == xml(anew)


def test_many_small_appends_leave_no_crumbs(tmp_path: Path) -> None:
    """A file that grew row by row is hardly larger than one written at once."""
    single, batch = book(tmp_path / "single.xlsx"), book(tmp_path / "batch.xlsx")
    rows = [long_row(number, 5_000) for number in range(150)]
    package: Package | None = None
    for row in rows:
        package = Package.open(single, before=package)
        write(package, [Append("People", [row])])
    write(Package.open(batch), [Append("People", rows)])
    assert xml(single) == xml(batch)
    assert single.stat().st_size < 1.05 * batch.stat().st_size


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("zip64", [False, True])
def test_members_of_other_programs(large: Path, method: int, zip64: bool) -> None:
    """Stored members and zip64 ones are cut anew at the first write; nothing of their rows changes."""
    saved_by_another(large, method, zip64=zip64)
    before = xml(large)
    assert not Package.open(large).segments(sheet_part(large))
    write(Package.open(large), [Append("People", [{"Key": "STK-61"}])])
    assert Package.open(large).segments(sheet_part(large))
    rows = before[before.index(b"<sheetData>") : before.index(b"</sheetData>")]
    assert rows in xml(large)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), cut_off=st.booleans())
@example(at=2, cut_off=False)
def test_a_damaged_index_is_not_believed(large: Path, at: int, cut_off: bool) -> None:
    """With any byte of the index changed, or its end missing, a write does what it does with a sound one."""
    sound, damaged = (shutil.copyfile(large, large.with_name(name)) for name in ("sound.xlsx", "damaged.xlsx"))

    def spoiled(extra: bytes) -> bytes:
        place = at % len(extra)
        return extra[:place] if cut_off else extra[:place] + bytes([extra[place] ^ 0x55]) + extra[place + 1 :]

    with_extra(damaged, spoiled)
    package = Package.open(damaged)
    assert not package.segments(sheet_part(damaged))
    for path in (sound, damaged):
        write(Package.open(path), [Patch("People", 30, {"Name": "Anna"})])
    assert xml(damaged) == xml(sound)
    assert b"Anna" in xml(damaged)


def test_an_index_of_other_bytes_is_not_believed(large: Path) -> None:
    """The index of an earlier state, left before newer bytes, is passed over."""
    earlier = large.read_bytes()
    archive = Archive(earlier)
    member = next(item for item in archive.members if item.name == sheet_part(large))
    old = earlier[member.start + 30 + len(member.name) : archive.span(member)[0]]
    write(Package.open(large), [Patch("People", 30, {"Name": "Anna"})])
    with_extra(large, lambda _: old)
    assert not Package.open(large).segments(sheet_part(large))
    write(Package.open(large), [Patch("People", 31, {"Name": "Berta"})])
    assert [row[1] for row in seen_by_calamine(large)[29:31]] == ["Anna", "Berta"]


def test_a_forged_index_is_refused(large: Path) -> None:
    """Segments that cannot be inflated alone, under an index that says so, are found before anything is written."""
    saved_by_another(large)
    archive = Archive(large.read_bytes())
    member = next(item for item in archive.members if item.name == sheet_part(large))
    data = archive.read(member)
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    stream, found = b"", []
    for offset in range(0, len(data), 100_000):
        raw = data[offset : offset + 100_000]
        # A sync flush ends at a whole byte too, but what follows refers back past it.
        packed = packer.compress(raw) + packer.flush(zlib.Z_SYNC_FLUSH)
        found.append(Segment(offset, len(raw), zlib.crc32(raw), len(stream), len(packed), 0, False))
        stream += packed
    stream += segments.END
    extra = segments.encoded(found, isal_zlib.crc32(stream))
    forged = Packed(member.crc, member.size, [stream], len(stream), extra)
    large.write_bytes(b"".join(rebuilt(archive, {member.name: forged})))
    assert zlib.decompress(stream, -15) == data
    before = large.read_bytes()
    with pytest.raises(FileError, match="damaged"):
        write(Package.open(large), [Patch("People", 30, {"Name": "Anna"})])
    assert large.read_bytes() == before


def test_formulas_are_known_without_looking(large: Path) -> None:
    """Whether a sheet has formulas is told by its segments, as by its text."""
    assert not any(item.formulas for item in Package.open(large).segments(sheet_part(large)))
    saved_by_another(large)
    with zipfile.ZipFile(large) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    part = sheet_part(large)
    parts[part] = parts[part].replace(b"<v>12.5</v>", b"<f>6*2</f><v>12</v>", 1)
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    write(Package.open(large), [Append("People", [{"Key": "STK-61"}])])
    package = Package.open(large)
    assert [item.row for item in package.segments(part) if item.formulas] == [1]
    assert b'fullCalcOnLoad="1"' in package.read(package.workbook_part)


def test_other_members_stay_as_they_were(large: Path) -> None:
    """A write into a sheet in segments leaves the bytes of all members alone but sheet and table."""
    before = members(large)
    write(Package.open(large), [Append("People", [{"Key": "STK-61"}])])
    after = members(large)
    package = Package.open(large)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {package.table("People").sheet_part, package.table("People").part}


def test_independent_readers_take_it(large: Path, tmp_path: Path) -> None:
    """openpyxl, calamine and LibreOffice read the same rows from a sheet in segments."""
    write(
        Package.open(large),
        [Append("People", [{"Key": "STK-61", "Name": "Zoe"}]), Patch("People", 30, {"Cost": 5})],
    )
    assert len(seen(large)) == len(seen_by_calamine(large)) == 62
    assert seen(large)[29][3] == 5
    again = resave(large, tmp_path / "office")
    assert [row[:2] for row in seen(again)] == [row[:2] for row in seen(large)]


@pytest.mark.parametrize("command", ["unzip -tqq", "zip -T", "7z t", "jar tf"])
def test_zip_programs_take_it(large: Path, command: str) -> None:
    """Programs that verify archives find nothing wrong with the index in the header."""
    program = command.split(maxsplit=1)[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    looked = subprocess.run([*command.split(), str(large)], check=False, capture_output=True, timeout=60)
    assert (looked.returncode, looked.stderr) == (0, b"")


def test_first_write_after_another_program_saved(large: Path) -> None:
    """A program that saves the workbook takes the segments away; the next write makes them anew."""
    import openpyxl  # noqa: PLC0415 - another program

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = openpyxl.load_workbook(large)
        workbook.save(large)
    assert not Package.open(large).segments(sheet_part(large))
    write(Package.open(large), [Append("People", [{"Key": "STK-61"}])])
    assert Package.open(large).segments(sheet_part(large))
    assert len(seen_by_calamine(large)) == 62


def test_index_stays_within_a_header() -> None:
    """An index that would not fit into a zip header is left out, as is one that would say nothing."""
    one = Segment(0, 10, 0, 0, 10, 1, False)
    assert segments.encoded([one] * 3, 0) == b""
    assert segments.encoded([one] * (segments.MAX_SEGMENTS + 1), 0) == b""
    full = segments.encoded([one] * segments.MAX_SEGMENTS, 0)
    assert len(full) < 0xFFFF - 300
    assert struct.unpack_from("<2H", full)[1] == len(full) - 4


def test_small_workbooks_get_no_index(tmp_path: Path) -> None:
    """A small sheet is written as any program writes it, without an extra field."""
    path = book(tmp_path / "small.xlsx", ROWS)
    write(Package.open(path), [Append("People", [{"Key": "STK-3"}])])
    archive = Archive(path.read_bytes())
    for member in archive.members:
        assert archive.span(member)[0] == member.start + 30 + len(member.name)

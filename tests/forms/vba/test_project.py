"""The built ``vbaProject.bin``, against oletools, olefile and the records of [MS-OVBA]."""

from __future__ import annotations

import importlib.util
import io
import re
import struct
import zipfile
from pathlib import Path

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vba import decompressed, modules_of
from workbook_cms.forms.vba import Flavour, macro_project
from workbook_cms.forms.vba.project import Kind, Module, vba_project
from workbook_cms.forms.vba.sources import glue_modules, project_sources, xlwings_modules

TITLES = ("Home", "Record an interaction", "cms")
lines = st.lists(st.text(st.characters(codec="cp1252", exclude_categories=["C"]), max_size=60), max_size=200)


def streams(binary: bytes) -> dict[str, bytes]:
    """The streams of a project by path."""
    with olefile.OleFileIO(io.BytesIO(binary)) as file:
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


def records(data: bytes) -> list[tuple[int, bytes]]:
    """The records of a dir stream, read by [MS-OVBA] 2.3.4.2 alone."""
    found, at = [], 0
    while at < len(data):
        kind, size = struct.unpack_from("<HI", data, at)
        size = 6 if kind == 9 else size  # PROJECTVERSION: the field says 4, the minor version follows
        found.append((kind, data[at + 6 : at + 6 + size]))
        at += 6 + size
    assert at == len(data)
    return found


def revealed(project_id: str, value: str) -> tuple[int, bytes]:
    """Version and data behind a disguised value of the PROJECT stream (2.4.3.3)."""
    seed, version, key, *rest = bytes.fromhex(value)
    plain = sum(project_id.encode()) & 0xFF
    assert key ^ seed == plain
    before, last = version, key
    out = bytearray()
    for byte in rest:
        plain = byte ^ (before + plain) & 0xFF
        out.append(plain)
        before, last = last, byte
    body = out[(seed & 6) // 2 :]
    assert int.from_bytes(body[:4], "little") == len(body) - 4
    return version ^ seed, bytes(body[4:])


def hidden_values(project: str) -> list[tuple[int, bytes]]:
    """Protection, password and visibility of a PROJECT stream."""
    number = re.search(r'ID="(.*?)"', project)
    assert number
    return [revealed(number[1], found) for found in re.findall(r'(?:CMG|DPB|GC)="(.*?)"', project)]


@pytest.mark.parametrize("flavour", list(Flavour))
def test_oletools_reads_every_source(flavour: Flavour) -> None:
    """Each module is extracted as it stands in ``macros/`` or in xlwings, no line more or less."""
    project = macro_project(TITLES, flavour)
    found = modules_of("vbaProject.bin", project.binary)
    wanted = {module.name: module for module in glue_modules()}
    if flavour is Flavour.EXCEL:
        wanted |= {module.name: module for module in xlwings_modules()}
    ours = {name.partition(".")[0]: source for name, source in found.items()}
    assert {name: ours[name] for name in wanted} == {name: module.source for name, module in wanted.items()}
    assert set(ours) - set(wanted) == {*project.sheet_names.values()} | ({"xlwings"} - set(wanted))


def test_files_in_macros_are_what_is_built() -> None:
    """A line of a source file is a line of the project, read here without the code that builds it."""
    folder = Path(__file__).resolve().parents[3] / "macros"
    found = modules_of("vbaProject.bin", macro_project(TITLES).binary)
    for path in [*folder.glob("*.bas"), folder / "ThisWorkbook.cls"]:
        code = path.read_text(encoding="utf-8").partition("Option Explicit\n")[2]
        assert found[path.name].replace("\r\n", "\n").endswith("Option Explicit\n" + code)


def test_run_python_is_that_of_the_installed_xlwings() -> None:
    """RunPython and its version are those of the installed package, letter for letter."""
    spec = importlib.util.find_spec("xlwings")
    assert spec and spec.origin
    found = modules_of(Path(spec.origin).with_name("quickstart_standalone.xlsm"))
    ours = modules_of("vbaProject.bin", macro_project(TITLES).binary)
    for name in ("xlwings.bas", "Dictionary.cls"):
        assert ours[name].split("\r\n") == found[name].replace("\r\n", "\n").split("\n")


def test_dir_stream_has_the_records_of_the_specification() -> None:
    """The records come in the order that [MS-OVBA] 2.3.4.2 prescribes, with counts and offsets that are right."""
    project = macro_project(TITLES)
    found = records(decompressed(streams(project.binary)["VBA/dir"]))
    kinds = [kind for kind, _ in found]
    information = [0x01, 0x02, 0x14, 0x03, 0x04, 0x05, 0x40, 0x06, 0x3D, 0x07, 0x08, 0x09, 0x0C, 0x3C]
    reference = [0x16, 0x3E, 0x0D]
    module = [0x19, 0x47, 0x1A, 0x32, 0x1C, 0x48, 0x31, 0x1E, 0x2C]
    count = kinds.count(0x19)
    assert kinds[: len(information)] == information
    assert kinds[len(information) :][:8] == [*reference, *reference, 0x0F, 0x13]
    rest = [0x21 if kind in (0x21, 0x22) else kind for kind in kinds[len(information) + 8 :]]
    assert rest == [*[*module, 0x21, 0x2B] * count, 0x10]
    values = dict(found)
    assert int.from_bytes(values[0x0F], "little") == count == 4 + len(TITLES) + 2
    assert {value for kind, value in found if kind == 0x31} == {bytes(4)}
    assert (values[0x03], values[0x04]) == ((1252).to_bytes(2, "little"), b"VBAProject")


def test_project_stream_lists_every_module() -> None:
    """Workbook and sheets are documents, the others modules and a class; no password, and the project is visible."""
    project = streams(macro_project(TITLES).binary)["PROJECT"].decode("cp1252")
    assert re.findall(r"^(Document|Module|Class)=(\w+)", project, re.MULTILINE) == [
        ("Document", "ThisWorkbook"),
        ("Document", "Sheet1"),
        ("Document", "Sheet2"),
        ("Document", "Sheet3"),
        ("Module", "CmsButtons"),
        ("Module", "CmsKeys"),
        ("Module", "CmsPython"),
        ("Module", "xlwings"),
        ("Class", "Dictionary"),
    ]
    assert hidden_values(project) == [(2, bytes(4)), (2, b"\0"), (2, b"\xff")]


def test_disguise_is_that_of_a_project_made_by_others() -> None:
    """What reveals our values reveals those in xlwings' own workbook too."""
    spec = importlib.util.find_spec("xlwings")
    assert spec and spec.origin
    with zipfile.ZipFile(Path(spec.origin).with_name("quickstart_standalone.xlsm")) as package:
        project = streams(package.read("xl/vbaProject.bin"))["PROJECT"].decode("cp1252")
    assert hidden_values(project) == [(2, bytes(4)), (2, b"\0"), (2, b"\xff")]


def test_no_compiled_code() -> None:
    """The version says that nothing is compiled, so that Excel compiles the sources."""
    assert streams(macro_project(TITLES).binary)["VBA/_VBA_PROJECT"][:4] == b"\xcc\x61\xff\xff"


def test_same_sources_give_the_same_bytes() -> None:
    """Nothing of the moment or the machine goes in; another source gives another project id."""
    assert macro_project(TITLES) == macro_project(TITLES)
    one, other = (vba_project([Module("A", Kind.STANDARD, code)]) for code in ("x = 1", "x = 2"))
    ids = [streams(binary)["PROJECT"][:44] for binary in (one, other)]
    assert ids[0] != ids[1]


@given(lines)
def test_any_source_is_read_back(code: list[str]) -> None:
    """Lines of any length and letter come back from our reader and from oletools."""
    module = Module("Any", Kind.STANDARD, "\n".join([*code, "' end"]))
    binary = vba_project([module])
    assert project_sources(binary) == {"Any": module.source}
    assert decompressed(streams(binary)["VBA/Any"]).decode("cp1252") == module.source
    assert module.source.split("\r\n")[1:-1] == [*code, "' end"]


def test_long_module_is_read_back() -> None:
    """A module of many chunks is whole."""
    code = "\n".join(f'Debug.Print "{number * 7919}"' for number in range(4000))
    binary = vba_project([Module("Long", Kind.STANDARD, code)])
    assert modules_of("vbaProject.bin", binary)["Long.bas"].split("\r\n")[1:-1] == code.split("\n")


def test_two_modules_of_one_name_are_refused() -> None:
    """VBA does not tell capitals apart in names."""
    with pytest.raises(ValueError, match="share a name"):
        vba_project([Module("A", Kind.STANDARD), Module("a", Kind.STANDARD)])


@pytest.mark.parametrize("binary", [b"", b"nothing", bytes(4096)])
def test_what_is_no_project_is_told(binary: bytes) -> None:
    """A file that is no VBA project is an error."""
    with pytest.raises(ValueError, match=r"\w"):
        project_sources(binary)

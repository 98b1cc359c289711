"""The sources of the macros: what they may hold, and where they come from."""

from __future__ import annotations

import sys
import zipfile
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from pathlib import Path

import pytest
import xlsxwriter

from workbook_cms.errors import FileError, InputError
from workbook_cms.forms.answers import Request
from workbook_cms.forms.vba import installed_xlwings, macro_project, xlwings_inside
from workbook_cms.forms.vba.sources import glue_modules, stand_in_module

CODE = {module.name: module.code for module in glue_modules()}


@pytest.fixture
def no_xlwings(monkeypatch: pytest.MonkeyPatch) -> None:
    """xlwings is not installed."""
    monkeypatch.setitem(sys.modules, "xlwings", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


@pytest.fixture
def other_xlwings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An xlwings is installed that has nothing in it; gives its folder."""
    spec = ModuleSpec("xlwings", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    return tmp_path


def with_macros(path: Path, binary: bytes | None) -> Path:
    """A workbook at ``path`` that carries the macros."""
    workbook = xlsxwriter.Workbook(path)
    workbook.add_worksheet()
    if binary is not None:
        (path.parent / "vba.bin").write_bytes(binary)
        workbook.add_vba_project(str(path.parent / "vba.bin"))
    workbook.close()
    return path


@pytest.mark.parametrize("forbidden", ["Declare ", "ListObjects", "#If", "CreateObject", "For ", "Do "])
def test_glue_only(forbidden: str) -> None:
    """No source declares a foreign function, touches a table, loops, or has lines that LibreOffice skips."""
    assert [name for name, code in CODE.items() if forbidden in code] == []


def test_sources_are_plain() -> None:
    """Every letter is ASCII, so that no code page can spoil it."""
    assert [name for name, code in CODE.items() if not code.isascii()] == []


def test_every_request_has_its_button() -> None:
    """Each button asks for a request in the words of the request cell; Check is for the workbook, not a form."""
    asked = {line.split('"')[1] for line in CODE["CmsButtons"].splitlines() if "CmsAsk" in line}
    assert asked - {"Check"} == {str(request) for request in Request} - {Request.LOOK, Request.GREET}


def test_workbook_comes_first() -> None:
    """The workbook's module leads, each sheet has a module, and the code names say which is whose."""
    project = macro_project(["Home", "Übersicht", "cms"])
    assert project.workbook_name == "ThisWorkbook"
    assert project.sheet_names == {"Home": "Sheet1", "Übersicht": "Sheet2", "cms": "Sheet3"}


def test_stand_in_takes_the_place_of_xlwings() -> None:
    """The RunPython for LibreOffice has the name of the module it stands in for."""
    assert stand_in_module().name == "xlwings"


@pytest.mark.usefixtures("no_xlwings")
def test_missing_xlwings_is_one_line() -> None:
    """Without xlwings the reader learns what to install."""
    with pytest.raises(InputError, match=r"^Macros: need xlwings\. .*pip install 'workbook-cms\[forms\]'$"):
        macro_project(["Home"])


@pytest.mark.usefixtures("no_xlwings")
def test_stand_in_needs_no_xlwings() -> None:
    """The test flavour is built without xlwings."""
    assert macro_project(["Home"], "libreoffice-test").binary


@pytest.mark.parametrize("content", [None, b"", b"PK no zip"])
def test_incomplete_xlwings_is_one_line(other_xlwings: Path, content: bytes | None) -> None:
    """An installed xlwings without RunPython is named with its place and the mend."""
    if content is not None:
        (other_xlwings / "quickstart_standalone.xlsm").write_bytes(content)
    with pytest.raises(FileError, match=r"quickstart_standalone\.xlsm: does not hold .*force-reinstall xlwings$"):
        macro_project(["Home"])


def test_xlwings_without_the_modules_is_one_line(other_xlwings: Path) -> None:
    """A workbook of xlwings that lacks the modules is the same to its reader."""
    with_macros(other_xlwings / "quickstart_standalone.xlsm", macro_project(["A"], "libreoffice-test").binary)
    with pytest.raises(FileError, match="does not hold"):
        macro_project(["Home"])


def test_version_inside_a_workbook(tmp_path: Path) -> None:
    """A workbook tells which xlwings its RunPython is from, or that it has none."""
    ours = with_macros(tmp_path / "ours.xlsm", macro_project(["Sheet1"]).binary)
    assert xlwings_inside(ours) == installed_xlwings() != ""
    assert xlwings_inside(with_macros(tmp_path / "none.xlsx", None)) == ""
    test = with_macros(tmp_path / "test.xlsm", macro_project(["Sheet1"], "libreoffice-test").binary)
    assert xlwings_inside(test) == ""


def test_damaged_macros_are_one_line(tmp_path: Path) -> None:
    """A workbook whose macros are damaged is named."""
    path = tmp_path / "entry.xlsm"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/vbaProject.bin", b"nothing of the kind")
    with pytest.raises(FileError, match=r"^entry\.xlsm: its macros cannot be read\. Make the workbook again\.$"):
        xlwings_inside(path)


def test_installed_version_is_that_of_the_package() -> None:
    """RunPython is of the same version as the package it was taken from."""
    assert installed_xlwings() == version("xlwings")

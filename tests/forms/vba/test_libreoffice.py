"""The macros run for real in LibreOffice: the same sources, with a RunPython that it can run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.support.macro_office import MacroOffice, macro_office, until
from tests.support.soundness import assert_sound
from workbook_cms.forms.vba.project import Kind, Module, vba_project
from workbook_cms.forms.vba.sources import glue_modules, stand_in_module

CALL = "import workbook_cms.forms.macro; workbook_cms.forms.macro."
BUTTONS = {"Submit": "CmsSubmit", "Sign off": "CmsSignOff", "Check": "CmsCheck"}
#: Writes what was called, and what the test put beside it, into the workbook: runtime errors of macros are swallowed.
WRITE = """
from workbook_cms.forms.engines import uno_bridge
context = uno_bridge.connect(pipe)
document = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).CurrentComponent
sheet = document.Sheets.getByName("cms")
sheet.getCellRangeByName("B1").String = call
"""
STOP = WRITE + 'sheet.getCellRangeByName("A1").Formula = "=TRUE()" if "before_save" in call else "=FALSE()"\n'
#: As Excel has it from 2016 on; LibreOffice has no such property of its own.
AUTOSAVE = "\nPublic Property Get AutoSaveOn() As Boolean\n    AutoSaveOn = {}\nEnd Property\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MacroOffice]:
    """A LibreOffice that runs macros."""
    with macro_office(tmp_path_factory.mktemp("office")) as running:
        yield running


def workbook(path: Path, *, checked: bool = True, autosave: str = "", modules: Sequence[Module] = ()) -> Path:
    """A small workbook with buttons and the macros; ``checked`` gives it the cell that has it checked on save."""
    book, *others = glue_modules()
    book = replace(book, code=book.code + (AUTOSAVE.format(autosave) if autosave else ""))
    sheets = [Module("Sheet1", Kind.SHEET), Module("Sheet2", Kind.SHEET)]
    binary = path.with_suffix(".bin")
    binary.write_bytes(vba_project([book, *sheets, *others, stand_in_module(), *modules]))
    with xlsxwriter.Workbook(path) as made:
        made.add_vba_project(str(binary))
        made.set_vba_name(book.name)
        form, backstage = made.add_worksheet("Form"), made.add_worksheet("cms")
        form.set_vba_name("Sheet1")
        backstage.set_vba_name("Sheet2")
        for row, (caption, macro) in enumerate(BUTTONS.items()):
            form.insert_button(3 * row, 1, {"macro": macro, "caption": caption, "width": 100, "height": 30})
        if checked:
            made.define_name("cms_cancel", "=cms!$A$1")
    return path


def sentinel(document: Any) -> str:
    """What Python wrote into the workbook last."""
    return str(document.Sheets.getByName("cms").getCellRangeByName("B1").String)


@pytest.mark.parametrize("caption", BUTTONS)
def test_button_reaches_python(office: MacroOffice, tmp_path: Path, caption: str) -> None:
    """A press of a button runs Python with the button's request, and Python writes into the open workbook."""
    office.python(WRITE)
    path = workbook(tmp_path / "entry.xlsm")
    assert_sound(path)
    with office.opened(path) as document:
        office.press(document, "Form", caption)
        until(lambda: sentinel(document) == f"{CALL}run('{caption}')", f"the call of {caption}")
        assert office.trouble() == ""


def test_opening_reaches_python(office: MacroOffice, tmp_path: Path) -> None:
    """Opening the workbook runs Python once."""
    office.python(WRITE)
    with office.opened(workbook(tmp_path / "entry.xlsm")) as document:
        assert (office.calls(), sentinel(document)) == ([f"{CALL}opened()"], f"{CALL}opened()")


def test_save_is_called_off(office: MacroOffice, tmp_path: Path) -> None:
    """Where Python writes TRUE into the cell, the file on disk stays as it was."""
    office.python(STOP)
    path = workbook(tmp_path / "customers.xlsm")
    before = path.read_bytes()
    with office.opened(path) as document:
        office.save(document)
        assert office.calls() == [f"{CALL}opened()", f"{CALL}before_save()"]
        assert (path.read_bytes() == before, document.isModified()) == (True, True)


@pytest.mark.parametrize("code", [WRITE, "raise SystemExit(3)"], ids=["nothing wrong", "python fails"])
def test_save_goes_on(office: MacroOffice, tmp_path: Path, code: str) -> None:
    """Where Python has no objection, or cannot be asked, the workbook is saved."""
    office.python(code)
    path = workbook(tmp_path / "customers.xlsm")
    before = path.read_bytes()
    with office.opened(path) as document:
        office.save(document)
        assert office.calls()[-1] == f"{CALL}before_save()"
        assert (path.read_bytes() == before, document.isModified()) == (False, False)


def test_an_old_answer_does_not_count(office: MacroOffice, tmp_path: Path) -> None:
    """TRUE left from the save before stops no save when Python cannot be asked now."""
    office.python("raise SystemExit(3)")
    path = workbook(tmp_path / "customers.xlsm")
    before = path.read_bytes()
    with office.opened(path) as document:
        document.Sheets.getByName("cms").getCellRangeByName("A1").Formula = "=TRUE()"
        office.save(document)
        assert path.read_bytes() != before


@pytest.mark.parametrize(("autosave", "asked"), [("True", False), ("False", True)])
def test_autosave_is_left_alone(office: MacroOffice, tmp_path: Path, autosave: str, asked: bool) -> None:
    """While AutoSave is on, saving asks nobody and is not called off; with AutoSave off it is."""
    office.python(STOP)
    path = workbook(tmp_path / "customers.xlsm", autosave=autosave)
    before = path.read_bytes()
    with office.opened(path) as document:
        office.save(document)
        assert (f"{CALL}before_save()" in office.calls()) is asked
        assert (path.read_bytes() == before) is asked


def test_front_end_is_not_checked(office: MacroOffice, tmp_path: Path) -> None:
    """A workbook without the cell is saved without asking Python, which would take its time."""
    office.python(STOP)
    path = workbook(tmp_path / "entry.xlsm", checked=False)
    before = path.read_bytes()
    with office.opened(path) as document:
        office.save(document)
        assert office.calls() == [f"{CALL}opened()"]
        assert path.read_bytes() != before

"""The whole way for real: a button of a front-end in LibreOffice, VBA, Python, the record workbook on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.books import members
from tests.support.front_end import OpenFrontEnd
from tests.support.macro_office import MacroOffice, macro_office, until
from tests.support.soundness import assert_sound
from validation.policy import Policy, SavePolicy
from workbook_cms import Workbook
from workbook_cms.file.builder import build, sheet_titles
from workbook_cms.file.layout import HomeSpec, WorkbookSpec
from workbook_cms.forms.design import form_designs
from workbook_cms.forms.engines import libreoffice
from workbook_cms.forms.frontend import settings_for, with_forms
from workbook_cms.forms.settings import Kind
from workbook_cms.forms.vba import Flavour, macro_project
from workbook_cms.seeding import template_policy

#: What xlwings' RunPython does before a call, done for LibreOffice.
CALLER = """
import xlwings
from pathlib import Path
from workbook_cms.forms.engines import libreoffice
xlwings.Book.set_mock_caller(libreoffice.attach(pipe, Path({profile!r})).books.active)
exec(call)
"""
ADDED = {
    "type": "Customer",
    "given_name": "Mia",
    "family_name": "Tran",
    "email": "mia.tran@example.com",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MacroOffice]:
    """A LibreOffice that runs macros, whose calls reach our macro module."""
    with macro_office(tmp_path_factory.mktemp("office")) as running:
        running.python(CALLER.format(profile=str(running.profile)))
        yield running


def for_tests(spec: WorkbookSpec) -> WorkbookSpec:
    """The workbook with macros that LibreOffice can run."""
    return replace(spec, macros=macro_project(sheet_titles(spec), Flavour.TEST))


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A team's record workbook with one stakeholder."""
    book = Workbook.create(tmp_path / "customers.xlsx", today=TODAY)
    book.add("Stakeholders", QUENBY)
    return book.path


@pytest.fixture
def front_end(record: Path) -> Path:
    """Its front-end with macros."""
    out = record.with_name("entry.xlsm")
    policy = Workbook.open(record).policy
    settings = settings_for(policy, Kind.FRONT_END, record, out)
    build(out, for_tests(with_forms(WorkbookSpec(HomeSpec("Team"), ()), policy, settings, macros=True)))
    return out


@pytest.fixture
def one_workbook(tmp_path: Path) -> Path:
    """Forms and records in one workbook with macros; its policy stops a save that would keep wrong data."""
    path = tmp_path / "customers.xlsm"
    data = template_policy("small-business").model_dump()
    data["settings"]["save_policy"] = SavePolicy.BLOCK

    def dress(policy: Policy, spec: WorkbookSpec) -> WorkbookSpec:
        settings = settings_for(policy, Kind.ONE_WORKBOOK, path, path)
        return for_tests(with_forms(spec, policy, settings, macros=True))

    book = Workbook.create(path, Policy.model_validate(data), dress=dress, today=TODAY)
    book.add("Customers", {"Name": "Mia Tran", "Email": "mia.tran@example.com"})
    return path


def opened_front_end(office: MacroOffice, record: Path, form: str) -> OpenFrontEnd:
    """The open front-end as xlwings has it, the form of a table in front."""
    app: Any = libreoffice.attach(office.pipe, office.profile)
    designs = form_designs(Workbook.open(record).policy)
    return OpenFrontEnd(app.books.active, record, [design.table.name for design in designs].index(form))


def test_button_adds_a_record(office: MacroOffice, record: Path, front_end: Path) -> None:
    """Submit by its button: one record more with its history, told with its key; the rest of the file is as it was."""
    assert_sound(front_end)
    before = members(record)
    with office.opened(front_end) as document:
        form = opened_front_end(office, record, "Stakeholders")
        form.say_who("Amelia Tran")
        form.fill(**ADDED)
        office.press(document, form.design.sheet, "Submit")
        until(lambda: "STK-00002" in form.status, "the key in the status line")
        assert (office.trouble(), form.mark) == ("", "good")
    book = Workbook.open(record)
    assert [hit.key for hit in book.find("Stakeholders", "mia tran")] == ["STK-00002"]
    assert list(book.history("STK-00002")["Source"]) == ["form"]
    after = members(record)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert all(name.startswith(("xl/worksheets/", "xl/tables/", "xl/workbook", "docProps/")) for name in changed)


def test_button_says_what_is_wrong(office: MacroOffice, record: Path, front_end: Path) -> None:
    """A wrong entry is told beside the field, nothing is written and nothing that was typed is lost."""
    before = record.read_bytes()
    with office.opened(front_end) as document:
        form = opened_front_end(office, record, "Stakeholders")
        form.say_who("Amelia Tran")
        form.fill(**{**ADDED, "email": "mia at example"})
        office.press(document, form.design.sheet, "Submit")
        until(lambda: form.mark == "wrong", "the refusal")
        assert form.message("email")[1] == "wrong"
        assert (form.text("family_name"), form.text("email")) == ("Tran", "mia at example")
    assert record.read_bytes() == before


def test_save_of_wrong_data_is_called_off(office: MacroOffice, one_workbook: Path) -> None:
    """With the save policy ``block``, a wrong value typed past the forms stops the save; mended, it goes on."""
    before = one_workbook.read_bytes()
    with office.opened(one_workbook) as document:
        app: Any = libreoffice.attach(office.pipe, office.profile)
        sheet = app.books.active.sheets["Customers"]
        column = sheet.range("A1:Z1").value.index("Email") + 1
        for email, same in (("mia at example", True), ("mia.tran@example.com", False)):
            document.Sheets.getByName("Customers").unprotect("")
            sheet.range((2, column)).value = email
            office.save(document)
            assert (office.trouble(), office.calls()[-1].endswith("before_save()")) == ("", True)
            assert (one_workbook.read_bytes() == before) is same

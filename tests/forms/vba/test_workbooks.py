"""Workbooks with macros as they are made for people: sound, and their macros untouched by entries."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from tests.support.books import members
from tests.support.soundness import assert_sound, faults
from tests.support.vba import modules_of
from validation.policy import Policy
from workbook_cms import Workbook
from workbook_cms.file.layout import WorkbookSpec
from workbook_cms.forms.frontend import make_frontend, settings_for, with_forms
from workbook_cms.forms.settings import Kind
from workbook_cms.forms.vba import installed_xlwings, xlwings_inside
from workbook_cms.forms.vba.sources import glue_modules

MIA = {"Name": "Mia Tran", "Email": "mia.tran@example.com"}


def dressed(path: Path) -> Path:
    """A workbook that is forms and records in one, with macros."""

    def dress(policy: Policy, spec: WorkbookSpec) -> WorkbookSpec:
        return with_forms(spec, policy, settings_for(policy, Kind.ONE_WORKBOOK, path, path), macros=True)

    return Workbook.create(path, "small-business", dress=dress).path


@pytest.fixture
def one_workbook(tmp_path: Path) -> Path:
    """A workbook that is forms and records in one, with macros."""
    return dressed(tmp_path / "customers.xlsm")


@pytest.fixture(scope="module")
def front_end(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front-end with macros; it is not changed."""
    folder = tmp_path_factory.mktemp("front_end")
    record = Workbook.create(folder / "customers.xlsx", "blank").path
    return make_frontend(record, folder / "entry.xlsm")


def carried(path: Path) -> dict[str, bytes]:
    """The parts of a package that belong to macros and buttons."""
    wanted = ("vbaProject", ".vml", "ctrlProps")
    return {name: data for name, data in members(path).items() if any(part in name for part in wanted)}


def replaced(path: Path, target: Path, part: str, old: str, new: str | None) -> Path:
    """A copy of the workbook with a piece of a part replaced, or the part left out where ``new`` is None."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == part and new is None:
                continue
            if name == part and new is not None:
                assert re.search(old.encode(), data, re.DOTALL)
                data = re.sub(old.encode(), new.encode(), data, count=1, flags=re.DOTALL)
            copy.writestr(name, data)
    return target


def test_one_workbook_is_sound(one_workbook: Path) -> None:
    """Each sheet has its module, each button its macro, and the package says what it carries."""
    assert_sound(one_workbook)


def test_front_end_is_sound(front_end: Path) -> None:
    """A front-end is as sound, and carries RunPython of the installed xlwings."""
    assert_sound(front_end)
    assert xlwings_inside(front_end) == installed_xlwings()


def test_workbook_carries_our_sources(front_end: Path) -> None:
    """What oletools finds in the finished workbook is what stands in ``macros/``."""
    found = {name.partition(".")[0]: source for name, source in modules_of(front_end).items()}
    assert {m.name: found[m.name] for m in glue_modules()} == {m.name: m.source for m in glue_modules()}


def test_entries_leave_macros_alone(one_workbook: Path) -> None:
    """Adding and changing records keeps macros and buttons byte for byte, and the workbook sound."""
    before = carried(one_workbook)
    assert "xl/vbaProject.bin" in before and any(name.endswith(".vml") for name in before)
    book = Workbook.open(one_workbook)
    key = book.add("Customers", MIA).key
    book.update("Customers", key, {"Email": "mia@example.com"}, why="she wrote")
    assert carried(one_workbook) == before
    assert_sound(one_workbook)
    assert [hit.key for hit in Workbook.open(one_workbook).find("Customers", "mia tran")] == [key]


def test_policy_change_leaves_macros_alone(one_workbook: Path) -> None:
    """A list value that the steward adds keeps macros and buttons too."""
    before = carried(one_workbook)
    book = Workbook.open(one_workbook)
    data = book.policy.model_dump()
    data["lists"][0]["items"] = [*data["lists"][0]["items"], {"value": "Something new"}]
    assert book.apply_policy(Policy.model_validate(data))
    assert carried(one_workbook) == before
    assert_sound(one_workbook)


PROJECT, BOOK, TYPES = "xl/vbaProject.bin", "xl/workbook.xml", "[Content_Types].xml"


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        (PROJECT, "", None, "xl/vbaProject.bin: missing"),
        (PROJECT, r"\A.{300}", "x" * 300, "xl/vbaProject.bin: damaged"),
        (PROJECT, r"Document=Sheet2/", "Document=SheetX/", "modules and code names differ (Sheet2, SheetX)"),
        (BOOK, 'codeName="ThisWorkbook"', 'codeName="Sheet1"', "a code name is given twice"),
        ("xl/worksheets/sheet2.xml", 'codeName="Sheet2"', "", "sheet2.xml: has no code name"),
        ("xl/drawings/vmlDrawing1.vml", "CmsSubmit", "CmsSubmitt", "a button calls CmsSubmitt, which is no macro"),
        (TYPES, "sheet.macroEnabled.main", "template.macroEnabledTemplate.main", "content type does not go with"),
        (TYPES, "vnd.ms-office.vbaProject", "vnd.ms-office.other", "xl/vbaProject.bin: has another content type"),
        ("xl/_rels/workbook.xml.rels", "relationships/vbaProject", "relationships/x", "does not name the macros"),
    ],
)
def test_checker_finds_what_is_planted(
    front_end: Path, tmp_path: Path, part: str, old: str, new: str | None, said: str
) -> None:
    """The soundness checks find each way in which macros and workbook come apart."""
    assert said in "\n".join(faults(replaced(front_end, tmp_path / "planted.xlsm", part, old, new)))

"""The builder: what it writes opens whole elsewhere, and no half file is left behind."""

import datetime as dt
import errno
import os
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.builder import build, sheet_titles, validations_xml
from workbook_cms.file.layout import (
    CellStyle,
    ColumnSpec,
    HomeChoice,
    HomeLink,
    HomeSpec,
    MacroProject,
    PageSpec,
    SheetSpec,
    TableSpec,
    WorkbookSpec,
)
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_tables

COLUMNS = (
    ColumnSpec("Id", help="Given out when the record is added.", width=12),
    ColumnSpec("Kind", choices="list_kinds", help="x" * 400),
    ColumnSpec("Born", CellStyle.DATE),
    ColumnSpec("Visits", CellStyle.INTEGER),
    ColumnSpec("Value", CellStyle.NUMBER),
    ColumnSpec("Member", CellStyle.BOOLEAN),
    ColumnSpec("Notes", CellStyle.WRAPPED, 40),
)
RECORDS = [
    {"Id": "P-1", "Kind": "NA", "Born": dt.date(1986, 3, 14), "Visits": 3, "Value": 10.5, "Member": True},
    {"Id": "0412345678", "Kind": "None", "Notes": "=HYPERLINK(1)"},
    {"Id": "1234567890123456789", "Visits": 12345678901234567, "Notes": "+61 -1 @x"},
    {"Id": "  spaced  ", "Notes": "two\nlines _x000D_ & <tag> é漢😀"},
    {"Id": "https://example.com/", "Born": dt.date(1899, 12, 31), "Notes": "1-2"},
    {"Id": "P-6", "Born": dt.datetime(2026, 11, 5, 14, 30), "Member": False, "Value": -0.25},
]
#: What stands in the cells, where it is not what was given.
AS_TEXT = {(2, "Visits"): "12345678901234567", (4, "Born"): "1899-12-31"}


def a_spec(rows=(), **changes):
    people = TableSpec("People", COLUMNS, rows)
    kinds = TableSpec("Kinds", (ColumnSpec("kinds"),), [{"kinds": "Customer"}, {"kinds": "Prospect"}])
    home = HomeSpec(
        "Team's own", "All of it", (HomeLink("People", "People's list", "All."),), (("Look", "Filter."),)
    )
    return WorkbookSpec(
        home,
        (SheetSpec("People's list", people, **changes), SheetSpec("Lists", kinds, hidden=True)),
        {"list_kinds": "Lists!$A$2:$A$3"},
        title="People",
        company="World Traveller",
        read_only_recommended=True,
    )


@pytest.fixture
def built(tmp_path):
    """A workbook with six records that spreadsheets like to damage."""
    path = tmp_path / "people.xlsx"
    build(path, a_spec(RECORDS))
    return path


def people(path):
    table = read_tables(Package.open(path), ["People"])["People"]
    return [dict(zip(table.columns, record, strict=True)) for record in table.cells]


def expected():
    return [
        {c.label: AS_TEXT.get((i, c.label), record.get(c.label)) for c in COLUMNS}
        for i, record in enumerate(RECORDS)
    ]


def test_built_workbook_is_sound(built):
    """Every invariant that Excel would repair holds."""
    assert_sound(built)


def test_our_reader_gets_back_what_was_given(built):
    """Text that looks like a formula, a number, a date, a link or nothing stays the text it was."""
    assert people(built) == expected()


def test_openpyxl_gets_back_what_was_given(built):
    """An independent reader sees the same values, and no formula or link among them."""
    sheet = openpyxl.load_workbook(built)["People's list"]
    seen = [
        dict(zip([c.value for c in sheet[1]], row, strict=True)) for row in sheet.iter_rows(2, values_only=True)
    ]
    for record in seen:
        if isinstance(record["Born"], dt.datetime) and record["Born"].time() == dt.time():
            record["Born"] = record["Born"].date()
    assert seen == expected()
    assert {cell.data_type for row in sheet.iter_rows(2) for cell in row} <= {"s", "n", "b", "d"}
    assert sheet.tables["People"].ref == "A1:G7"


def test_values_survive_libreoffice(built, tmp_path):
    """LibreOffice opens it and saves the same values, table and validations included."""
    again = resave(built, tmp_path / "again")
    assert people(again) == expected()
    sheet = openpyxl.load_workbook(again)["People's list"]
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"}
    assert list(lists.values()) == ["list_kinds"]
    assert min(lists).startswith("B2:B")  # LibreOffice ends it a thousand rows below the table


def test_empty_table_has_one_blank_styled_row(tmp_path):
    """The writer copies the styles of the row above, so the blank row carries them."""
    path = tmp_path / "empty.xlsx"
    build(path, a_spec())
    assert people(path) == []
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["People's list"]
    assert sheet.tables["People"].ref == "A1:G2"
    assert [cell.number_format for cell in sheet[2]] == ["@", "@", "d mmm yyyy", "0", "#,##0.00", "General", "@"]
    assert sheet.column_dimensions["A"].width == pytest.approx(12, abs=1)


def test_sheet_helps_and_guards(built):
    """Header help within Excel's limits, dropdown to the last row, protection that lets people filter but not sort."""
    book = openpyxl.load_workbook(built)
    sheet = book["People's list"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["A1"].prompt == "Given out when the record is added."
    assert len(rules["B1"].prompt) == 255
    assert rules["B1"].prompt.endswith("…")
    assert rules["B2:B1048576"].formula1 == "list_kinds"
    protection = sheet.protection
    assert (protection.sheet, protection.autoFilter, protection.selectLockedCells, protection.sort) == (
        True,
        False,  # false is "not forbidden"
        False,
        True,
    )
    assert sheet.freeze_panes == "B2"
    assert book["Lists"].sheet_state == "hidden"
    assert book["Home"]["B6"].hyperlink.location == "'People''s list'!A1"
    with zipfile.ZipFile(built) as package:
        assert b'readOnlyRecommended="1"' in package.read("xl/workbook.xml")
        assert re.search(
            rb'<ignoredError sqref="A2:A1048576 [^"]+" numberStoredAsText="1"',
            package.read("xl/worksheets/sheet2.xml"),
        )


def test_intro_stands_above_the_header(tmp_path):
    """With a line of explanation the header is in row 3."""
    path = tmp_path / "intro.xlsx"
    build(path, a_spec(RECORDS[:1], intro="Who we know."))
    assert Package.open(path).tables["People"].first_row == 3
    assert_sound(path)
    assert people(path) == expected()[:1]


def test_same_spec_gives_the_same_bytes(tmp_path):
    """Nothing in the file depends on the moment or the machine."""
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    build(one, a_spec(RECORDS))
    build(two, a_spec(RECORDS))
    assert one.read_bytes() == two.read_bytes()


def test_validations_are_those_of_the_built_sheet(built):
    """A policy that changes dropdowns puts in what the builder would have written."""
    with zipfile.ZipFile(built) as package:
        assert validations_xml(TableSpec("People", COLUMNS)) in package.read("xl/worksheets/sheet2.xml")
    assert b'sqref="B4:B1048576"' in validations_xml(TableSpec("People", COLUMNS), header_row=3)
    assert validations_xml(TableSpec("People", (ColumnSpec("Id"),))) == b""


def test_existing_file_is_kept(built):
    """A file that is there is not written over unless that is asked for."""
    before = built.read_bytes()
    with pytest.raises(FileError, match="already there"):
        build(built, a_spec())
    assert built.read_bytes() == before
    build(built, a_spec(), overwrite=True)
    assert people(built) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sheets": (SheetSpec("History", TableSpec("T", COLUMNS[:1])),)}, "sheet name is taken"),
        ({"sheets": (SheetSpec("a/b", TableSpec("T", COLUMNS[:1])),)}, "no sheet can have this name"),
        ({"sheets": (SheetSpec("S", TableSpec("AB12", COLUMNS[:1])),)}, "no table can be called AB12"),
        ({"sheets": (SheetSpec("S", TableSpec("list_kinds", COLUMNS[:1])),)}, "used twice"),
        ({"sheets": (SheetSpec("S", TableSpec("T", (COLUMNS[0], ColumnSpec("ID")))),)}, "the same header"),
        ({"names": {}}, "list_kinds is missing"),
        (
            {"sheets": (SheetSpec("S", TableSpec("T", COLUMNS[:1], [{"Id": "x" * 32768}])),)},
            "does not fit in a cell",
        ),
        ({"sheets": (SheetSpec("S", TableSpec("T", COLUMNS[:1], [{}] * 1048576)),)}, "do not fit on a worksheet"),
    ],
)
def test_what_excel_would_repair_is_refused(tmp_path, change, said):
    """What XlsxWriter drops with a warning, or Excel repairs, is one line before anything is written."""
    with pytest.raises(FileError, match=said):
        build(tmp_path / "x.xlsx", replace(a_spec(), **change))
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_one_line(tmp_path):
    """The folder is named, and nothing is made."""
    with pytest.raises(FileError, match=r"the folder .*nowhere does not exist"):
        build(tmp_path / "nowhere" / "x.xlsx", a_spec())


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody may write to")
def test_folder_that_cannot_be_written_is_one_line():
    """Even the administrator cannot write into /sys."""
    with pytest.raises(FileError, match="nothing can be written in the folder"):
        build(Path("/sys/x.xlsx"), a_spec())


@pytest.mark.skipif(sys.platform != "linux", reason="needs a disk that is always full")
def test_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    """No half file stays when the disk is full."""

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="disk is full"):
        build(tmp_path / "x.xlsx", a_spec())
    assert list(tmp_path.iterdir()) == []


def test_pages_stand_between_home_and_the_tables(tmp_path):
    """A page is drawn by its maker, may be hidden, and cannot have the title of another sheet."""
    path = tmp_path / "pages.xlsx"
    pages = (
        PageSpec("Form", lambda _, sheet: sheet.write_string(0, 0, "drawn"), colour="#1B7A43"),
        PageSpec("cms", lambda workbook, _: workbook.define_name("cms_here", "=cms!$A$1"), hidden=True),
    )
    build(path, replace(a_spec(), pages=pages))
    assert_sound(path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Home", "Form", "cms", "People's list", "Lists"]
    assert (book["Form"]["A1"].value, book["cms"].sheet_state) == ("drawn", "hidden")
    assert book.defined_names["cms_here"].attr_text == "cms!$A$1"
    with pytest.raises(FileError, match="sheet name is taken"):
        build(tmp_path / "twice.xlsx", replace(a_spec(), pages=(PageSpec("lists", pages[0].draw),)))


def test_macros_lie_in_the_workbook_with_a_code_name_a_sheet(tmp_path):
    """The project is stored as it is; workbook and sheets have the names of their modules."""
    path = tmp_path / "macros.xlsm"
    spec = a_spec()
    names = {title: f"Sheet{number}" for number, title in enumerate(sheet_titles(spec), 1)}
    build(path, replace(spec, macros=MacroProject(b"a project", "ThisWorkbook", names)))
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/vbaProject.bin") == b"a project"
        assert b'codeName="ThisWorkbook"' in package.read("xl/workbook.xml")
        assert b'codeName="Sheet2"' in package.read("xl/worksheets/sheet2.xml")
        assert b"macroEnabled" in package.read("[Content_Types].xml")


def test_home_offers_actions_and_a_choice(tmp_path):
    """Large links come first; the cell to fill has a name, is unlocked, and takes other text than its list."""
    path = tmp_path / "home.xlsx"
    home = HomeSpec(
        "Team",
        links=(HomeLink("People", "People's list", "All.", "Records"),),
        actions=(HomeLink("Look", "People's list", "Now."),),
        choice=HomeChoice("Your name", "who", "list_kinds", "only here."),
    )
    build(path, replace(a_spec(), home=home))
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["Home"]
    links = [cell.value for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["Look", "People"]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.formula1, rule.showErrorMessage) == ("list_kinds", False)
    assert not sheet[str(rule.sqref)].protection.locked

"""The front-end as a file: sound, named, locked but for its inputs, with the dropdowns and the look it should have."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.support.odd_policy import LONG_ID, odd_policy
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError, InputError
from workbook_cms.forms.design import DO, FormDesign, RowKind, form_designs
from workbook_cms.forms.frontend import make_frontend
from workbook_cms.forms.pages import page_designs
from workbook_cms.forms.settings import FrontEndSettings, Kind
from workbook_cms.forms.vba import xlwings_inside
from workbook_cms.resources import template_names
from workbook_cms.workbook import Workbook

TEMPLATES = [*template_names(), "odd"]


def policy_of(name):
    """A template by name, or the odd policy."""
    return odd_policy() if name == "odd" else name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Gives (front-end as openpyxl sees it, its path, policy) of a template; each made once."""
    known = {}

    def make(name):
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            record = Workbook.create(folder / "customers.xlsx", policy_of(name))
            path = make_frontend(record.path, folder / "entry.xlsx")
            known[name] = (openpyxl.load_workbook(path), path, record.policy)
        return known[name]

    return make


def place(book, name):
    """(sheet, range) that a defined name of the whole workbook refers to."""
    ((sheet, cells),) = book.defined_names[name].destinations
    return book[sheet], cells.replace("$", "")


def inputs(book, design: FormDesign):
    """The input cell of each row id, as openpyxl sees it."""
    cells = {}
    for row_id in design.by_id:
        sheet, address = place(book, design.input_name(row_id))
        cells[row_id] = sheet[address]
    return cells


@pytest.mark.parametrize("name", TEMPLATES)
def test_front_ends_are_sound(made, name):
    """Nothing in it would make Excel repair it, whatever the policy."""
    assert_sound(made(name)[1])


@pytest.mark.parametrize("name", TEMPLATES)
def test_names_lead_to_the_right_cells(made, name):
    """Each input's name is the cell beside its label and its id; the parts stand where the contract says."""
    book, _, policy = made(name)
    for design in form_designs(policy):
        sheet, body = place(book, design.name("body"))
        assert re.fullmatch(r"A3:F\d+", body)
        ids = [row[0].value for row in sheet[body] if row[0].value]
        assert ids == list(design.by_id)
        for row_id, cell in inputs(book, design).items():
            assert (cell.column_letter, cell.parent.title) == ("D", sheet.title)
            assert sheet.cell(cell.row, 1).value == row_id
            assert sheet.cell(cell.row, 2).value == design.by_id[row_id].label
        assert place(book, design.name("status"))[1] == "B2:F2"
        first, last = re.fullmatch(r"H(\d+):I(\d+)", place(book, design.name("panel"))[1]).groups()
        assert int(last) - int(first) >= 25
    for page in page_designs(policy):
        for part in ("status", "do", page.block, *([page.key] if page.ask else [])):
            assert place(book, page.name(part))[0].title
    assert place(book, "cms_person")[0].title == "Home"


@pytest.mark.parametrize("name", TEMPLATES)
def test_only_inputs_can_be_typed_into(made, name):
    """On a form sheet exactly the inputs are unlocked, and nothing else can be selected, so that Tab walks them."""
    book, _, policy = made(name)
    for design in form_designs(policy):
        sheet = place(book, design.name("body"))[0]
        merged = {
            cell: str(box.start_cell.coordinate)
            for box in sheet.merged_cells
            for row in box.cells
            for cell in [row]
        }
        unlocked = {
            merged.get((cell.row, cell.column), cell.coordinate)
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked
        }
        free = {
            cell.coordinate for row_id, cell in inputs(book, design).items() if not design.by_id[row_id].locked
        }
        assert unlocked == free
        protection = sheet.protection
        assert (
            protection.sheet,
            protection.password,
            protection.selectLockedCells,
            protection.selectUnlockedCells,
        ) == (
            True,
            None,
            True,  # true is "forbidden"
            False,
        )
        assert all(cell.number_format == "@" for cell in inputs(book, design).values())


@pytest.mark.parametrize("name", TEMPLATES)
def test_dropdowns_offer_and_take_other_text(made, name):
    """A field of a list has its dropdown; a beginning of a value can be typed, since nothing is refused by the cell."""
    book, path, policy = made(name)
    for design in form_designs(policy):
        sheet = place(book, design.name("body"))[0]
        rules = {str(r.sqref).split(":")[0]: r for r in sheet.data_validations.dataValidation}
        for row_id, cell in inputs(book, design).items():
            row, rule = design.by_id[row_id], rules.get(cell.coordinate)
            if row.locked:
                assert rule is None
            elif row.field is not None and row.field.enum:
                assert (rule.type, rule.formula1, rule.showDropDown) == ("list", f"list_{row.field.enum}", False)
            elif row_id == DO:
                assert rule.formula1.strip('"').split(",") == [str(request) for request in design.requests]
            if rule is not None:
                assert not rule.showErrorMessage
                assert len(rule.prompt or "") <= 255
                assert len(rule.promptTitle or "") <= 32
                assert rule.type != "list" or len(rule.formula1) <= 257
    with zipfile.ZipFile(path) as package:
        assert b'numberStoredAsText="1"' in package.read("xl/worksheets/sheet2.xml")


def test_lists_end_with_their_last_value_and_may_grow(made):
    """The name of a list reaches to its last value inside a block with room for more; retired values are not offered."""
    book, _, policy = made("world-traveller")
    text = book.defined_names["list_channels"].attr_text
    whole = re.fullmatch(r"cms!(\$[A-Z]+\$2):INDEX\(cms!\1:(\$[A-Z]+\$\d+),MAX\(1,COUNTA\(cms!\1:\2\)\)\)", text)
    cells = [row[0].value for row in book["cms"][f"{whole[1]}:{whole[2]}".replace("$", "")]]
    assert [value for value in cells if value] == list(policy.list_by_id["channels"].active)
    assert len(cells) > 2 * len(policy.list_by_id["channels"].items)
    sheet, guide = place(book, "guide_purposes")
    rows = [[cell.value for cell in row] for row in sheet[guide]]
    assert ["Booking", "Names as in the passport. Read the booking number back."] in rows


def test_a_form_looks_like_a_form(made):
    """No grid, no headings, title and status stay, colours come from the codes, rows keep their automatic height."""
    book, path, _ = made("world-traveller")
    sheet = book["Record an interaction"]
    view = sheet.sheet_view
    assert (view.showGridLines, view.showRowColHeaders, sheet.freeze_panes) == (False, False, "A3")
    assert [letter for letter in "AFIJ" if not sheet.column_dimensions[letter].hidden] == []
    rules = {str(r.sqref): [x.formula[0] for x in r.rules] for r in sheet.conditional_formatting}
    wrong = [where for where, formulas in rules.items() for formula in formulas if '="wrong"' in formula]
    assert len(wrong) >= 4  # inputs, messages, status, and long inputs each on their own
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_area
    with zipfile.ZipFile(path) as package:
        xml = package.read("xl/worksheets/sheet2.xml").decode()
    assert re.search(r'<sheetFormatPr defaultRowHeight="16.5"/>', xml)
    fixed = {int(n) for n in re.findall(r'<row r="(\d+)"[^>]*customHeight="1"', xml)}
    sections = {r for r in range(4, 60) if not sheet.cell(r, 1).value and sheet.cell(r, 2).value}
    assert fixed == {1, 2} | sections


def test_it_fits_a_small_window(made):
    """Visible columns take 1166 pixels of Excel at most: what LibreOffice, whose columns are wider, shows of 1366."""
    book, _, policy = made("world-traveller")
    titles = [place(book, d.name("body"))[0].title for d in form_designs(policy)]
    titles += [place(book, p.name("do"))[0].title for p in page_designs(policy)]
    for title in ["Home", *titles]:
        columns = [c for c in book[title].column_dimensions.values() if not c.hidden]
        pixels = sum((c.max - c.min + 1) * round(c.width * 7) for c in columns if c.max < 1000)
        assert 900 < pixels <= 1166, title


@pytest.mark.parametrize("name", TEMPLATES)
def test_home_leads_to_every_form_and_page(made, name):
    """From the policy, not from a template's names; links lead to sheets that are there."""
    book, _, policy = made(name)
    links = {c.value: c.hyperlink.location for row in book["Home"].iter_rows() for c in row if c.hyperlink}
    assert set(links) >= {d.title for d in form_designs(policy)} | {p.title for p in page_designs(policy)}
    for target in links.values():
        assert target.rpartition("!")[0].strip("'").replace("''", "'") in book.sheetnames


def test_home_of_the_sample_offers_what_the_day_needs(made):
    """World Traveller: the four ways of the day, in the order of use, and the chooser for a shared login."""
    book, _, _ = made("world-traveller")
    links = [c.value for row in book["Home"].iter_rows() for c in row if c.hyperlink]
    assert links[:2] == ["Record an interaction", "Add a stakeholder"]
    assert {"Find", "Follow-ups due"} <= set(links)
    (rule,) = book["Home"].data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ("list_staff", place(book, "cms_person")[1])


def test_titles_are_made_fit(made):
    """A title that no sheet can have, and one that two forms share, get names that Excel takes."""
    book, _, policy = made("odd")
    titles = [place(book, design.name("body"))[0].title for design in form_designs(policy)]
    assert titles == ["Add a cost-Benefit -a-", "Add a cost-Benefit -a- 2"]
    assert place(book, form_designs(policy)[0].input_name(LONG_ID))[0].title == titles[0]


def test_the_settings_say_what_it_is(made):
    """The block names the record workbook, relative and absolute, and the policy."""
    book, path, policy = made("world-traveller")
    sheet, cells = place(book, "cms_settings")
    settings = FrontEndSettings.from_rows([[cell.value for cell in row] for row in sheet[cells]])
    assert (settings.kind, settings.record, settings.policy) == (Kind.FRONT_END, "customers.xlsx", policy.digest)
    assert settings.find_record(path) == path.with_name("customers.xlsx")
    assert (settings.xlwings, sheet.sheet_state) == ("", "hidden")


@pytest.mark.parametrize("way", ["absolute", "relative"])
def test_the_record_is_found_from_anywhere(tmp_path, monkeypatch, way):
    """Folders with spaces and letters of any script, a path as it was typed, both files moved together."""
    folder = tmp_path / "Kundé ñ & 客户 records"
    folder.mkdir()
    Workbook.create(folder / "the customers.xlsx", "blank")
    monkeypatch.chdir(folder)
    record = folder / "the customers.xlsx" if way == "absolute" else Path("the customers.xlsx")
    out = tmp_path / "forms" / "my entry.xlsx"
    out.parent.mkdir()
    made = make_frontend(record, out if way == "absolute" else Path(os.path.relpath(out)))
    book = openpyxl.load_workbook(made)
    sheet, cells = place(book, "cms_settings")
    settings = FrontEndSettings.from_rows([[cell.value for cell in row] for row in sheet[cells]])
    assert settings.record == "../Kundé ñ & 客户 records/the customers.xlsx"
    assert settings.find_record(out) == folder / "the customers.xlsx"
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / "forms").rename(moved / "forms")
    folder.rename(moved / folder.name)
    assert settings.find_record(moved / "forms" / "my entry.xlsx") == moved / folder.name / "the customers.xlsx"


@pytest.mark.parametrize(
    ("ending", "find", "submit"),
    [
        (".xlsx", "then Enter", "a full stop in an empty field"),
        (".xlsm", "then the button Find", "the button Submit"),
    ],
)
def test_a_form_says_how_it_goes(made, tmp_path, ending, find, submit):
    """Where there are buttons they are named: without the helper nobody watches for Enter."""
    record = made("blank")[1].with_name("customers.xlsx")
    book = openpyxl.load_workbook(make_frontend(record, tmp_path / f"entry{ending}"), keep_vba=True)
    texts = [str(cell.value) for row in book["Add a contact"].iter_rows() for cell in row if cell.value]
    assert f"1  A few letters in Find, {find}: see here what fits." in texts
    assert any(text.startswith("4  To submit: ") and submit in text for text in texts)
    steps = [str(cell.value) for row in book["Home"].iter_rows() for cell in row if cell.value]
    assert any("Press Submit" in step for step in steps) == (ending == ".xlsm")


def test_macros_bring_buttons(made, tmp_path):
    """An .xlsm has a button for each request, RunPython of the installed xlwings, and a code name a sheet."""
    path = made("world-traveller")[1]
    out = make_frontend(path.with_name("customers.xlsx"), tmp_path / "entry.xlsm")
    assert_sound(out)
    assert xlwings_inside(out)
    book = openpyxl.load_workbook(out, keep_vba=True)
    sheet, cells = place(book, "cms_settings")
    settings = FrontEndSettings.from_rows([[cell.value for cell in row] for row in sheet[cells]])
    assert settings.xlwings == xlwings_inside(out)
    assert "cms_cancel" not in book.defined_names  # a front-end has no records to check when it is saved
    names = [page.sheet_properties.codeName for page in book.worksheets]
    assert len(set(names)) == len(book.sheetnames)
    with zipfile.ZipFile(out) as package:
        drawings = "".join(package.read(n).decode() for n in package.namelist() if n.endswith(".vml"))
    assert {"CmsSubmit", "CmsNext", "CmsClear", "CmsFind", "CmsOpen", "CmsClose", "CmsSignOff", "CmsCheck"} <= set(
        re.findall(r"<x:FmlaMacro>(?:\[0\]!)?(\w+)</x:FmlaMacro>", drawings)
    )


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("entry.ods", r"ends with .xlsx or .xlsm"),
        ("entry", r"ends with .xlsx or .xlsm"),
        ("customers.xlsx", "this is the record workbook itself"),
        ("./customers.xlsx", "this is the record workbook itself"),
        ("there.xlsx", "already there"),
        ("gone/entry.xlsx", "does not exist"),
    ],
)
def test_what_cannot_be_made_is_one_line(tmp_path, monkeypatch, out, said):
    """A wrong ending, the record itself, a file that is there, a folder that is not: nothing is written."""
    record = Workbook.create(tmp_path / "customers.xlsx", "blank").path
    (tmp_path / "there.xlsx").write_text("mine")
    monkeypatch.chdir(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises((InputError, FileError), match=said) as refused:
        make_frontend(record, Path(out))
    assert "\n" not in str(refused.value)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("content", [None, b"", b"no workbook", b"PK\x03\x04 half"])
def test_a_record_that_is_none_is_refused(tmp_path, content):
    """Missing, empty or not a workbook: said of the record, and no front-end is left."""
    record = tmp_path / "customers.xlsx"
    if content is not None:
        record.write_bytes(content)
    with pytest.raises(FileError, match=r"customers\.xlsx"):
        make_frontend(record, tmp_path / "entry.xlsx")
    assert not (tmp_path / "entry.xlsx").exists()


def test_overwriting_is_asked_for(tmp_path):
    """A front-end is made anew over the old one; the record workbook never is."""
    record = Workbook.create(tmp_path / "customers.xlsx", "blank").path
    out = make_frontend(record, tmp_path / "entry.xlsx")
    out.write_bytes(b"old")
    make_frontend(record, out, overwrite=True)
    assert_sound(out)
    with pytest.raises(InputError, match="record workbook itself"):
        make_frontend(record, record, overwrite=True)


def test_sections_have_a_rule_line(made):
    """A section's heading is underlined over the whole form."""
    book, _, policy = made("small-business")
    design = form_designs(policy)[0]
    sheet, body = place(book, design.name("body"))
    titles = {row.label for row in design.rows if row.kind is RowKind.SECTION}
    rows = [row for row in sheet[body] if not row[0].value and row[1].value in titles]
    assert len(rows) == len([row for row in design.rows if row.kind is RowKind.SECTION])
    assert all(cell.border.bottom.style == "medium" for row in rows for cell in row[1:5])

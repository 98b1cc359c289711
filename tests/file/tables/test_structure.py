"""Columns added and renamed, dropdowns and defined names changed, in a closed workbook."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.support.books import book, seen
from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.builder import validations_xml
from workbook_cms.file.layout import CellStyle, ColumnSpec, TableSpec
from workbook_cms.file.package import Package
from workbook_cms.file.tables.structure import define_names, with_column, with_full_calculation, with_validations
from workbook_cms.file.writer import AddColumn, Append, DefineNames, RenameColumn, Validations, write


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook with two people in it."""
    return book(tmp_path / "people.xlsx")


@pytest.mark.parametrize(
    ("style", "value", "number_format"),
    [
        (CellStyle.TEXT, "0412", "@"),
        (CellStyle.WRAPPED, "a\nb", "@"),
        (CellStyle.DATE, dt.date(2026, 3, 1), "d mmm yyyy"),
        (CellStyle.INTEGER, 7, "0"),
        (CellStyle.NUMBER, 7.5, "#,##0.00"),
        (CellStyle.BOOLEAN, True, "General"),
    ],
)
def test_added_column_takes_values(people: Path, style: CellStyle, value: object, number_format: str) -> None:
    """A new column has header, width and format, and takes values in the same write."""
    changes = [
        AddColumn("People", ColumnSpec("Extra & more", style, 22)),
        Append("People", [{"Extra & more": value}]),
    ]
    assert write(Package.open(people), changes) == [[], [4]]
    assert_sound(people)
    sheet = openpyxl.load_workbook(people)["People"]
    shown = sheet["E4"].value
    assert (shown.date() if isinstance(shown, dt.datetime) else shown) == value
    assert (sheet["E4"].number_format, sheet["E4"].alignment.wrap_text or False) == (
        number_format,
        style is CellStyle.WRAPPED,
    )
    assert (sheet["E1"].value, sheet["E1"].fill.fgColor.rgb) == ("Extra & more", sheet["D1"].fill.fgColor.rgb)
    assert sheet.column_dimensions["E"].width == pytest.approx(22, abs=1)
    assert (sheet.tables["People"].ref, sheet.tables["People"].autoFilter.ref) == ("A1:E4", "A1:E4")
    assert Package.open(people).tables["People"].columns == ("Key", "Name", "Born", "Cost", "Extra & more")


def test_renamed_column_keeps_its_records(people: Path) -> None:
    """Header cell and table agree on the new label; entries use it at once."""
    changes = [RenameColumn("People", "Name", 'Full "name"'), Append("People", [{'Full "name"': "Cy"}])]
    write(Package.open(people), changes)
    assert_sound(people)
    assert [row[1] for row in seen(people)] == ['Full "name"', "Ada", "Bo", "Cy"]
    assert Package.open(people).tables["People"].columns[1] == 'Full "name"'


def test_column_added_after_a_rename_and_another_column(people: Path) -> None:
    """Several changes of structure in one write go together; ids stay unique."""
    changes = [
        AddColumn("People", ColumnSpec("E1")),
        AddColumn("People", ColumnSpec("E2")),
        RenameColumn("People", "E1", "First"),
    ]
    write(Package.open(people), changes)
    assert_sound(people)
    assert seen(people)[0] == ["Key", "Name", "Born", "Cost", "First", "E2"]


def test_column_beside_something_is_refused(people: Path) -> None:
    """A column that holds something already is not taken."""
    workbook = openpyxl.load_workbook(people)
    workbook["People"]["E9"] = "beside"
    workbook.save(people)
    with pytest.raises(FileError, match="something to the right"):
        write(Package.open(people), [AddColumn("People", ColumnSpec("Extra"))])


@pytest.mark.parametrize("rows", [0, 2])
def test_a_column_beside_totals(tmp_path: Path, rows: int) -> None:
    """The totals row gets a blank cell that looks like its neighbour; the filter ends above it; records may come too."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet, bold = workbook.add_worksheet("T"), workbook.add_format({"bold": True})
        columns = [{"header": "Item", "total_string": "Total"}, {"header": "Net", "total_function": "sum"}]
        sheet.add_table(
            "A1:B4", {"name": "T", "columns": columns, "data": [["x", 1], ["y", 2]], "total_row": True}
        )
        sheet.write_formula("B4", "=SUBTOTAL(109,T[Net])", bold, 3)
        sheet.write_formula("E9", "=SUM(T[[#Totals],[Net]])")
    new = [{"Item": "z", "Net": 4, "Note": "new"}] * rows
    write(Package.open(path), [AddColumn("T", ColumnSpec("Note")), *([Append("T", new)] if rows else [])])
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["T"]
    last = 4 + rows
    assert (sheet.tables["T"].ref, sheet.tables["T"].autoFilter.ref) == (f"A1:C{last}", f"A1:C{last - 1}")
    assert [sheet.cell(last, column).value for column in (1, 2, 3)] == ["Total", "=SUBTOTAL(109,T[Net])", None]
    assert (sheet.cell(last, 2).font.b, sheet.cell(last, 3).font.b) == (True, rows == 0)
    assert [sheet.cell(row, 3).value for row in range(4, last)] == ["new"] * rows
    saved = openpyxl.load_workbook(resave(path, tmp_path / "saved"), data_only=True)["T"]
    assert saved.cell(last, 2).value == 3 + 4 * rows
    assert write(Package.open(path), [Append("T", [{"Note": "later"}])]) == [[last]]
    assert_sound(path)


def test_defined_names_are_added_and_replaced(people: Path) -> None:
    """A known name, in whatever case, is replaced and a new one added."""
    write(Package.open(people), [DefineNames({"LIST_names": "Notes!$A$2:$A$9", "list_more": "=Notes!$A$2"})])
    assert_sound(people)
    names = openpyxl.load_workbook(people).defined_names
    assert {name: item.attr_text for name, item in names.items()} == {
        "LIST_names": "Notes!$A$2:$A$9",
        "list_more": "Notes!$A$2",
    }


@pytest.mark.parametrize("choices", ["list_names", ""])
def test_dropdowns_are_replaced(people: Path, choices: str) -> None:
    """The dropdowns of a sheet become those given, or none."""
    table = TableSpec("People", (ColumnSpec("Key"), ColumnSpec("Name"), ColumnSpec("Born", choices=choices)))
    write(Package.open(people), [Validations("People", validations_xml(table))])
    assert_sound(people)
    found = openpyxl.load_workbook(people)["People"].data_validations.dataValidation
    assert [str(item.sqref) for item in found] == (["C2:C1048576"] if choices else [])
    write(
        Package.open(people),
        [Validations("Notes", validations_xml(TableSpec("Notes", (ColumnSpec("Text", help="Why"),))))],
    )
    assert_sound(people)
    assert len(openpyxl.load_workbook(people)["Notes"].data_validations.dataValidation) == 1


def test_libreoffice_opens_a_changed_structure(people: Path, tmp_path: Path) -> None:
    """LibreOffice sees the new column, and its copy can be changed again."""
    write(Package.open(people), [AddColumn("People", ColumnSpec("Extra")), Append("People", [{"Extra": "x"}])])
    saved = resave(people, tmp_path / "saved")
    assert seen(saved)[3][4] == "x"
    write(
        Package.open(saved), [AddColumn("People", ColumnSpec("More")), DefineNames({"list_names": "Notes!$A$2"})]
    )
    assert_sound(saved)
    assert seen(saved)[0][:6] == ["Key", "Name", "Born", "Cost", "Extra", "More"]


def test_dropdowns_stand_where_the_schema_wants_them() -> None:
    """With no dropdowns before, they go before the first element that must follow them."""
    tail = b'</sheetData><sheetProtection sheet="1"/><conditionalFormatting/><pageMargins left="1"/></worksheet>'
    assert with_validations(tail, b"<dataValidations/>") == tail.replace(
        b"<pageMargins", b"<dataValidations/><pageMargins"
    )


def test_column_width_splits_the_stretch_that_covers_it() -> None:
    """A stretch of columns keeps its other columns as they were."""
    head = b'<cols><col min="1" max="9" width="8" style="2"/></cols><sheetData>'
    assert with_column(head, 5, 10, 3) == (
        b'<cols><col min="1" max="4" width="8" style="2"/><col min="5" max="5" width="10.7109" style="3" '
        b'customWidth="1"/><col min="6" max="9" width="8" style="2"/></cols><sheetData>'
    )


MAIN = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<sheets/>", b'<sheets/><calcPr fullCalcOnLoad="1"/>'),
        (b'<sheets/><calcPr calcId="1"/>', b'<sheets/><calcPr calcId="1" fullCalcOnLoad="1"/>'),
        (b'<calcPr fullCalcOnLoad="0"></calcPr>', b'<calcPr fullCalcOnLoad="1"></calcPr>'),
        (b'<sheets/><calcPr fullCalcOnLoad="1"/>', b'<sheets/><calcPr fullCalcOnLoad="1"/>'),
        (b"<sheets/><extLst/>", b'<sheets/><calcPr fullCalcOnLoad="1"/><extLst/>'),
    ],
)
def test_full_calculation_is_asked_for_once(before: bytes, after: bytes) -> None:
    """The setting is added or turned on, in its place."""
    assert with_full_calculation(MAIN + before + b"</workbook>", "a.xlsx") == MAIN + after + b"</workbook>"


def test_names_of_one_sheet_are_left_alone() -> None:
    """A name that belongs to one sheet is not the one meant."""
    own = b'<definedNames><definedName name="a" localSheetId="0">S!$A$1</definedName></definedNames>'
    changed = define_names(MAIN + own + b"</workbook>", {"a": "S!$B$1"}, "a.xlsx")
    assert (
        changed
        == MAIN
        + own.replace(b"</definedNames>", b'<definedName name="a">S!$B$1</definedName></definedNames>')
        + b"</workbook>"
    )

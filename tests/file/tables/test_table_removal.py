"""Records taken out of a table, as Excel deletes table rows: what stays moves up, what refers to it follows."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from tests.file.tables.test_table_growth import formulas, part, values
from tests.file.tables.test_table_shapes import numbered
from tests.support.handmade import handmade, header
from tests.support.ledger import ledger
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Change, Delete, Patch, Replace, write

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    """The ledger with five rows (4 to 8) and totals, nothing on the other sheet naming a single record."""
    return ledger(tmp_path / "sales.xlsx", rows=5)


@pytest.mark.parametrize("row", [6, 7, 8])
def test_records_below_move_up_with_their_formulas(sales: Path, row: int) -> None:
    """Every record that stays has its values and the formulas of its new row; totals follow."""
    write(Package.open(sales), [Delete("Sales", [row])])
    assert_sound(sales)
    found, sheet = formulas(sales), openpyxl.load_workbook(sales)["Data"]
    left = [number for number in range(4, 9) if number != row]
    assert [sheet[f"B{number}"].value for number in range(4, 9)] == [
        *(f"Item {number}" for number in left),
        "Total",
    ]
    for number in range(4, 8):
        assert [found[f"{letter}{number}"] for letter in "DEFG"] == [
            f"=C{number}*Rates!$A$1",
            "=Sales[[#This Row],[Net]]+Sales[[#This Row],[Tax]]",
            f"=C{number}/SUM($C$4:$C$7)",
            f"=SUM($C$4:C{number})",
        ]
    assert (found["D8"], found["F8"]) == ("=SUBTOTAL(109,D4:D7)", "=E8/C8")
    assert "D9" not in found


def test_what_refers_to_the_table_follows(sales: Path) -> None:
    """Ranges end one row sooner; references to moved records and totals name the same cells as before."""
    write(Package.open(sales), [Delete("Sales", [7])])
    other = formulas(sales, "Sheet 2")
    assert [other[f"A{row}"] for row in (1, 2, 3, 6, 7)] == [
        "=SUM(Data!C4:C7)",
        '=COUNTIF(Data!$B$4:$B$7,"B4:B6")',
        "=Data!C4+Data!C5",
        "=Data!C8*2",
        "=SUM(Data!C4:C8)",
    ]
    sheet = openpyxl.load_workbook(sales)["Data"]
    assert (sheet.tables["Sales"].ref, sheet.tables["Sales"].autoFilter.ref) == ("B3:G8", "B3:G7")
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"C4:C7": "0", "J4": "$B$4:$B$7"}
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["C4:C7", "C5"]
    xml = part(sales, "xl/charts/chart1.xml")
    assert re.findall(r"<c:f>(.*?)</c:f>", xml) == ["Data!$C$3", "Data!$B$4:$B$7", "Data!$C$4:$C$7"]


def test_libreoffice_calculates_the_same(sales: Path, tmp_path: Path) -> None:
    """What the formulas come to without the records that went."""
    write(Package.open(sales), [Delete("Sales", [6, 8])])
    found = values(sales, tmp_path / "saved")
    assert found["G6"] == pytest.approx(1600)
    assert [found[f"F{row}"] for row in (4, 5, 6)] == pytest.approx([400 / 1600, 500 / 1600, 700 / 1600])


@pytest.mark.parametrize("row", [4, 5, 7, 8])
def test_records_change_and_others_go_in_one_write(sales: Path, row: int) -> None:
    """Above and below what goes, each changed record has its new value, its own look and the formulas of its new row."""
    workbook = openpyxl.load_workbook(sales)
    workbook["Data"][f"B{row}"].fill = PatternFill("solid", "FFCC00")
    workbook.save(sales)
    write(Package.open(sales), [Patch("Sales", row, {"Item": "New", "Net": 1}), Delete("Sales", [6])])
    assert_sound(sales)
    found, sheet = formulas(sales), openpyxl.load_workbook(sales)["Data"]
    new = row if row < 6 else row - 1
    left = ["New" if number == row else f"Item {number}" for number in (4, 5, 7, 8)]
    assert [sheet[f"B{number}"].value for number in range(4, 8)] == left
    assert (sheet[f"C{new}"].value, found[f"D{new}"]) == (1, f"=C{new}*Rates!$A$1")
    filled = [number for number in range(4, 8) if sheet[f"B{number}"].fill.fgColor.rgb == "00FFCC00"]
    assert filled == [new]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (Append("Sales", [{"Item": "x"}]), False),
        (Patch("Sales", 5, {"Item": "x"}), True),
        (Replace("Sales", [{"Item": "x"}]), True),
        (Replace("Sales", [{"Item": "x"}]), False),
    ],
)
def test_removal_and_change_are_two_writes(sales: Path, change: Change, *, first: bool) -> None:
    """Nobody is left to guess which rows a change means when others go in the same write; nothing is dropped."""
    before, gone = sales.read_bytes(), Delete("Sales", [6])
    with pytest.raises(
        FileError, match=r"Records cannot be taken out and changed at the same time\. Do one after"
    ):
        write(Package.open(sales), [gone, change] if first else [change, gone])
    assert sales.read_bytes() == before


def test_records_go_and_others_come_in_one_write(sales: Path, tmp_path: Path) -> None:
    """The new record stands below what is left, with the column's formulas; totals and ranges end with it."""
    workbook = openpyxl.load_workbook(sales)
    workbook["Data"]["B8"].fill = PatternFill("solid", "FFCC00")
    workbook["Data"]["B8"].hyperlink = "https://example.org/8"
    workbook.save(sales)
    changes = [Patch("Sales", 5, {"Net": 1}), Delete("Sales", [6]), Append("Sales", [{"Item": "New", "Net": 7}])]
    assert write(Package.open(sales), changes) == [[5], [], [8]]
    assert_sound(sales)
    sheet, found = openpyxl.load_workbook(sales)["Data"], formulas(sales)
    assert [sheet[f"B{row}"].value for row in range(4, 10)] == [
        "Item 4",
        "Item 5",
        "Item 7",
        "Item 8",
        "New",
        "Total",
    ]
    assert (sheet["B7"].fill.fgColor.rgb, sheet["B7"].hyperlink.target) == ("00FFCC00", "https://example.org/8")
    assert (sheet["B8"].fill.fgColor.rgb, sheet["B8"].hyperlink) == ("00FFCC00", None)
    assert (found["D8"], found["D9"], found["G8"]) == ("=C8*Rates!$A$1", "=SUBTOTAL(109,D4:D8)", "=SUM($C$4:C8)")
    assert formulas(sales, "Sheet 2")["A1"] == "=SUM(Data!C4:C8)"
    assert sheet.tables["Sales"].ref == "B3:G9"
    assert values(sales, tmp_path / "saved")["G8"] == pytest.approx(400 + 1 + 700 + 800 + 7)


def test_all_records_go_and_others_come(tmp_path: Path) -> None:
    """The new ones stand in the first rows."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (2, 3))
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows)
    new = [{"Id": 7}, {"Id": 8}, {"Id": 9}]
    assert write(Package.open(path), [Delete("People", [2, 3]), Append("People", new)]) == [[], [2, 3, 4]]
    assert_sound(path)
    assert Package.open(path).tables["People"].ref == "A1:C4"


def test_rules_about_the_records_own_cells_stay(tmp_path: Path) -> None:
    """The first record may go: a format or dropdown counts from whichever is first then."""
    path = handmade(
        tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 6, '<c r="B{0}"><v>1</v></c>'), "A1:C6"
    )
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["People"]
    formulas_of_formats = ["$A2>3", "COUNTIF($B$2:$B2,$B2)>1", "$A2>AVERAGE($A$2:$A$6)", "$A1<$A2"]
    for formula in formulas_of_formats:
        sheet.conditional_formatting.add("A2:C6", FormulaRule(formula=[formula]))
    rule = DataValidation(type="custom", formula1="LEN(B2)>$A$4", sqref="B2:B6")
    sheet.add_data_validation(rule)
    workbook.save(path)
    write(Package.open(path), [Delete("People", [2, 3])])
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["People"]
    found = {str(item.sqref): [rule.formula[0] for rule in item.rules] for item in sheet.conditional_formatting}
    formulas_of_formats[2] = "$A2>AVERAGE($A$2:$A$4)"
    assert found == {"A2:C4": formulas_of_formats}
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"B2:B4": "LEN(B2)>$A$2"}


def test_a_formula_that_names_the_record_stops_it(sales: Path) -> None:
    """A formula elsewhere would be left without its cell: it is named, and nothing changes."""
    before = sales.read_bytes()
    with pytest.raises(FileError, match=r"The formula Data!C4\+Data!C5 of the sheet Sheet 2 names a record"):
        write(Package.open(sales), [Delete("Sales", [5])])
    assert sales.read_bytes() == before


def test_all_records_leave_a_blank_row(tmp_path: Path) -> None:
    """A table without records keeps one blank row, which the next record fills."""
    rows = "".join(f'<row r="{n}" ht="30" customHeight="1"><c r="A{n}"><v>{n}</v></c></row>' for n in (2, 3))
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows)
    write(Package.open(path), [Delete("People", [2, 3])])
    assert_sound(path)
    assert Package.open(path).tables["People"].ref == "A1:C2"
    assert write(Package.open(path), [Append("People", [{"Id": 7}])]) == [[2]]
    assert openpyxl.load_workbook(path)["People"]["A2"].value == 7


def test_heights_move_along_where_nothing_stands_beside(tmp_path: Path) -> None:
    """A row keeps its height on the way up; beside something else, only the table's cells move."""
    rows = (
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c>{}</row>'
        '<row r="4" ht="44" customHeight="1"><c r="A4" s="2"><v>3</v></c></row>'
    )
    alone = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows.format(""), "A1:C4")
    beside = handmade(tmp_path / "b.xlsx", header("Id", "B", "C") + rows.format('<c r="F3"><v>9</v></c>'), "A1:C4")
    for path, height in ((alone, 44), (beside, None)):
        write(Package.open(path), [Delete("People", [3])])
        assert_sound(path)
        sheet = openpyxl.load_workbook(path)["People"]
        assert (sheet["A3"].value, sheet.row_dimensions[3].height) == (3, height)
        assert sheet["A3"].number_format == "@"
        assert sheet["A4"].value is None
    assert openpyxl.load_workbook(beside)["People"]["F3"].value == 9


def test_a_formula_with_the_record_before_follows(tmp_path: Path) -> None:
    """A calculated column may count on from the row above: after a removal that is the row now above."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"><f>N(B{n - 1})+A{n}</f></c></row>' for n in range(2, 6)
    )
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows, "A1:C5", calculated={"B": "N(B1)+A2"})
    write(Package.open(path), [Delete("People", [2, 4])])
    assert_sound(path)
    assert formulas(path, "People") == {"B2": "=N(B1)+A2", "B3": "=N(B2)+A3"}
    write(Package.open(path), [Append("People", [{"Id": 5}])])
    assert formulas(path, "People")["B4"] == "=N(B3)+A4"


def test_links_of_removed_records_go(tmp_path: Path) -> None:
    """Links and dropdowns of a record that goes are taken out, those of others follow."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 6))
    tail = (
        '<dataValidations count="2"><dataValidation sqref="B3"><formula1>1</formula1></dataValidation>'
        '<dataValidation type="custom" sqref="C4:C5"><formula1>A4&gt;$A$2</formula1></dataValidation></dataValidations>'
        '<hyperlinks><hyperlink ref="A3" location="People!A1"/><hyperlink ref="A5" location="People!A1"/></hyperlinks>'
    )
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows, "A1:C5", tail=tail)
    write(Package.open(path), [Delete("People", [3])])
    assert_sound(path)
    xml = part(path, "xl/worksheets/sheet1.xml")
    assert re.findall(r' (?:sqref|ref)="([A-Z].*?)"', xml) == ["C3:C4", "A4"]
    assert '<dataValidations count="1">' in xml
    assert "<formula1>A3&gt;$A$2</formula1>" in xml
    write(Package.open(path), [Delete("People", [4])])
    assert_sound(path)
    assert "hyperlink" not in part(path, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("rows", [[1], [9], [4, 12]])
def test_no_record_there(sales: Path, rows: list[int]) -> None:
    """The header, the totals row and rows beyond the table are no records."""
    with pytest.raises(FileError, match="is no record of the table"):
        write(Package.open(sales), [Delete("Sales", rows)])

"""Tables of every shape that Excel makes: empty, without a header, side by side, filtered, calculated in odd ways."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.file.tables.test_table_growth import formulas, part
from tests.support.handmade import handmade, header
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.tables.obstacles import room
from workbook_cms.file.writer import Append, Patch, Replace, write

SHEET, TABLE = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def numbered(first: int, last: int, cells: str = "") -> str:
    """Rows with their number in column A, and more cells (``{0}`` is the number)."""
    return "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c>{cells.replace("{0}", str(n))}</row>'
        for n in range(first, last + 1)
    )


def test_a_table_that_waits_for_its_first_row(tmp_path: Path) -> None:
    """The blank row of ``insertRow`` is filled, and the table is no longer marked as empty."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C"), "A1:C2", table=' insertRow="1"')
    assert write(Package.open(path), [Append("People", [{"Id": 1}, {"Id": 2}])]) == [[2, 3]]
    assert_sound(path)
    assert "insertRow" not in part(path, TABLE)


def test_a_blank_row_with_formulas_is_filled(tmp_path: Path) -> None:
    """A row that holds nothing but calculated formulas is no record yet."""
    row = '<row r="2"><c r="B2"><f>A2*2</f><v>0</v></c></row>'
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + row, "A1:C2", calculated={"B": "A2*2"})
    assert write(Package.open(path), [Append("People", [{"Id": 1}, {"Id": 2}])]) == [[2, 3]]
    assert_sound(path)
    assert formulas(path, "People") == {"B2": "=A2*2", "B3": "=A3*2"}


def test_a_table_without_a_header(tmp_path: Path) -> None:
    """Its first row is a record, which can be changed, and new ones follow the last."""
    path = handmade(tmp_path / "a.xlsx", numbered(1, 2), "A1:C2", table=' headerRowCount="0"')
    _edit(path, TABLE, '<autoFilter ref="A1:C2"/>', "")
    assert write(Package.open(path), [Append("People", [{"Id": 3}]), Patch("People", 1, {"Id": 9})]) == [[3], [1]]
    assert_sound(path)
    assert [cell.value for cell in openpyxl.load_workbook(path)["People"]["A"]] == [9, 2, 3]


def test_tables_side_by_side_in_one_write(tmp_path: Path) -> None:
    """Two tables that share their rows, one with totals, both grow; neither touches the other's cells."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("S")
        for name, ref in (("Left", "A1:B4"), ("Right", "D1:E3")):
            columns = [{"header": "K"}, {"header": "V", "total_function": "sum"}]
            sheet.add_table(
                ref, {"name": name, "total_row": name == "Left", "columns": columns, "data": [[1, 2], [3, 4]]}
            )
        sheet.write("G4", "beside")
    write(
        Package.open(path), [Append("Left", [{"K": 5}, {"K": 6}]), Append("Right", [{"K": 7}, {"K": 8}, {"K": 9}])]
    )
    assert_sound(path)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path)["S"]["A1:G6"]]
    assert [row[0] for row in rows] == ["K", 1, 3, 5, 6, None]
    assert [row[3] for row in rows] == ["K", 1, 3, 7, 8, 9]
    assert (rows[5][1], rows[3][6]) == ("=SUBTOTAL(109,[V])", "beside")
    assert {name: table.ref for name, table in Package.open(path).tables.items()} == {
        "Left": "A1:B6",
        "Right": "D1:E6",
    }


def test_totals_without_a_row_below_them_in_the_file(tmp_path: Path) -> None:
    """The height of the totals row goes down with it; the new rows have that of the record above."""
    rows = numbered(2, 2).replace('r="2">', 'r="2" ht="20" customHeight="1">', 1)
    rows += '<row r="3" ht="40" customHeight="1"><c r="A3" t="str"><f>"Sum"</f><v>Sum</v></c></row>'
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows, "A1:C3", totals=1)
    write(Package.open(path), [Append("People", [{"Id": 3}, {"Id": 4}])])
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["People"]
    assert [sheet.row_dimensions[row].height for row in range(2, 6)] == [20, 20, 20, 40]
    assert sheet["A5"].value == '="Sum"'


def test_hidden_rows_below_are_shown_when_they_are_filled(tmp_path: Path) -> None:
    """A record is not put where nobody sees it; rows a filter hides stay hidden and give no example."""
    rows = numbered(2, 3).replace('r="3"', 'r="3" hidden="1"') + '<row r="4" hidden="1" ht="18"/>'
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows)
    write(Package.open(path), [Append("People", [{"Id": 3}, {"Id": 4}])])
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["People"]
    assert [sheet.row_dimensions[row].hidden for row in range(2, 6)] == [False, True, False, False]


@pytest.mark.parametrize(("attributes", "kind"), [("", "normal"), (' array="1"', "array")])
def test_calculated_columns_normal_and_array(tmp_path: Path, attributes: str, kind: str) -> None:
    """An array formula gets its own range in each new row, and the mark of dynamic arrays where the row above has it."""
    cell = '<c r="B2" cm="1"><f t="array" ref="B2">SUM(A2*{1,2})</f><v>6</v></c>'
    path = handmade(
        tmp_path / "a.xlsx",
        header("Id", "B", "C") + numbered(2, 2, cell),
        "A1:C2",
        calculated={"B": "SUM(A2*{1,2})"},
    )
    _edit(path, TABLE, "<calculatedColumnFormula", f"<calculatedColumnFormula{attributes}")
    write(Package.open(path), [Append("People", [{"Id": 3}])])
    found = re.search(r'<c r="B3"([^>]*)><f([^>]*)>([^<]*)</f></c>', part(path, SHEET))
    assert found is not None
    expected = (' cm="1"', ' t="array" ref="B3"') if kind == "array" else ("", "")
    assert (*found.groups(),) == (*expected, "SUM(A3*{1,2})")


def test_an_exception_in_the_row_above_is_no_example(tmp_path: Path) -> None:
    """Where somebody typed over the last formula, the new row still gets that of the column."""
    rows = numbered(2, 2, '<c r="B{0}"><f>A{0}*2</f></c>') + numbered(3, 3, '<c r="B{0}"><v>7</v></c>')
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows, calculated={"B": "A2*2"})
    write(Package.open(path), [Append("People", [{"Id": 4, "B": None}])])
    assert formulas(path, "People") == {"B2": "=A2*2", "B4": "=A4*2"}


@pytest.mark.parametrize(
    "change", [Append("People", [{"B": 1}]), Replace("People", [{"B": 1}]), Patch("People", 2, {"B": 1})]
)
def test_a_value_for_a_calculated_column(tmp_path: Path, change: Append | Replace | Patch) -> None:
    """It is refused rather than put in the formula's place."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 3), calculated={"B": "A2*2"})
    with pytest.raises(FileError, match="column B: Excel calculates this column"):
        write(Package.open(path), [change])


def test_shared_formulas_elsewhere(tmp_path: Path) -> None:
    """Cells that share a formula over the table's columns get their own where it grows."""
    rows = header("Id", "B", "C") + numbered(2, 3, '<c r="B{0}"><v>1</v></c>')
    rows += (
        '<row r="9"><c r="A9"><f t="shared" ref="A9:B9" si="0">SUM(A2:A3)</f><v>5</v></c>'
        '<c r="B9"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="10"><c r="E10"><f t="shared" ref="E10:E11" si="1">A2+1</f><v>3</v></c></row>'
        '<row r="11"><c r="E11"><f t="shared" si="1"/><v>4</v></c></row>'
    )
    path = handmade(tmp_path / "a.xlsx", rows)
    write(Package.open(path), [Append("People", [{"Id": 4}])])
    assert_sound(path)
    found = formulas(path, "People")
    assert (found["A9"], found["B9"]) == ("=SUM(A2:A4)", "=SUM(B2:B4)")
    assert '<f t="shared" ref="E10:E11" si="1">A2+1</f>' in part(path, SHEET)


def test_shared_formulas_whose_holder_goes(tmp_path: Path) -> None:
    """A cell beside the table that shares the formula of a replaced record keeps it, written out."""
    rows = header("Id", "B", "C")
    rows += '<row r="2"><c r="B2"><f t="shared" ref="B2:E2" si="0">A$1&amp;"x"</f></c>'
    rows += '<c r="E2"><f t="shared" si="0"/></c></row>'
    path = handmade(tmp_path / "a.xlsx", rows, "A1:C2")
    write(Package.open(path), [Replace("People", [{"Id": 1, "B": 2}, {"Id": 3}])])
    assert_sound(path)
    assert formulas(path, "People") == {"E2": '=D$1&"x"'}


def test_totals_that_share_a_formula(tmp_path: Path) -> None:
    """Shared formulas of a totals row are written out on the way."""
    rows = header("Id", "B", "C") + numbered(2, 2, '<c r="B{0}"><v>1</v></c>')
    rows += (
        '<row r="3"><c r="A3"><f t="shared" ref="A3:B3" si="0">SUM(A2:A2)</f><v>2</v></c>'
        '<c r="B3"><f t="shared" si="0"/><v>1</v></c></row>'
    )
    path = handmade(tmp_path / "a.xlsx", rows, "A1:C3", totals=1)
    write(Package.open(path), [Append("People", [{"Id": 4}])])
    assert_sound(path)
    assert formulas(path, "People") == {"A4": "=SUM(A2:A3)", "B4": "=SUM(B2:B3)"}


def test_rules_in_pieces_and_wide_ones(tmp_path: Path) -> None:
    """A rule cut in pieces that cover the column grows; one wider than the table covers its columns in new rows."""
    tail = (
        '<conditionalFormatting sqref="A4:A5 A2:A3"><cfRule type="expression" priority="1"><formula>A2&gt;1</formula>'
        '</cfRule></conditionalFormatting><conditionalFormatting sqref="A1:Z5"><cfRule type="expression" priority="2">'
        "<formula>A1=1</formula></cfRule>"
        '</conditionalFormatting><dataValidations count="3"><dataValidation sqref="A2:A5"/>'
        '<dataValidation sqref="B2:B5"/><dataValidation sqref="B6:B99"/></dataValidations>'
    )
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 5), "A1:C5", tail=tail)
    write(Package.open(path), [Append("People", [{"Id": 1}, {"Id": 2}])])
    found = re.findall(r'sqref="([^"]*)"', part(path, SHEET))
    assert found == ["A4:A7 A2:A3", "A1:Z5 A6:C7", "A2:A7", "B2:B5", "B6:B99"]


def test_rules_of_later_versions_grow(tmp_path: Path) -> None:
    """Dropdowns with a list on another sheet stand in an extension, as do their ranges."""
    tail = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/'
        'spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/'
        '2006/main"><x14:dataValidation type="list"><x14:formula1><xm:f>People!$A$2:$A$5</xm:f></x14:formula1>'
        "<xm:sqref>B2:B5</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 5), "A1:C5")
    _edit(path, SHEET, "</worksheet>", tail + "</worksheet>")
    write(Package.open(path), [Append("People", [{"Id": 1}])])
    assert re.findall(r"<xm:\w+>([^<]*)", part(path, SHEET)) == ["People!$A$2:$A$6", "B2:B6"]


def test_sorted_and_filtered_tables(tmp_path: Path) -> None:
    """The range a table is sorted by grows with it; its filter keeps its criteria and leaves the totals out."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 3), "A1:C3")
    _edit(
        path,
        TABLE,
        '<autoFilter ref="A1:C3"/>',
        '<autoFilter ref="A1:C3"><filterColumn colId="0"><filters><filter val="2"/></filters></filterColumn></autoFilter>'
        '<sortState ref="A2:C3"><sortCondition ref="A2:A3"/></sortState>',
    )
    write(Package.open(path), [Append("People", [{"Id": 1}])])
    assert_sound(path)
    assert re.findall(r'ref="([^"]*)"', part(path, TABLE)) == ["A1:C4", "A1:C4", "A2:C4", "A2:A4"]
    assert '<filter val="2"/>' in part(path, TABLE)


def test_pivot_tables_over_the_range_are_read_anew(tmp_path: Path) -> None:
    """A pivot table whose source is the table's range gets the new rows when the workbook is opened."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 3), "A1:C3")
    name = "xl/pivotCache/pivotCacheDefinition1.xml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cache = (
        f'<pivotCacheDefinition xmlns="{main}" refreshOnLoad="0"><cacheSource type="worksheet">'
        '<worksheetSource ref="A1:C3" sheet="People"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>'
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, cache)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.pivotCacheDefinition+xml"
    _edit(path, "[Content_Types].xml", "</Types>", f'<Override PartName="/{name}" ContentType="{kind}"/></Types>')
    write(Package.open(path), [Append("People", [{"Id": 1}])])
    assert '<worksheetSource ref="A1:C4" sheet="People"/>' in part(path, name)
    assert part(path, name).count("refreshOnLoad") == part(path, name).count('refreshOnLoad="1"') == 1


def test_room_is_known_before_it_is_used_up(tmp_path: Path) -> None:
    """How many rows still fit, and what ends the room."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 3) + numbered(30, 30))
    found = room(Package.open(path), "People")
    assert (found.rows, found.obstacle) == (26, "cell A30 is filled")
    free = handmade(
        tmp_path / "b.xlsx", header("Id", "B", "C") + numbered(2, 3) + '<row r="9"><c r="E9"><v>1</v></c></row>'
    )
    assert room(Package.open(free), "People").rows == 1_048_573


def _edit(path: Path, name: str, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {item: archive.read(item).decode() for item in archive.namelist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, text in parts.items():
            archive.writestr(item, text)


def test_links_belong_to_their_cells(tmp_path: Path) -> None:
    """A link on the only record does not spread to new ones; one on the totals goes down with them."""
    rows = header("Id", "B", "C") + numbered(2, 3)
    tail = '<hyperlinks><hyperlink ref="A2" location="People!A1"/><hyperlink ref="A3" location="People!A1"/></hyperlinks>'
    path = handmade(tmp_path / "a.xlsx", rows, "A1:C3", tail=tail, totals=1)
    write(Package.open(path), [Append("People", [{"Id": 4}])])
    assert_sound(path)
    assert re.findall(r'<hyperlink ref="(\w+)"', part(path, SHEET)) == ["A2", "A4"]

"""Records put in among others of a table, as Excel inserts table rows: what is below moves down, references follow."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from tests.file.tables.test_table_growth import formulas, part, values
from tests.file.tables.test_table_shapes import numbered
from tests.support.handmade import handmade, header
from tests.support.ledger import ledger
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError, RefusedChangeError
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Change, Delete, Insert, Patch, Replace, write

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

NEW = {"Item": "New", "Net": 7}


@pytest.fixture(params=[True, False], ids=["totals", "no totals"])
def sales(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The ledger with five rows (4 to 8); a record has a colour, a link and a note, another a height."""
    path = ledger(tmp_path / "sales.xlsx", rows=5, totals=request.param)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["Data"]
    sheet["B7"].fill = PatternFill("solid", "FFCC00")
    sheet["B7"].hyperlink = "https://example.org/7"
    sheet["C7"].comment = Comment("About it", "Jo")
    sheet.row_dimensions[8].height = 44
    sheet.add_data_validation(DataValidation(type="custom", formula1="LEN(B7)>$C$4", sqref="B7"))
    workbook["Sheet 2"]["A8"] = "=Data!B8"
    workbook.save(path)
    return path


def told(path: Path) -> dict[str, Any]:
    """All that a workbook shows: cells with their looks, notes and links, heights, rules, names, ranges, charts."""
    workbook = openpyxl.load_workbook(path)
    found: dict[str, Any] = {}
    for sheet in workbook:
        for cell in itertools.chain.from_iterable(sheet.iter_rows()):
            note, link = cell.comment and cell.comment.text, cell.hyperlink and cell.hyperlink.target
            look = (cell.number_format, cell.fill.fgColor.rgb, cell.font.b)
            if cell.value is not None or cell.has_style or note:
                found[f"{sheet.title}!{cell.coordinate}"] = (cell.value, look, note, link)
        found[f"{sheet.title} heights"] = {n: row.height for n, row in sheet.row_dimensions.items() if row.height}
        found[f"{sheet.title} tables"] = {t.name: (t.ref, t.autoFilter.ref) for t in sheet.tables.values()}
        rules = sheet.data_validations.dataValidation
        found[f"{sheet.title} entry"] = {str(rule.sqref): rule.formula1 for rule in rules}
        found[f"{sheet.title} looks"] = [str(rule.sqref) for rule in sheet.conditional_formatting]
        found[f"{sheet.title} print"] = sheet.print_area
    found["names"] = {name: defined.attr_text for name, defined in workbook.defined_names.items()}
    found["chart"] = re.findall(r"<(?:c:)?f>(.*?)</(?:c:)?f>", part(path, "xl/charts/chart1.xml"))
    return found


def test_records_below_move_down_with_all_that_is_theirs(sales: Path) -> None:
    """Values, formulas, colour, link, note and height go along; the new record has the column's formulas and looks."""
    assert write(Package.open(sales), [Insert("Sales", {6: NEW})]) == [[6]]
    assert_sound(sales)
    found, sheet = formulas(sales), openpyxl.load_workbook(sales)["Data"]
    items = ["Item 4", "Item 5", "New", "Item 6", "Item 7", "Item 8"]
    assert [sheet[f"B{row}"].value for row in range(4, 10)] == items
    for row in range(4, 10):
        assert [found[f"{letter}{row}"] for letter in "DEFG"] == [
            f"=C{row}*Rates!$A$1",
            "=Sales[[#This Row],[Net]]+Sales[[#This Row],[Tax]]",
            f"=C{row}/SUM($C$4:$C$9)",
            f"=SUM($C$4:C{row})",
        ]
    assert [row for row in range(3, 11) if sheet[f"B{row}"].fill.fgColor.rgb == "00FFCC00"] == [8]
    assert (sheet["B8"].hyperlink.target, sheet["C8"].comment.text) == ("https://example.org/7", "About it")
    assert (sheet["C6"].number_format, sheet.row_dimensions[6].height, sheet.row_dimensions[9].height) == (
        "#,##0.00",
        None,
        44,
    )


def test_what_refers_to_the_table_follows(sales: Path) -> None:
    """Ranges over the column end one row later; references to moved records and totals name the same cells as before."""
    totals = "Total" in (cell.value for cell in openpyxl.load_workbook(sales)["Data"]["B"])
    write(Package.open(sales), [Insert("Sales", {5: NEW})])
    other = formulas(sales, "Sheet 2")
    assert [other[f"A{row}"] for row in (1, 2, 3, 8)] == [
        "=SUM(Data!C4:C9)",
        '=COUNTIF(Data!$B$4:$B$9,"B4:B6")',
        "=Data!C4+Data!C6",
        "=Data!B9",
    ]
    if totals:
        assert (other["A6"], other["A7"]) == ("=Data!C10*2", "=SUM(Data!C4:C10)")
    sheet = openpyxl.load_workbook(sales)["Data"]
    assert (sheet.tables["Sales"].ref, sheet.tables["Sales"].autoFilter.ref) == (f"B3:G{9 + totals}", "B3:G9")
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"C4:C9": "0", "J4": "$B$4:$B$9", "B8": "LEN(B8)>$C$4"}
    chart = re.findall(r"<(?:c:)?f>(.*?)</(?:c:)?f>", part(sales, "xl/charts/chart1.xml"))
    assert [text.replace("'", "") for text in chart if "3" not in text] == ["Data!$B$4:$B$9", "Data!$C$4:$C$9"]


@pytest.mark.parametrize("rows", [[6], [8], [6, 8], [8, 9]], ids=str)
def test_what_is_put_back_is_as_it_was(sales: Path, rows: list[int]) -> None:
    """Records taken out and put in again leave everything else as it was, and stand where they stood."""
    if rows == [8, 9]:  # two more below the last
        write(Package.open(sales), [Append("Sales", [{"Item": "Item 9", "Net": 900.0}])])
    if 8 in rows:  # whose own height is gone with it, and which no formula may name
        workbook = openpyxl.load_workbook(sales)
        workbook["Data"].row_dimensions[8].height = workbook["Data"].row_dimensions[9].height = None
        workbook["Sheet 2"]["A8"] = None
        workbook.save(sales)
    before = told(sales)
    held = {row: {"Item": f"Item {row}", "Net": 100.0 * row} for row in rows}
    write(Package.open(sales), [Delete("Sales", rows)])
    assert told(sales) != before
    assert write(Package.open(sales), [Insert("Sales", held)]) == [rows]
    assert_sound(sales)
    assert told(sales) == before


def test_libreoffice_calculates_the_same(sales: Path, tmp_path: Path) -> None:
    """What the formulas come to with the new record among the others."""
    write(Package.open(sales), [Insert("Sales", {4: NEW, 7: {"Item": "Too", "Net": 3}})])
    found = values(sales, tmp_path / "saved")
    assert [found[f"C{row}"] for row in range(4, 11)] == [7, 400, 500, 3, 600, 700, 800]
    assert [found[f"G{row}"] for row in range(4, 11)] == pytest.approx([7, 407, 907, 910, 1510, 2210, 3010])
    assert [found[f"F{row}"] for row in (4, 10)] == pytest.approx([7 / 3010, 800 / 3010])


@pytest.mark.parametrize("row", [4, 5, 6, 8])
def test_records_change_and_others_come_in_one_write(sales: Path, row: int) -> None:
    """Above and below the new one, each changed record has its new value and its own look."""
    write(Package.open(sales), [Patch("Sales", row, {"Item": "Changed"}), Insert("Sales", {6: NEW})])
    assert_sound(sales)
    sheet = openpyxl.load_workbook(sales)["Data"]
    left = ["Changed" if number == row else f"Item {number}" for number in range(4, 9)]
    left.insert(2, "New")
    assert [sheet[f"B{number}"].value for number in range(4, 10)] == left
    assert sheet["B8"].fill.fgColor.rgb == "00FFCC00"


def test_some_go_and_others_come_in_one_write(sales: Path) -> None:
    """The numbers of those that come are those of the table without what goes."""
    changes = [Patch("Sales", 8, {"Net": 1}), Delete("Sales", [6]), Insert("Sales", {4: NEW, 9: {"Item": "Last"}})]
    assert write(Package.open(sales), changes) == [[8], [], [4, 9]]
    assert_sound(sales)
    sheet = openpyxl.load_workbook(sales)["Data"]
    items = ["New", "Item 4", "Item 5", "Item 7", "Item 8", "Last"]
    assert [sheet[f"B{row}"].value for row in range(4, 10)] == items
    assert (sheet["C8"].value, sheet["B7"].fill.fgColor.rgb) == (1, "00FFCC00")
    assert formulas(sales, "Sheet 2")["A8"] == "=Data!B8"


@pytest.mark.parametrize("beside", [False, True])
def test_what_stands_beside_the_table_stays(tmp_path: Path, *, beside: bool) -> None:
    """Where something stands beside, only the table's cells move; else whole rows, with their heights."""
    rows = (
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c>{}</row>'
        '<row r="4" ht="44" customHeight="1"><c r="A4" s="2"><v>3</v></c></row><row r="5"><c r="A5" s="2"/>{}</row>'
    )
    cells = ('<c r="F3"><v>9</v></c>', '<c r="F5"><v>8</v></c>') if beside else ("", "")
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + rows.format(*cells), "A1:C4")
    write(Package.open(path), [Insert("People", {3: {"Id": 7}})])
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["People"]
    assert [sheet[f"A{row}"].value for row in range(2, 7)] == [1, 7, 2, 3, None]
    assert (sheet["F3"].value, sheet["F5"].value) == ((9, 8) if beside else (None, None))
    assert (sheet.row_dimensions[5].height, sheet.row_dimensions[3].height) == (None if beside else 44, None)
    assert sheet["A5"].number_format == "@"


def test_something_below_stops_it(tmp_path: Path) -> None:
    """Nothing below the table is written over."""
    below = '<row r="5"><c r="B5"><v>1</v></c></row>'
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + numbered(2, 4, "") + below, "A1:C4")
    before = path.read_bytes()
    with pytest.raises(RefusedChangeError, match="No row fits under the table: cell B5 is filled"):
        write(Package.open(path), [Insert("People", {2: {"Id": 7}})])
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (Append("Sales", [NEW]), False),
        (Append("Sales", [NEW]), True),
        (Patch("Sales", 5, {"Item": "x"}), True),
        (Replace("Sales", [NEW]), True),
        (Replace("Sales", [NEW]), False),
        (Insert("Sales", {4: NEW}), True),
    ],
)
def test_what_would_leave_rows_to_guess_is_refused(sales: Path, change: Change, *, first: bool) -> None:
    """Which rows another change of the same write means would be unclear; nothing is written."""
    before, new = sales.read_bytes(), Insert("Sales", {6: NEW})
    with pytest.raises(FileError, match="Do one after the other"):
        write(Package.open(sales), [new, change] if first else [change, new])
    assert sales.read_bytes() == before


@pytest.mark.parametrize("rows", [[3], [10], [5, 11]], ids=str)
def test_no_record_can_stand_there(sales: Path, rows: list[int]) -> None:
    """The header and rows beyond the table are no place for a record."""
    with pytest.raises(FileError, match="would not stand in the table"):
        write(Package.open(sales), [Insert("Sales", dict.fromkeys(rows, NEW))])


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sets(st.integers(4, 8), min_size=1, max_size=4), st.data())
def test_any_records_put_in_stand_where_they_should(
    tmp_path_factory: pytest.TempPathFactory, moved: set[int], data: st.DataObject
) -> None:
    """Whichever rows come, those that were there keep their order and values, and all formulas are those of their rows."""
    path = ledger(tmp_path_factory.mktemp("insert") / "sales.xlsx", rows=5, totals=data.draw(st.booleans()))
    rows: Mapping[int, Mapping[str, Any]] = {row: {"Item": f"New {row}", "Net": row} for row in moved}
    try:
        write(Package.open(path), [Insert("Sales", rows)])
    except FileError:
        assert max(moved) > 8 + len(moved)
        return
    assert_sound(path)
    found, sheet = formulas(path), openpyxl.load_workbook(path)["Data"]
    last = 8 + len(moved)
    items = [sheet[f"B{row}"].value for row in range(4, last + 1)]
    assert [item for item in items if item.startswith("Item")] == [f"Item {row}" for row in range(4, 9)]
    assert {row for row in moved if items[row - 4] == f"New {row}"} == moved
    assert [found[f"G{row}"] for row in range(4, last + 1)] == [f"=SUM($C$4:C{row})" for row in range(4, last + 1)]

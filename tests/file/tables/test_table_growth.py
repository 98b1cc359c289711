"""Rows appended to a table with formulas, totals and much that refers to it: every formula as Excel would have it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.ledger import ledger
from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Patch, Replace, write

NEW = [{"Item": "x", "Net": 50}, {"Item": "y", "Net": 60}]
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def formulas(path: Path, sheet: str = "Data") -> dict[str, str]:
    """The formulas of a sheet by address, as openpyxl reads them."""
    cells = [cell for row in openpyxl.load_workbook(path)[sheet].iter_rows() for cell in row]
    return {cell.coordinate: cell.value for cell in cells if cell.data_type == "f"}


def values(path: Path, folder: Path, sheet: str = "Data") -> dict[str, Any]:
    """What LibreOffice calculates for the cells that were written without a value."""
    cells = openpyxl.load_workbook(resave(path, folder), data_only=True)[sheet]
    return {cell.coordinate: cell.value for row in cells.iter_rows() for cell in row}


def part(path: Path, name: str) -> str:
    """The text of a part."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


@pytest.fixture(params=[True, False], ids=["totals", "no totals"])
def sales(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The ledger with three rows, with and without a totals row."""
    return ledger(tmp_path / "sales.xlsx", totals=request.param)


def test_new_rows_get_the_columns_formulas(sales: Path) -> None:
    """Relative references are those of the new row, structured and absolute ones stay, whole columns grow."""
    assert write(Package.open(sales), [Append("Sales", NEW)]) == [[7, 8]]
    assert_sound(sales)
    found = formulas(sales)
    for row in (7, 8):
        assert [found[f"{letter}{row}"] for letter in "DEFG"] == [
            f"=C{row}*Rates!$A$1",
            "=Sales[[#This Row],[Net]]+Sales[[#This Row],[Tax]]",
            f"=C{row}/SUM($C$4:$C$8)",
            f"=SUM($C$4:C{row})",
        ]


def test_rows_that_were_there_keep_their_formulas(sales: Path) -> None:
    """A running total still ends in its own row; a share is one of the whole, new rows included."""
    write(Package.open(sales), [Append("Sales", NEW)])
    found = formulas(sales)
    assert [found[f"G{row}"] for row in (4, 5, 6)] == ["=SUM($C$4:C4)", "=SUM($C$4:C5)", "=SUM($C$4:C6)"]
    assert [found[f"F{row}"] for row in (4, 5, 6)] == [f"=C{row}/SUM($C$4:$C$8)" for row in (4, 5, 6)]
    assert [found[f"D{row}"] for row in (4, 5, 6)] == [f"=C{row}*Rates!$A$1" for row in (4, 5, 6)]


def test_totals_move_down_with_their_formulas(tmp_path: Path) -> None:
    """Structured references stay, ranges grow, references to other totals go along; label and style too."""
    path = ledger(tmp_path / "a.xlsx")
    before = openpyxl.load_workbook(path)["Data"]["D7"].number_format
    write(Package.open(path), [Append("Sales", NEW)])
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["Data"]
    assert [cell.value for cell in sheet[9]][1:6] == [
        "Total",
        "=SUBTOTAL(109,[Net])",
        "=SUBTOTAL(109,D4:D8)",
        "=SUBTOTAL(109,[Gross])",
        "=E9/C9",
    ]
    assert sheet["D9"].number_format == before
    assert (sheet.tables["Sales"].ref, sheet.tables["Sales"].autoFilter.ref) == ("B3:G9", "B3:G8")


def test_formulas_elsewhere_grow_and_follow(tmp_path: Path) -> None:
    """Ranges over the whole column grow, references to the totals follow them, everything else stays."""
    path = ledger(tmp_path / "a.xlsx")
    write(Package.open(path), [Append("Sales", NEW)])
    assert formulas(path, "Sheet 2") == {
        "A1": "=SUM(Data!C4:C8)",
        "A2": '=COUNTIF(Data!$B$4:$B$8,"B4:B6")',
        "A3": "=Data!C4+Data!C5",
        "A4": "=SUM(Sales[Gross])",
        "A5": "=SUM(C4:C6)",
        "A6": "=Data!C9*2",
        "A7": "=SUM(Data!C4:C9)",
    }


def test_rules_and_names_grow(sales: Path) -> None:
    """Dropdowns, formats old and new, names, the print area and the sparkline lie over the new rows too."""
    last = Package.open(sales).tables["Sales"].last_row
    write(Package.open(sales), [Append("Sales", NEW)])
    workbook = openpyxl.load_workbook(sales)
    sheet = workbook["Data"]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {"C4:C8": "0", "J4": "$B$4:$B$8"}
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["C4:C8", "C5"]
    names = {name: item.attr_text for name, item in workbook.defined_names.items()}
    assert names == {"items": "Data!$B$4:$B$8", "first_two": "Data!$B$4:$B$5"}
    assert sheet.print_area == f"'Data'!$A$1:$H${last + 2}"
    xml = part(sales, "xl/worksheets/sheet1.xml")
    assert re.findall(r"<xm:(?:sqref|f)>(.*?)<", xml) == ["C4:C8", "Data!C4:C8", "I1"]


def test_charts_grow(sales: Path) -> None:
    """A chart shows the new rows; values kept with the old range do not stay."""
    write(Package.open(sales), [Append("Sales", NEW)])
    xml = part(sales, "xl/charts/chart1.xml")
    assert re.findall(r"<c:f>(.*?)</c:f>", xml) == ["Data!$C$3", "Data!$B$4:$B$8", "Data!$C$4:$C$8"]
    assert xml.count("Cache>") == 2  # that of the series' name, opened and closed


def test_libreoffice_calculates_the_same(sales: Path, tmp_path: Path) -> None:
    """What the new cells' formulas come to, by another program."""
    write(Package.open(sales), [Append("Sales", NEW)])
    found = values(sales, tmp_path / "saved")
    net = [400, 500, 600, 50, 60]
    assert [found[f"D{row}"] for row in (7, 8)] == pytest.approx([5, 6])
    assert [found[f"F{row}"] for row in range(4, 9)] == pytest.approx([amount / sum(net) for amount in net])
    assert [found[f"G{row}"] for row in (7, 8)] == pytest.approx([1550, 1610])
    assert values(sales, tmp_path / "other", "Sheet 2")["A1"] == pytest.approx(1610)
    if Package.open(sales).tables["Sales"].has_totals:
        assert found["D9"] == pytest.approx(161)


def test_order_of_calculation_is_dropped_whole(sales: Path) -> None:
    """Excel's list of cells with formulas goes with its type and relationship, and all is calculated on opening."""
    _with_calc_chain(sales)
    write(Package.open(sales), [Append("Sales", NEW)])
    assert_sound(sales)
    with zipfile.ZipFile(sales) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            assert b"calcChain" not in archive.read(name)
    assert openpyxl.load_workbook(sales).calculation.fullCalcOnLoad


def _with_calc_chain(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
    )
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{content}"/></Types>'
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{main}"><c r="D4" i="1"/></calcChain>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def test_many_rows_are_one_write(tmp_path: Path) -> None:
    """A batch gets all its formulas, each those of its own row."""
    path = ledger(tmp_path / "a.xlsx")
    write(Package.open(path), [Append("Sales", [{"Item": "x", "Net": 1}] * 2000)])
    assert_sound(path)
    found = formulas(path)
    assert all(found[f"G{row}"] == f"=SUM($C$4:C{row})" for row in range(4, 2007))
    assert found["D2007"] == "=SUBTOTAL(109,D4:D2006)"


def test_append_again_and_again(tmp_path: Path) -> None:
    """Single appends come to the same as one batch."""
    one, many = ledger(tmp_path / "one.xlsx"), ledger(tmp_path / "many.xlsx")
    write(Package.open(one), [Append("Sales", NEW * 2)])
    for row in NEW * 2:
        write(Package.open(many), [Append("Sales", [row])])
    assert_sound(many)
    assert [formulas(many, sheet) for sheet in ("Data", "Sheet 2")] == [
        formulas(one, sheet) for sheet in ("Data", "Sheet 2")
    ]


@pytest.mark.parametrize("count", [1, 3, 6])
def test_replaced_rows_get_formulas_too(tmp_path: Path, count: int) -> None:
    """All rows replaced by fewer or more: formulas, totals and ranges are those of the new rows."""
    path = ledger(tmp_path / "a.xlsx")
    last = 3 + count
    write(Package.open(path), [Replace("Sales", [{"Item": "x", "Net": 1}] * count)])
    assert_sound(path)
    found = formulas(path)
    assert {address for address in found if address[0] == "D"} == {f"D{row}" for row in range(4, last + 2)}
    assert found[f"D{last + 1}"] == f"=SUBTOTAL(109,D4:D{last})"
    assert found[f"F{last}"] == f"=C{last}/SUM($C$4:$C${last})"
    assert formulas(path, "Sheet 2")["A1"] == f"=SUM(Data!C4:C{last})"


def test_a_patch_elsewhere_in_the_same_write(tmp_path: Path) -> None:
    """Appending and patching an old row and a new one go together."""
    path = ledger(tmp_path / "a.xlsx")
    changes = [Append("Sales", NEW), Patch("Sales", 4, {"Net": 1}), Patch("Sales", 8, {"Item": "z"})]
    assert write(Package.open(path), changes) == [[7, 8], [4], [8]]
    assert_sound(path)
    sheet = openpyxl.load_workbook(path)["Data"]
    assert (sheet["C4"].value, sheet["B8"].value, sheet["D8"].value) == (1, "z", "=C8*Rates!$A$1")

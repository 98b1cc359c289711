"""Formulas that name columns of a table, followed when a column is renamed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.file.tables.test_table_growth import formulas, part
from tests.support.ledger import ledger
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.parts import TablePart
from workbook_cms.file.tables.structured import Rename
from workbook_cms.file.writer import Append, RenameColumn, write

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
SALES = TablePart("Sales", "", "Data", "", 3, 7, 2, ("Item", "Net", "It's #1 [x]"), has_totals=False)


@pytest.mark.parametrize(
    ("formula", "renamed"),
    [
        ("SUM(Sales[Net])", "SUM(Sales[Amount])"),
        ("sales[net]*2", "sales[Amount]*2"),
        ("Sales[[#This Row],[Net]]+Sales[@Net]", "Sales[[#This Row],[Amount]]+Sales[@Amount]"),
        ("SUM(Sales[[#Totals],[Item]:[Net]])", "SUM(Sales[[#Totals],[Item]:[Amount]])"),
        ("Sales[#Headers]&Sales[]", "Sales[#Headers]&Sales[]"),
        ("Other[Net]+Sales2[Net]+[Net]", "Other[Net]+Sales2[Net]+[Net]"),
        ('"Sales[Net]"&Sales[Net]', '"Sales[Net]"&Sales[Amount]'),
        ("Sales[Net price]", "Sales[Net price]"),
    ],
)
def test_only_the_column_of_that_table_changes(formula: str, renamed: str) -> None:
    """Every form of the reference is followed; other tables, other columns and texts stay."""
    assert Rename(SALES, "Net", "Amount").formula(formula, inside=False) == renamed


def test_inside_the_table_its_name_may_be_missing() -> None:
    """In the table's own formulas a column stands alone; a number in brackets is another workbook."""
    rename = Rename(SALES, "Net", "1")
    assert rename.formula("SUBTOTAL(109,[Net])+[1]Sheet1!A1", inside=True) == "SUBTOTAL(109,[1])+[1]Sheet1!A1"
    assert Rename(SALES, "1", "x").formula("[1]Sheet1!A1+[1]", inside=True) == "[1]Sheet1!A1+[x]"


def test_special_characters_are_escaped_and_understood() -> None:
    """Brackets, hashes and quotes stand behind a quote, in two pairs of brackets where one is not enough."""
    assert Rename(SALES, "Net", "a [b] #1").formula("Sales[Net]", inside=False) == "Sales[[a '[b'] '#1]]"
    assert Rename(SALES, "It's #1 [x]", "y").formula("Sales[It''s '#1 '[x']]", inside=False) == "Sales[y]"


def test_renamed_everywhere(tmp_path: Path) -> None:
    """Cells on every sheet, calculated columns, totals, names and other tables use the new label at once."""
    path = ledger(tmp_path / "a.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.defined_names["all_gross"] = openpyxl.workbook.defined_name.DefinedName(
        "all_gross", attr_text="Sales[Gross]"
    )
    workbook.save(path)
    changes = [
        RenameColumn("Sales", "Gross", "Gross & all"),
        RenameColumn("Sales", "Net", "Amount"),
        Append("Sales", [{"Item": "x", "Amount": 1}]),
    ]
    write(Package.open(path), changes)
    assert_sound(path)
    data = formulas(path)
    assert {data[f"E{row}"] for row in range(4, 8)} == {"=Sales[[#This Row],[Amount]]+Sales[[#This Row],[Tax]]"}
    assert (data["C8"], data["E8"]) == ("=SUBTOTAL(109,[Amount])", "=SUBTOTAL(109,[[Gross & all]])")
    assert formulas(path, "Sheet 2")["A4"] == "=SUM(Sales[[Gross & all]])"
    names = openpyxl.load_workbook(path).defined_names
    assert names["all_gross"].attr_text == "Sales[[Gross & all]]"
    assert "Sales[[#This Row],[Amount]]" in part(path, "xl/tables/table1.xml")


def test_a_renamed_calculated_column_is_still_calculated(tmp_path: Path) -> None:
    """Under its new label too it takes no value, and new rows get its formula."""
    path = ledger(tmp_path / "a.xlsx")
    rename = RenameColumn("Sales", "Tax", "Levy")
    with pytest.raises(FileError, match="column Levy: Excel calculates this column"):
        write(Package.open(path), [rename, Append("Sales", [{"Item": "x", "Levy": 1}])])
    write(Package.open(path), [rename, Append("Sales", [{"Item": "x", "Levy": None}])])
    assert formulas(path)["D7"] == "=C7*Rates!$A$1"

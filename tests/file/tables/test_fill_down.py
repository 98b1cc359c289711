"""Formulas that stand in the cells of a column, without the table knowing them as its formula, go on in new rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from tests.file.tables.test_table_growth import formulas, values
from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from workbook_cms import Workbook

HEADER = ("Item", "Net", "Tax", "Balance", "Share")


def openpyxl_made(path: Path, rows: int = 3, odd: Mapping[str, str] | None = None) -> Path:
    """A table as openpyxl makes it: formulas in its cells alone; ``odd`` cells hold something else."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Data"
    sheet.append(HEADER)
    for n in range(2, rows + 2):
        balance = "=B2" if n == 2 else f"=D{n - 1}+B{n}"
        sheet.append(["x", 100, f"=B{n}*0.1", balance, f"=B{n}/SUM(B$2:B${rows + 1})"])
    for address, value in (odd or {}).items():
        sheet[address] = value
    sheet.add_table(Table(displayName="Sales", ref=f"A1:E{rows + 1}"))
    book.save(path)
    return path


def append(path: Path, *rows: Mapping[str, Any]) -> dict[str, str]:
    """Rows put into the table without a policy; the sheet's formulas afterwards."""
    Workbook.open(path).table("Sales").append(list(rows))
    assert_sound(path)
    return formulas(path)


def test_formulas_go_on(tmp_path: Path) -> None:
    """What the last records agree in is filled down; a range over the column takes the new rows in, for all."""
    found = append(openpyxl_made(tmp_path / "a.xlsx", 7), {"Net": 50}, {"Net": 60})
    assert [found[f"C{n}"] for n in (9, 10)] == ["=B9*0.1", "=B10*0.1"]
    assert [found[f"D{n}"] for n in (9, 10)] == ["=D8+B9", "=D9+B10"]
    assert [found[f"E{n}"] for n in (2, 10)] == ["=B2/SUM(B$2:B$10)", "=B10/SUM(B$2:B$10)"]


def test_another_program_calculates_them(tmp_path: Path) -> None:
    """LibreOffice, which writes such a column as shared formulas, comes to the right values before and after."""
    path = resave(openpyxl_made(tmp_path / "a.xlsx", 7), tmp_path / "libreoffice")
    append(path, {"Net": 50})
    found = values(path, tmp_path / "saved")
    assert (found["C9"], found["D9"]) == (pytest.approx(5), pytest.approx(750))
    assert [found["E2"], found["E9"]] == pytest.approx([100 / 750, 50 / 750])


def test_a_value_goes_before_the_formula(tmp_path: Path) -> None:
    """Who gives a value means it, and None means blank."""
    path = openpyxl_made(tmp_path / "a.xlsx")
    found = append(path, {"Net": 50, "Tax": 7}, {"Net": 50, "Tax": None}, {"Net": 1})
    assert [address for address in found if address[0] == "C"] == ["C2", "C3", "C4", "C7"]
    sheet = openpyxl.load_workbook(path)["Data"]
    assert (sheet["C5"].value, sheet["C6"].value) == (7, None)


@pytest.mark.parametrize(
    "odd",
    [
        {"C4": "=B4*0.2"},
        {"C3": "12"},
        {"C2": "=10*2", "C3": "=10*2", "C4": "=10*2"},
        {"C2": "=$B$2", "C3": "=$B$2", "C4": "=$B$2"},
    ],
    ids=["another formula", "a value between", "typed sums", "one cell for all"],
)
def test_what_the_rows_do_not_agree_in_stays_blank(tmp_path: Path, odd: dict[str, str]) -> None:
    """Formulas that differ, or that name nothing of their own row, are no rule for new rows."""
    assert "C5" not in append(openpyxl_made(tmp_path / "a.xlsx", odd=odd), {"Net": 50})


def test_rows_that_are_there_and_blank_are_filled_too(tmp_path: Path) -> None:
    """Below the table a formatted row without content may stand already; it gets the formulas as well."""
    path = openpyxl_made(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    for column in "ABCDE":
        book["Data"][f"{column}5"].number_format = "0.00"
    book.save(path)
    found = append(path, {"Net": 50}, {"Net": 60, "Tax": 1})
    assert (found["C5"], found.get("C6")) == ("=B5*0.1", None)

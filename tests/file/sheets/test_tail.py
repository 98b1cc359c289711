"""The last row of a table and a search for a text, without reading the table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.support.books import book
from tests.support.handmade import handmade, header
from tests.support.libreoffice import resave
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.tail import held, last_row
from workbook_cms.file.writer import Append, Patch, write


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook with two people in it."""
    return book(tmp_path / "people.xlsx")


def test_last_row_of_a_built_workbook(people: Path) -> None:
    """Texts that are shared strings, and blanks."""
    expected = {"Key": "STK-2", "Name": "Bo", "Born": None, "Cost": None}
    assert last_row(Package.open(people), "People") == expected


def test_last_row_after_a_write(people: Path) -> None:
    """Texts in the row itself, dates as serials, numbers whole where they are."""
    write(Package.open(people), [Append("People", [{"Key": "a<&b\n", "Born": dt.date(2024, 7, 1), "Cost": 3.0}])])
    assert last_row(Package.open(people), "People") == {"Key": "a<&b\n", "Name": None, "Born": 45474, "Cost": 3}


def test_last_row_of_a_saved_copy(people: Path, tmp_path: Path) -> None:
    """What LibreOffice saved reads the same."""
    saved = resave(people, tmp_path / "saved")
    assert last_row(Package.open(saved), "People")["Name"] == "Bo"


def test_empty_table_has_no_last_row(tmp_path: Path) -> None:
    """The blank row of an empty table is no record."""
    assert last_row(Package.open(book(tmp_path / "a.xlsx", [])), "People") == {}
    assert last_row(Package.open(handmade(tmp_path / "b.xlsx", header("Id", "B", "C"), "A1:C2")), "People") == {}


def test_a_text_is_looked_for_where_the_table_is(people: Path) -> None:
    """Texts are found in the row or among the shared strings, and only those that the sheet shows."""
    write(Package.open(people), [Append("People", [{"Key": '5 > 3 & "so"'}])])
    package = Package.open(people)
    found = held(package, "People", ["STK-1", "Ada", '3 & "so', "Title", "nobody"])
    assert found == {"STK-1", "Ada", '3 & "so'}
    assert held(package, "Notes", ["Ada"]) == set()


def test_a_search_forgets_what_was_overwritten(people: Path) -> None:
    """A shared string that no cell of the sheet shows any more does not count."""
    write(Package.open(people), [Patch("People", 2, {"Name": "Eve"})])
    assert held(Package.open(people), "People", ["Ada", "Eve"]) == {"Eve"}

"""`check` tells what would make Excel repair the workbook, in words for its owner."""

import openpyxl
import pytest

from tests.support.rich import planted
from workbook_cms import Workbook


def part_of(book, sheet):
    """The part of a sheet."""
    return book.snapshot().package.sheet(sheet).part


@pytest.mark.parametrize(
    ("code", "place", "part", "old", "new"),
    [
        ("FIL011", "", "xl/styles.xml", '(<cellStyle [^>]*?xfId=")0', r"\g<1>70"),
        ("FIL012", "Stakeholders!B1", "Stakeholders", '(<c r="B1" s=")[0-9]+', r"\g<1>999"),
        ("FIL013", "Stakeholders", "table", '(<autoFilter ref="A1:[A-Z]+)[0-9]+', r"\g<1>99"),
        ("FIL014", "", "Stakeholders", 'workbookViewId="0"', 'workbookViewId="5"'),
        ("FIL015", "Stakeholders!A1:B1", "Stakeholders", '<dimension ref="[^"]*"', '<dimension ref="A1:B1"'),
    ],
)
def test_what_excel_would_repair_is_told(book, tmp_path, code, place, part, old, new):
    """Each is told once, by its place, with what to do; the records are read all the same."""
    package = book.snapshot().package
    found = package.tables["Stakeholders"].part if part == "table" else part
    found = part_of(book, part) if part == "Stakeholders" else found
    flawed = Workbook.open(planted(book.path, tmp_path / "flawed.xlsx", found, old, new))
    (finding,) = flawed.check(select=["FIL01", "FIL02"])
    assert (finding.code, finding.cell or finding.table) == (code, place)
    assert finding.message.endswith(("save.", "anew."))
    assert len(flawed.table("Stakeholders")) == 1


def test_little_room_under_a_table_is_told_before_an_entry_is_refused(book):
    """Merged cells some rows further down are named, with the number of records that still fit."""
    excel = openpyxl.load_workbook(book.path)
    table = book.snapshot().package.tables["Stakeholders"]
    first = table.last_row + 4
    excel[table.sheet].merge_cells(f"A{first}:B{first}")
    excel.save(book.path)
    (finding,) = Workbook.open(book.path).check(select=["FIL016"])
    assert (finding.code, finding.table, finding.details["rows"]) == ("FIL016", "Stakeholders", 3)
    assert f"3 more records fit under the table: the merged cells A{first}:B{first} are in the way." in str(
        finding
    )


def test_a_workbook_that_is_well_has_no_such_finding(book):
    """What we make and write is sound."""
    assert book.check(select=["FIL"]) == []

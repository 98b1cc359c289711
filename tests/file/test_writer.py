"""Rows appended, changed and replaced in a closed workbook, as independent readers see them."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.books import ROWS, book, members, seen, seen_by_calamine
from tests.support.handmade import handmade, header
from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Patch, Replace, write


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook with two people in it."""
    return book(tmp_path / "people.xlsx")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workbook whose table has only its blank row."""
    return book(tmp_path / "empty.xlsx", [], intro="Who we know")


def test_appended_row_is_the_last_of_the_table(people: Path) -> None:
    """A row goes under the last one, and both readers and the checker agree on it."""
    row = {"Key": "STK-3", "Name": "=1+1", "Born": dt.date(2000, 2, 29), "Cost": -3}
    assert write(Package.open(people), [Append("People", [row])]) == [[4]]
    assert_sound(people)
    assert seen(people)[3] == ["STK-3", "=1+1", dt.datetime(2000, 2, 29), -3]
    assert seen_by_calamine(people)[3] == ["STK-3", "=1+1", dt.date(2000, 2, 29), -3]
    assert Package.open(people).tables["People"].ref == "A1:D4"


def test_cell_styles_are_carried_on(people: Path) -> None:
    """The new cells look like those above, blank ones too."""
    write(Package.open(people), [Append("People", [{"Key": "STK-3"}])])
    sheet = openpyxl.load_workbook(people)["People"]
    assert [cell.number_format for cell in sheet[4]] == [cell.number_format for cell in sheet[3]]
    assert [cell.border.bottom.style for cell in sheet[4]] == ["thin"] * 4


def test_first_row_fills_the_blank_row(empty: Path) -> None:
    """An empty table's blank row is filled, not followed."""
    assert write(Package.open(empty), [Append("People", [{"Key": "STK-1"}, {"Key": "STK-2"}])]) == [[4, 5]]
    assert_sound(empty)
    assert [row[0] for row in seen(empty)] == ["Who we know", None, "Key", "STK-1", "STK-2"]
    assert Package.open(empty).tables["People"].ref == "A3:D5"


def test_first_row_fills_a_blank_row_that_is_not_there(tmp_path: Path) -> None:
    """The blank row of an empty table may be missing from the sheet."""
    path = handmade(tmp_path / "a.xlsx", header("Id", "B", "C"), ref="A1:C2")
    assert write(Package.open(path), [Append("People", [{"Id": "x"}])]) == [[2]]
    assert_sound(path)
    assert seen_by_calamine(path)[1][0] == "x"


def test_blank_formatted_rows_below_are_filled_as_they_are(tmp_path: Path) -> None:
    """Rows that exist below the table with formats only are used, their cells outside the table kept."""
    rows = (
        header("Id", "B", "C")
        + '<row r="2"><c r="A2"><v>1</v></c></row><row r="3" ht="30"><c r="E3" s="2"/></row>'
    )
    path = handmade(tmp_path / "a.xlsx", rows, ref="A1:C2")
    assert write(Package.open(path), [Append("People", [{"Id": 2}, {"Id": 3}])]) == [[3, 4]]
    assert_sound(path)
    assert [row[0] for row in seen_by_calamine(path)] == ["Id", 1, 2, 3]
    assert b'<row r="3" ht="30"><c r="A3"><v>2</v></c><c r="E3" s="2"/></row>' in Package.open(path).read(
        Package.open(path).tables["People"].sheet_part
    )


def test_patch_keeps_the_other_cells_byte_for_byte(people: Path) -> None:
    """Only the named cells of a row change; None empties a cell and keeps its style."""
    before = Package.open(people)
    old = before.read(before.tables["People"].sheet_part)
    write(before, [Patch("People", 2, {"Name": "Zoë & co", "Cost": None})])
    assert_sound(people)
    assert seen(people)[1] == ["STK-1", "Zoë & co", dt.datetime(1990, 5, 1), None]
    new = Package.open(people).read(before.tables["People"].sheet_part)
    start, end = old.index(b'<c r="B2"'), old.index(b'<c r="C2"')
    assert new.startswith(old[:start])
    assert old[end : old.index(b'<c r="D2"')] in new
    assert new.endswith(old[old.index(b'<row r="3"') :])


def test_many_changes_are_one_file(people: Path) -> None:
    """Rows added, then changed, in two tables, in one write."""
    changes = [
        Append("People", [{"Key": "STK-3"}]),
        Patch("People", 4, {"Name": "Cy"}),
        Patch("People", 3, {"Name": "Bob"}),
        Patch("People", 3, {"Cost": 7}),
        Append("Notes", [{"Text": "b\nc"}]),
        Append("People", [{"Key": "STK-4"}]),
    ]
    assert write(Package.open(people), changes) == [[4], [4], [3], [3], [3], [5]]
    assert_sound(people)
    assert [row[:2] for row in seen(people)[2:]] == [["STK-2", "Bob"], ["STK-3", "Cy"], ["STK-4", None]]
    assert seen(people)[2][3] == 7
    assert seen(people, "Notes")[2] == ["b\nc"]


def test_many_patches_find_their_rows(tmp_path: Path) -> None:
    """A batch of patches changes each its own row."""
    path = book(tmp_path / "many.xlsx", [{"Key": f"K{number}"} for number in range(200)])
    write(Package.open(path), [Patch("People", row, {"Name": f"N{row}"}) for row in range(2, 202, 7)])
    assert_sound(path)
    assert [row[1] for row in seen(path)[1:]] == [f"N{row}" if row % 7 == 2 else None for row in range(2, 202)]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_replace_leaves_exactly_the_new_rows(people: Path, count: int) -> None:
    """All rows are replaced, by fewer, as many, or more; by none, a blank row stays."""
    rows = [{"Key": f"NEW-{number}"} for number in range(count)]
    assert write(Package.open(people), [Replace("People", rows)]) == [list(range(2, 2 + count))]
    assert_sound(people)
    assert [row[0] for row in seen(people)[1:]] == ([row["Key"] for row in rows] or [None])
    assert write(Package.open(people), [Append("People", [{"Key": "then"}])]) == [[2 + count]]


def test_untouched_members_are_copied_byte_for_byte(people: Path) -> None:
    """Only the sheet and the table part change; order, times and attributes stay."""
    before = members(people)
    write(Package.open(people), [Append("People", [{"Key": "x"}])])
    after = members(people)
    assert list(after) == list(before)
    table = Package.open(people).tables["People"]
    assert {name for name in before if before[name] != after[name]} == {table.part, table.sheet_part}


def test_workbook_with_formulas_is_told_to_calculate(tmp_path: Path) -> None:
    """Where another cell holds a formula, Excel must not trust the value stored with it."""
    path = book(tmp_path / "people.xlsx")
    saved = resave(path, tmp_path / "saved")
    workbook = openpyxl.load_workbook(saved)
    workbook["Notes"]["C1"] = "=COUNTA(People!A:A)"
    workbook.calculation.fullCalcOnLoad = False
    workbook.save(path)
    write(Package.open(path), [Append("People", [{"Key": "x"}])])
    assert openpyxl.load_workbook(path).calculation.fullCalcOnLoad


def test_libreoffice_opens_what_was_written(people: Path, tmp_path: Path) -> None:
    """LibreOffice sees the new rows, and what it saves can be written to again."""
    write(Package.open(people), [Append("People", [{"Key": "STK-3", "Born": dt.date(1999, 12, 31)}])])
    saved = resave(people, tmp_path / "saved")
    assert seen(saved)[3][:3] == ["STK-3", None, dt.datetime(1999, 12, 31)]
    write(Package.open(saved), [Append("People", [{"Key": "STK-4"}]), Patch("People", 2, {"Name": "New"})])
    assert_sound(saved)
    assert [row[:2] for row in seen(saved)[1:5]] == [
        ["STK-1", "New"],
        ["STK-2", "Bo"],
        ["STK-3", None],
        ["STK-4", None],
    ]


def test_dates_count_from_1904_where_the_workbook_does(tmp_path: Path) -> None:
    """A workbook of the 1904 date system reads back the same day."""
    rows = header("Id", "B", "C") + '<row r="2"><c r="A2" s="1"><v>1</v></c></row>'
    path = handmade(tmp_path / "a.xlsx", rows, ref="A1:C2", date1904=True)
    write(Package.open(path), [Append("People", [{"Id": dt.date(2024, 7, 1)}])])
    assert seen_by_calamine(path)[2][0] == dt.date(2024, 7, 1)


def test_moments_get_a_format_that_shows_them(people: Path) -> None:
    """A time of day in a date column, and a date in a text column, are shown as what they are."""
    moment = dt.datetime(2024, 7, 1, 13, 30)
    write(Package.open(people), [Append("People", [{"Name": dt.date(2024, 7, 1), "Born": moment}])])
    assert_sound(people)
    assert seen(people)[3][1:3] == [dt.datetime(2024, 7, 1), moment]


def test_long_whole_numbers_and_early_dates_become_text(people: Path) -> None:
    """What Excel would round, or has no calendar for, keeps all its characters."""
    write(Package.open(people), [Append("People", [{"Key": 10**18 + 1, "Born": dt.date(1850, 1, 2)}])])
    assert [seen(people)[3][index] for index in (0, 2)] == ["1000000000000000001", "1850-01-02"]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40).filter(
    lambda text: "\ufffe" not in text and "\uffff" not in text
) | st.sampled_from(
    ["_x0041_", "_x005F_", " lead", "tail ", "two\nlines", "tab\t", "a\rb", "<&>\"'", "]]>", "=1", "😀", "NA"]
)
NUMBERS = st.integers(-(10**14), 10**14) | st.floats(allow_nan=False, allow_infinity=False, width=64)
DATES = st.dates(dt.date(1900, 3, 1), dt.date(2200, 1, 1))


@pytest.fixture(scope="module")
def blank_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A workbook whose table is empty, as bytes."""
    return book(tmp_path_factory.mktemp("blank") / "blank.xlsx", []).read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, DATES, NUMBERS), min_size=1, max_size=5))
def test_values_read_back_equal(
    blank_bytes: bytes, tmp_path: Path, rows: list[tuple[str, str, dt.date, float]]
) -> None:
    """Texts, dates and numbers come back as they were given, through calamine and openpyxl."""
    path = tmp_path / "round.xlsx"
    path.write_bytes(blank_bytes)
    labels = ("Key", "Name", "Born", "Cost")
    write(Package.open(path), [Append("People", [dict(zip(labels, row, strict=True)) for row in rows])])
    assert_sound(path)
    for given_row, by_calamine, by_openpyxl in zip(rows, seen_by_calamine(path)[1:], seen(path)[1:], strict=True):
        key, name, born, cost = given_row
        assert by_calamine[:3] == [key, name, born]
        # openpyxl leaves _xHHHH_ escapes as they stand, so texts with one are compared through calamine only.
        assert by_openpyxl[2] == dt.datetime(born.year, born.month, born.day)
        for read in (by_calamine[3], by_openpyxl[3]):
            assert math.isclose(read, cost, rel_tol=0, abs_tol=0)
        if "_x" not in key and "\r" not in key:
            assert (by_openpyxl[0] or "") == key


def test_batch_is_one_splice(people: Path) -> None:
    """Three thousand rows in one change are all there, in order, and the first and last read back."""
    rows: list[dict[str, Any]] = [{"Key": f"B{number}", "Cost": number} for number in range(3000)]
    numbers = write(Package.open(people), [Append("People", rows)])[0]
    assert (numbers[0], numbers[-1]) == (4, 3003)
    assert_sound(people)
    assert [row[0] for row in seen_by_calamine(people)[1:]] == [row["Key"] for row in (*ROWS, *rows)]

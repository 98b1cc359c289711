"""Values in and out of cells, typed as xlwings documents it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbook_cms.forms.engines.values import prepared

NOON = dt.datetime(2026, 11, 5, 12, 30, 15)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0412", "0412"),
        ("'t Hooft", "'t Hooft"),
        ("", None),
        (None, None),
        ("TRUE", "TRUE"),
        ("2026-11-05", "2026-11-05"),
        ("line one\nline two", "line one\nline two"),
        ("Zoë 李 🙂", "Zoë 李 🙂"),
        (7, 7.0),
        (2**40, 2.0**40),
        (-0.25, -0.25),
        (Decimal("19.95"), 19.95),
        (True, True),
        (False, False),
        (dt.date(2026, 11, 5), dt.datetime(2026, 11, 5)),
        (NOON, NOON),
        (float("nan"), None),
        (np.float64(1.5), 1.5),
        (np.int64(3), 3.0),
        (np.bool_(True), True),
        (pd.Timestamp(NOON), NOON),
        (pd.NaT, None),
        (pd.NA, None),
    ],
)
def test_a_value_comes_back(sheet, written, read) -> None:
    """Texts stay texts, numbers are floats, dates datetimes, what is missing None."""
    sheet["B2"].value = written
    assert (sheet["B2"].value, type(sheet["B2"].value)) == (read, type(read))


def test_text_that_begins_with_an_equals_sign(sheet) -> None:
    """It is a formula, as in Excel, but not in a cell that is formatted as text."""
    sheet["A2"].number_format = "@"
    sheet["A1:A2"].value = [["=1+1"], ["=1+1"]]
    assert sheet["A1:A2"].value == [2.0, "=1+1"]
    assert sheet["A1"].formula == "=1+1"


def test_a_number_in_a_text_cell_is_not_asked_for_here(sheet) -> None:
    """Digits written as text into a cell formatted as text keep their zeros."""
    sheet["A1:B1"].number_format = "@"
    sheet["A1:B1"].value = ["007", "+61 412 345 678"]
    assert sheet["A1:B1"].value == ["007", "+61 412 345 678"]


def test_one_and_two_dimensions(sheet) -> None:
    """A cell gives a value, a row or a column a list, a block a list of rows; ndim=2 always rows."""
    sheet["A1"].value = [[1, 2], [3, 4]]
    assert sheet["A1"].value == 1
    assert sheet["A1:B1"].value == [1, 2]
    assert sheet["A1:A2"].value == [1, 3]
    assert sheet["A1:B2"].value == [[1, 2], [3, 4]]
    assert sheet["A1"].options(ndim=2).value == [[1]]
    assert sheet["A1:A2"].options(ndim=2).value == [[1], [3]]


def test_one_value_fills_a_range(sheet) -> None:
    """A scalar goes into every cell; a formula moves along."""
    sheet["A1:B2"].value = "x"
    assert sheet["A1:B2"].value == [["x", "x"], ["x", "x"]]
    sheet["C1:C3"].value = [[1], [2], [3]]
    sheet["D1:D3"].value = "=C1*10"
    assert sheet["D1:D3"].value == [10, 20, 30]


def test_a_list_is_a_row_and_transpose_makes_it_a_column(sheet) -> None:
    """A flat list goes to the right; with transpose down."""
    sheet["A1"].value = [1, 2, 3]
    sheet["A2"].options(transpose=True).value = ["a", "b"]
    assert sheet["A1:C3"].value == [[1, 2, 3], ["a", None, None], ["b", None, None]]


def test_errors(sample) -> None:
    """Error cells are None, or their names on request."""
    cells = sample.sheets["Our form"]["E1:F1"]
    assert cells.value == [None, None]
    assert cells.options(err_to_str=True).value == ["#N/A", "#DIV/0!"]


def test_kinds_of_a_row_as_excel_saved_it(sample) -> None:
    """Text, number, truth value, date, errors and a calculated number, read in one block."""
    row = sample.sheets["Our form"]["A1:G1"].value
    assert row == ["text", 12.5, True, dt.datetime(2026, 11, 5), None, None, 25.0]


def test_options_of_xlwings(sheet) -> None:
    """numbers, dates and empty are converted as asked."""
    sheet["A1"].value = [3, dt.date(2026, 1, 2), None]
    assert sheet["A1:C1"].options(numbers=int, dates=dt.date, empty="-").value == [3, dt.date(2026, 1, 2), "-"]


def test_a_time_without_a_date_is_a_number(sheet) -> None:
    """As in Excel, a cell that shows a time holds a part of a day."""
    sheet["A1"].value = 0.5
    sheet["A1"].number_format = "hh:mm"
    assert sheet["A1"].value == 0.5


def test_a_number_over_a_truth_value_is_a_number(sheet) -> None:
    """The cell does not go on showing TRUE for a 1."""
    sheet["A1:A3"].value = [[True], [dt.date(2026, 1, 2)], ["x"]]
    sheet["A1:A3"].value = [[1], [1], [1]]
    assert sheet["A1"].value == 1.0
    assert type(sheet["A1"].value) is float
    assert type(sheet["A3"].value) is float


def test_a_truth_value_typed_by_a_person(sheet) -> None:
    """LibreOffice keeps a typed TRUE as a number with a look; it is read as True all the same."""
    cell = sheet["A1"].api.getCellByPosition(0, 0)
    cell.setValue(1)
    sheet["A1"].number_format = "BOOLEAN"
    assert sheet["A1"].value is True


def test_a_date_keeps_the_look_of_its_cell(sheet) -> None:
    """A cell that shows dates in its own way goes on doing so."""
    sheet["A1"].number_format = "ddd d mmm yyyy"
    sheet["A1"].value = dt.date(2026, 11, 5)
    assert sheet["A1"].number_format.lower() == "ddd d mmm yyyy"
    assert sheet["A1"].api.getCellByPosition(0, 0).getString() == "Thu 5 Nov 2026"


def test_frames_go_in_and_out(sheet) -> None:
    """A frame of pandas is written and read back whole."""
    frame = pd.DataFrame({"name": ["Ada", "Bo"], "born": [dt.datetime(1990, 5, 1), dt.datetime(1991, 6, 2)]})
    sheet["A1"].options(index=False).value = frame
    again = sheet["A1"].options(pd.DataFrame, expand="table", index=False).value
    assert again["name"].tolist() == ["Ada", "Bo"]
    assert [value.to_pydatetime() for value in again["born"]] == [value.to_pydatetime() for value in frame["born"]]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.none()
                | st.booleans()
                | st.floats(allow_nan=False, allow_infinity=False, width=32)
                | st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=12).filter(
                    lambda text: not text.startswith("=")
                )
                | st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2199, 12, 31)).map(
                    lambda moment: moment.replace(microsecond=0)
                ),
                min_size=columns,
                max_size=columns,
            ),
            min_size=1,
            max_size=5,
        )
    )
)
def test_any_block_comes_back(sheet, rows) -> None:
    """Blocks of anything are read back as they were written."""
    sheet.clear()
    sheet["A1"].value = rows
    read = sheet["A1"].resize(len(rows), len(rows[0])).options(ndim=2).value
    assert [[(type(v), v) for v in row] for row in read] == [[(type(v), v) for v in row] for row in rows]


def test_what_cannot_be_written_is_left_alone() -> None:
    """An object that is no value goes through as it is, for xlwings to complain."""
    thing = object()
    assert prepared(thing) is thing

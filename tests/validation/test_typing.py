"""Typing: what each cell becomes, and what is said about a cell of the wrong type."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.support.markdown import table_frame
from tests.validation.conftest import PEOPLE, POLICY, TODAY, TRIPS, places
from validation.findings import Finding, Fix, Severity
from validation.frames import TableFrame, TypedTable
from validation.typing import parse_text, retype, type_table


def _trips(text: str) -> TypedTable:
    return type_table(table_frame(TRIPS, text), POLICY, TODAY)


def _people(**cells: object) -> list[Finding]:
    return list(type_table(TableFrame.of_entries(PEOPLE, [cells]), POLICY, TODAY).findings)


def test_columns_take_the_type_of_their_field() -> None:
    """Typed columns have the dtypes that TypedTable promises, blanks among them."""
    typed = _trips("""
        | Booking number | Travel date | Party size | Value |
        |----------------|-------------|------------|-------|
        | WT1234566      | 2026-11-05  | 2          | 10.5  |
        |                |             |            |       |
        """)
    kinds = typed.values.dtypes.astype(str).to_dict()
    assert kinds["booking_number"] == "object"
    assert (kinds["travel_date"], kinds["party_size"], kinds["value"]) == ("datetime64[s]", "Int64", "float64")
    assert typed.values["booking_number"].tolist() == ["WT1234566", None]
    assert typed.values["travel_date"].iloc[0] == pd.Timestamp("2026-11-05")
    assert typed.values.iloc[1].isna().all()
    assert typed.findings == ()


def test_a_mistyped_cell_hides_nothing_else_in_its_column() -> None:
    """Every mistyped cell of a column is found, and the good cells beside it are typed."""
    typed = _trips("""
        | Booking number | Travel date | Party size |
        |----------------|-------------|------------|
        | A              | 25/11/2026  | "12.0"     |
        | B              | 2026-11-05  | many       |
        | C              | #REF!       | 3          |
        | D              | 46331       | 2.5        |
        """)
    assert places(list(typed.findings)) == [
        ("ENT017", "B4"),
        ("ENT003", "B2"),
        ("ENT003", "B5"),
        ("ENT003", "C2"),
        ("ENT003", "C3"),
        ("ENT003", "C5"),
    ]
    assert typed.values["travel_date"].notna().tolist() == [False, True, False, False]
    assert typed.values["party_size"].tolist()[2] == 3


@pytest.mark.parametrize(
    ("text", "day", "fix"),
    [
        ("25/11/2026", dt.date(2026, 11, 25), Fix.SAFE),
        ("5/11/2026", dt.date(2026, 11, 5), Fix.UNSAFE),
        ("2026-11-05", dt.date(2026, 11, 5), Fix.SAFE),
        ("5 Nov 2026", dt.date(2026, 11, 5), Fix.SAFE),
        ("soon", None, Fix.NONE),
    ],
)
def test_a_date_typed_as_text_is_read_by_the_date_order(text: str, day: dt.date | None, fix: Fix) -> None:
    """The date that was meant is suggested; where day and month could be turned round, not as a safe fix."""
    typed = type_table(TableFrame.of_entries(TRIPS, [{"travel_date": text}]), POLICY)
    (finding,) = typed.findings
    assert (finding.code, finding.suggestion, finding.fix) == ("ENT003", day, fix)


def test_numbers_in_text_fields_give_their_text() -> None:
    """A postcode kept as a number is its text, with Darwin's zero; a date in a text field is lost."""
    assert [(f.code, f.suggestion, f.fix) for f in _people(postcode=2000)] == [("ENT003", "2000", Fix.SAFE)]
    assert [(f.suggestion, f.fix) for f in _people(postcode=800)] == [("0800", Fix.SAFE)]
    assert [(f.suggestion, f.fix) for f in _people(notes=dt.date(2026, 2, 1))] == [(None, Fix.NONE)]


def test_a_phone_stored_as_a_number_is_told_apart() -> None:
    """The lost zero is named, and the number is suggested where the region allows only one."""
    (finding,) = _people(phone=412345678)
    assert (finding.suggestion, finding.fix) == ("+61412345678", Fix.SAFE)
    assert "zeros or a + at its start are lost" in finding.message
    (finding,) = _people(phone=4123)
    assert (finding.code, finding.suggestion) == ("ENT003", None)


def test_long_numbers_are_not_trusted() -> None:
    """Excel keeps fifteen digits, so that nothing is suggested for a longer number."""
    (finding,) = _people(loyalty_number=12345678901234567)
    assert (finding.code, finding.suggestion) == ("ENT003", None)
    assert "15 digits" in finding.message


def test_yes_and_no_are_read() -> None:
    """Words for yes and no are safe, 0 and 1 are for a person to look at."""
    assert [(f.suggestion, f.fix) for f in _people(active="Yes")] == [(True, Fix.SAFE)]
    assert [(f.suggestion, f.fix) for f in _people(active=0)] == [(False, Fix.UNSAFE)]
    assert _people(active=True) == []


def test_a_time_of_day_is_a_warning_and_the_day_stays() -> None:
    """A date with a time of day is blank in the typed column, with the day as suggestion."""
    frame = TableFrame.of_entries(TRIPS, [{"travel_date": dt.datetime(2026, 11, 5, 10, 30)}])
    typed = type_table(frame, POLICY)
    assert [(f.code, f.severity, f.suggestion) for f in typed.findings] == [
        ("ENT003", Severity.WARNING, dt.date(2026, 11, 5))
    ]
    assert typed.values["travel_date"].iloc[0] == pd.Timestamp("2026-11-05")


def test_a_midnight_is_a_date() -> None:
    """A datetime at midnight, as some programs write dates, is the date."""
    frame = TableFrame.of_entries(TRIPS, [{"travel_date": dt.datetime(2026, 11, 5)}, {"travel_date": None}])
    typed = type_table(frame, POLICY)
    assert typed.findings == ()
    assert typed.values["travel_date"].isna().tolist() == [False, True]


def test_a_formula_is_found_with_the_value_it_shows() -> None:
    """A cell whose value a formula works out is ENT017, its value still typed."""
    frame = table_frame(TRIPS, "| Booking number | Value |\n|---|---|\n| A | 12.5 |")
    frame = TableFrame(frame.table, frame.values, frame.sheet, frame.rows, frame.letters, {(0, "value"): "C2*1.1"})
    typed = type_table(frame, POLICY)
    assert [(f.code, f.cell, f.suggestion, f.fix) for f in typed.findings] == [
        ("ENT017", "Trips!B2", 12.5, Fix.UNSAFE)
    ]
    assert typed.values["value"].tolist() == [12.5]


def test_cells_of_nothing_but_spaces_are_blank() -> None:
    """Spaces are NAM001 with an empty cell as mend, in a field of any type."""
    findings = _people(notes="  ", date_of_birth=" ", active="\u00a0")
    assert {(f.code, f.field, f.suggestion) for f in findings} == {
        ("NAM001", "Notes", ""),
        ("NAM001", "Date of birth", ""),
        ("NAM001", "Active", ""),
    }


def test_words_for_nothing_stay_text() -> None:
    """NA, None and nan are text: somebody's name may be one of them."""
    typed = type_table(
        TableFrame.of_entries(PEOPLE, [{"notes": "NA"}, {"notes": "None"}, {"notes": "nan"}]), POLICY
    )
    assert typed.values["notes"].tolist() == ["NA", "None", "nan"]


def test_a_number_past_64_bits_is_found() -> None:
    """A whole number that no computer integer holds is a finding, not a crash."""
    typed = type_table(TableFrame.of_entries(TRIPS, [{"party_size": 10**30}, {"party_size": 4}]), POLICY)
    assert [(f.code, f.position) for f in typed.findings] == [("ENT003", 0)]
    assert typed.values["party_size"].tolist()[1] == 4


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("travel_date", "Thu 5 Nov 2026", dt.date(2026, 11, 5)),
        ("travel_date", "5.11.26", dt.date(2026, 11, 5)),
        ("travel_date", "yesterday", dt.date(2026, 11, 21)),
        ("travel_date", "next week", "next week"),
        ("value", "$1,234.50", 1234.5),
        ("value", "A$ 99", 99),
        ("party_size", "2", 2),
        ("party_size", "2.5", "2.5"),
        ("booking_number", "12", "12"),
    ],
)
def test_typed_text_becomes_the_value_that_was_meant(field: str, text: str, value: object) -> None:
    """What a person types in an entry is read by the field's type, or comes back unchanged."""
    assert parse_text(text, TRIPS.by_id[field], POLICY.settings, TODAY) == value


def test_retype_takes_columns_of_any_frame() -> None:
    """Columns as other programs make them are read as the field's type, misfits reported by position."""
    column, bad = retype(pd.Series([1.0, np.nan, 2.5]), TRIPS.by_id["party_size"])
    assert (column.tolist()[0], bad.tolist()) == (1, [2])
    column, bad = retype(pd.Series(pd.to_datetime(["2026-11-05", None])), TRIPS.by_id["travel_date"])
    assert (str(column.dtype), bad.tolist()) == ("datetime64[s]", [])
    column, bad = retype(pd.Series(["a", None], dtype="string"), TRIPS.by_id["sold_by"])
    assert (column.tolist(), bad.tolist()) == (["a", None], [])


def test_a_table_without_records_is_typed() -> None:
    """A table of no rows gives typed columns of no rows."""
    typed = type_table(TableFrame.of_entries(TRIPS, []), POLICY)
    assert (len(typed), typed.findings) == (0, ())

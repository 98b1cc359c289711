"""The engine: one answer for an entry and for a table, sorted, the same everywhere."""

import datetime as dt
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.markdown import table_frame
from tests.validation.conftest import PEOPLE, POLICY, TODAY, TRIPS, Check, context_of
from validation.engine import check_rows, check_tables
from validation.findings import Finding
from validation.frames import Operation, TableFrame
from validation.typing import type_table

_TEXTS = st.sampled_from(
    [
        None, "Mei", "CHEN", "o'brien", "asdf", "Null", "Dr Anna", "John4", "Smith, John", " Chen ", "\u0421hen", "a\u00a0b",
        "Harbour P/L", "Manly NSW 2095", "mei@example.com", "mei@Example.com", "mei@gmail,com", "ü@bücher.de",
        "0412 345 678",
        "+61412345678", "0412", "2000", "800", "www here", "QF884120", "qf 884120", "Active", "active", "Dormant",
        "Cruise; Rail", "Cruise;Ral", "yes", "5/11/2026", "PER-00001", "PER-1", "WT1234566", "wt 1234566", "\ud800", "=1+1",
    ]
)  # fmt: skip
_VALUES = st.one_of(
    _TEXTS,
    st.integers(-5, 10**16),
    st.booleans(),
    st.dates(dt.date(1800, 1, 1), dt.date(2100, 1, 1)),
    st.text(max_size=12),
)
_ROW = st.fixed_dictionaries({f.id: _VALUES for f in PEOPLE.fields})


def _told(findings: list[Finding], shift: int = 0) -> Counter[tuple[Any, ...]]:
    """Findings without what an entry cannot have (its cell) and what needs the other rows (uniqueness)."""
    return Counter(
        (f.position + shift, f.code, f.severity, f.field, f.value, f.message, f.suggestion, f.fix)
        for f in findings
        if f.code not in {"ENT014", "REF002", "REF003"} and not f.code.startswith(("DUP", "ATT"))
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(_ROW, min_size=2, max_size=5))
def test_one_record_and_a_whole_table_get_the_same_findings(rows: list[dict[str, Any]]) -> None:
    """Whatever the values, each row checked alone has the findings it has in the table checked through pandera."""
    whole = type_table(TableFrame.of_entries(PEOPLE, rows), POLICY, TODAY)
    context = context_of(whole.raw)
    in_bulk = _told(check_tables(context))
    alone: Counter[tuple[Any, ...]] = Counter()
    for number, row in enumerate(rows):
        typed = type_table(TableFrame.of_entries(PEOPLE, [row]), POLICY, TODAY)
        alone += _told(check_rows(typed, context), shift=number)
    assert in_bulk == alone


def test_findings_are_sorted_by_table_row_field_and_code(check: Check) -> None:
    """Tables come in the policy's order, then rows, then fields in theirs, then codes."""
    found = check(
        trips="| Booking number | Travel date | Person ID |\n|---|---|---|\n| ? | soon | |",
        people="""
        | Phone | Person ID | Family name | Email |
        |-------|-----------|-------------|-------|
        | "0412" | x         | " CHEN"     |       |
        | "0412" | PER-00001 | Chen        | @     |
        """,
    )
    assert [(f.table, f.position, f.field, f.code) for f in found] == [
        ("People", 0, "Person ID", "REF003"),
        ("People", 0, "Family name", "NAM001"),
        ("People", 0, "Family name", "NAM003"),
        ("People", 0, "Phone", "ENT010"),
        ("People", 1, "Email", "ENT009"),
        ("People", 1, "Phone", "ENT010"),
        ("Trips", 0, "Booking number", "ENT008"),
        ("Trips", 0, "Booking number", "ENT015"),
        ("Trips", 0, "Booking number", "NAM009"),
        ("Trips", 0, "Person ID", "ENT001"),
        ("Trips", 0, "Travel date", "ENT003"),
    ]


def test_messages_hold_no_python_words(check: Check) -> None:
    """What people read has no None, NaN or names of types in it."""
    found = check(
        people="""
        | Person ID | Given name | Date of birth | Email | Phone     | Postcode | Active | Status | Notes |
        |-----------|------------|---------------|-------|-----------|----------|--------|--------|-------|
        | PER-1     | John4      | soon          | a@b   | 12        | 12       | maybe  | Nope   | 1     |
        | PER-1     | "  "       | 12            | #N/A  | TRUE      | #REF!    | 2.5    | 7      | TRUE  |
        """
    )
    assert len(found) > 12
    words = ("None", "nan", "NaN", "NaT", "<NA>", "str", "int", "dtype", "Timestamp", "False")
    assert [f.message for f in found if any(w in f.message.split() for w in words)] == []
    assert all(f.message.rstrip().endswith((".", "?", "!")) for f in found)


def test_a_clean_workbook_has_no_findings(check: Check) -> None:
    """Good records have nothing said about them."""
    found = check(
        people="""
        | Person ID | Given name | Family name | Date of birth | Email         | Phone        | Postcode | Active |
        |-----------|------------|-------------|---------------|---------------|--------------|----------|--------|
        | PER-00001 | Mei        | Chen        | 1980-02-03    | a@example.com | +61412345678 | "2095"   | TRUE   |
        """,
        trips="| Booking number | Person ID | Travel date |\n|---|---|---|\n| WT1234566 | PER-00001 | 2026-12-01 |",
    )
    assert found == []


def test_tables_without_records_are_checked() -> None:
    """A workbook whose tables hold nothing yet is clean."""
    context = context_of(TableFrame.of_entries(PEOPLE, []), TableFrame.of_entries(TRIPS, []))
    assert check_tables(context) == []


def test_findings_carry_cell_key_and_position() -> None:
    """A finding in a sheet has its address, one in an entry its position."""
    (finding,) = check_tables(
        context_of(table_frame(PEOPLE, "| Person ID | Email |\n|---|---|\n| PER-00001 | x |"))
    )
    assert (finding.cell, finding.key, finding.position, finding.value) == ("People!B2", "PER-00001", 0, "x")
    typed = type_table(TableFrame.of_entries(PEOPLE, [{"email": "a@example.com"}, {"email": "x"}]), POLICY)
    (finding,) = check_rows(typed, context_of().during(Operation.ADD))
    assert (finding.cell, finding.key, finding.position) == ("", "", 1)

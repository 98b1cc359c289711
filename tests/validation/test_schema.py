"""The pandera schema of a table, as a team uses it in its own pandas code."""

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from tests.support.markdown import table_frame
from tests.validation.conftest import PEOPLE, POLICY, TODAY, TRIPS
from validation.schema import compile_schema
from validation.typing import type_table

GOOD = """
| Booking number | Person ID | Travel date | Party size |
|----------------|-----------|-------------|------------|
| WT1234566      | PER-00001 | 2026-12-01  | 2          |"""


def _frame(markdown: str) -> pd.DataFrame:
    typed = type_table(table_frame(TRIPS, markdown), POLICY).values
    # A copy, as `Workbook.table(...).to_pandas()` gives: what was typed may stand on read-only arrays.
    return typed.rename(columns={f.id: f.label for f in TRIPS.fields}).copy()


def _failures(frame: pd.DataFrame, by: str = "label") -> set[tuple[str, str, int]]:
    with pytest.raises(SchemaErrors) as caught:
        compile_schema(TRIPS, POLICY, TODAY, by=by).validate(frame, lazy=True)
    cases = caught.value.failure_cases
    return {
        (str(c)[:6], column, int(i))
        for c, column, i in zip(cases["check"], cases["column"], cases["index"], strict=True)
    }


def test_a_good_frame_passes_and_comes_back() -> None:
    """A frame with labels as columns that keeps the rules is returned by validate."""
    frame = _frame(GOOD)
    assert compile_schema(TRIPS, POLICY, TODAY).validate(frame, lazy=True).equals(frame)


def test_failures_are_named_by_rule_code() -> None:
    """Failure cases give rule code, column and row."""
    frame = _frame(GOOD + "\n| wt7 | | 2026-12-01 | 99 |\n| WT1234566 | x | 2026-12-01 | 2 |")
    assert _failures(frame) == {
        ("ENT008", "Booking number", 1),
        ("ENT015", "Booking number", 1),
        ("NAM009", "Booking number", 1),
        ("REF002", "Booking number", 0),
        ("REF002", "Booking number", 2),
        ("ENT001", "Person ID", 1),
        ("ENT006", "Party size", 1),
    }


def test_untyped_frames_fail_by_type_and_hide_nothing() -> None:
    """A frame as another program made it: misfits are ENT003, other rules still see the good values."""
    frame = _frame(GOOD).astype(object)
    frame = pd.concat([frame, frame, frame], ignore_index=True)
    frame["Booking number"] = ["WT1234566", 12, "bad"]
    frame["Party size"] = [2.0, "two", 41.0]
    found = _failures(frame)
    assert {("ENT003", "Booking number", 1), ("ENT008", "Booking number", 2)} <= found
    assert {("ENT003", "Party size", 1), ("ENT006", "Party size", 2)} <= found


def test_the_same_schema_serves_frame_after_frame() -> None:
    """Nothing is remembered from one frame to the next, one mended in place included."""
    schema = compile_schema(TRIPS, POLICY, TODAY)
    frame = _frame(GOOD)
    frame["Party size"] = pd.array([50], dtype="Int64")
    with pytest.raises(SchemaErrors):
        schema.validate(frame, lazy=True)
    frame["Party size"] = pd.array([5], dtype="Int64")
    assert len(schema.validate(frame, lazy=True)) == 1
    frame.loc[0, "Booking number"] = "bad"
    with pytest.raises(SchemaErrors):
        schema.validate(frame, lazy=True)


def test_ids_may_name_the_columns() -> None:
    """With by="id" the columns are the stable ids."""
    frame = type_table(table_frame(TRIPS, GOOD), POLICY).values
    assert len(compile_schema(TRIPS, POLICY, TODAY, by="id").validate(frame, lazy=True)) == 1


def test_a_column_that_is_missing_is_said() -> None:
    """A frame without a field's column does not pass."""
    with pytest.raises(SchemaErrors) as caught:
        compile_schema(PEOPLE, POLICY, TODAY).validate(pd.DataFrame({"Email": ["a@example.com"]}), lazy=True)
    assert "Given name" in set(caught.value.failure_cases["failure_case"])

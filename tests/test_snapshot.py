"""A workbook that stays open knows what changed in its file without reading all of it again."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import QUENBY, TODAY
from tests.support.raw import edit, remove_last_row, sort_rows
from workbook_cms.file.package import Package
from workbook_cms.file.sheets.news import new_rows
from workbook_cms.history import HISTORY_TABLE
from workbook_cms.workbook import Workbook

NOTES = st.sampled_from(["", "Likes  trains", "Zwölf & <zehn>", "two\nlines", "007", "x" * 400])
STEPS = st.lists(
    st.tuples(st.sampled_from(["here", "there"]), st.sampled_from(["add", "update"]), st.integers(0, 9), NOTES),
    min_size=1,
    max_size=6,
)


def told(snapshot):
    """All that a snapshot holds, as plain values."""
    tables: dict[str, object] = {}
    for table in snapshot.policy.tables:
        typed, frame = snapshot.typed(table), snapshot.frame(table)
        tables[table.name] = (
            frame.values.to_dict("split"),
            typed.values.astype(object).where(typed.values.notna(), None).to_dict("split"),
            list(frame.keys),
            [frame.keys.index(key) for key in frame.keys],
            frame.keys.highest(table.key_format),
            frame.rows.tolist(),
            [str(dtype) for dtype in typed.values.dtypes],
            typed.findings,
        )
    return tables, snapshot.history, snapshot.history_cells, dict(snapshot.latest)


@settings(max_examples=5, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # each example writes files
@given(steps=STEPS)
def test_what_is_carried_forward_is_what_the_file_holds(made, tmp_path_factory, steps):
    """After any writes, of this process or another, an open workbook tells what a fresh one tells."""
    path = tmp_path_factory.mktemp("carried") / "customers.xlsx"
    path.write_bytes((made["one"] / "customers.xlsx").read_bytes())
    books = {"here": Workbook.open(path, today=TODAY), "there": Workbook.open(path, today=TODAY)}
    told(books["here"].snapshot())
    for step, (who, what, number, notes) in enumerate(steps):
        keys = books[who].table("Stakeholders").typed.raw.keys
        if what == "add":
            values = QUENBY | {
                "Given name": ["Ann", "Bea", "Cleo", "Dora", "Eve", "Fay", "Gina", "Hope", "Iris", "Jo"][number],
                "Email": f"q{step}@example.org",
                "Notes": notes,
            }
            books[who].add("Stakeholders", values, override="another one", source="test")
        else:
            day = dt.date(1950, 1, 1) + dt.timedelta(days=number * 400 + len(notes))
            books[who].update(
                "Stakeholders",
                keys[number % len(keys)],
                {
                    "Notes": f"{notes} {step}",
                    "Date of birth": day,
                    "Phone": None if number % 2 else "0491 570 157",
                },
                override="so she says",
            )
        assert told(books["here"].snapshot()) == told(Workbook.open(path, today=TODAY).snapshot())


def test_a_row_of_another_process_is_read_alone(book):
    """What another process appended is found as one new row of the table and one of the history."""
    before = Package.open(book.path)
    Workbook.open(book.path, today=TODAY).add(
        "Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin"
    )
    after = Package.open(book.path)
    for name in ("Stakeholders", HISTORY_TABLE.name):
        rows = new_rows(after, before, name)
        assert [(len(piece.raw), piece.replaced) for piece in rows] == [(1, 0)]
    assert new_rows(after, before, "Interactions") == []


def test_a_table_of_an_earlier_moment_stays_as_it_was(book):
    """Who holds a table while records are added and changed goes on seeing its own moment."""
    table = book.table("Stakeholders")
    before = table.to_pandas()
    book.add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    book.update("Stakeholders", "STK-00001", {"Notes": "Moved"})
    pd.testing.assert_frame_equal(table.to_pandas(), before)
    assert list(table.typed.raw.keys) == ["STK-00001"]
    assert list(book.table("Stakeholders").typed.raw.keys) == ["STK-00001", "STK-00002"]


@pytest.mark.parametrize("held", ["=1+1", "#N/A", "a text", 7])
def test_what_somebody_typed_outside_the_forms_is_seen(book, held):
    """A cell typed over in the sheet, be it with a formula or an error, is told as when the file is opened."""
    book.add("Stakeholders", QUENBY | {"Email": "r@example.org"}, override="a twin")
    told(book.snapshot())
    edit(book.path, "Stakeholders", 2, {"Notes": held})
    assert told(book.snapshot()) == told(Workbook.open(book.path, today=TODAY).snapshot())
    Workbook.open(book.path, today=TODAY).add(
        "Stakeholders", QUENBY | {"Email": "s@example.org"}, override="a twin"
    )
    assert told(book.snapshot()) == told(Workbook.open(book.path, today=TODAY).snapshot())


@pytest.mark.parametrize("change", [remove_last_row, lambda path, table: sort_rows(path, table, "Email")])
def test_records_that_moved_are_where_they_are(book, change):
    """After somebody took out or sorted rows, each record is told at its place."""
    for email in ("z@example.org", "b@example.org"):
        book.add("Stakeholders", QUENBY | {"Email": email}, override="a twin")
    told(book.snapshot())
    change(book.path, "Stakeholders")
    assert told(book.snapshot()) == told(Workbook.open(book.path, today=TODAY).snapshot())

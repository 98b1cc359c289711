"""The history: what it writes it reads, and the chain shows every meddling."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.chain import check_chain, check_head
from validation.findings import Finding
from validation.frames import CellError
from validation.history import HistoryRow, decode_values, encode_values, replay
from workbook_cms.history import CELL_LIMIT, Actor, Chain, Event, history_rows

VALUES = st.dictionaries(
    st.from_regex(r"[a-z_]{1,8}", fullmatch=True),
    st.one_of(
        st.none(), st.text(max_size=10), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times(),
        st.floats(allow_nan=False, allow_infinity=False), st.just(CellError("#N/A")),
    ),
)  # fmt: skip
WHEN = dt.datetime(2026, 11, 22, 1, 13, 58, tzinfo=dt.UTC)
MIA = Actor("mia", "PC-7", "Mia", "form")


@pytest.fixture
def history() -> list[HistoryRow]:
    """A record added, two of its fields changed, another record added."""
    return history_rows(
        [
            Event("added", "People", "P-1", "e1", after={"name": "Ann", "phone": "0412"}),
            Event(
                "changed",
                "People",
                "P-1",
                "e2",
                after={"name": "Anne", "phone": "0413"},
                changes=[("Name", "name", "Ann", "Anne"), ("Phone", "phone", "0412", "0413")],
            ),
            Event("added", "People", "P-2", "e3", after={"name": "Bo"}),
        ],
        Chain(),
        MIA,
        WHEN,
        "policy",
        ["s1", "s2", "s3"],
    )


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    """(code, cell) of each finding."""
    return [(f.code, f.cell) for f in findings]


def checked(rows: list[HistoryRow]) -> list[tuple[str, str]]:
    """What the chain check finds, rows standing from History!A2 on."""
    return codes(list(check_chain(rows, [f"History!A{i + 2}" for i in range(len(rows))])))


@given(VALUES)
def test_values_come_back_as_they_were(values):
    """Dates, times, errors, booleans and text survive the JSON of the history."""
    back = decode_values(encode_values(values))
    assert back == values
    assert {k: type(v) for k, v in back.items()} == {k: type(v) for k, v in values.items()}


def test_an_unbroken_chain_has_no_finding(history):
    """What was written as it was written is in order."""
    assert checked(history) == []
    assert [row.no for row in history] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "column", ["when", "table", "key", "action", "new", "old", "why", "person", "values", "record"]
)
def test_an_edited_line_is_found(history, column):
    """Every column of a line that tells something is sealed."""
    history[1] = history[1]._replace(**{column: "something else"})
    assert ("FIL004", "History!A3") in checked(history)


def test_a_deleted_line_is_found(history):
    """A gap in the numbers shows where a line was."""
    del history[1]
    assert ("FIL004", "History!A3") in checked(history)


def test_moved_lines_are_found(history):
    """Two lines that changed places are out of order."""
    history[1], history[2] = history[2], history[1]
    assert ("FIL004", "History!A3") in checked(history)


def test_erasing_a_persons_values_keeps_the_chain(history):
    """Values and salt of a person may be emptied; the chain hashes digests only."""
    erased = [row._replace(old="", new="", field="", values="", salt="") for row in history]
    assert checked(erased) == []


def test_a_history_that_ends_before_the_head_went_backwards(history):
    """An older version of the file, restored over a newer one, is found."""
    head = (history[-1].no, history[-1].chain)
    assert codes(list(check_head(history, [head]))) == []
    assert codes(list(check_head(history[:-1], [head]))) == [("FIL005", "")]


def test_a_history_with_other_lines_than_the_head_is_another_version(history):
    """A stale copy saved over the file, then written to, does not hide what was lost."""
    assert codes(list(check_head(history, [(4, "another chain")]))) == [("FIL005", "")]


def test_replay_gives_the_values_a_record_ought_to_hold(history):
    """Old values are known from the history alone."""
    rows = [row for row in history if row.key == "P-1"]
    assert replay(rows) == {"name": "Anne", "phone": "0413"}


def test_values_too_long_for_a_cell_go_on_in_the_next_line():
    """No line of the history holds more text than a cell of Excel does."""
    values = {"a": "x" * 20_000, "b": "y" * 20_000}
    rows = history_rows([Event("added", "T", "K", "e", after=values)], Chain(), MIA, WHEN, "p", ["s"])
    assert [row.action for row in rows] == ["added", "continued"]
    assert max(len(row.values) for row in rows) <= CELL_LIMIT
    assert replay(rows) == values
    assert checked(rows) == []

"""Digests: equal exactly when Excel would call the values equal."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.digests import canonical, record_digest, record_digests
from validation.frames import CellError

CELLS = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(dt.date(1900, 3, 1)),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 1, 1)),
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (12, 12.0),
        (0.1 + 0.2, 0.3),
        (dt.date(2026, 11, 5), 46331),
        (dt.datetime(2026, 11, 5, 12), 46331.5),
        (dt.time(6), 0.25),
        ("e\u0301", "\u00e9"),
        ("two\r\nlines", "two\nlines"),
        (None, ""),
    ],
)
def test_values_excel_calls_equal_have_one_canonical_text(left, right):
    """Number formats, the 16th digit, Unicode forms and line ends are no part of a value."""
    assert canonical(left) == canonical(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("12", 12),
        (True, 1),
        (True, "TRUE"),
        ("0412", "412"),
        ("a", "A"),
        ("a", "a "),
        (CellError("#N/A"), "#N/A"),
        (0, None),
    ],
)
def test_values_excel_tells_apart_have_different_canonical_texts(left, right):
    """Text is not a number, a yes is not a one, and a lost zero is a change."""
    assert canonical(left) != canonical(right)


@given(st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS}), max_size=5))
def test_a_frame_gives_the_digests_of_its_records(records):
    """The whole-table path and the one-record path agree."""
    frame = pd.DataFrame([[r["a"], r["b"]] for r in records], columns=["a", "b"], dtype=object)
    salts = [f"salt{i}" for i in range(len(records))]
    expected = [record_digest(salt, record) for salt, record in zip(salts, records, strict=True)]
    assert record_digests(salts, frame) == expected


def test_blank_fields_and_their_order_are_no_part_of_a_digest():
    """A field added to the policy changes no digest of old records."""
    assert record_digest("s", {"b": 1, "a": "x"}) == record_digest("s", {"a": "x", "b": 1, "new": None})


def test_a_digest_depends_on_its_salt():
    """Without the salt nobody can guess a value from its digest."""
    assert record_digest("s", {"a": "x"}) != record_digest("t", {"a": "x"})

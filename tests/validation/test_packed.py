"""Cells as arrays and back: every value, and its type, as it was."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.frames import CellError, TableFrame
from validation.packed import UnfitError, joined, packed_cells, parted, typed_cells, unpacked_cells
from validation.policy import Policy, PolicyField, PolicyTable, Settings
from validation.typing import type_table
from validation.vocabulary import FieldType

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
CELLS = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(fold=0)),
    st.times().map(lambda time: time.replace(fold=0)),
    st.sampled_from([CellError("#N/A"), CellError("#REF!")]),
)


def column(cells):
    """A column of cells."""
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


@given(cells=st.one_of(st.lists(CELLS), st.lists(TEXTS), st.lists(st.none())))
def test_cells_come_back_as_they_were(cells):
    """Whatever a cell holds, 1 and True and 1.0 told apart, comes back from arrays of numbers and bytes."""
    arrays = packed_cells(column(cells))
    assert not any(array.dtype.hasobject for array in arrays.values())
    back = unpacked_cells(arrays).tolist()
    assert back == cells
    assert list(map(type, back)) == list(map(type, cells))


@given(
    cells=st.one_of(
        st.lists(CELLS),
        st.lists(st.one_of(st.none(), TEXTS)),
        st.lists(st.one_of(st.none(), TEXTS.map("x".__add__))),
        st.lists(st.one_of(st.none(), st.dates())),
    ),
    field_type=st.sampled_from(FieldType),
)
def test_columns_typed_from_arrays_are_what_the_cells_give(cells, field_type):
    """Where arrays tell a column without a look at each cell, the table and its findings are the same as with one."""
    key, field = PolicyField(id="id", label="ID"), PolicyField(id="it", label="It", type=field_type)
    table = PolicyTable(id="t", name="T", title="T", key="id", fields=(key, field))
    policy = Policy(settings=Settings(organisation="Test"), tables=(table,))
    values = pd.DataFrame({"it": pd.Series(column(cells), dtype=object)})
    frame = TableFrame(table, values, "T", np.arange(len(cells)), {"it": "B"})
    known = typed_cells(packed_cells(column(cells)), column(cells), field_type)
    looked = type_table(frame, policy)
    told = type_table(frame, policy, known={} if known is None else {"it": known})
    pd.testing.assert_frame_equal(told.values, looked.values)
    assert list(told.findings) == list(looked.findings)


def test_clean_texts_and_dates_are_typed_from_arrays():
    """A column of texts, and one of dates, each with blanks, takes no look at its cells."""
    for cells, field_type in (["a", None], FieldType.STRING), ([None, dt.date(2026, 1, 2)], FieldType.DATE):
        assert typed_cells(packed_cells(column(cells)), column(cells), field_type) is not None


@pytest.mark.parametrize("cell", ["a\0b", "\ud800", 2**70, object(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)])
def test_what_arrays_cannot_say_is_refused(cell):
    """A value that would come back as another one is not packed at all."""
    with pytest.raises(UnfitError):
        packed_cells(column(["x", cell]))


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["a", "", "ü😀"]])
def test_texts_come_back_as_they_were(texts):
    """Blank texts, and none at all, are told apart."""
    assert parted(joined(texts), len(texts)).tolist() == texts


def test_texts_of_another_number_are_noticed():
    """Bytes that hold another number of texts than was written down are not taken for them."""
    with pytest.raises(ValueError, match="3 texts"):
        parted(joined(["a", "b", "c"]), 2)

"""Cells as arrays and back: every value, and its type, as it was."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.frames import CellError
from validation.packed import UnfitError, joined, packed_cells, parted, unpacked_cells

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

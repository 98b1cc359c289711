"""What holds of pairs whatever the table: neither sides, nor the order of columns, nor labels make a difference."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.duplicates import find_pairs, link_pairs
from validation.policy import Kind

KINDS = [str(kind) for kind in Kind]
WORDS = ["Quincy", "quincy", "Zafiris", "Zafirís", "Q", "Zafiris Ltd", "1984-03-04", "4/3/1984", "0412 345 678",
    "+61 412 345 678", "q.z@example.com", "12", "12a High Street", "سارة", "🙂", "", None, 7, 7.0, True]  # fmt: skip
ROWS = st.lists(st.tuples(*[st.sampled_from(WORDS)] * 3), min_size=1, max_size=7)
CHOSEN = st.tuples(*[st.sampled_from(KINDS)] * 3)


def frame(rows) -> pd.DataFrame:
    """A table of three columns."""
    return pd.DataFrame(rows, columns=list("abc"), dtype=object)


def told(found: pd.DataFrame, names=None) -> dict:
    """Bits by pair, sides apart; labels in other words where asked."""
    names = names or (lambda label: label)
    ends = zip(found["left"], found["right"], strict=True)
    return {(names(a), names(b)): round(bits, 6) for (a, b), bits in zip(ends, found["bits"], strict=True)}


@settings(max_examples=60)
@given(ROWS, CHOSEN, st.permutations([0, 1, 2]))
def test_order_of_columns_makes_no_difference(rows, kinds, order) -> None:
    """The same fields named in another order give the same pairs with the same bits, in one frame and across."""
    table = frame(rows)
    one = dict(zip("abc", kinds, strict=True))
    other = {"abc"[at]: kinds[at] for at in order}
    assert told(find_pairs(table, one, 0)) == told(find_pairs(table[list(other)], other, 0))
    assert told(link_pairs(table, table, one, 0)) == told(link_pairs(table, table[list(other)], other, 0))


@settings(max_examples=60)
@given(ROWS, ROWS, CHOSEN)
def test_sides_make_no_difference(one, other, kinds) -> None:
    """Who is linked with whom, and how surely, is the same from either side."""
    chosen = dict(zip("abc", kinds, strict=True))
    there = told(link_pairs(frame(one), frame(other), chosen, 0))
    back = told(link_pairs(frame(other), frame(one), chosen, 0))
    assert there == {(a, b): bits for (b, a), bits in back.items()}


@settings(max_examples=40)
@given(ROWS, CHOSEN, st.sampled_from(["text", "tuples", "days"]))
def test_labels_make_no_difference(rows, kinds, index) -> None:
    """Records with labels of any type make the same pairs."""
    chosen = dict(zip("abc", kinds, strict=True))
    table = frame(rows)
    labels = {
        "text": [f"STK-{9 - at}" for at in range(len(rows))],
        "tuples": [(at % 2, -at) for at in range(len(rows))],
        "days": list(pd.date_range("2026-01-01", periods=len(rows))),
    }[index]
    renamed = table.set_axis(pd.Index(labels), axis=0)
    place = {label: at for at, label in enumerate(labels)}
    assert told(find_pairs(renamed, chosen, 0), place.__getitem__) == told(find_pairs(table, chosen, 0))


@settings(max_examples=40)
@given(ROWS, CHOSEN)
def test_a_column_that_is_not_named_makes_no_difference(rows, kinds) -> None:
    """What else a frame holds changes no pair, and the frame is as it was."""
    chosen = dict(zip("abc", kinds, strict=True))
    table = frame(rows)
    wider = table.assign(z=["same"] * len(rows))
    before = wider.copy()
    assert told(find_pairs(wider, chosen, 0)) == told(find_pairs(table, chosen, 0))
    pd.testing.assert_frame_equal(wider, before)

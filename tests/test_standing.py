"""Records that are put back stand where they stood, whatever went and came back meanwhile."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.history import ADDED, BELOW, MERGED, HistoryRow, encode_values
from workbook_cms.standing import Standing

KEYS = ["A", "B", "C", "D", "E", "F"]


def line(action: str, key: str, below: str | None = None) -> HistoryRow:
    """A line of the history."""
    values = encode_values({"name": key} | ({} if below is None else {BELOW: below}))
    return HistoryRow(0, "", "People", key, action, *[""] * 9, values, *[""] * 5)


class Table:
    """Keys in order, and the history of those that go and come back."""

    def __init__(self) -> None:
        self.keys, self.rows = list(KEYS), [line(ADDED, key) for key in KEYS]

    def take(self, key: str) -> None:
        """Out of the table."""
        at = self.keys.index(key)
        self.rows.append(line(MERGED, key, self.keys[at - 1] if at else ""))
        self.keys.remove(key)

    def put(self, *keys: str) -> None:
        """Back into the table, together."""
        found = Standing(self.rows).above("People", keys, self.keys)
        left = set(keys)
        while left:
            for key in sorted(left):
                above = found[key]
                assert above is not None
                if above not in left:
                    self.keys.insert(self.keys.index(above) + 1 if above else 0, key)
                    left.remove(key)
        self.rows += [line(ADDED, key) for key in keys]


@pytest.mark.parametrize("back", ["BCD", "DCB", "CBD", "BDC", "CDB", "DBC"])
@pytest.mark.parametrize("out", ["BCD", "DCB", "CBD", "BDC", "CDB", "DBC"])
def test_neighbours_come_back_in_any_order(out: str, back: str) -> None:
    """Three that stood below each other go one by one and come back one by one: all stand as they stood."""
    table = Table()
    for key in out:
        table.take(key)
    for key in back:
        table.put(key)
    assert table.keys == KEYS


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(KEYS)), max_size=14), st.permutations(KEYS))
def test_all_stand_where_they_stood_once_all_are_back(steps: list[tuple[bool, str]], last: list[str]) -> None:
    """Whoever went and came back in whatever order, also more than once."""
    table = Table()
    for take, key in steps:
        if take and key in table.keys and len(table.keys) > 1:
            table.take(key)
        elif not take and key not in table.keys:
            table.put(key)
    table.put(*(key for key in last if key not in table.keys))
    assert table.keys == KEYS


@pytest.mark.parametrize("values", ["", "{}", "{"])
def test_nobody_knows_where_a_record_stood(values: str) -> None:
    """A history of an earlier version, erased or damaged does not tell; the record goes to the end."""
    rows = [line(MERGED, "B")._replace(values=values)]
    assert Standing(rows).above("People", ["B"], ["A", "C"]) == {"B": None}


def test_many_records_go_back_as_fast_as_few() -> None:
    """Each is placed below the one before, in one pass."""
    table = Table()
    table.keys = [f"K{number}" for number in range(20_000)]
    table.rows = [line(ADDED, key) for key in table.keys]
    table.rows += [line(MERGED, key, above) for above, key in itertools.pairwise(["", *table.keys])]
    found = Standing(table.rows).above("People", table.keys, [])
    assert found == {key: above for above, key in itertools.pairwise(["", *table.keys])}

"""Excel tables, which are database ranges in LibreOffice."""

from __future__ import annotations

import pytest


@pytest.fixture
def prices(sample):
    """The table ``Prices`` in B2:C4 of the sheet Data."""
    return sample.sheets["Data"].tables["Prices"]


def test_parts_of_a_table(sample, prices) -> None:
    """Its whole range, headers and data; each table belongs to its sheet."""
    assert (prices.name, prices.parent.name) == ("Prices", "Data")
    assert prices.range.address == "$B$2:$C$4"
    assert prices.header_row_range.value == ["Item", "Price"]
    assert prices.data_body_range.value == [["pen", 2], ["ink", 7.5]]
    assert prices.totals_row_range is None
    assert [table.name for table in sample.sheets["Data"].tables] == ["Prices"]
    assert len(sample.sheets["Our form"].tables) == 0
    with pytest.raises(KeyError):
        _ = sample.sheets["Data"].tables["Nothing"]


def test_resize(sample, prices) -> None:
    """A table takes in the rows that were written below it."""
    data = sample.sheets["Data"]
    data["B5"].value = ["nib", 1]
    prices.resize(data["B2:C5"])
    assert prices.data_body_range.value[-1] == ["nib", 1]


def test_add_a_table(sample) -> None:
    """Over cells with headers."""
    data = sample.sheets["Data"]
    data["F1"].value = [["Key", "Word"], ["a", "b"]]
    table = data.tables.add(source=data["F1"].expand(), name="Words")
    assert (table.name, table.header_row_range.value) == ("Words", ["Key", "Word"])
    assert "Words" in data.tables


def test_rows_are_added_and_move_what_is_below(sample, prices) -> None:
    """At the end, or before a row; the table grows and what stands below stays whole."""
    data = sample.sheets["Data"]
    data["B5"].value = "below"
    prices.rows.add(["nib", 1.5])
    prices.rows.add(["cap", None], index=1)
    assert prices.data_body_range.value == [["cap", None], ["pen", 2], ["ink", 7.5], ["nib", 1.5]]
    assert prices.range.address == "$B$2:$C$6"
    assert data["B7"].value == "below"
    assert prices.rows[3].range.value == ["nib", 1.5]


def test_columns(prices) -> None:
    """By number and by header."""
    assert [column.name for column in prices.columns] == ["Item", "Price"]
    assert prices.columns["Price"].data_body_range.value == [2, 7.5]
    assert prices.columns[0].range.value == ["Item", "pen", "ink"]


def test_a_cell_knows_its_table(sample) -> None:
    """Inside, and not beside it."""
    data = sample.sheets["Data"]
    assert data["C3"].table.name == "Prices"
    assert data["D3"].table is None

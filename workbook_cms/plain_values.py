"""Values on their way into the cells of a table without a policy, and out of them into a frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from validation.findings import CellValue
from workbook_cms.errors import InputError

__all__ = ["given_values", "typed_column"]

_CELL_TYPES = (str, bool, int, float, dt.date, dt.time)


def given_values(
    columns: Sequence[str], row: Mapping[str, Any], place: str, position: int = 0
) -> dict[str, CellValue]:
    """The values of one row by label as the file spells it; letter case does not matter, as in Excel.

    Args:
        columns: Labels of the table.
        row: Values by label.
        place: The table, for messages.
        position: Of the row among those given, for messages.

    Raises:
        InputError: There is no such column, or a value is of a type that no cell can hold.
    """
    known = {label.casefold(): label for label in columns}
    values: dict[str, CellValue] = {}
    for name, value in row.items():
        label = name if name in columns else known.get(str(name).casefold())
        if label is None:
            raise InputError(
                place,
                f"there is no column {name} (row {position} of those given).",
                f"Its columns are {', '.join(columns)}.",
            )
        values[label] = _cell_value(value, f"{place}, column {label}")
    return values


def _cell_value(value: Any, place: str) -> CellValue:
    """A value as a cell holds it; numbers of numpy become plain ones, missing ones None."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
        return None
    if not isinstance(value, _CELL_TYPES) and callable(getattr(value, "item", None)):
        value = value.item()
    if isinstance(value, _CELL_TYPES):
        if getattr(value, "tzinfo", None) is not None:
            raise InputError(
                place, "a cell holds no time zone.", "Give the local time: `value.replace(tzinfo=None)`."
            )
        return value
    raise InputError(
        place,
        f"a cell cannot hold a value of type {type(value).__name__}.",
        "Give a text, number, yes/no (bool), date, time or None.",
    )


def typed_column(values: pd.Series[Any]) -> pd.Series[Any]:
    """The values of one column in the dtype that fits all of them."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return values.astype("boolean")
    if kinds == {int}:
        return values.astype("Int64")
    if kinds and kinds <= {int, float}:
        return values.astype("float64")
    if kinds and kinds <= {dt.date, dt.datetime}:
        return values.astype("datetime64[s]")
    return values.astype(object)

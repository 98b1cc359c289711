"""Each cell typed by the policy, or a finding: what a cell held is never guessed at silently."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import infer_dtype

from validation.columns import Explained, place_findings
from validation.findings import Finding, Fix, Rule, Severity
from validation.frames import CellError, TableFrame, TypedTable, display
from validation.naming import SPACING
from validation.policy import FieldType, Policy, PolicyField, Settings
from validation.reading import is_number, mistyped, parse_text

__all__ = ["RULES", "TYPE", "parse_text", "retype", "type_table"]

TYPE = Rule(
    code="ENT003",
    name="wrong-type",
    title="A cell holds another kind of value than its field takes",
    severity=Severity.ERROR,
    what="Compares what each cell holds - text, a number, a date, TRUE or FALSE - with the type of its field in the "
    "policy. A date typed as text, a number kept as text, a number in a text field and a telephone number or "
    "postcode that Excel took for a number are each found, with the value that was meant where it can be known.",
    why="A travel date kept as text sorts between the wrong days and is missed by every reminder. A telephone number "
    "kept as a number has lost its first zero, and a long booking reference its last digits.",
    example="Interactions, Date holds the text `25/11/2026`: mended to the date 25 Nov 2026. "
    "Stakeholders, Phone holds the number 412345678: mended to `+61412345678`.",
    mend="Take the suggested value, or ask for the value again. In Excel, format the cells of codes, phones and "
    "postcodes as Text before typing; the forms do it for you.",
    fix=Fix.SAFE,
    source="Frictionless Table Schema, types and formats",
)
FORMULA = Rule(
    code="ENT017",
    name="formula-or-error",
    title="A cell holds a formula or an Excel error instead of a value",
    severity=Severity.ERROR,
    what="Finds cells that show an Excel error such as #N/A or #REF!, and cells whose value is worked out by a formula.",
    why="A record must stay what was entered. A formula changes its value when other cells change or are sorted, and "
    "nobody is told; an error has already lost the value.",
    example="Bookings, Value holds `=C12*1.1`: replaced by the amount it shows, 2,310. "
    "Stakeholders, Segment shows #N/A: to be filled in again.",
    mend="Replace a formula by its value (copy, then paste as values). Fill in a cell that shows an error again.",
    fix=Fix.UNSAFE,
)
RULES: tuple[Rule, ...] = (TYPE, FORMULA)

#: Cells of one field that are explained at a time: there may be hundreds of thousands.
_AT_ONCE = 4096


def type_table(
    frame: TableFrame,
    policy: Policy,
    today: dt.date | None = None,
    known: Mapping[str, npt.NDArray[Any]] | None = None,
) -> TypedTable:
    """Types every cell of ``frame`` by the policy.

    Args:
        frame: Cells as read.
        policy: The policy; its settings tell how dates and phones are written.
        today: Lets years of two digits be suggested (``5/11/26``).
        known: Columns that are typed already and have no cell at fault, by field id.

    Returns:
        Frame of typed columns (see `TypedTable`) and the findings by field, then row: ENT003, ENT017, and NAM001 for
        cells that hold nothing but spaces, which are blank from here on.
    """
    columns: dict[str, Any] = {}
    untyped: list[tuple[PolicyField, npt.NDArray[np.object_], npt.NDArray[np.intp]]] = []
    for name in frame.values.columns:
        field = frame.table.by_id.get(name)
        if field is None:
            columns[name] = frame.values[name]
            continue
        values = frame.values[name].to_numpy(dtype=object)
        typed = known.get(name) if known else None
        column, positions = _TYPERS[field.type](values) if typed is None else (typed, _NONE_BAD)
        if isinstance(column, np.ndarray) and column.dtype == object:
            # Else pandas 3 makes strings of its own of them.
            column = pd.Series(column, index=frame.values.index, dtype=object, copy=False)
        columns[name] = column
        if len(positions):
            untyped.append((field, values, positions))

    def tell() -> Iterator[Finding]:
        for told, held, places in untyped:
            for start in range(0, len(places), _AT_ONCE):
                yield from _explain(frame, told, held, places[start : start + _AT_ONCE], policy.settings, today)
        yield from _formulas(frame)

    return TypedTable(frame, pd.DataFrame(columns, index=frame.values.index, copy=False), tell)


def _explain(
    frame: TableFrame,
    field: PolicyField,
    values: npt.NDArray[np.object_],
    positions: npt.NDArray[np.intp],
    settings: Settings,
    today: dt.date | None,
) -> Iterator[Finding]:
    groups: dict[Rule, tuple[list[int], list[Explained]]] = {r: ([], []) for r in (FORMULA, SPACING, TYPE)}
    # A loop over the cells that could not be typed.
    for position in positions.tolist():
        value = values[position]
        if type(value) is CellError:
            rule, said = (
                FORMULA,
                Explained(f"shows the Excel error {value}, so its value is lost. Enter it again."),
            )
        elif isinstance(value, str) and not value.strip():
            rule, said = SPACING, Explained("holds nothing but spaces. Empty the cell.", "")
        else:
            rule, said = TYPE, mistyped(value, field, settings, today)
        groups[rule][0].append(position)
        groups[rule][1].append(said)
    for rule, (places, sayings) in groups.items():
        if places and not (rule is SPACING and field.retired):
            yield from place_findings(frame, rule, field, places, sayings)


def _formulas(frame: TableFrame) -> Iterator[Finding]:
    for (position, name), text in frame.formulas.items():
        field = frame.table.by_id.get(name)
        if field is None or name not in frame.values:
            continue
        value: Any = frame.values.at[position, name]
        if isinstance(value, CellError):
            continue
        shown = f"the value it shows, {display(value)}" if value is not None else "a value"
        message = f"holds the formula {text if text.startswith('=') else '=' + text}. Replace it by {shown}."
        yield from place_findings(frame, FORMULA, field, [position], [Explained(message, value)])


def retype(series: pd.Series[Any], field: PolicyField) -> tuple[pd.Series[Any], npt.NDArray[np.intp]]:
    """A column of any frame with the values its field takes, and the positions of those it does not take.

    A column that is typed already comes back as it is; nothing is converted that is of another kind.
    """
    typed = {
        FieldType.STRING: lambda: (
            series.dtype == object and infer_dtype(series, skipna=True) in {"string", "empty"}
        ),
        FieldType.INTEGER: lambda: series.dtype == "Int64",
        FieldType.NUMBER: lambda: series.dtype == np.float64,
        FieldType.BOOLEAN: lambda: series.dtype == "boolean",
        FieldType.DATE: lambda: series.dtype == "datetime64[s]",
    }
    if typed[field.type]():
        return series, _NONE_BAD
    cells = series.astype(object).to_numpy(dtype=object, copy=True)
    cells[pd.isna(cells)] = None
    column, bad = _TYPERS[field.type](cells)
    # The dtype is said: pandas 3 would guess its own for texts.
    return pd.Series(column, index=series.index, name=series.name, dtype=column.dtype), bad


# --- one typer a field type: typed column, and the positions of the cells that could not be typed ------------------

Typer = Callable[[npt.NDArray[np.object_]], tuple[Any, npt.NDArray[np.intp]]]
_NONE_BAD: npt.NDArray[np.intp] = np.empty(0, dtype=np.intp)


def _kinds(values: npt.NDArray[np.object_]) -> str:
    return infer_dtype(values, skipna=True) if len(values) else "empty"


def _without(values: npt.NDArray[np.object_], keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    out = values.copy()
    out[~keep] = None
    return out


def _keep(
    values: npt.NDArray[np.object_], usual: type, good: Callable[[Any], bool]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
    """Values with those blanked that are neither of the ``usual`` type nor ``good``, and the positions of these.

    Blanks (None, NaN) are good.
    """
    # A loop over rows: the cells of one column are of different Python types here, and only then are we here.
    blank = pd.isna(values)
    fine = np.fromiter((type(v) is usual or good(v) for v in values.tolist()), dtype=bool, count=len(values))
    return _without(values, fine), np.flatnonzero(~fine & ~blank)


def _strings(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    cells = values.tolist()
    texts = cells if all(cells) else list(filter(None, cells))
    # Nearly every column holds texts and blanks; what else it may hold, 0 or "" or a number, ends the look early.
    with contextlib.suppress(TypeError):
        others = len(cells) - len(texts) - (cells.count(None) if len(texts) < len(cells) else 0)
        if not others and not any(map(str.isspace, texts)):
            return values, _NONE_BAD
    values, bad = _keep(values, str, lambda v: isinstance(v, str))
    hollow = (v is not None and not v.strip() for v in values.tolist())
    empty = np.fromiter(hollow, dtype=bool, count=len(values))
    if empty.any():
        values, bad = _without(values, ~empty), np.union1d(bad, np.flatnonzero(empty))
    return values, bad


def _integers(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"integer", "empty"}:
        values, bad = _keep(values, int, lambda v: is_number(v) and float(v).is_integer())
    blank = pd.isna(values)
    try:
        numbers = np.where(blank, 0, values).astype(np.int64)
    except OverflowError:
        values, large = _keep(values, type(None), lambda v: abs(v) < 2**63)
        bad, blank = np.union1d(bad, large), pd.isna(values)
        numbers = np.where(blank, 0, values).astype(np.int64)
    return pd.arrays.IntegerArray(numbers, np.asarray(blank, dtype=bool)), bad


def _numbers(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"integer", "floating", "mixed-integer-float", "empty"}:
        values, bad = _keep(values, type(None), is_number)
    return values.astype(np.float64), bad


def _booleans(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"boolean", "empty"}:
        values, bad = _keep(values, bool, lambda v: isinstance(v, bool))
    blank = np.asarray(pd.isna(values), dtype=bool)
    return pd.arrays.BooleanArray(np.where(blank, False, values).astype(bool), blank), bad


def _dates(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    timed = _NONE_BAD
    bad = _NONE_BAD
    if _kinds(values) not in {"date", "empty"}:
        values, bad = _keep(values, dt.date, lambda v: isinstance(v, dt.date) and v is not pd.NaT)
        clocks = (isinstance(v, dt.datetime) and v.time() != dt.time() for v in values)
        timed = np.flatnonzero(np.fromiter(clocks, dtype=bool, count=len(values)))
        # A column of dates and datetimes: the day counts.
        days = [v.date() if isinstance(v, dt.datetime) else v for v in values]
        values = np.array(days, dtype=object)
    elif pd.isna(values).any():
        values = _without(values, ~pd.isna(values))
    typed = values.astype("datetime64[D]").astype("datetime64[s]")
    return typed, np.union1d(bad, timed) if len(timed) else bad


_TYPERS: dict[FieldType, Typer] = {
    FieldType.STRING: _strings,
    FieldType.INTEGER: _integers,
    FieldType.NUMBER: _numbers,
    FieldType.BOOLEAN: _booleans,
    FieldType.DATE: _dates,
}

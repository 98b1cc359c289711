"""Each cell typed by the policy, or a finding: what a cell held is never guessed at silently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import infer_dtype

from validation.columns import Explained, place_findings
from validation.contacts import phone
from validation.dates import from_serial, read_date, read_number, read_yes_no
from validation.findings import Finding, Fix, Rule, Severity
from validation.frames import CellError, TableFrame, TypedTable, display
from validation.letters import tidy
from validation.policy import FieldFormat, FieldType, Policy, PolicyField, Settings

__all__ = ["RULES", "TYPE", "parse_text", "retype", "text_of", "type_table"]

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

# A number of more digits has lost its last ones in Excel, which keeps fifteen.
_EXCEL_DIGITS = 10**15
_WHAT = {
    FieldType.INTEGER: "a whole number",
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "yes or no",
    FieldType.DATE: "a date",
}


def type_table(frame: TableFrame, policy: Policy, today: dt.date | None = None) -> TypedTable:
    """Types every cell of ``frame`` by the policy.

    Args:
        frame: Cells as read.
        policy: The policy; its settings tell how dates and phones are written.
        today: Lets years of two digits be suggested (``5/11/26``).

    Returns:
        Frame of typed columns (see `TypedTable`) and the findings ENT003 and ENT017, by field, then row.
    """
    columns: dict[str, Any] = {}
    findings: list[Finding] = []
    for name in frame.values.columns:
        field = frame.table.by_id.get(name)
        if field is None:
            columns[name] = frame.values[name]
            continue
        values = frame.values[name].to_numpy(dtype=object)
        column, positions = _TYPERS[field.type](values)
        columns[name] = column
        findings.extend(_explain(frame, field, values, positions, policy.settings, today))
    findings.extend(_formulas(frame))
    return TypedTable(frame, pd.DataFrame(columns, index=frame.values.index, copy=False), tuple(findings))


def _explain(
    frame: TableFrame,
    field: PolicyField,
    values: npt.NDArray[np.object_],
    positions: npt.NDArray[np.intp],
    settings: Settings,
    today: dt.date | None,
) -> Iterator[Finding]:
    if not len(positions):
        return
    broken = np.fromiter((type(values[i]) is CellError for i in positions), dtype=bool, count=len(positions))
    errors = [
        Explained(f"shows the Excel error {values[i]}, so its value is lost. Enter the value again.")
        for i in positions[broken]
    ]
    yield from place_findings(frame, FORMULA, field, positions[broken], errors)
    said = [_mistyped(values[i], field, settings, today) for i in positions[~broken]]
    yield from place_findings(frame, TYPE, field, positions[~broken], said)


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
    return pd.Series(column, index=series.index, name=series.name), bad


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
    values: npt.NDArray[np.object_], good: Callable[[Any], bool]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
    """Values with those that are not ``good`` blanked, and the positions of these. Blanks (None, NaN) are good."""
    # A loop over rows: the cells of one column are of different Python types here, and only then are we here.
    blank = pd.isna(values)
    fine = np.fromiter(map(good, values), dtype=bool, count=len(values))
    return _without(values, fine), np.flatnonzero(~fine & ~blank)


def _strings(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"string", "empty"}:
        values, bad = _keep(values, lambda v: isinstance(v, str))
    elif len(values) and any(type(v) is float for v in values[pd.isna(values)]):
        values = _without(values, ~pd.isna(values))
    # Cells that hold nothing but spaces are blank; their naming rule still sees the raw cell.
    hollow = {v for v in set(values) if v is not None and (v.isspace() or not v)}
    if hollow:
        values = _without(values, np.fromiter((v not in hollow for v in values), dtype=bool, count=len(values)))
    return values, bad


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def _integers(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"integer", "empty"}:
        values, bad = _keep(values, lambda v: _is_number(v) and float(v).is_integer())
    # Whole numbers past 64 bits; NaN compares as false.
    sizes = (v is not None and abs(v) >= 2**63 for v in values)
    big = np.fromiter(sizes, dtype=bool, count=len(values))
    if big.any():
        values, bad = _without(values, ~big), np.union1d(bad, np.flatnonzero(big))
    blank = pd.isna(values)
    numbers = np.where(blank, 0, values).astype(np.int64)
    return pd.arrays.IntegerArray(numbers, np.asarray(blank, dtype=bool)), bad


def _numbers(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"integer", "floating", "mixed-integer-float", "empty"}:
        values, bad = _keep(values, _is_number)
    return values.astype(np.float64), bad


def _booleans(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    bad = _NONE_BAD
    if _kinds(values) not in {"boolean", "empty"}:
        values, bad = _keep(values, lambda v: isinstance(v, bool))
    blank = np.asarray(pd.isna(values), dtype=bool)
    return pd.arrays.BooleanArray(np.where(blank, False, values).astype(bool), blank), bad


def _dates(values: npt.NDArray[np.object_]) -> tuple[Any, npt.NDArray[np.intp]]:
    timed = _NONE_BAD
    bad = _NONE_BAD
    if _kinds(values) not in {"date", "empty"}:
        values, bad = _keep(values, lambda v: isinstance(v, dt.date) and v is not pd.NaT)
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

# --- what is said about a cell of the wrong type -------------------------------------------------------------------


def _mistyped(value: Any, field: PolicyField, settings: Settings, today: dt.date | None) -> Explained:
    if field.type is FieldType.STRING:
        return _not_text(value, field, settings)
    if field.type is FieldType.DATE:
        return _not_date(value, settings, today)
    what = _WHAT[field.type]
    if isinstance(value, str):
        meant = parse_text(value, field, settings, today)
        if isinstance(meant, str):
            return Explained(
                f"must be {what}, and this text cannot be read as one. Enter {what}, or leave it blank."
            )
        return Explained(f"is text that only looks like {what}. Store it as {display(meant)}.", meant)
    if field.type is FieldType.BOOLEAN and _is_number(value) and value in (0, 1):
        meant = bool(value)
        return Explained(f"must be {what}. Store it as {display(meant)}.", meant, Fix.UNSAFE)
    if field.type is FieldType.INTEGER and _is_number(value):
        if float(value).is_integer():
            return Explained("is too large to be kept exactly. Check the number.")
        return Explained(
            "must be a whole number. Check whether the decimals belong here.", round(value), Fix.UNSAFE
        )
    if isinstance(value, (dt.date, dt.time)):
        return Explained(f"must be {what}, but Excel holds a date or time here. Enter the value again.")
    return Explained(f"must be {what}. Enter the value again.")


def _not_date(value: Any, settings: Settings, today: dt.date | None) -> Explained:
    if isinstance(value, dt.datetime):
        day = value.date()
        return Explained(
            f"holds a time of day as well, which this field does not keep. The date alone is {display(day)}.",
            day,
            Fix.UNSAFE,
            Severity.WARNING,
        )
    if isinstance(value, str):
        read = read_date(value, settings.date_order, today)
        if read is None:
            return Explained("must be a date, and this text cannot be read as one. Write it like 5 Nov 2026.")
        fix = Fix.SAFE if read.certain else Fix.UNSAFE
        check = "" if read.certain else " Check that day, month and year are meant so."
        return Explained(
            f"is a date typed as text. Store it as the date {display(read.day)}.{check}", read.day, fix
        )
    serial = from_serial(value) if _is_number(value) else None
    if serial:
        return Explained(
            f"is a number, not a date. As an Excel date it would be {display(serial)}; check that it is.",
            serial,
            Fix.UNSAFE,
        )
    return Explained("must be a date, such as 5 Nov 2026. Enter it again.")


def _not_text(value: Any, field: PolicyField, settings: Settings) -> Explained:
    text, fix = text_of(value, field, settings)
    if isinstance(value, bool):
        return Explained("holds TRUE or FALSE where a text belongs. Enter the text again.", text, fix)
    if isinstance(value, (dt.date, dt.time)):
        return Explained("was turned into a date by Excel. Enter it again as text (type ' before it).")
    if field.format is FieldFormat.PHONE:
        if text is None:
            return Explained(
                "is a telephone number stored as a number, so zeros or a + at its start are lost. Ask for it again."
            )
        return Explained(
            f"is a telephone number stored as a number, so zeros or a + at its start are lost. It must be {text}.",
            text,
            fix,
        )
    if abs(value) >= _EXCEL_DIGITS:
        return Explained(
            "is stored as a number of more than 15 digits; Excel keeps only 15 and puts zeros for the rest. "
            "Enter it again as text from its source."
        )
    return Explained(f'is stored as a number where a text belongs. Store it as the text "{text}".', text, fix)


def text_of(value: Any, field: PolicyField, settings: Settings) -> tuple[str | None, Fix]:
    """The text a non-text value of a string field stands for, and whether it is safe to take; None where lost."""
    if isinstance(value, bool):
        return display(value), Fix.UNSAFE
    if not isinstance(value, (int, float)) or value != value:  # noqa: PLR0124 - NaN is what differs from itself
        return None, Fix.NONE
    text = display(value)
    if field.format is FieldFormat.PHONE:
        for start in ("0", "+", ""):
            number = phone(start + text, settings.region)
            if number:
                return number, Fix.SAFE
        return None, Fix.NONE
    if abs(value) >= _EXCEL_DIGITS:
        return None, Fix.NONE
    if field.format is FieldFormat.POSTCODE and isinstance(value, int):
        width = {"AU": 4, "US": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5}.get(settings.region, 0)
        return text.zfill(width), Fix.SAFE
    if field.min_length and field.min_length == field.max_length and len(text) < field.min_length:
        return text.zfill(field.min_length), Fix.UNSAFE
    return text, Fix.SAFE


def parse_text(
    text: str, field: PolicyField, settings: Settings, today: dt.date | None = None
) -> str | int | float | bool | dt.date:
    """What a person typed, as the field's type.

    Dates by the policy's order (``5/11/2026``, ``5 Nov 2026``, with ``today`` also ``today`` and ``5/11/26``), numbers
    with thousands separators and currency sign, yes and no. Text that cannot be read so comes back unchanged, and
    typing reports it.
    """
    if field.type is FieldType.STRING:
        return text
    plain = tidy(text)
    meant: Any = None
    if field.type is FieldType.DATE:
        read = read_date(plain, settings.date_order, today)
        meant = read.day if read else None
    elif field.type is FieldType.BOOLEAN:
        meant = read_yes_no(plain)
    else:
        number = read_number(plain, settings.region)
        whole = number is not None and float(number).is_integer()
        if number is not None and (field.type is FieldType.NUMBER or whole):
            meant = int(number) if whole else number
    return text if meant is None else meant

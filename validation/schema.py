"""A policy table as a pandera schema: the column rules, for whole tables and for a team's own pandas code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrorReason, SchemaErrors

from validation.columns import Column, Mask
from validation.entry import UNIQUE
from validation.findings import Finding
from validation.frames import Context, TypedTable
from validation.policy import FieldType, Policy, PolicyField, PolicyTable
from validation.references import DUPLICATE_KEY
from validation.rules import column_rules
from validation.typing import TYPE, retype
from validation.unique import is_unique

__all__ = ["compile_schema", "schema_findings"]


def compile_schema(
    table: PolicyTable, policy: Policy, today: dt.date, by: Literal["label", "id"] = "label"
) -> pa.DataFrameSchema:
    """The column rules of ``table`` as a pandera schema for frames with one column a field.

    Args:
        table: The table.
        policy: Its policy.
        today: What ``@today`` stands for in ranges of dates.
        by: Whether the frame's columns are the fields' labels (as `Table.to_pandas` gives) or their stable ids.

    Returns:
        Schema whose checks are named by rule code (``ENT009``). Values are checked, never converted: a cell of the wrong
        type fails ENT003 and hides nothing else. Validate with ``lazy=True`` to get all failures; columns that the
        policy does not know are let pass. Keys and unique fields are checked too; references to other tables,
        conditions and duplicates need the whole workbook (`engine.check_tables`).
    """
    columns = {}
    for field in table.fields:
        rules = column_rules(field, table, policy, today)
        unique = DUPLICATE_KEY if field.id == table.key else UNIQUE if field.unique and not field.retired else None
        tests: list[tuple[str, str, Callable[[Column], Mask]]] = [(r.code, r.rule.title, r.test) for r in rules]
        if unique is not None:
            tests.append((unique.code, unique.title, is_unique))
        name = field.label if by == "label" else field.id
        columns[name] = _column(field, tests)
    return pa.DataFrameSchema(columns, name=table.name, title=table.title)


def schema_findings(typed: TypedTable, context: Context) -> Iterator[Finding]:
    """Findings of the column rules over a whole typed table, through pandera in one pass."""
    columns, rules = {}, {}
    passed: dict[tuple[str, str], Mask] = {}
    for field in typed.table.fields:
        if field.id not in typed.values:
            continue
        own = column_rules(field, typed.table, context.policy, context.today, context.entry)
        if own:
            columns[field.id] = _column(field, [(r.code, r.rule.title, r.test) for r in own], passed)
        rules.update({(field.id, r.code): r for r in own})
    schema = pa.DataFrameSchema(columns, name=typed.table.name)
    try:
        schema.validate(typed.values.copy(deep=False), lazy=True, inplace=True)
    except SchemaErrors as errors:
        for error in errors.schema_errors:
            if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK:
                raise
            place = error.schema.name, error.check.name
            # The check of types has no rule here: typing has reported what it would find, and more.
            if place in rules:
                yield from rules[place].findings(typed, passed[place])


def _column(
    field: PolicyField,
    tests: list[tuple[str, str, Callable[[Column], Mask]]],
    kept: dict[tuple[str, str], Mask] | None = None,
) -> pa.Column:
    """The checks of one field.

    With ``kept``, which cells passed is put there by (field id, code) and pandera is told yes or no alone: it would
    spend more time on formatting the failures than the checks take.
    """
    shared = _Shared(field)

    def told(code: str, passed: Mask, series: pd.Series[Any]) -> pd.Series[Any] | bool:
        if kept is None:
            return pd.Series(passed, index=series.index)
        kept[field.id, code] = passed
        return bool(passed.all())

    def check(number: int, code: str, title: str, test: Callable[[Column], Mask]) -> pa.Check:
        def run(series: pd.Series[Any]) -> pd.Series[Any] | bool:
            column = shared.column(series, fresh=False)
            passed = test(column)
            if number == len(tests) - 1:
                shared.forget()
            return told(code, passed, series)

        return pa.Check(run, name=code, error=f"{code} {title}", ignore_na=False)

    def of_type(series: pd.Series[Any]) -> pd.Series[Any] | bool:
        passed = np.ones(len(series), dtype=bool)
        shared.column(series, fresh=True)
        passed[shared.mistyped] = False
        if not tests:
            shared.forget()
        return told(TYPE.code, passed, series)

    kind = pa.Check(of_type, name=TYPE.code, error=f"{TYPE.code} {TYPE.title}", ignore_na=False)
    checks = [kind, *(check(i, code, title, test) for i, (code, title, test) in enumerate(tests))]
    return pa.Column(None, checks=checks, nullable=True, required=True, description=field.help or None)


class _Shared:
    """The column that the checks of one field look at in turn, typed and its distinct values found once.

    pandera hands each check the same column; the first check of a field (its type) starts afresh, the last one forgets.
    """

    def __init__(self, field: PolicyField) -> None:
        self._field = field
        self._source: Any = None
        self._column: Column | None = None
        self.mistyped: Any = np.empty(0, dtype=np.intp)

    def column(self, series: pd.Series[Any], fresh: bool) -> Column:
        """The column of ``series``."""
        source = series.to_numpy() if series.dtype == object else series.array
        if fresh or self._column is None or not self._same(source):
            typed, self.mistyped = retype(series, self._field)
            self._source, self._column = source, Column(typed)
        return self._column

    def _same(self, source: Any) -> bool:
        if self._field.type is not FieldType.STRING or not isinstance(source, np.ndarray):
            return source is self._source
        return (
            isinstance(self._source, np.ndarray)
            and source.shape == self._source.shape
            and source.__array_interface__["data"] == self._source.__array_interface__["data"]
        )

    def forget(self) -> None:
        """Let the frame go."""
        self._source = self._column = None

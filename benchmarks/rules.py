"""Twelve column rules over a frame in memory, findings built: ours, Great Expectations and frictionless.

The rules: `code` filled, unique, of a pattern; `given_name` filled; `family_name` not too long; `email` an e-mail
address (a pattern in Great Expectations, which has no such rule); `phone` and `postcode` of a pattern; `state` and
`channel` of a list; `party_size` a whole number; `value` in a range.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.data import TODAY, policy_of_twelve_rules, records, with_faults

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frictionless_clean", "frictionless_faulty", "gx_clean", "gx_faulty", "ours_clean", "ours_faulty"]

_EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
#: Errors that frictionless may report before it stops; its own default is 1,000.
_ALL = 10_000_000


def _frame(rows: int, faulty: bool) -> pd.DataFrame:
    frame = records(rows)
    return with_faults(frame) if faulty else frame


def _warmed(measured: Callable[[pd.DataFrame], int], rows: int, faulty: bool) -> Callable[[], int]:
    """What is to be timed, after a run over a few rows: what each tool imports at first use is not its work."""
    measured(_frame(100, faulty))
    frame = _frame(rows, faulty)
    return lambda: measured(frame)


def _ours(_folder: Path, rows: int, *, faulty: bool) -> Callable[[], int]:
    """Typing and all rules of the engine; every finding with its message, cell and suggestion."""
    import numpy as np  # noqa: PLC0415 - each path loads only what it needs

    from validation.engine import check_tables  # noqa: PLC0415
    from validation.frames import Context, TableFrame  # noqa: PLC0415
    from validation.typing import type_table  # noqa: PLC0415

    policy = policy_of_twelve_rules()
    table = policy.tables[0]
    letters = {field.id: chr(ord("A") + at) for at, field in enumerate(table.fields)}

    def measured(frame: pd.DataFrame) -> int:
        raw = TableFrame(table, frame, "Records", np.arange(2, len(frame) + 2, dtype=np.int64), letters)
        context = Context(policy, {table.id: type_table(raw, policy, TODAY)}, TODAY)
        return len(check_tables(context))

    return _warmed(measured, rows, faulty)


def _expectations() -> list[Any]:
    import great_expectations.expectations as gxe  # noqa: PLC0415

    lists = {choice.id: list(choice.active) for choice in policy_of_twelve_rules().lists}
    return [
        gxe.ExpectColumnValuesToNotBeNull(column="code"),
        gxe.ExpectColumnValuesToBeUnique(column="code"),
        gxe.ExpectColumnValuesToMatchRegex(column="code", regex=r"^[A-Z]{2}-\d{6}$"),
        gxe.ExpectColumnValuesToNotBeNull(column="given_name"),
        gxe.ExpectColumnValueLengthsToBeBetween(column="family_name", max_value=40),
        gxe.ExpectColumnValuesToMatchRegex(column="email", regex=_EMAIL),
        gxe.ExpectColumnValuesToMatchRegex(column="phone", regex=r"^\+61\d{9}$"),
        gxe.ExpectColumnValuesToMatchRegex(column="postcode", regex=r"^\d{4}$"),
        gxe.ExpectColumnValuesToBeInSet(column="state", value_set=lists["states"]),
        gxe.ExpectColumnValuesToBeInSet(column="channel", value_set=lists["channels"]),
        gxe.ExpectColumnValuesToBeInTypeList(column="party_size", type_list=["int"]),
        gxe.ExpectColumnValuesToBeBetween(column="value", min_value=0, max_value=100_000),
    ]


def _great_expectations(_folder: Path, rows: int, *, faulty: bool) -> Callable[[], int]:
    """A batch validated with result format COMPLETE, which lists every wrong value with its index."""
    import os  # noqa: PLC0415

    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("memory").add_dataframe_asset("records")
    whole = asset.add_batch_definition_whole_dataframe("all")
    suite = gx.ExpectationSuite("rules", expectations=_expectations())

    def measured(frame: pd.DataFrame) -> int:
        batch = whole.get_batch({"dataframe": frame})
        outcome = batch.validate(suite, result_format="COMPLETE")
        raised = [r.exception_info for r in outcome.results if r.exception_info.get("raised_exception")]
        assert not raised, raised
        return sum(len(result.result.get("unexpected_index_list") or ()) for result in outcome.results)

    return _warmed(measured, rows, faulty)


def _frictionless(_folder: Path, rows: int, *, faulty: bool) -> Callable[[], int]:
    """A resource of rows in memory with a Table Schema of the same rules, every error reported."""
    from frictionless import Resource, Schema, validate  # noqa: PLC0415

    policy = policy_of_twelve_rules()
    lists = {choice.id: list(choice.active) for choice in policy.lists}
    fields = []
    for field in policy.tables[0].fields:
        limits: dict[str, Any] = {
            "required": field.required or None,
            "unique": field.unique or None,
            "pattern": field.pattern or None,
            "maxLength": field.max_length,
            "minimum": field.minimum,
            "maximum": field.maximum,
            "enum": lists.get(field.enum or ""),
        }
        described: dict[str, Any] = {"name": field.id, "type": field.type.value, "format": field.format.value}
        fields.append(
            {**described, "constraints": {name: value for name, value in limits.items() if value is not None}}
        )
    schema = Schema.from_descriptor({"fields": fields})

    def measured(frame: pd.DataFrame) -> int:
        data = [list(frame.columns), *frame.to_numpy().tolist()]
        report = validate(Resource(data=data, schema=schema), limit_errors=_ALL)
        return int(report.stats["errors"])

    return _warmed(measured, rows, faulty)


ours_clean, ours_faulty = partial(_ours, faulty=False), partial(_ours, faulty=True)
gx_clean, gx_faulty = partial(_great_expectations, faulty=False), partial(_great_expectations, faulty=True)
frictionless_clean, frictionless_faulty = partial(_frictionless, faulty=False), partial(_frictionless, faulty=True)

"""Whether two records of a table clearly differ, for groups that should not chain such records together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from validation.duplicates.clusters import apart_by
from validation.duplicates.compared import Records

if TYPE_CHECKING:
    import numpy.typing as npt

    from validation.duplicates.clusters import Apart
    from validation.frames import Context, TypedTable

__all__ = ["guard"]


def guard(typed: TypedTable, context: Context) -> Apart:
    """Tells of records, given by their keys, whether they clearly differ.

    By the match rule that compares most fields, weighed among all records of the table as in a check; with none but exact
    rules no two differ clearly. The table is looked through when it is asked for the first time.
    """
    made: list[Apart | None] = []

    def apart(left: Sequence[Any], right: Sequence[Any]) -> npt.NDArray[np.bool_]:
        if not made:
            made.append(_made(typed, context))
        return made[0](left, right) if made[0] else np.zeros(len(left), dtype=bool)

    return apart


def _made(typed: TypedTable, context: Context) -> Apart | None:
    rules = [rule for rule in context.policy.match_rules(typed.table.id) if not rule.exact]
    fields = max((rule.fields for rule in rules), key=len, default=())
    records = Records.of(typed, context)
    columns = [records.column(field) for field in fields if field.field in typed.values]
    return apart_by(columns, typed.raw.keys) if columns else None

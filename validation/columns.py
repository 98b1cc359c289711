"""Column rules: one check of one field, the same for a single entry and for a whole table.

A column rule works on the *distinct* values of a column, so that 100,000 cells with 30 cities cost 30 checks, and
builds findings only for the cells that fail. `schema` wraps the same rules as pandera checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from validation.findings import CellValue, Finding, Fix, Rule, Severity
from validation.frames import TableFrame, TypedTable, display
from validation.policy import PolicyField

__all__ = ["Column", "ColumnRule", "Explained", "Mask", "filled", "per_text", "place_findings"]

Mask = npt.NDArray[np.bool_]


class Column:
    """Typed values of one column; its distinct texts are found once and shared by all rules of the column."""

    def __init__(self, series: pd.Series[Any]) -> None:
        self.series = series

    def __len__(self) -> int:
        return len(self.series)

    @cached_property
    def distinct(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
        """Code of each cell (-1 = blank) and the distinct values the codes point at."""
        codes, values = pd.factorize(self.series.to_numpy(dtype=object))
        return codes, values

    @property
    def texts(self) -> npt.NDArray[np.object_]:
        """The cells that are not blank."""
        cells = self.series.to_numpy(dtype=object)
        return cells[~self.blank] if self.blank.any() else cells

    @cached_property
    def blank(self) -> Mask:
        """Which cells are blank."""
        return self.series.isna().to_numpy(dtype=bool)


class Explained(NamedTuple):
    """What is to be said about one failing value.

    Attributes:
        message: Problem and remedy.
        suggestion: The mended value, or None.
        fix: Whether the suggestion is safe; None for the rule's own word on it.
        severity: None for the rule's own.
    """

    message: str
    suggestion: CellValue = None
    fix: Fix | None = None
    severity: Severity | None = None


@dataclass(frozen=True)
class ColumnRule:
    """One rule applied to one field.

    Attributes:
        rule: Which rule.
        field: The field.
        test: Takes a `Column`, gives True for each cell that passes. Blank cells pass (but for "required").
        explain: Takes a failing value, gives what to say about it.
    """

    rule: Rule
    field: PolicyField
    test: Callable[[Column], Mask]
    explain: Callable[[Any], Explained]

    @property
    def code(self) -> str:
        """Code of the rule."""
        return self.rule.code

    def passes(self, values: pd.Series[Any] | Column) -> Mask:
        """True for each cell of the typed column that passes."""
        return self.test(values if isinstance(values, Column) else Column(values))

    def findings(self, typed: TypedTable, passed: Mask) -> Iterator[Finding]:
        """A finding for each cell that did not pass, the explanation worked out once a distinct value."""
        positions = np.flatnonzero(~passed)
        if len(positions) and self.code == "ENT001":
            # A cell that holds something of the wrong type is not blank: typing has said what is wrong with it.
            positions = positions[~filled(typed, self.field.id)[positions]]
        if not len(positions):
            return
        values = typed.values[self.field.id].iloc[positions].tolist()
        known: dict[Any, Explained] = {}
        said = []
        for value in values:
            try:
                said.append(known[value])
            except KeyError:
                known[value] = explained = self.explain(value)
                said.append(explained)
        yield from place_findings(typed.raw, self.rule, self.field, positions, said)


def filled(typed: TypedTable, field_id: str) -> Mask:
    """Which cells of a field hold something, be it of the wrong type; nothing but spaces is nothing."""
    there = ~typed.values[field_id].isna().to_numpy(dtype=bool)
    raw = typed.raw.values[field_id].to_numpy(dtype=object)
    # A loop over the cells that hold something which has no typed value: mistyped ones and spaces.
    for position in np.flatnonzero(~there & pd.notna(raw)).tolist():
        there[position] = not isinstance(raw[position], str) or bool(raw[position].strip())
    return there


def per_text(
    test: Callable[[str], object],
    all_pass: Callable[[Sequence[str]], bool] | None = None,
    quick: Callable[[str], object] | None = None,
) -> Callable[[Column], Mask]:
    """A column test that asks ``test`` of each distinct text; blank cells pass.

    Two ways to a yes in less time, the no of which is no verdict: ``all_pass`` for all texts at once, and ``quick``
    for each, which is asked of every cell before the distinct texts are even looked for. What is true counts as yes,
    so that the method of a compiled pattern serves as it is.
    """

    def run(column: Column) -> Mask:
        if quick is not None and all(map(quick, column.texts)):
            return np.ones(len(column), dtype=bool)
        codes, values = column.distinct
        if all_pass is not None and all_pass(values.tolist()):
            return np.ones(len(column), dtype=bool)
        passed = np.fromiter(map(quick or test, values), dtype=bool, count=len(values))
        if quick is not None and quick is not test:
            for place in np.flatnonzero(~passed).tolist():
                passed[place] = bool(test(values[place]))
        if passed.all():
            return np.ones(len(codes), dtype=bool)
        # One more entry at the end: code -1, a blank cell, takes it.
        return np.append(passed, True)[codes]

    return run


def place_findings(
    raw: TableFrame,
    rule: Rule,
    field: PolicyField,
    positions: npt.NDArray[np.intp] | Sequence[int],
    said: Sequence[Explained],
) -> Iterator[Finding]:
    """Findings of ``rule`` for the cells of ``field`` at ``positions``, with address, key and value filled in.

    The loop is over failing cells only; everything that is the same for the column is worked out before it.
    """
    keys, rows = raw.keys, raw.rows
    letter = raw.letters.get(field.id, "")
    prefix = raw.cell(int(np.argmax(rows > 0)), field.id).rpartition("!")[0] if letter and len(rows) else ""
    start = f"{prefix}!{letter}"
    code, table, label, severity, rule_fix = rule.code, raw.table.name, field.label, rule.severity, rule.fix
    make = Finding._make  # keyword arguments would take longer than the rest of the loop
    # Other records refer to a key, so that none is changed unseen, be it for a space.
    is_key = field.id == raw.table.key
    places = np.asarray(positions, dtype=np.intp)
    cells = raw.values[field.id].to_numpy(dtype=object)[places].tolist()
    for position, row, text, explained in zip(places.tolist(), rows[places].tolist(), cells, said, strict=True):
        message, suggestion, fix, own = explained
        if fix is None:
            fix = Fix.NONE if suggestion is None else rule_fix
        if is_key and fix is Fix.SAFE:
            fix = Fix.UNSAFE
        place = f"{start}{row}" if row and letter else ""
        shown = text if type(text) is str else display(text)
        yield make(
            (
                code,
                own or severity,
                message,
                table,
                keys[position],
                label,
                place,
                shown,
                suggestion,
                fix,
                (),
                {},
                position,
            )
        )

"""The practice copy: a workbook with the same policy, in which nobody is real and nothing counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from validation.findings import Severity
from validation.policy import Policy, PolicyTable
from workbook_cms.practice.made_up import MadeUp, in_order
from workbook_cms.receipts import Refused, is_alert
from workbook_cms.workbook import Workbook

__all__ = ["LABEL", "SOURCE", "is_practice", "make_practice", "practice_path"]

#: How the organisation's name begins in a practice copy, on its Home sheet and in every form made from it.
LABEL = "PRACTICE - "
#: Where the made-up records come from, in the history.
SOURCE = "practice"
_LONGEST = 255
#: How often a made-up record is mended by what the rules say before it is left out.
_ROUNDS = 4


def practice_path(workbook: Path) -> Path:
    """Where the practice copy of a workbook lies: ``customers-practice.xlsx``, beside it."""
    return workbook.with_name(f"{workbook.stem}-practice.xlsx")


def is_practice(policy: Policy) -> bool:
    """Whether a workbook is a practice copy."""
    return policy.settings.organisation.startswith(LABEL)


def make_practice(
    workbook: Path, out: Path | None = None, *, overwrite: bool = False, today: dt.date | None = None
) -> Workbook:
    """Make a practice copy: the same policy, its lists included, and people made up. The workbook is only read.

    Args:
        workbook: The workbook people are to learn.
        out: Where the copy goes; `practice_path` unless given.
        overwrite: Replace a practice copy that is there.
        today: The day that counts as today; the real one unless given.

    Raises:
        InputError: ``out`` has another ending than ``.xlsx``.
        FileError: A file is there already, or the folder cannot be written to.
    """
    policy = Workbook.open(workbook).policy
    book = Workbook.create(out or practice_path(workbook), _labelled(policy), overwrite=overwrite, today=today)
    made = MadeUp(policy, book.today())
    for table in in_order(policy):
        _fill(book, table, made)
    return book


def _labelled(policy: Policy) -> Policy:
    if is_practice(policy):
        return policy
    settings = policy.settings
    name = f"{LABEL}{settings.organisation}"[:_LONGEST]
    return policy.model_copy(update={"settings": settings.model_copy(update={"organisation": name})})


def _fill(book: Workbook, table: PolicyTable, made: MadeUp) -> None:
    """Put in the made-up records that the rules accept; the others are mended some times, then left out."""
    rows = made.rows(table)
    for _ in range(_ROUNDS):
        if not rows:
            return
        given = [_without_key(table, row) for row in rows]
        batch = book.add_many(table.name, pd.DataFrame(given), source=SOURCE)
        refused = {item.row: item for item in batch.refused}
        taken = [row for number, row in enumerate(rows) if number not in refused]
        for row, receipt in zip(taken, batch.receipts, strict=True):
            made.took(table, row.get(table.by_id[table.key].label, ""), receipt.key)
        rows = [made.mended(table, rows[number], _objected(item)) for number, item in refused.items()]


def _without_key(table: PolicyTable, row: Mapping[str, str]) -> dict[str, str]:
    """The record without a key that the program gives out."""
    key = table.by_id[table.key].label
    return {label: text for label, text in row.items() if not (table.key_format and label == key)}


def _objected(item: Refused) -> Sequence[str]:
    """Labels of the fields for which a record was held back."""
    return list(
        dict.fromkeys(f.field for f in item.findings if is_alert(f) or f.severity is Severity.ERROR if f.field)
    )

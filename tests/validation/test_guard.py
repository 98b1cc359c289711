"""Whether records clearly differ, by the rule of their table that compares most."""

from __future__ import annotations

import datetime as dt

from tests.validation.test_duplicates_rules import PEOPLE, SAME_EMAIL, SAME_PERSON, policy, typed
from validation.duplicates.guard import guard
from validation.frames import Context

ROWS = """
| ID        | Given name | Family name | Date of birth | Email              |
|-----------|------------|-------------|---------------|--------------------|
| STK-00001 | Quincy     | Zafiris     | 1984-03-04    | quincy@example.com |
| STK-00002 | Quincy     | Zafirris    | 1984-03-04    | quincy@example.com |
| STK-00003 | Marta      | Oyelaran    | 1990-12-01    | marta@example.com  |
| STK-00004 |            | Zafiris     |               |                    |
"""


def differ(*rules: object) -> list[bool]:
    """Whether the first record differs from each of the others."""
    table = typed(ROWS, rules)
    apart = guard(table, Context(policy(*rules), {PEOPLE.id: table}, dt.date(2026, 11, 22)))
    keys = ["STK-00002", "STK-00003", "STK-00004"]
    return apart(["STK-00001"] * 3, keys).tolist()


def test_records_that_clearly_differ_are_told() -> None:
    """Another person differs; a misspelling does not, nor a record that says too little."""
    assert differ(SAME_EMAIL, SAME_PERSON) == [False, True, False]


def test_without_a_rule_that_weighs_nothing_differs() -> None:
    """Exact rules know equal or not, and nothing of clearly different."""
    assert differ(SAME_EMAIL) == [False, False, False]

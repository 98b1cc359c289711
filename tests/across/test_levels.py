"""The levels of agreement as SQL say of two values what our own comparators say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from validation.duplicates.columns import prepare
from validation.duplicates.comparators import Level, compare
from validation.duplicates.weights import PACK
from validation.policy import Kind
from workbook_cms.across.helpers import helpers
from workbook_cms.across.levels import DIALECTS, conditions

NAMES = [
    "Anne", "Robert", "Bob", "Garcia Lopez", "Lopez", "Ann", "Anna", "A", "Q", "Quenby", "Quenbie", "Zoë",
        "Zoe", "O'Brien", "Obrien", "OBrian",
    "Smith", "Smyth", "Smithe", "Schmidt", "Ng", "Nguyen", "de-la-Cruz", "delacruz",
]  # fmt: skip
VALUES: dict[Kind, list[str]] = {
    Kind.GIVEN_NAME: NAMES,
    Kind.FAMILY_NAME: NAMES,
    Kind.FULL_NAME: ["Anne Smith", "Smith Anne", "A Smith", "Anne Mary Smith", "Bob Miller", "Robert Miller",
        "Quenby Zafiropoulos"],
    Kind.ORGANISATION: ["Acme Pty Ltd", "ACME", "Acme Travel", "Akme", "Blue Sky Tours", "Tours Blue Sky Inc",
        "Blue Sky", "BST", "Blue Sky Tour"],
    Kind.DATE: ["1986-03-14", "1986-03-15", "1968-03-14", "1986-04-03", "1986-03-04", "1986-12-25",
        "1971-09-02", "n/a"],
    Kind.PHONE: ["0491570156", "+61 491 570 156", "0491570157", "0391570156", "12345", "1234", "0491 570 165"],
    Kind.EMAIL: ["q.z@example.com", "qz@example.com", "q.z@example.org", "quenby@example.com", "quenbi@exampel.com"],
    Kind.IDENTIFIER: ["AB1234567", "AB1234576", "AB1234568", "AB1299567", "AB12", "AB13", "12", "13"],
    Kind.STREET_NUMBER: ["12", "21", "12a", "1", "2", "121", "122", "3/12", "3/14"],
    Kind.STREET: ["Station Street", "Station St", "Statoin Street", "Main Rd", "Maine Road", "High Street",
        "5th Avenue", "9th Avenue", "15th Avenue"],
    Kind.PLACE: ["Brunswick", "Brunswik", "Fitzroy", "Fitzroy North", "Mt Eliza", "Mount Eliza"],
    Kind.POSTCODE: ["3000", "3001", "3010", "0300", "3", "4"],
    Kind.CATEGORY: ["VIC", "NSW", "vic"],
    Kind.TEXT: ["blue car", "blue cars", "bleu car", "red van", "a"],
}  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
def test_every_level_has_its_sql(kind) -> None:
    """What the weights know as a level of one field can be asked of a database, equal values first."""
    levels = [level for level, _ in conditions(kind, "x", DIALECTS["duckdb"])]
    assert levels[0] is Level.EXACT
    assert {*levels, Level.DIFFERENT} == set(PACK[kind].levels) - {Level.SWAPPED}
    assert len(levels) == len(set(levels))


@pytest.mark.usefixtures("splink")
@pytest.mark.parametrize("kind", list(Kind))
def test_a_database_finds_the_same_level(kind) -> None:
    """Each pair of values gets the level in DuckDB that our own comparators give it.

    Names of several words are compared word by word here, which no database does: there, at least what we find alike
    is not called different.
    """
    import duckdb  # noqa: PLC0415 - an extra

    column = prepare(VALUES[kind], kind, "x")
    ends = np.array(list(combinations(range(len(column.codes)), 2)))
    data = {"own": compare(column, column.codes[ends[:, 0]], column.codes[ends[:, 1]])}
    texts = {"x": column.texts, **{f"x__{suffix}": made for suffix, made in helpers(column).items()}}
    for name, values in texts.items():
        for side, which in (("l", 0), ("r", 1)):
            data[f"{name}_{side}"] = values[column.codes[ends[:, which]]]
    pairs = pd.DataFrame(data)  # noqa: F841 - DuckDB finds it by its name
    cases = " ".join(f"WHEN {sql} THEN {int(level)}" for level, sql in conditions(kind, "x", DIALECTS["duckdb"]))
    asked = f"SELECT x_l, x_r, own, CASE {cases} ELSE {int(Level.DIFFERENT)} END AS theirs FROM pairs"  # noqa: S608
    answer = duckdb.sql(asked).df()
    differing = answer[answer["own"] != answer["theirs"]]
    if kind in (Kind.FULL_NAME, Kind.ORGANISATION):
        differing = differing[(differing["own"] > Level.DIFFERENT) & (differing["theirs"] == Level.DIFFERENT)]
    assert differing.to_dict("records") == []
    assert answer["own"].nunique() > 1

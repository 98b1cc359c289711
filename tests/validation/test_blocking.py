"""Which pairs of records are compared: an entry meets the records that a check would hold it against."""

from __future__ import annotations

import random

import pytest

from validation.duplicates.blocking import between, within
from validation.duplicates.columns import Column, prepare
from validation.policy import Kind

ROWS = 1_100


def made(kinds: list[Kind], chance: random.Random) -> list[Column]:
    """Columns with blanks, and with values that many records share."""
    few = chance.choice([3, 30, 400])

    def value(kind: Kind) -> str | None:
        number = chance.randrange(few)
        if chance.random() < 0.2:
            return None
        if kind is Kind.DATE:
            return f"19{50 + number % 40}-0{1 + number % 9}-1{number % 10}"
        if kind in (Kind.PHONE, Kind.POSTCODE, Kind.STREET_NUMBER):
            return f"04{number * 7919 % 10**8:08d}"
        names = ["Ann Lee", "Anna", "annab", "Lee Ann", "Noel", "oan b", "é"]
        return f"{names[number % 7]}{'abcdefgh'[number // 7 % 8]}"

    return [prepare([value(kind) for _ in range(ROWS)], kind, kind.value) for kind in kinds]


@pytest.mark.parametrize("seed", range(8))
def test_an_entry_meets_whom_a_check_holds_it_against(seed: int) -> None:
    """The pairs of the last record are those of a check of all, in blocks of every size."""
    chance = random.Random(seed)  # noqa: S311 - values, not secrets
    columns = made([*chance.sample(list(Kind), 5), Kind.GIVEN_NAME, Kind.FAMILY_NAME], chance)
    entry, every = between(columns, ROWS - 1), within(columns)
    last = every.right == ROWS - 1
    assert entry.left.tolist() == every.left[last].tolist()
    assert set(entry.right.tolist()) <= {ROWS - 1}

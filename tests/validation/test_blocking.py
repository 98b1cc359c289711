"""Which pairs of records are compared: nearly all that are one, few others, and the same ones by every way in."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable

import pandas as pd
import pytest

from benchmarks.people import KINDS, people
from tests.support.people import FEBRL, febrl, febrl_pair
from validation.duplicates import gathering
from validation.duplicates.blocking import Candidates, across, between, within
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


def _pairs(parts: Iterable[Candidates]) -> list[tuple[int, int]]:
    """Pairs of all parts."""
    return [pair for part in parts for pair in zip(part.left.tolist(), part.right.tolist(), strict=True)]


@pytest.mark.parametrize("seed", range(8))
def test_an_entry_meets_whom_a_check_holds_it_against(seed: int) -> None:
    """The pairs of the last record are those of a check of all, in blocks of every size."""
    chance = random.Random(seed)  # noqa: S311 - values, not secrets
    columns = made([*chance.sample(list(Kind), 5), Kind.GIVEN_NAME, Kind.FAMILY_NAME], chance)
    met = [
        sorted(a for a, b in _pairs(parts) if b == ROWS - 1)
        for parts in (between(columns, ROWS - 1), within(columns))
    ]
    assert met[0] == met[1]


@pytest.mark.parametrize("seed", range(4))
def test_rows_that_come_together_meet_whom_a_check_holds_them_against(seed: int) -> None:
    """The pairs of several last records, with the table and with each other, are those of a check of all."""
    chance = random.Random(seed)  # noqa: S311 - values, not secrets
    columns = made([*chance.sample(list(Kind), 5), Kind.GIVEN_NAME, Kind.FAMILY_NAME], chance)
    first = ROWS - chance.choice([2, 40, 600])
    every = [pair for pair in _pairs(within(columns)) if pair[1] >= first]
    assert sorted(_pairs(between(columns, first))) == sorted(every)


@pytest.mark.parametrize("seed", range(4))
def test_two_tables_meet_as_one_would(seed: int) -> None:
    """Where no block is oversized, the pairs across two tables are those that a check of both as one would compare."""
    chance = random.Random(seed)  # noqa: S311 - values, not secrets
    columns = [column_of(kind, chance) for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.DATE, Kind.POSTCODE)]
    parts = list(across(columns, 1_000))
    assert not parts[0].oversized
    met = _pairs(parts)
    assert met
    assert sorted(met) == sorted(pair for pair in _pairs(within(columns)) if pair[0] < 1_000 <= pair[1])


def column_of(kind: Kind, chance: random.Random, rows: int = 2_200) -> Column:
    """A column in which values repeat, but none in more than a few dozen records."""
    return prepare(
        [f"{chance.choice('aeiou')}{chance.randrange(700):03d}{kind.value[:2]}" for _ in range(rows)], kind
    )


def test_a_crowd_that_shares_a_hint_is_compared_where_more_agrees() -> None:
    """Of many records born on one day only those are compared that agree in one more field; of few, all."""
    rows = 1_100
    born = [f"{1900 + i % 100}-{1 + i % 12:02d}-{1 + i // 100:02d}" for i in range(rows)]
    born[:20], born[20:24] = ["2001-01-01"] * 20, ["2002-02-02"] * 4
    family = [
        f"{'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10 % 10]}{'uvwxyzabcdef'[i // 100]}{i}" for i in range(rows)
    ]
    family[0] = family[7] = "Zafiris"
    columns = [prepare(born, Kind.DATE, "born"), prepare(family, Kind.FAMILY_NAME, "family")]
    met = {pair for pair in _pairs(within(columns)) if pair[1] < 24}
    assert met == {(0, 7), *itertools.combinations(range(20, 24), 2)}


def test_an_office_that_shares_a_phone_is_compared_each_with_each() -> None:
    """Many records with one phone are all compared: a number of one's own is no mere hint."""
    rows = 1_100
    phones = [f"0400{i:06d}" for i in range(rows)]
    phones[:20] = ["0299990000"] * 20
    columns = [prepare(phones, Kind.PHONE, "phone"), prepare([f"{i:04d}x" for i in range(rows)], Kind.FAMILY_NAME)]
    assert set(_pairs(within(columns))) == set(itertools.combinations(range(20), 2))


def test_blocks_that_are_compared_in_part_are_told() -> None:
    """A block too large to compare each record with each is told with its fields, one of its records and its size."""
    rows = 1_100
    phones = ["0299990000" if i % 2 else f"0400{i:06d}" for i in range(rows)]
    columns = [prepare(phones, Kind.PHONE, "phone"), prepare([f"{i:04d}x" for i in range(rows)], Kind.FAMILY_NAME)]
    (large,) = next(within(columns)).oversized
    assert (large.fields, large.records, large.record % 2) == (("phone",), rows // 2, 1)


def test_memory_does_not_grow_with_the_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gathered in many small parts, the pairs are the same."""
    chance = random.Random(11)  # noqa: S311 - values, not secrets
    columns = made([Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.DATE, Kind.PHONE, Kind.PLACE], chance)
    whole = list(within(columns))
    monkeypatch.setattr(gathering, "AT_ONCE", 500)
    parts = list(within(columns))
    assert len(parts) > 5 * len(whole)
    assert sorted(_pairs(parts)) == sorted(_pairs(whole))
    assert [part.oversized for part in parts[1:]] == [()] * (len(parts) - 1)
    assert parts[0].oversized == whole[0].oversized


def test_pairs_do_not_grow_with_the_square() -> None:
    """In a table four times as long, fewer than ten times as many pairs are compared; all of them would be sixteen times."""
    counts = []
    for rows in (20_000, 80_000):
        frame = people(rows)
        columns = [prepare(frame[name], Kind(kind), name) for name, kind in KINDS.items()]
        counts.append(sum(len(part.left) for part in within(columns)))
    assert counts[1] < 10 * counts[0]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_febrl_people_share_a_block(number: int) -> None:
    """On each of the FEBRL sets at least .997 of the true pairs are compared, with and without a number of one's own."""
    frame = febrl(number)
    person = frame.index.str.extract(r"rec-(\d+)-", expand=False)
    sizes = person.value_counts()
    wanted = (sizes * (sizes - 1) // 2).sum()
    for left_out in ("", "soc_sec_id"):
        columns = [prepare(frame[name], Kind(kind), name) for name, kind in FEBRL.items() if name != left_out]
        assert sum(person[a] == person[b] for a, b in _pairs(within(columns))) >= 0.997 * wanted


def test_febrl_tables_share_blocks() -> None:
    """On FEBRL 4 at least .997 of the 5,000 true pairs across the two tables are compared."""
    one, other = febrl_pair()
    both = pd.concat([one, other])
    person = both.index.str.extract(r"rec-(\d+)-", expand=False)
    columns = [prepare(both[name], Kind(kind), name) for name, kind in FEBRL.items()]
    assert sum(person[a] == person[b] for a, b in _pairs(across(columns, len(one)))) >= 0.997 * 5_000

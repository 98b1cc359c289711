"""Few pairs scored one by one: the same levels and bits as all pairs at once, and none left out that counts."""

from __future__ import annotations

import random
import string
from dataclasses import replace

import numpy as np
import pytest

from validation.duplicates.columns import prepare
from validation.duplicates.comparators import compare
from validation.duplicates.one import scored
from validation.duplicates.outlines import outline_of, outlines_of
from validation.duplicates.reaching import Mine, needed, reaching
from validation.duplicates.scoring import prior_bits, probability_of, score
from validation.policy import Kind, Strength

RECORDS = 60
NAMES = (
    "Anna",
    "Hanna",
    "Ann",
    "Bob",
    "Robert",
    "Smith",
    "Smyth",
    "Garcia Lopez",
    "Lopez",
    "A",
    "Nguyen",
    "Jean Luc",
)
VALUES = {
    Kind.GIVEN_NAME: NAMES,
    Kind.FAMILY_NAME: NAMES,
    Kind.FULL_NAME: ("Anna Smith", "Smith Anna", "A Smith", "Bob Lopez", "Robert Lopez", "Anna Maria Smith"),
    Kind.ORGANISATION: ("Acme Pty Ltd", "Acme", "Acme Sydney", "International Business Machines", "IBM"),
    Kind.DATE: ("1980-02-03", "1980-03-02", "1980-02-04", "1981-07-09", "1980-11-12", "unknown"),
    Kind.PHONE: ("+61299990000", "0299990000", "+61299990001", "+61412345678", "1234"),
    Kind.EMAIL: ("a.smith@example.com", "asmith@gmail.com", "a.smyth@example.com", "info@acme.com", "x@y.org"),
    Kind.IDENTIFIER: ("AB123456", "AB123465", "AB123457", "ZZ999999", "1234"),
    Kind.STREET_NUMBER: ("12", "3/12", "14", "120", "7"),
    Kind.STREET: ("High Street", "High St", "5th Avenue", "9th Avenue", "Mill Lane"),
    Kind.PLACE: ("Newtown", "Newton", "Dubbo", "Sydney"),
    Kind.POSTCODE: ("2042", "2043", "2830", "0800"),
    Kind.CATEGORY: ("Customer", "Supplier"),
    Kind.TEXT: ("likes tea", "likes teas", "asks for Bob", "none"),
}


def drawn(chance, kind):
    """A value of a kind: often one that others hold, now and then blank or with a letter wrong."""
    text = chance.choice(VALUES[kind])
    if chance.random() < 0.2:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(string.ascii_lowercase + string.digits) + text[at + 1 :]
    return text if chance.random() < 0.8 else None


def fields(columns):
    """The last record's fields beside those of the others."""
    out = []
    for column in columns:
        code = int(column.codes[-1])
        seen = outlines_of(column.kind, [*column.texts, "-"])
        out.append(
            Mine(
                column.kind,
                column.strength,
                column.texts[code] if code >= 0 else "",
                code,
                int(column.counts[code]) if code >= 0 else 0,
                column.filled,
                column.codes[:-1],
                lambda codes, column=column: np.where(codes >= 0, column.counts[codes], 0),
                column.texts,
                lambda codes, column=column, code=code: compare(column, codes, np.full(len(codes), code)),
                outline_of(column.kind, column.texts[code]) if code >= 0 else 0,
                lambda codes, seen=seen: seen[codes],
            )
        )
    return out


def table(chance, kinds):
    """Columns of some kinds with values drawn at random."""
    columns = [prepare([drawn(chance, kind) for _ in range(RECORDS)], kind, str(kind)) for kind in kinds]
    return [replace(column, strength=chance.choice(list(Strength))) for column in columns]


@pytest.mark.parametrize("seed", range(60))
def test_scores_of_few_pairs_are_those_of_many(seed):
    """Levels are the same and bits are the same but for rounding, whatever the fields are and however much they count."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    columns = table(chance, chance.sample(list(VALUES), chance.randint(1, 8)))
    others = np.arange(RECORDS - 1)
    expected = score(columns, others, np.full(RECORDS - 1, RECORDS - 1), prior_bits(100_000))
    compared = 0
    for place in others.tolist():
        found = scored(fields(columns), np.array([place]), 100_000)
        if found is not None:  # else names may have changed places, and the pair is scored as many are
            compared += 1
            assert found.levels[0].tolist() == expected.levels[place].tolist()
            assert found.bits[0] == pytest.approx(expected.bits[place], abs=1e-9)
            assert found.total[0] == pytest.approx(expected.total[place], abs=1e-9)
    assert compared


@pytest.mark.parametrize("seed", range(60))
def test_no_record_is_left_out_that_reaches_what_is_asked_for(seed):
    """Whoever is as likely one as asked for is among those that are looked at to the end; in a small table most are not."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    kinds = [Kind.GIVEN_NAME, Kind.FAMILY_NAME, *chance.sample(list(VALUES)[2:], 3)]
    columns = table(chance, kinds if chance.random() < 0.7 else kinds[1:])
    others = np.arange(RECORDS - 1)
    total = score(columns, others, np.full(RECORDS - 1, RECORDS - 1), prior_bits(500)).total
    for threshold in (0.5, 0.9, 0.99):
        reached = reaching(fields(columns), RECORDS - 1, needed(threshold, 500)).tolist()
        wanted = np.flatnonzero(probability_of(total) >= threshold).tolist()
        assert set(wanted) <= set(reached)


def test_a_record_that_says_nothing_reaches_nothing():
    """A blank entry is no likely duplicate of anybody, and asking about it is no error."""
    columns = [prepare(["Anna", "Bob", None], Kind.GIVEN_NAME, "given"), prepare([None] * 3, Kind.PLACE, "place")]
    assert reaching(fields(columns), 2, needed(0.5, 500)).tolist() == []
    assert reaching(fields(columns), 2, needed(0.0, 500)).tolist() == [0, 1]

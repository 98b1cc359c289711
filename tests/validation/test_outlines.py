"""Values told apart by their outlines: never more than comparing them letter by letter tells."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest

from validation.duplicates.columns import prepare
from validation.duplicates.comparators import compare
from validation.duplicates.outlines import Sort, outline_of, outlines_of, possible
from validation.lookup.values import Values
from validation.policy import Kind

NAMES = (
    "Anna",
    "Hanna",
    "Bob",
    "Robert",
    "Smith",
    "Smyth",
    "Garcia Lopez",
    "Lopez",
    "A",
    "李小龙",
    "O'Brien",
    "x" * 300,
)
VALUES = {
    Kind.GIVEN_NAME: NAMES,
    Kind.FAMILY_NAME: NAMES,
    Kind.FULL_NAME: ("Anna Smith", "Smith Anna", "A Smith", "Bob Lopez", "Robert Lopez", "Anna Maria Smith"),
    Kind.ORGANISATION: ("Acme Pty Ltd", "Acme", "Acme Sydney", "International Business Machines", "IBM"),
    Kind.DATE: ("1980-02-03", "1980-03-02", "1980-02-04", "1981-07-09", "1980-00-00", "unknown", "198002"),
    Kind.PHONE: ("+61299990000", "0299990000", "+61299990001", "299900", "2999001", "1234"),
    Kind.EMAIL: ("a.smith@example.com", "asmith@gmail.com", "a.smyth@example.com", "info@acme.com", "x@y.org"),
    Kind.IDENTIFIER: ("AB123456", "AB123465", "AB123457", "ZZ999999", "1234"),
    Kind.STREET_NUMBER: ("12", "3/12", "14", "120", "7"),
    Kind.STREET: ("High Street", "High St", "5th Avenue", "9th Avenue", "Mill Lane"),
    Kind.PLACE: ("Newtown", "Newton", "Dubbo", "Sydney"),
    Kind.POSTCODE: ("2042", "2043", "2830", "0800"),
    Kind.CATEGORY: ("Customer", "Supplier"),
    Kind.TEXT: ("likes tea", "likes teas", "asks for Bob", "y" * 260),
}


def written_wrong(chance, text):
    """A text with a letter or two changed, dropped, put in or swapped with the next one."""
    for _ in range(chance.randint(0, 2)):
        at = chance.randrange(len(text))
        letter = chance.choice(string.ascii_lowercase + string.digits)
        ways = (text[:at] + letter + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + text[at + 1 :])
        text = chance.choice([*ways, text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]]) or text
    return text


@pytest.mark.parametrize("kind", VALUES)
def test_outlines_rule_out_no_level_that_comes_up(kind):
    """Whatever level two values have, at least one of the conditions under which it comes up may hold by their outlines."""
    chance = random.Random(5)  # noqa: S311 - no secret
    checked = 0
    for _ in range(60):
        texts = [written_wrong(chance, chance.choice(VALUES[kind])) for _ in range(12)]
        column = prepare(texts, kind)
        count, seen = len(column.texts), outlines_of(kind, column.texts.tolist())
        for own in range(count):
            levels = compare(column, np.arange(count), np.full(count, own))
            met = np.array(possible([kind], seen[own].reshape(1, 1), seen.reshape(1, -1)))[:, 0]
            only_when = Sort.of(kind, column.texts[own]).levels_when()
            for other in range(count):
                asked = [k for k, under in enumerate(only_when) if levels[other] in under]
                assert own == other or not asked or met[asked, other].any(), (
                    column.texts[own],
                    column.texts[other],
                )
                checked += bool(asked)
    assert checked or kind is Kind.CATEGORY


@pytest.mark.parametrize("kind", VALUES)
def test_outline_of_one_value_is_that_of_many(kind):
    """One value has the same outline by itself as among others."""
    texts = prepare(list(VALUES[kind]), kind).texts.tolist()
    assert [outline_of(kind, text) for text in texts] == outlines_of(kind, texts).tolist()


@pytest.mark.parametrize("filled", [[], ["anna"]])
def test_records_without_a_value_are_asked_for_again_and_again(filled):
    """A process that serves a form for hours does; the value that is put in at last has its outline then."""
    cells = np.array([*filled, None, None], dtype=object)
    values = Values.of(cells, Kind.GIVEN_NAME)
    for _ in range(20):
        assert len(values.outlines(np.array([-1, -1]))) == 2
    values.put(len(cells) - 1, "berta")
    last = np.array([len(filled)])
    for _ in range(20):
        assert values.outlines(last).tolist() == [outline_of(Kind.GIVEN_NAME, "berta")]

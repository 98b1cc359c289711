"""Values told apart at a glance: never two that agree once they are compared in full."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.duplicates.columns import prepare
from validation.duplicates.comparators import compare
from validation.duplicates.scoring import weigh
from validation.policy import Kind

WORDS = (
    "Robert", "Bob", "Margaret", "Peggy", "Lopez", "García López", "Li", "J", "van der Berg", "Knight", "Night", "Ng",
    "Ångström", "李小龙", "😀😀", "o" * 250, "a.b", "1984-03-04", "1984-04-03", "1934-03-04", "4 March 1984", "19840304",
    "+61 412 345 678", "0412345678", "412345687", "3/12", "12", "21", "2000", "2010", "AB1234567", "AB1243567",
    "robert.lopez@example.com", "rlopez@example.com", "robertlopez@mail.example", "info@example.com", "\x1f", "\ud800x",
    "Catherine", "Kathryn", "1975-03-04", "1980-12-04", "1981-02-04", "al@warehouse.example", "a.l@zqzqzq.test",
    "International Business Machines", "IBM", "Acme Widgets Sydney", "Acme Widgets Ltd", "Northern University", "x y",
)  # fmt: skip


def slipped(rng, text):
    """The text with one to three letters swapped, dropped, doubled or changed."""
    letters = list(text)
    for _ in range(rng.integers(1, 4)):
        at, how = rng.integers(0, len(letters)), rng.integers(0, 4)
        if how == 0:
            letters[at - 1], letters[at] = letters[at], letters[at - 1]
        elif how == 1 and len(letters) > 1:
            del letters[at]
        else:
            letters[at : at + how - 2] = rng.choice(list("abelorst 0149.é"))
    return "".join(letters)


@pytest.fixture
def written_otherwise():
    """Values, half of them others with slips, and pairs of them: each with its slip, and all words with each other."""
    rng = np.random.default_rng(5)
    first = [*WORDS, *(" ".join(rng.choice(WORDS, 2)) for _ in range(160))]
    values = np.array([*first, *(slipped(rng, text) for text in first)], dtype=object)
    every, words = np.arange(len(first)), np.arange(len(WORDS))
    left = np.concatenate([every, np.repeat(words, len(words))])
    return values, left, np.concatenate([every + len(first), np.tile(words, len(words))])


@pytest.mark.parametrize("kind", list(Kind))
def test_a_pair_agrees_alike_among_many_and_among_few(written_otherwise, kind):
    """Among many pairs a glance comes first, and no level is another one for that."""
    values, left, right = written_otherwise
    column = prepare(values, kind)
    a, b = column.codes[left], column.codes[right]
    few = [compare(column, a[n : n + 10], b[n : n + 10]) for n in range(0, len(a), 10)]
    np.testing.assert_array_equal(compare(column, a, b), np.concatenate(few))


def test_names_in_each_others_place_are_found_among_many_and_among_few(written_otherwise):
    """Given and family name are looked at crosswise too, with the same bits either way."""
    values, left, right = written_otherwise
    columns = [prepare(values, Kind.GIVEN_NAME), prepare(values[::-1], Kind.FAMILY_NAME)]
    levels, bits = weigh(columns, left, right)
    few = [weigh(columns, left[n : n + 10], right[n : n + 10]) for n in range(0, len(left), 10)]
    np.testing.assert_array_equal(levels, np.concatenate([one for one, _ in few]))
    np.testing.assert_array_equal(bits, np.concatenate([one for _, one in few]))


@settings(max_examples=40)
@pytest.mark.parametrize("kind", list(Kind))
@given(text=st.text(min_size=1, max_size=30), letters=st.text("abé 01.@李", max_size=6), at=st.integers(0, 30))
def test_whatever_a_value_holds_a_glance_lets_through_what_agrees(kind, text, letters, at):
    """Two values that share most or all of their letters, alone and beside many others, agree alike."""
    other = text[:at] + letters + text[at + len(letters) :]
    alone = prepare(np.array([text, other], dtype=object), kind)
    beside = prepare(np.array([text, other, *(f"{n}" for n in range(100, 200))], dtype=object), kind)
    a, b = (compare(column, column.codes[:1], column.codes[1:2])[0] for column in (alone, beside))
    assert a == b

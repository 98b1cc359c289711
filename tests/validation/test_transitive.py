"""Who is one with somebody is one with all that one is."""

import numpy as np
import pandas as pd
import pytest

from validation.duplicates import find_pairs
from validation.duplicates.columns import prepare
from validation.duplicates.scoring import prior_bits
from validation.duplicates.transitive import by_way_of_others
from validation.policy import Kind

KINDS = {"given": "given-name", "family": "family-name", "born": "date", "id": "identifier", "email": "email"}
#: The first and the last agree in a family name alone; the one between them agrees with both in much.
CHAIN = [
    ("Quenby", "Zafiris", None, "KX-4402917", None),
    ("Quenby", "Zafiris", "1984-03-04", "KX-4402917", "qz@example.com"),
    ("Quincy", "Zafiris", "1984-03-04", None, "qz@example.com"),
]


def told(rows):
    """Probability of each pair by labels."""
    pairs = find_pairs(pd.DataFrame(rows, columns=list(KINDS)), KINDS, threshold=0)
    return {(a, b): p for a, b, _, p in pairs.itertuples(index=False)}


def test_a_third_record_brings_two_together():
    """Two records that say little of each other are one where a third one is surely both."""
    alone, together = told([CHAIN[0], CHAIN[2]]), told(CHAIN)
    assert alone[0, 1] < 0.5
    assert together[0, 1] > 0.9
    assert together[1, 2] > 0.9
    assert together[0, 2] > 0.5


def test_what_speaks_against_a_pair_outweighs_a_weak_chain():
    """A record between two people who clearly differ does not make them one."""
    rows = [
        ("Quincy", "Zafiris", "1984-03-04", "KX-4402917", "qz@example.com"),
        (None, "Zafiris", None, None, "qz@example.com"),
        ("Marta", "Zafiris", "1961-11-30", "PL-9920031", "qz@example.com"),
    ]
    assert told(rows)[0, 2] < 0.5


def test_many_records_alike_do_not_grow_with_the_square():
    """Where thousands hang together, each is followed to a few others only."""
    count = 3_000
    left = np.arange(count - 1, dtype=np.int64)
    columns = [prepare(np.array(["Zafiris"] * count, dtype=object), Kind.FAMILY_NAME, "family")]
    near, far, total = by_way_of_others(columns, left, left + 1, np.full(count - 1, 20.0), prior_bits(count))
    assert len(near) == len(far) == len(total) < count * 10


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_links_nothing_follows(count):
    """No pair and a single pair stay as they are."""
    columns = [prepare(np.array(["a", "a"], dtype=object), Kind.FAMILY_NAME, "family")]
    left, right = np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    _, _, total = by_way_of_others(columns, left, right, np.full(count, 9.0), prior_bits(2))
    assert total.tolist() == [9.0] * count

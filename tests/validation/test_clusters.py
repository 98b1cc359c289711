"""Clusters of records that are one and the same."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.duplicates import find_pairs
from validation.duplicates.clusters import Cluster, apart_by, clusters, for_review
from validation.duplicates.columns import prepare
from validation.policy import Kind

Row = tuple[object, object, float]
ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([0.5, 0.8, 0.95, 0.97, 0.99, 1.0])).filter(
        lambda row: row[0] != row[1]
    ),
    max_size=30,
)


def frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Pairs as `find_pairs` gives them."""
    return pd.DataFrame(list(rows), columns=["left", "right", "probability"])


def members(found: list[Cluster]) -> list[tuple[object, ...]]:
    """Who is together with whom."""
    return [cluster.members for cluster in found]


def differ(*foes: tuple[object, object]):
    """A guard that knows which records clearly differ."""
    known = {frozenset(ends) for ends in foes}
    return lambda left, right: np.array([frozenset(ends) in known for ends in zip(left, right, strict=True)])


def test_sure_pairs_make_clusters_and_others_stay_pairs() -> None:
    """Three records joined by two sure pairs are one cluster; a pair below 0.95 is left for review."""
    pairs = frame([("A", "B", 0.99), ("B", "C", 0.96), ("C", "D", 0.94), ("X", "Y", 0.95)])
    found = clusters(pairs)
    assert members(found) == [("A", "B", "C"), ("X", "Y")]
    assert found[0].chained == (("A", "C"),)
    left = for_review(pairs, found)
    assert left[["left", "right"]].to_numpy().tolist() == [["C", "D"]]
    assert left["reason"].tolist() == ["not sure enough to be taken together"]


def test_a_chain_is_cut_where_its_ends_clearly_differ() -> None:
    """The surest pair is kept, the one that would bring the two ends together is told and left for review."""
    pairs = frame([("A", "B", 0.96), ("B", "C", 0.99)])
    found = clusters(pairs, apart=differ(("A", "C")))
    assert found == [Cluster(("B", "C"), (), (("A", "B"),))]
    left = for_review(pairs, found)
    assert left[["left", "right", "reason"]].to_numpy().tolist() == [
        ["A", "B", "sure, but would bring together records that clearly differ"]
    ]


def test_a_bridge_between_two_people_is_cut_by_the_weights_themselves() -> None:
    """A record that mixes two people joins neither to the other; without a guard it would."""
    people = pd.DataFrame(
        [
            ("Quincy", "Zafiris", "1984-03-04", "quincy.zafiris@example.com", "0412 345 678"),
            ("Quincy", "Zafiris", "", "quincy.zafiris@example.com", "0499 888 111"),
            ("", "Zafiris", "", "quincy.zafiris@example.com", "0499 888 111"),
            ("Marguerite", "Oyelaran", "1951-12-30", "m.oyelaran@example.org", "0499 888 111"),
        ],
        columns=["given", "family", "born", "email", "phone"],
    )
    kinds = {
        "given": Kind.GIVEN_NAME,
        "family": Kind.FAMILY_NAME,
        "born": Kind.DATE,
        "email": Kind.EMAIL,
        "phone": Kind.PHONE,
    }
    pairs = pd.concat([find_pairs(people, kinds), frame([(2, 3, 0.96)])], ignore_index=True)
    apart = apart_by([prepare(people[name], kind, name) for name, kind in kinds.items()], people.index.tolist())
    assert members(clusters(pairs)) == [(0, 1, 2, 3)]
    guarded = clusters(pairs, apart=apart)
    assert members(guarded) == [(0, 1, 2)]
    assert guarded[0].kept_apart == ((2, 3),)


def test_blanks_do_not_tear_a_cluster() -> None:
    """Two records that share no filled field differ in nothing: what stands between them may join them."""
    people = pd.DataFrame(
        [("q@example.com", ""), ("q@example.com", "0412 345 678"), ("", "0412 345 678")],
        columns=["email", "phone"],
    )
    columns = [prepare(people["email"], Kind.EMAIL, "email"), prepare(people["phone"], Kind.PHONE, "phone")]
    pairs = frame([(0, 1, 0.99), (1, 2, 0.99)])
    assert members(clusters(pairs, apart=apart_by(columns, [0, 1, 2]))) == [(0, 1, 2)]


def test_nothing_makes_no_clusters() -> None:
    """No pairs, no clusters, and nothing to review."""
    assert clusters(frame([])) == []
    assert for_review(frame([]), []).empty


def test_a_threshold_that_is_no_probability_is_refused() -> None:
    """A threshold in per cent is a slip, and told."""
    with pytest.raises(ValueError, match="at_least is 95, but a probability lies between 0 and 1"):
        clusters(frame([]), at_least=95)


def test_a_large_cluster_is_looked_at_without_holding_all_against_all() -> None:
    """A thousand records in one chain are answered, and one that clearly differs from the others is cut off."""
    chain = [(i, i + 1, 0.99) for i in range(999)]
    asked: list[int] = []

    def apart(left, right):
        asked.append(len(left))
        return np.array([999 in ends for ends in zip(left, right, strict=True)])

    assert members(clusters(frame(chain), apart=apart)) == [tuple(range(999))]
    assert sum(asked) <= 100 * 1000


@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_sides_make_no_difference(rows: list[Row], chance) -> None:
    """The same pairs in another order, or turned round, make the same clusters, guarded or not."""
    turned = [(b, a, p) if chance.random() < 0.5 else (a, b, p) for a, b, p in rows]
    chance.shuffle(turned)
    guard = differ((0, 1), (2, 5), (3, 7), (4, 11))
    for apart in (None, guard):
        assert clusters(frame(turned), apart=apart) == clusters(frame(rows), apart=apart)


@given(ROWS)
def test_clusters_are_the_closure_of_sure_pairs(rows: list[Row]) -> None:
    """Every sure pair is within one cluster, no record is in two, and each cluster hangs together."""
    found = clusters(frame(rows))
    home = {label: number for number, cluster in enumerate(found) for label in cluster.members}
    assert len(home) == sum(len(cluster.members) for cluster in found)
    sure = [(a, b) for a, b, p in rows if p >= 0.95]
    assert all(home[a] == home[b] for a, b in sure)
    assert set(home) == {label for ends in sure for label in ends}
    for cluster in found:
        reached, grown = {cluster.members[0]}, True
        while grown:
            more = {x for a, b in sure for x in (a, b) if a in reached or b in reached} - reached
            reached |= more
            grown = bool(more)
        assert reached == set(cluster.members)


@given(ROWS, st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=8))
def test_a_guard_never_leaves_foes_together(rows: list[Row], foes: set[tuple[int, int]]) -> None:
    """Two records that clearly differ, and that no pair says are one, never end in one cluster; nothing is lost."""
    apart = differ(*(ends for ends in foes if ends[0] != ends[1]))
    said = {frozenset((a, b)) for a, b, _ in rows}
    pairs = frame(rows)
    found = clusters(pairs, apart=apart)
    for cluster in found:
        together = set(cluster.members)
        assert not [e for e in foes if e[0] != e[1] and set(e) <= together and frozenset(e) not in said]
    home = {label: number for number, cluster in enumerate(found) for label in cluster.members}
    within = sum(home.get(a, -1) == home.get(b, -2) for a, b, _ in rows)
    assert within + len(for_review(pairs, found)) == len(rows)

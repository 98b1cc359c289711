"""Records of two tables that are one and the same, found by the engine alone; and what it refuses in plain words."""

import itertools

import numpy as np
import pandas as pd
import pytest

from tests.support.people import FEBRL, febrl_pair
from validation.duplicates import find_pairs, link_pairs

KINDS = {"given": "given-name", "family": "family-name", "born": "date", "phone": "phone"}
QUINCY = ("Quincy", "Zafiris", "1984-03-04", "0412 345 678")
MARTA = ("Marta", "Oyelaran", "1971-12-30", "0498 111 222")
NAMES = list(itertools.product(("Ka", "Lo", "Mi", "Ne"), ("bri", "dwe", "sha", "tru"), ("na", "ro", "vin")))


def people(*rows, start=0):
    """Rows of given, family, born, phone; and strangers of their own."""
    strangers = [
        (
            f"{a}{b}{c}",
            f"{c}{b}{a}ster",
            f"19{40 + i:02d}-0{1 + i % 9}-1{i % 9}",
            f"04{start + i:02d}{i * 7919:06d}",
        )
        for i, (a, b, c) in enumerate(NAMES[start : start + 20])
    ]
    return pd.DataFrame([*rows, *strangers], columns=list(KINDS))


def labels(found):
    """Pairs as they are told, left first."""
    return list(zip(found["left"], found["right"], strict=True))


def test_people_of_two_frames_are_linked():
    """Whoever stands in both is found, however written there; labels of the first frame on the left."""
    one = people(QUINCY, MARTA)
    other = people(("", "", "", ""), ("ZAFIRIS", "quincy", "1984-04-03", "+61 412 345 678"), start=20)
    other.index = [f"B{i}" for i in range(len(other))]
    found = link_pairs(one, other, KINDS)
    assert list(found.columns) == ["left", "right", "bits", "probability"]
    assert labels(found) == [(0, "B1")]
    assert labels(link_pairs(other, one, KINDS)) == [("B1", 0)]


def test_records_of_one_frame_are_not_linked_with_each_other():
    """Whoever stands twice in one frame is linked from both places, and the two are no pair."""
    one, other = people(QUINCY, QUINCY), people(QUINCY, start=20)
    assert sorted(labels(link_pairs(one, other, KINDS))) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    "index",
    [
        pytest.param(lambda n: [f"K-{i}" for i in range(n)], id="text"),
        pytest.param(lambda n: pd.date_range("2026-01-01", periods=n), id="days"),
        pytest.param(lambda n: pd.MultiIndex.from_arrays([["x"] * n, range(n)]), id="several levels"),
        pytest.param(lambda n: [*"ab", *range(2, n)], id="mixed"),
        pytest.param(lambda n: [None, *np.arange(1, n) / 2], id="one blank"),
    ],
)
def test_index_of_any_type(index):
    """Labels come back as they are in the index."""
    one, other, both = people(MARTA, QUINCY), people(QUINCY, MARTA, start=20), people(QUINCY, QUINCY)
    known = pd.Index(index(len(one)))
    one.index = other.index = both.index = known
    at = [known.get_indexer(link_pairs(one, other, KINDS)[side]).tolist() for side in ("left", "right")]
    assert sorted(zip(*at, strict=True)) == [(0, 1), (1, 0)]
    found = find_pairs(both, KINDS).iloc[:1]
    assert [known.get_indexer(found[side]).tolist() for side in ("left", "right")] == [[0], [1]]


def test_frames_of_other_types_and_lengths():
    """A number in one frame and a text in the other are one value; an empty frame links with nothing."""
    one = pd.DataFrame({"family": ["Zafiris"], "code": [2571], "id": [123456.0]})
    other = pd.DataFrame({"id": ["123456"], "extra": [1], "code": ["2571"], "family": ["Zafiris"]}, index=["x"])
    kinds = {"family": "family-name", "code": "postcode", "id": "identifier"}
    assert labels(link_pairs(one, other, kinds)) == [(0, "x")]
    assert labels(link_pairs(one, other.iloc[:0], kinds)) == []
    assert labels(link_pairs(one.iloc[:0], other.iloc[:0], kinds)) == []


def test_larger_frames_are_linked_through_blocks():
    """Frames too large to hold each record against each give the same pairs, wherever the two records stand."""
    chance = np.random.default_rng(5)
    names = ["".join(chance.choice(list("abdefgiklmnorstu"), 7)) for _ in range(4_000)]
    frame = pd.DataFrame({"given": names[:2_000], "family": names[2_000:]})
    frame["born"] = [f"19{40 + i % 60}-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(2_000)]
    frame["phone"] = [f"04{i:08d}" for i in chance.integers(0, 10**8, 2_000)]
    again = frame.iloc[::2].copy()
    again["family"] = again["family"].str[:-1]
    again = again.sample(frac=1, random_state=3)
    assert len(frame) * len(again) > 500_000
    assert set(labels(link_pairs(frame, again, KINDS))) == {(i, i) for i in again.index}


def test_one_value_in_every_row_of_both_does_not_grow_with_the_square():
    """Where all records are alike, each is held against its neighbours in the other frame only."""
    frame = pd.DataFrame({"family": ["Smith"] * 3_000, "born": ["1900-01-01"] * 3_000})
    found = link_pairs(frame, frame, {"family": "family-name", "born": "date"}, threshold=0)
    assert 3_000 <= len(found) <= 3_000 * 40


def test_febrl_tables_are_linked():
    """On FEBRL 4, two tables of 5,000 people, F1 at a probability of one half is at least .999."""
    one, other = febrl_pair()
    found = link_pairs(one, other, FEBRL)
    person = [found[side].str.extract(r"rec-(\d+)-", expand=False) for side in ("left", "right")]
    right = (person[0] == person[1]).sum()
    assert 2 * right / (len(found) + 5_000) >= 0.999


@pytest.mark.parametrize(
    ("change", "kinds", "threshold", "error", "words"),
    [
        pytest.param({}, {"surname": "family-name"}, 0.5, KeyError, "surname", id="no such column"),
        pytest.param({}, {"family": "surname"}, 0.5, ValueError, "'family'.*'surname'.*family-name", id="no such kind"),
        pytest.param({}, {"family": None}, 0.5, ValueError, "'family'.*None", id="no kind"),
        pytest.param({}, {}, 0.5, ValueError, "names no column", id="nothing to compare"),
        pytest.param({}, KINDS, 1.5, ValueError, "1.5", id="no probability"),
        pytest.param({}, KINDS, float("nan"), ValueError, "nan", id="not a number"),
        pytest.param({"index": ["a", "a"]}, KINDS, 0.5, ValueError, "'a' more than once.*reset_index", id="label twice"),
        pytest.param({"columns": ["given"] * 4}, {"given": "text"}, 0.5, ValueError, "'given' more than", id="column twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused(change, kinds, threshold, error, words):
    """A mistaken column, kind, index or threshold is an error that names it, in one frame as in two."""
    good = pd.DataFrame([QUINCY, MARTA], columns=list(KINDS))
    bad = pd.DataFrame([QUINCY, MARTA], **{"columns": list(KINDS), **change})
    with pytest.raises(error, match=words):
        find_pairs(bad, kinds, threshold)
    with pytest.raises(error, match=words):
        link_pairs(bad, good, kinds, threshold)
    if change:
        with pytest.raises(error, match="the second frame"):
            link_pairs(good, bad, kinds, threshold)

"""Firms are told by the rare words of their names, in tables that hold little else."""

import itertools

import numpy as np
import pandas as pd
import pytest

from validation.duplicates import find_pairs, link_pairs
from validation.duplicates import pairs as pairs_module
from validation.duplicates.blocking import across, within
from validation.duplicates.columns import prepare
from validation.duplicates.wording import with_wording
from validation.policy import Kind

FIRM = {"name": "organisation"}
TRADES = ("Tours", "University", "Company", "Bank", "Services", "Travel", "Hotel", "Consulting")


def firms(*names, count=600):
    """Firms of these names, and as many more as are asked for, each with a word that no other has."""
    letters = [f"{i:04d}".translate(str.maketrans("0123456789", "bdfgklmnrs")) for i in range(count)]
    others = [f"{'ai'[i % 2].join(own)}o {TRADES[i % 8]}" for i, own in enumerate(letters)]
    banks = [f"{town} First National Bank" for town in ("Omaha", "Dubbo", "Perth", "Lagos", "Lyon")] * 2
    return pd.DataFrame({"name": [*names, *others, *(f"{b} {i}" for i, b in enumerate(banks))]})


def found(frame, kinds=FIRM):
    """Pairs of labels found at one half."""
    pairs = find_pairs(frame, kinds)
    return set(zip(pairs["left"], pairs["right"], strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zafiropoulos Quincy Tours", "Tours Zafiropoulos & Quincy Ltd"),
        ("Zafiropoulos Quincy Tours", "Zafiropoulos Quincy Tuors"),
        ("Zafiropoulos Quincy", "University Zafiropoulos Quincy, Dubbo"),
    ],
)
def test_rare_words_in_common_make_one_firm(one, other):
    """A name that nobody else has is enough, in another order, misspelt or with an addition."""
    assert (0, 1) in found(firms(one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University Company", "University Bank"),
        ("Travel Services", "Travel Hotel"),
        ("Zafiro Tours", "Quincy Tours"),
    ],
)
def test_usual_words_in_common_do_not(one, other):
    """What stands in the names of many makes no two firms one."""
    assert (0, 1) not in found(firms(one, other))


def test_a_name_of_usual_words_is_worth_less_than_one_of_rare_words():
    """Two firms with the same name are surer to be one where its words are rare."""
    frame = firms("Bank Services", "Bank Services", "Zafiro Quincy", "Zafiro Quincy")
    bits = find_pairs(frame, FIRM, threshold=0).set_index(["left", "right"])["bits"]
    assert bits[2, 3] > bits[0, 1] + 2


def test_firms_are_brought_together_by_a_rare_word(monkeypatch):
    """In long tables two names that begin and end otherwise meet by the word that few have, in one table and in two."""
    monkeypatch.setattr(pairs_module, "FEW_ASKED", 0)
    frame = firms("Alpha Zafiropoulos Quincy Yonder", "Zafiropoulos Quincy")
    assert (0, 1) in found(frame)
    linked = link_pairs(frame.iloc[:1], frame.iloc[1:], FIRM)
    assert (0, 1) in set(zip(linked["left"], linked["right"], strict=True))


def test_two_tables_meet_by_words_as_one_would():
    """The pairs across two tables are those of one table that lie across, while no word is held by very many."""
    rng = np.random.default_rng(3)
    words = [f"{a}{b}{c}" for a, b, c in itertools.product("bdfg", "aei", "klmnrst")]
    names = [" ".join(rng.choice(words, rng.integers(1, 4), replace=False)) for _ in range(600)]
    columns = with_wording([prepare(names, Kind.ORGANISATION)])
    pairs = [
        {pair for part in parts for pair in zip(part.left.tolist(), part.right.tolist(), strict=True)}
        for parts in (within(columns, 0), across(columns, 250, 0))
    ]
    assert pairs[1] == {(a, b) for a, b in pairs[0] if a < 250 <= b}


def test_texts_are_told_by_their_words_where_nothing_names_a_record():
    """Titles of things that share a rare word, the rest of it in another order, are one."""
    frame = firms("Sony Bravia KDL40 Television", "Television KDL40 Bravia by Sony")
    assert (0, 1) in found(frame, {"name": "text"})

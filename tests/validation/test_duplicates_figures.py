"""How well the engine finds known duplicates in public sets, with the weights as shipped: only the kinds are given."""

import pandas as pd
import pytest

from tests.support.people import FEBRL, febrl, febrl_pair
from tests.support.shared import shared
from validation.duplicates import find_pairs, link_pairs

WITHOUT_NUMBER = {name: kind for name, kind in FEBRL.items() if name != "soc_sec_id"}


def people_of(frame):
    """The person that each record of a FEBRL set is of, by label."""
    return pd.Series(frame.index.str.extract(r"rec-(\d+)-", expand=False), index=frame.index)


def f1(found, left, right, wanted):
    """Harmonic mean of precision and recall; ``left`` and ``right``: the person of each label, ``wanted``: true pairs."""
    hits = (left[found["left"]].to_numpy() == right[found["right"]].to_numpy()).sum()
    return 2 * hits / (len(found) + wanted)


def f1_within(frame, kinds, person):
    """F1 of the pairs found within one frame."""
    sizes = person.value_counts()
    return f1(find_pairs(frame, kinds), person, person, (sizes * (sizes - 1) // 2).sum())


@pytest.mark.parametrize(
    ("number", "kinds", "least"),
    [
        pytest.param(1, FEBRL, 0.999, id="febrl1"),
        pytest.param(2, FEBRL, 0.999, id="febrl2"),
        pytest.param(3, FEBRL, 0.999, id="febrl3"),
        pytest.param(3, WITHOUT_NUMBER, 0.998, id="febrl3 without soc_sec_id"),
    ],
)
def test_febrl_people_are_found(number, kinds, least):
    """F1 at a probability of one half within FEBRL 1 to 3, with a number of one's own and without."""
    frame = febrl(number)
    assert f1_within(frame, kinds, people_of(frame)) >= least


def test_febrl_people_are_found_across_two_frames():
    """F1 at a probability of one half between the two tables of FEBRL 4."""
    one, other = febrl_pair()
    left, right = people_of(one), people_of(other)
    assert f1(link_pairs(one, other, FEBRL), left, right, left.isin(right).sum()) >= 0.999


def test_people_with_few_fields_are_found():
    """F1 at a probability of one half within RLdata10000: two names and a birthday, 10 % of records twice."""
    frame = pd.read_csv(shared("RLdata10000.csv"), dtype=str)
    frame["born"] = frame["by"] + "-" + frame["bm"].str.zfill(2) + "-" + frame["bd"].str.zfill(2)
    kinds = {"fname_c1": "given-name", "lname_c1": "family-name", "born": "date"}
    assert f1_within(frame, kinds, frame["truth"]) >= 0.955


def test_people_with_heavy_errors_are_found():
    """F1 at a probability of one half within fake_1000, where a third of the birthdays are wrong."""
    frame = pd.read_csv(shared("fake_1000.csv"), dtype=str)
    kinds = {
        "first_name": "given-name",
        "surname": "family-name",
        "dob": "date",
        "city": "place",
        "email": "email",
    }
    assert f1_within(frame, kinds, frame["truth"]) >= 0.84

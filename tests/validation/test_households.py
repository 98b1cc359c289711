"""Those who share a home stay apart, as far as the table itself shows that homes are shared in it."""

import numpy as np
import pandas as pd
import pytest

from validation.duplicates import find_pairs
from validation.duplicates.households import company_kept

KINDS = {
    "given": "given-name",
    "family": "family-name",
    "born": "date",
    "phone": "phone",
    "number": "street-number",
    "street": "street",
    "town": "place",
}
GIVEN = [
    "Quincy", "Marta", "Leo", "Ines", "Tomas", "Mei", "Oskar", "Farida", "Bruno", "Yara",
    "Anselm", "Petra", "Dragan", "Noor", "Viktor", "Sunniva", "Caleb", "Ruth", "Hamish", "Zelda",
]  # fmt: skip
STARTS, ENDS = (
    ["Zaf", "Oyel", "Nak", "Lind", "Verm", "Brod", "Kest", "Harg", "Mull", "Pond"],
    ["iris", "aran", "amura", "quist", "eulen", "wick", "er", "ove"],
)


def home(rng, number, people):
    """The records of one home: a family name, an address and a phone in common."""
    family = STARTS[number % 10] + ENDS[number // 10 % 8] + "aeiou"[number // 80]
    address = (
        f"0{410_000_000 + number * 7919}",
        str(number % 90 + 1),
        f"{STARTS[number // 7 % 10]}ton Road",
        "Ultimo",
    )
    given = rng.choice(GIVEN, people, replace=False)
    return [(name, family, f"{rng.integers(1940, 2010)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}", *address)
            for name in given]  # fmt: skip


def town(people, seed=1):
    """200 homes of so many people each."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame([row for number in range(200) for row in home(rng, number, people)], columns=list(KINDS))


def found(frame, threshold=0.5):
    """Pairs found, as a set of pairs of labels."""
    pairs = find_pairs(frame, KINDS, threshold)
    return set(zip(pairs["left"], pairs["right"], strict=True))


@pytest.mark.parametrize("blank", [[], ["born"], ["phone"]])
def test_a_town_of_families_has_no_duplicates(blank):
    """Parents and children with one address and one phone are not taken for one another, with birthdays or without."""
    frame = town(people=3)
    frame[blank] = None
    assert len(found(frame)) <= 2


def test_a_given_name_left_out_is_nobodys_where_families_live():
    """In a town of families, a record without a given name and with another birthday is not its brother's."""
    frame = town(people=3)
    frame.loc[frame.index[::9], "given"] = None
    assert len(found(frame)) <= 2


def test_twins_stay_two_where_families_live():
    """Two of one home, born on one day, with clearly different names are left apart in a town of families."""
    frame = town(people=3)
    frame.loc[1, "born"] = frame.loc[0, "born"]
    frame.loc[0, "given"], frame.loc[1, "given"] = "Quincy", "Marta"
    assert (0, 1) not in found(frame, threshold=0.9)


def test_of_two_in_one_home_the_names_of_one_changed_places():
    """Quincy Zafiris and Zafiris Marta of one home are two; Quincy Zafiris and Zafiris Quincy are one."""
    frame = town(people=3).drop(columns="born")
    kinds = {name: kind for name, kind in KINDS.items() if name != "born"}
    frame.loc[0, "given"], frame.loc[1, "given"] = "Quincy", "Marta"
    again = frame.iloc[[0, 1]].rename(columns={"given": "family", "family": "given"})
    both = pd.concat([frame, again], ignore_index=True)
    pairs = find_pairs(both, kinds)
    met = set(zip(pairs["left"], pairs["right"], strict=True))
    assert {(0, len(frame)), (1, len(frame) + 1)} <= met
    assert not {(0, len(frame) + 1), (1, len(frame))} & met


def test_a_family_member_entered_twice_is_found():
    """In a town of families, one of them who stands twice, once misspelt, is found."""
    frame = town(people=3)
    again = frame.iloc[[30]].copy()
    again["given"] = again["given"].str[:-1] + "x"
    both = pd.concat([frame, again], ignore_index=True)
    assert (30, len(frame)) in found(both)


def test_where_nobody_shares_a_home_a_wrong_name_does_not_hide_a_duplicate():
    """In a table of people who live alone, a second record with another given name is the same person's."""
    frame = town(people=1)
    again = frame.copy()
    again.loc[:9, "given"] = [GIVEN[(GIVEN.index(name) + 7) % 20] for name in again.loc[:9, "given"]]
    again["phone"] = None
    both = pd.concat([frame, again], ignore_index=True)
    assert {(i, len(frame) + i) for i in range(10)} <= found(both)


def test_a_table_of_many_families_and_few_duplicates_keeps_families_apart():
    """Where many share a home and hardly anybody stands twice, each pair of one home is weighed against all those."""
    families = np.tile([-3.0, 12.0], (400, 1))
    twice = np.tile([30.0, 12.0], (4, 1))
    assert company_kept(np.concatenate([families, twice])) > 20

"""Pairs of records found by the engine alone: made slips, and input that means no good."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.duplicates import find_pairs
from validation.duplicates import pairs as pairs_module
from validation.duplicates.columns import prepare
from validation.policy import Kind

PEOPLE = {"given": "given-name", "family": "family-name", "born": "date", "email": "email", "phone": "phone"}


def people(*rows):
    """Rows of given, family, born, email, phone; and enough strangers that names are not all common."""
    strangers = [
        (
            f"{a}{b}na",
            f"{b}o{a}ster",
            f"19{40 + i:02d}-0{1 + i % 9}-1{i % 9}",
            f"{a}{b}@post.example",
            f"04{i:02d}{a!r}",
        )
        for i, (a, b) in enumerate(itertools.product(("Ka", "Lo", "Mi", "Ne"), ("bri", "dwe", "sha", "tru")))
    ]
    return pd.DataFrame([*rows, *strangers], columns=list(PEOPLE))


def pairs(frame, kinds=PEOPLE, threshold=0.9):
    """Pairs found, as a set of sets of labels."""
    found = find_pairs(frame, kinds, threshold)
    return {frozenset(pair) for pair in zip(found["left"], found["right"], strict=True)}


QUINCY = ("Quincy", "Zafiris", "1984-03-04", "quincy.z@example.com", "0412 345 678")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("Quincy", "Zafiris", "1984-03-04", "", ""), id="blanks"),
        pytest.param(("QUINCY", "Zafirís", "1984-03-04", "Quincy.Z@Example.com", ""), id="case and accents"),
        pytest.param(
            ("Quincy", "Zafirris", "1984-03-04", "", "+61 412 345 678"), id="misspelt, phone in another shape"
        ),
        pytest.param(("Zafiris", "Quincy", "1984-03-04", "", "0412345678"), id="names swapped"),
        pytest.param(("Quincy", "Zafiris", "1984-04-03", "", "0412 345 678"), id="day and month swapped"),
        pytest.param(("Quincy", "Zafiris", "1984-03-14", "", "0412 345 678"), id="one digit of the date"),
        pytest.param(("Q", "Zafiris", "1984-03-04", "quincy.z@example.com", ""), id="initial"),
        pytest.param(
            ("Quincy", "Zafiris", "", "quincy.z@elsewhere.example", "0412 345 678"), id="same local part"
        ),
        pytest.param(("Quincy", "Smith", "1984-03-04", "quincy.z@example.com", "0412 345 678"), id="married"),
    ],
)
def test_one_person_is_found(other):
    """A slip, a blank or a change in one field does not hide that two records are one person."""
    assert pairs(people(QUINCY, other)) == {frozenset((0, 1))}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            ("Quenby", "Zafiropoulos", "1961-08-19", "quenby@example.com", ""), id="names that begin alike"
        ),
        pytest.param(("Marta", "Zafiris", "1986-11-30", "quincy.z@example.com", "0412 345 678"), id="a couple"),
        pytest.param(("Leo", "Zafiris", "", "", "0412 345 678"), id="one household, no birthday"),
        pytest.param(("", "", "", "quincy.z@example.com", ""), id="an e-mail alone, nobody named"),
        pytest.param(("Quincy", "Zafiris", "1931-10-27", "", ""), id="one name, born long before"),
    ],
)
def test_two_people_are_not_taken_for_one(other):
    """People who share a household, a name or a beginning of it stay two."""
    assert pairs(people(QUINCY, other)) == set()


@pytest.mark.parametrize("names", [("", ""), ("Blue Gum Tours", "")])
@pytest.mark.parametrize("kind", ["organisation", "full-name", "family-name", "given-name"])
def test_contact_details_alone_are_no_match(kind, names):
    """Where a rule compares names, an office or a household that shares everything else, unnamed, is no pair."""
    contact = ("office@example.com", "0412 345 678", "1 High Street", "Ultimo", "2007")
    kinds = {"name": kind, "email": "email", "phone": "phone", "street": "street", "town": "place"}
    frame = pd.DataFrame([(name, *contact) for name in names], columns=[*kinds, "code"])
    assert pairs(frame, kinds | {"code": "postcode"}, threshold=0.5) == set()


def test_agreement_on_a_rare_value_counts_more():
    """The same family name is worth more bits where few have it."""
    crowd = [("", name, "", "", "") for name in ["Smith"] * 40 + ["Zafiris"] * 2]
    found = find_pairs(people(*crowd), {"family": "family-name"}, threshold=0)
    bits = {(a, b): bits for a, b, bits, _ in found.itertuples(index=False)}
    assert bits[40, 41] > bits[0, 1] + 2


def test_blank_agrees_with_nothing():
    """Records with no values give no pair, however many there are."""
    frame = pd.DataFrame({"given": [None, "", "  ", np.nan, pd.NaT], "born": [None] * 5})
    assert pairs(frame, {"given": "given-name", "born": "date"}, threshold=0.5) == set()


def test_address_counts_up_to_a_limit():
    """A whole address shared by two names weighs no more than its limit, and does not make them one."""
    kinds = {
        "family": "family-name",
        "number": "street-number",
        "street": "street",
        "town": "place",
        "code": "postcode",
    }
    frame = pd.DataFrame(
        [
            ("Vandersteen", "17", "Kurrajong Road", "Wollondilly", "2571"),
            ("Okonkwo", "17", "Kurrajong Rd", "Wollondilly", 2571),
        ],
        columns=list(kinds),
    )
    assert pairs(frame, kinds, threshold=0.5) == set()


CELLS = st.one_of(
    st.none(), st.sampled_from(["Quincy", "quincy", "Zafiris", "1984-03-04", "0412 345 678", "q@example.com", "🙂", "سارة"]),
    st.text(max_size=8), st.integers(-5, 10**9), st.floats(allow_nan=True), st.booleans(), st.dates(),
)  # fmt: skip
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8)
ANY_KINDS = st.tuples(*[st.sampled_from(list(Kind))] * 3)


@settings(max_examples=60)
@given(rows=TABLES, kinds=ANY_KINDS, seed=st.randoms(use_true_random=False))
def test_order_of_records_makes_no_difference(rows, kinds, seed):
    """The same records in another order give the same pairs with the same bits."""
    chosen = dict(zip("abc", kinds, strict=True))
    frame = pd.DataFrame(rows, columns=list("abc"), dtype=object)
    order = list(frame.index)
    seed.shuffle(order)

    def told(of):
        found = find_pairs(of, chosen, threshold=0)
        return {(frozenset((a, b)), round(bits, 6)) for a, b, bits, _ in found.itertuples(index=False)}

    assert told(frame) == told(frame.loc[order])


@settings(max_examples=40)
@given(row=st.tuples(*[st.text("abcdefgh", min_size=4, max_size=9)] * 3))
def test_a_record_is_the_same_as_its_copy(row):
    """A record with three values of its own and its copy are one."""
    frame = pd.DataFrame([row, row], columns=["given", "family", "id"])
    kinds = {"given": "given-name", "family": "family-name", "id": "identifier"}
    assert pairs(frame, kinds, threshold=0.5) == {frozenset((0, 1))}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="empty"),
        pytest.param(["Quincy"], id="one row"),
        pytest.param([None] * 3_000, id="all blank"),
        pytest.param(["x" * 10_000, "x" * 9_999 + "y"], id="10,000 characters"),
        pytest.param(["🙂🙃", "🙂🙃", "👩‍👩‍👧"], id="emoji"),
        pytest.param(["محمد علي", "علي محمد", "יוסף לוי"], id="right to left"),
        pytest.param([1, 1.5, True, "1", None, pd.Timestamp("2026-11-05"), b"x", ("a", 1)], id="mixed types"),
        pytest.param([["a"], {"b": 1}, "a"], id="values that cannot be looked up"),
        pytest.param(["\x1f", "\x1f\x1f", "a\x1fb"], id="control characters"),
    ],
)
def test_bad_input_gets_an_answer(values):
    """Whatever the cells hold, the engine answers with pairs or none."""
    frame = pd.DataFrame({str(kind): pd.Series(values, dtype=object) for kind in Kind})
    found = find_pairs(frame, {str(kind): kind for kind in Kind})
    assert list(found.columns) == ["left", "right", "bits", "probability"]
    assert found["probability"].between(0.5, 1).all()


def test_one_value_in_every_row_does_not_grow_with_the_square():
    """Where all records are alike, each is compared with its neighbours only."""
    frame = pd.DataFrame({"family": ["Smith"] * 5_000, "born": ["1900-01-01"] * 5_000})
    found = find_pairs(frame, {"family": "family-name", "born": "date"}, threshold=0)
    assert len(found) <= 5_000 * 20


def test_a_column_that_is_not_there_is_named():
    """A mistaken mapping is an error that names the column."""
    with pytest.raises(KeyError, match="surname"):
        find_pairs(pd.DataFrame({"given": ["a"]}), {"surname": "family-name"})


def test_labels_of_the_frame_are_given_back():
    """The answer speaks of records by their index labels, the one higher up on the left, and changes nothing."""
    frame = people(QUINCY, QUINCY)
    frame.index = [f"STK-{i:05d}" for i in range(len(frame))][::-1]
    before = frame.copy()
    found = find_pairs(frame, PEOPLE)
    assert found[["left", "right"]].to_numpy().tolist() == [[frame.index[0], frame.index[1]]]
    pd.testing.assert_frame_equal(frame, before)


def test_false_is_not_nought():
    """A cell that says False is not taken for one that says 0, whichever stands first."""
    for cells in ([0, False], [False, 0], [1, True]):
        assert prepare(cells, Kind.TEXT).codes.tolist() == [0, 1]
    assert prepare([1, 1.0, None, float("nan")], Kind.TEXT).codes.tolist() == [0, 0, -1, -1]


def crowd(rng, count):
    """People who share few names, each with year, month and day of birth in columns of their own."""
    names = [
        f"{a}{b}" for a in ("mar", "bel", "kor", "tas", "vin", "osw") for b in ("ta", "nik", "olo", "erd", "ush")
    ]
    born = rng.integers([1930, 1, 1], [2000, 13, 29], (count, 3)).astype(str)
    frame = pd.DataFrame(born, columns=["year", "month", "day"], dtype=object)
    return frame.assign(
        given=rng.choice(names, count), family=[f"{a}{b}" for a, b in rng.choice(names, (count, 2))]
    )


BORN_APART = {"given": "given-name", "family": "family-name", "year": "category", "month": "category",
    "day": "category"}  # fmt: skip


def test_categories_bring_records_together_where_there_is_nothing_else(monkeypatch):
    """Year, month and day in three columns find who is there twice, a letter of the family name wrong, as one date does."""
    monkeypatch.setattr(pairs_module, "FEW_ASKED", 0)
    rng = np.random.default_rng(5)
    first = crowd(rng, 3_000)
    again = first.iloc[:150].copy()
    again["family"] = [f"{name[:4]}x{name[5:]}" for name in again["family"]]
    frame = pd.concat([first, again], ignore_index=True)
    found = pairs(frame, BORN_APART, threshold=0.5)
    assert len({frozenset((i, 3_000 + i)) for i in range(150)} & found) >= 145


def numbered(count):
    """People whose names nobody shares."""
    letters = [f"{i:04d}".translate(str.maketrans("0123456789", "bdfgklmnrs")) for i in range(count)]
    return pd.DataFrame(
        {"given": [f"{a}a{a[::-1]}" for a in letters], "family": [f"{a[::-1]}o{a}" for a in letters[::-1]]}
    )


def test_how_rare_duplicates_are_is_counted_in_the_table():
    """The same pair of records is surer in a table full of duplicates than in one that hardly has any."""
    kinds = {"given": "given-name", "family": "family-name"}
    first = numbered(600)
    few, many = (pd.concat([first, first.iloc[:n]], ignore_index=True) for n in (1, 600))
    found = [find_pairs(frame, kinds).set_index(["left", "right"])["bits"] for frame in (few, many)]
    assert found[0][0, 600] < found[1][0, 600] - 0.5

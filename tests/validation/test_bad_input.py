"""Whatever a frame holds, the engine answers it or refuses it in plain words, and never takes the square of its rows."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.duplicates import find_pairs, link_pairs
from validation.duplicates.blocking import FEW_ASKED, across, within
from validation.duplicates.clusters import clusters, for_review
from validation.duplicates.columns import prepare
from validation.duplicates.wording import with_wording
from validation.policy import Kind

KINDS = [str(kind) for kind in Kind]
ANSWER = ["left", "right", "bits", "probability"]

#: Cells of any type that a frame may come with.
NUMBERS = [0, 1, -1, 1.5, -0.0, 5e-324, 1e308, float("inf"), -float("inf"), 10**400, 10**5_000, True, False,
    np.int8(3), np.float32(1.5), np.bool_(True), Decimal("1.50"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"),
    Decimal("1E+999999"), Fraction(3, 2), complex(1, 2)]  # fmt: skip
DAYS = [dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.datetime(1984, 3, 4, 5, 6), dt.time(3, 4), dt.timedelta(1),
    pd.Timestamp("1984-03-04"), pd.Timestamp("1984-03-04", tz="UTC"), pd.Period("1984-03"), pd.Timedelta(3),
    np.datetime64("1984-03-04"), np.datetime64("NaT"), np.timedelta64("NaT")]  # fmt: skip
BLANKS = [None, np.nan, pd.NA, pd.NaT, "", " ", "\t\n", "\u00a0", "\u200b", "\ufeff", " \u200e \u00ad"]
NOTHING = [
    *BLANKS,
    Decimal("NaN"),
    Decimal("sNaN"),
    np.datetime64("NaT"),
    np.timedelta64("NaT"),
    np.float32("nan"),
]
ODD = [b"x", b"\xff\xfe", bytearray(b"q"), ["a"], [], {"b": 1}, {1, 2}, ("a", 1), frozenset([1]), np.array([1, 2]),
    np.array([]), pd.Series([1, 2]), pd.DataFrame({"a": [1]}), object(), int, len, Kind.TEXT, ..., range(3),
    pd.Interval(0, 1), memoryview(b"ab")]  # fmt: skip
TEXTS = ["\ud800", "a\udfff", "\x00", "\x1b[31m", "\x1f", "\u202eabc", "á", "a\u0301", "\u0301", "👩\u200d👩\u200d👧",
    "👩🏽\u200d🚀", "🇦🇺", "محمد علي", "יוסף לוי", "١٩٨٤-٠٣-٠٤", "王小明", "김", "Ａｌｉｃｅ", "²³", "²³²³²³²³", "Ⅻ",
    "1984-02-30", "0000-00-00",
    "99999999", "+", "@", "@@@", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "Z͑ͫ̓a͉l̶g̨o"]  # fmt: skip
LONG = ["x" * 10_000, "x" * 9_999 + "y", "é" * 5_000, "\u0301" * 10_000, "1" * 10_000, " " * 10_000, "a " * 5_000,
    "ab-" * 3_000, "@" * 10_000, "👧" * 10_000, "0412 " * 2_000, "x@y." * 2_500, "(" * 10_000]  # fmt: skip
EVERY = [*NUMBERS, *DAYS, *BLANKS, *ODD, *TEXTS, *LONG]


def cells(values):
    """A column that holds the values as they are."""
    out = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        out[at] = value
    return pd.Series(out, dtype=object)


def assert_answer(found, labels, least=0.0):
    """Each pair once, of two labels of the index, with numbers that can be."""
    assert list(found.columns) == ANSWER
    assert found["probability"].between(least, 1).all()
    assert np.isfinite(found["bits"]).all()
    ends = [frozenset(pair) for pair in zip(found["left"], found["right"], strict=True)]
    assert len(set(ends)) == len(ends)
    assert set(itertools.chain.from_iterable(ends)) <= set(labels)


@pytest.mark.parametrize("kind", KINDS)
def test_any_cell_of_any_kind(kind):
    """Numbers, days, blanks, odd objects, odd and long texts, each there twice: an answer, in one frame and across two."""
    frame = pd.DataFrame({"a": cells([*EVERY, *EVERY])})
    assert_answer(find_pairs(frame, {"a": kind}, 0), frame.index)
    other = frame.iloc[::-1]
    assert list(link_pairs(frame, other, {"a": kind}, 0.5).columns) == ANSWER


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_agrees_with_its_copy(kind):
    """Each value that is not blank has one code with its copy, and records that hold nothing have none."""
    codes = prepare(cells([*EVERY, *EVERY, *NOTHING]), Kind(kind)).codes
    first, again = codes[: len(EVERY)], codes[len(EVERY) : 2 * len(EVERY)]
    assert first.tolist() == again.tolist()
    assert set(codes[2 * len(EVERY) :]) == {-1}


def test_every_kind_of_blank_is_blank():
    """Records that hold nothing but blanks of any sort make no pair, whatever the fields are."""
    frame = pd.DataFrame({kind: cells(NOTHING) for kind in KINDS})
    assert find_pairs(frame, dict(zip(KINDS, KINDS, strict=True))).empty


def test_numbers_that_are_equal_are_one_value_in_any_order():
    """1.5 is 1.50, 2 is 2.0, as numbers of any type; which of them stands first makes no difference."""
    equal = [1.5, Decimal("1.50"), np.float32(1.5), np.float64(1.5), "1.5"]
    whole = [2, 2.0, Decimal("2.0"), np.int8(2), np.float32(2), "2"]
    for same in (equal, whole):
        for values in itertools.permutations(same, 3):
            assert prepare(cells(list(values)), Kind.TEXT).codes.tolist() == [0, 0, 0]
    for values in itertools.permutations([1, True, "x"]):
        assert sorted(prepare(cells(list(values)), Kind.TEXT).codes.tolist()) == [0, 1, 2]


TYPES = ["object", "category", "str", "string[python]", "string[pyarrow]", "large_string[pyarrow]"]


@pytest.mark.parametrize("other", TYPES[:3])
@pytest.mark.parametrize("dtype", TYPES)
def test_texts_of_any_dtype_give_the_same_pairs(dtype, other):
    """However pandas keeps a text, its records are found, and linked with those kept otherwise."""
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    names = ["Quincy Zafiris", "QUINCY  Zafiris", None, "Marta Oyelaran", "Ngaire Silva"]
    one, two = (pd.DataFrame({"name": pd.Series(names, dtype=kept)}) for kept in (dtype, other))
    plain = pd.DataFrame({"name": cells(names)})
    kinds = {"name": "full-name"}
    pd.testing.assert_frame_equal(find_pairs(one, kinds, 0), find_pairs(plain, kinds, 0))
    pd.testing.assert_frame_equal(link_pairs(one, two, kinds, 0), link_pairs(plain, plain, kinds, 0))


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(pd.Series([1, None, 1], dtype="Int64"), id="Int64"),
        pytest.param(pd.Series([1.5, None, 1.5], dtype="Float64"), id="Float64"),
        pytest.param(pd.Series([1.5, None, 1.5], dtype="float32"), id="float32"),
        pytest.param(pd.Series([True, None, True], dtype="boolean"), id="boolean"),
        pytest.param(pd.Series([1, 0, 1], dtype="Sparse[int]"), id="sparse"),
        pytest.param(pd.Series(pd.to_datetime(["1984-03-04", None, "1984-03-04"])), id="days"),
        pytest.param(pd.Series(pd.to_datetime(["1984-03-04", None, "1984-03-04"])).dt.tz_localize("UTC"), id="UTC"),
        pytest.param(pd.Series(pd.to_datetime(["1984-03-04", None, "1984-03-04"])).astype("category"), id="categories"),
        pytest.param(pd.Series(pd.to_timedelta([1, None, 1])), id="durations"),
        pytest.param(pd.Series(pd.PeriodIndex(["1984-03", None, "1984-03"], freq="M")), id="months"),
        pytest.param(pd.Series(pd.IntervalIndex.from_tuples([(0, 1), None, (0, 1)])), id="intervals"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_values_of_any_dtype(column, kind):
    """Whatever pandas keeps them as: an answer, in which equal values agree and a blank is none."""
    frame = pd.DataFrame({"a": column})
    found = find_pairs(frame, {"a": kind}, 0)
    assert_answer(found, frame.index)
    assert {(0, 2)} <= set(zip(found["left"], found["right"], strict=True))
    assert len(link_pairs(frame, frame.astype(object), {"a": kind}, 0)) >= 4
    codes = prepare(frame["a"], Kind(kind)).codes
    assert (codes[0], codes[1] < 0) == (codes[2], bool(column.isna()[1]))


@pytest.mark.parametrize(
    "index",
    [
        pytest.param(["x", "y", "z"], id="text"),
        pytest.param(pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")]), id="several levels"),
        pytest.param(pd.CategoricalIndex(list("abc")), id="category"),
        pytest.param(pd.date_range("2026", periods=3, tz="UTC"), id="days"),
        pytest.param(pd.interval_range(0, 3), id="intervals"),
        pytest.param(pd.Index([1, "a", None], dtype=object), id="mixed"),
        pytest.param([1.5, np.nan, 2.0], id="NaN"),
        pytest.param(pd.Index(["a", pd.NA, "c"], dtype="string"), id="NA"),
        pytest.param(pd.Index([frozenset([1]), Kind.TEXT, b"x"], dtype=object), id="odd"),
        pytest.param(pd.Index([10**30, -1, "\ud800"], dtype=object), id="huge and surrogate"),
    ],
)
def test_clusters_of_any_index(index):
    """Pairs of records with labels of any type make one cluster, and nothing is left for review."""
    frame = pd.DataFrame({"a": ["Quincy Zafiris"] * 3, "b": ["q@example.com"] * 3}, index=index)
    found = find_pairs(frame, {"a": "full-name", "b": "email"}, 0)
    assert len(found) == 3
    [together] = clusters(found, 0.0)
    assert (len(together.members), together.chained) == (3, ())
    assert for_review(found, [together]).empty


def one_value(count):
    """As many records as asked for, all of which hold the same in fields of all kinds."""
    value = {"date": "1984-03-04", "phone": "0412 345 678", "email": "mia@example.com", "identifier": "AB1234",
        "street-number": "12", "postcode": "2007"}  # fmt: skip
    return pd.DataFrame({kind: [value.get(kind, "Mia Blue Gum Tours")] * count for kind in KINDS})


def compared(frame, first=None, kinds=KINDS):
    """How many pairs of records the engine looks at; of two frames where ``first`` is the length of the first."""
    columns = with_wording([prepare(frame[kind], Kind(kind), kind) for kind in kinds])
    parts = within(columns, FEW_ASKED) if first is None else across(columns, first, FEW_ASKED)
    return sum(len(part.left) for part in parts)


@pytest.mark.parametrize("kinds", [*([kind] for kind in KINDS), KINDS], ids=[*KINDS, "all"])
def test_one_value_in_every_row_grows_with_the_rows(kinds):
    """Where 20,000 records all hold the same, each is compared with some of its neighbours, in one frame and across."""
    frame = one_value(20_000)
    assert compared(frame, kinds=kinds) <= 20_000 * 20
    assert compared(frame, first=10_000, kinds=kinds) <= 20_000 * 40


def test_one_value_in_100_000_rows_is_answered():
    """All records alike in three fields: an answer, from no more pairs than some for each record."""
    frame, kinds = one_value(100_000), ["family-name", "date", "email"]
    assert compared(frame, kinds=kinds) <= 100_000 * 20
    assert len(find_pairs(frame, dict(zip(kinds, kinds, strict=True)))) <= 100_000 * 20


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([*["Smith"] * 5_000, *[f"N{i:05d}" for i in range(5_000)]], id="half of them alike"),
        pytest.param([f"{a}{i:05d}" for i in range(5_000) for a in ("Sm", "St")], id="beginnings alike"),
        pytest.param([f"{'x' * 250}{i}" for i in range(10_000)], id="long and alike"),
        pytest.param(["\u0301" * (i % 50) for i in range(10_000)], id="combining marks alone"),
        pytest.param(["🙂" * (i % 90) for i in range(10_000)], id="emoji alone"),
        pytest.param([("ab " * (i % 60)).strip() for i in range(10_000)], id="words said again"),
    ],
)
def test_values_made_to_be_alike_grow_with_the_rows(names):
    """Values that fall together by their beginning, sound or words bring no more than some hundred pairs a record."""
    kinds = ["full-name", "organisation", "text", "email", "identifier", "phone"]
    frame = pd.DataFrame(dict.fromkeys(kinds, names))
    assert compared(frame, kinds=kinds) <= len(names) * 250
    for kind in kinds:
        assert compared(frame, kinds=[kind]) <= len(names) * 150


GOOD = pd.DataFrame({"name": ["Quincy Zafiris", "Marta Oyelaran"], "email": ["q@example.com", "m@example.com"]})


@pytest.mark.parametrize(
    ("frame", "kinds", "threshold", "error", "words"),
    [
        pytest.param(None, {"name": "text"}, 0.5, TypeError, "frame is a NoneType; give a pandas DataFrame", id="none"),
        pytest.param([1], {"name": "text"}, 0.5, TypeError, "frame is a list; give a pandas DataFrame", id="list"),
        pytest.param(GOOD["name"], {"name": "text"}, 0.5, TypeError, "frame is a Series; give", id="series"),
        pytest.param(pd.DataFrame(), {"name": "text"}, 0.5, KeyError, "no column name", id="nothing at all"),
        pytest.param(GOOD, {"phone": "phone", "x": "text"}, 0.5, KeyError, "no column phone, x", id="missing"),
        pytest.param(GOOD, {"name": "Full-Name"}, 0.5, ValueError, "'name'.*'Full-Name'.*given-name", id="no kind"),
        pytest.param(GOOD, {"name": ["text"]}, 0.5, ValueError, "'name'.*given-name", id="kind in a list"),
        pytest.param(GOOD, {"name": np.array([1, 2])}, 0.5, ValueError, "'name'.*given-name", id="kind in an array"),
        pytest.param(GOOD, ["name"], 0.5, TypeError, "kinds is a list; say what each column is", id="kinds in a list"),
        pytest.param(GOOD, "name", 0.5, TypeError, "kinds is a str; say what each column is", id="kinds as text"),
        pytest.param(GOOD, None, 0.5, ValueError, "kinds names no column", id="no kinds"),
        pytest.param(GOOD, {"name": "text"}, "0.5", TypeError, "threshold is a str, but", id="threshold as text"),
        pytest.param(GOOD, {"name": "text"}, None, TypeError, "threshold is a NoneType, but", id="no threshold"),
        pytest.param(GOOD, {"name": "text"}, -0.1, ValueError, "threshold is -0.1, but", id="negative"),
        pytest.param(GOOD, {"name": "text"}, float("nan"), ValueError, "threshold is nan, but", id="NaN"),
        pytest.param(GOOD, {"name": "text"}, 95, ValueError, "threshold is 95, but", id="per cent"),
        pytest.param(GOOD.set_axis([7, 7]), {"name": "text"}, 0.5, ValueError, "label 7 more than once", id="label twice"),
        pytest.param(GOOD.set_axis(pd.Index([None, pd.NaT], dtype=object)), {"name": "text"}, 0.5, ValueError,
            "label NaT more than once", id="blank labels"),
        pytest.param(GOOD.set_axis(["name", "name"], axis=1), {"name": "text"}, 0.5, ValueError, "'name' more than once",
            id="column twice"),
        pytest.param(GOOD.set_axis(pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]), axis=1), {"a": "text"}, 0.5,
            ValueError, "'a' more than once", id="a level of two columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_says_so_in_one_line(frame, kinds, threshold, error, words):
    """A slip in the call is one line that names the place and what to give instead, in one frame as in two."""
    calls = [lambda: find_pairs(frame, kinds, threshold), lambda: link_pairs(frame, GOOD, kinds, threshold)]
    if isinstance(kinds, dict) and frame is not GOOD:
        good = pd.DataFrame({name: ["x"] for name in kinds})
        calls.append(lambda: link_pairs(good, frame, kinds, threshold))
    for call in calls:
        with pytest.raises(error, match=words) as refused:
            call()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("threshold", [0, 0.5, 1])
def test_no_rows_or_one_make_no_pair(rows, threshold):
    """Nothing to compare is an answer without pairs, and clusters of it are none."""
    frame = one_value(1).iloc[:rows]
    kinds = dict(zip(KINDS, KINDS, strict=True))
    found = find_pairs(frame, kinds, threshold)
    assert (list(found.columns), len(found)) == (ANSWER, 0)
    assert clusters(found) == []
    assert for_review(found, []).empty
    assert link_pairs(frame, frame.iloc[:0], kinds, threshold).empty


@pytest.mark.parametrize(("least", "expected"), [(0, 3), (1, 0)])
def test_thresholds_at_either_end(least, expected):
    """At 0 every pair that was compared is told, at 1 none: no agreement is certainty."""
    frame = pd.DataFrame({"a": ["Quincy Zafiris"] * 3})
    assert len(find_pairs(frame, {"a": "full-name"}, least)) == expected


CELL = st.one_of(
    st.sampled_from([*NUMBERS[:9], *DAYS, *BLANKS, *ODD[:9], *TEXTS]),
    st.text(max_size=12),
    st.text(st.characters(categories=["Cs", "Mn", "Cf", "Zs", "Lo"]), max_size=12),
    st.integers(),
    st.floats(),
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(),
    st.decimals(),
)


@settings(max_examples=40)
@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.tuples(*[st.sampled_from(KINDS)] * 2))
def test_any_table_of_any_cells(rows, kinds):
    """An answer, that makes clusters, whatever the cells hold and the columns are said to be."""
    frame = pd.DataFrame({name: cells([row[at] for row in rows]) for at, name in enumerate("ab")})
    found = find_pairs(frame, dict(zip("ab", kinds, strict=True)), 0)
    assert_answer(found, frame.index)
    together = clusters(found)
    assert len(for_review(found, together)) <= len(found)

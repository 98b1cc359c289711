"""Where all values of a table are much alike, likeness says little."""

import pandas as pd

from validation.duplicates import find_pairs, link_pairs

MADE_UP = {"first": "given-name", "last": "family-name", "email": "email", "street": "street", "city": "place"}


def in_a_row(first, last):
    """People made up one after another."""
    return pd.DataFrame(
        [
            (f"Test {i}", f"User{i:04d}", f"user{i:04d}@example.com", f"{i} Main St", ("Boston", "Lyon")[i % 2])
            for i in range(first, last)
        ],
        columns=list(MADE_UP),
    )


def test_people_made_up_in_a_row_are_not_one():
    """Test 1 of 1 Main St and Test 2 of 2 Main St are as near to each other as all of them are."""
    assert find_pairs(in_a_row(0, 700), MADE_UP).empty


def test_what_was_made_up_twice_is_found():
    """Among people made up in a row, those that stand there twice are told, and no others."""
    frame = pd.concat([in_a_row(0, 700), in_a_row(0, 30)], ignore_index=True)
    found = find_pairs(frame, MADE_UP)
    assert {(a, b) for a, b in zip(found["left"], found["right"], strict=True)} == {
        (i, 700 + i) for i in range(30)
    }


def test_two_tables_made_up_in_a_row_meet_where_they_are_the_same():
    """Across two tables the same holds."""
    found = link_pairs(in_a_row(0, 500), in_a_row(470, 970), MADE_UP)
    assert {(a, b) for a, b in zip(found["left"], found["right"], strict=True)} == {
        (470 + i, i) for i in range(30)
    }


def test_what_is_counted_does_not_depend_on_the_order():
    """The same records in another order bring the same pairs with the same bits."""
    frame = pd.concat([in_a_row(0, 300), in_a_row(0, 30).assign(street="Elm Rd")], ignore_index=True)
    answers = [
        find_pairs(rows, MADE_UP, 0.1).assign(
            pair=lambda f: [tuple(sorted(p)) for p in zip(f["left"], f["right"], strict=True)]
        )
        for rows in (frame, frame.sample(frac=1, random_state=3))
    ]
    one, other = (a.set_index("pair")["bits"].sort_index().round(9) for a in answers)
    pd.testing.assert_series_equal(one, other)

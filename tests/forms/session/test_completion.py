"""Unique beginnings count as the whole."""

import pytest

from validation.policy import ListItem, PolicyList
from workbook_cms.forms.completion import complete_key, complete_list

REASONS = PolicyList(
    id="reasons",
    title="Reasons",
    items=(
        *(
            ListItem(value=v)
            for v in ("Brochure", "Change to booking", "Complaint", "Compliment", "Mr", "Mrs", "E-mail")
        ),
        ListItem(value="Fax enquiry", active=False),
    ),
)


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        ("b", "Brochure"),
        ("change", "Change to booking"),
        ("BOOK", "Change to booking"),  # the beginning of a word inside
        ("mr", "Mr"),  # written out, though Mrs begins with it too
        ("e mail", "E-mail"),
        ("Fax enquiry", "Fax enquiry"),  # retired, and written out: the door says what is wrong with it
        ("fax", "fax"),  # retired, and not offered
        ("zzz", "zzz"),
        ("", ""),
    ],
)
def test_a_unique_beginning_is_written_out(typed, done):
    """The fewest letters that mean one active value are enough."""
    assert complete_list(typed, REASONS, multiple=False).text == done


def test_an_ambiguous_beginning_lists_what_it_could_be():
    """Nothing is guessed; one letter more decides."""
    done = complete_list("comp", REASONS, multiple=False)
    assert done.text == "comp"
    assert done.problem == '"comp" could be Complaint or Compliment. Type one letter more.'


def test_each_of_several_values_is_written_out():
    """Parts between semicolons, doubled and empty ones dropped."""
    assert complete_list("b; compla;;brochure", REASONS, multiple=True).text == "Brochure; Complaint"
    assert complete_list("b; c", REASONS, multiple=True).problem.startswith('"c" could be Change to booking,')


def test_keys_from_their_numbers_and_from_the_likely_ones():
    """The number of a key is enough, and three characters of a booking that is hers."""
    keys = ["INT-000412", "INT-000041", "WT1000426", "WT1000999"]
    assert complete_key("412", keys) == "INT-000412"
    assert complete_key("int-000041", keys) == "INT-000041"
    assert complete_key("426", keys) == "426"
    assert complete_key("426", keys, ["WT1000426"]) == "WT1000426"
    assert complete_key("wt1", keys, ["WT1000426", "WT1000999"]) == "wt1"

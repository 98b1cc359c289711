"""Names and codes spelt aloud."""

import pytest

from workbook_cms.forms.phonetic import spelt, spelt_words


@pytest.mark.parametrize(
    ("text", "aloud"),
    [
        ("Quenby", "Quebec Uniform Echo November Bravo Yankee"),
        ("WT4829135", "Whiskey Tango, four eight two, nine one three, five"),
        ("O'Neil-Xu", "Oscar apostrophe November Echo India Lima hyphen X-ray Uniform"),
        ("Núñez", "November Uniform acute November tilde Echo Zulu"),
        ("Łaß", "Lima stroke Alfa sharp Sierra"),
        ("u\u0308", "Uniform diaeresis"),
        ("ế", "Echo circumflex and acute"),
        ("李 7", "李 space, seven"),
        ("", ""),
    ],
)
def test_spelt(text, aloud):
    """Letters by ICAO's words, accents after their letter, digits three at a time, other scripts as they are."""
    assert spelt(text) == aloud


def test_a_text_without_end_is_cut():
    """32,767 characters in a name fill no panel."""
    assert len(spelt("x" * 32_767).split()) == 120


def test_a_name_is_spelt_word_by_word():
    """Each word on a line of its own, so that a listener can follow."""
    assert spelt_words("van Ek") == [("van", "Victor Alfa November"), ("Ek", "Echo Kilo")]

"""How two values of a kind agree, whatever their order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validation.duplicates.columns import prepare
from validation.duplicates.comparators import Level, compare
from validation.policy import Kind


def level(kind, one, other):
    """Level of two values, the same whichever stands first."""
    column = prepare(np.array([one, other], dtype=object), kind)
    codes = column.codes
    (there,), (back,) = compare(column, codes[:1], codes[1:]), compare(column, codes[1:], codes[:1])
    assert there == back
    return Level(int(there))


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("given-name", "Robert", "Bob", "NICKNAME"),
        ("given-name", "Bob", "Rob", "NICKNAME"),
        ("given-name", "Margaret", "Peggy", "NICKNAME"),
        ("given-name", "Quincy", "Q.", "INITIAL"),
        ("given-name", "Anna", "Анна", "EXACT"),
        ("given-name", "José", "JOSE", "EXACT"),
        ("given-name", "Yiannis", "Γιάννης", "CLOSE"),
        ("given-name", "Catherine", "Kathryn", "SOUND"),
        ("given-name", "Stephen", "Steven", "SOUND"),
        ("given-name", "Marta", "Quincy", "DIFFERENT"),
        ("family-name", "van der Berg", "Vanderberg", "EXACT"),
        ("family-name", "van der Berg", "Berg", "WITHIN"),
        ("family-name", "García-López", "Lopez", "WITHIN"),
        ("family-name", "bin Rashid", "Rashid", "WITHIN"),
        ("family-name", "O'Neill", "ONeill", "EXACT"),
        ("family-name", "Ng", "Wong", "DIFFERENT"),
        ("full-name", "Quincy Zafiris", "ZAFIRIS, Quincy", "EXACT"),
        ("full-name", "Quincy A. Zafiris", "Quincy Zafiris", "WITHIN"),
        ("full-name", "Q. Zafiris", "Quincy Zafiris", "INITIAL"),
        ("full-name", "Bill Zafiris", "William Zafiris", "NICKNAME"),
        ("full-name", "Marta Abernathy", "Noor Abernathy", "SIMILAR"),
        ("full-name", "Marta Abernathy", "Matra Abernathy", "CLOSE"),
        ("organisation", "Rose Pharmaceuticals", "Riounec Pharmaceuticals", "SIMILAR"),
        ("organisation", "Barton Engineering", "Bartone Engineering", "CLOSE"),
        ("full-name", "Adam Quincy Zafiris", "Quincy Zafiris", "WITHIN"),
        ("organisation", "Blue Gum Tours Pty Ltd", "Blue Gum Tours", "EXACT"),
        ("organisation", "Müller & Söhne GmbH", "Muller Sohne", "EXACT"),
        ("organisation", "Acme s.r.o.", "ACME", "EXACT"),
        ("organisation", "Acme Sp. z o.o.", "Acme", "EXACT"),
        ("organisation", "Tours Blue Gum", "Blue Gum Tours", "EXACT"),
        ("organisation", "International Business Machines Corp.", "I.B.M.", "ACRONYM"),
        ("organisation", "Lespinasse (New York City)", "Lespinasse", "WITHIN"),
        ("organisation", "Cafe Roma", "Coyote Cafe", "DIFFERENT"),
        ("phone", "+61 412 345 678", "0412 345 678", "EXACT"),
        ("phone", "(02) 9555 0123 ext. 14", "+61 2 9555 0123", "EXACT"),
        ("phone", "0412 345 678", "0412 345 687", "ONE_OFF"),
        ("phone", "08 5550 1234", "03 5550 1234", "PART"),
        ("email", "Quincy.Z+work@Gmail.com", "quincyz@googlemail.com", "EXACT"),
        ("email", "quincy.z@example.com", "quincy_z@example.org", "PART"),
        ("email", "info@bluegum.example", "info@orion-dental.example", "DIFFERENT"),
        ("email", "quincy.zafiris@example.com", "quincy.zafirs@example.com", "CLOSE"),
        ("date", "1984-03-04", "1984-04-03", "DAY_MONTH"),
        ("date", "1984-03-04", "1984-03-14", "ONE_OFF"),
        ("date", "1984-03-04", "1984-03-29", "PARTS"),
        ("date", "1984-03-04", "1984-11-29", "PART"),
        ("date", "1984-03-04", "1951-11-29", "DIFFERENT"),
        ("date", "4/3/1984", "4.3.1984", "EXACT"),
        ("date", "13/03/1984", "1984-03-13", "DAY_MONTH"),
        ("date", "4 March 1984", "Mar 4, 1984", "EXACT"),
        ("date", "1984-03-04", "March 4, 1984", "EXACT"),
        ("date", "03041984", "03/04/1984", "EXACT"),
        ("identifier", "KX-4402917", "kx4402917", "EXACT"),
        ("identifier", "4402917", "4402971", "ONE_OFF"),
        ("identifier", "4402917", "4492977", "CLOSE"),
        ("street-number", "3/12", "12", "WITHIN"),
        ("street-number", "Unit 3, 12", "3/12", "EXACT"),
        ("street-number", "12 A", "12a", "EXACT"),
        ("street", "High Street", "High St.", "EXACT"),
        ("street", "5th Avenue", "9th Ave", "DIFFERENT"),
        ("street", "12 High Street", "14 High St", "SIMILAR"),
        ("street", "3/12 Kurrajong Rd", "12 Kurrajong Road", "SIMILAR"),
        ("place", "Saint Ives", "Москва", "DIFFERENT"),
        ("place", "Moskva", "Москва", "EXACT"),
    ],
)  # fmt: skip
def test_levels(kind, one, other, expected):
    """Each kind knows the ways in which people write one thing differently."""
    assert level(Kind(kind), one, other).name == expected


VALUES = st.one_of(
    st.text(max_size=12),
    st.text("abcdeáéшжαβ '-.", max_size=14),
    st.text("0123456789 /-+()x", max_size=14),
    st.sampled_from([None, 7, 1.5, True]),
    st.sampled_from(["\ud800", "🙂", "سارة", "x" * 10_000, "1984-03-04", "a@b", "@", "+", "Ltd", "The Co", "3/12"]),
)  # fmt: skip


@settings(max_examples=60)
@pytest.mark.parametrize("kind", list(Kind))
@given(one=VALUES, other=VALUES)
def test_a_pair_of_values_agrees_alike_both_ways(kind, one, other):
    """Whatever two cells hold, they agree to the same level whichever stands first; a value with itself exactly."""
    assert level(kind, one, one) in (Level.EXACT, Level.BLANK)
    level(kind, one, other)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_blank_agrees_with_nothing(kind):
    """Nothing, and white space, says nothing for or against."""
    assert [level(kind, one, " ") for one in (None, "", "Quincy 12")] == [Level.BLANK] * 3

"""Normalisation: what is mended on the way in, that it is reported, and that good values stay."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.validation.conftest import PEOPLE, POLICY, TODAY, TRIPS
from validation.contacts import email, is_email, phone, postcode
from validation.frames import TableFrame
from validation.lettercase import name_case
from validation.letters import tidy, untangle
from validation.normalise import mender, normalise
from validation.policy import Convention, FieldType


def test_entries_are_mended_and_every_change_is_told() -> None:
    """Names, phones, e-mail, dates and codes of an entry are mended; each change is reported with both values."""
    row = {
        "given_name": "  MEI ",
        "family_name": "Chen",
        "phone": "0412 345 678",
        "email": "Mei.Chen@Example.COM",
        "date_of_birth": "3/2/1980",
        "postcode": 2095,
        "notes": "   ",
    }
    frame, mended = normalise(TableFrame.of_entries(PEOPLE, [row]), POLICY, TODAY)
    after = {m.field_id: (m.before, m.after) for m in mended}
    assert after == {
        "given_name": ("  MEI ", "Mei"),
        "phone": ("0412 345 678", "+61412345678"),
        "email": ("Mei.Chen@Example.COM", "Mei.Chen@example.com"),
        "date_of_birth": ("3/2/1980", dt.date(1980, 2, 3)),
        "postcode": (2095, "2095"),
        "notes": ("   ", None),
    }
    assert frame.values.loc[0, "family_name"] == "Chen"


def test_what_cannot_be_mended_stays() -> None:
    """A value that no normaliser understands goes on as it is, for the rules to judge."""
    row = {"phone": "0412", "date_of_birth": "soon", "email": "mei at home", "active": "maybe"}
    frame, mended = normalise(TableFrame.of_entries(PEOPLE, [row]), POLICY, TODAY)
    assert mended == []
    assert {name: frame.values.loc[0, name] for name in row} == row


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                f.id: st.one_of(st.none(), st.text(max_size=20), st.integers(-(10**9), 10**9))
                for f in PEOPLE.fields
                if f.type in {FieldType.STRING, FieldType.DATE}
            }
        ),
        min_size=1,
        max_size=3,
    )
)
def test_normalising_twice_changes_nothing_more(rows: list[dict[str, object]]) -> None:
    """Whatever is given, normalised entries are left alone by a second normalisation."""
    once, _ = normalise(TableFrame.of_entries(PEOPLE, rows), POLICY, TODAY)
    twice, mended = normalise(once, POLICY, TODAY)
    assert mended == []
    assert twice.values.equals(once.values)


@given(st.text(max_size=40))
def test_tidy_and_case_are_idempotent(text: str) -> None:
    """Tidying and casing any text twice is the same as once."""
    assert tidy(tidy(text)) == tidy(text)
    assert tidy(tidy(text, lines=True), lines=True) == tidy(text, lines=True)
    for name in ("given_name", "organisation", "suburb"):
        mend = mender(PEOPLE.by_id[name], POLICY.settings)
        assert mend(mend(text)) == mend(text)


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("O'BRIEN-SMITH", "O'Brien-Smith"),
        ("MCDONALD", "McDonald"),
        ("mcdonald", "McDonald"),
        ("VAN DER BERG", "Van der Berg"),
        ("maria de la cruz", "Maria de la Cruz"),
        ("d'angelo", "D'Angelo"),
        ("JOHN SMITH III", "John Smith III"),
        ("JJ", "JJ"),
        ("MacDonald", "MacDonald"),
        ("van der Berg", "van der Berg"),
        ("DeShawn", "DeShawn"),
        ("ÉLODIE", "Élodie"),
    ],
)
def test_names_of_people_in_one_case_get_their_capitals(typed: str, cased: str) -> None:
    """Only names wholly in capitals or small letters change; particles, Mc, O' and numerals are known."""
    assert name_case(typed, Convention.PERSON) == cased


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("HARBOUR TRAVEL PTY LTD", "Harbour Travel Pty Ltd"),
        ("acme travel pty ltd", "Acme Travel Pty Ltd"),
        ("NRMA INSURANCE", "NRMA Insurance"),
        ("IBM", "IBM"),
        ("BANK OF SYDNEY", "Bank of Sydney"),
        ("SMITH'S CAFE", "Smith's Cafe"),
        ("iiNet", "iiNet"),
    ],
)
def test_names_of_organisations_keep_abbreviations(typed: str, cased: str) -> None:
    """Legal forms get their usual case and abbreviations stay."""
    assert name_case(typed, Convention.ORGANISATION) == cased


@pytest.mark.parametrize(
    ("typed", "cased"),
    [("ST KILDA", "St Kilda"), ("NSW", "NSW"), ("12A HIGH ST", "12A High St"), ("PO BOX 9", "PO Box 9")],
)
def test_places_keep_states_and_numbers(typed: str, cased: str) -> None:
    """States, house numbers and post boxes stay as they are written."""
    assert name_case(typed, Convention.PLACE) == cased


def test_invisible_characters_and_odd_spaces_go() -> None:
    """No-break spaces, zero-width characters and loose accents are put right; line breaks only where they may be."""
    assert tidy("\ufeff Mei\u00a0 \u200bChen\t") == "Mei Chen"
    assert tidy("Zoe\u0308") == "Zoë"
    assert tidy("one \r\n two", lines=True) == "one\ntwo"
    assert tidy("one \r\n two") == "one two"


def test_joiners_that_scripts_need_stay() -> None:
    """The zero-width joiner inside a word is spelling in Persian and in emoji, not dirt."""
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"


def test_look_alike_letters_turn_latin_in_mixed_words_only() -> None:
    """A Cyrillic letter in a Latin word is replaced, a Cyrillic word is left."""
    assert untangle("\u0421hen") == "Chen"
    assert untangle("Анна Chen") == "Анна Chen"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0412 345 678", "+61412345678"),
        ("+61412345678", "+61412345678"),
        ("(02) 9876 5432 ext 12", "+61298765432 ext. 12"),
        ("+61298765432 ext. 12", "+61298765432 ext. 12"),
        ("1300 123 456", "+611300123456"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0412 345 67", None),
        ("ring after six 0412 345 678", None),
        ("", None),
    ],
)
def test_phones_become_international(text: str, number: str | None) -> None:
    """Numbers of the region and from abroad get one form, extension kept; a remark with a number is none."""
    assert phone(text, "AU") == number


def test_postcodes_get_the_form_of_their_region() -> None:
    """Capitals and the space go where the region has them; what is no postcode stays."""
    assert postcode("sw1a1aa", "GB") == "SW1A 1AA"
    assert postcode("1012js", "NL") == "1012 JS"
    assert postcode(" 2000 ", "AU") == "2000"
    assert postcode("NSW", "AU") == "NSW"


def test_only_the_domain_of_an_address_is_lowered() -> None:
    """The part before the @ may tell capitals apart, so that it stays."""
    assert email("mailto:Mei.Chen@Example.COM") == "Mei.Chen@example.com"
    assert is_email("Mei.Chen@example.com")


def test_codes_are_lifted() -> None:
    """A code field with the upper normaliser is in capitals after entry."""
    frame, _ = normalise(TableFrame.of_entries(TRIPS, [{"booking_number": "wt1234566 "}]), POLICY, TODAY)
    assert frame.values.loc[0, "booking_number"] == "WT1234566"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("001-949-844-8787", "+19498448787"),  # 0019 is a carrier's way out of Australia, 49 is Germany
        ("00 44 20 7946 0958", "+442079460958"),
        ("0011 1 212 736 5000", "+12127365000"),
        ("001-111-111-1111", None),
    ],
)
def test_two_zeros_lead_out_of_the_country(given: str, wanted: str | None) -> None:
    """A number with 00 in front is one with +; no code of a single carrier makes another country of it."""
    assert phone(given, "AU") == wanted

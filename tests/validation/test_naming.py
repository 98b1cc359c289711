"""Naming rules: what they find, what they suggest, and that they leave real names alone."""

import pandas as pd
import pytest

from tests.support.people import febrl
from tests.validation.conftest import PEOPLE, POLICY, TRIPS, Check, places
from validation.findings import Finding, Fix, Severity
from validation.frames import TableFrame
from validation.names import naming_rules
from validation.policy import Policy, PolicyTable
from validation.typing import type_table


def _found(field: str, value: str, table: PolicyTable = PEOPLE) -> list[Finding]:
    typed = type_table(TableFrame.of_entries(table, [{field: value}]), POLICY)
    rules = naming_rules(table.by_id[field], POLICY.settings)
    return [finding for rule in rules for finding in rule.findings(typed, rule.passes(typed.values[field]))]


@pytest.mark.parametrize(
    ("field", "value", "code", "suggestion", "fix"),
    [
        ("family_name", "Chen ", "NAM001", "Chen", Fix.SAFE),
        ("suburb", "Surry  Hills", "NAM001", "Surry Hills", Fix.SAFE),
        ("notes", "a\u00a0b", "NAM001", "a b", Fix.SAFE),
        ("given_name", "Zoe\u0308", "NAM002", "Zoë", Fix.SAFE),
        ("notes", "one\u200btwo", "NAM002", "onetwo", Fix.SAFE),
        ("family_name", "\u0421hen", "NAM002", "Chen", Fix.UNSAFE),
        ("family_name", "O'BRIEN", "NAM003", "O'Brien", Fix.SAFE),
        ("organisation", "harbour travel pty ltd", "NAM003", "Harbour Travel Pty Ltd", Fix.SAFE),
        ("suburb", "ST KILDA", "NAM003", "St Kilda", Fix.SAFE),
        ("given_name", "asdf", "NAM004", None, Fix.NONE),
        ("given_name", "n/a", "NAM004", None, Fix.NONE),
        ("family_name", "Xxx", "NAM004", None, Fix.NONE),
        ("family_name", "-", "NAM004", None, Fix.NONE),
        ("organisation", "Test", "NAM004", None, Fix.NONE),
        ("given_name", "Dr Anna", "NAM005", "Anna", Fix.UNSAFE),
        ("given_name", "Mr. John", "NAM005", "John", Fix.UNSAFE),
        ("given_name", "John4", "NAM006", "John", Fix.UNSAFE),
        ("family_name", "Sm1th", "NAM006", None, Fix.NONE),
        ("family_name", "Li#Chen", "NAM006", None, Fix.NONE),
        ("given_name", "Tom & Jo", "NAM006", None, Fix.NONE),
        ("family_name", "Smith, John", "NAM006", None, Fix.NONE),
        ("organisation", "Harbour Travel P/L", "NAM007", "Harbour Travel Pty Ltd", Fix.UNSAFE),
        ("organisation", "Harbour Travel Pty. Ltd.", "NAM007", "Harbour Travel Pty Ltd", Fix.UNSAFE),
        ("suburb", "Manly NSW 2095", "NAM008", "Manly", Fix.UNSAFE),
        ("suburb", "Manly,", "NAM008", "Manly", Fix.UNSAFE),
    ],
)
def test_each_breach_is_found_once_with_its_mend(
    field: str, value: str, code: str, suggestion: str | None, fix: Fix
) -> None:
    """One breach gives one finding of its rule, with the mended value and whether it is safe."""
    assert [(f.code, f.suggestion, f.fix) for f in _found(field, value)] == [(code, suggestion, fix)]


@pytest.mark.parametrize(
    "name",
    [
        "Mei", "O'Brien", "D’Angelo", "van der Berg", "Smith-Jones", "José", "Nguyễn", "Łukasz", "J. R.", "St. John",
        "Тарас", "陳", "عمر", "McDonald", "Tester", "Testa", "Todd", "Nan", "Li", "O", "JJ", "Xu", "Bob Jr.", "N'Dour",
        "Mary Ann", "Drew", "Misha", "Professeur", "Marsha", "Ng", "Abigail", "Sue-Ellen", "Mr-Bean",
    ],
)  # fmt: skip
def test_real_names_are_left_alone(name: str) -> None:
    """Names of many languages, short ones and ones that begin like a placeholder or a title have no finding."""
    expected = ["NAM004"] if name == "Nan" else []
    assert [f.code for f in _found("family_name", name)] == expected


@pytest.mark.parametrize("name", ["Null", "None", "Guest", "Na"])
def test_words_that_are_names_too_are_only_a_warning(name: str) -> None:
    """Null is a family name: it is worth a look and refuses nothing."""
    assert [(f.code, f.severity) for f in _found("family_name", name)] == [("NAM004", Severity.WARNING)]


def test_a_name_turned_round_is_turned_back_where_the_field_holds_it_whole(policy: Policy) -> None:
    """In a field for a full name the given name goes first; in a part of a name nothing can be suggested."""
    whole = PEOPLE.by_id["given_name"].model_copy(update={"id": "contact_name", "label": "Contact name"})
    (rule,) = [r for r in naming_rules(whole, policy.settings) if r.code == "NAM006"]
    assert rule.explain("Smith, John").suggestion == "John Smith"


def test_codes_are_capitals_without_spaces() -> None:
    """Small letters and spaces of a code are mended; signs are for a person. A key is never mended unseen."""
    (finding,) = _found("booking_number", "wt 1234566", TRIPS)
    assert (finding.code, finding.suggestion, finding.fix) == ("NAM009", "WT1234566", Fix.UNSAFE)
    (finding,) = _found("booking_number", "WT?1234566", TRIPS)
    assert (finding.code, finding.suggestion) == ("NAM009", None)


def test_findings_about_one_cell_suggest_the_same(check: Check) -> None:
    """A cell with spaces and in capitals has two findings that end in one value, so that the order of mending is free."""
    found = check(people='| Family name | Email |\n|---|---|\n| " CHEN" | a@example.com |')
    assert [(f.code, f.suggestion) for f in found if f.field == "Family name"] == [
        ("NAM001", "Chen"),
        ("NAM003", "Chen"),
    ]


def test_what_normalisation_would_mend_is_safe_in_a_check(check: Check) -> None:
    """Values that entry would have mended are warnings with that value as a safe fix."""
    found = check(
        people="""
        | Person ID | Email               | Phone        |
        |-----------|---------------------|--------------|
        | PER-00001 | mei@Example.COM     | 0412 345 678 |
        """
    )
    assert [(f.code, f.severity, f.suggestion, f.fix) for f in found] == [
        ("ENT009", Severity.WARNING, "mei@example.com", Fix.SAFE),
        ("ENT010", Severity.WARNING, "+61412345678", Fix.SAFE),
    ]
    assert places(found) == [("ENT009", "B2"), ("ENT010", "C2")]


def test_few_false_alarms_on_real_names(policy: Policy) -> None:
    """Of 20,000 names of FEBRL people, at most two have a finding but for their letter case (FEBRL has small letters)."""
    people = febrl(3)
    alarms = 0
    for column, field in (("given_name", "given_name"), ("surname", "family_name"), ("suburb", "suburb")):
        names = pd.Series([None if pd.isna(name) else name for name in people[column]], dtype=object)
        for rule in naming_rules(PEOPLE.by_id[field], policy.settings):
            if rule.code != "NAM003":
                alarms += int((~rule.passes(names)).sum())
    assert len(people) == 5000
    assert alarms <= 2

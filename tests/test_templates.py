"""The templates: their policies hold together, and the sample records have their planted faults and no other."""

import csv
import datetime as dt
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from validation import duplicates
from validation.engine import check_tables
from validation.frames import Context, TableFrame
from validation.typing import parse_text, type_table
from workbook_cms.policies import text
from workbook_cms.resources import template_folder, template_names

FOLDER = template_folder("world-traveller")


def policy_of(name):
    """The policy of a template, and all that was found in it."""
    return text.read((template_folder(name) / "policy.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample():
    """The sample records of World Traveller, typed, in the context of a check."""
    policy = policy_of("world-traveller").policy
    tables = {}
    for table in policy.tables:
        with (FOLDER / f"{table.name.lower()}.csv").open(encoding="utf-8", newline="") as file:
            entries = []
            for row in csv.DictReader(file):
                fields = {table.by_label[label]: cell for label, cell in row.items() if cell}
                entries.append({f.id: parse_text(cell, f, policy.settings) for f, cell in fields.items()})
        tables[table.id] = type_table(TableFrame.of_entries(table, entries), policy)
    return Context(policy, tables, dt.date(2026, 11, 22))


def planted():
    """(table, key, field, code) of the faults that the README lists, but those the report alone shows."""
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [tuple(row[:4]) for row in rows if len(row) == 5 and re.fullmatch(r"[A-Z]{3}\d{3}", row[3])]


@pytest.mark.parametrize("name", template_names())
def test_policies_hold_together(name):
    """No template's policy has a finding, and each field says what it is for."""
    reading = policy_of(name)
    assert reading.findings == ()
    for table in reading.policy.tables:
        assert [f.label for f in table.fields if not (f.help and f.section and f.example)] == []


def test_names_are_those_promised():
    """Tables and fields of World Traveller have the names that users were promised."""
    tables = policy_of("world-traveller").policy.table_by_name
    assert list(tables) == ["Stakeholders", "Interactions", "FollowUps", "Bookings"]
    assert [f.label for f in tables["FollowUps"].fields] == [
        "Follow-up ID",
        "Interaction ID",
        "Stakeholder ID",
        "Due",
        "Owner",
        "Action",
        "Status",
        "Done on",
    ]
    assert [len(table.fields) for table in tables.values()] == [18, 22, 8, 8]


def test_planted_faults_are_found_and_no_other(sample):
    """A check of the sample finds each planted fault once, and nothing in the clean records."""
    found = Counter((f.table, f.key, f.field, f.code) for f in check_tables(sample))
    assert found == Counter(planted())
    assert len(found) > 45


def duplicates_of(policy, *entries):
    """(code, match rule) of the duplicates among stakeholders, their values by field id."""
    table = policy.table_by_id["stakeholders"]
    rows = [{"stakeholder_id": f"STK-{number:05d}", **values} for number, values in enumerate(entries, 1)]
    tables = {table.id: type_table(TableFrame.of_entries(table, rows), policy)}
    found = duplicates.check(tables[table.id], Context(policy, tables, dt.date(2026, 11, 22)))
    return [(f.code, f.details["rule"]) for f in found]


OFFICE = {"organisation": "Blue Gum Tours", "phone": "+61491570156", "street": "1 High Street", "postcode": "2007"}
MEI = {"given_name": "Mei", "family_name": "Nakamura", "email": "mei@example.com"}
TOMAS = {"given_name": "Tomas", "family_name": "Okonkwo", "email": "tomas@example.com"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(
            OFFICE, OFFICE | {"organisation": "Blue Gum Tour"}, ["same_organisation"], id="one, misspelt"
        ),
        pytest.param(OFFICE | MEI, OFFICE | TOMAS, [], id="two people of one office"),
        pytest.param(
            OFFICE | MEI | {"organisation": None}, OFFICE | TOMAS | {"organisation": None}, [], id="a household"
        ),
        pytest.param(OFFICE | {"organisation": None}, OFFICE | {"organisation": None}, [], id="nobody named"),
        pytest.param(OFFICE | MEI, OFFICE | MEI | {"family_name": "Nakamora"}, ["same_person"], id="one person"),
    ],
)
def test_an_office_and_a_household_are_not_one_person(one, other, expected):
    """World Traveller's match rules find one organisation twice and one person twice, not two who share an address."""
    found = duplicates_of(policy_of("world-traveller").policy, one, other)
    assert [rule for _, rule in found] == expected


def test_sample_is_made_anew_the_same(tmp_path):
    """The program that makes the sample gives the files that are kept."""
    for path in FOLDER.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    subprocess.run(
        [sys.executable, tmp_path / "make_sample.py"],
        check=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    for path in FOLDER.iterdir():
        if path.is_file():
            assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name

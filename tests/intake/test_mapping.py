"""Columns of other systems find their fields, and what goes nowhere is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from validation.policy import PolicyTable
from workbook_cms.errors import InputError
from workbook_cms.intake import mapping
from workbook_cms.intake.layouts import plain
from workbook_cms.policies import text
from workbook_cms.resources import template_folder

LAYOUTS = {
    "salesforce": (
        "Salutation,First Name,Last Name,Title,Account Name,Email,Phone,Mobile,Mailing Street,Mailing City,"
        "Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Birthdate,Description,Contact Owner"
    ),
    "salesforce api": "Id,Salutation,FirstName,LastName,Email,MobilePhone,MailingStreet,MailingCity,MailingPostalCode",
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Company Name,Street Address,City,State/Region,Postal Code,"
        "Country/Region,Date of birth,Lifecycle Stage"
    ),
    "zoho": (
        "Contact Id,Salutation,First Name,Last Name,Account Name,Email,Mobile,Mailing Street,Mailing City,Mailing State,"
        "Mailing Zip,Mailing Country,Date of Birth,Description"
    ),
    "outlook": (
        "Title,First Name,Middle Name,Last Name,Company,Business Street,Business City,Business State,"
        "Business Postal Code,Business Country/Region,E-mail Address,Mobile Phone,Birthday,Notes"
    ),
    "google": (
        "Name Prefix,First Name,Last Name,Organization Name,Birthday,Notes,E-mail 1 - Value,Phone 1 - Value,"
        "Phone 2 - Value,Address 1 - Street,Address 1 - City,Address 1 - Region,Address 1 - Postal Code,"
        "Address 1 - Country"
    ),
}
NAMED = {"Given name", "Family name", "Email", "Phone", "Street", "Suburb", "Postcode"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_known_layouts_are_recognised(stakeholders: PolicyTable, layout: str) -> None:
    """Name, e-mail, phone and address of each system find their fields without a map."""
    found = mapping.suggest(LAYOUTS[layout].split(","), stakeholders)
    assert found.labels >= NAMED
    assert set(found.matches) | set(found.unmapped) == set(LAYOUTS[layout].split(","))


def test_salesforces_title_is_a_job(stakeholders: PolicyTable) -> None:
    """Beside a Salutation, Title is what the person does, and stays out; alone it is the title."""
    found = mapping.suggest(["Title", "Salutation", "Last Name"], stakeholders)
    assert found.matches["Salutation"].label == "Title"
    assert found.unmapped == ("Title",)
    assert mapping.suggest(["Title", "Last Name"], stakeholders).matches["Title"].label == "Title"


def test_a_field_takes_the_best_of_several_columns(stakeholders: PolicyTable) -> None:
    """The first phone goes in, the second is left over, and is told."""
    found = mapping.suggest(["Phone 2", "Home Phone", "Phone 1", "Email 2", "Email 1"], stakeholders)
    assert {name: match.label for name, match in found.matches.items()} == {"Phone 1": "Phone", "Email 1": "Email"}
    assert found.unmapped == ("Phone 2", "Home Phone", "Email 2")


def test_names_are_compared_without_case_and_punctuation(stakeholders: PolicyTable) -> None:
    """``GIVEN_NAME`` is Given name; a slip of the pen is found and said to be a guess."""
    found = mapping.suggest(["GIVEN_NAME", "family-name", "Organisatoin"], stakeholders)
    assert {name: (m.label, m.why) for name, m in found.matches.items()} == {
        "GIVEN_NAME": ("Given name", "same name"),
        "family-name": ("Family name", "same name"),
        "Organisatoin": ("Organisation", "similar name"),
    }
    assert plain("Prénom  (2)") == "prenom2"


def test_keys_that_are_given_out_take_no_column(stakeholders: PolicyTable) -> None:
    """A stranger's Stakeholder ID does not become one of ours."""
    found = mapping.suggest(["Stakeholder ID", "Email"], stakeholders)
    assert found.unmapped == ("Stakeholder ID",)


def test_fields_that_nothing_fills_are_known(stakeholders: PolicyTable) -> None:
    """Type is required and has no default; a constant fills it."""
    found = mapping.suggest(["Email"], stakeholders)
    assert found.missing(stakeholders) == ("Type",)


def test_a_map_overrides_the_guess(stakeholders: PolicyTable, tmp_path: Path) -> None:
    """Named columns go where the map says, blank ones are left out, the others are guessed as ever."""
    path = tmp_path / "map.yaml"
    path.write_text("columns:\n  Phone 2: Phone\n  Index:\nset:\n  Type: Customer\n  Country: NO\nnotes: true\n")
    found = mapping.load(path, ["Index", "Phone 1", "Phone 2", "Email", "Website"], stakeholders)
    assert {name: m.label for name, m in found.matches.items()} == {"Phone 2": "Phone", "Email": "Email"}
    assert found.constants == {"Type": "Customer", "Country": "NO"}
    assert found.missing(stakeholders) == ()
    frame = pd.DataFrame(
        [["1", "111", "222", "a@b.example", "www.example"], ["2", None, "333", None, None]],
        columns=["Index", "Phone 1", "Phone 2", "Email", "Website"],
        dtype=object,
    )
    rows = mapping.apply(found, frame).to_dict("records")
    assert rows == [
        {
            "Phone": "222",
            "Email": "a@b.example",
            "Type": "Customer",
            "Country": "NO",
            "Notes": "Phone 1: 111\nWebsite: www.example",
        },
        {"Phone": "333", "Email": None, "Type": "Customer", "Country": "NO", "Notes": None},
    ]


def test_notes_are_added_to_notes(stakeholders: PolicyTable, tmp_path: Path) -> None:
    """What a source's own notes hold stays in front."""
    path = tmp_path / "map.yaml"
    path.write_text("notes: yes\n")
    found = mapping.load(path, ["Notes", "Fax"], stakeholders)
    frame = pd.DataFrame([["Tall", "12"], [None, "34"], ["Short", None]], columns=["Notes", "Fax"], dtype=object)
    assert mapping.apply(found, frame)["Notes"].tolist() == ["Tall\nFax: 12", "Fax: 34", "Short"]


def test_a_dumped_map_gives_the_same_map(stakeholders: PolicyTable, tmp_path: Path) -> None:
    """What the dry run prints can be saved and used as it is."""
    columns = ["First Name", "Phone 1", "Phone 2", "Index: no"]
    found = mapping.suggest(columns, stakeholders)
    path = tmp_path / "map.yaml"
    path.write_text(mapping.dump(found), encoding="utf-8")
    again = mapping.load(path, columns, stakeholders)
    assert {n: m.label for n, m in again.matches.items()} == {n: m.label for n, m in found.matches.items()}
    assert again.left_out == {"Phone 2", "Index: no"}
    assert yaml.safe_load(path.read_text())["columns"]["Index: no"] is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("columns:\n  Fone: Phone\n", 'the source has no column "Fone"'),
        ("columns:\n  Email: Mail\n", 'the table has no field "Mail"'),
        ("columns:\n  Email: Email\n  Phone 1: Email\n", "two columns go to"),
        ("columns:\n  Email: Email\nset:\n  Email: a@b.example\n", "filled both by a column and by set"),
        ("set:\n  Kind: x\n", 'the table has no field "Kind"'),
        ("notes: Type\n", 'the table has no field "Type"'),
        ("colums:\n  a: b\n", '"colums" is not known'),
        ("- a\n- b\n", "this is no map"),
        ("columns: [a, b]\n", "this part is not a list of pairs"),
        ("columns:\n  a: {b: c}\n", "this part is not a list of pairs"),
        ("columns:\n a: 'b\n", "line"),
        ("", "this is no map"),
    ],
)
def test_a_wrong_map_is_said_in_one_line(
    stakeholders: PolicyTable, tmp_path: Path, content: str, words: str
) -> None:
    """Each mistake in a map has its place and problem."""
    path = tmp_path / "map.yaml"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        mapping.load(path, ["Email", "Phone 1", "a"], stakeholders)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_map_is_said(stakeholders: PolicyTable, tmp_path: Path) -> None:
    """A map that is not there is no traceback."""
    with pytest.raises(InputError, match="there is no such file"):
        mapping.load(tmp_path / "none.yaml", [], stakeholders)


def test_given_and_family_name_make_the_name_of_a_table_that_has_one(tmp_path: Path) -> None:
    """An address book fills a table with one field for the name, given name first; a map may join columns too."""
    policy = text.load((template_folder("small-business") / "policy.yaml").read_text(encoding="utf-8"))
    customers, columns = policy.table_by_name["Customers"], ["Last Name", "First Name", "E-mail Address"]
    found = mapping.suggest(columns, customers)
    assert {name: (m.label, m.why) for name, m in found.matches.items()} == {
        "First Name": ("Name", "part of it"),
        "Last Name": ("Name", "part of it"),
        "E-mail Address": ("Email", "known layout"),
    }
    frame = pd.DataFrame(
        [["Tran", "Mia", None], [None, "Zoe", None], [None, None, None]], columns=columns, dtype=object
    )
    assert mapping.apply(found, frame)["Name"].tolist() == ["Mia Tran", "Zoe", None]
    path = tmp_path / "map.yaml"
    path.write_text("columns:\n  Last Name: Name\n  First Name: Name\n", encoding="utf-8")
    assert mapping.apply(mapping.load(path, columns, customers), frame)["Name"].tolist()[0] == "Tran Mia"

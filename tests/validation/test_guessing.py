"""What fields are, guessed from what they are called: exports of other systems, real workbooks, tables of a policy."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from tests.support.shared import shared
from validation.guessing import kinds_of_headers
from validation.policy import Action, MatchRule, Policy, PolicyField, PolicyTable, Settings

#: Columns as each system exports them, the kinds they should get; all others should get none.
EXPORTS = {
    "salesforce contacts": (
        "Salutation;First Name;Last Name;Title;Account Name;Email;Phone;Mobile;Fax;Home Phone;Asst. Phone;Mailing Street;"
        "Mailing City;Mailing State/Province;Mailing Zip/Postal Code;Mailing Country;Other Street;Other City;Birthdate;"
        "Reports To;Lead Source;Description;Contact Owner;Created Date;Last Activity;Email Opt Out;Contact ID 18",
        "First Name given-name;Last Name family-name;Account Name organisation;Email email;Phone phone;Mobile phone;"
        "Mailing Street street;Mailing City place;Mailing Zip/Postal Code postcode;Birthdate date",
    ),
    "salesforce api": (
        "Id;IsDeleted;AccountId;Salutation;FirstName;LastName;Name;MailingStreet;MailingCity;MailingPostalCode;Phone;Fax;"
        "MobilePhone;AssistantPhone;ReportsToId;Email;Title;AssistantName;LeadSource;Birthdate;OwnerId;CreatedDate;"
        "LastModifiedDate;LastActivityDate;EmailBouncedReason;PhotoUrl",
        "FirstName given-name;LastName family-name;MailingStreet street;MailingCity place;MailingPostalCode postcode;"
        "Phone phone;MobilePhone phone;Email email;Birthdate date",
    ),
    "salesforce accounts": (
        "Account ID;Account Name;Parent Account;Phone;Fax;Website;Billing Street;Billing City;Billing State/Province;"
        "Billing Zip/Postal Code;Shipping Street;Shipping City;Industry;Employees;Account Owner;Created Date",
        "Account Name organisation;Phone phone;Billing Street street;Billing City place;"
        "Billing Zip/Postal Code postcode",
    ),
    "hubspot": (
        "Record ID;First Name;Last Name;Email;Phone Number;Mobile Phone Number;Contact owner;Last Activity Date;"
        "Lead Status;Marketing contact status;Create Date;Associated Company;Associated Company IDs;Company name;"
        "Street Address;City;State/Region;Postal Code;Job Title;Date of birth;Email Domain",
        "First Name given-name;Last Name family-name;Email email;Phone Number phone;Mobile Phone Number phone;"
        "Associated Company organisation;Street Address street;City place;Postal Code postcode;Date of birth date",
    ),
    "dynamics 365": (
        "(Do Not Modify) Contact;(Do Not Modify) Row Checksum;(Do Not Modify) Modified On;Full Name;First Name;Last Name;"
        "Job Title;Company Name;Email;Business Phone;Mobile Phone;Address 1: Street 1;Address 1: Street 2;"
        "Address 1: City;Address 1: State/Province;Address 1: ZIP/Postal Code;Address 1: Country/Region;Birthday;Gender;"
        "Marital Status;Spouse/Partner Name;Anniversary;Preferred Method of Contact;Owner;Created On;Status",
        "First Name given-name;Last Name family-name;Company Name organisation;Email email;Business Phone phone;"
        "Mobile Phone phone;Address 1: Street 1 street;Address 1: City place;Address 1: ZIP/Postal Code postcode;"
        "Birthday date",
    ),
    "dynamics 365 logical names": (
        "contactid;fullname;firstname;lastname;emailaddress1;telephone1;mobilephone;address1_line1;address1_city;"
        "address1_postalcode;birthdate;createdon;ownerid",
        "firstname given-name;lastname family-name;emailaddress1 email;telephone1 phone;mobilephone phone;"
        "address1_line1 street;address1_city place;address1_postalcode postcode;birthdate date",
    ),
    "outlook": (
        "Title;First Name;Middle Name;Last Name;Suffix;Company;Department;Job Title;Business Street;Business Street 2;"
        "Business City;Business State;Business Postal Code;Business Country/Region;Home Street;Home City;"
        "Home Postal Code;Assistant's Phone;Business Fax;Business Phone;Callback;Car Phone;Company Main Phone;"
        "Home Phone;Mobile Phone;Pager;Primary Phone;Account;Anniversary;Assistant's Name;Birthday;"
        "Business Address PO Box;Categories;E-mail Address;E-mail Type;E-mail Display Name;Gender;"
        "Government ID Number;Initials;Manager's Name;Notes;Office Location;Organizational ID Number;Referred By;"
        "Spouse;Web Page",
        "First Name given-name;Last Name family-name;Company organisation;Business Street street;Business City place;"
        "Business Postal Code postcode;Mobile Phone phone;Primary Phone phone;Birthday date;E-mail Address email;"
        "Government ID Number identifier",
    ),
    "google contacts": (
        "First Name;Middle Name;Last Name;Phonetic First Name;Phonetic Last Name;Name Prefix;Name Suffix;Nickname;"
        "File As;Organization Name;Organization Title;Organization Department;Birthday;Notes;Photo;Labels;"
        "E-mail 1 - Label;E-mail 1 - Value;Phone 1 - Label;Phone 1 - Value;Address 1 - Label;Address 1 - Formatted;"
        "Address 1 - Street;Address 1 - City;Address 1 - PO Box;Address 1 - Region;Address 1 - Postal Code;"
        "Address 1 - Country;Address 1 - Extended Address",
        "First Name given-name;Last Name family-name;Organization Name organisation;Birthday date;"
        "E-mail 1 - Value email;Phone 1 - Value phone;Address 1 - Street street;Address 1 - City place;"
        "Address 1 - Postal Code postcode",
    ),
    "german": (
        "Kundennummer;Anrede;Vorname;Nachname;Firma;Straße;Hausnummer;PLZ;Ort;Telefon;E-Mail;Geburtsdatum;Bemerkung",
        "Vorname given-name;Nachname family-name;Firma organisation;Straße street;Hausnummer street-number;PLZ postcode;"
        "Ort place;Telefon phone;E-Mail email;Geburtsdatum date",
    ),
    "french": (
        "Nom;Prénom;Société;Rue;Code postal;Ville;Téléphone;Courriel;Date de naissance",
        "Nom family-name;Prénom given-name;Société organisation;Rue street;Code postal postcode;Ville place;"
        "Téléphone phone;Courriel email;Date de naissance date",
    ),
    "febrl": (
        "given_name;surname;street_number;address_1;address_2;suburb;postcode;state;date_of_birth;soc_sec_id",
        "given_name given-name;surname family-name;street_number street-number;address_1 street;suburb place;"
        "postcode postcode;date_of_birth date;soc_sec_id identifier",
    ),
}


@pytest.mark.parametrize("system", EXPORTS)
def test_exports_are_understood(system: str) -> None:
    """Each column that tells people apart gets its kind, and no other column gets one."""
    headers, kinds = EXPORTS[system]
    found = [f"{name} {kind}" for name, kind in kinds_of_headers(headers.split(";")).items()]
    assert sorted(found) == sorted(kinds.split(";"))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("customers-100", "given-name family-name organisation place phone phone email"),
        ("leads-100", "given-name family-name organisation phone phone email email"),
        ("fake_1000", "given-name family-name date place email"),
        ("RLdata10000", "given-name family-name"),
    ],
)
def test_files_of_people_are_understood(name: str, kinds: str) -> None:
    """The headers of real files."""
    with shared(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert " ".join(kinds_of_headers(next(csv.reader(file))).values()) == kinds


@pytest.mark.filterwarnings("ignore")
def test_tables_that_keep_no_people_are_left_alone() -> None:
    """No table of the genuine workbooks keeps people, and none is taken to do so."""
    seen = 0
    for path in sorted(shared("workbooks").glob("*.xlsx")):
        if path.name.startswith(("excelize-encrypt", "exceljs-missing", "poi-crash")):
            continue  # openpyxl cannot read them
        for sheet in openpyxl.load_workbook(path):
            for table in sheet.tables.values():
                seen += 1
                assert kinds_of_headers([column.name for column in table.tableColumns]) == {}, path.name
    assert seen > 30


@pytest.mark.parametrize(
    "headers",
    [
        "Item;Name",
        "Name",
        "First Name;City",
        "Email;Phone",
        "Invoice number;Customer name;Email;Amount",
        "Contact ID;Created by;Account owner email;Assistant phone",
        "",
    ],
)
def test_what_does_not_tell_people_apart_gives_nothing(headers: str) -> None:
    """A name alone, contact details alone, or what happened to people: no rule is better than a wrong one."""
    assert kinds_of_headers(headers.split(";")) == {}


def policy(*fields: str, **table: str) -> Policy:
    """A policy of one table of people; a field as ``id type format``."""
    parts = [(*name.split(" "), *("string", "default")[name.count(" ") :]) for name in fields]
    made = tuple(
        PolicyField.model_validate({"id": i, "label": i.replace("_", " ").capitalize(), "type": t, "format": f})
        for i, t, f in parts
    )
    people = PolicyTable.model_validate(
        {"id": "people", "name": "People", "title": "P", "key": made[0].id, "fields": made, **table}
    )
    return Policy(settings=Settings(organisation="World Traveller"), tables=(people,))


def test_a_table_without_rules_gets_one() -> None:
    """It alerts from 90 % on; the key, other dates and numbers take no part."""
    made = policy(
        "person_id", "full_name", "birthday date", "joined date", "work_email string email", "age integer"
    )
    (rule,) = made.match_rules("people")
    assert [(f.field, str(f.kind)) for f in rule.fields] == [
        ("full_name", "full-name"),
        ("birthday", "date"),
        ("work_email", "email"),
    ]
    assert (rule.id, rule.exact, rule.threshold) == ("guessed_people", False, 0.9)
    assert {rule.on_add, rule.on_update, rule.on_import} == {Action.ALERT}


def test_a_rule_of_ones_own_ends_the_guessing() -> None:
    """Whoever writes a rule has said what counts."""
    made = policy("person_id", "full_name", "email string email")
    own = MatchRule.model_validate(
        {"id": "own", "table": "people", "fields": [{"field": "email", "kind": "email"}], "exact": True}
    )
    assert made.model_copy(update={"matches": (own,)}).match_rules("people") == [own]


def test_guessing_can_be_switched_off() -> None:
    """With match rules only, a table without rules is not searched."""
    made = policy("person_id", "full_name", "email string email")
    assert made.match_rules("people")
    settings = made.settings.model_copy(update={"match_rules_only": True})
    assert made.model_copy(update={"settings": settings}).match_rules("people") == []


def test_what_happened_with_people_is_no_people() -> None:
    """A table of calls names the same caller many times."""
    made = policy(
        "call_id", "caller_name", "called date", "contact_name", "email string email", activity_date="called"
    )
    assert made.match_rules("people") == []

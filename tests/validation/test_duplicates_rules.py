"""Match rules of a policy applied to a table, and to rows on their way in."""

import datetime as dt

import pytest

from tests.support.markdown import table_frame
from validation import duplicates
from validation.findings import Severity
from validation.frames import Context, Operation
from validation.policy import (
    Action,
    Convention,
    FieldFormat,
    FieldType,
    Kind,
    MatchField,
    MatchRule,
    Policy,
    PolicyField,
    PolicyTable,
    Settings,
)
from validation.typing import type_table

PEOPLE = PolicyTable(
    id="people",
    name="People",
    title="Person",
    key="id",
    key_format="STK-{:05d}",
    fields=(
        PolicyField(id="id", label="ID"),
        PolicyField(id="given", label="Given name", naming=Convention.PERSON),
        PolicyField(id="family", label="Family name", naming=Convention.PERSON),
        PolicyField(id="born", label="Date of birth", type=FieldType.DATE),
        PolicyField(id="email", label="Email", format=FieldFormat.EMAIL),
    ),
)
SAME_EMAIL = MatchRule(
    id="same_email",
    table="people",
    exact=True,
    fields=(MatchField(field="email", kind=Kind.EMAIL),),
    on_add=Action.BLOCK,
    on_import=Action.ALLOW,
)
SAME_PERSON = MatchRule(
    id="same_person",
    table="people",
    fields=(
        MatchField(field="given", kind=Kind.GIVEN_NAME),
        MatchField(field="family", kind=Kind.FAMILY_NAME),
        MatchField(field="born", kind=Kind.DATE),
        MatchField(field="email", kind=Kind.EMAIL),
    ),
)
STANDING = """
| ID        | Given name | Family name  | Date of birth | Email                |
|-----------|------------|--------------|---------------|----------------------|
| STK-00214 | Quenby     | Zafiropoulos | 1961-08-19    | quenby@example.com   |
| STK-00377 | Quincy     | Zafiris      | 1984-03-04    | quincy.z@example.com |
|           | Marta      | Oyelaran     | 1990-12-01    | marta@example.com    |
"""


def policy(*rules):
    """A policy with these match rules."""
    return Policy(settings=Settings(organisation="World Traveller"), tables=(PEOPLE,), matches=rules)


def typed(markdown, rules):
    """A Markdown table, typed."""
    return type_table(table_frame(PEOPLE, markdown), policy(*rules))


def found(rows, *rules, standing=None, operation=Operation.CHECK, replaces=()):
    """Findings for rows, given what stands in the table."""
    looked_at = typed(rows, rules)
    there = looked_at if standing is None else typed(standing, rules)
    context = Context(policy(*rules), {"people": there}, dt.date(2026, 11, 22), operation, frozenset(replaces))
    return list(duplicates.check(looked_at, context))


def entry(given="", family="", born="", email="", key=""):
    """One row as a Markdown table."""
    head = "| ID | Given name | Family name | Date of birth | Email |"
    return f"{head}\n|---|---|---|---|---|\n| {key} | {given} | {family} | {born} | {email} |"


def told(findings):
    """Findings as (code, field, related)."""
    return [(f.code, f.field, f.related) for f in findings]


def test_clean_table_has_no_finding():
    """Different people give no finding."""
    assert found(STANDING, SAME_EMAIL, SAME_PERSON) == []


def test_exact_duplicate_is_reported_at_the_later_record():
    """In a check a repeated value is reported once, at the record further down, against the first."""
    rows = (
        STANDING
        + "| STK-00412 | Leo | Brandt | | QUINCY.Z@example.com |\n| STK-00413 | Ana | Cruz | | quincy.z@EXAMPLE.com |"
    )
    findings = found(rows, SAME_EMAIL)
    assert [(f.code, f.key, f.field, f.related) for f in findings] == [
        ("DUP001", "STK-00412", "Email", ("STK-00377",)),
        ("DUP001", "STK-00413", "Email", ("STK-00377",)),
    ]
    assert findings[0].severity is Severity.WARNING
    assert findings[0].message == "same email as STK-00377 Quincy Zafiris. Compare the two records and keep one."


def test_an_exact_rule_of_several_fields_lists_them_once():
    """What is the same is said in one breath."""
    rule = MatchRule(
        id="same_all",
        table="people",
        exact=True,
        fields=tuple(
            MatchField(field=name, kind=kind)
            for name, kind in (("given", Kind.GIVEN_NAME), ("family", Kind.FAMILY_NAME), ("email", Kind.EMAIL))
        ),
    )
    (finding,) = found(STANDING + "| STK-00412 | quincy | ZAFIRIS | | quincy.z@example.com |", rule)
    assert finding.message.startswith("same given name, family name and email as STK-00377 Quincy Zafiris. ")


def test_probable_duplicate_is_explained():
    """A likely pair names the other record, how sure it is, and why field by field."""
    (finding,) = found(
        entry("Quincy", "Zafirris", "1984-03-04", "quincy.z@example.com"),
        SAME_PERSON,
        standing=STANDING,
        operation=Operation.ADD,
    )
    assert (finding.code, finding.related) == ("DUP002", ("STK-00377",))
    assert finding.message == (
        "probably the same as STK-00377 Quincy Zafiris (99.9 %): same email, same date of birth, same given name, "
        "family name differs in one letter. Open that record, or go on with a reason."
    )
    assert finding.details["action"] == "alert"
    assert [(f["field"], f["level"]) for f in finding.details["fields"]] == [
        ("Given name", "exact"),
        ("Family name", "close"),
        ("Date of birth", "exact"),
        ("Email", "exact"),
    ]
    assert finding.details["bits"] == pytest.approx(
        sum(f["bits"] for f in finding.details["fields"]) - 8.966, abs=0.03
    )


def test_a_pair_is_reported_once_for_the_rule_that_weighs_most():
    """When an exact and a fuzzy rule find the same pair, the one that blocks is told."""
    findings = found(
        entry("Quincy", "Zafiris", "1984-03-04", "quincy.z@example.com"),
        SAME_PERSON,
        SAME_EMAIL,
        standing=STANDING,
        operation=Operation.ADD,
    )
    assert [(f.code, f.severity) for f in findings] == [("DUP001", Severity.ERROR)]


@pytest.mark.parametrize(
    ("operation", "severity", "action"),
    [
        (Operation.ADD, Severity.ERROR, "block"),
        (Operation.UPDATE, Severity.WARNING, "alert"),
        (Operation.IMPORT, Severity.INFO, "allow"),
    ],
)
def test_action_follows_the_operation(operation, severity, action):
    """What a match does is set for adding, changing and importing apart."""
    (finding,) = found(entry(email="quincy.z@example.com"), SAME_EMAIL, standing=STANDING, operation=operation)
    assert (finding.severity, finding.details["action"]) == (severity, action)


def test_an_update_is_no_duplicate_of_the_record_it_replaces():
    """A changed record is held against all others, not against itself."""
    row = entry("Quincy", "Zafiris", "1984-03-04", "quincy.z@example.com", key="STK-00377")
    rules = (SAME_EMAIL, SAME_PERSON)
    assert found(row, *rules, standing=STANDING, operation=Operation.UPDATE, replaces=["STK-00377"]) == []
    again = found(row, *rules, standing=STANDING, operation=Operation.UPDATE, replaces=["STK-00214"])
    assert told(again) == [("DUP001", "Email", ("STK-00377",))]


def test_imported_rows_are_held_against_each_other():
    """Two rows of one file that are the same are found, though neither stands in the table."""
    rows = (
        entry("Leo", "Brandt", "1970-01-02", "leo@example.com")
        + "\n| | Leo | Brandt | 1970-01-02 | leo@example.com |"
    )
    findings = found(rows, SAME_EMAIL, standing=STANDING, operation=Operation.IMPORT)
    assert told(findings) == [("DUP001", "Email", ("",))]


@pytest.mark.parametrize(
    ("key", "action", "message"),
    [
        ("", Action.BLOCK, "same email as row 1 of this import, Leo Brandt. At most one of the two goes in."),
        (
            "STK-00900",
            Action.ALERT,
            "same email as row 1 of this import, STK-00900 Leo Brandt. At most one of the two goes in without "
            "a reason.",
        ),
    ],
)
def test_a_row_of_the_same_import_is_called_by_its_number(key, action, message):
    """It waits in no journal and stands in no table, so the message says which row it is."""
    rows = entry("Leo", "Brandt", "", "leo@example.com", key) + "\n| | Leonard | Brandt | | leo@example.com |"
    rule = SAME_EMAIL.model_copy(update={"on_import": action})
    (finding,) = found(rows, rule, standing=STANDING, operation=Operation.IMPORT)
    assert (finding.position, finding.details["row"], finding.message) == (1, 0, message)


def test_a_queued_entry_is_named_as_such():
    """A record that waits in the journal has no key yet, and the message says so."""
    (finding,) = found(entry(email="marta@example.com"), SAME_EMAIL, standing=STANDING, operation=Operation.ADD)
    assert "same email as a queued entry, Marta Oyelaran." in finding.message


def test_one_value_in_every_row_is_listed_up_to_a_limit(monkeypatch):
    """A table with one value in every row gives as many findings as are of use, and says that it was cut short."""
    monkeypatch.setattr("validation.duplicates.matching.LISTED", 50)
    rows = entry("Ann", "Lee", "1900-01-01", "x@example.com", "STK-00001")
    rows += "".join(f"\n| STK-{i:05d} | Ann | Lee | 1900-01-01 | x@example.com |" for i in range(2, 1_202))
    findings = found(rows, SAME_EMAIL, SAME_PERSON)
    codes = [f.code for f in findings]
    assert codes.count("DUP001") == 50
    assert codes.count("DUP003") == 2
    assert codes.count("DUP002") <= 50


def test_an_empty_table_is_no_problem():
    """The first entry of all has nothing to be like."""
    rows = entry("Leo", "Brandt", "1970-01-02", "leo@example.com")
    empty = "| ID | Given name | Family name | Date of birth | Email |\n|---|---|---|---|---|"
    assert found(rows, SAME_EMAIL, SAME_PERSON, standing=empty, operation=Operation.ADD) == []
    assert found(empty, SAME_EMAIL, SAME_PERSON) == []


@pytest.mark.parametrize("rule", [SAME_EMAIL, SAME_PERSON])
def test_of_an_import_every_repeated_row_is_told(monkeypatch, rule):
    """However many repeat what is there: one that is not told would go in."""
    monkeypatch.setattr("validation.duplicates.matching.LISTED", 5)
    people = [f"| {{}} | Quincy | Zafiris{i} | 19{i}-03-04 | quincy{i}@example.com |" for i in range(50, 62)]
    head = "| ID | Given name | Family name | Date of birth | Email |\n|---|---|---|---|---|"
    standing = "\n".join([head, *(row.format(f"STK-000{i}") for i, row in enumerate(people, start=10))])
    rows = "\n".join([head, *(row.format("") for row in people)])
    findings = found(rows, rule, standing=standing, operation=Operation.IMPORT)
    assert {f.position for f in findings} == set(range(12))

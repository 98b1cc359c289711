"""The rules about the policy itself."""

import pytest

from validation.policy_checks import RULES, check_policy, looks_like_a_cell
from workbook_cms.policies import text

BASE = """\
settings: {organisation: Small}
lists:
  - {id: levels, title: Levels, items: [Low, High]}
tables:
  - id: people
    name: People
    title: Person
    key: code
    key_format: P-{:03d}
    fields:
      - {id: code, label: Code}
      - {id: level, label: Level, enum: levels}
      - {id: born, label: Born, type: date}
      - {id: died, label: Died, type: date}
      - {id: email, label: Email, format: email}
      - {id: size, label: Size, type: integer}
  - id: visits
    name: Visits
    title: Visit
    key: number
    fields:
      - {id: number, label: Number}
      - {id: person, label: Person, foreign_key: people}
      - {id: mail, label: Mail, format: email}
      - {id: day, label: Day, type: date}
conditions:
  - {id: c, table: people, when: [{field: level, values: [Low]}], fields: died, must: on or after, other: born}
matches:
  - {id: m, table: people, fields: [{field: born, kind: date}, {field: email, kind: email}]}
attributions:
  - {id: a, table: visits, reference: person, clues: [{field: mail, kind: email, table: people, targets: email}]}
"""
P, F = ("tables", 0), ("tables", 0, "fields")


def found(*changes):
    """(code, path) of each finding after texts of the policy are replaced."""
    yaml = BASE
    for old, new in changes:
        assert old in yaml
        yaml = yaml.replace(old, new, 1)
    policy = text.read(yaml).policy
    assert policy is not None
    return [(f.code, f.details["path"]) for f in check_policy(policy)]


def test_sound():
    """A policy that holds together has no finding."""
    assert found() == []


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("id: born, label: Born", "id: born, label: code", "POL005", (*F, 2, "label")),
        ("id: died", "id: born", "POL005", (*F, 3, "id")),
        ("name: Visits", "name: PEOPLE", "POL005", ("tables", 1, "name")),
        ("[Low, High]", "[Low, High, low]", "POL005", ("lists", 0, "items", 2, "value")),
        ("enum: levels", "enum: level", "POL006", (*F, 1, "enum")),
        ("foreign_key: people", "foreign_key: person", "POL006", ("tables", 1, "fields", 1, "foreign_key")),
        ("key: code", "key: kode", "POL007", (*P, "key")),
        ("key: code", "key: born", "POL007", (*P, "key")),
        ("P-{:03d}", "P-001", "POL007", (*P, "key_format")),
        ("P-{:03d}", "P-{:03d}-{:d}", "POL007", (*P, "key_format")),
        ("P-{:03d}", "P-{name.x}", "POL007", (*P, "key_format")),
        ("P-{:03d}", "P-{:999999999d}", "POL007", (*P, "key_format")),
        ("P-{:03d}", "P-{:03d", "POL007", (*P, "key_format")),
        ("label: Code", "label: Code, pattern: 'Q\\d+'", "POL007", (*P, "key_format")),
        ("enum: levels", "enum: levels, default: Middle", "POL008", (*F, 1, "default")),
        ("label: Size", "label: Size, default: many", "POL008", (*F, 5, "default")),
        ("label: Size", "label: Size, default: 5, maximum: 4", "POL008", (*F, 5, "default")),
        ("label: Email", "label: Email, pattern: '(?=a)b'", "POL009", (*F, 4, "pattern")),
        ("label: Email", "label: Email, pattern: '(a)\\1'", "POL009", (*F, 4, "pattern")),
        ("label: Email", "label: Email, pattern: '(a'", "POL009", (*F, 4, "pattern")),
        ("label: Size", "label: Size, minimum: 5, maximum: 4", "POL010", (*F, 5, "maximum")),
        ("label: Size", "label: Size, minimum: '@today'", "POL010", (*F, 5, "minimum")),
        ("label: Born", "label: Born, minimum: 5", "POL010", (*F, 2, "minimum")),
        ("label: Born", "label: Born, minimum: '@today', maximum: '@today-1'", "POL010", (*F, 2, "maximum")),
        ("label: Email", "label: Email, minimum: 5", "POL010", (*F, 4, "minimum")),
        ("label: Email", "label: Email, min_length: 5, max_length: 4", "POL010", (*F, 4, "max_length")),
        ("values: [Low]", "values: [Lo]", "POL011", ("conditions", 0, "when", 0, "values")),
        ("when: [{field: level", "when: [{field: lever", "POL011", ("conditions", 0, "when", 0, "field")),
        ("other: born", "other: email", "POL011", ("conditions", 0, "must")),
        ("other: born", "other: birth", "POL011", ("conditions", 0, "other")),
        (", other: born", "", "POL011", ("conditions", 0, "other")),
        ("other: born", "other: died", "POL011", ("conditions", 0, "other")),
        ("must: on or after, other: born", "must: filled, values: [x]", "POL011", ("conditions", 0, "values")),
        ("must: on or after, other: born", "must: one filled", "POL011", ("conditions", 0, "fields")),
        ("c, table: people", "c, table: persons", "POL011", ("conditions", 0, "table")),
        ("born, kind: date", "born, kind: phone", "POL012", ("matches", 0, "fields", 0, "kind")),
        ("field: email, kind: email", "field: born, kind: date", "POL012", ("matches", 0, "fields", 1, "field")),
        ("reference: person", "reference: mail", "POL013", ("attributions", 0, "reference")),
        ("targets: email", "targets: e_mail", "POL013", ("attributions", 0, "clues", 0, "targets", 0)),
        (
            "table: people, targets: email",
            "table: visits, targets: mail",
            "POL013",
            ("attributions", 0, "clues", 0, "table"),
        ),
        ("label: Email", "label: Email, check_digit: lun", "POL015", (*F, 4, "check_digit")),
        ("name: People", "name: AB12", "POL016", (*P, "name")),
        ("name: People", "name: History", "POL016", (*P, "name")),
        ("name: People", "name: PolicyFields", "POL016", (*P, "name")),
        ("label: Email", 'label: "E\\nmail"', "POL016", (*F, 4, "label")),
        ("organisation: Small", "organisation: Small, region: UK", "POL017", ("settings", "region")),
        ("label: Email", "label: Email, multiple: yes", "POL018", (*F, 4, "multiple")),
        ("label: Size", "label: Size, naming: person", "POL018", (*F, 5, "naming")),
        ("label: Email", "label: Email, normalise: [phone]", "POL018", (*F, 4, "normalise")),
        (
            "title: Person",
            "title: Person, activity_date: email".replace(", ", "\n    "),
            "POL018",
            (*P, "activity_date"),
        ),
    ],
)
def test_found(old, new, code, path):
    """Each breach is found at its place in the policy."""
    findings = found((old, new))
    assert (code, path) in [(c, p[: len(path)] if c == "POL012" else p) for c, p in findings]


def test_nothing_to_choose():
    """A list without an active value is a warning."""
    policy = text.read(BASE.replace("[Low, High]", "[{value: Low, active: no}]")).policy
    assert [(f.code, f.severity) for f in check_policy(policy)] == [("POL014", "warning")]


def test_newer_version():
    """A policy of a later version is not guessed at."""
    assert found(("settings:", "version: 2\nsettings:")) == [("POL004", ("version",))]


def test_semicolon_in_a_value():
    """A value with a semicolon cannot be one of several."""
    assert found(("[Low, High]", "[Low, 'High; up']"), ("enum: levels", "enum: levels, multiple: yes")) == [
        ("POL018", ("lists", 0, "items", 1, "value"))
    ]


CASES = (
    ("[Low, High]", "[{value: Low, stage: open}, {value: High, stage: closed}, {value: Top, stage: reviewed}]"),
    (
        "key_format: P-{:03d}",
        "key_format: P-{:03d}\n    status: level\n    sign_off: email\n    due_date: died\n    owner: code",
    ),
)


def test_procedure_that_works():
    """A table may say where a record stands, when it is due, who does it and who reviews it."""
    assert found(*CASES) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("status: level", "status: leval", "POL006", (*P, "status")),
        ("sign_off: email", "sign_off: reviewer", "POL006", (*P, "sign_off")),
        ("due_date: died", "due_date: day", "POL006", (*P, "due_date")),
        ("owner: code", "owner: someone", "POL006", (*P, "owner")),
        ("status: level", "status: email", "POL019", (*P, "status")),
        ("enum: levels", "enum: levels, multiple: yes", "POL019", (*P, "status")),
        ("enum: levels", "enum: levels, retired: yes", "POL019", (*P, "status")),
        ("status: level\n", "activity_date: born\n", "POL019", ("lists", 0, "items", 0, "stage")),
        (", stage: reviewed", "", "POL020", (*P, "sign_off")),
        ("sign_off: email", "sign_off: born", "POL020", (*P, "sign_off")),
        ("owner: code", "owner: size", "POL020", (*P, "owner")),
        ("due_date: died", "due_date: email", "POL020", (*P, "due_date")),
        ("status: level\n", "activity_date: born\n", "POL020", (*P, "due_date")),
        ("label: Email", "label: Email, locked: yes", "POL021", (*F, 4, "locked")),
    ],
)
def test_procedure_that_does_not(old, new, code, path):
    """What a form could not work with is found at its place."""
    assert (code, path) in found(*CASES, (old, new))


def test_status_without_a_stage():
    """A status none of whose values has a stage says nothing."""
    assert found(("key_format: P-{:03d}", "key_format: P-{:03d}\n    status: level")) == [
        ("POL019", (*P, "status"))
    ]


def test_locked_with_a_default():
    """A locked field with a default is filled by the form; a key that is given out needs none."""
    assert found(("label: Email", "label: Email, locked: yes, default: '@me'")) == []
    assert found(("label: Code", "label: Code, locked: yes")) == []


@pytest.mark.parametrize(
    ("name", "is_cell"),
    [
        ("A1", True),
        ("XFD1048576", True),
        ("XFE1", False),
        ("A1048577", False),
        ("R1C1", True),
        ("r", True),
        ("C", True),
        ("Visits", False),
        ("RC_", False),
        ("ABCD1", False),
        ("A0", False),
    ],
)
def test_cell_names(name, is_cell):
    """Excel takes some names for cells."""
    assert looks_like_a_cell(name) is is_cell


def test_messages_end_with_a_remedy():
    """Every rule has its texts, and its code is its own."""
    assert len({rule.code for rule in RULES}) == len(RULES) == 21
    assert all(rule.what and rule.why and rule.example and rule.mend for rule in RULES)

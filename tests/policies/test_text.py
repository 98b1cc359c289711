"""The policy as YAML."""

import pytest
from hypothesis import given, settings

from tests.policies.policies import policies
from workbook_cms.errors import PolicyError
from workbook_cms.policies import text

SMALL = """\
settings:
  organisation: Small
lists:
  - id: answers
    title: Answers
    items: [No, On, 1-2, 2026-11-05, 0412, ~]
tables:
  - id: things
    name: Things
    title: Thing
    key: code
    fields:
      - {id: code, label: Code}
      - {id: answer, label: On, enum: answers, default: No}
      - {id: amount, label: 2026, type: number, minimum: 0, maximum: 1e3}
"""


def found(yaml):
    """(code, line) of each finding."""
    return [(f.code, f.cell) for f in text.read(yaml, "p.yaml").findings]


@settings(max_examples=30)
@given(policies())
def test_round_trip(policy):
    """What is written is read back as the same policy."""
    assert text.read(text.dump(policy)).policy == policy


def test_words_stay_words():
    """No, On, 1-2, a date and 0412 are texts, whatever YAML would make of them."""
    policy = text.load(SMALL)
    assert policy.lists[0].active == ("No", "On", "1-2", "2026-11-05", "0412", "~")
    assert [f.label for f in policy.tables[0].fields] == ["Code", "On", "2026"]
    assert policy.tables[0].fields[1].default == "No"


def test_limits_are_numbers():
    """A limit that reads as a number is one."""
    amount = text.load(SMALL).tables[0].fields[2]
    assert (amount.minimum, amount.maximum) == (0.0, 1000.0)


def test_windows_line_ends_and_mark():
    """A byte order mark and Windows line ends change nothing."""
    assert text.load("\ufeff" + SMALL.replace("\n", "\r\n")) == text.load(SMALL)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Thing", "titel: Thing", [("POL002", "p.yaml:8"), ("POL003", "p.yaml:10")]),
        ("label: Code", "label: Code, type: txt", [("POL004", "p.yaml:13")]),
        ("label: Code", "label: Code, retired: perhaps", [("POL004", "p.yaml:13")]),
        ("label: Code", "label: Code, width: wide", [("POL004", "p.yaml:13")]),
        ("label: Code", "label: Code, width: 0", [("POL004", "p.yaml:13")]),
        ("label: Code", "label: Code, max_length: 1.5", [("POL004", "p.yaml:13")]),
        ("label: Code", "label: [Code]", [("POL004", "p.yaml:13")]),
        ("id: code,", "id: Code,", [("POL004", "p.yaml:13")]),
        ("{id: code, label: Code}", "code", [("POL004", "p.yaml:13")]),
        ("name: Things", "name: My things", [("POL004", "p.yaml:9")]),
        ("organisation: Small", "organisation:", [("POL002", "p.yaml:2")]),
        ("    title: Answers", "    title: Answers\n    title: Again", [("POL004", "p.yaml:6")]),
        ("enum: answers", "enum: answer", [("POL006", "p.yaml:14")]),
    ],
)
def test_faults_have_their_line(old, new, expected):
    """Each fault of shape is found at its line, and nothing else is."""
    assert old in SMALL
    assert found(SMALL.replace(old, new)) == expected


@pytest.mark.parametrize(
    ("yaml", "line"),
    [
        ("a: b: c", 1),
        ("a: 1\n\tb: 2", 2),
        ("a: [1, 2", 1),
        ('a: "b', 1),
        ("a: &x 1\nb: *x", 2),
        ("a: 1\n---\nb: 2", 2),
        ("[" * 100, 1),
        ("", 1),
        ("- a", 1),
        ("just words", 1),
    ],
)
def test_no_yaml(yaml, line):
    """What is no YAML, or none that is allowed here, is one finding with its line."""
    assert found(yaml) == [("POL001", f"p.yaml:{line}")]


def test_unprintable_character():
    """A character that YAML forbids is one finding."""
    assert found("a: \x07") == [("POL001", "p.yaml")]


def test_messages_are_plain():
    """No message speaks the language of the library that checks the shape."""
    broken = SMALL.replace("type: number", "type: money, retired: 7, width: x").replace(
        "organisation: Small", "x: 1"
    )
    messages = [f.message for f in text.read(broken).findings]
    assert len(messages) == 5
    for message in messages:
        assert not any(word in message for word in ("Input", "valid", "string_", "None", "Error"))


def test_near_name_is_suggested():
    """A misspelt part names the part that is meant."""
    (finding,) = text.read(SMALL.replace("default: No", "defualt: No")).findings
    assert finding.message == '"defualt" is not known here. Did you mean "default"?'


def test_load_says_place_problem_remedy():
    """The error has the first fault with its line, and how many more there are."""
    with pytest.raises(PolicyError) as caught:
        text.load(SMALL.replace("type: number", "type: money, retired: maybe"), "p.yaml")
    assert str(caught.value) == (
        'p.yaml:15: "type" cannot be "money". Use one of: string, integer, number, boolean, date. (1 more problem found.)'
    )
    assert len(caught.value.findings) == 2

"""Findings come out whole and well formed in every format."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from validation.catalogue import RULES
from validation.findings import Finding, Fix, Severity
from workbook_cms.formats import as_json, plural, render, summary, summary_line

SOURCE = Path("data/customers.xlsx")
PHONE = Finding(
    "ENT010",
    Severity.ERROR,
    "12 is no phone number. Type it with its area code.",
    table="Stakeholders",
    key="STK-00012",
    field="Phone",
    cell="Stakeholders!I13",
    value="12",
)
CASE = Finding(
    "NAM003",
    Severity.WARNING,
    "The name is in capitals.",
    table="Stakeholders",
    key="STK-00012",
    field="Family name",
    cell="Stakeholders!E13",
    value="SMITH",
    suggestion="Smith",
    fix=Fix.SAFE,
)
TWIN = Finding(
    "DUP002",
    Severity.WARNING,
    "Probably STK-00003.",
    table="Stakeholders",
    key="STK-00044",
    cell="Stakeholders!A45",
    suggestion="STK-00003",
    fix=Fix.UNSAFE,
    related=("STK-00003",),
    details={"bits": np.float64(12.5), "when": dt.date(2026, 11, 5)},
)
FILE = Finding("FIL005", Severity.INFO, "100% odd,\r\nor: so\x1b[2J\x00 it seems.")
ALL = [PHONE, CASE, TWIN, FILE]


def test_text_groups_by_table_and_record() -> None:
    """One heading a table, one line a place, the findings and their mends below, the counts at the end."""
    assert render([PHONE, CASE], "text", SOURCE).splitlines() == [
        "Stakeholders",
        "  STK-00012, Phone (Stakeholders!I13)",
        "    ENT010 error: 12 is no phone number. Type it with its area code.",
        "  STK-00012, Family name (Stakeholders!E13)",
        "    NAM003 warning: The name is in capitals.",
        "      suggested: Smith (--fix)",
        "",
        "2 findings (1 error, 1 warning) in 1 table; 1 can be mended with --fix.",
    ]


def test_text_cannot_steer_a_terminal() -> None:
    """Control characters in a value do not reach the screen; without colour there is no escape at all."""
    assert "\x1b" not in render(ALL, "text", SOURCE)
    assert "\x00" not in render(ALL, "text", SOURCE, colour=True)
    assert "\x1b[31mENT010 error\x1b[0m" in render([PHONE], "text", SOURCE, colour=True)


def test_an_empty_suggestion_means_to_empty_the_cell() -> None:
    """A suggestion of "" is said in words, and a finding about the file stands under the file's name."""
    text = render([Finding("FIL001", Severity.INFO, "Odd.", suggestion="")], "text", SOURCE)
    assert text.splitlines()[0] == "customers.xlsx"
    assert "suggested: leave it empty" in text


def test_counts_are_those_of_the_findings() -> None:
    """The summary counts by severity, table and kind of mend, in one line with proper plurals."""
    assert summary(ALL) == {
        "findings": 4,
        "errors": 1,
        "warnings": 2,
        "notes": 1,
        "tables": 1,
        "fixable": 1,
        "unsafe_fixable": 1,
    }
    assert summary_line(ALL) == (
        "4 findings (1 error, 2 warnings, 1 note) in 1 table; 1 can be mended with --fix; 1 more with --unsafe-fixes."
    )
    assert summary_line([]) == "No findings."
    unsafe = [finding for finding in ALL if finding.fix is Fix.UNSAFE]
    assert summary_line(unsafe).endswith("; 1 can be mended with --unsafe-fixes.")
    assert [plural(1, "entry"), plural(2, "entry"), plural(1200, "row")] == ["1 entry", "2 entries", "1,200 rows"]


def test_json_has_its_documented_shape() -> None:
    """Version, workbook, findings with every attribute, summary; numbers of numpy and dates are plain."""
    data = json.loads(render(ALL, "json", SOURCE))
    assert list(data) == ["version", "workbook", "findings", "summary"]
    assert data["version"] == 1
    assert data["workbook"] == str(SOURCE)
    assert data["findings"][2]["details"] == {"bits": 12.5, "when": "2026-11-05"}
    assert data["findings"][1]["suggestion"] == "Smith"
    assert data["summary"]["findings"] == 4
    assert set(data["findings"][0]) == {
        *("code", "severity", "message", "table", "key", "field", "cell", "value", "suggestion"),
        *("fix", "related", "details"),
    }


def test_json_keeps_letters_as_they_are() -> None:
    """Names stay readable in the output."""
    assert "Zoë" in as_json({"name": "Zoë"})


def test_github_annotations_are_one_escaped_line_each() -> None:
    """Level, file, row and column of the cell, and a message without a line break."""
    lines = render(ALL, "github", SOURCE).split("\n")
    assert len(lines) == 4
    assert lines[0] == (
        "::error file=data/customers.xlsx,line=13,col=9,title=ENT010 Stakeholders::Stakeholders STK-00012, Phone "
        "(Stakeholders!I13): 12 is no phone number. Type it with its area code."
    )
    assert lines[3].startswith("::notice file=data/customers.xlsx,title=FIL005::100%25 odd,%0D%0Aor: so")
    assert render([], "github", SOURCE) == ""


def test_sarif_has_the_structure_of_the_standard() -> None:
    """Each result names a rule of the driver by id and index, a level, a file and the cell."""
    data = json.loads(render(ALL, "sarif", SOURCE))
    assert data["version"] == "2.1.0"
    assert data["$schema"].endswith("sarif-2.1.0.json")
    [run] = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules][: len(RULES)] == sorted(RULES)
    assert all(rule["shortDescription"]["text"] for rule in rules if rule["id"] in RULES)
    assert run["tool"]["driver"]["name"] == "workbook-cms"
    assert [(r["ruleId"], rules[r["ruleIndex"]]["id"], r["level"]) for r in run["results"]] == [
        ("ENT010", "ENT010", "error"),
        ("NAM003", "NAM003", "warning"),
        ("DUP002", "DUP002", "warning"),
        ("FIL005", "FIL005", "note"),
    ]
    [location] = run["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "data/customers.xlsx", "index": 0}
    assert location["physicalLocation"]["region"] == {"startLine": 13, "startColumn": 9}
    assert location["logicalLocations"] == [
        {"name": "Stakeholders!I13", "fullyQualifiedName": "Stakeholders/STK-00012/Phone", "kind": "member"}
    ]


@pytest.mark.parametrize(
    ("name", "uri"), [("my data/ü.xlsx", "my%20data/%C3%BC.xlsx"), ("/tmp/a b.xlsx", "file:")]
)
def test_sarif_addresses_are_uris(name: str, uri: str) -> None:
    """Spaces and letters are escaped; an absolute path becomes a file address."""
    [run] = json.loads(render([], "sarif", Path(name)))["runs"]
    found = run["artifacts"][0]["location"]["uri"]
    assert found.startswith(uri)
    assert " " not in found


def test_junit_fails_the_rules_that_found_errors() -> None:
    """A case a rule; errors fail it, warnings and notes stand in its output; control characters are spelt out."""
    text = render(ALL, "junit", SOURCE)
    suites = ET.fromstring(text)  # noqa: S314 - our own output
    [suite] = suites
    cases = {case.get("name"): case for case in suite}
    assert set(cases) == set(RULES) | {f.code for f in ALL}
    assert suite.get("failures") == "1"
    assert suite.get("tests") == str(len(cases))
    failure = cases["ENT010"].find("failure")
    assert failure is not None
    assert failure.get("message") == "1 error"
    assert "Stakeholders!I13" in (failure.text or "")
    assert cases["NAM003"].find("failure") is None
    assert "\\x1b[2J\\x00 it seems." in (cases["FIL005"].findtext("system-out") or "")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text)


def test_a_clean_workbook_passes_every_rule() -> None:
    """Without findings JUnit has a passed case for each rule."""
    [suite] = ET.fromstring(render([], "junit", SOURCE))  # noqa: S314 - our own output
    assert len(suite) == len(RULES)
    assert suite.get("failures") == "0"


def test_an_unknown_format_is_refused() -> None:
    """Only the documented formats exist."""
    with pytest.raises(ValueError, match="pdf"):
        render([], "pdf", SOURCE)

"""``show`` and ``due``: what the pages beside the forms show."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli, one_line


def test_show_has_its_sections(cli: Cli, sample: Path) -> None:
    """The record is named first, then come its details, what refers to it and its history."""
    result = cli("show", sample, "STK-00012")
    lines = result.out.splitlines()
    assert result.code == 0
    assert lines[0].startswith("STK-00012 Luisa Fuentes. Identity confirmed by e-mail")
    assert [line for line in lines if line and line[0] != " "][1:] == [
        "Stakeholder",
        "Interactions (1)",
        "History (1)",
    ]
    assert "INT-000012" in result.out


def test_lines_fit_a_terminal(cli: Cli, sample: Path) -> None:
    """Long texts are folded within their column; nothing is cut away."""
    out = cli("due", sample, "--days", "400").out
    assert max(map(len, out.splitlines())) <= 100
    assert "nobody called." in " ".join(out.split())


def test_show_as_json(cli: Cli, sample: Path) -> None:
    """Each row says in which section it stands and in which cell it is."""
    data = json.loads(cli("show", sample, "stk-00012", "--format", "json").out)
    phone = next(row for row in data["rows"] if row["what"] == "Phone")
    assert (data["command"], data["title"]) == ("show", "Stakeholder view")
    assert phone == {
        "section": "Stakeholder",
        "when": "",
        "what": "Phone",
        "who": "",
        "key": "",
        "details": "(03) 5550 7550",
        "cell": "Stakeholders!I13",
    }


def test_due_of_a_person(cli: Cli, sample: Path) -> None:
    """What a person has to do comes before what others have to do."""
    rows = json.loads(cli("due", sample, "--person", "Daniel Ng", "--format", "json").out)["rows"]
    overdue = [row["who_does_it"] for row in rows if row["section"].startswith("Overdue")]
    assert overdue[0] == "Daniel Ng"
    assert overdue == sorted(overdue, key=lambda name: name != "Daniel Ng")


def test_no_such_record(cli: Cli, path: Path) -> None:
    """A key that nobody has is one line and exit code 2."""
    assert "there is no record STK-99999" in one_line(cli("show", path, "STK-99999"))

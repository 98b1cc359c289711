"""Findings on the file as a file: the rule by what is damaged, the place and the remedy."""

import pytest

from validation.findings import Severity
from validation.soundness import FileFlaw, check_soundness


def flaw(family: str = "cells", **given: str) -> FileFlaw:
    """A flaw of a sheet's cell, but for what is given."""
    values = {
        "kind": "number",
        "part": "xl/worksheets/sheet3.xml",
        "sheet": "Our people",
        "table": "",
        "cell": "B2",
        "message": "the number reads 'x'.",
        "remedy": "Open it.",
    }
    return FileFlaw(family, **(values | given))


@pytest.mark.parametrize(
    ("family", "code", "severity"),
    [
        ("parts", "FIL011", Severity.ERROR),
        ("workbook", "FIL011", Severity.ERROR),
        ("styles", "FIL011", Severity.ERROR),
        ("cells", "FIL012", Severity.ERROR),
        ("table", "FIL013", Severity.ERROR),
        ("sheet", "FIL014", Severity.ERROR),
        ("stale", "FIL015", Severity.INFO),
    ],
)
def test_each_family_has_its_rule(family: str, code: str, severity: Severity) -> None:
    """What Excel would repair is an error, what it does not mind is for information."""
    assert [(f.code, f.severity) for f in check_soundness([flaw(family)])] == [(code, severity)]


def test_the_place_is_the_closest_that_a_person_finds() -> None:
    """The cell with its sheet, the table, the sheet, or else the part of the file."""
    found = check_soundness(
        [flaw(), flaw(cell="", table="People"), flaw(cell=""), flaw(sheet="", cell="", part="xl/styles.xml")]
    )
    assert [str(finding) for finding in found] == [
        "'Our people'!B2: the number reads 'x'. Open it.",
        "People: the number reads 'x'. Open it.",
        "on the sheet Our people, the number reads 'x'. Open it.",
        "in xl/styles.xml, the number reads 'x'. Open it.",
    ]


def test_kind_and_part_are_there_for_programs() -> None:
    """Whoever reads the findings as JSON learns the kind of flaw and the part of the file."""
    (finding,) = check_soundness([flaw()])
    assert finding.to_dict()["details"] == {"kind": "number", "part": "xl/worksheets/sheet3.xml"}

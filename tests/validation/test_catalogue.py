"""The rule catalogue."""

import re

import pytest

from validation.catalogue import RULES, rule
from validation.findings import Fix, Rule


def test_codes_are_of_the_known_families() -> None:
    """Every code is a family and a number, and stands under itself."""
    assert all(
        re.fullmatch(r"(NAM|ENT|REF|DUP|ATT|POL|FIL)\d{3}", code) and r.code == code for code, r in RULES.items()
    )
    assert {code[:3] for code in RULES} == {"NAM", "ENT", "REF", "DUP", "ATT", "POL", "FIL"}


@pytest.mark.parametrize("found", RULES.values(), ids=lambda r: r.code)
def test_each_rule_tells_all_that_its_page_says(found: Rule) -> None:
    """Title, what, why, example and mend are there, as sentences; the name is a slug of its own."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", found.name)
    assert sum(other.name == found.name for other in RULES.values()) == 1
    assert found.title
    assert not found.title.endswith(".")
    for text in (found.what, found.why, found.mend):
        assert len(text) > 15
        assert text.rstrip().endswith((".", "`"))
    assert len(found.example) > 20
    assert found.fix in Fix


def test_a_rule_is_found_by_its_code() -> None:
    """Codes are found in any case; others are not there."""
    assert rule("ent009").title.startswith("Not an e-mail address")
    with pytest.raises(KeyError):
        rule("ENT999")

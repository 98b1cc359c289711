"""Match rules as the steward writes them on their sheet: what is understood, and what is wrong with its cell."""

from __future__ import annotations

from typing import Any

import pytest

from tests.policies.policies import cell_of, raw_tables
from validation.policy import Action, Kind, Policy, Strength
from workbook_cms.file.reader import RawTable
from workbook_cms.policies import sheets

Tables = dict[str, RawTable]


def with_rule(policy: Policy, *rows: dict[str, str]) -> Tables:
    """The policy's tables with these rows at the end of the match rules."""
    raw = raw_tables(policy)
    old = raw["PolicyMatches"]
    cells = [*old.cells, *([row.get(label) for label in old.columns] for row in rows)]
    numbers = range(old.rows[0], old.rows[0] + len(cells))
    return raw | {"PolicyMatches": RawTable(old.name, old.sheet, old.columns, cells, numbers, old.letters)}


def row(**cells: str) -> dict[str, str]:
    """A row of a rule about stakeholders; names with ``_`` for spaces."""
    whole = {"Id": "mine", "Table": "Stakeholders", "Field": "Email", "Kind": "email", **cells}
    return {name.replace("_", " "): text for name, text in whole.items()}


def found(raw: Tables) -> list[tuple[str, str]]:
    """(code, heading) of what is wrong in the last row or the one before."""
    table = raw["PolicyMatches"]
    headings = dict(zip(table.letters, table.columns, strict=True))
    reading = sheets.read(raw)
    assert all(f.cell.startswith("'Policy matches'!") for f in reading.findings)
    return [(f.code, headings["".join(c for c in f.cell.split("!")[1] if c.isalpha())]) for f in reading.findings]


def test_a_rule_is_read_as_it_was_meant(world_traveller: Policy) -> None:
    """Fields with kind and strength, likelihood in per cent, an action for each way in."""
    raw = with_rule(
        world_traveller,
        row(Strength="stronger", Likely_from="85 %", On_add="block", On_update="allow", On_import="alert"),
        {"Field": "Family name", "Kind": "family-name", "Strength": "weaker"},
    )
    policy = sheets.from_tables(raw, "x.xlsx")
    rule = policy.matches[-1]
    assert (rule.id, rule.table, rule.exact, rule.threshold) == ("mine", "stakeholders", False, 0.85)
    assert [(f.field, f.kind, f.strength) for f in rule.fields] == [
        ("email", Kind.EMAIL, Strength.STRONGER),
        ("family_name", Kind.FAMILY_NAME, Strength.WEAKER),
    ]
    assert (rule.on_add, rule.on_update, rule.on_import) == (Action.BLOCK, Action.ALLOW, Action.ALERT)
    assert len(policy.match_rules("stakeholders")) == 4
    assert sheets.from_tables(raw_tables(policy), "x.xlsx") == policy


@pytest.mark.parametrize(
    ("cells", "code", "heading"),
    [
        ({"Likely_from": "120 %"}, "POL004", "Likely from"),
        ({"Likely_from": "40 %"}, "POL004", "Likely from"),
        ({"Likely_from": "1"}, "POL004", "Likely from"),
        ({"Likely_from": "often"}, "POL004", "Likely from"),
        ({"Kind": "e-mails"}, "POL004", "Kind"),
        ({"Kind": ""}, "POL002", "Kind"),
        ({"Strength": "strong"}, "POL004", "Strength"),
        ({"Field": "Emial"}, "POL006", "Field"),
        ({"Field": "", "Kind": ""}, "POL002", "Field"),
        ({"Table": "Stakeholder"}, "POL006", "Table"),
        ({"All_equal": "perhaps"}, "POL004", "All equal"),
        ({"On_add": "stop"}, "POL004", "On add"),
        ({"On_update": "warn"}, "POL004", "On update"),
        ({"On_import": "no"}, "POL004", "On import"),
        ({"Field": "Date of birth", "Kind": "phone"}, "POL012", "Kind"),
        ({"Field": "Segment", "Kind": "category"}, "POL012", "Field"),
        ({"Field": "Segment", "Kind": "category", "All equal": "Yes"}, "POL012", "Field"),
    ],
)
def test_what_is_wrong_is_found_at_its_cell(
    world_traveller: Policy, cells: dict[str, Any], code: str, heading: str
) -> None:
    """One finding, at the cell that has to be mended."""
    assert found(with_rule(world_traveller, row(**cells))) == [(code, heading)]


def test_a_likelihood_out_of_reach_says_what_to_write(world_traveller: Policy) -> None:
    """120 % is called by what stands in the cell."""
    (finding,) = sheets.read(with_rule(world_traveller, row(Likely_from="120 %"))).findings
    assert finding.message == (
        'Likely from cannot be "120 %". Give a likelihood from 50 % to below 100 %, such as 90 % or 0.9.'
    )


def test_a_field_named_twice_is_found(world_traveller: Policy) -> None:
    """The same field cannot speak twice for a pair."""
    assert found(with_rule(world_traveller, row(), row())) == [("POL012", "Field")]


def test_rules_that_differ_within_are_found(world_traveller: Policy) -> None:
    """What belongs to the whole rule is the same on each of its rows."""
    raw = with_rule(
        world_traveller, row(On_add="block"), row(Field="Family name", Kind="family-name", On_add="alert")
    )
    assert found(raw) == [("POL004", "On add")]


def test_match_rules_only_is_a_setting(world_traveller: Policy) -> None:
    """Guessing is switched off on the sheet of settings."""
    raw = raw_tables(world_traveller)
    cells, position = cell_of(raw["PolicySettings"], "Value", setting="Match rules only")
    assert not cells[position]
    cells[position] = "Yes"
    assert sheets.from_tables(raw, "x.xlsx").settings.match_rules_only


def test_a_wrong_table_is_told_once_a_rule(world_traveller: Policy) -> None:
    """However many rows the rule has, one line says it, at the first of them."""
    rows = [
        row(Table="Stakeholder"),
        row(Table="Stakeholder", Field="Phone"),
        row(Table="Stakeholder", Field="City"),
    ]
    assert found(with_rule(world_traveller, *rows)) == [("POL006", "Table")]

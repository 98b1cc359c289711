"""The policy as a Data Package."""

import json

import pytest

from workbook_cms.policies import text
from workbook_cms.policies.descriptor import descriptor
from workbook_cms.resources import template_folder, template_names

frictionless = pytest.importorskip("frictionless")


@pytest.mark.parametrize("name", template_names())
def test_frictionless_accepts_it(name):
    """The program that knows the standard finds no fault in the descriptor, and reads its schemas."""
    policy = text.load((template_folder(name) / "policy.yaml").read_text(encoding="utf-8"))
    data = json.loads(json.dumps(descriptor(policy)))
    assert frictionless.Package.validate_descriptor(data).flatten(["message"]) == []
    package = frictionless.Package.from_descriptor(data)
    for table, resource in zip(policy.tables, package.resources, strict=True):
        assert resource.schema.field_names == [field.label for field in table.fields]
        assert resource.schema.primary_key == [table.by_id[table.key].label]


def test_constraints(world_traveller):
    """Lists hold retired values too; what moves with the day is left to us; references lead to the other table."""
    stakeholders, interactions = descriptor(world_traveller)["resources"][:2]
    fields = {
        field["name"]: field for field in (*stakeholders["schema"]["fields"], *interactions["schema"]["fields"])
    }
    assert "Fax" in fields["Preferred channel"]["constraints"]["enum"]
    assert fields["Date of birth"]["constraints"] == {"minimum": "1900-01-01"}
    assert fields["Date of birth"]["workbookCms"]["maximum"] == "@today"
    assert "enum" not in fields["Contact reason"]["constraints"]
    assert interactions["schema"]["foreignKeys"][0] == {
        "fields": ["Stakeholder ID"],
        "reference": {"resource": "stakeholders", "fields": ["Stakeholder ID"]},
    }

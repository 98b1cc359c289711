"""The policy as a Data Package descriptor, for programs that know Frictionless (https://specs.frictionlessdata.io).

Each table is a resource whose CSV has the labels as headers. What Table Schema has no word for stands under
``workbookCms``, which other programs pass over.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from validation.policy import FieldFormat, FieldType, Policy, PolicyField, PolicyTable
from validation.typing import parse_text
from workbook_cms.policies.columns import slug

__all__ = ["descriptor"]

_FORMATS = {FieldFormat.EMAIL: "email", FieldFormat.URI: "uri"}
#: Parts of a field that Table Schema says in its own words.
_STANDARD = {"id", "label", "type", "help", "required", "unique", "pattern", "min_length", "max_length"}


def descriptor(policy: Policy) -> dict[str, Any]:
    """The policy as a Data Package descriptor (version 1 of the standard), JSON-ready.

    ``enum`` holds the values that are active and those that are retired, since old records hold both. A limit that
    moves with the day (``@today``) and the list of a field that takes several values are no constraints of Table
    Schema; they stand under ``workbookCms`` only.
    """
    own = policy.model_dump(mode="json", exclude_defaults=True, exclude={"tables"})
    return {
        "profile": "data-package",
        "name": slug(policy.settings.organisation, ()).replace("_", "-"),
        "title": policy.settings.organisation,
        "resources": [_resource(policy, table) for table in policy.tables],
        "workbookCms": {**own, "digest": policy.digest},
    }


def _resource(policy: Policy, table: PolicyTable) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(policy, table, field) for field in table.fields],
        "primaryKey": [table.by_id[table.key].label],
    }
    references = [_reference(policy, table, field) for field in table.references]
    if references:
        schema["foreignKeys"] = references
    return {
        "name": _name(table),
        "title": table.title,
        "path": f"{table.name.lower()}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
        "workbookCms": table.model_dump(mode="json", exclude_defaults=True, exclude={"fields"}),
    }


def _name(table: PolicyTable) -> str:
    return table.id.replace("_", "-")


def _reference(policy: Policy, table: PolicyTable, field: PolicyField) -> dict[str, Any]:
    other = policy.table_by_id[str(field.foreign_key)]
    # The standard's word for the resource itself is the empty text.
    resource = "" if other.id == table.id else _name(other)
    return {"fields": [field.label], "reference": {"resource": resource, "fields": [other.by_id[other.key].label]}}


def _field(policy: Policy, table: PolicyTable, field: PolicyField) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.label, "type": str(field.type)}
    if field.format in _FORMATS:
        found["format"] = _FORMATS[field.format]
    if field.help:
        found["description"] = field.help
    example = _example(policy, field)
    if example:
        found["example"] = example
    constraints = _constraints(policy, field)
    if field.id == table.key:
        constraints |= {"required": True, "unique": True}
    if constraints:
        found["constraints"] = constraints
    own = field.model_dump(
        mode="json", exclude_defaults=True, exclude=_STANDARD | ({"example"} if example else set())
    )
    found["workbookCms"] = {"id": field.id, **own}
    return found


def _example(policy: Policy, field: PolicyField) -> str:
    """The example as the standard wants it: a date in ISO form; "" where it would not be a value of the field."""
    if field.type is FieldType.STRING:
        return field.example if field.format not in _FORMATS else ""
    value = parse_text(field.example, field, policy.settings)
    if isinstance(value, str | bool):
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _constraints(policy: Policy, field: PolicyField) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part, word in (("required", "required"), ("unique", "unique"), ("pattern", "pattern")):
        if getattr(field, part):
            found[word] = getattr(field, part)
    for part, word in (("min_length", "minLength"), ("max_length", "maxLength")):
        if getattr(field, part) is not None:
            found[word] = getattr(field, part)
    for part in ("minimum", "maximum"):
        limit = getattr(field, part)
        if isinstance(limit, float):
            found[part] = int(limit) if field.type is FieldType.INTEGER else limit
        elif limit and not limit.startswith("@"):
            found[part] = limit
    if field.enum and not field.multiple:
        found["enum"] = [item.value for item in policy.list_by_id[field.enum].items]
    return found

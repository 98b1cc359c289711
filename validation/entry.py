"""Entry rules of single fields: required, list, range, length, pattern, e-mail, phone, postcode, unique and more."""

from __future__ import annotations

from validation.findings import Rule, Severity

__all__ = ["RULES", "UNKNOWN_FIELD"]

UNKNOWN_FIELD = Rule(
    code="ENT019",
    name="unknown-field",
    title="A value is given for a field the table does not have",
    severity=Severity.ERROR,
    what="Compares the names of the fields in an entry with the fields of its table.",
    why="A value under a misspelt name would be lost without a word.",
    example="`Emial = mei.chen@example.com` for Stakeholders: the field is Email.",
    mend="Correct the name of the field; `workbook-cms policy show` lists them. A new field is added to the policy first.",
)
RULES: tuple[Rule, ...] = (UNKNOWN_FIELD,)

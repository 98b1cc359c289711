"""The rules about the policy itself, with the texts of their pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from validation.findings import Finding, Rule, Severity

__all__ = [
    "ATTRIBUTION",
    "BOUNDS",
    "CHECK_DIGIT",
    "CONDITION",
    "DEFAULT",
    "DUPLICATE",
    "EMPTY_LIST",
    "EXCEL_NAME",
    "FITNESS",
    "KEY",
    "LOCKED",
    "MATCH",
    "MISSING",
    "PATTERN",
    "PROCEDURE",
    "REFERENCE",
    "REGION",
    "RULES",
    "STAGES",
    "UNKNOWN_PART",
    "UNREADABLE",
    "VALUE",
    "Path",
    "at",
    "twice",
]


def _rule(
    number: int, name: str, title: str, what: str, why: str, example: str, mend: str, source: str = ""
) -> Rule:
    severity = Severity.WARNING if name == "policy-list-empty" else Severity.ERROR
    return Rule(f"POL{number:03d}", name, title, severity, what, why, example, mend, source=source)


UNREADABLE = _rule(
    1,
    "policy-unreadable",
    "The policy cannot be read",
    "Reports a policy file that is no proper YAML, or a workbook that lacks one of the policy sheets.",
    "Without its policy a workbook has no rules: nothing is checked and nothing can be entered.",
    '`label: Name: full` has a colon too many. Mended: `label: "Name: full"`.',
    "Mend the line that is named, or start from a template with `workbook-cms new`.",
)
MISSING = _rule(
    2,
    "policy-part-missing",
    "Something the policy needs is missing",
    "Reports a part that has to be there, such as a field's label or a table's key, and is not.",
    "The sheets and forms cannot be made without it.",
    "A row of Policy fields with a blank Label. Mended: the label filled in.",
    "Fill it in at the line or cell that is named.",
)
UNKNOWN_PART = _rule(
    3,
    "policy-part-unknown",
    "The policy has a part that is not known",
    "Reports the name of a part or setting that does not exist; near names are suggested.",
    "A misspelt setting would do nothing, and nobody would notice.",
    "`requierd: yes`. Mended: `required: yes`.",
    "Correct the name, or remove the part.",
)
VALUE = _rule(
    4,
    "policy-value",
    "A setting has a value it cannot have",
    "Reports a word that is not among those the setting knows, a number outside its limits, or text where a number "
    "has to stand.",
    "The rule would mean something else than its author thinks.",
    "`type: text`. Mended: `type: string`.",
    "Use one of the values that the message names.",
)
DUPLICATE = _rule(
    5,
    "policy-duplicate",
    "A name is used twice",
    "Reports ids, labels, table names, list titles and list values that occur twice where each may occur once. "
    "Letter case makes no difference, since Excel ignores it in column headers and table names.",
    "Excel cannot hold two columns of the same name, and a history that speaks of an id must mean one field.",
    "Two fields `Phone` and `phone` in one table. Mended: `Phone` and `Work phone`.",
    "Give one of the two another name, or remove it.",
)
REFERENCE = _rule(
    6,
    "policy-reference",
    "The policy refers to something that is not there",
    "Reports a field that names an unknown list, table or field.",
    "A dropdown without its list, or a reference without its table, cannot be checked.",
    "`enum: chanels` where the list is `channels`. Mended: `enum: channels`.",
    "Correct the name, or add what is meant.",
)
KEY = _rule(
    7,
    "policy-key",
    "The key of a table does not work",
    "Reports a key that is no field of its table, a key that is not text, and a key format that does not hold exactly "
    "one number.",
    "Every record needs a key of its own: history, references and duplicates speak of it.",
    "`key_format: STK-00001`. Mended: `key_format: STK-{:05d}`.",
    "Name a text field of the table, with a format such as `STK-{:05d}`, or none where people enter the key.",
)
DEFAULT = _rule(
    8,
    "policy-default",
    "A default cannot be entered",
    "Reports a default that is not of the field's type, not an active value of its list, outside its limits, or not "
    "of its pattern.",
    "Every new record would begin with an error.",
    "`default: Open` where the list has `New` and `Closed`. Mended: `default: New`.",
    "Give a value that the field accepts. `@today` (dates) and `@me` (the person at the keyboard) are known too.",
)
PATTERN = _rule(
    9,
    "policy-pattern",
    "A pattern cannot be used",
    "Compiles each pattern with RE2, which checks any text in time that grows with its length only.",
    "A pattern on another engine could bring the check of a single cell to a standstill.",
    r"`(?=\d)\w+` looks ahead. Mended: `\d\w*`.",
    "Write the pattern without look-ahead, look-behind and back-references, and close every bracket.",
    source="RE2 syntax, https://github.com/google/re2/wiki/Syntax",
)
BOUNDS = _rule(
    10,
    "policy-limits",
    "A minimum or maximum does not work",
    "Reports limits that do not suit the field's type, and a minimum above the maximum.",
    "No value could pass, or the limit would never be looked at.",
    "`minimum: 10` with `maximum: 1`. Mended: `minimum: 1` with `maximum: 10`.",
    "Numbers for numbers; for dates `2026-11-05`, `@today`, `@today-30` or `@today+365`.",
)
CONDITION = _rule(
    11,
    "policy-condition",
    "A condition cannot hold",
    "Reports conditions that name unknown fields or list values, lack what they compare with, or ask of a field what "
    "its type cannot do.",
    "A condition that names a value nobody can choose is never looked at.",
    "When `Status` is `Closd`, Outcome must be filled. Mended: `Closed`.",
    "Correct the field or value that is named.",
)
MATCH = _rule(
    12,
    "policy-match",
    "A match rule does not work",
    "Reports match rules with unknown fields, a field named twice, a kind that does not suit the field's type, or "
    "categories and nothing else.",
    "Duplicates would go unseen, or everything would look like one.",
    "Kind `date` for the text field Phone. Mended: kind `phone`.",
    "Choose the kind that says what the field holds.",
)
ATTRIBUTION = _rule(
    13,
    "policy-attribution",
    "An attribution rule does not work",
    "Reports attribution rules whose reference points to no table, or whose clues name unknown fields or lead to "
    "records of another table.",
    "An entry filed under the wrong person would go unseen.",
    "Reference `Details`, which is plain text. Mended: reference `Stakeholder ID`.",
    "Name a field that refers to a table, and clues that lead to records of that table.",
)
EMPTY_LIST = _rule(
    14,
    "policy-list-empty",
    "A list has nothing to choose",
    "Reports lists without an active value.",
    "A dropdown without values lets nobody enter anything.",
    "All channels retired. Mended: one of them active.",
    "Add a value, or make one active again.",
)
CHECK_DIGIT = _rule(
    15,
    "policy-check-digit",
    "The check digit is not known",
    "Reports names of check digits that python-stdnum does not have as a general checksum, and check digits on fields "
    "that are not text.",
    "A mistyped code would pass.",
    "`check_digit: lun`. Mended: `check_digit: luhn`.",
    "Use luhn, verhoeff, damm, iso7064.mod_11_10 or iso7064.mod_97_10.",
    source="python-stdnum; ISO/IEC 7064; ISO/IEC 7812-1 (Luhn)",
)
EXCEL_NAME = _rule(
    16,
    "policy-excel-name",
    "Excel cannot hold the name",
    "Reports labels with line breaks or control characters, and table names that Excel takes for a cell or that the "
    "workbook needs itself.",
    "Excel would repair the file at opening, or change the header without a word.",
    "A table named `AB12`. Mended: `Batch_AB12`.",
    "Choose another name.",
    source="Microsoft: Rename an Excel table; ECMA-376 part 1, 18.5.1.2",
)
REGION = _rule(
    17,
    "policy-region",
    "The region is not known",
    "Reports a region for which phone numbers cannot be read.",
    "Phone numbers without a country code would all be refused.",
    "`region: UK`. Mended: `region: GB`.",
    "Use the two letters of ISO 3166-1, such as AU, NZ or GB.",
    source="ISO 3166-1 alpha-2",
)
FITNESS = _rule(
    18,
    "policy-field-fit",
    "A setting does not suit the field",
    "Reports settings that mean nothing for the field's type: several values without a list, an e-mail format on a "
    "number, a naming convention on a date.",
    "The setting would do nothing, and its author believes that it does.",
    "`multiple: yes` without a list. Mended: `enum: reasons` beside it.",
    "Remove the setting, or change the type.",
)
STAGES = _rule(
    19,
    "policy-stages",
    "The stages of a status do not work",
    "Reports a status field that does not take one value of a list, a status whose list has no value with a stage, and "
    "stages in a list that no table has as its status.",
    "Forms could not tell an open record from a closed one, and would offer neither Close nor Sign off.",
    "Status field `Status`, and no value of its list has a stage. Mended: `Open` with the stage `open`, `Closed` with "
    "`closed`.",
    "Name the field with the list of statuses, and give its values the stages prepared, open, closed or reviewed.",
)
PROCEDURE = _rule(
    20,
    "policy-procedure",
    "Sign-off, due date or owner does not work",
    "Reports a sign-off or an owner that cannot name one person, a due date that is no date, a sign-off where no status "
    "means reviewed, and a due date where no status means closed.",
    "What is due would never be shown, or would stay due for ever; nobody could sign a record off.",
    "Due date `Action`, which is text. Mended: due date `Due`.",
    "Name fields that can hold it, and give the values of the status the stages closed and reviewed.",
)
LOCKED = _rule(
    21,
    "policy-locked",
    "A locked field would stay empty",
    "Reports fields that are locked and have no default.",
    "A form fills a locked field with its default and lets nobody type into it.",
    "`Recorded by` locked without a default. Mended: default `@me`.",
    "Give the field a default, such as `@me` or `@today`, or unlock it.",
)

RULES: tuple[Rule, ...] = (
    UNREADABLE,
    MISSING,
    UNKNOWN_PART,
    VALUE,
    DUPLICATE,
    REFERENCE,
    KEY,
    DEFAULT,
    PATTERN,
    BOUNDS,
    CONDITION,
    MATCH,
    ATTRIBUTION,
    EMPTY_LIST,
    CHECK_DIGIT,
    EXCEL_NAME,
    REGION,
    FITNESS,
    STAGES,
    PROCEDURE,
    LOCKED,
)

#: The way into the policy's data, such as ("tables", 0, "fields", 3, "enum").
Path = tuple[str | int, ...]


def at(rule: Rule, path: Path, message: str, value: str = "") -> Finding:
    """A finding about the part of the policy at ``path``."""
    return Finding(rule.code, rule.severity, message, value=value, details={"path": path})


def twice(names: Iterable[str], path: Path, part: str, noun: str) -> Iterator[Finding]:
    """Names that stand in a list twice, letter case aside."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name.casefold() in seen:
            message = f'The {noun} "{name}" stands here twice. Give one of the two another.'
            yield at(DUPLICATE, (*path, index, part), message, name)
        seen.add(name.casefold())

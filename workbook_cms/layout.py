"""What the workbook of a policy looks like: Home, a sheet a table, the policy's sheets, its lists and the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from validation.policy import FieldType, Policy, PolicyField, PolicyTable
from workbook_cms.file.layout import (
    CellStyle,
    ColumnSpec,
    HomeLink,
    HomeSpec,
    SheetSpec,
    TableSpec,
    WorkbookSpec,
)
from workbook_cms.file.package import column_letters
from workbook_cms.history import HISTORY_TABLE
from workbook_cms.policies.sheets import policy_sheets

__all__ = [
    "FORMS_SHEET",
    "HISTORY_SHEET",
    "LISTS_SHEET",
    "LISTS_TABLE",
    "column_spec",
    "list_columns",
    "list_name",
    "list_names",
    "lists_table",
    "table_spec",
    "workbook_spec",
]

LISTS_TABLE, LISTS_SHEET = "ListChoices", "Lists"
FORMS_SHEET = "cms"  # hidden, of a workbook with forms: what it knows about itself
HISTORY_SHEET = "Change history"  # Excel keeps the name History for itself

_STYLES = {
    FieldType.STRING: CellStyle.TEXT,
    FieldType.INTEGER: CellStyle.INTEGER,
    FieldType.NUMBER: CellStyle.NUMBER,
    FieldType.BOOLEAN: CellStyle.BOOLEAN,
    FieldType.DATE: CellStyle.DATE,
}
_NUMBER = "No"  # the first column of the lists: a table needs one, though the policy may have no list yet
_RECORDS, _RULES, _PAST = "#1F5AA8", "#B7791F", "#5B6675"

_STEPS = (
    (
        "Look something up",
        "Filter with the arrows in a header. Click a header to read what belongs in the column.",
    ),
    (
        "Add or change a record",
        "Use workbook-cms add, update or import: each entry is checked, and duplicates are caught before they are in. "
        "The sheets are locked for that reason; whatever is typed past the checks is found and reported.",
    ),
    ("Check everything", "workbook-cms check finds what breaks the rules and says how to mend it."),
    ("Change the rules", "workbook-cms policy edit gives a small workbook to change, policy apply brings it in."),
    (
        "Once a month",
        "workbook-cms report writes the clean-up report: what to mend, and what looks like a duplicate.",
    ),
)


def workbook_spec(policy: Policy) -> WorkbookSpec:
    """The whole workbook of a policy, without records."""
    taken = {"home", "history", LISTS_SHEET.lower(), HISTORY_SHEET.lower()}
    records = [
        SheetSpec(
            f"{table.name} records"[:31] if table.name.lower() in taken else table.name,
            table_spec(policy, table),
            colour=_RECORDS,
        )
        for table in policy.tables
    ]
    rules = [
        SheetSpec(sheet.title, sheet.table, sheet.intro, sheet.protected, sheet.hidden, _RULES)
        for sheet in policy_sheets(policy)
    ]
    history = SheetSpec(HISTORY_SHEET, HISTORY_TABLE, colour=_PAST)
    lists = SheetSpec(LISTS_SHEET, lists_table(policy), hidden=True)
    organisation = policy.settings.organisation
    links = [
        HomeLink(table.name, sheet.title, _about(table), "Records")
        for table, sheet in zip(policy.tables, records, strict=True)
    ]
    links += [HomeLink(sheet.title, sheet.title, sheet.intro, "Rules") for sheet in rules]
    links.append(
        HomeLink(HISTORY_SHEET, HISTORY_SHEET, "Every change: when, who, what, old and new, why.", "Past")
    )
    return WorkbookSpec(
        HomeSpec(organisation, "Every entry is checked, every change is kept.", tuple(links), _STEPS),
        (*records, *rules, history, lists),
        list_names(policy),
        title=f"{organisation}: records",
        company=organisation,
        read_only_recommended=policy.settings.read_only_recommended,
    )


def table_spec(policy: Policy, table: PolicyTable) -> TableSpec:
    """The Excel table of a policy table, without rows."""
    return TableSpec(table.name, tuple(column_spec(policy, table, field) for field in table.fields))


def column_spec(policy: Policy, table: PolicyTable, field: PolicyField) -> ColumnSpec:
    """The column of a field: format by its type, its help, and the dropdown where it takes one value of a list."""
    offers = field.enum in policy.list_by_id and not field.multiple and not field.retired
    choices = list_name(field.enum) if field.enum and offers else ""
    return ColumnSpec(field.label, _STYLES[field.type], field.width, _help(table, field), choices)


def list_name(list_id: str) -> str:
    """Defined name of the values of a list that may be chosen."""
    return f"list_{list_id}"


def list_columns(policy: Policy, present: Sequence[str] = ()) -> tuple[str, ...]:
    """Column labels of the lists' table: those ``present`` in a workbook as they stand, new lists at the end."""
    known = tuple(present) or (_NUMBER,)
    return (*known, *(choice.id for choice in policy.lists if choice.id not in known))


def list_names(policy: Policy, present: Sequence[str] = (), sheet: str = LISTS_SHEET) -> dict[str, str]:
    """Defined name and range, such as ``Lists!$B$2:$B$9``, of each list.

    ``present`` are the column labels of the lists' table in a workbook that is there already, ``sheet`` the name of
    the sheet it stands on. A list without active values has its first cell, which is blank.
    """
    columns = list_columns(policy, present)
    quoted = sheet if sheet.isalpha() and sheet.isascii() else "'" + sheet.replace("'", "''") + "'"
    names = {}
    for choice in policy.lists:
        letters = column_letters(columns.index(choice.id) + 1)
        names[list_name(choice.id)] = f"{quoted}!${letters}$2:${letters}${1 + max(1, len(choice.active))}"
    return names


def lists_table(policy: Policy, present: Sequence[str] = ()) -> TableSpec:
    """The table behind the dropdowns: a column a list, headed by its id, with its active values from the top."""
    columns = list_columns(policy, present)
    values: list[Iterable[str]] = [
        policy.list_by_id[label].active if label in policy.list_by_id else () for label in columns
    ]
    rows = [
        dict(zip(columns, row, strict=True)) | {_NUMBER: number}
        for number, row in enumerate(zip_longest(*values), start=1)
    ]
    return TableSpec(LISTS_TABLE, tuple(_list_column(label) for label in columns), rows)


def _list_column(label: str) -> ColumnSpec:
    return ColumnSpec(label, CellStyle.INTEGER, 6) if label == _NUMBER else ColumnSpec(label, width=24)


def _about(table: PolicyTable) -> str:
    key = table.by_id[table.key]
    example = table.key_format.format(1) if table.key_format else key.example
    such_as = f", such as {example}" if example else ""
    return f"A row for each {table.title.lower()}, known by its {key.label}{such_as}."


def _help(table: PolicyTable, field: PolicyField) -> str:
    """What is shown at the header; the help itself comes last but the example, since Excel cuts at 255 characters."""
    parts = []
    if field.retired:
        parts.append("Retired: kept with its data, no longer asked for.")
    elif field.id == table.key and table.key_format:
        parts.append("Given out when the record is added.")
    elif field.locked:
        parts.append("Forms fill it in.")
    elif field.required:
        parts.append("Required.")
    if field.multiple:
        parts.append("Several values have ; between them.")
    parts.append(field.help)
    if field.example:
        parts.append(f"Example: {field.example}")
    return "\n".join(part for part in parts if part)

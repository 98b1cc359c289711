"""The policy as sheets of a workbook, one Excel table each; the sheets rule, and people edit them.

Fields, tables and lists are written by the names people know; ids stand in columns of their own, so that a label may
change. What is read back is the same policy (see `workbook_cms.policies.rows` for the reading).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from validation.policy import Policy
from workbook_cms.file.layout import CellStyle, ColumnSpec, SheetSpec, TableSpec
from workbook_cms.file.package import column_letters
from workbook_cms.policies.columns import COLUMNS, SETTINGS, TITLES, Cell, Column, Names, join
from workbook_cms.policies.problems import Reading, number, require
from workbook_cms.policies.rows import read_rows

if TYPE_CHECKING:
    from workbook_cms.file.reader import RawTable

__all__ = ["TABLE_NAMES", "TITLES", "editing_sheets", "from_tables", "policy_sheets", "read", "to_tables"]

#: Names of the Excel tables that hold the policy, in the order of their sheets.
TABLE_NAMES: tuple[str, ...] = tuple(TITLES)

_CHOICES_SHEET = "Choices"
_WRAPPED = frozenset({"help", "guidance", "message"})
_INTROS = {
    "PolicySettings": "Settings of the workbook. Change the policy with: workbook-cms policy edit",
    "PolicyTables": "The tables and how their records are identified.",
    "PolicyFields": "The columns of each table and what may stand in them. A field is retired, not deleted.",
    "PolicyLists": "What can be chosen. A value that is not active stays valid on old records.",
    "PolicyConditions": "Rules across fields: when FIELD is VALUES, FIELDS must be so.",
    "PolicyMatches": "How duplicates are found, and what a match does to an entry.",
    "PolicyAttributions": "How an entry's details are held against the record it names.",
}


def to_tables(policy: Policy) -> list[TableSpec]:
    """The policy as Excel tables, in the order of `TABLE_NAMES`; every cell is text or blank."""
    return [
        TableSpec(name, tuple(_spec(column) for column in COLUMNS[name]), rows)
        for name, rows in zip(TABLE_NAMES, _all_rows(policy), strict=True)
    ]


def policy_sheets(policy: Policy, *, protected: bool = True) -> tuple[SheetSpec, ...]:
    """A sheet for each policy table, with a line of explanation on top."""
    return tuple(
        SheetSpec(TITLES[table.name], table, intro=_INTROS[table.name], protected=protected)
        for table in to_tables(policy)
    )


def editing_sheets(policy: Policy) -> tuple[tuple[SheetSpec, ...], dict[str, str]]:
    """Unlocked sheets for a workbook in which the policy is edited, and the defined names behind their dropdowns.

    Where the words are closed (types, yes and no, actions, tables) a cell offers them. Lists and fields may be new,
    so they are typed.
    """
    names: dict[tuple[str, ...], str] = {}
    for columns in COLUMNS.values():
        for column in columns:
            words = _offered(policy, column)
            if words:
                names.setdefault(words, _choice_name(words, column))
    choices = {name: words for words, name in names.items()}
    pages = []
    for sheet in policy_sheets(policy, protected=False):
        specs = tuple(
            replace(spec, choices=names.get(_offered(policy, column), ""))
            for spec, column in zip(sheet.table.columns, COLUMNS[sheet.table.name], strict=True)
        )
        pages.append(replace(sheet, table=replace(sheet.table, columns=specs)))
    ranges = {}
    for index, (name, words) in enumerate(choices.items(), start=1):
        letters = column_letters(index)
        ranges[name] = f"{_CHOICES_SHEET}!${letters}$2:${letters}${1 + len(words)}"
    longest = max(len(words) for words in choices.values())
    rows = [
        {name: words[row] if row < len(words) else None for name, words in choices.items()}
        for row in range(longest)
    ]
    table = TableSpec("PolicyChoices", tuple(ColumnSpec(name) for name in choices), rows)
    return (*pages, SheetSpec(_CHOICES_SHEET, table, hidden=True)), ranges


def _offered(policy: Policy, column: Column) -> tuple[str, ...]:
    return tuple(t.name for t in policy.tables) if column.cell is Cell.TABLE else column.words


def _choice_name(words: tuple[str, ...], column: Column) -> str:
    if column.cell is Cell.TABLE:
        return "choice_tables"
    return "choice_yes_no" if words == ("Yes", "No") else "choice_" + column.heading.lower().replace(" ", "_")


def from_tables(raw: Mapping[str, RawTable], source: str, before: Policy | None = None) -> Policy:
    """The policy that the tables of a workbook say.

    ``source`` is the file's name for messages. ``before`` is the policy from which the sheets were made: rows that
    still call a field by its earlier label find it.

    Raises:
        PolicyError: Where it breaks the rules of a policy. Its ``findings`` have sheet and cell.
    """
    return require(read(raw, before), source)


def read(raw: Mapping[str, RawTable], before: Policy | None = None) -> Reading:
    """Like `from_tables`, but gives what was found, warnings too, instead of raising."""
    return read_rows(raw, before)


def _spec(column: Column) -> ColumnSpec:
    style = CellStyle.WRAPPED if column.part in _WRAPPED else CellStyle.TEXT
    return ColumnSpec(column.heading, style, column.width, column.help)


_Row = dict[str, str | None]


def _all_rows(policy: Policy) -> Iterator[list[_Row]]:
    tables = Names([(t.id, t.name) for t in policy.tables])
    lists = Names([(choice.id, choice.title) for choice in policy.lists])
    fields = {t.id: Names([(f.id, f.label) for f in t.fields]) for t in policy.tables}
    writer = _Writer(tables, lists, fields)

    yield [
        {"Setting": s.heading, "Value": writer.text(s, _part(policy, s.part), "") or None, "Help": s.help}
        for s in SETTINGS
    ]
    yield [writer.row("PolicyTables", table, table.id) for table in policy.tables]
    yield [
        writer.row("PolicyFields", field, table.id, {"table": table.id})
        for table in policy.tables
        for field in table.fields
    ]
    yield [
        writer.row("PolicyLists", item, "", {"id": choice.id, "title": choice.title})
        for choice in policy.lists
        for item in choice.items or (None,)
    ]
    yield [writer.row("PolicyConditions", condition, condition.table) for condition in policy.conditions]
    yield [
        writer.row("PolicyMatches", field, match.table, _group("PolicyMatches", match))
        for match in policy.matches
        for field in match.fields
    ]
    yield [
        writer.row(
            "PolicyAttributions",
            clue,
            attribution.table,
            {**_group("PolicyAttributions", attribution), "lookup": clue.table},
            clue.table,
        )
        for attribution in policy.attributions
        for clue in attribution.clues
    ]


def _group(table: str, thing: Any) -> dict[str, Any]:
    return {column.part: getattr(thing, column.part) for column in COLUMNS[table] if column.group}


def _part(thing: Any, path: str) -> Any:
    """The part at a dotted path, None where there is none (the second case of a condition with one)."""
    for name in path.split("."):
        if thing is None:
            return None
        thing = dict(enumerate(thing)).get(int(name)) if name.isdigit() else getattr(thing, name)
    return thing


class _Writer:
    """Parts of the policy as texts, references by the names people know."""

    def __init__(self, tables: Names, lists: Names, fields: Mapping[str, Names]) -> None:
        self._tables, self._lists, self._fields = tables, lists, fields

    def row(
        self, name: str, thing: Any, table: str, given: Mapping[str, Any] | None = None, looked_up: str = ""
    ) -> _Row:
        given = given or {}
        row: _Row = {}
        for column in COLUMNS[name]:
            value = given[column.part] if column.part in given else _part(thing, column.part)
            elsewhere = column.part in ("targets", "owner")
            row[column.heading] = self.text(column, value, looked_up if elsewhere and looked_up else table) or None
        return row

    def text(self, column: Column, value: Any, table: str) -> str:
        if value is None:
            return ""
        fields = self._fields.get(table) or Names([])
        written: dict[Cell, Callable[[Any], str]] = {
            # A list value says whether it is active, all else is silent when it is not so.
            Cell.YES: lambda v: "Yes" if v else "No" if column.part == "active" else "",
            Cell.WORD: lambda v: "" if v == "default" else str(v),
            Cell.WORDS: lambda v: join(str(word) for word in v) or "none",
            Cell.NUMBER: number,
            Cell.BOUND: lambda v: number(v) if isinstance(v, float) else str(v),
            Cell.SEVERAL: join,
            Cell.LIST: self._lists.write,
            Cell.TABLE: self._tables.write,
            Cell.FIELD: fields.write,
            Cell.FIELDS: lambda v: join(fields.write(field) for field in v),
            Cell.SEVERITY: lambda v: "warning" if v else "error",
        }
        return written.get(column.cell, str)(value)

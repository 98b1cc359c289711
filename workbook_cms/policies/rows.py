"""Reading the policy sheets: rows that people edited become the policy's data, each part with its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from validation.findings import Finding, Rule, Severity
from validation.policy_checks import REFERENCE, UNKNOWN_PART, UNREADABLE, VALUE
from workbook_cms.policies.columns import COLUMNS, SETTINGS, TITLES, Cell, Column, Names, slug, split
from workbook_cms.policies.lines import GROUP_PARTS, PARTS, Line, Places, address, lines_of
from workbook_cms.policies.problems import Path, Reading, bound, read_data

if TYPE_CHECKING:
    from validation.policy import Policy
    from workbook_cms.file.reader import RawTable

__all__ = ["read_rows"]

_BOOLEANS = {"yes": True, "y": True, "true": True, "1": True, "x": True, "no": False, "n": False, "false": False}
#: What people write for the types of a field.
_TYPES = {"text": "string", "whole number": "integer", "decimal": "number", "yes/no": "boolean"}
_LISTS_OF = {"PolicyLists": "items", "PolicyMatches": "fields", "PolicyAttributions": "clues"}
_NO_NAMES = Names([])


def read_rows(raw: Mapping[str, RawTable], before: Policy | None) -> Reading:
    """The policy that the rows say, and all that was found."""
    return _Rows(raw, before).read()


class _Rows:
    def __init__(self, raw: Mapping[str, RawTable], before: Policy | None) -> None:
        self._raw, self._before = raw, before
        self._findings: list[Finding] = []
        self._told: set[tuple[str, str, str]] = set()
        self._places = Places()

    def read(self) -> Reading:
        missing = [name for name in TITLES if name not in self._raw]
        for name in missing:
            message = f"The sheet {TITLES[name]} with the table {name} is missing. Restore it from a backup."
            self._findings.append(_finding(UNREADABLE, message, (), ""))
        if missing:
            return Reading(None, tuple(self._findings))
        data: dict[str, Any] = {"settings": {}}
        self._settings(data)
        data["lists"] = self._grouped("PolicyLists", "lists")
        self._lists = self._names(data["lists"], "title", [(c.id, c.title) for c in self._old("lists")])
        self._table_rows(data)
        data["conditions"] = self._conditions()
        data["matches"] = self._grouped("PolicyMatches", "matches")
        data["attributions"] = self._grouped("PolicyAttributions", "attributions")
        return read_data(data, self._places.all, self._findings, _word)

    def _old(self, part: str) -> tuple[Any, ...]:
        return getattr(self._before, part) if self._before else ()

    def _names(self, things: list[dict[str, Any]], label: str, earlier: list[tuple[str, str]]) -> Names:
        return Names([(t["id"], str(t.get(label, "")).strip()) for t in things], earlier)

    # rows ----------------------------------------------------------------------------------------------------

    def _lines(self, name: str) -> Iterator[Line]:
        table = self._raw[name]
        known = {column.heading.casefold(): column for column in COLUMNS[name]}
        columns: dict[str, int] = {}
        for index, heading in enumerate(table.columns):
            column = known.get(heading.strip().casefold())
            if column is None:
                message = f'The column "{heading}" is not known here and is not looked at. Remove it.'
                cell = address(table, index, None)
                self._findings.append(
                    _finding(UNKNOWN_PART, message, ("column", name, heading), cell, Severity.WARNING)
                )
            else:
                columns[column.part] = index
        for line in lines_of(table, columns):
            for part, index in columns.items() if table.errors else ():
                error = table.errors.get((line.position, index))
                if error is not None:
                    message = f"The cell holds the error {error}. Write the value as text."
                    self._findings.append(_finding(VALUE, message, ("cell", line.cell(part)), line.cell(part)))
            yield line

    # sheets --------------------------------------------------------------------------------------------------

    def _settings(self, data: dict[str, Any]) -> None:
        known = {setting.heading.casefold(): setting for setting in SETTINGS}
        for line in self._lines("PolicySettings"):
            setting = known.get(line["setting"].strip().casefold())
            if setting is None:
                message = f'The setting "{line["setting"]}" is not known. Remove the row.'
                path: Path = ("settings", line["setting"])
                self._findings.append(_finding(UNKNOWN_PART, message, path, line.cell("setting")))
                continue
            *outer, part = setting.part.split(".")
            self._places.put_last((*outer, part), line.cell("value"))
            target = data["settings"] if outer else data
            self._put(target, part, setting, line["value"], (*outer, part), _NO_NAMES)

    def _table_rows(self, data: dict[str, Any]) -> None:
        lines = list(self._lines("PolicyTables"))
        tables: list[dict[str, Any]] = []
        for index, line in enumerate(lines):
            taken = [t["id"] for t in tables]
            tables.append({"id": line["id"].strip() or slug(line["name"], taken), "name": line["name"].strip()})
            self._places.put_row(("tables", index), line, PARTS["PolicyTables"])
        data["tables"] = tables
        self._tables = self._names(tables, "name", [(t.id, t.name) for t in self._old("tables")])
        self._field_rows(tables)
        old = {t.id: [(f.id, f.label) for f in t.fields] for t in self._old("tables")}
        self._fields = {t["id"]: self._names(t["fields"], "label", old.get(t["id"], [])) for t in tables}
        for index, (table, line) in enumerate(zip(tables, lines, strict=True)):
            for column in COLUMNS["PolicyTables"][1:]:
                self._put(
                    table,
                    column.part,
                    column,
                    line[column.part],
                    ("tables", index, column.part),
                    self._of(table["id"]),
                )

    def _of(self, table: str | None) -> Names:
        return self._fields.get(table or "", _NO_NAMES)

    def _field_rows(self, tables: list[dict[str, Any]]) -> None:
        fields: dict[str, list[dict[str, Any]]] = {table["id"]: [] for table in tables}
        positions = {table["id"]: index for index, table in enumerate(tables)}
        given: dict[str, set[str]] = {table["id"]: set() for table in tables}
        lines = list(self._lines("PolicyFields"))
        for line in lines:
            given.get(self._tables.find(line["table"].strip()) or "", set()).add(line["id"].strip())
        for line in lines:
            owner = self._tables.find(line["table"].strip())
            if owner is None:
                self._unknown("table", line["table"], self._tables, ("fields", line["id"]), line.cell("table"))
                continue
            path: Path = ("tables", positions[owner], "fields", len(fields[owner]))
            identifier = line["id"].strip() or slug(line["label"], given[owner])
            given[owner].add(identifier)
            field: dict[str, Any] = {"id": identifier}
            self._places.put_row(path, line, PARTS["PolicyFields"])
            for column in COLUMNS["PolicyFields"][2:]:
                self._put(field, column.part, column, line[column.part], (*path, column.part), _NO_NAMES)
            fields[owner].append(field)
        for table in tables:
            table["fields"] = fields[table["id"]]

    def _conditions(self) -> list[dict[str, Any]]:
        conditions: list[dict[str, Any]] = []
        lines = list(self._lines("PolicyConditions"))
        taken = {line["id"].strip() for line in lines}
        for line in lines:
            path: Path = ("conditions", len(conditions))
            identifier = line["id"].strip() or slug(f"{line['fields']} {line['must']}", taken)
            taken.add(identifier)
            self._places.put_row(path, line, PARTS["PolicyConditions"])
            whole: dict[str, Any] = {"id": identifier}
            fields = self._of(self._tables.find(line["table"].strip()))
            cases: list[dict[str, Any]] = [{}, {}]
            for column in COLUMNS["PolicyConditions"][1:]:
                head, _, rest = column.part.partition(".")
                steps: Path = (head, int(rest[0]), rest[2:]) if rest else (head,)
                target = cases[int(rest[0])] if rest else whole
                self._put(target, str(steps[-1]), column, line[column.part], (*path, *steps), fields)
            whole["when"] = [case for case in cases if case]
            conditions.append(whole)
        return conditions

    def _grouped(self, name: str, part: str) -> list[dict[str, Any]]:
        """Lists, match rules and attributions: rows with the same id belong together, in order of their first row."""
        groups: dict[str, dict[str, Any]] = {}
        last = ""
        inner = _LISTS_OF[name]
        titles: dict[str, str] = {}
        for line in self._lines(name):
            title = line["title"].strip().casefold()
            key = (
                line["id"].strip()
                or titles.get(title, "")
                or ("" if title else last)
                or slug(line["title"], groups)
            )
            if title:
                titles.setdefault(title, key)
            last = key
            group = groups.setdefault(key, {"id": key, inner: []})
            path: Path = (part, list(groups).index(key))
            self._places.put_row(path, line, GROUP_PARTS[name])
            # A group without entries is mended in the first column that is not the group's.
            first = next(c.part for c in COLUMNS[name] if not c.group)
            self._places.put((*path, inner), line.cell(first))
            self._group_row(name, line, group, path)
        return list(groups.values())

    def _group_row(self, name: str, line: Line, group: dict[str, Any], path: Path) -> None:
        inner = _LISTS_OF[name]
        table = self._tables.find(line["table"].strip()) if line["table"] else group.get("table")
        inner_path: Path = (*path, inner, len(group[inner]))
        entry: dict[str, Any] = {}
        for column in COLUMNS[name]:
            if column.part == "id" or not line[column.part]:
                continue
            if not column.group:
                if table is None and line["table"] and column.cell is Cell.FIELD:
                    # The unknown table is told; what its fields are called cannot be judged.
                    entry[column.part] = slug(line[column.part], ())
                    continue
                elsewhere = column.part in ("targets", "owner")
                owner = self._tables.find(line["lookup"].strip()) if elsewhere else table
                part = "table" if column.part == "lookup" else column.part
                fields = _NO_NAMES if name == "PolicyLists" else self._of(owner)
                self._put(entry, part, column, line[column.part], (*inner_path, part), fields)
                continue
            if column.cell is Cell.TABLE and table is None:
                said = (name, str(group.get("id")), line[column.part].strip())
                if said in self._told:
                    continue  # told at the first row of the group
                self._told.add(said)
            value: dict[str, Any] = {}
            fields = _NO_NAMES if name == "PolicyLists" else self._of(table)
            self._put(value, column.part, column, line[column.part], (*path, column.part), fields)
            if value and group.setdefault(column.part, value[column.part]) != value[column.part]:
                message = f'"{line[column.part]}" differs from the first row of {group["id"]}. Write the same on each row.'
                self._findings.append(
                    _finding(VALUE, message, ("row", line.cell(column.part)), line.cell(column.part))
                )
        if entry.keys() - {"active"}:
            self._places.put_row(inner_path, line, PARTS[name])
            group[inner].append(entry)

    # cells ---------------------------------------------------------------------------------------------------

    def _put(
        self, target: dict[str, Any], part: str, column: Column, text: str, path: Path, fields: Names
    ) -> None:
        """Put what the cell's text says into ``target``; a blank cell says nothing."""
        if not text.strip() and (column.cell is not Cell.TEXT or not text):
            return
        match column.cell:
            case Cell.LIST:
                kind, names = "list", self._lists
            case Cell.TABLE:
                kind, names = "table", self._tables
            case Cell.FIELD | Cell.FIELDS:
                kind, names = "field", fields
            case _:
                target[part] = _value(column, text)
                return
        wanted = split(text) if column.cell is Cell.FIELDS else [text.strip()]
        found = []
        for name in wanted:
            identifier = names.find(name)
            if identifier is None:
                self._unknown(kind, name, names, path, self._places.all().get(path, ""))
            else:
                found.append(identifier)
        if len(found) == len(wanted):
            target[part] = found if column.cell is Cell.FIELDS else found[0]

    def _unknown(self, kind: str, name: str, names: Names, path: Path, cell: str) -> None:
        known = ", ".join(names.labels[:8]) + (", ..." if len(names.labels) > 8 else "")
        message = f'There is no {kind} "{name}". ' + (f"Known are: {known}." if known else f"Name the {kind}.")
        self._findings.append(_finding(REFERENCE, message, path, cell))


def _value(column: Column, text: str) -> Any:
    word = text.strip().lower()
    match column.cell:
        case Cell.TEXT:
            return text
        case Cell.YES:
            return _BOOLEANS.get(word, text.strip())
        case Cell.WORD:
            return _TYPES.get(word, word) if column.part == "type" else word
        case Cell.WORDS:
            return [] if word == "none" else [w.lower() for w in split(text)]
        case Cell.BOUND:
            return bound(text)
        case Cell.SEVERAL:
            return split(text)
        case Cell.SEVERITY:
            return {"warning": True, "error": False}.get(word, text.strip())
    return text.strip()


def _finding(rule: Rule, message: str, path: Path, cell: str, severity: Severity | None = None) -> Finding:
    return Finding(rule.code, severity or rule.severity, message, cell=cell, details={"path": path})


_HEADINGS: dict[tuple[str, ...], str] = {
    **{tuple(s.part.split(".")): s.heading for s in SETTINGS},
    **{
        (*outer, *(step for step in c.part.split(".") if not step.isdigit())): c.heading
        for name, outer in {
            "PolicyTables": ("tables",),
            "PolicyFields": ("tables", "fields"),
            "PolicyLists": ("lists", "items"),
            "PolicyConditions": ("conditions",),
            "PolicyMatches": ("matches", "fields"),
            "PolicyAttributions": ("attributions", "clues"),
        }.items()
        for c in reversed(COLUMNS[name])
    },
}


def _word(path: Path) -> str:
    """What people call the part: the heading of its column."""
    names = tuple(step for step in path if isinstance(step, str))
    group = (
        names[0],
        "items" if names[0] == "lists" else "fields" if names[0] == "matches" else "clues",
        names[-1],
    )
    return _HEADINGS.get(names) or _HEADINGS.get(group) or names[-1].capitalize()

"""Table parts held against their sheet (ECMA-376 part 1, 18.5.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from workbook_cms.file.addresses import column_letters, unescape
from workbook_cms.file.soundness.flaws import Flaws
from workbook_cms.file.soundness.formulas import fault_of
from workbook_cms.file.soundness.frame import overlapping
from workbook_cms.file.soundness.markup import (
    Box,
    box_of,
    child,
    children,
    count_is,
    inside,
    number,
    ordered,
    overlap,
)
from workbook_cms.file.soundness.names import is_name
from workbook_cms.file.soundness.parts import Parts

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Table", "TableNames", "check_table", "check_tables_apart", "header_rows", "tables_of"]

_SEQUENCE: Final = ("autoFilter", "sortState", "tableColumns", "tableStyleInfo", "extLst")
_FUNCTIONS: Final = frozenset(
    ["none", "sum", "min", "max", "average", "count", "countNums", "stdDev", "var", "custom"]
)
_FORMATS: Final = ("dataDxfId", "headerRowDxfId", "totalsRowDxfId")
_MAX_LABEL: Final = 255

#: The text of a shared string by its number.
Strings = Callable[[int], str]


@dataclass(frozen=True)
class Table:
    """A table part: its XML, its name for people, and its range where that is one."""

    part: str
    root: Element
    name: str
    box: Box | None

    @property
    def header(self) -> bool:
        """Whether it shows the names of its columns."""
        return self.root.get("headerRowCount", "1") != "0"


@dataclass
class TableNames:
    """What is used already in the workbook: names and numbers of tables; defined names cannot be used."""

    defined: Collection[str] = ()
    names: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


def tables_of(parts: Parts, sheet: str) -> list[Table]:
    """The tables of a sheet; damaged parts are left out."""
    found = []
    for part in parts.related(sheet, "table"):
        root = parts.tree(part)
        if root is not None:
            name = root.get("displayName") or root.get("name") or ""
            found.append(Table(parts.name(part), root, name, box_of(root.get("ref", ""))))
    return found


def header_rows(tables: list[Table]) -> frozenset[int]:
    """The rows of the sheet in which the names of columns stand."""
    return frozenset(table.box[1] for table in tables if table.header and table.box)


def check_tables_apart(tables: list[Table], merges: list[tuple[str, Box]], flaws: Flaws) -> None:
    """Tables of one sheet lie beside each other, and no cell of them is merged."""
    parts = {table.name: table.part for table in tables}
    placed = [(table.name, table.box) for table in tables if table.box]
    for one, two in overlapping(placed):
        flaws.add("table-overlap", parts[one], f"the table {one} overlaps the table {two}.")
    for name, box in placed:
        for ref, merged in merges:
            if overlap(box, merged):
                flaws.add("table-merged", parts[name], f"cells of the table {name} are merged.", ref)


def check_table(
    table: Table,
    flaws: Flaws,
    used: TableNames,
    formats: int,
    texts: Mapping[tuple[int, int], str | int | None] | None,
    strings: Strings,
) -> None:
    """One table; ``texts`` are the texts of its header row on the sheet, None where that row was not looked at."""
    root, name = table.root, table.name
    _names(table, flaws, used)
    if late := ordered(root, _SEQUENCE):
        flaws.add("table-order", table.part, f"<{late}> stands in the wrong place.")
    if table.box is None:
        flaws.add("table-range", table.part, f"the table {name} stands at {root.get('ref')!r}, which is no range.")
        return
    columns = inside(root, "tableColumns")
    width = table.box[2] - table.box[0] + 1
    if len(columns) != width:
        flaws.add(
            "table-columns", table.part, f"the table {name} is {width} columns wide, but has {len(columns)}."
        )
    block = child(root, "tableColumns")
    if block is not None and not count_is(block, len(block)):
        flaws.add("list-count", table.part, f"<tableColumns> counts {block.get('count')}, but holds {len(block)}.")
    _columns(table, columns, flaws, formats)
    totals = _totals(table, columns, flaws)
    height = table.box[3] - table.box[1] + 1
    if height - table.header - totals < 1:
        flaws.add("table-empty", table.part, f"the table {name} has no row for data.", root.get("ref", ""))
    _filter(table, flaws, totals)
    if texts is not None and table.header:
        _header(table, columns, flaws, texts, strings)


def _names(table: Table, flaws: Flaws, used: TableNames) -> None:
    name, index = table.name, table.root.get("id", "")
    if not is_name(name):
        flaws.add("table-name", table.part, f"{name!r} is no name that Excel takes for a table.")
    if name.lower() in used.names or name.lower() in used.defined:
        flaws.add("table-name-twice", table.part, f"the name {name} is used twice.")
    if number(index, -1) < 1 or index in used.ids:
        flaws.add(
            "table-id", table.part, f"the table {name} has the number {index}, which another has or none can have."
        )
    used.names.add(name.lower())
    used.ids.add(index)


def _columns(table: Table, columns: list[Element], flaws: Flaws, formats: int) -> None:
    labels: set[str] = set()
    ids: set[str] = set()
    for column in columns:
        label, index = unescape(column.get("name", "")), column.get("id", "")
        if not 0 < len(label) <= _MAX_LABEL:
            flaws.add("column-name", table.part, f"a column of the table {table.name} is called {label[:40]!r}.")
        if label.lower() in labels:
            flaws.add(
                "column-name-twice", table.part, f"two columns of the table {table.name} are called {label!r}."
            )
        if number(index, -1) < 1 or index in ids:
            flaws.add(
                "column-id",
                table.part,
                f"the column {label!r} has the number {index}, which another has or none can have.",
            )
        labels.add(label.lower())
        ids.add(index)
        for key in _FORMATS:
            if key in column.attrib and not 0 <= number(column.get(key), -1) < formats:
                flaws.add(
                    "table-style-index",
                    table.part,
                    f"the column {label!r} asks for format {column.get(key)}, which is not there.",
                )
        for kind in ("calculatedColumnFormula", "totalsRowFormula"):
            for formula in children(column, kind):
                if fault := fault_of(formula.text or ""):
                    flaws.add("column-formula", table.part, f"the formula of the column {label!r} {fault}.")


def _totals(table: Table, columns: list[Element], flaws: Flaws) -> int:
    count = number(table.root.get("totalsRowCount"), 0)
    if count not in (0, 1):
        flaws.add(
            "table-totals",
            table.part,
            f"the table {table.name} has {table.root.get('totalsRowCount')} totals rows.",
        )
    for column in columns:
        function = column.get("totalsRowFunction", "none")
        if function not in _FUNCTIONS:
            flaws.add(
                "table-totals",
                table.part,
                f"the total of the column {column.get('name')!r} is {function!r}, which is none.",
            )
        elif function == "custom" and child(column, "totalsRowFormula") is None:
            flaws.add(
                "table-totals", table.part, f"the total of the column {column.get('name')!r} has no formula."
            )
    return max(count, 0)


def _filter(table: Table, flaws: Flaws, totals: int) -> None:
    assert table.box is not None  # noqa: S101 - looked at by the caller
    left, top, right, bottom = table.box
    found = child(table.root, "autoFilter")
    if found is not None:
        area = box_of(found.get("ref", ""))
        if area != (left, top, right, bottom - totals) or not table.header:
            whole = f"{column_letters(left)}{top}:{column_letters(right)}{bottom - totals}"
            flaws.add(
                "table-filter",
                table.part,
                f"the filter of the table {table.name} is {found.get('ref')} instead of {whole}.",
            )
        for item in children(found, "filterColumn"):
            if not 0 <= number(item.get("colId"), -1) <= right - left:
                flaws.add(
                    "table-filter",
                    table.part,
                    f"the filter of the table {table.name} asks for column {item.get('colId')}.",
                )
    for state in children(table.root, "sortState"):
        area = box_of(state.get("ref", ""))
        if area is None or not (left <= area[0] and area[2] <= right and top <= area[1] and area[3] <= bottom):
            flaws.add(
                "table-sort",
                table.part,
                f"the table {table.name} is sorted over {state.get('ref')}, outside itself.",
            )


def _header(
    table: Table,
    columns: list[Element],
    flaws: Flaws,
    texts: Mapping[tuple[int, int], str | int | None],
    strings: Strings,
) -> None:
    assert table.box is not None  # noqa: S101 - looked at by the caller
    left, top = table.box[:2]
    for offset, column in enumerate(columns):
        held = texts.get((top, left + offset))
        text = strings(held) if isinstance(held, int) else held
        label = unescape(column.get("name", ""))
        if text != label:
            cell = f"{column_letters(left + offset)}{top}"
            says = "no text" if text is None else repr(text)
            flaws.add(
                "table-header",
                table.part,
                f"the header of the table {table.name} holds {says}, its column is {label!r}.",
                cell,
            )

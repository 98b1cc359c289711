"""Where the rows of a table come from when nobody types them: a query, or an XML file that is mapped to it.

What is written into such a table is gone with the next refresh. Many were cut off from their source long ago - the
connection was deleted, the map never had a file - and take rows like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook_cms.file.addresses import unescape
from workbook_cms.file.guards import parse_xml
from workbook_cms.file.package import Package
from workbook_cms.file.parts import TablePart, children

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Source", "source_of"]

_YES = ("1", "true", "on")


@dataclass(frozen=True)
class Source:
    """What fills a table.

    Attributes:
        what: Such as ``the query Sales``.
        remedy: What its owner can do instead.
        columns: Labels of the columns that it fills.
    """

    what: str
    remedy: str
    columns: frozenset[str]


def source_of(package: Package, table: TablePart) -> Source | None:
    """What would overwrite a table's cells when it is refreshed; None where nothing can.

    Raises:
        FileError: a damaged part.
    """
    if not table.outside_source:
        return None
    root = _root(package, table.part)
    columns = {
        label: column
        for label, column in zip(table.columns, _inside(root, "tableColumns", "tableColumn"), strict=True)
        if label not in table.calculated
    }
    return _map(package, columns) if root.get("tableType") == "xml" else _query(package, table, columns)


def _query(package: Package, table: TablePart, columns: dict[str, Element]) -> Source | None:
    name, ids = "", None
    part = _target(package, table.part, "queryTable")
    if part:
        query = _root(package, part)
        connections = _target(package, package.workbook_part, "connections")
        for connection in _root(package, connections) if connections else ():
            if connection.get("id") == query.get("connectionId", ""):
                if connection.get("deleted") in _YES:
                    return None
                name = unescape(connection.get("name", ""))
        refresh = next(children(query, "queryTableRefresh"), None)
        fields = _inside(refresh, "queryTableFields", "queryTableField") if refresh is not None else []
        ids = {field.get("tableColumnId") for field in fields if field.get("dataBound", "1") in _YES}
    return Source(
        f"the query {name}" if name else "a query",
        "Enter it where the query takes it from, or unlink the table in Excel (Table Design, Unlink).",
        frozenset(label for label, column in columns.items() if ids is None or column.get("id") in ids),
    )


def _map(package: Package, columns: dict[str, Element]) -> Source | None:
    part = _target(package, package.workbook_part, "xmlMaps")
    #: A map that knows no file was made to type records and export them; there is nothing to refresh it from.
    idle = (
        {
            item.get("ID")
            for item in children(_root(package, part), "Map")
            if next(children(item, "DataBinding"), None) is None
        }
        if part
        else set()
    )
    mapped = {
        label: found.get("mapId")
        for label, column in columns.items()
        if (found := next(children(column, "xmlColumnPr"), None)) is not None
    }
    filled = frozenset(label for label, number in mapped.items() if number not in idle)
    if mapped and not filled:
        return None
    return Source(
        "an XML map",
        "Enter it in the XML file that the map reads, or remove the map in Excel (Developer, Source, XML Maps).",
        filled or frozenset(columns),
    )


def _inside(element: Element, group: str, name: str) -> list[Element]:
    return [item for found in children(element, group) for item in children(found, name)]


def _target(package: Package, part: str, kind: str) -> str:
    """The part that another one refers to as of some kind; "" where there is none."""
    return next(
        (target for _, name, target in package.relations(part) if name == kind and package.has(target)), ""
    )


def _root(package: Package, part: str) -> Element:
    return parse_xml(package.read(part), package.place, part)

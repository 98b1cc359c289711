"""Tables that a query or an XML map fills: left alone while a refresh can overwrite them, and written once none can."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.support.handmade import handmade, header
from tests.support.soundness import assert_sound
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Change, Delete, Patch, Replace, write

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ROWS = header("Id", "B", "C") + '<row r="2"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row>'


def _parts(path: Path, changes: dict[str, tuple[str, str]], added: dict[str, str]) -> Path:
    """The workbook with text of some parts replaced, and more parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, (old, new) in changes.items():
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**parts, **added}.items():
            archive.writestr(name, text)
    return path


def _related(part: str, kind: str) -> tuple[str, str]:
    return "</Relationships>", f'<Relationship Id="rId90" Type="{_REL}/{kind}" Target="{part}"/></Relationships>'


def from_query(path: Path, connection: str) -> Path:
    """A table whose columns Id and B a query fills; C was added beside them in Excel."""
    fields = "".join(
        f'<queryTableField id="{i}" {name} tableColumnId="{i}"/>'
        for i, name in ((1, 'name="id"'), (2, 'name="b"'), (3, 'dataBound="0"'))
    )
    return _parts(
        handmade(path, _ROWS, table=' tableType="queryTable"'),
        {
            "[Content_Types].xml": (
                "</Types>",
                f'<Override PartName="/xl/connections.xml" ContentType="{_TYPE}.connections+xml"/>'
                f'<Override PartName="/xl/queryTables/queryTable1.xml" ContentType="{_TYPE}.queryTable+xml"/></Types>',
            ),
            "xl/_rels/workbook.xml.rels": _related("connections.xml", "connections"),
            "xl/tables/table1.xml": ('name="Id"', 'name="Id" queryTableFieldId="1"'),
        },
        {
            "xl/connections.xml": f"<connections {_MAIN}>{connection}</connections>",
            "xl/queryTables/queryTable1.xml": f'<queryTable {_MAIN} name="Sales" connectionId="7">'
            f'<queryTableRefresh nextId="4"><queryTableFields count="3">{fields}</queryTableFields></queryTableRefresh>'
            "</queryTable>",
            "xl/tables/_rels/table1.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_REL}/queryTable" Target="../queryTables/queryTable1.xml"/></Relationships>',
        },
    )


def from_map(path: Path, content: str) -> Path:
    """A table whose column Id is mapped to an XML schema; ``content`` is what the map holds."""
    mapped = (
        '<tableColumn id="1" name="Id"><xmlColumnPr mapId="3" xpath="/R/Id" xmlDataType="string"/></tableColumn>'
    )
    return _parts(
        handmade(path, _ROWS, table=' tableType="xml"'),
        {
            "xl/_rels/workbook.xml.rels": _related("xmlMaps.xml", "xmlMaps"),
            "[Content_Types].xml": (
                "</Types>",
                '<Override PartName="/xl/xmlMaps.xml" ContentType="application/xml"/></Types>',
            ),
            "xl/tables/table1.xml": ('<tableColumn id="1" name="Id"></tableColumn>', mapped),
        },
        {
            "xl/xmlMaps.xml": f'<MapInfo {_MAIN} SelectionNamespaces=""><Schema ID="S1"/>'
            f'<Map ID="3" Name="R_Map" RootElement="R" SchemaID="S1">{content}</Map></MapInfo>'
        },
    )


def refused(path: Path, change: Change) -> str:
    """The sentence with which a change is refused; the file is as it was."""
    before = path.read_bytes()
    with pytest.raises(FileError) as caught:
        write(Package.open(path), [change])
    assert path.read_bytes() == before
    return str(caught.value)


def test_a_table_that_a_query_fills_is_left_alone(tmp_path: Path) -> None:
    """A refresh would overwrite the row; the query is named, and what can be done instead."""
    path = from_query(tmp_path / "a.xlsx", '<connection id="7" name="Sales of May" type="1"/>')
    for change in (Append("People", [{"Id": 1}]), Replace("People", [{"Id": 1}]), Delete("People", [2])):
        assert "The table is filled by the query Sales of May" in refused(path, change)
    said = refused(path, Patch("People", 2, {"B": 1}))
    assert "The column B is filled by the query Sales of May" in said
    assert "Table Design, Unlink" in said


def test_a_column_beside_those_of_the_query_is_changed(tmp_path: Path) -> None:
    """A column that somebody added to a query's table is theirs."""
    path = from_query(tmp_path / "a.xlsx", '<connection id="7" name="Sales of May" type="1"/>')
    assert write(Package.open(path), [Patch("People", 2, {"C": "seen"})]) == [[2]]
    assert_sound(path)


def test_a_table_whose_query_was_cut_off_takes_rows(tmp_path: Path) -> None:
    """Where the connection was deleted nothing can be refreshed any more."""
    path = from_query(tmp_path / "a.xlsx", '<connection id="7" name="Sales of May" type="1" deleted="1"/>')
    assert write(Package.open(path), [Append("People", [{"Id": 3, "B": 4}]), Patch("People", 2, {"B": 5})]) == [
        [4],
        [2],
    ]
    assert_sound(path)


@pytest.mark.parametrize("kind", ["queryTable", "xml"])
def test_a_source_that_is_not_told_is_taken_for_one(tmp_path: Path, kind: str) -> None:
    """A table that says it is filled, in a workbook that does not say by what, is left alone."""
    path = handmade(tmp_path / "a.xlsx", _ROWS, table=f' tableType="{kind}"')
    for change in (Append("People", [{"Id": 1}]), Patch("People", 2, {"B": 1})):
        assert f"is filled by {'a query' if kind == 'queryTable' else 'an XML map'}" in refused(path, change)


def test_a_table_mapped_to_an_xml_file_is_left_alone(tmp_path: Path) -> None:
    """A refresh would read the file anew; a column that is not mapped is not touched by it."""
    path = from_map(
        tmp_path / "a.xlsx", '<DataBinding FileBinding="true" ConnectionID="1" DataBindingLoadMode="1"/>'
    )
    assert "The table is filled by an XML map" in refused(path, Append("People", [{"Id": 1}]))
    assert "The column Id is filled by an XML map" in refused(path, Patch("People", 2, {"Id": 1}))
    assert write(Package.open(path), [Patch("People", 2, {"B": 1})]) == [[2]]
    assert_sound(path)


def test_a_map_without_a_file_takes_rows(tmp_path: Path) -> None:
    """Such a table is there to type records and export them: nothing refreshes it."""
    path = from_map(tmp_path / "a.xlsx", "")
    assert write(Package.open(path), [Append("People", [{"Id": "x"}])]) == [[4]]
    assert_sound(path)

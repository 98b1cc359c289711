"""The soundness checks of the tests find what is planted, and nothing in a workbook that is well."""

import re
import zipfile

import pytest

from tests.support.handmade import handmade, header
from tests.support.soundness import faults

ROWS = (
    header("Id", "B", "C")
    + '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>5</v></c></row><row r="3"/>'
)


@pytest.fixture
def sound(tmp_path):
    """A workbook in which nothing is wrong."""
    return handmade(
        tmp_path / "sound.xlsx",
        ROWS,
        tail="<mergeCells><mergeCell ref='F1:G2'/></mergeCells>",
        strings="<si><t>x</t></si>",
    )


def plant(path, part, old, new):
    """The workbook with a piece of one part replaced, or the whole part left out when ``new`` is None."""
    target = path.with_name("planted.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == part:
                if new is None:
                    continue
                assert re.search(old, text)
                text = re.sub(old, new, text, count=1)
            copy.writestr(name, text)
    return target


def test_sound_workbook_has_no_fault(sound):
    """A workbook that is well gives no false alarm."""
    assert faults(sound) == []


SHEET, TABLE, BOOK = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"
SHEETS = r"</sheets>"


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        (SHEET, "</sheetData>", "", "not well-formed"),
        (TABLE, "", None, "is missing"),
        ("xl/_rels/workbook.xml.rels", 'Id="rId1"', 'Id="rId9"', "relationship rId1 of <sheet> is missing"),
        ("[Content_Types].xml", '<Override PartName="/xl/styles.xml"[^>]*>', "", "has no content type"),
        (SHEET, '<c r="A2" t="s"><v>0', '<c r="A2" t="s"><v>7', "shared string 7"),
        (SHEET, 's="1"', 's="99"', "style 99"),
        (SHEET, '<row r="3"/>', '<row r="2"/>', "row 2 is there twice"),
        (SHEET, 'r="B2" s', 'r="A2" s', "A2 in row 2 is there twice"),
        (SHEET, 'r="B2" s', 'r="B3" s', "B3 stands in row 2"),
        (SHEET, "<v>5</v>", "<v>five</v>", "number that reads 'five'"),
        (SHEET, "<is><t>B</t></is>", "<is><t>b</t></is>", "header B1 is 'b', the column 'B'"),
        (SHEET, "<sheetData>", '<dimension ref="A1:A2"/><sheetData>', "does not cover"),
        (SHEET, "F1:G2", "C3:D4", "overlaps"),
        (SHEET, r"(<mergeCells>.*</mergeCells>)(<tableParts.*</tableParts>)", r"\2\1", "out of order"),
        (TABLE, 'id="2"', 'id="1"', "column name or id is there twice"),
        (TABLE, 'name="C"', 'name="b"', "column name or id is there twice"),
        (TABLE, 'autoFilter ref="A1:C3"', 'autoFilter ref="A1:C2"', "autoFilter A1:C2 instead of A1:C3"),
        (TABLE, 'count="3"', 'count="4"', "3 columns"),
        (TABLE, 'ref="A1:C3"', 'ref="A1:C1"', "no row for data"),
        (
            BOOK,
            SHEETS,
            SHEETS + "<definedNames><definedName name='x'>Gone!$A$1</definedName></definedNames>",
            "missing sheet",
        ),
        (
            BOOK,
            SHEETS,
            SHEETS + "<definedNames><definedName name='x'>#REF!</definedName></definedNames>",
            "refers to nothing",
        ),
        (
            BOOK,
            SHEETS,
            SHEETS + "<definedNames><definedName name='people'>People!$A$1</definedName></definedNames>",
            "used twice",
        ),
        (
            SHEET,
            "<tableParts",
            "<dataValidations count='1'><dataValidation type='list' sqref='A2:A9'><formula1>list_x</formula1>"
            "</dataValidation></dataValidations><tableParts",
            "list_x, which is not defined",
        ),
    ],
)
def test_planted_fault_is_found(sound, part, old, new, said):
    """Each corruption is named."""
    assert any(said in fault for fault in faults(plant(sound, part, old, new)))


def test_truncated_file_is_a_fault(sound):
    """A file that ends early is one fault, not a crash."""
    sound.write_bytes(sound.read_bytes()[:-40])
    assert len(faults(sound)) == 1

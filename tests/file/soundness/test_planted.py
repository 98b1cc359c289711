"""What is planted in a sound workbook is found, with its kind and its place."""

import re
import zipfile

import pytest

from tests.support.rich import BOOK, PEOPLE, STYLES, TABLE, TYPES, planted, rich
from tests.support.shared import shared
from workbook_cms.file.soundness import KINDS, check_file

RELS, BOOK_RELS, SHEET_RELS = "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/worksheets/_rels/sheet1.xml.rels"
STRINGS, CHAIN, NOTES, CORE = "xl/sharedStrings.xml", "xl/calcChain.xml", "xl/comments1.xml", "docProps/core.xml"
ORDERS, OTHER, DRAWING = "xl/worksheets/sheet2.xml", "xl/tables/table2.xml", "xl/drawings/drawing1.xml"
LONG = "x" * 32_768
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main"
MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main"
NAME_AGAIN = '<definedName name="LIST_names">People!$A$1</definedName></definedNames>'
TABLE_STYLE = (
    '<tableStyles><tableStyle name="T" count="1"><tableStyleElement type="wholeTable" dxfId="2"/>'
    "</tableStyle></tableStyles>"
)
STYLE_TWICE = '<cellStyle name="Mine" xfId="0"/><cellStyle name="mine" xfId="0"/></cellStyles>'
SECOND_TABLE = '<Relationship Id="rId9" Type="x/table" Target="../tables/table2.xml"/></Relationships>'
FILTERED = '<autoFilter ref="A1:D3"><filterColumn colId="4"/></autoFilter>'


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A workbook with a bit of everything, in which nothing is wrong."""
    return rich(tmp_path_factory.mktemp("rich") / "sound.xlsx")


def places(path):
    """(kind, part, cell) of each flaw."""
    return [(flaw.kind, flaw.part, flaw.cell) for flaw in check_file(path)]


def test_sound_workbook_has_no_flaw(sound):
    """A workbook that is well gives no false alarm."""
    assert check_file(sound) == []


PACKAGE = [
    ("xml", PEOPLE, "", PEOPLE, "</sheetData>", ""),
    ("xml", PEOPLE, "", PEOPLE, "<v>7.25</v>", "<v>7.25"),
    ("xml", PEOPLE, "", PEOPLE, "yes \\(Ann</v>", "a & b</v>"),
    ("xml", PEOPLE, "", PEOPLE, "yes \\(Ann</v>", "a\x01b</v>"),
    ("xml", PEOPLE, "", PEOPLE, "<c r=\"G3\"", "<y:c r=\"G3\""),
    ("xml", TABLE, "", TABLE, "</table>", ""),
    ("xml", STYLES, "", STYLES, "</fonts>", ""),
    ("xml", STRINGS, "", STRINGS, "Bob &amp; Co", "Bob & Co"),
    ("xml", "xl/theme/theme1.xml", "", "xl/theme/theme1.xml", "</a:theme>", ""),
    ("document-type", BOOK, "", BOOK, "<workbook ", "<!DOCTYPE workbook [<!ENTITY a 'b'>]><workbook "),
    ("target-missing", SHEET_RELS, "", TABLE, "", None),
    ("target-missing", BOOK_RELS, "", "xl/theme/theme1.xml", "", None),
    ("target-missing", SHEET_RELS, "", SHEET_RELS, "comments1", "comments9"),
    ("relation-missing", BOOK, "", BOOK_RELS, 'Id="rId1"', 'Id="rId77"'),
    ("relation-missing", PEOPLE, "K1", PEOPLE, 'ref="K1" r:id="rId1"', 'ref="K1" r:id="rId8"'),
    ("relation-missing", DRAWING, "", DRAWING, 'r:id="rId1"', 'r:id="rId5"'),
    ("relation-twice", BOOK_RELS, "", BOOK_RELS, 'Id="rId3"', 'Id="rId4"'),
    ("relation-wrong", PEOPLE, "", PEOPLE, '<legacyDrawing r:id="rId2"', '<legacyDrawing r:id="rId4"'),
    ("no-content-types", TYPES, "", TYPES, "", None),
    ("content-type-missing", "xl/drawings/vmlDrawing1.vml", "", TYPES, '<Default Extension="vml"[^>]*>', ""),
    ("content-type-left", TYPES, "", TYPES, "</Types>", '<Override PartName="/xl/gone.xml" ContentType="a/b"/></Types>'),
    ("content-type-twice", TYPES, "", TYPES, "</Types>", '<Default Extension="XML" ContentType="a/b"/></Types>'),
    ("content-type-wrong", TABLE, "", TYPES, "spreadsheetml.table\\+xml", "spreadsheetml.styles+xml"),
    ("content-type-wrong", PEOPLE, "", TYPES, '<Override PartName="/xl/worksheets/sheet1.xml"[^>]*>', ""),
    ("macro-type", BOOK, "", TYPES, TYPE, MACROS),
    ("prefix-undeclared", PEOPLE, "", PEOPLE, 'mc:Ignorable="x14ac"', 'mc:Ignorable="x14ac xr2"'),
    ("properties", CORE, "", CORE, "(<dcterms:created [^>]*>)[^<]*", r"\g<1>yesterday"),
    ("properties", CORE, "", CORE, "<dc:creator>", "<dc:creator/><dc:creator>"),
]  # fmt: skip

WORKBOOK = [
    ("no-workbook", "", "", RELS, "relationships/officeDocument", "relationships/other"),
    ("no-sheet", BOOK, "", BOOK, "<sheets>.*</sheets>", "<sheets/>"),
    ("sheet-name", BOOK, "", BOOK, 'name="Orders"', 'name="Orders: all"'),
    ("sheet-name", BOOK, "", BOOK, 'name="Orders"', f'name="{"O" * 32}"'),
    ("sheet-name", BOOK, "", BOOK, 'name="Orders"', 'name="history"'),
    ("sheet-name", BOOK, "", BOOK, 'name="Orders"', 'name="\'Orders"'),
    ("sheet-name-twice", BOOK, "", BOOK, 'name="Orders"', 'name="PEOPLE"'),
    ("sheet-id", BOOK, "", BOOK, 'sheetId="2"', 'sheetId="0"'),
    ("sheet-id-twice", BOOK, "", BOOK, 'sheetId="2"', 'sheetId="1"'),
    ("sheet-part", BOOK, "", BOOK, 'sheetId="2" r:id="rId2"', 'sheetId="2" r:id="rId4"'),
    ("sheet-part-twice", BOOK, "", BOOK, 'sheetId="2" r:id="rId2"', 'sheetId="2" r:id="rId1"'),
    ("all-hidden", BOOK, "", BOOK, '(name="People")(.*)(name="Orders")', r'\1 state="hidden"\2\3 state="veryHidden"'),
    ("active-tab", BOOK, "", BOOK, "<workbookView ", '<workbookView activeTab="2" '),
    ("workbook-order", BOOK, "", BOOK, "(<sheets>.*</sheets>)(<definedNames>.*</definedNames>)", r"\2\1"),
    ("name", BOOK, "", BOOK, 'name="own"', 'name="own name"'),
    ("name", BOOK, "", BOOK, 'name="own"', 'name="AB12"'),
    ("name", BOOK, "", BOOK, 'name="own"', 'name="R1C1"'),
    ("name-twice", BOOK, "", BOOK, "</definedNames>", NAME_AGAIN),
    ("name-scope", BOOK, "", BOOK, 'localSheetId="1"', 'localSheetId="2"'),
    ("name-formula", BOOK, "", BOOK, "Orders!\\$B\\$2", "SUM(Orders!$B$2"),
    ("name-formula", BOOK, "", BOOK, "Orders!\\$B\\$2", ""),
    ("name-sheet", BOOK, "", BOOK, "Orders!\\$B\\$2", "'Old orders'!$B$2"),
]  # fmt: skip

STYLE = [
    ("styles-order", STYLES, "", STYLES, "(<fonts .*</fonts>)(<fills .*</fills>)", r"\2\1"),
    ("style-count", STYLES, "", STYLES, '<fonts count="4"', '<fonts count="5"'),
    ("font", STYLES, "", STYLES, '(<cellXfs.*?)fontId="0"', r'\1fontId="4"'),
    ("fill", STYLES, "", STYLES, '(<cellXfs.*?)fillId="0"', r'\1fillId="2"'),
    ("border", STYLES, "", STYLES, '(<cellXfs.*?)borderId="0"', r'\1borderId="1"'),
    ("parent-style", STYLES, "", STYLES, '(<cellXfs.*?)xfId="0"', r'\1xfId="2"'),
    ("number-format", STYLES, "", STYLES, '(<cellXfs.*?)numFmtId="164"', r'\1numFmtId="165"'),
    ("number-format-twice", STYLES, "", STYLES, "</numFmts>", '<numFmt numFmtId="164" formatCode="0"/></numFmts>'),
    ("number-format-code", STYLES, "", STYLES, 'formatCode="0.000"', 'formatCode="0&quot;"'),
    ("too-many-styles", STYLES, "", STYLES, "<cellXfs[^>]*>", "<cellXfs>" + '<xf xfId="0"/>' * 65_490),
    ("cell-style", STYLES, "", STYLES, 'name="Normal" xfId="0"', 'name="Normal" xfId="7"'),
    ("cell-style-twice", STYLES, "", STYLES, "</cellStyles>", STYLE_TWICE),
    ("table-style", STYLES, "", STYLES, "<tableStyles[^>]*/>", TABLE_STYLE),
    ("conditional-style", PEOPLE, "C2:C3", PEOPLE, 'dxfId="1"', 'dxfId="2"'),
]  # fmt: skip

CELLS = [
    ("row", PEOPLE, "A3", PEOPLE, '<row r="4".*?</row>', '<row r="3"/>'),
    ("row", PEOPLE, "A2", PEOPLE, '<row r="6"', '<row r="2"'),
    ("row-limit", PEOPLE, "", PEOPLE, '<row r="6"', '<row r="1048577"'),
    ("row-style", PEOPLE, "A6", PEOPLE, '<row r="6"', '<row r="6" s="3" customFormat="1"'),
    ("row-height", PEOPLE, "A6", PEOPLE, 'ht="30"', 'ht="500"'),
    ("outline", PEOPLE, "A6", PEOPLE, 'ht="30"', 'ht="30" outlineLevel="8"'),
    ("cell", PEOPLE, "A2", PEOPLE, 'r="B2" t', 'r="A2" t'),
    ("cell", PEOPLE, "G2", PEOPLE, 'r="H2"', 'r="G2"'),
    ("cell-row", PEOPLE, "G9", PEOPLE, 'r="G3"', 'r="G9"'),
    ("cell-address", PEOPLE, "", PEOPLE, 'r="G3"', 'r="G0"'),
    ("cell-limit", PEOPLE, "XFE3", PEOPLE, 'r="G3"', 'r="XFE3"'),
    ("cell-style-index", PEOPLE, "G3", PEOPLE, 'r="G3" s="1"', 'r="G3" s="3"'),
    ("shared-string", PEOPLE, "A3", PEOPLE, "<v>7</v>", "<v>15</v>"),
    ("shared-string", PEOPLE, "A3", PEOPLE, "<v>7</v>", "<v>x</v>"),
    ("number", PEOPLE, "G3", PEOPLE, "<v>7.25</v>", "<v>seven</v>"),
    ("number", PEOPLE, "G3", PEOPLE, "<v>7.25</v>", "<v>7,25</v>"),
    ("boolean", PEOPLE, "G2", PEOPLE, 't="b"><v>1', 't="b"><v>2'),
    ("error", PEOPLE, "G3", PEOPLE, 's="1"><v>7.25', 's="1" t="e"><v>#WRONG!'),
    ("type", PEOPLE, "G3", PEOPLE, 's="1"><v>7.25', 's="1" t="text"><v>7.25'),
    ("date", PEOPLE, "G3", PEOPLE, 's="1"><v>7.25', 's="1" t="d"><v>14.3.1986'),
    ("inline-string", PEOPLE, "G3", PEOPLE, 's="1"><v>7.25</v>', 's="1" t="inlineStr"><v>x</v>'),
    ("inline-string", PEOPLE, "G3", PEOPLE, "<v>7.25</v>", "<is><t>x</t></is>"),
    ("text-length", PEOPLE, "G3", PEOPLE, 's="1"><v>7.25</v>', f's="1" t="inlineStr"><is><t>{LONG}</t></is>'),
    ("text-length", PEOPLE, "F2", PEOPLE, "yes \\(Ann</v>", f"{LONG}</v>"),
    ("value", PEOPLE, "G3", PEOPLE, "<v>7.25</v>", "<v>7.25</v><v>7.25</v>"),
    ("value", PEOPLE, "F3", PEOPLE, "<f>SUM\\(C2:C3\\)</f><v>11</v>", "<v>11</v><f>SUM(C2:C3)</f>"),
    ("formula", PEOPLE, "F3", PEOPLE, "SUM\\(C2:C3\\)", "SUM(C2:C3"),
    ("formula", PEOPLE, "F3", PEOPLE, "SUM\\(C2:C3\\)", '"a"&amp;"b'),
    ("formula", PEOPLE, "F3", PEOPLE, "SUM\\(C2:C3\\)", f'"{"x" * 8200}"'),
    ("shared-formula", PEOPLE, "F3", PEOPLE, "<f>SUM\\(C2:C3\\)</f>", '<f t="shared" si="3"/>'),
    ("array-formula", PEOPLE, "F3", PEOPLE, "<f>SUM\\(C2:C3\\)</f>", '<f t="array" ref="G3:G4">SUM(C2:C3)</f>'),
    ("rows-unreadable", PEOPLE, "", PEOPLE, '<row r="6"', '<line r="6"'),
    ("shared-string-text", STRINGS, "", STRINGS, "<t>STK-1</t>", f"<t>{LONG}</t>"),
    ("string-count", STRINGS, "", STRINGS, 'uniqueCount="15"', 'uniqueCount="16"'),
]  # fmt: skip

SHEET = [
    ("sheet-order", PEOPLE, "", PEOPLE, "(<mergeCells .*</mergeCells>)(.*)(<legacyDrawing)", r"\2\1\3"),
    ("sheet-order", PEOPLE, "", PEOPLE, "(<pageMargins [^>]*>)", r"\1\1"),
    ("dimension", PEOPLE, "A1:J6", PEOPLE, 'ref="A1:K6"', 'ref="A1:J6"'),
    ("columns", PEOPLE, "", PEOPLE, 'min="8"', 'min="2"'),
    ("columns", PEOPLE, "", PEOPLE, 'style="1" customWidth', 'style="9" customWidth'),
    ("merge", PEOPLE, "H4:", PEOPLE, 'ref="H4:I4"', 'ref="H4:"'),
    ("merge-overlap", PEOPLE, "H2:I4", PEOPLE, 'ref="H4:I4"', 'ref="H2:I4"'),
    ("list-count", PEOPLE, "", PEOPLE, '<mergeCells count="2"', '<mergeCells count="3"'),
    ("list-count", PEOPLE, "", PEOPLE, '<dataValidations count="2"', '<dataValidations count="1"'),
    ("sheet-view", PEOPLE, "", PEOPLE, 'workbookViewId="0"', 'workbookViewId="1"'),
    ("sheet-view", PEOPLE, "", PEOPLE, 'topLeftCell="B2"', 'topLeftCell="2B"'),
    ("link", PEOPLE, "", PEOPLE, '<hyperlink ref="K2"', '<hyperlink ref="K"'),
    ("validation", PEOPLE, "B2-B3", PEOPLE, 'sqref="B2:B3"', 'sqref="B2-B3"'),
    ("validation", PEOPLE, "C2:C3", PEOPLE, 'type="whole"', 'type="wholes"'),
    ("validation-formula", PEOPLE, "B2:B3", PEOPLE, "list_names</formula1>", "list_x</formula1>"),
    ("validation-formula", PEOPLE, "B2:B3", PEOPLE, "<formula1>list_names</formula1>", ""),
    ("validation-formula", PEOPLE, "B2:B3", PEOPLE, "list_names</formula1>", f'"{"a," * 128}"</formula1>'),
    ("validation-text", PEOPLE, "B2:B3", PEOPLE, 'promptTitle="Name"', f'promptTitle="{"N" * 33}"'),
    ("condition", PEOPLE, "C2;C3", PEOPLE, 'conditionalFormatting sqref="C2:C3"', 'conditionalFormatting sqref="C2;C3"'),
    ("condition", PEOPLE, "C2:C3", PEOPLE, 'type="cellIs"', 'type="cellWas"'),
    ("condition", PEOPLE, "G2-G3", PEOPLE, "<xm:sqref>G2:G3", "<xm:sqref>G2-G3"),
    ("condition", PEOPLE, "", PEOPLE, "<xm:sqref>J2", "<xm:sqref>2J"),
    ("condition-priority", PEOPLE, "C2:C3", PEOPLE, 'priority="1"', 'priority="0"'),
    ("breaks", PEOPLE, "", PEOPLE, '<brk id="20"', '<brk id="1048577"'),
    ("ignored-errors", PEOPLE, "", PEOPLE, '<ignoredError sqref="A2:A3"', '<ignoredError sqref="A2A3"'),
    ("filter", ORDERS, "", ORDERS, "<pageMargins", '<autoFilter ref="H"/><pageMargins'),
    ("table-parts", PEOPLE, "", PEOPLE, "<tableParts.*</tableParts>", ""),
    ("list-count", PEOPLE, "", PEOPLE, '<tableParts count="1"', '<tableParts count="2"'),
    ("comment", NOTES, "", NOTES, 'ref="B2"', 'ref="B"'),
    ("comment", NOTES, "B2", NOTES, "(<comment .*</comment>)", r"\1\1"),
    ("comment-author", NOTES, "B2", NOTES, 'authorId="0"', 'authorId="1"'),
    ("anchor", DRAWING, "", DRAWING, "<xdr:col>5</xdr:col>", "<xdr:col>99999</xdr:col>"),
    ("calculation-chain", CHAIN, "G3", CHAIN, 'r="F3"', 'r="G3"'),
    ("calculation-chain", CHAIN, "", CHAIN, 'i="1"', 'i="7"'),
]  # fmt: skip

TABLES = [
    ("table-range", TABLE, "", TABLE, 'ref="A1:D4"', 'ref="A1:D1048577"'),
    ("table-range", TABLE, "", TABLE, 'ref="A1:D4"', 'ref="D4:A1"'),
    ("table-overlap", OTHER, "", SHEET_RELS, "</Relationships>", SECOND_TABLE),
    ("table-merged", TABLE, "C3:D3", PEOPLE, 'ref="H4:I4"', 'ref="C3:D3"'),
    ("table-header", TABLE, "B1", STRINGS, "<t>Name</t>", "<t>name</t>"),
    ("table-header", TABLE, "C1", STRINGS, "Two\nlines", "Two lines"),
    ("table-header", TABLE, "D1", PEOPLE, '<c r="D1" t="s"><v>4</v></c>', '<c r="D1"><v>4</v></c>'),
    ("table-columns", TABLE, "", TABLE, '<tableColumn id="2" name="Name"/>', ""),
    ("list-count", TABLE, "", TABLE, '<tableColumns count="4"', '<tableColumns count="5"'),
    ("column-name", TABLE, "", TABLE, 'name="Name"', 'name=""'),
    ("column-name-twice", TABLE, "", TABLE, 'name="Name"', 'name="ID"'),
    ("column-id", TABLE, "", TABLE, 'tableColumn id="2"', 'tableColumn id="1"'),
    ("column-id", TABLE, "", TABLE, 'tableColumn id="2"', 'tableColumn id="0"'),
    ("table-id", OTHER, "", OTHER, ' id="2"', ' id="1"'),
    ("table-name", TABLE, "", TABLE, 'displayName="People"', 'displayName="Our people"'),
    ("table-name-twice", OTHER, "", OTHER, 'displayName="Orders"', 'displayName="PEOPLE"'),
    ("table-name-twice", OTHER, "", OTHER, 'displayName="Orders"', 'displayName="list_names"'),
    ("table-filter", TABLE, "", TABLE, 'autoFilter ref="A1:D3"', 'autoFilter ref="A1:D4"'),
    ("table-filter", TABLE, "", TABLE, '<autoFilter ref="A1:D3"/>', FILTERED),
    ("table-sort", TABLE, "", TABLE, "<tableColumns ", '<sortState ref="A2:E3"/><tableColumns '),
    ("table-totals", TABLE, "", TABLE, 'totalsRowCount="1"', 'totalsRowCount="2"'),
    ("table-totals", TABLE, "", TABLE, 'totalsRowFunction="sum"', 'totalsRowFunction="total"'),
    ("table-totals", TABLE, "", TABLE, 'totalsRowFunction="sum"', 'totalsRowFunction="custom"'),
    ("table-style-index", TABLE, "", TABLE, 'dataDxfId="0"', 'dataDxfId="2"'),
    ("table-empty", TABLE, "A1:D2", TABLE, 'ref="A1:D4"', 'ref="A1:D2"'),
    ("table-order", TABLE, "", TABLE, "(<autoFilter[^>]*>)(<tableColumns.*</tableColumns>)", r"\2\1"),
    ("column-formula", TABLE, "", TABLE, "\\[\\[#This Row\\]", "[[#This Row"),
]  # fmt: skip


ALL = PACKAGE + WORKBOOK + STYLE + CELLS + SHEET + TABLES


@pytest.mark.parametrize(
    ("kind", "where", "cell", "part", "old", "new"),
    ALL,
    ids=[f"{number}-{case[0]}" for number, case in enumerate(ALL)],
)
def test_planted_flaw_is_found(sound, tmp_path, kind, where, cell, part, old, new):
    """Each corruption is found by its kind and its place."""
    assert (kind, where, cell) in places(planted(sound, tmp_path / "planted.xlsx", part, old, new))


def test_every_kind_is_planted():
    """No kind of flaw goes unproven; the last ones have tests of their own."""
    assert set(KINDS) - {case[0] for case in ALL} == {"zip", "pivot-cache", "crowded"}


def test_a_sheet_with_megabytes_of_settings_is_not_looked_through(sound, tmp_path):
    """Hundreds of thousands of merged cells would fill the memory: they are told as one flaw, with what mends it."""
    merges = "".join(f'<mergeCell ref="AA{n}:AB{n}"/>' for n in range(1, 300_000))
    path = planted(sound, tmp_path / "p.xlsx", PEOPLE, "</mergeCells>", merges + "</mergeCells>")
    (flaw,) = check_file(path)
    assert (flaw.kind, flaw.part, flaw.message) == (
        "crowded",
        PEOPLE,
        "its rules, merged cells and links take 10 MB, too much to be looked through.",
    )
    assert flaw.remedy.startswith("In Excel, clear formats, merged cells and links")


def test_merged_cells_that_all_overlap_are_told_and_no_more_than_a_person_reads(sound, tmp_path):
    """Thousands of ranges one over the other are not compared each with each."""
    merges = "".join(f'<mergeCell ref="AA1:AB{n}"/>' for n in range(2, 30_000))
    path = planted(sound, tmp_path / "p.xlsx", PEOPLE, "</mergeCells>", merges + "</mergeCells>")
    found = [kind for kind, _, _ in places(path)]
    assert 10 < found.count("merge-overlap") < 100


def test_pivot_table_without_its_cache_is_found(tmp_path):
    """A pivot table that asks for a cache which the workbook does not list is named."""
    part = "xl/pivotTables/pivotTable1.xml"
    path = planted(
        shared("workbooks/poi-ExcelPivotTableSample.xlsx"),
        tmp_path / "p.xlsx",
        part,
        'cacheId="[0-9]+"',
        'cacheId="99"',
    )
    assert places(path) == [("pivot-cache", part, "")]


def test_truncated_file_is_one_flaw(sound, tmp_path):
    """A file that ends early is one flaw, not a crash."""
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(sound.read_bytes()[:-40])
    assert places(cut) == [("zip", "cut.xlsx", "")]


def test_part_there_twice_is_found(sound, tmp_path):
    """Two parts that differ only in the case of their letters are one too many."""
    twice = tmp_path / "twice.xlsx"
    twice.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("XL/theme/THEME1.xml", "<a/>")
    assert [(flaw.kind, "THEME1" in flaw.message) for flaw in check_file(twice)] == [("zip", True)]


def test_messages_are_sentences_with_a_remedy(sound, tmp_path):
    """A flaw says its place, what is wrong and what mends it."""
    path = planted(sound, tmp_path / "planted.xlsx", PEOPLE, "<v>7.25</v>", "<v>seven</v>")
    (flaw,) = check_file(path)
    assert str(flaw) == f"{PEOPLE}, G3: the number reads 'seven'. [number]"
    assert flaw.remedy == (
        "Open it in Excel, let Excel repair it, look at that cell, type its value again where it is gone, and save."
    )


def test_a_million_flaws_are_not_listed(sound, tmp_path):
    """A sheet that is wrong throughout gives no more lines than a person would read."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>x</v></c></row>' for n in range(10, 3000))
    path = planted(sound, tmp_path / "planted.xlsx", PEOPLE, "</sheetData>", rows + "</sheetData>")
    assert 10 < sum(kind == "number" for kind, _, _ in places(path)) < 100


@pytest.fixture(scope="module")
def uniform(sound, tmp_path_factory):
    """A workbook with a sheet of a thousand rows that are all alike."""
    rows = "".join(
        f'<row r="{n}" spans="1:6"><c r="A{n}" t="s"><v>{n % 15}</v></c><c r="B{n}" s="1"><v>{n}.5</v></c>'
        f'<c r="C{n}" t="inlineStr"><is><t>a &amp; b {n}</t></is></c><c r="D{n}" t="b"><v>1</v></c><c r="E{n}"/></row>'
        for n in range(10, 1000)
    )
    folder = tmp_path_factory.mktemp("uniform")
    path = planted(sound, folder / "rows.xlsx", PEOPLE, "</sheetData>", rows + "</sheetData>")
    return planted(path, folder / "uniform.xlsx", PEOPLE, "A1:K6", "A1:K999")


def test_uniform_rows_have_no_flaw(uniform):
    """Rows that are all alike give no alarm."""
    assert check_file(uniform) == []


@pytest.mark.parametrize(
    ("kind", "cell", "old", "new"),
    [
        ("row", "A700", '<row r="701" ', '<row r="700" '),
        ("row", "A5", '<row r="701" ', '<row r="5" '),
        ("cell-row", "B700", 'r="B701"', 'r="B700"'),
        ("cell", "B701", '(<c r="B701".*?</c>)(<c r="C701".*?</c>)', r"\2\1"),
        ("cell", "C701", '(<c r="C701".*?</c>)', r"\1\1"),
        ("cell-style-index", "B701", 'r="B701" s="1"', 'r="B701" s="11"'),
        ("shared-string", "A701", '(r="A701" t="s"><v>)11', r"\g<1>15"),
        ("number", "B701", "<v>701.5</v>", "<v>701.5.5</v>"),
        ("boolean", "D701", '(r="D701" t="b"><v>)1', r"\g<1>7"),
        ("error", "D701", 'r="D701" t="b"><v>1', 'r="D701" t="e"><v>#BAD!'),
        ("text-length", "C701", "a &amp; b 701", LONG),
        ("formula", "B701", "<v>701.5</v>", "<f>(1</f><v>701.5</v>"),
        ("row-style", "A701", '<row r="701" ', '<row r="701" s="9" '),
        ("xml", "", "a &amp; b 701", "a & b 701"),
        ("xml", "", "a &amp; b 701", "a \x02 b"),
        ("xml", "", "a &amp; b 701", "a ]]> b"),
        ("xml", "", "a &amp; b 701", "a \uffff b"),
        ("xml", "", '<row r="701" spans', '<row r="701" y:spans'),
        ("xml", "", '<row r="701" ', '<row r="701" r="701" '),
        ("xml", "", '(r="D701" t="b"><v>1</v>)</c>', r"\1"),
    ],
)  # fmt: skip
def test_flaw_among_uniform_rows_is_found(uniform, tmp_path, kind, cell, old, new):
    """A row that is not like a thousand others is looked at closely."""
    found = places(planted(uniform, tmp_path / "planted.xlsx", PEOPLE, old, new))
    assert found[0] == (kind, PEOPLE, cell)
    assert len(found) <= 6


def test_other_forms_of_xml_give_the_same_flaws(uniform, tmp_path):
    """A sheet with prefixes, one in two bytes a character and one with comments are as sound, or flawed, as before."""
    flawed = planted(uniform, tmp_path / "flawed.xlsx", PEOPLE, "<v>701.5</v>", "<v>x</v>")
    with zipfile.ZipFile(flawed) as archive:
        text = archive.read(PEOPLE).decode()
    body = re.sub(r"(</?)(?![\w]+:)(\w)", r"\1x:\2", text.partition("?>")[2]).replace("xmlns=", "xmlns:x=", 1)
    forms = {
        "prefixed": body,
        "commented": text.replace("<row ", "<!-- </row> --><row ", 3),
        "quoted": re.sub(r'r="(\w+)"', r"r='\1'", text.replace('r:id="', 'r:ID="')).replace("r:ID", "r:id"),
    }
    for name, form in forms.items():
        path = planted(flawed, tmp_path / f"{name}.xlsx", PEOPLE, "", form)
        assert places(path) == [("number", PEOPLE, "B701")], name
    with zipfile.ZipFile(flawed) as source, zipfile.ZipFile(tmp_path / "wide.xlsx", "w") as copy:
        for part in source.namelist():
            data = source.read(part)
            copy.writestr(part, text.replace("UTF-8", "UTF-16").encode("utf-16") if part == PEOPLE else data)
    assert places(tmp_path / "wide.xlsx") == [("number", PEOPLE, "B701")]

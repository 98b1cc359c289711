"""The reader keeps what each cell held, and knows where it stands."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.handmade import DATE, HOURS, TEXT, TIME, handmade, header
from workbook_cms.errors import FileError
from workbook_cms.file.builder import build
from workbook_cms.file.layout import CellStyle, ColumnSpec, HomeSpec, SheetSpec, TableSpec, WorkbookSpec
from workbook_cms.file.package import Package
from workbook_cms.file.reader import RawTable, read_tables

HEAD = header("Id", "B", "C")


def read(path):
    return read_tables(Package.open(path))["People"]


@pytest.fixture
def table_of(tmp_path):
    """Reads the table of a workbook whose rows are given as the XML of the sheet."""

    def reading(rows, **how):
        return read(handmade(tmp_path / "hand.xlsx", rows, **how))

    return reading


def cell(address, value, kind="", style=0):
    kind = f' t="{kind}"' if kind else ""
    return f'<c r="{address}"{kind} s="{style}"><v>{value}</v></c>'


def text(address, value, space=' xml:space="preserve"'):
    return f'<c r="{address}" t="inlineStr"><is><t{space}>{value}</t></is></c>'


def column_b(*cells):
    """The header and one row a cell, each with an id; ``{}`` in a cell stands for its address."""
    rows = "".join(
        f'<row r="{i}">{cell(f"A{i}", i)}{xml.replace("{}", f"B{i}")}</row>'
        for i, xml in enumerate(cells, start=2)
    )
    return HEAD + rows, f"A1:C{len(cells) + 1}"


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (text("{}", "NA"), "NA"),
        (text("{}", "None"), "None"),
        (text("{}", "0412345678"), "0412345678"),
        (text("{}", "1234567890123456789"), "1234567890123456789"),
        (text("{}", "2026-11-05"), "2026-11-05"),
        (text("{}", "5/11/2026"), "5/11/2026"),
        (text("{}", "TRUE"), "TRUE"),
        (text("{}", "#N/A"), "#N/A"),
        (text("{}", "=1+1"), "=1+1"),
        (text("{}", 't="e" and &lt;f&gt;'), 't="e" and <f>'),
        (text("{}", " kept "), " kept "),
        (text("{}", " not kept ", space=""), "not kept"),
        (text("{}", "a_x000D_b"), "a\rb"),
        (text("{}", "_x005F_x000D_"), "_x000D_"),
        (text("{}", "_x00e9_"), "é"),
        (text("{}", "two&#10;lines"), "two\nlines"),
        (text("{}", ""), None),
        (
            '<c r="{}" t="inlineStr"><is><r><t>rich</t></r><r><rPr><b/></rPr><t xml:space="preserve"> text</t></r></is></c>',
            "rich text",
        ),
        (cell("{}", "5"), 5),
        (cell("{}", "5.0"), 5),
        (cell("{}", "1E3"), 1000),
        (cell("{}", "0.1"), 0.1),
        (cell("{}", "-7.25"), -7.25),
        (cell("{}", "1.23456789012346E+16"), 12345678901234600),
        (cell("{}", "5", style=TEXT), 5),
        (cell("{}", "1", "b"), True),
        (cell("{}", "0", "b"), False),
        (cell("{}", "46331", style=DATE), dt.date(2026, 11, 5)),
        (cell("{}", "46331.604166666664", style=DATE), dt.datetime(2026, 11, 5, 14, 30)),
        (cell("{}", "46330.99999999999", style=DATE), dt.date(2026, 11, 5)),
        (cell("{}", "59", style=DATE), dt.date(1900, 2, 28)),
        (cell("{}", "61", style=DATE), dt.date(1900, 3, 1)),
        (cell("{}", "-5", style=DATE), -5),
        (cell("{}", "0", style=TIME), dt.time()),
        (cell("{}", "0.5", style=TIME), dt.time(12)),
        (cell("{}", "1.5", style=HOURS), 1.5),
        (cell("{}", "2026-11-05", "d"), dt.date(2026, 11, 5)),
        (cell("{}", "text of a formula", "str"), "text of a formula"),
        ('<c r="{}" s="1"/>', None),
        ('<c r="{}"><v></v></c>', None),
    ],
)
def test_value_is_what_the_cell_held(table_of, xml, value):
    """No text becomes a number, a date or blank, and no number a text; whole numbers are whole."""
    rows, ref = column_b(xml, text("{}", "other"), cell("{}", "0.5"))
    seen = table_of(rows, ref=ref).cells[0][1]
    assert (seen, type(seen)) == (value, type(value))


@pytest.mark.parametrize(
    ("number", "day"), [("0.5", dt.time(12)), ("60", dt.date(1904, 3, 1)), ("44869", dt.date(2026, 11, 5))]
)
def test_dates_of_the_1904_calendar(table_of, number, day):
    """A workbook made on an old Mac counts its days from 1904."""
    rows, ref = column_b(cell("{}", number, style=DATE))
    assert table_of(rows, ref=ref, date1904=True).cells == [[2, day, None]]


def test_shared_strings_of_every_kind(table_of):
    """Plain, rich, spaced, escaped and empty shared strings; the reading aid of Japanese names is not part of them."""
    strings = (
        "<si><t>plain</t></si><si><r><t>rich</t></r><r><t xml:space='preserve'> text</t></r></si>"
        "<si><t xml:space='preserve'> a </t></si><si><t>x_x005F_x000D_</t></si><si><t/></si>"
        "<si><t>漢</t><rPh sb='0' eb='1'><t>かん</t></rPh></si>"
    )
    rows, ref = column_b(*(cell("{}", i, "s") for i in range(6)))
    column = table_of(rows, ref=ref, strings=strings).by_column[1]
    assert column == ["plain", "rich text", " a ", "x_x000D_", None, "漢"]


def test_error_cells_are_known_as_errors(table_of):
    """An error is no blank: its code is kept by position, also where nothing else stands in the row."""
    rows = (
        HEAD
        + f'<row r="2">{cell("A2", "#DIV/0!", "e")}</row><row r="3"/>'
        + f'<row r="4">{cell("B4", "x", "str")}<c r="C4" t="e"><f>NA()</f><v>#N/A</v></c></row>'
    )
    table = table_of(rows, ref="A1:C4")
    assert table.rows == [2, 4]
    assert table.cells == [[None] * 3, [None, "x", None]]
    assert table.errors == {(0, 0): "#DIV/0!", (1, 2): "#N/A"}
    assert table.formulas == {(1, 2): "=NA()"}


def test_errors_that_the_bulk_reader_does_not_know(table_of):
    """One cell still fetching its data does not keep the sheet from being read."""
    rows, ref = column_b(cell("{}", "#GETTING_DATA", "e"), text("{}", "#TAG"), cell("{}", "#REF!", "e"))
    table = table_of(rows, ref=ref)
    assert table.by_column[1] == [None, "#TAG", None]
    assert table.errors == {(0, 1): "#GETTING_DATA", (2, 1): "#REF!"}


def test_formulas_of_every_kind(table_of):
    """Plain, shared, array and data-table formulas, each cell with its own text and its value."""
    rows, ref = column_b(
        '<c r="{}"><f>A2&amp;"&lt;"</f><v>1</v></c>',
        '<c r="{}"><f t="shared" ref="B3:B4" si="0">$A3*C3</f><v>2</v></c>',
        '<c r="{}"><f t="shared" si="0"/><v>3</v></c>',
        '<c r="{}"><f t="array" ref="B5:B6">A5:A6*2</f><v>4</v></c>',
        '<c r="{}"><v>5</v></c>',
        '<c r="{}"><f t="dataTable" ref="B7" r1="A1"/><v>6</v></c>',
        '<c r="{}"><f>""</f><v></v></c>',
        '<c r="{}" t="inlineStr"><is><r><rPr><family val="2"/><color rgb="FF0000"/></rPr><t>no</t></r></is></c>',
    )
    table = table_of(rows, ref=ref)
    assert table.by_column[1] == [1, 2, 3, 4, 5, 6, None, "no"]
    assert table.formulas == {
        (0, 1): '=A2&"<"',
        (1, 1): "=$A3*C3",
        (2, 1): "=$A4*C4",
        (3, 1): "{=A5:A6*2}",
        (4, 1): "{=A5:A6*2}",
        (5, 1): "{=TABLE(A1,)}",
        (6, 1): '=""',
    }


def test_cells_without_addresses(table_of):
    """Cells that do not say where they are follow one another."""
    rows = (
        "<row><c t='inlineStr'><is><t>Id</t></is></c><c t='inlineStr'><is><t>B</t></is></c>"
        "<c t='inlineStr'><is><t>C</t></is></c></row>"
        "<row><c><v>1</v></c><c><f>A2</f><v>1</v></c><c t='e'><v>#N/A</v></c></row>"
    )
    table = table_of(rows, ref="A1:C2")
    assert table.cells == [[1, 1, None]]
    assert table.formulas == {(0, 1): "=A2"}
    assert table.errors == {(0, 2): "#N/A"}


def test_blank_rows_inside_are_left_out(table_of):
    """Rows keep their own numbers; False and 0 are content."""
    rows = (
        HEAD + f'<row r="2">{cell("A2", 1)}</row><row r="3"><c r="A3" s="2"/></row>'
        f'<row r="5">{cell("B5", 0, "b")}</row><row r="6">{cell("C6", 0)}</row>'
    )
    table = table_of(rows, ref="A1:C7")
    assert (table.rows, table.letters) == ([2, 5, 6], ["A", "B", "C"])
    assert table.cells == [[1, None, None], [None, False, None], [None, None, 0]]


def test_table_away_from_the_corner(table_of):
    """A table may start anywhere; what stands above it is no stray cell, what stands under or beside it is."""
    rows = (
        f'<row r="2">{text("C2", "a title")}</row>'
        f'<row r="4">{text("C4", "Id")}{text("D4", "B")}{text("F4", "beside the header")}</row>'
        f'<row r="5">{text("A5", "left")}{cell("C5", 1)}{cell("D5", 2)}</row>'
        f'<row r="6">{cell("C6", 3)}<c r="G6" t="e"><v>#N/A</v></c></row>'
        f'<row r="9">{text("D9", "under")}<c r="E9"><f>1</f></c></row>'
    )
    table = table_of(rows, ref="C4:D6", columns=("Id", "B"))
    assert table.cells == [[1, 2], [3, None]]
    assert (table.rows, table.letters) == ([5, 6], ["C", "D"])
    assert table.stray == ["F4", "A5", "G6", "D9", "E9"]
    assert table.errors == {}


def test_totals_row_is_no_record(table_of):
    """The totals row is neither a record nor a stray cell."""
    rows, _ = column_b(text("{}", "x"), text("{}", "Total"))
    table = table_of(rows, ref="A1:C3", totals=1)
    assert (table.cells, table.stray) == ([[2, "x", None]], [])


def test_merged_ranges_that_touch_the_table(table_of):
    """Merged cells are told where they touch the table."""
    rows, ref = column_b(text("{}", "x"))
    tail = '<mergeCells count="2"><mergeCell ref="B2:C2"/><mergeCell ref="E9:F9"/></mergeCells>'
    assert table_of(rows, ref=ref, tail=tail).merged == ["B2:C2"]


def test_range_larger_than_the_sheet_holds(table_of):
    """A table of which no cell but the header was ever written has no record."""
    table = table_of(HEAD, ref="A1:C9")
    assert (table.cells, len(table), table.frame().shape) == ([], 0, (0, 3))
    assert table_of('<row r="3"><c r="A3"><v>1</v></c></row>', ref="A1:C9").cells == [[1, None, None]]


def rewritten(path, change):
    """The workbook with its sheet's XML changed."""
    target = path.with_name("rewritten.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            copy.writestr(name, change(data.decode()) if name == "xl/worksheets/sheet1.xml" else data)
    return target


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_sheet_in_another_encoding(tmp_path, encoding):
    """A sheet of two bytes a character, which the bulk reader takes for an empty one, is read."""
    rows, ref = column_b(text("{}", "Zoë"), cell("{}", "#N/A", "e"))
    path = rewritten(
        handmade(tmp_path / "plain.xlsx", rows, ref=ref),
        lambda xml: xml.replace('"UTF-8"', f'"{encoding[:6]}"').encode(encoding),
    )
    assert read(path).cells == [[2, "Zoë", None], [3, None, None]]
    assert read(path).errors == {(1, 1): "#N/A"}


@pytest.mark.parametrize(
    ("xml", "value"), [(cell("{}", "1e300"), 1e300), (cell("{}", "nan"), "nan"), (cell("{}", "abc"), "abc")]
)
def test_number_that_is_none_or_out_of_bounds(table_of, xml, value):
    """What no integer column could hold stays float, and what is no number is text."""
    rows, ref = column_b(xml, cell("{}", "7"))
    assert table_of(rows, ref=ref).by_column[1] == [value, 7]


def test_prefixed_sheet(tmp_path):
    """Another program's habit of a namespace prefix changes nothing."""
    rows, ref = column_b('<c r="{}"><f>1+1</f><v>2</v></c>', cell("{}", "#N/A", "e"))
    path = handmade(tmp_path / "plain.xlsx", rows, ref=ref)

    def prefixed(xml):
        xml = xml.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
        return xml.replace("xmlns=", "xmlns:x=").encode()

    other = rewritten(path, prefixed)
    assert (read(other).cells, read(other).formulas, read(other).errors) == (
        read(path).cells,
        {(0, 1): "=1+1"},
        {(1, 1): "#N/A"},
    )


def test_renamed_sheet_is_found_by_its_table(tmp_path):
    """People rename sheets; the table keeps its name."""
    path = tmp_path / "renamed.xlsx"
    columns = (ColumnSpec("Id"), ColumnSpec("When", CellStyle.DATE))
    spec = TableSpec("People", columns, [{"Id": "1", "When": dt.date(2026, 1, 2)}])
    build(path, WorkbookSpec(HomeSpec("x"), (SheetSpec("People", spec),)))
    book = openpyxl.load_workbook(path)
    book["People"].title = "Dr. O'Hara & co."
    book.save(path)
    table = read(path)
    assert table.sheet == "Dr. O'Hara & co."
    assert table.cells == [["1", dt.date(2026, 1, 2)]]


def test_only_the_tables_asked_for(tmp_path):
    """Tables come in the order asked; an unknown one is one line that names those there are."""
    path = tmp_path / "two.xlsx"
    sheets = tuple(SheetSpec(name, TableSpec(name, (ColumnSpec("Id"),))) for name in ("One", "Two", "Three"))
    build(path, WorkbookSpec(HomeSpec("x"), sheets))
    package = Package.open(path)
    assert list(read_tables(package)) == ["One", "Two", "Three"]
    assert list(read_tables(package, ["Three", "One"])) == ["Three", "One"]
    assert read_tables(package, []) == {}
    with pytest.raises(FileError, match="The table Four is missing"):
        read_tables(package, ["Four"])


def test_damaged_sheet_is_one_line(tmp_path):
    """A cell that names a text which is not there is a damaged file, told with its sheet."""
    rows, ref = column_b(cell("{}", 99, "s"))
    path = handmade(tmp_path / "damaged.xlsx", rows, ref=ref)
    with pytest.raises(FileError, match=r"^damaged.xlsx, sheet People: it is damaged"):
        read(path)


def test_frame_converts_nothing(table_of):
    """The frame holds the same objects: None stays None, whole numbers stay int beside blanks."""
    rows, ref = column_b(cell("{}", 5), "", cell("{}", 46331, style=DATE), cell("{}", 1, "b"))
    table = table_of(rows, ref=ref)
    frame = table.frame()
    assert list(frame.columns) == ["Id", "B", "C"]
    assert set(frame.dtypes.astype(str)) == {"object"}
    assert [type(v) for v in frame["B"]] == [int, type(None), dt.date, bool]
    assert frame["B"].tolist() == table.by_column[1]


def test_table_made_from_records():
    """A table may be made from a list a record, which others do in tests and at draining."""
    table = RawTable("T", "S", ["a", "b"], [[1, None], [2, "x"]], rows=[2, 3], letters=["A", "B"])
    assert table.by_column == [[1, 2], [None, "x"]]
    assert table.cells == [[1, None], [2, "x"]]
    assert table.frame().to_numpy().tolist() == table.cells


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40
) | st.sampled_from(["_x000D_", "_x005F_", "a\r\nb", "\t", "=1", "'quoted", "NaN", "1e5", "\x00\x1f"])
# XlsxWriter keeps 16 digits, Excel shows 15.
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1) | st.integers(-(10**12), 10**12).map(lambda n: n / 1000)
DAYS = st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31))


@settings(max_examples=40)
@given(st.lists(st.tuples(TEXTS, NUMBERS | st.booleans() | DAYS), min_size=1, max_size=20))
def test_reader_gets_back_what_the_builder_wrote(tmp_path_factory, values):
    """Any text, number, truth value and date comes back as it went in."""
    columns = (ColumnSpec("Id"), ColumnSpec("B"), ColumnSpec("C", CellStyle.NUMBER))
    rows = [{"Id": "x", "B": text_, "C": other} for text_, other in values]
    path = tmp_path_factory.mktemp("made") / "made.xlsx"
    build(path, WorkbookSpec(HomeSpec("x"), (SheetSpec("People", TableSpec("People", columns, rows)),)))
    whole = [int(v) if isinstance(v, float) and v.is_integer() else v for _, v in values]
    assert read(path).cells == [["x", text_ or None, v] for (text_, _), v in zip(values, whole, strict=True)]

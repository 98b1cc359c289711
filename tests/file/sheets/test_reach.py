"""What bounds the memory for a sheet: rows that no table needs, and sheets of which nearly all is blank."""

import datetime as dt

import pytest

from tests.support.handmade import DATE, handmade, header
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.reader import read_cells, read_tables

HEAD = header("Id", "B", "C")
ROW = '<row r="2"><c r="A2"><v>1</v></c></row>'
MANY = 12_000  # rows, so that what stands below is worth cutting off


def read(path):
    return read_tables(Package.open(path))["People"]


def below(cell):
    """Many rows below a table that ends in row 2, the last of them with a cell."""
    blank = "".join(f'<row r="{i}"><c r="A{i}" s="0"/></row>' for i in range(4, MANY))
    return HEAD + ROW + blank + f'<row r="{MANY}">{cell}</row>'


@pytest.mark.parametrize(
    ("cell", "stray"),
    [
        (f'<c r="B{MANY}"><v>1</v></c>', [f"B{MANY}"]),
        (f'<c r="B{MANY}"><f>A1</f></c>', [f"B{MANY}"]),
        (f'<c r="B{MANY}" t="e"><v>#N/A</v></c>', [f"B{MANY}"]),
        (f'<c r="B{MANY}" t="inlineStr"><is><t>x</t></is></c>', [f"B{MANY}"]),
        (f'<c s="0" r="B{MANY}"><v>1</v></c>', [f"B{MANY}"]),
        ("<c/><c><v>1</v></c>", [f"B{MANY}"]),
        (f'<c r="B{MANY}" t="inlineStr"><is><t></t></is></c>', []),
        (f'<c r="B{MANY}"><v></v></c>', []),
        (f'<c r="B{MANY}" s="0"/>', []),
    ],
)
def test_far_below_the_table(tmp_path, cell, stray):
    """What stands far below a table is told, and changes nothing of what the table holds."""
    table = read(handmade(tmp_path / "a.xlsx", below(cell), "A1:C2"))
    assert table.cells == [[1, None, None]]
    assert table.stray == stray


@pytest.mark.parametrize(
    "last",
    [
        f'<row r="{MANY}"><c r="B2"><v>7</v></c></row>',
        '<row r="3"><c r="B3"><v>7</v></c></row>',
        "<row><c><v>7</v></c></row>",
    ],
)
def test_rows_out_of_order_are_not_lost(tmp_path, last):
    """A row far down in the file that holds a cell of the table is read."""
    blank = "".join(f'<row r="{i}"><c r="A{i}" s="0"/></row>' for i in range(4, MANY))
    table = read(handmade(tmp_path / "a.xlsx", HEAD + ROW + blank + last, "A1:C3"))
    values = [value for record in table.cells for value in record]
    assert 7 in values or table.stray == [f"A{MANY}"]


def test_very_much_below_is_told_in_part(tmp_path):
    """Of a million cells below a table the first thousand are told."""
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>1</v></c></row>' for i in range(4, MANY))
    stray = read(handmade(tmp_path / "a.xlsx", HEAD + ROW + rows, "A1:C2")).stray
    assert (len(stray), stray[0], stray[-1]) == (1000, "A4", "A1003")


def test_a_sheet_of_blanks_is_refused(tmp_path):
    """A table down to row 900,000 with one value there would take hundreds of megabytes for nothing."""
    columns = tuple("ABCDEFGHIJ")
    rows = header(*columns) + ROW + '<row r="900000"><c r="A900000"><v>1</v></c></row>'
    path = handmade(tmp_path / "a.xlsx", rows, "A1:J900000", columns)
    with pytest.raises(
        FileError, match="reaches to row 900,000 and column 10, but nearly all of that is blank"
    ) as caught:
        read(path)
    assert caught.value.place == "a.xlsx, sheet People"
    with pytest.raises(FileError, match="nearly all of that is blank"):
        read_cells(Package.open(path), "People")


def test_a_wide_table_is_refused(tmp_path):
    """Columns count, whether their cells are there or not."""
    columns = tuple(f"c{i}" for i in range(10_000))
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="90000"><c r="A90000"><v>1</v></c></row>'
    with pytest.raises(FileError, match="nearly all of that is blank"):
        read(handmade(tmp_path / "a.xlsx", rows, "A1:NTP90000", columns))


def test_array_formulas_over_whole_sheets_are_refused(tmp_path):
    """Each cell of an array formula is known by its formula, so there is an end to how many there can be."""
    cell = '<row r="2"><c r="A2"><f t="array" ref="A2:XFD1048576">1</f><v>1</v></c></row>'
    with pytest.raises(
        FileError, match="its array and shared formulas reach over more cells than a sheet of records"
    ):
        read(handmade(tmp_path / "a.xlsx", HEAD + cell, "A1:C2"))


def test_many_days_before_the_calendar(tmp_path):
    """Negative numbers shown as dates are read in one pass, and stay numbers."""
    rows = "".join(f'<row r="{i}"><c r="A{i}" s="{DATE}"><v>-{i}</v></c></row>' for i in range(2, 3000))
    table = read(handmade(tmp_path / "a.xlsx", HEAD + rows, "A1:C2999"))
    assert table.by_column[0] == [-i for i in range(2, 3000)]
    midnight = '<row r="2"><c r="A2" s="3"><v>0</v></c></row>'
    assert read(handmade(tmp_path / "b.xlsx", HEAD + midnight, "A1:C2")).cells[0][0] == dt.time()


def test_a_long_formula_shared_by_very_many_is_refused(tmp_path):
    """A formula of 8,000 characters that 10,000 cells share is longer than any sheet of records."""
    first = '<row r="2"><c r="A2"><f t="shared" si="0" ref="A2:A10000">%s1</f></c></row>' % ("B2+" * 2700)
    others = "".join(f'<row r="{i}"><c r="A{i}"><f t="shared" si="0"/></c></row>' for i in range(3, 10_000))
    with pytest.raises(FileError, match="its array and shared formulas reach over more cells"):
        read(handmade(tmp_path / "a.xlsx", HEAD + first + others, "A1:C9999"))

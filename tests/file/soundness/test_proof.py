"""A write is looked through before it replaces the file: what it brought in refuses it, what was there before does not."""

import pytest

from tests.support.rich import PEOPLE, STYLES, TABLE, planted, rich
from workbook_cms.errors import FileError
from workbook_cms.file.package import Package
from workbook_cms.file.soundness import brought_in, check, check_file, new_flaws
from workbook_cms.file.writer import Append, DefineNames, Validations, write

ROW = {"No": 7, "Of": "eight"}


@pytest.fixture
def book(tmp_path):
    """A sound workbook with a bit of everything."""
    return rich(tmp_path / "book.xlsx")


@pytest.fixture
def long_sheet(tmp_path):
    """A sheet of 3,000 rows, so long that it is written in segments, whose row 20 holds a wrong number."""
    path = rich(tmp_path / "plain.xlsx")
    rows = "".join(
        f'<row r="{n}"><c r="B{n}"><v>{n}</v></c><c r="C{n}" t="inlineStr"><is><t>{"text " * 30}</t></is></c></row>'
        for n in range(5, 3000)
    ).replace("<v>20</v>", "<v>twenty</v>")
    path = planted(path, tmp_path / "more.xlsx", "xl/worksheets/sheet2.xml", "</sheetData>", rows + "</sheetData>")
    path = planted(
        path,
        tmp_path / "wide.xlsx",
        "xl/worksheets/sheet2.xml",
        'dimension ref="[^"]*"',
        'dimension ref="A1:Z2999"',
    )
    return planted(path, tmp_path / "long.xlsx", "xl/tables/table2.xml", "B2:C4(.*)B2:C4", r"B2:C2999\1B2:C2999")


def test_what_would_damage_the_file_is_refused(book):
    """A dropdown that Excel would throw out is found in the new file; the old one stays, nothing lies beside it."""
    before = book.read_bytes()
    rule = f'<dataValidations count="1"><dataValidation type="list" sqref="B3"><formula1>"{"a," * 200}"</formula1>'
    changes = [Validations("Orders", f"{rule}</dataValidation></dataValidations>".encode())]
    with pytest.raises(
        FileError, match=r"not right \(xl/worksheets/sheet2.xml, B3: the list of a dropdown is longer"
    ):
        write(Package.open(book), changes)
    assert book.read_bytes() == before
    assert [path.name for path in book.parent.iterdir()] == [book.name]


def test_a_name_for_nothing_is_refused(book):
    """A name defined for a sheet that is not there does not get into the file."""
    with pytest.raises(FileError, match="speaks of the sheet Gone, which is not there"):
        write(Package.open(book), [DefineNames({"lost": "Gone!$A$1"})])
    assert check_file(book) == []


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (PEOPLE, "<v>7.25</v>", "<v>seven</v>"),
        (PEOPLE, 'workbookViewId="0"', 'workbookViewId="1"'),
        (STYLES, 'name="Normal" xfId="0"', 'name="Normal" xfId="7"'),
        (TABLE, 'autoFilter ref="A1:D3"', 'autoFilter ref="A1:D4"'),
        ("xl/worksheets/sheet2.xml", '<sheetView ', '<sheetView view="normal" topLeftCell="1A" '),
    ],
)  # fmt: skip
def test_what_was_wrong_before_is_no_reason_to_refuse(book, tmp_path, part, old, new):
    """A workbook that others have damaged a little can still be written to, and no flaw is added."""
    flawed = planted(book, tmp_path / "flawed.xlsx", part, old, new)
    before = check_file(flawed)
    write(Package.open(flawed), [Append("Orders", [ROW])])
    assert [flaw.kind for flaw in check_file(flawed)] == [flaw.kind for flaw in before]


def test_only_what_a_write_touched_is_looked_through(long_sheet):
    """In a long sheet a wrong cell far from the new row is neither found nor blamed on the write; near it, it is."""
    old = Package.open(long_sheet)
    (rows,) = write(old, [Append("Orders", [ROW])])
    new = Package.open(long_sheet)
    assert rows == [3000]
    segments = new.segments("xl/worksheets/sheet2.xml")
    part, kinds = (
        "xl/worksheets/sheet2.xml",
        lambda index: [
            flaw.kind
            for flaw in brought_in(new, Package.open(long_sheet), [part], {part: [(segments[index].offset, 10)]})
        ],
    )
    assert len(segments) > 4
    assert [flaw.cell for flaw in check(new, [part])] == ["B20"]
    assert kinds(-2) == []
    assert kinds(1) == []  # found, and known from before


def test_flaws_are_told_apart_by_their_cell_or_counted(book, tmp_path):
    """Of a cell's flaw it counts where it is, of another how many there are, since ranges move."""
    one = check_file(planted(book, tmp_path / "a.xlsx", PEOPLE, "<v>7.25</v>", "<v>seven</v>"))
    two = check_file(planted(book, tmp_path / "b.xlsx", PEOPLE, "<v>5</v>", "<v>five</v>"))
    merged = check_file(planted(book, tmp_path / "c.xlsx", PEOPLE, 'ref="H4:I4"', 'ref="H2:I4"'))
    moved = check_file(planted(book, tmp_path / "d.xlsx", PEOPLE, 'ref="H4:I4"', 'ref="H2:I3"'))
    assert new_flaws(one, one) == []
    assert new_flaws(two, one) == two
    assert new_flaws(moved, merged) == []
    assert new_flaws([*moved, *one], merged) == one

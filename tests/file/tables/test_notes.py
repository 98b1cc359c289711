"""Notes and comments on cells of a table: they go where their cells go, or the change is refused."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from tests.file.tables.test_table_growth import part
from tests.support.ledger import ledger
from tests.support.libreoffice import resave
from tests.support.soundness import assert_sound
from workbook_cms.errors import RefusedChangeError
from workbook_cms.file.package import Package
from workbook_cms.file.writer import Append, Change, Delete, Replace, write

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

_ANSWERS = "xl/threadedComments/threadedComment1.xml"
_TYPE = "application/vnd.ms-excel.threadedcomments+xml"
_RELATION = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
_SPACE = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


@pytest.fixture(params=[True, False], ids=["totals", "no totals"])
def noted(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The ledger with five rows (4 to 8); notes on the header, on two records and beside the table, an answer to one."""
    path = ledger(tmp_path / "made.xlsx", rows=5, totals=request.param)
    workbook = openpyxl.load_workbook(path)
    for cell in ("B3", "C5", "B7", "J7", *(["C9"] if request.param else [])):
        workbook["Data"][cell].comment = Comment(f"About {cell}", "Jo")
    workbook.save(path)
    return answered(path, tmp_path / "noted.xlsx", "B7")


def answered(source: Path, target: Path, cell: str) -> Path:
    """A copy of a workbook with an answered comment, as Excel keeps it, on the first sheet."""
    answers = (
        f'<ThreadedComments xmlns="{_SPACE}">'
        f'<threadedComment ref="{cell}" dT="2026-11-05T00:00:00.00" id="{{A}}"><text>Ask</text></threadedComment>'
        f'<threadedComment ref="{cell}" id="{{B}}" parentId="{{A}}"><text>Did</text></threadedComment>'
        "</ThreadedComments>"
    )
    relation = f'<Relationship Id="rId99" Type="{_RELATION}" Target="/{_ANSWERS}"/></Relationships>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/_rels/sheet1.xml.rels":
                text = text.replace(b"</Relationships>", relation.encode())
            if name == "[Content_Types].xml":
                override = f'<Override PartName="/{_ANSWERS}" ContentType="{_TYPE}"/></Types>'
                text = text.replace(b"</Types>", override.encode())
            new.writestr(name, text)
        new.writestr(_ANSWERS, answers)
    return target


def notes(path: Path) -> dict[str, str]:
    """Text of each note of the first sheet by cell, as openpyxl reads it."""
    sheet = openpyxl.load_workbook(path)["Data"]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def boxes(path: Path) -> set[str]:
    """The cells whose notes have a box."""
    places = re.findall(r"<\w+:Row>(\d+)</\w+:Row>\s*<\w+:Column>(\d+)</\w+:Column>", drawing(path))
    return {f"{chr(65 + int(column))}{int(row) + 1}" for row, column in places}


def drawing(path: Path) -> str:
    """The part with the boxes of notes."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(".vml"))).decode()


def test_notes_move_with_their_records(noted: Path, tmp_path: Path) -> None:
    """After a record above is taken out, note, box and answers stand with the record that they are about."""
    totals = Package.open(noted).tables["Sales"].has_totals
    write(Package.open(noted), [Delete("Sales", [6])])
    assert_sound(noted)
    wanted = {"B3": "About B3", "C5": "About C5", "B6": "About B7", "J7": "About J7"}
    wanted |= {"C8": "About C9"} if totals else {}
    assert notes(noted) == wanted
    assert boxes(noted) == set(wanted)
    assert re.findall(r'ref="(\w+)"', part(noted, _ANSWERS)) == ["B6", "B6"]
    assert notes(resave(noted, tmp_path / "saved")).keys() == wanted.keys()


def test_boxes_are_pinned_where_the_note_is(tmp_path: Path) -> None:
    """The corners of a box go up with its cell, though not above the sheet; others stay."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.add_table(
            "A1:B6",
            {"name": "T", "data": [[n, n] for n in range(2, 7)], "columns": [{"header": "N"}, {"header": "M"}]},
        )
        for cell in ("A1", "A3", "B5", "D5"):
            sheet.write_comment(cell, f"About {cell}")
    before = corners(path)
    write(Package.open(path), [Delete("T", [2, 4])])
    assert_sound(path)
    after = corners(path)
    assert after.keys() == {"A1", "A2", "B3", "D5"}
    assert (after["A1"], after["D5"]) == (before["A1"], before["D5"])
    for old, new, up in (("A3", "A2", 1), ("B5", "B3", 2)):
        assert after[new] == [n - up * (at in (2, 6)) for at, n in enumerate(before[old])]


def corners(path: Path) -> dict[str, list[int]]:
    """The corners of the box of each note, by cell."""
    found = {}
    pattern = r"<x:Anchor>([^<]*)</x:Anchor>.*?<x:Row>(\d+)</x:Row>\s*<x:Column>(\d+)</x:Column>"
    for anchor, row, column in re.findall(pattern, drawing(path), re.DOTALL):
        found[f"{chr(65 + int(column))}{int(row) + 1}"] = [int(number) for number in anchor.split(",")]
    return found


def test_a_note_on_the_totals_moves_with_them(noted: Path) -> None:
    """New records go in above; the note about a total stays with it."""
    totals = Package.open(noted).tables["Sales"].has_totals
    write(Package.open(noted), [Append("Sales", [{"Item": "New"}, {"Item": "Newer"}])])
    assert_sound(noted)
    assert boxes(noted) == set(notes(noted))
    assert ("C11" if totals else "B7") in notes(noted)
    assert "C9" not in notes(noted)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Delete("Sales", [7]), "Cell B7, which would be taken out, carries a note or comment."),
        (Replace("Sales", [{"Item": "x"}]), "Cell B7, whose record would get another row or go, carries a note"),
    ],
    ids=["taken out", "replaced"],
)
def test_a_note_is_never_lost(noted: Path, change: Change, said: str) -> None:
    """A record that somebody wrote a note about is not taken away from under it."""
    before = noted.read_bytes()
    with pytest.raises(RefusedChangeError, match=said):
        write(Package.open(noted), [change])
    assert noted.read_bytes() == before


def test_records_that_keep_their_row_keep_their_note(noted: Path) -> None:
    """All rows may be put in anew, some of them changed and one more at the end, while those with notes stay in place."""
    rows = [{"Item": f"Item {n}", "Net": 100.0 * n} for n in range(4, 9)]
    rows[1]["Net"] = 7.0
    write(Package.open(noted), [Replace("Sales", [*rows, {"Item": "More"}])])
    assert_sound(noted)
    assert {"C5", "B7"} <= notes(noted).keys()
    with pytest.raises(RefusedChangeError, match="whose record would get another row"):
        write(Package.open(noted), [Replace("Sales", [{"Item": "First"}, *rows])])


def test_all_records_but_a_noted_one(tmp_path: Path) -> None:
    """The row that a table keeps when all its records go is not blanked under a note."""
    path = ledger(tmp_path / "a.xlsx", rows=3, totals=False)
    workbook = openpyxl.load_workbook(path)
    workbook["Data"]["C4"].comment = Comment("Why?", "Jo")
    workbook.save(path)
    with pytest.raises(RefusedChangeError, match="Cell C4, which would be emptied, carries a note"):
        write(Package.open(path), [Delete("Sales", [4, 5, 6])])


def test_a_total_does_not_move_onto_a_note(tmp_path: Path) -> None:
    """Where a note stands below the table, a total with a note has no room for its own."""
    path = ledger(tmp_path / "a.xlsx", rows=3)
    workbook = openpyxl.load_workbook(path)
    for cell in ("C7", "C8"):
        workbook["Data"][cell].comment = Comment("Why?", "Jo")
    workbook.save(path)
    with pytest.raises(RefusedChangeError, match="Cell C8, where another one would have to go, carries a note"):
        write(Package.open(path), [Append("Sales", [{"Item": "x"}])])


def test_boxes_that_are_not_understood(noted: Path, tmp_path: Path) -> None:
    """A note whose box cannot be found is not torn from it."""
    odd = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(noted) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"Row>6</", b"Row></"))
    with pytest.raises(RefusedChangeError, match="Cell B7, which would have to move, carries a note"):
        write(Package.open(odd), [Delete("Sales", [6])])

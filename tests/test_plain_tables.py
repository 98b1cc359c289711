"""Tables of workbooks that have no policy, and the same calls on one that has: read, append, update."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.support.books import book as people_book
from tests.support.books import seen
from tests.support.handmade import handmade, header
from tests.support.odd_xml import rewrite
from workbook_cms import (
    EntryRefusedError,
    FileError,
    InputError,
    PolicyError,
    UnknownTableError,
    Workbook,
    WorkbookLockedError,
)
from workbook_cms.file.beside.lock import held
from workbook_cms.file.beside.passing import passing_lock
from workbook_cms.file.beside.settings import Settings
from workbook_cms.file.beside.side import SideFolder


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A workbook of somebody else's with the tables People (two rows) and Notes, alone in its folder."""
    return people_book(tmp_path / "people.xlsx")


def test_tables_of_the_file(people: Path) -> None:
    """Every table of the file, with its columns and number of rows; a name is found whatever its case."""
    book = Workbook.open(people)
    assert [(table.name, len(table)) for table in book.tables] == [("People", 2), ("Notes", 1)]
    assert book.table("people").columns == ("Key", "Name", "Born", "Cost")
    with pytest.raises(UnknownTableError, match=r"people\.xlsx: there is no table Peple\. Its tables are People"):
        book.table("Peple")


def test_frame(people: Path) -> None:
    """Each column in the type of what it holds."""
    frame = Workbook.open(people).table("People").to_pandas()
    assert frame["Name"].tolist() == ["Ada", "Bo"]
    assert frame["Born"].tolist() == [pd.Timestamp(1990, 5, 1), pd.NaT]
    assert [str(dtype) for dtype in frame.dtypes] == ["object", "object", "datetime64[s]", "float64"]


def test_blank_rows_count(tmp_path: Path) -> None:
    """A blank row in the middle is a row, so that numbers are those of the sheet; the row of an empty table is none."""
    gap = '<row r="2"><c r="A2"><v>1</v></c></row><row r="4"><c r="A4"><v>3</v></c></row>'
    table = Workbook.open(handmade(tmp_path / "a.xlsx", header("Id", "B", "C") + gap, "A1:C4")).table("People")
    assert table.to_pandas()["Id"].tolist() == [1, pd.NA, 3]
    table.update(2, {"B": "third"})
    assert table.to_pandas()["B"].tolist() == [None, None, "third"]
    empty = Workbook.open(handmade(tmp_path / "b.xlsx", header("Id", "B", "C"), "A1:C2")).table("People")
    assert (len(empty), len(empty.to_pandas())) == (0, 0)
    with pytest.raises(InputError, match=r"there is no row 0\. It has no rows: append one\."):
        empty.update(0, {"Id": 1})


def test_a_table_without_a_header(tmp_path: Path) -> None:
    """A table that hides its header row has its first record there; that it has none is seen as well."""
    path = rewrite(
        handmade(tmp_path / "headerless.xlsx", "", "A1:C1"),
        lambda _, data: data.replace(b'ref="A1:C1"', b'ref="A1:C1" headerRowCount="0"', 1),
    )
    table = Workbook.open(path).table("People")
    assert len(table) == 0
    table.append([{"Id": 1}, {"Id": 2}])
    table.update(0, {"B": "first"})
    assert table.to_pandas()[["Id", "B"]].values.tolist() == [[1, "first"], [2, None]]


def test_append_and_update(people: Path) -> None:
    """Rows go below the last one; the receipt tells row and cells; other programs see the values."""
    table = Workbook.open(people).table("People")
    receipts = table.append([{"Key": "STK-3", "Cost": 7}, {"name": "Cy", "Born": dt.date(2000, 2, 29)}])
    assert [(receipt.state, receipt.row, receipt.cells) for receipt in receipts] == [
        ("written", 2, ("People!A4", "People!D4")),
        ("written", 3, ("People!B5", "People!C5")),
    ]
    receipt = table.update(0, {"Name": "Ada L.", "Cost": None})
    assert (receipt.row, receipt.cells) == (0, ("People!B2", "People!D2"))
    assert seen(people)[1:] == [
        ["STK-1", "Ada L.", dt.datetime(1990, 5, 1), None],
        ["STK-2", "Bo", None, None],
        ["STK-3", None, None, 7],
        [None, "Cy", dt.datetime(2000, 2, 29), None],
    ]
    assert table.to_pandas()["Name"].tolist() == ["Ada L.", "Bo", None, "Cy"]
    assert table.append([]) == []


def test_archived_rows_are_handed_over(people: Path) -> None:
    """Rows that are taken out come back as a frame, and those below move up; a row that is not there stops all."""
    table = Workbook.open(people).table("People")
    table.append([{"Key": "STK-3"}, {"Key": "STK-4"}])
    with pytest.raises(InputError, match=r"there is no row 4\. Its rows are 0 to 3\."):
        table.archive([0, 4])
    gone = table.archive([2, 0])
    assert gone["Key"].tolist() == ["STK-1", "STK-3"]
    assert [row[0] for row in seen(people)[1:]] == ["STK-2", "STK-4"]
    assert table.to_pandas()["Key"].tolist() == ["STK-2", "STK-4"]
    assert len(table.archive([])) == 0


def test_nothing_is_left_beside_the_file(people: Path) -> None:
    """A workbook of somebody else's keeps no side folder, also after a refusal."""
    table = Workbook.open(people).table("People")
    table.append([{"Key": "STK-3"}])
    with pytest.raises(FileError, match="text of 40,000 characters"):
        table.append([{"Key": "x" * 40_000}])
    assert [path.name for path in people.parent.iterdir()] == ["people.xlsx"]


def test_a_side_folder_with_something_in_it_stays(people: Path) -> None:
    """Only what the lock itself left is taken away."""
    side = SideFolder(people)
    (side.path / "backups").mkdir(parents=True)
    Workbook.open(people).table("People").append([{"Key": "STK-3"}])
    assert side.backups.is_dir()


def test_one_writer_at_a_time(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process holds the lock the row is refused; who held it in passing left the next one a free lock."""
    monkeypatch.setattr("workbook_cms.file.beside.side.SideFolder.locked.__defaults__", (0.0, lambda: False))
    with passing_lock(people), pytest.raises(WorkbookLockedError, match="another program is writing"):
        Workbook.open(people).table("People").append([{"Key": "STK-3"}])
    with passing_lock(people), pytest.raises(WorkbookLockedError), SideFolder(people).locked():
        pass
    with passing_lock(people):
        assert (SideFolder(people).path / "lock").exists()
    assert not SideFolder(people).path.exists()


def test_who_waits_for_a_lock_that_is_taken_away(people: Path) -> None:
    """A lock taken while the one before takes its folder away is a whole lock: nobody else gets one beside it."""
    first, second = SideFolder(people).path, passing_lock(people)
    with passing_lock(people):
        pass
    with second:
        assert first.is_dir()
        with pytest.raises(Exception, match=r"."), held(first, 0):
            pass


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"Nme": "x"}, "there is no column Nme (row 1 of those given). Its columns are Key, Name, Born, Cost."),
        ({"Cost": Decimal("1.5")}, "table People, column Cost: a cell cannot hold a value of type Decimal."),
        ({"Cost": [1]}, "column Cost: a cell cannot hold a value of type list."),
        ({"Born": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "column Born: a cell holds no time zone."),
        ({"Cost": float("inf")}, "The value holds a number without a value."),
        ({"Name": "a\x00b"}, "a character no cell can hold (code 0000)."),
    ],
)  # fmt: skip
def test_what_no_cell_can_hold(people: Path, row: dict[str, object], said: str) -> None:
    """One line says which value of which column; the row before it is not written either."""
    before = people.read_bytes()
    with pytest.raises((InputError, FileError)) as caught:
        Workbook.open(people).table("People").append([{"Key": "fine"}, row])  # type: ignore[list-item] - wrong on purpose
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert people.read_bytes() == before


def test_values_of_numpy_and_pandas(people: Path) -> None:
    """Numbers of numpy are numbers, and what pandas calls missing is blank."""
    table = Workbook.open(people).table("People")
    values = {"Key": np.str_("k"), "Name": pd.NA, "Born": pd.Timestamp(2020, 1, 2), "Cost": np.float64(1.5)}
    table.append([values, {"Key": np.int64(5), "Name": float("nan"), "Born": pd.NaT, "Cost": np.bool_(True)}])  # type: ignore[dict-item]
    assert seen(people)[3:] == [["k", None, dt.datetime(2020, 1, 2), 1.5], [5, None, None, True]]


@pytest.mark.parametrize("row", [-1, 2, 10**9, True, "0", 1.0])
def test_rows_that_are_not_there(people: Path, row: int) -> None:
    """The message says which rows there are."""
    with pytest.raises(InputError, match=r"there is no row .*Its rows are 0 to 1\."):
        Workbook.open(people).table("People").update(row, {"Name": "x"})


def test_a_row_changed_meanwhile_by_another_program(people: Path) -> None:
    """A row that is no longer as it was read is not written over; others can be, and new rows go below."""
    mine, theirs = (Workbook.open(people).table("People") for _ in range(2))
    theirs.update(0, {"Name": "Eda"})
    theirs.append([{"Key": "STK-3"}])
    with pytest.raises(FileError, match="row 0 was changed by another program since the table was read"):
        mine.update(0, {"Name": "Ida"})
    mine.update(1, {"Name": "Bob"})
    mine.append([{"Key": "STK-4"}])
    assert [row[:2] for row in seen(people)[1:]] == [
        ["STK-1", "Eda"],
        ["STK-2", "Bob"],
        ["STK-3", None],
        ["STK-4", None],
    ]


def test_open_elsewhere(people: Path, opened_elsewhere) -> None:  # type: ignore[no-untyped-def] - a fixture
    """A workbook that is open in a spreadsheet program is not written."""
    table = Workbook.open(people).table("People")
    with opened_elsewhere(people), pytest.raises(WorkbookLockedError, match="open"):
        table.append([{"Key": "STK-3"}])
    assert len(table) == 2


def test_what_needs_a_policy_says_so(people: Path) -> None:
    """Without a policy there are no keys, rules and history; the sentence says what to do."""
    book = Workbook.open(people)
    for call in (book.check, book.history, lambda: book.policy, lambda: book.add("People", {})):
        with pytest.raises(PolicyError, match="the workbook has no policy"):
            call()
    table = book.table("People")
    for call in (lambda: table.get("STK-1"), lambda: table.policy, lambda: table.typed):
        with pytest.raises(PolicyError, match="Use `to_pandas`, `append` and `update`"):
            call()


def test_workbook_without_tables(tmp_path: Path) -> None:
    """The remedy tells how to make a table."""
    path = handmade(tmp_path / "a.xlsx", header("Id"), "A1:C3")
    rewrite(path, lambda name, data: data.replace(b"relationships/table", b"relationships/other"))
    with pytest.raises(UnknownTableError, match="press Ctrl\\+T"):
        Workbook.open(path).table("People")


def test_with_a_policy_rows_go_through_the_door(book: Workbook) -> None:
    """On a record workbook the same calls check, normalise and keep the history; a refusal writes none of the rows."""
    table = book.table("Stakeholders")
    mia = {"Type": "Customer", "Given name": "Mia", "Family name": "TRAN", "Email": "mia@example.com"}
    with pytest.raises(EntryRefusedError, match="row 1 of those given: 1 of 2 rows must be mended") as caught:
        table.append(
            [mia, {"Type": "Cutomer", "Given name": "Liam", "Family name": "Orr", "Email": "l@example.com"}]
        )
    assert {finding.code for finding in caught.value.findings} == {"ENT004"}
    assert len(table) == 1
    receipts = table.append([mia])
    assert [(receipt.state, receipt.table) for receipt in receipts] == [("written", "Stakeholders")]
    assert table.to_pandas()["Family name"].tolist()[-1] == "Tran"
    table.update(1, {"Segment": "Family"}, why="booked for four")
    assert table.get("STK-00002")["Segment"] == "Family"
    assert set(book.history("STK-00002")["Action"]) == {"added", "changed"}
    with pytest.raises(InputError, match=r"there is no row 2\. Its rows are 0 to 1\."):
        table.update(2, {"Segment": "Family"})


def test_a_copy_is_a_workbook_of_its_own(people: Path) -> None:
    """Rows go into the workbook that was opened, whatever lies beside it."""
    other = Path(shutil.copy(people, people.with_name("copy.xlsx")))
    Workbook.open(other).table("People").append([{"Key": "STK-3"}])
    assert (len(seen(people)), len(seen(other))) == (3, 4)


def test_only_the_named_computer_writes_into_a_table(people: Path) -> None:
    """Where one is named, the tables of a workbook without a policy are written to from there only, too."""
    side = SideFolder(people)
    side.write_settings(Settings(writer="ANOTHER-PC"))
    before, table = people.read_bytes(), Workbook.open(people).table("People")
    for change in (
        lambda: table.append([{"Name": "Cy"}]),
        lambda: table.update(0, {"Name": "Cy"}),
        lambda: table.archive([0]),
    ):
        with pytest.raises(
            WorkbookLockedError, match=r"only the computer ANOTHER-PC writes .* Nothing was written"
        ):
            change()
    assert people.read_bytes() == before

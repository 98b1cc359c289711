"""Entries that waited and that the file refuses: they are set aside or go on waiting, and hold up no others."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.conftest import TODAY
from tests.support.raw import row_of
from tests.support.soundness import assert_sound
from workbook_cms import Workbook
from workbook_cms.errors import FileError

TABLE = "Stakeholders"
VISIT = {
    "Stakeholder ID": "STK-00001",
    "Channel": "Phone",
    "Contact reason": "Compliment",
    "Purpose": "Feedback",
    "Details": "Very happy with the guide on the tour.",
    "Recorded by": "Ben Okafor",
}


def firm(name: str) -> dict[str, str]:
    """A record."""
    return {"Type": "Supplier", "Organisation": name, "Email": f"{name.replace(' ', '.').lower()}@example.com"}


@pytest.fixture
def three(book: Workbook) -> Workbook:
    """A book with two records below the first one."""
    for name in ("Alpine Tours", "Bay Cruises"):
        book.add(TABLE, firm(name), override="another branch")
    return book


def noted(path: Path) -> str:
    """Writes a note on a cell of the second record, which cannot go then; the cell."""
    row = row_of(path, TABLE, "Organisation", "Alpine Tours")
    workbook = openpyxl.load_workbook(path)
    cell = next(s for s in workbook if TABLE in s.tables).cell(row, 1)
    cell.comment = Comment("Check", "Jo")
    workbook.save(path)
    return str(cell.coordinate)


def blocked(path: Path) -> None:
    """Writes something right below the table."""
    workbook = openpyxl.load_workbook(path)
    sheet = next(s for s in workbook if TABLE in s.tables)
    bottom = int("".join(filter(str.isdigit, sheet.tables[TABLE].ref.split(":")[1])))
    sheet.cell(bottom + 1, 2).value = "counted by Jo"
    workbook.save(path)


def keys(book: Workbook) -> list[str]:
    """Keys of the records."""
    return list(book.table(TABLE).to_pandas()["Stakeholder ID"])


@pytest.mark.parametrize("kind", ["removal", "merge"])
def test_what_the_file_refuses_is_set_aside_and_the_others_go_in(three, opened_elsewhere, kind):
    """A record cannot go while a note stands on it: its author is told of it by `status`, nobody else waits."""
    cell = noted(three.path)
    with opened_elsewhere(three.path):
        three.update(TABLE, "STK-00003", {"Notes": "Boats."})
        if kind == "merge":
            three.merge(TABLE, ["STK-00002", "STK-00001"], survivor="STK-00001", values={"Notes": "merged"})
        else:
            line = three.history("STK-00002")["No"].iat[-1]
            three.undo(int(line))
        three.add("Interactions", VISIT)
        three.update(TABLE, "STK-00001", {"Phone": "0491 570 157"})
    assert three.sync() == 3
    assert not three.pending
    assert keys(three) == ["STK-00001", "STK-00002", "STK-00003"]
    assert list(three.table(TABLE).to_pandas()["Notes"].fillna("")) == ["", "", "Boats."]
    assert three.table(TABLE).get("STK-00001")["Phone"] == "+61491570157"
    assert len(three.table("Interactions")) == 1
    assert {one.key for one in three.conflicts_of_all()} >= {"STK-00002"}
    for one in three.conflicts_of_all():
        assert one.problem == (
            f"Cell {cell}, which would be taken out, carries a note or comment. "
            "Delete the note in Excel first, or make this change there."
        )
    assert [f.code for f in three.check(select=["FIL"])] == ["FIL009"]
    assert_sound(three.path)


def test_its_author_is_told_at_once(three):
    """Nothing waits and nothing is kept of a removal that is refused while its author is there."""
    noted(three.path)
    line = int(three.history("STK-00002")["No"].iat[-1])
    with pytest.raises(FileError, match=r"carries a note or comment\. Delete the note in Excel first"):
        three.undo(line)
    assert not three.pending
    assert three.conflicts_of_all() == ()
    assert len(keys(three)) == 3


def test_new_records_without_room_wait_and_hold_up_nothing_else(three, opened_elsewhere):
    """They go in, in their order, once there is room; until then changes and other tables get theirs."""
    with opened_elsewhere(three.path):
        for name in ("First Holdings", "Last Holdings"):
            three.add(TABLE, firm(name), override="another branch")
        three.update(TABLE, "STK-00001", {"Notes": "Trains."})
    blocked(three.path)
    with pytest.raises(FileError, match="fits under the table"):
        three.sync()
    assert three.table(TABLE).get("STK-00001")["Notes"] == "Trains."
    assert "changed" in set(three.history("STK-00001")["Action"])
    assert [entry.values["organisation"] for entry in three.pending] == ["First Holdings", "Last Holdings"]
    with pytest.raises(FileError, match="fits under the table"):
        Workbook.open(three.path, today=TODAY).add(TABLE, firm("Third Holdings"), override="another branch")
    assert len(three.pending) == 2
    workbook = openpyxl.load_workbook(three.path)
    sheet = next(s for s in workbook if TABLE in s.tables)
    sheet.cell(int("".join(filter(str.isdigit, sheet.tables[TABLE].ref.split(":")[1]))) + 1, 2).value = None
    workbook.save(three.path)
    assert three.sync() == 2
    assert list(three.table(TABLE).to_pandas()["Organisation"])[-2:] == ["First Holdings", "Last Holdings"]
    assert three.check(select=["FIL"]) == []

"""One workbook that is forms and records, at its desk in a real LibreOffice: what a person alone does with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.calls import count_calls
from tests.support.front_end import INTERACTION, OpenFrontEnd
from tests.support.office import running_office
from workbook_cms import Workbook
from workbook_cms.forms.desk import Desk

ADA = {"Type": "Customer", "Given name": "Ada", "Family name": "Quill", "Phone": "0491 570 159"}
RED = (251, 213, 208)
OUTCOME = "Outcome"


class Solo(OpenFrontEnd):
    """The workbook, open, Quenby found, and its desk."""

    def __init__(self, book: Any, path: Path) -> None:
        super().__init__(book, path)
        self.say_who("Amelia Tran")
        self.desk = Desk(book, today=TODAY)
        self.desk.tick()

    def submit(self, **texts: str) -> str:
        """Record an enquiry of Quenby; the status line afterwards."""
        self.type("@find", "STK-00001")
        self.desk.tick()
        self.fill(**{**INTERACTION, **texts})
        return self.request("Submit")

    def request(self, text: str) -> str:
        """Ask for something; the status line afterwards."""
        self.ask(text)
        self.desk.tick()
        return self.status

    @property
    def info(self) -> str:
        """The short facts at the right of the title."""
        return str(self.book.names[self.design.name("info")].refers_to_range.value)

    def shown(self, label: str = "Interaction ID") -> list[object]:
        """A column of the interactions as the open workbook shows it."""
        header, *rows = self.book.sheets["Interactions"].tables["Interactions"].range.options(ndim=2).value
        return [row[header.index(label)] for row in rows]

    def overtype(self, row: int, label: str, value: object) -> Any:
        """Type over a cell among the interactions, after the sheet was unprotected by hand."""
        sheet = self.book.sheets["Interactions"]
        sheet.api.unprotect("")
        cell = sheet.range((row, sheet.tables["Interactions"].range.options(ndim=2).value[0].index(label) + 1))
        cell.value = value
        return cell


@pytest.fixture
def solo_file(tmp_path) -> Path:
    """A workbook with forms as `workbook-cms new` makes it, with the stakeholder STK-00001."""
    path = tmp_path / "solo.xlsx"
    subprocess.run(
        [sys.executable, "-m", "workbook_cms", "new", str(path), "--forms"], check=True, capture_output=True
    )
    Workbook.open(path, today=TODAY).add("Stakeholders", QUENBY)
    return path


@pytest.fixture
def opened(office, solo_file) -> Iterator[Callable[[], Solo]]:
    """Opens the workbook; also once more, after it was closed."""
    yield lambda: Solo(office.app.books.open(str(solo_file)), solo_file)
    for left in list(office.app.books):
        left.close()


@pytest.fixture
def solo(opened) -> Solo:
    """The workbook, open."""
    return opened()


def keys(path: Path, table: str = "Interactions") -> list[str]:
    """Keys on disk, those that wait in the journal too."""
    return list(Workbook.open(path, today=TODAY).table(table).to_pandas().iloc[:, 0])


def test_receipt_says_where_the_entry_stands(solo, solo_file) -> None:
    """A submit goes into the open workbook; the form says that it is not saved, and does not call it queued."""
    before = solo_file.read_bytes()
    said = solo.submit()
    assert said.startswith("Saved as INT-000001. It stands in the open workbook, not yet saved")
    assert solo.mark == "good"
    assert "not saved since" in solo.info
    assert "queued" not in solo.info
    assert "open by" not in solo.info
    assert solo.shown() == ["INT-000001"]
    assert solo_file.read_bytes() == before


def test_next_open_offers_what_was_not_saved(solo, opened) -> None:
    """Closed without saving: the form offers two entries at the next open, and Bring in puts each there once."""
    solo.submit()
    solo.submit(details="Second enquiry, about the train to Perth.")
    solo.book.close()
    again = opened()
    assert again.shown() == [None]
    assert again.status.startswith("2 accepted entries wait since")
    assert again.status.endswith("Choose Bring in to write them now.")
    assert again.request("Bring in") == "2 accepted entries brought in. Save the workbook when you can."
    assert again.shown() == ["INT-000001", "INT-000002"]
    assert again.request("Bring in").startswith("Nothing waits")
    assert again.shown() == ["INT-000001", "INT-000002"]


def test_next_submit_brings_in_what_was_not_saved(solo, opened) -> None:
    """Without a word to the offer, the next entry takes the others along, each under its own key."""
    solo.submit()
    solo.book.close()
    again = opened()
    assert again.submit(details="Second enquiry, about the train to Perth.").startswith("Saved as INT-000002.")
    assert again.shown() == ["INT-000001", "INT-000002"]


def test_saved_is_no_longer_waiting(solo, opened, solo_file) -> None:
    """Once the workbook is saved, the form stops saying that something is not, and nothing is offered again."""
    solo.submit()
    solo.book.save()
    solo.request("Next")
    assert "not saved" not in solo.info
    solo.book.close()
    again = opened()
    assert "wait" not in again.status
    assert keys(solo_file) == ["INT-000001"]


def test_program_killed(solo_file, tmp_path) -> None:
    """The program dies with an entry in it: the next open offers it, and it comes in under the key that was promised."""
    with running_office(tmp_path / "killed") as office:
        assert "INT-000001" in Solo(office.app.books.open(str(solo_file)), solo_file).submit()
        office.kill()
        office.start()
        again = Solo(office.app.books.open(str(solo_file)), solo_file)
        assert again.status.startswith("1 accepted entry waits since")
        again.request("Bring in")
        assert again.shown() == ["INT-000001"]


def test_command_line_adds_meanwhile(solo, solo_file) -> None:
    """What the command line adds while it is open here waits, and comes in with the next submit; no key is doubled."""
    solo.submit()
    receipt = Workbook.open(solo_file, today=TODAY).add("Stakeholders", ADA)
    assert receipt.state == "queued"
    solo.submit(details="Second enquiry, about the train to Perth.")
    assert solo.shown() == ["INT-000001", "INT-000002"]
    assert solo.request("Bring in").startswith("Nothing waits")
    solo.book.close()
    Workbook.open(solo_file, today=TODAY).sync()
    assert keys(solo_file) == ["INT-000001", "INT-000002"]
    assert keys(solo_file, "Stakeholders") == ["STK-00001", "STK-00002"]


def test_record_not_saved_yet_is_opened_and_changed(solo) -> None:
    """Open takes the record of a moment ago, though the file does not have it; the change goes into the same row."""
    solo.submit()
    solo.request("Open")
    assert solo.text("details") == INTERACTION["details"]
    solo.type("outcome", "Sent by post.")
    assert solo.request("Submit").startswith("INT-000001 is changed: Outcome. It stands in the open workbook")
    assert solo.shown(OUTCOME) == ["Sent by post."]


def test_hand_edit_is_shown_when_the_record_is_opened(solo) -> None:
    """A value typed over in the sheet, not saved, is what the form shows; leaving it alone keeps it."""
    solo.submit(outcome="First.")
    solo.overtype(2, OUTCOME, "By hand.")
    solo.request("Open")
    assert solo.text("outcome") == "By hand."
    solo.type("details", "Asked for the tours of Dubbo Zoo in February.")
    assert solo.request("Submit").startswith("INT-000001 is changed: Details.")
    assert solo.shown(OUTCOME) == ["By hand."]


def test_lost_update_against_a_hand_edit(solo) -> None:
    """Typed over in the sheet while it was open in the form: both are shown, and a second Submit is a decision."""
    solo.submit(outcome="First.")
    solo.request("Open")
    solo.overtype(2, OUTCOME, "By hand.")
    solo.type("outcome", "Mine.")
    assert solo.request("Submit").startswith("Somebody else changed this record meanwhile: Outcome")
    assert "By hand." in solo.message("outcome")[0]
    assert solo.text("outcome") == "Mine."
    assert solo.shown(OUTCOME) == ["By hand."]
    assert solo.request("Submit").startswith("INT-000001 is changed: Outcome.")
    assert solo.shown(OUTCOME) == ["Mine."]


def test_check_shows_and_marks(solo) -> None:
    """Check on the Findings page sees what is typed over and not saved, marks the cell, and unmarks it when mended."""
    solo.submit(contact_email="quenby@example.com")
    cell = solo.overtype(2, "Contact email", "quenby@")
    page = solo.book.sheets["Findings"]
    page.activate()

    def check() -> str:
        solo.book.names["findings_do"].refers_to_range.value = "Check"
        solo.desk.tick()
        return str(solo.book.names["findings_body"].refers_to_range.value)

    assert "quenby@" in check()
    assert cell.color == RED
    solo.overtype(2, "Contact email", "quenby@example.com")
    check()
    assert cell.color is None


@pytest.mark.parametrize("first", [True, False])
def test_a_submit_takes_few_calls(opened, solo_file, monkeypatch, first) -> None:
    """A submit into the open workbook, the first or a later one, makes at most 30 calls of xlwings."""
    before = opened()
    before.submit(details="What was recorded before.")
    before.book.close()
    Workbook.open(solo_file, today=TODAY).sync()
    solo = opened()
    if not first:
        solo.submit()
    solo.type("@find", "STK-00001")
    solo.desk.tick()
    solo.fill(**{**INTERACTION, "details": "Another enquiry, about the train to Perth."})
    solo.ask("Submit")
    counted = count_calls(monkeypatch)
    assert solo.desk.tick()
    assert len(counted) <= 30, "\n".join(counted)
    assert solo.status.startswith(f"Saved as INT-00000{2 if first else 3}.")

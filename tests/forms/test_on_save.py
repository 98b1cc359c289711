"""Validation on save, in a real LibreOffice: one workbook that is forms and records."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import QUENBY, TODAY
from validation.policy import SavePolicy
from workbook_cms import Workbook
from workbook_cms.errors import InputError, WorkbookLockedError
from workbook_cms.file.beside.settings import Settings
from workbook_cms.forms.cell_marks import Marks
from workbook_cms.forms.frontend import one_workbook
from workbook_cms.forms.on_save import before_save, recover, save_anyway
from workbook_cms.forms.open_book import open_reading
from workbook_cms.history import Actor

RED, AMBER, GREEN = (251, 213, 208), (255, 233, 184), (0, 176, 80)
AMELIA = Actor("atran", "PC-7", "Amelia Tran", "save")


@pytest.fixture
def opened(office, tmp_path):
    """One workbook with the stakeholder STK-00001, open."""
    book = Workbook.create(tmp_path / "customers.xlsx", today=TODAY, dress=one_workbook(macros=False))
    book.add("Stakeholders", QUENBY)
    shown = office.app.books.open(str(book.path))
    yield shown
    if shown in list(office.app.books):
        shown.close()


def folder(opened):
    """The side folder of the workbook."""
    return Path(f"{opened.fullname}.cms")


def check(opened):
    """Check the workbook as it stands and mark what was found, as the page Findings does."""
    found = open_reading(opened, today=TODAY).check()
    Marks(opened).show(found)
    return found


def overtype(opened, address, value):
    """Type over a cell among the stakeholders after the sheet was unprotected by hand."""
    opened.sheets["Stakeholders"].api.unprotect("")
    cell(opened, address).value = value


def cell(opened, address):
    """A cell among the stakeholders."""
    return opened.sheets["Stakeholders"].range(address)


def test_cells_are_marked_and_unmarked(opened):
    """A wrong cell turns red, and has no colour again once it is mended."""
    overtype(opened, "I2", "12")
    assert "ENT010" in [f.code for f in check(opened)]
    assert cell(opened, "I2").color == RED
    overtype(opened, "I2", "+61491570156")
    check(opened)
    assert cell(opened, "I2").color is None


def test_own_colours_come_back(opened):
    """A cell that somebody coloured gets that very colour back."""
    opened.sheets["Stakeholders"].api.unprotect("")
    cell(opened, "I2").color = GREEN
    overtype(opened, "I2", "12")
    check(opened)
    check(opened)
    assert cell(opened, "I2").color == RED
    overtype(opened, "I2", "+61491570156")
    check(opened)
    assert cell(opened, "I2").color == GREEN


def test_colour_given_meanwhile_stays(opened):
    """Who colours a marked cell keeps the colour when it is mended."""
    overtype(opened, "I2", "12")
    check(opened)
    opened.sheets["Stakeholders"].api.unprotect("")
    cell(opened, "I2").color = GREEN
    overtype(opened, "I2", "+61491570156")
    check(opened)
    assert cell(opened, "I2").color == GREEN


def test_marks_are_put_back_after_closing(opened, office):
    """What was marked is known to whoever opens the saved workbook next."""
    overtype(opened, "I2", "12")
    check(opened)
    path = opened.fullname
    opened.save()
    opened.close()
    again = office.app.books.open(path)
    overtype(again, "I2", "+61491570156")
    check(again)
    assert cell(again, "I2").color is None
    again.close()


def test_sheet_is_protected_again(opened):
    """Marking leaves no sheet open to typing."""
    overtype(opened, "I2", "12")
    check(opened)
    assert opened.sheets["Stakeholders"].api.isProtected()


@pytest.mark.parametrize(("policy", "stopped"), [("warn", False), ("block", True), ("off", False)])
def test_save_with_errors(opened, policy, stopped):
    """Warn shows, block calls the save off after it kept a copy, off does neither."""
    overtype(opened, "I2", "12")
    assert before_save(opened, SavePolicy(policy), lambda: check(opened)) is stopped
    assert (cell(opened, "I2").color == RED) is (policy != "off")
    copies = list((folder(opened) / "recovery").glob("*.xlsx")) if (folder(opened) / "recovery").exists() else []
    assert len(copies) == int(stopped)
    for copy in copies:
        assert Workbook.open(copy, today=TODAY).table("Stakeholders").get("STK-00001")["Phone"] == "12"


def test_clean_workbook_is_saved(opened):
    """Without errors nothing stops a save."""
    assert before_save(opened, SavePolicy.BLOCK, lambda: check(opened)) is False


def test_save_anyway(opened):
    """With a reason the same errors go through; the history in the workbook tells who and why, and holds together."""
    overtype(opened, "I2", "12")
    assert before_save(opened, SavePolicy.BLOCK, lambda: check(opened)) is True
    reading = open_reading(opened, today=TODAY)
    assert save_anyway(opened, reading, AMELIA, "Ben has seen it") >= 1
    assert before_save(opened, SavePolicy.BLOCK, lambda: check(opened)) is False
    last = open_reading(opened, today=TODAY).snapshot().history[-1]
    assert (last.action, last.why, last.person) == ("saved anyway", "Ben has seen it", "Amelia Tran")
    codes = {f.code for f in open_reading(opened, today=TODAY).check()}
    assert not codes & {"FIL004", "FIL005"}


def test_only_the_named_computer_saves_anyway(opened):
    """Where another computer is named to write, nothing is let through here, and the history tells of nothing."""
    overtype(opened, "I2", "12")
    reading = open_reading(opened, today=TODAY)
    reading.snapshot().side.write_settings(Settings(writer="ANOTHER-PC"))
    with pytest.raises(WorkbookLockedError, match="only the computer ANOTHER-PC writes"):
        save_anyway(opened, reading, AMELIA, "Ben has seen it")
    assert "saved anyway" not in {row.action for row in open_reading(opened, today=TODAY).snapshot().history}


def test_save_anyway_needs_a_reason(opened):
    """Without a reason nothing is let through."""
    with pytest.raises(InputError, match="a reason is needed"):
        save_anyway(opened, open_reading(opened, today=TODAY), AMELIA, "  ")


def test_copies_do_not_pile_up(opened):
    """Only the newest copies are kept, and the workbook goes on being the one it is."""
    name = opened.fullname
    copies = [recover(opened) for _ in range(12)]
    assert sorted((folder(opened) / "recovery").iterdir()) == copies[2:]
    assert opened.fullname == name

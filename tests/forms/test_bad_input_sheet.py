"""Front-ends that somebody has damaged, in a real LibreOffice: one sentence on the sheet, and the helper goes on."""

from __future__ import annotations

import pytest

from tests.support.front_end import INTERACTION, OpenFrontEnd, interaction_keys
from workbook_cms.forms.offices import LibreOfficeSource


def submit(front_end, helper, steps=3) -> str:
    """Ask to submit and let the helper look some times; the status line."""
    front_end.ask("Submit")
    for _ in range(steps):
        helper.step()
    return front_end.status


def test_sheet_renamed_while_it_is_served(filled, helper, team) -> None:
    """A form under another name is found again: the entry is saved once, and she is told."""
    filled.sheet.api.setName("Calls")
    assert "INT-000001" in submit(filled, helper)
    assert filled.text("@do") == ""
    assert interaction_keys(team) == ["INT-000001"]


def test_column_deleted(filled, helper, team) -> None:
    """A form that lost a column is not read: it says so, and what was typed stays."""
    filled.sheet.api.unprotect("")
    filled.sheet.range("C:C").delete("left")
    assert "has lost a column" in submit(filled, helper)
    assert filled.text("details") == INTERACTION["details"]
    assert interaction_keys(team) == []


def test_column_inserted(filled, helper, team) -> None:
    """A form with a column too many is not read, or everything would be taken for something else."""
    filled.sheet.api.unprotect("")
    filled.sheet.range("C:C").insert("right")
    assert "has a column too many" in submit(filled, helper)
    assert filled.text("details") == INTERACTION["details"]
    assert interaction_keys(team) == []


@pytest.mark.parametrize("elsewhere", [False, True])
def test_name_of_the_rows_gone(front_end, helper, elsewhere) -> None:
    """A form whose rows cannot be found, or seem to be on another sheet, says so when it comes to the front."""
    name = front_end.book.names[front_end.design.name("body")]
    if elsewhere:
        name.refers_to = "=Home!$A$1:$F$5"
    else:
        name.delete()
    front_end.type("details", "typed before")
    submit(front_end, helper)
    assert front_end.status.endswith("Undo the last step, or make a new front-end.")
    assert front_end.mark == "wrong"
    assert front_end.text("details") == "typed before"


def test_page_that_lost_its_cells(front_end, helper) -> None:
    """A page whose request cell was deleted says so in its status line."""
    page = front_end.book.sheets["Find"]
    page.activate()
    page.api.unprotect("")
    page.range("3:3").delete("up")
    helper.step()
    helper.step()
    status = front_end.book.names["find_status"].refers_to_range.value[0]
    assert status.startswith("The sheet Find: has lost named cells")


def test_page_damaged_while_it_is_served(front_end, helper) -> None:
    """A column deleted from a page does not stop the forms."""
    page = front_end.book.sheets["Stakeholder view"]
    page.activate()
    helper.step()
    page.api.unprotect("")
    page.range("A:A").delete("left")
    for _ in range(3):
        helper.step()
    front_end.sheet.activate()
    helper.step()
    front_end.ask("nonsense")
    helper.step()
    assert front_end.status.startswith("nonsense is nothing that can be done here.")


def test_sheet_with_a_password(filled, helper, team, said) -> None:
    """Where a password keeps the answer from being shown the helper says it; without it she is told what was saved."""
    filled.sheet.api.unprotect("")
    filled.sheet.api.protect("secret")
    submit(filled, helper)
    assert said[-1].startswith("The sheet Record an interaction: is protected with a password")
    filled.sheet.api.unprotect("secret")
    for _ in range(2):
        helper.step()
    assert "INT-000001" in filled.status
    assert interaction_keys(team) == ["INT-000001"]


def test_closed_and_opened_between_two_looks(front_end, helper, office) -> None:
    """A front-end that is closed and opened again before the helper looks is served as any other."""
    helper.step()
    path = front_end.book.fullname
    front_end.book.close()
    again = OpenFrontEnd(office.app.books.open(path), front_end.record)
    for _ in range(3):
        helper.step()
    again.ask("nonsense")
    helper.step()
    assert again.status.startswith("nonsense is nothing that can be done here.")
    again.book.close()


@pytest.mark.parametrize(("setting", "value"), [("layout", "inf"), ("record", "")])
def test_settings_damaged(front_end, helper, setting, value) -> None:
    """Settings that make no sense are said on the form, which comes alive once they are put right."""
    block = front_end.book.names["cms_settings"].refers_to_range
    whole = block.value
    front_end.book.sheets["cms"].api.unprotect("")
    block.value = [[key, {setting: value, "record_absolute": ""}.get(key, now)] for key, now in whole]
    front_end.type("details", "typed before")
    submit(front_end, helper)
    assert front_end.mark == "wrong"
    assert "front-end" in front_end.status
    assert front_end.text("details") == "typed before"
    block.value = whole
    for _ in range(3):
        helper.step()
    assert front_end.status.endswith("Nothing you typed is lost.")


@pytest.mark.parametrize("memory", ["[" * 30_000, '{"entry":5,"loaded":[1]}'])
def test_memory_damaged(filled, helper_for, office, team, memory) -> None:
    """Whatever stands in the hidden cell, a helper that meets it saves the entry, once."""
    filled.sheet.api.unprotect("")
    filled.book.names[filled.design.name("state")].refers_to_range.value = memory
    other = helper_for(LibreOfficeSource(office.pipe, office.profile))
    assert submit(filled, other).startswith("Saved as INT-000001.")
    assert interaction_keys(team) == ["INT-000001"]

"""The resident helper when the spreadsheet program is killed and started again, and when there are two helpers."""

from __future__ import annotations

import logging

import pytest

from tests.conftest import TODAY
from tests.support.front_end import INTERACTION, OpenFrontEnd
from tests.support.office import running_office
from workbook_cms.errors import WorkbookCmsError
from workbook_cms.forms.offices import LibreOfficeSource
from workbook_cms.forms.serving import logger, only_one
from workbook_cms.workbook import Workbook


def opened(office, team) -> OpenFrontEnd:
    """The front-end open in a LibreOffice; Amelia Tran has said who she is."""
    front_end = OpenFrontEnd(office.app.books.open(str(team.with_name("entry.xlsx"))), team)
    front_end.say_who("Amelia Tran")
    return front_end


def submit(front_end, helper, details=INTERACTION["details"]) -> str:
    """Record an enquiry of Quenby; the status line afterwards."""
    helper.step()
    front_end.type("@find", "STK-00001")
    helper.step()
    front_end.fill(**{**INTERACTION, "details": details})
    front_end.ask("Submit")
    helper.step()
    return front_end.status


def test_program_killed_and_started_again(team, tmp_path, helper_for, said) -> None:
    """LibreOffice is killed and comes back: the helper waits, finds the front-end again, and nothing is doubled."""
    with running_office(tmp_path) as office:
        helper = helper_for(LibreOfficeSource(office.pipe, office.profile))
        assert submit(opened(office, team), helper).startswith("Saved as INT-000001.")
        office.kill()
        for _ in range(3):
            helper.step()
        assert helper.front_ends == ()
        assert said[-1] == "Waiting for LibreOffice: open a front-end in it."
        office.start()
        again = "Rang again about a sleeper to Perth in March."
        assert submit(opened(office, team), helper, again).startswith("Saved as INT-000002.")
    keys = Workbook.open(team, today=TODAY).table("Interactions").to_pandas()["Interaction ID"]
    assert list(keys) == ["INT-000001", "INT-000002"]


def test_waiting_for_a_program(tmp_path, helper_for, said) -> None:
    """Without a running LibreOffice the helper says once what it waits for, and starts none."""
    helper = helper_for(LibreOfficeSource("cms-test-nobody", tmp_path / "profile"))
    for _ in range(3):
        helper.step()
    assert said == ["Waiting for LibreOffice: open a front-end in it."]


def test_one_helper_a_user(tmp_path) -> None:
    """A second helper of the same account is told that one runs; after the first has ended it may."""
    with only_one(tmp_path), pytest.raises(WorkbookCmsError, match="another helper"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_log_holds_no_personal_data(office, team, tmp_path, helper_for, caplog) -> None:
    """The log tells what was done and how long it took, and no value, name or key."""
    folder = tmp_path / "log"
    folder.mkdir()
    helper = helper_for(LibreOfficeSource(office.pipe, office.profile))
    helper.log = logger(folder)
    front_end = opened(office, team)
    try:
        submit(front_end, helper)
    finally:
        front_end.book.close()
        for handler in list(helper.log.handlers):
            helper.log.removeHandler(handler)
            handler.close()
    text = (folder / "serve.log").read_text(encoding="utf-8")
    assert "front-end 1: Submit: written" in text
    for private in ("Quenby", "Zafiropoulos", "STK-", "INT-", "Dubbo", "Amelia", "entry.xlsx"):
        assert private not in text
    assert logging.getLogger("workbook_cms.serve").handlers == []

"""Copies before the first write of a day and before bulk changes, and who may write at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import TODAY
from validation.policy import Policy
from workbook_cms import Workbook
from workbook_cms.errors import FileError, WorkbookLockedError
from workbook_cms.file.beside.backup import backups
from workbook_cms.file.beside.settings import Settings
from workbook_cms.workbook import Workbook as Writer

FIRM = {"Type": "Supplier", "Organisation": "Alpha Company", "Email": "alpha@example.com"}


def reasons(path: Path) -> list[str]:
    """Why the copies of a workbook were made, oldest first."""
    return [copy.reason for copy in reversed(backups(path, path.with_name(f"{path.name}.cms") / "backups"))]


def named(path: Path, machine: str, account: str = "anna") -> Workbook:
    """The workbook as seen from a computer of that name."""
    return Writer(path, today=TODAY, machine=machine, account=account)


def older(policy: Policy) -> Policy:
    """The policy with another setting."""
    return policy.model_copy(update={"settings": policy.settings.model_copy(update={"stale_after_days": 99})})


def rows(count: int) -> pd.DataFrame:
    """So many suppliers to take in."""
    return pd.DataFrame(
        [{"Type": "Supplier", "Organisation": f"Firm {n}", "Email": f"firm{n}@example.org"} for n in range(count)]
    )


def test_the_first_write_of_a_day_is_preceded_by_a_copy(book: Workbook) -> None:
    """The copy is the workbook as it was before that write; the second write of the day makes none."""
    before = book.path.read_bytes()
    book.add("Stakeholders", FIRM)
    book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    [copy] = backups(book.path, book.snapshot().side.backups)
    assert (copy.reason, copy.path.read_bytes()) == ("day", before)


def test_a_workbook_just_made_needs_no_copy(fresh_book: Workbook) -> None:
    """There is nothing in it to lose yet."""
    fresh_book.add("Stakeholders", FIRM)
    assert reasons(fresh_book.path) == []


def test_bulk_changes_are_preceded_by_a_copy(book: Workbook) -> None:
    """An import, however small, and a change of the policy."""
    book.add_many("Stakeholders", rows(3))
    book.add_many("Stakeholders", rows(5).tail(1))
    book.apply_policy(older(book.policy))
    assert reasons(book.path) == ["import", "import", "policy"]


def test_a_bulk_change_that_waits_is_copied_before_once(book: Workbook, opened_elsewhere) -> None:
    """Every writer that tries in vain would make one more copy of the same workbook."""
    with opened_elsewhere(book.path):
        book.add_many("Stakeholders", rows(3))
        book.add("Stakeholders", FIRM)
        book.update("Stakeholders", "STK-00001", {"Phone": "0491 570 157"})
    book.sync()
    assert reasons(book.path) == ["import"]


def test_a_bulk_change_without_a_copy_is_refused(book: Workbook) -> None:
    """Where no copy can be made an import does not begin, while a single entry goes in."""
    book.snapshot().side.backups.write_text("a file stands in the way", encoding="utf-8")
    with pytest.raises(FileError, match="no copy could be made"):
        book.add_many("Stakeholders", rows(3))
    assert book.pending == ()
    assert book.add("Stakeholders", FIRM).state == "written"


def test_no_copies_where_none_are_wanted(book: Workbook) -> None:
    """The settings can switch them off."""
    book.snapshot().side.write_settings(Settings(copies=0))
    book.add("Stakeholders", FIRM)
    book.add_many("Stakeholders", rows(3))
    assert reasons(book.path) == []


def test_only_the_named_computer_writes(book: Workbook) -> None:
    """On another one an entry is kept beside the workbook, and the named one writes it."""
    book.snapshot().side.write_settings(Settings(writer="OFFICE-PC"))
    before = book.path.read_bytes()
    receipt = named(book.path, "PC-7").add("Stakeholders", FIRM)
    assert receipt.state == "queued"
    assert book.path.read_bytes() == before
    with pytest.raises(WorkbookLockedError, match="only the computer OFFICE-PC writes"):
        named(book.path, "PC-7").apply_policy(older(book.policy))
    assert named(book.path, "office-pc").sync() == 1
    assert named(book.path, "PC-7").add("Stakeholders", FIRM, entry_id=receipt.entry_id).key == "STK-00002"


@pytest.mark.parametrize("text", ["", "{", '{"writer": 7}'])
def test_with_damaged_settings_an_entry_waits(book: Workbook, text: str) -> None:
    """Nobody knows then which computer writes: the entry is kept, its author told why, and it goes in afterwards."""
    settings = book.snapshot().side.path / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(text, encoding="utf-8")
    before = book.path.read_bytes()
    receipt = book.add("Stakeholders", FIRM)
    assert (receipt.state, book.path.read_bytes()) == ("queued", before)
    assert f"the settings in {settings} are damaged" in receipt.waits
    with pytest.raises(WorkbookLockedError, match="set them again with `workbook-cms settings`"):
        book.sync()
    settings.unlink()
    assert book.sync() == 1
    assert book.add("Stakeholders", FIRM, entry_id=receipt.entry_id).key == "STK-00002"


def test_old_copies_go_with_the_first_write_of_a_day(book: Workbook) -> None:
    """They are counted off when a new one is made."""
    side = book.snapshot().side
    side.write_settings(Settings(copies=2))
    book.add("Stakeholders", FIRM)
    [copy] = backups(book.path, side.backups)
    for days in (1, 2, 3):
        then = copy.when - dt.timedelta(days=days)
        copy.path.rename(side.backups / f"customers-{then:%Y%m%dT%H%M%SZ}-day.xlsx")
        book.update("Stakeholders", "STK-00001", {"Phone": f"0491 570 15{days}"})
        copy = backups(book.path, side.backups)[0]
    assert len(reasons(book.path)) == 2

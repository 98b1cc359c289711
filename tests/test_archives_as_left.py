"""Archives that nobody touched are not read by a check; touched, missing, replaced and renamed ones are found by it."""

import shutil

import openpyxl
import pytest

from tests.conftest import QUENBY, TODAY
from tests.support.raw import edit, row_of
from tests.test_archiving import ARCHIVE, MEI, _note, flaws, folder_of_2024, made_in_2024, told
from validation.carried import Carried
from validation.findings import Severity
from workbook_cms import Workbook

__all__ = ["folder_of_2024", "made_in_2024"]

TWIN = {**QUENBY, "Given name": "Quenbie", "Email": "quenbie@example.com"}


def found(path):
    """(code, cell, message) of what a new process finds wrong with the file, and whether it read the archives."""
    book = Workbook.open(path, today=TODAY)
    told = [(f.code, f.cell, f.message) for f in book.check(select=["FIL"])]
    return told, "whole_history" in vars(book.snapshot())


@pytest.fixture
def archived(made_in_2024):
    """The workbook made in 2024, its lines of 2024 and 2025 in archives; and the folder."""
    made_in_2024.archive_history("2026-06")
    return made_in_2024


def test_archives_that_nobody_touched_are_not_read(archived):
    """Nor after more entries; `history --verify` reads them all."""
    assert found(archived.path) == ([], False)
    _note(archived, "STK-00001", "third")
    assert found(archived.path) == ([], False)
    assert archived.verify_history().lines == 7
    assert flaws(archived) == []


def test_a_changed_archive_is_found(archived):
    """At the cell, by a check that would not have read it."""
    edit(archived.path.with_name(ARCHIVE.format(2025)), "History", 2, {"New": "something else"})
    [(code, cell, message)], _ = found(archived.path)
    assert (code, cell) == ("FIL004", "[customers history 2025.xlsx]'Change history'!A2")
    assert "line 4 of the history was edited" in message


def test_a_missing_archive_is_found(archived):
    """By its name."""
    archived.path.with_name(ARCHIVE.format(2024)).unlink()
    [(code, _, message)], _ = found(archived.path)
    assert code == "FIL004"
    assert message.startswith(
        "the archive customers history 2024.xlsx, which holds older lines of the history, is not"
    )


def test_an_archive_replaced_by_another_workbook_is_found(archived):
    """That it holds no history, or the lines of another one."""
    old = archived.path.with_name(ARCHIVE.format(2024))
    openpyxl.Workbook().save(old)
    assert [code for code, *_ in found(archived.path)[0]] == ["FIL004"]
    other = Workbook.create(archived.path.with_name("other.xlsx"), today=TODAY)
    other.add("Stakeholders", MEI)
    other.archive_history("2999-01")
    [made] = archived.path.parent.glob("other history *.xlsx")
    shutil.copy(made, old)
    assert {code for code, *_ in found(archived.path)[0]} == {"FIL004"}


def test_a_renamed_archive_is_found_under_its_new_name(archived):
    """Its lines are not missing, and one line says what to do."""
    old = archived.path.with_name(ARCHIVE.format(2024))
    old.rename(old.with_name("old lines.xlsx"))
    [(code, _, message)], _ = found(archived.path)
    assert code == "FIL004"
    assert message == (
        "the archive customers history 2024.xlsx, which holds older lines of the history, is called old lines.xlsx now. "
        "Give it its name back."
    )
    assert [no for no, *_ in told(Workbook.open(archived.path, today=TODAY))] == [1, 2, 3, 4, 5, 6]


def test_archives_that_have_each_others_names_are_found(archived):
    """Two lines say so, and no line of the history is said to be moved."""
    one, two = (archived.path.with_name(ARCHIVE.format(year)) for year in (2024, 2025))
    one.rename(one.with_suffix(".x"))
    two.rename(one)
    one.with_suffix(".x").rename(two)
    messages = [message for _, _, message in found(archived.path)[0]]
    assert [message.partition(" is called ")[2] for message in messages] == [
        "customers history 2025.xlsx now. Give it its name back.",
        "customers history 2024.xlsx now. Give it its name back.",
    ]


def test_an_archive_that_was_only_saved_again_is_no_flaw(archived):
    """It is read then, until an archiving by hand has found its lines sound."""
    old = archived.path.with_name(ARCHIVE.format(2024))
    openpyxl.load_workbook(old).save(old)
    assert found(archived.path) == ([], True)
    archived.archive_history("2026-10")
    assert found(archived.path) == ([], False)
    assert flaws(archived) == []


def test_a_flaw_in_an_archive_is_not_sealed_by_the_next_archiving(archived):
    """Whoever archives again, by hand or by the way, it is found as before."""
    edit(archived.path.with_name(ARCHIVE.format(2025)), "History", 2, {"New": "something else"})
    archived.archive_history("2026-10")
    assert [cell for _, cell, _ in found(archived.path)[0]] == ["[customers history 2025.xlsx]'Change history'!A2"]


def test_lines_archived_by_an_earlier_version_are_read_as_before(made_in_2024, monkeypatch):
    """It kept no seals of files; what it archived is verified, and sealed by the next archiving by hand."""
    book = made_in_2024
    _archived_as_before(book, "2026-07", monkeypatch)
    assert found(book.path) == ([], True)
    edit(book.path.with_name(ARCHIVE.format(2025)), "History", 2, {"New": "something else"})
    assert [code for code, *_ in found(book.path)[0]] == ["FIL004"]
    edit(book.path.with_name(ARCHIVE.format(2025)), "History", 2, {"New": "first"})
    _note(book, "STK-00001", "third")
    book.archive_history("2027-01")
    assert found(book.path) == ([], False)


def test_a_decision_that_an_earlier_version_archived_stands(made_in_2024, monkeypatch):
    """Before and after the next archiving by hand."""
    book = made_in_2024
    book.add("Stakeholders", TWIN, override="twins, same phone")
    _archived_as_before(book, "2027-01", monkeypatch)
    assert [f.severity for f in book.check(select=["DUP"])] == [Severity.INFO]
    _note(book, "STK-00001", "third")
    book.archive_history("2027-01")
    assert [f.severity for f in book.check(select=["DUP"])] == [Severity.INFO]


def _archived_as_before(book, month, monkeypatch):
    """Archive as versions did that sealed no files."""
    new = Carried.values

    def as_before(self):
        return {name: text.partition(',"sealed":')[0] + "}" for name, text in new(self).items()}

    monkeypatch.setattr(Carried, "values", as_before)
    book.archive_history(month)
    monkeypatch.undo()


def test_a_decision_in_an_archive_stands_until_the_values_change(made_in_2024):
    """A check reads archives only where one of their lines decides on what it found."""
    book = made_in_2024
    book.add("Stakeholders", TWIN, override="twins, same phone")
    book.archive_history("2027-01")
    again = Workbook.open(book.path, today=TODAY)
    [twin] = again.check(select=["DUP"])
    assert (twin.key, twin.severity) == ("STK-00003", Severity.INFO)
    address = {"Suburb": "Ultimo", "Street": "1 High Street", "State": "NSW", "Postcode": "2007"}
    book.update("Stakeholders", "STK-00001", address)
    book.archive_history("2027-01")
    again = Workbook.open(book.path, today=TODAY)
    assert [f.severity for f in again.check(select=["DUP"])] == [Severity.WARNING]


def test_a_record_edited_outside_is_told_with_what_an_archive_knows(archived):
    """The archives are read for its old value only."""
    row = row_of(archived.path, "Stakeholders", "Stakeholder ID", "STK-00001")
    edit(archived.path, "Stakeholders", row, {"Phone": "12"})
    [finding] = Workbook.open(archived.path, today=TODAY).check(select=["FIL001"])
    assert (finding.field, finding.details["old"], finding.details["new"]) == ("Phone", "+61491570156", "12")


def test_lines_that_a_dead_program_left_in_an_archive_are_no_flaw(archived, monkeypatch):
    """It died before they left the workbook: the archive is read until the next archiving, which seals it again."""
    book = archived
    _note(book, "STK-00001", "third")
    before = book.path.read_bytes()

    def dying(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("workbook_cms.archiving._leave", dying)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            book.archive_history("2027-01")
    monkeypatch.undo()
    assert book.path.read_bytes() == before
    assert found(book.path) == ([], False)  # those of 2026 are in an archive that the history does not know yet
    book.archive_history("2027-01")
    assert found(book.path) == ([], False)
    assert flaws(book) == []

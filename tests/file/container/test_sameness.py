"""What did not change between two readings of a file is not read again; what did is."""

import numpy as np
import pytest

from tests.conftest import TODAY
from workbook_cms import Workbook
from workbook_cms.file.container.sameness import same_part, same_table
from workbook_cms.file.package import Package
from workbook_cms.snapshot import Snapshot

TABLES = ("Stakeholders", "Interactions", "Bookings", "History", "PolicyFields")


def test_an_entry_changes_its_table_and_the_history(book):
    """After one record was added, only its table and the history differ."""
    before = Package.open(book.path)
    book.add("Bookings", {"Booking number": "WT1000426", "Stakeholder ID": "STK-00001", "Product": "Coastal Walks",
                          "Status": "Quoted"})  # fmt: skip
    after = Package.open(book.path)
    assert {name for name in TABLES if not same_table(after, before, name)} == {"Bookings", "History"}


def test_parts_are_compared_by_their_bytes(book, tmp_path):
    """A part that neither file has is the same; one that only one has is not."""
    package = Package.open(book.path)
    assert same_part(package, package, "xl/workbook.xml")
    assert same_part(package, package, "xl/none.xml")
    other = Package.open(Workbook.create(tmp_path / "blank.xlsx", template="blank").path)
    assert not same_part(package, other, "xl/workbook.xml")
    last = package.sheets[-1].part
    assert other.has(last) or not same_part(package, other, last)


@pytest.mark.parametrize("outside", [False, True])
def test_a_reading_that_reuses_another_tells_the_same(book, outside):
    """Tables carried over from an earlier reading equal those read anew, after entries and after raw edits."""
    known = Snapshot.open(book.path)
    for table in known.policy.tables:
        known.typed(table)
    if outside:
        import openpyxl  # noqa: PLC0415 - the hand of somebody past the forms

        sheets = openpyxl.load_workbook(book.path)
        sheets["Stakeholders"]["D2"] = "Changed"
        sheets.save(book.path)
    else:
        book.update("Stakeholders", "STK-00001", {"Given name": "Changed"})
    carried, anew = Snapshot.open(book.path, known), Snapshot.open(book.path)
    for table in anew.policy.tables:
        assert carried.typed(table).raw.values.equals(anew.typed(table).raw.values)
        assert np.array_equal(carried.typed(table).raw.rows, anew.typed(table).raw.rows)
    assert carried.typed(anew.policy.tables[0]).raw.values["given_name"].tolist() == ["Changed"]


def test_what_waits_comes_and_goes(book, opened_elsewhere):
    """A table read while an entry waited is not taken for the file's own."""
    with opened_elsewhere(book.path):
        book.add("Stakeholders", {"Type": "Customer", "Given name": "Mia", "Family name": "Stone",
                                  "Phone": "0491 570 158"})  # fmt: skip
        assert len(book.table("Stakeholders")) == 2
    journal = book.path.parent / "customers.xlsx.cms" / "journal"
    for file in journal.iterdir():
        file.unlink()
    assert len(book.table("Stakeholders")) == 1
    assert len(Workbook.open(book.path, today=TODAY).table("Stakeholders")) == 1

"""Workbooks opened, saved, closed, and gone."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlwings

from tests.support.office import running_office
from workbook_cms.forms.engines.errors import BookClosedError, SpreadsheetBusyError, SpreadsheetError


def test_open_twice_is_one_book(office, sample, sample_path) -> None:
    """A book that is open already is given, as documented."""
    assert office.app.books.open(str(sample_path)) == sample
    assert [book.name for book in office.app.books].count("sample.xlsx") == 1
    assert (sample.name, sample.fullname) == ("sample.xlsx", str(sample_path))


def test_names_of_files_are_given_as_they_are(office, tmp_path, sample_path) -> None:
    """Spaces, percent signs and letters of other alphabets."""
    path = tmp_path / "Zoë 100% #1.xlsx"
    sample_path.rename(path)
    book = office.app.books.open(str(path))
    assert (book.name, book.fullname) == (path.name, str(path))
    book.close()


def test_formulas_hold_values_after_opening(sample) -> None:
    """A file that no spreadsheet program has saved is calculated, and not taken to be changed by that."""
    assert sample.sheets["Our form"]["G1"].value == 25
    assert sample.api.isModified() is False


def test_several_books(office, sample) -> None:
    """Each by its name; the one activated last is the active one."""
    other = office.app.books.add()
    assert {book.name for book in office.app.books} >= {other.name, "sample.xlsx"}
    sample.activate()
    assert office.app.books.active == sample
    other.activate()
    assert office.app.books.active == other
    assert other.fullname == other.name
    other.close()
    with pytest.raises(KeyError):
        _ = office.app.books["nothing.xlsx"]


def test_save_and_save_as(sample, sample_path, tmp_path) -> None:
    """In place, and under another name, where the book then is; another reader sees what was written."""
    sample.sheets["Data"]["B3"].value = "quill"
    sample.save()
    assert openpyxl.load_workbook(sample_path)["Data"]["B3"].value == "quill"
    sample.save(str(tmp_path / "copy.xlsx"))
    assert sample.name == "copy.xlsx"
    assert openpyxl.load_workbook(tmp_path / "copy.xlsx")["Our form"]["A3"].value == "0412"


def test_save_where_nothing_can_be_saved(sample, tmp_path) -> None:
    """A name that is taken by a folder, and a kind of file that is not known, are told in one line."""
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(SpreadsheetError, match="could not save it"):
        sample.save(str(tmp_path / "folder.xlsx"))
    with pytest.raises(SpreadsheetError, match="does not save this kind of file"):
        sample.save(str(tmp_path / "copy.doc"))


def test_close_saves_nothing(office, sample, sample_path) -> None:
    """A changed book is closed without a question and without saving."""
    before = sample_path.read_bytes()
    sample.sheets["Data"]["B3"].value = "quill"
    sample.close()
    assert sample_path.read_bytes() == before
    assert "sample.xlsx" not in [book.name for book in office.app.books]


def test_a_book_closed_by_the_person(sample) -> None:
    """Whatever is then asked of it says that it was closed, and how to go on."""
    cell, form = sample.sheets["Our form"]["A3"], sample.sheets["Our form"]
    name, prices = sample.names["form_phone"], sample.sheets["Data"].tables["Prices"]
    sample.api.close(True)
    asked = (
        lambda: cell.value,
        lambda: setattr(cell, "value", "x"),
        lambda: form.name,
        lambda: form["A4"].value,
        lambda: name.refers_to_range,
        lambda: prices.data_body_range,
        lambda: cell.font.bold,
        lambda: sample.name,
        lambda: sample.sheets[0],
        sample.save,
    )
    assert [_said(ask) for ask in asked] == ["sample.xlsx: The workbook was closed. Open it again."] * len(asked)


def test_a_book_that_is_open_elsewhere(office, sample_path, tmp_path) -> None:
    """Another LibreOffice of the same person has it: the message says so, and it can still be read."""
    with running_office(tmp_path / "other") as other:
        other.app.books.open(str(sample_path))
        with pytest.raises(SpreadsheetBusyError, match=r"open in another LibreOffice.*delete .~lock.sample.xlsx#"):
            office.app.books.open(str(sample_path))
        book = office.app.books.open(str(sample_path), read_only=True)
        assert book.sheets["Our form"]["A3"].value == "0412"
        book.close()


def test_a_book_that_somebody_else_has_open(office, sample_path) -> None:
    """As in Excel, it can be read but not saved."""
    lock = sample_path.with_name(f".~lock.{sample_path.name}#")
    lock.write_text(",mia,PC-7,22.11.2026 09:12,file:///home/mia;", encoding="utf-8")
    book = office.app.books.open(str(sample_path))
    assert book.api.isReadonly() is True
    with pytest.raises(SpreadsheetError, match=r"sample\.xlsx: LibreOffice could not"):
        book.save()
    book.close()


def test_files_that_are_no_workbooks(office, tmp_path) -> None:
    """A damaged file, and one that is not there."""
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"PK\x03\x04 this is no workbook")
    with pytest.raises(SpreadsheetError, match=r"damaged.xlsx: LibreOffice could not"):
        office.app.books.open(str(damaged))
    with pytest.raises(FileNotFoundError):
        office.app.books.open(str(tmp_path / "missing.xlsx"))


def test_the_engine_is_xlwings_active_one(office, sample, sample_path) -> None:
    """Where xlwings has no engine of its own, its short ways lead to LibreOffice."""
    sample.activate()
    assert office.app in list(xlwings.apps)
    assert xlwings.Book(str(sample_path)) == sample
    assert xlwings.books["sample.xlsx"] == sample
    sample.sheets["Our form"].activate()
    assert xlwings.Range("A3").value == "0412"
    assert Path(xlwings.books.active.fullname) == sample_path


def _said(ask) -> str:
    """What is answered when the workbook or the program is gone."""
    with pytest.raises(BookClosedError) as caught:
        ask()
    return str(caught.value)

"""What leaves xlwings' own calls, against an Excel that is simulated below xlwings (CI has none)."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.support.excel import CALL_REJECTED, CELL_EDITED, CLOSED, GONE, ComError, Excel
from workbook_cms.forms import adapter
from workbook_cms.forms.engines.errors import (
    BookClosedError,
    SpreadsheetBusyError,
    SpreadsheetError,
    SpreadsheetGoneError,
)
from workbook_cms.forms.frontend import make_frontend

FORM = "Record an interaction"


@pytest.fixture
def excel(monkeypatch) -> Excel:
    """A running Excel without a workbook."""
    return Excel(monkeypatch)


@pytest.fixture
def front_end(excel, fresh_book, tmp_path):
    """A front-end open in Excel."""
    return excel.open(make_frontend(fresh_book.path, tmp_path / "entry.xlsx"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ComError(CALL_REJECTED), SpreadsheetBusyError),
        (ComError(0x80020009 - 2**32, CELL_EDITED), SpreadsheetBusyError),
        (ComError(CELL_EDITED), SpreadsheetBusyError),
        (ComError(GONE), SpreadsheetGoneError),
        (ComError(0x80020009 - 2**32, CLOSED), BookClosedError),
    ],
)
def test_com_errors_are_told_apart(excel, error, expected) -> None:
    """A cell being edited, an Excel that ended and a workbook that was closed are three things."""
    with pytest.raises(expected), adapter.calls():
        raise error


def test_other_com_error_is_one_line(excel) -> None:
    """Whatever else COM says becomes place, problem and remedy."""
    with pytest.raises(SpreadsheetError) as caught, adapter.calls("entry.xlsx"):
        raise ComError(0x80020009 - 2**32, 0x800A03EC - 2**32)
    assert type(caught.value) is SpreadsheetError
    assert str(caught.value).startswith("entry.xlsx: It did not do what it was asked")


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (-1712, "Apple event timed out.", SpreadsheetBusyError),
        (-1708, "Event not handled.", SpreadsheetBusyError),
        (-50, "OERROR: -50 Parameter error.", SpreadsheetBusyError),
        (-600, "Application isn't running.", SpreadsheetGoneError),
        (-609, "Connection is invalid.", SpreadsheetGoneError),
        (-1728, "Can't get reference.", BookClosedError),
    ],
)
def test_apple_events_are_told_apart(monkeypatch, number, text, expected) -> None:
    """The same on macOS, where xlwings speaks through appscript."""
    with pytest.raises(expected), adapter.calls():
        raise _command_error(monkeypatch, number, text)


def test_missing_permission_on_macos_names_the_setting(monkeypatch) -> None:
    """macOS asks once whether a program may drive another; a no is told with the place to change it."""
    with pytest.raises(SpreadsheetError, match="Privacy & Security, Automation"), adapter.calls():
        raise _command_error(monkeypatch, -1743, "Not authorised.")


def _command_error(monkeypatch, number: int, text: str) -> Exception:
    class CommandError(Exception):
        errornumber = number

    module = ModuleType("appscript.reference")
    module.CommandError = CommandError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "appscript.reference", module)
    return CommandError(text)


def test_our_own_mistakes_are_not_dressed_up() -> None:
    """An error that no spreadsheet program raised passes through."""
    with pytest.raises(ZeroDivisionError), adapter.calls():
        raise ZeroDivisionError


def test_protection_comes_back_after_a_failure(front_end) -> None:
    """Whatever happens while a sheet is open for writing, it is protected afterwards, unlocked cells alone selectable."""
    sheet = front_end.sheets[FORM]
    with pytest.raises(ZeroDivisionError), adapter.unprotected(sheet):
        assert not sheet.impl.protected
        raise ZeroDivisionError
    assert sheet.impl.protected
    assert sheet.impl.EnableSelection == 1


def test_sheet_unprotected_by_hand_is_protected_again(front_end) -> None:
    """A sheet that somebody unprotected is protected after the next answer."""
    sheet = front_end.sheets[FORM]
    sheet.impl.protected = False
    with adapter.unprotected(sheet):
        pass
    assert sheet.impl.protected


def test_data_sheet_keeps_its_filters(front_end) -> None:
    """On a sheet of records filters go on working, and locked cells can be read and copied."""
    sheet = front_end.sheets[FORM]
    with adapter.unprotected(sheet, filtering=True):
        pass
    assert sheet.impl.options["AllowFiltering"] is True
    assert sheet.impl.EnableSelection == 0


def test_protecting_waits_for_a_busy_excel(excel, front_end) -> None:
    """Somebody begins to type between writing and protecting: the protection is put on as soon as Excel listens."""
    sheet = front_end.sheets[FORM]
    with adapter.unprotected(sheet):
        excel.trouble = [ComError(CALL_REJECTED), ComError(CALL_REJECTED)]
    assert sheet.impl.protected


@pytest.mark.parametrize(
    ("full_name", "words"),
    [
        ("https://firm.sharepoint.com/sites/desk/entry.xlsx", "opened from the web"),
        ("Book1", "was never saved"),
    ],
)
def test_workbook_without_a_folder_is_refused(excel, fresh_book, tmp_path, full_name, words) -> None:
    """A workbook on the web, or never saved, is told apart with what to do."""
    book = excel.open(make_frontend(fresh_book.path, tmp_path / "entry.xlsx"), full_name=full_name)
    with pytest.raises(SpreadsheetError, match=words):
        adapter.file_of(book)


def test_read_only_is_known(excel, fresh_book, tmp_path) -> None:
    """A workbook that was opened for reading only says so."""
    path = make_frontend(fresh_book.path, tmp_path / "entry.xlsx")
    assert adapter.is_read_only(excel.open(path, read_only=True))
    assert not adapter.is_read_only(excel.open(path))


def test_busy_excel_is_not_asked_for_ever(monkeypatch) -> None:
    """xlwings repeats a rejected call without end; the helper makes it give up at once."""
    module = ModuleType("xlwings._xlwindows")
    module.N_COM_ATTEMPTS = 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", module)
    adapter.never_wait()
    assert module.N_COM_ATTEMPTS == 1  # type: ignore[attr-defined]

"""The only place that leaves xlwings' own calls: protection, selection and files in Excel and LibreOffice."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_cms.forms.complaints import raised, translated
from workbook_cms.forms.engines import uno_bridge
from workbook_cms.forms.engines.errors import SpreadsheetBusyError, SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = [
    "Program",
    "autosaves",
    "calls",
    "completion",
    "copy_to",
    "file_of",
    "fill",
    "is_read_only",
    "literal",
    "never_wait",
    "program_of",
    "prompt",
    "tell",
    "unprotected",
    "values_of",
]


class Program(StrEnum):
    """Which spreadsheet program a workbook is open in."""

    EXCEL_WINDOWS = "Excel on Windows"
    EXCEL_MAC = "Excel on macOS"
    LIBREOFFICE = "LibreOffice"


#: How often and how long apart (seconds) a sheet is protected again while the program is busy.
_PROTECT_TRIES, _PROTECT_PAUSE = 40, 0.05
_LIBREOFFICE_SETTINGS = "com.sun.star.sheet.GlobalSheetSettings"
_UNLOCKED_CELLS = 1  # xlUnlockedCells
_FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


@contextlib.contextmanager
def calls(place: str = "The spreadsheet program") -> Iterator[None]:
    """Around calls of xlwings: what the program raises becomes one of ours.

    Raises:
        SpreadsheetBusyError: It takes no calls at the moment.
        SpreadsheetGoneError: It was closed.
        BookClosedError: The workbook was closed.
        SpreadsheetError: Anything else it said.
    """
    try:
        yield
    except raised() as error:
        raise translated(error, place) from error


def never_wait() -> None:
    """Let a call to a busy Excel fail at once: xlwings would repeat it for ever, in a loop that takes a whole core."""
    module: Any = sys.modules.get("xlwings._xlwindows")
    if module is not None:
        module.N_COM_ATTEMPTS = 1


def program_of(thing: xw.Book | xw.Sheet) -> Program:
    """The program a workbook or a sheet is open in; told from its engine, without asking the program."""
    module = type(thing.impl).__module__
    if module.startswith("workbook_cms."):
        return Program.LIBREOFFICE
    return Program.EXCEL_MAC if module.endswith("._xlmac") else Program.EXCEL_WINDOWS


def literal(text: str) -> str:
    """A text as Excel has to be given it to keep it: it takes a first apostrophe for its mark of a text."""
    return f"'{text}" if text.startswith("'") else text


def file_of(book: xw.Book) -> Path:
    """Where a workbook is saved.

    Raises:
        SpreadsheetError: It was never saved, or it is opened from the web.
    """
    name = _full_name(book)
    if "://" in name:
        raise SpreadsheetError(
            book.name,
            "this workbook is opened from the web, so the record workbook beside it cannot be reached.",
            "Save a copy in a folder of this computer and use that.",
        )
    path = Path(name)
    if not path.is_absolute():
        raise SpreadsheetError(
            book.name, "this workbook was never saved, so it has no folder yet.", "Save it, then try again."
        )
    return path


def is_read_only(book: xw.Book) -> bool:
    """Whether the workbook was opened for reading only."""
    program = program_of(book)
    if program is Program.EXCEL_WINDOWS:
        return bool(book.api.ReadOnly)
    if program is Program.EXCEL_MAC:
        return bool(book.api.read_only.get())
    return bool(book.api.isReadonly())


def autosaves(book: xw.Book) -> bool:
    """Whether Excel saves the workbook by itself while people type; only what lies on the web does."""
    program = program_of(book)
    if program is Program.EXCEL_WINDOWS:
        return bool(getattr(book.api, "AutoSaveOn", False))  # Excel 2016 does not know it
    if program is Program.EXCEL_MAC:
        return "://" in _full_name(book)  # its dictionary has no word for it
    return False


@contextlib.contextmanager
def unprotected(sheet: xw.Sheet, *, filtering: bool = False) -> Iterator[None]:
    """Lift the protection of a sheet and put it back, whatever happens in between and whoever lifted it before.

    No password: only cells that are unlocked can be selected, so that Tab walks the form. A sheet that somebody
    unprotected by hand is protected afterwards too.

    Args:
        sheet: The sheet.
        filtering: A sheet of records: filters stay usable, and locked cells can be selected to be read.
    """
    program = program_of(sheet)
    with calls():
        api = sheet.api
    try:
        with calls():
            _lift(program, api)
    except SpreadsheetError as error:
        if type(error) is not SpreadsheetError:
            raise
        with calls():
            title = f"The sheet {sheet.name}"
        problem = "is protected with a password, so nothing can be shown on it."
        raise SpreadsheetError(title, problem, "Take the password off: Review, Unprotect Sheet.") from error
    try:
        yield
    finally:
        _patiently(lambda: _protect(program, api, filtering))


def prompt(sheet: xw.Sheet, address: str, title: str, text: str) -> None:
    """Change what is shown while a cell is selected; a cell that shows nothing goes on showing nothing."""
    program = program_of(sheet)
    api = sheet.range(address).api
    with contextlib.suppress(SpreadsheetError), calls():
        if program is Program.EXCEL_WINDOWS:
            api.Validation.InputTitle, api.Validation.InputMessage = title, text
        elif program is Program.EXCEL_MAC:
            api.validation.input_title.set(title)
            api.validation.input_message.set(text)
        else:
            validation = api.Validation
            validation.InputTitle, validation.InputMessage = title, text
            api.Validation = validation  # what was given out is a copy


def tell(book: xw.Book, text: str) -> None:
    """Say something in the program's own status line."""
    book.app.status_bar = text


def values_of(cells: xw.Range, engine: xw.main.Engine) -> list[list[Any]]:
    """The values of a block, row by row, as xlwings gives them, error cells as their text.

    xlwings' own way asks the program for the sheet, the book and the application of the block first, each time.
    """
    found = cells.options(err_to_str=True).raw_value
    rows = found if isinstance(found, (list, tuple)) else [found]
    if not isinstance(rows[0], (list, tuple)):
        rows = [rows]  # one row may come without its list
    cleaned: list[list[Any]] = engine.impl.clean_value_data(rows, dt.datetime, None, None, True)
    return cleaned


def fill(cells: xw.Range, rows: Sequence[Sequence[Any]], engine: xw.main.Engine) -> None:
    """Write values into a block that is just as large, in one call; None empties a cell."""
    cells.raw_value = tuple(tuple(engine.impl.prepare_xl_data_element(v, {}) for v in row) for row in rows)


def copy_to(book: xw.Book, path: Path) -> None:
    """Keep a copy of the open workbook in another file; the workbook goes on being the one it is, saved or not.

    Not for macOS, whose Excel knows no such thing; nothing is ever called off there that would need it.
    """
    if program_of(book) is Program.LIBREOFFICE:
        wanted = uno_bridge.struct("beans.PropertyValue", "FilterName", 0, _FILTERS[path.suffix.lower()], 0)
        book.api.storeToURL(path.as_uri(), (wanted,))
        return
    events = book.app.enable_events
    book.app.enable_events = False  # or a handler of the save would call this one
    try:
        book.api.SaveCopyAs(str(path))
    finally:
        book.app.enable_events = events


def _full_name(book: xw.Book) -> str:
    """The name as the program has it: xlwings would guess a folder for an address on the web."""
    program = program_of(book)
    if program is Program.EXCEL_WINDOWS:
        return str(book.api.FullName)
    return str(book.fullname)


def _lift(program: Program, api: Any) -> None:
    if program is Program.EXCEL_WINDOWS:
        api.Unprotect(Password="")  # without the word Excel asks in a dialog
    elif program is Program.EXCEL_MAC:
        api.unprotect(password="")
    elif api.isProtected():
        api.unprotect("")


def _protect(program: Program, api: Any, filtering: bool) -> None:
    if program is Program.EXCEL_WINDOWS:
        api.Protect(DrawingObjects=True, Contents=True, Scenarios=True, AllowFiltering=filtering)
        if not filtering:
            api.EnableSelection = _UNLOCKED_CELLS
    elif program is Program.EXCEL_MAC:
        api.protect_worksheet(
            drawing_objects=True, worksheet_contents=True, scenarios=True, allow_filtering=filtering
        )
        if not filtering:
            api.enable_selection.set(sys.modules["appscript"].k.unlocked_cells)
    else:
        api.protect("")  # it keeps what else was set for the sheet: what may be selected, and filters


def _patiently(call: Callable[[], None]) -> None:
    """Repeat a call that must not be left out while the program is busy."""
    for left in range(_PROTECT_TRIES, 0, -1):
        try:
            with calls():
                return call()
        except SpreadsheetBusyError:
            if left == 1:
                raise
            time.sleep(_PROTECT_PAUSE)
    return None


def completion(book: xw.Book) -> Callable[[bool], bool] | None:
    """What switches completion on or off, and tells whether it was on."""
    program, app = program_of(book), book.app
    if program is Program.EXCEL_MAC:
        option: Any = getattr(app.api, "enable_autocomplete", None)

        def switch(wanted: bool) -> bool:
            was = bool(option.get())
            option.set(wanted)
            return was

        return switch if option is not None else None
    thing, name = app.api, "EnableAutoComplete"
    if program is Program.LIBREOFFICE:
        thing, name = app.impl.office.create(_LIBREOFFICE_SETTINGS), "DoAutoComplete"
    if not hasattr(thing, name):
        return None

    def assign(wanted: bool) -> bool:
        was = bool(getattr(thing, name))
        setattr(thing, name, wanted)
        return was

    return assign

"""What the spreadsheet program makes of typed letters by itself: it completes them to what stands in another field.

All inputs of a form are in one column, so "2" in Pick would become the date further down. While a front-end is
served, the program lets typed letters be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from workbook_cms.forms import adapter
from workbook_cms.forms.engines.errors import SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["stop_completing"]

_LIBREOFFICE = "com.sun.star.sheet.GlobalSheetSettings"


def stop_completing(book: xw.Book) -> Callable[[], None] | None:
    """Let what is typed into a workbook be.

    Returns:
        What puts it back as it was; None where nothing was completed, or the program does not let it be changed.
    """
    with contextlib.suppress(SpreadsheetError), adapter.calls():
        change = _switch(book)
        if change is not None and change(False):
            return lambda: _again(change)
    return None


def _switch(book: xw.Book) -> Callable[[bool], bool] | None:
    """What switches completion on or off, and tells whether it was on."""
    program, app = adapter.program_of(book), book.app
    if program is adapter.Program.EXCEL_MAC:
        option: Any = getattr(app.api, "enable_autocomplete", None)

        def switch(wanted: bool) -> bool:
            was = bool(option.get())
            option.set(wanted)
            return was

        return switch if option is not None else None
    thing, name = app.api, "EnableAutoComplete"
    if program is adapter.Program.LIBREOFFICE:
        thing, name = app.impl.office.create(_LIBREOFFICE), "DoAutoComplete"
    if not hasattr(thing, name):
        return None

    def assign(wanted: bool) -> bool:
        was = bool(getattr(thing, name))
        setattr(thing, name, wanted)
        return was

    return assign


def _again(change: Callable[[bool], bool]) -> None:
    with contextlib.suppress(SpreadsheetError), adapter.calls():
        change(True)

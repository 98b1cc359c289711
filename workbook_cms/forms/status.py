"""Where something is said in an open workbook whose forms or pages could not be found."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from workbook_cms.forms import adapter
from workbook_cms.forms.answers import Message
from workbook_cms.forms.areas import LostNameError, find_area, safe
from workbook_cms.forms.engines.errors import SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["say_on", "tell"]

#: Names of status lines, of forms and of pages.
_STATUS = re.compile(r"form_.+\.status|(find|view|due|findings)_status")


def say_on(book: xw.Book, title: str, message: Message) -> None:
    """Say something in the status line of a sheet, by its name alone; without one, in the program's own."""
    with adapter.calls():
        names = [str(known.name) for known in book.names]
    for name in filter(_STATUS.fullmatch, names):
        with suppress(LostNameError):
            status = find_area(book, name)
            if status.title != title:
                continue
            with adapter.unprotected(status.sheet, filtering=not name.startswith("form_")):
                status.write([[safe(message.text), *[""] * (status.width - 2), message.mark.value]])
            return
    tell(book, message.text)


def tell(book: xw.Book, text: str) -> None:
    """Say something at the bottom of the program's window, where nothing can be said on the sheets."""
    with suppress(SpreadsheetError), adapter.calls():
        adapter.tell(book, text)

"""What the spreadsheet program makes of typed letters by itself: it completes them to what stands in another field.

All inputs of a form are in one column, so "2" in Pick would become the date further down. While a front-end is
served, the program lets typed letters be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbook_cms.forms import adapter
from workbook_cms.forms.engines.errors import SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["stop_completing"]


def stop_completing(book: xw.Book) -> Callable[[], None] | None:
    """Let what is typed into a workbook be.

    Returns:
        What puts it back as it was; None where nothing was completed, or the program does not let it be changed.
    """
    with contextlib.suppress(SpreadsheetError), adapter.calls():
        change = adapter.completion(book)
        if change is not None and change(False):
            return lambda: _again(change)
    return None


def _again(change: Callable[[bool], bool]) -> None:
    with contextlib.suppress(SpreadsheetError), adapter.calls():
        change(True)

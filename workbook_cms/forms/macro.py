"""What the macros of a workbook call through RunPython: one function for each thing that happens to the workbook."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbook_cms.errors import WorkbookCmsError
from workbook_cms.forms import adapter
from workbook_cms.forms.areas import LostNameError, find_area
from workbook_cms.forms.backstage import CANCEL_NAME
from workbook_cms.forms.desk import Desk
from workbook_cms.forms.engines.errors import SpreadsheetError

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["before_save", "check", "opened", "run"]


def run(request: str) -> None:
    """A button was pressed: answer it on the sheet in front."""
    book = _caller()
    with _told(book):
        if not Desk(book).answer(request):
            raise WorkbookCmsError(
                book.name, f"there is nothing to {request.lower()} on this sheet.", "Open a form."
            )


def opened() -> None:
    """The workbook was opened: bring lists and help up to date, and greet on the form in front."""
    book = _caller()
    with _told(book):
        Desk(book).tick()


def check() -> None:
    """Check the records and show the findings."""
    run("Check")


def before_save() -> None:
    """The workbook is about to be saved: check it, show the findings, and call the save off where the policy says so."""
    from workbook_cms.forms import on_save  # noqa: PLC0415 - for this one way in

    book = _caller()
    with _told(book):
        desk = Desk(book)
        stops = on_save.before_save(book, desk.policy.settings.save_policy, desk.check)
        with contextlib.suppress(LostNameError):
            cancel = find_area(book, CANCEL_NAME)
            with adapter.unprotected(cancel.sheet):
                cancel.write([["=TRUE()" if stops else "=FALSE()"]])


def _caller() -> xw.Book:
    """The workbook whose macro called."""
    import xlwings  # noqa: PLC0415 - heavy

    return xlwings.Book.caller()


@contextlib.contextmanager
def _told(book: xw.Book) -> Iterator[None]:
    """What cannot be done is said in the program's own status line: a macro has nobody else to tell."""
    try:
        with adapter.calls():
            yield
    except WorkbookCmsError as error:
        with contextlib.suppress(SpreadsheetError), adapter.calls():
            adapter.tell(book, str(error))

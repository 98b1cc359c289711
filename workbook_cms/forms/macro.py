"""What the macros of a workbook call through RunPython: one function for each thing that happens to the workbook."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbook_cms.errors import WorkbookCmsError
from workbook_cms.file.platform import own_folder
from workbook_cms.forms import adapter
from workbook_cms.forms.areas import LostNameError, find_area
from workbook_cms.forms.backstage import CANCEL_NAME
from workbook_cms.forms.boundary import guarded
from workbook_cms.forms.desk import Desk
from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.serving import logger

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["before_save", "check", "opened", "run"]


def run(request: str) -> None:
    """A button was pressed: answer it on the sheet in front."""

    def answer(book: xw.Book) -> None:
        if not Desk(book).answer(request):
            raise WorkbookCmsError(
                book.name, f"there is nothing to {request.lower()} on this sheet.", "Open a form."
            )

    _told(answer)


def opened() -> None:
    """The workbook was opened: bring lists and help up to date, and greet on the forms."""
    _told(lambda book: Desk(book).greet())


def check() -> None:
    """Check the records and show the findings."""
    run("Check")


def before_save() -> None:
    """The workbook is about to be saved: check it, show the findings, and call the save off where the policy says so."""
    from workbook_cms.forms import on_save  # noqa: PLC0415 - for this one way in

    def ask(book: xw.Book) -> None:
        desk = Desk(book)
        stops = on_save.before_save(book, desk.policy.settings.save_policy, desk.check)
        with contextlib.suppress(LostNameError):
            cancel = find_area(book, CANCEL_NAME)
            with adapter.unprotected(cancel.sheet):
                cancel.write([["=TRUE()" if stops else "=FALSE()"]])

    _told(ask)


def _caller() -> xw.Book:
    """The workbook whose macro called."""
    import xlwings  # noqa: PLC0415 - heavy

    return xlwings.Book.caller()


def _told(work: Callable[[xw.Book], object]) -> None:
    """What cannot be done is said in the program's own status line: a macro has nobody else to tell."""
    book = _caller()

    def done() -> None:
        with adapter.calls():
            work(book)

    def say(text: str) -> None:
        with adapter.calls():
            adapter.tell(book, text)

    try:
        folder = own_folder()
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        guarded(done, (lambda text: Desk(book).say(text), say), logger(folder))
    except WorkbookCmsError as error:
        with contextlib.suppress(SpreadsheetError):
            say(str(error))

"""Workbooks that are open in LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from xlwings import base_classes

from workbook_cms.forms.engines.errors import SpreadsheetBusyError, SpreadsheetError
from workbook_cms.forms.engines.formats import Formats
from workbook_cms.forms.engines.formulas import Formulas
from workbook_cms.forms.engines.guard import Part, guarded
from workbook_cms.forms.engines.names import Names
from workbook_cms.forms.engines.sheets import Sheets
from workbook_cms.forms.engines.uno_bridge import load, struct

if TYPE_CHECKING:
    from workbook_cms.forms.engines.libreoffice import App
    from workbook_cms.forms.engines.ranges import Range

__all__ = ["Book", "Books"]

#: Export filters by the end of a file's name.
_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
}
#: com.sun.star.document.MacroExecMode: as the person has set it in LibreOffice.
_USE_CONFIG = 3


def _properties(**values: Any) -> tuple[Any, ...]:
    return tuple(struct("beans.PropertyValue", name, 0, value, 0) for name, value in values.items())


@guarded
class Books(Part, base_classes.Books):
    """The workbooks of a program, in the order in which it lists them."""

    def __init__(self, app: App) -> None:
        self.app = self.owner = app
        self._known: list[Book] = []

    @property
    def api(self) -> Any:
        """LibreOffice's list of open documents."""
        return self.app.office.desktop.getComponents()

    def front(self) -> Book | None:
        """The book in the window used last; None where there is no book."""
        current = self.app.office.desktop.getCurrentComponent()
        books = list(self)
        return next((book for book in books if book.document == current), books[0] if books else None)

    @property
    def active(self) -> Book:
        """The book in the window used last."""
        book = self.front()
        if book is None:
            raise SpreadsheetError("LibreOffice", "No workbook is open.", "Open one.")
        return book

    def __call__(self, name_or_index: str | int) -> Book:
        books = list(self)
        if isinstance(name_or_index, int):
            if 1 <= name_or_index <= len(books):
                return books[name_or_index - 1]
        else:
            for book in books:
                if book.name.lower() == name_or_index.lower():
                    return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __iter__(self) -> Iterator[Book]:
        documents = []
        listed = self.api.createEnumeration()
        while listed.hasMoreElements():
            document = listed.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                documents.append(document)
        self._known = [self._book(document) for document in documents]
        return iter(list(self._known))

    def _book(self, document: Any) -> Book:
        """The same Book for the same document, since it remembers what it has asked."""
        return next((book for book in self._known if book.document == document), None) or Book(self.app, document)

    def add(self) -> Book:
        """A new, empty book."""
        return self._load("private:factory/scalc", "LibreOffice")

    def open(self, fullname: str, update_links: Any = None, read_only: Any = None, *_: Any, **__: Any) -> Book:
        """Open a file. Its macros run when LibreOffice's own settings allow it."""
        path = Path(fullname)
        options = {"MacroExecutionMode": _USE_CONFIG, **({"ReadOnly": True} if read_only else {})}
        lock = path.with_name(f".~lock.{path.name}#")
        try:
            book = self._load(path.resolve().as_uri(), path.name, **options)
        except SpreadsheetError as error:
            if not lock.exists():
                raise
            remedy = f"Close it there; if nobody has it open, delete {lock.name} beside it."
            raise SpreadsheetBusyError(path.name, "It is open in another LibreOffice.", remedy) from error
        # Formulas of files that no spreadsheet program has saved hold no results yet.
        changed = book.document.isModified()
        book.document.calculateAll()
        book.document.setModified(changed)
        return book

    def _load(self, url: str, place: str, **options: Any) -> Book:
        document = self.app.office.desktop.loadComponentFromURL(url, "_default", 0, _properties(**options))
        if document is None or not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            remedy = "See that it is a workbook without a password, and that it opens in LibreOffice by hand."
            raise SpreadsheetError(place, "LibreOffice could not open it.", remedy)
        book = self._book(document)
        if book not in self._known:
            self._known.append(book)
        return book


@guarded
class Book(base_classes.Book):
    """An open workbook."""

    def __init__(self, app: App, document: Any) -> None:
        self._app = app
        self.document = document
        self.formats = Formats(document)
        self.formulas = Formulas(document)
        self._place = self.name  # for messages, when it can no longer be asked

    def alive(self) -> bool:
        """Whether the program still answers."""
        return self.app.alive()

    def is_open(self) -> bool:
        """Whether it is still open."""
        return any(book is self for book in self.app.books)

    def place(self) -> str:
        """What to call it in a message."""
        return self._place

    @property
    def app(self) -> App:
        """Its program."""
        return self._app

    @property
    def api(self) -> Any:
        """LibreOffice's document."""
        return self.document

    @cached_property
    def controller(self) -> Any:
        """The view of the workbook."""
        return self.document.getCurrentController()

    @property
    def window(self) -> Any:
        """Its window."""
        return self.controller.getFrame().getContainerWindow()

    @property
    def name(self) -> str:
        """Name of the file; of a book never saved, its title."""
        url = self.document.getURL()
        self._place = unquote(url.rpartition("/")[2]) if url else self.document.getTitle()
        return self._place

    @property
    def fullname(self) -> str:
        """Path of the file; of a book never saved, its title."""
        url = self.document.getURL()
        if url.startswith("file:"):
            return str(load().fileUrlToSystemPath(url))
        return url or self.name

    @cached_property
    def sheets(self) -> Sheets:
        """Its sheets."""
        return Sheets(self)

    @cached_property
    def names(self) -> Names:
        """Its names, those of single sheets too."""
        return Names(self, None)

    @property
    def selection(self) -> Range | None:
        """The cells that are selected in it; None when something else is."""
        chosen = self.document.getCurrentSelection()
        if chosen is None or not chosen.supportsService("com.sun.star.sheet.SheetCellRange"):
            return None
        box = chosen.getRangeAddress()
        return self.sheets.at(box.Sheet).area(box)

    def activate(self) -> None:
        """Make it the active book."""
        self.controller.getFrame().activate()

    def close(self) -> None:
        """Close it without saving."""
        self.document.setModified(False)
        try:
            self.document.close(True)
        except load().getClass("com.sun.star.util.CloseVetoException") as error:
            remedy = "Finish what is open in it, such as a dialog, and try again."
            raise SpreadsheetBusyError(self.place(), "LibreOffice does not close it now.", remedy) from error

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save it, under another name when a path is given; the end of the name decides the kind of file."""
        if path is None and self.document.hasLocation():
            self.document.store()
            return
        target = Path(path or f"{self.name}.xlsx").resolve()
        if target.suffix.lower() not in _FILTERS:
            remedy = f"Use a name that ends in {', '.join(_FILTERS)}."
            raise SpreadsheetError(target.name, "LibreOffice does not save this kind of file.", remedy)
        options = {"FilterName": _FILTERS[target.suffix.lower()], "Overwrite": True}
        if password:
            options["Password"] = password
        try:
            self.document.storeAsURL(target.as_uri(), _properties(**options))
        except load().getClass("com.sun.star.io.IOException") as error:
            raise SpreadsheetError(
                target.name, "LibreOffice could not save it.", "See that it is not open or read-only."
            ) from error

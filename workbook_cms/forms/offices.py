"""Where the resident helper finds open workbooks: Excel through xlwings, LibreOffice through our engine for it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook_cms.errors import InputError
from workbook_cms.forms import adapter
from workbook_cms.forms.engines.errors import SpreadsheetError, SpreadsheetGoneError
from workbook_cms.forms.engines.office import PIPE

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["ExcelSource", "LibreOfficeSource", "Office", "source_of"]


#: The oldest xlwings that the forms work with.
_XLWINGS = (0, 33)


class Office(StrEnum):
    """Kinds of spreadsheet programs."""

    EXCEL = "excel"
    LIBREOFFICE = "libreoffice"


class ExcelSource:
    """All running Excels of this account."""

    title = "Excel"

    def __init__(self) -> None:
        """Load xlwings' engine for Excel.

        Raises:
            SpreadsheetError: Excel cannot be driven on this system.
        """
        import xlwings  # noqa: PLC0415 - heavy

        if "excel" not in xlwings.engines.engines_by_name:
            raise SpreadsheetError(
                "Excel",
                f"It cannot be driven on {sys.platform}: it runs on Windows and macOS only.",
                "Use `workbook-cms serve --office libreoffice`.",
            )
        self._engine: Any = xlwings.engines["excel"]
        adapter.never_wait()

    def books(self) -> Iterator[tuple[str, xw.Book]]:
        """Open workbooks, each with process and name."""
        with adapter.calls(self.title):
            yield from [(f"{app.pid} {book.name}", book) for app in self._engine.apps for book in app.books]

    def open(self, path: Path) -> None:
        """Open a file in the Excel that runs, or in a new one."""
        import xlwings  # noqa: PLC0415 - heavy

        with adapter.calls(self.title):
            app = self._engine.apps.active or xlwings.App(visible=True, add_book=False)
            app.books.open(str(path.resolve()))


class LibreOfficeSource:
    """The LibreOffice of this account."""

    title = "LibreOffice"

    def __init__(self, pipe: str = PIPE, profile: Path | None = None) -> None:
        """Load the engine.

        Args:
            pipe: The pipe on which LibreOffice answers, or is made to answer.
            profile: Folder of its settings, unless it is the account's own.

        Raises:
            OfficeMissingError: LibreOffice's binding for this Python is missing.
        """
        from workbook_cms.forms.engines import libreoffice, uno_bridge  # noqa: PLC0415 - needs xlwings

        uno_bridge.load()
        self._engine, self._pipe, self._profile = libreoffice, pipe, profile
        self._app: Any = None

    def books(self) -> Iterator[tuple[str, xw.Book]]:
        """Open workbooks, each with process and name; none where LibreOffice does not run."""
        if self._app is None:
            self._app = self._engine.attach(self._pipe, self._profile)
        if self._app is None:
            return
        try:
            with adapter.calls(self.title):
                pid = self._app.pid
                found = [(f"{pid} {book.name}", book) for book in self._app.books]
        except SpreadsheetGoneError:
            self._app = None  # looked for again next time
            return
        yield from found

    def open(self, path: Path) -> None:
        """Open a file in the LibreOffice that runs, or in one that is started."""
        if self._app is None:
            self._app = self._engine.start(self._pipe, self._profile)
        with adapter.calls(self.title):
            self._app.books.open(str(path.resolve()))


def source_of(office: Office | None, pipe: str = "") -> ExcelSource | LibreOfficeSource:
    """The programs to serve; where nothing is said, Excel where it can be driven and LibreOffice elsewhere.

    Raises:
        InputError: xlwings is missing or too old.
        SpreadsheetError: The program cannot be driven here.
    """
    if importlib.util.find_spec("xlwings") is None:
        raise InputError("serve", "Forms need xlwings.", "pip install 'workbook-cms[forms]'")
    version = importlib.metadata.version("xlwings")
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < _XLWINGS:
        needed = ".".join(map(str, _XLWINGS))
        problem = f"Forms need xlwings {needed} or later, and this is {version}."
        raise InputError("serve", problem, "pip install --upgrade 'workbook-cms[forms]'")
    if office is None:
        office = Office.EXCEL if sys.platform in ("win32", "darwin") else Office.LIBREOFFICE
    return ExcelSource() if office is Office.EXCEL else LibreOfficeSource(pipe or PIPE)

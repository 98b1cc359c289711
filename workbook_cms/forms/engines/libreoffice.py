"""xlwings' engine ``libreoffice``: the programs, and the way to add the engine to xlwings.

    from workbook_cms.forms.engines import libreoffice

    app = libreoffice.attach() or libreoffice.start()
    book = app.books.open("entry.xlsx")

`attach` finds the LibreOffice that the person at the keyboard has started, see `office`. Whatever is not offered here
raises NotImplementedError, as with xlwings' own engines. LibreOffice must never save the record workbook: it loses table
styles, calculated columns and truth values (docs/decisions.md); front-ends may be saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import xlwings
from xlwings import base_classes

from workbook_cms.forms.engines import office as offices
from workbook_cms.forms.engines import uno_bridge, values
from workbook_cms.forms.engines.books import Books
from workbook_cms.forms.engines.guard import guarded
from workbook_cms.forms.engines.office import Office
from workbook_cms.forms.engines.ranges import Range

__all__ = ["NAME", "App", "Apps", "Engine", "app_of", "attach", "register", "start"]

NAME = "libreoffice"


class Engine:
    """The engine, as xlwings expects it."""

    def __init__(self) -> None:
        self.apps = Apps(self)
        self.name = NAME
        self.type = "desktop"

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        """A value as it is written."""
        return values.prepared(value)

    @staticmethod
    def clean_value_data(data: Any, date: Any, empty: Any, number: Any, errors: bool) -> list[list[Any]]:
        """Values as they were read, by xlwings' options."""
        return values.cleaned(data, date, empty, number, errors)


class Apps(base_classes.Apps):
    """The programs that were started from here or attached to, the last one first; those that ended drop out."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._apps: list[App] = []

    def answering(self, pipe: str) -> App | None:
        """The app that is known under a pipe."""
        return next((app for app in self if app.office.pipe == pipe), None)

    def take(self, office: Office) -> App:
        """The app of a program; it becomes the active one."""
        app = self.answering(office.pipe) or App(self.engine, office)
        self._apps = [app, *(other for other in self._apps if other is not app)]
        return app

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:
        """A new program; one that runs already with the account's settings is attached to."""
        app = self.take(offices.start(visible=visible is not False))
        if add_book:
            app.books.add()
        return app

    def keys(self) -> list[int]:
        """Numbers of the processes."""
        return [app.pid for app in self]

    @staticmethod
    def cleanup() -> None:
        """Nothing: LibreOffice leaves no processes behind."""

    def __iter__(self) -> Iterator[App]:
        self._apps = [app for app in self._apps if app.alive()]
        return iter(list(self._apps))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, pid: int) -> App:
        for app in self:
            if app.pid == pid:
                return app
        raise KeyError(pid)


@guarded
class App(base_classes.App):
    """A running LibreOffice."""

    #: Remembered only: calls from outside never raise a question.
    display_alerts = True

    def __init__(self, engine: Engine, office: Office) -> None:
        self.engine = engine
        self.office = office
        self._status: str | bool = False

    def alive(self) -> bool:
        """Whether it still answers."""
        return self.office.alive()

    def is_open(self) -> bool:
        """An app has no workbook that could be closed."""
        return True

    def place(self) -> str:
        """What to call it in a message."""
        return "LibreOffice"

    @cached_property
    def books(self) -> Books:
        """Its workbooks."""
        return Books(self)

    @property
    def api(self) -> Any:
        """The desktop object of LibreOffice."""
        return self.office.desktop

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self.office.pid

    @property
    def version(self) -> str:
        """Version of LibreOffice."""
        provider = self.office.create("com.sun.star.configuration.ConfigurationProvider")
        path = uno_bridge.struct("beans.PropertyValue", "nodepath", 0, "/org.openoffice.Setup/Product", 0)
        access = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (path,))
        return str(access.getByName("ooSetupVersionAboutBox"))

    @property
    def selection(self) -> Range | None:
        """The cells that are selected in the active book; None when a shape is."""
        book = self.books.front()
        return book.selection if book else None

    def activate(self, steal_focus: bool = False) -> None:
        """Bring its active window to the front, on request."""
        if steal_focus and (book := self.books.front()):
            book.window.toFront()

    @property
    def visible(self) -> bool:
        """Whether it shows windows; that is decided when it is started."""
        return self.office.visible

    @visible.setter
    def visible(self, value: bool) -> None:
        if value and self.office.visible:
            for book in self.books:
                book.window.setVisible(True)

    @property
    def screen_updating(self) -> bool:
        """Whether its windows follow what is written."""
        return not any(book.document.hasControllersLocked() for book in self.books)

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        for book in self.books:
            if not value:
                book.document.lockControllers()
            while value and book.document.hasControllersLocked():
                book.document.unlockControllers()

    @property
    def calculation(self) -> str:
        """``automatic`` or ``manual``, of the active book."""
        book = self.books.front()
        return "automatic" if book is None or book.document.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        for book in self.books:
            book.document.enableAutomaticCalculation(value != "manual")

    def calculate(self) -> None:
        """Calculate what is out of date in all books."""
        for book in self.books:
            book.document.calculate()

    @property
    def status_bar(self) -> str | bool:
        """The text in the status line; False while the program has it for itself."""
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        if book := self.books.front():
            indicator = book.controller.getStatusIndicator()
            if isinstance(value, str):
                indicator.start(value, 0)
            else:
                indicator.end()
        self._status = value if isinstance(value, str) else False

    def quit(self) -> None:
        """End the program; its workbooks are not saved."""
        for book in self.books:
            book.close()
        self.office.stop()

    def kill(self) -> None:
        """End the process at once."""
        self.office.kill()


def register() -> Any:
    """Add the engine to xlwings, once; it becomes the active one where xlwings has none. Returns xlwings' Engine."""
    if NAME not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.main.Engine(impl=Engine()))
    engine = xlwings.engines[NAME]
    if xlwings.engines.active is None:
        engine.activate()
    return engine


def attach(pipe: str = offices.PIPE, profile: Path | None = None) -> Any:
    """xlwings' App of the LibreOffice that runs, or None where none runs; nothing is started.

    Raises:
        OfficeMissingError: LibreOffice's binding for this Python is missing.
    """
    apps = register().impl.apps
    if app := apps.answering(pipe):
        return xlwings.App(impl=app)
    office = offices.attach(pipe, profile)
    return app_of(office) if office else None


def start(pipe: str = offices.PIPE, profile: Path | None = None, *, visible: bool = True) -> Any:
    """xlwings' App of a LibreOffice started now, or of the one that runs.

    Raises:
        OfficeMissingError: LibreOffice, or its binding for this Python, is missing.
        SpreadsheetError: it does not start.
    """
    return app_of(offices.start(pipe, profile, visible=visible))


def app_of(office: Office) -> Any:
    """xlwings' App of a program that answers."""
    return xlwings.App(impl=register().impl.apps.take(office))

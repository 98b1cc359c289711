"""The resident helper: looks at the front-ends that are open in a spreadsheet program and answers what is asked there."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from workbook_cms.errors import FileError, WorkbookCmsError
from workbook_cms.forms.autocomplete import stop_completing
from workbook_cms.forms.boundary import guarded
from workbook_cms.forms.desk import Desk, is_front_end
from workbook_cms.forms.engines.errors import (
    BookClosedError,
    SpreadsheetBusyError,
    SpreadsheetError,
    SpreadsheetGoneError,
)
from workbook_cms.forms.status import tell

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["Helper", "Source", "logger", "only_one"]

#: Seconds between two looks at the front-ends, and between two looks for new ones.
_TICK, _DISCOVER = 0.25, 2.0
#: The longest pause (seconds) between two tries while a program is busy.
_LONGEST_PAUSE = 2.0
_LOG_SIZE, _LOG_FILES = 500_000, 3


class Source(Protocol):
    """A kind of spreadsheet program."""

    @property
    def title(self) -> str:
        """What people call it."""

    def books(self) -> Iterator[tuple[str, xw.Book]]:
        """The workbooks open in all running programs of the kind, each with what tells it from the others.

        Raises:
            SpreadsheetError: A program does not answer.
        """


@dataclass
class _Served:
    """An open front-end, its number in the log, and when to look at it next."""

    desk: Desk
    number: int
    next_look: float = 0.0
    pause: float = _TICK
    failed: bool = False


@dataclass(eq=False)
class Helper:
    """Serves the front-ends of one kind of spreadsheet program.

    Attributes:
        source: Where open workbooks come from.
        tell: Takes a line for the person who started it.
        today: As for `Workbook.open`.
        clock: Seconds that only grow.
        wait: Waits some seconds.
        log: Takes what happened; no name, key or value of a record ever goes there.
    """

    source: Source
    tell: Callable[[str], object]
    today: dt.date | None = None
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], object] = time.sleep
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("workbook_cms.serve"))
    _served: dict[str, _Served] = field(init=False, repr=False, default_factory=dict)
    _strangers: set[str] = field(init=False, repr=False, default_factory=set)
    _look_again: float = field(init=False, repr=False, default=0.0)
    _met: int = field(init=False, repr=False, default=0)
    _said: str = field(init=False, repr=False, default="")
    _put_back: list[Callable[[], None]] = field(init=False, repr=False, default_factory=list)

    @property
    def front_ends(self) -> tuple[str, ...]:
        """Names of the front-ends that are served now."""
        return tuple(served.desk.name for served in self._served.values())

    def run(self, stopped: Callable[[], bool]) -> None:
        """Serve until told to stop, which is asked between two looks."""
        try:
            while not stopped():
                self.step()
                self.wait(_TICK)
        finally:
            self._leave_as_it_was()

    def once(self) -> bool:
        """Look for front-ends and answer what waits there now; whether anything was served."""
        self._discover()
        answered = False
        for served in self._served.values():
            served.next_look = 0.0
        while self._tick():  # the first look greets; what waits in a request cell comes after it
            answered = True
        return answered

    def step(self) -> bool:
        """One look: at the front-ends that are known, and now and then for new ones."""
        if self.clock() >= self._look_again:
            self._discover()
            self._look_again = self.clock() + _DISCOVER
        return self._tick()

    def _tick(self) -> bool:
        answered = False
        for key, served in list(self._served.items()):
            now = self.clock()
            if now < served.next_look:
                continue
            try:
                began = time.perf_counter()
                done = guarded(served.desk.tick, (served.desk.say, partial(tell, served.desk.book)), self.log)
                if done is None:
                    self._say(f"A bug in workbook-cms at {served.desk.name}; see the log.")
                    served.next_look = now + served.pause
                    served.pause = min(served.pause * 2, _LONGEST_PAUSE)
                    continue
                if done:
                    answered = True
                    self.log.info("front-end %d: %.0f ms", served.number, (time.perf_counter() - began) * 1000)
                served.pause, served.failed = _TICK, False
            except SpreadsheetBusyError:
                # Somebody is typing in a cell: asked again soon, then less often, so that typing is never slow.
                served.next_look = now + served.pause
                served.pause = min(served.pause * 2, _LONGEST_PAUSE)
            except (BookClosedError, SpreadsheetGoneError):
                self._leave(key)
            except SpreadsheetError as error:
                self.log.warning("front-end %d: %s", served.number, type(error).__name__)
                served.next_look = now + _LONGEST_PAUSE
                if served.failed:  # once may be a sheet that was renamed, and is found at the next look
                    self._say(str(error))
                    tell(served.desk.book, str(error))
                served.failed = True
        return answered

    def _discover(self) -> None:
        found: dict[str, xw.Book] = {}
        try:
            for key, book in self.source.books():
                found[key] = book
        except SpreadsheetBusyError:
            return  # what is known is served on
        except SpreadsheetError as error:
            self._say(str(error))
            self.log.warning("the program does not answer: %s", type(error).__name__)
        for key in [key for key in self._served if key not in found]:
            self._leave(key)
        self._strangers &= found.keys()
        for key, book in found.items():
            if key not in self._served and key not in self._strangers:
                guarded(partial(self._meet, key, book), (partial(tell, book),), self.log)
        if not found:
            self._say(f"Waiting for {self.source.title}: open a front-end in it.")

    def _meet(self, key: str, book: xw.Book) -> None:
        try:
            if not is_front_end(book):
                self._strangers.add(key)
                return
            number = self._met + 1
            desk = Desk(book, today=self.today, note=lambda text: self.log.info("front-end %d: %s", number, text))
        except SpreadsheetError:
            return  # met at the next look
        self._met = number
        self._served[key] = _Served(desk, number)
        if (again := stop_completing(book)) is not None:
            self._put_back.append(again)
        self._say(f"Serving {desk.name}.")
        self.log.info("front-end %d: met", number)

    def _leave(self, key: str) -> None:
        if served := self._served.pop(key, None):
            self._look_again = 0.0
            self._say(f"{served.desk.name} was closed.")
            self.log.info("front-end %d: left", served.number)
        if not self._served:
            self._leave_as_it_was()

    def _leave_as_it_was(self) -> None:
        """Put back what was changed in the program for the time of serving."""
        while self._put_back:
            self._put_back.pop()()

    def _say(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self.tell(text)


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One helper a user: two would answer the same request.

    Raises:
        WorkbookCmsError: Another one runs.
        FileError: The folder cannot be made.
    """
    import filelock  # noqa: PLC0415 - keeps help fast

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / "serve.lock")
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise WorkbookCmsError(
            "serve", "another helper of this account runs already and serves every front-end.", "Leave it running."
        ) from None
    except OSError as error:
        raise FileError(
            str(folder), f"it cannot be used ({error.strerror}).", "Check your rights to it."
        ) from error
    try:
        yield
    finally:
        lock.release()


def logger(folder: Path) -> logging.Logger:
    """The log of the helper: ``serve.log`` in the folder, some files that replace each other."""
    log = logging.getLogger("workbook_cms.serve")
    log.setLevel(logging.INFO)
    log.propagate = False
    if not log.handlers:
        handler = RotatingFileHandler(
            folder / "serve.log", maxBytes=_LOG_SIZE, backupCount=_LOG_FILES, encoding="utf-8", delay=True
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    return log

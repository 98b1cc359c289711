"""One workbook with forms, open in a spreadsheet program: what is asked on its sheets is answered there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from validation.findings import Finding
from validation.policy import Policy
from workbook_cms.errors import WorkbookCmsError
from workbook_cms.forms import adapter
from workbook_cms.forms.answering import answered
from workbook_cms.forms.answers import Answer, Mark, Message, Request
from workbook_cms.forms.areas import LostNameError
from workbook_cms.forms.asking import SAVING, Asked, asked, request_of
from workbook_cms.forms.backing import Backing
from workbook_cms.forms.design import FIND, PICK, FormDesign, form_designs
from workbook_cms.forms.engines.errors import (
    BookClosedError,
    SpreadsheetBusyError,
    SpreadsheetError,
    SpreadsheetGoneError,
)
from workbook_cms.forms.inputs import first_inputs
from workbook_cms.forms.paging import Pages
from workbook_cms.forms.renewing import renew
from workbook_cms.forms.settings import SETTINGS_NAME
from workbook_cms.forms.sheet import ANSWERED, DamagedFormError, FormSheet, Reading
from workbook_cms.forms.status import say_on

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["Desk", "is_front_end"]


def is_front_end(book: xw.Book) -> bool:
    """Whether a workbook has forms of ours."""
    with adapter.calls():
        return SETTINGS_NAME in book.names


@dataclass
class _Form:
    """A form and what stood in its inputs when it was looked at last; None before the first look."""

    sheet: FormSheet
    seen: tuple[str, ...] | None = None
    stale: bool = False
    """Whether the rules have changed since it was found."""


class Desk:
    """Answers what is asked in one open workbook."""

    def __init__(
        self, book: xw.Book, *, today: dt.date | None = None, note: Callable[[str], object] = lambda _: None
    ) -> None:
        """Nothing of the workbook is looked at yet but its name.

        Args:
            book: The open workbook.
            today: As for `Workbook.open`.
            note: Takes a line for the log: what was done, no values.
        """
        self.book, self._note, self._today = book, note, today
        with adapter.calls():
            self.name = str(book.name)
        self._forget()

    def _forget(self) -> None:
        """Know nothing of the workbook but its name: all of it is looked for when it is needed."""
        self._backing = Backing(self.book, self._today)
        self._digest = ""
        self._designs: tuple[FormDesign, ...] = ()
        self._forms: dict[str, _Form] = {}
        self._others: set[str] = set()
        self._pages: Pages | None = None
        self._news: tuple[str, ...] = ()
        self._front = ""
        self._finish: Callable[[], None] | None = None
        self._explained: tuple[str, str] | None = None

    # serving -------------------------------------------------------------------------------------------------

    def tick(self) -> bool:
        """Look once at the sheet in front, and at the one that was there before; whether something was answered.

        Raises:
            SpreadsheetBusyError: The program takes no calls now; the next tick goes on.
            SpreadsheetGoneError: The program was closed.
            BookClosedError: The workbook was closed.
            SpreadsheetError: Something stands not where it stood; the next tick looks for all of it.
        """
        try:
            if self._finish is not None:
                self._finish()
                return True
            return self._tick()
        except (SpreadsheetBusyError, SpreadsheetGoneError, BookClosedError):
            raise
        except SpreadsheetError:
            self._forget()  # a sheet was renamed, say; the entry keeps its id, so nothing is saved twice
            raise

    def _tick(self) -> bool:
        title = self._title()
        if not self._digest and not self._bound(title):
            return False
        sheets = dict.fromkeys((self._front or title, title))
        if self._front != title and title in self._forms and self._backing.person_changed:
            self._forms[title].seen = None  # somebody said who she is: greeted by name
        self._front = title
        answered = [self._look(sheet) for sheet in sheets]
        return any(answered)

    def greet(self) -> None:
        """Greet on every form, so that whichever she goes to tells what waits: macros notice no change of the sheet."""
        if self._bound(self._title()):
            for design in self._designs:
                self._look(design.sheet)

    def answer(self, request: str) -> bool:
        """Answer a button on the sheet in front; False where the sheet is none of ours."""
        title = self._title()
        if not self._bound(title):
            return True  # and said why
        if self._pages is not None and (page := self._pages.page(title)):
            with self._explaining(title, page.say):
                self._pages.press(page)
            return True
        form = self._form(title)
        if form is None:
            return False
        with self._explaining(title, form.sheet.say):
            reading = form.sheet.read()
            meant = request_of(form.sheet.design, request)
            if meant is Request.FIND and reading.texts.get(PICK, "").strip():
                meant = Request.PICK  # one button for both: a number stands there only after Find
            self._serve(title, form, Asked(meant, reading.stopped(()) or reading, f"Nothing is called {request}."))
        return True

    def say(self, text: str) -> None:
        """Say that something went wrong on the sheet in front; what was asked counts as answered, and is not tried again.

        Raises:
            SpreadsheetError: The program does not answer.
        """
        self._finish = None
        title, message = self._title(), Message(text, Mark.WRONG)
        form = self._forms.get(title)
        if form is None:
            say_on(self.book, title, message)
            return
        reading = form.sheet.read()
        form.seen = reading.cells
        form.sheet.say(message, reading)

    @property
    def policy(self) -> Policy:
        """The policy of the record workbook."""
        return self._backing.record().policy

    def check(self) -> Sequence[Finding]:
        """Check the records and show the findings on their page, where there is one."""
        if self._pages is None:
            self._bind(self.policy)
        return self._pages.check() if self._pages is not None else ()

    def open_record(self, key: str) -> bool:
        """Bring the form of a record to the front and open the record there; False where no form has it."""
        snapshot = self._backing.record().snapshot()
        for design in self._designs:
            form = self._form(design.sheet) if key in snapshot.typed(design.table).raw.keys else None
            if form is None:
                continue
            with self._explaining(design.sheet, form.sheet.say):
                form.sheet.go()
                self._front = design.sheet
                reading = form.sheet.read()
                asking = replace(reading, before={reading.rows[FIND]: key}) if FIND in reading.rows else reading
                self._serve(design.sheet, form, Asked(Request.OPEN, asking))
            return True
        return False

    def _title(self) -> str:
        with adapter.calls(self.name):
            return str(self.book.sheets.active.name)

    def _look(self, title: str) -> bool:
        if self._pages is not None and (page := self._pages.page(title)):
            with self._explaining(title, page.say):
                return self._pages.look(page)
            return True
        form = self._form(title)
        if form is None:
            if self._lost(title):
                with self._explaining(title, lambda message: say_on(self.book, title, message)):
                    raise DamagedFormError(
                        f"The sheet {title}",
                        "has lost named cells, so it cannot be used. Nothing in it was changed.",
                        "Undo the last step, or make a new front-end.",
                    )
            return False
        with self._explaining(title, form.sheet.say):
            reading = form.sheet.read()
            question = asked(form.sheet.design, reading, form.seen)
            if question is not None:
                self._serve(title, form, question)
                return True
        return False

    def _serve(self, title: str, form: _Form, question: Asked) -> None:
        first, reading, request = form.seen is None, question.reading, question.request

        def say(message: Message) -> None:
            form.sheet.say(message, reading)
            form.seen = reading.cells

        if request is None:
            say(Message(question.problem, Mark.WRONG))
            return
        with self._explaining(title, say, always=True):
            book = self._backing.record()
            if book.policy.digest != self._digest:
                self._bind(book.policy)
                form = self._form(title) or form
                reading = replace(form.sheet.read(), before=reading.before)
            memory = form.sheet.memory()
            given = form.sheet.given(reading, request, memory)
            if not memory and given.inputs == first_inputs(form.sheet.design):
                given = replace(given, inputs={})  # as it was drawn: nobody typed that
            if first and request in SAVING and _told(memory) == reading.digest(request):
                # It was saved, and whoever served this form stopped before the inputs were cleared.
                clean = replace(given, request=Request.NEXT, inputs=given.state.loaded)
                answer = answered(book, form.sheet.design, clean)
                saved = given.state.last or "What stood here"
                answer = replace(answer, status=Message(f"{saved} was saved already.", Mark.GOOD))
            else:
                answer = answered(book, form.sheet.design, given)
            if self._news and (first or request is Request.GREET):
                text = f"New in the rules: {', '.join(self._news)}. Make a new front-end to have it."
                answer = replace(answer, status=Message(f"{answer.status.text} {text}".strip(), Mark.DOUBT))
            self._note(f"{request.value}: {answer.receipt.state if answer.receipt else 'answered'}")
            self._show(form, answer, reading, request)
            if request not in SAVING:
                self._backing.get_ready(form.sheet.design.table.name)
                form.sheet.get_ready()

    def _show(self, form: _Form, answer: Answer, reading: Reading, request: Request) -> None:
        """Show an answer; what cannot be finished since the program is busy is finished at the next tick."""

        def finish() -> None:
            form.seen = form.sheet.show(answer, reading, request)
            self._explained = None
            self._finish = None

        self._finish = finish
        finish()

    # forms ---------------------------------------------------------------------------------------------------

    def _bound(self, title: str) -> bool:
        """Find the forms; False, with the reason on the sheet, where that cannot be done."""
        with self._explaining(title, lambda message: say_on(self.book, title, message)):
            self._bind(self._backing.record().policy)
            return True
        return False

    def _bind(self, policy: Policy) -> None:
        self._designs = form_designs(policy)
        self._forms = {title: _Form(form.sheet, form.seen, stale=True) for title, form in self._forms.items()}
        self._news = renew(self.book, policy, self._designs, self._backing)
        self._pages = Pages(self.book, policy, self._backing, self.open_record)
        self._digest = policy.digest
        self._explained = None

    def _form(self, title: str) -> _Form | None:
        """The form on a sheet, looked for when it comes to the front; None where the sheet is no form."""
        form = self._forms.get(title)
        if form is not None and not form.stale:
            return form
        likely = sorted(self._designs, key=lambda design: design.sheet != title)
        for design in likely if title not in self._others else ():
            with suppress(LostNameError):  # a table that came after this front-end was made
                sheet = FormSheet(self.book, design, buttons=bool(self._backing.settings.xlwings))
                known = self._forms.get(sheet.title)
                self._forms[sheet.title] = _Form(sheet, known.seen if known else None)
                if sheet.title == title:
                    return self._forms[title]
        if not self._lost(title):
            self._others.add(title)
        return None

    def _lost(self, title: str) -> bool:
        """Whether a sheet has the name of a form or a page and not its cells."""
        page = self._pages is not None and self._pages.lost(title)
        return page or any(design.sheet == title for design in self._designs)

    # when it cannot go on --------------------------------------------------------------------------------------

    @contextmanager
    def _explaining(self, title: str, say: Callable[[Message], object], *, always: bool = False) -> Iterator[None]:
        """Around work for a sheet: why it cannot be done is said on the sheet, and nothing on it is lost.

        What was not asked for is said once.
        """
        text = ""
        try:
            yield
        except (SpreadsheetBusyError, SpreadsheetGoneError, BookClosedError):
            raise
        except WorkbookCmsError as error:
            if not isinstance(error, SpreadsheetError):
                self._backing.forget()  # looked for again next time
            text = str(error)
        except OSError as error:
            self._backing.forget()
            text = f"{error.filename or self.name}: {error.strerror or 'the disk cannot be used'}."
            text = f"{text} Nothing was saved; try again when it is back."
        if text and (always or self._explained != (title, text)):
            self._note("could not answer")
            say(Message(text, Mark.WRONG))
            self._explained = (title, text)


def _told(memory: str) -> str:
    """Digest of the request whose answer was being shown when the form was left; "" for none."""
    try:
        return str(json.loads(memory or "{}").get(ANSWERED, ""))
    except (AttributeError, ValueError, RecursionError):
        return ""

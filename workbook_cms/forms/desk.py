"""One workbook with forms, open in a spreadsheet program: what is asked on its sheets is answered there."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from validation.policy import Policy
from workbook_cms.errors import WorkbookCmsError
from workbook_cms.forms import adapter
from workbook_cms.forms.answers import Answer, Mark, Message, Request
from workbook_cms.forms.areas import LostNameError, find_area
from workbook_cms.forms.asking import SAVING, Asked, asked
from workbook_cms.forms.backing import Backing
from workbook_cms.forms.design import form_designs
from workbook_cms.forms.drawing import first_inputs
from workbook_cms.forms.engines.errors import (
    BookClosedError,
    SpreadsheetBusyError,
    SpreadsheetError,
    SpreadsheetGoneError,
)
from workbook_cms.forms.session import Session
from workbook_cms.forms.settings import SETTINGS_NAME
from workbook_cms.forms.sheet import ANSWERED, FormSheet, Reading

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


class Desk:
    """Answers what is asked in one open workbook."""

    def __init__(
        self, book: xw.Book, *, today: dt.date | None = None, note: Callable[[str], object] = lambda _: None
    ) -> None:
        """Read what the workbook knows about itself.

        Args:
            book: The open workbook.
            today: As for `Workbook.open`.
            note: Takes a line for the log: what was done, no values.

        Raises:
            LostNameError: It has no forms of ours.
            FileError: Its settings are damaged.
        """
        self.book, self._note = book, note
        with adapter.calls():
            self.name = str(book.name)
        self._backing = Backing(book, today)
        self._digest = ""
        self._forms: dict[str, _Form] = {}
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
        """
        if self._finish is not None:
            self._finish()
            return True
        title = self._title()
        if not self._digest and not self._bound(title):
            return False
        sheets = dict.fromkeys((self._front or title, title))
        if self._front != title and title in self._forms and self._backing.person_changed:
            self._forms[title].seen = None  # somebody said who she is: greeted by name
        self._front = title
        answered = [self._look(sheet) for sheet in sheets]
        return any(answered)

    def answer(self, request: Request) -> bool:
        """Answer a request made by a button on the sheet in front; False where there is no form."""
        title = self._title()
        if not self._bound(title) or title not in self._forms:
            return False
        form = self._forms[title]
        with self._explaining(title, form):
            reading = form.sheet.read()
            self._serve(title, form, Asked(request, reading.stopped(()) or reading))
        return True

    def _title(self) -> str:
        with adapter.calls(self.name):
            return str(self.book.sheets.active.name)

    def _look(self, title: str) -> bool:
        form = self._forms.get(title)
        if form is None:
            return False
        with self._explaining(title, form):
            reading = form.sheet.read()
            question = asked(form.sheet.design, reading, form.seen)
            form.seen = reading.cells if form.seen is not None else None
            if question is not None:
                self._serve(title, form, question)
                return True
        return False

    def _serve(self, title: str, form: _Form, question: Asked) -> None:
        first, reading, request = form.seen is None, question.reading, question.request
        if request is None:
            form.sheet.say(Message(question.problem, Mark.WRONG), reading)
            return
        with self._explaining(title, form, reading):
            book = self._backing.record()
            if book.policy.digest != self._digest:
                self._bind(book.policy)
                form = self._forms.get(title, form)
                reading = replace(form.sheet.read(), before=reading.before)
            memory = form.sheet.memory()
            given = form.sheet.given(reading, request, memory)
            if not memory and given.inputs == first_inputs(form.sheet.design):
                given = replace(given, inputs={})  # as it was drawn: nobody typed that
            if first and request in SAVING and _told(memory) == reading.digest(request):
                # It was saved, and whoever served this form stopped before the inputs were cleared.
                answer = Session(book, form.sheet.design).answer(replace(given, request=Request.NEXT))
                saved = given.state.last or "What stood here"
                answer = replace(answer, status=Message(f"{saved} was saved already.", Mark.GOOD))
            else:
                answer = Session(book, form.sheet.design).answer(given)
            if request is Request.GREET:
                answer = self._with_news(answer, form, reading)
            self._note(f"{request.value}: {answer.receipt.state if answer.receipt else 'answered'}")
            self._show(form, answer, reading, request)

    def _show(self, form: _Form, answer: Answer, reading: Reading, request: Request) -> None:
        """Show an answer; what cannot be finished since the program is busy is finished at the next tick."""

        def finish() -> None:
            form.seen = form.sheet.show(answer, reading, request)
            self._finish = None

        self._finish = finish
        finish()

    # forms ---------------------------------------------------------------------------------------------------

    def _bound(self, title: str) -> bool:
        """Find the forms; False, with the reason on the sheet, where that cannot be done."""
        with self._explaining(title):
            self._bind(self._backing.record().policy)
            return True
        return False

    def _bind(self, policy: Policy) -> None:
        old = {form.sheet.design.table.id: form.seen for form in self._forms.values()}
        self._forms = {}
        for design in form_designs(policy):
            try:
                sheet = FormSheet(self.book, design)
            except LostNameError:
                continue  # a table that came after this front-end was made
            self._forms[sheet.title] = _Form(sheet, old.get(design.table.id))
        self._digest = policy.digest
        self._explained = None

    def _with_news(self, answer: Answer, form: _Form, reading: Reading) -> Answer:
        """The greeting, with what the rules have that this front-end has not."""
        missing = form.sheet.missing(reading)
        if not missing:
            return answer
        text = f"New in the rules: {', '.join(missing)}. Make a new front-end to fill that in."
        return replace(answer, status=Message(f"{answer.status.text} {text}".strip(), Mark.DOUBT))

    # when it cannot go on --------------------------------------------------------------------------------------

    @contextmanager
    def _explaining(self, title: str, form: _Form | None = None, reading: Reading | None = None) -> Iterator[None]:
        """Around work for a sheet: why it cannot be done is said on the sheet, and nothing on it is lost."""
        try:
            yield
        except (SpreadsheetBusyError, SpreadsheetGoneError, BookClosedError):
            raise
        except WorkbookCmsError as error:
            if not isinstance(error, SpreadsheetError):
                self._backing.forget()  # looked for again next time
            self._explain(title, form, reading, str(error))
        except OSError as error:
            self._backing.forget()
            text = f"{error.filename or self.name}: {error.strerror or 'the disk cannot be used'}."
            self._explain(title, form, reading, f"{text} Nothing was saved; try again when it is back.")

    def _explain(self, title: str, form: _Form | None, reading: Reading | None, text: str) -> None:
        if reading is None and self._explained == (title, text):
            return  # it stands there
        self._note("could not answer")
        message = Message(text, Mark.WRONG)
        if form is not None:
            form.sheet.say(message, reading)
        else:
            self._say_by_name(title, message)
        self._explained = (title, text)

    def _say_by_name(self, title: str, message: Message) -> None:
        """Say something on a sheet whose form could not be bound: by the name of its status line alone."""
        with adapter.calls(self.name):
            names = [str(known.name) for known in self.book.names]
        for name in names:
            if name.startswith("form_") and name.endswith(".status"):
                status = find_area(self.book, name)
                if str(status.sheet.name) != title:
                    continue
                with adapter.unprotected(status.sheet):
                    status.write([[message.text, *[""] * (status.width - 2), message.mark.value]])
                return
        with adapter.calls(self.name):
            adapter.tell(self.book, message.text)


def _told(memory: str) -> str:
    """Digest of the request whose answer was being shown when the form was left; "" for none."""
    try:
        return str(json.loads(memory or "{}").get(ANSWERED, ""))
    except (AttributeError, ValueError):
        return ""

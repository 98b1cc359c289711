"""The form in a terminal: shows what the session answers, and asks it what the person asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Protocol

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Input, Static, TextArea
from textual.worker import Worker, WorkerState

from validation.policy import Policy
from workbook_cms.forms.answers import Answer, Given, Mark, Message, Request, State
from workbook_cms.forms.design import DO, FIND, PICK, REASON, FormDesign, FormRow
from workbook_cms.forms.filling import mark
from workbook_cms.forms.grid import places
from workbook_cms.forms.marks import REQUIRED, mark_formulas
from workbook_cms.forms.terminal.faults import sorry
from workbook_cms.forms.terminal.fields import LineInput, TextInput
from workbook_cms.forms.terminal.merging import merged
from workbook_cms.forms.terminal.panel import Panel
from workbook_cms.forms.terminal.rows import Row, Section, row_of
from workbook_cms.forms.terminal.screens import Ask, Help
from workbook_cms.forms.terminal.signs import marked
from workbook_cms.forms.wording import things

__all__ = ["Answers", "FormApp"]

_CONTROLS = (FIND, PICK, REASON, DO)
#: What a terminal says of a row where a worksheet says something else.
_HELP = {
    PICK: "The number of the right one.",
    DO: "Choose what to do and press Enter. The keys below do it from anywhere.",
}
_BUSY = {
    Request.SUBMIT: "Saving ...",
    Request.FIND: "Searching ...",
    Request.CLOSE: "Saving ...",
    Request.SIGN_OFF: "Saving ...",
    Request.BRING_IN: "Writing what waits ...",
}


class Answers(Protocol):
    """The session."""

    def answer(self, given: Given) -> Answer:
        """What the form shows next."""


class FormApp(App[None]):
    """The form of one table.

    Args:
        session: Answers requests; it is asked in a thread of its own, one request at a time, since the door may have
            to wait for the file while the person types on.
        design: The form.
        policy: The rules, for lists and required marks.
    """

    CSS_PATH = "form.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] = [(0, "-slim"), (70, "-narrow"), (100, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "ask('Submit')", "Submit", priority=True),
        Binding("ctrl+n", "ask('Next')", "Next", priority=True),
        Binding("ctrl+f", "find", "Find", priority=True),
        Binding("ctrl+o", "ask('Open')", "Open", priority=True),
        Binding("escape", "clear", "Clear"),
        Binding("f1", "help", "Help", priority=True),
        Binding("ctrl+q", "leave", "Quit", priority=True),
        # Before anything else, so that what is typed on at once goes into the field that Tab has led to.
        Binding("tab", "app.focus_next", priority=True, show=False),
        Binding("shift+tab", "app.focus_previous", priority=True, show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, session: Answers, design: FormDesign, policy: Policy) -> None:
        super().__init__()
        self._session, self._design, self._policy = session, design, policy
        self._places = places(design)
        self._rows: dict[str, Row] = {}
        # Kept by name, since a question or the help may lie over the form when an answer comes.
        self._status = Static("", id="status", markup=False)
        self._info = Static("", id="info", markup=False)
        self._hint = Static("", id="hint", markup=False)
        self._panel = Panel(id="panel", classes="empty", can_focus=False)
        self._state = State()
        self._asked: Given | None = None
        self._next: Request | None = None
        self._coming = 0
        self._looked: Mapping[str, str] = {}

    @property
    def busy(self) -> bool:
        """Whether the session is being asked something, or is about to be."""
        return self._asked is not None or self._coming > 0

    # what is shown -------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Title and info, status, form and panel, help of the field, keys."""
        with Horizontal(id="head"):
            yield Static(self._design.title, id="title", markup=False)
            yield self._info
        yield self._status
        with Horizontal(id="main"):
            with VerticalScroll(id="body", can_focus=False):
                yield from self._form()
            yield self._panel
        yield self._hint
        yield Footer(compact=True, show_command_palette=False)

    def _form(self) -> Iterator[Row | Section]:
        for number, row in enumerate(self._design.rows):
            if row.id:
                self._rows[row.id] = row_of(row, self._policy, self._design)
                yield self._rows[row.id]
            else:
                yield Section(row.label, classes="" if number else "first", markup=False)

    def on_mount(self) -> None:
        """Greet, and begin with Find."""
        self.title = self._design.title
        self._require()
        self.action_find()
        self._begin(Request.GREET)

    def show(self, answer: Answer, asked: Given) -> None:
        """Show an answer; what was typed since it was asked for stays."""
        cleared = answer.state.entry != asked.state.entry
        before, shown = self._texts_of(asked), self._texts_of(answer)
        looked = asked.request is Request.LOOK
        for name, row in self._rows.items():
            if not (looked and row.input is not None and row.input.has_focus):  # she may be typing on there
                row.put(merged(before.get(name, ""), row.text, shown.get(name, ""), cleared=cleared))
        self._state = answer.state
        self._looked = shown if looked else self._texts()
        self._require()
        self._say(answer.status)
        self._say_beside(answer.messages, looked)
        self._info.update(answer.info)
        self._panel.show(answer.panel)
        target = self._rows.get(answer.focus)
        if target is not None and target.input is not None and not looked:
            target.input.focus()
        self._keep_in_view()

    def _say_beside(self, messages: Mapping[str, Message], looked: bool) -> None:
        """What is said beside each field. A look does not call a blank field wrong; one that a submit was refused for
        stays so until it is filled, or not needed any more."""
        left = 0
        for name, row in self._rows.items():
            message = messages.get(name, Message())
            if looked and row.wanting and message.mark in {Mark.NONE, Mark.HINT}:
                left += 1
            else:
                row.say(message)
        if left:
            self._say(Message(f"Still {things(left)} to mend before this can be saved.", Mark.WRONG))

    def _say(self, message: Message) -> None:
        self._status.update(marked(message))
        self._status.set_classes(f"mark-{message.mark.value}")

    def _require(self) -> None:
        """Required marks, by the policy's conditions over what is typed."""
        inputs = {name: row.text for name, row in self._rows.items() if name not in _CONTROLS}
        marks = mark_formulas(self._policy, self._design, self._places, inputs)
        for name, row in self._rows.items():
            row.require(name in marks and marks[name].result == REQUIRED)

    # what is typed -------------------------------------------------------------------------------------------

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Input.Changed | TextArea.Changed) -> None:
        widget = event.control
        picks = isinstance(widget, TextInput) and widget.row_id == PICK and widget.text.strip().isdigit()
        if picks and 0 < len(self._state.candidates) < 10:
            self._begin(Request.PICK)
        self._require()

    @on(LineInput.Left)
    def _left(self) -> None:
        """Say what is wrong so far, once something has changed."""
        if self._texts() != self._looked:
            self._begin(Request.LOOK)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        widget = event.control
        row_id = widget.row_id if isinstance(widget, TextInput) else ""
        if row_id == FIND and widget.value.strip():
            self._begin(Request.FIND)
        elif row_id == PICK and widget.value.strip():
            self._begin(Request.PICK)
        elif row_id == DO and widget.value.strip():
            self._do(widget.value.strip())
        else:
            self.screen.focus_next()

    def _do(self, words: str) -> None:
        """The request that stands in Do, or that it is the beginning of."""
        names = [r for r in self._design.requests if r.value.casefold().startswith(words.casefold())]
        if len(names) != 1:
            known = ", ".join(request.value for request in self._design.requests)
            self._rows[DO].say(Message(f"Choose one of {known}.", Mark.WRONG))
            return
        self._rows[DO].put("")
        if names[0] is Request.CLEAR:
            self.action_clear()
        else:
            self._begin(names[0])

    def on_resize(self) -> None:
        """Another size."""
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Scroll to the field in which the person types, once the new size of everything is known: the first refresh
        settles where the panel stands, the second what that leaves to the form."""

        def scroll() -> None:
            if self.screen_stack and self.focused is not None:
                self.focused.scroll_visible(animate=False)

        self.call_after_refresh(self.call_after_refresh, scroll)

    def on_descendant_focus(self) -> None:
        """Show the help of the field that has the cursor now: in a burst of Tabs these come out of order."""
        widget = self.focused if self.screen_stack else None
        row = self._design.by_id.get(widget.row_id) if isinstance(widget, TextInput) else None
        text = _help(row) if row else ""
        self._hint.update(f"{row.label}: {text}" if row and text else "")

    # what is asked -------------------------------------------------------------------------------------------

    def action_ask(self, request: str) -> None:
        """Ask the session."""
        self._once_typed(lambda: self._begin(Request(request)))

    def action_find(self) -> None:
        """Go to Find."""
        target = self._rows[FIND].input
        if target is not None:
            target.focus()

    def action_clear(self) -> None:
        """A clean form; first whether what is typed may go."""
        self._once_typed(lambda: self._ask_first("clear the form", "keep it", lambda: self._begin(Request.CLEAR)))

    def action_help(self) -> None:
        """Keys and fields."""
        self.push_screen(Help([(row.label, _help(row)) for row in self._design.by_id.values() if _help(row)]))

    def action_page(self, pages: int) -> None:
        """Page through the panel."""
        self._panel.scroll_relative(y=5 * pages, animate=False)

    def action_leave(self) -> None:
        """Quit; first whether what is typed may go."""
        if self._asked is not None and self._asked.request in _BUSY:
            self._say(Message("This is being saved. Quit in a moment.", Mark.DOUBT))
            return
        self._once_typed(lambda: self._ask_first("quit without saving", "go on typing", self.exit))

    def _once_typed(self, go_on: Callable[[], None]) -> None:
        """Go on when every key that was pressed before has arrived in its input: each input has a queue of its own,
        and on a busy machine the last letters are still in one when Ctrl+S comes by."""
        inputs = iter([row.input for row in self._rows.values() if row.input is not None])

        def step() -> None:
            widget = next(inputs, None)
            if widget is None:
                self._coming -= 1
                go_on()
            else:
                widget.call_later(step)

        self._coming += 1
        step()

    def _ask_first(self, yes: str, no: str, go_on: Callable[[], None]) -> None:
        """Go on at once when nothing is typed that is not saved, else when the person says so."""
        if not self._unsaved():
            go_on()
        else:
            question = Ask("What you typed is not saved.", yes, no)
            self.push_screen(question, lambda said: go_on() if said else None)

    def _begin(self, request: Request) -> None:
        """Ask the session, after what it is being asked. A second request of a person while one runs is not taken:
        two Ctrl+S are one entry."""
        if self._asked is None:
            self._run(request)
        elif request is Request.LOOK:
            self._next = self._next or request
        elif self._asked.request is Request.LOOK:
            self._next = request

    def _run(self, request: Request) -> None:
        texts = self._texts()
        controls = {name: texts.pop(name, "") for name in _CONTROLS}
        self._asked = Given(request, texts, controls[FIND], controls[PICK], controls[REASON], self._state)
        if request in _BUSY:
            self._say(Message(_BUSY[request], Mark.HINT))
        self._answer(self._asked)

    @work(thread=True, exit_on_error=False, group="session")
    def _answer(self, given: Given) -> Answer:
        return self._session.answer(given)

    @on(Worker.StateChanged)
    def _answered(self, event: Worker.StateChanged) -> None:
        if event.state not in {WorkerState.SUCCESS, WorkerState.ERROR} or self._asked is None:
            return
        asked, self._asked = self._asked, None
        if event.state is WorkerState.SUCCESS and isinstance(event.worker.result, Answer):
            self.show(event.worker.result, asked)
        else:
            self._say(Message(sorry(event.worker.error), Mark.WRONG))
        waiting, self._next = self._next, None
        if waiting is not None and not (waiting is Request.LOOK and self._texts() == self._looked):
            self._run(waiting)

    def _texts(self) -> dict[str, str]:
        return {name: row.text for name, row in self._rows.items()}

    def _texts_of(self, form: Given | Answer) -> dict[str, str]:
        controls = {FIND: form.find, PICK: form.pick, REASON: form.reason, DO: ""}
        return {name: form.inputs.get(name, controls.get(name, "")) for name in self._rows}

    def _unsaved(self) -> bool:
        """Whether something was typed that is not saved; what the form was filled with is not typed."""
        return any(
            mark(row.text) != self._state.loaded.get(name, "")
            for name, row in self._rows.items()
            if name not in (FIND, PICK, DO) and not row.row.locked
        )


def _help(row: FormRow) -> str:
    return _HELP.get(row.id, row.help)

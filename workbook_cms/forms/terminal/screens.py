"""What lies over the form in a terminal for a moment: a question, the help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from workbook_cms.forms.keys import TERMINAL_KEYS

__all__ = ["Ask", "Help"]


class Ask(ModalScreen[bool]):
    """A question that is answered with y or n; Esc means no.

    Args:
        question: What is asked.
        yes: What y does, in a few words.
        no: What n does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
    ]

    def __init__(self, question: str, yes: str, no: str) -> None:
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        """The question and its two answers."""
        with Vertical(id="ask"):
            yield Static(self._question, id="question", markup=False)
            yield Static(f"y  {self._yes}", markup=False)
            yield Static(f"n  {self._no}", markup=False)

    def action_answer(self, answer: bool) -> None:
        """Give the answer to whoever asked."""
        self.dismiss(answer)


class Help(ModalScreen[None]):
    """The keys, and what belongs into the fields."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q,enter", "close", "Close"),
        Binding("down,pagedown", "scroll(1)", show=False),
        Binding("up,pageup", "scroll(-1)", show=False),
    ]

    def __init__(self, about: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._about = about

    def compose(self) -> ComposeResult:
        """Two lists."""
        with VerticalScroll(id="help", can_focus=False):
            yield Static("Keys", classes="title")
            for key, text in TERMINAL_KEYS:
                yield Static(f"{key:<22} {text}", markup=False)
            yield Static("Signs", classes="title")
            yield Static("*  has to be filled      ✗  to be mended", markup=False)
            yield Static("!  look at it            ✓  in order", markup=False)
            yield Static("Fields", classes="title")
            for label, text in self._about:
                yield Static(f"{label}: {text}", markup=False)
            yield Static("Esc closes this help.", classes="title", markup=False)

    def action_close(self) -> None:
        """Back to the form."""
        self.dismiss()

    def action_scroll(self, pages: int) -> None:
        """Some lines on or back."""
        self.query_one("#help").scroll_relative(y=6 * pages, animate=False)

"""The inputs of the form in a terminal: a line, several lines, a line with a list under it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList, TextArea
from textual.widgets.option_list import Option

from workbook_cms.forms.completion import folded

__all__ = ["ChoiceInput", "LineInput", "LongInput", "TextInput", "matching"]


class LineInput(Input):
    """One line of text."""

    class Left(Message):
        """The cursor has left an input, whatever its kind."""

    def __init__(self, row_id: str, *, digits: bool = False) -> None:
        super().__init__(id=input_id(row_id), compact=True, select_on_focus=True, type="text")
        self.row_id, self.digits = row_id, digits

    @property
    def text(self) -> str:
        """What stands in it."""
        return self.value

    def put(self, text: str) -> None:
        """Show a text that nobody typed."""
        if text != self.value:
            with self.prevent(Input.Changed):
                self.value = text
            self.cursor_position = len(text)

    def on_blur(self, event: events.Blur) -> None:
        """Tell the form."""
        self.post_message(self.Left())


class LongInput(TextArea):
    """Several lines of text; Tab goes on to the next field."""

    def __init__(self, row_id: str) -> None:
        super().__init__(id=input_id(row_id), tab_behavior="focus", soft_wrap=True, compact=True)
        self.row_id = row_id

    def put(self, text: str) -> None:
        """Show a text that nobody typed."""
        if text != self.text:
            with self.prevent(TextArea.Changed):
                self.text = text
                self.move_cursor(self.document.end)

    def on_blur(self, event: events.Blur) -> None:
        """Tell the form."""
        self.post_message(LineInput.Left())


TextInput = LineInput | LongInput


class ChoiceInput(Vertical):
    """A line of text with a list of values under it, narrowed down by what is typed.

    Args:
        row_id: Id of the form's row.
        values: The values.
        multiple: Whether it takes several, with ``;`` between them; the list is for the last one.
    """

    def __init__(self, row_id: str, values: Sequence[str], *, multiple: bool = False) -> None:
        super().__init__()
        self.line = _ChoiceLine(row_id, self)
        self.list = _Choices(markup=False)
        self.values, self.multiple = tuple(values), multiple

    def compose(self) -> ComposeResult:
        """The line, and the list that lies over what is below."""
        yield self.line
        yield self.list

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return bool(self.list.display)

    def open(self) -> None:
        """Show the values that fit what is typed; nothing when none does, or when one is typed whole."""
        typed = self._typed()
        found = matching(typed, self.values)
        if not found or found == [typed]:
            self.close()
            return
        self.list.clear_options()
        self.list.add_options(Option(value) for value in found)
        self.list.highlighted = None
        self.list.display = True

    def close(self) -> None:
        """Hide the list."""
        self.list.display = False

    def move(self, step: int) -> None:
        """The next or previous value of the list."""
        if not self.is_open:
            self.open()
        count = self.list.option_count
        if self.is_open and count:
            now = self.list.highlighted
            self.list.highlighted = (-1 if step > 0 else 0) + step if now is None else (now + step) % count
            self.list.scroll_to_highlight()

    def take(self) -> bool:
        """Put the value that is lit into the line; False when none is."""
        lit = self.list.highlighted if self.is_open else None
        if lit is None:
            return False
        value = str(self.list.get_option_at_index(lit).prompt)
        before = self.line.value.rpartition(";")[0].strip() if self.multiple else ""
        self.line.value = f"{before}; {value}" if before else value
        self.line.cursor_position = len(self.line.value)
        self.close()
        return True

    def _typed(self) -> str:
        text = self.line.value
        return (text.rpartition(";")[2] if self.multiple else text).strip()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a value takes it."""
        event.stop()
        self.list.highlighted = event.option_index
        self.take()
        self.line.focus()


class _Choices(OptionList, can_focus=False):
    """The values under a line."""


class _ChoiceLine(LineInput):
    """The line of a `ChoiceInput`: arrows walk its list, Enter and Tab take the value that is lit."""

    def __init__(self, row_id: str, choice: ChoiceInput) -> None:
        super().__init__(row_id)
        self._choice = choice

    def put(self, text: str) -> None:
        """Show a text that nobody typed."""
        if text != self.value:
            self._choice.close()
        super().put(text)

    def on_input_changed(self) -> None:
        """What is typed narrows the list down."""
        if self.has_focus:
            self._choice.open()

    def on_key(self, event: events.Key) -> None:
        """Keys that belong to the list while it is open."""
        if event.key in {"down", "up"}:
            self._choice.move(1 if event.key == "down" else -1)
        elif event.key == "escape" and self._choice.is_open:
            self._choice.close()
        elif event.key != "enter" or not self._choice.take():
            return
        event.stop()
        event.prevent_default()

    def on_blur(self, event: events.Blur) -> None:
        """The list goes with the cursor; the value that is lit is taken."""
        self._choice.take()
        self._choice.close()
        super().on_blur(event)


def input_id(row_id: str) -> str:
    """Id of the widget in which a row of the form is typed."""
    return f"in_{row_id.replace('@', 'do_')}"


def matching(typed: str, values: Sequence[str]) -> list[str]:
    """The values that begin as typed, then those in which a word does; all of them while nothing is typed."""
    wanted = folded(typed)
    begin = [value for value in values if folded(value).startswith(wanted)]
    return begin + [value for value in values if f" {wanted}" in folded(value) and value not in begin]

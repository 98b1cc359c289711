"""The rows of the form in a terminal: label, required mark, input, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label, Static

from validation.policy import Policy
from workbook_cms.forms.answers import Mark, Message
from workbook_cms.forms.design import DO, FormDesign, FormRow
from workbook_cms.forms.terminal.fields import ChoiceInput, LineInput, LongInput, TextInput
from workbook_cms.forms.terminal.signs import marked

__all__ = ["Row", "Section", "row_of"]

_REQUIRED = "*"


class Section(Static):
    """The title over some rows."""


class Row(Horizontal):
    """One row of the form.

    Args:
        row: Of the design.
        choices: Values that the input offers; none for text.
        multiple: Whether it takes several of them.
    """

    def __init__(self, row: FormRow, choices: Sequence[str] = (), *, multiple: bool = False) -> None:
        super().__init__(classes="long" if row.lines > 1 else "")
        self.row = row
        self._choices, self._multiple = choices, multiple
        self._star = Label("", classes="star")
        self._shown = Static("", classes="shown", markup=False)
        self._said = Static("", classes="said mark-", markup=False)
        self._message, self._needed = Message(), False
        self.input: TextInput | None = None

    def compose(self) -> ComposeResult:
        """Label, required mark, input, message."""
        yield Label(self.row.label, classes="label", markup=False)
        yield self._star
        if self.row.locked:
            yield self._shown
        elif self._choices:
            choice = ChoiceInput(self.row.id, self._choices, multiple=self._multiple)
            self.input = choice.line
            yield choice
        else:
            self.input = LongInput(self.row.id) if self.row.lines > 1 else LineInput(self.row.id)
            yield self.input
        yield self._said

    @property
    def text(self) -> str:
        """What stands in it."""
        return str(self._shown.content) if self.input is None else self.input.text

    @property
    def wanting(self) -> bool:
        """Whether it was refused for being blank, and still is blank and needed."""
        return self._message.mark is Mark.WRONG and self._needed and not self.text.strip()

    def put(self, text: str) -> None:
        """Show a text that nobody typed."""
        if self.input is None:
            self._shown.update(text)
        else:
            self.input.put(text)

    def say(self, message: Message) -> None:
        """What is said beside it; "" for nothing. What is said already is left: drawing all rows anew takes long."""
        if message == self._message:
            return
        self._said.update(marked(message))
        if message.mark is not self._message.mark:
            for widget in (self, self._said):
                widget.remove_class(f"mark-{self._message.mark.value}", update=False)
                widget.add_class(f"mark-{message.mark.value}")
        self._message = message

    def require(self, required: bool) -> None:
        """Show or hide the required mark."""
        if required != self._needed:
            self._needed = required
            self._star.update(_REQUIRED if required else "")


def row_of(row: FormRow, policy: Policy, design: FormDesign) -> Row:
    """The row of the terminal for a row of the design."""
    if row.id == DO:
        return Row(row, [request.value for request in design.requests])
    field = row.field
    choices = policy.list_by_id.get(field.enum) if field and field.enum else None
    return Row(row, choices.active if choices else (), multiple=bool(field and field.multiple))

"""A keyboard at the hidden screen: keys are pressed as a person presses them, and counted."""

from __future__ import annotations

from tests.support.front_end import OpenFrontEnd, until
from tests.support.office import OfficeForTests

__all__ = ["Keyboard"]

_PAUSE = "12"  # milliseconds between two keys: a fast typist


class Keyboard:
    """Types into the form in front.

    Attributes:
        pressed: Keys pressed so far, but for what was dictated; Ctrl with another key counts as one.
    """

    def __init__(self, office: OfficeForTests, form: OpenFrontEnd) -> None:
        self._office, self._form = office, form
        self.pressed = 0

    def turned_to(self, form: OpenFrontEnd) -> Keyboard:
        """A count of its own for another form."""
        return Keyboard(self._office, form)

    def key(self, name: str) -> None:
        """Press a key, such as ``ctrl+Next``."""
        self._office.run("xdotool", "key", name)
        self.pressed += 1

    def type(self, text: str) -> None:
        """Press the keys of a text."""
        self.dictate(text)
        self.pressed += len(text)

    def dictate(self, text: str) -> None:
        """The same for what the customer said, which nobody can shorten: not counted."""
        self._office.run("xdotool", "type", "--delay", _PAUSE, text)

    def enter(self, text: str, *, then: str) -> None:
        """Type a text and Enter; sees that the cursor comes to a row."""
        self.type(text)
        self._leave("Return", then)

    def write(self, text: str, *, then: str, by: str = "Return") -> None:
        """The same with dictated text; ``by`` is the key that leaves the field."""
        self.dictate(text)
        self._leave(by, then)

    def submit(self) -> None:
        """A full stop and Enter."""
        self.type(".")
        self.key("Return")

    def at(self, row: str) -> bool:
        """Whether the cursor is in a row of the form."""
        cursor = self._form.book.app.selection
        return cursor.sheet.name == self._form.sheet.name and cursor.row == self._form.cell(row).row

    def _leave(self, key: str, then: str) -> None:
        self.key(key)
        until(lambda: self.at(then))

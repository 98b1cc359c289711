"""The keys of the form in a terminal, for its help, the cheat sheet and the manual."""

from __future__ import annotations

__all__ = ["TERMINAL_KEYS"]

#: Key and what it does, in the order of a day's work.
TERMINAL_KEYS: tuple[tuple[str, str], ...] = (
    ("Tab, Shift+Tab", "next field, field before"),
    ("Enter in Find", "search; then type the number of the right one"),
    ("Down, Enter in a list", "choose a value; or type how it begins"),
    ("Ctrl+S", "submit"),
    ("Ctrl+N", "next record, the same stakeholder"),
    ("Ctrl+F", "go to Find"),
    ("Ctrl+O", "open for change what Find names, or what was saved last"),
    ("Page up, Page down", "page through the panel"),
    ("Esc", "clear the form; asks first"),
    ("F1", "help"),
    ("Ctrl+Q", "quit; asks first when something is typed"),
)

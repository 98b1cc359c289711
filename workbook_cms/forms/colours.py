"""Colours and cell formats of form sheets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbook_cms.file.looks import BLUE, EDGE, INK, INPUT, LINE, MUTED, PALE, SKY, WHITE
from workbook_cms.forms.answers import Look, Mark

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

__all__ = ["FormLooks"]

_RED, _ROSE, _AMBER, _SAND, _GREEN, _MINT = "#B3261E", "#FDECEA", "#8A5300", "#FFF4DC", "#1B7A43", "#EAF6EE"
_LOCKED = "#EEF1F5"
_TEXT = "@"  # Excel makes a number or a formula of nothing that is written into such a cell


class FormLooks:
    """The formats of the form sheets of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def make(self, **properties: Any) -> Format:
        """A cell format; the same one for the same properties."""
        if "indent" in properties:
            properties.setdefault("align", "left")  # LibreOffice indents what is aligned, nothing else
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_color": INK, "valign": "vcenter", **properties})
        return self._made[key]

    def _rule(self, **properties: Any) -> Format:
        return self._workbook.add_format(properties)

    @cached_property
    def title(self) -> Format:
        """The banner's title, and the whole banner."""
        return self.make(bold=True, font_size=18, font_color=WHITE, bg_color=BLUE, indent=1)

    @cached_property
    def info(self) -> Format:
        """The facts at the right of the banner."""
        return self.make(
            font_size=11, font_color="#DCE7F5", bg_color=BLUE, align="right", indent=1, num_format=_TEXT
        )

    @cached_property
    def status(self) -> Format:
        """The status line; it takes two lines of text."""
        return self.make(
            bold=True, text_wrap=True, indent=1, num_format=_TEXT, bottom=1, bottom_color=LINE, bg_color=PALE
        )

    @cached_property
    def keys(self) -> Format:
        """The legend of keys, at the right of the status line."""
        return self.make(
            font_size=9, font_color=MUTED, align="right", indent=1, bottom=1, bottom_color=LINE, bg_color=PALE
        )

    @cached_property
    def section(self) -> Format:
        """A section's heading with its rule line."""
        return self.make(
            bold=True, font_size=12, font_color=BLUE, bottom=2, bottom_color=BLUE, indent=1, valign="bottom"
        )

    @cached_property
    def label(self) -> Format:
        """What an input is called."""
        return self.make(indent=1, num_format=_TEXT)

    @cached_property
    def long_label(self) -> Format:
        """The label of an input of several lines: at its first one."""
        return self.make(indent=1, num_format=_TEXT, valign="top")

    @cached_property
    def star(self) -> Format:
        """The required mark."""
        return self.make(bold=True, font_color=_RED, font_size=13, align="center", valign="bottom")

    @cached_property
    def long_star(self) -> Format:
        """The required mark of an input of several lines."""
        return self.make(bold=True, font_color=_RED, font_size=12, align="center", valign="top")

    def input(self, *, lines: int = 1, locked: bool = False) -> Format:
        """An input; a locked one is grey and takes no cursor."""
        shape = {"text_wrap": True, "valign": "top"} if lines > 1 else {}
        colours = {"bg_color": _LOCKED, "font_color": MUTED} if locked else {"bg_color": INPUT}
        edges = {"border": 1, "border_color": EDGE}
        return self.make(num_format=_TEXT, locked=locked, indent=1, align="left", **edges, **colours, **shape)

    def message(self, *, lines: int = 1) -> Format:
        """What is said beside an input."""
        upright = "top" if lines > 1 else "vcenter"
        # A dropdown's arrow stands before it.
        return self.make(num_format=_TEXT, font_size=10, text_wrap=True, indent=2, valign=upright)

    @cached_property
    def quiet(self) -> Format:
        """A hint that does not change."""
        return self.make(font_size=10, italic=True, font_color=MUTED, indent=2)  # a dropdown's arrow stands before

    @cached_property
    def spacer(self) -> Format:
        """An empty cell whose letters would be taller: it gives rows air, and leaves their height automatic."""
        return self.make(font_size=13)

    @cached_property
    def hidden(self) -> Format:
        """Cells that the program keeps for itself."""
        return self.make(num_format=_TEXT)

    def panel(self, *, first: bool = False, last: bool = False) -> Format:
        """A line of the card at the right."""
        edges: dict[str, Any] = {"left": 1, "right": 1, "left_color": LINE, "right_color": LINE}
        if first:
            edges |= {"top": 1, "top_color": LINE}
        if last:
            edges |= {"bottom": 1, "bottom_color": LINE}
        return self.make(num_format=_TEXT, bg_color=PALE, indent=1, font_size=11, **edges)

    @cached_property
    def guidance(self) -> Format:
        """What to ask and answer, by what was chosen; the top of the card."""
        edges = {"left": 1, "right": 1, "left_color": LINE, "right_color": LINE, "bottom": 1, "bottom_color": LINE}
        return self.make(font_size=10, font_color=MUTED, text_wrap=True, bg_color=PALE, indent=1, **edges)

    @cached_property
    def column_heading(self) -> Format:
        """Heading of a column of a page."""
        return self.make(bold=True, font_color=MUTED, bottom=1, bottom_color=LINE, indent=1, num_format=_TEXT)

    @cached_property
    def cell(self) -> Format:
        """A cell of a page's block."""
        return self.make(
            num_format=_TEXT, text_wrap=True, indent=1, bottom=1, bottom_color="#EDF1F6", valign="top"
        )

    @cached_property
    def go(self) -> Format:
        """A way to a cell; a formula, so no text cell."""
        return self.make(
            font_color="#1F5AA8", underline=1, bottom=1, bottom_color="#EDF1F6", valign="top", indent=1
        )

    # conditional ------------------------------------------------------------------------------------------------

    @cached_property
    def input_rules(self) -> Mapping[Mark, Format]:
        """How an input is shown by the mark of its message."""
        return {
            Mark.WRONG: self._rule(bg_color=_ROSE, font_color=_RED, border=1, border_color=_RED),
            Mark.DOUBT: self._rule(bg_color=_SAND, border=1, border_color="#D79B21"),
            Mark.GOOD: self._rule(bg_color=_MINT, border=1, border_color="#8CC7A1"),
        }

    @cached_property
    def message_rules(self) -> Mapping[Mark, Format]:
        """How a message is shown by its mark."""
        return {
            Mark.WRONG: self._rule(font_color=_RED),
            Mark.DOUBT: self._rule(font_color=_AMBER),
            Mark.GOOD: self._rule(font_color=_GREEN),
            Mark.HINT: self._rule(font_color=MUTED, italic=True),
        }

    @cached_property
    def status_rules(self) -> Mapping[Mark, Format]:
        """How the status line is shown by its mark."""
        return {
            Mark.WRONG: self._rule(font_color=_RED, bg_color=_ROSE),
            Mark.DOUBT: self._rule(font_color=_AMBER, bg_color=_SAND),
            Mark.GOOD: self._rule(font_color=_GREEN, bg_color=_MINT),
            Mark.HINT: self._rule(font_color=MUTED),
        }

    @cached_property
    def guided(self) -> Format:
        """Guidance once there is some."""
        return self._rule(bg_color=_SAND, font_color="#5C4200")

    @cached_property
    def line_rules(self) -> Mapping[Look, Format]:
        """How a line of the panel or of a page is shown by its look."""
        return {
            Look.HEADING: self._rule(bold=True, font_color=BLUE, bg_color=SKY),
            Look.STRONG: self._rule(bold=True),
            Look.QUIET: self._rule(font_color=MUTED),
            Look.SPOKEN: self._rule(bg_color=WHITE),
            Look.ALERT: self._rule(bold=True, font_color=_AMBER, bg_color=_SAND),
        }

"""The panel beside the form: candidates, read-back, guidance, what happened before."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import VerticalScroll
from textual.widgets import Static

from workbook_cms.forms.answers import Line
from workbook_cms.forms.terminal.signs import panel_line

__all__ = ["Panel"]


class Panel(VerticalScroll):
    """Lines, each by its look; no panel at all while there is none."""

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines and no others, from the top."""
        self.remove_children()
        widgets = []
        for number, line in enumerate(lines):
            shown = Static(panel_line(line), classes=f"look-{line.look.value}{'' if number else ' first'}")
            # A line that is too long goes on below where it began, not at the left.
            shown.styles.padding = (0, 0, 0, len(line.text) - len(line.text.lstrip()))
            widgets.append(shown)
        self.mount_all(widgets)
        self.set_class(not widgets, "empty")
        self.scroll_home(animate=False)

"""How marks and looks are shown in a terminal: a sign each, so that nothing is told by colour alone."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

from workbook_cms.forms.answers import Line, Look, Mark, Message

__all__ = ["MARKS", "marked", "panel_line"]

#: Sign and style class of each mark.
MARKS = {Mark.NONE: "", Mark.HINT: "", Mark.GOOD: "✓ ", Mark.DOUBT: "! ", Mark.WRONG: "✗ "}
_LOOKS = {
    Look.PLAIN: ("", Style()),
    Look.HEADING: ("", Style(bold=True, underline=True)),
    Look.STRONG: ("", Style(bold=True)),
    Look.QUIET: ("", Style(dim=True)),
    Look.SPOKEN: ("» ", Style(italic=True)),
    Look.ALERT: ("! ", Style(bold=True)),
    Look.GUIDANCE: ("? ", Style()),
}


def marked(message: Message) -> str:
    """A message with the sign of its mark."""
    return f"{MARKS[message.mark]}{message.text}" if message.text else ""


def panel_line(line: Line) -> Content:
    """A line of the panel without its indentation; its colour comes from the class of its look."""
    sign, style = _LOOKS[line.look]
    text = line.text.strip()
    return Content.styled(f"{sign}{text}" if text else " ", style)

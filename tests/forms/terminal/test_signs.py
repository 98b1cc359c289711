"""Signs of the terminal: whatever the session may say can be shown."""

from __future__ import annotations

import pytest

from workbook_cms.forms.answers import Line, Look, Mark, Message
from workbook_cms.forms.terminal.signs import marked, panel_line


@pytest.mark.parametrize("look", Look)
def test_every_look_is_shown(look: Look) -> None:
    """A line of any look keeps its text."""
    assert "spelt" in panel_line(Line("  spelt", look)).plain


@pytest.mark.parametrize("mark", Mark)
def test_every_mark_is_shown(mark: Mark) -> None:
    """A message of any mark keeps its text."""
    assert "is needed" in marked(Message("is needed", mark))

"""What an answer does to a text that somebody typed on while it was on its way."""

from __future__ import annotations

import pytest

from workbook_cms.forms.terminal.fields import matching
from workbook_cms.forms.terminal.merging import merged


@pytest.mark.parametrize(
    ("sent", "now", "answered", "cleared", "text"),
    [
        ("en", "en", "Enquiry", False, "Enquiry"),
        ("Quen", "Quenby", "Quen", False, "Quenby"),
        ("Asked for walks.", "Asked for walks.", "", True, ""),
        ("", "Ned", "", True, "Ned"),
        ("Asked for walks.", "Asked for walks. And", "", True, "And"),
        ("Asked for walks.", "Wants tickets", "", True, "Wants tickets"),
        ("Phone", "Phone", "Phone", True, "Phone"),
    ],
)
def test_nothing_typed_is_lost_and_nothing_old_comes_back(
    sent: str, now: str, answered: str, cleared: bool, text: str
) -> None:
    """An answer fills what was left alone; what was typed since stays, without the text of the entry before."""
    assert merged(sent, now, answered, cleared=cleared) == text


def test_values_that_begin_so_come_first() -> None:
    """Beginnings of values, then of words in them, whatever the case and the hyphens."""
    values = ("E-mail", "In person", "Mail order", "Phone")
    assert matching("mail", values) == ["Mail order", "E-mail"]
    assert matching("", values) == list(values)
    assert matching("e m", values) == ["E-mail"]

"""Styles looked up by number format and added at the end."""

from __future__ import annotations

import datetime as dt

import pytest

from workbook_cms.errors import FileError
from workbook_cms.file.layout import CellStyle
from workbook_cms.file.styles import Styles

PLAIN = (
    b'<styleSheet><cellXfs count="2"><xf numFmtId="0" fontId="0"/>'
    b'<xf numFmtId="14" fontId="1" applyProtection="1"><protection locked="0"/></xf></cellXfs></styleSheet>'
)


def test_dates_keep_a_style_that_shows_them() -> None:
    """A date style stays; a moment needs one that shows the time."""
    styles = Styles(PLAIN, "a.xlsx")
    assert styles.dated(1, dt.date(2024, 1, 1)) == 1
    assert styles.data == PLAIN
    assert styles.dated(1, dt.datetime(2024, 1, 1, 9)) == 2
    assert styles.dated(0, dt.time(9)) == 3
    assert len(styles) == 4
    assert b'<numFmts count="2"><numFmt numFmtId="164" formatCode="d mmm yyyy hh:mm:ss"/>' in styles.data
    assert b'<cellXfs count="4">' in styles.data
    assert b'<xf numFmtId="164" fontId="1" applyProtection="1" applyNumberFormat="1"><protection' in styles.data


def test_a_style_that_is_there_is_used() -> None:
    """Asking twice for one look adds it once."""
    styles = Styles(PLAIN, "a.xlsx")
    first = styles.like(1, CellStyle.WRAPPED)
    assert styles.like(1, CellStyle.WRAPPED) == first
    again = Styles(styles.data, "a.xlsx")
    assert again.like(1, CellStyle.WRAPPED) == first
    assert again.data == styles.data


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("yyyy-mm-dd", True),
        ("[h]:mm", True),
        ("0.00", False),
        ('0 "days"', False),
        ("General", False),
        ("[Red]0", False),
    ],
)
def test_date_formats_are_recognised(code: str, date: bool) -> None:
    """Letters inside quotes, colours and General are no dates."""
    text = code.replace('"', "&quot;").encode()
    data = PLAIN.replace(
        b"<cellXfs", b'<numFmts count="1"><numFmt numFmtId="170" formatCode="' + text + b'"/></numFmts><cellXfs'
    ).replace(b'numFmtId="14"', b'numFmtId="170"')
    assert Styles(data, "a.xlsx").is_date(1) is date


def test_styles_that_cannot_be_understood() -> None:
    """A styles part without cell formats is refused."""
    with pytest.raises(FileError, match="styles of the workbook"):
        Styles(b"<x:styleSheet/>", "a.xlsx")

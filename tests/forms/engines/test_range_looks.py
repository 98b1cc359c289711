"""How cells look: read and changed in Excel's units."""

from __future__ import annotations

import pytest


def test_color(sheet) -> None:
    """Tuples, hex strings and Excel's numbers; None takes the colour away."""
    cell = sheet["A1"]
    assert cell.color is None
    for given in ((18, 52, 86), "#123456", 0x563412):
        cell.color = given
        assert cell.color == (18, 52, 86)
    cell.color = None
    assert cell.color is None


def test_font(sheet) -> None:
    """Bold, italic, size, colour and name."""
    font = sheet["A1"].font
    font.bold, font.italic, font.size, font.color, font.name = True, True, 14, (255, 0, 0), "Carlito"
    again = sheet["A1"].font
    assert (again.bold, again.italic, again.size, again.color, again.name) == (
        True,
        True,
        14,
        (255, 0, 0),
        "Carlito",
    )
    assert (sheet["B1"].font.bold, sheet["B1"].font.italic) == (False, False)
    assert sheet["A1:B1"].font.bold is None


def test_number_format(sheet) -> None:
    """English codes; None where the cells differ."""
    sheet["A1"].number_format = "0.00"
    assert sheet["A1"].number_format == "0.00"
    assert sheet["B1"].number_format == "General"
    assert sheet["A1:B1"].number_format is None


def test_sizes(sheet) -> None:
    """Heights in points, widths in characters."""
    sheet["A1:A2"].row_height = 30
    sheet["A1"].column_width = 20
    assert sheet["A1:A2"].row_height == pytest.approx(30, abs=0.1)
    assert sheet["A1:A3"].row_height is None
    assert sheet["A1"].column_width == pytest.approx(20, abs=0.1)
    assert sheet["B3"].left == pytest.approx(sheet["A3"].width, abs=0.1)
    assert sheet["B3"].top == pytest.approx(60, abs=0.2)


def test_alignment_and_wrapping(sheet) -> None:
    """As they were set; None where the cells differ."""
    cell = sheet["A1"]
    cell.wrap_text, cell.horizontal_alignment, cell.vertical_alignment = True, "center", "top"
    assert (cell.wrap_text, cell.horizontal_alignment, cell.vertical_alignment) == (True, "center", "top")
    assert (sheet["A1:B1"].wrap_text, sheet["A1:B1"].horizontal_alignment) == (None, None)
    assert (sheet["B1"].wrap_text, sheet["B1"].horizontal_alignment, sheet["B1"].vertical_alignment) == (
        False,
        "general",
        "bottom",
    )


def test_hidden_rows_and_columns(sheet) -> None:
    """They are hidden and shown."""
    sheet["A2:A3"].rows.hidden = True
    sheet["B1"].columns.hidden = True
    assert (sheet["A2"].rows.hidden, sheet["A1"].rows.hidden, sheet["B1"].columns.hidden) == (True, False, True)
    sheet["A2:A3"].rows.hidden = False
    assert sheet["A2"].rows.hidden is False


def test_autofit(sheet) -> None:
    """Columns become as wide as what they hold."""
    sheet["A1"].value = "a text that is much wider than the column was"
    before = sheet["A1"].column_width
    sheet.autofit("c")
    assert sheet["A1"].column_width > before

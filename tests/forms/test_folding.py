"""Lines of the panel: folded to its width, cut to its height, and kept beside the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.utility import xl_pixel_width

from workbook_cms.forms.answers import Line, Look
from workbook_cms.forms.folding import arranged, folded

LONG = "Booking number WT1000427: Whiskey Tango, one zero zero, zero four two, seven. Read it back slowly, twice."


def test_a_long_line_is_folded_at_a_word():
    """The parts have the look of the line and hold all its words; the following ones are indented."""
    parts = folded([Line(LONG, Look.SPOKEN)])
    assert len(parts) > 1
    assert {part.look for part in parts} == {Look.SPOKEN}
    assert " ".join(part.text.strip() for part in parts) == LONG
    assert all(part.text.startswith("    ") for part in parts[1:])


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300), max_size=5))
def test_no_line_is_wider_than_the_panel(texts):
    """Whatever is said, each line fits the column of 424 pixels, and no letter is lost."""
    parts = folded([Line(text) for text in texts])
    assert all(xl_pixel_width(part.text) <= 410 for part in parts)
    assert "".join("".join(p.text for p in parts).split()) == "".join("".join(texts).split())


def test_short_lines_stay():
    """Blank lines and the spaces that set a number apart are kept."""
    lines = [Line("1  STK-00001 Ada", Look.STRONG), Line(""), Line("  indented")]
    assert folded(lines) == lines


def test_what_does_not_fit_is_counted():
    """The last row of a full panel says how many lines are missing."""
    shown = arranged([Line(str(n)) for n in range(40)], 26)
    assert len(shown) == 26
    assert shown[-1] == Line("... and 15 more lines.", Look.QUIET)


@pytest.mark.parametrize(("at", "start"), [(0, 0), (5, 0), (20, 12), (29, 20), (33, 20)])
def test_lines_begin_where_the_cursor_is_seen_with_them(at, start):
    """At the bottom of a long form an alert stands beside the reason that is asked for, and ends with the panel."""
    shown = arranged([Line(f"line {n}") for n in range(14)], 34, at)
    assert len(shown) == 34
    assert next(index for index, line in enumerate(shown) if line.text) == start

"""Colours and cell formats of the workbooks that we build."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbook_cms.file.layout import CellStyle

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

__all__ = ["BLUE", "EDGE", "INK", "INPUT", "LINE", "MUTED", "PALE", "SKY", "WHITE", "Looks", "text_lines"]

BLUE, INK, MUTED, LINE, PALE, WHITE = "#1F5AA8", "#1F2937", "#5B6675", "#D5DEEA", "#F3F6FB", "#FFFFFF"
SKY, INPUT, EDGE = "#E3EDF9", "#FFFDF0", "#C4CFDC"

# Dates name the month, so that nobody takes 5/11 for the 11th of May; Excel shows the month in its own language.
_NUMBER_FORMATS = {
    CellStyle.TEXT: "@",
    CellStyle.WRAPPED: "@",
    CellStyle.DATE: "d mmm yyyy",
    CellStyle.INTEGER: "0",
    CellStyle.NUMBER: "#,##0.00",
    CellStyle.BOOLEAN: "General",
}


class Looks:
    """The formats of one workbook, each made once and only when it is used."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._cells: dict[tuple[str, bool, bool], Format] = {}

    def _make(self, **properties: Any) -> Format:
        return self._workbook.add_format({"font_color": INK, "valign": "vcenter", **properties})

    def cell(self, style: CellStyle) -> Format:
        """Format of a table's cells."""
        return self._cell(_NUMBER_FORMATS[style], wrap=style is CellStyle.WRAPPED)

    def column(self, style: CellStyle) -> Format:
        """Format of a whole column, below the table too: as `cell` but without lines."""
        return self._cell(_NUMBER_FORMATS[style], wrap=style is CellStyle.WRAPPED, lines=False)

    def moment(self, with_date: bool) -> Format:
        """Format of a date with a time of day, or of a time alone."""
        return self._cell("d mmm yyyy hh:mm:ss" if with_date else "hh:mm:ss")

    def _cell(self, number_format: str, wrap: bool = False, lines: bool = True) -> Format:
        if (number_format, wrap, lines) not in self._cells:
            properties: dict[str, Any] = {"num_format": number_format, "valign": "top"}
            if number_format in ("0", "#,##0.00"):
                properties |= {"align": "right", "indent": 1}  # else a number touches the text to its right
            else:
                properties["align"] = "left"
            if wrap:
                properties["text_wrap"] = True
            if lines:
                properties |= {"bottom": 1, "bottom_color": LINE}
            self._cells[number_format, wrap, lines] = self._make(**properties)
        return self._cells[number_format, wrap, lines]

    @cached_property
    def header(self) -> Format:
        """A table's header cells."""
        return self._make(
            bold=True, font_color=WHITE, bg_color=BLUE, text_wrap=True, right=1, right_color="#4B7DBF"
        )

    @cached_property
    def intro(self) -> Format:
        """The line above a table."""
        return self._make(italic=True, font_color=MUTED)

    @cached_property
    def page(self) -> Format:
        """Empty cells of Home."""
        return self._make()

    @cached_property
    def banner(self) -> Format:
        """Home's title."""
        return self._make(bold=True, font_size=22, font_color=WHITE, bg_color=BLUE)

    @cached_property
    def tagline(self) -> Format:
        """The line under Home's title."""
        return self._make(font_size=11, font_color="#DCE7F5", bg_color=BLUE)

    @cached_property
    def heading(self) -> Format:
        """A heading on Home."""
        return self._make(bold=True, font_size=14, font_color=BLUE, bottom=1, bottom_color=LINE)

    @cached_property
    def link(self) -> Format:
        """A link on Home."""
        return self._make(
            bold=True, font_color=BLUE, underline=1, bg_color=PALE, indent=1, bottom=1, bottom_color=WHITE
        )

    @cached_property
    def about(self) -> Format:
        """What stands beside a link."""
        return self._make(font_color=MUTED, bg_color=PALE, text_wrap=True, bottom=1, bottom_color=WHITE)

    @cached_property
    def action(self) -> Format:
        """A large link on Home."""
        return self._make(
            bold=True,
            font_size=14,
            font_color=BLUE,
            underline=1,
            bg_color=SKY,
            indent=1,
            bottom=5,
            bottom_color=WHITE,
        )

    @cached_property
    def action_about(self) -> Format:
        """What stands beside a large link."""
        return self._make(font_color=INK, bg_color=SKY, text_wrap=True, bottom=5, bottom_color=WHITE)

    @cached_property
    def choice(self) -> Format:
        """A cell on Home that people fill."""
        return self._make(
            num_format="@",
            bg_color=INPUT,
            border=1,
            border_color=EDGE,
            indent=1,
            align="left",
            locked=False,
            bold=True,
        )

    @cached_property
    def choice_about(self) -> Format:
        """What stands beside the cell that people fill."""
        return self._make(font_color=MUTED, italic=True, indent=1, align="left")

    @cached_property
    def purpose(self) -> Format:
        """What a how-to step is for."""
        return self._make(bold=True, indent=1)

    @cached_property
    def step(self) -> Format:
        """A how-to step."""
        return self._make(text_wrap=True)


def text_lines(text: str, width: float) -> int:
    """Lines that ``text`` takes in a column of ``width`` characters, words kept whole; an estimate."""
    lines, used = 1, 0
    for word in text.split():
        if used and used + 1 + len(word) > width:
            lines, used = lines + 1, len(word)
        else:
            used += len(word) + (1 if used else 0)
    return lines

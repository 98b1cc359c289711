"""The Home sheet: what the workbook is, the way to each sheet, and how to work with it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from workbook_cms.file.layout import HomeChoice, HomeLink, HomeSpec
from workbook_cms.file.looks import Looks, text_lines

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["HOME_TITLE", "draw_home"]

HOME_TITLE = "Home"
_MARGIN, _LINK, _TEXT = 2.0, 26.0, 92.0  # column widths in characters: the page fits 1366 pixels
_WIDE_LINK, _WIDE_TEXT = 34.0, 124.0  # with large links the page is as wide as a form
_GAP = 9  # points between blocks, where the page is to show as much as it can
_FITS = 100  # characters of plain text that a line of the text column takes


def draw_home(workbook: Workbook, sheet: Worksheet, home: HomeSpec, looks: Looks) -> None:
    """Draw ``home`` on an empty worksheet and lock it."""
    sheet.hide_gridlines(2)
    sheet.hide_row_col_headers()
    sheet.set_column(0, 0, _MARGIN, looks.page)
    wide = bool(home.actions)
    sheet.set_column(1, 1, _WIDE_LINK if wide else _LINK, looks.page)
    sheet.set_column(2, 2, _WIDE_TEXT if wide else _TEXT, looks.page)
    heights = (36, 20, 6) if wide else (44, 24, 8)
    banner = [(home.title, looks.banner), (home.subtitle, looks.tagline), ("", looks.tagline)]
    for row, ((text, style), height) in enumerate(zip(banner, heights, strict=True)):
        sheet.set_row(row, height)
        for column in range(3):
            sheet.write_blank(row, column, None, style)
        if text:
            sheet.write_string(row, 1, text, style)
    if wide:
        sheet.set_row(3, _GAP)
    row = _actions(sheet, 4, home.actions, looks)
    if home.choice:
        row = _choice(workbook, sheet, row, home.choice, looks)
    sections = [(section, list(links)) for section, links in groupby(home.links, key=lambda link: link.section)]
    for section, links in sections[:1]:
        row = _links(sheet, row, section, links, looks)
    if home.steps:  # before the other links, so that they show without scrolling
        row = _heading(sheet, row, "How to work with it", looks)
        for purpose, step in home.steps:
            sheet.set_row(row, 15 * text_lines(step, _FITS * (1.3 if wide else 1)) + 7)
            sheet.write_string(row, 1, purpose, looks.purpose)
            sheet.write_string(row, 2, step, looks.step)
            row += 1
        row += 1
    for section, links in sections[1:]:
        row = _links(sheet, row, section, links, looks)
    sheet.print_area(0, 0, row, 2)
    sheet.set_paper(9)  # A4
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True})


def _actions(sheet: Worksheet, row: int, actions: tuple[HomeLink, ...], looks: Looks) -> int:
    for action in actions:
        sheet.set_row(row, 24)
        _link(sheet, row, action, looks.action)
        sheet.write_string(row, 2, action.about, looks.action_about)
        row += 1
    if actions:
        sheet.set_row(row, _GAP)
        row += 1
    return row


def _choice(workbook: Workbook, sheet: Worksheet, row: int, choice: HomeChoice, looks: Looks) -> int:
    sheet.set_row(row, 24)
    sheet.write_blank(row, 1, None, looks.choice)
    sheet.write_string(row, 2, f"{choice.label}: {choice.about}", looks.choice_about)
    sheet.set_selection(row, 1, row, 1)
    workbook.define_name(choice.name, f"={HOME_TITLE}!$B${row + 1}")
    if choice.choices:
        rule = {"validate": "list", "source": f"={choice.choices}", "ignore_blank": True, "show_error": False}
        sheet.data_validation(row, 1, row, 1, rule)
    sheet.set_row(row + 1, _GAP)
    return row + 2


def _link(sheet: Worksheet, row: int, link: HomeLink, look: Format) -> None:
    target = link.sheet.replace("'", "''")
    sheet.write_url(row, 1, f"internal:'{target}'!A1", look, link.text, f"Go to {link.sheet}")


def _links(sheet: Worksheet, row: int, section: str, links: list[HomeLink], looks: Looks) -> int:
    row = _heading(sheet, row, section, looks)
    for link in links:
        sheet.set_row(row, 15 * text_lines(link.about, _FITS) + 7)
        _link(sheet, row, link, looks.link)
        sheet.write_string(row, 2, link.about, looks.about)
        row += 1
    return row + 1


def _heading(sheet: Worksheet, row: int, text: str, looks: Looks) -> int:
    sheet.set_row(row, 26)
    sheet.write_string(row, 1, text, looks.heading)
    sheet.write_blank(row, 2, None, looks.heading)
    return row + 1

"""The pages beside the forms: Find, one view of a stakeholder, what is due, findings. Each asks little and shows a block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from validation.policy import Policy, PolicyTable
from workbook_cms.file.builder import must_do
from workbook_cms.forms.answers import Mark
from workbook_cms.forms.colours import FormLooks
from workbook_cms.forms.design import is_about_people
from workbook_cms.forms.sheets import Nothing, ranged, roomy_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["PageDesign", "draw_page", "due_table", "page_designs", "people_table"]

_HEAD, _FIRST = 3, 4  # rows of the column headings and of the block, 0-based
_PIXELS = 1152  # of a page: as wide as a form
_GO = 44  # pixels of the column with the ways to cells


@dataclass(frozen=True)
class PageDesign:
    """A page: what can be asked of it and the columns of its block.

    Attributes:
        id: ``find``, ``view``, ``due`` or ``findings``; its defined names begin with it.
        title: Heading, and name of its sheet.
        about: The status line until the page is served.
        ask: Label of its input; "" for none.
        key: Part of the input's name: ``query`` or ``key``.
        block: Part of the block's name: ``results`` or ``body``.
        requests: What its request cell offers.
        macro: Macro of its button.
        columns: Heading and relative width of the block's columns; one more, hidden, holds the look.
        rows: Rows of the block.
        span: Columns that its input takes.
        links: Whether each row has a way to the cell it is about, in the same workbook.
    """

    id: str
    title: str
    about: str
    ask: str
    key: str
    block: str
    requests: tuple[str, ...]
    macro: str
    columns: tuple[tuple[str, int], ...]
    rows: int
    span: int = 1
    links: bool = False

    def name(self, part: str) -> str:
        """Defined name of a part: ``status``, ``do``, and the page's own ``key`` and ``block``."""
        return f"{self.id}_{part}"


def page_designs(policy: Policy) -> tuple[PageDesign, ...]:
    """The pages of a policy; what it has no fields for is left out."""
    return tuple(_pages(policy))


def people_table(policy: Policy) -> PolicyTable:
    """The table of the people or organisations that everything is about; the first table where none is."""
    return next((table for table in policy.tables if is_about_people(table)), policy.tables[0])


def due_table(policy: Policy) -> PolicyTable | None:
    """The table whose records are due first of all: the one that must have a due day, else any that can have one."""
    tables = [table for table in policy.tables if table.due_date]
    return next(
        (table for table in tables if table.by_id[table.due_date or ""].required), next(iter(tables), None)
    )


def _pages(policy: Policy) -> Iterator[PageDesign]:
    people = people_table(policy)
    yield PageDesign(
        "find", "Find", "Type a few letters of a name, a phone number, an e-mail address or a key, then Find.",
        "Find", "query", "results", ("Find", "View", "Open"), "CmsFind",
        (("No", 6), ("Key", 13), ("Who or what", 30), ("Why it matches", 20), ("Tells them apart", 46)), 40, span=2,
    )  # fmt: skip
    yield PageDesign(
        "view", f"{people.title} view"[:31].strip(), f"Everything about one {people.title.lower()}, on one page.",
        people.by_id[people.key].label, "key", "body", ("View",), "CmsFind",
        (("When", 14), ("What", 22), ("Who", 18), ("Key", 13), ("Details", 62)), 80,
    )  # fmt: skip
    if due := due_table(policy):
        yield PageDesign(
            "due", f"{due.title}s due"[:31].strip(), "What has to be done, what is overdue first.", "", "", "body",
            ("Show", "Open"), "CmsFind",
            (("Due", 23), ("Who does it", 17), ("For", 31), ("Key", 11), ("What", 51)), 80,
        )  # fmt: skip
    yield PageDesign(
        "findings", "Findings", "What breaks the rules, with the remedy.", "", "", "body", ("Check",), "CmsCheck",
        (("Where", 26), ("Field", 18), ("Rule", 10), ("What is wrong, and the remedy", 76)), 200, links=True,
    )  # fmt: skip


def draw_page(workbook: Workbook, sheet: Worksheet, page: PageDesign, *, status: str, buttons: bool) -> None:
    """Draw a page on an empty worksheet and lock all but what it asks."""
    _Page(workbook, sheet, page).draw(status, buttons=buttons)


class _Page:
    def __init__(self, workbook: Workbook, sheet: Worksheet, page: PageDesign) -> None:
        self.workbook, self.sheet, self.page = workbook, sheet, page
        self.looks = FormLooks(workbook)
        self.look_column = len(page.columns)

    def draw(self, status: str, *, buttons: bool) -> None:
        sheet, looks, page = self.sheet, self.looks, self.page
        sheet.hide_gridlines(2)
        sheet.hide_row_col_headers()
        roomy_rows(sheet)
        whole = sum(width for _, width in page.columns)
        for index, (_, width) in enumerate(page.columns):
            sheet.set_column_pixels(index, index, (_PIXELS - _GO * page.links) * width // whole)
        sheet.set_column(self.look_column, self.look_column, 12, looks.hidden, {"hidden": True})
        sheet.set_column_pixels(self.look_column + 1, self.look_column + 1, _GO if page.links else 6)
        sheet.set_row_pixels(0, 42)
        sheet.set_row_pixels(1, 38)
        for column in range(self.look_column):
            sheet.write_blank(0, column, None, looks.title)
        sheet.write_string(0, 0, page.title, looks.title)
        sheet.merge_range(1, 0, 1, self.look_column - 1, status or page.about, looks.status)
        sheet.write_string(1, self.look_column, Mark.HINT, looks.hidden)
        self._ask(buttons=buttons)
        self._block()
        if page.links:
            self._links()
        self._colours()
        sheet.freeze_panes(_FIRST, 0)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, _HEAD)
        sheet.set_footer("&L&A&R&D &T")
        ranged(self.workbook, sheet, page.name("status"), (1, 0, 1, self.look_column))
        # Locked cells can be selected here: people copy from a page and follow its links.
        sheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True, "format_rows": True})

    def _ask(self, *, buttons: bool) -> None:
        """One row: the input where the page has one, then the request."""
        sheet, looks, page = self.sheet, self.looks, self.page
        sheet.set_row_pixels(2, 30)
        sheet.write_string(2, 0, page.ask or "Do", looks.label)
        cell = 1
        if page.ask:
            if page.span > 1:
                sheet.merge_range(2, cell, 2, cell + page.span - 1, "", looks.input())
            else:
                sheet.write_blank(2, cell, None, looks.input())
            ranged(self.workbook, sheet, page.name(page.key), (2, cell, 2, cell))
            cell += page.span
        sheet.set_selection(2, 1, 2, 1)
        sheet.write_blank(2, cell, None, looks.input())
        ranged(self.workbook, sheet, page.name("do"), (2, cell, 2, cell))
        rule: dict[str, Any] = {"validate": "list", "source": list(page.requests), "show_error": False}
        must_do(sheet.data_validation(2, cell, 2, cell, rule), page.title)
        if buttons:
            place = {"macro": page.macro, "caption": page.requests[0], "width": 90, "height": 26, "x_offset": 8}
            must_do(sheet.insert_button(2, cell + 1, {**place, "y_offset": 2}), page.title)
        else:
            hint = f"Type or choose {' or '.join(page.requests)} in the field on the left."
            sheet.write_string(2, cell + 1, hint, looks.quiet)

    def _block(self) -> None:
        sheet, looks, page = self.sheet, self.looks, self.page
        for column, (heading, _) in enumerate(page.columns):
            sheet.write_string(_HEAD, column, heading, looks.column_heading)
            for row in range(_FIRST, _FIRST + page.rows):
                sheet.write_blank(row, column, None, looks.cell)
                if not page.links:
                    sheet.write_blank(row, self.look_column + 1, None, looks.spacer)
        box = (_FIRST, 0, _FIRST + page.rows - 1, self.look_column)
        ranged(self.workbook, sheet, page.name(page.block), box)

    def _links(self) -> None:
        """Beside each row a way to its cell. The formulas stand; what they lead to is written into a hidden column."""
        from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415 - only needed by who builds

        sheet, go = self.sheet, self.look_column + 1
        sheet.set_column(go + 1, go + 1, 12, self.looks.hidden, {"hidden": True})
        for row in range(_FIRST, _FIRST + self.page.rows):
            target = xl_rowcol_to_cell(row, go + 1)
            formula = f'=IF({target}="","",HYPERLINK({target},"Go"))'
            must_do(sheet.write_formula(row, go, formula, self.looks.go, Nothing()), self.page.title)
        box = (_FIRST, go + 1, _FIRST + self.page.rows - 1, go + 1)
        ranged(self.workbook, sheet, self.page.name("links"), box)

    def _colours(self) -> None:
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - only needed by who builds

        letter, last = xl_col_to_name(self.look_column), self.look_column - 1
        for mark, format_ in self.looks.status_rules.items():
            rule = {"type": "formula", "criteria": f'=${letter}$2="{mark}"', "format": format_}
            must_do(self.sheet.conditional_format(1, 0, 1, last, rule), mark)
        for look, format_ in self.looks.line_rules.items():
            rule = {"type": "formula", "criteria": f'=${letter}{_FIRST + 1}="{look}"', "format": format_}
            must_do(self.sheet.conditional_format(_FIRST, 0, _FIRST + self.page.rows - 1, last, rule), look)

"""One form sheet as it is drawn: labels, marks, inputs, messages, and the card beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from validation.policy import Policy
from workbook_cms.file.builder import must_do
from workbook_cms.forms.answers import Line, Mark, Request
from workbook_cms.forms.colours import FormLooks
from workbook_cms.forms.design import DO, FormDesign, RowKind
from workbook_cms.forms.folding import folded
from workbook_cms.forms.grid import (
    CODE,
    FIRST,
    GAP,
    ID,
    INPUT,
    LABEL,
    LOOK,
    MARK,
    MESSAGE,
    PANEL,
    VALUE,
    Place,
    places,
)
from workbook_cms.forms.inputs import first_inputs, input_prompt, key_legend, start_lines
from workbook_cms.forms.marks import (
    GUIDE_LINES,
    NOT_CHOSEN,
    Formula,
    guidance_formulas,
    guided_fields,
    mark_formulas,
    value_formulas,
)
from workbook_cms.forms.sheets import Nothing, joined_rows, ranged, roomy_rows
from workbook_cms.layout import list_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = [
    "BUTTONS",
    "draw_form",
]

#: Requests that have a button in a workbook with macros, and the macro behind it.
BUTTONS = {
    Request.SUBMIT: "CmsSubmit",
    Request.NEXT: "CmsNext",
    Request.CLEAR: "CmsClear",
    Request.FIND: "CmsFind",
    Request.OPEN: "CmsOpen",
    Request.CLOSE: "CmsClose",
    Request.SIGN_OFF: "CmsSignOff",
    Request.BRING_IN: "CmsBringIn",
}
_LINES = 34  # rows of the panel, at least
_BELOW = 14  # rows of it below the last input: an alert stands beside the reason that is asked for there
# Pixels of Excel at 100 %. LibreOffice shows columns about an eighth wider and has a side bar: with these the sheet
# fits a window 1366 wide in both.
_PIXELS = {LABEL: 140, MARK: 16, INPUT: 270, MESSAGE: 290, GAP: 12, PANEL: 424}
_SECTION = 28  # pixels of a section's row


def draw_form(
    workbook: Workbook,
    sheet: Worksheet,
    policy: Policy,
    design: FormDesign,
    *,
    status: str,
    info: str,
    buttons: bool,
) -> None:
    """Draw the form on an empty worksheet and lock all but its inputs.

    Args:
        workbook: The XlsxWriter workbook.
        sheet: The XlsxWriter worksheet.
        policy: The policy.
        design: The form.
        status: The status line until the form is served.
        info: The facts at the right of the title until then.
        buttons: Whether there are macros to put buttons on.
    """
    _FormSheet(workbook, sheet, policy, design).draw(status, info, buttons=buttons)


class _FormSheet:
    def __init__(self, workbook: Workbook, sheet: Worksheet, policy: Policy, design: FormDesign) -> None:
        self.workbook, self.sheet, self.policy, self.design = workbook, sheet, policy, design
        self.looks = FormLooks(workbook)
        self.places = places(design)
        self.inputs = first_inputs(design)
        self.last = self.places[-1].last
        self.guides = GUIDE_LINES * len(guided_fields(policy, design))
        self.panel_first = FIRST + self.guides
        self.panel_last = max(self.last + _BELOW, self.panel_first + _LINES - 1)

    def draw(self, status: str, info: str, *, buttons: bool) -> None:
        self._columns()
        self._top(status, info, buttons=buttons)
        for place in self.places:
            self._row(place)
        self._marks()
        self._guidance()
        self._panel(buttons=buttons)
        self._colours()
        self._names()
        self._print()
        first = next(place for place in self.places if place.row.kind is not RowKind.SECTION)
        self.sheet.freeze_panes(FIRST, 0)
        self.sheet.set_selection(first.at, INPUT, first.at, INPUT)
        self.sheet.protect("", {"select_locked_cells": False, "select_unlocked_cells": True, "format_rows": True})

    def _columns(self) -> None:
        sheet = self.sheet
        sheet.hide_gridlines(2)
        sheet.hide_row_col_headers()
        roomy_rows(sheet)
        for column, pixels in _PIXELS.items():
            sheet.set_column_pixels(column, column, pixels)
        for column in (ID, CODE, LOOK):
            sheet.set_column(column, column, 12, self.looks.hidden, {"hidden": True})
        sheet.set_column(
            VALUE, VALUE, 12, None, {"hidden": True}
        )  # no text cells: formulas are written there anew

    def _top(self, status: str, info: str, *, buttons: bool) -> None:
        sheet, looks = self.sheet, self.looks
        sheet.set_row_pixels(0, 42)
        sheet.set_row_pixels(1, 38)
        for column in range(LABEL, LOOK):
            sheet.write_blank(0, column, None, looks.title)
            sheet.write_blank(1, column, None, looks.keys)
        sheet.write_string(0, LABEL, self.design.title, looks.title)
        sheet.write_string(0, PANEL, info, looks.info)
        sheet.merge_range(1, LABEL, 1, MESSAGE, status, looks.status)
        sheet.write_string(1, CODE, Mark.HINT, looks.hidden)
        if buttons:
            self._buttons()
        else:
            sheet.write_string(1, PANEL, key_legend(self.design.requests), looks.keys)

    def _buttons(self) -> None:
        shown = [request for request in self.design.requests if request in BUTTONS]
        # As wide as their words need it, for all of them to stand in one row.
        letters = [len(request) + 2.5 for request in shown]
        share = (_PIXELS[PANEL] - 8 - 4 * len(shown)) / sum(letters)
        left = 8
        for request, room in zip(shown, letters, strict=True):
            width = min(86, int(share * room))
            options = {
                "macro": BUTTONS[request],
                "caption": str(request),
                "width": width,
                "height": 26,
                "x_offset": left,
                "y_offset": 6,
            }
            left += width + 4
            must_do(self.sheet.insert_button(1, PANEL, options), str(request))

    def _row(self, place: Place) -> None:
        sheet, looks, row = self.sheet, self.looks, place.row
        sheet.write_string(place.at, ID, place.id, looks.hidden)
        if row.kind is RowKind.SECTION:
            if place.at > FIRST:
                sheet.set_row_pixels(place.at, _SECTION)
            for column in (LABEL, MARK, INPUT, MESSAGE):
                sheet.write_blank(place.at, column, None, looks.section)
            sheet.write_string(place.at, LABEL, row.label, looks.section)
        else:
            long = place.lines > 1
            sheet.write_string(place.at, LABEL, row.label, looks.long_label if long else looks.label)
            self._input(place)
            message = "Choose from the list, or type the beginning: s submits." if place.id == DO else ""
            self._span(place, MESSAGE, message, looks.message(lines=place.lines))
            sheet.write_string(place.at, CODE, Mark.HINT if message else Mark.NONE, looks.hidden)
        for line in range(place.at, place.last + 1):
            sheet.write_blank(line, GAP, None, looks.spacer)

    def _span(self, place: Place, column: int, text: str, look: Any) -> None:
        if place.lines > 1:
            self.sheet.merge_range(place.at, column, place.last, column, text, look)
        elif text:
            self.sheet.write_string(place.at, column, text, look)
        else:
            self.sheet.write_blank(place.at, column, None, look)

    def _input(self, place: Place) -> None:
        row, looks = place.row, self.looks
        look = looks.input(lines=place.lines, locked=row.locked)
        self._span(place, INPUT, self.inputs.get(place.id, ""), look)
        if row.locked:
            return
        rule: dict[str, Any] = {"validate": "any", "ignore_blank": True, "show_error": False}
        if place.id == DO:
            rule |= {"validate": "list", "source": [str(request) for request in self.design.requests]}
        elif row.field is not None and row.field.enum in self.policy.list_by_id:
            rule |= {"validate": "list", "source": f"={list_name(row.field.enum or '')}"}
        if prompt := input_prompt(row):
            rule |= dict(zip(("input_title", "input_message"), prompt, strict=True))
        if "input_message" in rule or rule["validate"] == "list":
            must_do(self.sheet.data_validation(place.at, INPUT, place.last, INPUT, rule), row.label)

    def _marks(self) -> None:
        sheet, looks = self.sheet, self.looks
        for name, formula in value_formulas(self.policy, self.places, self.inputs).items():
            place = next(place for place in self.places if place.id == name)
            self._formula(place.at, VALUE, formula, None)
        marks = mark_formulas(self.policy, self.design, self.places, self.inputs)
        for place in self.places:
            look = looks.long_star if place.lines > 1 else looks.star
            if place.id in marks:
                self._formula(place.at, MARK, marks[place.id], look)
            elif place.row.kind is not RowKind.SECTION:
                sheet.write_blank(place.at, MARK, None, look)

    def _formula(self, row: int, column: int, formula: Formula, look: Any) -> None:
        self.sheet.write_formula(row, column, formula.text, look, formula.result or Nothing())

    def _guidance(self) -> None:
        for index, formula in enumerate(guidance_formulas(self.policy, self.design, self.places)):
            at = FIRST + index * GUIDE_LINES
            self.sheet.merge_range(at, PANEL, at + GUIDE_LINES - 1, PANEL, "", self.looks.guidance)
            self._formula(at, PANEL, formula, self.looks.guidance)
            rule = {"type": "formula", "criteria": f'=RIGHT(${_letter(PANEL)}${at + 1},1)<>"{NOT_CHOSEN}"'}
            box = (at, PANEL, at + GUIDE_LINES - 1, PANEL)
            must_do(self.sheet.conditional_format(*box, {**rule, "format": self.looks.guided}), "guidance")

    def _panel(self, *, buttons: bool) -> None:
        sheet, looks, start = self.sheet, self.looks, folded(start_lines(buttons=buttons))
        for index, at in enumerate(range(self.panel_first, self.panel_last + 1)):
            look = looks.panel(first=at == FIRST, last=at == self.panel_last)
            line = start[index] if index < len(start) else Line("")
            sheet.write_string(at, PANEL, line.text, look) if line.text else sheet.write_blank(
                at, PANEL, None, look
            )
            sheet.write_string(at, LOOK, line.look, looks.hidden)
            if at > self.last:
                sheet.write_blank(at, GAP, None, looks.spacer)

    def _colours(self) -> None:
        """Colours follow the codes beside the cells, so that an answer is shown by writing values alone."""
        short = [place for place in self.places if place.lines == 1]
        for column, rules in ((INPUT, self.looks.input_rules), (MESSAGE, self.looks.message_rules)):
            self._rules([(place.at, place.at) for place in short], column, rules)
            for place in self.places:
                if place.lines > 1:
                    self._rules([(place.at, place.last)], column, rules, fixed=True)
        self._rules([(1, 1)], LABEL, self.looks.status_rules, last_column=MESSAGE)
        criteria = {look: f'=${_letter(LOOK)}{self.panel_first + 1}="{look}"' for look in self.looks.line_rules}
        for look, format_ in self.looks.line_rules.items():
            rule = {"type": "formula", "criteria": criteria[look], "format": format_}
            box = (self.panel_first, PANEL, self.panel_last, PANEL)
            must_do(self.sheet.conditional_format(*box, rule), look)

    def _rules(
        self,
        rows: Sequence[tuple[int, int]],
        column: int,
        rules: Mapping[Mark, Any],
        *,
        fixed: bool = False,
        last_column: int = 0,
    ) -> None:
        from xlsxwriter.utility import xl_range  # noqa: PLC0415

        (first, last), end = rows[0], max(column, last_column)
        where = " ".join(xl_range(run_first, column, run_last, end) for run_first, run_last in joined_rows(rows))
        for mark, format_ in rules.items():
            code = f"${_letter(CODE)}{'$' if fixed else ''}{first + 1}"
            rule = {"type": "formula", "criteria": f'={code}="{mark}"', "format": format_, "multi_range": where}
            must_do(self.sheet.conditional_format(first, column, last, end, rule), mark)

    def _names(self) -> None:
        name, box = self.design.name, self._name
        box(name("body"), FIRST, ID, self.last, CODE)
        box(name("panel"), self.panel_first, PANEL, self.panel_last, LOOK)
        box(name("status"), 1, LABEL, 1, CODE)
        box(name("info"), 0, PANEL, 0, PANEL)
        box(name("state"), 0, LOOK, 0, LOOK)
        box(name("labels"), FIRST, LABEL, self.last, LABEL)
        box(name("marks"), FIRST, MARK, self.last, MARK)
        box(name("values"), FIRST, VALUE, self.last, VALUE)
        if self.guides:
            box(name("guidance"), FIRST, PANEL, FIRST + self.guides - 1, PANEL)
        for place in self.places:
            if place.id:
                box(self.design.input_name(place.id), place.at, INPUT, place.at, INPUT)

    def _name(self, name: str, *box: int) -> None:
        ranged(self.workbook, self.sheet, name, (box[0], box[1], box[2], box[3]))

    def _print(self) -> None:
        sheet = self.sheet
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 1)
        sheet.print_area(0, LABEL, self.panel_last, PANEL)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&R&D &T")
        inputs = f"{_letter(INPUT)}{FIRST + 1}:{_letter(INPUT)}{self.last + 1}"
        ignored = {"number_stored_as_text": inputs, "two_digit_text_year": inputs}
        formulas = f"{_letter(MARK)}{FIRST + 1}:{_letter(MARK)}{self.last + 1}"
        must_do(sheet.ignore_errors({**ignored, "formula_differs": formulas}), "ignored errors")


def _letter(column: int) -> str:
    return "ABCDEFGHIJ"[column]

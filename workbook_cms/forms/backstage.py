"""The hidden sheet ``cms``: settings, the values behind the dropdowns, and the guidance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from validation.policy import Policy, PolicyList
from workbook_cms.forms.colours import FormLooks
from workbook_cms.forms.marks import guide_name
from workbook_cms.forms.settings import SETTINGS_NAME, FrontEndSettings, Kind
from workbook_cms.forms.sheets import ranged
from workbook_cms.layout import list_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = [
    "CANCEL_NAME",
    "GUIDES_NAME",
    "LISTS_NAME",
    "MARKS_NAME",
    "draw_backstage",
    "guide_rows",
    "list_rows",
    "room",
]

#: Defined names of the blocks of all lists and of all guidance, heads included.
LISTS_NAME, GUIDES_NAME = "cms_lists", "cms_guides"
#: Defined name of the cell that tells the macro on save to call the save off.
CANCEL_NAME = "cms_cancel"
#: Defined name of the block that keeps which cells were marked, and what colour they had; see `cell_marks`.
MARKS_NAME = "cms_marks"
_SETTINGS_ROWS = 12  # some to spare
_CANCEL = (_SETTINGS_ROWS + 1, 1)
_MARKS = (_SETTINGS_ROWS + 3, 0, _SETTINGS_ROWS + 303, 2)
_LISTS = 4  # first column of the lists, 0-based


def room(policy: Policy) -> int:
    """Rows that the blocks have below their heads: lists may grow before a new front-end is needed."""
    return max([100, *(2 * len(choice.items) + 50 for choice in policy.lists)])


def list_rows(policy: Policy, ids: Sequence[str], rows: int) -> list[list[str]]:
    """The block of the lists: ids, then the active values of each, blanks to the end."""
    columns = [policy.list_by_id[name].active if name in policy.list_by_id else () for name in ids]
    return _block([(name,) for name in ids], columns, rows)


def guide_rows(policy: Policy, ids: Sequence[str], rows: int) -> list[list[str]]:
    """The block of the guidance: two columns a list, value and guidance."""
    columns: list[Sequence[str]] = []
    for name in ids:
        items = policy.list_by_id[name].items if name in policy.list_by_id else ()
        columns += [[item.value for item in items], [item.guidance for item in items]]
    return _block([(part,) for name in ids for part in (name, "")], columns, rows)


def draw_backstage(
    workbook: Workbook, sheet: Worksheet, policy: Policy, settings: FrontEndSettings, *, lists: bool, on_save: bool
) -> None:
    """Draw the sheet.

    Args:
        workbook: The XlsxWriter workbook.
        sheet: The XlsxWriter worksheet.
        policy: The policy.
        settings: What the workbook is to know about itself.
        lists: Whether the dropdowns' values lie here; a record workbook has them on a sheet of its own.
        on_save: Whether macros check the workbook when it is saved.
    """
    looks = FormLooks(workbook)
    sheet.set_column(0, 1, 40)
    for row, (key, value) in enumerate(settings.rows()):
        sheet.write_string(row, 0, key, looks.hidden)
        sheet.write_string(row, 1, value, looks.hidden)
    ranged(workbook, sheet, SETTINGS_NAME, (0, 0, _SETTINGS_ROWS - 1, 1))
    if on_save:
        ranged(workbook, sheet, CANCEL_NAME, (*_CANCEL, *_CANCEL))
    if settings.kind is Kind.ONE_WORKBOOK:
        for row in range(_MARKS[0], _MARKS[2] + 1):
            for place in range(_MARKS[1], _MARKS[3] + 1):
                sheet.write_blank(row, place, None, looks.hidden)
        ranged(workbook, sheet, MARKS_NAME, _MARKS)
    rows, column = room(policy), _LISTS
    if lists and policy.lists:
        ids = [choice.id for choice in policy.lists]
        _write(workbook, sheet, LISTS_NAME, list_rows(policy, ids, rows), column, looks)
        for offset, name in enumerate(ids):
            _grow_name(workbook, sheet, list_name(name), column + offset, rows)
        column += len(ids) + 1
    if guided := [choice.id for choice in policy.lists if _has_guidance(choice)]:
        _write(workbook, sheet, GUIDES_NAME, guide_rows(policy, guided, rows), column, looks)
        for offset, name in enumerate(guided):
            first = column + 2 * offset
            ranged(workbook, sheet, guide_name(name), (1, first, rows, first + 1))


def _has_guidance(choice: PolicyList) -> bool:
    return any(item.guidance for item in choice.items)


def _grow_name(workbook: Workbook, sheet: Worksheet, name: str, column: int, rows: int) -> None:
    """A name that ends with the last value, so that a dropdown shows no blanks and the list may grow."""
    from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell  # noqa: PLC0415 - only needed by who builds

    place = quote_sheetname(sheet.get_name())
    first, last = (xl_rowcol_to_cell(row, column, True, True) for row in (1, rows))
    whole = f"{place}!{first}:{last}"
    workbook.define_name(name, f"={place}!{first}:INDEX({whole},MAX(1,COUNTA({whole})))")


def _write(
    workbook: Workbook, sheet: Worksheet, name: str, rows: list[list[str]], column: int, looks: FormLooks
) -> None:
    for row, texts in enumerate(rows):
        for offset, text in enumerate(texts):
            if text:
                sheet.write_string(row, column + offset, text, looks.hidden)
            else:
                sheet.write_blank(row, column + offset, None, looks.hidden)
    ranged(workbook, sheet, name, (0, column, len(rows) - 1, column + len(rows[0]) - 1))


def _block(heads: Sequence[tuple[str]], columns: Sequence[Sequence[str]], rows: int) -> list[list[str]]:
    filled = [[*head, *column, *[""] * (rows - len(column))] for head, column in zip(heads, columns, strict=True)]
    return [list(row) for row in zip_longest(*filled, fillvalue="")]

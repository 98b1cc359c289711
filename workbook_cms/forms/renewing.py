"""An older front-end is brought up to the policy of its record workbook: lists, labels, marks, guidance, help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from validation.policy import Policy
from workbook_cms.forms import adapter
from workbook_cms.forms.areas import Area, LostNameError, find_area
from workbook_cms.forms.backing import Backing
from workbook_cms.forms.backstage import GUIDES_NAME, LISTS_NAME
from workbook_cms.forms.design import FormDesign
from workbook_cms.forms.refresh import Drawn, Refresh, refresh

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["renew"]


def renew(book: xw.Book, policy: Policy, designs: Iterable[FormDesign], backing: Backing) -> tuple[str, ...]:
    """Write what an older front-end lacks, where that can be done with values.

    Args:
        book: The open workbook.
        policy: The policy of the record workbook.
        designs: The forms that the workbook has.
        backing: Knows from which policy the workbook is.

    Returns:
        What only a new front-end can show, in words such as ``the field Loyalty number``.
    """
    if backing.settings.policy == policy.digest:
        return ()
    wanted = refresh(policy, _drawn(book, designs))
    _write(book, wanted)
    if not wanted.missing:  # or it would not be said again when the workbook is opened next
        backing.keep(replace(backing.settings, policy=policy.digest))
    return wanted.missing


def _drawn(book: xw.Book, designs: Iterable[FormDesign]) -> Drawn:
    forms, guidance = {}, {}
    for design in designs:
        body = _area(book, design.name("body"))
        if body is None:
            continue  # a table that came after this front-end was made
        rows = body.part(0, 0, body.height, 2).read()
        forms[design.table.id] = [(row_id, label) for row_id, label in rows]
        area = _area(book, design.name("guidance"))
        guidance[design.table.id] = area.height if area else 0
    lists, guides = _area(book, LISTS_NAME), _area(book, GUIDES_NAME)
    return Drawn(
        forms,
        guidance,
        lists.part(0, 0, 1, lists.width).read()[0] if lists else (),
        [name for name in guides.part(0, 0, 1, guides.width).read()[0] if name] if guides else (),
        max((area.height - 1 for area in (lists, guides) if area), default=0),
    )


def _write(book: xw.Book, wanted: Refresh) -> None:
    blocks = {**wanted.texts, **wanted.formulas}
    areas = {name: area for name in blocks if (area := _area(book, name)) is not None}
    sheets = {area.title: area.sheet for area in areas.values()}
    for title, sheet in sheets.items():
        with adapter.unprotected(sheet):
            for name, area in areas.items():
                if area.title == title:
                    area.write(blocks[name])
            for name, (head, text) in wanted.prompts.items():
                cell = _area(book, name)
                if cell is not None and cell.title == title:
                    adapter.prompt(sheet, cell.address, head, text)


def _area(book: xw.Book, name: str) -> Area | None:
    try:
        return find_area(book, name)
    except LostNameError:
        return None

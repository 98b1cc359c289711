"""Answers of the session, over a workbook that may stand open: what somebody typed over there is looked at first."""

from __future__ import annotations

from workbook_cms.forms.answers import Answer, Given, Request
from workbook_cms.forms.asking import SAVING
from workbook_cms.forms.design import FormDesign
from workbook_cms.forms.open_book import OpenWorkbook
from workbook_cms.forms.session import Session
from workbook_cms.workbook import Workbook

__all__ = ["answered"]


def answered(book: Workbook, design: FormDesign, given: Given) -> Answer:
    """What a form shows next.

    Raises:
        SpreadsheetError: The program does not answer.
    """
    session = Session(book, design)
    if not isinstance(book, OpenWorkbook):
        return session.answer(given)
    table, editing = book.policy.table_by_id.get(design.table.id), given.state.editing
    if table is not None and editing and given.request is not Request.LOOK:
        book.look_at(table, editing)
    answer = session.answer(given)
    fresh = answer.state.editing if given.request not in SAVING else ""
    if table is not None and fresh not in ("", editing) and book.look_at(table, fresh):
        return session.answer(given)
    return answer

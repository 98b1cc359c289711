"""Opens the form of a table in the terminal."""

from __future__ import annotations

from pathlib import Path

from workbook_cms.forms.design import form_designs
from workbook_cms.forms.session import Session
from workbook_cms.forms.terminal.app import FormApp
from workbook_cms.workbook import Workbook

__all__ = ["open_form"]

_NAMING = 'Start again with --person "Your name"'


def open_form(path: Path, table: str = "", person: str = "") -> FormApp:
    """The form of a table, ready to run.

    Args:
        path: The record workbook.
        table: Name of the table; the one that is used most where it is "".
        person: Who is at the keyboard of a shared login.

    Raises:
        FileError: The workbook cannot be read.
        PolicyError: It has no policy that makes sense.
        UnknownTableError: It has no such table.
    """
    book = Workbook.open(path, person=person)
    designs = form_designs(book.policy)
    wanted = book.snapshot().table(table) if table else designs[0].table
    design = next(design for design in designs if design.table.id == wanted.id)
    return FormApp(Session(book, design, _NAMING), design, book.policy)

"""A front-end in a running spreadsheet program, used as a person would: cells are typed into, and read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook_cms.forms.design import FormDesign, form_designs
from workbook_cms.workbook import Workbook

__all__ = ["INTERACTION", "OpenFrontEnd", "interaction_keys", "until"]

#: A usual enquiry of the World Traveller template, by field id.
INTERACTION = {
    "channel": "Phone",
    "contact_reason": "Brochure",
    "purpose": "Enquiry",
    "details": "Asked for the tours of Dubbo Zoo in January.",
    "desired_outcome": "A brochure by post",
}


class OpenFrontEnd:
    """An open front-end and the form in front.

    Attributes:
        book: The workbook, as xlwings gives it.
        record: The record workbook.
        design: The form in front.
    """

    def __init__(self, book: Any, record: Path, form: int = 0) -> None:
        self.book, self.record = book, record
        self.design = self.design_of(record, form)
        self.sheet = book.names[self.design.name("body")].refers_to_range.sheet
        self.sheet.activate()

    @staticmethod
    def design_of(record: Path, form: int = 0) -> FormDesign:
        """A form of the record workbook's policy."""
        return form_designs(Workbook.open(record).policy)[form]

    def cell(self, row: str) -> Any:
        """The input of a row; controls by their id with the @."""
        return self.book.names[self.design.input_name(row)].refers_to_range

    def type(self, row: str, text: str) -> None:
        """Type into an input."""
        self.cell(row).value = text

    def fill(self, **texts: str) -> None:
        """Type into several inputs, by field id."""
        for row, text in texts.items():
            self.type(row, text)

    def type_enquiry(self, look: Callable[[], object], **texts: str) -> None:
        """Find STK-00001 and type `INTERACTION` and more; ``look`` lets whoever serves the form look at it."""
        self.type("@find", "STK-00001")
        look()
        self.fill(**{**INTERACTION, **texts})
        look()

    def ask(self, request: str) -> None:
        """Choose in the request cell."""
        self.type("@do", request)

    def say_who(self, name: str) -> None:
        """Choose a name on Home."""
        self.book.names["cms_person"].refers_to_range.value = name

    def text(self, row: str) -> str:
        """Text of an input."""
        return self.cell(row).value or ""

    def message(self, row: str) -> tuple[str, str]:
        """Message beside an input, and its mark."""
        cell = self.cell(row)
        text, mark = self.sheet.range((cell.row, 5), (cell.row, 6)).value
        return text or "", mark or ""

    @property
    def status(self) -> str:
        """The status line."""
        return self._part("status").value[0] or ""

    @property
    def mark(self) -> str:
        """How the status line is shown."""
        return self._part("status").value[-1] or ""

    @property
    def info(self) -> str:
        """The facts at the right of the title."""
        return self._part("info").value or ""

    @property
    def panel(self) -> str:
        """The lines beside the form."""
        return "\n".join(row[0] or "" for row in self._part("panel").value).strip()

    def _part(self, part: str) -> Any:
        return self.book.names[self.design.name(part)].refers_to_range


def until(done: Callable[[], bool], patience: float = 180.0) -> None:
    """Wait for another process, looking again and again: what is asked of the program takes the time in between."""
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline, "it did not happen"


def interaction_keys(path: Path) -> list[str]:
    """Keys of the interactions of a record workbook, those that wait too."""
    return list(Workbook.open(path).table("Interactions").to_pandas()["Interaction ID"])

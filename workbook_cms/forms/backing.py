"""The record workbook behind an open workbook with forms: found, opened, and opened anew when that is needed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from validation.policy import Policy
from workbook_cms.errors import FileError, WorkbookCmsError
from workbook_cms.forms import adapter
from workbook_cms.forms.areas import Area, LostNameError, find_area
from workbook_cms.forms.completion import complete_list
from workbook_cms.forms.frontend import FRONTEND_LAYOUT, PERSON_NAME, people_list
from workbook_cms.forms.settings import SETTINGS_NAME, FrontEndSettings, Kind
from workbook_cms.workbook import Workbook

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["Backing"]


class Backing:
    """What a workbook with forms writes to."""

    def __init__(self, book: xw.Book, today: dt.date | None = None) -> None:
        self.book, self._today = book, today
        self._block: Area | None = None
        self._settings: FrontEndSettings | None = None
        self._record: Workbook | None = None
        self._person: Area | None = None
        self._claimed = ""

    @property
    def settings(self) -> FrontEndSettings:
        """What the workbook knows about itself.

        Raises:
            LostNameError: It knows nothing.
            FileError: That is damaged.
        """
        if self._settings is None:
            self._settings = FrontEndSettings.from_rows(self._settings_block().read())
        return self._settings

    def record(self) -> Workbook:
        """The record workbook; its policy decides, whatever the front-end was made from.

        Raises:
            WorkbookCmsError: The front-end is newer than this program.
            FileError: The record workbook is missing, damaged or of another kind.
            PolicyError: It has no policy, or one that breaks its own rules.
            SpreadsheetError: The front-end lies nowhere that it could be found from.
        """
        if self.settings.layout > FRONTEND_LAYOUT:
            raise WorkbookCmsError(
                "This front-end", "was made by a newer workbook-cms than this one.", "Update workbook-cms here."
            )
        person = self._person_said()
        if self._record is None or person != self._claimed:
            self._record = self._open(person)
            self._claimed = person
            if person and (whole := _whole_name(self._record.policy, person)) != person:
                self._record = self._open(whole)
                self._claimed = self._say_back(whole) if whole else person
        return self._record

    def get_ready(self, table: str) -> None:
        """Do beforehand what the first entry into a table would have to wait for."""
        from workbook_cms.forms.open_book import OpenWorkbook  # noqa: PLC0415 - for one kind only

        if isinstance(self._record, OpenWorkbook):
            self._record.get_ready(table)

    def forget(self) -> None:
        """Look for the record workbook again next time: it may have been moved, and the settings mended."""
        self._record = self._settings = None

    @property
    def person_changed(self) -> bool:
        """Whether another name was chosen on Home since the record workbook was opened."""
        return self._record is not None and self._person_said() != self._claimed

    def keep(self, settings: FrontEndSettings) -> None:
        """Write the settings, such as the policy that the lists are from by now."""
        rows = settings.rows()
        block = self._settings_block()
        blank = [["", ""]] * (block.height - len(rows))
        with adapter.unprotected(block.sheet):
            block.write([*rows, *blank])
        self._settings = settings

    def _settings_block(self) -> Area:
        if self._block is None:
            self._block = find_area(self.book, SETTINGS_NAME)
        return self._block

    def _open(self, person: str) -> Workbook:
        with adapter.calls(str(self.settings.kind)):
            place = adapter.file_of(self.book)
            if self.settings.kind is Kind.ONE_WORKBOOK:
                return self._open_here(person)
        return Workbook.open(self.settings.find_record(place), today=self._today, person=person)

    def _open_here(self, person: str) -> Workbook:
        from workbook_cms.forms.open_book import open_workbook  # noqa: PLC0415 - for one kind only

        if adapter.is_read_only(self.book):
            raise FileError(
                str(self.book.name),
                "it is open for reading only, so nothing can be saved in it.",
                "Close it where it is open for writing, or open it without the read-only mark.",
            )
        return open_workbook(self.book, today=self._today, person=person)

    def _say_back(self, name: str) -> str:
        """Write out on Home the name of which the beginning was typed there."""
        if self._person is not None:
            self._person.write([[name]])  # an input: protection allows it
        return name

    def _person_said(self) -> str:
        """Who the user of a shared login says she is."""
        try:
            if self._person is None:
                self._person = find_area(self.book, PERSON_NAME)
            return self._person.read()[0][0].strip()
        except LostNameError:
            return ""


def _whole_name(policy: Policy, typed: str) -> str:
    """The name on the policy's list of people that was typed or begun; "" for none of them, or more than one."""
    people = people_list(policy)
    if people is None:
        return typed
    done = complete_list(typed, people, multiple=False)
    return done.text if done.text in people.active else ""

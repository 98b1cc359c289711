"""The pages of an open workbook and who answers them: the views over the record workbook."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from validation.findings import Finding
from validation.policy import Policy
from workbook_cms.formats import plural
from workbook_cms.forms.answers import Mark, Message
from workbook_cms.forms.areas import LostNameError
from workbook_cms.forms.backing import Backing
from workbook_cms.forms.cell_marks import Marks
from workbook_cms.forms.on_save import save_anyway
from workbook_cms.forms.page_sheet import PageSheet
from workbook_cms.forms.pages import page_designs
from workbook_cms.forms.save_check import reason_in
from workbook_cms.forms.settings import Kind
from workbook_cms.forms.views import due_page, find_page, findings_page, record_view
from workbook_cms.forms.wording import shortened
from workbook_cms.reading import WorkbookReading

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["Pages"]


class Pages:
    """The pages of one workbook.

    Args:
        book: The open workbook.
        policy: The policy that the pages are of.
        backing: The record workbook.
        open_record: Opens the record of a key in its form; False where no form has it.
    """

    def __init__(
        self, book: xw.Book, policy: Policy, backing: Backing, open_record: Callable[[str], bool]
    ) -> None:
        self._book, self._backing, self._open_record = book, backing, open_record
        self._designs = {design.title: design for design in page_designs(policy)}
        self._found: dict[str, PageSheet] = {}
        self._lost: set[str] = set()

    def page(self, title: str) -> PageSheet | None:
        """The page on a sheet, looked for when it comes to the front; None where there is none."""
        if title not in self._found and title in self._designs:
            try:
                self._found[title] = PageSheet(self._book, self._designs[title])
                self._lost.discard(title)
            except LostNameError:  # damaged, or made before there was such a page
                self._lost.add(title)
        return self._found.get(title)

    def lost(self, title: str) -> bool:
        """Whether a sheet has the name of a page and not its cells."""
        return title in self._lost

    def look(self, page: PageSheet) -> bool:
        """Answer what is asked on a page; whether anything was."""
        question = page.asked()
        if question is None:
            return False
        self._answer(page, *question)
        return True

    def press(self, page: PageSheet) -> None:
        """Answer the button of a page: what its request cell would ask first."""
        text, request = page.read()
        self._answer(page, text, request or page.design.requests[0])

    def _answer(self, page: PageSheet, text: str, request: str) -> None:
        ways: Mapping[tuple[str, str], Callable[[], object]] = {
            ("find", "Find"): lambda: page.show(find_page(self._backing.record(), text)),
            ("find", "View"): lambda: self._view(page, page.key_at(text) or text),
            ("view", "View"): lambda: page.show(record_view(self._backing.record(), text)),
            ("due", "Show"): lambda: page.show(due_page(self._backing.record())),
            ("due", "Open"): lambda: self._open(page),
            ("findings", "Check"): self.check,
        }
        way = ways.get((page.design.id, request))
        reason = reason_in(request) if page.design.id == "findings" else None
        if reason is not None:
            self._save_anyway(page, reason)
        elif way is None:
            offered = ", ".join(page.design.requests)
            said = shortened(request, 40)
            page.say(Message(f"{said} is nothing that can be done here. Choose one of {offered}.", Mark.WRONG))
        else:
            way()

    def check(self) -> Sequence[Finding]:
        """Check the records, in the record workbook or in the one that is open and both, and show what was found."""
        reading: WorkbookReading = self._backing.record()
        one = self._backing.settings.kind is Kind.ONE_WORKBOOK
        if one:
            from workbook_cms.forms.open_book import open_reading  # noqa: PLC0415 - for one kind only

            reading = open_reading(self._book)
        found = reading.check()
        if one:
            with contextlib.suppress(LostNameError):  # made before cells were marked
                Marks(self._book).show(found)
        if page := self._called("findings"):
            page.show(findings_page(reading, found), here=one)
        return found

    def _save_anyway(self, page: PageSheet, reason: str) -> None:
        from workbook_cms.forms.open_book import open_reading  # noqa: PLC0415 - as above

        if self._backing.settings.kind is not Kind.ONE_WORKBOOK:
            page.say(Message("Nothing is saved here: the records are in another workbook.", Mark.HINT))
            return
        actor = self._backing.record().actor("save")
        count = save_anyway(self._book, open_reading(self._book), actor, reason)
        page.say(Message(f"{plural(count, 'error')} let through. Save again now.", Mark.GOOD))

    def _view(self, page: PageSheet, key: str) -> None:
        view = self._called("view")
        if view is None:
            page.say(Message("This front-end has no such page. Make a new one.", Mark.WRONG))
            return
        shown = record_view(self._backing.record(), key)
        view.show(shown, key)
        page.say(Message(f"{key} is on the page {view.title}.", Mark.GOOD))
        view.go()

    def _open(self, page: PageSheet) -> None:
        key = page.key_at("")
        if not key or key == "queued":
            page.say(Message("Click on a row that has a key first, then Open.", Mark.WRONG))
        elif self._open_record(key):
            page.say(Message(f"{key} is open for change.", Mark.GOOD))
        else:
            page.say(Message(f"No form opens {key}.", Mark.WRONG))

    def _called(self, page_id: str) -> PageSheet | None:
        titles = [title for title, design in self._designs.items() if design.id == page_id]
        return self.page(titles[0]) if titles else None

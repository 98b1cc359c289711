"""A page of an open workbook - Find, the view of a record, what is due, findings - read and shown in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook_cms.forms import adapter
from workbook_cms.forms.answers import Message
from workbook_cms.forms.areas import Area, LostNameError, find_area, safe
from workbook_cms.forms.pages import PageDesign
from workbook_cms.forms.views import Page

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["PageSheet"]


class PageSheet:
    """One page of an open workbook."""

    def __init__(self, book: xw.Book, design: PageDesign) -> None:
        """Find the page by its names.

        Raises:
            LostNameError: The workbook has no such page.
        """
        self.book, self.design = book, design
        self._do = find_area(book, design.name("do"))
        self._status = find_area(book, design.name("status"))
        self._block = find_area(book, design.name(design.block))
        self._input = find_area(book, design.name(design.key)) if design.ask else None
        self._links = self._links_of(book)
        self.title = self._do.title
        self._seen: str | None = None
        self._shown: list[list[str]] | None = None
        self._chosen = -1

    def _links_of(self, book: xw.Book) -> Area | None:
        if not self.design.links:
            return None
        try:
            return find_area(book, self.design.name("links"))
        except LostNameError:
            return None  # drawn before there were any

    def read(self) -> tuple[str, str]:
        """Text of the input, "" where the page has none, and of the request cell."""
        if self._input is None:
            return "", self._do.read()[0][0].strip()
        left = min(self._input.column, self._do.column)
        right = max(self._input.column, self._do.column)
        row = Area(self._do.sheet, self._do.row, left, 1, right - left + 1).read()[0]
        return row[self._input.column - left].strip(), row[self._do.column - left].strip()

    def asked(self) -> tuple[str, str] | None:
        """(text of the input, request), None where nothing is asked; a new text asks for the first request."""
        text, request = self.read()
        seen, self._seen = self._seen, text
        if "Open" in self.design.requests:
            self._notice()
        if request:
            offered = (one for one in self.design.requests if one.casefold().startswith(request.casefold()))
            return text, next(offered, request)
        if text and text != seen:
            return text, self.design.requests[0]
        if seen is None and not self.design.ask and self.design.id == "due":
            return "", self.design.requests[0]  # needs no question
        return None

    def key_at(self, text: str) -> str:
        """The key in the row that begins with ``text``, or in the row chosen last where that is blank; "" for none."""
        rows = self._block.read()
        keys = [name for name, _ in self.design.columns].index("Key")
        if text:
            return next((row[keys] for row in rows if row[0] == text), "")
        self._notice()
        return rows[self._chosen][keys] if 0 <= self._chosen < len(rows) else ""

    def _notice(self) -> None:
        """Remember the row that the cursor is in: on its way to the request cell it leaves it."""
        with adapter.calls():
            chosen = self.book.app.selection
            at = int(chosen.row) - self._block.row if chosen is not None else -1
        if 0 <= at < self._block.height:
            self._chosen = at

    def show(self, page: Page, text: str | None = None, *, here: bool = False) -> None:
        """Show rows and status; the request counts as answered.

        Args:
            page: What to show.
            text: Put into the input.
            here: Whether the records are in this workbook, so that links can lead to them.
        """
        with adapter.unprotected(self._do.sheet, filtering=True):
            if text is not None and self._input is not None:
                self._input.write([[text]])
                self._seen = text
            rows = [[safe(cell) for cell in row] for row in page.block(self._block.height)]
            if rows != self._shown:
                self._shown = None
                self._block.write(rows)
                self._shown = rows
                if here and self._links is not None:
                    targets = [row.link.target if row.link else "" for row in page.cut(self._links.height).rows]
                    self._links.write([[text] for text in targets + [""] * (self._links.height - len(targets))])
            self._say(page.status)

    def say(self, message: Message) -> None:
        """Show a sentence and nothing else; the request counts as answered."""
        with adapter.unprotected(self._do.sheet, filtering=True):
            self._say(message)

    def go(self) -> None:
        """Bring the page to the front."""
        with adapter.calls():
            self._do.sheet.activate()

    def _say(self, message: Message) -> None:
        self._status.write([[safe(message.text), *[""] * (self._status.width - 2), message.mark.value]])
        self._do.write([[""]])

"""Defined names of a workbook in LibreOffice: those of the workbook and those of single sheets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from workbook_cms.forms.engines.errors import SpreadsheetError
from workbook_cms.forms.engines.guard import Part, guarded
from workbook_cms.forms.engines.uno_bridge import struct

if TYPE_CHECKING:
    from workbook_cms.forms.engines.books import Book
    from workbook_cms.forms.engines.ranges import Range
    from workbook_cms.forms.engines.sheets import Sheet

__all__ = ["Name", "Names"]


@guarded
class Names(Part, base_classes.Names):
    """The names of a workbook, with those of its sheets as ``Sheet1!name``; or of one sheet only."""

    def __init__(self, book: Book, sheet: Sheet | None) -> None:
        self.book = self.owner = book
        self.sheet = sheet

    @property
    def api(self) -> Any:
        """LibreOffice's names of this scope."""
        return (self.sheet.sheet if self.sheet else self.book.document).NamedRanges

    def __call__(self, name_or_index: str | int) -> Name:
        if isinstance(name_or_index, int):
            names = list(self.listed())
            if 1 <= name_or_index <= len(names):
                return names[name_or_index - 1]
        elif found := self._find(name_or_index):
            return found
        raise KeyError(name_or_index)

    def _find(self, name: str) -> Name | None:
        sheet, _, bare = name.rpartition("!")
        if not sheet:
            return self._in(self.api, bare, self.sheet)
        title = sheet.strip("'").replace("''", "'")
        scope = self.sheet or (self.book.sheets(title) if title in self.book.sheets else None)
        if scope is None or scope.name.lower() != title.lower():
            return None
        return self._in(scope.sheet.NamedRanges, bare, scope)

    def _in(self, listed: Any, name: str, sheet: Sheet | None) -> Name | None:
        # Names are the same in capitals and small letters.
        if not listed.hasByName(name):
            name = next((found for found in listed.getElementNames() if found.lower() == name.lower()), "")
        return Name(self.book, sheet, listed, listed.getByName(name)) if name else None

    def resolve(self, name: str) -> Name:
        """The name as a formula in this sheet would see it: its own, else the workbook's."""
        found = self._find(name) or (self.book.names.contains(name) and self.book.names(name))
        if not found:
            remedy = "Give an address such as B3:C9, or a name that is defined."
            raise SpreadsheetError(self.book.name, f"There is no name {name} in this workbook.", remedy)
        return found

    def contains(self, name_or_index: str | int) -> bool:
        """Whether there is such a name."""
        if isinstance(name_or_index, int):
            return 1 <= name_or_index <= len(self)
        return self._find(name_or_index) is not None

    def snapshot(self) -> list[tuple[str, Name]]:
        """All names with their texts."""
        return [(name.name, name) for name in self.listed()]

    def __len__(self) -> int:
        return sum(1 for _ in self.listed())

    def listed(self) -> Iterator[Name]:
        """All of them."""
        scopes = [self.sheet] if self.sheet else [None, *self.book.sheets]
        for scope in scopes:
            listed = (scope.sheet if scope else self.book.document).NamedRanges
            for name in listed.getElementNames():
                yield Name(self.book, scope, listed, listed.getByName(name))

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name, in the sheet when it is written ``Sheet1!name``; one that is there already is changed."""
        title, _, bare = name.rpartition("!")
        scope = self.book.sheets(title.strip("'").replace("''", "'")) if title else self.sheet
        listed = (scope.sheet if scope else self.book.document).NamedRanges
        found = self._in(listed, bare, scope)
        if found is None:
            listed.addNewByName(bare, "", struct("table.CellAddress", 0, 0, 0), 0)
            found = Name(self.book, scope, listed, listed.getByName(bare))
        found.refers_to = refers_to
        return found


@guarded
class Name(Part, base_classes.Name):
    """A defined name."""

    def __init__(self, book: Book, sheet: Sheet | None, listed: Any, name: Any) -> None:
        self.book = self.owner = book
        self.sheet = sheet
        self._listed = listed
        self._name = name

    @property
    def api(self) -> Any:
        """LibreOffice's name."""
        return self._name

    @property
    def name(self) -> str:
        """The name; that of a single sheet with the sheet before it."""
        bare = str(self._name.getName())
        if self.sheet is None:
            return bare
        title = self.sheet.name
        quoted = title if title.isidentifier() else "'" + title.replace("'", "''") + "'"
        return f"{quoted}!{bare}"

    @name.setter
    def name(self, value: str) -> None:
        self._name.setName(value.rpartition("!")[2])

    def delete(self) -> None:
        """Take the name away."""
        self._listed.removeByName(self._name.getName())

    @property
    def refers_to(self) -> str:
        """What it stands for, as a formula."""
        return self.book.formulas.text(self._name.getTokens())

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self._name.setTokens(self.book.formulas.tokens(value))

    @property
    def refers_to_range(self) -> Range:
        """The cells it stands for."""
        cells = self._name.getReferredCells()
        # For a sheet that was deleted LibreOffice gives cells of another.
        if cells is None or "#REF!" in self._name.getContent():
            raise SpreadsheetError(
                self.book.name,
                f"The name {self.name} stands for no cells.",
                "Let it refer to cells again, or make the workbook anew.",
            )
        box = cells.getRangeAddress()
        return self.book.sheets.at(box.Sheet).area(box, cells)

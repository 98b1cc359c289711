"""What can go wrong between a form and the spreadsheet program, for every engine alike."""

from __future__ import annotations

from workbook_cms.errors import WorkbookCmsError

__all__ = [
    "BookClosedError",
    "OfficeMissingError",
    "SheetProtectedError",
    "SpreadsheetBusyError",
    "SpreadsheetError",
    "SpreadsheetGoneError",
]


class SpreadsheetError(WorkbookCmsError):
    """The spreadsheet program did not do what it was asked."""


class SpreadsheetGoneError(SpreadsheetError):
    """The spreadsheet program was closed or has stopped; nothing can be read from it any more."""


class SpreadsheetBusyError(SpreadsheetError):
    """The spreadsheet program is busy (a dialog, a cell being typed in); asking again later may work."""


class BookClosedError(SpreadsheetError):
    """The workbook was closed in the spreadsheet program, which itself goes on."""


class SheetProtectedError(SpreadsheetError):
    """A locked cell of a protected sheet was to be changed; nothing was changed."""


class OfficeMissingError(SpreadsheetError):
    """LibreOffice, or its Python binding for this Python, is not on this computer."""

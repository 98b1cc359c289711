"""Excel on Windows as far as the forms notice it: a grid behind xlwings' own calls, with COM's errors on demand.

It stands where Excel would stand, below xlwings; nothing of ours is replaced. A workbook file is read once with
openpyxl. Formulas are not calculated: a cell with one is what the file says it shows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries

__all__ = ["CALL_REJECTED", "CELL_EDITED", "CLOSED", "GONE", "ComError", "Excel"]

#: Codes of COM as pywin32 gives them: signed.
CALL_REJECTED = 0x80010001 - 2**32
CELL_EDITED = 0x800AC472 - 2**32
GONE = 0x800706BA - 2**32
CLOSED = 0x800A01A8 - 2**32
_APPLICATION_DEFINED = 0x800A03EC - 2**32
_EXCEPTION = 0x80020009 - 2**32


class ComError(Exception):
    """As pywintypes.com_error: a code, and Excel's own code in the details."""

    def __init__(self, hresult: int, scode: int | None = None) -> None:
        details = None if scode is None else (0, "Microsoft Excel", "", "", 0, scode)
        super().__init__(hresult, "", details, None)
        self.hresult, self.excepinfo = hresult, details


class Excel:
    """A running Excel. ``calls`` counts what xlwings asked of it; ``trouble`` is raised by the next calls."""

    def __init__(self, monkeypatch: Any, pid: int = 4711) -> None:
        """Put the engine ``excel`` and pywin32's error into this process, for one test."""
        module = ModuleType("pywintypes")
        module.com_error = ComError
        monkeypatch.setitem(sys.modules, "pywintypes", module)
        self.pid, self.calls, self.trouble = pid, 0, []
        self.status_bar: str | bool = False
        self.engine = _Engine(self)
        self.books: list[_Book] = []
        engine = xlwings.main.Engine(impl=self.engine)
        monkeypatch.setitem(xlwings.engines.engines_by_name, "excel", engine)

    def open(self, path: Path, **facts: Any) -> xlwings.Book:
        """A workbook opened from a file; ``facts`` are ``full_name``, ``read_only``."""
        book = _Book(self, path, **facts)
        self.books.append(book)
        return xlwings.Book(impl=book)

    def close(self, book: xlwings.Book) -> None:
        """Close a workbook: what still refers to it gets an error."""
        book.impl.closed = True
        self.books.remove(book.impl)

    def asked(self, book: _Book | None = None) -> None:
        """Every call passes here."""
        self.calls += 1
        if self.trouble:
            trouble = self.trouble.pop(0)
            if trouble is not None:
                raise trouble
        if book is not None and book.closed:
            raise ComError(_EXCEPTION, CLOSED)


class _Engine:
    name, type = "excel", "desktop"

    def __init__(self, excel: Excel) -> None:
        self.excel, self.apps = excel, _Apps(excel)

    @staticmethod
    def clean_value_data(data: Any, *_: Any) -> list[list[Any]]:
        return [list(row) for row in data]


class _Apps:
    def __init__(self, excel: Excel) -> None:
        self.excel = excel

    def __iter__(self) -> Iterator[_App]:
        self.excel.asked()
        return iter([_App(self.excel)])


class _App:
    def __init__(self, excel: Excel) -> None:
        self.excel, self.engine, self.pid = excel, excel.engine, excel.pid

    @property
    def books(self) -> list[_Book]:
        self.excel.asked()
        return self.excel.books

    @property
    def status_bar(self) -> str | bool:
        return self.excel.status_bar

    @status_bar.setter
    def status_bar(self, text: str) -> None:
        self.excel.asked()
        self.excel.status_bar = text


class _Book:
    def __init__(self, excel: Excel, path: Path, full_name: str = "", read_only: bool = False) -> None:
        self.excel, self.closed = excel, False
        self._name = path.name
        self._full, self._read_only = full_name or str(path), read_only
        file = openpyxl.load_workbook(path)
        self.sheets = _Sheets(self, file)
        self.defined = {name: defined.attr_text for name, defined in file.defined_names.items()}
        self.names = _Names(self)

    @property
    def app(self) -> _App:
        return _App(self.excel)

    @property
    def api(self) -> _Book:
        return self

    @property
    def name(self) -> str:
        self.excel.asked(self)
        return self._name

    @property
    def FullName(self) -> str:  # noqa: N802 - as Excel spells it
        self.excel.asked(self)
        return self._full

    @property
    def ReadOnly(self) -> bool:  # noqa: N802
        self.excel.asked(self)
        return self._read_only


class _Sheets:
    def __init__(self, book: _Book, file: openpyxl.Workbook) -> None:
        self.book = book
        self.all = [_Sheet(book, sheet) for sheet in file.worksheets]
        self.front = self.all[0]

    def __call__(self, name: str) -> _Sheet:
        return next(sheet for sheet in self.all if sheet.title == name)

    @property
    def active(self) -> _Sheet:
        self.book.excel.asked(self.book)
        return self.front


class _Sheet:
    def __init__(self, book: _Book, sheet: Any) -> None:
        self.book, self.title, self.cells = book, sheet.title, sheet
        self.protected, self.selection = bool(sheet.protection.sheet), ""
        self.options: dict[str, Any] = {}
        self.EnableSelection = 0

    @property
    def api(self) -> _Sheet:
        return self

    @property
    def name(self) -> str:
        self.book.excel.asked(self.book)
        return self.title

    def range(self, first: Any, last: Any = None) -> _Range:
        self.book.excel.asked(self.book)
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
        else:
            (top, left), (bottom, right) = first, last or first
        return _Range(self, top, left, bottom, right)

    def Unprotect(self, Password: str) -> None:  # noqa: N802, N803
        self.book.excel.asked(self.book)
        assert Password == ""
        self.protected = False

    def Protect(self, **options: Any) -> None:  # noqa: N802
        self.book.excel.asked(self.book)
        self.protected, self.options = True, options


class _Range:
    def __init__(self, sheet: _Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self.sheet, self.row, self.column, self.bottom, self.right = sheet, top, left, bottom, right
        self.options: dict[str, Any] = {}
        self.max_cells_per_read = None

    @property
    def shape(self) -> tuple[int, int]:
        self.sheet.book.excel.asked(self.sheet.book)
        return self.bottom - self.row + 1, self.right - self.column + 1

    @property
    def address(self) -> str:
        return f"${get_column_letter(self.column)}${self.row}"

    @property
    def raw_value(self) -> Any:
        self.sheet.book.excel.asked(self.sheet.book)
        rows = self.sheet.cells.iter_rows(self.row, self.bottom, self.column, self.right, values_only=True)
        found = tuple(tuple(row) for row in rows)
        return found[0][0] if len(found) == len(found[0]) == 1 else found  # as COM gives a single cell

    @raw_value.setter
    def raw_value(self, rows: Any) -> None:
        self.sheet.book.excel.asked(self.sheet.book)
        for at, row in enumerate(rows):
            for offset, value in enumerate(row):
                cell = self.sheet.cells.cell(self.row + at, self.column + offset)
                if self.sheet.protected and cell.protection.locked:
                    raise ComError(_EXCEPTION, _APPLICATION_DEFINED)
                if type(cell).__name__ != "MergedCell":
                    # Excel takes a first apostrophe for its mark of a text and does not keep it.
                    text = value.removeprefix("'") if isinstance(value, str) else value
                    cell.value = text or None

    def select(self) -> None:
        self.sheet.book.excel.asked(self.sheet.book)
        self.sheet.selection = self.address


class _Names:
    def __init__(self, book: _Book) -> None:
        self.book = book

    def __call__(self, name: str) -> _Name:
        self.book.excel.asked(self.book)
        if name not in self.book.defined:
            raise ComError(_EXCEPTION, _APPLICATION_DEFINED)
        return _Name(self.book, name)

    def contains(self, name: str) -> bool:
        self.book.excel.asked(self.book)
        return name in self.book.defined

    def snapshot(self) -> list[tuple[str, _Name]]:
        self.book.excel.asked(self.book)
        return [(name, _Name(self.book, name)) for name in self.book.defined]


class _Name:
    def __init__(self, book: _Book, name: str) -> None:
        self.book, self.name = book, name

    @property
    def refers_to(self) -> str:
        return f"={self.book.defined[self.name]}"

    @property
    def refers_to_range(self) -> _Range:
        self.book.excel.asked(self.book)
        sheet, _, cells = self.book.defined[self.name].rpartition("!")
        if "#REF" in cells or not sheet:
            raise ComError(_EXCEPTION, _APPLICATION_DEFINED)
        return self.book.sheets(sheet.strip("'").replace("''", "'")).range(cells)

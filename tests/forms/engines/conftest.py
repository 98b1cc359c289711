"""Fixtures of the engine: an empty sheet, and a workbook as Excel's users have them, open in LibreOffice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter


@pytest.fixture
def sheet(office) -> Iterator[Any]:
    """The only sheet of a new book."""
    book = office.app.books.add()
    yield book.sheets[0]
    book.close()


@pytest.fixture
def sample_path(tmp_path) -> Path:
    """A workbook with a protected form, a table ``Prices`` and names of both scopes."""
    path = tmp_path / "sample.xlsx"
    with xlsxwriter.Workbook(path) as book:
        form, data = book.add_worksheet("Our form"), book.add_worksheet("Data")
        date, text = (
            book.add_format(look) for look in ({"num_format": "yyyy-mm-dd"}, {"num_format": "@", "locked": False})
        )
        form.write_row("A1", ["text", 12.5, True])
        form.write_datetime("D1", dt.datetime(2026, 11, 5), date)
        form.write_formula("E1", "=NA()", None, "#N/A")
        form.write_formula("F1", '=IF(A1="text",1/0,"")')
        form.write_formula("G1", "=B1*2")
        form.write_string("A3", "0412", text)
        form.write_blank("B3", None, text)
        form.write_url("A5", "internal:Data!B2", string="to the data")
        form.write_url("A6", "https://example.com/")
        form.merge_range("A8:C9", "merged")
        form.protect("", {"select_locked_cells": False})
        columns = [{"header": "Item"}, {"header": "Price"}]
        data.add_table("B2:C4", {"name": "Prices", "columns": columns, "data": [["pen", 2], ["ink", 7.5]]})
        book.define_name("form_phone", "='Our form'!$A$3")
        book.define_name("'Our form'!inputs", "='Our form'!$A$3:$B$3")
        book.define_name("vat", "=0.1")
    return path


@pytest.fixture
def sample(office, sample_path) -> Iterator[Any]:
    """That workbook, open."""
    book = office.app.books.open(str(sample_path))
    yield book
    for left in office.app.books:
        left.close()

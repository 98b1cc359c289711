"""Links in cells of LibreOffice, which are fields in the text of the cell."""

from __future__ import annotations

from typing import Any

__all__ = ["read", "write"]


def read(cells: Any) -> str | None:
    """Where the link of the first cell leads, as Excel writes it: ``#Sheet1!A1`` for a place in the workbook."""
    fields = cells.getCellByPosition(0, 0).getTextFields()
    if not fields.getCount():
        return None
    url = str(fields.getByIndex(0).URL)
    sheet, mark, cell = url.rpartition(".")
    return f"{sheet}!{cell}" if mark and url.startswith("#") else url


def write(document: Any, cells: Any, address: str, text: str) -> None:
    """Put a link, shown as a text, into the first cell."""
    sheet, mark, place = address.rpartition("!")
    cell = cells.getCellByPosition(0, 0)
    field = document.createInstance("com.sun.star.text.TextField.URL")
    field.URL = f"{sheet}.{place}" if mark and address.startswith("#") else address
    field.Representation = text
    cell.setString("")
    cell.insertTextContent(cell.createTextCursor(), field, False)

"""Tables in tests written as Markdown, so that a test reads like the sheet."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd

from validation.frames import CellError, TableFrame
from validation.policy import Policy, PolicyTable

__all__ = ["cell_value", "entries", "table_frame"]


def cell_value(text: str) -> Any:
    """The value of a Markdown cell: blank -> None; ``"..."`` -> the text within as it stands; ``2026-11-05`` -> a date;
    ``12``, ``-1.5`` -> a number; TRUE, FALSE -> a boolean; ``#N/A`` -> an error cell; anything else -> text.

    Digits that are to be text are quoted: ``"2000"``.
    """
    if not text:
        return None
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].encode("raw_unicode_escape").decode("unicode_escape") if "\\" in text else text[1:-1]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return dt.date.fromisoformat(text)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    if re.fullmatch(r"#[A-Z/0!?]+", text):
        return CellError(text)
    return text


def _rows(markdown: str) -> list[list[str]]:
    lines = [line.strip() for line in markdown.strip().splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]


def _letter(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def entries(markdown: str) -> list[dict[str, Any]]:
    """Rows of a Markdown table as entries, header to value; blank cells are left out."""
    head, *body = _rows(markdown)
    return [
        {name: value for name, text in zip(head, row, strict=True) if (value := cell_value(text)) is not None}
        for row in body
    ]


def table_frame(table: PolicyTable, markdown: str, policy: Policy | None = None) -> TableFrame:
    """A Markdown table as the sheet of ``table``: labels (or field ids) as header, the header in row 1, columns from A.

    Fields that the Markdown leaves out are blank columns behind the others, as in a sheet of all fields.
    """
    head, *body = _rows(markdown)
    ids = [table.by_label[name].id if name in table.by_label else name for name in head]
    unknown = [name for name in ids if name not in table.by_id]
    if unknown:
        raise ValueError(f"{table.name} has no field {unknown[0]}")
    columns = [*ids, *(field.id for field in table.fields if field.id not in ids)]
    rows = [[*map(cell_value, row), *([None] * (len(columns) - len(row)))] for row in body]
    values = pd.DataFrame(rows, columns=columns, dtype=object).astype(object)
    values = values.where(values.notna(), None) if len(values) else values
    return TableFrame(
        table,
        values,
        sheet=table.name,
        rows=np.arange(2, len(rows) + 2, dtype=np.int64),
        letters={name: _letter(i + 1) for i, name in enumerate(columns)},
    )

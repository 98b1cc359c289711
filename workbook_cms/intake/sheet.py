"""A worksheet from elsewhere as rows to take in: an export in Excel's format, or rows refused earlier and mended."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from workbook_cms.errors import InputError
from workbook_cms.intake.delimited import Source, column_names
from workbook_cms.intake.quarantine import ADDED_COLUMNS, SHEET

__all__ = ["SUFFIXES", "read"]

SUFFIXES = frozenset({".xlsx", ".xlsm"})


def read(path: Path) -> Source:
    """Rows of the first worksheet, or of the sheet of refused rows where the workbook has one.

    The first row that is not blank names the columns. Values become text as a person would type them: dates as
    ``2026-11-05``, whole numbers without a decimal point.

    Raises:
        InputError: There is no such file, no worksheet, or no column names on it.
        FileError: It is no workbook that can be read.
    """
    import pandas as pd  # noqa: PLC0415 - the command line starts without them

    from workbook_cms.file.package import Package  # noqa: PLC0415
    from workbook_cms.file.reader import read_cells  # noqa: PLC0415

    if not path.exists():
        raise InputError(str(path), "there is no such file.", "Check the name and the folder.")
    package = Package.open(path)  # guards against damaged and hostile files
    names = [sheet.name for sheet in package.sheets]
    if not names:
        raise InputError(str(path), "has no worksheet.", "Put the rows to take in on the first sheet.")
    name = SHEET if SHEET in names else names[0]
    cells = read_cells(package, name)
    texts = [[_text(value) for value in row] for row in cells]
    start = next((i for i, row in enumerate(texts) if any(row)), None)
    if start is None:
        raise InputError(f"{path}, sheet {name}", "is empty.", "Put the rows to take in on the first sheet.")
    notes: list[str] = []
    columns = column_names([text or "" for text in texts[start]], notes)
    body = [(i + 1, row) for i, row in enumerate(texts) if i > start and any(row)]
    frame = pd.DataFrame([row for _, row in body], columns=list(columns), dtype=object)
    added = ADDED_COLUMNS if name == SHEET else ()
    kept = [
        column
        for column, given in zip(columns, texts[start], strict=True)
        if column not in added and (given or frame[column].notna().any())
    ]
    return Source(path, tuple(kept), frame[kept], tuple(line for line, _ in body), (), tuple(notes))


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.datetime, dt.time)):
        return value.isoformat()
    return str(value) or None

"""Checksums of records: what makes an edit outside the forms visible.

A digest covers the raw values of a record's non-blank fields by stable field id, so that a re-save, a sort, a
renamed label or an added field changes nothing. Nothing here depends on the machine's locale or time zone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from validation.frames import CellError

__all__ = ["canonical", "record_digest", "record_digests"]

# Day 0 of Excel's 1900 date system, valid from 1 March 1900 on; a cell's number format is no part of its value,
# so a date and the same cell shown as a number are equal here.
_EPOCH = dt.datetime(1899, 12, 30)
_SEPARATOR = "\x1f"  # cannot occur in a cell


def canonical(value: object) -> str:
    """A cell's value as text that is equal exactly when Excel would call the values equal; "" for blank.

    Numbers keep 15 significant digits, which is what Excel keeps
    (https://support.microsoft.com/office/1672db73-8c91-4edb-bc07-4c7096bb2f77, "Number precision").
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        if value.isascii():
            return "t:" + value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else "t:" + value
        return "t:" + unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "b:1" if value else "b:0"
    if isinstance(value, (int, float)):
        return f"n:{value:.15g}"
    if isinstance(value, dt.datetime):
        seconds = round((value - _EPOCH).total_seconds())
        return f"n:{seconds / 86400:.15g}"
    if isinstance(value, dt.date):
        return f"n:{value.toordinal() - _EPOCH.toordinal():.15g}"
    if isinstance(value, dt.time):
        return f"n:{(value.hour * 3600 + value.minute * 60 + value.second) / 86400:.15g}"
    if isinstance(value, CellError):
        return "e:" + value.code
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def record_digest(salt: str, values: Mapping[str, object]) -> str:
    """Salted digest of one record (field id to cell value): 32 hexadecimal digits of SHA-256."""
    parts = [f"{name}={text}" for name in sorted(values) if (text := canonical(values[name]))]
    return _digest(salt, parts)


def record_digests(salts: Sequence[str], values: pd.DataFrame) -> list[str]:
    """`record_digest` of each row of a frame whose columns are field ids, with one salt a row."""
    columns = [_column(name, values[name].tolist()) for name in sorted(values.columns)]
    rows = zip(*columns, strict=True) if columns else [()] * len(values)
    # A loop over cells and records: neither the canonical text nor SHA-256 has a vectorised form.
    return [_digest(salt, filter(None, row)) for salt, row in zip(salts, rows, strict=True)]


def _column(name: str, cells: list[object]) -> list[str]:
    """``name=canonical text`` of each cell, "" for a blank one. Most cells hold plain text, which is read off here."""
    plain = f"{name}=t:"
    return [
        plain + value
        if type(value) is str and value and value.isascii() and "\r" not in value
        else (f"{name}={text}" if value is not None and (text := canonical(value)) else "")
        for value in cells
    ]


def _digest(salt: str, parts: Iterable[str]) -> str:
    return hashlib.sha256((salt + _SEPARATOR + _SEPARATOR.join(parts)).encode()).hexdigest()[:32]

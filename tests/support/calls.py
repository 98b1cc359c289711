"""Counts what xlwings asks of a running LibreOffice: over COM each call takes Excel some 10 ms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbook_cms.forms.engines import books, libreoffice, names, ranges, sheets, tables

__all__ = ["count_calls"]

_CLASSES: tuple[type, ...] = (
    books.Book,
    books.Books,
    libreoffice.App,
    names.Names,
    names.Name,
    ranges.Range,
    sheets.Sheets,
    sheets.Sheet,
    tables.Table,
    tables.Tables,
)


def count_calls(monkeypatch: Any) -> list[str]:
    """A list that each call of the engine adds itself to, as long as the test lasts."""
    counted: list[str] = []
    for cls in _CLASSES:
        for name, member in list(vars(cls).items()):
            if name.startswith("_") or name in ("alive", "open", "place", "api"):
                continue
            full = f"{cls.__name__}.{name}"
            if isinstance(member, property):
                ways = [way and _counting(way, full, counted) for way in (member.fget, member.fset)]
                monkeypatch.setattr(cls, name, property(*ways, doc=member.__doc__))
            elif callable(member):
                monkeypatch.setattr(cls, name, _counting(member, full, counted))
    return counted


def _counting(function: Callable[..., Any], name: str, counted: list[str]) -> Callable[..., Any]:
    """A call of the engine that notes itself; what the engine asks of itself meanwhile is no call of xlwings."""

    def call(*arguments: Any, **options: Any) -> Any:
        counted.append(name)
        count = len(counted)
        try:
            return function(*arguments, **options)
        finally:
            del counted[count:]

    return call

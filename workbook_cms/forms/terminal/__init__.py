"""The form in a terminal: the same session as in a worksheet, for machines without a spreadsheet program."""

from __future__ import annotations

__all__: list[str] = []

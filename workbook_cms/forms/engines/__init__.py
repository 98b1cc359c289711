"""Engines that let xlwings drive spreadsheet programs it does not know itself."""

from __future__ import annotations

__all__: list[str] = []

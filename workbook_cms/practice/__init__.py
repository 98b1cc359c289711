"""Training: a practice copy of a workbook with people made up, a guided tour, and a sheet to print."""

from __future__ import annotations

__all__: list[str] = []

"""The doctor: what of a computer and around a workbook helps or hinders, judged, each with the mend."""

from __future__ import annotations

__all__: list[str] = []

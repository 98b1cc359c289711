"""Forms: worksheets (and a terminal) in which people make entries, all of it through the one door."""

from __future__ import annotations

__all__: list[str] = []

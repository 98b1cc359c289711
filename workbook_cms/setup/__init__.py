"""The setup of a computer: the Python that macros start, and the helper that starts at login. All of it can be undone."""

from __future__ import annotations

__all__: list[str] = []

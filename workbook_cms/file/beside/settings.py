"""Settings of one workbook that are about computers, not about its data: who writes to it, how many copies are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """What stands in ``settings.json`` of the side folder.

    Attributes:
        writer: Name of the one computer that writes to the workbook; "" where each may. The others only enter.
        copies: How many copies are kept of each kind, those made daily and those made before bulk changes; 0 makes none.
        days: How many days a copy is kept; the newest of each kind stays.
        lines: How many lines the history in the workbook may grow to; then the older half of them moves to archives
            beside. 0 lets it grow.
    """

    writer: str = ""
    copies: int = 14
    days: int = 90
    lines: int = 10_000

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Settings:
        """The reverse of `to_data`; what is left out is as usual, what is not known here is passed over.

        Raises:
            ValueError: A setting is not what it should be.
        """
        given = {name: data.get(name, usual) for name, usual in asdict(cls()).items()}
        settings = cls(**given)
        numbers = (settings.copies, settings.days, settings.lines)
        if not isinstance(settings.writer, str) or any(type(n) is not int or n < 0 for n in numbers):
            raise ValueError("not settings")
        return settings

    def to_data(self) -> dict[str, Any]:
        """JSON-ready data."""
        return asdict(self)

    def written_by(self, machine: str) -> bool:
        """Whether the computer of that name may write to the workbook."""
        return not self.writer or self.writer.casefold() == machine.casefold()
